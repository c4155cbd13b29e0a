"""Solar power: where the sun stands, the clear sky, and a year of capacity factors."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from sim.ground.arrays import Array, IntArray
from sim.ground.calendar import UTC_OFFSET, Calendar
from sim.physics.full_load import calibrated

STANDARD_IRRADIANCE = 1000.0
"""Irradiance at which a module gives its rated power, W/m²."""
GAIN = 1.15
"""Output of a tilted, oversized field over that of a flat one of its rated power (an assumption)."""


def declination(day_of_year: Array | IntArray) -> Array:
    """Return the declination of the sun.

    Fourier series of the day angle ``Γ = 2π (n - 1)/365``, within 0.04°.

    Parameters
    ----------
    day_of_year
        Day n of the year, 1 to 366, any shape.

    Returns
    -------
    Array
        Declination, shape of `day_of_year`, rad.

    References
    ----------
    J. W. Spencer, "Fourier series representation of the position of the sun", Search 2 (1971) 172.

    Examples
    --------
    >>> [round(float(x), 1) for x in np.degrees(declination(np.array([80, 172, 355])))]
    [-0.2, 23.5, -23.4]
    """
    g = 2.0 * np.pi * (np.asarray(day_of_year) - 1.0) / 365.0
    first = 0.006918 - 0.399912 * np.cos(g) + 0.070257 * np.sin(g)
    second = -0.006758 * np.cos(2 * g) + 0.000907 * np.sin(2 * g)
    return np.asarray(first + second - 0.002697 * np.cos(3 * g) + 0.00148 * np.sin(3 * g))


def equation_of_time(day_of_year: Array | IntArray) -> Array:
    """Return by how much the sundial is ahead of the mean sun.

    Fourier series of the day angle, within 35 s.

    Parameters
    ----------
    day_of_year
        Day of the year, 1 to 366, any shape.

    Returns
    -------
    Array
        Apparent less mean solar time, shape of `day_of_year`, h.

    References
    ----------
    J. W. Spencer, "Fourier series representation of the position of the sun", Search 2 (1971) 172; the first
    constant is often misprinted as 0.000075.

    Examples
    --------
    In minutes, at its least and its greatest:

    >>> [round(60 * float(x), 1) for x in equation_of_time(np.array([42, 307]))]
    [-14.2, 16.4]
    """
    g = 2.0 * np.pi * (np.asarray(day_of_year) - 1.0) / 365.0
    angle = 0.0000075 + 0.001868 * np.cos(g) - 0.032077 * np.sin(g)
    angle = angle - 0.014615 * np.cos(2 * g) - 0.040849 * np.sin(2 * g)
    return np.asarray(angle * 12.0 / np.pi)


def mean_solar_time(longitude: Array, calendar: Calendar, utc_offset: float = UTC_OFFSET) -> Array:
    """Return the mean solar time at the middle of each epoch, counted on from the calendar's first day.

    Four minutes a degree from the meridian of the clock, 120° E for Beijing time.

    Parameters
    ----------
    longitude
        Longitude of each site [site], east positive, degrees.
    calendar
        The epochs.
    utc_offset
        What the calendar's clock is ahead of Greenwich, h.

    Returns
    -------
    Array
        Hours since solar midnight of the first day [epoch, site], h; negative before it.

    Examples
    --------
    The middle of Beijing's first hour is late in the evening before at Urumqi:

    >>> round(float(mean_solar_time(np.array([87.6]), Calendar.whole_year(2024))[0, 0]), 2)
    -1.66
    """
    clock = calendar.hour[0] + (np.arange(calendar.epochs) + 0.5) * (calendar.seconds / 3600.0)
    return np.asarray(clock[:, None] + (longitude / 15.0 - utc_offset))


def cosine_zenith(latitude: Array, longitude: Array, calendar: Calendar, utc_offset: float = UTC_OFFSET) -> Array:
    """Return the cosine of the sun's zenith angle at the middle of each epoch.

    ``cos z = sin φ sin δ + cos φ cos δ cos h`` with the hour angle h from apparent solar time; without
    refraction.

    Parameters
    ----------
    latitude
        Latitude of each site [site], north positive, degrees.
    longitude
        Longitude of each site [site], east positive, degrees.
    calendar
        The epochs.
    utc_offset
        What the calendar's clock is ahead of Greenwich, h.

    Returns
    -------
    Array
        Cosine [epoch, site], -1 to 1, negative at night, dimensionless.

    References
    ----------
    M. Iqbal, "An Introduction to Solar Radiation" (1983), equation 1.5.1.
    """
    day = calendar.day_of_year
    phi, delta = np.radians(latitude), declination(day)[:, None]
    apparent = mean_solar_time(longitude, calendar, utc_offset) + equation_of_time(day)[:, None]
    hour_angle = (apparent - 12.0) * (np.pi / 12.0)
    return np.asarray(np.sin(phi) * np.sin(delta) + np.cos(phi) * np.cos(delta) * np.cos(hour_angle))


def clear_sky(latitude: Array, longitude: Array, calendar: Calendar, utc_offset: float = UTC_OFFSET) -> Array:
    """Return the global horizontal irradiance under a clear sky.

    ``G = 1098 cos z exp(-0.059/cos z)`` by day.  It knows neither altitude nor turbidity; where a series is
    scaled to published hours afterwards, only its shape counts.

    Parameters
    ----------
    latitude
        Latitude of each site [site], north positive, degrees.
    longitude
        Longitude of each site [site], east positive, degrees.
    calendar
        The epochs.
    utc_offset
        What the calendar's clock is ahead of Greenwich, h.

    Returns
    -------
    Array
        Irradiance at the middle of the epoch [epoch, site], 0 by night, W/m².

    References
    ----------
    B. Haurwitz, "Insolation in relation to cloudiness and cloud density", Journal of Meteorology 2
    (1945) 154-166; constants as in pvlib.  Compared with other models by M. J. Reno,
    C. W. Hansen and J. S. Stein, SAND2012-2389 (2012).
    """
    up = np.maximum(cosine_zenith(latitude, longitude, calendar, utc_offset), 1e-3)
    # At cos z = 0.001 the exponential is below 1e-25: the floor stands for night.
    return np.asarray(np.where(up > 1e-3, 1098.0 * up * np.exp(-0.059 / up), 0.0))


def daily_uniform(gaussian: Array, longitude: Array, calendar: Calendar, utc_offset: float = UTC_OFFSET) -> Array:
    """Return the uniform variable of each day's sky, constant from one solar midnight to the next.

    Parameters
    ----------
    gaussian
        Series of unit variance [day, site], one row for each day of the calendar, dimensionless.
    longitude
        Longitude of each site [site], east positive, degrees.
    calendar
        The epochs; whole days from midnight.
    utc_offset
        What the calendar's clock is ahead of Greenwich, h.

    Returns
    -------
    Array
        ``Φ(gaussian)`` of the local day [epoch, site], 0 to 1, dimensionless.
    """
    local = np.floor(mean_solar_time(longitude, calendar, utc_offset) / 24.0).astype(np.int64)
    # Before the first solar midnight the sky is that of the last day: the year is a circle.
    return np.asarray(np.take_along_axis(ndtr(gaussian), local % len(gaussian), axis=0))


def capacity_factor(
    clear_sky: Array, uniform: Array, hours: Array, curtailment: Array, seconds: float = 3600.0
) -> Array:
    """Return the delivered capacity factor of photovoltaics, fitted to published full-load hours.

    Each day's clearness is ``k = u^a``, with mean ``1/(1 + a)``; the output is
    ``min(1.15 G k/1000, 1)``.  The exponent a of each site is sought until the potential output of the year
    has ``hours/(1 - curtailment)``; then every epoch is curtailed once.  A synthetic series: one clearness
    a day, no module temperature, no tracking.

    Parameters
    ----------
    clear_sky
        Clear-sky irradiance over a whole year [epoch, site], W/m².
    uniform
        Uniform variable of the sky [epoch, site], 0 to 1, dimensionless.
    hours
        Published full-load hours [site], net of curtailment, h a year.
    curtailment
        Share of the potential energy that is not taken [site], 0 to below 1, dimensionless.
    seconds
        Length of an epoch, s.

    Returns
    -------
    Array
        Delivered capacity factor [epoch, site], 0 to 1, dimensionless.

    Raises
    ------
    ScenarioError
        Where a site has fewer hours under a sky that is always clear.

    References
    ----------
    The form of k is an assumption; it is skewed to clear days as are the distributions of P. Bendt,
    M. Collares-Pereira and A. Rabl, Solar Energy 27 (1981) 1-5, doi 10.1016/0038-092X(81)90013-X.
    """
    flat = GAIN / STANDARD_IRRADIANCE * clear_sky

    def potential(mean_clearness: Array, site: IntArray) -> Array:
        # The mean of k, 1/(1 + a), is bounded and nearly linear in the hours; the exponent is neither.
        exponent = (1.0 - mean_clearness) / np.maximum(mean_clearness, 1e-300)
        return np.asarray(np.minimum(flat[:, site] * uniform[:, site] ** exponent, 1.0))

    return calibrated(potential, 1.0, hours, curtailment, seconds, "solar")
