"""Scenario files read: the chain of `extends`, the differences applied, every problem located."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sim.ground.errors import Origin, Problem, ScenarioError, did_you_mean
from sim.ground.places import scenarios
from sim.scenario.assign import Draft, append, assign
from sim.scenario.check import check
from sim.scenario.folder import find_nation, read_nation
from sim.scenario.nation import Nation
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Configuration
from sim.scenario.settle import copied, settle
from sim.scenario.trace_files import find_traces
from sim.scenario.wording import gathered
from sim.scenario.yaml_file import Document, parse_document, read_document

OWN = ("name", "question", "question_zh")
"""What is a file's own: nothing of it comes from the file that it extends, and null leaves it unsaid."""
TOP = ("extends", *OWN, "nation", "set", "policy", "forecast", "run", "events", "sweep", "plan")
PLACES = ("hubs", "regions", "centres", "nodes", "links")
MOST_FILES = 20
MOST_NAME = 200


def read(path: Path | str, sets: Iterable[str] = ()) -> Scenario:
    """Return the resolved scenario of a file.

    Parameters
    ----------
    path
        The scenario file.
    sets
        Differences from the command line, each ``key=value``.

    Returns
    -------
    Scenario
        Checked: every value allowed, every id known.

    Raises
    ------
    ScenarioError
        With every problem found, each at its place of origin.
    """
    scenario, problems = read_all(path, sets)
    if problems or scenario is None:
        raise ScenarioError(problems)
    return scenario


def read_all(path: Path | str, sets: Iterable[str] = ()) -> tuple[Scenario | None, list[Problem]]:
    """Return the scenario as far as it can be read, and every problem.

    Where a value is not allowed, the nation's own value stands in for it, so that the checks that need
    the whole can still be made and all problems are told at once.

    Parameters
    ----------
    path, sets
        As in `read`.

    Returns
    -------
    tuple
        The scenario, or None where too much is missing; the problems.
    """
    home = Origin(str(path), 1)
    chain: list[tuple[str, Document]] = []
    try:
        files = _chain(Path(path))
        chain = [*files, *(("--set", command_line(text)) for text in sets)]
        nation = _nation(chain, home)
    except ScenarioError as error:
        return None, [*(problem for _, document in chain for problem in document.problems), *error.problems]
    draft = Draft(copied(nation.values), dict(nation.origins), [*nation.problems])
    _apply(chain[: len(files) - 1], draft)
    # A scenario does not go by the name of its base, nor answer its question.
    for key in OWN:
        draft.values.pop(key, None)
    draft.values["name"] = Path(path).stem
    _apply(chain[len(files) - 1 :], draft)
    config = settle(draft, _fallback(nation, Path(path).stem), home)
    if config is None:
        return None, gathered(draft.problems)
    names = tuple(Path(name) for name, _ in files)
    traces, logs, lost = find_traces(config, draft.origins, Path(path))
    scenario = Scenario(config, nation, draft.origins, frozenset(draft.written), names, traces, logs)
    problems = gathered(draft.problems + lost + check(scenario, frozenset(draft.refused)))
    # Where an entity had to be left out, the graph that remains is not the one that was meant.
    return None if any(path[0] in PLACES and len(path) == 2 for path in draft.refused) else scenario, problems


def _fallback(nation: Nation, name: str) -> dict[str, Any]:
    """Return values that stand in for what a scenario gets wrong."""
    run = {"start": f"{nation.values.get('year')}-01-01", "horizon_h": 24.0}
    return {**nation.values, "name": name, "run": run}


def _chain(path: Path) -> list[tuple[str, Document]]:
    """Return the documents from the base to the file itself."""
    chain: list[tuple[str, Document]] = []
    seen: list[Path] = []
    wanted: tuple[Path, Origin] | None = (path, Origin(str(path)))
    while wanted is not None:
        file, origin = wanted
        try:
            real = file.resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise ScenarioError(f"the file cannot be read: {error}", origin) from error
        if real in seen:
            ring = " → ".join(entry.name for entry in [*seen[seen.index(real) :], real])
            raise ScenarioError(f"`extends` goes round in a circle: {ring}", origin)
        if len(seen) >= MOST_FILES:
            raise ScenarioError(f"`extends` is longer than {MOST_FILES} files", origin)
        seen.append(real)
        document = read_document(file)
        chain.append((str(file), document))
        wanted = _base(file, document)
    return chain[::-1]


def _plain(name: Any) -> bool:
    """Return whether a name is that of an entry of a folder, and no path."""
    return isinstance(name, str) and Path(name).name == name != ".." and 0 < len(name.encode()) <= MOST_NAME


