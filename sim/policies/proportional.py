"""Proportional: all work spread over the nation in proportion to capacity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.policies.base import Decision, View, register, spread


@register("proportional")
@dataclass(frozen=True)
class Proportional:
    """Spread every region's work over all feasible centres in proportion to the capacity of its pool."""

    def dispatch(self, view: View) -> Decision:
        """Return the shares; [region, workload, centre + 2]."""
        room = np.stack([view.capacity[:, p] if p >= 0 else np.ones(len(view.capacity)) for p in view.pool])
        return spread(np.broadcast_to(room, view.feasible.shape), view)
