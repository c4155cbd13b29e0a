"""What a plan can change: the stocks of every centre and link, what may be built, what that costs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.ground.errors import ScenarioError
from sim.network.network import Network
from sim.physics.money import annuity
from sim.scenario.planned import first_year
from sim.scenario.planning import Build, Planning

KINDS = ("general", "smart", "present", "new", "wind", "solar", "battery", "waves")
"""Stocks: EFLOPS of the pools, MW of halls as they are and of new ones, MW, MW, MWh, waves of 400 Gbit/s."""
UNITS = {
    "general": "EFLOPS", "smart": "EFLOPS", "facility": "MW", "retrofit": "MW", "wind": "MW", "solar": "MW",
    "battery": "MWh", "waves": "waves",
}  # fmt: skip
WAVE_TBPS = 0.4
BATTERY_HOURS = 2.0
"""Energy over power of a battery where there was none, as in the table's prices."""
_ITEMS = {
    "retrofit": ("C09", 1e-3), "facility_om": ("C22", 1.0), "it_om": ("C23", 1.0), "wind": ("C36", 1e-3),
    "solar": ("C37", 1e-3), "wind_life": ("C39", 1.0), "solar_life": ("C40", 1.0), "wind_om": ("C41", 1.0),
    "solar_om": ("C42", 1.0), "battery": ("C46", 1e-3), "battery_life": ("C48", 1.0), "battery_om": ("C49", 1.0),
    "port": ("C50", 1e-6), "wave_km": ("C51", 1e-6),
}  # fmt: skip
"""Items of the nation's table of costs, and the factor that makes M CNY per MW, MWh, wave of them."""


@dataclass(frozen=True)
class Stocks:
    """Where each stock stands in the vector of all stocks.

    Attributes
    ----------
    centres, links
        How many; links counted once, whatever their direction.
    """

    centres: int
    links: int

    def at(self, kind: str) -> IntArray:
        """Return the numbers of a kind's stocks; [centre], or [link] for waves."""
        first = KINDS.index(kind) * self.centres
        return np.arange(first, first + (self.links if kind == "waves" else self.centres))

    @property
    def count(self) -> int:
        """Return how many stocks there are."""
        return (len(KINDS) - 1) * self.centres + self.links


@dataclass(frozen=True)
class Levers:
    """What may be built, and what is there.

    Attributes
    ----------
    stocks
        Numbers of the stocks.
    base
        [stock], there at the end of the nation's year, in the units of `KINDS`.
    retire
        [stock], share of `base` that leaves each year.
    draw
        [centre, pool], MW of IT power at full load per EFLOPS.
    ceiling, filled
        [centre], MW of rated power that fits, and the share of it that servers may draw.
    kind, place
        [build], its kind and the number of its centre or link.
    more, less
        [build], the stock that it adds to, and the one that it takes from (−1 for none).
    capex, yearly, invest
        [build], M CNY per unit: capital, annuity with maintenance in a year of service, and what somebody must spend
        to build it, under a contract too.
    life, lead
        [build], whole years in service; years between decision and service.
    most, module
        [build], most a year and size of a module; inf and 0 for none.
    national
        Most that the nation builds of a kind in a year.
    """

    stocks: Stocks
    base: Array
    retire: Array
    draw: Array
    ceiling: Array
    filled: Array
    kind: tuple[str, ...]
    place: IntArray
    more: IntArray
    less: IntArray
    capex: Array
    yearly: Array
    invest: Array
    life: IntArray
    lead: IntArray
    most: Array
    module: Array
    national: dict[str, float] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many builds there are."""
        return len(self.kind)

    def of(self, kind: str) -> IntArray:
        """Return the numbers of a kind's builds."""
        return np.flatnonzero([name == kind for name in self.kind])


def levers(network: Network) -> Levers:
    """Return what a network's plan can change.

    Parameters
    ----------
    network
        Its scenario asks for a plan.

    Returns
    -------
    Levers
        Costs from the nation's table of costs and its economy, unless the scenario says otherwise.

    Raises
    ------
    ScenarioError
        Where the table lacks an item that is needed.
    """
    plan = asked(network)
    pairs = undirected(network)
    stocks = Stocks(len(network.ids("centre")), len(pairs))
    draw = full_draw(network)
    rated = network["rated_power"] / 1e6
    base = np.zeros(stocks.count)
    for pool, kind in enumerate(("general", "smart")):
        base[stocks.at(kind)] = network["capacity"][:, pool] / 1e18
    base[stocks.at("present")] = rated
    base[stocks.at("wind")] = network["contracted_wind"] / 1e6
    base[stocks.at("solar")] = network["contracted_solar"] / 1e6
    base[stocks.at("battery")] = network["battery_energy"] / 3.6e9
    retire = np.zeros(stocks.count)
    for kind, name in (("general", "general"), ("smart", "smart"), ("present", "facility")):
        retire[stocks.at(kind)] = plan.retire.get(name, 0.0)  # type: ignore[call-overload]
    ceiling = plan.ceiling * rated
    for name, most in plan.ceilings_mw.items():
        ceiling[network.ids("centre").index(name)] = most
    there = (draw * base[: 2 * stocks.centres].reshape(2, -1).T).sum(axis=1)
    now = np.divide(there, rated, out=np.zeros_like(rated), where=rated > 0.0)
    rows = [row for kind in plan.build for row in _builds(network, plan, stocks, draw, kind)]
    columns = list(zip(*rows, strict=True)) if rows else [()] * 11

    def whole(field: int) -> IntArray:
        return np.array(columns[field], dtype=np.int64)

    def real(field: int) -> Array:
        return np.array(columns[field], dtype=np.float64)

    return Levers(
        stocks=stocks, base=base, retire=retire, draw=draw, ceiling=np.maximum(ceiling, rated),
        filled=np.maximum(plan.most_filled, now), kind=tuple(columns[0]), place=whole(1), more=whole(2), less=whole(3),
        capex=real(4), yearly=real(5), invest=real(6), life=whole(7), lead=whole(8), most=real(9), module=real(10),
        national={str(kind): build.most for kind, build in plan.build.items() if build.most is not None},
    )  # fmt: skip


