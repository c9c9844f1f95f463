from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fleets import COMPONENTS, FLEET, SESSIONS

if TYPE_CHECKING:
    from responses import RequestsMock

    from conftest import Load, Runner

REBOOT, DONE, BLUE = SESSIONS


def test_json_is_the_servers_document_in_its_order(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("bos v2 sessions list")
    assert (done.code, done.stderr) == (0, "")
    assert done.json == [BLUE, REBOOT, DONE]


def test_without_v2_it_is_the_same(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos sessions list") == run("bos v2 sessions list") == run("!bos sessions list")


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ("--status running", ["blue-boot", "reboot-7"]),
        ("--status complete", ["done-3"]),
        ("--status pending", []),
        ("--min-age 1h", ["blue-boot", "reboot-7", "done-3"]),
        ("--min-age 61m", []),
        ("--max-age 1h", ["blue-boot", "reboot-7", "done-3"]),
        ("--max-age 59m", []),
        ("--min-age 0 --max-age 9w --status complete", ["done-3"]),
    ],
)
def test_filters(run: Runner, load: Load, options: str, names: list[str]) -> None:
    load(FLEET)
    assert [session["name"] for session in run(f"bos v2 sessions list {options}").json] == names


def test_a_tenant_sees_its_own(run: Runner, load: Load) -> None:
    load(FLEET)
    assert [session["name"] for session in run("bos v2 sessions list", NODEWATCH_TENANT="blue").json] == ["blue-boot"]


NEWEST_FIRST = """\
Session    Status    Operation  Template              Nodes  Started    Took    Tenant
blue-boot  running   reboot     compute-24.7              0  11:30 UTC  30 min  blue
reboot-7   running   reboot     compute-24.7  1 failed of 4  11:00 UTC  1 h
done-3     complete  boot       compute-24.7              1  11:00 UTC  40 min
"""
NARROW = """\
Session    Status            Nodes  Started
blue-boot  running               0  11:30 UTC
reboot-7   running   1 failed of 4  11:00 UTC
done-3     complete              1  11:00 UTC
Not shown for lack of width: tenant, took,
operation, template.
"""
PIPED = """\
Session    Status    Operation  Template              Nodes  Started                  Took    Tenant
blue-boot  running   reboot     compute-24.7              0  2026-11-21 11:30:00 UTC  30 min  blue
reboot-7   running   reboot     compute-24.7  1 failed of 4  2026-11-21 11:00:00 UTC  1 h
done-3     complete  boot       compute-24.7              1  2026-11-21 11:00:00 UTC  40 min
"""


def test_table_has_the_newest_first(run: Runner, load: Load) -> None:
    load(
        {
            "bos": {
                "v2": {
                    "sessions": [
                        REBOOT,
                        DONE,
                        {**BLUE, "status": {**BLUE["status"], "start_time": "2026-11-21T11:30:00"}},
                    ],
                    "components": COMPONENTS,
                }
            }
        }
    )
    assert run("bos v2 sessions list", tty=True, NO_COLOR="1").stdout == NEWEST_FIRST
    assert run("bos v2 sessions list", tty=True, NO_COLOR="1", COLUMNS="45").stdout == NARROW
    assert run("bos v2 sessions list --format table").stdout == PIPED


def test_an_age_that_is_none_is_refused(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("bos v2 sessions list --min-age 3y")
    assert (done.code, done.stdout) == (5, "")
    assert done.stderr.startswith("Error: Bad Request: '3y' does not match")


def test_a_status_that_does_not_exist(run: Runner) -> None:
    done = run("bos v2 sessions list --status bogus")
    assert (done.code, done.stdout) == (2, "")
    assert "'bogus' is not one of 'pending', 'running', 'complete'" in done.stderr


def test_the_list_is_shown_though_nobody_says_what_failed(run: Runner, network: RequestsMock) -> None:
    network.get("https://h/v2/sessions", json=[REBOOT])
    network.get("https://h/v2/components", status=403)
    done = run("bos v2 sessions list --format table", NODEWATCH_BOS_URL="https://h")
    assert (done.code, "reboot-7  running" in done.stdout) == (0, True)
    assert done.stderr.startswith("How many nodes are failed is not known: ")


@pytest.mark.parametrize("line", ["sessions", "components", "sessiontemplates"])
def test_a_server_without_v2_is_named_so(run: Runner, network: RequestsMock, line: str) -> None:
    unknown = {"title": "Not Found", "detail": "The requested URL was not found on the server.", "status": 404}
    network.get(f"https://h/v2/{line}", status=404, json=unknown)
    assert run(f"bos v2 {line} list", NODEWATCH_BOS_URL="https://h") == (
        8,
        "",
        (
            "Error: this server has no BOS v2: it answered 404 Not Found. BOS v2 came with CSM 1.3; "
            "`nodewatch bos v1 session list` shows the sessions of BOS v1.\n"
        ),
    )
