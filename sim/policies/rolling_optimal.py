"""Rolling optimal: the plan of least cost for the hours ahead, made anew every few hours on forecasts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ground.arrays import Array
from sim.ground.errors import PluginError
from sim.network.placing import around, nearest
from sim.policies.base import Decision, View, register, spread
from sim.scenario.entities import Positive, Share


def _served(plan: Array, view: View) -> Array:
    """Return a plan's shares, raised so that all work is sent somewhere that cannot wait any longer.

    Interactive work in the proportions of the plan, or to the nearest centre where it sends nothing; what is due in
    this epoch in proportion to the room that the plan leaves.
    """
    place = plan[:, :, :-2]
    planned = place.sum(axis=2)
    age = np.broadcast_to(view.slack, planned.shape)[:, :, None]
    due = view.waiting if view.left == 1 else np.take_along_axis(view.backlog, age, axis=2)[:, :, 0]
    least = np.divide(due, view.waiting, out=np.zeros_like(due), where=view.waiting > 0.0)
    left = np.array(view.capacity)
    for w in np.flatnonzero(view.pool >= 0):
        left[:, view.pool[w]] -= view.waiting[:, w] @ place[:, w]
    way = np.where(view.slack[:, None] > 0, view.per_workload(np.maximum(left, 0.0), 1.0), place)
    way = np.where(way.sum(axis=2, keepdims=True) > 0.0, way, nearest(view))
    beyond = spread(way, view).place
    assert beyond is not None
    place = place + np.maximum(least - planned, 0.0)[:, :, None] * beyond[:, :, :-2]
    rest, waits = np.maximum(1.0 - place.sum(axis=2), 0.0), view.slack > 0
    return np.concatenate([place, np.where(waits, rest, 0.0)[..., None], np.where(waits, 0.0, rest)[..., None]], axis=2)


@register("rolling_optimal")
@dataclass(frozen=True)
class RollingOptimal:
    """Do what a plan of least cost does that knows the present and forecasts, and plan again every few hours.

    Model predictive control: a plan sees what waits, what may leave home, what batteries hold, and what is forecast;
    its first hours are executed. Interactive work beyond the forecast goes where the plan sends the rest,
    and what is due and was not planned to where there is room.

    Attributes
    ----------
    every_h
        Hours from one plan to the next.
    ahead_h
        Hours that a plan looks ahead; behind them nothing may wait.
    reserve
        Share of the capacity of later hours that a plan leaves free for what no forecast told of.  With 0 a last hour
        that is full by forecast has no room for more, and work is lost where all deadlines fall together.

    References
    ----------
    J. B. Rawlings, D. Q. Mayne and M. M. Diehl, "Model Predictive Control: Theory, Computation, and Design", 2nd ed.
    (2017), chapter 1.
    """

    every_h: Positive = 6.0
    ahead_h: Positive = 24.0
    reserve: Share = 0.0

    def dispatch(self, view: View) -> Decision:
        """Return the plan's shares and paths; [region, workload, centre + 2]."""
        if view.planner is None:
            raise PluginError("the policy 'rolling_optimal' needs a planner; run it with `suanwang run` or `sim.run`")
        plan, age = view.planner.ahead(view, self.every_h, self.ahead_h, self.reserve)
        decision = plan.decision(age, view.waiting, view.slack)
        assert decision.place is not None
        place = _served(around(decision.place, view), view)
        return Decision(place=place, path=decision.path, charge=decision.charge)
