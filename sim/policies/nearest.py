"""Nearest: every job to the centre of least delay that has room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.policies.base import Decision, View, register


@register("nearest")
@dataclass(frozen=True)
class Nearest:
    """Send work to the centre of least one-way delay that has room, the next nearest after that."""

    blind: ClassVar[bool] = True

    def dispatch(self, view: View) -> Decision:
        """Return the delays as scores; [region, workload, centre], s."""
        return Decision(score=view.reach)
