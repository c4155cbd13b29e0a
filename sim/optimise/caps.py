"""Limits over the whole run, kept by prices alone: a master program mixes the plans that the prices bring about.

The columns of a plan and the rows of a window know nothing of a limit over the year. Its price λ acts through
the prices of energy and work; a mixture of plans is a plan, because the program is linear. So a small master
program over the plans found (Dantzig and Wolfe, Operations Research 8, 1960) gives an exactly feasible mixture
and the next λ, and min over plans of cost + λ · measure, less λ · limit, is a lower bound for any λ ≥ 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import linprog

from sim.ground.arrays import Array
from sim.ground.errors import Problem, SolveError
from sim.network.network import Network
from sim.optimise.bound import Bound
from sim.optimise.charges import account, charged, free
from sim.optimise.horizon import Dispatch, State
from sim.optimise.layout import KCNY, Facts, Routes, facts
from sim.optimise.limits import Limit, limits
from sim.optimise.program import Program
from sim.optimise.solve import OutOfTime
from sim.scenario.schema import Objective

Solve = Callable[[Facts, Dispatch | None], Dispatch]

PASSES = 60
_KCNY_PER_BN = 1e6
_KEPT = 1e-9
"""Relative excess at which a limit counts as kept."""
_PROVED = 1e-6
"""Relative excess of every plan from which on it is proved that none keeps the limits."""
_TRIES = 4
"""Passes without a better mixture before the search ends."""
_HELD = 12
"""Plans remembered beside those that the mixture uses."""


class Missed(SolveError):
    """No plan that keeps the limits was found."""


@dataclass(frozen=True)
class Kept:
    """A plan that keeps its limits.

    Attributes
    ----------
    plan
        Mixture of plans, with a bound that counts the limits in.
    price
        [limit], kCNY per unit of its measure: what one more unit of the limit saves.
    spare
        [limit], what is left of it, in its unit.
    passes
        How often the horizon was solved.
    """

    plan: Dispatch
    price: Array
    spare: Array
    passes: int

    def told(self, asked: Sequence[Limit]) -> dict[str, dict[str, Any]]:
        """Return price (CNY), limit and what is spare of it, by the limit's name."""
        return {
            limit.name: {
                "price": float(price) * KCNY,
                "unit": f"CNY/({limit.unit})" if " " in limit.unit else f"CNY/{limit.unit}",
                "spare": float(spare),
            }
            for limit, price, spare in zip(asked, self.price, self.spare, strict=True)
        }


@dataclass(frozen=True)
class _Found:
    """A plan as the master sees it: its cost, kCNY, and [limit] how far it exceeds each, of the limit's scale.

    Its prices belong to `facts`, the network with what is charged for the limits.
    """

    state: State
    cost: float
    excess: Array
    facts: Facts


def kept(data: Facts, asked: Sequence[Limit], solve: Solve, tolerance: float = 1e-6) -> Kept:
    """Return the plan of least cost that keeps its limits.

    Parameters
    ----------
    data
        The network in the LP's units.
    asked
        What to keep.
    solve
        Returns plan and bound of a network at other prices, starting near another dispatch of it.
    tolerance
        Distance of plan and bound at which to stop, of the cost; it stops too where no price helps any more.

    Returns
    -------
    Kept
        The plan of `solve` itself where it keeps them all.

    Raises
    ------
    Missed
        Where no plan keeps them.
    """
    search = _Search(data, asked, solve, tolerance)
    if not search.feasible():
        search.reach()
    return search.settle()


def within(network: Network, data: Facts, solve: Solve) -> tuple[Dispatch, dict[str, Any]]:
    """Return the plan of a network within its scenario's limits, and what is told of it.

    Parameters
    ----------
    network
        The network.
    data
        It in the LP's units, at the prices of its objective.
    solve
        Returns plan and bound of a network at other prices, starting near another dispatch of it.

    Returns
    -------
    tuple
        The plan; ``cost``, its money at weight 1 and without weights on carbon, energy and delay (bn CNY); the
        ``weights`` where they are others; ``limits`` and ``passes`` where there are any, the limits by their
        key: ``price`` (what one more unit of it saves) with its ``unit``, ``spare`` (what is left of it).

    Raises
    ------
    SolveError
        Where no plan keeps the limits.
    """
    said: dict[str, Any] = {}
    asked = limits(network, data)
    if asked:
        try:
            within_them = kept(data, asked, solve)
        except Missed as error:
            origin = network.scenario.origin(*asked[0].name.split("."))
            raise SolveError(str(Problem(origin, str(error)))) from None
        plan, said["limits"] = within_them.plan, within_them.told(asked)
        said["passes"] = within_them.passes
    else:
        plan = solve(data, None)
    if network.scenario.config.objective != Objective():
        said["weights"] = network.scenario.config.objective.model_dump()
    return plan, {"cost": spent(network, plan.state.program, plan.state.values), **said}


