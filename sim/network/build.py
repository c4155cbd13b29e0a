"""A scenario becomes a network: planner's units become SI, places become arrays, the graph is checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.centres.base import REGISTRY as ARCHETYPES
from sim.ground.arrays import Array, BoolArray
from sim.ground.calendar import Calendar
from sim.ground.errors import PluginError, Problem, ScenarioError
from sim.ground.units import si
from sim.network import calibration, climate, events, measured, routes
from sim.network.demand import demand, weights
from sim.network.network import Network, frozen
from sim.physics.delay import great_circle
from sim.physics.grid import grid_mix, hourly_emission_factor, tariff
from sim.physics.psychrometrics import pressure, wet_bulb
from sim.scenario.scenario import Scenario
from sim.workloads.base import REGISTRY as CLASSES

POOLS = ("general", "smart")
Arrays = dict[str, tuple[tuple[str, ...], Any, str, str]]


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
    config = scenario.config
    run = config.run
    calendar = Calendar(config.year, run.start, round(run.horizon_h / run.epoch_h), run.epoch_h * 3600.0)
    sites = sorted({centre.climate_site for centre in config.centres.values()})
    year = climate.climate(scenario, sites)
    arrays: Arrays = {}
    arrays |= _compute(scenario, calendar)
    arrays |= _workloads(scenario, calendar)
    arrays |= _backbone(scenario, calendar)
    arrays |= _power(scenario, calendar, year)
    arrays |= _air(scenario, calendar, year, sites)
    arrays |= _cooling(scenario)
    arrays |= _between_hubs(scenario)
    return Network(frozen(arrays, _coords(scenario, calendar, arrays)), calendar, scenario, year.synthetic)


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
        "archetype": _archetypes(scenario),
        "other": list(config.centres),
    }


def _archetypes(scenario: Scenario) -> list[str]:
    return sorted({name for centre in scenario.config.centres.values() for name in centre.cooling.mix})


def check_graph(scenario: Scenario) -> list[Problem]:
    """Return the problems that only the graph and the registries show.

    Parameters
    ----------
    scenario
        A scenario without other problems.

    Returns
    -------
    list of Problem
        Unknown cooling archetypes and workload classes; regions that no centre can serve.
    """
    config, found = scenario.config, []
    for name, centre in config.centres.items():
        for archetype in centre.cooling.mix:
            try:
                ARCHETYPES.get(archetype)
            except PluginError as error:
                found.append(
                    Problem(scenario.origin("centres", name, "cooling", "mix", archetype), str(error))
                )
    for name, workload in config.workloads.items():
        try:
            CLASSES.get(workload.kind)
        except PluginError as error:
            found.append(Problem(scenario.origin("workloads", name, "kind"), str(error)))
    if found:
        return found
    allowed = feasible(scenario, delays(scenario)[:, :, 0])
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


def _column(values: Iterable[Any], key: str) -> Array:
    """Return one field of many entities in SI; [entity]."""
    return np.array([getattr(value, key) for value in values], dtype=np.float64) * si(key)


def _compute(scenario: Scenario, calendar: Calendar) -> Arrays:
    config = scenario.config
    centres = list(config.centres.values())
    capacity = np.zeros((len(centres), len(POOLS)))
    draw = np.zeros_like(capacity)
    for c, centre in enumerate(centres):
        for p, pool in enumerate(POOLS):
            if pool in centre.pools:
                capacity[c, p] = centre.pools[pool].capacity_eflops * 1e18
                draw[c, p] = capacity[c, p] * centre.pools[pool].power_mw_per_eflops * 1e-12
    total = draw.sum(axis=1, keepdims=True)
    share = np.divide(draw, total, out=np.zeros_like(draw), where=total > 0.0)
    racks, commissioned = _column(centres, "racks"), _column(centres, "commissioned_share")
    up = np.array(
        [config.standard.availability if c.availability is None else c.availability for c in centres]
    )
    hubs = list(config.hubs)
    member = np.array([[centre.hub == hub for hub in hubs] for centre in centres]).reshape(
        len(centres), len(hubs)
    )
    return {
        "capacity": (("centre", "pool"), capacity, "FLOPS", "installed compute, FP32"),
        "power_share": (("centre", "pool"), share, "1", "pool's share of the centre's IT power"),
        "rated_power": (
            ("centre",), racks * commissioned * config.standard.rack_kw * 1e3, "W", "commissioned IT power"
        ),
        "racks": (("centre",), racks, "1", "standard racks"),
        "rack_utilisation": (("centre",), _column(centres, "rack_utilisation"), "1", "filled share of the racks"),
        "occupancy": (
            ("centre",), _column(centres, "rack_utilisation") / commissioned, "1", "filled share of what is commissioned"
        ),
        "idle_share": (
            ("pool",), np.array([config.standard.idle_general, config.standard.idle_smart]), "1", "idle power share"
        ),
        "availability": (
            ("epoch", "centre", "pool"),
            np.repeat(events.centre_share(scenario, calendar, up)[:, :, None], len(POOLS), axis=2),
            "1", "share of the capacity that is up",
        ),
        "member": (("centre", "hub"), member, "1", "whether the centre belongs to the hub"),
        "cluster": (("centre",), np.array([c.kind == "cluster" for c in centres]), "1", "whether a national cluster"),
        "place_region": (
            ("centre", "region"), np.array([[c.region == r for r in config.regions] for c in centres]),
            "1", "whether the centre stands in the region",
        ),
    }  # fmt: skip


def _workloads(scenario: Scenario, calendar: Calendar) -> Arrays:
    config = scenario.config
    items = list(config.workloads.values())
    bits = np.array([item.pool is None for item in items])
    amount = demand(scenario, calendar) * events.surge(scenario, calendar)
    flop = np.where(bits, 0.0, amount * 1e18)
    data = np.where(bits, amount * 1e12, 0.0)
    bound = np.array([np.inf if i.latency_bound_ms is None else i.latency_bound_ms * 1e-3 for i in items])
    return {
        "demand": (("epoch", "region", "workload"), flop, "FLOPS", "demand for compute, FP32"),
        "data_demand": (("epoch", "region", "workload"), data, "bit/s", "demand of workloads that are bits only"),
        "deadline": (("workload",), _column(items, "deadline_h"), "s", "slack"),
        "latency_bound": (("workload",), bound, "s", "bound of the one-way delay"),
        "bits_in": (
            ("workload",), np.where(bits, 1.0, _column(items, "bits_per_flop_in")), "bit/FLOP", "to the centre"
        ),
        "bits_out": (("workload",), np.where(bits, 0.0, _column(items, "bits_per_flop_out")), "bit/FLOP", "back"),
        "workload_pool": (
            ("workload",), np.array([-1 if i.pool is None else POOLS.index(i.pool) for i in items]),
            "1", "number of the pool, -1 without",
        ),
        "user_weight": (("region",), weights(scenario, "internet_users"), "1", "share of the internet users"),
    }  # fmt: skip


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
    return routes.shortest(links, pairs, config.network.paths)


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
    allowed = np.empty((len(config.regions), len(config.workloads), len(config.centres)), dtype=bool)
    in_hub = np.array([centre.hub is not None for centre in config.centres.values()])
    for w, workload in enumerate(config.workloads.values()):
        bound = np.inf if workload.latency_bound_ms is None else workload.latency_bound_ms * 1e-3
        allowed[:, w] = np.isfinite(delay) & (delay <= bound * (1.0 + 1e-12))
        if workload.pool is None:
            elsewhere = ~home & in_hub
            allowed[:, w] &= np.where((elsewhere & allowed[:, w]).any(axis=1, keepdims=True), elsewhere, ~own)
        elif workload.deadline_h > 0.0:
            allowed[:, w] &= _destinations(scenario, home)
        if workload.pool is not None:
            has = [
                workload.pool in c.pools and c.pools[workload.pool].capacity_eflops > 0
                for c in config.centres.values()
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
    """Return which centres are a region's own, and which are at home (own or of its hub); [region, centre]."""
    config = scenario.config
    own = np.array(
        [
            [name in c.own_regions or name == c.region for c in config.centres.values()]
            for name in config.regions
        ]
    )
    same = [
        [region.hub is not None and c.hub == region.hub for c in config.centres.values()]
        for region in config.regions.values()
    ]
    return own, own | np.array(same)


