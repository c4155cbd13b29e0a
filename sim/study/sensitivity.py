"""What a measure depends on: Sobol' indices and Morris effects with intervals, and exact shares of a full grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.ground.arrays import Array
from sim.ground.errors import UsageError
from sim.ground.seeds import generator
from sim.study.archive import Archive
from sim.study.sample import unit_points

RESAMPLES = 1000
ROUNDING = 1e-20
"""Share of a variance below which it is the rounding of equal numbers."""
Interval = tuple[float, float] | None


@dataclass(frozen=True)
class Effect:
    """What a measure owes to a key.

    Attributes
    ----------
    key
        Key or short name.
    first, total
        Share of the variance that it explains alone, and with all that it shares with others; of Morris' method the
        mean effect μ and the mean size μ* of an effect over the whole range.
    first_interval, total_interval
        95 %, by bootstrap; None where nothing was estimated.
    spread
        Morris' σ: how much the effect differs from place to place; None otherwise.
    """

    key: str
    first: float
    total: float
    first_interval: Interval = None
    total_interval: Interval = None
    spread: float | None = None


def sensitivity(archive: Archive, key: str) -> tuple[str, list[Effect]]:
    """Return the method and the effects of every key on a measure, greatest total first.

    The design decides: ``saltelli`` samples give Sobol' indices (first order by Saltelli et al. 2010, doi
    10.1016/j.cpc.2009.09.018; total by Jansen 1999, doi 10.1016/S0010-4655(98)00154-4), ``morris`` samples give
    elementary effects (Morris 1991, Campolongo et al. 2007, doi 10.1016/j.envsoft.2006.10.004), full grids the same
    shares of variance without any error of estimation, replications averaged.

    Parameters
    ----------
    archive
        The sweep.
    key
        The measure.

    Raises
    ------
    UsageError
        Where the design is none of these, or the measure does not vary.
    """
    y, sample = archive.output(key), archive.sample
    if not np.ptp(y) > 0.0:
        raise UsageError(f"'{key}' is the same at every point: it depends on nothing that was varied")
    if sample is None:
        method, found = "variance of a full grid", _grid(archive, y)
    elif len(archive.design.axes) > 1 or sample["method"] not in ("saltelli", "morris"):
        raise UsageError(
            "sensitivity needs a full grid, or sweep.sample with method saltelli or morris and no other axis; "
            f"this sweep has axes {', '.join(axis.name for axis in archive.design.axes)}"
        )
    else:
        rng = generator(sample["seed"], 0, "bootstrap", key)
        names, n = list(archive.design.keys), int(sample["n"])
        if sample["method"] == "saltelli":
            method, found = "Sobol' indices", _sobol(names, y.reshape(len(names) + 2, n), rng)
        else:
            drawn = generator(sample["seed"], 0, "sweep", "morris")
            unit = unit_points("morris", n, len(names), drawn).reshape(n, len(names) + 1, len(names))
            method, found = "Morris effects", _morris(names, unit, y.reshape(n, len(names) + 1), rng)
    return method, sorted(found, key=lambda effect: -effect.total)


def _grid(archive: Archive, y: Array) -> list[Effect]:
    """Return the shares of variance of a full grid: main effects and totals."""
    values = y.reshape(archive.design.shape)
    names = [axis.name if len(axis.keys) > 1 else axis.keys[0] for axis in archive.design.axes]
    if "run.replication" in names:
        values = values.mean(axis=names.index("run.replication"))
        names.remove("run.replication")
    whole, found = float(values.var()), []
    for number, name in enumerate(names):
        others = tuple(axis for axis in range(len(names)) if axis != number)
        first, both = float(values.mean(axis=others).var()), float(values.var(axis=number).mean())
        # What is left of equal numbers is rounding.
        found.append(Effect(name, _seen(first / whole), _seen(both / whole)))
    return found


def _seen(share: float) -> float:
    return share if share > ROUNDING else 0.0


def _sobol(names: list[str], y: Array, rng: np.random.Generator) -> list[Effect]:
    """Return indices from blocks A, B, AB₁ … AB_d; [block, base point]."""

    def indices(at: Any) -> Array:
        a, b, mixed = y[0, at], y[1, at], y[2:, at]
        # A resample in which nothing varies depends on nothing.
        whole = np.concatenate([a, b]).var() or np.inf
        return np.asarray(np.array([(b * (mixed - a)).mean(axis=1), 0.5 * ((a - mixed) ** 2).mean(axis=1)]) / whole)

    centre = y[:2].mean()
    y = y - centre  # The estimator of the first order loses digits to a large mean.
    (first, total), (low, high) = indices(slice(None)), _bootstrap(indices, y.shape[1], rng)
    return [
        Effect(name, float(first[i]), float(total[i]), (low[0][i], high[0][i]), (low[1][i], high[1][i]))
        for i, name in enumerate(names)
    ]


def _morris(names: list[str], unit: Array, y: Array, rng: np.random.Generator) -> list[Effect]:
    """Return effects per whole range; `unit` [trajectory, step, key], `y` [trajectory, step]."""
    moved = np.diff(unit, axis=1)  # [trajectory, step, key], one key a step
    which = np.abs(moved).argmax(axis=2)
    size = np.take_along_axis(moved, which[:, :, None], axis=2)[:, :, 0]
    effects = np.empty((len(names), len(y)))
    effects[which.T, np.arange(len(y))] = (np.diff(y, axis=1) / size).T

    def means(at: Any) -> Array:
        return np.array([effects[:, at].mean(axis=1), np.abs(effects[:, at]).mean(axis=1)])

    (first, total), (low, high) = means(slice(None)), _bootstrap(means, len(y), rng)
    spread = effects.std(axis=1, ddof=1) if len(y) > 1 else np.full(len(names), np.nan)
    return [
        Effect(
            name, float(first[i]), float(total[i]), (low[0][i], high[0][i]), (low[1][i], high[1][i]), float(spread[i])
        )
        for i, name in enumerate(names)
    ]  # fmt: skip


def _bootstrap(
    estimate: Callable[[Any], Array], n: int, rng: np.random.Generator
) -> tuple[list[list[float]], list[list[float]]]:
    """Return the ends of 95 % percentile intervals (Efron 1979) of an estimate over n base points."""
    drawn = np.array([estimate(rng.integers(0, n, n)) for _ in range(RESAMPLES)])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0).tolist()
    return low, high
