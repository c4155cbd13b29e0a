"""Formats of traces: what a record means, what is dropped, cut or sorted, and the lines that are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.ground.errors import ScenarioError
from sim.workloads.jobs import NEVER
from sim.workloads.jobs.trace import Trace
from sim.workloads.traces.base import read_trace

TAIL = "1 1 1 1 1 1 -1 -1"


def swf(folder: Path, *records: str, head: str = "") -> Trace:
    """Read records of ten fields, to which the eight others are added."""
    path = folder / "log.swf"
    path.write_text(head + "".join(f"{record} {TAIL}\n" for record in records), "utf-8")
    return read_trace(path)


def remarks(trace: Trace) -> tuple[dict[str, tuple[int, tuple[int, ...]]], dict[str, tuple[int, tuple[int, ...]]]]:
    dropped, changed = (
        {reason: (remark.count, remark.lines) for reason, remark in kind.items()}
        for kind in (trace.account.dropped, trace.account.changed)
    )
    return dropped, changed


def test_swf_rules_and_what_they_met(tmp_path: Path) -> None:
    trace = swf(
        tmp_path,
        "1 10 0 60 4 -1 -1 8 100 -1",  # processors: the requested ones
        "2 20 0 150 4 -1 -1 -1 100 -1",  # the allocated ones; cut at its requested time
        "3 30 0 0 4 -1 -1 4 100 -1",  # less than half a second
        "4 40 0 -1 4 -1 -1 4 100 -1",  # cancelled
        "5 50 0 1.5 4 -1 -1 4 -1 -1",  # asks for what it runs
        "6 -1 0 60 4 -1 -1 4 100 -1",
        "7 60 0 60 -1 -1 -1 -1 100 -1",
        "8 70 0 60 4 -1 -1 17 100 -1",
        "9 45.25 0 60 4 -1 -1 4 100 -1",  # out of order
        head="; 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18\n\n; MaxProcs: 16\n",
    )  # fmt: skip
    jobs = trace.jobs
    assert jobs.number.tolist() == [1, 2, 9, 5]
    assert jobs.arrive.tolist() == [10_000_000, 20_000_000, 45_250_000, 50_000_000]
    assert jobs.run.tolist() == [60_000_000, 100_000_000, 60_000_000, 1_500_000]
    assert jobs.ask.tolist() == [100_000_000, 100_000_000, 100_000_000, 1_500_000]
    assert jobs.width.tolist() == [8, 4, 4, 4]
    assert (jobs.due == NEVER).all()
    dropped, changed = remarks(trace)
    assert dropped == {
        "the run is not above 0": (2, (6, 7)),
        "no time of arrival": (1, (9,)),
        "no width": (1, (10,)),
        "wider than the machine": (1, (11,)),
    }
    assert changed == {
        "no requested processors: the allocated stand in": (1, (5,)),
        "runs longer than requested: cut": (1, (5,)),
        "no requested time: its run stands in": (1, (8,)),
        "arrives before an earlier record: sorted": (1, (12,)),
    }
    assert (trace.records, trace.account.processors) == (9, 16)


def test_only_the_first_few_lines_are_told_and_all_are_counted(tmp_path: Path) -> None:
    records = [f"{number} {number} 0 -1 1 -1 -1 1 5 -1" for number in range(1, 5000)]
    trace = swf(tmp_path, *records, "5000 5000 0 1 1 -1 -1 1 5 -1")
    assert remarks(trace)[0] == {"the run is not above 0": (4999, (1, 2, 3, 4, 5))}


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ("1 10 0 60 4 -1 -1 8 100", ":1: the record has 17 fields; SWF has 18, -1 where one is not known"),
        ("1 10 0 60 4 -1 -1 8 100 -1 1", ":1: the record has 19 fields"),
        ("1 10 0 sixty 4 -1 -1 8 100 -1", ":1: field 4, the run time, is 'sixty'; it must be a number"),
        ("1 NaN 0 60 4 -1 -1 8 100 -1", ":1: field 2, the submit time, is 'NaN'; it must be a finite number"),
        ("1 10 0 60 4 -1 -1 8 inf -1", ":1: field 9, the requested time, is 'inf'; it must be a finite number"),
        ("1 10 0 60 4 -1 -1 2.5 100 -1", ":1: the width is 2.5; it must be a whole number"),
        ("1 10 0 60 4 -1 -1 1e12 100 -1", ":1: field 8, the requested processors, is '1e12'"),
        ("1 10 0 1e13 4 -1 -1 1 100 -1", ":1: field 4, the run time, is '1e13'; it must be a finite number of at most"),
        ("1.5 10 0 60 4 -1 -1 8 100 -1", ":1: field 1, the job's number, is '1.5'; it must be a whole number"),
        ("1 10 0 0 4 -1 -1 8 100 -1", ": no record is a job (1: the run is not above 0)"),
    ],
)
def test_a_malformed_record_is_one_located_error(tmp_path: Path, record: str, message: str) -> None:
    with pytest.raises(ScenarioError) as found:
        swf(tmp_path, record)
    assert str(found.value).replace(str(tmp_path), "").startswith(f"/log.swf{message}")


def test_a_number_met_twice_is_told_with_both_lines(tmp_path: Path) -> None:
    job = "0 0 60 4 -1 -1 8 100 -1"
    with pytest.raises(ScenarioError, match=r"log\.swf:3: the job 7 stands twice \(first in line 1\)"):
        swf(tmp_path, f"7 {job}", f"8 {job}", f"7 {job}")


def test_a_size_that_is_told_goes_before_the_log_s_own(tmp_path: Path) -> None:
    swf(tmp_path, "1 0 0 1 4 -1 -1 4 -1 -1", "2 0 0 1 9 -1 -1 9 -1 -1", head="; MaxProcs: 4\n")
    assert len(read_trace(tmp_path / "log.swf").jobs) == 1
    assert len(read_trace(tmp_path / "log.swf", processors=9).jobs) == 2


def plain(folder: Path, text: str) -> Trace:
    (folder / "log.csv").write_text(text, "utf-8")
    return read_trace(folder / "log.csv")


def test_a_plain_table_with_every_column(tmp_path: Path) -> None:
    trace = plain(
        tmp_path,
        "region,arrive_s,run_s,width,job,ask_s,level,due_s,data_in_gb,data_out_gb\n"
        "east,0,60,4,101,100,0,3600,12.5,0.5\nwest,7.25,9.5,2,102,,1,,,\neast,8,1,1,103,,,,,\n",
    )
    jobs = trace.jobs
    assert trace.account.places == ("east", "west")
    assert jobs.region.tolist() == [0, 1, 0]
    assert jobs.number.tolist() == [101, 102, 103]
    assert jobs.ask.tolist() == [100_000_000, 9_500_000, 1_000_000]
    assert jobs.level.tolist() == [0, 1, 0]
    assert jobs.due.tolist() == [3_600_000_000, NEVER, NEVER]
    assert jobs.bits_in.tolist() == [1e11, 0.0, 0.0]
    assert jobs.bits_out.tolist() == [4e9, 0.0, 0.0]


def test_a_plain_table_with_three_columns(tmp_path: Path) -> None:
    jobs = plain(tmp_path, "width,run_s,arrive_s\n4,60,0\n2,9.5,7.25\n").jobs
    assert jobs.number.tolist() == [1, 2]
    assert jobs.ask.tolist() == jobs.run.tolist() == [60_000_000, 9_500_000]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("arrive_s,run_s,width,colour\n0,1,1,2\n", "log.csv:1: the column 'colour' is not known here"),
        ("arrive_s,run_s,width,level\n0,1,1,1\n1,1,1,1.5\n", "log.csv:3: level is '1.5'; it must be a whole number"),
        ("arrive_s,run_s,width\n0,1,1\n1,1,?\n", "log.csv:3: width is '?'; it must be a number"),
    ],
)
def test_a_plain_table_with_something_wrong(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as found:
        plain(tmp_path, text)
    assert message in str(found.value)


def test_openb_shares_levels_and_pods_that_are_no_jobs(tmp_path: Path) -> None:
    head = "name,num_gpu,gpu_milli,qos,creation_time,deletion_time,scheduled_time\n"
    path = tmp_path / "pods.csv"
    rows = [
        "a,1,460,BE,0,100,40",
        "b,8,1000,LS,10,110,10",
        "c,0,0,LS,20,30,20",
        "d,1,1000,LS,30,90,",
        "e,1,500,BE,50,,50",
    ]
    path.write_text(head + "".join(f"{row}\n" for row in rows), "utf-8")
    trace = read_trace(path)
    assert trace.format == "openb"
    assert trace.jobs.number.tolist() == [1, 2]
    assert trace.jobs.width.tolist() == [460, 8000]
    assert trace.jobs.run.tolist() == [60_000_000, 100_000_000]
    assert trace.jobs.level.tolist() == [2, 0]
    assert remarks(trace)[0] == {
        "asks for no GPU": (1, (4,)),
        "never scheduled": (1, (5,)),
        "the run is not above 0": (1, (6,)),
    }
    path.write_text(head + rows[0].replace("BE", "BEE") + "\n", "utf-8")
    with pytest.raises(ScenarioError, match=r"pods\.csv:2: qos is 'BEE'; did you mean 'BE'\?"):
        read_trace(path)


def test_azure_requests_run_as_their_tokens_say(tmp_path: Path) -> None:
    path = tmp_path / "chat.csv"
    times = ["2023-11-16 23:59:59.9999999", "2023-11-17 00:00:01", "2023-11-17 08:00:02+08:00"]
    rows = "".join(f"{time},1000,100\n" for time in times)
    path.write_text(f"TIMESTAMP,ContextTokens,GeneratedTokens\n{rows}", "utf-8")
    jobs = read_trace(path).jobs
    assert jobs.arrive.tolist() == [0, 1_000_001, 2_000_001]
    # 1,000 tokens in at 0.2 ms and 100 out at 40 ms.
    assert jobs.run.tolist() == [4_200_000] * 3
    for time in ("today", "NaT", "2023-11-16 25:00:00"):
        path.write_text(f"TIMESTAMP,ContextTokens,GeneratedTokens\n{time},1,1\n", "utf-8")
        with pytest.raises(ScenarioError, match=rf"chat\.csv:2: TIMESTAMP is '{time}'; it must be a date and time"):
            read_trace(path)


def test_the_summary_of_two_jobs(tmp_path: Path) -> None:
    told = swf(tmp_path, "1 0 0 60 4 -1 -1 4 120 -1", "2 100 0 20 2 -1 -1 2 20 -1", "3 5 0 0 2 -1 -1 2 20 -1").summary(
        8
    )
    assert (told["records"], told["jobs"], told["processors"]) == (3, 2, 8)
    assert told["dropped"] == {"the run is not above 0": {"count": 1, "lines": [3]}}
    assert told["width"] == {"mean": 3.0, "median": 3.0, "max": 4.0}
    assert told["run_s"] == {"mean": 40.0, "median": 40.0, "max": 60.0}
    assert told["run_over_ask"] == 0.75
    assert told["span_h"] == pytest.approx(100 / 3600)
    assert told["load"] == pytest.approx((4 * 60 + 2 * 20) / (8 * 100))
