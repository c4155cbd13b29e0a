"""The columns of an hour of the program, and the facts that its equations speak of, in the LP's own units.

Work in EFLOPS·h (data in Tbit/s·h), power in MW, energy in MWh, money in thousand CNY: so that no
coefficient of the national program lies far from 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.ground.units import si
from sim.network.network import Network
from sim.network.outlook import haul
from sim.network.power import utilisation_slope
from sim.optimise.pieces import Pieces, pieces
from sim.scenario.schema import Configuration, Objective

EFLOP_H, TBIT_H, MWH, KCNY = 3.6e21, 3.6e15, 3.6e9, 1e3
"""SI value of the LP's units of work, data, energy and money."""
FORBIDDEN = 100.0
"""What work that must be served counts when it is not, in units of its value and of the dearest power."""


@dataclass(frozen=True)
class Routes:
    """Who may send work where, and over which path; one column an hour each.

    Attributes
    ----------
    workload, region, centre, path
        [route], numbers.
    """

    workload: IntArray
    region: IntArray
    centre: IntArray
    path: IntArray

    def __len__(self) -> int:
        """Return how many routes there are."""
        return len(self.workload)

    def joined(self, more: Routes) -> Routes:
        """Return these routes and the others behind them."""
        return Routes(*(np.concatenate([a, b]) for a, b in zip(self.parts(), more.parts(), strict=True)))

    def only(self, kept: BoolArray) -> Routes:
        """Return some of these routes."""
        return Routes(*(part[kept] for part in self.parts()))

    @classmethod
    def none(cls) -> Routes:
        """Return no routes."""
        return cls(*(np.zeros(0, dtype=np.int64) for _ in range(4)))

    def parts(self) -> tuple[IntArray, ...]:
        """Return workload, region, centre and path."""
        return self.workload, self.region, self.centre, self.path


@dataclass(frozen=True)
class Facts:
    """The network in the LP's units.

    Attributes
    ----------
    hours
        Length of an epoch, h.
    demand
        [epoch, region, workload], EFLOPS·h (Tbit/s·h) arriving.
    slack
        [workload], epochs; 0 is interactive.
    pool
        [workload], −1 for data.
    capacity
        [epoch, centre, pool], EFLOPS·h.
    draw
        [centre, pool], MW of IT power above idle per EFLOPS.
    power
        Pieces of facility power, MW.
    price
        [epoch, centre], kCNY per MWh of grid energy, the carbon price included.
    load
        [epoch, centre], kCNY per MWh of facility energy, wherever it comes from.
    contract
        [centre], kCNY per MWh of contracted green energy.
    green
        [epoch, centre], MW contracted.
    battery_energy, battery_power, charge_efficiency, discharge_efficiency
        [centre], MWh, MW, ratios.
    transport
        [workload, region, centre, path], kCNY per unit of work, toll included; inf where the path may not be used.
    toll
        [workload, centre], kCNY per unit of work served there, for a limit's sake.
    unserved
        [workload], kCNY per unit.
    link_room
        [epoch, link], Tbit/s·h left beside the background.
    bits_in, bits_out
        [workload], Tbit per EFLOP (1 for data): load on the links per unit of work.
    away
        [region, centre], whether a centre is not at home.
    move_share
        [region].
    route_link
        [region, centre, path, hop], directed links, −1 behind the last.
    opposite
        [link], the other direction.
    """

    hours: float
    demand: Array
    slack: IntArray
    pool: IntArray
    capacity: Array
    draw: Array
    power: Pieces
    price: Array
    load: Array
    contract: Array
    green: Array
    battery_energy: Array
    battery_power: Array
    charge_efficiency: Array
    discharge_efficiency: Array
    transport: Array
    toll: Array
    unserved: Array
    link_room: Array
    bits_in: Array
    bits_out: Array
    away: BoolArray
    move_share: Array
    route_link: IntArray
    opposite: IntArray

    def back(self, link: IntArray) -> IntArray:
        """Return the other direction of links; −1 stays −1."""
        return np.append(self.opposite, -1)[link]

    def at(self, epochs: IntArray) -> Facts:
        """Return the facts of some epochs alone, side by side as if they followed each other."""
        power = self.power
        return replace(
            self,
            demand=self.demand[epochs],
            capacity=self.capacity[epochs],
            price=self.price[epochs],
            load=self.load[epochs],
            green=self.green[epochs],
            link_room=self.link_room[epochs],
            power=Pieces(power.start[epochs], power.slope[:, epochs], power.width[:, epochs]),
        )

    @property
    def idle_cost(self) -> float:
        """Return what an idle nation costs, kCNY: facility power at no work, less the green power it can take."""
        bought = np.maximum(self.power.start - self.green, 0.0)
        paid = self.price * bought + self.load * self.power.start + self.contract * self.green
        return float(paid.sum() * self.hours)

    @property
    def metered(self) -> IntArray:
        """Return the centres whose power needs a balance: those with a contract or a battery."""
        has = (self.green.max(axis=0) > 0.0) | (self.battery_energy * self.battery_power > 0.0)
        return np.flatnonzero(has)

    @property
    def stored(self) -> IntArray:
        """Return the centres that have a battery."""
        return np.flatnonzero(self.battery_energy * self.battery_power > 0.0)


