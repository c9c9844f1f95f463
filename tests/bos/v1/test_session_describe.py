from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from older_fleets import OLD, REBOOT, details, older_fleet
from scripted import Reply

if TYPE_CHECKING:
    from conftest import Load, Runner
    from scripted import Scripted

MISSING = (
    "Error: there is no session 'nope', or nothing but its status: if `nodewatch bos v1 session list` shows it, "
    "`session status list` and `session delete` may still work with it.\n"
)
EMPTY = {"complete": "", "error_count": "", "in_progress": "", "start_time": "", "stop_time": ""}


@pytest.mark.parametrize(
    "document",
    [
        details(),
        {**EMPTY, "templateUuid": "cle-1.3.0", "boa_job_name": "boa-x", "operation": "reboot"},
        details(stop_time=None, start_time="2026-11-20T22:04:57.784193Z", job="boa-x"),
        details(stop_time="2022-08-22 12:58:23.674867", anything={"else": [None, 1.5]}),
        {},
    ],
)
def test_json_is_the_document_in_every_shape(run: Runner, load: Load, document: Any) -> None:
    load({"bos": {"v1": {"session": {"s": document}}}})
    done = run("bos v1 session describe s")
    assert done == (0, json.dumps(document, indent=2) + "\n", "")
    assert run("bos session describe s") == done


def test_table(run: Runner, load: Load) -> None:
    load({"bos": {"v1": {"session": {OLD: details(stop_time="2022-08-22T12:58:23Z", extra=[1])}}}})
    assert run(f"bos v1 session describe {OLD} --format table") == (
        0,
        f"""\
Session:      {OLD}
Operation:    reboot
Template:     cle-1.3.0
Job:          boa-{OLD}
Started:      2020-07-22 13:39:07 UTC
Stopped:      2022-08-22 12:58:23 UTC
Server says:  neither in progress nor complete
Errors:       4
status_link:  /v1/session/{OLD}/status
extra:        [1]

Next
  see what failed:  nodewatch bos v1 session status list {OLD}
""",
        "",
    )


def test_table_of_a_session_without_status_leaves_out_what_is_empty(run: Runner, load: Load) -> None:
    load({"bos": {"v1": {"session": {"s": {**EMPTY, "templateUuid": "cle-1.3.0", "operation": "boot"}}}}})
    assert run("bos v1 session describe s --format table").stdout == (
        "Session:    s\nOperation:  boot\nTemplate:   cle-1.3.0\n\nNext\n  see how far it is:  nodewatch bos v1 "
        "session status list s\n"
    )


def test_table_reports_flags_that_exclude_each_other(run: Runner, load: Load) -> None:
    load({"bos": {"v1": {"session": {"s": {"complete": True, "in_progress": True}}}}})
    shown = run("bos v1 session describe s --format table").stdout
    assert "Server says:  both in progress and complete, which is invalid\n" in shown


def test_a_session_with_nothing_but_a_status(run: Runner, load: Load) -> None:
    fleet = older_fleet(REBOOT, session="nope")
    fleet["bos"]["v1"]["session"] = {}
    load(fleet)
    assert run("bos v1 session describe nope") == (8, "", MISSING)
    assert run("bos v1 session status list nope").code == 0


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, {}),
        Reply(404),
        Reply(404, "Session not found"),
        Reply(404, {"title": "Session could not be found", "detail": "no nope", "status": 404}),
    ],
)
def test_not_found_in_every_form_is_one_sentence(run: Runner, server: Scripted, reply: Reply) -> None:
    server.answers["/v1/session/nope"] = reply
    assert run("bos v1 session describe nope") == (8, "", MISSING)


@pytest.mark.parametrize("name", ["a/b"])
def test_a_name_that_no_path_holds_is_not_asked_for(run: Runner, server: Scripted, name: str) -> None:
    done = run(f"bos v1 session describe {name}")
    assert done == (2, "", f"Error: {name.strip(chr(39))!r} cannot be the name of a session, or of anything in it.\n")
    assert server.asked == []
