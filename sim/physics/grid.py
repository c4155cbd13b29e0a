"""What the grid offers hour by hour: its tariff, its carbon-free share, its emission factor."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from sim.ground.arrays import Array, BoolArray
from sim.ground.errors import ScenarioError

CEILING = 0.95
"""Largest carbon-free share in an hour: some thermal plant always runs for the grid's stability."""
_WINDOW = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")


def tariff(
    price: Array,
    peak_factor: Array,
    valley_factor: Array,
    peak_hours: Sequence[str],
    valley_hours: Sequence[str],
    hour_of_day: Array,
) -> Array:
    """Return the time-of-use price.

    The flat price, times the peak factor in the peak hours and the valley factor in the valley hours.
    Windows are written ``10-13;17-22``, hold their first hour and not their last, and may pass midnight
    (``23-7``); ``none`` or nothing means no such hours.

    Parameters
    ----------
    price
        Price of the flat hours [region], CNY/J.
    peak_factor
        Price of the peak hours over the flat one [region], dimensionless.
    valley_factor
        Price of the valley hours over the flat one [region], dimensionless.
    peak_hours
        Peak windows of each region [region], Beijing time.
    valley_hours
        Valley windows of each region [region], Beijing time.
    hour_of_day
        Hour at the start of each epoch [epoch], 0 to below 24, h.

    Returns
    -------
    Array
        Price [epoch, region], CNY/J.

    Raises
    ------
    ScenarioError
        Where a window cannot be read, or an hour is both peak and valley.

    Examples
    --------
    >>> hours = np.array([9.0, 10.0, 13.0, 23.0, 6.0, 7.0])
    >>> one = np.array([1.0])
    >>> tariff(one, 1.5 * one, 0.5 * one, ["10-13;17-22"], ["23-7"], hours)[:, 0].tolist()
    [1.0, 1.5, 1.0, 0.5, 0.5, 1.0]
    """
    hour = np.asarray(hour_of_day, dtype=np.float64)
    factor = np.ones((len(hour), len(price)))
    for region, (peak, valley) in enumerate(zip(peak_hours, valley_hours, strict=True)):
        high, low = within(peak, hour), within(valley, hour)
        if np.any(high & low):
            clash = hour[high & low][0]
            raise ScenarioError(
                f"tariff: {clash:g} h is both in the peak hours '{peak}' and in the valley hours '{valley}'; "
                "an hour may be in one of them"
            )
        factor[high, region] = peak_factor[region]
        factor[low, region] = valley_factor[region]
    return factor * price


def within(windows: str, hour_of_day: Array) -> BoolArray:
    """Return whether each hour lies in one of the windows.

    Parameters
    ----------
    windows
        Half-open windows joined by ``;`` or ``,``, such as ``"10-13;17-22"``.
    hour_of_day
        Hours, any shape, 0 to below 24, h.

    Returns
    -------
    BoolArray
        True inside, shape of `hour_of_day`.

    Raises
    ------
    ScenarioError
        Where a window cannot be read.
    """
    inside = np.zeros(np.shape(hour_of_day), dtype=np.bool_)
    if windows.strip() in ("", "none"):
        return inside
    for text in re.split("[;,]", windows):
        match = _WINDOW.fullmatch(text.strip())
        start, end = (float(match[1]), float(match[2])) if match else (0.0, 0.0)
        if start == end or max(start, end) > 24.0:
            raise ScenarioError(
                f"tariff hours: found '{text.strip()}' in '{windows}'; a window is two different hours "
                "from 0 to 24, such as 10-13 or 23-7"
            )
        after, before = hour_of_day >= start, hour_of_day < end
        inside |= (after & before) if start < end else (after | before)
    return inside


def grid_mix(renewable_share: Array, variable_share: Array, wind_cf: Array, solar_cf: Array) -> tuple[Array, Array]:
    """Return the hourly carbon-free and variable shares of the grid's power.

    The variable share follows the local wind and solar output and keeps its published mean; hydro, the
    rest of the renewables, is constant.  No hour exceeds 0.95 in all (or the published mean, where that is
    higher): what would, is spread over the other hours in proportion to their room, as storage and trade
    between provinces do.  A synthetic series; nuclear power is not in it.

    Parameters
    ----------
    renewable_share
        Annual share of renewables in the region's consumption [region], 0 to 1, dimensionless.
    variable_share
        Annual share of wind and solar [region], 0 to `renewable_share`, dimensionless.
    wind_cf
        Capacity factor of wind over a whole year [epoch, region], dimensionless.
    solar_cf
        Capacity factor of solar over a whole year [epoch, region], dimensionless.

    Returns
    -------
    tuple of Array
        Carbon-free share g and variable share s, both [epoch, region], 0 to 1, dimensionless.

    Raises
    ------
    ScenarioError
        Where wind and solar exceed all renewables.

    Examples
    --------
    >>> share, sun = np.array([0.5]), np.array([[0.0], [0.5], [1.0], [0.5]])
    >>> g, s = grid_mix(share, np.array([0.3]), 0 * sun, sun)
    >>> [round(float(x), 9) for x in g[:, 0]]
    [0.2, 0.5, 0.8, 0.5]
    """
    if np.any(variable_share > renewable_share):
        worst = int(np.argmax(variable_share - renewable_share))
        raise ScenarioError(
            f"grid mix of region {worst}: wind and solar are {variable_share[worst]:g} of its power, above "
            f"all renewables together, {renewable_share[worst]:g}; lower the one or raise the other"
        )
    hydro = renewable_share - variable_share
    room = np.maximum(CEILING, renewable_share) - hydro
    local = wind_cf + solar_cf
    mean = local.mean(axis=0)
    followed = np.minimum(local * (variable_share * _inverse(mean)), room)
    spare = room - followed
    short = variable_share - followed.mean(axis=0)
    variable = followed + spare * (short * _inverse(spare.mean(axis=0)))
    return hydro + variable, variable


def hourly_emission_factor(factor: Array, variable_share: Array) -> Array:
    """Return the hourly location-based emission factor whose mean is the published one.

    ``EF_t = EF (1 - s_t)/mean(1 - s)``: thermal plant gives way to wind and sun.  Ministries publish annual
    values only, so the hours are synthetic and to be labelled so.

    Parameters
    ----------
    factor
        Published annual emission factor [region], kg/J.
    variable_share
        Share of wind and solar over a whole year [epoch, region], 0 to 1, dimensionless.

    Returns
    -------
    Array
        Emission factor [epoch, region], kg/J.

    Examples
    --------
    >>> hourly_emission_factor(np.array([0.6]), np.array([[0.0], [0.5]]))[:, 0].round(9).tolist()
    [0.8, 0.4]
    """
    thermal = 1.0 - variable_share
    return np.asarray(factor * thermal / thermal.mean(axis=0))


def _inverse(value: Array) -> Array:
    """Return 1/value, and 0 where value is 0 or within rounding of it."""
    return np.divide(1.0, value, out=np.zeros_like(value), where=value > 1e-12)
