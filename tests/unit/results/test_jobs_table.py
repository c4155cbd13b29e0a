"""A table of jobs: both kinds hold the same, exactly; written as it comes, whole or not at all."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

from sim.ground.errors import ResultsError, UsageError
from sim.results.jobs_table import SUFFIXES, Block, Column, job_columns, seconds, write

WORDS = {"region": ["east", "=西"], "workload": ["hpc"], "centre": ['say "so", or'], "pool": ["smart"],
         "state": ["finished", "missed"]}  # fmt: skip
COLUMNS = job_columns(WORDS)
NAMES = [column.name for column in COLUMNS]


def block(**values: list[int]) -> Block:
    """Return a block in which what is not given is 0."""
    length = len(next(iter(values.values())))
    return {name: np.array(values.get(name, [0] * length)) for name in NAMES}


TWO = [
    block(job=[7, 8], region=[1, 0], centre=[0, -1], pool=[0, -1], submit_s=[0, 1], start_s=[1_500_000, -1],
          end_s=[60_000_000, -1], wait_s=[1_500_000, -1], width_tflops=[35, 9], run_s=[58_500_000, 10],
          state=[0, 1], data_came_s=[-1, -1], results_went_s=[61_000_000, -1]),
    block(job=[9]),
]  # fmt: skip


def test_a_csv_table_has_units_in_its_header_and_the_decimals_it_needs(tmp_path: Path) -> None:
    text = write(tmp_path / "new/jobs.csv", COLUMNS, TWO).read_text(encoding="utf-8")
    assert text.split("\n") == [
        "job,region,workload,centre,pool,submit_s,start_s,end_s,wait_s,width_tflops,run_s,state,lost_s,data_came_s,"
        "results_went_s",
        '7,\'=西,hpc,"say ""so"", or",smart,0,1.5,60,1.5,35,58.5,finished,0,,61',
        "8,east,hpc,,,0.000001,,,,9,0.00001,missed,0,,",
        '9,east,hpc,"say ""so"", or",smart,0,0,0,0,0,0,finished,0,0,0',
        "",
    ]


def test_a_parquet_table_holds_the_same_in_types_of_its_own(tmp_path: Path) -> None:
    path = write(tmp_path / "jobs.parquet", COLUMNS, TWO)
    table = parquet.read_table(path)
    assert table.column_names == NAMES
    assert table["job"].to_pylist() == [7, 8, 9]
    assert table["region"].to_pylist() == ["=西", "east", "east"]
    assert table["centre"].to_pylist() == ['say "so", or', None, 'say "so", or']
    assert table["start_s"].to_pylist() == [1.5, None, 0.0]
    assert table["submit_s"].to_pylist() == [0.0, 1e-6, 0.0]
    assert table["width_tflops"].to_pylist() == [35, 9, 0]
    assert [parquet.ParquetFile(path).metadata.row_group(n).num_rows for n in range(2)] == [2, 1]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_table_without_a_job_has_its_columns(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"jobs{suffix}", COLUMNS, [])
    names = (
        parquet.read_table(path).column_names if suffix == ".parquet" else path.read_text("utf-8").strip().split(",")
    )
    assert names == NAMES


def test_seconds_are_those_of_the_microseconds_to_the_last_digit() -> None:
    rng = np.random.default_rng(1)
    micros = rng.integers(0, 10 ** rng.integers(1, 19, 5000))
    for value, text in zip(micros.tolist(), seconds(micros), strict=True):
        assert Fraction(text) == Fraction(value, 10**6)
        assert "." not in text or not text.endswith("0")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_table_that_breaks_off_leaves_what_was_there(tmp_path: Path, suffix: str) -> None:
    def broken() -> Iterator[Block]:
        yield TWO[0]
        raise RuntimeError("a wheel came off")

    path = tmp_path / f"jobs{suffix}"
    path.write_text("precious", encoding="utf-8")
    with pytest.raises(RuntimeError):
        write(path, COLUMNS, broken(), force=True)
    assert [entry.read_text("utf-8") for entry in tmp_path.iterdir()] == ["precious"]


def test_a_place_is_refused_before_the_first_block(tmp_path: Path) -> None:
    def asked() -> Iterator[Block]:
        raise AssertionError("nobody should ask")
        yield

    with pytest.raises(UsageError, match=r"jobs are written as CSV or Parquet; end the name in \.csv or \.parquet"):
        write(tmp_path / "jobs.xlsx", COLUMNS, asked())
    (tmp_path / "jobs.csv").touch()
    with pytest.raises(ResultsError, match="--force"):
        write(tmp_path / "jobs.csv", COLUMNS, asked())


def test_memory_is_that_of_a_block_however_many_come(tmp_path: Path) -> None:
    def blocks(count: int) -> Iterator[Block]:
        for number in range(count):
            times = np.arange(4000) * 1_234_567 + number
            yield {"job": np.arange(4000) + 4000 * number, "start_s": times}

    columns, peaks = [Column("job", "whole"), Column("start_s")], []
    for count in (2, 40):
        tracemalloc.start()
        write(tmp_path / f"{count}.csv", columns, blocks(count))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
    assert (tmp_path / "40.csv").stat().st_size > peaks[1], "the file is larger than what was held of it"
