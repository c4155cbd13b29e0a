"""Full-load hours: the one parameter of a capacity factor that meets the published hours of a year."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.ground.errors import ScenarioError

_TOLERANCE = 1e-9
"""Largest gap between the hours met and those asked for, h a year."""


def calibrated(
    potential: Callable[[Array, IntArray], Array],
    limit: float,
    hours: Array,
    curtailment: Array,
    seconds: float,
    what: str,
) -> Array:
    """Return the delivered capacity factor of a year, whose full-load hours are the published ones.

    Published hours are net of curtailment.  So the parameter of each site is sought in [0, `limit`] until
    its potential output has ``hours/(1 - curtailment)``, within 1e-9 h, and then every epoch is curtailed
    once, by that share.  The search brackets the root and never leaves the bracket.

    Parameters
    ----------
    potential
        Capacity factor [epoch, site] before curtailment, of the parameter [site] and the indices of the
        sites asked for; increasing in the parameter, nothing at 0.
    limit
        Largest parameter, in the parameter's unit.
    hours
        Published full-load hours [site], h a year.
    curtailment
        Share of the potential energy that is not taken [site], 0 to below 1, dimensionless.
    seconds
        Length of an epoch, s.
    what
        The series, as the message calls it.

    Returns
    -------
    Array
        Delivered capacity factor [epoch, site], 0 to 1, dimensionless.

    Raises
    ------
    ScenarioError
        Where a site cannot reach its hours.

    References
    ----------
    T. R. Chandrupatla, "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear
    function without using derivatives", Advances in Engineering Software 28 (1997) 145-149,
    doi 10.1016/S0965-9978(96)00051-8.

    Examples
    --------
    Ten hours at full output, of which a fifth is curtailed, and eight hours asked for:

    >>> eight = calibrated(
    ...     lambda size, site: np.ones((24, 1)) * size, 1.0, np.array([8.0]), np.array([0.2]), 3600.0, "solar"
    ... )
    >>> round(float(eight.sum()), 9), round(float(eight[0, 0]), 9)
    (8.0, 0.333333333)
    """
    # Slow to import, and a cached series needs none of it.
    from scipy.optimize import elementwise

    target = hours / (1.0 - curtailment)
    sites = np.arange(len(target))

    def gap(parameter: Array, site: IntArray) -> Array:
        reached: Array = potential(parameter, site).sum(axis=0) * (seconds / 3600.0)
        return reached - target[site]

    most = target + gap(np.full(len(target), limit), sites)
    if np.any(most < target):
        worst = int(np.argmin(most / target))
        raise ScenarioError(
            f"{what}: site {worst} is to have {target[worst]:,.0f} full-load hours before curtailment, "
            f"but its series reaches at most {most[worst]:,.0f}; lower its hours or its curtailment"
        )
    bracket = (np.zeros(len(target)), np.full(len(target), limit))
    found = elementwise.find_root(gap, bracket, args=(sites,), tolerances={"fatol": _TOLERANCE})
    return (1.0 - curtailment) * potential(np.asarray(found.x), sites)
