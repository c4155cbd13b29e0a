"""Checks that need the whole scenario and no graph: ids, shares, dates, sizes. All problems at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sim.ground.errors import Problem, did_you_mean
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Configuration, Event

MOST_CELLS = 400_000_000


def check(scenario: Scenario) -> list[Problem]:
    """Return every problem of a scenario that its values alone do not show.

    Parameters
    ----------
    scenario
        A scenario whose every value is allowed by the schema.

    Returns
    -------
    list of Problem
        Each at the place where the value was written.
    """
    found = [*_references(scenario), *_shares(scenario), *_workloads(scenario), *_run(scenario)]
    for number, event in enumerate(scenario.config.events):
        found += _event(scenario, str(number), event)
    return found


def warnings(scenario: Scenario) -> list[Problem]:
    """Return what a planner should know but may want: demand above capacity, an alternative split.

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
        demand = sum(level(config, name) for name, w in config.workloads.items() if w.pool == pool)
        capacity = sum(
            c.pools[pool].capacity_eflops
            * (config.standard.availability if c.availability is None else c.availability)
            for c in config.centres.values()
            if pool in c.pools
        )
        if demand > capacity:
            text = (
                f"mean demand on the {pool} pool is {demand:.1f} EFLOPS (FP32) and the available capacity "
                f"{capacity:.1f}: work will be left unserved"
            )
            names = [name for name, w in config.workloads.items() if w.pool == pool]
            found.append(Problem(scenario.origin("workloads", names[0], "growth"), text))
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


def _missing(
    scenario: Scenario, path: tuple[str, ...], word: str | None, known: Iterable[str]
) -> Iterator[Problem]:
    known = list(known)
    if word is not None and word not in known:
        text = f"{'.'.join(path)}: there is no '{word}'" + did_you_mean(word, known)
        yield Problem(scenario.origin(*path), text)


def _references(scenario: Scenario) -> Iterator[Problem]:
    config = scenario.config
    for name, region in config.regions.items():
        yield from _missing(scenario, ("regions", name, "node"), region.node, config.nodes)
        yield from _missing(scenario, ("regions", name, "hub"), region.hub, config.hubs)
        for hub in region.residency.destinations:
            yield from _missing(scenario, ("regions", name, "residency", "destinations"), hub, config.hubs)
    for name, centre in config.centres.items():
        yield from _missing(scenario, ("centres", name, "node"), centre.node, config.nodes)
        yield from _missing(scenario, ("centres", name, "hub"), centre.hub, config.hubs)
        yield from _missing(scenario, ("centres", name, "region"), centre.region, config.regions)
        for region_id in centre.own_regions:
            yield from _missing(scenario, ("centres", name, "own_regions"), region_id, config.regions)
    for name, link in config.links.items():
        yield from _missing(scenario, ("links", name, "from"), link.from_node, config.nodes)
        yield from _missing(scenario, ("links", name, "to"), link.to_node, config.nodes)
        if link.from_node == link.to_node:
            yield Problem(
                scenario.origin("links", name, "to"), f"links.{name} begins and ends at '{link.to_node}'"
            )
        if link.fibre_km is None and link.delay_ms is None:
            text = f"links.{name} has neither fibre_km nor delay_ms; give one"
            yield Problem(scenario.origin("links", name), text)
    for name, workload in config.workloads.items():
        for driver in workload.drivers:
            yield from _missing(scenario, ("workloads", name, "drivers", driver), driver, config.drivers)


def _shares(scenario: Scenario) -> Iterator[Problem]:
    for name, centre in scenario.config.centres.items():
        total = sum(centre.cooling.mix.values())
        if abs(total - 1.0) > 1e-6:
            text = f"centres.{name}.cooling.mix sums to {total:.6g}; the shares of a cooling stock sum to 1"
            yield Problem(scenario.origin("centres", name, "cooling", "mix"), text)
        share = centre.rack_utilisation
        if share > centre.commissioned_share + 1e-9:
            text = (
                f"centres.{name}: {share:g} of the racks are filled but only {centre.commissioned_share:g} "
                "are commissioned"
            )
            yield Problem(scenario.origin("centres", name, "commissioned_share"), text)
    for name, region in scenario.config.regions.items():
        if region.power.variable_share > region.power.renewable_share + 1e-9:
            text = f"regions.{name}.power.variable_share is above renewable_share, of which it is a part"
            yield Problem(scenario.origin("regions", name, "power", "variable_share"), text)


