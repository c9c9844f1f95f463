"""Stores that come from somebody else, or that another process holds: what is in them is data, and the wait ends."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from fleets import FLEET

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Runner

READS = ["bos components list", "bos sessions list", "bos sessions status list reboot-7", "local dump"]
NOT_OURS = "failed: its tables are not those that this release makes. If another release of nodewatch made it, load its"


@pytest.fixture
def store(run: Runner, tmp_path: Path) -> Path:
    path = tmp_path / "fleet.db"
    assert run(f"local load - --local {path}", stdin=json.dumps(FLEET)).code == 0
    return path


def alter(store: Path, script: str, *values: object) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        for statement in script.split("; "):
            connection.execute(statement, values)


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TRIGGER t BEFORE UPDATE ON documents BEGIN SELECT RAISE(IGNORE);END",
        "CREATE VIEW v AS SELECT 1",
        "ALTER TABLE documents RENAME TO d; CREATE VIEW documents AS SELECT * FROM d",
        "DROP TABLE components",
        "DROP INDEX documents_by_key",
        "CREATE TABLE mine (x)",
        "CREATE INDEX mine ON documents (key)",
    ],
)
def test_other_tables_than_ours(run: Runner, store: Path, script: str) -> None:
    alter(store, script)
    before = store.read_bytes()
    for line in [*READS, "nmstatus reset"]:
        done = run(f"{line} --local {store}")
        assert (done.code, done.stdout) == (4, "")
        assert f"Error: the local store {store} {NOT_OURS}" in done.stderr
    assert store.read_bytes() == before


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("7", "a document in it is no JSON object"),
        ("[]", "a document in it is no JSON object"),
        ("{}, {}", "a document in it is no JSON object"),
        ("NaN", "a document in it is not JSON"),
        ("{", "a document in it is not JSON"),
        ("[" * 100_000, "a document in it is nested too deeply"),
    ],
    ids=["number", "list", "two", "nan", "cut", "deep"],
)
def test_documents_that_are_none(run: Runner, store: Path, document: str, why: str) -> None:
    alter(store, "UPDATE documents SET document = ?, answer = NULL", document)
    for line in READS[:2]:
        done = run(f"{line} --local {store}")
        assert done == (
            4,
            "",
            f"Error: {store} is damaged: {why}. Load its fleet file again, into a new store.\n",
        )


@pytest.mark.parametrize(
    "change",
    [
        'UPDATE documents SET document = \'{"id": "x9"}\'',
        "UPDATE documents SET document = '{}'",
        "DELETE FROM documents",
    ],
)
def test_another_document_in_a_components_place(run: Runner, store: Path, change: str) -> None:
    alter(store, f"{change} WHERE key = 'x3000c0s1b0n0'")
    before = store.read_bytes()
    done = run(f"bos components update x3000c0s1b0n0 --enabled false --local {store}")
    assert (done.code, done.stdout) == (4, "")
    assert "is damaged: what it has as the component x3000c0s1b0n0 is another document, or none." in done.stderr
    assert store.read_bytes() == before


def test_texts_that_are_bytes(run: Runner, store: Path) -> None:
    alter(store, "UPDATE components SET status = x'ff', session = 'reboot-7'")
    for line in ("sessions status list reboot-7", "components list --columns id,status"):
        done = run(f"bos {line} --local {store}")
        assert (done.code, done.stdout) == (4, "")
        assert "is damaged: there are bytes in place of a text in it." in done.stderr


def test_empty_texts_stay_texts(run: Runner, tmp_path: Path) -> None:
    fleet = {"agent": {"nodemanagement": {"": {"agentUpgradePolicyStatus": {"status": "waiting"}}}}}
    assert run(f"local load - --local {tmp_path}/empty.db", stdin=json.dumps(fleet)).code == 0
    assert run(f"local dump --local {tmp_path}/empty.db").json == {"nodewatch": 1, **fleet}


def test_a_fifo_is_no_store(run: Runner, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.db")
    done = run(f"bos sessions list --local {tmp_path}/fifo.db")
    why = "it is no regular file"
    assert done == (4, "", f"Error: the local store {tmp_path}/fifo.db cannot be read: {why}.\n")


def test_a_link_to_a_store_that_is_not_made_yet(run: Runner, store: Path, tmp_path: Path) -> None:
    link, new = tmp_path / "link.db", tmp_path / "new.db"
    link.symlink_to(new)
    assert run(f"local load - --local {link}", stdin=json.dumps(FLEET)).code == 0
    assert run(f"local dump --local {new}").stdout == run(f"local dump --local {store}").stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make links of other users")
def test_another_users_link_to_ones_own_store_is_only_read(run: Runner, store: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(store)
    os.chown(link, 65534, 65534, follow_symlinks=False)
    before = run(f"local dump --local {store}").stdout
    done = run(f"local load - --local {link}", stdin="{}")
    why = "belongs to another user, so nothing was changed. Copy it, and name the copy with --local."
    assert done == (4, "", f"Error: {link} {why}\n")
    assert run(f"local dump --local {link}").stdout == before


def test_ctrl_c_ends_the_wait_for_a_locked_store(run: Runner, store: Path) -> None:
    def press(*_: object) -> None:
        raise KeyboardInterrupt

    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        before = signal.signal(signal.SIGALRM, press)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        try:
            assert run(f"bos sessions list --local {store}") == (130, "", "Interrupted.\n")
        finally:
            signal.signal(signal.SIGALRM, before)


def test_numbers_come_out_as_they_went_in(run: Runner, tmp_path: Path) -> None:
    numbers = (
        '{\n  "name": "a",\n  "n": [\n    1.10,\n    1e5,\n    -0,\n    0.12345678901234567890123,\n    1E999\n  ]\n}\n'
    )
    fleet = f'{{"bos": {{"v2": {{"sessions": [{numbers}]}}}}}}'
    store = tmp_path / "numbers.db"
    assert run(f"local load - --local {store}", stdin=fleet).code == 0
    assert run(f"bos sessions describe a --local {store}").stdout == numbers
    dumped = run(f"local dump --local {store}").stdout
    assert run(f"local load - --local {tmp_path}/again.db", stdin=dumped).code == 0
    assert run(f"bos sessions describe a --local {tmp_path}/again.db").stdout == numbers
