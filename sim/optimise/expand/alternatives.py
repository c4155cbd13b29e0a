"""Plans that cost nearly the same and look as different as they can (modelling to generate alternatives)."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.optimise.expand.benders import Benders, Found, Tick
from sim.optimise.expand.learner import Learner
from sim.optimise.expand.levers import asked

_ROUNDS = 12
"""Points looked at for a goal; what is not there by then is brought there along the line to the plan."""
_SITE = 1e-3
"""Compute, EFLOPS, below which a centre counts as not built at."""


@dataclass(frozen=True)
class _Room:
    """Plans that cost little more.

    Attributes
    ----------
    benders, found
        The plan.
    learner
        The master with a row that its cost be at most `most`.
    most
        M CNY.
    far
        Column of the largest centre's builds.
    """

    benders: Benders
    found: Found
    learner: Learner
    most: float
    far: int


def alternatives(
    benders: Benders, found: Found, tick: Tick | None = None, until: float = math.inf
) -> list[dict[str, Any]]:
    """Return an alternative for each goal of the scenario.

    Cost ≤ (1 + ε) · cost of the plan is kept as a row over the master's columns, θ included; a point of the master is
    looked at, its days' cuts are learnt, until what it costs in truth keeps the row to within the plan's own gap. Where
    that takes too many rounds or too long, the last point is moved towards the plan until it does: cost is convex along
    the line. So each alternative keeps the row; it need not be the furthest that does (`rounds` tells).

    - least_west: least compute built in the west.
    - most_dispersed: least compute built at any one centre.
    - fewest_sites: compute built counts the less, the more of it the round before built at a place (a heuristic:
      reweighting in place of whole numbers).

    Parameters
    ----------
    benders
        That the plan was found with.
    found
        The plan.
    tick
        Called with what is done, how far, and of how many.
    until
        Time at which to stop.

    Returns
    -------
    list of dict
        ``goal``, ``cost_bn_cny``, ``dearer`` (share), ``rounds``, ``kept`` (whether the row is), ``west_eflops``,
        ``largest_eflops``, ``sites``, ``centre`` (EFLOPS built, by centre).

    References
    ----------
    E. D. Brill, S.-Y. Chang, L. D. Hopkins (1982), Management Science 28(3), doi 10.1287/mnsc.28.3.221.
    """
    plan, master = asked(benders.master.network), benders.master
    if not plan.alternatives.goals:
        return []
    most = (1.0 + plan.alternatives.within) * found.objective
    learner = Learner(master, benders.pool, benders.whole)
    learner.at_most(most)
    columns, place = built(benders)
    far = learner.solver.widest(columns, place, len(master.network.ids("centre")))
    room = _Room(benders, found, learner, most, far)
    return [_towards(room, goal, tick, until) for goal in plan.alternatives.goals]


def built(benders: Benders) -> tuple[IntArray, IntArray]:
    """Return the columns of compute that is built, and the centre of each."""
    levers = benders.master.levers
    pools = np.concatenate([levers.of("general"), levers.of("smart")])
    nodes = range(len(benders.master.nodes))
    return np.concatenate([benders.master.build(node)[pools] for node in nodes]), np.tile(
        levers.place[pools], len(nodes)
    )


def _towards(room: _Room, goal: str, tick: Tick | None, until: float) -> dict[str, Any]:
    """Return the alternative that goes for a goal."""
    benders, found, master = room.benders, room.found, room.benders.master
    columns, place = built(benders)
    centres, count = len(master.network.ids("centre")), len(master.cost)
    west = _west(benders)
    amount = np.bincount(place, found.values[columns], centres)
    most = room.most * (1.0 + asked(master.network).gap)
    looked, rounds = found, 0
    while rounds < _ROUNDS and (rounds == 0 or time.monotonic() < until):
        rounds += 1
        objective = np.zeros(count + 1)
        if goal == "most_dispersed":
            objective[room.far] = 1.0
        else:
            weight = west if goal == "least_west" else 1.0 / (amount + 0.05 * max(amount.max(), _SITE))
            objective[columns] = weight[place]
        room.learner.solver.objective(objective)
        looked = benders.look(room.learner.point().values[:count])
        amount = np.bincount(place, looked.values[columns], centres)
        if tick is not None:
            tick(goal, rounds, _ROUNDS)
        if looked.objective <= most:
            break
    if looked.objective > most and not benders.whole:
        share = (most - found.objective) / (looked.objective - found.objective)
        looked = benders.look(found.values + share * (looked.values - found.values))
        amount = np.bincount(place, looked.values[columns], centres)
    cost = looked.objective
    return {
        "goal": goal, "cost_bn_cny": cost / 1e3, "dearer": cost / found.objective - 1.0, "rounds": rounds,
        "kept": bool(cost <= most * (1.0 + 1e-9)), "west_eflops": float(amount @ west),
        "largest_eflops": float(amount.max(initial=0.0)), "sites": int((amount > _SITE).sum()),
        "centre": dict(zip(master.network.ids("centre"), amount.tolist(), strict=True)),
    }  # fmt: skip


def _west(benders: Benders) -> Array:
    """Return 1 for the centres of the west; [centre]."""
    network = benders.master.network
    names = asked(network).alternatives.west
    hubs = [centre.hub for centre in network.scenario.config.centres.values()]
    return np.array([float(hub in names) for hub in hubs])
