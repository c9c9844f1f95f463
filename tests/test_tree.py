"""What holds for every command of the tree: no empty names, and parameters that are what the function says."""

from __future__ import annotations

import inspect
from itertools import product
from typing import TYPE_CHECKING, Any, get_type_hints

import click
import pytest

from conftest import SERVERS
from nodewatch.command_tree import TREE
from nodewatch.options import Naming, Text
from nodewatch.tree import Command, Group

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Runner


def commands(group: Group = TREE, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Command]]:
    """Return every command, by the words that call it."""
    for name in group.members:
        member = group.get_command(click.Context(group), name)
        if isinstance(member, Group):
            yield from commands(member, (*path, name))
        else:
            assert isinstance(member, Command)
            yield " ".join((*path, name)), member


COMMANDS = dict(commands())
each_command = pytest.mark.parametrize("words", COMMANDS)


def filled(param: click.Parameter) -> str:
    """Return a value that a required parameter takes."""
    return str(param.type.choices[0]) if isinstance(param.type, click.Choice) else "boot"


EMPTY = "it is empty, which never stands for all. Was a variable not set?"
MEANT = {
    ("--phase", ""): "BOS itself has a meaning for it: no phase at all",
    ("--status-phase", ""): "it is stored: the component is in no phase then",
    ("--separator", " "): "a blank stands between names as well as any other text",
}
"""What may be empty or blank on a command line, and why; beside the texts that are stored (`Text`)."""


def test_an_empty_value_is_wrong_usage(run: Runner) -> None:
    """Every option and argument of the whole tree that takes a value, once; those that name something say the same."""
    tried = set()
    for words, command in COMMANDS.items():
        for param in command.params:
            if id(param) in tried or isinstance(param.type, Text) or getattr(param, "is_flag", False):
                continue
            tried.add(id(param))
            for value in ("", " ", "\u200b"):
                if getattr(param, "count", False) or (param.opts[0], value) in MEANT:
                    continue
                line = [words]
                for one in (each for each in command.params if each.required or each is param):
                    given = f"'{value}'" if one is param else filled(one)
                    line.append(f"{one.opts[0]} {given}" if isinstance(one, click.Option) else given)
                done = run(" ".join(line), NODEWATCH_BOS_URL=SERVERS["bos"], HZN_EXCHANGE_URL=SERVERS["exchange"])
                assert (done.code, done.stdout) == (2, ""), line
                assert EMPTY in done.stderr or not isinstance(param.type, Naming), line
    assert len(tried) > 150


NODE_LISTS = (
    "bos components list --ids",
    "bos components map --ids",
    "bos components describe",
    "bos components updatemany --enabled false --filter-ids",
    "bos applystaged create --xnames",
    "bos sessions create --template-name t --operation boot --limit",
    "bos session create --template-name t --operation boot --limit",
    "exchange nmp status valley/agent-2.32 --node",
    "exchange nmp status valley/agent-2.32 --nodes",
    "exchange nmp reset valley/agent-2.32 --node",
    "exchange node management reset --policy valley/agent-2.32",
)


def test_an_empty_list_is_wrong_usage(run: Runner, tmp_path: Path) -> None:
    run("demo")
    file = tmp_path / "nodes"
    for line, text in product(NODE_LISTS, ("", " \n", ",", "# nobody\n")):
        file.write_text(text)
        for given in (f"@{file}", "-"):
            done = run(f"{line} {given}", stdin=text, NODEWATCH_CONTEXT="demo")
            assert (done.code, done.stdout) == (2, ""), (line, text, done.stderr)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("cfs sessions list", "cray cfs"),
        ("agreement list", "hzn agreement"),
        ("exchange pattern list", "hzn exchange pattern"),
        ("exchange nodemanagement list", "hzn nodemanagement"),
    ],
)
def test_a_command_that_only_the_predecessor_has(run: Runner, line: str, command: str) -> None:
    done = run(line)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.endswith(f"Error: only `{command}` has this: it is no part of nodewatch.\n")


def test_other_commands_are_no_part_of_this_tree() -> None:
    assert not set(TREE.elsewhere) & set(TREE.members)


@each_command
def test_only_texts_that_are_stored_may_be_empty(words: str) -> None:
    for param in COMMANDS[words].params:
        kind = param.type
        assert type(kind) not in (click.types.StringParamType, click.Path), param.name
        assert not isinstance(kind, Text) or words.endswith(("update", "create", " set"))


@each_command
def test_a_function_takes_what_its_options_give(words: str) -> None:
    """The callback's annotations are the types of its click parameters, None only where nothing may be given."""
    command = COMMANDS[words]
    callback = inspect.unwrap(command.callback)  # type: ignore[arg-type]
    names = {"App": object, "Runner": object}
    hints = get_type_hints(callback, callback.__globals__ | names, vars(__import__("typing")))
    signature = inspect.signature(callback).parameters
    rest = any(one.kind is one.VAR_KEYWORD for one in signature.values())
    given = {str(param.name): param for param in command.params if param.expose_value}
    assert set(signature) - {"app", "_app"} - {
        one.name for one in signature.values() if one.kind is one.VAR_KEYWORD
    } <= set(given)
    for name, param in given.items():
        if name in signature:
            assert hints[name] == annotation(param), f"{words}: {name}"
        else:
            assert rest, f"{words} does not take {name}"


def annotation(param: click.Parameter) -> Any:
    """Return the type of what click hands over for a parameter."""
    if isinstance(param, click.Option) and param.is_flag:
        return bool
    kinds: dict[type, Any] = {click.types.IntParamType: int, click.IntRange: int, click.types.FloatParamType: float}
    kind = kinds.get(type(param.type), str)
    if isinstance(param.type, click.types.FuncParamType):
        kind = get_type_hints(param.type.func)["return"]
    if param.nargs == -1:
        return tuple.__class_getitem__((kind, ...))
    return kind if param.required or param.default not in (None, UNSET) else kind | None


UNSET = getattr(click.core, "UNSET", None)


# What is called a list and prints one document; each other list takes the options of lists.
ONE_DOCUMENT = {
    "bos v1 list",
    "bos v1 version list",
    "bos v1 healthz list",
    "bos v1 sessiontemplatetemplate list",
    "bos v1 session status list",
    "bos v2 list",
    "bos v2 version list",
    "bos v2 healthz list",
    "bos v2 options list",
    "bos v2 sessiontemplatetemplate list",
    "bos v2 sessions status list",
}
LISTS = {"list", "map", "history", "diff"}


@each_command
def test_a_list_takes_the_options_of_lists(words: str) -> None:
    short = words.startswith("bos ") and words.split()[1] not in ("v1", "v2")  # another name of what is below v1 or v2
    if words.rsplit(maxsplit=1)[-1] in LISTS and not short:
        assert bool(COMMANDS[words].listing) != (words in ONE_DOCUMENT)
