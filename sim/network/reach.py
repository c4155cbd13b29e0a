"""Who reaches whom: routes, delays, what may run where, and the links between."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array, BoolArray
from sim.ground.calendar import Calendar
from sim.ground.units import si
from sim.network import events, measured, routes
from sim.network.demand import weights
from sim.network.network import Arrays
from sim.physics.delay import great_circle
from sim.scenario.scenario import Scenario


def delays(scenario: Scenario) -> Array:
    """Return the one-way delay of every path in the scenario's service; [region, centre, path], s.

    Delay = service factor × (fibre and nodes) + metro; a measured matrix, where the nation gives one,
    stands in for the best path's fibre and nodes, and moves the other paths by as much.
    """
    config = scenario.config
    delay = _routes(scenario).delay.reshape(len(config.regions), len(config.centres), -1)
    rows = [region.node for region in config.regions.values()]
    columns = [centre.node for centre in config.centres.values()]
    given = measured.delays(scenario.nation, rows, columns)
    if given is not None:
        best = np.where(np.isfinite(delay[:, :, :1]), delay[:, :, :1], 0.0)
        delay = given[:, :, None] + np.maximum(delay - best, 0.0)
    factor = routes.SERVICE_FACTOR[config.network.service_class]
    return np.asarray(factor * delay + config.network.metro_ms * 1e-3)


def _routes(scenario: Scenario) -> routes.Routes:
    config = scenario.config
    links = routes.directed(config)
    number = {node: position for position, node in enumerate(links.nodes)}
    pairs = [
        (number[region.node], number[centre.node])
        for region in config.regions.values()
        for centre in config.centres.values()
    ]
    return routes.around(links, pairs, config.network.paths, events.cuts(scenario, links.ids))


def feasible(scenario: Scenario, delay: Array) -> BoolArray:
    """Return whether a region's work may run at a centre; [region, workload, centre].

    Reached within the bound; inside the destinations that the region allows to deferrable work; a copy
    of data goes to another hub than the region's own.

    Parameters
    ----------
    scenario
        The scenario.
    delay
        [region, centre], s, of the best path.
    """
    config = scenario.config
    own, home = places(scenario)
    hubs = [centre.hub for centre in config.centres.values()]
    away = np.array([[hub not in (None, region.hub) for hub in hubs] for region in config.regions.values()]) & ~own
    allowed = np.empty((len(config.regions), len(config.workloads), len(config.centres)), dtype=bool)
    for w, workload in enumerate(config.workloads.values()):
        bound = np.inf if workload.latency_bound_ms is None else workload.latency_bound_ms * 1e-3
        allowed[:, w] = np.isfinite(delay) & (delay <= bound * (1.0 + 1e-12))
        if workload.pool is None:
            # Another hub; where none is reached another centre; in a nation of one centre that one.
            for places_for_copies in (away, ~own):
                some = (places_for_copies & allowed[:, w]).any(axis=1, keepdims=True)
                allowed[:, w] &= places_for_copies | ~some
        elif workload.deadline_h > 0.0:
            allowed[:, w] &= _destinations(scenario, home)
        if workload.pool is not None:
            has = [
                workload.pool in c.pools and c.pools[workload.pool].capacity_eflops > 0 for c in config.centres.values()
            ]
            allowed[:, w] &= np.array(has)
    return allowed


def _destinations(scenario: Scenario, home: BoolArray) -> BoolArray:
    config = scenario.config
    hubs = [centre.hub for centre in config.centres.values()]
    rows = []
    for r, region in enumerate(config.regions.values()):
        goals = region.residency.destinations
        away = np.array([not goals or hub in goals for hub in hubs])
        rows.append(home[r] | away)
    return np.array(rows)


def places(scenario: Scenario) -> tuple[BoolArray, BoolArray]:
    """Return which centres are a region's own, and which at home: own, of its hub or a near one; [region, centre]."""
    config = scenario.config
    own = np.array(
        [[name in c.own_regions or name == c.region for c in config.centres.values()] for name in config.regions]
    )
    same = [
        [c.hub is not None and c.hub in (region.hub, *region.residency.near) for c in config.centres.values()]
        for region in config.regions.values()
    ]
    return own, own | np.array(same)


def backbone(scenario: Scenario, calendar: Calendar) -> Arrays:
    """Return routes, reachability and links; each array with its dimensions and unit."""
    config = scenario.config
    links, found, delay = routes.directed(config), _routes(scenario), delays(scenario)
    shape = (len(config.regions), len(config.centres), *found.link.shape[1:])
    own, home = places(scenario)
    number = {node: position for position, node in enumerate(links.nodes)}
    nodes = np.array([number[region.node] for region in config.regions.values()])
    total = config.network.background_tbps * 1e12
    background = routes.gravity(links, weights(scenario, "internet_users"), nodes, total)
    share = np.array([region.residency.move_share for region in config.regions.values()])
    return {
        "route_link": (("region", "centre", "path", "hop"), found.link.reshape(shape), "1", "links of a route"),
        "route_delay": (("region", "centre", "path"), delay, "s", "one-way delay of a route"),
        "delay": (("region", "centre"), delay[:, :, 0], "s", "one-way delay of the best route"),
        "feasible": (("region", "workload", "centre"), feasible(scenario, delay[:, :, 0]), "1", "may run there"),
        "own": (("region", "centre"), own, "1", "whether the centre is the region's own"),
        "home": (("region", "centre"), home, "1", "whether the centre is own, of the hub or of a near one"),
        "move_share": (("region",), share, "1", "share of deferrable compute that may leave home"),
        "link_capacity": (("link",), links.capacity, "bit/s", "capacity"),
        "link_length": (("link",), links.length, "m", "fibre"),
        "link_availability": (
            ("epoch", "link"), events.link_share(scenario, calendar, links.ids), "1", "share that is up"
        ),
        "link_opposite": (("link",), routes.opposite(links), "1", "number of the other direction"),
        "background": (("link",), np.minimum(background, links.capacity), "bit/s", "gravity traffic, always there"),
    }  # fmt: skip


def between_hubs(scenario: Scenario) -> Arrays:
    """Return the optical delay between clusters of different hubs, and that of straight fibre."""
    config = scenario.config
    links, centres = routes.directed(config), list(config.centres.values())
    number = {node: position for position, node in enumerate(links.nodes)}
    pairs = [
        (i, j)
        for i, a in enumerate(centres)
        for j, b in enumerate(centres)
        if a.kind == b.kind == "cluster" and a.hub and b.hub and a.hub != b.hub
    ]
    delay, floor = np.zeros((len(centres), len(centres))), np.zeros((len(centres), len(centres)))
    best = routes.shortest(links, [(number[centres[i].node], number[centres[j].node]) for i, j in pairs], 1)
    per_metre = config.network.fibre_us_per_km * si("x_us_per_km")
    for position, (i, j) in enumerate(pairs):
        if np.isfinite(best.delay[position, 0]):
            delay[i, j] = best.delay[position, 0]
            a, b = config.nodes[centres[i].node], config.nodes[centres[j].node]
            straight = great_circle(a.latitude_deg, a.longitude_deg, b.latitude_deg, b.longitude_deg)
            floor[i, j] = straight * per_metre
    return {
        "hub_delay": (("centre", "other"), delay, "s", "optical delay between clusters of different hubs"),
        "hub_floor": (("centre", "other"), floor, "s", "delay of straight fibre between them"),
    }
