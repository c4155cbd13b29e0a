"""Why not all work can be served, where it must be: what is lacking, where, when, and how to mend it."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from scipy import sparse

from sim.ground.arrays import Array, IntArray
from sim.ground.errors import Problem, SolveError
from sim.network.network import Network
from sim.optimise.names import ids
from sim.optimise.program import Lp, Program, all_routes
from sim.optimise.solve import solve

NOISE = 1e-7
"""Share of all work that is lacking by rounding alone."""
_LAST = 1e4
"""How much worse work is that no more of anything would serve, than anything that is lacking."""
_SHOWN = 8
_HARD = ("demand", "backlog", "power", "energy", "content")
_REMEDY = {
    "capacity": "raise centres.{0}.pools.{1}.capacity",
    "links": "raise links.{0}.capacity",
    "residency": "raise regions.{0}.residency.move_share",
    "unserved": "no centre that {0} may use for {1} is up and in reach, however large",
}


def refuse(network: Network, program: Program, values: Array) -> None:
    """Raise where a plan leaves work unserved and the scenario forbids it.

    The part of the horizon where that happens, up to two days of it, is solved once more over all routes:
    more capacity, more room on links and more work that may leave home can be had in all of it, and as little
    as possible is, each relative to the mean of its kind. What is had is what is lacking: raised by so much
    together, all work is served. Work that nothing of this serves is told first.

    Parameters
    ----------
    network
        The network.
    program
        Its program.
    values
        [epoch, column], the plan.

    Raises
    ------
    SolveError
        What is lacking, the largest first, with the remedy for each; structured in `infeasible`.
    """
    if network.scenario.config.economy.allow_unserved:
        return
    columns, demand = program.columns, program.facts.demand
    left = values[:, columns.unserved : columns.backlog]
    if left.sum() <= NOISE * demand.sum():
        return
    epochs = np.flatnonzero(left.sum(axis=1) > NOISE * demand.sum() / len(demand))
    first = int(epochs.min(initial=len(demand) - 1))
    size = 2 * round(24.0 / program.facts.hours)
    begin = max(0, min(first - size // 4, len(demand) - size)) if len(demand) > size else 0
    end = min(begin + size, len(demand))
    lacking = _lacking(network, program, values, begin, end)
    _raise(network, lacking, (begin, end), float(left.sum()))


def _raise(network: Network, lacking: list[dict[str, Any]], window: tuple[int, int], left: float) -> NoReturn:
    origin = network.scenario.origin("economy", "allow_unserved")
    if not lacking:
        text = f"the plan leaves {left:.4g} EFLOPS h unserved, which economy.allow_unserved forbids, though nothing is"
        raise SolveError(str(Problem(origin, f"{text} lacking: its days are too short; tighten it with --certify")))
    whole = window == (0, len(network["demand"]))
    span = "" if whole else f" in {window[1] - window[0]} epochs from {_time(network, window[0])}"
    lines = [str(Problem(origin, f"not all work can be served{span}, and economy.allow_unserved is false"))]
    lines += [
        f"  {row['kind']} {' '.join(row['of'])}: {row['hours']:g} h from {row['from']} lack up to "
        f"{row['lacks']:.4g} {row['unit']}; {row['remedy']}"
        for row in lacking[:_SHOWN]
    ]
    if len(lacking) > _SHOWN:
        lines.append(f"  and {len(lacking) - _SHOWN} more; --json tells all")
    lines.append("  or let work go unserved at its value: economy.allow_unserved: true")
    raise SolveError("\n".join(lines), lacking)


def _lacking(network: Network, program: Program, values: Array, begin: int, end: int) -> list[dict[str, Any]]:
    """Return what is lacking between two epochs, the largest first."""
    facts, columns = program.facts, program.columns
    wide = Program(facts, all_routes(facts, facts.transport.shape[3]), np.arange(len(facts.opposite)))
    carried = slice(columns.backlog, columns.piece)
    before = values[begin - 1, carried] if begin else None
    lp = wide.window(begin, end, before, values[end - 1, carried])
    span = end - begin
    number, share, weight = _more(network, wide, begin, end)
    row = (np.arange(span)[:, None] * wide.rows + number).ravel()
    column = np.tile(np.arange(len(number)), span)
    extra = sparse.csc_matrix((-share.ravel() * facts.hours, (row, column)), shape=(len(lp.upper), len(number)))
    cost = np.zeros((span, wide.columns.count))
    cost[:, columns.unserved : columns.backlog] = _LAST * np.tile(_of_work(wide), facts.demand.shape[1])
    high = lp.high.reshape(span, -1).copy()
    # More capacity than there is draws power too.
    high[:, columns.piece : columns.green] = np.inf
    elastic = Lp(
        np.concatenate([cost.ravel(), weight]),
        np.concatenate([lp.low, np.zeros(len(number))]),
        np.concatenate([high.ravel(), np.full(len(number), np.inf)]),
        sparse.hstack([lp.matrix, extra], format="csc"),
        lp.lower, lp.upper, 0.0, lp.epochs,
    )  # fmt: skip
    found = solve(elastic).values
    plan = found[: cost.size].reshape(span, -1)
    beyond = (lp.matrix @ plan.ravel() - lp.upper).reshape(span, -1)
    more = np.zeros(wide.rows)
    more[number] = found[cost.size :]
    told = _grouped(network, wide, begin, "unserved", plan[:, columns.unserved : columns.backlog] / facts.hours)
    for equation, first in wide.placed():
        if equation.name not in _HARD:
            part = slice(first, first + equation.rows)
            used = beyond[:, part] > NOISE * _mean(equation.upper)
            lacks = np.where(used, more[part], 0.0)
            if equation.name == "links":
                lacks += np.where(used & (lacks > 0.0), _under_background(network, begin, end), 0.0)
            told += _grouped(network, wide, begin, equation.name, lacks)
    return [item for _, item in sorted(told, key=lambda entry: -entry[0])]


def _more(network: Network, program: Program, begin: int, end: int) -> tuple[IntArray, Array, Array]:
    """Return which rows of an hour can have more, which share of a unit more is up, and what a unit weighs.

    [row that can], [epoch, row that can], [row that can]; weights relative to the mean of the kind.
    """
    facts, span = program.facts, end - begin
    numbers, shares, weights = [], [], []
    for equation, first in program.placed():
        if equation.name in _HARD:
            continue
        up = np.ones((span, equation.rows))
        if equation.name == "capacity":
            up = network["availability"][begin:end].reshape(span, -1)
        elif equation.name == "links":
            up = network["link_availability"][begin:end]
        numbers.append(first + np.arange(equation.rows))
        shares.append(up)
        mean = _mean(facts.link_room if equation.name == "links" else facts.capacity)
        weights.append(np.full(equation.rows, facts.hours / mean))
    return np.concatenate(numbers), np.concatenate(shares, axis=1), np.concatenate(weights)


def _under_background(network: Network, begin: int, end: int) -> Array:
    """Return what the background alone lacks on the links; [epoch, link], Tbit/s."""
    room = network["link_capacity"] * network["link_availability"][begin:end] - network["background"]
    return np.maximum(-room, 0.0) / 1e12


def _of_work(program: Program) -> Array:
    """Return what a unit of a workload weighs: relative to the mean capacity, data to the mean room; [workload]."""
    facts = program.facts
    return np.where(facts.pool < 0, 1.0 / _mean(facts.link_room), 1.0 / _mean(facts.capacity))


def _mean(values: Array) -> float:
    """Return the mean of what is there, 1 where nothing is."""
    there = values[values > 0.0]
    return float(there.mean()) if there.size else 1.0


def _grouped(
    network: Network, program: Program, begin: int, kind: str, lacks: Array
) -> list[tuple[float, dict[str, Any]]]:
    """Return what is lacking of a kind, with how much that is of the mean; `lacks` is [epoch, number]."""
    facts, known = program.facts, ids(program, network)[kind]
    data = np.tile(facts.pool < 0, facts.demand.shape[1])
    told = []
    for number in range(lacks.shape[1]):
        bits = kind == "links" or (kind == "unserved" and bool(data[number]))
        scale = _mean(facts.link_room if bits else facts.capacity) / facts.hours
        at = np.flatnonzero(lacks[:, number] > 1e-6 * scale)
        if not len(at):
            continue
        most = float(lacks[:, number].max())
        row = {
            "kind": kind, "of": list(known[number]), "from": _time(network, begin + int(at[0])),
            "hours": len(at) * facts.hours, "lacks": most, "unit": "Tbit/s" if bits else "EFLOPS",
            "remedy": _REMEDY[kind].format(*known[number]),
        }  # fmt: skip
        told.append((most / scale * (_LAST if kind == "unserved" else 1.0), row))
    return told


def _time(network: Network, epoch: int) -> str:
    """Return when an epoch begins, local time."""
    return str(np.datetime_as_string(network.data["epoch"].values[epoch].astype("datetime64[m]"))).replace("T", " ")
