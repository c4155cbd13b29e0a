"""The third noun: a plan, the decision of every epoch, made by an optimum and executed by an engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

from sim.ground.arrays import Array, IntArray
from sim.network.decision import Decision


@dataclass(frozen=True)
class Plan:
    """Who serves what over which path, and what the batteries do, epoch by epoch.

    Attributes
    ----------
    region, workload, centre, path
        [route], numbers.
    served
        [epoch, route], FLOP (bit for data).
    charge
        [epoch, centre], W drawn from the bus into the battery, negative where it gives.
    sizes
        Numbers of regions, workloads, centres and paths of a pair.
    facts
        What the solver says of it: objective, bound, gap, seconds.
    worth
        Returns what one more unit of each scarce thing is worth, as labelled arrays; None where nobody knows.
    """

    region: IntArray
    workload: IntArray
    centre: IntArray
    path: IntArray
    served: Array
    charge: Array
    sizes: tuple[int, int, int, int]
    facts: dict[str, Any] = field(default_factory=dict)
    worth: Callable[..., xr.Dataset] | None = None

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
            `place`, `path` and `charge`.
        """
        work = np.zeros(self.sizes)
        np.add.at(work, (self.region, self.workload, self.centre, self.path), self.served[epoch])
        pair = work.sum(axis=3)
        total = np.maximum(pair.sum(axis=2), waiting)[:, :, None]
        share = np.divide(pair, total, out=np.zeros_like(pair), where=total > 0.0)
        rest = np.maximum(1.0 - share.sum(axis=2), 0.0)
        waits = (slack > 0)[None, :]
        tail = np.stack([np.where(waits, rest, 0.0), np.where(waits, 0.0, rest)], axis=2)
        whole = pair[:, :, :, None]
        path = np.divide(work, whole, out=work, where=whole > 0.0)
        return Decision(place=np.concatenate([share, tail], axis=2), path=path, charge=self.charge[epoch])
