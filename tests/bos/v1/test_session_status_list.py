from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from older_fleets import NODES, OLD, REBOOT, TEMPLATE, boot_set, details, older_fleet, phase, status, table
from scripted import DROPPED, Reply

if TYPE_CHECKING:
    from conftest import Load, Runner
    from scripted import Scripted

PATH = f"/v1/session/{OLD}"
STATES = {
    "not started": boot_set(phase("boot", not_started=NODES), phase("configure", not_started=NODES)),
    "running": boot_set(phase("shutdown", succeeded=NODES[:3], in_progress=NODES[3:])),
    "stalled": REBOOT,
    "finished": boot_set(phase("configure", succeeded=NODES), stop_time="2020-07-22 14:00:00"),
    "finished with failures": boot_set(
        phase("boot", succeeded=NODES[1:], failed=NODES[:1], errors={"no route": NODES[:2]})
    ),
}


@pytest.mark.parametrize(
    "metadata", [{}, {"complete": True, "in_progress": True}, {"stop_time": "2020-07-22 14:00:00"}]
)
def test_json_is_the_document(run: Runner, load: Load, metadata: Any) -> None:
    load(older_fleet(REBOOT, **metadata))
    done = run(f"bos v1 session status list {OLD}")
    assert done == (0, json.dumps(status(REBOOT, **metadata), indent=2) + "\n", "")
    assert run(f"bos session status list {OLD}") == done


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("width", ["80", "160"])
def test_table_of_every_state(run: Runner, load: Load, state: str, width: str) -> None:
    load(older_fleet(STATES[state]))
    done = run(f"bos v1 session status list {OLD} --format table", tty=True, COLUMNS=width, NO_COLOR="1")
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout == table(f"{state.replace(' ', '_')}_{width}")
    assert max(map(len, done.stdout.splitlines())) <= int(width)


def test_table_of_several_boot_sets_with_one_that_has_no_status(run: Runner, load: Load) -> None:
    fleet = older_fleet(REBOOT, boot_set(phase("shutdown", succeeded=["uan01"]), name="uans"))
    fleet["bos"]["v1"]["status"][OLD]["boot_sets"].append("later")
    load(fleet)
    assert run(f"bos v1 session status list {OLD} --format table").stdout == table("several_boot_sets")


def test_table_says_where_flags_contradict_nodes(run: Runner, load: Load) -> None:
    told = phase("boot", not_started=NODES[:1], succeeded=NODES[1:])
    told["metadata"] |= {"complete": True, "in_progress": True, "error_count": 1}
    load(
        older_fleet(boot_set(told, in_progress=True, complete=False), complete=True, in_progress=False, error_count="")
    )
    assert run(f"bos v1 session status list {OLD} --format table").stdout == table("contradictions")


def test_boot_sets_that_the_status_does_not_name_are_those_of_the_template(run: Runner, load: Load) -> None:
    fleet = older_fleet(REBOOT)
    del fleet["bos"]["v1"]["status"][OLD]["boot_sets"]
    fleet["bos"]["v2"] = {"sessiontemplates": [TEMPLATE]}
    load(fleet)
    assert run(f"bos v1 session status list {OLD} --format table").stdout == table("from_template")


@pytest.mark.parametrize("session", [None, {}, details(), details(templateName="gone"), details(templateName=7)])
def test_boot_sets_may_not_be_known(run: Runner, load: Load, session: Any) -> None:
    told = {"id": OLD, "metadata": {"complete": True, "in_progress": True, "error_count": 0, "start_time": "soon"}}
    load({"bos": {"v1": {"status": {OLD: told}, "session": {} if session is None else {OLD: session}}}})
    assert run(f"bos v1 session status list {OLD}").json == told
    assert run(f"bos v1 session status list {OLD} --format table").stdout == (
        f"{OLD}  started soon\n\nWhich boot sets it has is not known.\n\n"
        "Session: The server says both in progress and complete, which is invalid.\n"
    )


@pytest.mark.parametrize("reply", [Reply(404), Reply(404, {}), Reply(404, "gone")])
def test_no_status_is_one_sentence(run: Runner, server: Scripted, reply: Reply) -> None:
    server.answers[f"{PATH}/status"] = reply
    assert run(f"bos v1 session status list {OLD}") == (
        8,
        "",
        (
            f"Error: session '{OLD}' has no status, or there is no such session: `nodewatch bos v1 session list` "
            "shows which there are; those of BOS v2 are in `nodewatch bos v2 sessions list`.\n"
        ),
    )


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (DROPPED, "did not answer GET {}: the connection was closed before the answer was complete."),
        (
            Reply(503, text="no healthy upstream", kind="text/plain"),
            (
                "answered 503 Service Unavailable to GET {}: no healthy upstream. It is not ready or overloaded: try "
                "again in a minute."
            ),
        ),
    ],
)
def test_no_answer_is_explained_and_not_asked_for_again(
    run: Runner, server: Scripted, reply: Reply, words: str
) -> None:
    server.answers[f"{PATH}/status"] = reply
    done = run(f"bos v1 session status list {OLD}")
    assert done == (
        5,
        "",
        (
            f"Error: BOS at {server.url} {words.format(f'{PATH}/status')} It always ends so where one of the "
            "boot sets in the session has no status: `session describe` may still work with it, and `session status "
            "describe BOOT_SET SESSION_ID` for each boot set.\n"
        ),
    )
    assert server.asked == [f"GET {PATH}/status"]


def test_json_asks_once_and_a_table_for_each_boot_set(run: Runner, server: Scripted) -> None:
    server.answers.update(
        {
            f"{PATH}/status": Reply(200, {"id": OLD, "metadata": {}}),
            PATH: Reply(200, details(templateName="", templateUuid="cle 1")),
            "/v1/sessiontemplate/cle%201": Reply(200, TEMPLATE),
            f"{PATH}/status/computes": Reply(200, REBOOT),
        }
    )
    run(f"bos v1 session status list {OLD}")
    assert server.asked == [f"GET {PATH}/status"]
    server.asked.clear()
    assert run(f"bos v1 session status list {OLD} --format table").code == 0
    assert server.asked == [
        f"GET {path}"
        for path in (
            f"{PATH}/status",
            PATH,
            "/v1/sessiontemplate/cle%201",
            f"{PATH}/status/computes",
            f"{PATH}/status/uans",
        )
    ]


def test_the_dash_that_the_guide_page_prints_is_understood(run: Runner, load: Load) -> None:
    load(older_fleet(REBOOT))
    done = run(f"bos v1 session status list {OLD} -â€“format json")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.endswith(f"nodewatch bos v1 session status list {OLD} --format json\n")
