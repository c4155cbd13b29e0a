"""A table of jobs as CSV or Parquet, written as it comes: ten million jobs are never in memory as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.ground.arrays import IntArray
from sim.ground.errors import UsageError
from sim.results import product

SUFFIXES = (".csv", ".parquet")
ROWS = 2**18
"""Rows that a block should have; Parquet has no larger row group."""
_MICROS = 1_000_000
_LINES = 2**13  # that are text at one time: a cell takes a hundred bytes

Block = Mapping[str, NDArray[np.integer[Any]]]


class Column(NamedTuple):
    """A column, and what the blocks hold for it: whole numbers, always.

    Attributes
    ----------
    name
        With its unit.
    kind
        ``whole`` numbers as they are; ``seconds``, of whole microseconds, nothing where below 0; a ``word`` by its
        number, nothing where −1.
    words
        Of a ``word``, in the order of their numbers.
    """

    name: str
    kind: Literal["whole", "seconds", "word"] = "seconds"
    words: Sequence[str] = ()


def job_columns(words: Mapping[str, Sequence[str]]) -> list[Column]:
    """Return the columns of a run's jobs.

    Parameters
    ----------
    words
        Ids in the order of their numbers, of ``region``, ``workload``, ``centre``, ``pool`` and ``state``.
    """
    named = [Column(name, "word", words[name]) for name in ("region", "workload", "centre", "pool")]
    return [
        Column("job", "whole"), *named, Column("submit_s"), Column("start_s"), Column("end_s"), Column("wait_s"),
        Column("width_tflops", "whole"), Column("run_s"), Column("state", "word", words["state"]), Column("lost_s"),
        Column("data_came_s"), Column("results_went_s"),
    ]  # fmt: skip


def check_place(path: Path, *, force: bool = False) -> None:
    """Raise where a table of jobs cannot go to a file; before the long work that makes it.

    Parameters
    ----------
    path
        The file.
    force
        Whether to replace what is there.

    Raises
    ------
    UsageError
        Where its suffix is another.
    ResultsError
        As `sim.results.product.check_place` says.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"'{path}': jobs are written as CSV or Parquet; end the name in {' or '.join(SUFFIXES)}")
    product.check_place(path, force=force)


def write(path: Path, columns: Sequence[Column], blocks: Iterable[Block], *, force: bool = False) -> Path:
    """Write a table of jobs, complete or not at all, and return its path.

    ``.csv`` is UTF-8; seconds have the decimals that they need, and a word that a spreadsheet would take for a
    formula gets an apostrophe before it. ``.parquet`` holds seconds as float64 and words as dictionaries.

    Parameters
    ----------
    path
        The file.
    columns
        In their order.
    blocks
        Column → values [job], some jobs at a time: about `ROWS`, for a block is a row group.
    force
        Whether to replace what is there.

    Raises
    ------
    UsageError, ResultsError
        As `check_place` says, or where the file cannot be written.
    """
    check_place(path, force=force)
    writer = _write_csv if path.suffix.lower() == ".csv" else _write_parquet
    return product.placed(path, lambda draft: writer(columns, blocks, draft), force=force)


def _write_csv(columns: Sequence[Column], blocks: Iterable[Block], draft: Path) -> None:
    quoted = {column.name: [*map(_quoted, column.words), ""] for column in columns}
    with draft.open("w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(column.name for column in columns) + "\n")
        for block in blocks:
            for begin in range(0, len(block[columns[0].name]), _LINES):
                some = slice(begin, begin + _LINES)
                texts = [_texts(block[column.name][some], column, quoted[column.name]) for column in columns]
                file.writelines(map("%s\n".__mod__, map(",".join, zip(*texts, strict=True))))


def _texts(values: NDArray[Any], column: Column, quoted: Sequence[str]) -> list[str]:
    """Return the cells of a column; the last of the quoted words is that for nothing."""
    if column.kind == "word":
        return [quoted[number] for number in values.tolist()]
    return seconds(values) if column.kind == "seconds" else list(map(str, values.tolist()))


def seconds(micros: IntArray) -> list[str]:
    """Return times as text [job], s, with the decimals that they need; nothing where they are below 0.

    Parameters
    ----------
    micros
        [job], µs.

    Examples
    --------
    >>> seconds(np.array([60_000_000, 1_500_000, 1, 0, -1]))
    ['60', '1.5', '0.000001', '0', '']
    """
    whole, part = (half.tolist() for half in np.divmod(micros, _MICROS))
    texts = list(map(str, whole))
    for place in np.flatnonzero(micros % _MICROS).tolist():
        texts[place] += f".{part[place]:06d}".rstrip("0")
    for place in np.flatnonzero(micros < 0).tolist():
        texts[place] = ""
    return texts


def _quoted(word: str) -> str:
    """Return a word as a cell of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([product.as_text(word)])
    return line.getvalue()


def _write_parquet(columns: Sequence[Column], blocks: Iterable[Block], draft: Path) -> None:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    kinds = {"whole": pa.int64(), "seconds": pa.float64(), "word": pa.dictionary(pa.int32(), pa.string())}
    schema = pa.schema([(column.name, kinds[column.kind]) for column in columns])
    words = {column.name: pa.array(column.words, pa.string()) for column in columns if column.kind == "word"}

    def array(column: Column, values: NDArray[Any]) -> Any:
        if column.kind == "word":
            return pa.DictionaryArray.from_arrays(pa.array(values, pa.int32(), mask=values < 0), words[column.name])
        if column.kind == "seconds":
            return pa.array(values / _MICROS, pa.float64(), mask=values < 0)
        return pa.array(values, pa.int64())

    with draft.open("wb") as file, ParquetWriter(file, schema, compression="zstd") as writer:
        for block in blocks:
            arrays = [array(column, block[column.name]) for column in columns]
            writer.write_batch(pa.record_batch(arrays, schema=schema), row_group_size=ROWS)
