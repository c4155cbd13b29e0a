"""The lines of a stranger's file, plain or gzip, block by block: bounded, and every fault with its place."""

from __future__ import annotations

import csv
import gzip
import io
import os
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.ground.errors import Origin, ScenarioError, did_you_mean

MOST_BYTES = 2 * 1024**3
"""Bytes of text that are read of a file, behind any compression."""
MOST_LINES = 100_000_000
"""Lines that are read of a file: a megabyte of gzip can hold a thousand million blank ones."""
MOST_LINE = 64 * 1024
_BLOCK = 1024 * 1024
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
# A context and no parameter: those who read lines for others would all have to hand it on.
_WATCHER: ContextVar[Callable[[int, int], None] | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(watcher: Callable[[int, int], None] | None) -> Iterator[None]:
    """Let somebody know how far the files are read that are read within.

    Parameters
    ----------
    watcher
        Called with the bytes that are read, and of how many; None for nobody.
    """
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


class Block(NamedTuple):
    """Some lines of a file, without their ends."""

    first: int  # number of the first line, from 1
    lines: list[bytes]


@dataclass(frozen=True)
class Columns:
    """Some rows of a table.

    Attributes
    ----------
    path
        The file.
    line
        [row], numbers of their lines.
    cells
        Column → text of the cells [row].
    """

    path: Path
    line: IntArray
    cells: Mapping[str, Sequence[str]]

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.line)

    def words(self, column: str) -> list[str]:
        """Return a column's text without blanks around it [row]; empty where there is no such column."""
        return [text.strip() for text in self.cells.get(column, ("",) * len(self))]

    def numbers(self, column: str, most: float, whole: bool = False) -> Array:
        """Return a column's numbers [row]; -1 for an empty cell, and where there is no such column.

        Parameters
        ----------
        column, most, whole
            As in the function of this name.

        Raises
        ------
        ScenarioError
            As there.
        """
        if column not in self.cells:
            return np.full(len(self), -1.0)
        return numbers(self.path, self.line, column, self.cells[column], most, whole)


def blocks(path: Path) -> Iterator[Block]:
    """Yield the lines of a file, a block at a time; gzip is known by its first bytes.

    Parameters
    ----------
    path
        The file.

    Yields
    ------
    Block
        In the file's order; a byte order mark is left out.

    Raises
    ------
    ScenarioError
        Where the file is missing, no plain file, too large, holds too long a line or too many, or its gzip
        data are damaged or cut off; tells the line that was reached.
    """
    rest, line, size, watcher = b"", 1, 0, _WATCHER.get()
    for stream, file in _opened(path):
        whole = os.fstat(file.fileno()).st_size
        while piece := _piece(stream, path, line):
            size += len(piece)
            if size > MOST_BYTES:
                raise _wrong(path, line, f"the file holds more than {MOST_BYTES:,} bytes of text; split it")
            if line > MOST_LINES:
                raise _wrong(path, line, f"the file holds more than {MOST_LINES:,} lines; split it")
            if size == len(piece):
                piece = piece.removeprefix(_BOM)
            lines = (rest + piece).split(b"\n")
            rest = lines.pop()
            if max(map(len, (*lines, rest))) > MOST_LINE:
                number = next((i for i, text in enumerate(lines) if len(text) > MOST_LINE), len(lines))
                raise _wrong(path, line + number, f"the line is longer than {MOST_LINE:,} bytes; is this a table?")
            if lines:
                yield Block(line, lines)
                line += len(lines)
            if watcher is not None:
                watcher(file.tell(), whole)
    if rest:
        yield Block(line, [rest])


def _opened(path: Path) -> Iterator[tuple[io.BufferedIOBase, io.BufferedReader]]:
    """Yield the text of a file and the file itself once, and close them behind their use."""
    try:
        if not path.is_file():
            found = "this is a folder" if path.is_dir() else "there is no plain file of this name"
            raise ScenarioError(f"{found}; name a file that can be read to its end", Origin(str(path)))
        file = path.open("rb")
    except OSError as error:
        raise ScenarioError(f"the file cannot be read: {error.strerror}", Origin(str(path))) from error
    with file:
        yield gzip.GzipFile(fileobj=file) if file.peek(len(_GZIP)).startswith(_GZIP) else file, file


def _piece(stream: io.BufferedIOBase, path: Path, line: int) -> bytes:
    """Return what comes next, empty at the end."""
    try:
        return stream.read1(_BLOCK)
    except EOFError as error:
        raise _wrong(path, line, "the gzip data break off here; fetch the file anew") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        text = f"the gzip data are damaged here or behind ({error}); fetch the file anew"
        raise _wrong(path, line, text) from error
    except OSError as error:
        raise _wrong(path, line, f"the file cannot be read on: {error.strerror}") from error


