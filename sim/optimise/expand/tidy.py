"""What a plan need not build: of all it holds, what can be left out at no cost beyond the gap that was asked for."""

from __future__ import annotations

import time

import numpy as np

from sim.ground.arrays import Array
from sim.optimise.expand.benders import Benders, Found, Tick
from sim.optimise.expand.learner import Learner
from sim.optimise.expand.solver import Infeasible

_ROUNDS = 4
_DEEP = 0.8
"""Share of what the gap leaves that may be used up as far as the cuts know; what they do not know needs the rest."""
_ROOM = 1e-6
"""Share of an amount that bounds leave beside it."""


def tidied(benders: Benders, found: Found, gap: float, tick: Tick | None, until: float) -> Found:
    """Return the plan without what is of no use: no build is larger, the gap no larger than asked for.

    Within the gap a plan may hold what is cheap and idle: waves by the thousand, say. Minimise the capital of all that
    is built, whoever pays for it, subject to builds ≤ those of the plan and to what the cuts say that it costs being
    within the gap; look at it, learn, and again until its true cost is within the gap. What is left at the end is
    brought there along the line to the plan itself, on which cost is convex.

    Parameters
    ----------
    benders
        That the plan was found with.
    found
        The plan.
    gap
        Asked for.
    tick
        Called with what is done, how far, and of how many.
    until
        Time at which to stop.

    Returns
    -------
    Found
        A plan with the same bound; the one that was given where nothing can be left out, or modules are whole.
    """
    if benders.whole or not np.isfinite(found.bound) or found.bound <= 0.0:
        return found
    master = benders.master
    most = max(found.objective, found.bound / (1.0 - gap))
    invested = investment(benders)
    learner = Learner(master, benders.pool)
    learner.solver.objective(invested)
    builds = np.concatenate([master.build(number) for number in range(len(master.nodes))])
    # The plan keeps its rows to within the solver's tolerance; without as much room it would not be among the choices.
    learner.solver.most(builds, found.values[builds] + _ROOM * (1.0 + found.values[builds]))
    learner.at_most(max(found.objective * (1.0 + _ROOM), found.objective + _DEEP * (most - found.objective)))
    looked = found
    for round_ in range(_ROUNDS):
        if time.monotonic() > until:
            break
        try:
            values = learner.point().values[: len(master.cost)]
        except Infeasible:
            return found
        looked = benders.look(values)
        if tick is not None:
            tick("tidy", round_ + 1, _ROUNDS)
        if looked.objective <= most:
            break
    if looked.objective > most:
        share = (most - found.objective) / (looked.objective - found.objective)
        looked = benders.look(found.values + share * (looked.values - found.values))
    if looked.objective > most or float(invested @ looked.values) >= float(invested @ found.values):
        return found
    looked.bound, looked.prices = found.bound, found.prices
    looked.rounds, looked.history, looked.size, looked.path = found.rounds, found.history, found.size, found.path
    looked.cuts, looked.solves = benders.cuts, sum(oracle.solves for oracle in benders.oracles)
    return looked


def investment(benders: Benders) -> Array:
    """Return the capital of a unit built, whoever pays for it, M CNY; [column of the master], 0 but for builds."""
    master = benders.master
    capital = np.zeros(len(master.cost))
    for number, node in enumerate(master.nodes):
        capital[master.build(number)] = master.levers.invest * node.capital * node.weight
    return capital
