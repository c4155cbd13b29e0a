"""A few days stand for all: typical ones found by clustering, extreme ones as they are, weights that keep the means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.ground.errors import ScenarioError, UsageError
from sim.network.network import Network
from sim.optimise.signals import Signal, signals

EXTREMES = ("demand_general", "demand_smart", "heat", "dark", "price")
"""Why a day is kept: hour of most demand of a pool, heat, least wind and sun, dearest energy."""
_CLUSTERED = ("demand", "data_demand", "price", "carbon_factor", "wind", "solar", "idle", "full")
_GRAIN = 2.0**-20
"""Weights are whole multiples of it, days: so their sums are exact in any order."""
_SPREAD = (0.5, 2.0)
"""By how much a weight may differ from the number of days in its cluster."""
_STAY = 1e-3
"""What a weight's relative distance from that number counts, beside the relative error of an annual mean."""
_WORTH = {"demand": 4.0, "idle": 4.0, "full": 4.0}
"""What the series count that nearly all of a plan's cost goes with; the others count 1."""
_LEVELS = np.linspace(0.1, 0.9, 9)
_ROUNDS = 50
"""Most rounds in which typical days give way to others; it takes about five."""


@dataclass(frozen=True)
class Periods:
    """Days that stand for all of a run's.

    Attributes
    ----------
    day
        [period], index of the day in the run, ascending; whole days of Beijing time.
    weight
        [period], days that it stands for; they sum to the run's number of days, exactly.
    extreme
        [period], whether it is kept for what it is and stands for itself alone.
    label
        [period], its date, ``2024-07-15``.
    reason
        [period], why it is extreme, some of `EXTREMES`; empty for a typical day.
    """

    day: IntArray
    weight: Array
    extreme: BoolArray
    label: tuple[str, ...]
    reason: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        """Return the number of periods."""
        return len(self.day)

    def epochs(self, per_day: int) -> IntArray:
        """Return the epochs of every period; [period, epoch of the day].

        Parameters
        ----------
        per_day
            Epochs in a day.
        """
        return np.asarray(self.day[:, None] * per_day + np.arange(per_day))


def choose(network: Network, days: int, extremes: bool = True) -> Periods:
    """Return the days that stand for the run's.

    Days are clustered by Ward's method on the hourly course of demand by workload, and by place of price, carbon
    factor, wind, sun and facility power at no and at full work; each of these has the same variance in all.
    A cluster is represented by one of its days, so that every hour is one that occurred: that with which all
    periods together come nearest to the means and duration curves of all series and places. The weights start
    from the number of days of each cluster and are moved, within a half to twice of it, to the same end.

    Parameters
    ----------
    network
        Built on whole days from midnight.
    days
        How many periods in all; as many as the run has, or more, give every day with weight 1.
    extremes
        Whether the extreme days are among them, each with weight 1.

    Returns
    -------
    Periods
        Ascending by day; the same for the same network.

    Raises
    ------
    ScenarioError
        Where the run is no number of whole days from midnight.
    UsageError
        Where the number leaves no typical day beside the extreme ones.

    References
    ----------
    J. H. Ward (1963), J. Am. Stat. Assoc. 58, doi 10.1080/01621459.1963.10500845; on days with extremes and
    fitted weights: L. Kotzur, P. Markewitz, M. Robinius, D. Stolten (2018), Renewable Energy 117,
    doi 10.1016/j.renene.2017.10.017.
    """
    calendar = network.calendar
    per_day = calendar.epochs_per_day
    if calendar.epochs % per_day or calendar.hour[0] != 0.0:
        raise ScenarioError(
            f"run: found {calendar.epochs} epochs from {calendar.start.isoformat()}; representative days are whole "
            "days from midnight, so start at 00:00 and give a horizon in days"
        )
    count = calendar.epochs // per_day
    found = signals(network)
    kept = _extremes(network, found, per_day) if extremes else {}
    everything = days >= count
    if not everything and days <= len(kept):
        raise UsageError(
            f"{days} representative days leave no typical one beside the {len(kept)} extreme ones; "
            f"ask for at least {len(kept) + 1}, or leave the extreme days out"
        )
    if everything:
        return _periods(network, np.arange(count), np.ones(count), kept)
    apart = np.array(sorted(kept), dtype=np.int64)
    rest = np.setdiff1d(np.arange(count), apart)
    features, traits = _features(found, per_day)[rest], _traits(found, per_day)
    cluster = _clusters(features, days - len(kept))
    typical, size = _typical(features, traits[rest], cluster, traits[apart].sum(axis=0))
    weight = np.append(_fitted(traits[rest[typical]], size, traits[apart].sum(axis=0)), np.ones(len(apart)))
    day = np.concatenate([rest[typical], apart])
    order = np.argsort(day)
    return _periods(network, day[order], weight[order], kept)


def _periods(network: Network, day: IntArray, weight: Array, kept: dict[int, list[str]]) -> Periods:
    dates = network.calendar.times[:: network.calendar.epochs_per_day].astype("datetime64[D]")
    reasons = tuple(tuple(kept.get(int(d), ())) for d in day)
    return Periods(
        day.astype(np.int64), weight, np.array([bool(r) for r in reasons]), tuple(str(dates[d]) for d in day), reasons
    )


def _by_day(values: Array, per_day: int) -> Array:
    """Return a series by day; [day, epoch of the day, ...]."""
    return np.asarray(values.reshape(-1, per_day, *values.shape[1:]))


