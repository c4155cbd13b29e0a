"""A long horizon as short windows: cut where little waits, routes found by pricing, links added when they bind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.optimise.bound import Bound, bound
from sim.optimise.layout import Facts, Routes
from sim.optimise.prices import Prices
from sim.optimise.program import Program, all_routes
from sim.optimise.solve import near, solve

Tick = Callable[[str, int, int], None]
Window = tuple[int, int]


@dataclass
class State:
    """All that is known of a plan under way, over the whole horizon.

    Attributes
    ----------
    program
        With its routes and links.
    values
        [epoch, column], the plan; feasible once every epoch has been solved.
    cost
        [epoch], kCNY.
    prices
        Of the windows solved last.
    depth
        [epoch], distance to the nearer end of the window that the prices come from.
    """

    program: Program
    values: Array
    cost: Array
    prices: Prices
    depth: IntArray

    @classmethod
    def fresh(cls, program: Program) -> State:
        """Return a state without a plan."""
        epochs = len(program.facts.demand)
        return cls(
            program,
            np.zeros((epochs, program.columns.count)),
            np.zeros(epochs),
            Prices.empty(program),
            np.full(epochs, -1),
        )

    @property
    def objective(self) -> float:
        """Return the cost of the plan, kCNY."""
        return float(self.cost.sum())

    def carried(self, epoch: int) -> Array:
        """Return what is there before an epoch: backlog, allowance, battery content; [carried column]."""
        columns = self.program.columns
        if epoch == 0:
            return np.zeros(columns.piece - columns.backlog)
        return self.values[epoch - 1, columns.backlog : columns.piece].copy()

    def solve(self, window: Window, ends: tuple[Array, Array], start: Array | None, keep_prices: str = "all") -> None:
        """Solve a window between what the plan carries over at its ends, and enter what comes out.

        Parameters
        ----------
        window
            First epoch and the one behind the last.
        ends
            What is carried into it and out of it; [carried column] each.
        start
            [epoch, column], a plan to start near; None starts cold.
        keep_prices
            ``all``, or ``inner``: only where this window reaches deeper than the one the price is from.
        """
        begin, end = window
        lp = self.program.window(begin, end, *ends)
        solution = solve(lp, None if start is None else near(lp, start.ravel()))
        span = end - begin
        values = solution.values.reshape(span, -1)
        self.values[begin:end] = values
        columns = self.program.columns
        self.cost[begin:end] = (
            self.program.constant[begin:end]
            + (self.program.cost[begin:end] * values[:, : columns.serve]).sum(axis=1)
            + values[:, columns.serve :] @ self.program.route_cost
        )
        depth = np.minimum(np.arange(span), np.arange(span)[::-1])
        take = np.ones(span, dtype=bool) if keep_prices == "all" else depth >= self.depth[begin:end]
        self.prices.enter(self.program, begin, end, solution.prices, take)
        self.depth[begin:end] = np.where(take, depth, self.depth[begin:end])

    def grown(self, more_routes: Routes, more_links: IntArray) -> State:
        """Return the state with more routes and link rows; the new ones rest."""
        old = self.program
        routes = old.routes.joined(more_routes) if len(more_routes) else old.routes
        program = Program(old.facts, routes, np.concatenate([old.links, more_links]))
        state = State.fresh(program)
        state.values[:, : old.columns.count] = self.values
        state.cost[:] = self.cost
        return state


def run(state: State, windows: Sequence[Window], workers: int, warm: bool, keep_prices: str, tick: Tick | None) -> None:
    """Solve windows that do not overlap, in threads; the result does not depend on their number.

    Without bases yet, every window starts from its predecessor's of the same length: windows are then
    taken in runs of neighbours.

    Parameters
    ----------
    state
        Changed.
    windows
        In ascending order.
    workers
        Threads.
    warm
        Whether bases are there.
    keep_prices
        As in `State.solve`.
    tick
        Called with what is done, how far, and of how many.
    """
    done = [0]
    ends = {window: (state.carried(window[0]), state.carried(window[1])) for window in windows}

    def chain(part: Sequence[Window]) -> None:
        last: Window | None = None
        for window in part:
            begin, end = window
            start = state.values[begin:end] if warm else None
            if not warm and last is not None and last[1] - last[0] == end - begin:
                start = state.values[last[0] : last[1]]
            state.solve(window, ends[window], start, keep_prices)
            last = window
            done[0] += 1
            if tick is not None:
                tick("windows", done[0], len(windows))

    size = 1 if warm else 16
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(chain, [windows[at : at + size] for at in range(0, len(windows), size)]))


def cuts(epochs: int, first: int, length: int) -> list[Window]:
    """Return windows of a length that begin at `first`; what is before and behind makes windows of its own.

    Examples
    --------
    >>> cuts(60, 8, 24)
    [(0, 8), (8, 32), (32, 56), (56, 60)]
    """
    first %= length
    marks = [0, *range(first if first else length, epochs, length), epochs]
    return [(a, b) for a, b in pairwise(marks) if b > a]


def least_waiting_hour(facts: Facts, per_day: int) -> int:
    """Return the epoch of the day at which least work waits in an exact optimum of the first two days."""
    if per_day < 4 or len(facts.demand) <= 2 * per_day or not (facts.slack > 0).any():
        return 0
    program = Program(facts, all_routes(facts), np.zeros(0, dtype=np.int64))
    solution = solve(program.window(0, 2 * per_day))
    columns = program.columns
    waiting = solution.values.reshape(2 * per_day, columns.count)[:, columns.backlog : columns.allowance].sum(axis=1)
    middle = waiting[per_day // 2 - 1 : per_day // 2 - 1 + per_day]
    return int((per_day // 2 + int(middle.argmin())) % per_day)


def seed_routes(facts: Facts, days: Sequence[Window]) -> Routes:
    """Return the routes that exact optima of some sampled days use."""
    every = all_routes(facts)
    program = Program(facts, every, np.zeros(0, dtype=np.int64))
    used = np.zeros(len(every), dtype=bool)
    for begin, end in days:
        solution = solve(program.window(begin, end))
        served = solution.values.reshape(end - begin, program.columns.count)[:, program.columns.serve :]
        used |= (served > 1e-9).any(axis=0)
    return Routes(every.workload[used], every.region[used], every.centre[used], every.path[used])


def overloaded(program: Program, values: Array) -> IntArray:
    """Return the links, not looked at yet, that a plan loads above their room."""
    facts, routes = program.facts, program.routes
    served = values[:, program.columns.serve :]
    hops = facts.route_link[routes.region, routes.centre, routes.path]
    load = np.zeros((len(facts.opposite), len(facts.demand)))
    for link, bits in ((hops, facts.bits_in), (facts.back(hops), facts.bits_out)):
        for hop in range(link.shape[1]):
            at = np.flatnonzero(link[:, hop] >= 0)
            np.add.at(load, link[at, hop], (served[:, at] * bits[routes.workload[at]]).T)
    over = (facts.link_room * (1.0 + 1e-9) + 1e-9 < load.T).any(axis=0)
    found = np.flatnonzero(over)
    return found[~np.isin(found, program.links)]


def first_cut(plan: Dispatch) -> int:
    """Return the first epoch behind 0 at which no work was let wait: where the closed days were cut."""
    columns = plan.state.program.columns
    waiting = plan.state.values[:, columns.backlog : columns.allowance].sum(axis=1)
    return int(np.argmax(waiting < 1e-9)) + 1


@dataclass(frozen=True)
class Dispatch:
    """A plan over the horizon and its certificate.

    Attributes
    ----------
    state
        The plan, its prices and bases.
    bound
        The best lower bound found.
    """

    state: State
    bound: Bound

    @property
    def gap(self) -> float:
        """Return (objective − bound) / objective."""
        return (self.state.objective - self.bound.total) / self.state.objective


def days(facts: Facts, per_day: int, workers: int = 2, tick: Tick | None = None) -> Dispatch:
    """Return a plan of the horizon from closed days, with the bound that their prices give.

    Days are cut at the hour of least backlog; the routes come from sampled exact days and from pricing
    against the bound; a link's rows are added once a plan overloads it; repeated until neither lacks.

    Parameters
    ----------
    facts
        The network in the LP's units.
    per_day
        Epochs a day.
    workers
        Threads.
    tick
        Called with what is done, how far, and of how many.

    Returns
    -------
    Dispatch
        A feasible plan with its certificate.
    """
    epochs = len(facts.demand)
    windows = cuts(epochs, least_waiting_hour(facts, per_day), per_day)
    inner = windows[1:-1] or windows
    sampled = [inner[len(inner) * k // 3] for k in range(3)] if len(inner) > 3 else windows
    state = State.fresh(Program(facts, seed_routes(facts, sampled), np.zeros(0, dtype=np.int64)))
    return settled(state, windows, workers, False, tick)


def settled(state: State, windows: Sequence[Window], workers: int, warm: bool, tick: Tick | None) -> Dispatch:
    """Solve windows until no route and no link is lacking; return the plan with the best bound met."""
    best: Bound | None = None
    for _ in range(8):
        run(state, windows, workers, warm, "all", tick)
        warm = True
        found = bound(state.program.facts, state.prices, state.program.routes)
        best = found if best is None or found.total > best.total else best
        links = overloaded(state.program, state.values)
        lacks = len(found.missing) > 0 and found.own - found.total > 1e-4 * state.objective
        if not len(links) and not lacks:
            return Dispatch(state, best)
        state = state.grown(found.missing, links)
    return Dispatch(state, found)


def overlapped(plan: Dispatch, offset: int, length: int, workers: int = 2, tick: Tick | None = None) -> Dispatch:
    """Return a plan improved in windows across its seams, and the bound of the deeper prices.

    Every window is solved between what the plan leaves waiting at its ends (alternating Schwarz): the
    plan can only gain. A price is taken from the window in which its hour lies deepest.
    """
    state = plan.state
    run(state, cuts(len(state.cost), offset, length), workers, True, "inner", tick)
    found = bound(state.program.facts, state.prices, state.program.routes)
    return Dispatch(state, found if found.total > plan.bound.total else plan.bound)
