"""Pages written anew: of a stored run, a comparison, a sweep or a plan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.desk.compare import DOCUMENT, FOLDER, write_page
from sim.desk.planning import page as plan_page
from sim.desk.sweep import page_of
from sim.ground.errors import ResultsError
from sim.once import report
from sim.study import archive
from sim.study.planning import FILE as PLAN
from sim.study.planning import FOLDER as PLANS


def others(folder: Path, name: str) -> Path | None:
    """Return the folder of a comparison, a sweep or a plan by the beginning of its id; None where it is none.

    The id of a run goes first.

    Parameters
    ----------
    folder
        Folder of the runs.
    name
        The id or its beginning.
    """
    if not name or any(path.parent.name.startswith(name) for path in folder.glob("[!.]*/run.json")):
        return None
    patterns = (f"{FOLDER}/[!.]*/{DOCUMENT}", f"{PLANS}/[!.]*/{PLAN}", f"sweep-*/{archive.SHEET}")
    places = [path.parent for pattern in patterns for path in folder.glob(pattern)]
    stem = name.removeprefix("sweep-")
    hits = [place for place in places if place.name.removeprefix("sweep-").startswith(stem)]
    return hits[0] if len(hits) == 1 else None


def document(path: Path) -> dict[str, Any]:
    """Return what a comparison or a plan has left.

    Raises
    ------
    ResultsError
        Where it cannot be read.
    """
    try:
        found = json.loads(path.read_bytes())
        if "id" in found:
            return dict(found)
    except (OSError, ValueError, TypeError) as error:
        raise ResultsError(f"{path}: is missing or damaged; run its command again") from error
    raise ResultsError(f"{path}: is damaged; run its command again")


def again(folder: Path, name: str, language: str) -> Path:
    """Write the page of something that was computed anew and return its path.

    Parameters
    ----------
    folder
        Folder of the runs.
    name
        The id or its beginning.
    language
        ``en`` or ``zh``, the one shown first.

    Raises
    ------
    ResultsError
        Where there is no such thing, or it is damaged.
    """
    place = others(folder, name)
    if place is None:
        return report(folder, name, language)
    if place.parent == folder:
        return page_of(archive.as_it_is(place), language)
    if place.parent.name == PLANS:
        return plan_page(document(place / PLAN), folder, language)
    return write_page(document(place / DOCUMENT), place, language)
