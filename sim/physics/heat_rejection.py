"""What the heat is given to: source temperatures, the fans of towers and dry coolers, and their water."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array

LATENT_HEAT = 2.45e6
"""Heat that a kilogram of evaporating water takes up near 20 degC, J/kg."""
WETTING_SPAN = 5.0
"""Rise of the dry bulb over which the sprays of an indirect evaporative cooler open, K."""
SPRAY_SHARE = 0.9
"""Share of the heat that leaves as vapour where sprays run fully, dimensionless."""


def dry_source(temperature: Array, approach: float) -> Array:
    """Return the temperature to which a dry cooler can bring the heat: ``T + A``.

    Parameters
    ----------
    temperature
        Dry bulb T, any shape, degC.
    approach
        Temperature difference A of the heat exchanger, K.

    Returns
    -------
    Array
        Source temperature, shape of `temperature`, degC.

    Examples
    --------
    >>> float(dry_source(np.array(25.0), 7.0))
    32.0
    """
    return temperature + approach


def tower_source(wet_bulb: Array, approach: float) -> Array:
    """Return the temperature to which a cooling tower can bring the heat: ``T_w + A``.

    Parameters
    ----------
    wet_bulb
        Wet bulb T_w, any shape, degC.
    approach
        Approach A of tower and plate heat exchanger, 2.8 to 6.7 for the tower alone, K.

    Returns
    -------
    Array
        Source temperature, shape of `wet_bulb`, degC.

    References
    ----------
    Range of the approach: ASHRAE (2015), as in the inputs of N. Lei and E. Masanet, Resources,
    Conservation and Recycling 182 (2022) 106323, doi 10.1016/j.resconrec.2022.106323.

    Examples
    --------
    >>> float(tower_source(np.array(21.0), 5.5))
    26.5
    """
    return wet_bulb + approach


def wetting(temperature: Array, start: float) -> Array:
    """Return how far the sprays of an indirect evaporative cooler are open.

    ``a = clip((T - T_on)/5, 0, 1)``: dry in the cold, where water would freeze and is not needed.

    Parameters
    ----------
    temperature
        Dry bulb T, any shape, degC.
    start
        Dry bulb T_on at which spraying begins, degC.

    Returns
    -------
    Array
        Wetting a, 0 to 1, shape of `temperature`, dimensionless.

    References
    ----------
    The span of 5 K is an assumption.

    Examples
    --------
    >>> float(wetting(np.array(20.5), 18.0))
    0.5
    """
    return np.clip((temperature - start) / WETTING_SPAN, 0.0, 1.0)


def evaporative_source(
    temperature: Array, wet_bulb: Array, wetting: Array, effectiveness: float, approach: float
) -> Array:
    """Return the air temperature that an indirect evaporative cooler delivers.

    ``T - a ε (T - T_w) + A``.

    Parameters
    ----------
    temperature
        Dry bulb T, any shape, degC.
    wet_bulb
        Wet bulb T_w, broadcastable with `temperature`, degC.
    wetting
        Wetting a from `wetting`, broadcastable with `temperature`, dimensionless.
    effectiveness
        Wet-bulb effectiveness ε of the wetted exchanger, 0 to 1, dimensionless.
    approach
        Temperature difference A of the air-to-air exchanger, K.

    Returns
    -------
    Array
        Source temperature, broadcast shape, degC.

    References
    ----------
    ASHRAE Handbook: HVAC Systems and Equipment, chapter on evaporative air-cooling equipment.

    Examples
    --------
    >>> float(evaporative_source(np.array(25.0), np.array(21.0), np.array(1.0), 0.75, 3.0))
    25.0
    """
    return temperature - wetting * effectiveness * (temperature - wet_bulb) + approach


def rejection_power(heat: Array, factor: float) -> Array:
    """Return the power of tower or dry-cooler fans: ``k Q``.

    Parameters
    ----------
    heat
        Heat Q given to the outside, compressor included, any shape, W/W.
    factor
        Power k per heat, 0.012 to 0.03, dimensionless.

    Returns
    -------
    Array
        Power per rated capacity, shape of `heat`, W/W.

    References
    ----------
    Proportional form and value: assumptions.

    Examples
    --------
    >>> round(float(rejection_power(np.array(1.2), 0.02)), 6)
    0.024
    """
    return factor * heat


def tower_evaporation_share(temperature: Array) -> Array:
    """Return the share of the heat that leaves a cooling tower as vapour.

    ``clip(0.60 + T/75, 0.5, 1)``: in the cold more leaves as warm air.

    Parameters
    ----------
    temperature
        Dry bulb T, any shape, degC.

    Returns
    -------
    Array
        Share, 0.5 to 1, shape of `temperature`, dimensionless.

    References
    ----------
    A straight line through the usual shares of winter and summer: assumption.

    Examples
    --------
    >>> tower_evaporation_share(np.array([-15.0, 15.0, 35.0])).tolist()
    [0.5, 0.8, 1.0]
    """
    return np.clip(0.60 + temperature / 75.0, 0.5, 1.0)


def spray_evaporation_share(wetting: Array) -> Array:
    """Return the share of the heat that leaves an indirect evaporative cooler as vapour: ``0.9 a``.

    Parameters
    ----------
    wetting
        Wetting a from `wetting`, 0 to 1, any shape, dimensionless.

    Returns
    -------
    Array
        Share, 0 to 0.9, shape of `wetting`, dimensionless.

    References
    ----------
    The factor is an assumption.

    Examples
    --------
    >>> float(spray_evaporation_share(np.array(0.5)))
    0.45
    """
    return SPRAY_SHARE * wetting


def evaporation(heat: Array, share: Array | float, cycles: float) -> Array:
    """Return the make-up water of evaporative cooling.

    ``s Q / 2.45e6 · CoC/(CoC - 1)``: what evaporates, and the blow-down that keeps the salt of the basin at
    CoC times that of the make-up.

    Parameters
    ----------
    heat
        Heat Q given to the outside, any shape, W (or W per W of rated IT capacity).
    share
        Share s of it that leaves as vapour, 0 to 1, broadcastable with `heat`, dimensionless.
    cycles
        Cycles of concentration CoC, above 1, 3 to 15 in use, dimensionless.

    Returns
    -------
    Array
        Water, broadcast shape, kg/s (or kg/s per W of rated IT capacity); a kilogram is a litre.

    References
    ----------
    ASHRAE Handbook: HVAC Systems and Equipment, chapter on cooling towers (evaporation and blow-down).

    Examples
    --------
    Litres for 1.1 kWh of heat:

    >>> round(float(3.6e6 * evaporation(np.array(1.1), 1.0, 5.0)), 5)
    2.02041
    """
    return heat * share / LATENT_HEAT * (cycles / (cycles - 1.0))
