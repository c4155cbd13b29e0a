"""The pools that jobs meet: a network's compute in whole units, numbered, with who may use what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.network.network import Network
from sim.network.traces import UNIT
from sim.physics.reliability import felt_share
from sim.workloads.base import REGISTRY
from sim.workloads.jobs import TICK


@dataclass(frozen=True)
class Stock:
    """Pools in whole units.

    Attributes
    ----------
    units
        [centre, pool], installed.
    number
        [centre, pool], number of the job loop's pool, −1 where nothing is installed.
    standing
        [centre, pool], share in service where no event and no failure takes it out.
    centre, kind
        [number], centre and pool of a number.
    pool_of
        [workload, centre], number of the pool that a workload uses there, −1 where there is none.
    near
        [region, workload, centre], feasible centres, nearest first, −1 behind the last.
    checkpoint
        [workload], ticks between two checkpoints, 0 = none.
    pausable
        [workload], whether its jobs may be interrupted.
    """

    units: IntArray
    number: IntArray
    standing: Array
    centre: IntArray
    kind: IntArray
    pool_of: IntArray
    near: IntArray
    checkpoint: IntArray
    pausable: BoolArray

    @property
    def at(self) -> BoolArray:
        """Return where something is installed; [centre, pool]."""
        return np.asarray(self.number >= 0)

    @property
    def capacity(self) -> IntArray:
        """Return the units in service at ordinary times; [number]."""
        up = np.floor(self.units * self.standing + 1e-6)
        return up[self.centre, self.kind].astype(np.int64)

    def by_pool(self, amount: IntArray) -> IntArray:
        """Return amounts of numbers [number] as [centre, pool]."""
        total = np.zeros(self.units.shape, dtype=np.int64)
        total[self.centre, self.kind] = amount
        return total


def stock(network: Network) -> Stock:
    """Return the pools of a network in whole units.

    Failures take a share of the time out of service; so that the mean stays what the network says, at ordinary times
    so much more is in service, but never more than is installed.

    Parameters
    ----------
    network
        The network.
    """
    units = np.floor(network["capacity"] / UNIT + 1e-6).astype(np.int64)
    at = units > 0
    number = np.where(at, np.cumsum(at).reshape(at.shape) - 1, -1)
    centre, kind = np.nonzero(at)
    pool = network["workload_pool"]
    config = network.scenario.config
    return Stock(
        units=units,
        number=number,
        standing=np.minimum(network["standing"] / _unfailing(network), 1.0),
        centre=centre,
        kind=kind,
        pool_of=np.where((pool >= 0)[:, None], number[:, pool].T, -1),
        near=_near(network),
        checkpoint=np.array([round(w.checkpoint_h * 3600 * TICK) for w in config.workloads.values()], dtype=np.int64),
        pausable=np.array([REGISTRY.get(w.kind).interruptible for w in config.workloads.values()], dtype=bool),
    )


def _unfailing(network: Network) -> Array:
    """Return the share of the capacity that failures leave in the mean of all time; [centre, pool]."""
    share = np.ones(network["capacity"].shape)
    pools = network.ids("pool")
    for law in network.scenario.config.failures.values():
        if law.what != "centre":
            continue
        felt = felt_share(law.between_h, law.repair_h, law.repair_shape, law.ride_through_h)
        for c, (name, centre) in enumerate(network.scenario.config.centres.items()):
            if not law.among or name in law.among or centre.hub in law.among:
                met = np.array([law.pool in (None, pool) for pool in pools])
                share[c, met] *= 1.0 - law.lost_share * felt
    return share


def _near(network: Network) -> IntArray:
    """Return feasible centres by ascending delay; [region, workload, centre], −1 behind the last."""
    order = np.argsort(network["delay"], axis=1, kind="stable")
    feasible = network["feasible"].astype(bool)
    near = np.full(feasible.shape, -1, dtype=np.int64)
    for r in range(feasible.shape[0]):
        for w in range(feasible.shape[1]):
            some = order[r][feasible[r, w, order[r]]]
            near[r, w, : len(some)] = some
    return near
