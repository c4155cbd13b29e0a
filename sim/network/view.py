"""What a decision-maker may read of a run at an epoch: the `View`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sim.ground.arrays import Array, BoolArray, IntArray, sealed
from sim.network.outlook import Outlook
from sim.network.plan import Plan


class Planner(Protocol):
    """Makes plans for those who ask; what policies see of the optimum."""

    def __call__(self) -> Plan:
        """Return the plan of the whole run, which knows all of it in advance."""

    def ahead(self, view: View, every: float, look_ahead: float, reserve: float = 0.0) -> tuple[Plan, int]:
        """Return the plan made last on forecasts and the epochs since then, a new one where it is too old.

        Parameters
        ----------
        view
            The epoch.
        every
            Hours after which a plan is too old.
        look_ahead
            Hours that it looks ahead.
        reserve
            Share of the capacity of all hours but the first that it leaves free.
        """


@dataclass(frozen=True)
class View:
    """What a policy may read at an epoch; nothing in it may be changed.

    Attributes
    ----------
    epoch, hour, seconds
        Number of the epoch from 0; hour of the day (Beijing time) at its start; its length, s.
    arrivals, waiting
        [region, workload], FLOP (bits where `pool` is −1): new this epoch; with the backlog.
    slack
        [workload], epochs that work may wait; 0 is interactive.
    pool
        [workload], number of the pool, −1 for work that is bits only.
    capacity, load
        [centre, pool], FLOP that can be served this epoch; share of it used in the last epoch.
    queued
        [centre, pool], FLOP that waits in the centres' own queues; 0 in the fluid engine.
    delay, own, home
        [region, centre], s one way; whether the centre is the region's own; whether it is at home
        (own or of the same hub).
    feasible
        [region, workload, centre], whether work may run there: reached within its bound, allowed.
    reach
        [region, workload, centre], s: the delay to where work may run, inf where it may not.
    allowance
        [region, workload], FLOP that may still leave home: the share of all that has come, less what has
        left; inf where nothing bounds it.
    price, carbon
        [centre], CNY/J and kg/J (average, location-based) of grid energy now.
    green
        [centre], W of contracted green power now.
    rng
        The policy's own random stream.
    outlook
        What can be known of the network at every epoch; the properties below read it.
    ages, battery
        Return `backlog`, and what the batteries hold now, [centre], J; reckoned when asked.
    planner
        Makes optimal plans, of the run or of what is forecast; None where the run has none.
    """

    epoch: int
    hour: float
    seconds: float
    arrivals: Array
    waiting: Array
    slack: IntArray
    pool: IntArray
    capacity: Array
    load: Array
    queued: Array
    delay: Array
    own: BoolArray
    home: BoolArray
    feasible: BoolArray
    reach: Array
    allowance: Array
    price: Array
    carbon: Array
    green: Array
    rng: np.random.Generator
    outlook: Outlook
    ages: Callable[[], Array]
    battery: Callable[[], Array]
    planner: Planner | None = None

    @classmethod
    def of(
        cls,
        outlook: Outlook,
        epoch: int,
        *,
        arrivals: Array,
        waiting: Array,
        load: Array,
        allowance: Array,
        rng: np.random.Generator,
        ages: Callable[[], Array],
        battery: Callable[[], Array],
        capacity: Array | None = None,
        queued: Array | None = None,
        planner: Planner | None = None,
    ) -> View:
        """Return the view of an epoch: what an engine tells, and what the outlook knows.

        Parameters
        ----------
        outlook
            Of the network.
        epoch
            Number of the epoch.
        arrivals, waiting, load, allowance, rng, ages, battery, planner
            As the attributes.
        capacity
            [centre, pool], FLOP; by default what the scenario leaves in service.
        queued
            [centre, pool], FLOP; by default none.
        """
        network, full = outlook.network, outlook.full[epoch]
        return cls(
            epoch=epoch, hour=float(outlook.hour[epoch]), seconds=network.calendar.seconds, arrivals=sealed(arrivals),
            waiting=sealed(waiting), slack=outlook.slack, pool=outlook.pool,
            capacity=full if capacity is None else sealed(capacity), load=sealed(load),
            queued=sealed(np.zeros_like(full) if queued is None else queued), delay=outlook.delay, own=outlook.own,
            home=outlook.home, feasible=outlook.feasible, reach=outlook.reach, allowance=sealed(allowance),
            price=outlook.price[epoch], carbon=outlook.carbon[epoch], green=outlook.green[epoch], rng=rng,
            outlook=outlook, ages=ages, battery=battery, planner=planner,
        )  # fmt: skip

    @property
    def backlog(self) -> Array:
        """Return what waits by epochs since its arrival, age 0 being this epoch's; [region, workload, age], FLOP."""
        return sealed(self.ages())

    @property
    def marginal_carbon(self) -> Array:
        """Return what the plant emits that follows the load, one figure for the nation; [centre], kg/J."""
        return self.outlook.marginal_carbon

    @property
    def left(self) -> int:
        """Return the epochs that the run has left, this one included; every deadline ends with it."""
        return self.outlook.network.calendar.epochs - self.epoch

    @property
    def carbon_price(self) -> float:
        """Return the price on location-based emissions; CNY/kg."""
        return self.outlook.carbon_price

    @property
    def longitude(self) -> Array:
        """Return where the centres lie; [centre], degrees east."""
        return self.outlook.longitude

    @property
    def draw(self) -> Array:
        """Return the IT energy of a unit of work above idle; [centre, pool], J/FLOP."""
        return self.outlook.draw

    @property
    def intercept(self) -> Array:
        """Return the facility power at no IT power, on the line of `slope`; [centre], W."""
        return np.asarray(self.outlook.intercept[self.epoch])

    @property
    def slope(self) -> Array:
        """Return the facility power per IT power, from no work to full load, at the present weather; [centre], W/W."""
        return np.asarray(self.outlook.slope[self.epoch])

    @property
    def grid_share(self) -> Array:
        """Return the share of the power that work adds which contracted power leaves to the grid; [centre], 0–1."""
        return np.asarray(self.outlook.grid_share[self.epoch])

    @property
    def transport(self) -> Array:
        """Return what the best path costs a unit of work; [region, workload, centre], CNY/FLOP (CNY/bit)."""
        return self.outlook.transport

    @property
    def energy(self) -> Array:
        """Return the facility energy that a unit of work adds; [workload, centre], J/FLOP, 0 for bits."""
        return self.per_workload(self.draw * self.slope[:, None], 0.0)

    def forecast(self, name: str, hours: float) -> Array:
        """Return what is expected of ``price``, ``carbon``, ``green`` or ``demand``, under the scenario's `forecast`.

        Parameters
        ----------
        name
            Which; units as those of `price`, `carbon`, `green` and `arrivals`.
        hours
            How far to look.

        Returns
        -------
        Array
            [lead, centre], demand [lead, region, workload]; lead 0 is now and known; ends with the run.
        """
        return self.outlook.forecast(name, self.epoch, hours)

    def per_workload(self, values: Array, without: float) -> Array:
        """Return values of [centre, pool] as [workload, centre]; `without` where a workload needs no pool."""
        found = np.ascontiguousarray(values.T)[self.pool]
        found[self.pool < 0] = without
        return found
