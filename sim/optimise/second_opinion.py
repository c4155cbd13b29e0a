"""A second opinion on the dispatch: the whole program as a file to read, or solved by another solver."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from sim.ground.errors import SolveError
from sim.network.network import Network
from sim.optimise.bound import Bound, bound, gap
from sim.optimise.caps import spent
from sim.optimise.explain import refuse
from sim.optimise.horizon import How
from sim.optimise.layout import KCNY, facts
from sim.optimise.names import Names, names, safe
from sim.optimise.optimum import dispatched, peak_memory
from sim.optimise.portable import solve, write
from sim.optimise.prices import Prices
from sim.optimise.program import Program, all_routes
from sim.optimise.solve import Solution, residual
from sim.scenario.schema import Limits

LARGEST_MB = 400.0
"""Largest program that is handed over, by the size of its LP file; PuLP takes about six times that in memory."""
PARTS = 3.0
"""One so many times as large is handed over route by route; a tenth of them is enough to begin with."""
_LACK = 1e-6
"""Paths are added while they promise more than this of the cost."""
_NUMBER = 14
"""Characters of a coefficient and its sign."""


def whole(network: Network) -> Program:
    """Return the program with the shortest path of every pair and the rows of every link."""
    found = facts(network)
    return Program(found, all_routes(found), np.arange(len(found.opposite)))


def megabytes(program: Program, epoch: Names) -> float:
    """Return about how large a program's LP file is, MB.

    Every column stands once in the objective and, bounded or not, about once more; all else is entries.

    Parameters
    ----------
    program
        The program.
    epoch
        The names of one of its epochs.
    """
    entries = sum(len(equation.row) + len(equation.before_row) for equation in program.equations)
    length = np.mean([len(name) for name in epoch.columns]) + _NUMBER
    return float(len(program.facts.demand) * (entries + 2 * len(epoch.columns)) * length / 1e6)


def _fitting(network: Network, most: float, done: str) -> tuple[Program, float]:
    """Return the whole program and its size, MB, or say that it is too large for what is to be done."""
    program = whole(network)
    size = megabytes(program, names(program, network, [0]))
    if size > most:
        raise SolveError(
            f"a program of {len(program.facts.demand)} epochs makes an LP file of about {size:,.0f} MB, "
            f"at most {most:,.0f} MB are {done}; shorten it with --hours"
        )
    return program, size


def lp_file(network: Network, path: Path, first: int = 0, *, force: bool = False) -> dict[str, Any]:
    """Write the program of a network as a readable LP file; return what stands in it.

    Parameters
    ----------
    network
        The network.
    path
        The file.
    first
        Number of its first epoch in the names.
    force
        Whether to replace what is there.

    Returns
    -------
    dict
        ``file``, ``epochs``, ``rows``, ``columns``.

    Raises
    ------
    SolveError
        Where the program is too large.
    ResultsError
        Where something is there already, or the file cannot be written.
    """
    program, _ = _fitting(network, LARGEST_MB, "written")
    epochs = len(program.facts.demand)
    comment = (
        f"suanwang: dispatch of {safe(network.scenario.config.name)}, {epochs} epochs of {program.facts.hours:g} h "
        f"from {network.calendar.start:%Y-%m-%d %H:%M}, t{first:04d} is the first\n"
        "in thousand CNY; work in EFLOPS h (FP32; data: Tbit/s h), power in MW, energy in MWh\n"
        "the column 'constant' carries what an idle nation costs; names: docs/background/dispatch.md"
    )
    given = names(program, network, range(first, first + epochs))
    rows, columns = write(program.window(0, epochs), given, path, comment, force=force)
    return {"file": str(path), "epochs": epochs, "rows": rows, "columns": columns}


def solved(network: Network, solver: str) -> dict[str, Any]:
    """Return what another solver says of the optimal dispatch, and the bound that its prices give.

    The whole horizon is one program; paths that the prices ask for are added until none is lacking. Where it would
    be too large with every pair, it begins with the routes that closed days need.

    Parameters
    ----------
    network
        The network.
    solver
        Its name in PuLP, in short or in full.

    Returns
    -------
    dict
        As `sim.once.solve` returns it, with ``residual``: the largest violation of a row or bound. Bound and gap
        are None where the solver tells no prices.

    Raises
    ------
    SolveError
        Where the program is too large, the solver is not there or finds no optimum, or the scenario sets limits.
    """
    if network.scenario.config.limits != Limits():
        raise SolveError(
            "limits: they are kept by their prices, pass by pass, and are no rows of the one program that "
            "another solver is given; remove them with --set limits=null, or leave out --solver"
        )
    begun = time.perf_counter()
    program, size = _fitting(network, PARTS * LARGEST_MB, "handed to another solver")
    epochs = len(program.facts.demand)
    built, by_route = time.perf_counter(), size > LARGEST_MB
    if by_route:
        program = Program(program.facts, dispatched(program.facts, How()).state.program.routes, program.links)
    while True:
        lp = program.window(0, epochs)
        solution = solve(lp, names(program, network, range(epochs)), solver)
        found = certificate(program, solution)
        if found is None and by_route:
            raise SolveError(f"'{solver}' tells no prices, which so long a horizon needs: shorten it with --hours")
        if found is None or not len(found.missing) or found.lack.sum() <= _LACK * abs(solution.objective):
            break
        program = Program(program.facts, program.routes.joined(found.missing), program.links)
    seconds = {"build": round(built - begun, 3), "solve": round(time.perf_counter() - built, 3)}
    refuse(network, program, solution.values.reshape(epochs, -1))
    decided = solution.objective - program.facts.idle_cost
    return {
        "objective": solution.objective * KCNY / 1e9,
        "bound": None if found is None else found.total * KCNY / 1e9,
        "gap": None if found is None else gap(solution.objective, found.total),
        "cost": spent(network, program, solution.values.reshape(epochs, -1)),
        "gap_dispatchable": None if found is None or decided <= 0.0 else (solution.objective - found.total) / decided,
        "seconds": seconds | {"bound": 0.0 if found is None else round(found.seconds, 3)},
        "rows": program.rows * epochs,
        "columns": program.columns.count * epochs,
        "routes": len(program.routes),
        "links": len(program.links),
        "peak_memory_mb": peak_memory(),
        "residual": residual(lp, solution.values),
        "solver": solution.path + (", from the routes of closed days" if by_route else ""),
        "stopped": None,
    }


def certificate(program: Program, solution: Solution) -> Bound | None:
    """Return the bound that the prices of a whole horizon give, None where the solver told none."""
    if np.isnan(solution.prices).any():
        return None
    epochs = len(program.facts.demand)
    prices = Prices.empty(program)
    prices.enter(program, 0, epochs, solution.prices)
    return bound(program.facts, prices, program.routes)
