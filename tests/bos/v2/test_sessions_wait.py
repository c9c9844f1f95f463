"""`bos v2 sessions status list ID --wait`, for whole lives of sessions."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from conftest import NOW
from lives import (
    ALL_TAKEN_OVER,
    CLEAN,
    DELETED,
    ERROR,
    NAMES,
    STAGED,
    TAKEN_OVER,
    WITH_FAILURES,
    everywhere,
    failed,
    moment,
    node,
    on,
    stable,
    staged,
    taken,
)
from nodewatch.bos_v2.client import BosClient
from nodewatch.errors import NotPermitted, ServiceTrouble

if TYPE_CHECKING:
    from pathlib import Path

    from responses import RequestsMock

    from conftest import Load, Play, Runner

WAIT = "bos v2 sessions status list boot-1 --wait"
SAID = "Service Unavailable: down for a while"
DOWN = ServiceTrouble(SAID, status=503, document={"title": "Service Unavailable", "detail": "down for a while"})


def test_a_clean_reboot(run: Runner, play: Play) -> None:
    play(CLEAN)
    done = run(WAIT)
    assert (done.code, done.stderr) == (0, "")
    assert (done.json["status"], done.json["percent_successful"]) == ("running", 100.0)


def test_a_reboot_with_failures_is_over_when_no_node_is_enabled(run: Runner, play: Play) -> None:
    play(WITH_FAILURES)
    done = run(WAIT)
    assert (done.code, done.stderr) == (
        10,
        """\
Error: boot-1 is running: 2 of 4 nodes stable, 2 failed.
  Failed (2): x3000c0s[1-2]b0n0: failed (cfs configuration failed), seen since 12:01:00 UTC
""",
    )
    assert done.json["error_summary"] == {ERROR: {"count": 2, "list": ",".join(NAMES[:2])}}


def test_fail_fast_ends_at_the_first_failure(run: Runner, play: Play) -> None:
    play(WITH_FAILURES)
    done = run(f"{WAIT} --fail-fast")
    assert (done.code, done.stderr) == (
        10,
        """\
Error: a node failed, and --fail-fast ends the wait: boot-1 is running: 2 of 4 nodes stable, 1 failed, 1 in progress.
  Failed (1): x3000c0s1b0n0: failed (cfs configuration failed), seen since 12:01:00 UTC
  Lagging (1): x3000c0s2b0n0: configuring, seen since 12:01:00 UTC
""",
    )
    assert done.json["percent_failed"] == 25.0


def test_nodes_taken_over_by_a_newer_session_in_the_middle_are_no_success(run: Runner, play: Play) -> None:
    play(TAKEN_OVER)
    done = run(WAIT)
    assert (done.code, done.stderr, done.json["managed_components_count"]) == (
        10,
        """\
Error: boot-1 is complete: 2 of 2 nodes stable, but it was set up for 4, 2 taken over by a newer session before their \
end.
  Missing (1): x3000c0s1b0n0, last seen: power_on_called
  Missing (1): x3000c0s10b0n0, last seen: configuring
""",
        2,
    )


def test_nodes_that_were_taken_over_before_the_first_look(run: Runner, play: Play) -> None:
    play({0: TAKEN_OVER[30], 30: moment(taken(NAMES[0]), *[stable(name) for name in NAMES[1:]])})
    assert run(WAIT)[::2] == (
        10,
        """\
Error: boot-1 is running: 3 of 3 nodes stable, 1 taken over by a newer session before its end.
  Missing (1): x3000c0s1b0n0, last seen: nothing
