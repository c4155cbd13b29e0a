"""The chain of `extends`, and the nation that it ends in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.unit.scenario.desk import BASE, TOY, Desk, same

OUT = "leaves the scenario's folder; give the bare name of a file beside this one or of a shipped scenario"


def test_what_is_written_last_holds(desk: Desk) -> None:
    desk.write(
        TOY + "name: first\nquestion: Which?\nquestion_zh: 哪个？\n"
        "set: {regions.east.gdp_bn_cny: 1, regions.west.gdp_bn_cny: 1}\n",
        "a.yaml",
    )
    desk.write("extends: a.yaml\nset: {regions.east.gdp_bn_cny: 2}\nrun: {seed: 7}\n", "b.yaml")
    scenario = desk.read("extends: b.yaml\nset: {regions.east.gdp_bn_cny: +50%}\n")
    config = scenario.config
    assert [config.regions[name].gdp_bn_cny for name in ("east", "middle", "west")] == [3.0, 3000.0, 1.0]
    assert (config.run.seed, config.run.horizon_h) == (7, 24.0)
    assert [path.name for path in scenario.files] == ["a.yaml", "b.yaml", "s.yaml"]
    assert (config.name, config.question, config.question_zh) == ("s", "", ""), "they are a file's own"


def test_a_scenario_beside_the_file_comes_before_a_shipped_one(desk: Desk) -> None:
    desk.write(TOY + "set: {regions.east.gdp_bn_cny: 1}\n", "baseline-2024.yaml")
    assert desk.read(BASE).config.nation == "toy-3"


def test_a_file_may_extend_the_shipped_one_of_its_own_name(desk: Desk) -> None:
    lines = desk.told(BASE, name="baseline-2024.yaml")
    same(lines, ["baseline-2024.yaml:1:1: `extends` goes round in a circle: baseline-2024.yaml → baseline-2024.yaml"])


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("s.yaml", "s.yaml:1:1: `extends` goes round in a circle: s.yaml → s.yaml"),
        ("../x.yaml", f"s.yaml:1:1: extends: '../x.yaml' {OUT}"),
        ("/etc/passwd", f"s.yaml:1:1: extends: '/etc/passwd' {OUT}"),
        ("sub/x.yaml", f"s.yaml:1:1: extends: 'sub/x.yaml' {OUT}"),
        ("'..'", "s.yaml:1:1: extends: '..' is no name of a file; give the bare name"),
        ("''", "s.yaml:1:1: extends: '' is no name of a file; give the bare name"),
        ("3", "s.yaml:1:1: extends: '3' is no name of a file; give the bare name"),
        ("[baseline-2024.yaml]", "s.yaml:1:1: extends: '['baseline-2024.yaml']' is no name of a file"),
        ("x" * 300 + ".yaml", "s.yaml:1:1: extends: 'xxx"),
        ("baseline-204.yaml", "s.yaml:1:1: extends: there is no scenario 'baseline-204.yaml'; did you mean 'base"),
        ("baseline-2024", "s.yaml:1:1: extends: there is no scenario 'baseline-2024'; did you mean 'base"),
        ('"a\\0b"', "s.yaml:1:10: extends holds a control character; remove it"),
    ],
)  # fmt: skip
def test_a_base_that_is_not_there(written: str, line: str, desk: Desk) -> None:
    same(desk.told(f"extends: {written}\n"), [line])


def test_a_circle_is_told_where_it_closes(desk: Desk) -> None:
    desk.write("extends: b.yaml\n", "a.yaml")
    desk.write("name: b\nextends: a.yaml\n", "b.yaml")
    same(
        desk.told("extends: a.yaml\n"),
        ["b.yaml:2:1: `extends` goes round in a circle: a.yaml → b.yaml → a.yaml"],
    )


def test_a_chain_has_an_end(desk: Desk) -> None:
    for number in range(25):
        desk.write(f"extends: f{number + 1}.yaml\n", f"f{number}.yaml")
    same(desk.told("extends: f0.yaml\n"), ["f18.yaml:1:1: `extends` is longer than 20 files"])


def test_a_link_does_not_lead_out(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.yaml"
    outside.write_text(TOY, encoding="utf-8")
    (desk.folder / "in.yaml").symlink_to(outside)
    same(
        desk.told("extends: in.yaml\n"),
        ["s.yaml:1:1: extends: 'in.yaml' is a link that leaves the scenario's folder"],
    )


def test_a_link_to_itself_is_no_file(desk: Desk) -> None:
    (desk.folder / "loop.yaml").symlink_to("loop.yaml")
    (problem,) = desk.problems(desk.folder / "loop.yaml")
    assert problem.origin.file.endswith("loop.yaml")


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("toy-2", "s.yaml:1:1: there is no nation 'toy-2'; did you mean 'toy-3'?"),
        ("../toy-3", "s.yaml:1:1: nation: '../toy-3' is not the plain name of a nation"),
        ("nations/toy-3", "s.yaml:1:1: nation: 'nations/toy-3' is not the plain name of a nation"),
        ("/etc", "s.yaml:1:1: nation: '/etc' is not the plain name of a nation"),
        ("..", "s.yaml:1:1: nation: '..' is not the plain name of a nation"),
        ("''", "s.yaml:1:1: nation: '' is not the plain name of a nation"),
        ("3", "s.yaml:1:1: nation: '3' is not the plain name of a nation"),
        ("[toy-3]", "s.yaml:1:1: nation: '['toy-3']' is not the plain name of a nation"),
        ("null", "s.yaml:1:1: nation: 'None' is not the plain name of a nation"),
    ],
)
def test_a_nation_that_is_not_there(written: str, line: str, desk: Desk) -> None:
    same(desk.told(f"nation: {written}\n"), [line])


def test_no_nation_at_all(desk: Desk) -> None:
    line = "s.yaml:1: no nation is named; add `nation: china-2024` or `extends: baseline-2024.yaml`"
    for text in ("", "# nothing\n", "name: x\n", "extends: null\n"):
        same(desk.told(text), [line])


def test_a_nation_stands_at_the_top(desk: Desk) -> None:
    line = "s.yaml:3:7: `nation` stands at the top of a scenario file, not under `set`"
    same(desk.told(TOY + "set: {nation: china-2024}\n"), [line])


def test_a_linked_nation_does_not_lead_out(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    mine = desk.nation()
    away = tmp_path_factory.mktemp("outside") / "mine"
    os.rename(mine, away)
    mine.symlink_to(away)
    same(desk.told(TOY.replace("toy-3", "mine")), ["s.yaml:1:1: 'mine' leaves the folder 'nations'"])


@pytest.mark.parametrize("name", ["nope.yaml", "", "no/such/folder/x.yaml", "a\0b", "x" * 300, "s.yaml/x"])
def test_a_file_that_cannot_be_read(name: str, desk: Desk) -> None:
    desk.write(TOY)
    (problem,) = desk.problems(Path(desk.folder, name) if "\0" not in name else Path(name))
    assert "file" in problem.message
