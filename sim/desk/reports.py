"""Pages written anew: of a stored run, a comparison or a sweep."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.desk.compare import FOLDER, write_page
from sim.desk.sweep import page_of
from sim.ground.errors import ResultsError
from sim.once import report
from sim.study import archive


def others(folder: Path, name: str) -> Path | None:
    """Return the folder of a comparison or a sweep by the beginning of its id; None where a run begins so, or none.

    Parameters
    ----------
    folder
        Folder of the runs.
    name
        The id or its beginning.
    """
    if not name or any(path.parent.name.startswith(name) for path in folder.glob("[!.]*/run.json")):
        return None
    patterns = (f"{FOLDER}/[!.]*/comparison.json", f"sweep-*/{archive.SHEET}")
    places = [path.parent for pattern in patterns for path in folder.glob(pattern)]
    stem = name.removeprefix("sweep-")
    hits = [place for place in places if place.name.removeprefix("sweep-").startswith(stem)]
    return hits[0] if len(hits) == 1 else None


def comparison(place: Path) -> dict[str, Any]:
    """Return the document of a comparison.

    Raises
    ------
    ResultsError
        Where it cannot be read.
    """
    try:
        found = json.loads((place / "comparison.json").read_bytes())
        if "id" in found:
            return dict(found)
    except (OSError, ValueError, TypeError) as error:
        raise ResultsError(f"{place / 'comparison.json'}: is missing or damaged; compare again") from error
    raise ResultsError(f"{place / 'comparison.json'}: is damaged; compare again")


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
    return write_page(comparison(place), place, language)
