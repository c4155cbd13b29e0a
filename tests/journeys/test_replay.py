"""A log replayed at the command line: its table, its document, and one clear sentence where the log is bad."""

from __future__ import annotations

import csv
import gzip
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pyarrow import parquet

from sim.cli import main

Typed = Callable[..., tuple[int, str, str]]
HEAD = "arrive_s,run_s,width\n"
#: Job 1 and 2 fill the machine in turn; job 3 fits beside job 1; times have fractions.
LOG = f"{HEAD}0,10,3\n1,10.5,4\n2.000001,5,1\n"


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Return what types `replay` in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["suanwang", "replay", *words])
        code: object = 0
        try:
            main()
        except SystemExit as leaving:
            code = leaving.code or 0
        streams = capsys.readouterr()
        assert isinstance(code, int)
        return code, streams.out, streams.err

    return run


def record(job: int, submit: object, run: object, width: object, ask: object = -1, allocated: object = -1) -> str:
    return f"{job} {submit} -1 {run} {allocated} -1 -1 {width} {ask} -1 1 1 1 1 1 1 -1 -1\n"


def written(name: str, text: str | bytes) -> None:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())


def test_starts_are_exact_and_backfilled(typed: Typed) -> None:
    written("作业.csv", LOG)
    code, out, err = typed("作业.csv", "--processors", "4", "--out", "starts.csv", "--json")
    assert (code, err) == (0, "")
    text = Path("starts.csv").read_bytes().decode()
    assert text == "job,submit,start,end\n1,0,0,10\n2,1,10,20.5\n3,2.000001,2.000001,7.000001\n"
    told = json.loads(out)
    assert told["file"] == "starts.csv"
    assert {key: told[key] for key in ("trace", "format", "processors", "discipline", "estimates", "ties")} == {
        "trace": "作业.csv", "format": "plain", "processors": 4, "discipline": "easy", "estimates": "requested",
        "ties": "completions, arrivals, one pass",
    }  # fmt: skip
    assert told["wait_s"] == pytest.approx({"mean": 3.0, "p50": 0.0, "p95": 8.1, "p99": 8.82, "max": 9.0})
    assert told["bounded_slowdown"] == pytest.approx((1 + 19.5 / 10.5 + 1) / 3)
    assert told["makespan_s"] == 20.5
    assert told["utilisation"] == pytest.approx((30 + 42 + 5) / (4 * 20.5))
    assert (told["records"], told["jobs"], told["missed"], told["dropped"], told["changed"]) == (3, 3, 0, {}, {})


def test_the_discipline_and_the_estimates_change_the_starts(typed: Typed) -> None:
    columns = "arrive_s,run_s,width,ask_s\n"
    written("log.csv", f"{columns}0,10,3,10\n1,10,4,10\n2,5,1,9\n")
    found = {}
    for words in (("fcfs",), ("easy",), ("easy", "--estimates", "exact"), ("conservative", "--estimates", "exact")):
        typed("log.csv", "--processors", "4", "--out", "starts.csv", "--force", "-q", "--discipline", *words)
        with Path("starts.csv").open(encoding="utf-8", newline="") as file:
            found[" ".join(words)] = [row["start"] for row in csv.DictReader(file)]
    assert found == {
        "fcfs": ["0", "10", "20"],
        "easy": ["0", "10", "20"],
        "easy --estimates exact": ["0", "10", "2"],
        "conservative --estimates exact": ["0", "10", "2"],
    }


def test_parquet_holds_the_same_table(typed: Typed) -> None:
    written("log.csv", LOG.replace("2.000001,5", "2.5,5"))
    assert typed("log.csv", "--processors", "4", "--out", "starts.parquet")[0] == 0
    table = parquet.read_table("starts.parquet")
    assert table.to_pydict() == {
        "job": [1, 2, 3], "submit": [0.0, 1.0, 2.5], "start": [0.0, 10.0, 2.5], "end": [10.0, 20.5, 7.5]
    }  # fmt: skip


BAD = (
    "; MaxProcs: 16\n"
    + record(1, 0, 60, 4)  # asks for nothing: its run stands in
    + record(2, 5, -1, 4, 100)  # cancelled
    + record(3, 6, 0, 4, 100)
    + record(4, -1, 60, 4, 100)
    + record(5, 7, 60, -1, 100)
    + record(6, 8, 60, 17, 100)
    + record(7, 9, 160, 4, 100)  # cut
    + record(8, 8, 60, -1, 100, allocated=3)  # late and without a request
)


