"""Lines and tables of strangers: read whole where they are right, one located error where they are not."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.ground import lines
from sim.ground.errors import ScenarioError
from sim.ground.lines import blocks, numbers, table, watched


def read(path: Path) -> list[tuple[int, bytes]]:
    return [(first + i, text) for first, some in blocks(path) for i, text in enumerate(some)]


def fault(path: Path) -> str:
    with pytest.raises(ScenarioError) as found:
        list(blocks(path))
    assert len(found.value.problems) == 1
    return str(found.value).replace(f"{path.parent}/", "")


@pytest.mark.parametrize("wrap", [bytes, gzip.compress, lambda data: gzip.compress(data[:7]) + gzip.compress(data[7:])])
def test_lines_come_with_their_numbers_plain_or_gzip(tmp_path: Path, wrap: object) -> None:
    path = tmp_path / "a"
    path.write_bytes(wrap(b"\xef\xbb\xbfone\ntwo\r\n\nlast"))  # type: ignore[operator]
    assert read(path) == [(1, b"one"), (2, b"two\r"), (3, b""), (4, b"last")]


def test_many_blocks_are_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    text = [f"{number:0{number % 90 + 5}d}".encode() for number in range(60_000)]
    path.write_bytes(gzip.compress(b"\n".join(text) + b"\n"))
    found = list(blocks(path))
    assert len(found) > 10
    assert read(path) == list(enumerate(text, start=1))


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    assert read(tmp_path / "a") == []


def test_a_gzip_file_cut_off_anywhere_is_told_and_never_taken_for_whole(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(b"%d\n" % number for number in range(20_000)))
    path = tmp_path / "a.gz"
    for length in (12, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:length])
        assert fault(path).endswith(": the gzip data break off here; fetch the file anew")
    path.write_bytes(whole[: len(whole) // 2])
    assert int(fault(path).split(":")[1]) > 5_000, "the line reached is told"


def test_a_damaged_gzip_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    data = bytearray(gzip.compress(b"1 2 3\n" * 5000))
    data[-6] ^= 0xFF
    path.write_bytes(data)
    assert "the gzip data are damaged here or behind (CRC check failed" in fault(path)


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"x\n\n" + b"0" * 50_000_000))
    assert fault(path) == "a.gz:3: the line is longer than 65,536 bytes; is this a table?"


def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_BYTES", 1_000_000)
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"1 2\n" * 500_000))
    assert fault(path).endswith(": the file holds more than 1,000,000 bytes of text; split it")


def test_lines_without_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_LINES", 1_000_000)
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"\n" * 5_000_000))
    assert fault(path).endswith(": the file holds more than 1,000,000 lines; split it")


@pytest.mark.parametrize("wrap", [bytes, gzip.compress])
def test_who_watches_sees_the_file_being_read_to_its_end(tmp_path: Path, wrap: Callable[[bytes], bytes]) -> None:
    path, seen = tmp_path / "a", list[tuple[int, int]]()
    path.write_bytes(wrap(b"".join(b"%d\n" % (number * 7919) for number in range(500_000))))
    with watched(lambda done, whole: seen.append((done, whole))):
        found = read(path)
    assert found == read(path), "nobody watches any more"
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    assert fault(tmp_path / "none").startswith("none: there is no plain file of this name")
    assert "this is a folder" in fault(tmp_path)


def columns(path: Path, text: str | bytes, known: tuple[str, ...] | None = None) -> dict[str, list[str]]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found: dict[str, list[str]] = {"line": []}
    for rows in table(path, ("a", "b"), known):
        found["line"] += [str(line) for line in rows.line]
        for name in rows.cells:
            found.setdefault(name, []).extend(rows.words(name))
    return found


def test_a_table_gives_columns_by_name(tmp_path: Path) -> None:
    text = "\ufeffb, a ,c\r\n1,x ,9\r\n\r\n ,, \r\n2,\u5317\u4eac,8\r\n"
    assert columns(tmp_path / "t", text) == {"line": ["2", "5"], "b": ["1", "2"], "a": ["x", "\u5317\u4eac"]}
    assert columns(tmp_path / "t", 'a,b\n"1,5","say ""so"""\n')["b"] == ['say "so"']
    assert columns(tmp_path / "t", "a,b,c\n1,2,3\n", ("a", "b", "c"))["c"] == ["3"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "t:1: the file is empty; expected a header with a, b"),
        ("\n\n", "t:1: the file is empty"),
        ("a,c\n1,2\n", "t:1: the column 'b' is missing"),
        ("a,b,a\n", "t:1: the column 'a' stands twice; keep one of them"),
        ("a,b,colour\n", "t:1: the column 'colour' is not known here; did you mean 'color'?"),
        ("a,b\n1,2\n\n3\n", "t:4: the row has 1 cells, the header 2"),
        ("a,b\n1,2,3\n", "t:2: the row has 3 cells, the header 2"),
        (b"a,b\n1,2\n1,\xff\n", "t:3: the line is not UTF-8; save the file as UTF-8"),
        ('a,b\n1,2\n"x\ny",2\n', "t:3: a cell holds a line break; write a row on one line"),
        ('a,b\n1,"2\n3,4\n', "t:3: not a CSV table: unexpected end of data"),
    ],
)
def test_a_table_with_something_wrong(tmp_path: Path, text: str | bytes, line: str) -> None:
    with pytest.raises(ScenarioError) as found:
        columns(tmp_path / "t", text, ("a", "b", "color"))
    assert str(found.value).replace(f"{tmp_path}/", "").startswith(line)


def test_numbers_and_what_is_none() -> None:
    line = np.array([4, 9])
    assert numbers(Path("f"), line, "x", ["2.5e1", " -3 "], 100.0).tolist() == [25.0, -3.0]
    assert numbers(Path("f"), line, "x", ["", b"7"], 100.0).tolist() == [-1.0, 7.0]
    for word in ("nan", "inf", "-101", "warm", "0x10", "1e400"):
        with pytest.raises(ScenarioError, match=rf"^f:9: x is '{word}'; it must be a"):
            numbers(Path("f"), line, "x", ["1", word], 100.0)
    with pytest.raises(ScenarioError, match=r"^f:4: x is '1\.5'; it must be a whole number of at most 100"):
        numbers(Path("f"), line, "x", ["1.5", "2"], 100.0, whole=True)
