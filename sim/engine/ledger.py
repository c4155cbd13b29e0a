"""The ledger of a run: what each epoch did, and the proof that nothing was lost on the way."""

from __future__ import annotations

import numpy as np

from sim.engine.backlog import enter
from sim.engine.days import Days
from sim.ground.arrays import Array
from sim.ground.errors import InvariantError
from sim.results.schema import FATES, STATISTICS

TOLERANCE = 1e-9


class Ledger:
    """Arrays of a run, filled epoch by epoch.

    Parameters
    ----------
    epochs, regions, workloads, centres, links, paths, ages
        Sizes of the dimensions.
    days
        Mean days of the run, which are filled with it.

    Attributes
    ----------
    served
        [epoch, centre, workload], FLOP (bit for work without a pool).
    moved
        [region, centre, workload], FLOP over the run.
    arrived, unserved
        [epoch, region, workload], FLOP; unserved is past its deadline or rejected.
    backlog
        [epoch, workload], FLOP at the end of the epoch.
    traffic
        [epoch, link], bit, without the background.
    path_work
        [workload, region, centre, path], FLOP over the run.
    wait
        [workload, age], FLOP served by epochs waited.
    jobs, job_wait
        [workload, fate] and [workload, statistic] of `sim.results.schema`: counts; waits, s.
    lost
        [epoch, workload], FLOP of `served`, of this epoch or before, that kills have undone in this epoch.
    """

    def __init__(
        self, epochs: int, regions: int, workloads: int, centres: int, links: int, paths: int, ages: int, days: Days
    ) -> None:
        self.days = days
        self.served = np.zeros((epochs, centres, workloads))
        self.moved = np.zeros((regions, centres, workloads))
        self.arrived = np.zeros((epochs, regions, workloads))
        self.unserved = np.zeros((epochs, regions, workloads))
        self.backlog = np.zeros((epochs, workloads))
        self.traffic = np.zeros((epochs, links))
        self.path_work = np.zeros((workloads, regions, centres, paths))
        self.wait = np.zeros((workloads, ages))
        self.lost = np.zeros((epochs, workloads))
        self.jobs = np.zeros((workloads, len(FATES)))
        self.job_wait = np.zeros((workloads, len(STATISTICS)))

    def book(self, epoch: int, before: Array, arrived: Array, served: Array, unserved: Array, after: Array) -> None:
        """Enter an epoch, and check that work is conserved in every region and workload.

        before + arrived = served + unserved + after, to 1e-9 of the work at hand.

        Parameters
        ----------
        epoch
            Number of the epoch.
        before, after
            [region, workload], FLOP waiting at its beginning and its end.
        arrived, unserved
            [region, workload], FLOP.
        served
            [region, workload, centre], FLOP.

        Raises
        ------
        InvariantError
            Where work was lost or made.
        """
        days = self.days
        if not enter(
            epoch, before, arrived, served, unserved, after, self.served, self.arrived, self.unserved, self.backlog,
            self.moved, days.weight, days.sent[days.slot[epoch]], TOLERANCE,
        ):  # fmt: skip
            came, done = before + arrived, served.sum(axis=2)
            gap = np.abs(came - done - unserved - after)
            r, w = np.unravel_index(int(np.argmax(gap)), gap.shape)
            raise InvariantError(
                f"epoch {epoch}: work is not conserved in region {r}, workload {w}: "
                f"{came[r, w]:.6e} FLOP came, "
                f"{done[r, w] + unserved[r, w] + after[r, w]:.6e} are accounted for; "
                "this is a bug of suanwang, please report it"
            )


def check_energy(facility: Array, grid: Array, green: Array, discharge: Array, charge: Array) -> None:
    """Check that every centre's power is balanced in every epoch.

    facility + charge = grid import + green used + discharge, to 1e-9.

    Parameters
    ----------
    facility, grid, green, discharge, charge
        [epoch, centre], W; `green` is what the centre and its battery took of the contracted supply.

    Raises
    ------
    InvariantError
        Where the balance does not close.
    """
    gap = np.abs(facility + charge - grid - green - discharge)
    if not (gap < TOLERANCE * facility + 1e-3).all():
        epoch, centre = np.unravel_index(int(np.argmax(gap)), gap.shape)
        raise InvariantError(
            f"epoch {epoch}: the power of centre {centre} is out of balance by {gap[epoch, centre]:.3e} W; "
            "this is a bug of suanwang, please report it"
        )


def check_battery(content: Array, gain: Array) -> None:
    """Check that a battery, empty at first, holds what it held before and what it gained, and never less than nothing.

    Parameters
    ----------
    content
        [epoch, centre], J at the end of each epoch.
    gain
        [epoch, centre], J stored less J taken out, losses included.

    Raises
    ------
    InvariantError
        Where energy was lost or made.
    """
    before = np.concatenate([np.zeros_like(content[:1]), content[:-1]])
    gap = np.abs(before + gain - content)
    wrong = ~((gap < TOLERANCE * (before + np.abs(gain)) + 1e-3) & (content >= 0.0))
    if wrong.any():
        epoch, centre = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
        raise InvariantError(
            f"epoch {epoch}: the battery of centre {centre} holds {content[epoch, centre]:.6e} J, "
            f"and {(before + gain)[epoch, centre]:.6e} J are accounted for; "
            "this is a bug of suanwang, please report it"
        )
