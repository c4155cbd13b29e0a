"""Laws of fans, pumps, economiser and chiller, per unit of the rated IT capacity of a centre.

Load, losses and heat are W per W of rated IT capacity, so that the same law serves a hall and a hub.  What
the heat is given to stands in `sim.physics.heat_rejection`; the parts are put together in
`sim.physics.cooling_plant`; parameter values stand in ``models/cooling``.
"""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array
from sim.physics.psychrometrics import ZERO_CELSIUS

SEA_LEVEL = 101325.0
"""Pressure at which fans are rated, Pa."""


def fan_power(load: Array, rated: float, floor: float, pressure: Array | float) -> Array:
    """Return the power of the fans that move air through the halls.

    ``f/σ [a + (1 - a) x^1.5]`` with ``σ = p/101325``: thin air takes more volume for the same heat.  The
    exponent lies between constant speed and the cube law of a lone fan; the floor a is what a minimum of
    pressure and of running units costs.  A pure cube law would let PUE rise with load.

    Parameters
    ----------
    load
        IT load x per rated capacity, 0 to 1, any shape, W/W.
    rated
        Fan power f at full load and sea level, W/W.
    floor
        Share a of it at no load, 0 to 1, dimensionless.
    pressure
        Air pressure p, broadcastable with `load`, Pa.

    Returns
    -------
    Array
        Fan power per rated capacity, broadcast shape, W/W.

    References
    ----------
    Form: assumption; ranges of fan pressure and air temperature rise: N. Lei and E. Masanet, Resources,
    Conservation and Recycling 182 (2022) 106323, doi 10.1016/j.resconrec.2022.106323.

    Examples
    --------
    >>> round(float(fan_power(np.array(1.0), 0.09, 0.45, 101325.0)), 6)
    0.09
    """
    return np.asarray(rated * SEA_LEVEL / np.asarray(pressure) * _with_floor(load, floor))


def pump_power(load: Array, rated: float, floor: float) -> Array:
    """Return the power of the chilled-water and condenser-water pumps.

    ``k [a + (1 - a) x^1.5]``, the form of `fan_power` without the influence of altitude.

    Parameters
    ----------
    load
        IT load x per rated capacity, 0 to 1, any shape, W/W.
    rated
        Pump power k at full load, W/W.
    floor
        Share a of it at no load, 0 to 1, dimensionless.

    Returns
    -------
    Array
        Pump power per rated capacity, shape of `load`, W/W.

    References
    ----------
    Form: assumption, see `fan_power`.

    Examples
    --------
    >>> round(float(pump_power(np.array(0.5), 0.025, 0.4)), 7)
    0.0153033
    """
    return rated * _with_floor(load, floor)


def _with_floor(load: Array, floor: float) -> Array:
    """Return the shape ``a + (1 - a) x^1.5`` of fans and pumps, 1 at full load."""
    return floor + (1.0 - floor) * load**1.5


def economiser_share(source: Array, supply: float, temperature_range: float) -> Array:
    """Return the share of the heat that leaves without the compressor.

    ``φ = clip((T_s + ΔT - T_src)/ΔT, 0, 1)``: whole where the source is as cold as the supply, none where it
    is as warm as the return, and in between as much of the range as the source covers.

    Parameters
    ----------
    source
        Temperature T_src of what the heat is given to, any shape, degC.
    supply
        Supply temperature T_s of the water or air of the halls, degC.
    temperature_range
        Rise ΔT from supply to return, above 0, K.

    Returns
    -------
    Array
        Economiser share φ, 0 to 1, shape of `source`, dimensionless.

    References
    ----------
    The partial water-side rule of N. Lei and E. Masanet (2022), doi 10.1016/j.resconrec.2022.106323.

    Examples
    --------
    >>> round(float(economiser_share(np.array(17.0), 15.0, 6.0)), 6)
    0.666667
    """
    return np.clip((supply + temperature_range - source) / temperature_range, 0.0, 1.0)


def chiller_cop(
    source: Array,
    supply: float,
    carnot_share: float,
    evaporator_difference: float,
    condenser_difference: float,
    least_lift: float,
    most: float,
) -> Array:
    """Return the coefficient of performance of the compressor at full load.

    ``COP = min(η (T_e + 273.15) / max(T_src + δ_c - T_e, L), COP_max)`` with ``T_e = T_s - δ_e``: a fixed
    share of Carnot, between the evaporating and the condensing temperature.  Compressors need a least
    lift L and are never better than COP_max.

    Parameters
    ----------
    source
        Temperature T_src of what the condenser gives its heat to, any shape, degC.
    supply
        Supply temperature T_s, degC.
    carnot_share
        Share η of the Carnot efficiency, 0.3 to 0.6, dimensionless.
    evaporator_difference
        Temperature difference δ_e in the evaporator, K.
    condenser_difference
        Temperature difference δ_c from source to condensing, K.
    least_lift
        Least temperature lift L, above 0, K.
    most
        Greatest coefficient COP_max, dimensionless.

    Returns
    -------
    Array
        COP, shape of `source`, dimensionless.

    References
    ----------
    ASHRAE Handbook: Fundamentals, chapter 2 (Carnot refrigeration cycle); the parameters are assumptions.

    Examples
    --------
    >>> round(float(chiller_cop(np.array(35.0), 10.0, 0.38, 3.0, 16.0, 12.0, 12.0)), 5)
    2.41948
    """
    evaporating = supply - evaporator_difference
    lift = np.maximum(source + condenser_difference - evaporating, least_lift)
    return np.minimum(carnot_share * (evaporating + ZERO_CELSIUS) / lift, most)


def chiller_power(heat: Array, cop: Array, capacity: float, curve: tuple[float, float, float], start: float) -> Array:
    """Return the power of the chiller at part load.

    ``(Cap/COP) [e0 min(1, r/r0) + e1 r + e2 r²]`` with ``r = Q/Cap``.  The fixed draw e0 fades out below
    r0, where chillers cycle, so that no heat takes no power; there the law is concave in the load.

    Parameters
    ----------
    heat
        Heat Q that the chiller takes up, per rated IT capacity, any shape, W/W.
    cop
        Coefficient of performance at full load, broadcastable with `heat`, dimensionless.
    capacity
        Cooling capacity Cap per rated IT capacity, above 0, W/W.
    curve
        Coefficients e0, e1, e2, which sum to 1, dimensionless.
    start
        Part-load ratio r0 from which the fixed draw is whole, above 0, dimensionless.

    Returns
    -------
    Array
        Power per rated IT capacity, broadcast shape, W/W.

    References
    ----------
    Quadratic in the part-load ratio as in EnergyPlus, Engineering Reference, electric chiller model based
    on condenser entering temperature; the coefficients are assumptions.

    Examples
    --------
    >>> round(float(chiller_power(np.array(1.15), np.array(5.0), 1.15, (0.15, 0.70, 0.15), 0.1)), 6)
    0.23
    """
    fixed, linear, square = curve
    part = heat / capacity
    return capacity / cop * (fixed * np.minimum(1.0, part / start) + linear * part + square * part**2)
