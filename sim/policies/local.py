"""Local: every job to its own province, and only what finds no room there to the nearest centre."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.policies.base import Decision, View, register

_AWAY = 1.0  # s; more than any delay on Earth, so own centres always come first


@register("local")
@dataclass(frozen=True)
class Local:
    """Send work to the region's own centres, nearest first; then to the nearest of the others."""

    def dispatch(self, view: View) -> Decision:
        """Return delays with a surcharge for leaving the region; [region, workload, centre], s."""
        score = view.delay + _AWAY * ~view.own
        return Decision(score=np.where(view.feasible, score[:, None, :], np.inf))