def _wrong(path: Path, line: int, text: str) -> ScenarioError:
    return ScenarioError(text, Origin(str(path), line))


def table(path: Path, needed: Collection[str], known: Collection[str] | None = None) -> Iterator[Columns]:
    """Yield the rows of a CSV file with a header, a block at a time; blank lines are passed over.

    Parameters
    ----------
    path
        The file.
    needed
        Columns that must be there; their cells may be empty.
    known
        Columns that may be there; None for any.

    Yields
    ------
    Columns
        The columns `needed`, and those of `known` that are there.

    Raises
    ------
    ScenarioError
        As `blocks`, and where a column is missing, not known or met twice, a row has not as many cells
        as the header, or the text is no CSV or not UTF-8.
    """
    header: list[str] = []
    for first, lines in blocks(path):
        rows, numbers = _rows(path, first, lines)
        if not header and rows:
            header = [cell.strip() for cell in rows[0]]
            _check(path, numbers[0], header, needed, known)
            rows, numbers = rows[1:], numbers[1:]
        if not rows:
            continue
        width = len(header)
        if set(map(len, rows)) - {width}:
            place = next(i for i, row in enumerate(rows) if len(row) != width)
            raise _wrong(path, numbers[place], f"the row has {len(rows[place])} cells, the header {width}")
        columns = zip(header, zip(*rows, strict=True), strict=True)
        cells = {name: column for name, column in columns if name in needed or name in (known or ())}
        yield Columns(path, np.array(numbers, dtype=np.int64), cells)
    if not header:
        raise _wrong(path, 1, f"the file is empty; expected a header with {', '.join(needed)}")


def _rows(path: Path, first: int, lines: list[bytes]) -> tuple[list[list[str]], list[int]]:
    """Return the rows of some lines that are not blank, and their numbers."""
    try:
        texts = (text := b"\n".join(lines).decode()).split("\n")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].count(b"\n")
        raise _wrong(path, first + before, "the line is not UTF-8; save the file as UTF-8") from error
    reader = csv.reader(texts, strict=True)
    try:
        rows = list(reader) if '"' in text else [line.split(",") for line in texts]
    except csv.Error as error:
        raise _wrong(path, first + reader.line_num - 1, f"not a CSV table: {error}") from error
    if len(rows) != len(texts):
        place = next((i for i, line in enumerate(texts) if line.count('"') % 2), 0)
        raise _wrong(path, first + place, "a cell holds a line break; write a row on one line")
    kept = [place for place, row in enumerate(rows) if row and (row[0].strip() or any(map(str.strip, row)))]
    return [rows[place] for place in kept], [first + place for place in kept]


def _check(path: Path, line: int, header: list[str], needed: Collection[str], known: Collection[str] | None) -> None:
    for column in needed:
        if column not in header:
            raise _wrong(path, line, f"the column '{column}' is missing" + did_you_mean(column, header))
    for place, column in enumerate(header):
        if column in header[:place]:
            raise _wrong(path, line, f"the column '{column[:60]}' stands twice; keep one of them")
        if known is not None and column not in known:
            raise _wrong(path, line, f"the column '{column[:60]}' is not known here" + did_you_mean(column[:60], known))


def numbers(
    path: Path, line: IntArray, what: str, texts: Sequence[str | bytes], most: float, whole: bool = False
) -> Array:
    """Return the numbers that some cells hold; an empty cell is -1.

    Parameters
    ----------
    path, line
        The file, and the lines [row], for the message.
    what
        Name of the column.
    texts
        The cells [row].
    most
        Largest absolute value allowed, in the column's unit.
    whole
        Whether fractions are refused.

    Returns
    -------
    Array
        [row], finite, in the column's unit.

    Raises
    ------
    ScenarioError
        Where a cell is no number, infinite, NaN, too large, or has a fraction where it must be whole.
    """
    try:
        values = np.fromiter(map(float, texts), np.float64, len(texts))
    except ValueError:
        values = np.array([_number(path, int(at), what, text) for at, text in zip(line, texts, strict=True)])
    # NaN is within no bounds.
    good = np.abs(values) <= most
    if whole:
        good &= values == np.rint(values)
    if not good.all():
        place = int(np.argmin(good))
        text = f"{what} is {_shown(texts[place])}; it must be a {'whole' if whole else 'finite'} number"
        raise _wrong(path, int(line[place]), f"{text} of at most {most:g}")
    return values


def _number(path: Path, line: int, what: str, text: str | bytes) -> float:
    try:
        return float(text) if text.strip() else -1.0
    except ValueError as error:
        raise _wrong(path, line, f"{what} is {_shown(text)}; it must be a number") from error


def _shown(text: str | bytes) -> str:
    return repr(text[:40] if isinstance(text, str) else text[:40].decode(errors="replace"))