""",
    )


def test_a_session_that_is_made_again_under_its_name(run: Runner, play: Play) -> None:
    again = moment(*everywhere(stable), state="complete")
    again["bos"]["v2"]["sessions"][0]["status"]["start_time"] = "2026-11-21T12:00:20"
    play({0: moment(*everywhere(on)), 30: again})
    said = "Error: boot-1 was deleted, and made again at 2026-11-21T12:00:20.\n"
    assert run(WAIT)[::2] == (12, said)


def test_a_session_that_stays_staged_where_it_was_applied(run: Runner, play: Play) -> None:
    def applied(name: str, phase: str = "") -> dict[str, Any]:
        return node(name, phase, staged_state={"session": "boot-1", "last_updated": "2026-11-21T11:00:00"})

    configuring = [applied(name, "configuring") for name in NAMES]
    play({0: moment(*everywhere(staged)), 20: moment(*configuring), 40: moment(*map(applied, NAMES))})
    done = run(WAIT)
    assert (done.code, done.stderr, done.json["managed_components_count"]) == (0, "", 8)
    shown = run("bos v2 sessions status list boot-1 --format table").stdout
    assert "8 nodes" not in shown
    assert "4 nodes" in shown


def test_what_the_status_does_not_count_is_looked_at_again(run: Runner, network: RequestsMock) -> None:
    node = {"id": "x1", "enabled": False, "status": {"status": "stable"}, "session": "s"}
    base = "https://bos.example.com/apis/bos/v2"
    status = {"status": "running", "managed_components_count": 2, "percent_successful": 50.0, "percent_failed": 50.0}
    network.add("GET", f"{base}/components", json=[node])
    network.add("GET", f"{base}/sessions/s/status", json=status)
    network.add("GET", f"{base}/sessions/s", json={"name": "s", "status": {"status": "running"}})
    done = run("bos v2 sessions status list s --wait", NODEWATCH_BOS_URL="https://bos.example.com/apis/bos")
    said = "Error: s is running: 1 of 2 nodes stable, but its status says otherwise.\n  Failed (1): "
    assert (done.code, done.stderr) == (10, f"{said}taken over since, their names are not known\n")
    assert len(network.calls) == 3 + 2 * (120 // 15)


def test_failed_nodes_that_nobody_can_name_are_counted(run: Runner) -> None:
    run("demo")
    done = run("bos v2 sessions status list weekly-boot --wait --context demo")
    assert done.code == 10
    assert done.stderr.endswith("""\
Error: weekly-boot is complete: 14 of 32 nodes stable, 18 failed.
  Failed (8): x3000c0s[25,27]b[1-4]n0: failed (The retry limit has been hit for this component, but no services have \
reported specific errors)
  Failed (2): x3000c0s29b[1-2]n0
  Failed (2): x3000c0s33b[1-2]n0: failed (cfs configuration failed)
  Failed (6): taken over since, their names are not known
""")


def test_a_session_that_lost_all_its_nodes_is_not_over_before_it_is_complete(run: Runner, play: Play) -> None:
    play(ALL_TAKEN_OVER)
    done = run(WAIT)
    assert (done.code, done.stderr) == (
        12,
        """\
Error: boot-1 is complete: nothing to do, it has no nodes, 4 taken over by a newer session before their end.
  Missing (4): x3000c0s[1-3,10]b0n0, last seen: power_on_called
""",
    )
    assert done.json["status"] == "complete"


def test_a_session_deleted_meanwhile(run: Runner, play: Play) -> None:
    play(DELETED)
    done = run(WAIT)
    assert (done.code, done.stderr) == (
        12,
        """\
Error: The resource was not found: Session 'boot-1' does not exist
It was there 15 s ago: boot-1 is running: 0 of 4 nodes stable, 4 in progress.
""",
    )
    assert done.json["managed_components_count"] == 4


def test_a_session_that_never_was(run: Runner, play: Play) -> None:
    play(DELETED)
    done = run(WAIT.replace("boot-1", "boot-7"), tty=True)
    said = "Session 'boot-7' does not exist; do you mean boot-1?"
    assert done == (8, "", f"Error: The resource was not found: {said}\n")


def test_a_staged_session_waits_for_being_applied(run: Runner, play: Play) -> None:
    play(STAGED)
    done = run(WAIT)
    assert (done.code, done.stderr, done.json["status"]) == (0, "", "complete")


def test_a_staged_session_that_is_never_applied(run: Runner, play: Play) -> None:
    play(STAGED)
    done = run(f"{WAIT} --timeout 50")
    assert (done.code, done.stderr) == (
        11,
        """\
Error: the time ran out after 50 s: boot-1 is running: staged for 4 nodes, and waits to be applied.
  Lagging (4): x3000c0s[1-3,10]b0n0: staged
