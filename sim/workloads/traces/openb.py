"""Openb, Alibaba's traces of GPU clusters from 2023 on: a CSV row a pod."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sim.ground.arrays import IntArray
from sim.ground.errors import Origin, ScenarioError, did_you_mean
from sim.ground.lines import Columns, table
from sim.workloads.jobs import MOST_WIDTH
from sim.workloads.jobs.trace import MOST_SECONDS, Account, Records, ticks
from sim.workloads.traces.base import register

_COLUMNS = ("num_gpu", "gpu_milli", "qos", "creation_time", "deletion_time", "scheduled_time")
_LEVELS = {"LS": 0, "Guaranteed": 0, "Burstable": 1, "BE": 2}
_SAMPLE = """\
name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
pod-0,12000,16384,1,460,,LS,Succeeded,0,950,40
pod-1,64000,262144,8,1000,,BE,Succeeded,30,7230,30
"""


def _levels(path: Path, rows: Columns) -> IntArray:
    """Return the priorities [row] of the pods' quality of service."""
    words = rows.words("qos")
    level = np.array([_LEVELS.get(word, -1) for word in words], dtype=np.int64)
    if (level < 0).any():
        place = int(np.argmax(level < 0))
        text = f"qos is '{words[place][:40]}'" + did_you_mean(words[place][:40], _LEVELS)
        raise ScenarioError(text, Origin(str(path), int(rows.line[place])))
    return level


@register(
    "openb",
    claims=lambda name, line: {"num_gpu", "gpu_milli", "scheduled_time"} <= set(line.strip().split(",")),
    sample=_SAMPLE,
    per_processor=1000,
)
def read(path: Path, account: Account) -> Iterator[Records]:
    """Yield the pods that ask for GPUs: width in thousandths of a GPU, run from schedule to deletion.

    Pods are numbered by their rows, from 1.  A share of a GPU (`gpu_milli`) counts where one GPU is asked
    for.  Latency-sensitive and guaranteed pods go first, then burstable, then best effort.  The window of
    the log cuts off what still ran at its end.

    References
    ----------
    Q. Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation Gradient
    Descent", USENIX ATC 2023.
    """
    done = 0
    for rows in table(path, _COLUMNS):
        gpus, share = rows.numbers("num_gpu", MOST_WIDTH / 1e3, whole=True), rows.numbers("gpu_milli", MOST_WIDTH)
        begin, start, end = (
            ticks(rows.numbers(name, MOST_SECONDS)) for name in ("creation_time", "scheduled_time", "deletion_time")
        )
        never, without = start < 0, gpus <= 0
        account.drop("asks for no GPU", rows.line[without])
        account.drop("never scheduled", rows.line[never & ~without])
        number = done + 1 + np.arange(len(rows))
        done += len(rows)
        kept = ~(never | without)
        some = Records(
            rows.line, number, begin, np.where(end < 0, -1, end - start),
            np.where(gpus == 1, share, gpus * 1000.0), level=_levels(path, rows),
        )  # fmt: skip
        yield some.only(kept)
