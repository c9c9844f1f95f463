"""A page that is longer than the terminal goes through the pager; nothing else does."""

from __future__ import annotations

import os
import pty
import sys
from typing import TYPE_CHECKING

import pytest

from conftest import FakeWorld, Stream
from nodewatch.render.page import print_page
from nodewatch.table import Line, Page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE: Page = [Line(f"line {number}") for number in range(20)]  # with the blank ones between them 39 lines
PAGER = "import os, sys; open(sys.argv[1], 'w').write(os.environ['LESS'] + sys.stdin.read())"


@pytest.fixture
def terminal() -> Iterator[int]:
    """Return a terminal of 24 lines."""
    ours, theirs = pty.openpty()
    os.set_blocking(ours, False)
    import termios

    termios.tcsetwinsize(theirs, (24, 80))
    yield theirs
    os.close(ours)
    os.close(theirs)


class Terminal(Stream):
    """Output that is kept, and claims to go to a terminal."""

    def __init__(self, number: int) -> None:
        super().__init__(tty=True)
        self.number = number

    def fileno(self) -> int:
        return self.number


def shown(terminal: int, page: Page, tmp_path: Path, *, paged: bool = True, **environ: str) -> tuple[str, str]:
    """Return what the terminal got, and what the pager got."""
    kept = tmp_path / "paged"
    program = tmp_path / "pager.py"
    program.write_text(PAGER)
    pager = f"{sys.executable} {program} {kept}"
    world = FakeWorld({"NO_COLOR": "1", "NODEWATCH_PAGER": pager, **environ})
    world.streams = (Stream(), Terminal(terminal), Stream())
    print_page(page, world, paged=paged)
    return world.stdout.getvalue(), kept.read_text() if kept.exists() else ""


def test_a_long_page_goes_to_the_pager(terminal: int, tmp_path: Path) -> None:
    direct, paged = shown(terminal, PAGE, tmp_path)
    assert direct == ""
    assert paged.startswith("FRXline 0\n\nline 1\n")
    assert paged.endswith("line 19\n")


def test_the_users_options_of_less_stay(terminal: int, tmp_path: Path) -> None:
    assert shown(terminal, PAGE, tmp_path, LESS="-S")[1].startswith("-Sline 0\n")


@pytest.mark.parametrize(
    ("page", "paged", "environ"),
    [
        (PAGE[:3], True, {}),
        (PAGE, False, {}),
        (PAGE, True, {"NODEWATCH_PAGER": ""}),
        (PAGE, True, {"NODEWATCH_PAGER": "cat"}),
        (PAGE, True, {"NODEWATCH_PAGER": "/no/such/pager"}),
        (PAGE, True, {"NODEWATCH_PAGER": "'never closed"}),
        (PAGE, True, {"NODEWATCH_PAGER": "false"}),
    ],
    ids=["short", "not paged", "empty", "cat", "missing", "unclosed", "failing"],
)
def test_others_are_printed(terminal: int, tmp_path: Path, page: Page, paged: bool, environ: dict[str, str]) -> None:
    direct, through = shown(terminal, page, tmp_path, paged=paged, **environ)
    assert direct.startswith("line 0\n")
    assert through == ""
