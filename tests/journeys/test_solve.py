"""A planner solves: what it costs, what scarce things are worth, what cannot be met."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
import xarray as xr

from sim.cli import main
from sim.ground.places import scenarios

TOY = str(scenarios() / "toy.yaml")
TIGHT = ("solve", TOY, "--hours", "12", "--set", "links.*.capacity=350 Gbps", "-q")


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what a command prints."""
    monkeypatch.setattr(sys, "argv", ["suanwang", *words])
    main()
    return capsys.readouterr().out


def refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: int, *words: str
) -> tuple[str, str]:
    """Return what a command that fails prints on both streams."""
    monkeypatch.setattr(sys, "argv", ["suanwang", *words])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == code
    printed = capsys.readouterr()
    return printed.out, printed.err


def test_the_document_tells_what_scarce_things_are_worth(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.loads(typed(monkeypatch, capsys, *TIGHT, "--json"))
    assert set(told) >= {"objective", "bound", "gap", "seconds", "rows", "columns", "peak_memory_mb", "solver"}
    assert set(told["seconds"]) >= {"build", "solve", "bound"}
    prices = told["prices"]
    assert set(prices["hub"]) == {"coast", "inland"}
    assert prices["link"][0]["cny_per_gbps"] > 0.0
    assert prices["link"][0]["hours"] == 12.0
    assert "file" not in prices


def test_the_file_holds_what_the_document_sums(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.loads(typed(monkeypatch, capsys, *TIGHT, "--json", "--prices", "prices.nc"))["prices"]
    assert told["file"] == "prices.nc"
    typed(monkeypatch, capsys, *TIGHT, "--prices", "prices.csv")
    with Path("prices.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    dear = told["link"][0]
    (value,) = (row["value"] for row in rows if (row["quantity"], row["place"]) == ("link_value", dear["link"]))
    assert float(value) == pytest.approx(dear["cny_per_gbps"], rel=1e-12)
    with xr.open_dataset("prices.nc") as read:
        assert float(read["link_value"].sel(link=dear["link"])) == dear["cny_per_gbps"]
        assert float(read["hub_price"].sel(hub="coast", pool="general").max()) == told["hub"]["coast"]["general"]["max"]


def test_the_terminal_shows_hubs_and_links(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    english, chinese = (typed(monkeypatch, capsys, *TIGHT, "--lang", language) for language in ("en", "zh"))
    for out, words in ((english, ("Dearest links", "coast")), (chinese, ("最紧张的链路", "coast"))):
        for word in words:
            assert word in out
    free = typed(monkeypatch, capsys, "solve", TOY, "--hours", "12", "-q")
    assert "No link is full." in free


def test_a_wrong_place_is_told_before_the_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, text = refused(monkeypatch, capsys, 2, *TIGHT, "--prices", "prices.xls")
    assert "end the name in .nc or .csv" in text
    Path("file").write_text("precious", encoding="utf-8")
    _, text = refused(monkeypatch, capsys, 1, *TIGHT, "--prices", "file/prices.nc", "--force")
    assert text == "file/prices.nc: file is no folder; choose another place\n"
    Path("keep.csv").mkdir()
    _, text = refused(monkeypatch, capsys, 1, *TIGHT, "--prices", "keep.csv", "--force")
    assert "keep.csv: this is a folder" in text
    _, text = refused(monkeypatch, capsys, 2, *TIGHT, "--prices", "prices.nc", "--solver", "cbc")
    assert "--prices" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--time-limit", "nan"), "nan is no finite number"),
        (("--time-limit", "inf"), "inf is no finite number"),
        (("--hours", "nan"), "nan is no finite number"),
        (("--solver", "nonsense"), "there is no solver 'nonsense'"),
        (("--force",), "--force replaces the file that --prices names"),
        (("--prices", ""), "end the name in .nc or .csv"),
    ],
)
def test_a_mistake_of_the_command_line_ends_with_code_2(
    words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, text = refused(monkeypatch, capsys, 2, "solve", TOY, "--hours", "12", *words)
    assert out == ""
    assert said in text


def test_the_last_of_two_ways_to_go_on_is_the_tighter(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--exact does all that --certify does, so that both together are --exact."""
    long = ("solve", TOY, "--hours", "72", "-q", "--json", "--exact")
    one, both = (json.loads(typed(monkeypatch, capsys, *long, *words)) for words in ((), ("--certify",)))
    assert (both["objective"], both["bound"], both["solver"]) == (one["objective"], one["bound"], one["solver"])
    assert one["gap"] < 1e-6


def test_what_a_planner_should_know_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["suanwang", *TIGHT, "--json", "--set", "objective.cost=0"])
    main()
    printed = capsys.readouterr()
    assert "warning: every weight of the objective is 0" in printed.err
    assert "warnings" not in json.loads(printed.out)


def test_a_horizon_of_no_epoch_is_told_with_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, text = refused(monkeypatch, capsys, 3, "solve", TOY, "--hours", "1e-9")
    assert text.startswith("--set run.horizon_h=1e-09: run.horizon is 1e-09 h, no whole number of epochs of 1 h")


def test_what_cannot_be_met_is_told_as_text_and_as_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sets = ("--set", "workloads.*.growth=3", "--set", "economy.allow_unserved=false", "-q")
    words = ("solve", TOY, "--hours", "12", *sets)
    out, text = refused(monkeypatch, capsys, 4, *words)
    assert out == ""
    assert "not all work can be served" in text
    out, again = refused(monkeypatch, capsys, 4, *words, "--json")
    assert again == text
    told = json.loads(out)
    assert told["problems"][0]["message"] == text.rstrip("\n")
    for row in told["infeasible"]:
        assert set(row) == {"kind", "of", "from", "hours", "lacks", "unit", "remedy"}
        assert f"{row['lacks']:.4g} {row['unit']}; {row['remedy']}" in text
    # The same scenario run by the optimum cannot be run either.
    run = ("run", TOY, "--set", "run.horizon=12 h", *sets, "--policy", "optimal")
    _, third = refused(monkeypatch, capsys, 4, *run)
    assert "not all work can be served" in third
    assert not Path("results").exists()


def test_a_time_limit_that_is_not_reached_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    free, limited = (
        json.loads(typed(monkeypatch, capsys, *TIGHT, "--json", *limit)) for limit in ((), ("--time-limit", "600"))
    )
    assert limited["objective"] == free["objective"]
    assert limited["prices"] == free["prices"]
    assert limited["stopped"] is None


def test_a_time_that_is_up_before_there_is_a_plan_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, text = refused(monkeypatch, capsys, 4, "solve", TOY, "--hours", "120", "--time-limit", "1e-6", "-q")
    assert "the time was up" in text
