"""The doctor names what a run stands on."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from sim.desk.doctor import examine

ROOT = Path(__file__).parents[3]


def test_every_library_that_is_needed_is_named_with_its_version(tmp_path: Path) -> None:
    (text,) = (row["text"] for row in examine(tmp_path) if row["name"] == "libraries")
    found = dict(entry.split(" ", 1) for entry in text.split(", "))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # As packages are named to each other: lower case, hyphens.
    needed = {re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", entry)[0]).lower() for entry in project["dependencies"]}
    assert {"highspy", "pulp"} < needed
    assert needed <= set(found)
    assert all(re.fullmatch(r"[\d.]+\S*", found[name]) for name in needed)


def test_a_folder_that_cannot_be_there_is_bad(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (row,) = (row for row in examine(tmp_path / "file") if row["name"] == "results folder")
    assert not row["ok"]
