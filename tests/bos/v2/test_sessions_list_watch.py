"""`bos v2 sessions list --wait` and `--watch`: the sessions that run, to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fleets import component, session

if TYPE_CHECKING:
    from responses import RequestsMock

    from conftest import Play, Runner

LIST = "bos v2 sessions list"
DONE = session("done", "complete", components="x9")
STATES: dict[str, dict[str, Any]] = {
    "on": {"phase": "powering_on", "action": "powering_on"},
    "stable": {},
    "failed": {"override": "failed", "error": "no power", "enabled": False},
    "staged": {},
    "applying": {"phase": "powering_on", "action": "powering_on", "staged_state": {"session": "a"}},
    "applied": {"staged_state": {"session": "a"}},
    "stopped": {"override": "failed", "error": "no power", "enabled": False, "staged_state": {"session": "a"}},
}


def fleet(*nodes: str, others: tuple[dict[str, Any], ...] = (DONE,), **states: str) -> dict[str, Any]:
    """Return sessions in their states, each with the nodes that are named so: `a.on` is a node of the session `a`."""
    found = []
    for number, each in enumerate(nodes):
        name, _, state = each.partition(".")
        fields: dict[str, Any] = {"session": name, **STATES[state]}
        if state == "staged":
            fields |= {"session": "", "staged_state": {"session": name}}
        found.append(component(f"x{number}", **fields))
    sessions = [
        session(name, state, stage=any(f"{name}.staged" in each for each in nodes)) for name, state in states.items()
    ]
    return {"bos": {"v2": {"sessions": [*sessions, *others], "components": found}}}


BOTH = {
    0: fleet("a.on", "b.on", a="running", b="pending"),
    30: fleet("a.stable", "b.on", a="complete", b="running"),
    60: fleet("a.stable", "b.stable", a="complete", b="complete"),
}
FAILS = {**BOTH, 60: fleet("a.stable", "b.failed", a="complete", b="complete")}


def test_it_is_over_when_none_is_running(run: Runner, play: Play) -> None:
    play(BOTH)
    done = run(f"{LIST} --wait")
    assert (done.code, done.stderr) == (0, "")
    assert {each["name"]: each["status"]["status"] for each in done.json} == dict.fromkeys(
        ("a", "b", "done"), "complete"
    )


@pytest.mark.parametrize(
    ("end", "code", "stderr"),
    [
        ("a.applied", 0, ""),
        (
            "a.stopped",
            10,
            """\
Error: 1 session failed.
  Failed (1): a: running: 1 of 2 nodes stable, 1 failed, seen since 12:00:30 UTC
""",
        ),
    ],
)
def test_one_that_was_staged_is_over_where_it_was_applied(
    run: Runner, play: Play, end: str, code: int, stderr: str
) -> None:
    """BOS counts its nodes twice, and never calls it complete."""
    play({0: fleet("a.applying", "a.applied", a="running"), 30: fleet(end, "a.applied", a="running")})
    done = run(f"{LIST} --wait --timeout 10m --format names")
    assert done[:3] == (code, "a,done\n", stderr)


def test_one_that_failed_is_named(run: Runner, play: Play) -> None:
    play(FAILS)
    done = run(f"{LIST} --wait --format names")
    assert (done.code, done.stdout) == (10, "a,b,done\n")
    assert (
        done.stderr
        == """\
Error: 1 session succeeded, 1 failed.
  Failed (1): b: complete: 0 of 1 node stable, 1 failed, seen since 12:01:00 UTC
"""
    )


def test_lines(run: Runner, play: Play) -> None:
    play(FAILS)
    assert (
        run(f"{LIST} --watch").stdout
        == """\
