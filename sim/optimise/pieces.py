"""Facility power for the LP: a few straight pieces below the engine's own physics, as far as that is looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ground.arrays import Array
from sim.network.network import Network
from sim.network.power import facility, it_power

_BETWEEN = 4
_MARGIN = 1.25
"""The physics has kinks: between two points that are looked at it may lie a little lower still."""


@dataclass(frozen=True)
class Pieces:
    """Facility power as a convex piecewise linear function of the IT power above idle.

    F(P) = start + Σ_k slope_k q_k with Σ q_k = P − idle and 0 ≤ q_k ≤ width_k; slopes ascend, so that a
    minimum fills the pieces in order.

    Attributes
    ----------
    start
        [epoch, centre], W: facility power at no work.
    slope
        [piece, epoch, centre], W/W, ascending.
    width
        [piece, epoch, centre], W.
    """

    start: Array
    slope: Array
    width: Array


def pieces(network: Network, count: int = 6) -> Pieces:
    """Return the pieces of every centre and epoch over its own range of IT power.

    The physics is convex but for a chiller that hardly runs; its lower convex envelope on a grid is taken,
    and lowered by 1.25 times the most by which it lies above the physics at three points between each two of the
    grid. It is so checked at these points to lie nowhere above the physics, and not proven to between them.

    Parameters
    ----------
    network
        The network.
    count
        Pieces, of equal width.

    Returns
    -------
    Pieces
        At no point that is looked at above the physics.
    """
    shape = (*network["temperature"].shape, network["capacity"].shape[1])
    idle, full = it_power(network, np.zeros(shape)), it_power(network, np.ones(shape))
    step = (full - idle) / count
    values = np.stack([facility(network, idle + place * step)[0] for place in range(count + 1)])
    envelope = convex_envelope(values)
    over = np.zeros_like(step)
    for place in range(count):
        for part in range(1, _BETWEEN):
            share = part / _BETWEEN
            physics = facility(network, idle + (place + share) * step)[0]
            chord = (1.0 - share) * envelope[place] + share * envelope[place + 1]
            np.maximum(over, chord - physics, out=over)
    rise = np.diff(envelope, axis=0)
    slope = np.divide(rise, step, out=np.zeros_like(rise), where=step > 0.0)
    # Rounding must not let a later piece be cheaper than an earlier one.
    slope = np.maximum.accumulate(slope, axis=0)
    width = np.broadcast_to(step, slope.shape)
    return Pieces(envelope[0] - _MARGIN * over, slope, width)


def convex_envelope(values: Array) -> Array:
    """Return the greatest convex function below values on a uniform grid.

    At every point the least of all chords over it.

    Parameters
    ----------
    values
        [point, ...], any unit.

    Returns
    -------
    Array
        [point, ...], same unit.

    Examples
    --------
    >>> convex_envelope(np.array([0.0, 2.0, 1.0, 3.0])).tolist()
    [0.0, 0.5, 1.0, 3.0]
    """
    count = len(values)
    envelope = values.copy()
    for place in range(1, count - 1):
        for left in range(place):
            for right in range(place + 1, count):
                share = (place - left) / (right - left)
                chord = (1.0 - share) * values[left] + share * values[right]
                envelope[place] = np.minimum(envelope[place], chord)
    return envelope
