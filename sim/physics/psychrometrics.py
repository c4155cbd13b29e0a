"""Moist air: pressure at altitude, saturation, humidity ratio, wet bulb and density."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array

ZERO_CELSIUS = 273.15
"""The zero of the Celsius scale, K."""
DRY_AIR = 287.05
"""Gas constant of dry air, J/(kg K)."""
MASS_RATIO = 0.621945
"""Molar mass of water over that of dry air, dimensionless."""
NEWTON_STEPS = 6
"""Six steps settle the wet bulb within 3e-7 K from -45 to 55 degC and 50 to 104 kPa."""

_MAGNUS = (610.94, 17.625, 243.04)


def pressure(elevation: Array | float) -> Array:
    """Return the pressure of the standard atmosphere.

    ``p = 101325 (1 - 2.25577e-5 z)^5.25588``, valid from -500 m to 11 000 m.

    Parameters
    ----------
    elevation
        Height above sea level, any shape, m.

    Returns
    -------
    Array
        Pressure, shape of `elevation`, Pa.

    References
    ----------
    ASHRAE Handbook: Fundamentals (2017), chapter 1, equation 3; ISO 2533:1975.

    Examples
    --------
    >>> round(float(pressure(1280.0)), 1)
    86863.8
    """
    z = np.asarray(elevation, dtype=np.float64)
    return np.asarray(101325.0 * (1.0 - 2.25577e-5 * z) ** 5.25588)


def saturation_pressure(temperature: Array | float) -> Array:
    """Return the vapour pressure of saturated air over liquid water.

    ``e = 610.94 exp(17.625 T / (T + 243.04))``, within 0.4 % from -40 to 50 degC.  The curve over
    water is used below freezing too: sprays and towers run on water, and one smooth curve keeps the
    wet bulb continuous.

    Parameters
    ----------
    temperature
        Temperature, any shape, degC.

    Returns
    -------
    Array
        Saturation vapour pressure, shape of `temperature`, Pa.

    References
    ----------
    O. A. Alduchov and R. E. Eskridge, "Improved Magnus form approximation of saturation vapor
    pressure", Journal of Applied Meteorology 35 (1996) 601-609.

    Examples
    --------
    >>> round(float(saturation_pressure(25.0)), 2)
    3161.74
    """
    t = np.asarray(temperature, dtype=np.float64)
    scale, slope, offset = _MAGNUS
    return np.asarray(scale * np.exp(slope * t / (t + offset)))


def humidity_ratio(vapour_pressure: Array | float, pressure: Array | float) -> Array:
    """Return the mass of water vapour per mass of dry air.

    ``w = 0.621945 e / (p - e)`` for ideal gases.

    Parameters
    ----------
    vapour_pressure
        Partial pressure of water vapour, below `pressure`, any shape, Pa.
    pressure
        Total pressure, broadcastable with `vapour_pressure`, Pa.

    Returns
    -------
    Array
        Humidity ratio, broadcast shape, kg/kg.

    References
    ----------
    ASHRAE Handbook: Fundamentals (2017), chapter 1, equation 20.

    Examples
    --------
    >>> round(float(humidity_ratio(1000.0, 101000.0)), 8)
    0.00621945
    """
    e = np.asarray(vapour_pressure, dtype=np.float64)
    return np.asarray(MASS_RATIO * e / (pressure - e))


def wet_bulb(temperature: Array | float, relative_humidity: Array | float, pressure: Array | float) -> Array:
    """Return the thermodynamic wet-bulb temperature.

    Solves, by Newton's method from the dry bulb, for the T* at which adiabatic saturation gives the
    humidity ratio of the air:
    ``w (2501 + 1.86 T - 4.186 T*) = (2501 - 2.326 T*) w_s(T*) - 1.006 (T - T*)``.
    Pressure enters through w_s, so the result holds at altitude, where fits made for sea level (Stull
    2011) err by up to 3.7 K.

    Parameters
    ----------
    temperature
        Dry bulb, -45 to 55, any shape, degC.
    relative_humidity
        Relative humidity over water, 0 to 1, broadcastable with `temperature`, dimensionless.
    pressure
        Pressure, 50 to 105 kPa, broadcastable with `temperature`, Pa.

    Returns
    -------
    Array
        Wet bulb, broadcast shape, degC; over water below freezing too.

    References
    ----------
    ASHRAE Handbook: Fundamentals (2017), chapter 1, equation 33.

    Examples
    --------
    >>> round(float(wet_bulb(30.0, 0.5, 101325.0)), 4)
    22.0118
    """
    dry = np.asarray(temperature, dtype=np.float64)
    moisture = humidity_ratio(relative_humidity * saturation_pressure(dry), pressure)
    _, slope, offset = _MAGNUS
    wet = dry
    for _ in range(NEWTON_STEPS):
        vapour = saturation_pressure(wet)
        saturated = humidity_ratio(vapour, pressure)
        growth = saturated * slope * offset / (wet + offset) ** 2 * pressure / (pressure - vapour)
        latent = 2501.0 - 2.326 * wet
        excess = latent * saturated - 1.006 * (dry - wet) - moisture * (2501.0 + 1.86 * dry - 4.186 * wet)
        wet = wet - excess / (latent * growth - 2.326 * saturated + 1.006 + 4.186 * moisture)
    return wet


def air_density(pressure: Array | float, temperature: Array | float) -> Array:
    """Return the density of dry air.

    ``ρ = p / (287.05 (T + 273.15))``; humidity, which lowers it by up to 2 %, is left out.

    Parameters
    ----------
    pressure
        Pressure, any shape, Pa.
    temperature
        Temperature, broadcastable with `pressure`, degC.

    Returns
    -------
    Array
        Density, broadcast shape, kg/m³.

    References
    ----------
    ISO 2533:1975 (standard atmosphere).

    Examples
    --------
    >>> round(float(air_density(pressure(1280.0), 10.0)), 5)
    1.06872
    """
    return np.asarray(pressure / (DRY_AIR * (np.asarray(temperature, dtype=np.float64) + ZERO_CELSIUS)))
