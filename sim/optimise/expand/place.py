"""What a representative day's program is made of: its facts, its yields, and where each parameter acts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.network import climate
from sim.network.network import Network
from sim.network.surroundings import yields
from sim.optimise.expand.halls import halls
from sim.optimise.expand.levers import BATTERY_HOURS, Levers, asked, levers, undirected
from sim.optimise.layout import Facts, facts
from sim.optimise.pieces import Pieces
from sim.optimise.program import Program, all_routes


@dataclass(frozen=True)
class Outage:
    """What is lost.

    Attributes
    ----------
    name
        Of the hub or link.
    centres
        [centre], whether it is down.
    links
        [directed link], whether it is cut.
    """

    name: str
    centres: BoolArray
    links: BoolArray


@dataclass(frozen=True)
class Place:
    """A day as its equations see it.

    Attributes
    ----------
    levers
        What can be built.
    program
        An hour's equations over all routes.
    start, width
        [hall, epoch, centre] and [piece]: facility power of a hall per rated power, see `halls`.
    available
        [epoch, centre, pool], share of the capacity that is up.
    idle
        [epoch, centre, pool], MW per EFLOPS that stands idle.
    wind, solar
        [epoch, centre], MW per MW contracted.
    contract
        [centre], kCNY per MWh delivered by what a plan may build; 0 where capital pays for it.
    base_contract
        [epoch], kCNY an hour for what is there already and counted by capital where it is new.
    emission
        [epoch, centre], t per MWh of grid energy.
    room
        [epoch, link], Tbit/s·h beside the background on what is there.
    up
        [epoch, link], share that is up.
    delay
        [region, centre, path], s.
    pairs
        [link], the directed link that stands for both directions.
    battery_hours
        [centre], energy over power.
    hub
        [centre, hub], whether a centre belongs to a hub.
    """

    levers: Levers
    program: Program
    start: Array
    width: Array
    available: Array
    idle: Array
    wind: Array
    solar: Array
    contract: Array
    base_contract: Array
    emission: Array
    room: Array
    up: Array
    delay: Array
    pairs: IntArray
    battery_hours: Array
    hub: BoolArray

    @property
    def facts(self) -> Facts:
        """Return the day's facts."""
        return self.program.facts

    @property
    def hours(self) -> int:
        """Return the epochs of the day."""
        return len(self.facts.demand)

    @cached_property
    def parameters(self) -> int:
        """Return the number of stocks and of factors on demand."""
        return self.levers.stocks.count + int(self.facts.demand.shape[2])

    def growth(self, workload: IntArray) -> IntArray:
        """Return the parameters that are factors on workloads' demand."""
        return self.levers.stocks.count + workload


@dataclass(frozen=True)
class Setting:
    """What the days of a plan have in common.

    Attributes
    ----------
    network
        The network of the nation's year.
    facts
        The same in the LP's units.
    levers
        What can be built.
    wind, solar
        [epoch, centre], what a unit of wind and of solar delivers.
    """

    network: Network
    facts: Facts
    levers: Levers
    wind: Array
    solar: Array

    @classmethod
    def of(cls, network: Network) -> Setting:
        """Return the setting of a network whose scenario asks for a plan."""
        year = climate.climate(network.scenario, climate.sites(network.scenario))
        return cls(network, facts(network), levers(network), *yields(network.scenario, network.calendar, year))


def place(setting: Setting, epochs: IntArray, outage: Outage | None = None) -> Place:
    """Return a day as its equations see it.

    Parameters
    ----------
    setting
        What all days have in common.
    epochs
        [epoch], the day's.
    outage
        What is lost all day.
    """
    network, facts, levers = setting.network, setting.facts, setting.levers
    plan = asked(network)
    start, slope, width = halls(network, epochs, plan.archetype)
    chosen, count, centres = facts.at(epochs), len(epochs), facts.price.shape[1]
    pieces = slope.reshape(-1, count, centres)
    battery = facts.battery_energy * facts.battery_power > 0.0
    hours = np.divide(facts.battery_energy, facts.battery_power, out=np.full(centres, BATTERY_HOURS), where=battery)
    battery = battery.copy()
    battery[levers.place[levers.of("battery")]] = True
    available, up = network["availability"][epochs], network["link_availability"][epochs]
    chosen = replace(
        chosen, draw=levers.draw * (1.0 - network["idle_share"]),
        power=Pieces(np.zeros((count, centres)), pieces, np.ones_like(pieces)),
        green=np.ones_like(chosen.price), battery_energy=battery.astype(float), battery_power=battery.astype(float),
    )  # fmt: skip
    wind, solar = setting.wind[epochs], setting.solar[epochs]
    own = plan.green_supply == "own"
    stocks = levers.stocks
    base = levers.base[stocks.at("wind")] * wind + levers.base[stocks.at("solar")] * solar
    room = network["link_capacity"] / 1e12 * up - network["background"] / 1e12
    here = Place(
        levers=levers,
        program=Program(chosen, all_routes(chosen, plan.paths), np.arange(len(facts.opposite))),
        start=start, width=width, available=available, idle=available * network["idle_share"] * levers.draw,
        wind=wind, solar=solar, contract=np.zeros(centres) if own else facts.contract,
        base_contract=base @ facts.contract if own else np.zeros(count),
        emission=network["emission_factor"][epochs] * 3.6e9 / 1e3,
        room=np.maximum(room, 0.0) * facts.hours, up=up, delay=network["route_delay"],
        pairs=undirected(network), battery_hours=hours, hub=network["member"] > 0.0,
    )  # fmt: skip
    return here if outage is None else without(here, network, outage)


def without(here: Place, network: Network, outage: Outage) -> Place:
    """Return a day on which something is lost; only what is available differs, so all such days share their matrix.

    Parameters
    ----------
    here
        The day with everything.
    network
        Of the plan.
    outage
        What is lost all day.
    """
    available, up = here.available.copy(), here.up.copy()
    available[:, outage.centres] = 0.0
    up[:, outage.links] = 0.0
    room = network["link_capacity"] / 1e12 * up - network["background"] / 1e12
    return replace(
        here, available=available, idle=available * network["idle_share"] * here.levers.draw, up=up,
        room=np.maximum(room, 0.0) * here.facts.hours,
    )  # fmt: skip