def test_what_is_dropped_or_changed_is_counted_and_told_with_its_lines(typed: Typed) -> None:
    written("log.swf", BAD)
    code, out, err = typed("log.swf", "--json")
    assert code == 0
    told = json.loads(out)
    assert (told["records"], told["jobs"], told["processors"]) == (8, 3, 16)
    assert told["dropped"] == {
        "the run is not above 0": 2, "no time of arrival": 1, "no width": 1, "wider than the machine": 1
    }  # fmt: skip
    assert told["changed"] == {
        "no requested time: its run stands in": 1, "runs longer than requested: cut": 1,
        "no requested processors: the allocated stand in": 1, "arrives before an earlier record: sorted": 1,
    }  # fmt: skip
    lines = err.splitlines()
    assert len(lines) == 8
    assert lines[0] == "warning: log.swf: 2 of 8 records are left out: the run is not above 0 (lines 3, 4)"
    assert "warning: log.swf: 1 of 8 records are left out: wider than the machine (lines 7)" in lines


def test_a_smaller_machine_drops_what_is_wider_and_says_so(typed: Typed) -> None:
    written("log.csv", LOG)
    code, out, err = typed("log.csv", "--processors", "3", "--json")
    assert (code, json.loads(out)["dropped"]) == (0, {"wider than the machine": 1})
    assert err == "warning: log.csv: 1 of 3 records are left out: wider than the machine (lines 3)\n"


def test_the_table_speaks_both_languages(typed: Typed) -> None:
    written("log.swf", BAD)
    english, chinese = (typed("log.swf", "--lang", language)[1] for language in ("en", "zh"))
    for text in ("log.swf · 16 processors · EASY backfill · requested times", "left out: wider than the machine",
                 "Wait, 95th percentile", "Utilisation", "Makespan", "then one pass of the scheduler"):  # fmt: skip
        assert text in english
    for text in (
        "16个处理器 · EASY回填",
        "剔除：所需处理器超过整机",
        "调整：运行超过申请时长",
        "等待时间，平均",
        "最后调度一轮",
    ):
        assert text in chinese
    words = chinese.replace("log.swf", "").replace("EASY", "")
    assert not [letter for letter in words if "a" <= letter.lower() <= "z"], "an English word is left"


#: Two and a half gigabytes of text in as many megabytes.
BOMB = gzip.compress(b"0" * 2**24, 1) * 160
GOOD = record(1, 0, 60, 4, 100)


BAD_LOGS = [
    ("l.swf", GOOD + "2 0 -1 60\n", "l.swf:2: the record has 4 fields; SWF has 18, -1 where one is not known"),
    ("l.swf", GOOD + record(2, 0, "six", 4), "l.swf:2: field 4, the run time, is 'six'; it must be a number"),
    ("l.swf", GOOD + record(2, "nan", 6, 4), "l.swf:2: field 2, the submit time, is 'nan'; it must be a finite"),
    ("l.swf", GOOD + record(2, 0, 6, 1.5), "l.swf:2: the width is 1.5; it must be a whole number"),
    ("l.swf", GOOD + GOOD, "l.swf:2: the job 1 stands twice (first in line 1); number the jobs apart"),
    ("l.swf", record(1, 0, -5, 4), "l.swf: no record is a job (1: the run is not above 0)"),
    ("l.swf", record(1, 0, 5, 4000), "l.swf: no record is a job (1: wider than the machine)"),
    ("l.swf", "-1 " * 18 + "\n", "l.swf: no record is a job (1: the run is not above 0)"),
    ("l.swf", "", "l.swf: no record is a job"),
    ("l.swf", "; MaxProcs: 4\n", "l.swf: no record is a job"),
    ("l.swf", bytes(range(256)) * 9, "l.swf:1: the record has 1 fields"),
    ("l.swf", GOOD + "7" * 70_000, "l.swf:2: the line is longer than 65,536 bytes; is this a table?"),
    ("l.swf.gz", gzip.compress(GOOD.encode() * 99)[:-20], "l.swf.gz:24: the gzip data break off here; fetch the"),
    ("l.swf.gz", b"\x1f\x8b\x08" + b"\x00" * 40, "l.swf.gz:1: the gzip data are damaged here or behind"),
    ("l.swf.gz", BOMB, "l.swf.gz:1: the line is longer than 65,536 bytes; is this a table?"),
    ("l.csv", HEAD, "l.csv: no record is a job"),
    ("l.csv", f"{HEAD}0,1,1\n0,1\n", "l.csv:3: the row has 2 cells, the header 3"),
    ("l.csv", f"{HEAD}0,1,1\n0,,1\n0,x,1\n", "l.csv:4: run_s is 'x'; it must be a number"),
    ("l.csv", HEAD.encode() + "0,1,1\n北,1,1\n".encode("gbk"), "l.csv:3: the line is not UTF-8; save the file as"),
    ("l.csv", HEAD.encode("utf-16"), "l.csv:1: no format knows this file by its name or first line; name its"),
    ("l.csv", b"\x00" * 999, "l.csv:1: no format knows this file by its name or first line"),
    ("l.csv", "arrive_s,width\n0,1\n", "l.csv:1: no format knows this file by its name or first line"),
    ("l.csv", HEAD.replace("\n", ",level\n") + "0,1,1,500\n", "l.csv:2: level is '500'; it must be a whole"),
    ("folder", None, "folder: this is a folder; name a file that can be read to its end"),
    ("none.swf", None, "none.swf: there is no plain file of this name; name a file that can be read to its end"),
    ("pipe", None, "pipe: there is no plain file of this name"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "said"), BAD_LOGS, ids=[said for _, _, said in BAD_LOGS])
