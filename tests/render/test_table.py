"""Whole pages, as they are printed at several widths, with and without colours, and to a pipe.

With NODEWATCH_GOLDEN set the files in `golden` are written anew; look at each before you keep it.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conftest import FakeWorld, Stream
from nodewatch.render.page import print_page
from render.pages import HOSTILE, STATUS, components

if TYPE_CHECKING:
    from nodewatch.table import Page

GOLDEN = Path(__file__).with_name("golden")
PAGES: dict[str, Page] = {"status": STATUS, "hostile": HOSTILE, "nothing": [components(0)], "alike": [components(2)]}


def printed(page: Page, *, tty: bool = False, **environ: str) -> str:
    """Return what is written; an escape character is shown as ␛."""
    world = FakeWorld(environ, tty=tty)
    print_page(page, world)
    return world.stdout.getvalue().replace("\x1b", "␛")


@pytest.mark.parametrize(
    ("name", "tty", "environ"),
    [
        ("status_40", True, {"COLUMNS": "40", "NO_COLOR": "1"}),
        ("status_80", True, {"COLUMNS": "80", "NO_COLOR": "1"}),
        ("status_160", True, {"COLUMNS": "160", "NO_COLOR": "1"}),
        ("status_80_colours", True, {"COLUMNS": "80"}),
        ("status_160_colours", False, {"COLUMNS": "160", "FORCE_COLOR": "1"}),
        ("status_80_dumb", True, {"COLUMNS": "80", "TERM": "dumb", "FORCE_COLOR": "1"}),
        ("status_piped", False, {"COLUMNS": "80"}),
        ("hostile_80", True, {"COLUMNS": "80", "NO_COLOR": "1"}),
        ("hostile_30", True, {"COLUMNS": "30", "NO_COLOR": "1"}),
        ("hostile_80_colours", True, {"COLUMNS": "80"}),
        ("hostile_piped", False, {}),
        ("nothing_80", True, {"COLUMNS": "80", "NO_COLOR": "1"}),
        ("alike_80", True, {"COLUMNS": "80", "NO_COLOR": "1"}),
        ("alike_piped", False, {}),
    ],
)
def test_page(name: str, tty: bool, environ: dict[str, str]) -> None:
    file = GOLDEN / f"{name}.txt"
    text = printed(PAGES[name.split("_", maxsplit=1)[0]], tty=tty, **environ)
    if "NODEWATCH_GOLDEN" in os.environ:
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_colours_alone_make_no_column_leave() -> None:
    plain = re.sub("␛\\[[0-9;]*m", "", printed(STATUS, FORCE_COLOR="1"))
    assert plain == (GOLDEN / "status_piped.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "no such"])
def test_signs_replace_blocks_where_the_encoding_has_none(encoding: str) -> None:
    class Narrow(Stream):
        @property
        def encoding(self) -> str:  # type: ignore[override]
            return encoding

    world = FakeWorld({})
    world.streams = (Stream(), Narrow(), Stream())
    print_page(STATUS[1:2], world)
    assert world.stdout.getvalue() == (
        "#####################====XXXXXXXXXXXXXXXXXXXXXXXXX\n"
        "# successful 41.5 %  = in progress 8.5 %  X failed 50 %  - staged 0 %\n"
    )


@pytest.mark.parametrize(("told", "width"), [("44", 44), ("", 91), ("0", 91), ("wide", 91), ("²", 91)])
def test_the_width_is_told_or_the_terminals(told: str, width: int) -> None:
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 91, 0, 0))

    class Terminal(Stream):
        def fileno(self) -> int:
            return theirs

    world = FakeWorld({"COLUMNS": told})
    world.streams = (Stream(), Terminal(), Stream())
    assert world.columns == width
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize("problem", [io.UnsupportedOperation, OSError, ValueError])
def test_the_width_is_80_where_nobody_knows_it(problem: type[Exception]) -> None:
    class Nowhere(Stream):
        def fileno(self) -> int:
            raise problem

    world = FakeWorld({})
    world.streams = (Stream(), Nowhere(), Stream())
    assert world.columns == 80
