"""A product for others, file or folder: written whole or not at all, and nothing that is there is lost unasked."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import get_ident

from sim.ground.errors import ResultsError, UsageError

Cell = str | float | None
"""What stands in a cell of a table."""
# Characters with which a spreadsheet takes a text for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def placed(target: Path, write: Callable[[Path], object], *, folder: bool = False, force: bool = False) -> Path:
    """Write something beside its place, move it there once it is whole, and return the place.

    Parameters
    ----------
    target
        File or folder to be; folders above it are made.
    write
        Writes to the path that it is given.
    folder
        Whether it writes a folder.
    force
        Whether to replace what is there, as far as `check_place` allows.

    Raises
    ------
    UsageError, ResultsError
        As `check_place` says, or where the place cannot be written.
    """
    check_place(target, folder=folder, force=force)
    draft = target.parent / f".suanwang.{os.getpid()}.{get_ident()}.tmp"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Whatever stands there was left by a process of the same number that was killed.
        _remove(draft)
        write(draft)
        if folder and target.exists():
            _replace_folder(draft, target)
        else:
            os.replace(draft, target)
    except OSError as error:
        raise ResultsError(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        _remove(draft)
    return target


def check_place(target: Path, *, folder: bool = False, force: bool = False) -> None:
    """Raise where a product cannot go; before the long work that makes it.

    A plain file gives way to a file, and a folder to a folder: no device, no link, and nothing of the other
    kind is ever replaced.

    Parameters
    ----------
    target
        File or folder to be.
    folder
        Whether it will be a folder.
    force
        Whether it may replace what is there.

    Raises
    ------
    UsageError
        Where the path names nothing.
    ResultsError
        Which place it is, what is there, and how to go on.
    """
    kind = "folder" if folder else "file"
    if target.name in ("", ".."):
        raise UsageError(f"'{target}' names no {kind} to write; give it a name")
    parent = next(place for place in target.parents if os.path.lexists(place))
    if not parent.is_dir():
        raise ResultsError(f"{target}: {parent} is no folder; choose another place")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise ResultsError(f"{target}: nothing can be written in {parent}; choose another place")
    try:
        mode = target.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise ResultsError(f"{target}: cannot be written: {error.strerror or error}") from error
    if not (stat.S_ISDIR(mode) if folder else stat.S_ISREG(mode)):
        raise ResultsError(f"{target}: this is {_said(mode)}, and a {kind} is to be written; choose another place")
    if not force:
        raise ResultsError(f"{target}: there is something already; choose another place or add --force")


def as_text(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula.

    Examples
    --------
    >>> as_text("=1+1"), as_text("east"), as_text(-1.0)
    ("'=1+1", 'east', -1.0)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _said(mode: int) -> str:
    """Return what a file's mode says it is."""
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISLNK(mode):
        return "a link"
    return "a plain file" if stat.S_ISREG(mode) else "a device or pipe"


def _replace_folder(draft: Path, target: Path) -> None:
    """Put a folder in the place of one that holds nothing else than it does itself.

    Raises
    ------
    ResultsError
        Where there is more in it.
    """
    mine = {entry.name for entry in draft.iterdir()}
    others = sorted(entry.name for entry in target.iterdir() if entry.name not in mine or not entry.is_file())
    if others:
        raise ResultsError(f"{target}: there is something else in it ('{others[0]}'); choose another place")
    aside = draft.with_suffix(".old")
    os.replace(target, aside)
    try:
        os.replace(draft, target)
    except BaseException:
        os.replace(aside, target)
        raise
    _remove(aside)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
