"""Plan against replay: a planned year as a scenario of its own, run by the engines, beside what the plan says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sim.ground.errors import InvariantError, UsageError
from sim.network.build import build
from sim.once import execute
from sim.optimise.expand.levers import BATTERY_HOURS, full_draw
from sim.scenario.scenario import Scenario
from sim.scenario.vary import Variants

POLICY = "cheapest"
"""The rule that a replay follows unless it is told otherwise: a rule of thumb for what the plan does at best."""
JOBS_A_DAY = 8_000
"""Jobs that a replay draws at least, a day: work grows several times over, and few long jobs find no place."""
_FEW = 1e-6
"""Compute, EFLOPS, below which a pool is none."""
COMPARED = {
    "capacity_eflops": ("capacity_eflops",), "rack_utilisation": ("rack_utilisation",), "pue": ("pue",),
    "facility_energy_twh": ("facility_energy_twh",), "it_energy_twh": ("it_energy_twh",),
    "green_hourly": ("green_share", "hourly"), "green_annual": ("green_share", "annual"),
    "emissions_mt": ("emissions_mt", "location"), "served_share": ("served_share",),
    "operation_bn_cny": ("cost_bn_cny", "total"),
}  # fmt: skip
"""Measures that plan and replay both have: key of the plan's year, path in the run's."""
_PAID = "paid_bn_cny"
"""Operation without what unserved work counts: a deterrent, not money."""


def year_of(scenario: Scenario, found: Mapping[str, Any], year: str) -> Scenario:
    """Return a year of a plan as a scenario.

    Parameters
    ----------
    scenario
        That the plan was found for.
    found
        The plan's document.
    year
        Key of the year, ``"2030"`` or ``"<future> 2030"``.

    Returns
    -------
    Scenario
        Capacity, halls, cooling, contracts, batteries, links and demand of that year; all else as it was.

    Raises
    ------
    UsageError
        Where the plan has no such year.
    InvariantError
        Where what the plan builds is no scenario: our bug.
    """
    if year not in found["stocks"]:
        raise UsageError(f"the plan has no year '{year}'; it has {', '.join(found['stocks'])}")
    config, plan = scenario.config, scenario.config.plan
    settings: dict[str, Any] = {}
    network = build(scenario)
    draw = dict(zip(network.ids("centre"), full_draw(network).tolist(), strict=True))
    for name, stock in found["stocks"][year]["centre"].items():
        settings |= _centre(scenario, name, stock, draw[name], None if plan is None else plan.archetype)
    for name, line in found["stocks"][year]["link"].items():
        if line["added_tbps"] > 0.0:
            settings[f"links.{name}.capacity_tbps"] = line["tbps"]
    for name, factor in found["growth"][year].items():
        settings[f"workloads.{name}.growth"] = config.workloads[name].growth * factor
    made, problems = Variants(scenario).of(settings)
    if problems:
        raise InvariantError("a planned year is no scenario: " + "; ".join(problem.message for problem in problems))
    return replace(made, config=made.config.model_copy(update={"plan": None, "name": f"{config.name} {year}"}))


def _centre(
    scenario: Scenario, name: str, stock: Mapping[str, float], draw: list[float], archetype: str | None
) -> dict[str, Any]:
    """Return what is set of a centre."""
    centre, rack = scenario.config.centres[name], scenario.config.standard.rack_kw / 1e3
    halls = stock["hall_mw"] + stock["new_hall_mw"]
    servers = stock["general_eflops"] * draw[0] + stock["smart_eflops"] * draw[1]
    base = f"centres.{name}"
    found: dict[str, Any] = {
        f"{base}.racks": halls / rack / centre.commissioned_share,
        f"{base}.rack_utilisation": min(servers / halls * centre.commissioned_share, 1.0) if halls > 0.0 else 0.0,
        f"{base}.green.wind_mw": stock["wind_mw"],
        f"{base}.green.solar_mw": stock["solar_mw"],
    }
    for pool in centre.pools:
        # What a plan leaves as it was seeded stays without.
        found[f"{base}.pools.{pool}.capacity_eflops"] = there if (there := stock[f"{pool}_eflops"]) > _FEW else 0.0
    if stock["battery_mwh"] > 0.0:
        hours = centre.battery.energy_mwh / centre.battery.power_mw if centre.battery.power_mw > 0.0 else BATTERY_HOURS
        found[f"{base}.battery.energy_mwh"] = stock["battery_mwh"]
        found[f"{base}.battery.power_mw"] = stock["battery_mwh"] / hours
    if archetype is not None and halls > 0.0 and stock["new_hall_mw"] > 0.0:
        # A plan's stocks keep their bounds to within the solver's tolerance only.
        new = min(stock["new_hall_mw"] / halls, 1.0)
        mix = {key: share * (1.0 - new) for key, share in centre.cooling.mix.items() if new < 1.0}
        mix[archetype] = min(mix.get(archetype, 0.0) + new, 1.0)
        found[f"{base}.cooling.mix"] = mix
    return found


def replayed(
    scenario: Scenario, found: Mapping[str, Any], years: list[str], policy: str = POLICY, hours: float | None = None
) -> dict[str, Any]:
    """Return plan against replay, by year and engine.

    Parameters
    ----------
    scenario
        That the plan was found for.
    found
        The plan's document.
    years
        Keys of the years.
    policy
        Rule that the replay follows.
    hours
        Horizon of the replay, where it is not the scenario's.

    Returns
    -------
    dict
        year → engine → measure → {``plan``, ``replay``, ``difference`` (relative to the plan's)}.
    """
    told: dict[str, Any] = {}
    for year in years:
        made = year_of(scenario, found, year)
        told[year] = {}
        for engine in ("fluid", "events"):
            kpi = execute(_run(made, engine, policy, hours)).kpi
            told[year][engine] = _beside(found["by_year"][year], kpi, scenario, hours)
    return told


def _run(scenario: Scenario, engine: str, policy: str, hours: float | None) -> Scenario:
    run = scenario.config.run
    horizon = run.horizon_h if hours is None else hours
    many = max(run.jobs.count, round(JOBS_A_DAY * horizon / 24.0))
    update: dict[str, Any] = {
        "engine": engine, "epoch_h": 1.0, "horizon_h": horizon, "jobs": run.jobs.model_copy(update={"count": many}),
    }  # fmt: skip
    config = scenario.config.model_copy(
        update={
            "run": run.model_copy(update=update),
            "policy": scenario.config.policy.model_copy(update={"name": policy}),
        }
    )
    return replace(scenario, config=config)


def _beside(
    planned: Mapping[str, Any], kpi: Mapping[str, Any], scenario: Scenario, hours: float | None
) -> dict[str, Any]:
    """Return measures beside each other; what adds up over time is scaled to a year."""
    days = (scenario.config.run.horizon_h if hours is None else hours) / 24.0
    year = days_of(scenario.config.year) / days
    cost = kpi["cost_bn_cny"]
    kpi = {**kpi, _PAID: cost["total"] - cost["unserved"]}
    told = {}
    for key, path in (COMPARED | {_PAID: (_PAID,)}).items():
        value: Any = kpi
        for part in path:
            value = value[part]
        if value is None:
            continue
        if key.endswith(("_twh", "_mt", "_bn_cny")):
            value *= year
        plan = float(planned[key])
        told[key] = {"plan": plan, "replay": value, "difference": (value - plan) / plan if plan else None}
    return told


def days_of(year: int) -> int:
    """Return the days of a year."""
    return 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365
