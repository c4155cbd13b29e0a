"""What a plan lacks, and gets: routes that promise to save, and the rows of links that it overloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.optimise.bound import Bound, bound
from sim.optimise.horizon import Dispatch, How, State, Window, run
from sim.optimise.layout import Facts, Routes
from sim.optimise.program import Program
from sim.optimise.solve import OutOfTime

NO_LINKS = np.zeros(0, dtype=np.int64)
_SLACK = 1e-9
"""Share of a link's room by which a link without rows may be overloaded."""
_MANY = 10
"""Where links are many: of so many one may be new, for a plan to be a place to start from."""
_HELD = 1e-6
"""The same for a link that has its rows: what the solver may be off by, and more."""


def settled(
    state: State,
    windows: Sequence[Window],
    how: How,
    *,
    warm: bool = False,
    planned: bool = False,
    lacking: float,
    share: float = 1.0,
) -> Dispatch:
    """Solve windows until hardly a route and no link is lacking; return the plan with the best bound met.

    The first pass solves every window, each further one those that lack something.

    Parameters
    ----------
    state
        What is known of the plan; changed.
    windows
        That cover the horizon and do not overlap.
    how
        Threads, deadline, ticks.
    warm
        Whether the state's values are a point to start from.
    planned
        Whether they are a plan.
    lacking
        Routes are added while they promise more than this share of the cost.
    share
        Of what missing routes promise so much is taken: the last ones promise little and make windows larger.

    Returns
    -------
    Dispatch
        Where it stopped because the time was up, links may be overloaded.

    Raises
    ------
    OutOfTime
        Where the time was up before there was a plan.
    """
    best: Bound | None = None
    todo: Sequence[Window] = windows
    while True:
        solved = run(state, todo, how, warm=warm)
        if not (solved or planned):
            raise OutOfTime("the time was up before the first plan was whole; give it more, or fewer hours")
        planned = True
        found = bound(state.program.facts, state.prices, state.program.routes)
        best = found if best is None or found.total > best.total else best
        over = _over(state)
        links = np.setdiff1d(np.flatnonzero(over.any(axis=0)), state.program.links)
        lacks = len(found.missing) > 0 and found.lack.sum() > lacking * abs(state.objective)
        if not solved or not (len(links) or lacks):
            return Dispatch(state, best, stopped=not solved)
        # A plan that overloads many links is no place to start from.
        warm = len(links) <= len(state.program.links) // (_MANY if state.crowded else 1)
        state.grow(found.promising(share) if lacks else Routes.none(), links)
        least = 0.1 * lacking * abs(state.objective) / len(state.cost) if lacks else np.inf
        todo = [(b, e) for b, e in windows if over[b:e].any() or found.lack[b:e].sum() > least * (e - b)]


def unload(state: State, windows: Sequence[Window], how: How) -> None:
    """Mend a plan that overloads links: their rows are added, the windows it touches solved again.

    Whether or not the time is up: a plan that overloads a link is none.
    """
    patient = replace(how, deadline=np.inf, tick=None)
    while True:
        over = _over(state)
        if not over.any():
            return
        state.grow(Routes.none(), np.setdiff1d(np.flatnonzero(over.any(axis=0)), state.program.links))
        run(state, [(b, e) for b, e in windows if over[b:e].any()], patient)


def used(state: State) -> Routes:
    """Return the routes that a plan uses; pricing finds many more, which only make the windows larger."""
    routes, served = state.program.routes, state.values[:, state.program.columns.serve :]
    return routes.only(np.asarray((served > 1e-9).any(axis=0)))


def load(program: Program, values: Array, links: IntArray) -> Array:
    """Return what a plan puts on some links; [epoch, link], Tbit/s·h."""
    facts, routes = program.facts, program.routes
    served = values[:, program.columns.serve :]
    hops = facts.route_link[routes.region, routes.centre, routes.path]
    rate = np.zeros((len(routes), len(links)))
    for at, link in enumerate(links):
        for path, bits in ((hops, facts.bits_in), (facts.back(hops), facts.bits_out)):
            rate[:, at] += (path == link).sum(axis=1) * bits[routes.workload]
    return np.asarray(served @ rate)


def overloaded(program: Program, values: Array) -> IntArray:
    """Return the links that a plan loads above their room."""
    return np.flatnonzero(_excess(program, values).any(axis=0))


def _over(state: State) -> BoolArray:
    return _excess(state.program, state.values)


def _excess(program: Program, values: Array) -> BoolArray:
    """Return where a plan loads a link above its room; [epoch, link]."""
    facts: Facts = program.facts
    slack = np.full(len(facts.opposite), _SLACK)
    slack[program.links] = _HELD
    room = facts.link_room * (1.0 + slack) + slack
    return np.asarray(load(program, values, np.arange(len(slack))) > room)
