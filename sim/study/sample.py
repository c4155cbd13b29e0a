"""Points drawn between bounds: Latin hypercube, Sobol' and Halton sequences, and the designs of two sensitivities."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from sim.ground.arrays import Array
from sim.ground.errors import ScenarioError
from sim.ground.seeds import generator
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Sample

LEVELS = 4
"""Levels of the grid on which the trajectories of Morris move."""
_QUANTITY = re.compile(r"([+-]?)(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*(\D.*|)")
Row = tuple[Any, ...]


def drawn(scenario: Scenario, sample: Sample) -> tuple[Row, ...]:
    """Return the points of a sample; [point][key], each value written as its bounds are.

    Parameters
    ----------
    scenario
        Gives the seed; the points depend on it, on the method and on the bounds alone.
    sample
        Method, number of points, bounds.

    Raises
    ------
    ScenarioError
        Where bounds are no two different quantities of one unit.
    """
    bounds = [_bounds(scenario, key, values) for key, values in sample.over.items()]
    if not bounds:
        raise ScenarioError("sweep.sample.over names no key to vary", scenario.origin("sweep", "sample"))
    rng = generator(scenario.config.run.seed, 0, "sweep", sample.method)
    unit = unit_points(sample.method, sample.n, len(bounds), rng)
    return tuple(tuple(_written(share, *bound) for share, bound in zip(row, bounds, strict=True)) for row in unit)


def size(sample: Sample) -> int:
    """Return the number of points that a sample will have."""
    keys = len(sample.over)
    return sample.n * {"saltelli": keys + 2, "morris": keys + 1}.get(sample.method, 1)


def unit_points(method: str, n: int, keys: int, rng: np.random.Generator) -> Array:
    """Return points of the unit cube; [point, key].

    Parameters
    ----------
    method
        ``lhs`` (McKay et al. 1979), ``sobol`` (scrambled, Owen 1998), ``halton`` (scrambled, Owen 2017), ``saltelli``
        (blocks A, B, AB₁ … AB_d of n points each, Saltelli et al. 2010, doi 10.1016/j.cpc.2009.09.018) or ``morris``
        (n trajectories of d + 1 points, Morris 1991, doi 10.1080/00401706.1991.10484804).
    n
        Points; of the last two, base points and trajectories.
    keys
        Dimensions d.
    rng
        Where chance comes from.

    Examples
    --------
    >>> unit_points("saltelli", 8, 3, np.random.Generator(np.random.Philox(1))).shape
    (40, 3)
    """
    if method == "lhs":
        return _hypercube(n, keys, rng)
    if method == "halton":
        from scipy.stats import qmc

        return np.asarray(qmc.Halton(keys, rng=rng).random(n))
    if method == "sobol":
        return _sobol(n, keys, rng)
    if method == "saltelli":
        pairs = _sobol(n, 2 * keys, rng)
        first, second = pairs[:, :keys], pairs[:, keys:]
        blocks = [first, second]
        for key in range(keys):
            mixed = first.copy()
            mixed[:, key] = second[:, key]
            blocks.append(mixed)
        return np.concatenate(blocks)
    return np.concatenate([_trajectory(keys, rng) for _ in range(n)])


def _hypercube(n: int, keys: int, rng: np.random.Generator) -> Array:
    """Return points of which every n-th part of every key holds one: to the bit scipy's, whose import takes longer."""
    rng = rng.spawn(1)[0]
    within = rng.uniform(size=(n, keys))
    parts = np.tile(np.arange(1, n + 1), (keys, 1))
    for row in parts:
        rng.shuffle(row)
    return np.asarray((parts.T - within) / n)


def _sobol(n: int, keys: int, rng: np.random.Generator) -> Array:
    """Return the first n points of a scrambled sequence, which is balanced where n is a power of two."""
    from scipy.stats import qmc

    return np.asarray(qmc.Sobol(keys, rng=rng).random_base2((n - 1).bit_length()), dtype=np.float64)[:n]


def _trajectory(keys: int, rng: np.random.Generator) -> Array:
    """Return a walk that moves every key once by Δ = levels/(2 (levels − 1)); [key + 1, key]."""
    delta = LEVELS / (2.0 * (LEVELS - 1))
    low = rng.integers(0, LEVELS // 2, keys) / (LEVELS - 1)
    up = rng.integers(0, 2, keys).astype(bool)
    here = np.where(up, low, low + delta)
    walk = [here]
    for key in rng.permutation(keys):
        here = here.copy()
        here[key] += delta if up[key] else -delta
        walk.append(here)
    return np.asarray(np.clip(np.array(walk), 0.0, 1.0))


def _bounds(scenario: Scenario, key: str, values: list[Any]) -> tuple[float, float, bool, str]:
    """Return least, greatest, whether both are whole, and what is written behind them."""
    read = [_quantity(value) for value in values]
    if len(read) == 2 and read[0] is not None and read[1] is not None:
        (low, behind), (high, same) = read[0], read[1]
        if behind == same and low < high:
            return low, high, all(type(value) is int for value in values), behind
    text = (
        f"sweep.sample.over.{key} is {str(values)[:60]}; write least and greatest, such as [0.5, 2] or [10 MW, 20 MW]"
    )
    raise ScenarioError(text, scenario.origin("sweep", "sample", "over", key))


def _quantity(value: Any) -> tuple[float, str] | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value), ""
    match = _QUANTITY.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    sign, number, power, unit = match.groups()
    return float(f"{sign}{number}{power or ''}"), ("±" if sign and unit in ("%", "％") else "") + unit


def _written(share: float, low: float, high: float, whole: bool, behind: str) -> Any:
    """Return the value that lies this share of the way from the least to the greatest."""
    if whole:
        return min(int(low + share * (high - low + 1.0)), int(high))
    value = low + share * (high - low)
    if not behind:
        return float(value)
    return f"{value:+.9f}%" if behind.startswith("±") else f"{float(value)!r} {behind}"
