"""Where other people's data lie: in `shared/peers` beside the checkout, or in the folder that SUANWANG_PEERS names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ASKED = os.environ.get("SUANWANG_PEERS")
PEERS = Path(ASKED or Path(__file__).parents[2].parent / "shared" / "peers")


def reads(folder: Path) -> pytest.MarkDecorator:
    """Return the mark of a test that reads a folder: it is skipped without it, but fails where PEERS was asked for."""
    missing = not folder.is_dir() and not (ASKED and not PEERS.is_dir())
    return pytest.mark.skipif(missing, reason=f"{folder} is not there; SUANWANG_PEERS names the folder above it")
