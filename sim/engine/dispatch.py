"""The compiled part of an epoch: a decision executed under capacity, links and residency."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine.compiled import entry, inner
from sim.ground.arrays import Array, BoolArray, IntArray

_LONGEST = 1e9  # s; more than the delay of any path


class Facts(NamedTuple):
    """What does not change from epoch to epoch.

    Attributes
    ----------
    pool, slack
        [workload], number of the pool or −1; epochs that work may wait, 0 = interactive.
    bits_in, bits_out
        [workload], bit per FLOP to the centre and back (bit per bit where there is no pool).
    bound
        [workload], s, largest one-way delay.
    feasible
        [region, workload, centre].
    home
        [region, centre], own centres and those of the hub.
    order
        [region, centre], centres by ascending delay: how interactive work spills.
    route_link, route_delay
        [region, centre, path, hop] directed links from the region's side, −1 behind the last;
        [region, centre, path], s, ascending.
    opposite
        [link], the other direction.
    """

    pool: IntArray
    slack: IntArray
    bits_in: Array
    bits_out: Array
    bound: Array
    feasible: BoolArray
    home: BoolArray
    order: IntArray
    route_link: IntArray
    route_delay: Array
    opposite: IntArray


class Room(NamedTuple):
    """What an epoch has left; shrinks as work is served.

    Attributes
    ----------
    compute
        [centre, pool], FLOP.
    link
        [link], bit.
    scale
        [centre, pool], scratch.
    left
        [region, workload], scratch.
    allowance
        [region, workload], FLOP that may still leave home, inf where nothing bounds it.
    """

    compute: Array
    link: Array
    scale: Array
    left: Array
    allowance: Array


class Counters(NamedTuple):
    """What an epoch has done, and the run so far.

    Attributes
    ----------
    served
        [region, workload, centre], FLOP (bit where there is no pool); this epoch.
    traffic
        [link], bit; this epoch.
    path_work
        [workload, region, centre, path], FLOP; the run so far.
    """

    served: Array
    traffic: Array
    path_work: Array


@inner
def _fraction(bits_in: float, bits_out: float, hops: IntArray, facts: Facts, room: Room) -> float:
    """Return the share of a transfer that every link of a path has room for, there and back; 0-1."""
    fraction = 1.0
    for link in hops:
        if link < 0:
            break
        back = facts.opposite[link]
        if bits_in > room.link[link]:
            fraction = min(fraction, room.link[link] / bits_in)
        if bits_out > room.link[back]:
            fraction = min(fraction, room.link[back] / bits_out)
    return fraction


@inner
def _carry(
    amount: float, r: int, w: int, c: int, first: int, behind: int, facts: Facts, room: Room, done: Counters
) -> float:
    """Return how much of an amount the links carry, and book it: paths `first` to `behind`, one after the other."""
    left = amount
    bits_in, bits_out = facts.bits_in[w], facts.bits_out[w]
    # An infinite delay stands for "no such path", and infinity is not above an infinite bound.
    bound = min(facts.bound[w], _LONGEST)
    hops = facts.route_link.shape[3]
    for path in range(first, behind):
        if not facts.route_delay[r, c, path] <= bound:
            break
        fraction = _fraction(left * bits_in, left * bits_out, facts.route_link[r, c, path], facts, room)
        if fraction <= 0.0:
            continue
        moved = left * fraction
        for hop in range(hops):
            link = facts.route_link[r, c, path, hop]
            if link < 0:
                break
            back = facts.opposite[link]
            room.link[link] = max(room.link[link] - moved * bits_in, 0.0)
            room.link[back] = max(room.link[back] - moved * bits_out, 0.0)
            done.traffic[link] += moved * bits_in
            done.traffic[back] += moved * bits_out
        done.path_work[w, r, c, path] += moved
        if fraction >= 1.0:
            return amount
        left -= moved
    return amount - left


@inner
def _serve(
    amount: float, r: int, w: int, c: int, first: int, behind: int, facts: Facts, room: Room, done: Counters
) -> float:
    """Return how much is served at a centre, within its room, these paths and residency, and book it."""
    p = facts.pool[w]
    if not facts.home[r, c]:
        amount = min(amount, room.allowance[r, w])
    if p >= 0:
        amount = min(amount, room.compute[c, p])
    if amount <= 0.0 or not facts.feasible[r, w, c]:
        return 0.0
    got: float = _carry(amount, r, w, c, first, behind, facts, room, done)
    done.served[r, w, c] += got
    if not facts.home[r, c]:
        room.allowance[r, w] -= got
    if p >= 0:
        room.compute[c, p] = max(room.compute[c, p] - got, 0.0)
    return got


@entry
def by_place(place: Array, path: Array, waiting: Array, facts: Facts, room: Room, done: Counters) -> None:
    """Serve work by shares: interactive first, scaled to the room of each pool; it alone spills.

    Where paths are asked for, they are served first; what they leave takes the shortest that has room.

    Parameters
    ----------
    place
        [region, workload, centre + 2], shares of the waiting work.
    path
        [region, workload, centre, path], shares of what goes there; [0, 0, 0, 0] asks for none.
    waiting
        [region, workload], FLOP.
    facts, room, done
        See there; `room` and `done` are changed.
    """
    for turn in range(2):
        _scale(turn, place, waiting, facts, room)
        if len(path) > 0:
            _share_out(turn, True, place, path, waiting, facts, room, done)
        _share_out(turn, False, place, path, waiting, facts, room, done)
        if turn == 0:
            _spill(place, waiting, facts, room, done)


@inner
def _share_out(
    turn: int, asked: bool, place: Array, path: Array, waiting: Array, facts: Facts, room: Room, done: Counters
) -> None:
    """Serve what a turn has not served yet: over the paths asked for, or over the shortest that has room."""
    regions, workloads, last = place.shape
    paths = facts.route_delay.shape[2]
    for r in range(regions):
        for w in range(workloads):
            if (facts.slack[w] > 0) != (turn == 1) or waiting[r, w] <= 0.0:
                continue
            for c in range(last - 2):
                amount = place[r, w, c] * waiting[r, w]
                if facts.pool[w] >= 0:
                    amount *= room.scale[c, facts.pool[w]]
                left = amount - done.served[r, w, c]
                if left <= 0.0:
                    continue
                if not asked:
                    _serve(left, r, w, c, 0, paths, facts, room, done)
                    continue
                for k in range(paths):
                    left -= _serve(min(amount * path[r, w, c, k], left), r, w, c, k, k + 1, facts, room, done)


@inner
def _scale(turn: int, place: Array, waiting: Array, facts: Facts, room: Room) -> None:
    """Set the factor by which the work meant for each pool must shrink to fit into its room."""
    centres, pools = room.compute.shape
    room.scale[:] = 0.0
    for r in range(waiting.shape[0]):
        for w in range(waiting.shape[1]):
            p = facts.pool[w]
            if (facts.slack[w] > 0) == (turn == 1) and p >= 0 and waiting[r, w] > 0.0:
                for c in range(centres):
                    room.scale[c, p] += place[r, w, c] * waiting[r, w]
    for c in range(centres):
        for p in range(pools):
            want = room.scale[c, p]
            room.scale[c, p] = room.compute[c, p] / want if want > room.compute[c, p] else 1.0


@inner
def _spill(place: Array, waiting: Array, facts: Facts, room: Room, done: Counters) -> None:
    """Send interactive work that found no room to the next feasible centres, nearest first."""
    regions, workloads, last = place.shape
    paths = facts.route_delay.shape[2]
    for r in range(regions):
        for w in range(workloads):
            if facts.slack[w] > 0 or waiting[r, w] <= 0.0:
                continue
            left = waiting[r, w] * (1.0 - place[r, w, last - 1])
            for c in range(last - 2):
                left -= done.served[r, w, c]
            if left <= 1e-12 * waiting[r, w]:
                continue
            for rank in range(last - 2):
                c = facts.order[r, rank]
                left -= _serve(left, r, w, c, 0, paths, facts, room, done)
                if left <= 1e-12 * waiting[r, w]:
                    break


def ranking(score: Array, slack: IntArray, mine: BoolArray) -> IntArray:
    """Return who is served in which turn, as `by_score` takes it: interactive work first, then by ascending score.

    Parameters
    ----------
    score
        [region, workload, centre], lower is better; inf forbids.
    slack
        [workload], epochs that work may wait, 0 = interactive.
    mine
        [workload], whose work is served so.

    Returns
    -------
    IntArray
        [rank, 3], region, workload, centre; ties by their numbers.
    """
    region, workload, centre = np.nonzero(np.isfinite(score) & mine[:, None])
    first = np.lexsort((score[region, workload, centre], slack[workload] > 0))
    return np.ascontiguousarray(np.column_stack([region, workload, centre])[first])


@entry
def by_score(ranking: IntArray, waiting: Array, facts: Facts, room: Room, done: Counters) -> None:
    """Serve work in the order of a ranking, up to the free capacity.

    Parameters
    ----------
    ranking
        [rank, 3], region, workload, centre.
    waiting
        [region, workload], FLOP.
    facts, room, done
        See there; `room` and `done` are changed.
    """
    paths = facts.route_delay.shape[2]
    left = room.left
    unserved = 0
    for r in range(waiting.shape[0]):
        for w in range(waiting.shape[1]):
            left[r, w] = waiting[r, w]
            unserved += waiting[r, w] > 0.0
    for rank in range(len(ranking)):
        r, w, c = ranking[rank, 0], ranking[rank, 1], ranking[rank, 2]
        if left[r, w] <= 1e-12 * waiting[r, w]:
            continue
        left[r, w] -= _serve(left[r, w], r, w, c, 0, paths, facts, room, done)
        if left[r, w] <= 1e-12 * waiting[r, w]:
            unserved -= 1
            if unserved == 0:
                return
