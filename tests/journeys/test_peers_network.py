"""The benchmark of public backbones on a stranger's folder: a line an instance, a sentence a broken file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.cases.peers_network import Instance, measure

ROOT = Path(__file__).parents[2]
HEAD = "?SNDlib native format; type: {}; version: 1.0\n"
TOWN = (
    HEAD.format("network")
    + """\
NODES (
  A ( 1.0 2.0 )
  B ( 1.5 2.0 )
)
LINKS (
  AB ( A B ) 0.00 0.00 0.00 0.00 ( 3.00 1.00 )
)
DEMANDS (
  D1 ( A B ) 1 4.00 UNLIMITED
)
"""
)
MODEL = (
    HEAD.format("model")
    + """\
DEMAND_MODEL = UNDIRECTED
LINK_MODEL = UNDIRECTED
LINK_CAPACITY_MODEL = MODULAR_LINK_CAPACITIES
FIXED_CHARGE_MODEL = NO
ROUTING_MODEL = CONTINUOUS
ADMISSIBLE_PATH_MODEL = ALL_PATHS
HOP_LIMIT_MODEL = IGNORE_HOP_LIMITS
SURVIVABILITY_MODEL = NO_SURVIVABILITY
"""
)
GRAPH = "NODES 2\nlabel x y\na 0 0\nb 1 1\n\nEDGES 1\nlabel src dest weight bw delay\ne 0 1 1 8 1\n"
DEMANDS = "DEMANDS 1\nlabel src dest bw\nd 0 1 2\n"
GML = "graph [\n  node [\n    id 0\n  ]\n]\n"
LETTERS = "U-U-M-N-C-A-N-N"


def placed(folder: Path, **files: str) -> Path:
    """Write files, a ``__`` in a name for a dot and a ``___`` for a slash."""
    for name, text in files.items():
        path = folder / name.replace("___", "/").replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def run(folder: Path, *command: str) -> tuple[int, list[list[str]], list[str]]:
    """Return exit code, the words of every line, and what stands on stderr, without the folder."""
    done = subprocess.run(
        [sys.executable, *command, str(folder)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    told = done.stderr.replace(f"{folder}{os.sep}", "").splitlines()
    return done.returncode, [line.split() for line in done.stdout.splitlines()], told


@pytest.fixture
def strangers(tmp_path: Path) -> Path:
    """Return a folder with every kind of file, two deep, nothing wrong."""
    folder = placed(
        tmp_path, deep___town__txt=TOWN, deep___lone__txt=TOWN.replace("4.00", "7.00"), X__graph=GRAPH,
        X__0000__demands=DEMANDS, Y__graph=GRAPH, map__gml=GML, notes__txt="Nothing to read here.\n",
        deep___full__txt=TOWN.replace("0.00 0.00 0.00 0.00", "2.00 0.00 0.00 0.00"),
        published__csv=f"instance,sndlib_network,sndlib_model,published_lp_bound\nTown,town,{LETTERS},1.33\n,,,\n",
    )  # fmt: skip
    (folder / "deep" / f"town--{LETTERS}.txt").write_text(MODEL, "utf-8")
    return folder


EXPECTED = [
    ["X.0000", "least", "utilisation", "0.25", "-"],
    ["Y", "no", "demands,", "2", "nodes,", "1", "links", "-", "-"],
    ["full", "U-U", "least", "utilisation", "2", "-"],
    ["lone", LETTERS, "2.33333333333", "-"],
    ["town", LETTERS, "1.33333333333", "1.33"],
    ["map", "no", "demands,", "1", "nodes,", "0", "links", "-", "-"],
]


@pytest.mark.parametrize(
    "command",
    [("benchmarks/cases/peers_network.py",), ("-m", "benchmarks.cases.peers_network")],
    ids=["file", "module"],
)
def test_a_folder_of_strangers_has_a_line_an_instance(command: tuple[str, ...], strangers: Path) -> None:
    assert run(strangers, *command) == (0, EXPECTED, [])


def test_a_broken_file_is_told_and_the_others_go_on(strangers: Path) -> None:
    placed(
        strangers, broken__txt=TOWN.replace("( A B ) 1 4.00", "( A C ) 1 4.00"), Z__0001__demands=DEMANDS,
        b__gml="graph [\n", headless__txt=TOWN.partition("\n")[2],
    )  # fmt: skip
    (strangers / f"gone--{LETTERS}.txt").write_text(MODEL, "utf-8")
    (strangers / f"broken--{LETTERS}.txt").write_text(MODEL, "utf-8")
    protected = MODEL.replace("NO_SURVIVABILITY", "ONE_PLUS_ONE_PROTECTION")
    (strangers / "deep" / "town--U-U-M-N-C-A-N-P.txt").write_text(protected, "utf-8")
    code, lines, told = run(strangers, "benchmarks/cases/peers_network.py")
    assert (code, lines) == (1, EXPECTED)
    assert [line.partition(";")[0] for line in sorted(told)] == [
        "Z.0001.demands: there is no graph 'Z.graph' beside these demands",
        "b.gml:2: no GML graph: expected ']', found the end of the file",
        "broken.txt:10: there is no node 'C'",
        "deep/town--U-U-M-N-C-A-N-P.txt:9: SURVIVABILITY_MODEL is ONE_PLUS_ONE_PROTECTION, which this linear bound "
        "does not cover",
        f"gone--{LETTERS}.txt: there is no file 'gone.txt' with the network of this model",
        "headless.txt:1: the first line must be '?SNDlib native format",
    ]


def test_a_published_figure_must_be_a_number(strangers: Path) -> None:
    (strangers / "published.csv").write_text(
        f"sndlib_network,sndlib_model,published_lp_bound\ntown,{LETTERS},about 1\nlone,{LETTERS},\n", "utf-8"
    )
    code, lines, told = run(strangers, "benchmarks/cases/peers_network.py")
    assert (code, told) == (1, ["published.csv:2: published_lp_bound: 'about 1' is not a number"])
    assert lines == [[*line[:-1], "-"] for line in EXPECTED]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    code, lines, told = run(tmp_path / "none", "benchmarks/cases/peers_network.py")
    assert (code, lines) == (1, [])
    assert told == [f"{tmp_path / 'none'}: there is no folder of this name"]


def test_the_table_says_why_it_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUANWANG_PEERS", str(tmp_path / "none"))
    table = measure()
    assert table.good
    assert table.rows[0][0].startswith("skipped: other people's data are not at hand")


def test_the_table_is_good_where_all_agree(strangers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUANWANG_PEERS", str(strangers))
    table = measure()
    assert table.good
    assert ("town", LETTERS, "1.33333333333", "1.33", "yes") in table.rows
    placed(strangers, published__csv=f"sndlib_network,sndlib_model,published_lp_bound\ntown,{LETTERS},1.2\n")
    assert not measure().good


@pytest.mark.parametrize(
    ("ours", "published", "within"),
    [
        (597932.5, "597932", True), (597932.51, "597932", False), (17890.946, "17890.9", True),
        (17890.96, "17890.9", False), (1.0, "", None), (None, "1", None), (1.25e9, "1.2e9", True),
    ],
)  # fmt: skip
def test_equal_as_printed(ours: float | None, published: str, within: bool | None) -> None:
    assert Instance("x", LETTERS, ours, published).within is within
