"""Base: the rule of the national baseline; interactive work local first, the rest where there is room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.policies.base import Decision, View, register, spread


def _by_workload(value: Array, pool: IntArray) -> Array:
    """Return a value of [centre, pool] as [workload, centre]; 1 where a workload needs no pool."""
    return np.stack([value[:, p] if p >= 0 else np.ones(len(value)) for p in pool])


def _nearest(view: View, capacity: Array) -> Array:
    """Return 1 at the nearest feasible centre that is up, else 0; [region, workload, centre]."""
    delay = np.where(view.feasible & (capacity > 0.0), view.delay[:, None, :], np.inf)
    first = delay.argmin(axis=2)[:, :, None]
    found = np.zeros(delay.shape)
    np.put_along_axis(found, first, 1.0, axis=2)
    return np.where(np.isfinite(delay), found, 0.0)


def _room(view: View, weight: Array) -> Array:
    """Return the capacity that interactive work leaves free; [centre, pool], FLOP."""
    total = weight.sum(axis=2, keepdims=True)
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0.0)
    room = view.capacity.copy()
    for pool in range(room.shape[1]):
        now = (view.pool == pool) & (view.slack == 0)
        room[:, pool] -= np.einsum("rw,rwc->c", view.waiting[:, now], share[:, now])
    return np.maximum(room, 0.0)


@register("base")
@dataclass(frozen=True)
class Base:
    """Serve interactive work at home, and spread deferrable work in proportion to the room that is left.

    Interactive work goes to the region's own centres in proportion to capacity, where none is up to
    the nearest feasible one. Data without a pool (storage) goes to the nearest feasible centre.
    """

    def dispatch(self, view: View) -> Decision:
        """Return the shares; [region, workload, centre + 2]."""
        capacity = _by_workload(view.capacity, view.pool)
        local = np.where(view.feasible & view.own[:, None, :], capacity, 0.0)
        nearest = _nearest(view, capacity)
        weight = np.where(local.any(axis=2, keepdims=True), local, nearest)
        deferrable = (view.slack > 0) & (view.pool >= 0)
        weight[:, deferrable] = _by_workload(_room(view, weight), view.pool)[None, deferrable]
        weight[:, view.pool < 0] = nearest[:, view.pool < 0]
        return spread(weight, view)
