"""The tasks of a sweep: points that share all but power and prices go together, the others alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.ground.errors import SimError, UsageError
from sim.ground.names import flat
from sim.once import code_version, execute, identify, prepare
from sim.study.axes import Design, sets
from sim.study.parts import Row, write


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
    """

    number: int
    path: Path
    sets: tuple[str, ...]
    points: tuple[tuple[int, tuple[str, ...]], ...]
    plugins: tuple[Path, ...]
    folder: Path
    code: str


def tasks(path: Path, design: Design, given: Sequence[str], plugins: Iterable[Path], folder: Path) -> list[Task]:
    """Return the tasks of a sweep, in an order that depends on its points alone.

    Parameters
    ----------
    path
        The scenario file.
    design
        Its points.
    given
        Differences of the command line.
    plugins
        Private policy files.
    folder
        Where parts are kept.
    """
    alone = (*given, "run.replications=1")
    return [
        Task(number, path, alone, ((number, sets(settings)),), tuple(plugins), folder, code_version())
        for number, settings in enumerate(design.settings())
    ]


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
    rows = [_alone(task, number, own) for number, own in task.points]
    write(task.folder, task.number, rows)
    return task.number, rows


def _alone(task: Task, number: int, own: tuple[str, ...]) -> Row:
    """Return the row of a point that is a run of its own."""
    try:
        scenario = prepare(task.path, [*task.sets, *own], task.plugins)
        done = execute(scenario, task.plugins)
    except SimError as error:
        return failure(number, error)
    return Row(number, identify(scenario, task.plugins), flat(done.kpi))


def failure(number: int, error: SimError) -> Row:
    """Return the row of a point that failed."""
    return Row(number, "", {}, (type(error).__name__, " ".join(str(error).split())))
