"""A year of wind power: a Gaussian series becomes a wind speed, and the speed a capacity factor."""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr

from sim.ground.arrays import Array, IntArray
from sim.ground.calendar import UTC_OFFSET, Calendar
from sim.physics.full_load import calibrated
from sim.physics.solar import mean_solar_time
from sim.physics.wind import power_curve

SEASON, WINDIEST_DAY = 0.35, 60.0
"""Amplitude of the year in standard deviations, and the day on which it peaks (1 March): assumptions."""
DIURNAL, WINDIEST_HOUR = 0.15, 23.0
"""Amplitude of the day in standard deviations, and its peak in local solar time, h: assumptions."""
LARGEST_SCALE = 12.0
"""Largest Weibull scale that is tried, m/s; from about 14.5 m/s on, storms take more than is won."""


def capacity_factor(
    gaussian: Array,
    shape: Array | float,
    hours: Array,
    curtailment: Array,
    calendar: Calendar,
    longitude: Array,
    utc_offset: float = UTC_OFFSET,
) -> Array:
    """Return the delivered capacity factor of wind power, fitted to published full-load hours.

    The Gaussian series gains a season and a day (more wind in early spring, and by night at hub height)
    and is brought back to unit variance; ``u = Φ(g)`` becomes the Weibull speed
    ``v = c (-ln(1 - u))^(1/k)``, and the power curve makes it an output.  The scale c of each site is sought
    until the potential output of the year has ``hours/(1 - curtailment)``; then every epoch is curtailed
    once.  A synthetic series: its distribution, persistence and annual energy are meant, its weather is
    not that of a date.

    Parameters
    ----------
    gaussian
        Series of unit variance over a whole year [epoch, site], dimensionless.
    shape
        Weibull shape k, above 0, 1.8 to 2.2 inland, one or [site], dimensionless.
    hours
        Published full-load hours [site], net of curtailment, h a year.
    curtailment
        Share of the potential energy that is not taken [site], 0 to below 1, dimensionless.
    calendar
        The epochs, a whole year.
    longitude
        Longitude of each site [site], east positive, degrees.
    utc_offset
        What the calendar's clock is ahead of Greenwich, h.

    Returns
    -------
    Array
        Delivered capacity factor [epoch, site], 0 to 1, dimensionless.

    Raises
    ------
    ScenarioError
        Where a site cannot reach its hours with a scale of 12 m/s.
    InvariantError
        Where the calendar is not a whole year.

    References
    ----------
    B. G. Brown, R. W. Katz and A. H. Murphy, "Time series models to simulate and forecast wind speed and wind
    power", Journal of Climate and Applied Meteorology 23 (1984) 1184-1195 (a Gaussian autoregression
    with the day's course, transformed to the distribution of speeds).
    """
    calendar.require_whole_year("wind")
    season = SEASON * np.cos(2.0 * np.pi * (calendar.day_of_year - WINDIEST_DAY) / 365.25)
    time = mean_solar_time(longitude, calendar, utc_offset)
    day = DIURNAL * np.cos((time - WINDIEST_HOUR) * (np.pi / 12.0))
    deviation = np.sqrt(1.0 + (SEASON**2 + DIURNAL**2) / 2.0)
    g = (gaussian + season[:, None] + day) / deviation
    # -ln(1 - Φ(g)) = -ln Φ(-g), without losing the digits of the upper tail.
    standard = (-log_ndtr(-g)) ** (1.0 / np.asarray(shape, dtype=np.float64))

    def potential(scale: Array, site: IntArray) -> Array:
        return power_curve(scale * standard[:, site])

    return calibrated(potential, LARGEST_SCALE, hours, curtailment, calendar.seconds, "wind")
