"""Everything outside the program: streams, environment, files of others, clock. A test hands in another one."""

from __future__ import annotations

import io
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

    `program` is the name that the program is called by. `deadline` is the moment, by `monotonic`, after which nobody
    waits for anything outside any more: `--timeout`.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.environ: Mapping[str, str] = os.environ if environ is None else environ
        self.program = "nodewatch"
        self.deadline = float("inf")
        self.secrets: list[str] = []

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
        return self.environ.get("HOME") or os.path.expanduser("~")

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

    def hide(self, *secrets: str | None) -> None:
        """Mask those texts from now on wherever they would be shown."""
        self.secrets += [secret for secret in dict.fromkeys(secrets) if secret and secret not in self.secrets]

    def masked(self, text: str) -> str:
        """Return a text as it may be shown: with the known secrets in it masked."""
        if not self.secrets:
            return text
        from nodewatch.masking import masked

        return masked(text, sorted(self.secrets, key=len, reverse=True))

    def tell(self, text: str) -> None:
        """Write to stderr, with secrets masked. Where nobody can read it (a full disk, say), that changes nothing."""
        try:
            self.stderr.write(self.masked(text))
            self.stderr.flush()
        except (OSError, ValueError):
            discard_output(self.stderr)

    def expanded(self, path: str) -> str:
        """Return a path that a user wrote, `~` in front being the home directory, `~name` somebody else's."""
        return os.path.join(self.home, path[2:]) if path.startswith("~/") else os.path.expanduser(path)

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only ever grow, for deadlines."""
        return time.monotonic()

    def within_deadline(self, seconds: float) -> float:
        """Return how much of that many seconds the deadline leaves; never nothing: a try must have a time to fail in.

        >>> world = World({})
        >>> world.deadline = world.monotonic() - 1
        >>> world.within_deadline(60), World({}).within_deadline(60)
        (0.001, 60)
        """
        return max(min(seconds, self.deadline - self.monotonic()), 0.001)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class MutedWorld(World):
    """A world in which nobody is told anything: a shell asks, or another program."""

    def tell(self, text: str) -> None:
        """Say nothing."""


def discard_output(stream: TextIO) -> None:
    """Send what is still buffered for a reader that went away, or a full disk, to nowhere: exit would write it."""
    if stream in (sys.stdout, sys.stderr) and isinstance(stream, io.TextIOWrapper):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
