"""Keys that are pressed while something is drawn on a terminal."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nodewatch.world import World

KEYS = {
    b"q": "quit",
    b"\x1b[A": "up",
    b"\x1bOA": "up",
    b"\x1b[B": "down",
    b"\x1bOB": "down",
    b"\x1b[5~": "page up",
    b"\x1b[6~": "page down",
    b" ": "page down",
}


class Keyboard:
    """The keyboard of stdin's terminal: between `take` and `give_back` it gives each key at once, and shows none.

    Where stdin is no terminal, or belongs to another program just now, no key is ever pressed.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.before: Any = None

    def take(self) -> None:
        """Have the terminal give each key at once."""
        import termios
        import tty

        with suppress(OSError, ValueError, termios.error):
            terminal = self.world.stdin.fileno()
            if os.tcgetpgrp(terminal) == os.getpgrp():
                self.before = termios.tcgetattr(terminal)
                tty.setcbreak(terminal)

    def give_back(self) -> None:
        """Have the terminal do as it did before."""
        import termios

        if self.before is not None:
            with suppress(OSError, ValueError, termios.error):
                termios.tcsetattr(self.world.stdin.fileno(), termios.TCSADRAIN, self.before)
            self.before = None

    def keys(self, seconds: float) -> list[str]:
        """Wait that long at most, and return what the keys that were pressed mean; nothing if none was."""
        from select import select

        if self.before is None:
            self.world.sleep(seconds)
            return []
        terminal = self.world.stdin.fileno()
        if not select([terminal], [], [], seconds)[0]:
            return []
        pressed = os.read(terminal, 1_024)
        if not pressed:  # the terminal is gone
            self.before = None
        return meanings(pressed)


def meanings(pressed: bytes) -> list[str]:
    r"""Return what keys mean that were pressed one after the other; those that mean nothing are left out.

    >>> meanings(b"\x1b[A\x1b[Bxq"), meanings(b"\x1b[6~ \x1b"), meanings(b"")
    (['up', 'down', 'quit'], ['page down', 'page down'], [])
    """
    import re

    keys = re.findall(rb"\x1b(?:\[[0-9;]*[~A-Za-z]|O[A-Za-z])|.", pressed, re.DOTALL)
    return [KEYS[key] for key in keys if key in KEYS]
