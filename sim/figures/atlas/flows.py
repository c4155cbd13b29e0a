"""Where work and data go on the map: regions, what they send to, and the largest flows between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from sim.figures.atlas.instants import Instants
from sim.figures.base import Words
from sim.ground.arrays import Array, BoolArray, IntArray
from sim.results.schema import Results

MOST = 40
"""Flows that are drawn."""
_GBPS, _EFLOPS = 1e9, 1e18


@dataclass(frozen=True)
class Targets:
    """What regions send work to: the hubs, then every centre outside them.

    Attributes
    ----------
    names
        Ids of hubs, then of centres.
    owner
        [centre], number of the target that a centre belongs to.
    seat
        [target], number of its centre that stands for it on the map: its largest cluster.
    hubs
        How many of the targets are hubs.
    home
        [region, target], whether the target has a centre at the region's node.
    """

    names: tuple[str, ...]
    owner: IntArray
    seat: IntArray
    hubs: int
    home: BoolArray

    @classmethod
    def of(cls, results: Results) -> Targets:
        """Return the targets of a run."""
        member, centres, hubs = results["member"] > 0.0, results.ids("centre"), results.ids("hub")
        lone = np.flatnonzero(~member.any(axis=1))
        used = np.flatnonzero(member.any(axis=0))
        names = [hubs[h] for h in used] + [centres[c] for c in lone]
        owner = np.zeros(len(centres), dtype=np.int64)
        owner[lone] = len(used) + np.arange(len(lone))
        place = {int(h): number for number, h in enumerate(used)}
        for c in np.flatnonzero(member.any(axis=1)):
            owner[c] = place[int(member[c].argmax())]
        rank = results["capacity"].sum(axis=1) + 1e30 * results["cluster"]
        seat = np.zeros(len(names), dtype=np.int64)
        for number in np.argsort(rank, kind="stable"):
            seat[owner[number]] = number
        nodes = {"region": {}, "centre": {}} | results.meta.get("node_of", {})
        home = np.zeros((len(results.ids("region")), len(names)), dtype=np.bool_)
        for r, region in enumerate(results.ids("region")):
            for at, centre in enumerate(centres):
                node = nodes["centre"].get(centre)
                home[r, owner[at]] |= node is not None and node == nodes["region"].get(region)
        return cls(tuple(names), owner, seat, len(used), home)

    def name(self, number: int, words: Words) -> str:
        """Return the name of a target; plain text."""
        return words.name("hub" if number < self.hubs else "centre", self.names[number])

    def gathered(self, values: Array) -> Array:
        """Return sums over the centres of each target; [..., centre] to [..., target]."""
        found = np.zeros((*values.shape[:-1], len(self.names)))
        np.add.at(np.moveaxis(found, -1, 0), self.owner, np.moveaxis(values, -1, 0))
        return found


class Flow(NamedTuple):
    """Data and work from a region to a target.

    Attributes
    ----------
    region, target
        Numbers.
    work, rate
        Means of the run, EFLOPS and Gbit/s.
    links
        Numbers of the links of the best route to the seat of the target.
    """

    region: int
    target: int
    work: float
    rate: float
    links: tuple[int, ...]


class Traffic:
    """Work and data of a run between regions and targets, at every instant.

    Parameters
    ----------
    results
        The run.

    Attributes
    ----------
    instants, targets
        When, and where to.
    work, rate
        [month + 1, hour + 1, region, target], EFLOPS and Gbit/s.
    """

    def __init__(self, results: Results) -> None:
        self._results = results
        self.instants, self.targets = Instants.of(results), Targets.of(results)
        number = results["instances"]
        self.work, self.rate = (
            self.targets.gathered(self.instants.of_days(results[name], number)) / unit
            for name, unit in (("flow", _EFLOPS), ("stream", _GBPS))
        )

    @cached_property
    def flows(self) -> list[Flow]:
        """Return the largest flows that leave their own hub or province, by the data that they carry."""
        away = np.where(self.targets.home, 0.0, self.rate[0, 0])
        found = []
        for place in np.argsort(-away, axis=None, kind="stable")[:MOST]:
            region, target = divmod(int(place), away.shape[1])
            if away[region, target] <= 0.0:
                break
            hops = self._results["route_link"][region, self.targets.seat[target], 0]
            links = tuple(int(link) for link in hops if link >= 0.0)
            found.append(Flow(region, target, float(self.work[0, 0, region, target]), float(away.flat[place]), links))
        return found

    @property
    def total(self) -> float:
        """Return all work of the run, its mean, EFLOPS."""
        return float(self.work[0, 0].sum())

    @property
    def moved(self) -> float:
        """Return the work that leaves its own hub or province, its mean, EFLOPS."""
        return float(self.work[0, 0][~self.targets.home].sum())


def loading(results: Results) -> Array:
    """Return the load of every link with its background; [epoch, link], share of its capacity."""
    load = results["link_traffic"] + results["background"]
    room = np.broadcast_to(results["link_capacity"], load.shape)
    return np.divide(load, room, out=np.zeros_like(load), where=room > 0.0)
