"""Seconds to state a national week of optimal dispatch, in four modelling layers, and to hand it to HiGHS."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version

import numpy as np

from benchmarks.apart import apart, missing
from benchmarks.registry import Spec, Table
from sim.ground.places import scenarios
from sim.network.build import build
from sim.optimise.layout import Facts, Routes, facts
from sim.optimise.program import Program, all_routes
from sim.optimise.solve import loaded
from sim.scenario.read import read

HOURS = 168
REPEATS = 5
NONE = np.zeros(0, dtype=np.int64)
Laps = tuple[float, float, int, int]
"""CPU seconds until the model is stated and until HiGHS holds it; its rows and columns there."""


def measure() -> Table:
    """Return CPU seconds and peak memory of each layer, and how many times ours they are."""
    skipped = missing(("pypsa", "linopy"))
    if skipped:
        return skipped
    data = facts(build(read(scenarios() / "baseline-2024.yaml", [f"run.horizon={HOURS} h"])))
    routes = all_routes(data)
    contenders: list[tuple[str, Callable[[Facts, Routes], Laps], int]] = [
        ("ours: arrays", ours, REPEATS), (f"linopy {version('linopy')}", in_linopy, REPEATS),
        (f"PyPSA {version('pypsa')}", in_pypsa, REPEATS), (f"PuLP {version('pulp')}", in_pulp, 1),
    ]  # fmt: skip
    measured = [(name, *apart(repeated, work, data, routes, repeats)) for name, work, repeats in contenders]
    base = measured[0][1]
    rows = tuple(
        (
            name, f"{laps[0]:.3g}", f"{laps[1]:.3g}", f"{laps[0] / base[0]:.3g}", f"{laps[1] / base[1]:.3g}",
            f"{peak:,.0f}", f"{laps[2]:,}", f"{laps[3]:,}",
        )
        for name, laps, peak in measured
    )  # fmt: skip
    columns = (
        "layer", "stated, s", "HiGHS holds it, s", "stated / ours", "HiGHS holds it / ours", "peak memory, MB",
        "rows", "columns",
    )  # fmt: skip
    return Table(columns, rows, _note(len(routes)))


def _note(routes: int) -> str:
    return (
        f"{HOURS} h of the national baseline, {routes:,} routes, no link rows; HiGHS {version('highspy')}. CPU seconds "
        f"of one thread, the median of {REPEATS} after one that is not counted (PuLP: one), a process each; memory "
        "includes the interpreter and its imports. linopy: one dense masked array, v1 semantics, no names. PyPSA: "
        "the network of components is made beforehand and not counted; bounds of fixed assets are rows. PuLP: one "
        "variable, one expression and one name at a time, and its own HiGHS interface."
    )


def repeated(work: Callable[[Facts, Routes], Laps], data: Facts, routes: Routes, repeats: int) -> Laps:
    """Return the medians of some repeats after one that is not counted; a single one is counted at once."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    if repeats > 1:
        work(data, routes)
    laps = [work(data, routes) for _ in range(repeats)]
    stated, held = (float(np.median([lap[k] for lap in laps])) for k in (0, 1))
    return stated, held, laps[0][2], laps[0][3]


def ours(data: Facts, routes: Routes) -> Laps:
    """Return the laps of `sim.optimise`."""
    begun = time.process_time()
    lp = Program(data, routes, NONE).window(0, HOURS)
    stated = time.process_time()
    solver = loaded(lp)
    return _laps(begun, stated, solver)


def in_linopy(data: Facts, routes: Routes) -> Laps:
    """Return the laps of the model in linopy."""
    from linopy.io import to_highspy

    from tests.peers.linopy_model import model

    begun = time.process_time()
    made = model(data, routes, NONE)
    stated = time.process_time()
    return _laps(begun, stated, to_highspy(made, set_names=False))


def in_pypsa(data: Facts, routes: Routes) -> Laps:
    """Return the laps of the model in PyPSA."""
    from linopy.io import to_highspy

    from tests.peers.pypsa_model import network

    made = network(data, routes)
    begun = time.process_time()
    model = made.optimize.create_model(include_objective_constant=False)
    stated = time.process_time()
    return _laps(begun, stated, to_highspy(model, set_names=False))


def in_pulp(data: Facts, routes: Routes) -> Laps:
    """Return the laps of PuLP over our arrays, names included."""
    import pulp

    begun = time.process_time()
    program = Program(data, routes, NONE)
    lp = program.window(0, HOURS)
    problem = pulp.LpProblem("dispatch", pulp.LpMinimize)
    count, rows = program.columns.count, program.rows
    variables = [
        pulp.LpVariable(f"x_{at // count}_{at % count}", low, None if np.isinf(high) else high)
        for at, (low, high) in enumerate(zip(lp.low.tolist(), lp.high.tolist(), strict=True))
    ]
    problem += pulp.LpAffineExpression(zip(variables, lp.cost.tolist(), strict=True))
    matrix = lp.matrix.tocsr()
    first, column, value = matrix.indptr.tolist(), matrix.indices.tolist(), matrix.data.tolist()
    for at, (low, high) in enumerate(zip(lp.lower.tolist(), lp.upper.tolist(), strict=True)):
        part = slice(first[at], first[at + 1])
        terms = [(variables[j], entry) for j, entry in zip(column[part], value[part], strict=True)]
        sense = pulp.LpConstraintEQ if low == high else pulp.LpConstraintLE
        problem += pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, f"r_{at // rows}_{at % rows}", high)
    stated = time.process_time()
    interface = pulp.HiGHS(msg=False)
    interface.createAndConfigureSolver(problem)
    interface.buildSolverModel(problem)
    return _laps(begun, stated, problem.solverModel)


def _laps(begun: float, stated: float, solver: object) -> Laps:
    held = time.process_time()
    rows, columns = solver.getNumRow(), solver.getNumCol()  # type: ignore[attr-defined]
    return stated - begun, held - begun, int(rows), int(columns)


SPEC = Spec("dispatch_build", "building the program of optimal dispatch", measure)
