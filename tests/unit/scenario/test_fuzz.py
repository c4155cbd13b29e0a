"""Whatever stands in a file, the reader returns a scenario or located problems and raises nothing."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.ground.errors import ScenarioError
from sim.network.build import check_graph
from sim.scenario.fields import Place, spellings
from sim.scenario.read import read_all
from sim.scenario.schema import Configuration
from sim.scenario.yaml_file import parse_document

QUICK = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@lru_cache(maxsize=1)
def keys() -> list[str]:
    """Return every key of the schema in every spelling, some ids, wildcards and nonsense."""
    found: set[str] = set()
    todo: list[Any] = [Configuration]
    while todo:
        section = Place("", todo.pop()).section
        for written, (_, kind) in spellings(section).items() if section else ():
            found.add(written)
            todo += [kind, Place("", kind).entries]
    extra = (
        "extends nation set * rest_* east east_centre east_city coast east_city-middle_city none general 0 . .. a.b "
        "centres.*.racks links.* nodes.east_city regions.east.power.price centres.east_centre.cooling.mix policy.name"
    )
    return sorted({key for key in found if key} | set(extra.split()) | {"", " ", "新"})


WORDS = """null 3 -1 0 .nan .inf -.inf 1e400 true abc toy-3 china-2024 east coast outage derate heat surge fp32 none
    base baseline-2024.yaml s.yaml /etc/passwd ../x 2024-01-01 2025-01-01 2024-01-01T00:00Z 0.5 [] {} general 1e15"""
TEXTS = '"+20%"|64 Tbps|5 MW|6 h|1 d|20 %|40 EFLOPS FP16|2024-07-15 14:00|10-14;18-22|"\\x00"|"\\ud800"'
TARGETS = "at for what hub centre link region workload share add factor"
SCALARS = [*WORDS.split(), *TEXTS.split("|"), "1" + "0" * 400]
scalars = st.sampled_from(SCALARS)
key = st.deferred(lambda: st.sampled_from(keys())).map(json.dumps)


def joined(pairs: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}"


values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(st.tuples(key, inner), max_size=4).map(joined),
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
    ),
    max_leaves=8,
)
events = st.lists(
    st.lists(st.tuples(st.sampled_from(TARGETS.split()), scalars)).map(joined),
    max_size=3,
).map(lambda items: "[" + ", ".join(items) + "]")
lines = st.one_of(
    st.tuples(st.sampled_from(["set", "set", "set", "run", "policy", "sweep", "name", "extends"]), values),
    st.tuples(st.just("events"), events),
    st.tuples(key, values),
)
documents = st.tuples(
    st.sampled_from(["nation: toy-3\n", "nation: toy-3\nrun: {start: 2024-01-01, horizon: 1 d}\n", ""]),
    st.lists(lines, max_size=4).map(lambda items: "".join(f"{name}: {value}\n" for name, value in items)),
).map("".join)


def judged(path: Path) -> None:
    scenario, problems = read_all(path)
    assert scenario is not None or problems
    for problem in problems:
        assert problem.origin.file
        assert "\n" not in str(problem)
        assert len(str(problem)) < 2000
    if scenario is not None and not problems:
        check_graph(scenario)
        assert len(scenario.digest()) == 64


@QUICK
@given(documents)
def test_documents_made_of_the_schema_s_own_keys(tmp_path: Path, text: str) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(text, "utf-8")
    judged(path)


@QUICK
@given(st.dictionaries(st.deferred(lambda: st.sampled_from(keys())), values, max_size=4))
def test_differences_made_of_the_schema_s_own_keys(tmp_path: Path, body: dict[str, str]) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("nation: toy-3\nrun: {start: 2024-01-01, horizon: 1 d}\nset: " + joined(
        [(json.dumps(name), value) for name, value in body.items()]
    ) + "\n", "utf-8")  # fmt: skip
    judged(path)


@QUICK
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(data)
    judged(path)


@QUICK
@given(st.lists(st.text(max_size=40), max_size=3))
def test_any_command_line(tmp_path: Path, sets: list[str]) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("nation: toy-3\nrun: {start: 2024-01-01, horizon: 1 d}\n", "utf-8")
    scenario, problems = read_all(path, sets)
    assert scenario is not None or problems
    assert not any("\n" in str(problem) for problem in problems)


@QUICK
@given(st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=20), inner, max_size=3)),
    max_leaves=10,
))  # fmt: skip
def test_what_json_writes_is_read_back(value: Any) -> None:
    written = json.dumps({"key": value})
    refused = ""
    try:
        found = parse_document(written, "x")
    except ScenarioError as error:
        refused = str(error)
    if refused:
        assert "control character" in refused
    elif not found.problems:
        assert found.values["key"] == value