2026-11-21T12:00:00Z  2 sessions are running
2026-11-21T12:00:30Z  1 session is running, 1 succeeded; pending: 0 of 1 node stable, 1 in progress -> running: 0 of 1 \
node stable, 1 in progress: b; running: 0 of 1 node stable, 1 in progress -> complete: 1 of 1 node stable: a
2026-11-21T12:01:00Z  1 session succeeded, 1 failed; running: 0 of 1 node stable, 1 in progress -> \
complete: 0 of 1 node stable, 1 failed: b
"""
    )


def test_a_table_shows_what_fitted_to_its_end(run: Runner, play: Play) -> None:
    play(FAILS)
    done = run(f"{LIST} --filter 'status = running or failed > 0' --format table --wait")
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:]] == [["b", "complete"], ["a", "complete"]]
    assert "1 failed of " in done.stdout


def test_a_new_session_is_waited_for_too(run: Runner, play: Play) -> None:
    play(
        {
            **BOTH,
            30: fleet("a.stable", "b.on", "c.on", a="complete", b="running", c="running"),
            60: fleet("a.stable", "b.stable", "c.on", a="complete", b="complete", c="running"),
            90: fleet("a.stable", "b.stable", "c.stable", a="complete", b="complete", c="complete"),
        }
    )
    done = run(f"{LIST} --wait")
    assert (done.code, done.stderr) == (0, "")
    assert sorted(each["name"] for each in done.json) == ["a", "b", "c", "done"]


def test_the_filter_counts_for_new_sessions(run: Runner, play: Play, network: RequestsMock) -> None:
    play({0: BOTH[0], 30: fleet("a.stable", "b.on", a="complete", b="running")})
    done = run(f"{LIST} --filter 'name = a' --wait")
    assert (done.code, [each["name"] for each in done.json]) == (0, ["a"])
    assert not [call for call in network.calls if "/components" in str(call.request.url)]  # nothing tells of failures


@pytest.mark.parametrize(
    "filters", ["--status running", "--filter 'status = running'", "--max-age 9w --status running"]
)
def test_what_leaves_the_list_is_followed_to_its_end(run: Runner, play: Play, filters: str) -> None:
    play({0: fleet("a.on", a="running"), 30: fleet("a.failed", a="complete")})
    done = run(f"{LIST} {filters} --wait")
    assert (done.code, [each["name"] for each in done.json]) == (10, ["a"])


def test_one_node_that_fails_ends_it_at_once(run: Runner, play: Play) -> None:
    play(
        {
            0: fleet("a.on", "b.on", a="running", b="running"),
            30: fleet("a.failed", "a.on", "b.on", a="running", b="running"),
        }
    )
    done = run(f"{LIST} --wait --fail-fast")
    assert (done.code, done.stderr.splitlines()[0]) == (
        10,
        "Error: a node failed, and --fail-fast ends the wait: 2 sessions are running.",
    )


def test_those_with_failed_nodes(run: Runner, play: Play) -> None:
    over = fleet("a.failed", "b.stable", a="complete", b="complete")
    play({0: fleet("a.failed", "a.on", "b.on", a="running", b="running"), 30: over})
    done = run(f"{LIST} --filter 'failed > 0' --wait --format json")
    assert (done.code, [each["name"] for each in done.json]) == (10, ["a"])
    assert "failed" not in done.json[0]


def test_nothing_is_running(run: Runner, play: Play) -> None:
    play({0: fleet()})
    done = run(f"{LIST} --wait")
    assert (done.code, done.stderr) == (10, "Error: nothing to wait for: no session is running.\n")
    assert [each["name"] for each in done.json] == ["done"]


def test_a_staged_session_is_not_waited_for(run: Runner, play: Play) -> None:
    play(
        {
            0: fleet("a.on", "s.staged", a="running", s="running"),
            30: fleet("a.stable", "s.staged", a="complete", s="running"),
        }
    )
    assert run(f"{LIST} --wait").code == 0


def test_one_that_is_only_staged_is_no_success(run: Runner, play: Play) -> None:
    play({0: fleet("s.staged", s="running")})
    done = run(f"{LIST} --wait")
    assert (done.code, done.stderr) == (10, "Error: nothing to wait for: no session is running.\n")


@pytest.mark.parametrize(
    ("count", "override", "code"), [(30_000, "", 0), (30_000, "failed", 10), (20_000, "failed", 0), (None, "", 10)]
)
def test_one_node_of_many_that_failed_without_an_error(
    run: Runner, network: RequestsMock, count: int | None, override: str, code: int
) -> None:
    saved: dict[str, Any] = {"managed_components_count": count, "percent_successful": 100.0, "error_summary": {}}
    for state in ("running", "complete"):
        network.get("https://h/v2/sessions", json=[session("a", state)])
        network.get("https://h/v2/sessions/a/status", json={"status": state, **saved})
    components = network.get("https://h/v2/components", json=[component("x1", session="a", override=override)])
    assert run(f"{LIST} --wait", NODEWATCH_BOS_URL="https://h").code == code
    assert components.call_count == (count == 30_000)


def test_one_that_is_deleted(run: Runner, play: Play) -> None:
    play({0: BOTH[0], 30: fleet("b.stable", b="complete")})
    done = run(f"{LIST} --wait")
    assert done.code == 10
    assert done.stderr.startswith(
        "Error: 1 session succeeded, 1 deleted before its end.\n  Missing (1): a, last seen: "
    )
    play({0: fleet("a.on", a="running"), 30: fleet()})
    assert run(f"{LIST} --wait").code == 12


def test_one_that_is_made_again_is_another(run: Runner, play: Play) -> None:
    again = session("a", "complete")
    again["status"] = {**again["status"], "start_time": "2026-11-21T12:00:20"}
    play({0: fleet("a.on", a="running"), 30: fleet("a.stable", others=(again,))})
    done = run(f"{LIST} --wait")
    assert done.code == 10
    assert "a: deleted, and made again at 2026-11-21T12:00:20" in done.stderr
    running = {**again, "status": {**again["status"], "status": "running"}}
    ended = fleet("a.stable", "b.stable", b="complete", others=(again,))
    play({0: BOTH[0], 30: fleet("b.on", b="running", others=(running,)), 60: ended})
    done = run(f"{LIST} --filter 'status != complete' --wait")
    assert (done.code, done.json[0]) == (10, session("a"))


def test_time_runs_out(run: Runner, play: Play) -> None:
    play({0: BOTH[0]})
    done = run(f"{LIST} --wait --timeout 40s")
    assert done.code == 11
    assert done.stderr.startswith(
        "Error: the time ran out after 40 s: 2 sessions are running.\n  Lagging (1): a: running"
    )


@pytest.mark.parametrize("options", ["", "--status running"])
def test_a_tenants_session_is_asked_for_on_its_behalf(run: Runner, play: Play, options: str) -> None:
    blue = session("night", tenant="blue")
    ended = {**blue, "status": {**blue["status"], "status": "complete"}}
    play({0: fleet("night.on", others=(blue,)), 30: fleet("night.stable", others=(ended,))})
    done = run(f"{LIST} {options} --wait --format names")
    assert (done.code, done.stdout) == (0, "night\n")


@pytest.mark.parametrize("backend", ["http"])
def test_what_a_look_asks(run: Runner, play: Play, network: RequestsMock) -> None:
    """The list, and the status of what runs or just ended."""
    play(FAILS)
    run(f"{LIST} --wait --format json --interval 30s")
    both, one = ["", "/a/status", "/b/status"], ["", "/b/status"]
    assert [str(call.request.url).partition("/sessions")[2] for call in network.calls] == [*both, *both, *one]


@pytest.mark.parametrize("backend", ["http"])
def test_how_many_are_failed_elsewhere_is_asked_once(run: Runner, play: Play, network: RequestsMock) -> None:
    play(BOTH)
    run(f"{LIST} --watch --format table --interval 30s")
    asked = [str(call.request.url).partition("/v2/")[2] for call in network.calls]
    assert [each for each in asked if "sessions/" not in each] == [
        "sessions",
        "components?status=failed",
        "sessions",
        "sessions",
    ]


@pytest.mark.parametrize("backend", ["http"])
def test_what_is_complete_is_not_asked_again(run: Runner, play: Play, network: RequestsMock) -> None:
    play({**FAILS, 60: BOTH[30], 90: FAILS[60]})
    run(f"{LIST} --status running --wait --interval 30s --format json")
    asked = [str(call.request.url).partition("/sessions")[2] for call in network.calls]
    assert [each for each in asked if each.startswith("/a")] == ["/a/status", "/a", "/a/status"]


@pytest.mark.parametrize("style", ["csv", "tsv", "names", "toml"])
def test_what_cannot_come_one_after_the_other(run: Runner, style: str) -> None:
    done = run(f"{LIST} --watch --format {style}")
    assert done.code == 2
    assert f"--watch cannot show one {style} after the other: use table, json or yaml." in done.stderr
