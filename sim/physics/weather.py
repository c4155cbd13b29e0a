"""Hourly temperature and humidity from monthly climate normals."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.ground.calendar import UTC_OFFSET, Calendar
from sim.ground.errors import ScenarioError
from sim.physics.psychrometrics import saturation_pressure
from sim.physics.solar import mean_solar_time

WARMEST_HOUR = 15.0
"""Local solar time of the day's highest temperature, h."""
DRIEST, WETTEST = 0.05, 1.0
"""Bounds of relative humidity, dimensionless."""
_TOLERANCE = 1e-4
_ROUNDS = 60


def hourly_temperature(
    monthly_mean: Array,
    monthly_max: Array,
    monthly_min: Array,
    noise: Array,
    calendar: Calendar,
    longitude: Array,
    utc_offset: float = UTC_OFFSET,
) -> Array:
    """Return the dry-bulb temperature of a year whose monthly means are the published ones.

    A seasonal curve (straight lines between the middles of the months), a cosine of the day that peaks
    at 15 h local solar time with half the published daily range, and the noise.  The twelve knots of the
    curve are solved, so that every month's mean is the published mean whatever the noise: a replication
    changes the days, not the climate; warmer years are a scenario's shift of the normals.

    Parameters
    ----------
    monthly_mean
        Mean temperature [month, site], degC.
    monthly_max
        Mean of the daily highest temperature [month, site], degC.
    monthly_min
        Mean of the daily lowest temperature [month, site], degC.
    noise
        Departure from the usual course [epoch, site], K.
    calendar
        The epochs, a whole year.
    longitude
        Longitude of each site [site], east positive, degrees.
    utc_offset
        What the calendar's clock is ahead of Greenwich, h.

    Returns
    -------
    Array
        Mean temperature of the epoch [epoch, site], degC.

    Raises
    ------
    InvariantError
        Where the calendar is not a whole year.

    Notes
    -----
    With hats ``H[epoch, month]`` and the operator M that takes monthly means, the knots solve
    ``M H knots = monthly_mean - M (swing + noise)``; ``M H`` is 3/4 on the diagonal and about 1/8 beside
    it, so it is well conditioned.

    References
    ----------
    The curve is our own; the day's cosine with its peak at 15 h follows the usual practice for hourly
    values from daily extremes (ASHRAE Handbook: Fundamentals (2017), chapter 14).
    """
    calendar.require_whole_year("temperature")
    hats, first, lengths = _months(calendar)
    phase = (mean_solar_time(longitude, calendar, utc_offset) - WARMEST_HOUR) * (np.pi / 12.0)
    swing = (hats @ ((monthly_max - monthly_min) / 2.0)) * np.cos(phase) + noise
    wanted = monthly_mean - _monthly_means(swing, first, lengths)
    knots = np.linalg.solve(_monthly_means(hats, first, lengths), wanted)
    return np.asarray(hats @ knots + swing)


def hourly_humidity(
    monthly_relative_humidity: Array,
    temperature: Array,
    calendar: Calendar,
    noise: Array | float = 0.0,
) -> Array:
    """Return the relative humidity of a year whose monthly means are the published ones.

    The vapour pressure is that of a slowly varying humidity at the mean temperature of the day (24 h running
    mean), so it hardly moves within a day and relative humidity falls as the day warms:
    ``RH = clip((H knots + noise) e_s(T_day)/e_s(T), 0.05, 1)``.  The knots are corrected until every
    month's mean is within 0.01 percentage points of the published one, the clip included.

    Parameters
    ----------
    monthly_relative_humidity
        Mean relative humidity [month, site], 0 to 1, dimensionless.
    temperature
        Temperature of the year [epoch, site], degC.
    calendar
        The epochs, a whole year.
    noise
        Departure of the slow humidity from its usual course, one or [epoch, site], dimensionless.

    Returns
    -------
    Array
        Relative humidity over water [epoch, site], 0.05 to 1, dimensionless.

    Raises
    ------
    ScenarioError
        Where a published humidity lies outside what the bounds allow.
    InvariantError
        Where the calendar is not a whole year.

    References
    ----------
    The scheme is our own.  Saturation: O. A. Alduchov and R. E. Eskridge, Journal of Applied Meteorology
    35 (1996) 601-609.
    """
    from scipy.ndimage import uniform_filter1d

    calendar.require_whole_year("humidity")
    hats, first, lengths = _months(calendar)
    daily = uniform_filter1d(temperature, calendar.epochs_per_day, axis=0, mode="wrap")
    drying = saturation_pressure(daily) / saturation_pressure(temperature)
    correct = np.linalg.inv(_monthly_means(hats, first, lengths))
    knots = correct @ monthly_relative_humidity
    for _ in range(_ROUNDS):
        humidity = np.clip((hats @ knots + noise) * drying, DRIEST, WETTEST)
        gap = monthly_relative_humidity - _monthly_means(humidity, first, lengths)
        if np.abs(gap).max() <= _TOLERANCE:
            return humidity
        knots += correct @ gap
    month, site = np.unravel_index(int(np.abs(gap).argmax()), gap.shape)
    raise ScenarioError(
        f"relative humidity of site {site} in month {month + 1}: "
        f"found {100 * monthly_relative_humidity[month, site]:.0f} %, "
        f"which hourly values between {100 * DRIEST:.0f} and {100 * WETTEST:.0f} % cannot average; "
        "give a mean between 10 and 95 %"
    )


def _months(calendar: Calendar) -> tuple[Array, IntArray, Array]:
    """Return hats between mid-months [epoch, month], the first epoch of each month, and its length in epochs.

    The hats are periodic over the year and sum to 1 in every epoch.
    """
    lengths = np.bincount(calendar.month)[1:].astype(np.float64)
    ends = np.cumsum(lengths)
    middles = ends - lengths / 2.0
    knots = np.concatenate(([middles[-1] - ends[-1]], middles, [middles[0] + ends[-1]]))
    epoch = np.arange(calendar.epochs)
    left = np.searchsorted(knots, epoch + 0.5, side="right") - 1
    share = (epoch + 0.5 - knots[left]) / (knots[left + 1] - knots[left])
    hats = np.zeros((calendar.epochs, 12))
    hats[epoch, (left - 1) % 12] = 1.0 - share
    hats[epoch, left % 12] = share
    return hats, (ends - lengths).astype(np.int64), lengths


def _monthly_means(series: Array, first: IntArray, lengths: Array) -> Array:
    """Return the mean over each month [month, column] of a series [epoch, column]."""
    return np.asarray(np.add.reduceat(series, first, axis=0) / lengths[:, None])
