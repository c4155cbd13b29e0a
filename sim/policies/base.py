"""The contract of a dispatch policy: a `View` of the epoch in, a `Decision` out."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from sim.ground.arrays import Array
from sim.ground.registry import Registry
from sim.network.decision import Decision
from sim.network.view import View

__all__ = ["REGISTRY", "Decision", "Policy", "View", "register", "spread"]


class Policy(Protocol):
    """A rule of dispatch; its parameters are the fields of its dataclass."""

    def dispatch(self, view: View) -> Decision:
        """Return the decision of an epoch."""


REGISTRY: Registry[type[Policy]] = Registry("policy", "sim.policies")
register = REGISTRY.register


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
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0.0)
    bound = np.isfinite(view.allowance)[:, :, None]
    if bound.any():
        away = np.where(view.home[:, None, :], 0.0, share)
        stay = share - away
        leaving = away.sum(axis=2, keepdims=True)
        most = np.where(bound, view.allowance[:, :, None], 0.0)
        most = np.divide(most, view.waiting[:, :, None], out=np.zeros_like(most), where=view.waiting[:, :, None] > 0.0)
        allowed = np.where(bound, np.minimum(leaving, most), leaving)
        share = away * _ratio(allowed, leaving) + stay * _ratio(1.0 - allowed, 1.0 - leaving)
    rest = np.maximum(1.0 - share.sum(axis=2), 0.0)
    waits = (view.slack > 0)[None, :]
    tail = np.stack([np.where(waits, rest, 0.0), np.where(waits, 0.0, rest)], axis=2)
    return Decision(place=np.concatenate([share, tail], axis=2))


def _ratio(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 1e-12)
