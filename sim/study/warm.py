"""What a worker needs before its first task: imported once, by the process of which the workers are copies."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from sim.study.fleet import ASKED


def _ready() -> None:
    """Import what tasks need, and run two hours of the smallest nation, so that compiled code is loaded."""
    # Ctrl-C ends what is only getting ready, and says nothing: the one who asked does.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # A worker that lacks something says so when it is asked for a result; nobody would hear it from here.
    with suppress(Exception):
        import sim.study.compare
        import sim.study.replicate
        import sim.study.tasks  # noqa: F401
        from sim.ground.places import scenarios
        from sim.once import code_version, execute, prepare

        execute(prepare(scenarios() / "toy.yaml", ["run.horizon=2 h"]))
        code_version()
    # From now on the one who asked decides when this process and its copies end (`fleet`).
    signal.signal(signal.SIGINT, signal.SIG_IGN)


# Whoever else imports this file is left as he is.
if os.environ.pop(ASKED, ""):
    _ready()
