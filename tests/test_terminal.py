"""`--watch` on a real terminal: it is drawn in place, follows the window's size, and gives the terminal back."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lives import WITH_FAILURES

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path(sys.prefix, "bin", "nodewatch")
LEFT = "\x1b[?1049l"
WATCH = ("bos", "v2", "sessions", "status", "list", "boot-1", "--watch", "--interval", "1")
SECONDS = 20.0


def take_terminal() -> None:
    """Make stdin the terminal that Ctrl-C of this process comes from."""
    fcntl.ioctl(0, termios.TIOCSCTTY)


class Terminal:
    """A terminal of 24 lines and 100 columns, with `--watch` running on it."""

    def __init__(self, home: Path) -> None:
        (home / "fleet.json").write_text(json.dumps(WITH_FAILURES[60]))
        environ = {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "xterm", "LANG": "C.UTF-8"}
        store = str(home / "fleet.db")
        subprocess.run([PROGRAM, "local", "load", home / "fleet.json", "--local", store], env=environ, check=True)
        self.text = ""
        self.master, slave = pty.openpty()
        self.resize(24, 100)
        self.process = subprocess.Popen(
            [PROGRAM, *WATCH, "--local", store],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environ,
            start_new_session=True,
            preexec_fn=take_terminal,  # noqa: PLW1509  # no threads here
        )
        os.close(slave)

    def resize(self, lines: int, columns: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def until(self, pattern: str) -> str:
        """Return what was written since the last call, as soon as it has the pattern in it."""
        end = time.monotonic() + SECONDS
        while not re.search(pattern, self.text, re.DOTALL):
            assert time.monotonic() < end, self.text
            if select.select([self.master], [], [], 0.1)[0]:
                self.text += os.read(self.master, 65_536).decode(errors="replace")
        text, self.text = self.text, ""
        return text

    def left(self) -> str:
        """Return what is on the terminal when the program has ended, without colours."""
        text = self.until(re.escape(LEFT) + ".*x3000c0s1b0n0")
        self.process.wait(SECONDS)
        assert text.rindex("\x1b[?25h") > text.rfind("\x1b[?25l")
        return re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", text.split(LEFT)[1])


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    yield terminal
    if terminal.process.poll() is None:
        terminal.process.kill()
    terminal.process.wait(SECONDS)
    os.close(terminal.master)


def test_resize_and_ctrl_c(terminal: Terminal) -> None:
    terminal.until(r"1049h.*Watched for .*failed 25 % \(1\).*x3000c0s1b0n0")
    terminal.resize(6, 40)
    terminal.until("more below")
    terminal.resize(30, 120)
    wide = terminal.until(r"Watched for .*failed 25 % \(1\).*x3000c0s1b0n0")
    assert "reboot of compute-24.7  running: 1 of 4 nodes FAILED  started" in wide
    os.write(terminal.master, b"\x03")
    left = terminal.left()
    assert left.startswith("Watched for ")
    assert "1 node: cfs configuration failed" in left
    assert terminal.process.returncode == 130


def test_keys(terminal: Terminal) -> None:
    terminal.resize(12, 100)
    terminal.process.send_signal(signal.SIGWINCH)
    terminal.until("more below")
    os.write(terminal.master, b"\x1b[6~")
    text = terminal.until("x3000c0s1b0n0")
    assert "Watched for" in text
    os.write(terminal.master, b"q")
    assert "x3000c0s1b0n0" in terminal.left()
    assert terminal.process.returncode == 130
    assert termios.tcgetattr(terminal.master)[3] & termios.ICANON


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_signals_that_end_it(terminal: Terminal, number: signal.Signals) -> None:
    terminal.until(r"1049h.*x3000c0s1b0n0")
    terminal.process.send_signal(number)
    assert "1 node: cfs configuration failed" in terminal.left()
    assert terminal.process.returncode == 128 + number
