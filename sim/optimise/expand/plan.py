"""A capacity plan: the days that stand for the year, the program, its solution, what it comes to."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.ground.arrays import Array
from sim.network.network import Network
from sim.optimise.expand import whole
from sim.optimise.expand.account import Sums, year
from sim.optimise.expand.alternatives import alternatives
from sim.optimise.expand.benders import Benders, Found, Tick
from sim.optimise.expand.budgets import sweep
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
    budgets
        What the plan costs with other budgets.
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
    budgets: list[dict[str, Any]] = field(default_factory=list)
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
    days_of_year = yearly(network, chosen)
    master = Master(
        nodes(network, setting.levers), setting.levers, bounds, days_of_year, network, plan.budget_bn_cny
    )  # fmt: skip
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
    spent = {"solve": time.perf_counter() - began}
    delays, began = delays_ms(question.network), time.perf_counter()
    sums = [
        year(master, question.oracles, question.places, found.values, number, delays)
        for number in range(len(master.nodes))
    ]
    outcome = Outcome(question, found, sums, survival)
    if plan.check_days:
        outcome.error = period_error(question.setting, master, question.oracles, found, plan.check_days)
    spent["account"] = time.perf_counter() - began
    _beside(outcome, benders, lambda other: _found(question, benders, other, small, until), tick, until, spent)
    outcome.seconds = {name: round(value, 3) for name, value in spent.items()}
    return outcome


def _beside(
    outcome: Outcome, benders: Benders, find: Callable[[Master], Found], tick: Tick | None, until: float,
    spent: dict[str, float],
) -> None:  # fmt: skip
    """Add what stands beside a plan: what several futures are worth, other budgets, alternatives."""
    master, plan = outcome.study.master, asked(outcome.study.network)

    def least(other: Master) -> tuple[float, Array]:
        found = find(other)
        return found.objective, found.values

    began = time.perf_counter()
    outcome.futures = worth(master, outcome.found.objective, least)
    spent["futures"] = time.perf_counter() - began
    began = time.perf_counter()
    outcome.budgets = sweep(master, plan.budgets_bn_cny, find)
    spent["budgets"] = time.perf_counter() - began
    began = time.perf_counter()
    outcome.alternatives = alternatives(benders, outcome.found, tick, until)
    spent["alternatives"] = time.perf_counter() - began


def _found(question: Study, benders: Benders, master: Master, small: int, until: float) -> Found:
    """Return the plan of another master over the same days; what is known of them serves again."""
    modules = bool((master.whole > 0.0).any())
    if whole.size(master, question.days) <= small:
        point = whole.solve(whole.whole(master, question.days), modules)
        values = point.values[: len(master.cost)]
        return Found(values, point.objective, min(point.bound, point.objective), np.zeros(0), [], 1, path="whole")
    other = Benders(master, question.oracles, modules, benders.workers, benders.pool)
    return other.settle(asked(question.network).gap, until=until)


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
