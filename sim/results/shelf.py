"""What stands in a results folder: runs, comparisons, sweeps and plans, those that are damaged too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from sim.ground.names import flat

_MOST_BYTES = 64_000_000
"""A document that is longer was not written by us, and is not read."""


@dataclass(frozen=True)
class Entry:
    """Something that was computed.

    Attributes
    ----------
    kind
        ``run``, ``comparison``, ``sweep`` or ``plan``.
    name, place
        Its id, and its folder within the results.
    when
        When it was written, seconds since 1970.
    scenario, policy, engine
        What was asked; empty where that is not known.
    kpi
        Measures of the nation by dotted key, of a run.
    files
        What may be opened, the page first.
    damaged
        Whether its document cannot be read.
    """

    kind: str
    name: str
    place: str
    when: float
    scenario: str = ""
    policy: str = ""
    engine: str = ""
    kpi: dict[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    damaged: bool = False

    def says(self, words: str) -> bool:
        """Return whether every word of a text stands in its names."""
        own = f"{self.kind} {self.name} {self.scenario} {self.policy} {self.engine}".lower()
        return all(word in own for word in words.lower().split())


def shelf(results: Path) -> list[Entry]:
    """Return what stands in a results folder, the newest first; never raises for what it finds there.

    What is half written begins with a dot and is passed over, as are links.

    Parameters
    ----------
    results
        The folder.
    """
    found = [_entry(kind, path, read, files) for kind, path, read, files in _documents(results)]
    return sorted(found, key=lambda entry: (-entry.when, entry.place))


Read = Callable[[Any], dict[str, Any]]


def _documents(results: Path) -> Iterator[tuple[str, Path, Read, tuple[str, ...]]]:
    """Yield kind and document of everything, how to read it, and which files may lie beside it."""
    kinds: tuple[tuple[str, str, Read, tuple[str, ...]], ...] = (
        ("run", "[!.]*/kpi.json", _of_run, ("report.html", "kpi.json", "run.json", "log.jsonl")),
        ("comparison", "comparisons/[!.]*/comparison.json", _of_comparison, ("report.html", "comparison.json")),
        ("sweep", "sweep-*/sweep.json", _of_sweep,
         ("report.html", "sweep.csv", "failures.csv", "sweep.json", "base.json")),
        ("plan", "plans/[!.]*/plan.json", _of_plan, ("report.html", "plan.json")),
    )  # fmt: skip
    for kind, pattern, read, files in kinds:
        for path in results.glob(pattern):
            within = path.relative_to(results).parts
            links = any(results.joinpath(*within[:depth]).is_symlink() for depth in range(1, len(within) + 1))
            if not links and path.is_file():
                yield kind, path, read, files


def _entry(kind: str, path: Path, read: Read, files: tuple[str, ...]) -> Entry:
    results = path.parent.parent if kind in ("run", "sweep") else path.parent.parent.parent
    place = path.parent.relative_to(results).as_posix()
    beside = tuple(name for name in files if (path.parent / name).is_file() and not (path.parent / name).is_symlink())
    name = path.parent.name.removeprefix("sweep-")
    try:
        state = path.stat()
        told = _known(path, state.st_mtime_ns, state.st_size, read)
    except OSError:
        return Entry(kind, name, place, 0.0, files=beside, damaged=True)
    if told is None:
        return Entry(kind, name, place, state.st_mtime, files=beside, damaged=True)
    return Entry(kind, name, place, state.st_mtime, files=beside, **told)


@lru_cache(maxsize=20_000)
def _known(path: Path, stamp: int, size: int, read: Read) -> dict[str, Any] | None:
    """Return what a document says; None where it says nothing that can be read. Read again when it has changed."""
    if size > _MOST_BYTES:
        return None
    try:
        return read(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, StopIteration, RecursionError):
        return None


def _of_run(document: Any) -> dict[str, Any]:
    names = {key: str(document[key]) for key in ("scenario", "policy", "engine")}
    return {**names, "kpi": flat(dict(document["kpi"]))}


def _of_comparison(document: Any) -> dict[str, Any]:
    each = document.get("scenarios") or {document["scenario"]: document}
    first = next(iter(each.values()))
    return {
        "scenario": ", ".join(map(str, each)), "policy": ", ".join(map(str, first["policies"])),
        "engine": str(first["engine"]),
    }  # fmt: skip


def _of_sweep(document: Any) -> dict[str, Any]:
    keys = [str(key) for axis in document["axes"] for key in axis["keys"]]
    return {"scenario": str(document.get("scenario") or ""), "policy": " × ".join(keys)}


def _of_plan(document: Any) -> dict[str, Any]:
    return {key: str(document.get(key) or "") for key in ("scenario", "policy", "engine")}
