"""How well a few days stand for all: means, duration curves and peaks, measured against every hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.network.network import Network
from sim.optimise.periods import Periods
from sim.optimise.signals import signals


@dataclass(frozen=True)
class Likeness:
    """One series of the nation, by all hours and by the representative ones.

    Attributes
    ----------
    name
        Key of the series; of demand, with the workload behind a dot.
    unit
        SI unit.
    mean, chosen_mean
        Over all hours, and over the representative hours by their weight.
    mean_error
        Their difference over the mean of all hours, 1.
    duration_error
        Area between the two duration curves over the area below that of all hours, 1.
    peak, chosen_peak
        Greatest hour of each.
    """

    name: str
    unit: str
    mean: float
    chosen_mean: float
    mean_error: float
    duration_error: float
    peak: float
    chosen_peak: float


def likeness(network: Network, periods: Periods) -> tuple[Likeness, ...]:
    """Return how well the periods stand for the run, series by series.

    Parameters
    ----------
    network
        The network that they were chosen from.
    periods
        The days.

    Returns
    -------
    tuple of Likeness
        Of the nation: each workload's demand, price, carbon factor, wind, sun, temperature, and facility power at
        no and at full work. All errors are 0 where every day is its own period.
    """
    per_day = network.calendar.epochs_per_day
    epochs: IntArray = periods.epochs(per_day).ravel()
    weight = np.repeat(periods.weight, per_day)
    ids = network.ids("workload")
    found = []
    for signal in signals(network):
        if signal.name in ("demand", "data_demand"):
            for number, name in enumerate(ids):
                values = signal.values[:, number]
                if values.any():
                    found.append(_likeness(f"{signal.name}.{name}", signal.unit, values, epochs, weight))
        else:
            found.append(_likeness(signal.name, signal.unit, signal.nation, epochs, weight))
    return tuple(found)


def _likeness(name: str, unit: str, values: Array, epochs: IntArray, weight: Array) -> Likeness:
    # A year's worth of statistics takes a second to import, which no other command needs.
    from scipy.stats import wasserstein_distance

    chosen = values[epochs]
    mean, kept = float(values.mean()), float(weight @ chosen / weight.sum())
    area = float(np.abs(values).mean())
    apart = float(wasserstein_distance(values, chosen, None, weight))
    return Likeness(
        name, unit, mean, kept, (kept - mean) / area if area else 0.0, apart / area if area else 0.0,
        float(values.max()), float(chosen.max()),
    )  # fmt: skip
