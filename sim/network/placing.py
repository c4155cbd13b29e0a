"""Ways to place work that several rules have in common: shares by weights, home first, what room is left."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array
from sim.network.decision import Decision
from sim.network.view import View

_AWAY = 1.0  # s; more than any delay on Earth, so own centres always come first


def spread(weight: Array, view: View) -> Decision:
    """Return the decision that shares work out by weights, with no more away from home than may leave it.

    Parameters
    ----------
    weight
        [region, workload, centre], ≥ 0, any unit; what is not feasible counts as 0.
    view
        The epoch.

    Returns
    -------
    Decision
        `place`; where no weight is above 0, work is deferred, or rejected where it cannot wait.
    """
    weight = np.where(view.feasible, weight, 0.0)
    total = weight.sum(axis=2, keepdims=True)
    share = _ratio(weight, total, 0.0)
    bound = np.isfinite(view.allowance)[:, :, None]
    if bound.any():
        away = np.where(view.home[:, None, :], 0.0, share)
        stay = share - away
        leaving = away.sum(axis=2, keepdims=True)
        most = np.where(bound, view.allowance[:, :, None], 0.0)
        most = _ratio(most, view.waiting[:, :, None], 0.0)
        allowed = np.where(bound, np.minimum(leaving, most), leaving)
        share = away * _ratio(allowed, leaving) + stay * _ratio(1.0 - allowed, 1.0 - leaving)
    rest = np.maximum(1.0 - share.sum(axis=2), 0.0)
    waits = (view.slack > 0)[None, :]
    tail = np.stack([np.where(waits, rest, 0.0), np.where(waits, 0.0, rest)], axis=2)
    return Decision(place=np.concatenate([share, tail], axis=2))


def home_first(view: View) -> Array:
    """Return delays with a surcharge for leaving the region; [region, workload, centre], s, inf where not feasible.

    Parameters
    ----------
    view
        The epoch.
    """
    return np.where(view.feasible, (view.delay + _AWAY * ~view.own)[:, None, :], np.inf)


def nearest(view: View) -> Array:
    """Return 1 at the nearest feasible centre that is up, else 0; [region, workload, centre].

    Parameters
    ----------
    view
        The epoch.
    """
    up = view.feasible & (view.per_workload(view.capacity, 1.0) > 0.0)
    delay = np.where(up, view.delay[:, None, :], np.inf)
    found = np.zeros(delay.shape)
    np.put_along_axis(found, delay.argmin(axis=2)[:, :, None], 1.0, axis=2)
    return np.where(up, found, 0.0)


def around(place: Array, view: View) -> Array:
    """Return shares of a plan that did not know what is out of service now; [region, workload, centre + 2].

    What it sends to a centre that is out waits, or goes to the nearest one that is up where it cannot wait.

    Parameters
    ----------
    place
        [region, workload, centre + 2], as in a `Decision`.
    view
        The epoch.
    """
    out = view.per_workload(view.capacity, 1.0) <= 0.0
    if not (place[:, :, :-2] * out).any():
        return place
    found = place.copy()
    found[:, :, :-2] *= ~out
    lost = place.sum(axis=2) - found.sum(axis=2)
    waits, near = view.slack > 0, nearest(view)
    found[:, :, :-2] += np.where(waits, 0.0, lost)[:, :, None] * near
    found[:, :, -2] += np.where(waits, lost, 0.0)
    found[:, :, -1] += np.where(waits | near.any(axis=2), 0.0, lost)
    return found


def at_home(view: View) -> Array:
    """Return weights that keep work at home; [region, workload, centre].

    The region's own centres in proportion to capacity, where none is up the nearest feasible one. Data without a
    pool (storage) goes to the nearest feasible centre.

    Parameters
    ----------
    view
        The epoch.
    """
    capacity = view.per_workload(view.capacity, 1.0)
    local, near = np.where(view.feasible & view.own[:, None, :], capacity, 0.0), nearest(view)
    weight = np.where(local.any(axis=2, keepdims=True), local, near)
    weight[:, view.pool < 0] = near[:, view.pool < 0]
    return weight


class Home:
    """The weights of `at_home`, found anew only where other capacity is up than an epoch before."""

    def __init__(self) -> None:
        self._seen: tuple[View, Array] | None = None

    def weights(self, view: View) -> Array:
        """Return a copy of the weights that may be changed; [region, workload, centre].

        Parameters
        ----------
        view
            The epoch.
        """
        if self._seen is None or not _alike(self._seen[0], view):
            self._seen = (view, at_home(view))
        return self._seen[1].copy()


def _alike(last: View, view: View) -> bool:
    same = last.feasible is view.feasible and last.own is view.own and last.delay is view.delay
    return same and np.array_equal(last.capacity, view.capacity)


def room(view: View, weight: Array) -> Array:
    """Return the capacity that interactive work leaves free; [centre, pool], FLOP.

    Parameters
    ----------
    view
        The epoch.
    weight
        [region, workload, centre], by which interactive work is shared out.
    """
    share = _ratio(weight, weight.sum(axis=2, keepdims=True), 0.0)
    left = view.capacity - view.queued
    for pool in range(left.shape[1]):
        now = (view.pool == pool) & (view.slack == 0)
        left[:, pool] -= np.einsum("rw,rwc->c", view.waiting[:, now], share[:, now])
    return np.maximum(left, 0.0)


def _ratio(part: Array, whole: Array, least: float = 1e-12) -> Array:
    return np.divide(part, whole, out=np.zeros(np.broadcast(part, whole).shape), where=whole > least)