def _base(file: Path, document: Document) -> tuple[Path, Origin] | None:
    name = document.values.get("extends")
    if name is None:
        return None
    origin = document.origins[("extends",)]
    if not _plain(name):
        what = "leaves the scenario's folder" if isinstance(name, str) and "/" in name else "is no name of a file"
        raise ScenarioError(
            f"extends: '{str(name)[:60]}' {what}; give the bare name of a file beside this one or of a "
            "shipped scenario",
            origin,
        )
    for folder in (file.parent, scenarios()):
        found = folder / name
        inside = found.resolve().parent == folder.resolve()
        if found.is_file() and not inside:
            raise ScenarioError(f"extends: '{name}' is a link that leaves the scenario's folder", origin)
        if found.is_file() and found.resolve() != file.resolve():
            return found, origin
        if found.is_file() and folder == file.parent and name == file.name:
            return found, origin
    near = {entry.name for folder in (file.parent, scenarios()) for entry in folder.glob("*.yaml")}
    raise ScenarioError(f"extends: there is no scenario '{name}'" + did_you_mean(name, near), origin)


def command_line(text: str) -> Document:
    """Return one difference of the command line, ``key=value``, as a document."""
    name = "--set " + " ".join(text.split())[:MOST_NAME]
    origin, document = Origin(name), Document()
    key, sign, value = text.partition("=")
    if not sign or not key.strip():
        document.problems.append(Problem(origin, "write --set key=value"))
        return document
    try:
        parsed = parse_document(f"value: {value}\n", name)
    except ScenarioError as error:
        document.problems.append(Problem(origin, error.problems[0].message))
        return document
    document.problems += [Problem(origin, problem.message) for problem in parsed.problems]
    if set(parsed.values) != {"value"}:
        document.problems.append(Problem(origin, "write one value behind the ="))
        return document
    written = difference(key.strip(), parsed.values["value"], origin)
    return Document(written.values, written.origins, document.problems)


def difference(key: str, value: Any, origin: Origin) -> Document:
    """Return one difference, written at a place, as a document."""
    document = Document()
    document.values["set"] = {key: value}
    document.origins[("set",)] = document.origins[("set", key)] = origin
    return document


def _nation(chain: list[tuple[str, Document]], home: Origin) -> Nation:
    """Return the nation that the chain names last, with the split of the compute it asks for."""
    name, name_at, folder = None, home, Path(chain[0][0]).parent
    allocation, allocation_at, wrong = None, home, []
    for file, document in chain:
        values = document.values
        if "nation" in values:
            name, name_at, folder = values["nation"], document.origins[("nation",)], Path(file).parent
        chosen = values.get("set")
        if isinstance(chosen, dict) and "allocation" in chosen:
            allocation, allocation_at = chosen["allocation"], document.origins[("set", "allocation")]
            if not isinstance(allocation, str):
                wrong.append(Problem(allocation_at, f"allocation is {str(allocation)[:60]}; it must be a name"))
                allocation = None
    if name is None and name_at == home:
        raise ScenarioError("no nation is named; add `nation: china-2024` or `extends: baseline-2024.yaml`", name_at)
    if not _plain(name):
        raise ScenarioError(f"nation: '{str(name)[:60]}' is not the plain name of a nation", name_at)
    nation = read_nation(find_nation(str(name), folder, name_at), allocation, allocation_at)
    nation.problems += wrong
    return nation


def _apply(chain: list[tuple[str, Document]], draft: Draft) -> None:
    for _, document in chain:
        draft.problems.extend(document.problems)
        for key, value in document.values.items():
            origin = document.origins.get((key,), Origin())
            if key not in TOP:
                _stranger(draft, key, origin)
            elif key == "set":
                put(draft, document)
            elif key == "events" and isinstance(value, list):
                append(draft, key, value, document.origins)
            elif key not in ("extends", "nation") and (key not in OWN or value is not None):
                assign(draft, (key,), value, document.origins, (key,))


def _stranger(draft: Draft, key: str, origin: Origin) -> None:
    inside = key in Configuration.model_fields
    hint = f"; write it under `set:` (set: {{{key}: …}})" if inside else did_you_mean(key, TOP)
    draft.refuse(origin, f"'{key}' is not a key of a scenario file{hint}")


def put(draft: Draft, document: Document) -> None:
    """Apply what a document writes under `set`; problems are noted in the draft."""
    value = document.values.get("set")
    if value is None:
        return
    if not isinstance(value, dict):
        draft.refuse(document.origins[("set",)], "`set` is a mapping of keys to values")
        return
    # The policy comes before its parameters, in whatever order they are written.
    for key in sorted(value, key=lambda key: key != "policy.name"):
        if key == "nation":
            text = "`nation` stands at the top of a scenario file, not under `set`"
            draft.refuse(document.origins.get(("set", key), Origin()), text)
        elif key != "allocation":
            assign(draft, tuple(key.split(".")), value[key], document.origins, ("set", key))
