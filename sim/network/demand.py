"""Demand of every region and workload: level × weight × the law of its class × noise."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array
from sim.ground.calendar import Calendar
from sim.physics.noise import ar1, site_draws
from sim.scenario.check import level
from sim.scenario.scenario import Scenario
from sim.workloads.base import REGISTRY, read_sheet

_NOISE_MEMORY_H = 6.0
_WEIGHTS = {
    "internet_users": "internet_users_million",
    "population": "population_million",
    "gdp": "gdp_bn_cny",
    "software_revenue": "software_revenue_bn_cny",
}


def demand(scenario: Scenario, calendar: Calendar) -> Array:
    """Return the demand of the run's epochs.

    D[t,r,w] = level · weight[r] · profile[w,t] · (1 + σ z[t,r,w]); the profile's mean over the year is 1,
    z is Gaussian with a memory of six hours, unit variance and a mean of 0 over the year, cut at −1/σ.

    Parameters
    ----------
    scenario
        Levels, weights, classes, seed, replication, surges.
    calendar
        The run's epochs.

    Returns
    -------
    Array
        [epoch, region, workload], EFLOPS FP32, or Tbps for a workload that is bits only.

    Raises
    ------
    PluginError
        Where a workload's class is not registered.
    """
    config = scenario.config
    total = np.empty((calendar.epochs, len(config.regions), len(config.workloads)))
    for column, (name, workload) in enumerate(config.workloads.items()):
        law = REGISTRY.get(workload.kind)
        profile = law.profile(calendar, read_sheet(workload.kind))
        weight = weights(scenario, workload.weight)
        amount = level(config, name) * profile[:, None] * weight[None, :]
        if workload.noise > 0.0:
            amount = amount * np.maximum(1.0 + workload.noise * _noise(scenario, name, calendar), 0.0)
        total[:, :, column] = amount
    return total


def weights(scenario: Scenario, proxy: str) -> Array:
    """Return the regions' shares of a national level; [region], sum 1.

    Parameters
    ----------
    scenario
        Gives the regions' figures.
    proxy
        Name of the figure that shares it out.

    Returns
    -------
    Array
        [region]; equal shares where no region has the figure.
    """
    values = np.array([getattr(region, _WEIGHTS[proxy]) for region in scenario.config.regions.values()])
    return values / values.sum() if values.sum() > 0.0 else np.full(len(values), 1.0 / len(values))


def _noise(scenario: Scenario, workload: str, calendar: Calendar) -> Array:
    """Return standard Gaussian noise with memory; [epoch, region]."""
    config = scenario.config
    hours = Calendar.whole_year(config.year).epochs
    draws = site_draws(list(config.regions), hours, config.run.seed, config.run.replication, f"demand {workload}")
    series = ar1(draws, _NOISE_MEMORY_H)
    series -= series.mean(axis=0)
    return np.asarray(series[calendar.hour_of_year])
