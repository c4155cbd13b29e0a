"""Losses of the electrical plant, per unit of the rated IT capacity of a centre (W/W)."""

from __future__ import annotations

from sim.ground.arrays import Array


def ups_loss(load: Array, redundancy: float, no_load: float, proportional: float, square: float) -> Array:
    """Return the losses of the uninterruptible power supply.

    ``r l0 + l1 x + l2 x²/r``: every one of the r times oversized units idles, and each carries x/r.

    Parameters
    ----------
    load
        IT load x per rated capacity, 0 to 1, any shape, W/W.
    redundancy
        Installed over needed capacity r: 1, 1.25, 1.5, or 2 for 2N, dimensionless.
    no_load, proportional, square
        Losses l0, l1, l2 of a unit per its rating, W/W.

    Returns
    -------
    Array
        Loss per rated capacity, shape of `load`, W/W.

    References
    ----------
    N. Rasmussen, "Electrical efficiency modeling for data centers", Schneider Electric White Paper 113.

    Examples
    --------
    >>> round(ups_loss(0.5, 2.0, 0.018, 0.008, 0.018), 6)
    0.04225
    """
    return redundancy * no_load + proportional * load + square * load**2 / redundancy


def distribution_loss(load: Array, no_load: float, square: float) -> Array:
    """Return the losses of transformers, switchgear and power distribution units.

    ``d0 + d2 x²``: iron losses are there at any load, copper losses grow with the square of the current.

    Parameters
    ----------
    load
        IT load x per rated capacity, 0 to 1, any shape, W/W.
    no_load, square
        Losses d0 and d2, W/W.

    Returns
    -------
    Array
        Loss per rated capacity, shape of `load`, W/W.

    References
    ----------
    N. Rasmussen, "Electrical efficiency modeling for data centers", Schneider Electric White Paper 113.

    Examples
    --------
    >>> round(distribution_loss(0.5, 0.006, 0.006), 6)
    0.0075
    """
    return no_load + square * load**2
