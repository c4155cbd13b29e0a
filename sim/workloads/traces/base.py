"""What a format of traces is, and how a file finds its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.ground.errors import Origin, PluginError, ScenarioError, did_you_mean
from sim.ground.lines import blocks
from sim.ground.registry import Registry
from sim.workloads.jobs.trace import Account, Records, Trace, gather

Read = Callable[[Path, Account], Iterator[Records]]


@dataclass(frozen=True)
class Format:
    """One format of logs."""

    name: str  # as scenarios and the command line write it
    claims: Callable[[str, str], bool]  # name of a file, its first line → whether the file is of this format
    sample: str  # a small file of it, at least two records, in the order of their arrival
    per_processor: int  # units of width that a processor of the log has
    read: Read  # the records, some at a time; entries in the account as it goes

    def __post_init__(self) -> None:
        """Call the file of the reader home, so that the registry can tell who took a name."""
        object.__setattr__(self, "__module__", self.read.__module__)


REGISTRY: Registry[Format] = Registry("trace format", "sim.workloads.traces")


def register(
    name: str, *, claims: Callable[[str, str], bool], sample: str, per_processor: int = 1
) -> Callable[[Read], Read]:
    """Return a decorator that enters the format of a reader; the arguments are the fields of the format."""

    def enter(read: Read) -> Read:
        REGISTRY.register(name)(Format(name, claims, sample, per_processor, read))
        return read

    return enter


def read_trace(path: Path, form: str | None = None, processors: int | None = None, *, sized: bool = False) -> Trace:
    """Return the trace of a file.

    Parameters
    ----------
    path
        The file, plain or gzip.
    form
        Name of its format; None takes the one that claims the file.
    processors
        Size of the machine, in processors of the log: wider jobs are dropped. None takes the log's own.
    sized
        Whether a size must be known, here or there.

    Returns
    -------
    Trace
        Its jobs, and what became of the other records.

    Raises
    ------
    UsageError
        Where a size must be known and is not.
    ScenarioError
        Where no format is called so or claims the file, or the file is not of its format.
    """
    chosen = _named(path, form) if form is not None else _claimed(path)
    account = Account()
    return gather(path, chosen.name, chosen.read(path, account), account, chosen.per_processor, processors, sized)


def _named(path: Path, form: str) -> Format:
    try:
        return REGISTRY.get(form)
    except PluginError as error:
        raise ScenarioError(str(error), Origin(str(path))) from error


def _claimed(path: Path) -> Format:
    first = next((line for block in blocks(path) for line in block.lines if line.strip()), b"")
    names = REGISTRY.names()
    for name in names:
        form = REGISTRY.get(name)
        if form.claims(path.name.lower().removesuffix(".gz"), first.decode(errors="replace")):
            return form
    text = "no format knows this file by its name or first line; name its format" + did_you_mean("", names)
    raise ScenarioError(text, Origin(str(path), 1))