def facts(network: Network, weights: Objective | None = None) -> Facts:
    """Return a network in the LP's units, its prices weighted.

    Unserved work keeps its value, so that no weights make it pay to leave work undone.

    Parameters
    ----------
    network
        The network.
    weights
        What is minimised; by default what the scenario says.

    Returns
    -------
    Facts
        All that the program needs to know.
    """
    config = network.scenario.config
    hours = network.calendar.seconds / 3600.0
    pool = network["workload_pool"].astype(np.int64)
    data = pool < 0
    shape = pieces(network)
    goal = config.objective if weights is None else weights
    unit = np.where(data, 1.0, 1e18 / 1e12)
    economy = config.economy
    unserved = np.where(data, economy.unserved_cny_per_tb * TBIT_H / 8e12, economy.unserved_cny_per_eflops_h) / KCNY
    price = energy_price(config, network["price"], network["emission_factor"], goal)
    draw = utilisation_slope(network) * 1e18 / 1e6
    if not economy.allow_unserved:
        # Dearer than any way to serve it, so that work is left only where there is none.
        unserved = FORBIDDEN * (unserved + price.max() * draw.max() * shape.slope.max() + 1.0)
    room = network["link_capacity"] * network["link_availability"] - network["background"]
    return Facts(
        hours=hours,
        demand=network["demand"] * hours / 1e18 + network["data_demand"] * hours / 1e12,
        slack=network.slack,
        pool=pool,
        capacity=network["capacity"] * network["availability"] * hours / 1e18,
        draw=draw,
        power=Pieces(shape.start / 1e6, shape.slope, shape.width / 1e6),
        price=price,
        load=np.full_like(network["price"], goal.energy_cny_per_kwh * si("x_cny_per_kwh") * MWH / KCNY),
        contract=goal.cost * network["contract_price"] * MWH / KCNY,
        green=network["green_supply"] / 1e6,
        battery_energy=network["battery_energy"] / MWH,
        battery_power=network["battery_power"] / 1e6,
        charge_efficiency=network["charge_efficiency"],
        discharge_efficiency=network["discharge_efficiency"],
        transport=transport(network, goal),
        toll=np.zeros((len(pool), network["price"].shape[1])),
        unserved=unserved,
        link_room=np.maximum(room, 0.0) * hours / 1e12,
        bits_in=network["bits_in"] * unit,
        bits_out=network["bits_out"] * unit,
        away=network["home"] == 0.0,
        move_share=network["move_share"],
        route_link=network["route_link"].astype(np.int64),
        opposite=network["link_opposite"].astype(np.int64),
    )


def energy_price(config: Configuration, price: Array, factor: Array, goal: Objective) -> Array:
    """Return the weighted price of grid energy, the carbon price included; any shape, kCNY per MWh.

    Parameters
    ----------
    config
        Gives the carbon price.
    price, factor
        Of grid energy, CNY/J and kg/J, one shape.
    goal
        What is minimised.
    """
    tonne = goal.cost * config.grid.carbon_price_cny_per_t + goal.carbon_cny_per_t
    return np.asarray((goal.cost * price + factor * tonne / 1e3) * MWH / KCNY)


def transport(network: Network, goal: Objective) -> Array:
    """Return what it costs to carry a unit of work; [workload, region, centre, path], kCNY.

    The way, and the delay of interactive compute (as in the measure ``delay_ms``).

    Parameters
    ----------
    network
        The network; a path beyond a workload's latency bound, or to where it may not run, costs inf.
    goal
        What is minimised.
    """
    unit = np.where(network["workload_pool"] < 0, TBIT_H, EFLOP_H) / KCNY
    cost = haul(network) * unit[:, None, None, None]
    delay = network["route_delay"]
    bound = network["latency_bound"] * (1.0 + 1e-12)
    usable = np.isfinite(delay)[None] & (delay[None] <= bound[:, None, None, None])
    usable &= (network["feasible"] > 0.0).transpose(1, 0, 2)[..., None]
    waits = goal.delay_cny_per_eflops_h_ms * 1e3 / KCNY * ((network.slack == 0) & (network["workload_pool"] >= 0.0))
    late = waits[:, None, None, None] * np.where(np.isfinite(delay), delay, 0.0)[None]
    return np.asarray(np.where(usable, goal.cost * cost + late, np.inf))
