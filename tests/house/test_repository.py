"""What the repository holds, and what it must never hold."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
FOLDERS = (".ci", "benchmarks", "docs", "models", "scenarios", "schema", "sim", "tests")
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".csv", ".html", ".lock", ".lp", ".txt", ""}
EXPECTED = (
    ".ci/run",
    ".gitattributes",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "README.zh.md",
    "models/nations/china-2024/SOURCES.md",
    "models/nations/china-2024/nation.yaml",
    "pyproject.toml",
    "requirements-peers.lock",
    "requirements.lock",
    "results/README.md",
    "scenarios/baseline-2024.yaml",
    "schema/scenario.schema.json",
)
# Each pattern has a bracket inside, so that this file does not match itself.
UNWANTED = {
    "a path of somebody's machine": r"(?<![\w.])/(?:[h]ome|[r]oot|[U]sers|[w]ork)/\w",
    "the address of a package registry": r"py[p]i\.org|python[h]osted|npm[j]s\.|-index[-]url|find[-]links",
    "a note of work not done": r"\b(?:TO[D]O|FIX[M]E)\b",
}


def texts() -> list[Path]:
    """Return the text files of the repository, without what runs and tools leave behind."""
    below = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    files = (path for path in (*ROOT.iterdir(), *below) if path.is_file() and path.suffix in TEXT)
    # In a linked work tree .git is a file, and it names a path.
    return sorted(path for path in files if path.parent.name != "__pycache__" and path.name != ".git")


LOCKS = {"requirements.lock": ("dev", "xlsx"), "requirements-peers.lock": ("peers",)}


def locked(lock: str) -> dict[str, tuple[str, str]]:
    """Return version and entry of every package in a lock, by normalised name."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.findall(r"^([\w.-]+)==(\S+)((?:.*\\\n)*.*)$", text, flags=re.MULTILINE)
    return {normal(name): (version, entry) for name, version, entry in entries}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("file", EXPECTED)
def test_the_file_is_there(file: str) -> None:
    path = ROOT / file
    assert path.is_file()
    assert path.stat().st_size > 0


@pytest.mark.parametrize("what", UNWANTED)
def test_no_file_holds(what: str) -> None:
    pattern = re.compile(UNWANTED[what])
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found, f"{what}:\n" + "\n".join(found)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|@ |^-", text, flags=re.MULTILINE)
    entries = locked(lock)
    assert len(entries) > 20
    without = [name for name, (_, entry) in entries.items() if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)]
    assert not without


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_satisfies_the_project(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    wanted = [requirement for extra in LOCKS[lock] for requirement in extras[extra]]
    if lock == "requirements.lock":
        wanted += [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    entries = locked(lock)
    for requirement in map(Requirement, wanted):
        assert normal(requirement.name) in entries, f"{requirement}: renew {lock}"
        version = entries[normal(requirement.name)][0]
        assert requirement.specifier.contains(version), f"{requirement}: {lock} has {version}"


def test_the_locks_do_not_overlap() -> None:
    both = locked("requirements.lock").keys() & locked("requirements-peers.lock").keys()
    assert not both, "renew requirements-peers.lock"


def test_results_are_not_kept() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/results/*" in ignored
    assert "!/results/README.md" in ignored
