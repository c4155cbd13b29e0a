"""What a sweep keeps: parts with a checksum each, written whole or not at all by whoever computes them."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.ground.errors import ResultsError

SUFFIX = ".part"


@dataclass(frozen=True)
class Row:
    """What is known of a point.

    Attributes
    ----------
    point
        Its number.
    run
        Id of the run that it is; empty where it failed before it had one.
    kpi
        Measures of the nation by dotted key; empty where it failed.
    error
        Kind and text of what went wrong; empty where nothing did.
    """

    point: int
    run: str
    kpi: dict[str, Any]
    error: tuple[str, str] = ("", "")

    @property
    def failed(self) -> bool:
        """Return whether the point failed."""
        return bool(self.error[0])


def write(folder: Path, number: int, rows: list[Row]) -> Path:
    """Write a part and return its path.

    The first line is the SHA-256 of what follows: a part that was cut short or altered tells so.

    Parameters
    ----------
    folder
        Folder of the parts.
    number
        The part's.
    rows
        What it holds.

    Raises
    ------
    ResultsError
        Where it cannot be written, for instance on a full disk; then nothing is left behind.
    """
    told = [[row.point, row.run, row.kpi, *row.error] for row in rows]
    body = json.dumps(told, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    target, draft = folder / f"{number:06d}{SUFFIX}", folder / f".{number:06d}.{_here()}.{os.getpid()}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    except OSError as error:
        raise ResultsError(
            f"{target}: cannot be written ({error.strerror or error}); make room or choose another folder with "
            "--results, and run the sweep again: what is complete is kept"
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return target


def read(folder: Path, number: int) -> list[Row] | None:
    """Return the rows of a part; None where it is missing or damaged.

    Parameters
    ----------
    folder, number
        As in `write`.
    """
    try:
        first, _, body = (folder / f"{number:06d}{SUFFIX}").read_bytes().partition(b"\n")
    except OSError:
        return None
    if hashlib.sha256(body).hexdigest().encode() != first:
        return None
    return [Row(point, run, kpi, (kind, text)) for point, run, kpi, kind, text in json.loads(body)]


def sweep_out(folder: Path) -> None:
    """Remove what a process that was killed has left half written, and nothing that another is writing.

    Parameters
    ----------
    folder
        Folder of the sweep.
    """
    drafts = [(path, path.name.split(".")[-2]) for path in (folder / "parts").glob(f".*.{_here()}.*.tmp")]
    drafts += [(path, path.name.split(".")[2]) for path in folder.glob(".suanwang.*.*.tmp")]
    for draft, process in drafts:
        if process.isdecimal() and not _runs(int(process)):
            with suppress(OSError):
                draft.unlink()


def _here() -> str:
    """Return the name of this machine, as part of a file's name."""
    return re.sub(r"[^\w-]", "_", platform.node()) or "here"


def _runs(process: int) -> bool:
    """Return whether there is a process of this number, or nobody can tell."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
