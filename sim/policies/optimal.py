"""Optimal: the clairvoyant plan of the linear program, executed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.ground.errors import PluginError
from sim.network.placing import around
from sim.policies.base import Decision, View, register


@register("optimal")
@dataclass(frozen=True)
class Optimal:
    """Do what the plan of least cost does, which knows the whole period in advance.

    The plan comes from the run's planner; what it leaves out of account (the curvature of the cooling
    between the pieces of the program) shows as the difference between plan and replay.
    """

    def dispatch(self, view: View) -> Decision:
        """Return the plan's shares; [region, workload, centre + 2]."""
        if view.planner is None:
            raise PluginError("the policy 'optimal' needs a planner; run it with `suanwang run` or `sim.run`")
        decision = view.planner().decision(view.epoch, view.waiting, view.slack)
        assert decision.place is not None
        # Of what fails by chance the plan knows nothing.
        return replace(decision, place=around(decision.place, view))
