"""The base of a sweep: its scenario as it stands, with nothing varied, beside which every point is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim.ground.errors import SimError
from sim.ground.names import flat
from sim.once import execute, identify, prepare, warnings
from sim.report.published import published
from sim.results.product import placed
from sim.results.store import as_json
from sim.scenario.scenario import Scenario

BASE = "base.json"
_TOLD = (
    "scenario", "question", "question_zh", "nation_name", "engine", "policy", "seed", "start", "horizon_h", "synthetic",
    "calibrated",
)  # fmt: skip


def keep(folder: Path, path: Path, sets: Sequence[str], plugins: Sequence[Path]) -> dict[str, Any]:
    """Return the base of a sweep, from its folder where it is kept there, else run and then kept.

    Parameters
    ----------
    folder
        Of the sweep.
    path, sets, plugins
        The scenario file, differences that all points share, and private policies.

    Returns
    -------
    dict
        ``run``, ``kpi`` (measures of the nation by dotted key), ``figures`` (published ones beside them), ``warnings``
        and what the run says of itself; where the base cannot be run, ``error`` and why.

    Raises
    ------
    ResultsError
        Where it cannot be written.
    """
    scenario = prepare(path, [*sets, "run.replications=1"], plugins)
    name, known = identify(scenario, plugins), read(folder)
    if known.get("run") == name:
        return known
    found = {"run": name, **_told(scenario, plugins)}
    placed(folder / BASE, lambda draft: draft.write_text(as_json(found), encoding="utf-8"), force=True)
    return found


def read(folder: Path) -> dict[str, Any]:
    """Return what is kept of a sweep's base; nothing where it is missing or damaged."""
    with suppress(OSError, ValueError):
        found = json.loads((folder / BASE).read_bytes())
        if isinstance(found, dict):
            return found
    return {}


def _told(scenario: Scenario, plugins: Sequence[Path]) -> dict[str, Any]:
    config = scenario.config
    try:
        done = execute(scenario, plugins)
    except SimError as error:
        return {
            "scenario": config.name,
            "question": config.question,
            "question_zh": config.question_zh,
            "error": " ".join(str(error).split()),
        }
    return {
        **{key: done.meta.get(key) for key in _TOLD},
        "kpi": flat(done.kpi),
        "figures": [asdict(one) for one in published(done) if one.key and not one.group],
        "warnings": [problem.message for problem in warnings(scenario)],
    }  # fmt: skip
