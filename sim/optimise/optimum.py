"""The optimum of a network: a plan with its certificate, as tight as is asked for."""

from __future__ import annotations

import math
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from sim.network.network import Network
from sim.network.plan import Plan
from sim.optimise import horizon
from sim.optimise.explain import refuse
from sim.optimise.horizon import Dispatch, State, Tick
from sim.optimise.layout import EFLOP_H, TBIT_H, Facts, facts
from sim.optimise.program import Program, all_routes
from sim.optimise.worth import drawn, worth

TARGET = 1e-3
"""Gap at which a certificate is tight enough, of the total cost."""
MOST_SWEEPS = 12
_SHORT_DAYS = 2
_KCNY_PER_BN = 1e6


def optimum(
    network: Network,
    *,
    certify: bool = False,
    exact: bool = False,
    workers: int = 2,
    tick: Tick | None = None,
    seconds: float | None = None,
) -> Plan:
    """Return the plan of least cost that is found, with the bound that proves how good it is.

    Two days are solved as one program. A longer horizon is solved as closed days, then across their
    seams; `certify` goes on with overlapping windows of two days until the gap is 0.1 %; `exact` solves
    the horizon as one program from the bases that are there.

    Parameters
    ----------
    network
        The network.
    certify
        Whether to tighten plan and bound.
    exact
        Whether to find the optimum itself; for horizons of weeks.
    workers
        Threads; the result does not depend on their number.
    tick
        Called with what is done, how far, and of how many.
    seconds
        Time limit; the best plan so far is returned when it is reached.

    Returns
    -------
    Plan
        Its `facts` hold objective and bound (bn CNY), gap, seconds, rows, columns, memory, solver path.

    Raises
    ------
    SolveError
        Where a window has no optimum.
    """
    clock = _Clock()
    until = math.inf if seconds is None else time.monotonic() + seconds
    program_facts = facts(network)
    per_day = round(24.0 / program_facts.hours)
    clock.lap("build")
    if len(program_facts.demand) <= _SHORT_DAYS * per_day:
        found, path = _whole(program_facts, workers, tick), "one program"
    else:
        found = horizon.days(program_facts, per_day, workers, tick)
        cut = horizon.first_cut(found)
        path = "closed days"
        if certify or exact:
            found, sweeps = _tightened(found, cut, per_day, workers, tick, until)
            path += f", {sweeps} overlapping sweeps of two days"
        if exact and time.monotonic() < until:
            found = horizon.settled(found.state, [(0, len(program_facts.demand))], 1, True, tick)
            path += ", one program from their bases"
    clock.lap("solve")
    stopped = (certify or exact) and time.monotonic() >= until
    return _plan(network, found, clock.laps, path, stopped)


class Planner:
    """Makes the plan of a network when a policy first asks for it.

    Parameters
    ----------
    network
        The network.

    Attributes
    ----------
    plan
        None until it was asked for.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self.plan: Plan | None = None

    def __call__(self) -> Plan:
        """Return the plan."""
        if self.plan is None:
            self.plan = optimum(self._network)
        return self.plan


class _Clock:
    """Seconds between laps, by name."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """Note the time since the last lap."""
        now = time.perf_counter()
        self.laps[name] = round(now - self._last, 3)
        self._last = now


def _whole(program_facts: Facts, workers: int, tick: Tick | None) -> Dispatch:
    """Return the optimum of a short horizon over all routes of the best path, more where links bind."""
    program = Program(program_facts, all_routes(program_facts), np.zeros(0, dtype=np.int64))
    return horizon.settled(State.fresh(program), [(0, len(program_facts.demand))], workers, False, tick)


def _tightened(
    found: Dispatch, cut: int, per_day: int, workers: int, tick: Tick | None, until: float
) -> tuple[Dispatch, int]:
    """Return a plan swept across its seams until it is good enough or the time is up, and how often it was swept."""
    starts: tuple[Callable[[], int], ...] = (lambda: cut + per_day, lambda: cut)
    for sweep in range(MOST_SWEEPS):
        if time.monotonic() >= until:
            return found, sweep
        found = horizon.overlapped(found, starts[sweep % 2](), 2 * per_day, workers, tick)
        if found.gap <= TARGET:
            return found, sweep + 1
    return found, MOST_SWEEPS


def _plan(network: Network, found: Dispatch, seconds: dict[str, float], path: str, stopped: bool) -> Plan:
    """Return a dispatch as a plan, with what there is to say of it."""
    state = found.state
    program, routes = state.program, state.program.routes
    refuse(network, program, state.values)
    unit = np.where(program.facts.pool[routes.workload] >= 0, EFLOP_H, TBIT_H)
    served = np.maximum(state.values[:, program.columns.serve :], 0.0) * unit
    regions, workloads = program.facts.demand.shape[1:]
    first, middle, behind = program.columns.charge, program.columns.discharge, program.columns.serve
    charge = np.zeros_like(program.facts.price)
    charge[:, program.facts.stored] = (state.values[:, first:middle] - state.values[:, middle:behind]) * 1e6
    return Plan(
        region=routes.region,
        workload=routes.workload,
        centre=routes.centre,
        path=routes.path,
        served=served,
        charge=charge,
        sizes=(regions, workloads, *network["route_delay"].shape[1:]),
        facts={
            "objective": state.objective / _KCNY_PER_BN,
            "bound": found.bound.total / _KCNY_PER_BN,
            "gap": found.gap,
            "seconds": {**seconds, "bound": round(found.bound.seconds, 3)},
            "rows": program.rows * len(state.cost),
            "columns": program.columns.count * len(state.cost),
            "routes": len(routes),
            "links": len(program.links),
            "peak_memory_mb": peak_memory(),
            "solver": f"HiGHS, dual simplex: {path}",
            "stopped": "time limit" if stopped else None,
        },
        worth=partial(worth, network, program.facts, state.prices, drawn(program, state.values)),
    )


def peak_memory() -> float:
    """Return the largest memory of this process so far, MB; macOS counts in bytes, Linux in kB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1e6 if sys.platform == "darwin" else 1e3), 1)


def facts_of(plan: Plan, replay_cost: float) -> dict[str, Any]:
    """Return what a plan says of itself, beside the cost of its execution.

    Parameters
    ----------
    plan
        The plan.
    replay_cost
        Total cost of the run that executed it, bn CNY.

    Returns
    -------
    dict
        ``objective``, ``bound``, ``gap`` and so on, ``replay`` and ``gap_physics`` = (replay − objective) / replay.
    """
    gap = (replay_cost - plan.facts["objective"]) / replay_cost if replay_cost else 0.0
    return {**plan.facts, "replay": replay_cost, "gap_physics": gap}
