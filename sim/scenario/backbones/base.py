"""The contract of a format of public backbones: a stranger's file in, a `Topology` out."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Protocol

from sim.ground.registry import Registry
from sim.scenario.topology import Topology
from sim.scenario.yaml_file import Advice, read_text

_ADVICE = Advice(
    "take out what is not needed",
    "it is packed, or its letters are of another code: unpack it, or convert it (iconv -f LATIN1 -t UTF-8)",
)


class Format(Protocol):
    """A format of files, registered under the suffix by which a nation's backbone is known to be one.

    Attributes
    ----------
    title
        What people call it.
    example
        A whole small file, from which the contract tests begin.
    """

    title: ClassVar[str]
    example: ClassVar[str]

    def read(self, path: Path) -> Topology:
        """Return what a file says, in its own units.

        Raises
        ------
        ScenarioError
            Where the file is too large or not of the format: one line that says where.
        """


REGISTRY: Registry[type[Format]] = Registry("format of backbones", "sim.scenario.backbones")
register = REGISTRY.register


def text_of(path: Path, most_bytes: int) -> str:
    """Return the text of a public file of bounded size.

    Raises
    ------
    ScenarioError
        Where it cannot be read; says what to do with a file that somebody else wrote.
    """
    return read_text(path, most_bytes, _ADVICE._replace(beside=f"*{path.suffix}"))
