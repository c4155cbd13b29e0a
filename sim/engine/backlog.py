"""The compiled part of an epoch's books: what waits, by age, and what was served, by place."""

from __future__ import annotations

from sim.engine.compiled import entry, inner
from sim.ground.arrays import Array, IntArray


@entry
def arrive(backlog: Array, arrived: Array, slack: IntArray, share: Array, allowance: Array, waiting: Array) -> None:
    """Add what arrives to what waits, and sum that over its ages.

    Parameters
    ----------
    backlog
        [region, workload, age], FLOP; added to.
    arrived
        [region, workload], FLOP.
    slack
        [workload], epochs; nothing is older.
    share, allowance
        [region, workload], share that may leave home; FLOP that may; added to.
    waiting
        [region, workload], FLOP; set.
    """
    for r in range(backlog.shape[0]):
        for w in range(backlog.shape[1]):
            backlog[r, w, 0] += arrived[r, w]
            allowance[r, w] += share[r, w] * arrived[r, w]
    _gather(backlog, slack, waiting)


@entry
def gather(backlog: Array, slack: IntArray, waiting: Array) -> None:
    """Sum what waits over its ages.

    Parameters
    ----------
    backlog
        [region, workload, age], FLOP.
    slack
        [workload], epochs; nothing is older.
    waiting
        [region, workload], FLOP; set.
    """
    _gather(backlog, slack, waiting)


@inner
def _gather(backlog: Array, slack: IntArray, waiting: Array) -> None:
    for r in range(backlog.shape[0]):
        for w in range(backlog.shape[1]):
            total = 0.0
            for age in range(slack[w] + 1):
                total += backlog[r, w, age]
            waiting[r, w] = total


@entry
def release(
    backlog: Array,
    served: Array,
    rejected: Array,
    slack: IntArray,
    last: bool,
    wait: Array,
    unserved: Array,
    after: Array,
) -> None:
    """Take served work from the backlog, oldest first, drop what is past its deadline, and age the rest.

    Parameters
    ----------
    backlog
        [region, workload, age], FLOP; changed.
    served, rejected
        [region, workload, centre] and [region, workload], FLOP of this epoch; rejected work is the newest.
    slack
        [workload], epochs.
    last
        Whether the run ends here: then every deadline is now.
    wait
        [workload, age], FLOP served by epochs waited; added to.
    unserved, after
        [region, workload], FLOP rejected or past its deadline; FLOP that waits on; set.
    """
    for r in range(backlog.shape[0]):
        for w in range(backlog.shape[1]):
            oldest = slack[w]
            out = rejected[r, w]
            for age in range(oldest + 1):
                if out == 0.0:
                    break
                taken = min(out, backlog[r, w, age])
                backlog[r, w, age] -= taken
                out -= taken
            out = _sum(served[r, w])
            for age in range(oldest, -1, -1):
                taken = min(out, backlog[r, w, age])
                backlog[r, w, age] -= taken
                wait[w, age] += taken
                out -= taken
            gone, left = backlog[r, w, oldest], 0.0
            for age in range(oldest, 0, -1):
                if last:
                    gone += backlog[r, w, age - 1]
                    backlog[r, w, age - 1] = 0.0
                backlog[r, w, age] = backlog[r, w, age - 1]
                left += backlog[r, w, age]
            backlog[r, w, 0] = 0.0
            unserved[r, w], after[r, w] = gone + rejected[r, w], left


@inner
def _sum(amounts: Array) -> float:
    """Return a sum of which most parts are 0."""
    total = 0.0
    for amount in amounts:
        if amount != 0.0:
            total += amount
    return total


@entry
def enter(
    epoch: int,
    before: Array,
    arrived: Array,
    served: Array,
    unserved: Array,
    after: Array,
    by_centre: Array,
    came: Array,
    gone: Array,
    left: Array,
    moved: Array,
    weight: Array,
    sent: Array,
    share: float,
) -> bool:
    """Enter an epoch's work, and return whether all that came is accounted for, to a share of it and 1e-6.

    Parameters
    ----------
    epoch
        Its number.
    before, arrived, unserved, after
        [region, workload], FLOP.
    served
        [region, workload, centre], FLOP.
    by_centre, came, gone, left
        [epoch, centre, workload], twice [epoch, region, workload], and [epoch, workload]: FLOP served, arrived, left
        unserved, and waiting on; set.
    moved
        [region, centre, workload], FLOP; added to.
    weight, sent
        [workload, 2] and [region, centre, 2]: what a unit counts for in each of two sums, which are added to.
    share
        Of what came, which may be missing.
    """
    balanced = True
    by_centre[epoch] = 0.0
    left[epoch] = 0.0
    for r in range(served.shape[0]):
        for w in range(served.shape[1]):
            total = 0.0
            for c in range(served.shape[2]):
                amount = served[r, w, c]
                if amount != 0.0:
                    total += amount
                    by_centre[epoch, c, w] += amount
                    moved[r, c, w] += amount
                    sent[r, c, 0] += amount * weight[w, 0]
                    sent[r, c, 1] += amount * weight[w, 1]
            came[epoch, r, w], gone[epoch, r, w] = arrived[r, w], unserved[r, w]
            left[epoch, w] += after[r, w]
            sum_of = before[r, w] + arrived[r, w]
            # Strictly below: where a number is infinite, so are both sides.
            if not abs(sum_of - total - unserved[r, w] - after[r, w]) < share * sum_of + 1e-6:
                balanced = False
    return balanced