def spent(network: Network, program: Program, values: Array) -> float:
    """Return what a plan costs in money, whatever was weighed to make it; bn CNY.

    Parameters
    ----------
    network
        The network.
    program
        Whose columns the values are.
    values
        [epoch, column].
    """
    plain = network.scenario.config.objective == Objective()
    money = program.facts if plain else facts(network, Objective())
    return float(account(money, program, values).sum()) / _KCNY_PER_BN


class _Search:
    def __init__(self, data: Facts, asked: Sequence[Limit], solve: Solve, tolerance: float) -> None:
        self.data, self.asked, self.solve, self.tolerance = data, asked, solve, tolerance
        self.most = np.array([limit.most for limit in asked])
        self.last = self.first = first = solve(data, None)
        used = self._measured(first.state)
        self.scale = np.maximum(np.abs(self.most), np.abs(used))
        self.scale[self.scale == 0.0] = 1.0
        self.passes = 1
        self.stopped = first.stopped
        self.price = np.zeros(len(asked))
        self.bound = first.bound
        self.found = [_Found(first.state, first.state.objective, (used - self.most) / self.scale, data)]
        self.priced = self.found[0]
        """The plan at the prices of the best bound."""
        self.weight = max(abs(first.state.objective), 1.0)
        """Value of missing a limit by its whole scale while a first feasible mixture is sought, kCNY."""

    def _measured(self, state: State) -> Array:
        nothing = free(self.data)
        return np.array(
            [
                account(charged(nothing, limit.charge, 1.0), state.program, state.values).sum()
                for limit in self.asked
            ]
        )  # fmt: skip

    def feasible(self) -> bool:
        """Return whether one of the plans keeps every limit."""
        return any((found.excess <= _KEPT).all() for found in self.found)

    def _try(self, data: Facts, multiplier: Array) -> tuple[_Found, Bound]:
        """Return the plan that prices upon the limits bring about, and the bound with the limits counted in."""
        for limit, scale, times in zip(self.asked, self.scale, multiplier, strict=True):
            data = charged(data, limit.charge, times / scale)
        made = self.last = self.solve(data, self.last)
        self.stopped = self.stopped or made.stopped
        self.passes += 1
        state = made.state
        cost = float(account(self.data, state.program, state.values).sum())
        found = _Found(state, cost, (self._measured(state) - self.most) / self.scale, data)
        spread = float((multiplier * self.most / self.scale).sum()) / len(made.bound.by_epoch)
        return found, replace(made.bound, by_epoch=made.bound.by_epoch - spread)

    def _master(self, cost: Array, elastic: float) -> tuple[float, Array, Array]:
        """Return the value of the best mixture, the shares of its plans, and the price of each limit's scale.

        Minimise Σ cost θ + elastic Σ v subject to Σ excess θ ≤ v, Σ θ = 1, θ ≥ 0, v ≥ 0 (0 without `elastic`).
        """
        many, plans = len(self.asked), len(self.found)
        excess = np.array([found.excess for found in self.found]).T
        missed = (0.0, None) if elastic else (0.0, 0.0)
        unit = max(float(np.abs(cost).max()), elastic)
        result = linprog(
            np.concatenate([cost, np.full(many, elastic)]) / unit,
            A_ub=np.hstack([excess, -np.eye(many)]), b_ub=np.zeros(many),
            A_eq=np.concatenate([np.ones(plans), np.zeros(many)])[None], b_eq=np.ones(1),
            bounds=[(0.0, None)] * plans + [missed] * many, method="highs-ds",
        )  # fmt: skip
        if result.status != 0:
            raise SolveError(f"the limits of the run: the master program says '{result.message}'")
        share = np.maximum(result.x[:plans], 0.0)
        return float(result.fun) * unit, share / share.sum(), np.maximum(-result.ineqlin.marginals, 0.0) * unit

    def reach(self) -> None:
        """Find plans of which a mixture keeps the limits.

        Raises
        ------
        Missed
            Where there are none, or none were found: by how much they are missed.
        """
        nothing, lower = free(self.data), 0.0
        for _ in range(PASSES):
            value, share, multiplier = self._master(np.zeros(len(self.found)), self.weight)
            if value <= _KEPT * self.weight:
                return
            if self.stopped:
                raise OutOfTime("the time was up before the limits were met; give it more, or fewer hours")
            found, bound = self._try(nothing, multiplier)
            lower = max(lower, bound.total)
            if float(multiplier @ found.excess) >= value - _KEPT * self.weight or lower >= value * (1.0 - 1e-6):
                raise Missed(self._missed(share, lower, value))
            self.found.append(found)
        raise Missed(f"limits: no plan that keeps them was found in {PASSES} passes; loosen them")

    def _missed(self, share: Array, lower: float, value: float) -> str:
        """Return in a planner's words by how much the limits are missed: by the best plan, and by any.

        Parameters
        ----------
        share
            [plan], of the mixture that misses them least.
        lower, value
            What any plan misses at the least, and what this mixture does, kCNY.
        """
        excess = share @ np.array([found.excess for found in self.found]) * self.scale
        over = " and ".join(
            f"{much:.4g} {limit.unit} of {limit.name}"
            for limit, much, scale in zip(self.asked, excess, self.scale, strict=True)
            if much > _KEPT * scale
        )
        it = "it" if len(self.asked) == 1 else "them all"
        if lower <= _PROVED * self.weight:
            return (
                f"limits: no plan that keeps {it} was found, nor is it proved that there is none; the nearest misses "
                f"{over}: try --certify or --exact, or loosen the limit"
            )
        least = f"at the least, {over} are missed"
        if lower < 0.999 * value:
            least = f"the nearest misses {over}, and every one at least {lower / value:.1%} of that"
        return f"limits: no dispatch of this run keeps {it}, whatever is left unserved; {least}: loosen the limit"

    def settle(self) -> Kept:
        """Return the best mixture, once the time is up or no price upon the limits brings about a plan that helps."""
        stuck = 0
        while True:
            value, share, multiplier = self._master(np.array([found.cost for found in self.found]), 0.0)
            near = value - self.bound.total <= self.tolerance * abs(value)
            if near or self.stopped or self.passes >= PASSES or not multiplier.any() or stuck > _TRIES:
                break
            # Plans that are not quite optimal mislead the master: then look nearer to the prices of the best bound.
            aim = self.price + (multiplier - self.price) * 0.5**stuck
            try:
                found, bound = self._try(self.data, aim)
            except OutOfTime:
                self.stopped = True
                break
            if bound.total > self.bound.total:
                self.bound, self.price, self.priced = bound, aim, found
            gains = found.cost + float(multiplier @ found.excess) < value - 0.1 * self.tolerance * abs(value)
            stuck = 0 if gains else stuck + 1
            used = [share[place] > 0.0 or place >= len(self.found) - _HELD for place in range(len(self.found))]
            self.found = [*(old for old, keep in zip(self.found, used, strict=True) if keep), found]
        state = _mixed(self.data, [found.state for found in self.found], share, self.priced.state)
        plan = replace(self.first, state=state, bound=self.bound, stopped=self.stopped, priced=self.priced.facts)
        return Kept(plan, multiplier / self.scale, self.most - self._measured(state), self.passes)


def _mixed(data: Facts, states: Sequence[State], share: Array, priced: State) -> State:
    """Return the mixture of plans, over the routes and links of all that have a share in it, at the prices of one."""
    chosen = [(state, part) for state, part in zip(states, share, strict=True) if part > 0.0]
    every = [np.stack(state.program.routes.parts(), axis=1) for state, _ in chosen]
    routes, place = np.unique(np.concatenate(every), axis=0, return_inverse=True)
    links = np.unique(np.concatenate([state.program.links for state in (*(state for state, _ in chosen), priced)]))
    program = Program(data, Routes(*routes.T), links)
    mixed, first, at = State.fresh(program), program.columns.serve, 0
    for state, part in chosen:
        count = len(state.program.routes)
        mixed.values[:, :first] += part * state.values[:, :first]
        mixed.values[:, first + place.ravel()[at : at + count]] += part * state.values[:, first:]
        at += count
    mixed.cost[:] = account(data, program, mixed.values)
    mixed.prices = priced.prices.grown(links)
    return mixed
