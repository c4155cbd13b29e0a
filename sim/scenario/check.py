"""Checks that need the whole scenario and no graph: ids, shares, dates, sizes. All problems at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import inf
from typing import Any

import numpy as np

from sim.ground.errors import Problem, ScenarioError
from sim.ground.units import split_key
from sim.physics.grid import tariff
from sim.scenario.entities import MOST
from sim.scenario.planned import planned
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Configuration, Event
from sim.scenario.service import service
from sim.scenario.wording import nearest_id
from sim.scenario.yaml_file import Path_

MOST_CELLS = 400_000_000


@dataclass(frozen=True)
class _Finding:
    """Something wrong: the value to blame, what to say, and the other values that it depends on."""

    path: Path_
    text: str
    others: tuple[Path_, ...] = ()


def check(scenario: Scenario, refused: frozenset[Path_] = frozenset()) -> list[Problem]:
    """Return every problem of a scenario that its values alone do not show.

    Parameters
    ----------
    scenario
        A scenario whose every value is allowed by the schema.
    refused
        Paths of values that were not allowed and for which others stand in; what these bring about is
        left out.

    Returns
    -------
    list of Problem
        Each at the place where the value was written.
    """
    found = [*_references(scenario), *_shares(scenario), *_workloads(scenario), *_traces(scenario)]
    found += [*_limits(scenario), *_run(scenario)]
    found += [_Finding(path, text) for path, text in [*service(scenario), *planned(scenario)]]
    for number, event in enumerate(scenario.config.events):
        found += _event(scenario, str(number), event)

    def sound(path: Path_) -> bool:
        return not any(path[: len(other)] == other or other[: len(path)] == path for other in refused)

    return [
        Problem(scenario.origin(*finding.path), finding.text)
        for finding in found
        if all(sound(path) for path in (finding.path, *finding.others))
    ]


def warnings(scenario: Scenario) -> list[Problem]:
    """Return what a planner should know but may want: demand above capacity, an objective that weighs nothing.

    Parameters
    ----------
    scenario
        A checked scenario.

    Returns
    -------
    list of Problem
        Each with its place.
    """
    found = []
    config = scenario.config
    for pool in ("general", "smart"):
        # What a trace asks for shows in the run, and not in its level.
        drawn = {name: w for name, w in config.workloads.items() if w.pool == pool and w.trace is None}
        demand = sum(level(config, name) for name in drawn)
        capacity = sum(
            c.pools[pool].capacity_eflops * (config.standard.availability if c.availability is None else c.availability)
            for c in config.centres.values()
            if pool in c.pools
        )
        if demand > capacity:
            text = (
                f"mean demand on the {pool} pool is {demand:.1f} EFLOPS (FP32) and the available capacity "
                f"{capacity:.1f}: work will be left unserved"
            )
            found.append(Problem(scenario.origin("workloads", next(iter(drawn)), "growth"), text))
    if not any(weight for _, weight in config.objective):
        text = (
            "every weight of the objective is 0: to the optimum all dispatch that serves the work is alike, "
            "and all prices are 0"
        )
        found.append(Problem(scenario.origin("objective", "cost"), text))
    return found


def level(config: Configuration, name: str) -> float:
    """Return a workload's national mean level in its own unit (EFLOPS FP32, or Tbps).

    Level × growth × Π (driver / its reference)^elasticity.

    Parameters
    ----------
    config
        The configuration.
    name
        Id of the workload.

    Returns
    -------
    float
        The level in the scenario.
    """
    workload = config.workloads[name]
    value = workload.level_tbps if workload.pool is None else workload.level_eflops
    total = (value or 0.0) * workload.growth
    for driver, elasticity in workload.drivers.items():
        total *= (config.drivers[driver].level / config.drivers[driver].reference) ** elasticity
    return total


def _blamed(scenario: Scenario, *paths: Path_) -> Path_:
    """Return the first of several paths that the scenario wrote, else the first."""
    return next((path for path in paths if path in scenario.written), paths[0])


def _missing(scenario: Scenario, path: Path_, table: str, words: Any) -> Iterable[_Finding]:
    """Find the ids that are no entity of a table; one that a scenario deleted is to blame itself."""
    known = getattr(scenario.config, table)
    strange = [word for word in ((words,) if isinstance(words, str) else words or ()) if word not in known]
    return _strange(scenario, path, table, strange) if strange else ()


def _strange(scenario: Scenario, path: Path_, table: str, words: list[str]) -> Iterator[_Finding]:
    known, where = getattr(scenario.config, table), ".".join(path)
    for word in words:
        if (table, word) in scenario.written:
            yield _Finding((table, word), f"{table}.{word} is deleted here, but {where} needs it", (path,))
        else:
            text = f"{where}: there is no '{word}'" + nearest_id(word, known)
            yield _Finding(path, text, ((table, word),))


def _references(scenario: Scenario) -> Iterator[_Finding]:
    config = scenario.config
    # Nearly all are right, and those of a thousand points of a sweep need no path to tell what is wrong with them.
    nodes, regions, hubs = frozenset(config.nodes), frozenset(config.regions), frozenset({None, *config.hubs})
    for name, region in config.regions.items():
        home = region.residency
        if region.node in nodes and hubs.issuperset((region.hub, *home.near, *home.destinations)):
            continue
        base = ("regions", name)
        yield from _missing(scenario, (*base, "node"), "nodes", region.node)
        yield from _missing(scenario, (*base, "hub"), "hubs", region.hub)
        yield from _missing(scenario, (*base, "residency", "near"), "hubs", region.residency.near)
        goals = region.residency.destinations
        yield from _missing(scenario, (*base, "residency", "destinations"), "hubs", goals)
    for name, centre in config.centres.items():
        if centre.node in nodes and centre.hub in hubs and regions.issuperset((centre.region, *centre.own_regions)):
            continue
        base = ("centres", name)
        yield from _missing(scenario, (*base, "node"), "nodes", centre.node)
        yield from _missing(scenario, (*base, "hub"), "hubs", centre.hub)
        yield from _missing(scenario, (*base, "region"), "regions", centre.region)
        yield from _missing(scenario, (*base, "own_regions"), "regions", centre.own_regions)
    for name, workload in config.workloads.items():
        for driver in workload.drivers:
            yield from _missing(scenario, ("workloads", name, "drivers", driver), "drivers", driver)
    yield from _links(scenario)
    yield from _sites(scenario)


def _links(scenario: Scenario) -> Iterator[_Finding]:
    joined: dict[frozenset[str], str] = {}
    nodes = scenario.config.nodes
    for name, link in scenario.config.links.items():
        base = ("links", name)
        if link.from_node not in nodes or link.to_node not in nodes:
            yield from _missing(scenario, (*base, "from"), "nodes", link.from_node)
            yield from _missing(scenario, (*base, "to"), "nodes", link.to_node)
        if link.from_node == link.to_node:
            yield _Finding((*base, "to"), f"links.{name} begins and ends at '{link.to_node}'")
        if link.fibre_km is None and link.delay_ms is None:
            text = f"links.{name} has neither fibre_km nor delay_ms; give one"
            yield _Finding((*base, "fibre_km"), text, ((*base, "delay_ms"),))
        first = joined.setdefault(frozenset((link.from_node, link.to_node)), name)
        if first != name:
            text = (
                f"links.{name} joins the same two nodes as links.{first}; a link carries both directions, "
                "so give the sum to one of them"
            )
            yield _Finding(base, text, (("links", first),))


def _sites(scenario: Scenario) -> Iterator[_Finding]:
    nation = scenario.nation
    series = nation.files.get("series") or {}
    if {"temperature_c", "relative_humidity_percent"} <= set(series):
        return
    known = {row.cells["site"] for row in nation.tables.get("climate", [])} | set(nation.files.get("epw") or ())
    for name, centre in scenario.config.centres.items():
        if centre.climate_site not in known:
            path = ("centres", name, "climate_site")
            hint = nearest_id(centre.climate_site, known)
            yield _Finding(path, f"{'.'.join(path)}: there is no climate of '{centre.climate_site}'{hint}")


def _shares(scenario: Scenario) -> Iterator[_Finding]:
    for name, centre in scenario.config.centres.items():
        base = ("centres", name)
        total = sum(centre.cooling.mix.values())
        if abs(total - 1.0) > 1e-6:
            text = f"centres.{name}.cooling.mix sums to {total:.6g}; the shares of a cooling stock sum to 1"
            yield _Finding((*base, "cooling", "mix"), text)
        share = centre.rack_utilisation
        if share > centre.commissioned_share + 1e-9:
            text = (
                f"centres.{name}: {share:g} of the racks are filled but only {centre.commissioned_share:g} "
                "are commissioned"
            )
            installed, filled = (*base, "commissioned_share"), (*base, "rack_utilisation")
            yield _Finding(_blamed(scenario, filled, installed), text, (installed, filled))
    for name, region in scenario.config.regions.items():
        power = region.power
        variable, renewable, peak, valley = (
            ("regions", name, "power", key)
            for key in ("variable_share", "renewable_share", "peak_hours", "valley_hours")
        )
        if power.variable_share > power.renewable_share + 1e-9:
            text = f"regions.{name}.power.variable_share is above renewable_share, of which it is a part"
            yield _Finding(_blamed(scenario, variable, renewable), text, (variable, renewable))
        wrong = _clash(power.peak_hours, power.valley_hours)
        if wrong:
            yield _Finding(_blamed(scenario, peak, valley), f"regions.{name}.power: {wrong}", (peak, valley))


@lru_cache(maxsize=1024)
def _clash(peak_hours: str, valley_hours: str) -> str:
    """Return what is wrong with the hours of a tariff; nothing where they can be."""
    one = np.ones(1)
    try:
        tariff(one, one, one, [peak_hours], [valley_hours], np.arange(0.0, 24.0, 0.25))
    except ScenarioError as error:
        return error.problems[0].message
    return ""


def _limits(scenario: Scenario) -> Iterator[_Finding]:
    limits = scenario.config.limits
    for key in ("hub_green_share", "hub_share_at_least", "hub_share_at_most"):
        for name in getattr(limits, key):
            yield from _missing(scenario, ("limits", key, name), "hubs", name)
    for name, most in limits.hub_share_at_most.items():
        least = limits.hub_share_at_least.get(name, 0.0)
        if least > most:
            low, high = ("limits", "hub_share_at_least", name), ("limits", "hub_share_at_most", name)
            text = f"limits: hub {name} is to serve at least {least:g} and at most {most:g} of the compute"
            yield _Finding(_blamed(scenario, low, high), text, (low, high))
    total = sum(limits.hub_share_at_least.values())
    if total > 1.0 + 1e-9:
        path = ("limits", "hub_share_at_least")
        yield _Finding(path, f"limits.hub_share_at_least sums to {total:g}; the hubs' shares together are at most 1")


def _workloads(scenario: Scenario) -> Iterator[_Finding]:
    config = scenario.config
    for name, workload in config.workloads.items():
        base = ("workloads", name)
        wanted, other = ("level_tbps", "level_eflops") if workload.pool is None else ("level_eflops", "level_tbps")
        pair = ((*base, wanted), (*base, other), (*base, "pool"))
        if getattr(workload, other) is not None:
            text = f"workloads.{name}.{other} does not go with pool {workload.pool}; give {wanted}"
            yield _Finding(_blamed(scenario, pair[1], pair[2]), text, pair)
        elif getattr(workload, wanted) is None:
            yield _Finding(_blamed(scenario, pair[0], pair[2]), f"workloads.{name}.{wanted} is missing", pair)
        if set(workload.drivers) <= set(config.drivers) and _level(config, name) > MOST:
            unit = split_key(wanted)[1].label
            text = f"workloads.{name}: growth and drivers take the demand beyond {MOST:g} {unit}"
            levels = [("drivers", key, "level") for key in workload.drivers]
            yield _Finding(_blamed(scenario, (*base, "growth"), pair[0], *levels), text, (base, *levels))


def _traces(scenario: Scenario) -> Iterator[_Finding]:
    config = scenario.config
    for name, workload in config.workloads.items():
        base = ("workloads", name, "trace")
        if workload.trace is None:
            continue
        yield from _missing(scenario, (*base, "region"), "regions", workload.trace.region)
        if workload.pool is None:
            text = f"workloads.{name}.trace: the jobs of a trace compute, and {name} has no pool"
            yield _Finding(base, text, (("workloads", name, "pool"),))
        for number, event in enumerate(config.events):
            if event.workload == name:
                text = f"events.{number}: a trace feeds {name}, and a surge does not meet it; use its count_factor"
                yield _Finding(("events", str(number), "workload"), text, (base,))


def _level(config: Configuration, name: str) -> float:
    try:
        return level(config, name)
    except OverflowError:
        return inf


def _run(scenario: Scenario) -> Iterator[_Finding]:
    config, run = scenario.config, scenario.config.run
    first, last = datetime(config.year, 1, 1), datetime(config.year + 1, 1, 1)
    start, horizon, epoch = ("run", "start"), ("run", "horizon_h"), ("run", "epoch_h")
    if ("year",) in scenario.written:
        text = f"year is that of the tables of '{config.nation}'; another year is another nation"
        yield _Finding(("year",), text)
    elif run.start.tzinfo is not None:
        text = "run.start carries a time zone; all times are the nation's own, write it without one"
        yield _Finding(start, text)
    elif not first <= run.start < last:
        text = f"run.start is {run.start:%Y-%m-%d}, but the nation '{config.nation}' describes {config.year}"
        yield _Finding(start, text, (("year",),))
    elif run.horizon_h > (rest := (last - run.start).total_seconds() / 3600.0):
        text = (
            f"run.horizon is {run.horizon_h:g} h, but only {rest:g} h of {config.year} are left from "
            f"{run.start:%Y-%m-%d %H:%M}"
        )
        yield _Finding(horizon, text, (start, ("year",)))
    elif abs(24.0 / run.epoch_h - round(24.0 / run.epoch_h)) > 1e-9 or (run.epoch_h > 1.0 and run.epoch_h % 1.0):
        text = f"run.epoch is {run.epoch_h:g} h; a day must hold whole epochs, and a long epoch whole hours"
        yield _Finding(epoch, text)
    elif (epochs := round(run.horizon_h / run.epoch_h)) < 1 or abs(run.horizon_h / run.epoch_h - epochs) > 1e-6:
        text = f"run.horizon is {run.horizon_h:g} h, no whole number of epochs of {run.epoch_h:g} h"
        yield _Finding(horizon, text, (epoch,))
    yield from _size(config)


def _size(config: Configuration) -> Iterator[_Finding]:
    """Bound the memory before any is taken."""
    epochs = min(config.run.horizon_h, 8784.0) / config.run.epoch_h
    places = len(config.regions) * len(config.centres)
    series = epochs * (len(config.regions) * len(config.workloads) + len(config.centres) * 30 + len(config.links) * 2)
    pairs = places * (config.network.paths * min(len(config.nodes), 30) + len(config.workloads))
    for cells, path, remedy in (
        (series, ("run", "epoch_h"), "lengthen run.epoch or shorten run.horizon"),
        (pairs, ("network", "paths"), "keep fewer network.paths, regions or centres"),
    ):
        if cells > MOST_CELLS:
            needed, most = cells * 8 / 1e9, MOST_CELLS * 8 / 1e9
            text = f"the run needs about {needed:.0f} GB; at most {most:.1f} are taken: {remedy}"
            yield _Finding(path, text, (("run", "horizon_h"),) if path[0] == "run" else ())


_TARGETS = {
    "outage": ("hub", "centre", "link"),
    "derate": ("hub", "centre", "link"),
    "heat": ("hub", "centre", "region"),
    "surge": ("region",),
}
_AMOUNT = {"derate": "share", "heat": "add_k", "surge": "factor"}


def _event(scenario: Scenario, number: str, event: Event) -> Iterator[_Finding]:
    config, path, what = scenario.config, ("events", number), event.what
    for target in ("hub", "centre", "link", "region", "workload"):
        yield from _missing(scenario, (*path, target), f"{target}s", getattr(event, target))
    given = [target for target in ("hub", "centre", "link", "region") if getattr(event, target) is not None]
    strange = [target for target in given if target not in _TARGETS[what]]
    if strange or len(given) > 1 or (not given and what in ("outage", "derate")):
        found = " and ".join(given) or "none"
        text = f"events.{number}: {what} names one of {', '.join(_TARGETS[what])}; found {found}"
        yield _Finding((*path, (strange or given or ["hub"])[-1]), text)
    if event.workload is not None and what != "surge":
        yield _Finding((*path, "workload"), f"events.{number}: {what} has no `workload`")
    needed = _AMOUNT.get(what)
    if needed and getattr(event, needed) is None:
        yield _Finding((*path, needed), f"events.{number}: {what} needs `{needed}`")
    for key in _AMOUNT.values():
        if key != needed and getattr(event, key) is not None:
            yield _Finding((*path, key), f"events.{number}: {what} has no `{key}`")
    first, last = datetime(config.year, 1, 1), datetime(config.year + 1, 1, 1)
    if event.at.tzinfo is not None:
        text = f"events.{number}.at carries a time zone; all times are the nation's own, write it without one"
        yield _Finding((*path, "at"), text)
    elif not first <= event.at < last and ("year",) not in scenario.written:
        text = f"events.{number}.at is {event.at:%Y-%m-%d %H:%M}, but the nation describes {config.year}"
        yield _Finding((*path, "at"), text, (("year",),))
    elif event.for_h > (last - event.at) / timedelta(hours=1):
        text = f"events.{number}.for is {event.for_h:g} h and runs past the end of {config.year}"
        yield _Finding((*path, "for_h"), text, (("year",),))