""",
    )
    assert done.json["percent_staged"] == 100.0


def test_no_question_is_waited_for_longer_than_the_time_that_is_left(
    run: Runner, play: Play, network: RequestsMock, backend: str
) -> None:
    play({0: CLEAN[60]})
    assert run(f"{WAIT} --timeout 20s").code == 11
    allowed = [vars(call.request)["req_kwargs"]["timeout"].total for call in network.calls]
    assert backend == "local" or allowed == [20.5, 20.5, 20.5, 5.5, 0.5, 0.5]


def test_a_server_down_for_a_while(run: Runner, play: Play) -> None:
    play({**CLEAN, 45: DOWN})
    done = run(WAIT)
    assert (done.code, done.stderr, done.json["percent_successful"]) == (0, "", 100.0)


def test_a_server_down_until_the_time_runs_out(run: Runner, play: Play) -> None:
    play({0: CLEAN[60], 10: DOWN})
    done = run(f"{WAIT} --timeout 10m")
    assert (done.code, done.stderr) == (
        11,
        f"""\
Error: the time ran out after 10 min: boot-1 is running: 0 of 4 nodes stable, 4 in progress.
  Lagging (4): x3000c0s[1-3,10]b0n0: power_on_called
  The last look failed, so what is known is 10 min old: {SAID}
""",
    )
    assert done.json["managed_components_count"] == 4


def test_a_server_down_from_the_beginning(run: Runner, play: Play) -> None:
    play({0: CLEAN[60], 1: DOWN, 100: CLEAN[120]})
    assert run.script is not None
    run.script(1)
    done = run(WAIT)
    said = f"Nothing was seen yet, and it is tried again: {SAID}\n"
    assert (done.code, done.stderr, done.json["percent_successful"]) == (0, said, 100.0)


def test_one_that_is_gone_before_it_was_seen(run: Runner, play: Play) -> None:
    play({0: CLEAN[60], 1: DOWN, 20: DELETED[30]})
    assert run.script is not None
    run.script(1)
    done = run(WAIT)
    assert (done.code, done.stdout) == (8, "")
    assert done.stderr.endswith("Error: The resource was not found: Session 'boot-1' does not exist\n")


def test_a_node_that_comes_back(run: Runner, play: Play) -> None:
    play({0: moment(*everywhere(on)), 20: TAKEN_OVER[30], 40: moment(failed(NAMES[0]), *map(stable, NAMES[1:]))})
    assert run(WAIT)[::2] == (
        10,
        f"""\
Error: boot-1 is running: 3 of 4 nodes stable, 1 failed.
  Failed (1): {NAMES[0]}: failed ({ERROR}), seen since 12:00:45 UTC
""",
    )


AFTER = f"1 node was taken over by a newer session after the end: {NAMES[0]}\n"


@pytest.mark.parametrize(("last", "said"), [(stable, ""), (taken, AFTER)])
def test_a_node_that_is_taken_over_after_its_end(run: Runner, play: Play, last: Any, said: str) -> None:
    def with_first(first: Any, others: Any) -> Any:
        fleet = moment(first(NAMES[0]), *map(others, NAMES[1:]))
        fleet["bos"]["v2"]["sessions"][0]["components"] = ",".join(NAMES[1:])
        return fleet

    play({0: with_first(stable, on), 20: with_first(taken, on), 40: with_first(last, stable)})
    done = run(WAIT)
    assert (done.code, done.stderr) == (0, said)


@pytest.mark.parametrize("status", [401, 403])
def test_a_login_that_ends(run: Runner, play: Play, status: int) -> None:
    document = {"title": "Not allowed", "detail": "log in"}
    play({**CLEAN, 45: NotPermitted("Not allowed: log in", status=status, document=document)})
    done = run(WAIT)
    assert (done.code, done.stdout) == (6, "")
    assert "Not allowed: log in" in done.stderr


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_was_refreshed_meanwhile(
    run: Runner, play: Play, backend: str, tmp_path: Path, status: int
) -> None:
    token = tmp_path / "token"

    def refresh() -> None:
        token.write_text('{"access_token": "second"}')

    token.write_text('{"access_token": "first"}')
    token.chmod(0o600)
    expired = NotPermitted("expired", status=status, document={"title": "Unauthorized", "detail": "expired"})
    play({0: CLEAN[60], 20: expired, 25: refresh, 40: CLEAN[120]})
    done = run(WAIT, CRAY_CREDENTIALS=str(token))
    assert done.code == (0 if backend == "http" and status == 401 else 6)


def test_the_time_runs_out(run: Runner, play: Play) -> None:
    play({0: moment(*everywhere(on))})
    done = run(f"{WAIT} --timeout 1m --interval 40s")
    assert (done.code, done.stderr) == (
        11,
        """\
