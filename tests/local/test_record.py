from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from conftest import NOW, SERVERS
from fleets import component
from lives import CLEAN, ERROR, NAMES, failed, moment, on, stable
from nodewatch.errors import NotPermitted, Unreachable

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Load, Play, Runner

ONE, TWO, THREE, FOUR = NAMES
MINUTE = timedelta(minutes=1)


@pytest.fixture
def past(tmp_path: Path) -> Path:
    return tmp_path / "past.db"


def told(run: Runner, past: Path, line: str) -> Any:
    """Return what a command reads from the recording, whatever system is asked otherwise."""
    done = run(f"bos v2 {line} --local {past} --format json")
    assert done.code == 0, done.stderr
    return done.json


def test_a_look_adds_only_what_changed(run: Runner, load: Load, past: Path) -> None:
    load(moment(on(ONE), on(TWO)))
    assert run(f"local record {past}") == (0, "", "2026-11-21T12:00:00Z: 2 changes on 2 nodes.\n")
    assert run(f"local record {past}", now=NOW + MINUTE).stderr == "2026-11-21T12:01:00Z: 0 changes on 2 nodes.\n"
    load(moment(failed(ONE)))
    assert run(f"local record {past}", now=NOW + 2 * MINUTE).stderr == "2026-11-21T12:02:00Z: 2 changes on 1 node.\n"
    empty = {"phase": "", "error": "", "session": ""}
    first = {"time": "2026-11-21T12:00:00Z", "from": "", "to": "power_on_called"}
    first |= {"phase": "powering_on", "error": "", "session": "boot-1"}
    last = {"time": "2026-11-21T12:02:00Z", "from": "power_on_called"}
    assert told(run, past, "components history") == [
        {**first, "node": ONE},
        {**first, "node": TWO},
        {**last, "node": ONE, "to": "failed", "phase": "configuring", "error": ERROR, "session": "boot-1"},
        {**last, "node": TWO, "to": "gone", **empty},
    ]


def test_looks_again_and_again_also_while_the_server_is_away(run: Runner, play: Play, past: Path) -> None:
    play({**CLEAN, 60: Unreachable("BOS does not answer")})
    done = run(f"local record {past} --every 30s --for 100s")
    assert (done.code, done.stdout) == (0, "")
    first, second, third, fourth = done.stderr.splitlines()
    assert (first, second) == (
        "2026-11-21T12:00:00Z: 0 changes on 0 nodes.",
        "2026-11-21T12:00:30Z: 4 changes on 4 nodes.",
    )
    assert third.startswith("2026-11-21T12:01:00Z: nothing was recorded. ")
    assert fourth == "2026-11-21T12:01:30Z: 4 changes on 4 nodes."


@pytest.mark.parametrize("status", [401, 403])
def test_a_login_that_was_renewed_meanwhile(
    run: Runner, play: Play, backend: str, tmp_path: Path, past: Path, status: int
) -> None:
    token = tmp_path / "token"

    def renew() -> None:
        token.write_text('{"access_token": "second"}')

    token.write_text('{"access_token": "first"}')
    token.chmod(0o600)
    expired = NotPermitted("expired", status=status, document={"title": "Unauthorized", "detail": "expired"})
    play({0: moment(on(ONE)), 20: expired, 25: renew, 40: moment(stable(ONE))})
    done = run(f"local record {past} --every 30s --for 70s", CRAY_CREDENTIALS=str(token))
    if backend == "local" or status == 403:
        assert (done.code, "expired" in done.stderr) == (6, True)
        return
    first, second, *_, last = done.stderr.splitlines()
    assert (done.code, first) == (0, "2026-11-21T12:00:00Z: 1 change on 1 node.")
    assert second.startswith("2026-11-21T12:00:30Z: nothing was recorded. Unauthorized: expired")
    assert last == "2026-11-21T12:01:00Z: 1 change on 1 node."


def test_a_server_that_is_away_at_first_is_an_error(run: Runner, play: Play, past: Path) -> None:
    play(CLEAN)
    run.environ["NODEWATCH_BOS_URL"] = "https://nowhere.example.com"
    run.environ.pop("NODEWATCH_LOCAL", None)
    assert run(f"local record {past} --every 30s --for 100s").code == 5
    assert not past.exists()


def test_what_is_older_is_forgotten_but_for_where_each_node_is(run: Runner, load: Load, past: Path) -> None:
    load(moment(on(ONE), on(TWO)))
    run(f"local record {past}")
    load(moment(stable(ONE), on(TWO)))
    done = run(f"local record {past} --keep 2d", now=NOW + timedelta(days=3))
    assert done.stderr.endswith(": 1 change on 2 nodes.\n")
    assert [(each["node"], each["to"]) for each in told(run, past, "components history")] == [
        (TWO, "power_on_called"),
        (ONE, "stable"),
    ]


