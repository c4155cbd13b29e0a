"""What a plan need not build: of all plans within the gap that was asked for, the one that builds least."""

from __future__ import annotations

import time

import numpy as np

from sim.ground.arrays import Array
from sim.optimise.expand.benders import Benders, Found, Tick
from sim.optimise.expand.learner import Learner

_ROUNDS = 8
_DEEP = 0.6
"""Where between the bound and the dearest plan allowed it is looked for: what the cuts do not know needs room."""
_SAVED = 1e-3
"""Share of the capital that must be saved to be worth a change."""


def tidied(benders: Benders, found: Found, gap: float, tick: Tick | None, until: float) -> Found:
    """Return the plan of least capital among those whose gap is no larger than asked for.

    Within the gap a plan may hold what is cheap and of no use: waves by the thousand, say. Minimise the capital of all
    that is built, whoever pays for it, subject to what the cuts say that it costs ≤ a level; look at it, learn, and
    again until its true cost is within the gap. What is left at the end is brought there along the line to the plan
    itself, on which cost is convex.

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
        A plan with the same bound; the one that was given where nothing is saved.
    """
    if benders.whole or not np.isfinite(found.bound) or found.bound <= 0.0:
        return found
    master = benders.master
    most = max(found.objective, found.bound / (1.0 - gap))
    invested = investment(benders)
    learner = Learner(master, benders.pool)
    learner.solver.objective(invested)
    learner.at_most(found.bound + _DEEP * (most - found.bound))
    best, looked = found, found
    for round_ in range(_ROUNDS):
        if time.monotonic() > until:
            break
        looked = benders.look(learner.point().values[: len(master.cost)])
        if tick is not None:
            tick("tidy", round_ + 1, _ROUNDS)
        if looked.objective <= most:
            best = looked
            break
    if best is found and looked is not found:
        share = (most - found.objective) / (looked.objective - found.objective)
        between = benders.look(found.values + share * (looked.values - found.values))
        best = between if between.objective <= most else found
    if float(invested @ best.values) > (1.0 - _SAVED) * float(invested @ found.values):
        return found
    best.bound, best.prices = found.bound, found.prices
    best.rounds, best.history, best.size, best.path = found.rounds, found.history, found.size, found.path
    best.cuts, best.solves = benders.cuts, sum(oracle.solves for oracle in benders.oracles)
    return best


def investment(benders: Benders) -> Array:
    """Return the capital of a unit built, whoever pays for it, M CNY; [column of the master], 0 but for builds."""
    master = benders.master
    capital = np.zeros(len(master.cost))
    for number, node in enumerate(master.nodes):
        capital[master.build(number)] = master.levers.invest * node.capital * node.weight
    return capital
