"""What every format of traces keeps, those of a new file included: good files read, bad ones told in one line."""

from __future__ import annotations

import gzip
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from sim.ground.errors import ScenarioError
from sim.workloads.jobs import Jobs
from sim.workloads.jobs.trace import Remark
from sim.workloads.traces.base import REGISTRY, Format, read_trace

NAMES = REGISTRY.names()


@pytest.fixture(params=NAMES)
def form(request: pytest.FixtureRequest) -> Format:
    """Return each format of the registry in turn."""
    return REGISTRY.get(str(request.param))


def written(folder: Path, form: Format, text: bytes | None = None, end: str = "") -> Path:
    path = folder / f"log.{form.name}{end}"
    path.write_bytes(form.sample.encode() if text is None else text)
    return path


def test_the_four_formats_of_the_issue_are_there() -> None:
    assert set(NAMES) >= {"swf", "openb", "azure_llm", "plain"}


def test_its_sample_becomes_jobs(tmp_path: Path, form: Format) -> None:
    trace = read_trace(written(tmp_path, form), form.name)
    jobs = trace.jobs
    assert len(jobs) == trace.records >= 2
    assert not trace.account.dropped
    assert (np.diff(jobs.arrive) > 0).all()
    assert (jobs.arrive >= 0).all()
    assert (jobs.run > 0).all()
    assert (jobs.ask >= jobs.run).all()
    assert (jobs.width >= 1).all()
    assert (jobs.level >= 0).all()
    assert (jobs.due > jobs.arrive).all()
    assert len(set(jobs.number.tolist())) == len(jobs)
    assert trace.format == form.name


def test_a_file_finds_its_format_and_no_other(tmp_path: Path, form: Format) -> None:
    first = form.sample.split("\n")[0]
    names = {name for name in NAMES if REGISTRY.get(name).claims(f"log.{form.name}", first)}
    assert names == {form.name}
    assert read_trace(written(tmp_path, form)).format == form.name


def test_plain_and_gzip_and_line_ends_are_the_same(tmp_path: Path, form: Format) -> None:
    plain = read_trace(written(tmp_path, form), form.name).jobs
    data = form.sample.encode()
    for text in (gzip.compress(data), data.replace(b"\n", b"\r\n"), data.rstrip(b"\n"), data + b"\n\n"):
        other = read_trace(written(tmp_path, form, text, ".gz"), form.name).jobs
        for field in fields(Jobs):
            np.testing.assert_array_equal(getattr(other, field.name), getattr(plain, field.name))


def test_the_last_records_first_are_the_same_jobs_and_told(tmp_path: Path, form: Format) -> None:
    *head, last, before = form.sample.strip("\n").split("\n")
    text = "\n".join([*head, before, last]).encode()
    plain = read_trace(written(tmp_path, form), form.name)
    turned = read_trace(written(tmp_path, form, text), form.name)
    assert turned.account.changed["arrives before an earlier record: sorted"].count == 1
    for name in ("arrive", "run", "ask", "width"):
        np.testing.assert_array_equal(getattr(turned.jobs, name), getattr(plain.jobs, name))


def test_jobs_wider_than_the_machine_are_dropped_and_counted(tmp_path: Path, form: Format) -> None:
    width = read_trace(written(tmp_path, form), form.name).jobs.width
    processors = max(-(-int(width.max()) // form.per_processor) - 1, 1)
    fits = int((width <= processors * form.per_processor).sum())
    trace = read_trace(written(tmp_path, form), form.name, processors)
    dropped = trace.account.dropped.get("wider than the machine", Remark())
    assert (len(trace.jobs), dropped.count) == (fits, len(width) - fits)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: gzip.compress(data)[:-9],
        lambda data: data.rstrip(b"\n") + b",1 1\n",
        lambda data: data[: data.rstrip(b"\n").rindex(b"\n") + 4],
        lambda data: data + b"\xff\xfe\x00\n",
        lambda data: data + b"7" * 100_000,
        lambda data: data.replace(b"1", b"nan"),
        lambda data: data.replace(b"1", b"\x00"),
        lambda data: data.decode().encode("utf-16"),
        lambda data: b"",
        lambda data: b"\x1f\x8b",
        lambda data: data.split(b"\n")[0],
    ],
)
def test_a_broken_file_is_one_error_with_its_place(tmp_path: Path, form: Format, spoil: object) -> None:
    path = written(tmp_path, form, spoil(form.sample.encode()), ".gz")  # type: ignore[operator]
    with pytest.raises(ScenarioError) as found:
        read_trace(path, form.name)
    assert len(found.value.problems) == 1
    assert found.value.problems[0].origin.file == str(path)
    assert "\n" not in str(found.value)


def test_its_docstring_says_what_it_yields(form: Format) -> None:
    assert (form.read.__doc__ or "").startswith("Yield ")


def test_a_file_that_no_format_knows_is_told_them_all(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("hello\n", "utf-8")
    with pytest.raises(ScenarioError, match="no format knows this file by its name or first line") as found:
        read_trace(path)
    assert all(f"'{name}'" in str(found.value) for name in NAMES)
    with pytest.raises(ScenarioError, match=r"no trace format is called 'swff'; did you mean 'swf'\?"):
        read_trace(path, "swff")
