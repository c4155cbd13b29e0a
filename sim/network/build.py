"""A scenario becomes a network: planner's units become SI, places become arrays, the graph is checked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from sim.centres.base import REGISTRY as ARCHETYPES
from sim.ground.calendar import Calendar
from sim.ground.errors import PluginError, Problem, ScenarioError
from sim.network import climate, events, reach, routes, surroundings, traces
from sim.network.demand import demand, weights
from sim.network.network import Arrays, Network, column, frozen
from sim.network.plant import POOLS, archetypes, plant
from sim.scenario.scenario import Scenario
from sim.workloads.base import REGISTRY as CLASSES
from sim.workloads.jobs import Jobs


def build(scenario: Scenario) -> Network:
    """Return the network of a scenario.

    Parameters
    ----------
    scenario
        A checked scenario.

    Returns
    -------
    Network
        Frozen.

    Raises
    ------
    ScenarioError
        Where the graph leaves a region without a centre, a model is not known, or a table is wrong.
    """
    problems = check_graph(scenario)
    if problems:
        raise ScenarioError(problems)
    calendar = _calendar(scenario)
    jobs = {name: traces.trace_jobs(scenario, calendar, name) for name in scenario.traces}
    sites = climate.sites(scenario)
    year = climate.climate(scenario, sites)
    arrays: Arrays = {}
    arrays |= _compute(scenario, calendar)
    arrays |= _workloads(scenario, calendar, jobs)
    arrays |= reach.backbone(scenario, calendar)
    arrays |= surroundings.power(scenario, calendar, year)
    arrays |= surroundings.air(scenario, calendar, year, sites)
    arrays |= plant(scenario, archetypes(scenario))
    arrays |= reach.between_hubs(scenario)
    return Network(frozen(arrays, _coords(scenario, calendar, arrays)), calendar, scenario, year.synthetic, jobs)


def _calendar(scenario: Scenario) -> Calendar:
    run = scenario.config.run
    return Calendar(scenario.config.year, run.start, round(run.horizon_h / run.epoch_h), run.epoch_h * 3600.0)


def _coords(scenario: Scenario, calendar: Calendar, arrays: Arrays) -> dict[str, Any]:
    config = scenario.config
    return {
        "epoch": calendar.times,
        "region": list(config.regions),
        "hub": list(config.hubs),
        "centre": list(config.centres),
        "pool": list(POOLS),
        "workload": list(config.workloads),
        "link": list(routes.directed(config).ids),
        "archetype": archetypes(scenario),
        "other": list(config.centres),
    }


def check_graph(scenario: Scenario) -> list[Problem]:
    """Return the problems that only the graph and the registries show.

    Parameters
    ----------
    scenario
        A scenario without other problems.

    Returns
    -------
    list of Problem
        Unknown cooling archetypes and workload classes; traces that are none; regions that no centre can serve.
    """
    config, found = scenario.config, []
    for name, centre in config.centres.items():
        for archetype in centre.cooling.mix:
            try:
                ARCHETYPES.get(archetype)
            except PluginError as error:
                found.append(Problem(scenario.origin("centres", name, "cooling", "mix", archetype), str(error)))
    for name, workload in config.workloads.items():
        try:
            CLASSES.get(workload.kind)
        except PluginError as error:
            found.append(Problem(scenario.origin("workloads", name, "kind"), str(error)))
    if found:
        return found
    # A run that has no calendar is told already.
    with suppress(ScenarioError):
        found += traces.problems(scenario, _calendar(scenario))
    allowed = reach.feasible(scenario, reach.delays(scenario)[:, :, 0])
    for w, (name, workload) in enumerate(config.workloads.items()):
        cut = [region for r, region in enumerate(config.regions) if not allowed[r, w].any()]
        for region in cut:
            bound = f" within {workload.latency_bound_ms:g} ms" if workload.latency_bound_ms else ""
            text = f"region {region} reaches no centre for {name}{bound} in {config.network.service_class} service"
            found.append(Problem(_blame(scenario, name, region), text))
    return found


def _blame(scenario: Scenario, workload: str, region: str) -> Any:
    for path in (
        ("workloads", workload, "latency_bound_ms"),
        ("network", "service_class"),
        ("regions", region, "node"),
    ):
        if path in scenario.written:
            return scenario.origin(*path)
    links = [path for path in sorted(scenario.written) if path[0] == "links"]
    return scenario.origin(*links[0]) if links else scenario.origin("regions", region, "node")


def _compute(scenario: Scenario, calendar: Calendar) -> Arrays:
    config = scenario.config
    centres = list(config.centres.values())
    capacity = np.zeros((len(centres), len(POOLS)))
    for c, centre in enumerate(centres):
        for p, pool in enumerate(POOLS):
            if pool in centre.pools:
                capacity[c, p] = centre.pools[pool].capacity_eflops * 1e18
    up = np.array([config.standard.availability if c.availability is None else c.availability for c in centres])
    up = np.repeat(up[:, None], len(POOLS), axis=1)
    hubs = list(config.hubs)
    member = np.array([[centre.hub == hub for hub in hubs] for centre in centres]).reshape(len(centres), len(hubs))
    return {
        "capacity": (("centre", "pool"), capacity, "FLOPS", "installed compute, FP32"),
        "availability": (
            ("epoch", "centre", "pool"),
            events.centre_share(scenario, calendar, up), "1", "share of the capacity that is up",
        ),
        "standing": (("centre", "pool"), up, "1", "share of the capacity that is up at ordinary times"),
        "member": (("centre", "hub"), member, "1", "whether the centre belongs to the hub"),
        "cluster": (("centre",), np.array([c.kind == "cluster" for c in centres]), "1", "whether a national cluster"),
        "place_region": (
            ("centre", "region"), np.array([[c.region == r for r in config.regions] for c in centres]),
            "1", "whether the centre stands in the region",
        ),
    }  # fmt: skip


def _workloads(scenario: Scenario, calendar: Calendar, jobs: Mapping[str, Jobs]) -> Arrays:
    config = scenario.config
    items = list(config.workloads.values())
    bits = np.array([item.pool is None for item in items])
    amount = demand(scenario, calendar) * events.surge(scenario, calendar)
    flop = np.where(bits, 0.0, amount * 1e18)
    data = np.where(bits, amount * 1e12, 0.0)
    for name, some in jobs.items():
        flop[:, :, list(config.workloads).index(name)] = traces.trace_demand(scenario, calendar, some)
    bound = np.array([np.inf if i.latency_bound_ms is None else i.latency_bound_ms * 1e-3 for i in items])
    return {
        "demand": (("epoch", "region", "workload"), flop, "FLOPS", "demand for compute, FP32"),
        "data_demand": (("epoch", "region", "workload"), data, "bit/s", "demand of workloads that are bits only"),
        "deadline": (("workload",), column(items, "deadline_h"), "s", "slack"),
        "latency_bound": (("workload",), bound, "s", "bound of the one-way delay"),
        "bits_in": (
            ("workload",), np.where(bits, 1.0, column(items, "bits_per_flop_in")), "bit/FLOP", "to the centre"
        ),
        "bits_out": (("workload",), np.where(bits, 0.0, column(items, "bits_per_flop_out")), "bit/FLOP", "back"),
        "workload_pool": (
            ("workload",), np.array([-1 if i.pool is None else POOLS.index(i.pool) for i in items]),
            "1", "number of the pool, -1 without",
        ),
        "user_weight": (("region",), weights(scenario, "internet_users"), "1", "share of the internet users"),
    }  # fmt: skip
