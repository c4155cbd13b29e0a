"""Results on disk: one folder a run, named by its content, complete or not there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from threading import get_ident
from typing import Any

import numpy as np
import xarray as xr

from sim.ground.errors import ResultsError, did_you_mean
from sim.results.schema import Results

SERIES, PRICES, KPI, RUN = "series.nc", "prices.nc", "kpi.json", "run.json"


def document(results: Results) -> dict[str, Any]:
    """Return what `kpi.json` holds: identity and measures, and nothing that depends on the machine."""
    keys = ("id", "scenario", "engine", "policy", "seed")
    found = {key: results.meta.get(key) for key in keys} | {"kpi": results.kpi, "by": results.by}
    return found | {key: results.meta[key] for key in ("replications", "ci95") if key in results.meta}


def answer(results: Results) -> dict[str, Any]:
    """Return what ``run --json`` prints: the document of `kpi.json`, and what there is to say of a plan."""
    return document(results) | {key: results.meta[key] for key in ("plan",) if key in results.meta}


def as_json(value: Any) -> str:
    """Return JSON text that is the same for the same value; numbers in full precision."""
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def save(results: Results, folder: Path, others: dict[str, str], series: bool = True) -> Path:
    """Write a run's folder and return its path.

    Everything is written beside it, flushed to disk and then renamed: a folder that is there is
    complete. Where another process was faster, its folder stands; the bytes are the same.

    Parameters
    ----------
    results
        The run; `results.meta["id"]` names the folder.
    folder
        Where runs are kept.
    others
        Further files, name → text (the report, the log).
    series
        Whether to write the arrays, and the prices where there are any.

    Returns
    -------
    Path
        The run's folder.

    Raises
    ------
    ResultsError
        Where the folder cannot be written.
    """
    name = str(results.meta["id"])
    target, draft = folder / name, folder / f".{name}.{os.getpid()}.{get_ident()}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Whatever stands there was left by a process of the same number that was killed.
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        texts = {KPI: as_json(document(results)), **others}
        for file, text in texts.items():
            (draft / file).write_bytes(text.encode())
        if series:
            _write_series(results.series.assign_attrs(seconds=results.seconds), draft / SERIES)
            if results.prices is not None:
                _write_series(results.prices, draft / PRICES)
        sums = {file.name: _checksum(file) for file in sorted(draft.iterdir()) if file.name != "log.jsonl"}
        record = {"meta": results.meta, "seconds": results.seconds, "checksums": sums}
        (draft / RUN).write_bytes(as_json(record).encode())
        for written in draft.iterdir():
            _flush(written)
        _take_place(draft, target, series)
        _flush(folder)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        if complete(target, series):
            return target
        raise ResultsError(
            f"{folder}: the results cannot be written ({error.strerror or error}); choose another folder with --results"
        ) from error
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return target


def _take_place(draft: Path, target: Path, series: bool) -> None:
    """Move a finished draft to its place; a folder that is whole stands, a damaged one makes way."""
    if target.exists() and not complete(target, series):
        aside = draft.with_suffix(".old")
        os.replace(target, aside)
        shutil.rmtree(aside, ignore_errors=True)
    if target.exists():
        shutil.rmtree(draft)
    else:
        os.replace(draft, target)


def replace_file(place: Path, name: str, text: str) -> Path:
    """Replace one file of a stored run, its checksum with it, and return the file's path.

    Raises
    ------
    ResultsError
        Where it cannot be written.
    """
    record = _read_json(place / RUN)
    record["checksums"][name] = hashlib.sha256(text.encode()).hexdigest()
    try:
        for file, content in ((name, text), (RUN, as_json(record))):
            draft = place / f".{file}.{os.getpid()}.tmp"
            draft.write_bytes(content.encode())
            _flush(draft)
            os.replace(draft, place / file)
    except OSError as error:
        raise ResultsError(f"{place / name}: cannot be written: {error.strerror}") from error
    return place / name


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write_series(series: xr.Dataset, path: Path) -> None:
    """Write arrays as netCDF-4, single precision, compressed."""
    encoding: dict[str, dict[str, Any]] = {
        str(name): {"dtype": "float32", "zlib": True, "complevel": 1, "shuffle": True} for name in series.data_vars
    }
    encoding["epoch"] = {"units": "seconds since 1970-01-01", "dtype": "int64"}
    series.to_netcdf(path, engine="netcdf4", encoding=encoding)


def find(folder: Path, name: str) -> Path:
    """Return the folder of a run by its id or the beginning of it.

    Raises
    ------
    ResultsError
        Where there is none, or more than one.
    """
    runs = sorted(entry.parent.name for entry in folder.glob(f"[!.]*/{RUN}")) if folder.is_dir() else []
    hits = [run for run in runs if run.startswith(name)] if name else []
    if len(hits) != 1:
        many = f"; several begin so: {', '.join(hits[:5])}" if hits else did_you_mean(name, runs)
        raise ResultsError(f"{folder}: there is no single run '{name}'{many}")
    return folder / hits[0]


def complete(path: Path, series: bool = True) -> bool:
    """Return whether a run's folder is there with every file as it was written.

    Parameters
    ----------
    path
        The run's folder.
    series
        Whether the arrays are wanted too.
    """
    try:
        record = _read_json(path / RUN)
        sums = record["checksums"]
        return (not series or SERIES in sums) and all(_checksum(path / name) == sums[name] for name in sums)
    except (ResultsError, OSError, KeyError, TypeError):
        return False


def measures(path: Path) -> dict[str, Any]:
    """Return what `kpi.json` of a run's folder holds.

    Raises
    ------
    ResultsError
        Where it cannot be read.
    """
    found: dict[str, Any] = _read_json(path / KPI)
    return found


def load(path: Path) -> Results:
    """Return a stored run.

    Parameters
    ----------
    path
        Its folder.

    Returns
    -------
    Results
        Arrays in the precision they were stored in.

    Raises
    ------
    ResultsError
        Where a file is missing or damaged, or the run keeps its numbers alone.
    """
    record = _read_json(path / RUN)
    if complete(path, series=False) and KPI in record["checksums"] and SERIES not in record["checksums"]:
        meta = record["meta"]
        raise ResultsError(
            f"{path}: keeps its numbers alone (kpi.json), as replications do; `suanwang run` of the scenario "
            f"'{meta['scenario']}' with policy {meta['policy']}, engine {meta['engine']}, seed {meta['seed']} and "
            f"run.replication={meta['replication']} computes its arrays and its page"
        )
    if not complete(path):
        raise ResultsError(f"{path}: a file is missing or damaged (checksums differ); run the scenario again")
    kpi = _read_json(path / KPI)
    series = _read_series(path / SERIES)
    prices = _read_series(path / PRICES) if PRICES in record["checksums"] else None
    return Results(series, float(record["seconds"]), kpi["kpi"], kpi["by"], record["meta"], prices)


def _read_series(path: Path) -> xr.Dataset:
    try:
        with xr.open_dataset(path, engine="netcdf4") as stored:
            series = stored.load()
    except (OSError, ValueError) as error:
        raise ResultsError(f"{path}: cannot be read: {error}") from error
    for name in series.data_vars:
        series[name] = series[name].astype(np.float64)
        series[name].values.setflags(write=False)
    return series


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ResultsError(f"{path}: is damaged: {error}") from error
