"""A plan under way over a long horizon, and the windows in which it is solved."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.optimise.bound import Bound, gap
from sim.optimise.layout import Facts, Routes
from sim.optimise.merge import merged
from sim.optimise.prices import Prices
from sim.optimise.program import Program
from sim.optimise.solve import Basis, OutOfTime, near, solve

Tick = Callable[[str, int, int], None]
Window = tuple[int, int]
CROWDED = 50
"""Links with rows from which an interior point beats the simplex cold (2 s against 5 s a national day),"""
LARGE = 150_000
"""and from so many columns on even from the plan's own point (21 s against 120 s for five days)."""


@dataclass(frozen=True)
class How:
    """How windows are solved.

    Attributes
    ----------
    workers
        Threads.
    tick
        Called with what is done, how far, and of how many.
    deadline
        Reading of the monotonic clock at which the solver stops.
    loose
        Share of its cost by which a window of several days may miss its optimum.
    """

    workers: int = 2
    tick: Tick | None = None
    deadline: float = math.inf
    loose: float = 0.0

    def left(self) -> float | None:
        """Return the seconds left, None without a deadline."""
        return None if math.isinf(self.deadline) else self.deadline - time.monotonic()


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
    seams
        Epochs at which a window may be taken apart, ascending, once the values are a plan.
    """

    program: Program
    values: Array
    cost: Array
    prices: Prices
    seams: tuple[int, ...] = ()

    @classmethod
    def fresh(cls, program: Program) -> State:
        """Return a state without a plan."""
        epochs = len(program.facts.demand)
        return cls(
            program,
            np.zeros((epochs, program.columns.count)),
            np.zeros(epochs),
            Prices.empty(program),
        )

    @property
    def objective(self) -> float:
        """Return the cost of the plan, kCNY."""
        return float(self.cost.sum())

    @property
    def crowded(self) -> bool:
        """Return whether many links bind."""
        return len(self.program.links) > CROWDED

    def carried(self, epoch: int) -> Array:
        """Return what is there before an epoch: backlog, allowance, battery content; [carried column]."""
        columns = self.program.columns
        if epoch == 0:
            return np.zeros(columns.piece - columns.backlog)
        return self.values[epoch - 1, columns.backlog : columns.piece].copy()

    def solve(
        self,
        window: Window,
        ends: tuple[Array, Array],
        start: Array | Basis | None,
        loose: float = 0.0,
        seconds: float | None = None,
    ) -> Basis | None:
        """Solve a window between what the plan carries over at its ends, and enter what comes out.

        Where a seam lies within and there is a plan to start near, from its parts.

        Parameters
        ----------
        window
            First epoch and the one behind the last.
        ends
            What is carried into it and out of it; [carried column] each.
        start
            [epoch, column], a plan to start near; or the basis of a window like it; None starts cold.
        loose
            Share of its cost by which a window of several parts may miss its optimum.
        seconds
            Time limit.

        Returns
        -------
        Basis or None
            The optimum's.

        Raises
        ------
        OutOfTime
            Where the time limit is reached; nothing is entered then.
        """
        begin, end = window
        inner = [seam for seam in self.seams if begin < seam < end]
        if inner and isinstance(start, np.ndarray):
            solution = merged(self.program, [begin, *inner, end], ends, start, loose, seconds)
        else:
            lp = self.program.window(begin, end, *ends)
            cold = self.crowded and (start is None or len(lp.cost) > LARGE)
            basis = None if cold else near(lp, start.ravel()) if isinstance(start, np.ndarray) else start
            solution = solve(lp, basis, seconds, "ipm" if cold else "simplex")
        values = solution.values.reshape(end - begin, -1)
        self.values[begin:end] = values
        self.cost[begin:end] = self.program.cost_of(values, begin)
        self.prices.enter(self.program, begin, end, solution.prices)
        return solution.basis

    def grow(self, more_routes: Routes, more_links: IntArray) -> None:
        """Take in more routes and link rows; the new ones rest."""
        old = self.program
        routes = old.routes.joined(more_routes) if len(more_routes) else old.routes
        self.program = Program(old.facts, routes, np.concatenate([old.links, more_links]))
        if len(more_routes):
            self.values = np.pad(self.values, ((0, 0), (0, len(more_routes))))
        self.prices = self.prices.grown(self.program.links)

    def copy(self) -> State:
        """Return a state of its own that knows the same."""
        return State(self.program, self.values.copy(), self.cost.copy(), self.prices.copy(), self.seams)


def run(state: State, windows: Sequence[Window], how: How, *, warm: bool = True) -> bool:
    """Solve windows that do not overlap, in threads; the result does not depend on their number.

    Every window is solved between what the plan carries over at its ends, so that a plan stays one.
    Without a plan yet, a window starts from the basis of the one before, where that is as long: windows are then
    taken in runs of neighbours. Where many links bind each is solved cold, by an interior point.

    Parameters
    ----------
    state
        Changed.
    windows
        To solve.
    how
        Threads, deadline, ticks.
    warm
        Whether a plan is there to start from.

    Returns
    -------
    bool
        Whether all were solved before the deadline.
    """
    done = [0]
    apart = warm or state.crowded
    ends = {window: (state.carried(window[0]), state.carried(window[1])) for window in windows}

    def chain(part: Sequence[Window]) -> None:
        last, held = 0, None
        for window in part:
            left = how.left()
            if left is not None and left <= 0.0:
                return
            begin, end = window
            start: Array | Basis | None = state.values[begin:end] if warm else None
            if not apart and last == end - begin:
                start = held
            try:
                last, held = end - begin, state.solve(window, ends[window], start, how.loose, left)
            except OutOfTime:
                return
            done[0] += 1
            if how.tick is not None:
                how.tick("windows", done[0], len(windows))

    size = 1 if apart else 16
    parts = [windows[at : at + size] for at in range(0, len(windows), size)]
    longest = sorted(parts, key=lambda part: -sum(end - begin for begin, end in part))
    with ThreadPoolExecutor(how.workers) as pool:
        list(pool.map(chain, longest))
    return done[0] == len(windows)


def cuts(epochs: int, first: int, length: int) -> list[Window]:
    """Return windows of a length that begin at `first`; what is before and behind makes windows of its own.

    Examples
    --------
    >>> cuts(60, 8, 24)
    [(0, 8), (8, 32), (32, 56), (56, 60)]
    """
    first %= length
    return between(epochs, range(first if first else length, epochs, length))


def between(epochs: int, marks: Iterable[int]) -> list[Window]:
    """Return the windows between marks, from the first epoch to the last; marks outside are left out.

    Examples
    --------
    >>> between(60, [8, 32, 99])
    [(0, 8), (8, 32), (32, 60)]
    """
    inside = sorted({mark for mark in marks if 0 < mark < epochs})
    return list(pairwise([0, *inside, epochs]))


@dataclass(frozen=True)
class Dispatch:
    """A plan over the horizon and its certificate.

    Attributes
    ----------
    state
        The plan and its prices.
    bound
        The best lower bound found.
    path
        How it was found.
    stopped
        Whether the time was up.
    cut
        Epoch of the day at which its days are cut.
    priced
        The facts whose prices the state holds, where limits change them; None: those of its program.
    """

    state: State
    bound: Bound
    path: str = ""
    stopped: bool = False
    cut: int = 0
    priced: Facts | None = None

    @property
    def gap(self) -> float:
        """Return how far the plan may be from the optimum, as `sim.optimise.bound.gap` tells it."""
        return gap(self.state.objective, self.bound.total)

    @property
    def decided(self) -> float:
        """Return what dispatch decides of the cost, kCNY: the cost less what an idle nation costs."""
        return self.state.objective - self.state.program.facts.idle_cost

    @property
    def share(self) -> float:
        """Return which share of the cost dispatch decides; 1 where it decides nothing."""
        return self.decided / abs(self.state.objective) if self.decided > 0.0 and self.state.objective else 1.0

    @property
    def gap_dispatchable(self) -> float | None:
        """Return the gap as a share of what dispatch decides; None where it decides nothing."""
        return (self.state.objective - self.bound.total) / self.decided if self.decided > 0.0 else None
