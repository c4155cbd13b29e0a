"""Plans that cost nearly the same and look as different as they can (modelling to generate alternatives)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from sim.ground.arrays import Array, IntArray
from sim.optimise.expand.benders import Benders, Found
from sim.optimise.expand.levers import asked

_ROUNDS = 60
_SITE = 1e-3
"""Compute, EFLOPS, below which a centre counts as not built at."""


def alternatives(benders: Benders, found: Found) -> list[dict[str, Any]]:
    """Return an alternative for each goal of the scenario.

    Cost ≤ (1 + ε) · cost of the plan is kept as a row over the master's columns, θ included; a point of the master is
    looked at, its days' cuts are learnt, until what it costs in truth keeps the row to within the plan's own gap.

    - least_west: least compute built in the west.
    - most_dispersed: least compute built at any one centre.
    - fewest_sites: compute built counts the less, the more of it the round before built at a place (a heuristic:
      reweighting in place of whole numbers).

    Parameters
    ----------
    benders
        That the plan was found with; its master is not the same afterwards.
    found
        The plan.

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
    used = np.flatnonzero(master.cost)
    cost = sparse.csr_matrix((master.cost[used], (np.zeros(len(used), dtype=int), used)), shape=(1, len(master.cost)))
    benders.solver.add(cost, np.array([-np.inf]), np.array([most]))
    columns, place = built(benders)
    far = benders.solver.widest(columns, place, len(master.network.ids("centre")))
    return [_towards(benders, found, goal, most, far) for goal in plan.alternatives.goals]


def built(benders: Benders) -> tuple[IntArray, IntArray]:
    """Return the columns of compute that is built, and the centre of each."""
    levers = benders.master.levers
    pools = np.concatenate([levers.of("general"), levers.of("smart")])
    nodes = range(len(benders.master.nodes))
    return np.concatenate([benders.master.build(node)[pools] for node in nodes]), np.tile(
        levers.place[pools], len(nodes)
    )


def _towards(benders: Benders, found: Found, goal: str, most: float, far: int) -> dict[str, Any]:
    """Return the alternative that goes for a goal; `far` is the column of the largest centre's builds."""
    columns, place = built(benders)
    centres = len(benders.master.network.ids("centre"))
    west = _west(benders)
    amount = np.bincount(place, found.values[columns], centres)
    point, rounds, cost = found.values, 0, found.objective
    gap = asked(benders.master.network).gap
    while rounds < _ROUNDS:
        rounds += 1
        objective = np.zeros(len(benders.master.cost) + 1)
        if goal == "most_dispersed":
            objective[far] = 1.0
        else:
            weight = west if goal == "least_west" else 1.0 / (amount + 0.05 * max(amount.max(), _SITE))
            objective[columns] = weight[place]
        benders.solver.objective(objective)
        point = benders.solved_point().values
        cost = benders.look(point).objective
        amount = np.bincount(place, point[columns], centres)
        if cost <= most * (1.0 + gap):
            break
    return {
        "goal": goal, "cost_bn_cny": cost / 1e3, "dearer": cost / found.objective - 1.0, "rounds": rounds,
        "kept": bool(cost <= most * (1.0 + gap)), "west_eflops": float(amount @ west),
        "largest_eflops": float(amount.max(initial=0.0)), "sites": int((amount > _SITE).sum()),
        "centre": dict(zip(benders.master.network.ids("centre"), amount.tolist(), strict=True)),
    }  # fmt: skip


def _west(benders: Benders) -> Array:
    """Return 1 for the centres of the west; [centre]."""
    network = benders.master.network
    names = asked(network).alternatives.west
    hubs = [centre.hub for centre in network.scenario.config.centres.values()]
    return np.array([float(hub in names) for hub in hubs])
