"""The rounds in which a long horizon is solved: closed days, then weeks cut where nobody waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.ground.arrays import Array
from sim.optimise.bound import Bound, bound, leak
from sim.optimise.growth import NO_LINKS, settled, unload, used
from sim.optimise.horizon import Dispatch, How, State, Window, between, cuts, run
from sim.optimise.layout import Facts, Routes
from sim.optimise.program import Program, all_routes
from sim.optimise.solve import solve

SAMPLED = 16
"""Days of the horizon on which routes and links are found; the first and the last are among them."""
_EXACT = 1e-9
"""Routes are added while they promise more than this share of the cost, where the optimum itself is sought;"""
_FIRST, _SAMPLE, _YEAR = 1e-3, 3e-4, 1e-3
"""on the first day; on the sampled days; over the whole horizon."""
_PROMISE = 0.8
"""Of what missing routes promise so much is taken: the last ones promise little and make every window larger."""
_WORTH = 0.3
"""A window that leaks less than so much of the target is left as it is."""
_STOPS, _AIM = 0.8, 0.95
"""Share of its leak that a window's solution is expected to stop, and of the target that is aimed at."""
_LOOSE = 1e-6
"""Share of its cost by which a week may miss its optimum."""
_CUTS = (0, 4, 0, 3, 0, 5, 0)
"""Days from the week's first at which the weeks of a round are cut."""


def whole(facts: Facts, how: How) -> Dispatch:
    """Return the optimum of a short horizon as one program."""
    windows = [(0, len(facts.demand))]
    state = State.fresh(Program(facts, all_routes(facts), NO_LINKS))
    found = settled(state, windows, how, lacking=_EXACT)
    unload(state, windows, how)
    return replace(found, path="one program")


def days(facts: Facts, per_day: int, how: How) -> Dispatch:
    """Return a plan of the horizon from closed days, with the bound that their prices give.

    Days are cut at the hour of least backlog, so that they do not depend on each other. The routes and the
    links that bind are found on sampled days, by pricing against the bound; what the horizon lacks all the
    same it gets, and the days that lacked it are solved again.

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
    OutOfTime
        Where the time was up before there was a plan.
    """
    quiet = replace(how, tick=None)
    first = seeded(facts, per_day, quiet)
    cut = least_waiting_hour(facts, used(first), per_day)
    windows = cuts(len(facts.demand), cut, per_day)
    sample = sampled(facts, windows, first, quiet)
    state = State.fresh(Program(facts, used(sample), sample.program.links))
    found = settled(state, windows, how, lacking=_YEAR, share=_PROMISE)
    unload(state, windows, how)
    state.seams = tuple(begin for begin, _ in windows[1:])
    return replace(found, path="closed days", cut=cut)


def seeded(facts: Facts, per_day: int, how: How) -> State:
    """Return the optimum of the first day over every pair, with the links that bind and the further paths they ask for.

    Without these a sampled day sheds work that it has no route for, and the price of shedding calls for
    hundreds of routes that nobody needs.
    """
    first = facts.at(np.arange(min(per_day, len(facts.demand))))
    program = Program(first, all_routes(first), NO_LINKS)
    return settled(State.fresh(program), [(0, len(first.demand))], how, lacking=_FIRST).state


def sampled(facts: Facts, windows: Sequence[Window], first: State, how: How) -> State:
    """Return the optimum of some of the days, side by side, from the routes and the links of the first one."""
    count = min(SAMPLED, len(windows))
    few = [windows[at] for at in np.linspace(0, len(windows) - 1, count).round().astype(int)]
    sample = facts.at(np.concatenate([np.arange(begin, end) for begin, end in few]))
    marks = np.cumsum([end - begin for begin, end in few]).tolist()
    state = State.fresh(Program(sample, used(first), first.program.links))
    return settled(state, between(len(sample.demand), marks), how, lacking=_SAMPLE, share=_PROMISE).state