def _workloads(scenario: Scenario) -> Iterator[Problem]:
    for name, workload in scenario.config.workloads.items():
        wanted, other = (
            ("level_tbps", "level_eflops") if workload.pool is None else ("level_eflops", "level_tbps")
        )
        if getattr(workload, wanted) is None:
            yield Problem(scenario.origin("workloads", name), f"workloads.{name}.{wanted} is missing")
        if getattr(workload, other) is not None:
            text = f"workloads.{name}.{other} does not go with pool {workload.pool}; give {wanted}"
            yield Problem(scenario.origin("workloads", name, other), text)


def _run(scenario: Scenario) -> Iterator[Problem]:
    config, run = scenario.config, scenario.config.run
    first, last = datetime(config.year, 1, 1), datetime(config.year + 1, 1, 1)
    if run.start.tzinfo is not None:
        text = "run.start carries a time zone; all times are the nation's own, write it without one"
        yield Problem(scenario.origin("run", "start"), text)
        return
    if not first <= run.start < last:
        text = f"run.start is {run.start:%Y-%m-%d}, but the nation '{config.nation}' describes {config.year}"
        yield Problem(scenario.origin("run", "start"), text)
        return
    rest = (last - run.start).total_seconds() / 3600.0
    if run.horizon_h > rest:
        text = (
            f"run.horizon is {run.horizon_h:g} h, but only {rest:g} h of {config.year} are left from "
            f"{run.start:%Y-%m-%d %H:%M}"
        )
        yield Problem(scenario.origin("run", "horizon_h"), text)
        return
    if abs(24.0 / run.epoch_h - round(24.0 / run.epoch_h)) > 1e-9 or (
        run.epoch_h > 1.0 and run.epoch_h % 1.0
    ):
        text = f"run.epoch is {run.epoch_h:g} h; a day must hold whole epochs, and a long epoch whole hours"
        yield Problem(scenario.origin("run", "epoch_h"), text)
    if abs(run.horizon_h / run.epoch_h - round(run.horizon_h / run.epoch_h)) > 1e-6:
        text = f"run.horizon is {run.horizon_h:g} h, no whole number of epochs of {run.epoch_h:g} h"
        yield Problem(scenario.origin("run", "horizon_h"), text)
    cells = run.horizon_h / run.epoch_h * len(config.regions) * len(config.workloads)
    cells += run.horizon_h / run.epoch_h * (len(config.centres) * 30 + len(config.links) * 2)
    if cells > MOST_CELLS:
        text = (
            f"the run needs about {cells * 8 / 1e9:.0f} GB; at most {MOST_CELLS * 8 / 1e9:.1f} are taken: "
            "lengthen run.epoch or shorten run.horizon"
        )
        yield Problem(scenario.origin("run", "epoch_h"), text)


_TARGETS = {
    "outage": ("hub", "centre", "link"),
    "derate": ("hub", "centre", "link"),
    "heat": ("hub", "centre", "region"),
    "surge": ("region",),
}
_AMOUNT = {"derate": "share", "heat": "add_k", "surge": "factor"}


def _event(scenario: Scenario, number: str, event: Event) -> Iterator[Problem]:
    config, path = scenario.config, ("events", number)
    for target, known in (
        ("hub", config.hubs), ("centre", config.centres), ("link", config.links),
        ("region", config.regions), ("workload", config.workloads),
    ):  # fmt: skip
        yield from _missing(scenario, (*path, target), getattr(event, target), known)
    given = [t for t in ("hub", "centre", "link", "region") if getattr(event, t) is not None]
    strange = [t for t in given if t not in _TARGETS[event.what]]
    if strange or len(given) > 1 or (not given and event.what in ("outage", "derate")):
        text = f"events.{number}: {event.what} names one of {', '.join(_TARGETS[event.what])}; found {given or 'none'}"
        yield Problem(scenario.origin(*path), text)
    needed = _AMOUNT.get(event.what)
    if needed and getattr(event, needed) is None:
        yield Problem(scenario.origin(*path), f"events.{number}: {event.what} needs `{needed}`")
    for key in _AMOUNT.values():
        if key != needed and getattr(event, key) is not None:
            yield Problem(scenario.origin(*path, key), f"events.{number}: {event.what} has no `{key}`")
    first, last = datetime(config.year, 1, 1), datetime(config.year + 1, 1, 1)
    if event.at.tzinfo is not None or not first <= event.at < last:
        text = f"events.{number}.at is {event.at}, outside {config.year} or with a time zone"
        yield Problem(scenario.origin(*path, "at"), text)
    elif event.for_h > (last - event.at) / timedelta(hours=1):
        text = f"events.{number}.for is {event.for_h:g} h and runs past the end of {config.year}"
        yield Problem(scenario.origin(*path, "for_h"), text)
