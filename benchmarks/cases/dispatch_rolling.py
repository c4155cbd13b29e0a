"""Seconds to dispatch a national week with limited foresight: ours beside PyPSA's rolling horizon."""

from __future__ import annotations

import logging
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.apart import apart, missing
from benchmarks.registry import Spec, Table
from sim.ground.arrays import IntArray
from sim.ground.places import scenarios
from sim.network.build import build
from sim.optimise.growth import overloaded
from sim.optimise.layout import Facts, Routes, facts
from sim.optimise.program import all_routes
from sim.optimise.rolling import Rolled, rolled
from sim.scenario.read import read

HOURS, KEPT, AHEAD = 168, 24, 24
Run = tuple[float, float, float]
"""CPU seconds in all, those inside the solver call, and the cost, kCNY."""


def measure() -> Table:
    """Return CPU seconds, peak memory and cost of each, and how many times ours they are."""
    skipped = missing(("pypsa", "linopy"))
    if skipped:
        return skipped
    data = facts(build(read(scenarios() / "baseline-2024.yaml", [f"run.horizon={HOURS} h"])))
    routes = all_routes(data)
    links, _ = apart(needed, data, routes)
    contenders: list[tuple[str, Callable[[Facts, Routes, IntArray], Run]]] = [
        ("ours: basis of the window before", ours), ("PyPSA's rolling horizon", pypsa),
        ("the same, linopy's basis file handed on", pypsa_with_basis),
    ]  # fmt: skip
    measured = [(name, *apart(work, data, routes, links)) for name, work in contenders]
    whole, _, cost = measured[0][1]
    rows = tuple(
        (
            name, f"{run[0]:.3g}", f"{run[0] / whole:.3g}", f"{run[1]:.3g}" if run[1] else "-",
            f"{run[1] / whole:.3g}" if run[1] else "-", f"{run[2] / cost - 1.0:+.1e}", f"{peak:,.0f}",
        )
        for name, run, peak in measured
    )  # fmt: skip
    columns = (
        "who", "CPU s", "/ ours", "of it linopy's `solve`, CPU s", "that alone / ours", "cost / ours − 1",
        "peak memory, MB",
    )  # fmt: skip
    return Table(columns, rows, _note(len(routes), len(links)))


def _note(routes: int, links: int) -> str:
    return (
        f"{HOURS} h of the national baseline, {routes:,} routes, rows of the {links} links that would be overloaded; "
        f"windows of {KEPT} h kept and {AHEAD} h seen ahead, nothing may wait at the end of a window. HiGHS "
        f"{version('highspy')}, one thread, handed over in memory, its own options (ours, from a basis: dual simplex "
        f"without presolve); PyPSA {version('pypsa')}, linopy {version('linopy')}; one run, a process each. The same "
        "equations; in PyPSA bounds of fixed assets are rows, every window is modelled anew, solved cold and written "
        "back to the network's tables; the difference between its two figures is that work. The last row is what a "
        "user can add: `basis_fn` and `warmstart_fn`. Costs differ where optima are tied: another of them leaves "
        "another state to the next window."
    )


def needed(data: Facts, routes: Routes) -> IntArray:
    """Return the links that must be looked at so that the rolled plan overloads none."""
    links = np.zeros(0, dtype=np.int64)
    while True:
        found = rolled(data, routes, links, KEPT, AHEAD)
        more = overloaded(found.program, found.values)
        if not len(more):
            return links
        links = np.concatenate([links, more])


def ours(data: Facts, routes: Routes, links: IntArray) -> Run:
    """Return the run of `sim.optimise.rolling`."""
    begun = time.process_time()
    found: Rolled = rolled(data, routes, links, KEPT, AHEAD)
    return time.process_time() - begun, 0.0, found.objective


def pypsa(data: Facts, routes: Routes, links: IntArray, **files: Path) -> Run:
    """Return the run of `optimize_with_rolling_horizon`; the network of components is there beforehand."""
    from tests.peers.pypsa_model import Traffic, cost, network

    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    made = network(data, routes)
    with _solver_seconds() as inside:
        begun = time.process_time()
        made.optimize.optimize_with_rolling_horizon(
            horizon=KEPT + AHEAD, overlap=AHEAD, extra_functionality=Traffic(data, routes, links, closed=True),
            include_objective_constant=False, solver_name="highs", io_api="direct", log_to_console=False,
            solver_options={"threads": 1}, **files,
        )  # fmt: skip
        seconds = time.process_time() - begun
    return seconds, sum(inside), cost(made, data)


def pypsa_with_basis(data: Facts, routes: Routes, links: IntArray) -> Run:
    """Return the same, with the basis of every window handed to the next in a file."""
    with tempfile.TemporaryDirectory() as folder:
        basis = Path(folder) / "window.bas"
        return pypsa(data, routes, links, basis_fn=basis, warmstart_fn=basis)


@contextmanager
def _solver_seconds() -> Iterator[list[float]]:
    """Yield a list that gathers the CPU seconds of every `Model.solve` of linopy."""
    import linopy

    plain, found = linopy.Model.solve, []

    def timed(self: Any, *args: Any, **kwargs: Any) -> Any:
        begun = time.process_time()
        outcome = plain(self, *args, **kwargs)
        found.append(time.process_time() - begun)
        return outcome

    linopy.Model.solve = timed
    try:
        yield found
    finally:
        linopy.Model.solve = plain


SPEC = Spec("dispatch_rolling", "a national week with limited foresight", measure)
