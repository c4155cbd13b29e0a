"""The program of what is built, where and when; what operation costs enters it as cuts, or whole."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.network.network import Network
from sim.optimise.expand.levers import KINDS, Levers, asked, years
from sim.optimise.expand.measures import OPERATED, Measure, scopes
from sim.optimise.expand.rows import Name, Rows
from sim.scenario.planning import Planning, Target

FREE = 1e6
"""Allowance of a day that no target of the year bounds, in the row's unit: more than a day can use."""


@dataclass(frozen=True)
class Node:
    """A year of a future.

    Attributes
    ----------
    future
        Its id; empty where there is only one.
    year
        The year.
    weight
        Weight of the future times the discount factor to the nation's year.
    growth
        [workload], demand over that of the nation's year.
    capital
        [build], factor on what it costs.
    """

    future: str
    year: int
    weight: float
    growth: Array
    capital: Array


@dataclass
class Master:
    """Minimise cost·x subject to the rows and bounds, with a column θ for the cost of every day of every node.

    Columns: builds [node, build], stocks [node, stock], allowances [node, day, measure], θ [node, day] in kCNY,
    then what targets are missed by.

    Attributes
    ----------
    nodes, levers, measures
        What it is made of.
    weights
        [day], days of a year that each stands for.
    budget
        Most capital of a year, bn CNY; None for no limit.
    cost
        [column], M CNY.
    low, high
        [column].
    whole
        [column], size of a module, 0 for any amount.
    rows
        Its rows.
    slack
        What it is missed by, by name of the target and year: column.
    """

    nodes: list[Node]
    levers: Levers
    measures: list[Measure]
    weights: Array
    network: Network
    budget: float | None = None
    elastic: bool = False
    cost: Array = field(init=False)
    low: Array = field(init=False)
    high: Array = field(init=False)
    whole: Array = field(init=False)
    rows: Rows = field(init=False)
    slack: dict[Name, int] = field(init=False)

    def __post_init__(self) -> None:
        """Make columns and rows."""
        nodes, builds, stocks = len(self.nodes), len(self.levers), self.levers.stocks.count
        days, many = len(self.weights), len(self.measures)
        self._first = np.cumsum([0, nodes * builds, nodes * stocks, nodes * days * many, nodes * days])
        count = int(self._first[-1])
        self.cost, self.low, self.high = np.zeros(count), np.zeros(count), np.full(count, np.inf)
        self.whole, self.rows, self.slack = np.zeros(count), Rows(), {}
        self._columns()
        for number in range(nodes):
            self._stocks(number)
            self._limits(number)
        self._common()
        for name, target in asked(self.network).targets.items():
            if target.how != "report" and target.measure not in OPERATED:
                for label, centres in scopes(self.network, target, name):
                    self._built(label, target, np.flatnonzero(centres))
        for number, measure in enumerate(self.measures):
            self._allowances(number, measure)

    def build(self, node: int) -> IntArray:
        """Return the columns of what is built in a node; [build]."""
        return np.asarray(self._first[0] + node * len(self.levers) + np.arange(len(self.levers)))

    def stock(self, node: int) -> IntArray:
        """Return the columns of a node's stocks; [stock]."""
        count = self.levers.stocks.count
        return np.asarray(self._first[1] + node * count + np.arange(count))

    def allowance(self, node: int, day: int) -> IntArray:
        """Return the columns of a day's allowances; [measure]."""
        many = len(self.measures)
        return np.asarray(self._first[2] + (node * len(self.weights) + day) * many + np.arange(many))

    def theta(self, node: int, day: int) -> int:
        """Return the column of what a day costs."""
        return int(self._first[3] + node * len(self.weights) + day)

    def parameters(self, values: Array, node: int, day: int) -> Array:
        """Return the parameters of a day's program; [parameter]."""
        return np.concatenate([values[self.stock(node)], self.nodes[node].growth, values[self.allowance(node, day)]])

    def held(self, target: Target, node: int) -> bool:
        """Return whether a target holds in a node."""
        last = asked(self.network).last
        since, until = (last if at is None else at for at in (target.since, target.until))
        return since <= self.nodes[node].year <= until

    def _columns(self) -> None:
        levers, plan = self.levers, asked(self.network)
        first = self.nodes[0].year
        for number, node in enumerate(self.nodes):
            at = self.build(number)
            self.cost[at] = node.weight * levers.yearly * node.capital * self._in_service(number)
            self.high[at] = np.where(node.year - levers.lead >= first, levers.most, 0.0)
            self.whole[at] = levers.module
            for day, weight in enumerate(self.weights):
                self.cost[self.theta(number, day)] = node.weight * weight / 1e3
                at = self.allowance(number, day)
                self.low[at], self.high[at] = -FREE, FREE
                for place, measure in enumerate(self.measures):
                    if not self.held(measure.target, number):
                        self.low[at[place]] = FREE
        assert plan is not None

    def _in_service(self, number: int) -> Array:
        """Return the sum of weights of the years that what is built in a node serves, over its own; [build]."""
        node, levers = self.nodes[number], self.levers
        total = np.zeros(len(levers))
        for other in self.nodes:
            age = other.year - node.year
            if other.future == node.future and age >= 0:
                total += np.where(age < levers.life, other.weight, 0.0)
        return total / node.weight

    def _stocks(self, number: int) -> None:
        """Stock: S = base left + Σ of what was built and still serves, less what was rebuilt."""
        levers, node = self.levers, self.nodes[number]
        left = levers.base * np.maximum(0.0, 1.0 - levers.retire * (node.year - self.network.scenario.config.year))
        into: list[list[tuple[int, float]]] = [[] for _ in range(levers.stocks.count)]
        for other, earlier in enumerate(self.nodes):
            age = node.year - earlier.year
            if earlier.future != node.future or age < 0:
                continue
            at = self.build(other)
            for build in np.flatnonzero(age < levers.life):
                into[levers.more[build]].append((int(at[build]), -1.0))
                if levers.less[build] >= 0:
                    into[levers.less[build]].append((int(at[build]), 1.0))
        for stock, column in enumerate(self.stock(number)):
            terms = into[stock]
            self.rows.add(
                ("stock", str(number), str(stock)), [int(column), *(c for c, _ in terms)],
                [1.0, *(v for _, v in terms)], left[stock], left[stock],
            )  # fmt: skip

    def _limits(self, number: int) -> None:
        """Ceilings, filled halls, the nation's rates, the budget."""
        levers, stocks, node, at = self.levers, self.levers.stocks, self.nodes[number], self.stock(number)
        names, said = self.network.ids("centre"), (node.future, str(node.year))
        for c, name in enumerate(names):
            halls = [int(at[stocks.at(kind)[c]]) for kind in ("present", "new")]
            pools = [int(at[stocks.at(kind)[c]]) for kind in ("general", "smart")]
            self.rows.add(("ceiling", name, *said), halls, 1.0, -np.inf, levers.ceiling[c])
            filled = [*levers.draw[c], -levers.filled[c], -levers.filled[c]]
            self.rows.add(("filled", name, *said), [*pools, *halls], filled, -np.inf, 0.0)
        for kind, most in levers.national.items():
            self.rows.add(("rate", kind, *said), self.build(number)[levers.of(kind)], 1.0, -np.inf, most)
        if self.budget is None:
            return
        column, value = [], []
        for other, later in enumerate(self.nodes):
            decided = np.flatnonzero((later.year - levers.lead == node.year) & (levers.capex > 0.0))
            if later.future == node.future and len(decided):
                column.append(self.build(other)[decided])
                value.append((levers.capex * later.capital)[decided])
        if column:
            columns, values = np.concatenate(column), np.concatenate(value)
            self.rows.add(("budget", *said), columns, values, -np.inf, self.budget * 1e3)

    def _common(self) -> None:
        """Until the common year all futures build alike: nobody knows yet which of them comes."""
        common = asked(self.network).common or self.nodes[0].year
        first = {node.year: number for number, node in reversed(list(enumerate(self.nodes)))}
        for number, node in enumerate(self.nodes):
            if node.year > common or first[node.year] == number:
                continue
            for build, (one, other) in enumerate(zip(self.build(first[node.year]), self.build(number), strict=True)):
                self.rows.add(("common", node.future, str(node.year), str(build)), [one, other], [1.0, -1.0], 0.0, 0.0)

    def _missed(self, name: Name, target: Target, scale: float = 1.0) -> list[int]:
        """Return the column of what a target is missed by, made anew where it may be missed."""
        if target.how == "hard" and not self.elastic:
            return []
        node = next(n for n in self.nodes if (n.future, str(n.year)) == name[-2:])
        price = node.weight * target.price_cny / 1e6 * scale if target.how == "priced" else 0.0
        self.cost = np.append(self.cost, price)
        self.low, self.high = np.append(self.low, 0.0), np.append(self.high, np.inf)
        self.whole = np.append(self.whole, 0.0)
        self.slack[name] = len(self.cost) - 1
        return [len(self.cost) - 1]

    def _built(self, label: str, target: Target, centres: IntArray) -> None:
        """Return a target that what is built decides; see `terms`."""
        for number, node in enumerate(self.nodes):
            if self.held(target, number):
                column, value, least = self.terms(target, centres, number)
                name = ("target", label, node.future, str(node.year))
                missed = self._missed(name, target)
                self.rows.add(name, [*column, *missed], [*value, *np.ones(len(missed))], least, np.inf)

    def terms(self, target: Target, centres: IntArray, number: int) -> tuple[Array, Array, float]:
        """Return columns, factors and the least value of their sum, of a target in a node.

        Capacity: Σ K ≥ v. AI share: Σ K_smart ≥ v Σ K. Utilisation: Σ m K ≥ v Σ C. Hub share of new: what was built
        in hubs since the plan began ≥ v of what was built anywhere.
        """
        at, stocks = self.stock(number), self.levers.stocks
        value = target.required(self.nodes[number].year, asked(self.network).last)
        general, smart = at[stocks.at("general")[centres]], at[stocks.at("smart")[centres]]
        ones = np.ones(len(centres))
        if target.measure == "capacity_eflops":
            return np.concatenate([general, smart]), np.ones(2 * len(centres)), value
        if target.measure == "smart_share":
            return np.concatenate([smart, general]), np.concatenate([(1.0 - value) * ones, -value * ones]), 0.0
        if target.measure == "rack_utilisation":
            halls = [at[stocks.at(kind)[centres]] for kind in ("present", "new")]
            draw = self.levers.draw[centres]
            return (
                np.concatenate([general, smart, *halls]),
                np.concatenate([draw[:, 0], draw[:, 1], np.full(2 * len(centres), -value)]), 0.0,
            )  # fmt: skip
        return self._new(target, value, number)

    def _new(self, target: Target, value: float, number: int) -> tuple[Array, Array, float]:
        """Return the terms of the hubs' share of new compute."""
        member: BoolArray = np.asarray(self.network["member"] > 0.0)
        node = self.nodes[number]
        anywhere: BoolArray = np.asarray(member.any(axis=1))
        inside = anywhere if target.hub is None else member[:, self.network.ids("hub").index(target.hub)]
        pools = np.concatenate([self.levers.of("general"), self.levers.of("smart")])
        factor = np.where(inside[self.levers.place[pools]], 1.0 - value, -value)
        since = [
            other for other, earlier in enumerate(self.nodes)
            if earlier.future == node.future and earlier.year <= node.year
        ]  # fmt: skip
        column = np.concatenate([self.build(other)[pools] for other in since])
        return column, np.tile(factor, len(since)), 0.0

    def _allowances(self, place: int, measure: Measure) -> None:
        """Share out what a year is allowed among its days: Σ_d w_d ρ_d ≤ R."""
        for number, node in enumerate(self.nodes):
            if self.held(measure.target, number):
                column = [int(self.allowance(number, day)[place]) for day in range(len(self.weights))]
                name = ("target", measure.name, node.future, str(node.year))
                most = measure.year_most(node.year, asked(self.network).last)
                self.rows.add(name, column, self.weights, -np.inf, most)