def asked(network: Network) -> Planning:
    """Return the question of a network's plan.

    Raises
    ------
    ScenarioError
        Where its scenario asks none.
    """
    plan = network.scenario.config.plan
    if plan is None:
        file = str(network.scenario.files[-1])
        raise ScenarioError(f"{file}: no `plan:` says what may be built and what is to be reached; add one")
    return plan


def undirected(network: Network) -> IntArray:
    """Return the directed links that stand for both directions; [link]."""
    opposite = network["link_opposite"].astype(np.int64)
    return np.flatnonzero(np.arange(len(opposite)) < np.where(opposite < 0, len(opposite), opposite))


def full_draw(network: Network) -> Array:
    """Return the IT power of a full pool per compute; [centre, pool], MW per EFLOPS.

    As the engine counts it, C · occupancy · s_p / K_p; where a centre has none of a pool yet, the mean of the nation.
    """
    there = (network["rated_power"] * network["occupancy"])[:, None] * network["power_share"] / 1e6
    capacity = network["capacity"] / 1e18
    mean = there.sum(axis=0) / np.maximum(capacity.sum(axis=0), 1e-12)
    return np.asarray(np.divide(there, capacity, out=np.broadcast_to(mean, there.shape).copy(), where=capacity > 0.0))


def _builds(network: Network, plan: Planning, stocks: Stocks, draw: Array, kind: str) -> list[tuple[object, ...]]:
    """Return a row for every place where a kind may be built: the fields of `Levers` from `kind` to `module`."""
    build = plan.build[kind]  # type: ignore[index]
    if not build.allowed:
        return []
    rate = plan.discount_rate_per_year
    rate = network.scenario.config.economy.discount_rate_per_year if rate is None else rate
    more = stocks.at({"facility": "new", "retrofit": "new"}.get(kind, kind))
    less = stocks.at("present") if kind == "retrofit" else np.full(len(more), -1)
    capex, life, om = _costs(network, plan, kind, build)
    paid = kind in ("wind", "solar") and plan.green_supply == "contract"
    invest = np.full(len(more), _item(network, kind) * build.cost_factor) if paid else capex
    yearly = capex * (annuity(rate, life) + om)
    most = np.inf if build.most_at_centre is None else build.most_at_centre
    hubs = [centre.hub for centre in network.scenario.config.centres.values()]
    return [
        (
            kind, at, more[at], less[at], capex[at], yearly[at], invest[at], max(round(life), 1), build.lead_years,
            most, build.module or 0.0,
        )
        for at in range(len(more))
        if kind == "waves" or not build.hubs or hubs[at] in build.hubs
    ]  # fmt: skip


def _costs(network: Network, plan: Planning, kind: str, build: Build) -> tuple[Array, float, float]:
    """Return capital of a unit, M CNY, [place]; life, years; maintenance, share of it a year."""
    economy, many = network.scenario.config.economy, len(network.ids("centre"))
    known: dict[str, tuple[float, float, str]] = {
        "general": (economy.general_capex_bn_cny_per_eflops * 1e3, economy.it_life_years, "it_om"),
        "smart": (economy.smart_capex_bn_cny_per_eflops * 1e3, economy.it_life_years, "it_om"),
        "facility": (economy.facility_capex_cny_per_kw / 1e3, economy.facility_life_years, "facility_om"),
    }
    if kind in known:
        value, life, om = known[kind]
        capex = np.full(many, value)
        share = _item(network, om)
    elif kind == "waves":
        capex = _item(network, "port") + _item(network, "wave_km") * network["link_length"][undirected(network)] / 1e3
        life, share = economy.facility_life_years, 0.0
    elif kind == "retrofit":
        capex, life, share = np.full(many, _item(network, kind)), economy.facility_life_years, 0.0
    elif kind in ("wind", "solar") and plan.green_supply == "contract":
        capex, life, share = np.zeros(many), _item(network, f"{kind}_life"), 0.0
    else:
        capex = np.full(many, _item(network, kind))
        life, share = _item(network, f"{kind}_life"), _item(network, f"{kind}_om")
    life = life if build.life_years is None else build.life_years
    return capex * build.cost_factor, life, share if build.om_share is None else build.om_share


def _item(network: Network, name: str) -> float:
    """Return an item of the nation's table of costs, in the plan's units."""
    number, factor = _ITEMS[name]
    for row in network.scenario.nation.tables.get("costs", []):
        if row.cells.get("id") == number:
            return row.number("value") * factor
    folder = network.scenario.nation.folder.name
    raise ScenarioError(f"{folder}: costs.csv lacks the item {number}, which the plan needs for its {name}")


def years(network: Network) -> list[int]:
    """Return the years of a network's plan."""
    return list(range(first_year(network.scenario), asked(network).last + 1))
