from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleets import COMPONENTS, FLEET, as_answered
from nodewatch.documents import part
from nodewatch.offline import fleet as fleets
from nodewatch.offline.backend import sections, tables
from nodewatch.offline.store import in_memory

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Runner

V2 = FLEET["bos"]["v2"]
LATER = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "fleet.json"
    path.write_text(json.dumps(FLEET))
    return path


def test_it_replaces_what_was_there(run: Runner, file: Path, tmp_path: Path) -> None:
    store = tmp_path / "new" / "fleet.db"
    done = run(f"local load {file} --local {store}")
    assert done == (0, "", f"Loaded 8 documents from {file} into {store}.\n")
    file.write_text(json.dumps({"bos": {"v2": {"components": COMPONENTS[:1]}}}))
    run(f"local load {file} --local {store}")
    assert run(f"bos components list --local {store}").json == [as_answered(0)]
    assert run(f"bos sessions list --local {store}").json == []


@pytest.mark.parametrize("status", [200, 7, None])
def test_what_could_not_be_asked_is_an_error_whatever_status_the_file_gives_it(
    run: Runner, file: Path, status: int | None
) -> None:
    file.write_text(json.dumps({"unasked": {"/v2/healthz": {"status": status, "message": "it broke"}}}))
    sentence = "Error: This could not be asked when it was saved: it broke\n"
    assert run(f"bos v2 healthz list --local {file}") == (5, "", sentence)


def test_merge_adds_to_it(run: Runner, file: Path, tmp_path: Path) -> None:
    store = tmp_path / "fleet.db"
    run(f"local load {file} --local {store}")
    more = {"bos": {"v2": {"components": [{"id": "x9"}, {**COMPONENTS[1], "enabled": False}]}}}
    run(f"local load - --merge --local {store}", stdin=json.dumps(more))
    assert run(f"local load - --merge --local {store}", stdin='{"bos": {"v2": {"components": [{"id": "x9"}]}}}') == (
        0,
        "",
        f"Loaded 1 document from standard input into {store}.\n",
    )
    found = {node["id"]: node for node in run(f"bos components list --local {store}").json}
    assert len(found) == 6
    assert found["x3000c0s2b0n0"]["enabled"] is False


def test_it_needs_a_store_and_never_takes_the_demo(run: Runner, file: Path) -> None:
    assert run(f"local load {file}") == (
        7,
        "",
        "Error: nothing says which store to load into: add --local PATH, or set NODEWATCH_LOCAL.\n",
    )


def test_a_rehearsal_checks_and_writes_nothing(run: Runner, file: Path, tmp_path: Path) -> None:
    store = tmp_path / "fleet.db"
    done = run(f"local load {file} --local {store} --dry-run")
    assert done == (0, "", f"{file} is right: 8 documents would be loaded into {store}.\n")
    assert not store.exists()


WRONG = [
    ("", "is not JSON: Expecting value: line 1 column 1 (char 0)."),
    ('{"bos": ', "is not JSON: Expecting value: line 1 column 9 (char 8)."),
    ("[" * 100_000, "is nested too deeply to be a fleet file."),
    ('{"agent": {"nodemanagement": {"o/p": {"x": NaN}}}}', "is not JSON: NaN is no number in JSON."),
    ("[]", "is not a fleet file: the file: an object is needed, not a list."),
    (
        '{"nodewatch": 2}',
        "is not a fleet file: nodewatch: format 2 is newer than this program, which reads 1: upgrade.",
    ),
    (
        '{"saved_at": "soon"}',
        "is not a fleet file: saved_at: 'soon' is not a time such as 2026-11-25T23:15:30Z.",
    ),
    ('{"nodewatch": true}', "is not a fleet file: nodewatch: True is not the number of a format."),
    ('{"bos": {"v2": []}}', "is not a fleet file: bos.v2: an object is needed, not a list."),
    (
        '{"bos": {"v2": {"component": []}}}',
        "is not a fleet file: bos.v2.component: there is no such section (do you mean bos.v2.components?).",
    ),
    (
        '{"bos": {"v2": {"components": [{"id": "x1"}, {"id": 7}]}}}',
        "is not a fleet file: bos.v2.components[1].id: a text is needed, not a number.",
    ),
    ('{"bos": {"v2": {"components": [{}]}}}', "is not a fleet file: bos.v2.components[0].id: a text is missing."),
    (
        '{"bos": {"v2": {"components": [{"id": "x1"}, {"id": "x1"}]}}}',
        "is not a fleet file: bos.v2.components[1].id: 'x1' is there twice.",
    ),
    (
        '{"bos": {"v2": {"components": [{"id": "x1", "status": "stable"}]}}}',
        "is not a fleet file: bos.v2.components[0].status: an object is needed, not a text.",
    ),
    (
        '{"bos": {"v2": {"sessions": {"a": {}}}}}',
        "is not a fleet file: bos.v2.sessions: a list is needed, not an object.",
    ),
    (
        '{"exchange": {"nodes": {"o/n": 1}}}',
        "is not a fleet file: exchange.nodes.o/n: an object is needed, not a number.",
    ),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG)
