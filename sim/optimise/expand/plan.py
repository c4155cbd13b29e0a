"""A capacity plan: the days that stand for the year, the program, its solution, what it comes to."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.ground.arrays import Array
from sim.network.network import Network
from sim.optimise.expand import whole
from sim.optimise.expand.account import Sums, year
from sim.optimise.expand.alternatives import alternatives
from sim.optimise.expand.benders import Benders, Found, Tick
from sim.optimise.expand.conflict import refuse
from sim.optimise.expand.days import Day, day_of
from sim.optimise.expand.futures import worth
from sim.optimise.expand.levers import asked
from sim.optimise.expand.master import Master, nodes
from sim.optimise.expand.measures import measures
from sim.optimise.expand.oracle import Oracle
from sim.optimise.expand.place import Place, Setting, place
from sim.optimise.expand.sample import period_error
from sim.optimise.expand.solver import Infeasible
from sim.optimise.expand.survive import Losses
from sim.optimise.periods import Periods, choose

SMALL = 60_000
"""Columns up to which a plan is solved as one program."""


@dataclass
class Study:
    """A question of capacity, ready to be solved, more than once.

    Attributes
    ----------
    network
        The network of the nation's year.
    setting, periods, places, days, oracles
        What operation is, by day.
    master
        What can be built.
    """

    network: Network
    setting: Setting
    periods: Periods
    places: list[Place]
    days: list[Day]
    oracles: list[Oracle]
    master: Master


@dataclass
class Outcome:
    """What was found.

    Attributes
    ----------
    study
        The question.
    found
        Plan and bound.
    sums
        [node], what the years come to.
    survival
        Which losses were looked at; None where none is to be survived.
    alternatives
        Plans that cost nearly the same.
    futures
        What planning for several futures is worth; None with one.
    error
        How far the chosen days err; None where it was not asked for.
    seconds
        By stage.
    """

    study: Study
    found: Found
    sums: list[Sums]
    survival: dict[str, Any] | None = None
    alternatives: list[dict[str, Any]] = field(default_factory=list)
    futures: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    seconds: dict[str, float] = field(default_factory=dict)


def study(network: Network, periods: Periods | None = None) -> Study:
    """Return the question of a network's scenario, its days chosen and their programs made.

    Parameters
    ----------
    network
        Built over a year, or over what stands for one.
    periods
        The days; chosen as the scenario says where none are given.
    """
    plan = asked(network)
    setting = Setting.of(network)
    chosen = choose(network, plan.periods, plan.extremes) if periods is None else periods
    bounds = measures(network)
    epochs = chosen.epochs(network.calendar.epochs_per_day)
    places = [place(setting, at) for at in epochs]
    days = [day_of(here, bounds) for here in places]
    master = Master(nodes(network, setting.levers), setting.levers, bounds, yearly(network, chosen), network)
    return Study(network, setting, chosen, places, days, [Oracle(day) for day in days], master)


def yearly(network: Network, periods: Periods) -> Array:
    """Return the days of a year that each period stands for; [period]."""
    of_year = network.calendar.whole_year(network.scenario.config.year)
    days = of_year.epochs / of_year.epochs_per_day
    return np.asarray(periods.weight * days / periods.weight.sum())


def solve(
    question: Study, *, workers: int = 2, tick: Tick | None = None, seconds: float | None = None, small: int = SMALL
) -> Outcome:
    """Return the best plan that is found, with its bound.

    Parameters
    ----------
    question
        As `study` returns it.
    workers
        Threads.
    tick
        Called with what is done, how far, and of how many.
    seconds
        Time limit; the best plan so far is returned then.
    small
        Columns up to which it is one program.

    Raises
    ------
    SolveError
        Where no plan keeps every target and limit, or the solver fails.
    """
    began, survival = time.perf_counter(), None
    until = math.inf if seconds is None else time.monotonic() + seconds
    master, plan = question.master, asked(question.network)
    modules = bool((master.whole > 0.0).any())
    benders = Benders(master, question.oracles, modules, workers)
    try:
        if whole.size(master, question.days) <= small and not plan.survive.hubs and not plan.survive.links:
            found = _at_once(question, modules)
            if plan.alternatives.goals:
                benders.learn(found)
        else:
            lost = _losses(question)
            found = lost.settle(benders, plan.gap, tick, until)
            survival = lost.told.document()
    except Infeasible:
        refuse(master)
    known = worth(master, found.objective, lambda other: _least(question, other, workers, small))
    solved = time.perf_counter()
    delays = delays_ms(question.network)
    sums = [
        year(master, question.oracles, question.places, found.values, number, delays)
        for number in range(len(master.nodes))
    ]
    error = (
        period_error(question.setting, master, question.oracles, found, plan.check_days) if plan.check_days else None
    )
    return Outcome(
        question, found, sums, survival, alternatives(benders, found), known, error,
        {"solve": round(solved - began, 3), "account": round(time.perf_counter() - solved, 3)},
    )  # fmt: skip


def _least(question: Study, master: Master, workers: int, small: int) -> tuple[float, Array]:
    """Return the least cost of another master over the same days, M CNY, and its values."""
    modules = bool((master.whole > 0.0).any())
    if whole.size(master, question.days) <= small:
        point = whole.solve(whole.whole(master, question.days), modules)
        return point.objective, point.values[: len(master.cost)]
    found = Benders(master, question.oracles, modules, workers).settle(asked(question.network).gap)
    return found.objective, found.values


def _losses(question: Study) -> Losses:
    """Return the losses that a plan must survive, on the day of most compute asked for."""
    demand, epochs = (
        question.network["demand"].sum(axis=(1, 2)),
        question.periods.epochs(question.network.calendar.epochs_per_day),
    )
    worst = int(np.argmax(demand[epochs].max(axis=1)))
    return Losses(question.setting, question.master, (question.oracles[worst], worst), epochs[worst])


def delays_ms(network: Network) -> Array:
    """Return the delays by which interactive compute is counted: 1, 5, 20 ms and those of the targets; ascending."""
    asked_for = [target.within_ms for target in asked(network).targets.values() if target.within_ms is not None]
    return np.unique([1.0, 5.0, 20.0, *asked_for])


def _at_once(question: Study, modules: bool) -> Found:
    """Return the optimum of the whole program; its cuts are those of the days at it."""
    master = question.master
    program = whole.whole(master, question.days)
    point = whole.solve(program, modules)
    values, prices = whole.at_master(point, master)
    cuts = []
    for number in range(len(master.nodes)):
        row = [oracle.cut(master.parameters(values, number, day)) for day, oracle in enumerate(question.oracles)]
        cuts.append(row)
        for day, cut in enumerate(row):
            values[master.theta(number, day)] = cut.value
    found = Found(values, point.objective, min(point.bound, point.objective), prices, cuts, 1, path="whole")
    found.size = program.matrix.shape
    return found
