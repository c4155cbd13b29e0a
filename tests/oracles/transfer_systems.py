"""Random small systems of flows and links, run by the compiled functions and by the twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.transfers import Transfers
from sim.ground.arrays import Array, IntArray
from sim.workloads.jobs import TICK
from tests.oracles.transfer_twin import Twin


@dataclass(frozen=True)
class System:
    """What a run is made of; many of its instants meet."""

    paths: list[list[list[int]]]
    delay: list[list[int]]
    capacity: list[int]
    cap: list[int]
    events: list[tuple[int, tuple[Any, ...]]]
    end: int


def random_system(rng: np.random.Generator) -> System:
    """Return a system in which links are shared, cut and mended, and flows meet."""
    links, routes = int(rng.integers(1, 7)), int(rng.integers(1, 7))
    scale = int(rng.choice([1, 1000, 10**9]))
    capacity = [int(c) * scale for c in rng.integers(1, 20, links)]
    paths = random_paths(rng, routes, links)
    delay = [[int(d) for d in rng.integers(0, 30, len(options))] for options in paths]
    cap = [int(c) * scale for c in rng.choice(rng.choice([3, 5, 8, 13, 40], 2), routes)]
    grid = int(rng.choice([1, 700_000, TICK]))
    span = int(rng.integers(5, 60)) * max(grid, 1000)
    events: list[tuple[int, tuple[Any, ...]]] = []
    for number in range(int(rng.integers(1, 40))):
        when = int(rng.integers(0, span // grid)) * grid
        bits = float(rng.integers(1, 30)) * scale * float(rng.choice([1.0, 1.0, 0.013]))
        events.append((when, ("open", number, int(rng.integers(routes)), bits)))
        if rng.random() < 0.1:
            events.append((int(rng.integers(when // grid, 2 * span // grid)) * grid, ("drop", number)))
    now = list(capacity)
    for when in np.sort(rng.integers(0, 2 * span // grid, int(rng.integers(0, 10)))) * grid:
        for link in rng.permutation(links)[: int(rng.integers(1, 3))]:
            now[link] = int(rng.choice([0, capacity[link], rng.integers(1, 20) * scale]))
        events.append((int(when), ("links", list(now))))
    events += [(int(when), ("books",)) for when in rng.integers(0, 2 * span, 4)]
    # At one instant the actions keep their order: opening comes before dropping.
    events.sort(key=lambda event: event[0])
    return System(paths, delay, capacity, cap, events, 50 * span)


def random_paths(rng: np.random.Generator, routes: int, links: int) -> list[list[list[int]]]:
    """Return one to three different paths a route, each without a loop, some without a link."""
    paths = []
    for _ in range(routes):
        options: list[list[int]] = []
        for _ in range(int(rng.integers(1, 4))):
            path = rng.permutation(links)[: int(rng.integers(0 if rng.random() < 0.1 else 1, links + 1))].tolist()
            if path not in options:
                options.append(path)
        paths.append(options)
    return paths


def tables(paths: list[list[list[int]]], delays: list[list[int]]) -> tuple[IntArray, Array]:
    """Return the paths as arrays: links [route, path, hop] and delays [route, path], s."""
    most = max(len(options) for options in paths)
    hops = max(1, *(len(path) for options in paths for path in options))
    hop = np.full((len(paths), most, hops), -1)
    delay = np.full((len(paths), most), np.inf)
    for k, options in enumerate(paths):
        for p, path in enumerate(options):
            hop[k, p, : len(path)] = path
            delay[k, p] = delays[k][p] / TICK
    return hop, delay


def by_tables(
    system: System, stops: IntArray | None = None, room: int = 1, quantum: int = 0
) -> tuple[Transfers, list[Any], list[Array]]:
    """Return the transfers after the run, (number, end, arrival) of the flows that ended, and the books."""
    hop, delay = tables(system.paths, system.delay)
    capacity, cap = np.array(system.capacity, dtype=float), np.array(system.cap)
    transfers = Transfers(hop, delay, capacity, cap, quantum=quantum, room=room)
    known: dict[int, int] = {}
    ended: list[Any] = []
    books: list[Array] = []

    def go(when: int) -> None:
        for stop in [] if stops is None else stops[(stops > transfers.now) & (stops <= when)]:
            transfers.advance(int(stop))
        transfers.advance(when)
        for line in transfers.ends():
            ended.append((int(line["whose"]), int(line["when"]), int(line["arrives"])))
            known.pop(int(line["whose"]))

    for when, what in system.events:
        go(when)
        if what[0] == "open":
            known[what[1]] = transfers.open(what[2], what[3], what[1])
        elif what[0] == "drop":
            if what[1] in known:
                transfers.drop(known.pop(what[1]))
        elif what[0] == "links":
            transfers.set_links(np.array(what[1], dtype=float))
        else:
            books.append(transfers.close_epoch())
    go(system.end)
    books.append(transfers.close_epoch())
    return transfers, ended, books


def by_twin(system: System) -> Twin:
    """Return the twin after the run."""
    twin = Twin(system.paths, system.delay, system.capacity, system.cap)
    twin.run(system.events, system.end)
    twin.books.append([twin.carried[link] for link in range(len(system.capacity))])
    return twin
