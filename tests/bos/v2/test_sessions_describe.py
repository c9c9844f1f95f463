from __future__ import annotations

from typing import TYPE_CHECKING

from fleets import FLEET, SESSIONS

if TYPE_CHECKING:
    from responses import RequestsMock

    from conftest import Load, Runner


def test_json(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("bos v2 sessions describe reboot-7")
    assert (done.code, done.json, done.stderr) == (0, SESSIONS[0], "")


def test_one_that_does_not_exist(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("bos v2 sessions describe nope")
    assert done == (8, "", "Error: The resource was not found: Session 'nope' does not exist\n")


def test_a_name_that_no_session_can_have_is_a_bad_request(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("bos v2 sessions describe -- -bad-")
    assert (done.code, done.stdout) == (5, "")
    assert done.stderr.startswith("Error: Bad Request: '-bad-' does not match '^[a-zA-Z0-9]")


def test_a_tenants_session_is_not_found_without_its_tenant(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v2 sessions describe blue-boot").code == 8
    assert run("bos v2 sessions describe blue-boot", NODEWATCH_TENANT="blue").json == SESSIONS[2]
    done = run("bos v2 sessions describe reboot-7", NODEWATCH_TENANT="blue")
    assert done.stderr == "Error: The resource was not found: Session for tenant 'blue' 'reboot-7' does not exist\n"


def test_without_a_name(run: Runner) -> None:
    done = run("bos v2 sessions describe")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.endswith("Error: Missing argument 'SESSION_ID'.\n")


TABLE = """\
Session:       reboot-7
Status:        running
Failed:        1 of 4 nodes
Operation:     reboot
Template:      compute-24.7
Started:       11:00:00 UTC
Going on for:  1 h
Nodes (4):     x3000c0s[1-2,10]b0n0,x3000c0s10b0n1

Next RULE
  see what failed:  nodewatch bos v2 sessions status list reboot-7
""".replace("RULE", "─" * 155)


def test_table(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v2 sessions describe reboot-7", tty=True, NO_COLOR="1") == (0, TABLE, "")


def test_the_session_is_shown_though_nobody_says_what_failed(run: Runner, network: RequestsMock) -> None:
    network.get("https://h/v2/sessions/reboot-7", json=SESSIONS[0])
    network.get("https://h/v2/components", status=403)
    done = run("bos v2 sessions describe reboot-7 --format table", NODEWATCH_BOS_URL="https://h")
    assert (done.code, "Operation:  reboot" in done.stdout, "Failed:" in done.stdout) == (0, True, False)
    assert done.stderr.startswith("How many nodes are failed is not known: ")
