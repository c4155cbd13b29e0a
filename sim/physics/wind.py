"""Wind power: mean speed, speed at hub height, the power curve and the capacity factor."""

from __future__ import annotations

from math import gamma

import numpy as np

from sim.ground.arrays import Array

CUT_IN = 3.0
"""Wind speed below which nothing is produced, m/s."""
RATED = 12.0
"""Wind speed from which the output is whole, m/s."""
STORM = 23.0
"""Wind speed from which turbines of a park begin to stop, m/s."""
CUT_OUT = 25.0
"""Wind speed from which nothing is produced, m/s."""


def weibull_mean(scale: Array | float, shape: float) -> Array:
    """Return the mean of Weibull distributed wind speeds.

    The mean is ``c Γ(1 + 1/k)``; k is 1.8 to 2.2 at most inland sites.

    Parameters
    ----------
    scale
        Scale c, any shape, m/s.
    shape
        Shape k, above 0, dimensionless.

    Returns
    -------
    Array
        Mean wind speed, shape of `scale`, m/s.

    References
    ----------
    C. G. Justus, W. R. Hargraves, A. Mikhail and D. Graber, "Methods for estimating wind speed
    frequency distributions", Journal of Applied Meteorology 17 (1978) 350-353.

    Examples
    --------
    >>> round(float(weibull_mean(7.0, 2.0)), 5)
    6.20359
    """
    return np.asarray(scale, dtype=np.float64) * gamma(1.0 + 1.0 / shape)


def shear(speed: Array | float, height: float, hub_height: float, exponent: float = 0.143) -> Array:
    """Return the wind speed at hub height by the power law.

    The law ``v (h'/h)^a`` describes the mean profile over flat land up to about 200 m; 1/7 is the
    exponent of neutral air over short grass.

    Parameters
    ----------
    speed
        Wind speed at `height`, any shape, m/s.
    height
        Height above ground at which `speed` holds, m.
    hub_height
        Height above ground that is asked for, m.
    exponent
        Exponent a, dimensionless.

    Returns
    -------
    Array
        Wind speed at `hub_height`, shape of `speed`, m/s.

    References
    ----------
    IEC 61400-1:2019, normal wind profile model.

    Examples
    --------
    >>> round(float(shear(4.0, 10.0, 100.0)), 5)
    5.55981
    """
    ratio: float = (hub_height / height) ** exponent
    return np.asarray(speed, dtype=np.float64) * ratio


def power_curve(speed: Array | float) -> Array:
    """Return the output of a wind park as a share of its rated power.

    The rise from cut-in (3 m/s) to rated speed (12 m/s) is the cubic ``s²(3 - 2s)`` of
    ``s = (v - 3)/9``, which meets both ends without a kink and lies within 0.06 of the published curve
    of a 2 MW, 100 m turbine.  Turbines of a park do not stop together, so the fall to nothing at cut-out
    (25 m/s) is spread over the last 2 m/s by the same cubic.

    Parameters
    ----------
    speed
        Wind speed at hub height in air of 1.225 kg/m³, any shape, m/s.

    Returns
    -------
    Array
        Output over rated power, 0 to 1, shape of `speed`, dimensionless.

    References
    ----------
    The form is an assumption; C. Carrillo et al., "Review of power curve modelling for wind turbines",
    Renewable and Sustainable Energy Reviews 21 (2013) 572-581, doi 10.1016/j.rser.2013.01.012, compares
    such forms.

    Examples
    --------
    >>> power_curve(np.array([2.0, 7.5, 12.0, 24.0, 26.0])).tolist()
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    v = np.asarray(speed, dtype=np.float64)
    rise = np.clip((v - CUT_IN) / (RATED - CUT_IN), 0.0, 1.0)
    fall = np.clip((CUT_OUT - v) / (CUT_OUT - STORM), 0.0, 1.0)
    output: Array = rise**2 * (3.0 - 2.0 * rise) * fall**2 * (3.0 - 2.0 * fall)
    return output


def capacity_factor_of_hours(hours: Array | float, year_hours: float = 8760.0) -> Array:
    """Return the mean output over rated power that yearly full-load hours amount to.

    Parameters
    ----------
    hours
        Full-load hours of a year, any shape, h.
    year_hours
        Length of the year, h: 8784 for a leap year.

    Returns
    -------
    Array
        Capacity factor, shape of `hours`, dimensionless.

    Examples
    --------
    >>> round(float(capacity_factor_of_hours(2127.0)), 6)
    0.242808
    """
    return np.asarray(hours, dtype=np.float64) / year_hours
