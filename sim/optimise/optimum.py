"""The optimum of a network: a plan with its certificate, as tight as is asked for."""

from __future__ import annotations

import math
import resource
import sys
import time
from dataclasses import replace
from functools import partial
from typing import Any

from sim.network.network import Network
from sim.network.plan import Plan
from sim.optimise import caps, rounds
from sim.optimise.explain import refuse
from sim.optimise.horizon import Dispatch, How, Tick
from sim.optimise.layout import Facts, facts
from sim.optimise.readout import read_out
from sim.optimise.worth import drawn, worth

TARGET = 1e-3
"""Gap at which a certificate is tight enough, of the cost that dispatch decides."""
_SHORT_DAYS = 2
_KCNY_PER_BN = 1e6


def optimum(
    network: Network,
    *,
    certify: bool = False,
    exact: bool = False,
    target: float | None = None,
    workers: int = 2,
    tick: Tick | None = None,
    seconds: float | None = None,
) -> Plan:
    """Return the plan of least cost that is found, with the bound that proves how good it is.

    Two days are solved as one program. A longer horizon is solved as closed days; `certify` goes on in
    rounds of weeks until the gap is small enough; `exact` then solves the horizon as one program from that plan.

    Parameters
    ----------
    network
        The network.
    certify
        Whether to tighten plan and bound.
    exact
        Whether to find the optimum itself; for horizons of weeks.
    target
        Gap at which to stop tightening, of the total cost; by default `TARGET`, of what dispatch decides of it.
    workers
        Threads; the result does not depend on their number.
    tick
        Called with what is done, how far, and of how many.
    seconds
        Time limit; the best plan so far is returned when it is reached.

    Returns
    -------
    Plan
        Its `facts` hold objective and bound (bn CNY, weighted), cost (bn CNY of money), limits with their
        prices, gap, seconds, rows, columns, memory, solver path.

    Raises
    ------
    SolveError
        Where a window has no optimum, no plan keeps the limits, or the time was up before there was a plan.
    """
    clock = Clock()
    how = How(workers, tick, math.inf if seconds is None else time.monotonic() + seconds)
    data = facts(network)
    clock.lap("build")

    def solve(data: Facts, near: Dispatch | None) -> Dispatch:
        return dispatched(data, how, near, certify=certify, exact=exact, target=target)

    found, said = caps.within(network, data, solve)
    clock.lap("solve")
    plan = _plan(network, found, clock.laps, found.path)
    plan.facts.update(said)
    return plan


def dispatched(
    data: Facts,
    how: How,
    near: Dispatch | None = None,
    *,
    certify: bool = False,
    exact: bool = False,
    target: float | None = None,
) -> Dispatch:
    """Return the dispatch of some facts, as tight as is asked for; see `optimum`.

    Near the dispatch of a neighbouring problem it starts from that one's routes, links and plan.
    """
    per_day = round(24.0 / data.hours)
    short = len(data.demand) <= _SHORT_DAYS * per_day
    if near is not None and not near.stopped:
        found = rounds.again(data, near, how, whole=short)
    else:
        found = rounds.whole(data, how) if short else rounds.days(data, per_day, how)
    if short:
        return found
    if certify or exact:
        found = rounds.refined(found, found.cut, per_day, how, TARGET * found.share if target is None else target)
    return rounds.exact(found, how) if exact and not found.stopped else found


class Clock:
    """Seconds between laps, by name."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """Note the time since the last lap."""
        now = time.perf_counter()
        self.laps[name] = round(now - self._last, 3)
        self._last = now


def _plan(network: Network, found: Dispatch, seconds: dict[str, float], path: str) -> Plan:
    state = found.state
    program = state.program
    refuse(network, program, state.values)
    facts = {
        "objective": state.objective / _KCNY_PER_BN,
        "bound": found.bound.total / _KCNY_PER_BN,
        "gap": found.gap,
        "gap_dispatchable": found.gap_dispatchable,
        "seconds": {**seconds, "bound": round(found.bound.seconds, 3)},
        "rows": program.rows * len(state.cost),
        "columns": program.columns.count * len(state.cost),
        "routes": len(program.routes),
        "links": len(program.links),
        "peak_memory_mb": peak_memory(),
        "solver": f"HiGHS, dual simplex: {path}",
        "stopped": "time limit" if found.stopped else None,
    }
    prices = partial(worth, network, found.priced or program.facts, state.prices, drawn(program, state.values))
    return replace(read_out(network, program, state.values), facts=facts, worth=prices)


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
        ``objective``, ``bound``, ``gap`` and so on, ``replay`` and ``gap_physics`` = (replay − cost) / replay.
    """
    gap = (replay_cost - plan.facts["cost"]) / replay_cost if replay_cost else 0.0
    return {**plan.facts, "replay": replay_cost, "gap_physics": gap}
