"""What may be known of a network at any epoch, whichever engine runs it; dear parts are made when first asked for."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from sim.ground.arrays import Array, BoolArray, IntArray, sealed
from sim.ground.units import si
from sim.network.forecast import Forecast
from sim.network.network import Network
from sim.network.power import facility, it_power, utilisation_slope


class Outlook:
    """The surroundings of a run as a decision-maker sees them; nothing here depends on what was decided.

    Parameters
    ----------
    network
        The network.

    Attributes
    ----------
    network
        As handed over.
    slack, pool
        [workload], epochs that work may wait; number of the pool, −1 for bits.
    delay, own, home
        [region, centre], s one way; whether the region's own; whether at home.
    feasible
        [region, workload, centre], whether work may run there.
    price, carbon, green
        [epoch, centre]: CNY/J, kg/J, W.
    full
        [epoch, centre, pool], FLOP that can be served, failures that an engine draws left out.
    hour
        [epoch], hour of the day.
    longitude
        [centre], degrees east.
    carbon_price
        CNY/kg, on location-based emissions.
    forecast
        Of price, carbon, green and demand.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.slack: IntArray = sealed(network.slack)
        self.pool: IntArray = sealed(network["workload_pool"].astype(np.int64))
        self.own: BoolArray = sealed(network["own"].astype(np.bool_))
        self.home: BoolArray = sealed(network["home"].astype(np.bool_))
        self.feasible: BoolArray = sealed(network["feasible"].astype(np.bool_))
        self.delay = network["delay"]
        self.price, self.carbon, self.green = network["price"], network["emission_factor"], network["green_supply"]
        self.full = sealed(network["capacity"] * network["availability"] * network.calendar.seconds)
        self.hour = network.calendar.hour
        config = network.scenario.config
        self.longitude = sealed(np.array([centre.longitude_deg for centre in config.centres.values()]))
        self.carbon_price = config.grid.carbon_price_cny_per_t / 1e3
        self.forecast = Forecast(network)

    @cached_property
    def reach(self) -> Array:
        """Return the delays to where work may run; [region, workload, centre], s, inf where it may not."""
        return sealed(np.where(self.feasible, self.delay[:, None, :], np.inf))

    @cached_property
    def marginal_carbon(self) -> Array:
        """Return what the plant emits that follows the load, one figure for the nation; [centre], kg/J."""
        factor = self.network.scenario.config.grid.marginal_factor_kg_per_kwh * si("x_kg_per_kwh")
        return sealed(np.full(self.price.shape[1], factor))

    @cached_property
    def draw(self) -> Array:
        """Return the IT energy of a unit of work above idle; [centre, pool], J/FLOP."""
        return sealed(utilisation_slope(self.network))

    @cached_property
    def extremes(self) -> tuple[Array, Array, Array, Array]:
        """Return IT and facility power at no work, then both at full load; [epoch, centre] each, W."""
        idle = it_power(self.network, np.zeros(self.full.shape))
        busy = it_power(self.network, np.ones(self.full.shape))
        found = (idle, facility(self.network, idle)[0], busy, facility(self.network, busy)[0])
        return tuple(sealed(part) for part in found)  # type: ignore[return-value]

    @cached_property
    def slope(self) -> Array:
        """Return the facility power per IT power between no work and full load; [epoch, centre], W/W.

        The secant of the engine's own physics at the hour's weather; 1 where nothing is up.
        """
        idle, low, busy, high = self.extremes
        return sealed(np.divide(high - low, busy - idle, out=np.ones_like(low), where=busy > idle))

    @cached_property
    def intercept(self) -> Array:
        """Return the facility power that the line of `slope` has at no IT power; [epoch, centre], W."""
        idle, low, _, _ = self.extremes
        return sealed(low - self.slope * idle)

    @cached_property
    def grid_share(self) -> Array:
        """Return the share of the power that work adds, from none to full load, which the grid must give.

        Contracted power G meets facility power first: (F_full − max(G, F_idle)) / (F_full − F_idle), 0 to 1. A mean
        over the range, so that a centre does not look clean while it is empty and dirty as soon as it is used.

        Returns
        -------
        Array
            [epoch, centre]; 1 where nothing is up.
        """
        _, low, _, high = self.extremes
        left = np.maximum(high - np.maximum(self.green, low), 0.0)
        return sealed(np.divide(left, high - low, out=np.ones_like(low), where=high > low))

    @cached_property
    def transport(self) -> Array:
        """Return what it costs to carry a unit of work over the best path; [region, workload, centre], CNY/FLOP."""
        return sealed(np.ascontiguousarray(haul(self.network)[:, :, :, 0].transpose(1, 0, 2)))


def haul(network: Network) -> Array:
    """Return what it costs to carry a unit of work; [workload, region, centre, path], CNY/FLOP (CNY/bit for data).

    Bits in and out × length of the path × price of the backbone; 0 where region and centre share a node.

    Parameters
    ----------
    network
        The network.
    """
    price = network.scenario.config.economy.wan_cny_per_tb_1000km / (8e12 * 1e6)
    length = np.concatenate([network["link_length"], [0.0]])[network["route_link"].astype(np.int64)].sum(axis=3)
    bits = network["bits_in"] + network["bits_out"]
    return np.asarray(bits[:, None, None, None] * length * price)
