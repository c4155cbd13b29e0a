"""The one way in which functions are compiled: numba without reference counts, cached by every source of the room."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])

# Without numba's reference counts: an array taken from a tuple costs an atomic pair, which is most of the
# time of a loop this small. It makes every allocation inside a compile error, so scratch is handed in.
_OPTIONS: dict[str, Any] = {"_nrt": False}
# A call would carry every field of every table along, more than most functions do. Python never calls these.
_INSIDE: dict[str, Any] = {"forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}

# A division that may raise is a branch, and a loop with a branch is done step by step.
_QUIET: dict[str, Any] = {"error_model": "numpy"}


def stamp(folder: Path, options: dict[str, Any]) -> str:
    """Return what cached machine code depends on: the sources of compiled functions, and the options.

    Parameters
    ----------
    folder
        Where the compiled functions lie, with all that they call and every constant that they read: files that name
        this module, and those of the folder which they import.
    options
        Those of the compiler.

    Returns
    -------
    str
        A digest (SHA-256), 64 hexadecimal digits.
    """
    digest = hashlib.sha256(repr(sorted(options.items())).encode())
    for source in _sources(folder):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


def _sources(folder: Path) -> list[Path]:
    """Return the files that may hold a part of compiled functions, by name."""
    texts = {source.stem: source.read_text(encoding="utf-8") for source in folder.glob("*.py")}
    found = {name for name, text in texts.items() if "sim.engine.compiled" in text}
    waiting = list(found)
    while waiting:
        imports = re.findall(r"^from sim\.engine[^(\n]*(?:\([^)]*\))?", texts[waiting.pop()], re.MULTILINE)
        more = texts.keys() & set(re.findall(r"\w+", " ".join(imports))) - found
        waiting += more
        found |= more
    return [folder / f"{name}.py" for name in sorted(found)]


_STAMP = stamp(Path(__file__).parent, _OPTIONS | _INSIDE | _QUIET)


def entry(function: F) -> F:
    """Return a function for Python to call, compiled at its first call from a cache that knows all it was made from.

    Parameters
    ----------
    function
        The function. What it calls and the constants it reads lie in this folder, or never change.
    """
    return _made(function)


def shared(function: F) -> F:
    """Return a function like `entry`, during which other threads of Python go on.

    Parameters
    ----------
    function
        The function; of what it calls, all is `lane`.
    """
    return _made(function, nogil=True, **_QUIET)


def _made(function: F, **more: Any) -> F:
    made = numba.njit(cache=True, **more, **_OPTIONS)(function)
    # numba takes its cache for fresh as long as the function's own file is unchanged, although the machine code
    # holds callees and constants of other files. So the mark by which it tells is widened to all of them.
    # Where compiling is switched off (NUMBA_DISABLE_JIT), what came back is the function itself.
    if made is not function:
        made._cache._cache_file._source_stamp = _STAMP
    return made  # type: ignore[no-any-return]


def lane(function: F) -> F:
    """Return a function like `inner`, for loops that processors do several steps of at once.

    Parameters
    ----------
    function
        The function. Where it divides by 0 the result is infinite or no number, and nothing is raised.
    """
    return numba.njit(**_QUIET, **_INSIDE, **_OPTIONS)(function)  # type: ignore[no-any-return]


def inner(function: F) -> F:
    """Return a function for compiled functions to call, which becomes a part of them.

    Parameters
    ----------
    function
        The function, not recursive.
    """
    return numba.njit(**_INSIDE, **_OPTIONS)(function)  # type: ignore[no-any-return]
