"""Points of a sweep solved from a neighbour's plan, against the same points solved from nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from benchmarks.registry import Spec, Table
from sim.ground.places import scenarios
from sim.network.build import build
from sim.once import prepare
from sim.optimise import rounds
from sim.optimise.horizon import Dispatch, How
from sim.optimise.layout import Facts, facts

HOURS = 96


def measure() -> Table:
    """Return seconds cold and warm of each point, both to the optimum itself; CPU seconds of one thread."""
    network = build(prepare(scenarios() / "baseline-2024.yaml", [f"run.horizon={HOURS} h"]))
    base = facts(network)
    how = How(1)
    solved, _ = _timed(partial(_cold, base, how))
    centre = network.ids("centre").index("zhangjiakou")
    smaller = base.capacity.copy()
    smaller[:, centre] *= 0.8
    points = {
        "energy price +5 %": replace(base, price=base.price * 1.05),
        "demand -3 %": replace(base, demand=base.demand * 0.97),
        "capacity of Zhangjiakou -20 %": replace(base, capacity=smaller),
    }
    rows, good = [], True
    for name, point in points.items():
        cold, cold_s = _timed(partial(_cold, point, how))
        warm, warm_s = _timed(partial(rounds.again, point, solved, how))
        apart = warm.state.objective / cold.state.objective - 1.0
        good = good and abs(apart) <= 1e-6
        rows.append((name, f"{cold_s:.1f}", f"{warm_s:.1f}", f"{cold_s / warm_s:.1f}", f"{apart:.1e}"))
    note = (
        f"{HOURS} h of the national baseline as one program, dual simplex; cold: closed days, then one program; "
        "warm: the routes, links and plan of the base case."
    )
    return Table(("point", "cold, s", "warm, s", "ratio", "relative difference of the optima"), tuple(rows), note, good)


def _cold(point: Facts, how: How) -> Dispatch:
    return rounds.exact(rounds.days(point, 24, how), how)


def _timed(work: Callable[[], Dispatch]) -> tuple[Dispatch, float]:
    begun = time.process_time()
    found = work()
    return found, time.process_time() - begun


SPEC = Spec("dispatch_sweep", "sweep points from a neighbour's plan against cold solves", measure)
