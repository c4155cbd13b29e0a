"""The dispatch of an epoch once more, in plain Python and written from its description alone."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import inf

import numpy as np

from sim.engine.dispatch import Facts
from sim.ground.arrays import Array

_NOTHING = 1e-12  # of the work at hand: what is less is not worth another centre


@dataclass
class Epoch:
    """One epoch in the making: the room left, and what was done."""

    facts: Facts
    compute: dict[tuple[int, int], float]
    link: list[float]
    allowance: dict[tuple[int, int], float]
    served: dict[tuple[int, int, int], float] = field(default_factory=dict)
    traffic: dict[int, float] = field(default_factory=dict)
    by_path: dict[tuple[int, int, int, int], float] = field(default_factory=dict)

    def paths(self, r: int, w: int, c: int) -> list[tuple[int, list[int]]]:
        """Return number and links of the paths that exist and keep the bound, as stored: shortest first."""
        found = []
        for number, delay in enumerate(self.facts.route_delay[r, c]):
            if delay < inf and delay <= self.facts.bound[w]:
                found.append((number, [int(n) for n in self.facts.route_link[r, c, number] if n >= 0]))
        return found

    def carry(self, amount: float, r: int, w: int, c: int, only: int | None) -> float:
        """Return what the links take of an amount, filling one path after the other, or only one."""
        there, back = float(self.facts.bits_in[w]), float(self.facts.bits_out[w])
        left = amount
        for number, hops in self.paths(r, w, c):
            if only not in (None, number):
                continue
            most = left
            for hop in hops:
                if there > 0.0:
                    most = min(most, self.link[hop] / there)
                if back > 0.0:
                    most = min(most, self.link[int(self.facts.opposite[hop])] / back)
            if most <= 0.0:
                continue
            for hop in hops:
                for link, bits in ((hop, there), (int(self.facts.opposite[hop]), back)):
                    self.link[link] = max(self.link[link] - most * bits, 0.0)
                    self.traffic[link] = self.traffic.get(link, 0.0) + most * bits
            key = (w, r, c, number)
            self.by_path[key] = self.by_path.get(key, 0.0) + most
            left -= most
            if left <= 0.0:
                break
        return amount - left

    def serve(self, amount: float, r: int, w: int, c: int, only: int | None = None) -> float:
        """Return what a centre serves of an amount, over all paths or only one."""
        pool = int(self.facts.pool[w])
        if pool >= 0:
            amount = min(amount, self.compute[c, pool])
        away = not self.facts.home[r, c]
        if away:
            amount = min(amount, self.allowance[r, w])
        if amount <= 0.0 or not self.facts.feasible[r, w, c]:
            return 0.0
        done = self.carry(amount, r, w, c, only)
        if pool >= 0:
            self.compute[c, pool] = max(self.compute[c, pool] - done, 0.0)
        if away:
            self.allowance[r, w] -= done
        self.served[r, w, c] = self.served.get((r, w, c), 0.0) + done
        return done

    def interactive(self, w: int) -> bool:
        """Return whether work of a workload must be served at once."""
        return int(self.facts.slack[w]) == 0


def begin(facts: Facts, compute: Array, link: Array, allowance: Array) -> Epoch:
    """Return an epoch with all its room; `allowance` [region, workload] may leave home."""
    room = {(c, p): float(compute[c, p]) for c in range(len(compute)) for p in range(compute.shape[1])}
    leave = {(r, w): float(amount) for (r, w), amount in np.ndenumerate(allowance)}
    return Epoch(facts, room, [float(value) for value in link], leave)


def by_place(epoch: Epoch, place: Array, waiting: Array, path: Array | None = None) -> None:
    """Serve shares: interactive work first; what is meant for a pool shrinks to fit; it alone spills.

    In each turn the paths that are asked for come before what looks for its way.
    """
    regions, workloads, last = place.shape
    for turn in (True, False):
        jobs = [
            (r, w)
            for r in range(regions)
            for w in range(workloads)
            if epoch.interactive(w) == turn and waiting[r, w] > 0.0
        ]
        wanted: dict[tuple[int, int], float] = {}
        for r, w in jobs:
            for c in range(last - 2):
                key = (c, int(epoch.facts.pool[w]))
                wanted[key] = wanted.get(key, 0.0) + float(place[r, w, c] * waiting[r, w])
        shrink = {
            key: min(1.0, epoch.compute[key] / want) if key[1] >= 0 and want > 0.0 else 1.0
            for key, want in wanted.items()
        }
        meant = {
            (r, w, c): float(place[r, w, c] * waiting[r, w]) * shrink[c, int(epoch.facts.pool[w])]
            for r, w in jobs
            for c in range(last - 2)
        }
        if path is not None:
            for key, amount in meant.items():
                for number, share in enumerate(path[key]):
                    epoch.serve(amount * float(share), *key, only=number)
        for key, amount in meant.items():
            epoch.serve(amount - epoch.served.get(key, 0.0), *key)
        if turn:
            spill(epoch, place, waiting, jobs)


def spill(epoch: Epoch, place: Array, waiting: Array, jobs: list[tuple[int, int]]) -> None:
    """Give interactive work without room to the nearest centres that have some."""
    for r, w in jobs:
        done = sum(amount for (i, j, _), amount in epoch.served.items() if (i, j) == (r, w))
        left = float(waiting[r, w] * (1.0 - place[r, w, -1])) - done
        for c in epoch.facts.order[r]:
            if left <= _NOTHING * waiting[r, w]:
                break
            left -= epoch.serve(left, r, w, int(c))


def by_score(epoch: Epoch, score: Array, waiting: Array) -> None:
    """Serve in ascending order of score, ties by number, interactive work before the rest."""
    regions, workloads, centres = score.shape
    order = sorted(
        (float(score[r, w, c]), r, w, c)
        for r in range(regions)
        for w in range(workloads)
        for c in range(centres)
        if score[r, w, c] < inf
    )
    left = {(r, w): float(waiting[r, w]) for r in range(regions) for w in range(workloads)}
    for turn in (True, False):
        for _, r, w, c in order:
            if epoch.interactive(w) != turn or left[r, w] <= _NOTHING * waiting[r, w]:
                continue
            left[r, w] -= epoch.serve(left[r, w], r, w, c)


@dataclass
class Queue:
    """Work of one region and workload: parcels by age, the oldest first."""

    parcels: deque[tuple[int, float]] = field(default_factory=deque)

    def arrive(self, epoch: int, amount: float) -> None:
        """Put new work at the end."""
        self.parcels.append((epoch, amount))

    def refuse(self, amount: float) -> None:
        """Take work away from the end: the newest is refused first."""
        while amount > 0.0 and self.parcels:
            born, size = self.parcels.pop()
            if size > amount:
                self.parcels.append((born, size - amount))
            amount -= size

    def serve(self, epoch: int, amount: float) -> dict[int, float]:
        """Take work from the front and return how much of it had waited how long."""
        waited: dict[int, float] = {}
        while amount > 0.0 and self.parcels:
            born, size = self.parcels.popleft()
            taken = min(size, amount)
            waited[epoch - born] = waited.get(epoch - born, 0.0) + taken
            if size > taken:
                self.parcels.appendleft((born, size - taken))
            amount -= taken
        return waited

    def expire(self, epoch: int, slack: int, last: bool) -> float:
        """Return the work whose last epoch this was, and forget it."""
        late = sum(size for born, size in self.parcels if last or epoch - born >= slack)
        self.parcels = deque(p for p in self.parcels if not (last or epoch - p[0] >= slack))
        return late

    def by_age(self, epoch: int, ages: int) -> list[float]:
        """Return what waits at the start of an epoch, by the epochs since it came."""
        found = [0.0] * ages
        for born, size in self.parcels:
            found[epoch - born] += size
        return found
