"""Power of servers: against utilisation, per FLOPS, and of a whole fleet."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array


def linear_power(utilisation: Array | float, idle: Array | float, peak: Array | float) -> Array:
    """Return the power of a server that grows in proportion to its utilisation.

    ``P = P_idle + (P_peak - P_idle) u``.

    Parameters
    ----------
    utilisation
        Utilisation u, 0 to 1, any shape, dimensionless.
    idle
        Power at utilisation 0, broadcastable with `utilisation`, W.
    peak
        Power at utilisation 1, broadcastable with `utilisation`, W.

    Returns
    -------
    Array
        Power, broadcast shape, W.

    References
    ----------
    L. A. Barroso and U. Hölzle, "The case for energy-proportional computing", Computer 40(12) (2007)
    33-37, doi 10.1109/MC.2007.443.

    Examples
    --------
    >>> round(float(1000 * linear_power(0.3, 120.0, 400.0)), 6)
    204000.0
    """
    u = np.asarray(utilisation, dtype=np.float64)
    return np.asarray(idle + (np.asarray(peak) - idle) * u)


def fan_et_al_power(
    utilisation: Array | float, idle: Array | float, peak: Array | float, exponent: float = 1.4
) -> Array:
    """Return the power of a server by the concave law of Fan, Weber and Barroso.

    ``P = P_idle + (P_peak - P_idle)(2u - u^r)``, r fitted to the machine; 1.4 by default.  It lies above
    the linear law between the ends and is not convex, so only the linear law goes into an optimisation.

    Parameters
    ----------
    utilisation
        Utilisation u, 0 to 1, any shape, dimensionless.
    idle
        Power at utilisation 0, broadcastable with `utilisation`, W.
    peak
        Power at utilisation 1, broadcastable with `utilisation`, W.
    exponent
        Exponent r, 1 to 2, dimensionless; the law is linear for r = 1.

    Returns
    -------
    Array
        Power, broadcast shape, W.

    References
    ----------
    X. Fan, W.-D. Weber and L. A. Barroso, "Power provisioning for a warehouse-sized computer", ISCA
    2007, doi 10.1145/1250662.1250665.

    Examples
    --------
    >>> round(float(1000 * fan_et_al_power(0.3, 120.0, 400.0)))
    236105
    """
    u = np.asarray(utilisation, dtype=np.float64)
    return np.asarray(idle + (np.asarray(peak) - idle) * (2.0 * u - u**exponent))


def power_per_flops(power: Array | float, flops: Array | float) -> Array:
    """Return the power a server draws per FLOPS it is rated at.

    One W/FLOPS is 1e12 MW/EFLOPS.  The figure means nothing without the precision (FP32, FP16, ...) in
    which `flops` is counted: an FP16 rating is 4 to 16 times the FP32 one.

    Parameters
    ----------
    power
        Rated power of the server, any shape, W.
    flops
        Rated compute of the server, broadcastable with `power`, FLOPS.

    Returns
    -------
    Array
        Power per compute, broadcast shape, W/FLOPS.

    Examples
    --------
    Eight accelerators of 989 TFLOPS (dense FP16) in a server of 10.2 kW, in MW/EFLOPS:

    >>> round(float(1e12 * power_per_flops(10.2e3, 8 * 989e12)), 5)
    1.28918
    """
    return np.asarray(np.asarray(power, dtype=np.float64) / flops)


def fleet_power(
    capacity: Array | float,
    per_flops: Array | float,
    rating_factor: float = 1.0,
    periphery: float = 0.0,
) -> Array:
    """Return the IT power of a fleet at full load.

    ``P = K (W/FLOPS) f_rating (1 + f_periphery)``.

    Parameters
    ----------
    capacity
        Compute K, any shape, FLOPS of the precision of `per_flops`.
    per_flops
        Rated power per compute of a server, broadcastable with `capacity`, W/FLOPS.
    rating_factor
        Power under full load over rated power, 0.6 to 1, dimensionless.
    periphery
        Power of network, storage and hosts over that of the servers, 0.10 to 0.15, dimensionless.

    Returns
    -------
    Array
        IT power, broadcast shape, W.

    References
    ----------
    Rating factor: a node of eight H100 draws at most 8.4 of its rated 10.2 kW, IEEE Access 13 (2025)
    61740.

    Examples
    --------
    >>> server = power_per_flops(10.2e3, 8 * 989e12)
    >>> round(float(fleet_power(1e18, server, 0.7, 0.125)) / 1e6, 5)
    1.01523
    """
    return np.asarray(np.asarray(capacity, dtype=np.float64) * per_flops * rating_factor * (1.0 + periphery))