def test_a_wrong_file_is_named_by_its_place_and_changes_nothing(
    run: Runner, file: Path, tmp_path: Path, text: str, sentence: str
) -> None:
    store = tmp_path / "fleet.db"
    run(f"local load {file} --local {store}")
    before = store.read_bytes()
    file.write_text(text)
    assert run(f"local load {file} --local {store}") == (4, "", f"Error: {file} {sentence}\n")
    assert store.read_bytes() == before


def test_files_that_cannot_be_read(run: Runner, tmp_path: Path) -> None:
    store = tmp_path / "fleet.db"
    missing, binary = tmp_path / "missing.json", tmp_path / "binary.json"
    binary.write_bytes(b'{"bos": "\xff"}')
    assert (
        run(f"local load {missing} --local {store}").stderr
        == f"Error: {missing} cannot be read: No such file or directory.\n"
    )
    assert (
        run(f"local load {binary} --local {store}").stderr == f"Error: {binary} is not UTF-8 text: byte 9 is wrong.\n"
    )
    assert run(f"local load - --local {store}").stderr == (
        "Error: standard input is not JSON: Expecting value: line 1 column 1 (char 0).\n"
    )
    assert not store.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")
def test_files_that_may_not_be_read_or_made(run: Runner, file: Path, tmp_path: Path) -> None:
    file.chmod(0)
    done = run(f"local load {file} --local {tmp_path}/fleet.db")
    assert done == (4, "", f"Error: {file} cannot be read: Permission denied.\n")


def test_a_store_that_cannot_be_made(run: Runner, file: Path, tmp_path: Path) -> None:
    done = run(f"local load {file} --local {file}/fleet.db")
    assert (done.code, done.stdout) == (4, "")
    assert done.stderr == (
        f"Error: the local store {file}/fleet.db cannot be made: File exists. Name another place with --local PATH.\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fleet.json", "home"]


def test_a_fleet_file_is_only_read(run: Runner, file: Path) -> None:
    done = run(f"bos sessions delete reboot-7 --local {file}")
    assert (done.code, done.stdout) == (4, "")
    assert done.stderr == (
        f"Error: {file} is a fleet file, which is only read, so nothing was changed. "
        f"Load it into a store, `nodewatch local load {file} --local STORE`, and name that.\n"
    )


def test_stores_that_are_none_are_left_alone(run: Runner, file: Path, tmp_path: Path) -> None:
    empty, text, foreign, newer = (tmp_path / name for name in ("empty", "text", "foreign.db", "newer.db"))
    empty.touch()
    text.write_text("not a store")
    with closing(sqlite3.connect(foreign)) as other, other:
        other.execute("CREATE TABLE mine (x)")
    run(f"local load {file} --local {newer}")
    with closing(sqlite3.connect(newer)) as other, other:
        other.execute("PRAGMA user_version = 9")
    for path, sentence in [
        (empty, f"{empty} is not a nodewatch store (the name of a fleet file ends in .json)."),
        (text, f"{text} is not a nodewatch store (the name of a fleet file ends in .json)."),
        (foreign, f"{foreign} is another program's SQLite file, not a nodewatch store."),
        (newer, f"{newer} was made by a newer nodewatch (format 9, this one reads 3): upgrade."),
    ]:
        before = path.read_bytes()
        assert run(f"local load {file} --local {path}") == (4, "", f"Error: {sentence}\n")
        assert run(f"bos sessions list --local {path}") == (4, "", f"Error: {sentence}\n")
        assert path.read_bytes() == before


@pytest.mark.parametrize("number", [1, 2])
def test_a_store_of_a_format_before_is_read_as_it_is_and_written_in_this_one(
    run: Runner, file: Path, tmp_path: Path, number: int
) -> None:
    store = tmp_path / "fleet.db"
    run(f"local load {file} --local {store}")
    with closing(sqlite3.connect(store)) as other, other:
        other.execute("DROP TABLE status_recording")
        other.execute(f"PRAGMA user_version = {number}")
    before = store.read_bytes()
    assert run(f"exchange nmp history --local {store}").code == 8
    assert len(run(f"bos components list --local {store}").json) == len(COMPONENTS)
    assert store.read_bytes() == before
    assert run(f"bos sessions delete done-3 --local {store}").code == 0
    with closing(sqlite3.connect(store)) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (3,)
    assert run(f"local record {store} --local {store}").code == 0
    assert len(run(f"bos components history --local {store}").json) == len(COMPONENTS)


