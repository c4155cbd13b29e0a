"""The tasks of a sweep: points that share all but power and prices go together, the others alone."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from sim.ground.errors import PluginError, ScenarioError, SimError, UsageError
from sim.ground.names import flat
from sim.once import code_version, execute, identify, prepare
from sim.scenario.scenario import Scenario
from sim.scenario.vary import FIXED, Variants
from sim.study.axes import Design, sets
from sim.study.batch import Point, holds_late, late, sharing, together
from sim.study.parts import Row, write

MOST = 512
"""Points of a task: so many share a dispatch, and so many are lost where a process is killed."""
PACK = 4
"""Tasks of one dispatch that a process does in succession: as much work as the dispatch, which others would repeat."""


@dataclass(frozen=True)
class Task:
    """Points that one process does and keeps.

    Attributes
    ----------
    number
        Of its part.
    path
        The scenario file.
    sets
        Differences that its points share.
    points
        Number of each point, and its own differences behind those.
    plugins
        Private policy files.
    folder
        Where its part is kept.
    code
        Version of the code that it is to be done with.
    threads
        Of the core; no result depends on it.
    """

    number: int
    path: Path
    sets: tuple[str, ...]
    points: tuple[Point, ...]
    plugins: tuple[Path, ...]
    folder: Path
    code: str
    threads: int = 1

    def anywhere(self) -> Task:
        """Return the task for a process that stands in another folder."""
        plugins = tuple(plugin.absolute() for plugin in self.plugins)
        return replace(self, path=self.path.absolute(), plugins=plugins, folder=self.folder.absolute())


def tasks(
    path: Path, base: Scenario, design: Design, given: Sequence[str], plugins: tuple[Path, ...], folder: Path
) -> list[Task]:
    """Return the tasks of a sweep, in an order that depends on its points alone.

    Parameters
    ----------
    path
        The scenario file.
    base
        The scenario that is varied.
    design
        Its points.
    given
        Differences of the command line.
    plugins
        Private policy files.
    folder
        Where parts are kept.
    """
    variants, possible = Variants(base), _sharing(design)
    groups: dict[tuple[str, ...], list[Point]] = {}
    may: dict[tuple[str, ...], bool] = {}
    for number, settings in enumerate(design.settings()):
        first = {key: value for key, value in settings.items() if not late(key)}
        early = sets(first)
        if possible and early not in may:
            variant, wrong = variants.of(first)
            may[early] = not wrong and sharing(variant)
        if may.get(early):
            own = {key: value for key, value in settings.items() if late(key)}
            groups.setdefault(early, []).append((number, own))
        else:
            groups[("point", str(number))] = [(number, settings)]
    alone, code, found = (*given, "run.replications=1"), code_version(), []
    for early, points in groups.items():
        shared = (*alone, *early) if may.get(early) else alone
        found += [
            Task(0, path, shared, tuple(points[begin : begin + MOST]), plugins, folder, code)
            for begin in range(0, len(points), MOST)
        ]
    return [replace(task, number=number) for number, task in enumerate(found)]


def _sharing(design: Design) -> bool:
    """Return whether points of a design may share dispatches at all."""
    keys = [design.meant(key) for key in design.keys]
    readable = not {key.partition(".")[0] for key in keys} & set(FIXED)
    return readable and any(map(late, keys)) and not any(map(holds_late, keys))


def packs(tasks: Sequence[Task]) -> list[tuple[Task, ...]]:
    """Return tasks in packs for a process each: those that share a dispatch go together, up to `PACK` of them.

    Parameters
    ----------
    tasks
        In the order of `tasks`.
    """
    found: list[list[Task]] = []
    for task in tasks:
        last = found[-1] if found else []
        if last and len(last) < PACK and last[-1].sets == task.sets and len(last[-1].points) > 1:
            last.append(task)
        else:
            found.append([task])
    return [tuple(pack) for pack in found]


def dispatches(tasks: Sequence[Task]) -> int:
    """Return how many dispatches tasks take where one process does them in their order."""
    return len(tasks) - sum(one.sets == two.sets and len(one.points) > 1 for one, two in pairwise(tasks))


def perform_all(pack: Sequence[Task]) -> list[tuple[int, list[Row]]]:
    """Do a pack of tasks one after the other, and return what `perform` returns of each."""
    return [perform(task) for task in pack]


def perform(task: Task) -> tuple[int, list[Row]]:
    """Do a task, keep its part, and return its number and its rows.

    What is wrong with a point is told in its row. What is wrong with this machine is raised, and the point is open.

    Parameters
    ----------
    task
        What to do.

    Raises
    ------
    UsageError
        Where this process runs another version than the one that asks.
    ResultsError
        Where the part cannot be written.
    """
    if code_version() != task.code:
        raise UsageError(f"a worker runs suanwang {code_version()} and was asked for {task.code}; install the same one")
    known = {}
    if len(task.points) > 1:
        # What is wrong with all of them is told by each of them.
        with suppress(ScenarioError, PluginError):
            known = together(task.path, task.sets, task.points, task.plugins, task.threads)
    rows = [known.get(number) or _alone(task, number, own) for number, own in task.points]
    write(task.folder, task.number, rows)
    return task.number, rows


def _alone(task: Task, number: int, own: dict[str, Any]) -> Row:
    """Return the row of a point that is a run of its own."""
    try:
        scenario = prepare(task.path, [*task.sets, *sets(own)], task.plugins)
        done = execute(scenario, task.plugins)
    except SimError as error:
        return failure(number, error)
    return Row(number, identify(scenario, task.plugins), flat(done.kpi))


def failure(number: int, error: SimError) -> Row:
    """Return the row of a point that failed."""
    return Row(number, "", {}, (type(error).__name__, " ".join(str(error).split())))
