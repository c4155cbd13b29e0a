"""What is taken elsewhere: a stored run as tables or arrays, a scenario's dispatch program as an LP file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sim.desk.compare import DOCUMENT, FOLDER
from sim.desk.reports import document, others
from sim.ground.errors import Problem, UsageError
from sim.network.build import build
from sim.once import prepare
from sim.optimise.second_opinion import lp_file
from sim.report.comparison_tables import comparison_tables
from sim.report.export import Table, export, export_tables
from sim.report.sweep_tables import sweep_tables
from sim.results import store
from sim.results.product import check_place
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Limits
from sim.study import archive
from sim.study.findings import findings
from sim.study.table import told

_HOURS = 24.0
_SUFFIX = {"csv": "-csv", "xlsx": ".xlsx", "netcdf": ".nc", "geojson": ".geojson"}


def run(name: str, kind: str, out: Path | None, folder: Path, *, force: bool = False) -> dict[str, Any]:
    """Write a stored run, comparison or sweep in another format and return where.

    Parameters
    ----------
    name
        Its id or the beginning of it.
    kind
        ``csv``, ``xlsx``, ``netcdf`` or ``geojson``; of a comparison or a sweep its tables, ``csv`` or ``xlsx``.
    out
        Where to; a name beside you where it is None.
    folder
        Folder of the runs.
    force
        Whether to replace what is there.

    Returns
    -------
    dict
        ``file``.

    Raises
    ------
    UsageError
        Where the name is a scenario.
    ResultsError
        Where the run is not there, or it cannot be written.
    """
    if _is_scenario(name):
        raise UsageError(
            f"{name} is a scenario, and --{kind} takes a stored run: run it first, or write it with --lp FILE"
        )
    found = _tables(name, folder)
    if found is None:
        stored = store.load(store.find(folder, name))
        target = out or Path(f"{stored.meta['id']}{_SUFFIX[kind]}")
        return {"file": str(export(stored, kind, target, force=force))}
    place, title, tables = found
    if kind not in ("csv", "xlsx"):
        raise UsageError(f"{place} is no run and has no {kind}; export its tables with --csv or --xlsx")
    target = out or Path(f"{place.name}{_SUFFIX[kind]}")
    return {"file": str(export_tables(tables, title, kind, target, force=force))}


def _tables(name: str, folder: Path) -> tuple[Path, str, dict[str, Table]] | None:
    """Return place, title and tables of a comparison or a sweep; None where it is neither."""
    place = others(folder, name)
    if place is None:
        return None
    if place.parent not in (folder, folder / FOLDER):
        raise UsageError(f"{place} is a plan; its document is plan.json, and its page saves every table of it")
    if place.parent == folder:
        read = archive.as_it_is(place)
        points, _, _ = told(read.design, read.rows)
        return place, "sweep", sweep_tables(findings(read), points)
    return place, "comparison", comparison_tables(document(place / DOCUMENT))


def program(
    name: str,
    target: Path,
    *,
    hours: float | None = None,
    begin: float = 0.0,
    sets: Iterable[str] = (),
    force: bool = False,
) -> dict[str, Any]:
    """Write the program of some hours of a scenario and return what stands in it.

    The hours are a program of their own: nothing waits before them, and nothing may wait behind. Limits over the
    run are kept by prices from pass to pass and are no rows of any program; a file that left them out unsaid
    would be of another question.

    Parameters
    ----------
    name
        The scenario file.
    target
        The LP file.
    hours
        How many; a day by default, or what is left.
    begin
        Hours from the scenario's start.
    sets
        Differences, each ``key=value``.
    force
        Whether to replace what is there.

    Returns
    -------
    dict
        As `sim.optimise.second_opinion.lp_file` returns it.

    Raises
    ------
    UsageError
        Where the name is no scenario, the hours are not all in it, or the scenario sets limits.
    ScenarioError, SolveError, ResultsError
        Where the scenario is wrong, its program too large, or the file cannot be written.
    """
    if not _is_scenario(name):
        raise UsageError(
            f"'{name}' is no scenario file: --lp writes the program of a scenario, and a stored run has none"
        )
    check_place(target, force=force)
    scenario = prepare(name, sets)
    _without_limits(scenario)
    whole = scenario.config.run
    left = whole.horizon_h - begin
    hours = min(_HOURS, left) if hours is None else hours
    if not 0.0 < hours <= left:
        text = f"the run has {whole.horizon_h:g} h, and {max(left, 0.0):g} h are left behind --begin {begin:g}"
        raise UsageError(f"{name}: {text}; ask for no more with --hours")
    for option, value, least in (("--begin", begin, 0), ("--hours", hours, 1)):
        epochs = round(value / whole.epoch_h)
        if epochs < least or abs(value / whole.epoch_h - epochs) > 1e-6:
            raise UsageError(f"{name}: {option} {value:g} is no whole number of epochs of {whole.epoch_h:g} h")
    start = whole.start + timedelta(hours=begin)
    window = [f"run.start={start.isoformat()}", f"run.horizon_h={hours:g}"]
    first = round(begin / whole.epoch_h)
    return lp_file(build(prepare(name, [*sets, *window])), target, first, force=force)


def _without_limits(scenario: Scenario) -> None:
    asked = [key for key, value in scenario.config.limits if value != getattr(Limits(), key)]
    if asked:
        text = (
            f"limits.{asked[0]} holds over the whole run and is no row of its program, so the file would not keep it; "
            "to write the program without any limit, add --set limits=null"
        )
        raise UsageError(str(Problem(scenario.origin("limits", asked[0]), text)))


def _is_scenario(name: str) -> bool:
    return Path(name).suffix in (".yaml", ".yml") or Path(name).is_file()
