"""Proportional: all work spread over the nation in proportion to capacity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.policies.base import Decision, View, register, spread


@register("proportional")
@dataclass(frozen=True)
class Proportional:
    """Spread every region's work over all feasible centres in proportion to the capacity of its pool."""

    blind: ClassVar[bool] = True

    def dispatch(self, view: View) -> Decision:
        """Return the shares; [region, workload, centre + 2]."""
        return spread(np.broadcast_to(view.per_workload(view.capacity, 1.0), view.feasible.shape), view)
