"""Base: the rule of the national baseline; interactive work local first, the rest where there is room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.network.placing import Home, room
from sim.policies.base import Decision, View, register, spread


@register("base")
@dataclass
class Base:
    """Serve interactive work at home, and spread deferrable work in proportion to the room that is left.

    Interactive work goes to the region's own centres in proportion to capacity, where none is up to
    the nearest feasible one. Data without a pool (storage) goes to the nearest feasible centre.
    """

    blind: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Remember nothing of another run."""
        self._home = Home()

    def dispatch(self, view: View) -> Decision:
        """Return the shares; [region, workload, centre + 2]."""
        weight = self._home.weights(view)
        deferrable = (view.slack > 0) & (view.pool >= 0)
        weight[:, deferrable] = view.per_workload(room(view, weight), 1.0)[None, deferrable]
        return spread(weight, view)
