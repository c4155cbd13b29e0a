"""In what two scenarios, or two runs, differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.ground.names import flat
from sim.results import store
from sim.scenario.read import read


def compare_two(first: str, second: str, folder: Path) -> list[dict[str, Any]]:
    """Return the keys in which two scenarios or two runs differ.

    Parameters
    ----------
    first, second
        Scenario files, or ids of runs.
    folder
        Folder of the runs.

    Returns
    -------
    list of dict
        ``key``, ``first``, ``second``; settings for two files, measures for two runs.

    Raises
    ------
    ScenarioError, ResultsError
        Where one cannot be read.
    """
    a, b = _values(first, folder), _values(second, folder)
    return [
        {"key": key, "first": a.get(key), "second": b.get(key)}
        for key in sorted({*a, *b})
        if a.get(key) != b.get(key) and (key in a or key in b)
    ]


def _values(name: str, folder: Path) -> dict[str, Any]:
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        config = read(path).config.model_dump(mode="json", by_alias=True, exclude={"name", "question", "question_zh"})
        return flat(config)
    run = store.load(store.find(folder, name))
    return flat(run.kpi) | {f"by.{key}": value for key, value in flat(dict(run.by)).items()}
