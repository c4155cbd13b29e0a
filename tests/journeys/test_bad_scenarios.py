"""A planner's mistakes at the command line: located lines, exit code 3, nothing written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.cli import main

FIVE = """extends: baseline-2024.yaml
name: five
set:
  centres.gui_an.rack: 400000
  links.beijing-zhangjiakou.capacity: 64 MW
  regions.beijin.gdp_bn_cny: 5000
  centres.qingyang.racks: -1
  centres.zhongwei.cooling.mix: {iec: 0.7, liquid: 0.2}
"""
LINES = [
    "five.yaml:4:3: 'rack' is not a key of centres.gui_an; did you mean 'racks'?",
    "five.yaml:5:3: links.beijing-zhangjiakou.capacity_tbps: 'MW' measures power; expected one of bit rate, such as "
    "Tbps",
    "five.yaml:6:3: there is no 'beijin' in regions; did you mean 'beijing' or 'tianjin'?",
    "five.yaml:7:3: centres.qingyang.racks is -1; it must be at least 0",
    "five.yaml:8:3: centres.zhongwei.cooling.mix sums to 0.9; the shares of a cooling stock sum to 1",
]
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


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_five_mistakes_give_five_lines_and_exit_code_3(tmp_path: Path) -> None:
    (tmp_path / "five.yaml").write_text(FIVE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "sim", "run", "five.yaml"],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr.splitlines() == LINES
    assert done.stdout == ""
    assert files(tmp_path) == ["five.yaml"]


@pytest.mark.parametrize("command", ["run", "validate"])
def test_the_same_lines_as_json(command: str, typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "five.yaml").write_text(FIVE, encoding="utf-8")
    code, out, err = typed(command, "five.yaml", "--json")
    assert code == 3
    assert err.splitlines() == LINES
    problems = json.loads(out)["problems"]
    assert [f"{p['file']}:{p['line']}:{p['column']}: {p['message']}" for p in problems] == LINES
    assert files(tmp_path) == ["five.yaml"]


def test_a_line_is_never_wrapped(typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    (tmp_path / "s.yaml").write_text(
        "extends: baseline-2024.yaml\nset: {links.beijing-tianjin.to: x}\n", encoding="utf-8"
    )
    code, _, err = typed("validate", "s.yaml")
    assert code == 3
    (line,) = err.splitlines()
    assert line.startswith("s.yaml:2:7: links.beijing-tianjin.to: there is no 'x'; allowed: ")
    assert len(line) > 100


def written(tmp_path: Path, name: str, text: str | bytes) -> None:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("set: {centres.gui_an.racks: .nan}", "s.yaml:2:7: centres.gui_an.racks is nan; it must be a finite number"),
        ("set: {centres.gui_an.racks: .inf}", "s.yaml:2:7: centres.gui_an.racks is inf; it must be a finite number"),
        (
            "set: {centres.gui_an.pools.general.capacity: -1 EFLOPS}",
            "s.yaml:2:7: centres.gui_an.pools.general.capacity_eflops is -1; it must be at least 0 EFLOPS",
        ),
        ("run: {horizon: 0 h}", "s.yaml:2:7: run.horizon_h is 0; it must be above 0 h"),
        ("run: {horizon: 10 years}", "s.yaml:2:7: run.horizon is 87600 h, but only 8784 h of 2024"),
        ("run: {horizon: 1e9 h}", "s.yaml:2:7: run.horizon is 1e+09 h, but only 8784 h of 2024"),
        ("run: {epoch: 1 min}", "s.yaml:2:7: the run needs about 7 GB; at most 3.2 are taken: lengthen run.epoch"),
        ("set: {links.beijing-tianjin.to: nowhere}", "s.yaml:2:7: links.beijing-tianjin.to: there is no 'nowhere'"),
        ("events: [{at: 2023-07-01, what: outage, hub: guizhou, for: 1 h}]", "s.yaml:2:11: events.0.at is 2023"),
        ("a: &a [x]\nb: *a", "s.yaml:3:4: aliases (*name) are not allowed"),
        ("policy: {name: neerest}", "s.yaml:2:10: no policy is called 'neerest'; did you mean 'nearest' or"),
        ("policy: {name: nearest, weight: 3}", "s.yaml:2:25: the policy 'nearest' has no parameter 'weight'"),
        ("set: {centres.gui_an.pue: 1}", "s.yaml:2:7: centres.gui_an.pue: 1 is below what its losses alone give"),
        ("name: \xff".encode("latin-1"), "s.yaml:2:7: byte 35 is not UTF-8; save the file as UTF-8 and try again"),
    ],
)  # fmt: skip
def test_one_mistake(text: str | bytes, line: str, typed: Typed, tmp_path: Path) -> None:
    written(
        tmp_path,
        "s.yaml",
        b"extends: baseline-2024.yaml\n" + (text if isinstance(text, bytes) else text.encode()) + b"\n",
    )
    code, out, err = typed("run", "s.yaml")
    assert (code, out) == (3, "")
    (found,) = err.splitlines()
    assert found.startswith(line)
    assert files(tmp_path) == ["s.yaml"]


@pytest.mark.parametrize(
    ("first", "line"),
    [
        ("extends: ../other.yaml", "s.yaml:1:1: extends: '../other.yaml' leaves the scenario's folder"),
        ("extends: /etc/passwd", "s.yaml:1:1: extends: '/etc/passwd' leaves the scenario's folder"),
        ("extends: s.yaml", "s.yaml:1:1: `extends` goes round in a circle: s.yaml → s.yaml"),
        ("nation: ../../etc", "s.yaml:1:1: nation: '../../etc' is not the plain name of a nation"),
        ("nation: toy-4", "s.yaml:1:1: there is no nation 'toy-4'; did you mean 'toy-3'?"),
        ("", "s.yaml:1: no nation is named; add `nation: china-2024` or `extends: baseline-2024.yaml`"),
    ],
)
def test_a_scenario_that_leads_nowhere(first: str, line: str, typed: Typed, tmp_path: Path) -> None:
    written(tmp_path, "s.yaml", f"{first}\n")
    code, _, err = typed("validate", "s.yaml")
    assert code == 3
    assert err.splitlines()[0].startswith(line)


def test_a_file_that_is_not_there(typed: Typed, tmp_path: Path) -> None:
    code, _, err = typed("run", "nope.yaml")
    assert (code, err) == (3, "nope.yaml: there is no file of this name\n")
    written(tmp_path, "nop.yaml", "nation: toy-3\n")
    assert typed("run", "nope.yaml")[2] == "nope.yaml: there is no file of this name; beside it stand nop.yaml\n"
    assert typed("run", ".")[2] == ".: this is a folder; name a file; beside it stand nop.yaml\n"


def test_a_mistake_of_the_command_line_is_told_as_such(typed: Typed, tmp_path: Path) -> None:
    written(tmp_path, "s.yaml", "extends: toy.yaml\n")
    sets = ["--set", "run.horizon=1", "--set", "centres.eastcentre.racks=3", "--set", "oops"]
    code, _, err = typed("run", "s.yaml", *sets)
    assert code == 3
    first, *rest = err.splitlines()
    assert first.startswith("--set centres.eastcentre.racks=3: there is no 'eastcentre' in centres; did you mean 'east")
    assert rest == [
        "--set oops: write --set key=value",
        "--set run.horizon=1: run.horizon needs a unit: write horizon_h: 1 or horizon: 1 h",
    ]


def test_a_schema_that_cannot_be_written_is_told(typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "file", "precious")
    code, _, err = typed("schema", "--write", "file/x.json")
    assert (code, err) == (1, "file/x.json: file is no folder; choose another place\n")
    assert typed("schema", "--write", "x.json")[0] == typed("schema", "--check", "x.json")[0] == 0


def test_the_folder_decides_nothing(typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    written(tmp_path, "a/s.yaml", "extends: base.yaml\nset: {centres.east.racks: 3}\n")
    written(tmp_path, "a/base.yaml", "extends: toy.yaml\n")
    monkeypatch.chdir(tmp_path / "b")
    code, _, err = typed("validate", "../a/s.yaml")
    assert (code, err.startswith("../a/s.yaml:2:7: there is no 'east' in centres")) == (3, True)


@pytest.mark.parametrize("name", ["plain", "no: 1", "3", "true", "西部六成", 'q"q', "1e5", "x # y"])
def test_a_new_scenario_is_valid_whatever_its_name(name: str, typed: Typed, tmp_path: Path) -> None:
    assert typed("new", name, "--from", "toy")[:2] == (0, f"{name}.yaml\n")
    assert typed("validate", f"{name}.yaml")[:2] == (0, f"{name}.yaml: valid\n")
    assert typed("new", name)[0] == 3, "a file that is there stays"


def test_a_new_scenario_needs_a_base(typed: Typed, tmp_path: Path) -> None:
    code, _, err = typed("new", "x", "--from", "baseline")
    assert (code, files(tmp_path)) == (3, [])
    assert err.startswith("--from: there is no scenario 'baseline'; did you mean 'baseline-2024'?")


def test_explain_says_where_a_value_was_written(typed: Typed, tmp_path: Path) -> None:
    written(tmp_path, "s.yaml", "extends: toy.yaml\nset:\n  centres.east_centre.racks: 9\n")
    found = {}
    for key in ("centres.*.racks", "centres.east_*.battery.energy", "centres.east_centre.cooling.mix"):
        code, out, _ = typed("explain", key, "s.yaml", "--json")
        assert code == 0
        found |= {row["key"]: Path(row["written"]).name for row in json.loads(out)["entries"]}
    assert found == {
        "centres.east_centre.racks": "s.yaml:3:3",
        "centres.middle_centre.racks": "centres.csv:3",
        "centres.west_centre.racks": "centres.csv:4",
        "centres.east_centre.battery.energy_mwh": "default",
        "centres.east_centre.cooling.mix": "cooling_mix.csv:2",
    }
    code, _, err = typed("explain", "centres.*.rack", "s.yaml")
    assert code == 3
    assert "did you mean" in err


def test_diff_shows_what_a_scenario_changes(typed: Typed, tmp_path: Path) -> None:
    written(tmp_path, "a.yaml", "extends: toy.yaml\n")
    written(tmp_path, "b.yaml", "extends: a.yaml\nset: {centres.*.racks: +50%}\nrun: {seed: 7}\n")
    code, out, _ = typed("diff", "a.yaml", "b.yaml", "--json")
    assert code == 0
    rows = {row["key"]: (row["first"], row["second"]) for row in json.loads(out)["differences"]}
    places = ("east", "middle", "west")
    assert rows == {"run.seed": (42, 7)} | {f"centres.{name}_centre.racks": (1e5, 1.5e5) for name in places}
    assert typed("diff", "a.yaml", "nope.yaml")[0] == 3


def test_a_bug_of_ours_is_one_sentence(typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a wheel came off")

    monkeypatch.setattr("sim.once.read_all", broken)
    written(tmp_path, "s.yaml", b"extends: baseline-2024.yaml\n")
    code, out, err = typed("validate", "s.yaml")
    assert (code, out) == (1, "")
    assert err.startswith("internal error: RuntimeError: a wheel came off; this is a bug of suanwang")
    with pytest.raises(RuntimeError, match="wheel"):
        typed("validate", "s.yaml", "--verbose")
