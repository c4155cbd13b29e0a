"""A national year of dispatch: the plan, its certificate, and how long both took."""

from __future__ import annotations

import time

from benchmarks.registry import Spec, Table
from sim.ground.places import scenarios
from sim.network.build import build
from sim.once import prepare
from sim.optimise import rounds
from sim.optimise.horizon import Dispatch, How
from sim.optimise.layout import facts
from sim.optimise.optimum import TARGET, peak_memory


def measure() -> Table:
    """Return objective, bound and seconds of the plan and of the certified plan."""
    network = build(prepare(scenarios() / "baseline-2024.yaml"))
    data, how = facts(network), How(2)
    begun = time.perf_counter()
    plan = rounds.days(data, 24, how)
    rows = [_row("plan (closed days)", plan, time.perf_counter() - begun)]
    certified = rounds.refined(plan, plan.cut, 24, how, TARGET * plan.share)
    rows.append(_row(f"certified ({certified.path})", certified, time.perf_counter() - begun))
    note = f"Seconds on the clock from the arrays on, two threads; largest memory so far {peak_memory() / 1e3:.2f} GB."
    columns = ("", "objective, bn CNY", "bound, bn CNY", "gap of the total", "gap of what is dispatchable", "seconds")
    return Table(columns, tuple(rows), note, (certified.gap_dispatchable or 0.0) <= TARGET)


def _row(name: str, found: Dispatch, seconds: float) -> tuple[str, ...]:
    return (
        name, f"{found.state.objective / 1e6:.5f}", f"{found.bound.total / 1e6:.5f}", f"{found.gap:.3%}",
        f"{found.gap_dispatchable:.3%}", f"{seconds:.0f}",
    )  # fmt: skip


SPEC = Spec("dispatch_year", "a national year of optimal dispatch and its certificate (a quarter of an hour)", measure)
