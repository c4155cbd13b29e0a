"""The first noun: a scenario, resolved and frozen, that knows where each of its values came from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.ground.errors import Origin
from sim.scenario.nation import Nation
from sim.scenario.schema import Configuration
from sim.scenario.trace_files import TraceFile
from sim.scenario.yaml_file import Path_


@dataclass(frozen=True)
class Scenario:
    """A resolved scenario.

    Attributes
    ----------
    config
        The configuration; the nation's tables with the scenario's differences applied.
    nation
        The tables that are no entities (climate, costs, targets, the report's figures).
    origins
        Place of every value, by path.
    written
        Paths that the scenario files or the command line set.
    files
        The scenario files read, base first.
    traces
        The traces that workloads name, by workload.
    logs
        The logs of failures, by their name.
    """

    config: Configuration
    nation: Nation
    origins: dict[Path_, Origin]
    written: frozenset[Path_]
    files: tuple[Path, ...]
    traces: Mapping[str, TraceFile] = field(default_factory=dict)
    logs: Mapping[str, TraceFile] = field(default_factory=dict)

    def origin(self, *path: str) -> Origin:
        """Return where a value, or the nearest thing above it, was written."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.origins:
                return self.origins[path[:length]]
        return Origin(str(self.files[-1]) if self.files else "")

    def provenance(self, *path: str) -> tuple[str, str]:
        """Return source and confidence of a value; a value that the scenario set is its input."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.written:
                return ("scenario", "input")
            if path[:length] in self.nation.provenance:
                return self.nation.provenance[path[:length]]
        return ("", "")

    def canonical(self) -> str:
        """Return the configuration as JSON with sorted keys: the part of a run's identity that is input."""
        sections = {key: self._written_out(key) for key in Configuration.model_fields if key not in ASKED}
        inputs = {"config": _joined(sections), "nation": _json(self.nation.digest)}
        if self.traces:
            inputs["traces"] = _json({name: file.digest for name, file in self.traces.items()})
        if self.logs:
            inputs["logs"] = _json({name: file.digest for name, file in self.logs.items()})
        return _joined(inputs)

    def _written_out(self, key: str) -> str:
        """Return a section as JSON; one that variants of a scenario share is written out once."""
        section = getattr(self.config, key)
        last = _last.get(key)
        if last is None or last[0] is not section:
            values = self.config.model_dump(mode="json", by_alias=True, include={key})
            _last[key] = last = (section, _json(values[key]))
        return last[1]

    def digest(self) -> str:
        """Return the SHA-256 of `canonical`."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


ASKED = ("sweep", "plan")
"""Sections that ask something of the scenario and change no run of it."""
_last: dict[str, tuple[object, str]] = {}


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _joined(parts: dict[str, str]) -> str:
    """Return a JSON object of values that are JSON already, keys sorted."""
    return "{" + ", ".join(f"{_json(key)}: {parts[key]}" for key in sorted(parts)) + "}"
