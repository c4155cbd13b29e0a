"""A sweep: every point of a scenario's axes, computed once, kept, and told in one table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.ground.errors import Origin, Problem, ResultsError, ScenarioError
from sim.once import identify, policy_problems, prepare
from sim.results.card import card
from sim.results.product import placed
from sim.results.schema import CARD
from sim.scenario.scenario import Scenario
from sim.scenario.vary import FIXED, Variants
from sim.study import parts, table
from sim.study.archive import SHEET
from sim.study.axes import Axis, Design, design
from sim.study.cluster import done_there
from sim.study.fleet import done_here
from sim.study.parts import Row
from sim.study.tasks import Task, packs, perform_all, tasks

Tick = Callable[[int, int], None]
Stream = Generator[list[tuple[int, list[Row]]], None, None]


@dataclass(frozen=True)
class Plan:
    """What a sweep will do.

    Attributes
    ----------
    name
        Its id: of the scenario, the points and the code.
    folder
        Where it is kept.
    design
        Its points.
    tasks
        What computes them.
    sample
        How its sample was drawn: ``method``, ``n``, ``seed``; None where it has none.
    scenario, path, sets, plugins
        The scenario's name and file, differences that all points share, private policies.
    """

    name: str
    folder: Path
    design: Design
    tasks: list[Task]
    sample: dict[str, Any] | None
    scenario: str
    path: Path
    sets: tuple[str, ...]
    plugins: tuple[Path, ...]

    def known(self) -> dict[int, Row]:
        """Return what is kept of each point, by its number; a part that is damaged is not."""
        found: dict[int, Row] = {}
        for task in self.tasks:
            for row in parts.read(task.folder, task.number) or ():
                found[row.point] = row
        return found


@dataclass(frozen=True)
class Swept:
    """What a sweep has done.

    Attributes
    ----------
    plan
        What was asked.
    rows
        Every point that is known, in order.
    files
        The tables: ``table``, ``cube`` and, where points failed, ``failures``.
    """

    plan: Plan
    rows: list[Row]
    files: dict[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """Return how many points failed."""
        return sum(row.failed for row in self.rows)

    def _repr_html_(self) -> str:
        """Return what a notebook shows of the sweep: the range of every national measure that varies."""
        good = [row.kpi for row in self.rows if not row.failed]
        keys = [key for key in CARD if all(isinstance(kpi.get(key), float) for kpi in good)]
        values = {key: [kpi[key] for kpi in good] for key in keys}
        rows = [(key, min(each), sum(each) / len(each), max(each)) for key, each in values.items() if each]
        axes = " × ".join(self.plan.design.keys)
        note = f"{self.plan.name} · {len(good)} of {self.plan.design.points} points, {self.failed} failed"
        return card(f"{self.plan.scenario}: {axes}", ("key", "least", "mean", "most"), rows, note)

    def document(self) -> dict[str, Any]:
        """Return what ``sweep --json`` prints."""
        done = len(self.rows) - self.failed
        counts = {"points": self.plan.design.points, "done": done, "failed": self.failed}
        return {"id": self.plan.name, **counts, "table": self.files.get("table"), **self.files}


def plan(
    path: Path | str,
    *,
    policies: Sequence[str] = (),
    replications: int | None = None,
    sets: Iterable[str] = (),
    plugins: Iterable[Path] = (),
    results: Path = Path("results"),
) -> Plan:
    """Return what a sweep will do.

    Parameters
    ----------
    path
        A scenario file with a `sweep`.
    policies
        Names; an axis of their own where there are any.
    replications
        Runs of every point that differ in chance alone; the scenario's by default.
    sets
        Differences, each ``key=value``.
    plugins
        Private policy files.
    results
        Folder that keeps runs.

    Raises
    ------
    ScenarioError, PluginError
        Where the scenario or an axis is wrong.
    """
    given = [*sets, *([f"run.replications={replications}"] if replications is not None else [])]
    private = tuple(Path(plugin) for plugin in plugins)
    scenario = prepare(path, given, private)
    found = design(scenario, policies)
    _check(scenario, found)
    axes = [[axis.name, [found.meant(key) for key in axis.keys], axis.rows] for axis in found.axes]
    said = json.dumps([identify(scenario, private), axes], ensure_ascii=False, default=str)
    name = hashlib.sha256(said.encode()).hexdigest()[:12]
    folder = Path(results) / f"sweep-{name}"
    drawn = scenario.config.sweep.sample if scenario.config.sweep is not None else None
    sample = {"method": drawn.method, "n": drawn.n, "seed": scenario.config.run.seed} if drawn is not None else None
    todo = tasks(Path(path), scenario, found, given, private, folder / "parts")
    return Plan(name, folder, found, todo, sample, scenario.config.name, Path(path), tuple(given), private)


def _check(scenario: Scenario, found: Design) -> None:
    """Raise where a value of an axis is none that its key may take.

    Raises
    ------
    ScenarioError
        With every problem found, at the axis.
    """
    variants, problems, once = Variants(scenario), list[Problem](), scenario.config.run.replications
    for axis in found.axes:
        ends = axis.rows if axis.name != "sample" else (axis.rows[0], axis.rows[-1])
        for row in ends:
            settings = {found.meant(key): value for key, value in zip(axis.keys, row, strict=True)}
            if not {key.partition(".")[0] for key in settings} & set(FIXED):
                variant, wrong = variants.of(settings)
                wrong = wrong or policy_problems(variant)
                if not wrong and variant.config.run.replications != once:
                    text = "run.replications is no axis; write it under `run`, or give --replications"
                    wrong = [Problem(Origin(), text)]
                problems += [replace(problem, origin=_stands(scenario, axis)) for problem in wrong]
    if problems:
        raise ScenarioError(problems)


def _stands(scenario: Scenario, axis: Axis) -> Origin:
    """Return where an axis is written."""
    if axis.name in ("zip", "sample"):
        return scenario.origin("sweep", axis.name)
    sweep = scenario.config.sweep
    written = sweep is not None and axis.name in sweep.grid
    return scenario.origin("sweep", "grid", axis.name) if written else Origin("--policies")


def sweep(
    asked: Plan,
    *,
    workers: int = 1,
    dask: str | None = None,
    fail_fast: bool = False,
    retry_failed: bool = False,
    progress: Tick | None = None,
) -> Swept:
    """Do what is not done yet of a sweep, write its tables, and return them.

    Parameters
    ----------
    asked
        What `plan` returned.
    workers
        Processes; the results do not depend on them.
    dask
        Address of a Dask scheduler, or ``local`` for a cluster of so many workers here, instead of processes.
    fail_fast
        Whether to stop at the first point that fails.
    retry_failed
        Whether to do again what failed before.
    progress
        Called with the points done and their number.

    Raises
    ------
    ResultsError, UsageError, SimError
        Where results cannot be written, the cluster is not there, or processes are killed again and again.
    """
    _write_sheet(asked)
    parts.sweep_out(asked.folder)
    known = asked.known()
    open_tasks = [
        task
        for task in asked.tasks
        if any(point not in known or (retry_failed and known[point].failed) for point, _ in task.points)
    ]
    total = asked.design.points
    done = total - sum(len(task.points) for task in open_tasks)
    if progress is not None:
        progress(done, total)
    stream = _done(open_tasks, workers, dask)
    try:
        with closing(stream):
            for number, rows in (each for pack in stream for each in pack):
                if dask and parts.read(asked.folder / "parts", number) != rows:
                    # A worker whose results folder is another one than here.
                    parts.write(asked.folder / "parts", number, rows)
                known |= {row.point: row for row in rows}
                done += len(rows)
                if progress is not None:
                    progress(done, total)
                if fail_fast and any(row.failed for row in rows):
                    break
    finally:
        # A worker that was killed in this run, by whomever, may have been writing.
        parts.sweep_out(asked.folder)
    rows = [known[number] for number in sorted(known)]
    return Swept(asked, rows, table.write(asked.folder, asked.design, rows))


def _done(todo: list[Task], workers: int, dask: str | None) -> Stream:
    """Yield number and rows of tasks as they end, one pack after the other.

    A process more costs its start and a dispatch: where all share one, they are done here, by more threads instead.
    """
    work = packs(todo)
    spare = max(workers // max(len(todo if dask else work), 1), 1)
    todo = [replace(task, threads=spare) for task in todo]
    if dask:
        return done_there(perform_all, [(task.anywhere(),) for task in todo], dask, workers)
    if min(workers, len(work)) > 1:
        return done_here(perform_all, packs(todo), workers)
    return done_here(perform_all, [(task,) for task in todo], 1)


def _write_sheet(asked: Plan) -> None:
    """Write what the sweep is, so that its tables can be made and analysed without its scenario."""
    axes = [{"name": axis.name, "keys": axis.keys, "rows": axis.rows} for axis in asked.design.axes]
    sheet = {"id": asked.name, "scenario": asked.scenario, "points": asked.design.points, "code": asked.tasks[0].code}
    sheet |= {"axes": axes, "names": dict(asked.design.names), "sample": asked.sample}
    text = json.dumps(sheet, ensure_ascii=False, indent=1, default=str) + "\n"
    target = asked.folder / SHEET
    try:
        if target.is_file() and target.read_bytes() == text.encode():
            return
        asked.folder.mkdir(parents=True, exist_ok=True)
        placed(target, lambda draft: draft.write_bytes(text.encode()), force=True)
    except OSError as error:
        raise ResultsError(
            f"{asked.folder}: cannot be written ({error.strerror or error}); choose another folder with --results"
        ) from error
