"""Azure's traces of language model inference: a CSV row a request, with its tokens and no service time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from sim.ground.errors import Origin, ScenarioError
from sim.ground.lines import table
from sim.ground.sheets import read as read_sheet
from sim.workloads.jobs.trace import Account, Records, ticks
from sim.workloads.traces.base import register

_TIME, _INPUT, _OUTPUT = "TIMESTAMP", "ContextTokens", "GeneratedTokens"
_MOST_TOKENS = 1e9
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SAMPLE = """\
TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:15:46.6805900,374,44
2023-11-16 18:15:50.9951690,396,109
"""


def _micros(text: str, path: Path, line: int) -> int:
    """Return the microseconds of an instant since 1970, -1 where there is none; without a zone it is UTC."""
    if not text:
        return -1
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ScenarioError(f"{_TIME} is '{text[:40]}'; it must be a date and time", Origin(str(path), line)) from error
    since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
    return since // timedelta(microseconds=1)


@register("azure_llm", claims=lambda name, line: line.strip().split(",")[:2] == [_TIME, _INPUT], sample=_SAMPLE)
def read(path: Path, account: Account) -> Iterator[Records]:
    """Yield the requests, numbered by their rows from 1, each one slot wide.

    Run = input tokens · `input_token_s` + output tokens · `output_token_s`, both assumptions of the sheet
    ``models/traces/azure_llm.csv``.  Times of the calendar are counted from the first request.

    References
    ----------
    P. Patel et al., "Splitwise: Efficient Generative LLM Inference Using Phase Splitting", ISCA 2024,
    doi 10.1109/ISCA59077.2024.00019.
    """
    sheet, done = read_sheet("traces", "azure_llm"), 0
    account.since_first = True
    for rows in table(path, (_TIME, _INPUT, _OUTPUT)):
        tokens = [rows.numbers(name, _MOST_TOKENS) for name in (_INPUT, _OUTPUT)]
        unknown = (tokens[0] < 0) | (tokens[1] < 0)
        run = ticks(tokens[0] * sheet["input_token_s"] + tokens[1] * sheet["output_token_s"])
        number = done + 1 + np.arange(len(rows))
        done += len(rows)
        moments = zip(rows.words(_TIME), rows.line, strict=True)
        arrive = np.array([_micros(text, path, int(line)) for text, line in moments], dtype=np.int64)
        yield Records(rows.line, number, arrive, np.where(unknown, -1, run), np.ones(len(rows)))