def test_a_look_that_another_process_has_overtaken_adds_nothing(run: Runner, load: Load, past: Path) -> None:
    load(moment(on(ONE)))
    run(f"local record {past}", now=NOW + MINUTE)
    load(moment(failed(ONE)))
    for now in (NOW, NOW + MINUTE):
        done = run(f"local record {past}", now=now)
        assert done == (0, "", f"{past} has a look that is as new: nothing was added.\n")
    assert len(told(run, past, "components history")) == 1


def test_a_recording_outlives_what_is_loaded_beside_it(run: Runner, load: Load) -> None:
    store = load(moment(on(ONE)))
    run(f"local record {store}")
    load(moment(stable(ONE)))
    assert [each["to"] for each in told(run, store, "components history")] == ["power_on_called"]


def test_what_is_wrong(run: Runner, load: Load, past: Path) -> None:
    load(moment(on(ONE)))
    nothing = (
        "Error: nothing is recorded here. Record it, `nodewatch local record STORE`, and ask with --local STORE.\n"
    )
    assert run("bos v2 components history") == (8, "", nothing)
    assert run("bos v2 sessions history boot-1") == (8, "", nothing)
    assert run(f"local record {past} --for 8h").code == 2
    assert run(f"local record {past}.json").code == 4
    assert run(f"local record {past} --dry-run").stderr.endswith(f"would be added to {past}.\n")
    assert not past.exists()
    run(f"local record {past}")
    for worst in ("", "--worst"):
        unknown = run(f"bos v2 components history x1,x9999c* {worst} --local {past}")
        assert unknown == (8, "", "Error: nothing is recorded of x1,x9999c*.\n")


def test_what_is_configured_is_asked(run: Runner, load: Load, past: Path) -> None:
    load(moment(on(ONE)))
    done = run(f"local record {past}", HZN_ORG_ID="harbor", HZN_EXCHANGE_USER_AUTH="u:p")
    assert done.stderr.splitlines() == [
        "2026-11-21T12:00:00Z: 1 change on 1 node.",
        "2026-11-21T12:00:00Z: 0 changes on 0 edge nodes.",
    ]
    run.environ = {name: value for name, value in run.environ.items() if name in ("HOME", "COLUMNS")}
    assert run(f"local record {past}").code == 7
    run.environ |= {"HZN_EXCHANGE_URL": SERVERS["exchange"], "HZN_ORG_ID": "harbor"}
    dry = run(f"local record {past} --dry-run").stderr
    assert dry == f"What changed at {SERVERS['exchange']} would be added to {past}.\n"


BAD = {"x1000c1s3b0n0": "no power", "x1000c4s0b0n1": "CFS failed", "x1000c7s7b1n1": "no power"}
FLEET = [
    f"x1000c{chassis}s{slot}b{board}n{node}"
    for chassis in range(8)
    for slot in range(16)
    for board in range(2)
    for node in range(2)
][:500]


def of_night(night: int, *, over: bool) -> Any:
    """Return a night's session of 500 nodes: three fail in most boots, and another one in each."""

    def node(number: int, name: str) -> dict[str, Any]:
        session = f"night-{night}"
        if not over:
            return component(name, "powering_on", session=session)
        if (name in BAD and night != 3) or number == night:
            return component(name, session=session, override="failed", error=BAD.get(name, "timeout"))
        return component(name, session=session)

    return {"bos": {"v2": {"components": [node(number, name) for number, name in enumerate(FLEET)]}}}


def test_a_week_tells_the_nodes_to_pull(run: Runner, load: Load, past: Path) -> None:
    for night in range(7):
        for step, over in enumerate((False, True)):
            load(of_night(night, over=over))
            assert run(f"local record {past}", now=NOW + timedelta(days=night, minutes=20 * step)).code == 0
    found = told(run, past, "components history --worst")
    assert found[:3] == [{"node": name, "failures": 6, "sessions": 7, "errors": [BAD[name]]} for name in sorted(BAD)]
    assert [node["failures"] for node in found[3:]] == [1] * 7
    lines = run(f"bos v2 components history --worst --filter 'failures > 1' --local {past} --format table").stdout
    assert (
        lines
        == """\
Node           Failed  Sessions  Errors
x1000c1s3b0n0       6         7  no power
x1000c4s0b0n1       6         7  CFS failed
x1000c7s7b1n1       6         7  no power
"""
    )
    assert told(run, past, "sessions history night-5") == [
        {
            "phase": "powering_on",
            "began": "2026-11-26T12:00:00Z",
            "ended": "2026-11-26T12:20:00Z",
            "nodes": 500,
            "took": 1200.0,
            "median": 1200.0,
            "longest": 1200.0,
            "slowest": sorted(FLEET)[:5],
        }
    ]
