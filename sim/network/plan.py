"""The third noun: a plan, the decision of every epoch, made by an optimum and executed by an engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.network.decision import Decision


@dataclass(frozen=True)
class Plan:
    """Who serves what, epoch by epoch.

    Attributes
    ----------
    region, workload, centre
        [route], numbers.
    served
        [epoch, route], FLOP (bit for data).
    sizes
        Numbers of regions, workloads and centres.
    facts
        What the solver says of it: objective, bound, gap, seconds.
    """

    region: IntArray
    workload: IntArray
    centre: IntArray
    served: Array
    sizes: tuple[int, int, int]
    facts: dict[str, Any] = field(default_factory=dict)

    def decision(self, epoch: int, waiting: Array, slack: IntArray) -> Decision:
        """Return the plan's decision as shares of the work that waits.

        Parameters
        ----------
        epoch
            Number of the epoch.
        waiting
            [region, workload], FLOP.
        slack
            [workload], epochs; what the plan does not serve waits, or is rejected where it cannot.

        Returns
        -------
        Decision
            `place`.
        """
        regions, workloads, centres = self.sizes
        work = np.zeros((regions, workloads, centres))
        np.add.at(work, (self.region, self.workload, self.centre), self.served[epoch])
        total = np.maximum(work.sum(axis=2), waiting)[:, :, None]
        share = np.divide(work, total, out=np.zeros_like(work), where=total > 0.0)
        rest = np.maximum(1.0 - share.sum(axis=2), 0.0)
        waits = (slack > 0)[None, :]
        tail = np.stack([np.where(waits, rest, 0.0), np.where(waits, 0.0, rest)], axis=2)
        return Decision(place=np.concatenate([share, tail], axis=2))
