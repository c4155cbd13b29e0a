"""What every format of public backbones keeps, one in a new file included."""

from __future__ import annotations

from math import isfinite
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.ground.errors import ScenarioError
from sim.scenario.backbones.base import REGISTRY
from sim.scenario.topology import Topology


@pytest.fixture(params=REGISTRY.names())
def suffix(request: pytest.FixtureRequest) -> str:
    """Return the suffix of each format of the registry in turn."""
    return str(request.param)


def read(suffix: str, folder: Path, content: str | bytes) -> Topology:
    path = folder / f"town{suffix}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return REGISTRY.get(suffix)().read(path)


def test_it_goes_by_a_suffix_and_has_a_title(suffix: str) -> None:
    assert suffix == Path(f"town{suffix}").suffix
    assert REGISTRY.get(suffix).title


def test_its_example_is_a_network(suffix: str, tmp_path: Path) -> None:
    text = REGISTRY.get(suffix).example
    found = read(suffix, tmp_path, text)
    assert (found.name, found.file) == ("town", str(tmp_path / f"town{suffix}"))
    nodes = {node.id for node in found.nodes}
    assert len(nodes) == len(found.nodes) >= 2
    assert len({link.id for link in found.links}) == len(found.links) >= 1
    last = len(text.splitlines())
    for node in found.nodes:
        assert 1 <= node.line <= last
        assert node.longitude is not None
        assert node.latitude is not None
    for link in found.links:
        assert 1 <= link.line <= last
        assert {link.source, link.target} <= nodes
        sizes = (link.capacity, *(module.capacity for module in link.modules))
        assert any(size is not None and isfinite(size) and size > 0.0 for size in sizes)


def test_it_reads_the_same_every_time_and_changes_nothing(suffix: str, tmp_path: Path) -> None:
    text = REGISTRY.get(suffix).example
    assert read(suffix, tmp_path, text) == read(suffix, tmp_path, text)
    assert (tmp_path / f"town{suffix}").read_text(encoding="utf-8") == text


def test_what_is_no_file_of_it_is_told_in_one_line_with_its_place(suffix: str, tmp_path: Path) -> None:
    text = REGISTRY.get(suffix).example
    wrong = ("", "\n", "a word", text[: len(text) // 2], f"{text}\0", text.encode("utf-16"), b"\x1f\x8b\x08 packed")
    for content in wrong:
        with pytest.raises(ScenarioError) as error:
            read(suffix, tmp_path, content)
        assert str(error.value).startswith(str(tmp_path / f"town{suffix}"))
        assert "\n" not in str(error.value)


def test_what_is_not_there_or_too_large_is_told(suffix: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="there is no file of this name"):
        REGISTRY.get(suffix)().read(tmp_path / f"none{suffix}")
    with pytest.raises(ScenarioError, match="this is a folder"):
        REGISTRY.get(suffix)().read(tmp_path)
    with pytest.raises(ScenarioError, match="are read: take out what is not needed"):
        read(suffix, tmp_path, b" " * (64 * 1024 * 1024 + 1))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_lines_taken_out_doubled_or_filled_with_noise(suffix: str, data: st.DataObject, tmp_path: Path) -> None:
    lines = REGISTRY.get(suffix).example.splitlines(keepends=True)
    place = data.draw(st.integers(0, len(lines) - 1))
    noise = data.draw(st.sampled_from(["", lines[place] * 2, "[ " * 999, '"', "nan", "1e999", "-1", "( ", "\x85"]))
    told = ""
    try:
        read(suffix, tmp_path, "".join([*lines[:place], noise, *lines[place + 1 :]]))
    except ScenarioError as error:
        told = str(error)
    assert "\n" not in told
    assert not told or told.startswith(str(tmp_path))