def refined(plan: Dispatch, cut: int, per_day: int, how: How, target: float) -> Dispatch:
    """Return a plan improved until its gap is below a target, or the rounds are over.

    The week is cut where nobody waits for a dearer day: before the day that needs most more than the one
    before it (Monday). In further rounds it is cut on other days in turn with that one. Every window lies between
    what the plan carries over at its ends (alternating Schwarz), so the plan only gains; the prices of a window are
    all taken from it.

    Parameters
    ----------
    plan
        A plan; its state is the one that is improved.
    cut
        Epoch of the day at which days are cut.
    per_day
        Epochs a day.
    how
        Threads, deadline, ticks.
    target
        Gap that is good enough.
    """
    state, rounds, stopped = plan.state, 0, False
    how, facts = replace(how, loose=_LOOSE), state.program.facts
    week, monday = 7 * per_day, _week(facts, cut, per_day)
    found = bound(facts, state.prices, state.program.routes)
    best = max(plan.bound, found, key=_total)
    for day in _CUTS:
        if stopped or state.objective - best.total <= target * abs(state.objective):
            break
        if found.lack.sum() > 0.1 * target * abs(state.objective):
            state.grow(found.promising(_PROMISE), NO_LINKS)
        carried = state.values[:, state.program.columns.backlog : state.program.columns.piece]
        pattern = cuts(len(state.cost), monday + day * per_day, week)
        windows = _leaking(pattern, leak(facts, found, carried, state.cost), state.cost, target)
        stopped = not run(state, windows, how)
        unload(state, windows, how)
        found = bound(facts, state.prices, state.program.routes)
        best, rounds = max(best, found, key=_total), rounds + 1
    return Dispatch(state, best, f"{plan.path}, rounds of weeks: {rounds}", stopped, plan.cut)


def _total(found: Bound) -> float:
    return found.total


def exact(plan: Dispatch, how: How) -> Dispatch:
    """Return the optimum itself, from a plan of the whole horizon as one program; where the time is up, the plan."""
    state = plan.state.copy()
    found = settled(state, [(0, len(state.cost))], how, warm=True, planned=True, lacking=_EXACT)
    best = found.bound if found.bound.total > plan.bound.total else plan.bound
    if found.stopped:
        return replace(plan, bound=best, stopped=True)
    return replace(found, bound=best, path=f"{plan.path}, one program from there", cut=plan.cut)


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
        return replace(_from(state, [(0, epochs)], how, _EXACT), path="one program from a neighbour's plan")
    per_day, columns = round(24.0 / facts.hours), state.program.columns
    ends = range((near.cut or per_day) - 1, epochs, per_day)
    state.values[ends, columns.backlog : columns.piece] = 0.0
    found = _from(state, cuts(epochs, near.cut, per_day), how, _YEAR)
    state.seams = old.seams
    return replace(found, path="closed days from a neighbour's plan", cut=near.cut)


def _from(state: State, windows: Sequence[Window], how: How, lacking: float) -> Dispatch:
    found = settled(state, windows, how, warm=True, lacking=lacking, share=_PROMISE if lacking > _EXACT else 1.0)
    unload(state, windows, how)
    return found


def _leaking(pattern: Sequence[Window], gaps: Array, cost: Array, target: float) -> list[Window]:
    """Return the windows worth solving: those that leak most, until what they stop should be enough.

    Parameters
    ----------
    pattern
        Windows to choose from.
    gaps
        [epoch], kCNY, as `sim.optimise.bound.leak` returns it.
    cost
        [epoch], kCNY.
    target
        Gap that is good enough.
    """
    leaks = sorted(((float(gaps[b:e].sum()), b, e) for b, e in pattern), reverse=True)
    excess, stopped, chosen = gaps.sum() - _AIM * target * abs(cost.sum()), 0.0, []
    for much, b, e in leaks:
        if stopped >= excess or much <= _WORTH * target * abs(cost[b:e].sum()):
            break
        chosen.append((b, e))
        stopped += _STOPS * much
    return sorted(chosen)


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
    program = Program(facts, routes, NO_LINKS)
    solution = solve(program.window(0, 2 * per_day))
    columns = program.columns
    waiting = solution.values.reshape(2 * per_day, columns.count)[:, columns.backlog : columns.allowance].sum(axis=1)
    middle = waiting[per_day // 2 - 1 : per_day // 2 - 1 + per_day]
    return int((per_day // 2 + int(middle.argmin())) % per_day)