def nodes(network: Network, levers: Levers) -> list[Node]:
    """Return the years of every future of a network's plan."""
    config, plan = network.scenario.config, asked(network)
    rate = plan.discount_rate_per_year
    rate = config.economy.discount_rate_per_year if rate is None else rate
    total = sum(future.weight for future in plan.futures.values())
    futures = [(name, f.weight / total, f.growth, f.cost) for name, f in plan.futures.items()] or [("", 1.0, {}, {})]
    found = []
    for name, weight, growth, cost in futures:
        given: dict[str, float] = {str(kind): float(factor) for kind, factor in cost.items()}
        capital: Array = np.array([given.get(kind, 1.0) for kind in levers.kind], dtype=np.float64)
        for year in years(network):
            age = year - config.year
            each = {name: float(f) for name, f in growth.items()}
            factor = [(plan.growth.get(w, 1.0) * each.get(w, 1.0)) ** age for w in config.workloads]
            found.append(Node(name, year, weight * (1.0 + rate) ** -age, np.array(factor), capital))
    return found


def kinds_of(levers: Levers) -> list[str]:
    """Return the kind of every stock; [stock]."""
    return [kind for kind in KINDS for _ in levers.stocks.at(kind)]


def year_of(plan: Planning, target: Target) -> tuple[int, int]:
    """Return the first and last year in which a target holds."""
    return (plan.last if target.since is None else target.since, plan.last if target.until is None else target.until)
