"""What may be known of the hours to come: forecasts of price, carbon, green supply and demand, under a law."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from sim.ground.arrays import Array, sealed
from sim.ground.calendar import Calendar
from sim.ground.errors import PluginError, did_you_mean
from sim.network.climate import climate, sites
from sim.network.demand import demand
from sim.network.events import surge
from sim.network.network import Arrays, Network
from sim.network.surroundings import power
from sim.physics.noise import ar1, site_draws

_KEYS = {"price": "price", "carbon": "emission_factor", "green": "green_supply"}
NAMES = (*_KEYS, "demand")


class Forecast:
    """The forecasts of a run; every policy is told the same, whatever it does and whenever it asks.

    With y the series that will come, t now and τ the lead:

    - ``perfect``: ŷ(t, τ) = y(t + τ).
    - ``persistence``: the same hour of the latest day, ŷ(t, τ) = y(t + τ − 24 h · ⌈τ / 24 h⌉). The day before the
      run is that of the calendar (31 December before 1 January of the same year); of a workload that a trace feeds
      nothing is known before the run, and its first hour stands in.
    - ``noise``: ŷ(t, τ) = y(t + τ) · max(0, 1 + σ e), e = x(t + τ) − exp(−τ/m) x(t), with x an
      autoregression of first order of unit variance and memory m. The error has the standard deviation
      σ √(1 − exp(−2τ/m)): none now, σ in the long run; the forecasts of one hour draw nearer to it as it
      draws near. Each region has its own x, whose stream is named by series and region.

    Parameters
    ----------
    network
        Gives the series, the law, seed and replication.

    References
    ----------
    G. E. P. Box and G. M. Jenkins, "Time Series Analysis" (1970), chapter 5 (errors of an autoregression's forecasts).
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._law = network.scenario.config.forecast
        self._centre_at = network["place_region"].argmax(axis=1)
        self._series: dict[str, Array] = {}
        # Caches of one object: both are made once a run and go with it.
        self._errors = lru_cache(maxsize=None)(self._drawn)
        self._power = lru_cache(maxsize=1)(self._before)

    def __call__(self, name: str, epoch: int, hours: float) -> Array:
        """Return the forecast of a series, made at an epoch.

        Parameters
        ----------
        name
            ``price`` (CNY/J, grid), ``carbon`` (kg/J, grid average), ``green`` (W contracted), ``demand`` (FLOP an
            epoch, bit where there is no pool).
        epoch
            Number of the epoch that is now.
        hours
            How far to look; parts of an epoch count as one.

        Returns
        -------
        Array
            [lead, centre], demand [lead, region, workload]; lead 0 is now and known. Ends with the run.

        Raises
        ------
        PluginError
            Where there is no such series.
        """
        if name not in NAMES:
            raise PluginError(f"there is no forecast of '{name}'" + did_you_mean(name, NAMES))
        if name not in self._series:
            self._series[name] = self._known(name)
        calendar = self._network.calendar
        count = int(np.clip(np.ceil(hours * 3600.0 / calendar.seconds - 1e-9), 1, calendar.epochs - epoch))
        lead = np.arange(count)
        if self._law.law == "persistence":
            day = calendar.epochs_per_day
            # The series begins a day before the run.
            return sealed(self._series[name][day + epoch + lead - day * -(-lead // day)])
        values = self._series[name][epoch + lead]
        if self._law.law == "noise" and self._law.error > 0.0:
            values[1:] *= np.maximum(1.0 + self._law.error * self._wrong(name, epoch, count)[1:], 0.0)
        return sealed(values)

    def _known(self, name: str) -> Array:
        """Return the series of the run, under persistence with the day before it."""
        network = self._network
        if name == "demand":
            run = np.asarray((network["demand"] + network["data_demand"]) * network.calendar.seconds)
        else:
            run = network[_KEYS[name]]
        return run if self._law.law != "persistence" else np.concatenate([self._past(name, run[0]), run])

    def _past(self, name: str, first: Array) -> Array:
        """Return the day before the run; [epoch, ...] as the series."""
        scenario, calendar = self._network.scenario, self._network.calendar
        start = (calendar.start - timedelta(days=1)).replace(year=calendar.year)
        before = replace(calendar, start=start, epochs=calendar.epochs_per_day)
        if name != "demand":
            return np.asarray(self._power(before)[_KEYS[name]][1])
        told = np.array([workload.trace is not None for workload in scenario.config.workloads.values()])
        unit = np.where(self._network["workload_pool"] < 0, 1e12, 1e18) * calendar.seconds
        asked = demand(scenario, before) * surge(scenario, before) * unit
        return np.where(told, first, asked)

    def _before(self, before: Calendar) -> Arrays:
        scenario = self._network.scenario
        return power(scenario, before, climate(scenario, sites(scenario)))

    def _wrong(self, name: str, epoch: int, count: int) -> Array:
        """Return the error of unit long-run variance; [lead, ...] as the series."""
        calendar = self._network.calendar
        hour = calendar.hour_of_year[epoch : epoch + count]
        errors = self._errors(name)
        lead = (hour - hour[0]) % calendar.hours_in_year
        kept = np.exp(-lead / self._law.memory_h).reshape(-1, *[1] * (errors.ndim - 1))
        return np.asarray(errors[hour] - kept * errors[hour[0]])

    def _drawn(self, name: str) -> Array:
        """Return the series x of a name over the whole year; [hour, centre] or [hour, region, workload]."""
        network = self._network
        run, hours, regions = network.scenario.config.run, network.calendar.hours_in_year, network.ids("region")

        def series(stream: str) -> Any:
            return ar1(site_draws(regions, hours, run.seed, run.replication, f"forecast {stream}"), self._law.memory_h)

        if name == "demand":
            return np.stack([series(f"demand {workload}") for workload in network.ids("workload")], axis=2)
        return np.asarray(series(name)[:, self._centre_at])