def _backbone(scenario: Scenario, calendar: Calendar) -> Arrays:
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
        "home": (("region", "centre"), home, "1", "whether the centre is own or of the hub"),
        "move_share": (("region",), share, "1", "share of deferrable work that may leave home"),
        "link_capacity": (("link",), links.capacity, "bit/s", "capacity"),
        "link_length": (("link",), links.length, "m", "fibre"),
        "link_availability": (
            ("epoch", "link"), events.link_share(scenario, calendar, links.ids), "1", "share that is up"
        ),
        "link_opposite": (("link",), routes.opposite(links), "1", "number of the other direction"),
        "background": (("link",), np.minimum(background, links.capacity), "bit/s", "gravity traffic, always there"),
    }  # fmt: skip


def _power(scenario: Scenario, calendar: Calendar, year: climate.Climate) -> Arrays:
    config = scenario.config
    power = [region.power for region in config.regions.values()]
    hours = Calendar.whole_year(config.year)
    price = measured.hourly(scenario.nation, "price_cny_per_kwh", list(config.regions), hours.epochs)
    flat = _column(power, "price_cny_per_kwh")
    if price is None:
        price = tariff(
            flat, _column(power, "peak_factor"), _column(power, "valley_factor"),
            [p.peak_hours for p in power], [p.valley_hours for p in power], hours.hour,
        )  # fmt: skip
    clean, variable = grid_mix(
        _column(power, "renewable_share"), _column(power, "variable_share"), year.wind, year.solar
    )
    factor = measured.hourly(
        scenario.nation, "emission_factor_kg_per_kwh", list(config.regions), hours.epochs
    )
    if factor is None:
        factor = hourly_emission_factor(_column(power, "emission_factor_kg_per_kwh"), variable)
    order = list(config.regions)
    at = np.array([order.index(centre.region) for centre in config.centres.values()])
    green = [centre.green for centre in config.centres.values()]
    battery = [centre.battery for centre in config.centres.values()]
    supply = _column(green, "wind_mw") * year.wind[:, at] + _column(green, "solar_mw") * year.solar[:, at]
    contract = flat[at] + config.green.premium_cny_per_kwh * si("x_cny_per_kwh")

    def now(values: Array) -> Array:
        return climate.to_epochs(values, calendar)

    return {
        "price": (("epoch", "centre"), now(price[:, at]), "CNY/J", "grid energy, time of use"),
        "emission_factor": (("epoch", "centre"), now(factor[:, at]), "kg/J", "grid, average, location-based"),
        "grid_carbon_free": (("epoch", "centre"), now(clean[:, at]), "1", "carbon-free share of the grid"),
        "green_supply": (("epoch", "centre"), now(supply), "W", "contracted wind and solar, delivered"),
        "contract_price": (("centre",), contract, "CNY/J", "contracted green energy"),
        "certificates": (("centre",), _column(green, "gec_mwh"), "J", "unbundled certificates of the year"),
        "battery_energy": (("centre",), _column(battery, "energy_mwh"), "J", "usable energy"),
        "battery_power": (("centre",), _column(battery, "power_mw"), "W", "charge and discharge"),
        "charge_efficiency": (("centre",), _column(battery, "charge_efficiency"), "1", "stored over charged"),
        "discharge_efficiency": (
            ("centre",),
            _column(battery, "discharge_efficiency"),
            "1",
            "delivered over taken",
        ),
    }


def _air(scenario: Scenario, calendar: Calendar, year: climate.Climate, sites: list[str]) -> Arrays:
    config = scenario.config
    at = [sites.index(centre.climate_site) for centre in config.centres.values()]
    temperature = climate.to_epochs(year.temperature[:, at], calendar) + events.heat(scenario, calendar)
    damp = climate.to_epochs(year.humidity[:, at], calendar)
    air = pressure(_column(config.centres.values(), "elevation_m"))
    return {
        "temperature": (("epoch", "centre"), temperature, "degC", "dry bulb"),
        "wet_bulb": (("epoch", "centre"), wet_bulb(temperature, damp, air), "degC", "wet bulb"),
        "pressure": (("centre",), air, "Pa", "air pressure"),
    }


def _cooling(scenario: Scenario) -> Arrays:
    names = _archetypes(scenario)
    centres = scenario.config.centres
    mix = np.array([[centre.cooling.mix.get(name, 0.0) for name in names] for centre in centres.values()])
    return {
        "mix": (("centre", "archetype"), mix, "1", "share of the rated power by cooling archetype"),
        "kappa": (("centre",), calibration.kappa(scenario), "1", "calibration factor of the cooling power"),
    }


def _between_hubs(scenario: Scenario) -> Arrays:
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