def _extremes(network: Network, found: Sequence[Signal], per_day: int) -> dict[int, list[str]]:
    """Return the extreme days and why each is one; a series that is the same every day has none."""
    by_name = {signal.name: signal for signal in found}
    demand, pool = by_name["demand"].values, network["workload_pool"]
    worst = {
        "demand_general": _by_day(demand[:, pool == 0].sum(axis=1), per_day).max(axis=1),
        "demand_smart": _by_day(demand[:, pool == 1].sum(axis=1), per_day).max(axis=1),
        "heat": _by_day(by_name["temperature"].nation, per_day).mean(axis=1),
        "dark": -_by_day(by_name["wind"].nation + by_name["solar"].nation, per_day).mean(axis=1),
        "price": _by_day(by_name["price"].nation, per_day).mean(axis=1),
    }
    kept: dict[int, list[str]] = {}
    for name in EXTREMES:
        score = worst[name]
        if np.ptp(score) > 1e-9 * np.abs(score).max():
            kept.setdefault(int(score.argmax()), []).append(name)
    return kept


def _features(found: Sequence[Signal], per_day: int) -> Array:
    """Return what tells the days apart; [day, feature], every series with the same variance in all."""
    columns = []
    for signal in found:
        if signal.name not in _CLUSTERED:
            continue
        values = _by_day(signal.values, per_day)
        scale = np.abs(signal.values).mean(axis=0)
        values = np.divide(values, scale, out=np.zeros_like(values), where=scale > 0.0)
        flat = values.reshape(len(values), -1)
        flat = flat - flat.mean(axis=0)
        variance = (flat**2).sum(axis=1).mean()
        if variance > 1e-18:
            columns.append(flat / np.sqrt(variance))
    count = len(found[0].values) // per_day
    return np.concatenate(columns, axis=1) if columns else np.zeros((count, 1))


def _clusters(features: Array, count: int) -> IntArray:
    """Return the cluster of every day; [day], from 0, at most `count` of them."""
    # Importing it takes a third of a second, which no other command needs.
    from scipy.cluster.hierarchy import cut_tree, ward

    if count >= len(features):
        return np.arange(len(features))
    return np.asarray(cut_tree(ward(features), n_clusters=count)[:, 0], dtype=np.int64)


def _typical(features: Array, traits: Array, cluster: IntArray, extremes: Array) -> tuple[IntArray, Array]:
    """Return a day of each cluster, and how many days the cluster has; [cluster] both.

    From the days nearest to the means of their clusters, each in turn gives way to the one of its cluster with
    which all together are most like all days, until none does. (The day nearest to a mean alone is a calm one:
    wind is skewed, and a third of the year's would be lost.)

    Parameters
    ----------
    features, traits
        [day, ...] of the days that are clustered.
    cluster
        [day], from 0.
    extremes
        [trait], sum over the days that are kept as they are.
    """
    groups = [np.flatnonzero(cluster == number) for number in range(int(cluster.max()) + 1)]
    size = np.array([float(len(group)) for group in groups])
    away = [((features[group] - features[group].mean(axis=0)) ** 2).sum(axis=1) for group in groups]
    day = np.array([group[apart.argmin()] for group, apart in zip(groups, away, strict=True)], dtype=np.int64)
    total = extremes + size @ traits[day]
    for _ in range(_ROUNDS):
        before = day.copy()
        for number, group in enumerate(groups):
            others = total - size[number] * traits[day[number]]
            apart = ((others + size[number] * traits[group]) ** 2).sum(axis=1)
            if apart.min() < (1.0 - 1e-9) * (total**2).sum():
                day[number] = group[apart.argmin()]
                total = others + size[number] * traits[day[number]]
        if (day == before).all():
            break
    return day, size


def _traits(found: Sequence[Signal], per_day: int) -> Array:
    """Return what a day adds to the difference from all days; [day, trait], over the mean of the series.

    A trait is the mean of a series or how long it lies below one of nine levels that part its hours evenly, times
    the distance between the levels: the area between two duration curves. A series of many places counts as much
    as the nation's beside it. Traits sum to 0 over all days.
    """
    columns = []
    for signal in found:
        if signal.name not in _CLUSTERED:
            continue
        series = np.column_stack([signal.values, signal.nation])
        mean = series.mean(axis=0)
        series = np.divide(series, mean, out=np.ones_like(series), where=mean > 0.0)
        places = signal.values.shape[1]
        importance = np.append(np.full(places, 1.0 / np.sqrt(max(places, 1))), 1.0) * _WORTH.get(signal.name, 1.0)
        columns.append((_by_day(series, per_day).mean(axis=1) - 1.0) * importance)
        level = np.quantile(series, _LEVELS, axis=0)
        step = np.gradient(level, axis=0)
        for height, width in zip(level, step, strict=True):
            below = _by_day(series <= height, per_day).mean(axis=1)
            columns.append((below - below.mean(axis=0)) * width * importance)
    return np.concatenate(columns, axis=1)


def _fitted(traits: Array, size: Array, extremes: Array) -> Array:
    """Return the weights of typical days; [period], summing to the number of days in their clusters exactly.

    ::

        min  Σ_j (e_j + Σ_p w_p m_pj)² + ε D Σ_p (w_p − n_p)² / n_p
        s.t. Σ_p w_p = Σ_p n_p,  n_p / 2 ≤ w_p ≤ 2 n_p

    with m_pj trait j of day p, e_j that of the extreme days and n_p the days of its cluster.
    """
    from scipy.optimize import lsq_linear

    if len(size) == 1:
        return size
    total = size.sum()
    stay = np.sqrt(_STAY * total / size)
    matrix = np.vstack([traits.T, np.diag(stay), np.full((1, len(size)), 1e3)])
    goal = np.concatenate([-extremes, stay * size, [1e3 * total]])
    low, high = _SPREAD
    found = np.asarray(lsq_linear(matrix, goal, (low * size, high * size), method="bvls").x)
    weight = np.asarray(np.round(found / _GRAIN) * _GRAIN)
    weight[weight.argmax()] += total - weight.sum()
    return weight
