"""Named random streams, so that a draw depends on what it is for and on nothing else."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def generator(seed: int, replication: int, stream: str, name: str = "") -> np.random.Generator:
    """Return the generator of one named stream.

    Two runs that share seed and replication draw the same weather, failures and noise whatever their
    policy (common random numbers), and a new site leaves the draws of the others unchanged, because
    every site owns a stream keyed by its name.

    Parameters
    ----------
    seed
        The scenario's seed, at least 0.
    replication
        Number of the replication, from 0.
    stream
        What the numbers are for, such as ``"weather"``.
    name
        Whose numbers they are, such as the id of a site.

    Returns
    -------
    numpy.random.Generator
        Philox, counter based (Salmon et al., SC'11, doi 10.1145/2063384.2063405).

    Examples
    --------
    >>> a = generator(42, 0, "weather", "beijing").standard_normal()
    >>> b = generator(42, 0, "weather", "beijing").standard_normal()
    >>> bool(a == b)
    True
    """
    key = [seed, replication, crc32(stream.encode()), crc32(name.encode())]
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(key)))
