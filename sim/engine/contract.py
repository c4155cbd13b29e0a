"""What a decision must keep, checked before it is executed; a breach names policy, epoch and entry."""

from __future__ import annotations

import numpy as np

from sim.engine.dispatch import Facts
from sim.ground.arrays import Array, BoolArray
from sim.ground.errors import PluginError
from sim.network.decision import Decision
from sim.network.network import Network
from sim.policies.base import REGISTRY, Policy

_NO_PATHS = np.zeros((0, 0, 0, 0))
_ZERO, _SUM = 1e-12, 1e-9


def blamed(error: PluginError, policy: Policy, network: Network, epoch: int) -> PluginError:
    """Return what is wrong with a decision, with the name of the policy and the epoch before it.

    Parameters
    ----------
    error
        What is wrong.
    policy, network, epoch
        Who decided what, and when.
    """
    kind = type(policy)
    name = next((name for name in REGISTRY.names() if REGISTRY.get(name) is kind), kind.__name__)
    time = np.datetime_as_string(network.data["epoch"].values[epoch], unit="m").replace("T", " ")
    return PluginError(f"the policy '{name}' in epoch {epoch} ({time}): {error}")


class Contract:
    """The contract of decisions on a network.

    Parameters
    ----------
    network
        Names the entries.
    facts
        What may run where and wait how long.
    """

    def __init__(self, network: Network, facts: Facts) -> None:
        self._network, self._facts = network, facts
        self._installed = network["capacity"] > 0.0
        self._instant = facts.slack == 0

    def decision(self, decision: Decision) -> None:
        """Check that a decision is one.

        Raises
        ------
        PluginError
            Here and below: where the contract is broken.
        """
        if not isinstance(decision, Decision) or (decision.place is None) == (decision.score is None):
            raise PluginError("the policy returns a Decision, which has either `place` or `score`")
        if decision.path is not None and decision.place is None:
            raise PluginError("`path` goes with `place`; a `score` takes the shortest path that has room")

    def place(self, given: Array, capacity: Array) -> Array:
        """Return shares that keep the contract; [region, workload, centre + 2].

        Parameters
        ----------
        given
            As the policy gave them.
        capacity
            [centre, pool], what is in service; a centre that has a pool and none of it in service is out.
        """
        place, facts = np.asarray(given, dtype=np.float64), self._facts
        regions, workloads, centres = facts.feasible.shape
        self._shaped("place", place, (regions, workloads, centres + 2), "region, workload, centre + 2")
        rule = "`place` must hold shares from 0 that sum to 1 for every region and workload"
        self._all("place", place >= -_ZERO, place, rule)
        total = place.sum(axis=2)
        self._sums("place", np.abs(total - 1.0) <= _SUM, total, rule)
        if not (place[:, self._instant, -2] <= _ZERO).all():
            now = np.zeros_like(place, dtype=bool)
            now[:, self._instant, -2] = True
            rule = "`place` defers interactive work, which cannot wait; reject it or give it to a centre"
            self._all("place", ~now | (place <= _ZERO), place, rule)
        out = self._installed & (capacity <= 0.0)
        if out.any():
            away = np.zeros_like(place, dtype=bool)
            away[:, facts.pool >= 0, :-2] = out.T[facts.pool[facts.pool >= 0]]
            rule = "`place` sends work to a centre that is out of service; look at view.capacity"
            self._all("place", ~away | (place <= _ZERO), place, rule)
        if np.signbit(place).any():
            place = np.maximum(place, 0.0)
            total = place.sum(axis=2)
        return np.ascontiguousarray(place / total[:, :, None])

    def path(self, given: Array | None) -> Array:
        """Return the paths that a decision asks for; none where it asks for none."""
        if given is None:
            return _NO_PATHS
        # A copy: an array that is sealed would be another type to the compiler.
        path, facts = np.array(given, dtype=np.float64, order="C"), self._facts
        self._shaped(
            "path", path, (*facts.feasible.shape, facts.route_delay.shape[2]), "region, workload, centre, path"
        )
        rule = "`path` must hold shares from 0 that sum to at most 1 for every centre of a `place`"
        self._all("path", path >= 0.0, path, rule)
        self._sums("path", path.sum(axis=3) <= 1.0 + _SUM, path.sum(axis=3), rule)
        return path

    def charge(self, given: Array) -> Array:
        """Return the charge that a decision asks for; [centre], W."""
        charge, centres = np.asarray(given, dtype=np.float64), self._facts.feasible.shape[2]
        self._shaped("charge", charge, (centres,), "centre")
        wrong = np.flatnonzero(~np.isfinite(charge))
        if len(wrong):
            centre = self._network.ids("centre")[int(wrong[0])]
            raise PluginError(f"`charge` is {charge[wrong[0]]:g} for centre '{centre}'; it must be finite, in W")
        return charge

    def score(self, score: Array) -> None:
        """Check scores; [region, workload, centre]."""
        self._shaped("score", score, self._facts.feasible.shape, "region, workload, centre")
        rule = "`score` must be a number, or inf where it forbids, and no NaN or -inf"
        self._all("score", score > -np.inf, score, rule)

    def when(self, given: Array, lags: int) -> Array:
        """Return shares by lag that keep the contract; [region, workload, lag]."""
        when, slack = np.asarray(given, dtype=np.float64), self._facts.slack
        self._shaped("when", when, (*self._facts.feasible.shape[:2], lags), "region, workload, lag")
        rule = "`when` must hold shares from 0 that sum to 1 over the lags"
        self._all("when", when >= -_ZERO, when, rule)
        self._sums("when", np.abs(when.sum(axis=2) - 1.0) <= _SUM, when.sum(axis=2), rule)
        late = np.arange(lags) > slack[:, None]
        self._all("when", ~late[None] | (when <= _ZERO), when, "`when` books work past its deadline")
        return when

    def _shaped(self, name: str, values: Array, wanted: tuple[int, ...], dimensions: str) -> None:
        if values.shape != wanted:
            raise PluginError(f"`{name}` has the shape {values.shape}; it is [{dimensions}], {wanted}")

    def _all(self, name: str, kept: BoolArray, values: Array, rule: str) -> None:
        if not kept.all():
            at = tuple(int(n) for n in np.argwhere(~kept)[0])
            raise PluginError(f"{rule}; `{name}` is {values[at]:g} for {self._entry(name, at)}")

    def _sums(self, name: str, kept: BoolArray, sums: Array, rule: str) -> None:
        if not kept.all():
            at = tuple(int(n) for n in np.argwhere(~kept)[0])
            raise PluginError(f"{rule}; `{name}` sums to {sums[at]:.12g} for {self._entry(name, at)}")

    def _entry(self, name: str, at: tuple[int, ...]) -> str:
        """Return the names of an entry: region, workload, and centre, lag or path."""
        ids = [self._network.ids(dimension) for dimension in ("region", "workload", "centre")]
        words = [f"region '{ids[0][at[0]]}'", f"workload '{ids[1][at[1]]}'"]
        if len(at) > 2 and name == "when":
            words.append(f"lag {at[2]}")
        elif len(at) > 2:
            tail = ("deferred", "rejected")
            words.append(f"centre '{ids[2][at[2]]}'" if at[2] < len(ids[2]) else tail[at[2] - len(ids[2])])
        return ", ".join([*words, *(f"path {n}" for n in at[3:])])
