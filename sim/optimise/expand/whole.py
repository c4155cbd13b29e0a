"""A small plan as one program: the master, and every day of every node beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from sim.ground.arrays import Array
from sim.optimise.expand.days import Day
from sim.optimise.expand.master import Master
from sim.optimise.expand.solver import Point, solved


@dataclass(frozen=True)
class Whole:
    """Minimise cost·x subject to lower ≤ A x ≤ upper, low ≤ x ≤ high; the master's columns and rows first.

    Attributes
    ----------
    cost, low, high
        [column], M CNY per unit.
    matrix
        [row, column].
    lower, upper
        [row].
    constant
        M CNY.
    modules
        [column], size of a module, 0 for any amount.
    """

    cost: Array
    low: Array
    high: Array
    matrix: sparse.csc_matrix
    lower: Array
    upper: Array
    constant: float
    modules: Array


def size(master: Master, days: list[Day]) -> int:
    """Return how many columns the whole program would have."""
    each = sum(len(day.cost) + day.hours * len(day.route_cost) for day in days)
    return len(master.cost) + each * len(master.nodes)


def whole(master: Master, days: list[Day]) -> Whole:
    """Return a plan as one program.

    Parameters of a day are columns of the master: what they add to right-hand sides stands on the left, and a bound
    that depends on them is a row.

    Parameters
    ----------
    master
        What is built.
    days
        What operation is.
    """
    columns = len(master.cost)
    cost = [master.cost.copy()]
    for number in range(len(master.nodes)):
        for place in range(len(days)):
            cost[0][master.theta(number, place)] = 0.0
    rows = [master.rows.matrix(columns)]
    lower, upper = [np.array(master.rows.lower)], [np.array(master.rows.upper)]
    low, high = [master.low], [master.high.copy()]
    blocks, constant = [], 0.0
    for number, node in enumerate(master.nodes):
        for place, day in enumerate(days):
            block = _block(master, day, number, place)
            factor = node.weight * master.weights[place] / 1e3
            cost[0] += factor * block.on_master
            cost.append(factor * block.cost)
            constant += factor * block.constant
            blocks.append(block)
            low.append(np.zeros(len(block.cost)))
            high.append(block.high)
            lower.append(block.lower)
            upper.append(block.upper)
    left = sparse.vstack([rows[0], *(block.shared for block in blocks)])
    right = sparse.block_diag([sparse.csc_matrix((rows[0].shape[0], 0)), *(block.own for block in blocks)])
    matrix = sparse.hstack([left, right], format="csc")
    sizes = sum(len(block.cost) for block in blocks)
    return Whole(
        np.concatenate(cost), np.concatenate(low), np.concatenate(high), matrix, np.concatenate(lower),
        np.concatenate(upper), constant, np.concatenate([master.whole, np.zeros(sizes)]),
    )  # fmt: skip


@dataclass(frozen=True)
class _Block:
    cost: Array
    high: Array
    own: sparse.csc_matrix
    shared: sparse.csr_matrix
    lower: Array
    upper: Array
    constant: float
    on_master: Array


def _block(master: Master, day: Day, number: int, place: int) -> _Block:
    """Return a day of a node, its parameters read from the master's columns."""
    stocks, columns = master.levers.stocks.count, len(master.cost)
    growth = master.nodes[number].growth
    given = np.concatenate([np.zeros(stocks), growth, np.zeros(len(master.measures))])
    column = np.concatenate([master.stock(number), np.zeros(len(growth), dtype=int), master.allowance(number, place)])
    kept = np.ones(len(column), dtype=bool)
    kept[stocks : stocks + len(growth)] = False
    spread = sparse.csr_matrix(
        (np.ones(kept.sum()), (np.flatnonzero(kept), column[kept])), shape=(len(column), columns)
    )
    routes = sparse.vstack(
        [
            sparse.kron(sparse.identity(day.hours), day.route),
            sparse.hstack([day.route_measure] * day.hours) if day.hours else day.route_measure,
        ]
    )
    own = sparse.hstack([day.matrix, routes], format="csr")
    bound = np.flatnonzero(np.diff(day.high_by.indptr) > 0)
    tie = sparse.csr_matrix((np.ones(len(bound)), (np.arange(len(bound)), bound)), shape=(len(bound), own.shape[1]))
    high = np.concatenate([day.high, np.full(day.hours * len(day.route_cost), np.inf)])
    shift, over = day.rows_by @ given, day.high_by @ given
    fixed = high[bound] + over[bound]
    high[bound] = np.inf
    return _Block(
        cost=np.concatenate([day.cost, np.tile(day.route_cost, day.hours)]),
        high=high,
        own=sparse.vstack([own, tie], format="csc"),
        shared=sparse.vstack([-(day.rows_by @ spread), -(day.high_by[bound] @ spread)], format="csr"),
        lower=np.concatenate([day.lower + shift, np.full(len(bound), -np.inf)]),
        upper=np.concatenate([day.upper + shift, fixed]),
        constant=day.constant + float(day.constant_by @ given),
        on_master=np.asarray(day.constant_by @ spread),
    )


def solve(program: Whole, modules: bool = False) -> Point:
    """Return the optimum of a whole program; its first values and prices are the master's.

    Raises
    ------
    Infeasible, SolveError
        Where there is none.
    """
    sizes = program.modules if modules else None
    return solved(
        program.cost, program.low, program.high, program.matrix, program.lower, program.upper, sizes, program.constant
    )


def at_master(point: Point, master: Master) -> tuple[Array, Array]:
    """Return the master's own values and prices of a whole program's optimum."""
    return point.values[: len(master.cost)].copy(), point.prices[: len(master.rows.names)]
