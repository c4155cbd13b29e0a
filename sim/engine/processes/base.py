"""The contract of a process: what may act on a run between two decisions, on SimPy's clock."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import simpy

from sim.engine.world import Loss, World
from sim.ground.registry import Registry
from sim.ground.seeds import generator
from sim.network.network import Network
from sim.workloads.jobs import TICK

__all__ = ["REGISTRY", "Happening", "Loss", "Process", "Site", "register"]


@dataclass(frozen=True)
class Site:
    """What a process works with.

    Attributes
    ----------
    env
        SimPy's environment; its times are whole ticks.
    network
        The run's network, with its scenario.
    world
        What is in service: `lose` and `restore`.
    """

    env: simpy.Environment
    network: Network
    world: World

    def rng(self, stream: str, name: str) -> np.random.Generator:
        """Return a named random stream of the run: another policy meets the same numbers."""
        run = self.network.scenario.config.run
        return generator(run.seed, run.replication, stream, name)

    def wait(self, seconds: float) -> simpy.Event:
        """Return what to yield for a span of time to pass; at least one tick."""
        return self.env.timeout(max(round(seconds * TICK), 1))

    def until(self, seconds: float) -> simpy.Event:
        """Return what to yield until so long after the beginning of the run; nothing passes where that is over."""
        return self.env.timeout(max(round(seconds * TICK) - int(self.env.now), 0))


Happening = Generator[simpy.Event, Any, None]
"""What SimPy runs: yields an event and goes on when it has come."""
Process = Callable[[Site], Iterator[Happening]]
"""Yields, at the beginning of a run, what SimPy then runs."""
REGISTRY: Registry[Process] = Registry("process", "sim.engine.processes")
register = REGISTRY.register
