"""The rounds in which a long horizon is solved: closed days, across their seams, weeks cut where nobody waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.ground.errors import SolveError
from sim.optimise.bound import Bound, bound, leak
from sim.optimise.horizon import Dispatch, How, State, Window, between, cuts, run
from sim.optimise.layout import Facts, Routes
from sim.optimise.program import Program, all_routes
from sim.optimise.solve import solve

SAMPLED = 14
"""Days of the horizon on which routes and links are found."""
_LACKING = 1e-4
"""Routes are added while they promise more than this of the cost."""
_PROMISE = 0.8
"""Of what missing routes promise so much is taken: the last ones promise little and make every window larger."""
_WORTH = 0.3
"""A window that leaks less than so much of the target is left as it is."""
_NO_LINKS = np.zeros(0, dtype=np.int64)


def whole(facts: Facts, how: How) -> Dispatch:
    """Return the optimum of a short horizon as one program."""
    program = Program(facts, all_routes(facts), _NO_LINKS)
    found = settled(State.fresh(program), [(0, len(facts.demand))], how, warm=False, lacking=1e-9)
    return replace(found, path="one program")


def days(facts: Facts, per_day: int, how: How) -> Dispatch:
    """Return a plan of the horizon from closed days, with the bound that their prices give.

    Days are cut at the hour of least backlog, so that they do not depend on each other. The routes and the
    links that bind are found on sampled days, by pricing against the bound; a link that is overloaded all
    the same gets its rows, and the days it touches are solved again.

    Parameters
    ----------
    facts
        The network in the LP's units.
    per_day
        Epochs a day.
    how
        Threads, deadline, ticks.

    Returns
    -------
    Dispatch
        A feasible plan with its certificate.

    Raises
    ------
    SolveError
        Where the time was up before there was a plan.
    """
    routes = seed_routes(facts, per_day)
    cut = least_waiting_hour(facts, routes, per_day)
    windows = cuts(len(facts.demand), cut, per_day)
    inner = windows[1:-1] or windows
    count = min(SAMPLED, len(inner))
    few = [inner[len(inner) * k // count] for k in range(count)]
    sample = facts.at(np.concatenate([np.arange(begin, end) for begin, end in few]))
    marks = np.cumsum([end - begin for begin, end in few]).tolist()
    quiet, start = replace(how, tick=None), State.fresh(Program(sample, routes, _NO_LINKS))
    found = settled(start, between(len(sample.demand), marks), quiet, warm=False)
    state = State.fresh(Program(facts, used(found.state), found.state.program.links))
    if not run(state, windows, how, warm=False, fresh=True):
        raise SolveError("the time was up before the first plan was whole; give it more, or fewer hours")
    state = unloaded(state, windows, how)
    return Dispatch(state, bound(facts, state.prices, state.program.routes), "closed days", cut=cut)


def settled(state: State, windows: Sequence[Window], how: How, *, warm: bool, lacking: float = _LACKING) -> Dispatch:
    """Solve windows until no route and no link is lacking; return the plan with the best bound met."""
    best: Bound | None = None
    planned = warm
    while True:
        solved = run(state, windows, how, warm=warm, fresh=True)
        if not (solved or planned):
            raise SolveError("the time was up before the first plan was whole; give it more, or fewer hours")
        planned = True
        found = bound(state.program.facts, state.prices, state.program.routes)
        best = found if best is None or found.total > best.total else best
        links = overloaded(state.program, state.values)
        # A plan that overloads many links is no place to start from; a neighbouring window's is.
        warm = len(links) <= len(state.program.links)
        lacks = len(found.missing) > 0 and found.own - found.total > lacking * state.objective
        if not solved or not (len(links) or lacks):
            return Dispatch(state, best, stopped=not solved)
        state = state.grown(found.missing, links)


def unloaded(state: State, windows: Sequence[Window], how: How) -> State:
    """Return a state in which no link is overloaded: its rows are added, the windows it touches solved again."""
    while True:
        links = overloaded(state.program, state.values)
        if not len(links):
            return state
        excess = np.any(load(state.program, state.values, links) > _room(state.program.facts, links), axis=1)
        state = state.grown(Routes.none(), links)
        # Whether or not the time is up: a plan that overloads a link is none.
        patient = replace(how, deadline=np.inf, tick=None)
        run(state, [(b, e) for b, e in windows if excess[b:e].any()], patient, fresh=True)


def refined(plan: Dispatch, cut: int, per_day: int, how: How, target: float) -> Dispatch:
    """Return a plan improved until its gap is below a target, or the rounds are over.

    The week is cut where nobody waits for a dearer day: before the day that needs most more than the one
    before it (Monday), and in the middle. Rounds, in days from there: across every seam, [Sunday, Tuesday]
    first, so that the prices at the weeks' ends are sound; then [0, 2] and [2, 7]; then across those seams;
    and the same again with other middles. Every window lies between what the plan carries over at its ends
    (alternating Schwarz), so the plan only gains; a price is taken from the window in which its hour lies
    deepest.

    Parameters
    ----------
    plan
        A plan.
    cut
        Epoch of the day at which days are cut.
    per_day
        Epochs a day.
    how
        Threads, deadline, ticks.
    target
        Gap that is good enough.
    """
    state, best, rounds, stopped = plan.state, plan.bound, 0, False
    epochs = len(state.cost)
    monday = _week(state.program.facts, cut, per_day)
    gaps = np.full(epochs, np.inf)
    for pattern in _patterns(epochs, monday, per_day):
        windows = [(b, e) for b, e in pattern if gaps[b:e].sum() > _WORTH * target * state.cost[b:e].sum()]
        solved = run(state, windows, how)
        state = unloaded(state, windows, how)
        rounds += 1
        found = bound(state.program.facts, state.prices, state.program.routes)
        best = found if found.total > best.total else best
        carried = state.values[:, state.program.columns.backlog : state.program.columns.piece]
        gaps = leak(state.program.facts, found, carried, state.cost)
        stopped = not solved
        if stopped or (state.objective - best.total) <= target * state.objective:
            break
        if found.own - found.total > 0.1 * target * state.objective:
            state = state.grown(found.promising(_PROMISE), _NO_LINKS)
    return Dispatch(state, best, f"{plan.path}, rounds of weeks and seams: {rounds}", stopped)


def exact(plan: Dispatch, how: How) -> Dispatch:
    """Return the optimum itself, from a plan of the whole horizon as one program."""
    found = settled(plan.state, [(0, len(plan.state.cost))], how, warm=True, lacking=1e-9)
    return replace(found, path=f"{plan.path}, one program from there")


def again(facts: Facts, near: Dispatch, how: How, *, whole: bool = True) -> Dispatch:
    """Return the dispatch of a neighbouring problem, from the routes, the links and the plan of one that was solved.

    A point of a sweep changes prices, demand or capacity and little of what is used.

    Parameters
    ----------
    facts
        The neighbour, of the same shape.
    near
        The solved one; unchanged.
    how
        Threads, deadline, ticks.
    whole
        Whether the horizon is one program (the optimum itself), or closed days.
    """
    epochs, old = len(facts.demand), near.state
    state = State.fresh(Program(facts, old.program.routes, old.program.links))
    state.values[:] = old.values
    if whole:
        found = settled(state, [(0, epochs)], how, warm=True, lacking=1e-9)
        return replace(found, path="one program from a neighbour's plan")
    per_day, columns = round(24.0 / facts.hours), state.program.columns
    ends = range((near.cut or per_day) - 1, epochs, per_day)
    state.values[ends, columns.backlog : columns.piece] = 0.0
    found = settled(state, cuts(epochs, near.cut, per_day), how, warm=True)
    return replace(found, path="closed days from a neighbour's plan", cut=near.cut)


def _patterns(epochs: int, monday: int, per_day: int) -> list[list[Window]]:
    """Return the windows of every round."""

    def weekly(marks: Sequence[int]) -> list[Window]:
        week = 7 * per_day
        return between(epochs, [monday + week * k + m * per_day for k in range(-1, epochs // week + 2) for m in marks])

    def seams(at: Sequence[int]) -> list[Window]:
        day = per_day
        middles = [monday + 7 * day * k + m * day for k in range(-1, epochs // (7 * day) + 2) for m in at]
        return [(max(m - day, 0), min(m + day, epochs)) for m in sorted(middles) if day < m < epochs - day // 2]

    return [
        weekly([1, 3, 5, 6]), weekly([0, 2]), seams([0, 2]), weekly([0, 4]), seams([0, 4]), weekly([0, 3]),
        seams([0, 3]), weekly([0]), seams([0]),
    ]  # fmt: skip


def _week(facts: Facts, cut: int, per_day: int) -> int:
    """Return the epoch at which the first week is cut: before the day that needs most more than the one before it."""
    need = facts.demand[:, :, facts.pool >= 0].sum(axis=(1, 2))
    daily = need[cut : cut + (len(need) - cut) // per_day * per_day].reshape(-1, per_day).sum(axis=1)
    rise = np.diff(daily)
    if not len(rise):
        return cut
    mean = [rise[day::7].mean() for day in range(min(7, len(rise)))]
    return cut + (int(np.argmax(mean)) + 1) * per_day


def least_waiting_hour(facts: Facts, routes: Routes, per_day: int) -> int:
    """Return the epoch of the day at which least work waits in an optimum of the first two days."""
    if per_day < 4 or len(facts.demand) <= 2 * per_day or not (facts.slack > 0).any():
        return 0
    program = Program(facts, routes, _NO_LINKS)
    solution = solve(program.window(0, 2 * per_day))
    columns = program.columns
    waiting = solution.values.reshape(2 * per_day, columns.count)[:, columns.backlog : columns.allowance].sum(axis=1)
    middle = waiting[per_day // 2 - 1 : per_day // 2 - 1 + per_day]
    return int((per_day // 2 + int(middle.argmin())) % per_day)


def seed_routes(facts: Facts, per_day: int) -> Routes:
    """Return the routes that the exact optimum of the first day uses."""
    every = all_routes(facts)
    program = Program(facts, every, _NO_LINKS)
    span = min(per_day, len(facts.demand))
    solution = solve(program.window(0, span))
    served = solution.values.reshape(span, program.columns.count)[:, program.columns.serve :]
    return every.only(np.asarray((served > 1e-9).any(axis=0)))


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


def _room(facts: Facts, links: IntArray) -> Array:
    return facts.link_room[:, links] * (1.0 + 1e-9) + 1e-9


def overloaded(program: Program, values: Array) -> IntArray:
    """Return the links, not looked at yet, that a plan loads above their room."""
    others = np.setdiff1d(np.arange(len(program.facts.opposite)), program.links)
    over = (load(program, values, others) > _room(program.facts, others)).any(axis=0)
    return others[over]
