"""The desk that the tests of this folder write and read at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.scenario.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return an empty folder to write in."""
    return Desk(tmp_path)
