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
    from pathlib import Path


class World:
    """The streams, environment and clock of this process, read when they are used and never before."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.environ: Mapping[str, str] = os.environ if environ is None else environ

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
    def home(self) -> Path:
        """The user's home directory."""
        from pathlib import Path

        return Path(self.environ.get("HOME") or "~").expanduser()

    @property
    def etc(self) -> Path:
        """Where what holds for the whole machine is kept."""
        from pathlib import Path

        return Path("/usr/local/etc" if sys.platform == "darwin" else "/etc")

    @property
    def zone(self) -> tzinfo | None:
        """The time zone that people here read times in; None stands for this machine's."""
        return None

    def variable(self, name: str) -> str | None:
        """Return the environment variable's value; one that is set to nothing counts as not set."""
        return self.environ.get(name) or None

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only ever grow, for deadlines."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
