"""`suanwang export SCENARIO --lp FILE` and `solve --solver`: what is written, and what is refused."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.cli import main
from sim.desk.exports import program
from sim.ground.errors import SimError
from sim.ground.places import scenarios

TOY = str(scenarios() / "toy.yaml")
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Return what types a command in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["suanwang", *words])
        code: object = 0
        try:
            main()
        except SystemExit as leaving:
            code = leaving.code or 0
        streams = capsys.readouterr()
        assert isinstance(code, int)
        return code, streams.out, streams.err

    return run


def test_a_day_is_written_by_default(typed: Typed, tmp_path: Path) -> None:
    assert typed("export", TOY, "--lp", "day.lp") == (0, "day.lp\n", "")
    text = (tmp_path / "day.lp").read_text(encoding="ascii")
    assert "_t0023" in text
    assert "_t0024" not in text


def test_some_hours_are_written_and_told_as_json(typed: Typed, tmp_path: Path) -> None:
    code, out, _ = typed("export", TOY, "--lp", "part.lp", "--hours", "3", "--begin", "30", "--json")
    assert code == 0
    found = json.loads(out)
    assert (found["file"], found["epochs"]) == ("part.lp", 3)
    text = (tmp_path / "part.lp").read_text(encoding="ascii")
    assert "2024-01-02 06:00, t0030 is the first" in text
    assert len(re.findall(r"^\w+:", text, flags=re.M)) == found["rows"] + 1
    assert typed("export", TOY, "--lp", "part.lp", "--set", "grid.carbon_price=500 CNY/t", "--force")[0] == 0
    assert (tmp_path / "part.lp").read_text(encoding="ascii") != text


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((TOY,), 2, "choose --csv, --xlsx, --netcdf or --geojson with --out for a run, or --lp FILE"),
        ((TOY, "--lp", "a.lp", "--csv"), 2, "choose --csv"),
        ((TOY, "--lp", "a.lp", "--out", "b"), 2, "choose --csv"),
        (("ab12", "--csv", "--hours", "3"), 2, "choose --csv"),
        ((TOY, "--csv"), 2, "is a scenario, and --csv takes a stored run"),
        (("ab12", "--lp", "a.lp"), 2, "'ab12' is no scenario file"),
        ((TOY, "--lp", "a.lp", "--hours", "400"), 2, "the run has 336 h, and 336 h are left behind --begin 0"),
        ((TOY, "--lp", "a.lp", "--begin", "400"), 2, "the run has 336 h, and 0 h are left behind --begin 400"),
        ((TOY, "--lp", "a.lp", "--begin", "1.5"), 2, "--begin 1.5 is no whole number of epochs of 1 h"),
        ((TOY, "--lp", "a.lp", "--hours", "1.5"), 2, "--hours 1.5 is no whole number of epochs of 1 h"),
        ((TOY, "--lp", "a.lp", "--hours", "1e-9"), 2, "--hours 1e-09 is no whole number of epochs of 1 h"),
        ((TOY, "--lp", "a.lp", "--hours", "1e9"), 2, "the run has 336 h"),
        ((TOY, "--lp", "a.lp", "--hours", "nan"), 2, "nan is no finite number"),
        ((TOY, "--lp", "a.lp", "--begin", "nan"), 2, "nan is no finite number"),
        ((TOY, "--lp", "a.lp", "--begin", "inf"), 2, "inf is no finite number"),
        ((TOY, "--lp", ""), 2, "names no file to write"),
        ((TOY, "--lp", "a.lp", "--set", "limits.emissions_mt=1"), 2, "add --set limits=null"),
        ((TOY, "--lp", "a.lp", "--set", "limits.hub_share_at_most.coast=0.5"), 2, "limits.hub_share_at_most holds"),
    ],
)
def test_what_does_not_fit_is_refused(typed: Typed, tmp_path: Path, words: tuple[str], code: int, said: str) -> None:
    found = typed("export", *words)
    assert found[:2] == (code, "")
    assert said in found[2]
    assert not list(tmp_path.iterdir())


def test_the_rest_of_a_run_may_be_shorter_than_a_day(tmp_path: Path) -> None:
    assert program(TOY, tmp_path / "rest.lp", begin=330.0)["epochs"] == 6
    with pytest.raises(SimError, match="there is something already"):
        program(TOY, tmp_path / "rest.lp", begin=330.0)


def test_solve_asks_another_solver(typed: Typed) -> None:
    own, other = (
        json.loads(typed("solve", TOY, "--hours", "12", "--json", *words)[1]) for words in ((), ("--solver", "cbc"))
    )
    assert other["objective"] == pytest.approx(own["objective"], rel=1e-9)
    assert (other["solver"], other["rows"] > own["rows"]) == ("PuLP, cbc", True)
    assert typed("solve", TOY, "--solver", "cbc", "--exact")[0] == 2
    code, _, err = typed("solve", TOY, "--solver", "nobody")
    assert (code, err.startswith("there is no solver 'nobody'; allowed: 'cbc'")) == (2, True)


def test_limits_are_left_out_of_the_file_where_that_is_said(typed: Typed, tmp_path: Path) -> None:
    scenario = tmp_path / "capped.yaml"
    scenario.write_text("extends: toy.yaml\nname: capped\nset:\n  limits.emissions_mt: 0.1\n", encoding="utf-8")
    code, out, err = typed("export", "capped.yaml", "--lp", "capped.lp", "--json")
    assert (code, err.startswith("capped.yaml:4:3: limits.emissions_mt holds over the whole run")) == (2, True)
    assert json.loads(out)["problems"][0]["message"] == err.rstrip("\n")
    assert typed("export", "capped.yaml", "--lp", "capped.lp", "--set", "limits=null")[0] == 0


def test_a_folder_of_that_name_stays_even_where_forced(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "day.lp").mkdir()
    code, _, err = typed("export", TOY, "--lp", "day.lp", "--force")
    assert (code, err) == (1, "day.lp: this is a folder, and a file is to be written; choose another place\n")
    assert (tmp_path / "day.lp").is_dir()
