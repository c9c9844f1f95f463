"""Pages that are longer than the terminal, through the user's pager."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nodewatch.world import World


PAGER_FAILURES = (1, 126, 127)  # how one ends that could not show anything: an unknown option, no program


def page_through(text: str, world: World) -> bool:
    """Show the text through a pager, if it is longer than the terminal; return whether that was done.

    The pager is `NODEWATCH_PAGER`, `PAGER`, or `less` with the options FRX; none is used where it cannot be found, or
    where the variable that counts is empty or `cat`.
    """
    if text.count("\n") < terminal_lines(world) or not (command := pager_command(world)):
        return False
    import signal
    import subprocess

    environ = {"LESS": "FRX", "LV": "-c", **world.environ}
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pager's, as it was typed there
    try:
        shown = text.encode("utf-8", "backslashreplace")
        done = subprocess.run(command, input=shown, env=environ, check=False)  # noqa: S603  # it is the user's own choice
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return done.returncode not in PAGER_FAILURES


def pager_command(world: World) -> list[str]:
    """Return the pager's command line; empty for none.

    >>> from nodewatch.world import World
    >>> pager_command(World({"PAGER": "more -s"})), pager_command(World({"PAGER": "more", "NODEWATCH_PAGER": "cat"}))
    (['more', '-s'], [])
    >>> pager_command(World({"NODEWATCH_PAGER": ""})), pager_command(World({"PAGER": "no such program"}))
    ([], [])
    """
    import shlex
    from shutil import which

    command = next((world.environ[name] for name in ("NODEWATCH_PAGER", "PAGER") if name in world.environ), "less")
    try:
        words = shlex.split(command)
    except ValueError:  # a quote that is never closed
        return []
    return words if words and words[0] != "cat" and which(words[0], path=world.environ.get("PATH")) else []


def terminal_lines(world: World) -> float:
    """Return how many lines the terminal has; without end where stdout is none."""
    try:
        return os.get_terminal_size(world.stdout.fileno()).lines or float("inf")
    except (OSError, ValueError, AttributeError):
        return float("inf")
