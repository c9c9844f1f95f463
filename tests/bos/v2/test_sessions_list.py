from __future__ import annotations

import pytest

from fleets import FLEET, SESSIONS

REBOOT, DONE, BLUE = SESSIONS


def test_json_is_the_servers_document_in_its_order(run, load):
    load(FLEET)
    done = run("bos v2 sessions list")
    assert (done.code, done.stderr) == (0, "")
    assert done.json == [BLUE, REBOOT, DONE]


def test_without_v2_it_is_the_same(run, load):
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
def test_filters(run, load, options, names):
    load(FLEET)
    assert [session["name"] for session in run(f"bos v2 sessions list {options}").json] == names


def test_a_tenant_sees_its_own(run, load):
    load(FLEET)
    assert [session["name"] for session in run("bos v2 sessions list", NODEWATCH_TENANT="blue").json] == ["blue-boot"]


def test_table_has_the_newest_first(run, load):
    load(FLEET)
    assert run("bos v2 sessions list --format table").stdout == ("tbd")


def test_an_age_that_is_none_is_refused(run, load):
    load(FLEET)
    done = run("bos v2 sessions list --min-age 3y")
    assert (done.code, done.stdout) == (5, "")
    assert done.stderr.startswith("Error: Bad Request: '3y' does not match")


def test_a_status_that_does_not_exist(run):
    done = run("bos v2 sessions list --status bogus")
    assert (done.code, done.stdout) == (2, "")
    assert "'bogus' is not one of 'pending', 'running', 'complete'" in done.stderr
