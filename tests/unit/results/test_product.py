"""A product: whole or not there, and nothing lost that was there before."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sim.ground.errors import ResultsError, SimError, UsageError
from sim.results.product import check_place, placed

NOBODY = 65534
"""A user who owns nothing."""


def text(draft: Path) -> None:
    draft.write_text("new", encoding="utf-8")


def table(draft: Path) -> None:
    draft.mkdir()
    (draft / "kpi.csv").write_text("new", encoding="utf-8")


def seen(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_folders_above_are_made_and_nothing_else_is_left(tmp_path: Path) -> None:
    assert placed(tmp_path / "a/b/c.txt", text).read_text(encoding="utf-8") == "new"
    assert placed(tmp_path / "d/e", table, folder=True) == tmp_path / "d/e"
    assert seen(tmp_path) == ["a", "a/b", "a/b/c.txt", "d", "d/e", "d/e/kpi.csv"]


def test_like_gives_way_to_like_where_asked(tmp_path: Path) -> None:
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.write_text("old", encoding="utf-8")
    folder.mkdir()
    (folder / "kpi.csv").write_text("old", encoding="utf-8")
    for target, write, of_many in ((file, text, False), (folder, table, True)):
        with pytest.raises(ResultsError, match=r"there is something already; .*--force"):
            placed(target, write, folder=of_many)
        placed(target, write, folder=of_many, force=True)
    assert file.read_text(encoding="utf-8") == (folder / "kpi.csv").read_text(encoding="utf-8") == "new"
    assert seen(tmp_path) == ["file", "folder", "folder/kpi.csv"]


def there(place: Path, what: str) -> None:
    """Put something in a place where a plain file may not go."""
    if what == "a folder":
        place.mkdir()
        (place / "mine").write_text("precious", encoding="utf-8")
    elif what == "a device or pipe":
        os.mkfifo(place)
    elif what == "a link":
        place.symlink_to("nowhere")
    else:
        place.write_text("precious", encoding="utf-8")


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("what", ["a folder", "a device or pipe", "a link"])
def test_only_a_plain_file_gives_way_to_a_file(what: str, force: bool, tmp_path: Path) -> None:
    place = tmp_path / "prices.csv"
    there(place, what)
    before = seen(tmp_path), place.lstat().st_mode
    with pytest.raises(ResultsError, match=f"this is {what}, and a file is to be written"):
        placed(place, text, force=force)
    assert (seen(tmp_path), place.lstat().st_mode) == before


@pytest.mark.parametrize("what", ["a plain file", "a device or pipe", "a link"])
def test_only_a_folder_gives_way_to_a_folder(what: str, tmp_path: Path) -> None:
    there(tmp_path / "out", what)
    with pytest.raises(ResultsError, match=f"this is {what}, and a folder is to be written"):
        placed(tmp_path / "out", table, folder=True, force=True)
    assert seen(tmp_path) == ["out"]


def test_a_folder_that_holds_more_stays(tmp_path: Path) -> None:
    there(tmp_path / "out", "a folder")
    (tmp_path / "out/kpi.csv").write_text("old", encoding="utf-8")
    with pytest.raises(ResultsError, match="there is something else in it \\('mine'\\)"):
        placed(tmp_path / "out", table, folder=True, force=True)
    assert seen(tmp_path) == ["out", "out/kpi.csv", "out/mine"]


def test_a_device_of_the_machine_stays() -> None:
    with pytest.raises(ResultsError, match="a device or pipe"):
        check_place(Path(os.devnull), force=True)


@pytest.mark.parametrize("name", ["file/x.nc", "file/deep/x.nc", "link/x.nc"])
def test_what_lies_in_no_folder_is_told_before_the_work(name: str, tmp_path: Path) -> None:
    there(tmp_path / "file", "a plain file")
    there(tmp_path / "link", "a link")
    for force in (False, True):
        with pytest.raises(ResultsError, match=r"(file|link) is no folder; choose another place$"):
            check_place(tmp_path / name, force=force)


@pytest.mark.parametrize("name", ["", ".", "..", "a/.."])
def test_a_path_that_names_nothing_is_a_mistake_of_the_command(name: str) -> None:
    with pytest.raises(UsageError, match="names no file to write"):
        check_place(Path(name))


def test_a_name_that_no_file_can_have_is_told_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"cannot be written: .*long"):
        check_place(tmp_path / ("x" * 300))
    # The longest that a folder takes can be written too.
    assert placed(tmp_path / ("x" * 255), text).is_file()


@contextmanager
def nobody() -> Iterator[None]:
    """Be a user who may not write everywhere, where the tests are run by one who may."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def test_a_folder_that_is_closed_is_told_before_the_work() -> None:
    # Not below pytest's own folder, which nobody else may enter.
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o555)
        with nobody(), pytest.raises(ResultsError, match="nothing can be written in"):
            check_place(Path(place) / "x")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_fails_leaves_everything_as_it_was(error: BaseException, tmp_path: Path) -> None:
    file, folder = tmp_path / "file", tmp_path / "folder"
    placed(file, text)
    placed(folder, table, folder=True)
    kept = file.stat().st_mtime_ns, (folder / "kpi.csv").stat().st_mtime_ns

    def half(draft: Path) -> None:
        table(draft) if draft_is_folder else text(draft)
        raise error

    for target, draft_is_folder in ((file, False), (folder, True)):
        with pytest.raises((SimError, KeyboardInterrupt)):
            placed(target, half, folder=draft_is_folder, force=True)
    assert (file.stat().st_mtime_ns, (folder / "kpi.csv").stat().st_mtime_ns) == kept
    assert seen(tmp_path) == ["file", "folder", "folder/kpi.csv"]


def test_what_a_killed_process_left_is_no_hindrance(tmp_path: Path) -> None:
    def left(draft: Path) -> None:
        table(draft)
        draft.rename(draft.with_suffix(".kept"))

    with pytest.raises(ResultsError):
        placed(tmp_path / "out", left, folder=True)
    (kept,) = tmp_path.iterdir()
    kept.rename(kept.with_suffix(".tmp"))
    placed(tmp_path / "out", table, folder=True)
    assert seen(tmp_path) == ["out", "out/kpi.csv"]
