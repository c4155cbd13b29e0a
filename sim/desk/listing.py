"""What there is to choose from."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from sim.ground.errors import ScenarioError
from sim.ground.places import models, scenarios
from sim.scenario.yaml_file import read_document


def listing(what: str, folder: Path) -> list[dict[str, str]]:
    """Return the choices of a kind with a line on each.

    Parameters
    ----------
    what
        ``policies``, ``figures``, ``cooling``, ``workloads``, ``nations``, ``scenarios`` or ``runs``.
    folder
        Folder of the runs.

    Returns
    -------
    list of dict
        ``name`` and ``text``, sorted by name; runs that have arrays and a page before those that keep their
        numbers alone.
    """
    if what in ("policies", "figures", "cooling", "workloads"):
        return [{"name": name, "text": text} for name, text in _plugins(what)]
    if what == "nations":
        return [
            {"name": entry.parent.name, "text": _said(entry, "about")}
            for entry in sorted((models() / "nations").glob("*/nation.yaml"))
        ]
    if what == "scenarios":
        return [{"name": entry.stem, "text": _said(entry, "question")} for entry in sorted(scenarios().glob("*.yaml"))]
    found = sorted(folder.glob("[!.]*/run.json"), key=lambda entry: (not _whole(entry), entry))
    return [{"name": entry.parent.name, "text": _run(entry)} for entry in found]


def _whole(path: Path) -> bool:
    """Return whether a run has its arrays beside its numbers."""
    from sim.results.store import SERIES

    return (path.parent / SERIES).is_file()


def _plugins(what: str) -> list[tuple[str, str]]:
    from sim.centres import base as centres
    from sim.figures import base as figures
    from sim.policies import base as policies
    from sim.workloads import base as workloads

    wing: Any = {"policies": policies, "figures": figures, "cooling": centres, "workloads": workloads}[what]
    found = []
    for name in wing.REGISTRY.names():
        module = inspect.getmodule(wing.REGISTRY.get(name)) or inspect.getmodule(
            getattr(wing.REGISTRY.get(name), "profile", None)
        )
        text = (inspect.getdoc(module) or "").splitlines()
        found.append((name, text[0].split(": ", 1)[-1] if text else ""))
    return found


def _said(path: Path, key: str) -> str:
    try:
        value = read_document(path).values.get(key, "")
    except ScenarioError:
        return "cannot be read"
    return str(value.get("en", "") if isinstance(value, dict) else value)


def _run(path: Path) -> str:
    import json

    try:
        meta = json.loads(path.read_bytes())["meta"]
        text = f"{meta['scenario']}, {meta['policy']}, {meta['engine']}, seed {meta['seed']}"
        return text if _whole(path) else f"{text}, replication {meta.get('replication', 0)}, numbers only"
    except (OSError, ValueError, KeyError, TypeError):
        return "damaged"
