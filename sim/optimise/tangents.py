"""Facility power for the LP: a few straight pieces that never lie above the engine's own physics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ground.arrays import Array
from sim.network.network import Network
from sim.network.power import facility, it_power

_GRID = 9


@dataclass(frozen=True)
class Pieces:
    """Facility power as a convex piecewise linear function of the IT power above idle.

    F(P) = start + Σ_k slope_k q_k with Σ q_k = P − idle and 0 ≤ q_k ≤ width_k; slopes ascend, so that a
    minimum fills the pieces in order.

    Attributes
    ----------
    idle
        [epoch, centre], W: IT power at no work.
    start
        [epoch, centre], W: facility power there, never above the physics.
    slope
        [piece, epoch, centre], W/W.
    width
        [piece, epoch, centre], W.
    """

    idle: Array
    start: Array
    slope: Array
    width: Array


def pieces(network: Network, tangents: int = 3) -> Pieces:
    """Return the pieces of every centre and epoch over its own range of IT power.

    Tangents of the physics at evenly spread loads, each lowered where the physics is not convex, so that
    none lies above it anywhere on a grid of the range; their maximum is the function.

    Parameters
    ----------
    network
        The network.
    tangents
        How many, at least 1.

    Returns
    -------
    Pieces
        With as many pieces as tangents; a piece may have no width.
    """
    shape = (*network["temperature"].shape, network["capacity"].shape[1])
    idle, full = it_power(network, np.zeros(shape)), it_power(network, np.ones(shape))
    span = full - idle
    grid = np.linspace(0.0, 1.0, _GRID)
    values = np.stack([facility(network, idle + share * span)[0] for share in grid])
    slopes, heights = [], []
    for place in (np.arange(tangents) + 0.5) / tangents:
        step = 1e-3
        low, high = (facility(network, idle + (place + sign * step) * span)[0] for sign in (-1.0, 1.0))
        slope = np.divide(high - low, 2.0 * step * span, out=np.zeros_like(span), where=span > 0.0)
        height = 0.5 * (low + high) - slope * place * span
        over = (height + slope * grid[:, None, None] * span - values).max(axis=0)
        slopes.append(slope)
        heights.append(height - np.maximum(over, 0.0))
    return _envelope(idle, span, np.stack(slopes), np.stack(heights))


def _envelope(idle: Array, span: Array, slope: Array, height: Array) -> Pieces:
    """Return the maximum of lines over 0 … span as a start and pieces in order of slope."""
    order = np.argsort(slope, axis=0, kind="stable")
    slope, height = np.take_along_axis(slope, order, axis=0), np.take_along_axis(height, order, axis=0)
    count = len(slope)
    ends = np.empty_like(slope)
    # The first place from which a steeper line is the highest of all; pieces before it end there.
    for k in range(count):
        end = np.full_like(span, np.inf)
        for steeper in range(k + 1, count):
            rise = slope[steeper] - slope[k]
            meet = np.divide(
                height[k] - height[steeper],
                rise,
                out=np.where(height[steeper] > height[k], 0.0, np.inf),
                where=rise > 1e-12,
            )
            end = np.minimum(end, meet)
        ends[k] = np.clip(end, 0.0, span)
    ends = np.maximum.accumulate(ends, axis=0)
    ends[-1] = span
    width = np.diff(ends, axis=0, prepend=np.zeros((1, *span.shape)))
    return Pieces(idle, height.max(axis=0), slope, width)
