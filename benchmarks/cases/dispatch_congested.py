"""Two weeks of a nation whose links or centres are scarce: a plan, what it leaves undone, and its certificate."""

from __future__ import annotations

import time

from benchmarks.registry import Spec, Table
from sim.ground.places import scenarios
from sim.network.build import build
from sim.once import prepare
from sim.optimise import rounds
from sim.optimise.horizon import How
from sim.optimise.layout import facts

DAYS, GAP = 14, 1e-2
_LINKS, _CENTRES = "links.*.capacity=-70%", "centres.*.pools.*.capacity=-10.714%"
WORLDS = {"links × 0.3": [_LINKS], "250 EFLOPS (FP32)": [_CENTRES], "both": [_LINKS, _CENTRES]}


def measure() -> Table:
    """Return gap, unserved work and seconds of each world, tightened to 1 %."""
    made = [_row(name, sets) for name, sets in WORLDS.items()]
    note = (
        f"{DAYS} days of the national baseline, closed days and then rounds until the gap is {GAP:.0%}; two threads, "
        "seconds on the clock from the arrays on."
    )
    columns = ("", "objective, bn CNY", "bound, bn CNY", "gap", "unserved, EFLOPS·h", "links with rows", "seconds")
    return Table(columns, tuple(row for row, _ in made), note, all(gap <= GAP for _, gap in made[:2]))


def _row(name: str, sets: list[str]) -> tuple[tuple[str, ...], float]:
    data = facts(build(prepare(scenarios() / "baseline-2024.yaml", [f"run.horizon={DAYS} d", *sets])))
    how, begun = How(2), time.perf_counter()
    plan = rounds.days(data, 24, how)
    found = rounds.refined(plan, plan.cut, 24, how, GAP)
    columns = found.state.program.columns
    left = found.state.values[:, columns.unserved : columns.backlog].sum()
    row = (
        name, f"{found.state.objective / 1e6:.5f}", f"{found.bound.total / 1e6:.5f}", f"{found.gap:.2%}", f"{left:.3f}",
        str(len(found.state.program.links)), f"{time.perf_counter() - begun:.0f}",
    )  # fmt: skip
    return row, found.gap


SPEC = Spec("dispatch_congested", "dispatch where links or centres are scarce (ten minutes)", measure)
