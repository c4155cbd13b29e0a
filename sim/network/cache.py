"""Arrays that depend on nothing but their inputs, kept on disk by the hash of those inputs."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

MOST_FILES = 64


def folder() -> Path:
    """Return the cache folder: `SUANWANG_CACHE`, else the user's own cache."""
    named = os.environ.get("SUANWANG_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "suanwang"


def cached(kind: str, inputs: Any, make: Callable[[], dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Return the arrays of `make`, from the cache where the same inputs were met before.

    A cache that cannot be read or written changes nothing but the time taken.

    Parameters
    ----------
    kind
        What the arrays are; names the file and carries the version of their law.
    inputs
        All that they depend on; anything that JSON can hold.
    make
        Computes them.

    Returns
    -------
    dict of arrays
        By name.
    """
    text = json.dumps([kind, np.__version__, _laws(), inputs], sort_keys=True, default=str)
    path = folder() / f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:20]}.npz"
    # A damaged archive raises whatever its damaged part makes of it.
    with suppress(Exception), path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
    arrays = make()
    _keep(path, arrays)
    return arrays


@lru_cache(maxsize=1)
def _laws() -> str:
    """Return a digest of the code that makes cached arrays: physics and this room."""
    total = hashlib.sha256()
    here = Path(__file__).parent
    for source in sorted([*here.glob("*.py"), *(here.parent / "physics").glob("*.py")]):
        total.update(source.read_bytes())
    return total.hexdigest()


def _keep(path: Path, arrays: dict[str, np.ndarray]) -> None:
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as drafts:
            draft = Path(drafts) / path.name
            np.savez(draft, **arrays)  # type: ignore[arg-type]
            os.replace(draft, path)
        files = sorted(path.parent.glob("*.npz"), key=lambda entry: entry.stat().st_mtime)
        for old in files[:-MOST_FILES]:
            old.unlink(missing_ok=True)
