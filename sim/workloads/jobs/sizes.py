"""How large drawn jobs are: as many jobs of the law in one as the wanted mean, within the widest."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.workloads.jobs import MOST_WIDTH
from sim.workloads.jobs.law import JobLaw

ROOM = 4.0
"""The widest job over the mean one, at least: room for the tail of the gangs."""


@dataclass(frozen=True)
class Sizes:
    """Jobs of a law in whole units of a pool.

    Attributes
    ----------
    law
        What runs and kinds are drawn from.
    width
        [kind], units, at most the widest.
    bundle
        Jobs of the law that one drawn job stands for side by side; below 1 it is a part of one.
    stretch
        Factor on the runs: what widths alone do not give, jobs of the law one after the other.
    unit
        Compute of a unit, FLOPS.
    """

    law: JobLaw
    width: IntArray
    bundle: float
    stretch: float
    unit: float

    @property
    def work(self) -> float:
        """Mean work of a job, FLOP."""
        return self._moment(1)

    @property
    def spread(self) -> float:
        """Variance of a job's work over the square of its mean."""
        return self._moment(2) / self._moment(1) ** 2 - 1.0

    def _moment(self, order: int) -> float:
        powers = (self.width * self.unit * self.stretch) ** order
        return float((self.law.share * powers * self.law.moment(order)).sum())


def sized(law: JobLaw, work: float, widest: float, unit: float) -> Sizes:
    """Return the sizes whose mean work is the one wanted.

    Widths are `bundle` times those of the law, rounded to whole units, cut at the widest.  The bundle grows
    until the mean width is a quarter of the widest; what then still lacks, and what rounding takes or adds,
    is made up by the runs.  The mean is exact.

    Parameters
    ----------
    law
        What kinds and runs are drawn from.
    work
        Wanted mean work of a job, FLOP, above 0.
    widest
        Widest job allowed, FLOPS, at least a unit.
    unit
        Compute of a unit of width, FLOPS.

    Examples
    --------
    >>> from sim.workloads.base import read_sheet
    >>> from sim.workloads.jobs.law import job_law
    >>> law = job_law(read_sheet("training"))
    >>> sizes = sized(law, 3.6e21, 4e17, 1e12)  # 1 EFLOPS·h in the mean, 0.4 EFLOPS wide at most
    >>> f"{sizes.work:.6g}", int(sizes.width.max()), sizes.stretch > 1.0
    ('3.6e+21', 400000, True)
    """
    most = int(min(max(widest / unit, 1.0), MOST_WIDTH))
    grain, run = law.width * (law.flops / unit), law.moment(1)
    full = _bundle(law.share, grain, most, most / ROOM)
    bundle = min(_bundle(law.share * run, grain, most, work / unit), full)
    width = np.maximum(np.rint(np.minimum(bundle * grain, most)), 1.0).astype(np.int64)
    return Sizes(law, width, bundle, work / (float((law.share * width * run).sum()) * unit), unit)


def _bundle(weight: Array, grain: Array, most: int, target: float) -> float:
    """Return the b at which Σ weight · min(b · grain, most) meets a target, inf where it never does."""
    order = np.argsort(-grain, kind="stable")
    weight, grain = weight[order], grain[order]
    # Term by term, the widest first, reaches the cut; in between the sum is a line.
    for cut in range(len(grain)):
        bundle = (target - most * float(weight[:cut].sum())) / float((weight * grain)[cut:].sum())
        if bundle * grain[cut] <= most:
            return bundle
    return inf
