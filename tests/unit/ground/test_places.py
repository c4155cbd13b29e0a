"""Where the models lie: in a checkout, in an installed package, and nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.ground import places
from sim.ground.errors import SimError


def test_the_checkout_comes_first() -> None:
    assert places.models() == Path(__file__).parents[3] / "models"


def test_an_installed_package_brings_its_own(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "sim"
    (package / "_data" / "models" / "cooling").mkdir(parents=True)
    (tmp_path / "site-packages" / "models").mkdir()  # somebody else's package
    assert places._folder("models", package) == package / "_data" / "models"
    (tmp_path / "site-packages" / "models" / "cooling").mkdir()
    assert places._folder("models", package) == tmp_path / "site-packages" / "models"


def test_a_lost_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SimError, match=r"the folder 'scenarios' is neither at .*; reinstall the package"):
        places._folder("scenarios", tmp_path / "sim")
