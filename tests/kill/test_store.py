"""The local store under many processes at once, and under `kill -9`: nothing lost, nothing torn."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from killing import ended, forked, killed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Runner

    Write = Callable[[str, Any], Path]

PROCESSES = 200
NODES = 100


def component(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": f"x1c0s{number}b0n0", "enabled": True, "error": "", "session": "boot", **fields}


FLEET = {
    "bos": {"v2": {"sessions": [{"name": "boot"}], "components": [component(number) for number in range(NODES)]}},
    "agent": {"nodemanagement": {"o/p": {"agentUpgradePolicyStatus": {"status": "successful"}}}},
}
OTHER = {
    "bos": {"v2": {"components": [component(number, error="x" * 500) for number in range(NODES // 2, NODES * 2)]}},
}


def check(store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


@pytest.fixture
def store(run: Runner, tmp_path: Path, write: Write) -> Path:
    path = tmp_path / "fleet.db"
    assert run(f"local load {write('fleet.json', FLEET)} --local {path}").code == 0
    return path


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, fleet: Any) -> Path:
        import json

        path = tmp_path / name
        path.write_text(json.dumps(fleet))
        return path

    return write


def test_two_hundred_processes_change_and_read_one_store(run: Runner, store: Path) -> None:
    def work(number: int) -> int:
        node = f"x1c0s{number % NODES}b0n0"
        if number % 4 == 3:
            done = run(f"bos v2 components list --local {store}")
            return int(done.code != 0 or len(done.json) != NODES)
        field = "--enabled false" if number < NODES else "--session mine"
        return run(f"bos v2 components update {node} {field} --local {store}").code

    children = [forked(partial(work, number)) for number in range(PROCESSES)]
    assert [ended(child) for child in children] == [0] * PROCESSES
    found = run(f"bos v2 components list --local {store}").json
    changed = [number for number in range(PROCESSES) if number % 4 != 3]
    disabled = {f"x1c0s{number}b0n0" for number in changed if number < NODES}
    taken = {f"x1c0s{number - NODES}b0n0" for number in changed if number >= NODES}
    assert {each["id"] for each in found if not each["enabled"]} == disabled
    assert {each["id"] for each in found if each["session"] == "mine"} == taken
    check(store)


@pytest.mark.parametrize(
    "line",
    [
        "local load {other}",
        "local load {other} --merge",
        "bos v2 components updatemany --filter-session boot --patch '{{\"enabled\": false}}'",
        "nmstatus reset",
    ],
    ids=["load", "merge", "update", "reset"],
)
def test_killed_change_is_done_or_not(run: Runner, store: Path, write: Write, tmp_path: Path, line: str) -> None:
    line = line.format(other=write("other.json", OTHER))
    copy = tmp_path / "copy.db"

    def fresh() -> None:
        for path in (copy, tmp_path / "copy.db-journal"):
            path.unlink(missing_ok=True)
        shutil.copy(store, copy)

    def dump() -> str:
        return run(f"local dump --local {copy}").stdout

    fresh()
    before = dump()
    assert ended(forked(lambda: run(f"{line} --local {copy}").code)) == 0
    after = dump()
    assert before != after
    for _ in killed(fresh, lambda: run(f"{line} --local {copy}").code):
        assert dump() in (before, after)
        check(copy)


def test_killed_first_load_leaves_no_half_made_store(run: Runner, write: Write, tmp_path: Path) -> None:
    file, path = write("other.json", OTHER), tmp_path / "new.db"
    line = f"local load {file} --local {path}"
    assert run(line).code == 0
    whole = run(f"local dump --local {path}").stdout

    def nothing() -> None:
        path.unlink(missing_ok=True)
        (tmp_path / "new.db-journal").unlink(missing_ok=True)

    for number in killed(nothing, lambda: run(line).code):
        if path.exists():
            assert run(f"local dump --local {path}").stdout in (whole, '{\n  "nodewatch": 1\n}\n'), number
    assert run(line).code == 0
    assert run(f"local dump --local {path}").stdout == whole


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_store_of_another_user_is_read_and_never_changed(run: Runner, store: Path) -> None:
    os.chown(store, 65534, 65534)
    before = store.read_bytes()
    assert len(run(f"bos v2 components list --local {store}").json) == NODES
    for line in ("nmstatus reset", f"local load {store.with_name('fleet.json')}"):
        done = run(f"{line} --local {store}")
        assert (done.code, done.stdout) == (4, "")
        assert done.stderr.endswith(
            f"Error: {store} belongs to another user, so nothing was changed. "
            "Copy it, and name the copy with --local.\n"
        )
    assert store.read_bytes() == before
