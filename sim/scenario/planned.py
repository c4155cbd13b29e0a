"""Checks of the question of a capacity plan: ids, years, what may be built, targets that say something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sim.scenario.planning import Planning, Target
from sim.scenario.scenario import Scenario
from sim.scenario.wording import nearest_id
from sim.scenario.yaml_file import Path_

SHARES = ("smart_share", "hub_share_of_new", "rack_utilisation", "green_annual", "green_hourly", "latency_share")
"""Measures of which a value above 1 means nothing."""
GROWING = ("capacity_eflops", "smart_share", "hub_share_of_new", "rack_utilisation", "emissions_mt")
"""Measures whose bound may differ from year to year; the others are part of a day's program, the same in all years."""
CEILINGS = ("pue", "emissions_mt")
"""Measures that shall be low."""


def planned(scenario: Scenario) -> Iterator[tuple[Path_, str]]:
    """Return what is wrong with the question of a plan, each with the value to blame.

    Parameters
    ----------
    scenario
        A scenario whose every value is allowed by the schema.
    """
    plan = scenario.config.plan
    if plan is None:
        return
    config = scenario.config
    yield from _known(("plan", "growth"), plan.growth, config.workloads)
    yield from _known(("plan", "ceilings_mw"), plan.ceilings_mw, config.centres)
    yield from _known(("plan", "alternatives", "west"), plan.alternatives.west, config.hubs)
    for name, future in plan.futures.items():
        yield from _known(("plan", "futures", name, "growth"), future.growth, config.workloads)
    for kind, build in plan.build.items():
        yield from _known(("plan", "build", kind, "hubs"), build.hubs, config.hubs)
    yield from _years(scenario, plan)
    for name, target in plan.targets.items():
        yield from _target(scenario, plan, name, target)
    if "least_west" in plan.alternatives.goals and not plan.alternatives.west:
        yield ("plan", "alternatives", "goals"), "plan.alternatives.goals: name the hubs of the west in `west`"
    built = {kind for kind, build in plan.build.items() if build.allowed}
    if "retrofit" in built and plan.archetype is None:
        yield ("plan", "build", "retrofit"), "plan.build.retrofit: say which cooling it leads to in plan.archetype"


def first_year(scenario: Scenario) -> int:
    """Return the first year of a scenario's plan."""
    plan = scenario.config.plan
    return scenario.config.year + 1 if plan is None or plan.first is None else plan.first


def _known(path: Path_, words: Iterable[str], known: Mapping[str, object]) -> Iterator[tuple[Path_, str]]:
    for word in words:
        if word not in known:
            place = (*path, word) if isinstance(words, Mapping) else path
            yield place, f"{'.'.join(path)}: there is no '{word}'{nearest_id(word, known)}"


def _years(scenario: Scenario, plan: Planning) -> Iterator[tuple[Path_, str]]:
    first, base = first_year(scenario), scenario.config.year
    if first <= base:
        yield ("plan", "first"), f"plan.first is {first}; a plan begins after the nation's year {base}"
    if not first <= plan.last <= first + 29:
        yield ("plan", "last"), f"plan.last is {plan.last}; write a year from {first} to {first + 29}"
    if plan.common is not None and not first <= plan.common <= plan.last:
        yield ("plan", "common"), f"plan.common is {plan.common}; write a year from {first} to {plan.last}"


def _target(scenario: Scenario, plan: Planning, name: str, target: Target) -> Iterator[tuple[Path_, str]]:
    base = ("plan", "targets", name)
    said = ".".join(base)
    wanted, other = ("at_most", "at_least") if target.measure in CEILINGS else ("at_least", "at_most")
    value = getattr(target, wanted)
    if value is None:
        yield base, f"{said}: {target.measure} needs `{wanted}`"
    elif target.measure in SHARES and value > 1.0:
        yield (*base, wanted), f"{said}.{wanted} is {value:g}; a share is at most 1"
    if getattr(target, other) is not None:
        yield (*base, other), f"{said}: {target.measure} takes no `{other}`"
    yield from _at_first(base, target)
    if target.measure == "latency_share" and target.within_ms is None:
        yield base, f"{said}: latency_share needs `within_ms`"
    if target.hub is not None and target.hub not in scenario.config.hubs:
        yield (*base, "hub"), f"{said}.hub: there is no '{target.hub}'{nearest_id(target.hub, scenario.config.hubs)}"
    since = plan.last if target.since is None else target.since
    until = plan.last if target.until is None else target.until
    if not first_year(scenario) <= since <= until <= plan.last:
        text = f"{said} holds from {since} to {until}; the plan runs from {first_year(scenario)} to {plan.last}"
        yield (*base, "since"), text
    if target.how == "priced" and target.price_cny == 0.0:
        yield (*base, "price_cny"), f"{said}: a priced target needs price_cny above 0"


def _at_first(base: Path_, target: Target) -> Iterator[tuple[Path_, str]]:
    if target.at_first is None:
        return
    path, said = (*base, "at_first"), ".".join((*base, "at_first"))
    if target.measure not in GROWING:
        yield path, f"{said}: {target.measure} has one bound in all its years; write a target for each step"
    elif target.measure in SHARES and target.at_first > 1.0:
        yield path, f"{said} is {target.at_first:g}; a share is at most 1"
    elif not (target.at_most if target.at_least is None else target.at_least):
        yield path, f"{said}: a bound of 0 is reached at no yearly rate; write a target for each step"