def test_the_name_of_a_fleet_file_is_no_store(run: Runner, file: Path, tmp_path: Path) -> None:
    for target in (file, tmp_path / "new.json"):
        assert run(f"local load {file} --local {target}") == (
            4,
            "",
            f"Error: {target} is the name of a fleet file, and no store: name one that ends otherwise.\n",
        )
    assert json.loads(file.read_text()) == FLEET
    assert not (tmp_path / "new.json").exists()


@pytest.mark.parametrize("timeout", ["", "--timeout 2h"])
def test_a_wait_on_a_file_that_cannot_change_ends_at_once(run: Runner, file: Path, timeout: str) -> None:
    done = run(f"bos sessions status list reboot-7 --wait {timeout} --local {file}")
    assert done.code == 11
    assert done.stderr == (
        f"Error: {file} is a fleet file, in which nothing changes: "
        "reboot-7 is running: 1 of 5 nodes stable, 1 failed, 2 in progress, 1 staged.\n"
        "  Failed (1): x3000c0s1b0n0: failed (cfs configuration failed)\n"
        "  Lagging (1): x3000c0s10b0n0: power_on_called\n"
        "  Lagging (1): x3000c0s2b0n0: configuring\n"
        "  Lagging (1): x3000c0s9b0n0: staged\n"
    )


def test_a_saved_case_is_shown_as_of_then(run: Runner, tmp_path: Path) -> None:
    fleet = {**FLEET, "saved_at": "2026-11-21T12:00:00Z"}
    store, file = tmp_path / "fleet.db", tmp_path / "case.json"
    file.write_text(json.dumps(fleet))
    run(f"local load {file} --local {store}")
    line = f"bos sessions status list reboot-7 --format table --local {store}"
    then = run(line)
    later = run(line, now=LATER)
    assert (later.code, later.stdout) == (then.code, then.stdout)
    assert later.stderr == "As of 2026-11-21 12:00 UTC, saved 1 d 11 h ago.\n"
    assert run(f"local dump --local {store}").json["saved_at"] == fleet["saved_at"]
    change = "bos components update x3000c0s2b0n0 --desired-state-configuration c"
    changed = run(f"{change} --local {store}", now=LATER).json
    assert changed["desired_state"]["last_updated"] == "2026-11-21T12:00:00"


def test_half_of_a_surrogate_pair_is_kept_in_documents_and_written_out_in_names(run: Runner, tmp_path: Path) -> None:
    store = tmp_path / "fleet.db"
    fleet = {"bos": {"v2": {"components": [{"id": "x\ud800", "error": "\udfff"}], "sessions": [{"name": "a\ud800"}]}}}
    assert run(f"local load - --local {store}", stdin=json.dumps(fleet)).code == 0
    assert run(f"local dump --local {store}").json == {"nodewatch": 1, **fleet}
    assert run(f"bos sessions list --local {store}").json == fleet["bos"]["v2"]["sessions"]
    assert run(f"bos components list --local {store}").json[0]["error"] == "\udfff"


def test_a_store_that_is_damaged(run: Runner, file: Path, tmp_path: Path) -> None:
    store, short, torn = (tmp_path / name for name in ("fleet.db", "short.db", "torn.db"))
    run(f"local load {file} --local {store}")
    content = store.read_bytes()
    short.write_bytes(content[: len(content) // 2])
    torn.write_bytes(content.replace(b'"x3000c0s2b0n0",', b'"x3000c0s2b0n0\0\0'))
    for path, why in [(short, "database disk image is malformed"), (torn, "a document in it is not JSON")]:
        done = run(f"bos components list --local {path}")
        sentence = f"Error: {path} is damaged: {why}. Load its fleet file again, into a new store.\n"
        assert done == (4, "", sentence)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(), JSON, max_size=4)
NAMES = st.text(min_size=1, max_size=12)


@st.composite
def any_fleet(draw: st.DrawFn) -> dict[str, Any]:
    nodes = draw(st.lists(NAMES, unique=True, max_size=4))
    unknown = st.dictionaries(st.text().map(lambda name: "x-" + name), JSON, max_size=3)
    return {
        "nodewatch": 1,
        "bos": {"v2": {"components": [{**draw(unknown), "id": name} for name in nodes], "options": draw(OBJECTS)}},
        "exchange": {"nodes": draw(st.dictionaries(NAMES, OBJECTS, max_size=3))},
    }


@settings(max_examples=50, deadline=None)
@given(any_fleet())
def test_dump_gives_back_what_was_loaded(fleet: dict[str, Any]) -> None:
    with closing(in_memory("memory", tables())) as store:
        fleets.load_entries(store, fleets.read_fleet(json.dumps(fleet), "it", sections()))
        dumped = fleets.dump_fleet(store, sections())
    kept = {"components": fleet["bos"]["v2"]["components"], "options": fleet["bos"]["v2"]["options"]}
    assert part(dumped, "bos")["v2"] == {name: value for name, value in kept.items() if value or name == "options"}
    assert part(part(dumped, "exchange"), "nodes") == fleet["exchange"]["nodes"]
