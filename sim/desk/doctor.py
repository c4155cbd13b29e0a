"""Whether this installation can do its work."""

from __future__ import annotations

import os
import platform
import re
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from sim.ground.places import models, scenarios

_WANTED = ("xlsxwriter", "dask")


def examine(results: Path) -> list[dict[str, Any]]:
    """Return one entry a check: its name, whether it is well, and what was found or how to mend it.

    Parameters
    ----------
    results
        Folder of the runs.

    Returns
    -------
    list of dict
        ``name``, ``ok``, ``text``.
    """
    checks: list[tuple[str, Callable[[], str]]] = [
        ("python", platform.python_version),
        ("libraries", _libraries),
        ("models", lambda: str(models())),
        ("scenarios", lambda: str(scenarios())),
        ("results folder", lambda: _writable(results)),
        ("compiled core", _compiled),
        ("cache folder", _cache),
        ("processors", lambda: str(os.cpu_count())),
    ]
    rows = []
    for name, check in checks:
        try:
            rows.append({"name": name, "ok": True, "text": check()})
        except Exception as error:
            rows.append({"name": name, "ok": False, "text": f"{error}"})
    return rows


def _libraries() -> str:
    needed = [text for text in requires("suanwang") or () if "extra ==" not in text]
    found = [f"{name} {version(name)}" for name in (re.split(r"[^\w.-]", text)[0] for text in needed)]
    for name in _WANTED:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} - (optional)")
    return ", ".join(found)


def _writable(folder: Path) -> str:
    place = folder
    while not place.exists():
        place = place.resolve().parent
    with tempfile.TemporaryFile(dir=place):
        return f"{folder} can be written"


def _compiled() -> str:
    import numpy as np

    from sim.engine.backlog import release

    backlog = np.ones((1, 1, 1))
    zero = np.zeros((1, 1))
    release(backlog, zero, zero, np.zeros(1, dtype=np.int64), True, np.zeros((1, 1)), zero.copy(), zero.copy())
    return "compiles and runs"


def _cache() -> str:
    from sim.network.cache import folder

    place = folder()
    return (
        f"{place}"
        if os.access(place if place.exists() else place.parent, os.W_OK)
        else f"{place} (not writable: slower)"
    )
