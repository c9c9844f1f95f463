"""Everything outside the program: streams, environment, files of others, clock. A test hands in another one."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo


class World:
    """The streams, environment and clock of this process, read when they are used and never before.

    `deadline` is the moment, by `monotonic`, after which nobody waits for anything outside any more: `--timeout`.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.environ: Mapping[str, str] = os.environ if environ is None else environ
        self.deadline = float("inf")

    @property
    def stdin(self) -> TextIO:
        """Where answers and `-` are read from."""
        return sys.stdin

    @property
    def stdout(self) -> TextIO:
        """Where data goes."""
        return sys.stdout

    @property
    def stderr(self) -> TextIO:
        """Where everything else goes."""
        return sys.stderr

    @property
    def home(self) -> str:
        """The user's home directory."""
        return os.path.expanduser(self.environ.get("HOME") or "~")

    @property
    def etc(self) -> str:
        """Where what holds for the whole machine is kept."""
        return "/usr/local/etc" if sys.platform == "darwin" else "/etc"

    @property
    def zone(self) -> tzinfo | None:
        """The time zone that people here read times in; None stands for this machine's."""
        return None

    @property
    def columns(self) -> int:
        """The terminal's width: what COLUMNS says, else the terminal itself, else 80."""
        told = self.variable("COLUMNS") or ""
        if told.isascii() and told.isdigit() and int(told):
            return int(told)
        try:
            return os.get_terminal_size(self.stdout.fileno()).columns or 80
        except (OSError, ValueError, AttributeError):
            return 80

    def variable(self, name: str) -> str | None:
        """Return the environment variable's value; one that is set to nothing counts as not set."""
        return self.environ.get(name) or None

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only ever grow, for deadlines."""
        return time.monotonic()

    def left(self, seconds: float) -> float:
        """Return how much of that many seconds the deadline leaves; never nothing: a try must have a time to fail in.

        >>> world = World({})
        >>> world.deadline = world.monotonic() - 1
        >>> world.left(60), World({}).left(60)
        (0.001, 60)
        """
        return max(min(seconds, self.deadline - self.monotonic()), 0.001)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
