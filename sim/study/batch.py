"""Points that differ in power and prices alone: one dispatch, and one pass of the core over all of them."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np

from sim.centres.base import REGISTRY as COOLING
from sim.engine.core import Core, core
from sim.engine.fluid import booked, dispatched
from sim.ground.arrays import Array
from sim.ground.calendar import Calendar
from sim.ground.names import flat
from sim.network import climate
from sim.network.build import build
from sim.network.network import Network
from sim.network.plant import archetypes, plant
from sim.network.power import utilisation
from sim.network.surroundings import yields
from sim.once import identify, policy_of, prepare
from sim.policies.base import REGISTRY
from sim.results.measures import nation, work
from sim.results.totals import Estate, Work
from sim.scenario.scenario import Scenario
from sim.scenario.vary import Variants
from sim.study.parts import Row

LATE = (
    "grid", "green", "economy", "report", "standard.rack*", "standard.idle_*", "centres.*.green", "centres.*.battery",
    "centres.*.cooling", "centres.*.pue", "centres.*.racks", "centres.*.rack_utilisation",
    "centres.*.commissioned_share",
)  # fmt: skip
"""Keys, and all below them, that a dispatch by a blind policy does not depend on."""
_HOLDERS = {"centres": 2, "standard": 1}
"""Keys no longer than this hold late ones: what they do depends on the order in which differences are applied."""
Point = tuple[int, dict[str, Any]]


def late(key: str) -> bool:
    """Return whether a key changes power and prices alone.

    Examples
    --------
    >>> late("grid.carbon_price"), late("centres.*.green.solar"), late("workloads.training.growth"), late("centres.a")
    (True, True, False, False)
    """
    words = key.split(".")
    for pattern in LATE:
        parts = pattern.split(".")
        pairs = zip(parts, words, strict=False)
        if len(words) >= len(parts) and all(p in ("*", w) or (p[-1] == "*" and w.startswith(p[:-1])) for p, w in pairs):
            return True
    return False


def holds_late(key: str) -> bool:
    """Return whether a key that is not late has late ones below it.

    Examples
    --------
    >>> holds_late("centres.gui_an"), holds_late("centres.gui_an.availability")
    (True, False)
    """
    words = key.split(".")
    return len(words) <= _HOLDERS.get(words[0], 0) and not late(key)


def sharing(scenario: Scenario) -> bool:
    """Return whether points of a scenario that differ in late keys alone may share a dispatch.

    Parameters
    ----------
    scenario
        With all that is not late.
    """
    blind = getattr(REGISTRY.get(scenario.config.policy.name), "blind", False)
    return blind is True and scenario.config.run.engine == "fluid"


@dataclass(frozen=True)
class Batch:
    """A dispatch and what its points have in common.

    Attributes
    ----------
    network
        What was dispatched.
    served, charge
        Where work was done, [epoch, centre, workload], FLOP, and what batteries were asked for, [epoch, centre], W.
    estate, done
        What the centres are by default, and what became of the work.
    years
        Length of the run over that of its year.
    """

    network: Network
    served: Array
    charge: Array
    estate: Estate
    done: Work
    years: float

    @classmethod
    def of(cls, scenario: Scenario) -> Batch:
        """Return the batch of a scenario, dispatched."""
        network = build(scenario)
        run = dispatched(network, policy_of(scenario))
        results = booked(run)
        calendar = network.calendar
        year = Calendar.whole_year(calendar.year).epochs * 3600.0
        return cls(
            network,
            run.ledger.served,
            run.charge,
            Estate.of(results),
            work(results),
            calendar.epochs * calendar.seconds / year,
        )

    def core(self, names: Sequence[str], used: Array) -> Core | None:
        """Return the core for points that use these archetypes, [centre, archetype]; None where it has no such form."""
        network, scenario = self.network, self.network.scenario
        delivered = yields(scenario, network.calendar, climate.climate(scenario, climate.sites(scenario)))
        load = utilisation(network, self.served)
        return core(network, load, self.served, self.charge, names, used, delivered)

    def estate_of(self, arrays: dict[str, Array]) -> Estate:
        """Return what the centres are under a plant."""
        mine = {name: arrays[name] for name in ("racks", "rack_utilisation", "rated_power", "contract_price")}
        return replace(self.estate, certificates=arrays["certificates"] * self.years, **mine)


def together(
    path: Path, sets: Sequence[str], points: Sequence[Point], plugins: tuple[Path, ...], threads: int
) -> dict[int, Row]:
    """Return the rows of points that share a dispatch; those left out have to be run alone.

    Parameters
    ----------
    path
        The scenario file.
    sets
        What the points share.
    points
        Number and late differences of each.
    plugins
        Private policy files.
    threads
        Of the core.
    """
    base = prepare(path, sets, plugins)
    variants, names = Variants(base), COOLING.names()
    made: dict[int, _Made] = {}
    for number, own in points:
        scenario, wrong = variants.of(own)
        if not wrong and set(archetypes(scenario)) <= set(names):
            arrays = {name: values for name, (_, values, _, _) in plant(scenario, names).items()}
            made[number] = _Made(identify(scenario, plugins), arrays, _Prices.of(scenario))
    if not made:
        return {}
    batch = _dispatched(base)
    ready = batch.core(names, reduce(np.maximum, (one.plant["mix"] for one in made.values())))
    if ready is None:
        return {}
    sums = ready.sums([one.plant for one in made.values()], threads)
    rows: dict[int, Row] = {}
    for place, (number, one) in enumerate(made.items()):
        totals = ready.totals(sums, place, one.plant)
        rows[number] = Row(number, one.run, flat(nation(batch.estate_of(one.plant), totals, batch.done, one.prices)))
    return rows


@dataclass(frozen=True)
class _Prices:
    """The part of a configuration that measures need; the rest of it would fill the memory."""

    grid: Any
    green: Any
    economy: Any
    report: Any

    @classmethod
    def of(cls, scenario: Scenario) -> _Prices:
        config = scenario.config
        return cls(config.grid, config.green, config.economy, config.report)


@dataclass(frozen=True)
class _Made:
    """What is kept of a point: its run's id, its plant, its prices."""

    run: str
    plant: dict[str, Array]
    prices: _Prices


_kept: dict[str, Batch] = {}


def _dispatched(scenario: Scenario) -> Batch:
    """Return the batch of a scenario; the last one is kept, since the tasks of a long list follow each other."""
    name = scenario.digest()
    if name not in _kept:
        # First let go of the old one: two of them need not fit. What a run is made of holds itself in circles.
        _kept.clear()
        gc.collect()
        _kept[name] = Batch.of(scenario)
    return _kept[name]
