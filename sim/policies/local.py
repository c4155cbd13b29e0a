"""Local: every job to its own province, and only what finds no room there to the nearest centre."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.network.placing import home_first
from sim.policies.base import Decision, View, register


@register("local")
@dataclass(frozen=True)
class Local:
    """Send work to the region's own centres, nearest first; then to the nearest of the others."""

    blind: ClassVar[bool] = True

    def dispatch(self, view: View) -> Decision:
        """Return delays with a surcharge for leaving the region; [region, workload, centre], s."""
        return Decision(score=home_first(view))
