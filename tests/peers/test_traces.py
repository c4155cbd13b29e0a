"""Real logs: as many jobs as were counted in them, and the medians, means and shares published of them."""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from sim.workloads.jobs import TICK
from sim.workloads.traces.base import read_trace

ROOT = Path(__file__).parents[2]
NAMED = os.environ.get("SUANWANG_TRACES")
TRACES = Path(NAMED) if NAMED else ROOT.parent / "shared" / "traces"
PEERS = Path(os.environ.get("SUANWANG_PEERS") or ROOT.parent / "shared" / "peers")
pytestmark = [
    pytest.mark.peers,
    # A folder that is named but not there is a mistake, and no reason to skip.
    pytest.mark.skipif(not NAMED and not TRACES.is_dir(), reason=f"no real traces in {TRACES}; see SUANWANG_TRACES"),
]
SDSC = TRACES / "hpc_sdsc_sp2" / "SDSC-SP2-1998_first4961.swf.gz"
OPENB = TRACES / "gpu_alibaba_2023" / "openb_pod_list_default.csv.gz"
AZURE = TRACES / "llm_azure_conv_2023" / "AzureLLMInferenceTrace_conv.csv.gz"


def test_sdsc_keeps_4606_of_4961_jobs_with_the_runs_and_widths_of_the_table() -> None:
    trace = read_trace(SDSC)
    told = trace.summary()
    assert (told["records"], told["jobs"], told["processors"]) == (4961, 4606, 128)
    assert told["dropped"]["the run is not above 0"]["count"] == 355
    assert told["changed"]["runs longer than requested: cut"]["count"] == 309
    assert told["changed"]["runs longer than requested: cut"]["count"] / 4606 == pytest.approx(0.067, abs=5e-4)
    assert told["run_s"]["median"] == 482.0
    assert told["run_s"]["mean"] == pytest.approx(8291, abs=0.5)
    assert told["width"]["median"] == 4.0
    assert told["width"]["mean"] == pytest.approx(12.6, abs=0.05)
    assert np.quantile(trace.jobs.width, 0.9) == 32
    assert told["run_over_ask"] == pytest.approx(0.31, abs=0.005)
    logs = np.log(trace.jobs.run / TICK)
    assert (logs.mean(), logs.std()) == pytest.approx((6.530, 2.521), abs=5e-4)


@pytest.mark.skipif(not (PEERS / "swf_reference").is_dir(), reason=f"no reference jobs in {PEERS}; see SUANWANG_PEERS")
def test_sdsc_gives_the_jobs_that_others_simulated_one_by_one() -> None:
    jobs = read_trace(SDSC).jobs
    with gzip.open(PEERS / "swf_reference" / "SDSC4606_fcfs.csv.gz", "rt", encoding="utf-8") as file:
        theirs = [
            tuple(int(row[key]) for key in ("job", "submit", "procs", "run", "estimate"))
            for row in csv.DictReader(file)
        ]
    seconds = [array // TICK for array in (jobs.arrive, jobs.run, jobs.ask)]
    mine = zip(
        jobs.number.tolist(),
        seconds[0].tolist(),
        jobs.width.tolist(),
        seconds[1].tolist(),
        seconds[2].tolist(),
        strict=True,
    )
    assert list(mine) == theirs


def test_openb_has_8152_pods_of_which_6203_ran_on_gpus() -> None:
    trace = read_trace(OPENB)
    told = trace.summary(6212)
    assert (told["records"], told["jobs"]) == (8152, 6203)
    assert told["dropped"]["asks for no GPU"]["count"] == 8152 - 7064
    assert told["dropped"]["never scheduled"]["count"] == 7064 - 6203
    assert told["run_s"]["median"] == 655.0
    assert told["run_s"]["mean"] == pytest.approx(30_851, abs=0.5)
    run = trace.jobs.run / TICK
    assert (np.quantile(run, 0.9), np.quantile(run, 0.99)) == pytest.approx((7387, 147_561), rel=2e-3)
    assert (np.log(run).mean(), np.log(run).std()) == pytest.approx((6.566, 1.910), abs=5e-4)
    whole = trace.jobs.width[trace.jobs.width >= 1000] // 1000
    assert set(whole.tolist()) == {1, 2, 4, 8}


def test_azure_has_19366_requests_at_5_53_a_second() -> None:
    trace = read_trace(AZURE)
    told = trace.summary()
    assert (told["records"], told["jobs"], told["dropped"]) == (19_366, 19_366, {})
    assert told["span_h"] * 60 == pytest.approx(58.4, abs=0.05)
    assert told["jobs"] / (told["span_h"] * 3600) == pytest.approx(5.53, abs=0.005)
    assert told["interarrival_cv"] == pytest.approx(1.09, abs=0.005)
    # The first request came 46.68 s behind the full minute.
    minutes = np.bincount((trace.jobs.arrive + int(46.68 * TICK)) // (60 * TICK))
    assert minutes.max() / minutes.mean() == pytest.approx(1.56, abs=0.005)
    # 1,155 tokens in at 0.2 ms and 211 out at 40 ms.
    assert told["run_s"]["mean"] == pytest.approx(1155 * 2e-4 + 211 * 4e-2, rel=2e-3)