def test_a_bad_log_is_one_located_sentence_and_exit_code_3(
    name: str, text: str | bytes | None, said: str, typed: Typed
) -> None:
    if text is not None:
        written(name, text)
    elif name == "folder":
        Path(name).mkdir()
    elif name == "pipe":
        os.mkfifo(name)
    before = sorted(os.listdir())
    code, out, err = typed(name, "--processors", "64", "--out", "starts.csv")
    assert (code, out) == (3, "")
    (line,) = err.splitlines()
    assert line.startswith(said)
    assert sorted(os.listdir()) == before, "nothing is written"


def test_a_bad_log_as_json(typed: Typed) -> None:
    written("l.swf", GOOD + "2 0\n")
    code, out, err = typed("l.swf", "--processors", "4", "--json")
    (problem,) = json.loads(out)["problems"]
    assert (code, problem["file"], problem["line"]) == (3, "l.swf", 2)
    assert problem["message"] in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "l.csv: the log does not say how many processors its machine has; add --processors N"),
        (("--processors", "0"), "0 is not in the range"),
        (("--processors", "4", "--format", "swff"), "no format of traces is called 'swff'; did you mean 'swf'?"),
        (("--processors", "4", "--discipline", "sjf"), "'sjf' is not one of 'fcfs', 'easy', 'conservative'"),
        (("--processors", "4", "--out", "starts.xls"), "end the name in .csv or .parquet"),
        (("--processors", "4", "--force"), "--force replaces the file that --out names"),
    ],
)
def test_a_mistake_of_the_command_line_ends_with_code_2(words: tuple[str, ...], said: str, typed: Typed) -> None:
    written("l.csv", LOG)
    code, out, err = typed("l.csv", *words)
    assert (code, out) == (2, "")
    assert said in err


def test_a_file_that_is_there_stays_unless_forced(typed: Typed) -> None:
    written("l.csv", LOG)
    written("starts.csv", "precious")
    code, _, err = typed("l.csv", "--processors", "4", "--out", "starts.csv")
    assert (code, err) == (1, "starts.csv: there is something already; choose another place or add --force\n")
    assert Path("starts.csv").read_text("utf-8") == "precious"
    assert typed("l.csv", "--processors", "4", "--out", "starts.csv", "--force")[0] == 0
    assert Path("starts.csv").read_text("utf-8").startswith("job,")


def test_a_size_told_behind_the_first_record_is_none_of_the_machine(typed: Typed) -> None:
    written("l.swf", f"; MaxProcs: 8\n{record(1, 0, 9, 8)}; MaxProcs: 4\n{record(2, 0, 9, 8)}")
    told = json.loads(typed("l.swf", "--json")[1])
    assert (told["processors"], told["jobs"], told["utilisation"]) == (8, 2, 1.0)
