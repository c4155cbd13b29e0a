"""Random series that hang together in time and in space, each site from its own stream."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.ground.arrays import Array
from sim.ground.seeds import generator
from sim.physics.delay import great_circle

_NUGGET = 1e-6
"""Share of the variance that two sites at one place do not have in common: keeps the factor regular."""


def site_draws(names: Sequence[str], epochs: int, seed: int, replication: int, stream: str) -> Array:
    """Return independent standard normal draws, each site's from its own stream.

    Parameters
    ----------
    names
        Ids of the sites; an id has the same draws wherever it stands in the list.
    epochs
        Draws for each site.
    seed
        The scenario's seed.
    replication
        Number of the replication, from 0.
    stream
        What the numbers are for, such as ``"wind"``.

    Returns
    -------
    Array
        Draws [epoch, site], dimensionless.

    Examples
    --------
    >>> short, long = (site_draws(names, 5, 42, 0, "wind") for names in (["a"], ["a", "b"]))
    >>> bool((short[:, 0] == long[:, 0]).all())
    True
    """
    columns = [generator(seed, replication, stream, name).standard_normal(epochs) for name in names]
    return np.stack(columns, axis=1)


def correlated_ar1(draws: Array, memory: float, positions: Array, length: float) -> Array:
    """Return a stationary Gaussian series of unit variance, correlated in time and in space.

    In time an autoregression of first order, ``x_t = φ x_(t-1) + √(1 - φ²) ε_t`` with ``φ = exp(-1/memory)``
    and ``x_0 = ε_0``, so that it is stationary from the first epoch.  In space the ε are mixed by the
    Cholesky factor of ``exp(-distance/length)``, a valid correlation on the sphere.  The factor is lower
    triangular: a site depends on the draws of the sites before it, so one that is **appended** leaves
    the series of all others unchanged; one inserted before others changes those.

    Parameters
    ----------
    draws
        Independent standard normal draws [epoch, site], dimensionless.
    memory
        Time in which the correlation falls to 1/e, above 0, epochs.
    positions
        Latitude and longitude of each site [site, 2], degrees.
    length
        Distance over which the correlation falls to 1/e, above 0, m.

    Returns
    -------
    Array
        Series [epoch, site], mean 0, variance 1, dimensionless.

    References
    ----------
    G. E. P. Box and G. M. Jenkins, "Time Series Analysis" (1970), section 3.2 (autoregression);
    T. Gneiting, "Strictly and non-strictly positive definite functions on spheres", Bernoulli 19 (2013)
    1327-1349, doi 10.3150/12-BEJSP06 (the exponential of the great-circle distance).

    Examples
    --------
    Far apart and without memory, the series is its draws:

    >>> draws = np.array([[0.5, -1.0], [2.0, 0.25]])
    >>> far = np.array([[0.0, 0.0], [0.0, 180.0]])
    >>> bool(np.allclose(correlated_ar1(draws, 0.01, far, 1e3), draws))
    True
    """
    from scipy.linalg import cholesky

    latitude, longitude = positions[:, 0], positions[:, 1]
    distance = great_circle(latitude[:, None], longitude[:, None], latitude, longitude)
    correlation = (1.0 - _NUGGET) * np.exp(-distance / length) + _NUGGET * np.eye(len(positions))
    return ar1(draws @ cholesky(correlation, lower=True).T, memory)


def ar1(draws: Array, memory: float) -> Array:
    """Return a stationary autoregression of first order with unit variance; the draws' shape.

    ``x_t = φ x_(t-1) + √(1 - φ²) ε_t`` with ``φ = exp(-1/memory)`` and ``x_0 = ε_0``.

    Parameters
    ----------
    draws
        Standard normal draws ε [epoch, ...], dimensionless.
    memory
        Time in which the correlation falls to 1/e, above 0, epochs.

    Returns
    -------
    Array
        Series [epoch, ...], dimensionless.

    Examples
    --------
    >>> ar1(np.array([1.0, 0.0]), 1.0).round(6).tolist()
    [1.0, 0.367879]
    """
    # scipy.signal takes more than a second to import, and a cached series needs none of it.
    from scipy.signal import lfilter

    keep = np.exp(-1.0 / memory)
    fresh = np.sqrt(1.0 - keep**2)
    # The filter's state before the first epoch that makes its first output ε_0 itself.
    state = (1.0 - fresh) * draws[:1]
    return np.asarray(lfilter([fresh], [1.0, -keep], draws, axis=0, zi=state)[0])
