"""Traces of workloads and logs of failures: beside the scenario, else in the folder of traces; each with a digest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.ground.errors import Origin, Problem, ScenarioError
from sim.scenario.schema import Configuration
from sim.scenario.tables import inside
from sim.scenario.yaml_file import Path_

FOLDER = "SUANWANG_TRACES"
"""Environment variable that names the folder of traces."""


@dataclass(frozen=True)
class TraceFile:
    """A trace.

    Attributes
    ----------
    path
        The file.
    digest
        SHA-256 of its bytes.
    """

    path: Path
    digest: str


def find_traces(
    config: Configuration, origins: Mapping[Path_, Origin], home: Path
) -> tuple[dict[str, TraceFile], dict[str, TraceFile], list[Problem]]:
    """Return the traces and logs that a configuration names, and what is wrong with the names.

    Parameters
    ----------
    config
        Its workloads may name a trace, and its failure logs do.
    origins
        Place of every value: a file is looked for beside the one that names it.
    home
        The scenario file, for names from the command line.

    Returns
    -------
    tuple
        Traces by workload; logs by their name; problems, at the places of the names.
    """
    problems: list[Problem] = []

    def found(written: str, path: Path_) -> Iterator[TraceFile]:
        origin = next((origins[path[:n]] for n in range(len(path), 0, -1) if path[:n] in origins), Origin(str(home)))
        beside = Path(origin.file).parent if Path(origin.file).is_file() else home.parent
        try:
            file = _find(written, beside, origin)
            with file.open("rb") as stream:
                yield TraceFile(file, hashlib.file_digest(stream, "sha256").hexdigest())
        except ScenarioError as error:
            problems.extend(error.problems)
        except OSError as error:
            problems.append(Problem(origin, f"the trace cannot be read: {error.strerror}"))

    traces = {
        name: file
        for name, workload in config.workloads.items()
        if workload.trace is not None
        for file in found(workload.trace.file, ("workloads", name, "trace", "file"))
    }
    logs = {
        name: file
        for name, log in config.failure_logs.items()
        for file in found(log.file, ("failure_logs", name, "file"))
    }
    return traces, logs, problems


def _find(name: str, beside: Path, origin: Origin) -> Path:
    named = os.environ.get(FOLDER)
    for folder in [beside, *([Path(named)] if named else [])]:
        if inside(folder, name, origin).is_file():
            return folder / name
    where = f"the folder '{named}' that {FOLDER} names" if named else f"a folder that {FOLDER} names; it names none"
    raise ScenarioError(f"there is no trace '{name[:60]}' beside the scenario, nor in {where}", origin)
