"""Whatever a stranger's trace holds: it becomes jobs that keep their rules, or one error with its place."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.ground.errors import ScenarioError
from sim.workloads.jobs import Jobs
from sim.workloads.jobs.trace import Trace
from sim.workloads.traces.base import REGISTRY, read_trace

LONG = b"<a line too long>"
WORDS = [
    b"-1", b"0", b"", b" ", b"nan", b"inf", b"1e400", b"-5", b"99999999999999999999", b"0.5", b"1_0", b"\xff", b"\x00",
    b"\n", b"\r", b'"', b",", b";", "\u0661".encode(), b"2023-11-16 18:15:46Z", b"LS", LONG,
]  # fmt: skip
edits = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 12), st.sampled_from(WORDS)), max_size=4)


def read(path: Path, name: str, processors: int | None) -> Trace | ScenarioError:
    try:
        return read_trace(path, name, processors)
    except ScenarioError as error:
        return error


def kept(jobs: Jobs) -> None:
    assert len(jobs) > 0
    assert (np.diff(jobs.arrive) >= 0).all()
    assert jobs.arrive.min() >= 0
    assert jobs.run.min() > 0
    assert (jobs.ask >= jobs.run).all()
    assert jobs.width.min() >= 1
    assert jobs.level.min() >= 0
    assert jobs.due.min() >= 0
    assert np.isfinite(jobs.bits_in).all()
    assert len(np.unique(jobs.number)) == len(jobs)


@pytest.mark.parametrize("name", REGISTRY.names())
@given(edits=edits, packed=st.booleans(), cut=st.integers(0, 30), processors=st.sampled_from([None, 1, 5]))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_spoilt_trace_is_jobs_or_one_located_error(
    tmp_path: Path, name: str, edits: list[tuple[int, int, bytes]], packed: bool, cut: int, processors: int | None
) -> None:
    data = REGISTRY.get(name).sample.encode()
    for place, length, word in edits:
        at = place % len(data)
        data = data[:at] + word + data[at + length :]
    data = data.replace(LONG, b"9" * 70_000)
    path = tmp_path / "log"
    path.write_bytes(gzip.compress(data)[: -cut or None] if packed else data)
    found = read(path, name, processors)
    if isinstance(found, ScenarioError):
        assert len(found.problems) == 1
        assert found.problems[0].origin.file == str(path)
        assert len(str(found)) < 500 + len(str(path))
        return
    kept(found.jobs)
    assert not (packed and cut)
    lines = [line for line in re.split(rb"\n", data) if line.strip(b" ,\r\t\x0b\x0c\xc2\xa0\x1c\x1d\x1e\x1f\x85")]
    heads = 0 if name == "swf" else 1
    comments = sum(line.split()[0].startswith(b";") for line in lines) if name == "swf" else 0
    assert found.records == len(lines) - heads - comments, "every record is a job or counted"


@given(st.binary(max_size=400))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("name", [None, *REGISTRY.names()])
def test_bytes_that_are_no_trace_are_one_error(tmp_path: Path, name: str | None, data: bytes) -> None:
    path = tmp_path / "log.swf"
    path.write_bytes(data)
    with pytest.raises(ScenarioError) as found:
        read_trace(path, name)
    assert len(found.value.problems) == 1
