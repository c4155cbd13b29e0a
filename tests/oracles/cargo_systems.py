"""Random small systems of jobs, pools and links, run by the compiled loop and by its twin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sim.engine.loop import Loop
from sim.engine.roads import Roads
from sim.ground.arrays import Array
from sim.workloads.jobs import TICK
from tests.oracles import job_systems, transfer_twin
from tests.oracles.cargo_twin import Cargo, Twin
from tests.oracles.job_systems import System
from tests.oracles.transfer_systems import random_paths, tables

MEGABIT = 1e6


def random_system(rng: np.random.Generator) -> System:
    """Return a system of jobs that move much over few links, which are cut and mended."""
    system = job_systems.random_system(rng)
    regions, _, centres = system.near.shape
    links, kinds = int(rng.integers(1, 6)), len(system.capacity) // centres
    routes = 2 * regions * centres
    paths = random_paths(rng, routes, links)
    hop, delay = tables(paths, [[int(d) * system.unit for d in rng.choice([0, 0, 1, 3], len(p))] for p in paths])
    way = np.arange(routes).reshape(regions, centres, 2).repeat(kinds, axis=1)
    way[rng.random(way.shape) < 0.1] = -1
    capacity = rng.integers(1, 12, links) * MEGABIT
    cap = rng.choice(rng.choice([1.0, 2.0, 3.0, 5.0], 2), routes) * MEGABIT
    shape = (2, len(system.jobs))
    # A megabit a second is a bit a tick.
    bits = rng.integers(0, 12, shape) * system.unit * rng.choice([1.0, 1.0, 0.3]) * (rng.random(shape) < 0.8)
    actions = [*system.actions[:-1], *_changes(rng, system, capacity)]
    actions.sort(key=lambda action: action[0])
    return replace(
        system, jobs=replace(system.jobs, bits_in=bits[0], bits_out=bits[1]), actions=[*actions, system.actions[-1]],
        roads=Roads(way, hop, delay, capacity, cap),
    )  # fmt: skip


def _changes(rng: np.random.Generator, system: System, capacity: Array) -> list[tuple[int, str, dict[str, Any]]]:
    """Return when links are cut, mended, or left more or less by others."""
    now, changes = capacity.copy(), []
    instants = rng.integers(0, system.end // system.unit, int(rng.integers(0, 12))) * system.unit
    for when in np.sort(instants):
        for link in rng.permutation(len(now))[: int(rng.integers(1, 3))]:
            now[link] = rng.choice([0.0, capacity[link], rng.integers(1, 12) * MEGABIT])
        changes.append((int(when), "set_links", {"capacity": now.copy()}))
    return changes


def by_twin(system: System) -> Twin:
    """Return the twin after the run."""
    roads, jobs = system.roads, system.jobs
    assert roads is not None
    known = np.isfinite(roads.delay)
    paths = [
        [[int(link) for link in path if link >= 0] for path in options[there]]
        for options, there in zip(roads.hop, known, strict=True)
    ]
    delay = [np.rint(row[there] * TICK).astype(int).tolist() for row, there in zip(roads.delay, known, strict=True)]
    wires = transfer_twin.Twin(paths, delay, _whole(roads.capacity), _whole(np.asarray(roads.cap)))
    cargo = [Cargo(bits) for bits in zip(jobs.bits_in.tolist(), jobs.bits_out.tolist(), strict=True)]
    twin = Twin(*job_systems.twin_tables(system), wires=wires, way=roads.way.tolist(), cargo=cargo)
    job_systems.run_twin(
        twin, system, books=lambda: twin.act("books"), set_links=lambda capacity: twin.act("links", _whole(capacity))
    )
    return twin


def _whole(values: Array) -> list[int]:
    return [round(value) for value in values.tolist()]


def moved_by_loop(loop: Loop) -> dict[str, Any]:
    """Return when data came and results went."""
    found = loop.outcome()
    return {"came": found.came.tolist(), "went": found.went.tolist()}


def moved_by_twin(twin: Twin) -> dict[str, Any]:
    """Return the same of the twin."""
    return {"came": [one.came for one in twin.cargo], "went": [one.went for one in twin.cargo]}
