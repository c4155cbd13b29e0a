"""A workload that names a trace: where the file is looked for, and what is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.scenario.desk import Desk, same

HEAD = "nation: toy-3\nrun: {start: 2024-01-01, horizon: 1 d}\n"
LOG = "arrive_s,run_s,width\n0,60,4\n3600,9,2\n"
NAMED = HEAD + "set: {workloads.hpc.trace: {file: log.csv, processor: 2 TFLOPS}}\n"


@pytest.fixture(autouse=True)
def no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUANWANG_TRACES", raising=False)


def folder(desk: Desk, name: str = "traces") -> Path:
    found = desk.folder / name
    found.mkdir()
    return found


def test_a_trace_beside_the_scenario_is_found(desk: Desk) -> None:
    (desk.folder / "log.csv").write_text(LOG, "utf-8")
    scenario = desk.read(NAMED)
    assert scenario.traces["hpc"].path == desk.folder / "log.csv"
    trace = scenario.config.workloads["hpc"].trace
    assert trace is not None
    assert (trace.processor_tflops, trace.count_factor, trace.repeat) == (2.0, 1.0, False)


def test_a_trace_in_the_named_folder_is_found_and_one_beside_comes_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder(desk)
    (place / "deep").mkdir()
    (place / "deep" / "log.csv").write_text(LOG, "utf-8")
    monkeypatch.setenv("SUANWANG_TRACES", str(place))
    text = NAMED.replace("log.csv", "deep/log.csv")
    assert desk.read(text).traces["hpc"].path == place / "deep" / "log.csv"
    (desk.folder / "deep").mkdir()
    (desk.folder / "deep" / "log.csv").write_text(LOG, "utf-8")
    assert desk.read(text).traces["hpc"].path == desk.folder / "deep" / "log.csv"


def test_a_base_s_trace_is_looked_for_beside_the_base(desk: Desk) -> None:
    (desk.folder / "log.csv").write_text(LOG, "utf-8")
    desk.write(NAMED, "base.yaml")
    assert desk.read("extends: base.yaml\nset: {workloads.hpc.trace.count_factor: 3}\n").traces.keys() == {"hpc"}
    sets = ["workloads.hpc.trace={file: log.csv, processor: 2 TFLOPS, repeat: true}"]
    assert desk.read(HEAD, sets).traces["hpc"].path == desk.folder / "log.csv"


def test_a_run_is_another_where_the_trace_is(desk: Desk) -> None:
    digests = set()
    for text in (LOG, LOG + "7200,1,1\n"):
        (desk.folder / "log.csv").write_text(text, "utf-8")
        digests.add(desk.read(NAMED).digest())
    digests.add(desk.read(HEAD).digest())
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("part", "lines"),
    [
        ("{file: lag.csv, processor: 2 TFLOPS}", ["s.yaml:3:29: there is no trace 'lag.csv' beside the scen"]),
        ("{file: ../log.csv, processor: 2 TFLOPS}", ["s.yaml:3:29: '../log.csv' leaves the folder"]),
        ("{file: /etc/passwd, processor: 2 TFLOPS}", ["s.yaml:3:29: '/etc/passwd' leaves the folder"]),
        ("{file: log.csv}", ["s.yaml:3:7: workloads.hpc.trace.processor_tflops is missing"]),
        ("{file: log.csv, processor: 2}", ["s.yaml:3:44: workloads.hpc.trace.processor needs a unit"]),
        ("{file: log.csv, processor: 2 TFLOPS FP16}", ["s.yaml:3:44: workloads.hpc.trace.processor_tflops: 'TFLOPS F"]),
        ("{file: log.csv, processor: 2 TFLOPS, count_factor: 0}", ["s.yaml:3:65: workloads.hpc.trace.count_factor is"]),
        ("{file: log.csv, processor: 2 TFLOPS, region: est}", ["s.yaml:3:65: workloads.hpc.trace.region: there is no"]),
        ("{file: log.csv, processor: 2 TFLOPS, formats: swf}", ["s.yaml:3:65: 'formats' is not a key of work"]),
        ("{file: log.csv, processor: 2 TFLOPS, format: csv}", ["log.csv: no trace format is called 'csv'"]),
        ("{file: log.csv, processor: 2 TFLOPS, format: swf}", ["log.csv:1: the record has 1 fields"]),
        ("{file: log.csv, processor: 0.1 TFLOPS}", ["s.yaml:3:44: widths are whole TFLOPS in a run, which would"]),
        ("{file: log.csv, processor: 1e12 TFLOPS}", ["s.yaml:3:44: the widest job would take 4e+06 EFLOPS"]),
        ("{file: log.csv, processor: 2 TFLOPS, count_factor: 1e5, repeat: true, arrival_factor: 2}", []),
    ],
)  # fmt: skip
def test_what_a_scenario_may_say_of_a_trace(desk: Desk, part: str, lines: list[str]) -> None:
    (desk.folder / "log.csv").write_text(LOG, "utf-8")
    same(desk.told(f"{HEAD}set: {{workloads.hpc.trace: {part}}}\n"), lines)


def test_a_run_that_cannot_be_is_told_once_with_a_trace_too(desk: Desk) -> None:
    (desk.folder / "log.csv").write_text(LOG, "utf-8")
    same(desk.told(NAMED.replace("2024-01-01", "2023-12-31")), ["s.yaml:2:7: run.start is 2023-12-31"])


def test_a_trace_s_own_faults_are_told_with_its_lines(desk: Desk) -> None:
    (desk.folder / "log.csv").write_text(LOG + "1,x,2\n", "utf-8")
    same(desk.told(NAMED), ["log.csv:4: run_s is 'x'; it must be a number"])
    (desk.folder / "log.csv").write_text("arrive_s,run_s,width,region\n0,1,1,east\n0,1,1,mars\n", "utf-8")
    same(desk.told(NAMED), ["log.csv: the trace names the region 'mars', which the scenario does not have"])


def test_a_folder_that_is_named_and_not_there_is_said_to_be(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUANWANG_TRACES", str(desk.folder / "none"))
    (line,) = desk.told(NAMED)
    assert "nor in the folder" in line
    assert line.endswith("none' that SUANWANG_TRACES names")


def test_a_link_out_of_the_folder_is_refused(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "log.csv"
    outside.write_text(LOG, "utf-8")
    (desk.folder / "log.csv").symlink_to(outside)
    same(desk.told(NAMED), ["s.yaml:3:29: 'log.csv' leaves the folder"])


def test_what_a_trace_cannot_feed_and_what_does_not_meet_it(desk: Desk) -> None:
    (desk.folder / "log.csv").write_text(LOG, "utf-8")
    same(
        desk.told(NAMED.replace("hpc", "storage")),
        ["s.yaml:3:7: workloads.storage.trace: the jobs of a trace compute, and storage has no pool"],
    )
    surge = "events: [{at: 2024-01-01 03:00, what: surge, workload: hpc, factor: 2, for: 1 h}]\n"
    same(desk.told(NAMED + surge), ["s.yaml:4:46: events.0: a trace feeds hpc, and a surge does not meet it; use its"])