Error: the time ran out after 1 min: boot-1 is running: 0 of 4 nodes stable, 4 in progress.
  Lagging (4): x3000c0s[1-3,10]b0n0: power_on_called
""",
    )


def test_a_table_at_the_end(run: Runner, play: Play) -> None:
    play({0: moment(*map(on, NAMES[1:]), stable(NAMES[0]))})
    done = run(f"{WAIT} --timeout 1m --format table")
    later = run("bos v2 sessions status list boot-1 --format table", now=NOW + timedelta(minutes=1))
    assert (done.code, done.stdout) == (11, later.stdout)
    assert "power_on_called" in done.stdout


def test_ctrl_c_ends_it_without_a_document(run: Runner, play: Play) -> None:
    play({**CLEAN, 20: KeyboardInterrupt()})
    assert run(WAIT) == (130, "", "Interrupted.\n")


def test_a_setup_that_failed(run: Runner, play: Play) -> None:
    state = {"status": "complete", "error": "No nodes were found to act upon.", "start_time": "2026-11-21T11:00:00"}
    fleet = moment(state="complete")
    fleet["bos"]["v2"]["sessions"][0]["status"] = state
    play({0: fleet})
    done = run(WAIT)
    assert (done.code, done.stderr) == (
        10,
        "Error: boot-1 is complete, but its setup failed: No nodes were found to act upon.\n",
    )


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("--wait --watch", "--wait and --watch do not go together: --watch waits too."),
        ("--timeout 5m", "--timeout needs --wait or --watch."),
        (
            "--wait --timeout soon",
            "Invalid value for '--timeout': 'soon' is not a duration: write 90, 30s, 10m, 2h or 1d.",
        ),
        ("--watch --format toml", "--watch cannot show one toml after the other: use table, json or yaml."),
    ],
)
def test_options_that_do_not_fit(run: Runner, play: Play, options: str, complaint: str) -> None:
    play(CLEAN)
    done = run(f"bos v2 sessions status list boot-1 {options}")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.endswith(f"Error: {complaint}\n")


def test_quiet_leaves_one_line(run: Runner, play: Play) -> None:
    play(WITH_FAILURES)
    assert run(f"{WAIT} --quiet").stderr == "Error: boot-1 is running: 2 of 4 nodes stable, 2 failed.\n"


@pytest.mark.parametrize(
    ("seconds", "looks"),
    [
        ([4], [0, 34, 56]),
        ([4, 1], [0, 34, 56]),  # the last look is the last one, though it came back early
        ([90], [0]),  # the time ran out in the middle of it
        ([60], [0]),
    ],
)
def test_the_last_look_begins_early_enough_to_end_in_time(
    run: Runner, play: Play, monkeypatch: pytest.MonkeyPatch, seconds: list[int], looks: list[int]
) -> None:
    begun: list[float] = []
    ask = BosClient.session_status

    def slow(self: BosClient, name: str) -> Any:
        world = self.backend.world  # type: ignore[attr-defined]
        begun.append((world.time - NOW).total_seconds())
        world.time += timedelta(seconds=seconds[min(len(begun), len(seconds)) - 1])
        return ask(self, name)

    play({0: moment(*everywhere(on))})
    monkeypatch.setattr(BosClient, "session_status", slow)
    done = run(f"{WAIT} --timeout 1m --interval 30s")
    assert (done.code, begun) == (11, looks)


@pytest.mark.parametrize("backend", ["local"])
def test_a_locked_store_does_not_hold_it_beyond_its_time(run: Runner, load: Load) -> None:
    store = load(CLEAN[60])
    with closing(sqlite3.connect(store)) as other:
        other.execute("BEGIN EXCLUSIVE")
        done = run("bos v2 sessions status list boot-1 --wait --interval 1s --timeout 1s")
    assert (done.code, done.stdout) == (11, "")
    held = f"{store} was busy for 0.5 s: another process is changing it. Try again."
    assert done.stderr.endswith(f"The last look failed, so no look succeeded: {held}\n")
