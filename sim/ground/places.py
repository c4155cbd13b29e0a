"""Where the models and scenarios that come with the package lie."""

from __future__ import annotations

from pathlib import Path

from sim.ground.errors import SimError

_PACKAGE = Path(__file__).resolve().parents[1]


def models() -> Path:
    """Return the folder of nations, cooling sheets and workload sheets.

    Returns
    -------
    Path
        ``models`` beside the package in a checkout, else its copy inside the installed package.

    Raises
    ------
    SimError
        Where neither exists.
    """
    return _folder("models")


def scenarios() -> Path:
    """Return the folder of the scenarios that come with the package.

    Returns
    -------
    Path
        ``scenarios`` beside the package in a checkout, else its copy inside the installed package.

    Raises
    ------
    SimError
        Where neither exists.
    """
    return _folder("scenarios")


def _folder(name: str, package: Path = _PACKAGE) -> Path:
    """Return the folder of that name, of the checkout or else of the installed package."""
    checkout = package.parent
    # Beside an installed package lie other people's packages, one of which may be called "models".
    mine = (checkout / "models" / "cooling").is_dir()
    for place in ([checkout / name] if mine else []) + [package / "_data" / name]:
        if place.is_dir():
            return place
    raise SimError(
        f"the folder '{name}' is neither at {checkout / name} nor at {package / '_data' / name}; "
        "reinstall the package, or run it from a whole checkout"
    )
