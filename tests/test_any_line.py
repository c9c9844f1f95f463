"""Whatever a command line says, it ends with 0 or with a sentence and its code: a defect is no answer.

Lines are made from the tree of commands: any command with any of its options, and values of any kind; on a small store,
and against servers that are down; in ways that are the same every time.
"""

from __future__ import annotations

import random
import shlex
import shutil
from typing import TYPE_CHECKING

import click
import pytest
from docs import walk

from nodewatch.command_tree import TREE
from nodewatch.settings.table import SETTINGS
from nodewatch.tree import Command
from odd import TIMES
from test_any_file import CONFIG, ENDS, NODE, TEMPLATE, V1, home, written

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Runner

__all__ = ["home"]

ROUNDS = 600 * TIMES
BUT = ("local serve", "auth login")  # one serves for ever, the other asks the terminal itself
COMMANDS = [(path.split(), each) for path, each in walk("", TREE) if isinstance(each, Command) and path[1:] not in BUT]
NAMES = f"night-reboot {NODE} {NODE},x9 {NODE[:-1]}* {TEMPLATE['name']} {V1} sample-nmp org/sample-nmp org".split()
NAMES += ["sample-node", "lab", "case", "demo", "whole.json", "old.db", "new.db", "../x", "bos.url", "request_timeout"]
WORDS = ["", " ", "x", "-1", "0", "1", "7", "nan", "1e999", "9" * 400, "-", "--", "—x", "é", "\x1b[31m", "\udcff"]
WORDS += ["@", "@missing", "@whole.json", "@/dev/null", "x[1-3]", "x[", "x[0-999999999]", "a,b", ",", "*", "%", "/"]
WORDS += ["..", "{}", "[]", '{"enabled": false}', '{"a": [1', "2026-11-21T11:00:00Z", "u:p", "a=b", "!x1", "all,!x1"]
WORDS += ["status = failed", "age > 1m and status", "id ~ [", "count", "-age,id", "help", "status,phase", "&Compute"]
WORDS += ["https://h.example.com", "http://[x", "http://u:p@h", "/dev/null", "/dev/full"]
FITTING = {
    "boolean": ["true", "no"],
    "duration": ["0", "90", "5m", "2h"],
    "integer": ["0", "1", "7"],
    "integer range": ["1", "3"],
    "seconds": ["2.5"],
    "share": ["2%"],
}
VARIABLES = [setting.variable for setting in SETTINGS if setting.variable]
VARIABLES += ["NODEWATCH_CONTEXT", "CRAY_CONFIG", "CRAY_CONFIG_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"]
VARIABLES += ["HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "COLUMNS", "TERM", "NO_COLOR", "FORCE_COLOR"]
ACCOUNT = {"HZN_ORG_ID": "org", "HZN_EXCHANGE_USER_AUTH": "u:p", "EDITOR": "true"}
DOWN = {
    "NODEWATCH_BOS_URL": "https://bos.example.com/apis/bos",
    "HZN_EXCHANGE_URL": "https://exchange.example.com/v1",
    "HORIZON_URL": "https://agent.example.com:8510",
}
HERE = [{"NODEWATCH_LOCAL": "old.db"}, {"NODEWATCH_LOCAL": "whole.json"}, DOWN, {}]


def word(param: click.Parameter, chance: random.Random) -> str:
    """Return a value for an option or argument, one of those that it names or of any other kind."""
    fitting = list(param.type.choices) if isinstance(param.type, click.Choice) else FITTING.get(param.type.name)
    if fitting and chance.random() < 0.8:
        return str(chance.choice(fitting))
    return chance.choice(NAMES if chance.random() < 0.5 else WORDS)


def line(command: click.Command, chance: random.Random) -> list[str]:
    """Return options and arguments for a command."""
    words: list[str] = []
    options = [param for param in command.params if isinstance(param, click.Option) and param.name != "help"]
    for option in chance.sample(options, min(len(options), chance.randint(0, 4))):
        words.append(chance.choice([*option.opts, *option.secondary_opts]))
        words += [] if option.is_flag or option.count else [word(option, chance)]
    for argument in command.params:
        if isinstance(argument, click.Argument) and (argument.required or chance.random() < 0.5):
            words.append(word(argument, chance))
    return words


def press_ctrl_c(slept: float) -> None:
    """End what would go on for long."""
    if slept > 120:
        raise KeyboardInterrupt


def said_why(code: int, stderr: str) -> bool:
    """Return whether a command ended well, or with its code and a sentence."""
    if code in (1, 130):
        return stderr.endswith(("Nothing was changed.\n", "Aborted.\n", "Interrupted.\n"))
    return code in ENDS and (code == 0 or "Error: " in stderr)


@pytest.mark.parametrize("tty", [False, True], ids=["piped", "terminal"])
def test_any_line_is_done_or_refused(run: Runner, home: Path, tty: bool) -> None:
    chance = random.Random(f"lines {tty}")
    run.script, usual = press_ctrl_c, {**run.environ, **ACCOUNT}
    config = home / ".config/nodewatch/config.toml"
    config.parent.mkdir(parents=True)
    for number in range(ROUNDS):
        shutil.copy("whole.db", "old.db")
        config.write_bytes(written(CONFIG, config.name))
        path, command = chance.choice(COMMANDS)
        words = [*path, *line(command, chance)]
        run.environ = {**usual, **chance.choice(HERE)}
        if chance.random() < 0.2:
            run.environ[chance.choice(VARIABLES)] = chance.choice([*NAMES, *WORDS])
        done = run(shlex.join(words), tty=tty, stdin="y\n" * 9)
        assert said_why(done.code, done.stderr), (number, words, run.environ, done)
