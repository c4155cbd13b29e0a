"""Plans of the hours ahead, made from what is known now: what a policy with limited foresight executes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.network.network import Network
from sim.network.plan import Plan
from sim.network.view import View
from sim.optimise.bound import bound
from sim.optimise.growth import NO_LINKS, overloaded
from sim.optimise.layout import EFLOP_H, MWH, TBIT_H, Facts, Routes, energy_price, facts
from sim.optimise.pieces import Pieces, pieces
from sim.optimise.prices import Prices
from sim.optimise.program import Lp, Program, all_routes
from sim.optimise.readout import read_out
from sim.optimise.solve import Basis, Solution, near, solve

_LACKING = 3e-4
"""Routes are added while they promise more than this share of the cost;"""
_PROMISE = 0.8
"""of what they promise so much is taken."""
_FIRST_H = 24.0
"""The first routes are those that an optimum over every pair uses in so many hours."""


@dataclass
class _Latest:
    """The plan made last: its first epoch, its point, what it cost."""

    begin: int
    plan: Plan
    values: Array


class Ahead:
    """Plans window by window; routes, links and the last plan are handed from each to the next.

    A window begins with what waits, what may leave home and what the batteries hold. It sees arrivals, prices, carbon
    and green power as they are forecast, capacity and links as they are now (what waits in the centres' own queues
    goes first), and the weather as it will be. Nothing may wait behind its end.

    Parameters
    ----------
    network
        The network.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._facts = facts(network)
        self._unit = np.where(self._facts.pool >= 0, EFLOP_H, TBIT_H)
        self._routes: Routes | None = None
        self._links: IntArray = NO_LINKS
        self._latest: _Latest | None = None

    def __call__(self, view: View, every: float, look_ahead: float, reserve: float = 0.0) -> tuple[Plan, int]:
        """Return the plan made last and the epochs since then; a new one where it is too old.

        Parameters
        ----------
        view
            The epoch.
        every
            Hours after which a plan is too old. Where the run ends within them every epoch has its own: all deadlines
            fall together there, and no later plan would mend what comes beyond the forecast.
        look_ahead
            Hours that it looks ahead, at least `every`.
        reserve
            Share of the capacity of all hours but the first that is left free.
        """
        latest, epochs = self._latest, every * 3600.0 / view.seconds * (1.0 - 1e-9)
        if latest is None or view.epoch < latest.begin or view.epoch - latest.begin >= epochs or view.left <= epochs:
            latest = self._latest = self._planned(view, max(look_ahead, every), reserve)
        return latest.plan, view.epoch - latest.begin

    def _planned(self, view: View, hours: float, reserve: float) -> _Latest:
        window = self._window(view, hours)
        window.capacity[1:] *= 1.0 - reserve
        if self._routes is None:
            self._routes = self._first(view)
        point = self._moved(view.epoch, len(window.demand))
        while True:
            program = Program(window, self._routes, self._links)
            carried = self._carried(program, view)
            _make_room(program, view.backlog[:, :, 1:] / self._unit[:, None], carried)
            lp = program.window(0, len(window.demand), carried)
            solution = solve(lp, _basis(lp, point))
            values = solution.values.reshape(len(window.demand), -1)
            links = np.setdiff1d(overloaded(program, values), self._links)
            routes = _lacking(program, solution, carried)
            if not len(links) and not len(routes):
                return _Latest(view.epoch, read_out(self._network, program, values), values)
            self._links = np.concatenate([self._links, links])
            self._routes = self._routes.joined(routes)
            point = np.pad(values, ((0, 0), (0, len(routes))))

    def _moved(self, epoch: int, span: int) -> Array | None:
        """Return the point of the last plan from an epoch on, its last hours repeated; None where there is none."""
        if self._latest is None or not self._latest.begin < epoch < self._latest.begin + len(self._latest.values):
            return None
        left, day = self._latest.values[epoch - self._latest.begin :], self._network.calendar.epochs_per_day
        more = np.arange(len(left), span)
        back = np.minimum(more - day * -(-(more - len(left) + 1) // day), len(left) - 1)
        return np.concatenate([left[:span], left[np.maximum(back, 0)]])

    def _window(self, view: View, hours: float) -> Facts:
        """Return what is known of the hours ahead, in the LP's units."""
        config = self._network.scenario.config
        demand = view.forecast("demand", hours)
        span = slice(view.epoch, view.epoch + len(demand))
        part = self._facts.at(np.arange(span.start, span.stop))
        shape, room = self._pieces(view, span), self._facts.link_room[view.epoch]
        return replace(
            part,
            demand=demand / self._unit,
            price=energy_price(config, view.forecast("price", hours), view.forecast("carbon", hours), config.objective),
            green=view.forecast("green", hours) / 1e6,
            capacity=_left(view, len(demand)) / EFLOP_H,
            power=Pieces(shape.start / 1e6, shape.slope, shape.width / 1e6),
            link_room=np.broadcast_to(room, part.link_room.shape),
        )

    def _pieces(self, view: View, span: slice) -> Pieces:
        """Return facility power in these hours, W, with as much in service as now: an outage is not foreseen."""
        data = self._network.data.isel(epoch=span)
        whole = self._network["capacity"] * view.seconds
        up = np.divide(view.capacity, whole, out=np.zeros_like(whole), where=whole > 0.0)
        kept = data["availability"].copy(data=np.broadcast_to(up, data["availability"].shape))
        return pieces(replace(self._network, data=data.assign(availability=kept)))

    def _first(self, view: View) -> Routes:
        """Return the routes of an optimum over every pair, and of each region and workload the one of least cost."""
        window = self._window(view, _FIRST_H)
        program = Program(window, all_routes(window), NO_LINKS)
        found = solve(program.window(0, len(window.demand))).values.reshape(len(window.demand), -1)
        routes, least = program.routes, np.full(window.transport.shape[:2], np.inf)
        np.minimum.at(least, (routes.workload, routes.region), program.route_cost)
        kept = (found[:, program.columns.serve :] > 1e-9).any(axis=0)
        return routes.only(np.asarray(kept | (program.route_cost <= least[routes.workload, routes.region])))

    def _carried(self, program: Program, view: View) -> Array:
        """Return what is there before the window: backlog, allowance, battery content; [carried column]."""
        window, columns = program.facts, program.columns
        waits = (view.backlog[:, :, 1:].sum(axis=2) / self._unit)[:, columns.deferrable]
        r, w = columns.bound
        # What this epoch's arrivals earn is in the allowance already; the program adds it itself.
        leave = view.allowance[r, w] / EFLOP_H - window.move_share[r] * window.demand[0, r, w]
        held = view.battery()[window.stored] / MWH
        return np.concatenate([waits.ravel(), np.maximum(leave, 0.0), held])


def _left(view: View, epochs: int) -> Array:
    """Return what is in service now less what waits in the centres' own queues, first come first served.

    Parameters
    ----------
    view
        The epoch.
    epochs
        Hours ahead, this one included.

    Returns
    -------
    Array
        [epoch, centre, pool], FLOP.
    """
    behind = np.arange(1, epochs + 1)[:, None, None] * view.capacity - view.queued
    return np.asarray(np.clip(behind, 0.0, view.capacity))


def _basis(lp: Lp, point: Array | None) -> Basis | None:
    """Return the basis that a point suggests; None where there is none, or of other columns."""
    return None if point is None or point.size != len(lp.cost) else near(lp, point.ravel())


def _make_room(program: Program, older: Array, carried: Array) -> None:
    """Raise the bounds of what is carried by what comes from before the window.

    A backlog may hold it until its deadline; an allowance, what was saved up, for good.

    Parameters
    ----------
    program
        Of the window; changed.
    older
        [region, workload, age − 1], what waits, in the LP's units, by epochs since arrival from 1.
    carried
        [carried column], what is there before the window.
    """
    columns, facts = program.columns, program.facts
    many = len(columns.deferrable)
    for place, w in enumerate(columns.deferrable):
        slack, rows = int(facts.slack[w]), slice(columns.backlog + place, columns.allowance, many)
        total = np.concatenate([np.zeros((len(older), 1)), np.cumsum(older[:, w], axis=1)], axis=1)
        for epoch in range(min(len(facts.demand) - 1, slack - 1)):
            program.high[epoch, rows] += total[:, slack - epoch - 1]
    saved = slice(columns.allowance - columns.backlog, columns.content - columns.backlog)
    program.high[:, columns.allowance : columns.content] += carried[saved]


def _lacking(program: Program, solution: Solution, carried: Array) -> Routes:
    """Return the routes that promise to save much; for their sake what waits counts as if it had just arrived."""
    facts, columns = program.facts, program.columns
    epochs = len(facts.demand)
    prices = Prices.empty(program)
    prices.enter(program, 0, epochs, solution.prices)
    demand = facts.demand.copy()
    regions, many = demand.shape[1], len(columns.deferrable)
    demand[0][:, columns.deferrable] += carried[: regions * many].reshape(regions, many)
    found = bound(replace(facts, demand=demand), prices, program.routes)
    if found.lack.sum() <= _LACKING * abs(solution.objective):
        return Routes.none()
    return found.promising(_PROMISE)
