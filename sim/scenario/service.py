"""What cannot be meant by failures, maintenance and commissioning: ids that there are not, times without a clock."""

from __future__ import annotations

from collections.abc import Iterator

from sim.ground.errors import ScenarioError
from sim.scenario.failure_log import outages
from sim.scenario.scenario import Scenario
from sim.scenario.wording import nearest_id
from sim.scenario.yaml_file import Path_

_MOST_WINDOWS = 200_000


def service(scenario: Scenario) -> Iterator[tuple[Path_, str]]:
    """Yield where something is wrong, and what.

    Parameters
    ----------
    scenario
        A scenario whose every value is allowed by the schema.
    """
    yield from _among(scenario)
    yield from _failures(scenario)
    yield from _logs(scenario)
    yield from _maintenance(scenario)
    for name, plan in scenario.config.commissioning.items():
        if plan.centre not in scenario.config.centres:
            hint = nearest_id(plan.centre, scenario.config.centres)
            yield ("commissioning", name, "centre"), f"commissioning.{name}.centre: there is no '{plan.centre}'{hint}"
    for table in ("maintenance", "commissioning"):
        for name, dated in getattr(scenario.config, table).items():
            if dated.at.tzinfo is not None:
                text = f"{table}.{name}.at carries a time zone; all times are the nation's own, write it without one"
                yield (table, name, "at"), text


def _among(scenario: Scenario) -> Iterator[tuple[Path_, str]]:
    config = scenario.config
    for table in ("failures", "maintenance"):
        for name, rule in getattr(config, table).items():
            links = rule.what == "link"
            known = [*config.links] if links else [*config.centres, *config.hubs]
            for word in rule.among:
                if word not in known:
                    text = f"{table}.{name}.among: there is no {'link' if links else 'centre or hub'} '{word}'"
                    yield (table, name, "among"), text + nearest_id(word, known)


def _failures(scenario: Scenario) -> Iterator[tuple[Path_, str]]:
    for name, law in scenario.config.failures.items():
        if law.per_1000_km and law.what != "link":
            yield ("failures", name, "per_1000_km"), f"failures.{name}.per_1000_km: only links have a length"
        if law.pool is not None and law.what == "link":
            yield ("failures", name, "pool"), f"failures.{name}.pool: a link has no pool"


def _logs(scenario: Scenario) -> Iterator[tuple[Path_, str]]:
    for name, log in scenario.config.failure_logs.items():
        known = scenario.config.links if log.what == "link" else scenario.config.centres
        if log.pool is not None and log.what == "link":
            yield ("failure_logs", name, "pool"), f"failure_logs.{name}.pool: a link has no pool"
        file = scenario.logs.get(name)
        if file is None:
            continue  # told where files are looked for
        try:
            for row in outages(file):
                if row.what not in known:
                    text = f"{file.path}:{row.line}: there is no {log.what} '{row.what[:60]}'" + nearest_id(
                        row.what, known
                    )
                    yield ("failure_logs", name, "file"), text
                    break
        except ScenarioError as error:
            yield ("failure_logs", name, "file"), str(error)


def _maintenance(scenario: Scenario) -> Iterator[tuple[Path_, str]]:
    config = scenario.config
    for name, rule in config.maintenance.items():
        if rule.for_h > rule.every_h:
            yield ("maintenance", name, "for_h"), f"maintenance.{name}: a window is longer than the time to the next"
        if config.run.horizon_h / rule.every_h * (len(config.centres) + len(config.links)) > _MOST_WINDOWS:
            text = f"maintenance.{name}: more than {_MOST_WINDOWS:,} windows in the run; give a longer every_h"
            yield ("maintenance", name, "every_h"), text
