"""The program of optimal dispatch: an hour's equations tiled over time, cut into windows as sparse arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
from scipy import sparse

from sim.ground.arrays import Array, IntArray
from sim.optimise import constraints
from sim.optimise.constraints import Columns, Equation
from sim.optimise.layout import Facts, Routes


@dataclass(frozen=True)
class Lp:
    """Minimise c·x subject to lower ≤ A x ≤ upper and bounds; a window of the program.

    Attributes
    ----------
    cost, low, high
        [column].
    matrix
        [row, column], by columns.
    lower, upper
        [row].
    constant
        What the objective holds beside c·x: facility power at no work, kCNY.
    epochs
        First epoch and the one behind the last.
    """

    cost: Array
    low: Array
    high: Array
    matrix: sparse.csc_matrix
    lower: Array
    upper: Array
    constant: float
    epochs: tuple[int, int]


@dataclass
class Program:
    """A network's program over its whole horizon, for a set of routes and of links that are looked at.

    Attributes
    ----------
    facts
        The network in the LP's units.
    routes
        Who may send work where.
    links
        Numbers of the links whose rows are in the program.
    columns, equations
        An hour of it.
    cost, high
        [epoch, column in front of the routes].
    route_cost
        [route], kCNY per unit of work, the same in every epoch.
    constant
        [epoch], kCNY.
    """

    facts: Facts
    routes: Routes
    links: IntArray
    columns: Columns = field(init=False)
    equations: list[Equation] = field(init=False)
    cost: Array = field(init=False)
    high: Array = field(init=False)
    route_cost: Array = field(init=False)
    constant: Array = field(init=False)

    def __post_init__(self) -> None:
        """Make an hour of the program."""
        self.columns = Columns.of(self.facts, self.routes)
        made = [
            constraints.demand(self.columns), constraints.backlog(self.columns), constraints.capacity(self.columns),
            constraints.power(self.columns), constraints.energy(self.columns), constraints.content(self.columns),
            constraints.residency(self.columns), constraints.links(self.columns, self.links),
        ]  # fmt: skip
        self.equations = [equation for equation in made if equation.rows]
        self._objective()
        self._bounds()

    @property
    def rows(self) -> int:
        """Return the rows of an hour."""
        return sum(equation.rows for equation in self.equations)

    def placed(self) -> Iterator[tuple[Equation, int]]:
        """Return the equations, each with its first row in an hour."""
        sizes = (equation.rows for equation in self.equations)
        return zip(self.equations, accumulate(sizes, initial=0), strict=False)

    def first_row(self, name: str) -> int | None:
        """Return the first row of an equation in an hour, None where it has none."""
        return next((first for equation, first in self.placed() if equation.name == name), None)

    def _objective(self) -> None:
        """Set what a unit of every column costs, and what an idle nation costs.

        Σ transport s + Σ value z + Σ (price + load) Δ (start + Σ slope q) where power is all grid power,
        + Σ price Δ g + Σ load Δ (start + Σ slope q) where it is metered, + Σ contract Δ G: what a contract
        delivers is paid for, taken or not.
        """
        facts, columns = self.facts, self.columns
        epochs, centres = facts.price.shape
        cost = np.zeros((epochs, columns.serve))
        routes = self.routes
        self.route_cost = facts.transport[routes.workload, routes.region, routes.centre, routes.path]
        regions = facts.demand.shape[1]
        cost[:, columns.unserved : columns.backlog] = np.tile(facts.unserved, regions)
        hourly = facts.price * facts.hours
        plain = np.ones(centres, dtype=bool)
        plain[facts.metered] = False
        direct = np.where(plain, hourly, 0.0) + facts.load * facts.hours
        piece = facts.power.slope * direct
        cost[:, columns.piece : columns.green] = piece.transpose(1, 0, 2).reshape(epochs, -1)
        cost[:, columns.grid : columns.charge] = hourly[:, facts.metered]
        self.cost = cost
        self.constant = (direct * facts.power.start + facts.green * facts.contract * facts.hours).sum(axis=1)

    def _bounds(self) -> None:
        """Set the upper bounds; the lower ones are 0. A backlog holds at most its deadline's arrivals."""
        facts, columns = self.facts, self.columns
        epochs, stored = len(facts.demand), facts.stored
        high = np.full((epochs, columns.serve), np.inf)
        total = np.cumsum(np.concatenate([np.zeros((1, *facts.demand.shape[1:])), facts.demand]), axis=0)
        many = len(columns.deferrable)
        for place, w in enumerate(columns.deferrable):
            first = np.maximum(np.arange(epochs) - facts.slack[w] + 1, 0)
            recent = total[1:, :, w] - total[first, :, w]
            high[:, columns.backlog + place : columns.allowance : many] = recent
        high[-1, columns.backlog : columns.allowance] = 0.0
        r, w = columns.bound
        high[:, columns.allowance : columns.content] = facts.move_share[r] * total[1:, r, w]
        high[:, columns.content : columns.piece] = facts.battery_energy[stored]
        width = facts.power.width.transpose(1, 0, 2).reshape(epochs, -1)
        high[:, columns.piece : columns.green] = width
        high[:, columns.green : columns.grid] = facts.green[:, facts.metered]
        high[:, columns.charge : columns.discharge] = facts.battery_power[stored]
        high[:, columns.discharge : columns.serve] = facts.battery_power[stored]
        self.high = high

    def cost_of(self, values: Array, begin: int = 0) -> Array:
        """Return what epochs of a plan cost; [epoch], kCNY.

        Parameters
        ----------
        values
            [epoch, column], the plan.
        begin
            Its first epoch.
        """
        here, first = slice(begin, begin + len(values)), self.columns.serve
        priced = self.cost[here] * values[:, :first]
        return np.asarray(self.constant[here] + priced.sum(axis=1) + values[:, first:] @ self.route_cost)

    def window(self, begin: int, end: int, before: Array | None = None, after: Array | None = None) -> Lp:
        """Return the program of some epochs.

        Parameters
        ----------
        begin, end
            First epoch and the one behind the last.
        before
            [carried column], what is there at the beginning: backlog, allowance, battery content; nothing
            by default.
        after
            [carried column], what must fit what follows: just this backlog, at least this allowance and
            content; nothing by default, nor at the end of the horizon, whatever is given: nothing follows there.

        Returns
        -------
        Lp
            Rows and columns hour by hour.
        """
        span = end - begin
        rows, count, columns = self.rows, self.columns.count, self.columns
        carried = slice(columns.backlog, columns.piece)
        given = np.zeros(count)
        if before is not None:
            given[carried] = before
        parts, lower, upper = [], np.empty((span, rows)), np.empty((span, rows))
        hour = np.arange(span)
        for equation, at in self.placed():
            value = equation.value[begin:end] if equation.value.ndim == 2 else np.tile(equation.value, (span, 1))
            parts.append(_tiled(equation.row + at, equation.column, value, hour, rows, 0, count))
            place = slice(at, at + equation.rows)
            lower[:, place], upper[:, place] = equation.lower[begin:end], equation.upper[begin:end]
            if len(equation.before_row):
                earlier = np.tile(equation.before_value, (span - 1, 1))
                row = equation.before_row + at
                parts.append(_tiled(row, equation.before_column, earlier, hour[1:], rows, -1, count))
                shift = np.zeros(equation.rows)
                np.add.at(shift, equation.before_row, equation.before_value * given[equation.before_column])
                lower[0, place] -= shift
                upper[0, place] -= shift
        row, column, entry = (np.concatenate([part[k] for part in parts]) for k in range(3))
        matrix = sparse.coo_matrix((entry, (row, column)), shape=(span * rows, span * count)).tocsc()
        low = np.zeros((span, count))
        high = np.concatenate([self.high[begin:end], np.full((span, len(self.routes)), np.inf)], axis=1)
        # A plan may leave allowance or content behind the last epoch; one that need not is as good.
        kept = np.zeros(columns.piece - columns.backlog) if after is None or end == len(self.cost) else after
        waits = columns.allowance - columns.backlog
        last = high[-1, columns.backlog : columns.piece]
        last[:waits] = np.minimum(kept[:waits], last[:waits])
        low[-1, columns.backlog : columns.piece] = np.minimum(kept, last)
        cost = np.concatenate([self.cost[begin:end], np.tile(self.route_cost, (span, 1))], axis=1)
        return Lp(
            cost.ravel(), low.ravel(), high.ravel(), matrix, lower.ravel(), upper.ravel(),
            float(self.constant[begin:end].sum()), (begin, end),
        )  # fmt: skip


def _tiled(
    row: IntArray, column: IntArray, value: Array, hour: IntArray, rows: int, lag: int, count: int
) -> tuple[IntArray, IntArray, Array]:
    """Return the entries of an hour's template at every hour, flat."""
    return (
        (row[None, :] + hour[:, None] * rows).ravel(),
        (column[None, :] + (hour[:, None] + lag) * count).ravel(),
        value.ravel(),
    )


def all_routes(facts: Facts, paths: int = 1) -> Routes:
    """Return every route that may be used, the best `paths` of each pair.

    Parameters
    ----------
    facts
        The network in the LP's units.
    paths
        Paths a pair, cheapest first by their order.
    """
    workload, region, centre, path = np.nonzero(np.isfinite(facts.transport[..., :paths]))
    return Routes(workload, region, centre, path)
