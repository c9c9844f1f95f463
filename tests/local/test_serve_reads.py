"""Every command that only reads, over HTTP and on the store itself: the same bytes, and the same exit code.

The lines are made from the tree, so that a new command is held to it without anybody thinking of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from nodewatch.options import ACCOUNT, AS_NAMES, LISTING, SHARED
from nodewatch.watch.options import OPTIONS as WAITING
from test_tree import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Runner
    from nodewatch.tree import Command

    Serve = Callable[..., str]

# What each argument is tried with: names of the demo fleet, and one that nothing has.
NAMES = {
    "session_id": ["weekly-boot", "night-reboot", "f4eebe51-a217-46d0-8733-b9499a092042", "nope"],
    "session_template_id": ["compute-26.3", "nope"],
    "component_id": ["x1000c0s7b0n0", "x9c9s9b9n9"],
    "wanted": ["", "x1000c0s7b0n0"],
    "names": [
        "f4eebe51-a217-46d0-8733-b9499a092042",
        "computes f4eebe51-a217-46d0-8733-b9499a092042",
        "boot computes f4eebe51-a217-46d0-8733-b9499a092042",
        "failed boot computes f4eebe51-a217-46d0-8733-b9499a092042",
    ],
    "nmp": ["valley/agent-2.32", "'*'", "valley/nope"],
    "node": ["", "valley/weir-01", "valley/nope"],
}
# What each option is tried with that takes a value and is no choice; flags and choices speak for themselves.
VALUES = {
    "--min-age": "1d",
    "--max-age": "1d",
    "--ids": "x1000c0s7b0n[0-1]",
    "--session": "night-reboot",
    "--staged-session": "night-reboot",
    "--enabled": "false",
    "--start-after-id": "x1000c0s7b0n0",
    "--page-size": "3",
    "--concurrency": "2",
    "--older-than": "1h",
    "--node": "weir-01",
    "--nodes": "weir-0[1-3]",
    "--expect": "24",
    "--policy": "agent-2.32",
    "--status": "failed",
    "--org": "valley",
}
OF_NO_SYSTEM = {"local", "config", "auth", "demo", "diff", "help", "explain"}
CHANGING = {"create", "update", "updatemany", "delete", "retry", "add", "remove", "enable", "disable", "reset"}
# Options that many commands share have tests of their own.
SHARED_BY_MANY = [*SHARED, *ACCOUNT, *AS_NAMES, *LISTING, *WAITING]
UNLIKE = {
    "status": "it names the systems that it asks",
}


def reads() -> dict[str, list[str]]:
    """Return the lines that each command which changes nothing is tried with; `bos v2 X` stands for `bos X` too."""
    found: dict[str, list[str]] = {}
    seen: list[Command] = []
    for words, command in COMMANDS.items():
        path = words.split()
        if path[0] not in OF_NO_SYSTEM and path[-1] not in CHANGING and words not in UNLIKE and command not in seen:
            seen.append(command)
            found[words] = list(lines(words, command))
    return found


def lines(words: str, command: Command) -> Iterator[str]:
    """Return the lines that a command is tried with: each name, then each option with the first, in many formats."""
    arguments = [param for param in command.params if isinstance(param, click.Argument)]
    names = NAMES[str(arguments[0].name)] if arguments else [""]
    yield from (f"{words} {name}" for name in names)
    for param in command.params:
        if not isinstance(param, click.Option) or param in SHARED_BY_MANY:
            continue
        option = max(param.opts, key=len)
        if param.is_flag:
            yield f"{words} {names[0]} {option}"
        elif isinstance(param.type, click.Choice):
            yield from (f"{words} {names[0]} {option} {choice}" for choice in param.type.choices)
        else:
            yield f"{words} {names[0]} {option} {VALUES[option]}"
    if WAITING[0] in command.params:
        yield f"{words} {names[0]} --wait --timeout 20"
    if command.listing:
        yield f"{words} {names[0]} --columns help"
        yield f"{words} {names[0]} --format csv"


READS = reads()


@pytest.mark.parametrize("words", READS)
def test_reads_are_answered_as_from_the_store(run: Runner, serve: Serve, store: str, words: str) -> None:
    serve()
    for line in READS[words]:
        for tty in (False, True):
            local, served = run(line, tty=tty, NODEWATCH_LOCAL=store), run(line, tty=tty)
            assert (served.code, served.stdout) == (local.code, local.stdout), line
