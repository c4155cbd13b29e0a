"""Distance on the Earth and the time light takes through fibre."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array

EARTH_RADIUS = 6_371_008.8
"""Mean radius of the Earth, m."""


def great_circle(lat1: Array | float, lon1: Array | float, lat2: Array | float, lon2: Array | float) -> Array:
    """Return the great-circle distance between points.

    Haversine form, which keeps its digits at short distances:
    ``d = 2R asin √(sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2))``.  On a sphere of the mean radius it lies
    within 0.6 % of the distance on the ellipsoid.

    Parameters
    ----------
    lat1, lon1
        Latitude (north positive) and longitude (east positive) of the one point, any shape, degrees.
    lat2, lon2
        Those of the other, broadcastable, degrees.

    Returns
    -------
    Array
        Distance, broadcast shape, m.

    References
    ----------
    R. W. Sinnott, "Virtues of the haversine", Sky and Telescope 68 (1984) 159.  Radius: H. Moritz,
    "Geodetic Reference System 1980", Journal of Geodesy 74 (2000) 128-133,
    doi 10.1007/s001900050278 (mean radius R₁).

    Examples
    --------
    A quarter of the circumference, from the equator to the pole:

    >>> round(float(great_circle(0.0, 0.0, 90.0, 0.0)))
    10007557
    """
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half_phi = (phi2 - phi1) / 2.0
    half_lambda = np.radians(np.subtract(lon2, lon1)) / 2.0
    chord = np.sin(half_phi) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin(half_lambda) ** 2
    # Rounding may lift the chord of antipodes above 1 by one ulp.
    return np.asarray(2.0 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(chord, 1.0))))


def fibre_delay(length: Array | float, hops: Array | float, per_metre: Array | float, per_hop: Array | float) -> Array:
    """Return the one-way delay of an optical path.

    ``delay = length · per_metre + hops · per_hop``.  Light in silica (group index 1.468) takes 4.9 µs a
    kilometre; a hop is the transponder and switch at the end of a link, without queueing.

    Parameters
    ----------
    length
        Length of the fibre, not of the great circle, any shape, m.
    hops
        Number of links, broadcastable, dimensionless.
    per_metre
        Delay of the fibre, broadcastable, s/m.
    per_hop
        Delay of one link's equipment, broadcastable, s.

    Returns
    -------
    Array
        Delay, broadcast shape, s.

    References
    ----------
    ITU-T G.652 (11/2016), appendix I (typical group index of single-mode fibre at 1550 nm).

    Examples
    --------
    >>> round(float(fibre_delay(1000e3, 2, 4.9e-9, 50e-6)), 9)
    0.005
    """
    return np.asarray(np.multiply(length, per_metre) + np.multiply(hops, per_hop), dtype=np.float64)
