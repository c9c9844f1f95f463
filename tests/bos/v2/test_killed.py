"""A change that is killed on its way leaves the store as it was, or as it was to be: nothing between."""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from conftest import FakeWorld
from fleets import component, session, template
from killing import KILLS
from nodewatch.command_tree import TREE
from nodewatch.main import run
from nodewatch.offline import connection as connections
from nodewatch.offline import store as stores
from nodewatch.offline.backend import tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Runner

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # other threads do not run in the child
STAGED = {"boot_artifacts": {"kernel": "k", "initrd": "i", "kernel_parameters": "p"}, "session": "staged"}
CHANGES = [
    "sessions create --name new --template-name compute --operation reboot",
    "sessions create --name new --template-name compute --operation boot --stage true",
    "sessions delete old",
    "components update x0 --enabled true",
    "components updatemany --filter-ids x[0-3] --retry-policy 1",
    "components updatemany --filter-session old --enabled true",
    "applystaged create --xnames x[0-2]",
    "sessiontemplates create compute --file -",
    "sessiontemplates delete compute",
    "options update --clear-stage true",
]


def fill(run: Runner, path: Path, count: int) -> None:
    """Make a store of that many nodes."""
    nodes = [f"x{number}" for number in range(count)]
    fleet = {
        "bos": {
            "v2": {
                "components": [component(node, session="old", staged_state=STAGED) for node in nodes],
                "sessions": [session("old", "complete"), session("staged", stage=True)],
                "session_status": {"old": {"status": "complete"}},
                "sessiontemplates": [template("compute", *nodes)],
            }
        }
    }
    assert run(f"local load - --local {path}", stdin=json.dumps(fleet)).code == 0


def content(path: Path) -> list[str]:
    """Return all that is in the store, opened as nodewatch opens it: a transaction that was cut short is undone."""
    stores.open_store(str(path), tables()).connection.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        return list(connection.iterdump())


def change(path: Path, line: str, before: Callable[[], object]) -> int:
    """Run the line in a process of its own, and return how that ended; `before` is called in it first."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            before()
            world = FakeWorld({"HOME": str(path.parent), "NODEWATCH_LOCAL": str(path)}, stdin=TEMPLATE)
            code = run(TREE, "nodewatch", ["bos", "v2", *shlex.split(line)], world)
        finally:
            os._exit(code)
    return child


TEMPLATE = '{"boot_sets": {"all": {"path": "p", "type": "s3", "node_list": ["x1"]}}}'


def killing(number: int) -> Callable[[], object]:
    """Return what makes a process kill itself before the statement of that number, from when it opens a store."""
    connect = connections.connect_sqlite

    def connected(path: str, mode: str, patience: float = 60.0) -> sqlite3.Connection:
        left = iter(range(number, -1, -1))

        def count(_statement: str) -> None:
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        connection = connect(path, mode, patience)
        connection.set_trace_callback(count)
        return connection

    return lambda: setattr(stores, "connect_sqlite", connected)


@pytest.mark.parametrize("line", CHANGES)
def test_before_every_statement(run: Runner, tmp_path: Path, line: str) -> None:
    first, path = tmp_path / "first.db", tmp_path / "fleet.db"
    fill(run, first, 4)
    old = content(first)
    shutil.copy(first, path)
    assert os.waitpid(change(path, line, lambda: None), 0)[1] == 0
    new = content(path)
    assert new != old
    for number in range(200):
        shutil.copy(first, path)
        ended = os.waitpid(change(path, line, killing(number)), 0)[1]
        if ended == 0:
            break
        assert ended == signal.SIGKILL
        assert content(path) == old
    else:
        pytest.fail("the change has no end")
    assert number > 4
    assert content(path) == new


def test_at_any_time(run: Runner, tmp_path: Path) -> None:
    first, path = tmp_path / "first.db", tmp_path / "fleet.db"
    fill(run, first, 150)
    old = content(first)
    line = CHANGES[0]
    shutil.copy(first, path)
    began = time.monotonic()
    assert os.waitpid(change(path, line, lambda: None), 0)[1] == 0
    took = time.monotonic() - began
    new = content(path)
    randomly = random.Random(7)  # any times will do, the same each time
    found = {"old": 0, "new": 0}
    for _ in range(KILLS):
        shutil.copy(first, path)
        child = change(path, line, lambda: None)
        time.sleep(randomly.uniform(0, took))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        now = content(path)
        assert now in (old, new)
        found["old" if now == old else "new"] += 1
    assert found["old"]
