from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import SERVERS
from fleets import COMPONENTS, FLEET, as_answered

if TYPE_CHECKING:
    from responses import RequestsMock

    from conftest import Load, Runner


@pytest.mark.parametrize("index", range(5))
def test_json_has_the_computed_status(run: Runner, load: Load, index: int) -> None:
    load(FLEET)
    wanted = as_answered(index)
    done = run(f"bos v2 components describe {wanted['id']}")
    assert (done.code, done.json, done.stderr) == (0, wanted, "")


def test_the_time_of_boot_artifacts_is_not_answered(run: Runner, load: Load) -> None:
    artifacts = {"kernel": "k", "timestamp": "2026-11-21T11:00:00"}
    load({"bos": {"v2": {"components": [{"id": "x1", "actual_state": {"boot_artifacts": artifacts}}]}}})
    assert run("bos v2 components describe x1").json["actual_state"] == {"boot_artifacts": {"kernel": "k"}}


def test_an_xname_may_be_in_upper_case(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v2 components describe X3000C0S1B0N0") == run("bos v2 components describe x3000c0s1b0n0")


@pytest.mark.parametrize("nodes", ["x3000c0s1b0n0,x3000c0s2b0n0", "x3000c0s[1-2]b0n0", "x3000c0s*", "-"])
def test_several(run: Runner, load: Load, nodes: str) -> None:
    load({"bos": {"v2": {"components": COMPONENTS[:2]}}})
    done = run(f"bos v2 components describe {nodes}", stdin="x3000c0s2b0n0,x3000c0s1b0n0")
    assert [node["id"] for node in done.json] == ["x3000c0s1b0n0", "x3000c0s2b0n0"]


def test_of_several_those_that_do_not_exist_are_named(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("bos v2 components describe x3000c0s[1,7-8]b0n0")
    assert (done.code, done.stdout) == (8, "")
    assert done.stderr.startswith("Error: BOS does not know x3000c0s[7-8]b0n0")
    assert run("bos v2 components describe 'x7*'") == (8, "", "Error: no node matches 'x7*'.\n")


def test_an_odd_name_reaches_the_server_quoted(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"components": [{"id": "a b/c?d#é"}]}}})
    assert run("bos v2 components describe 'a b/c?d#é'").json["id"] == "a b/c?d#é"
    assert run("bos v2 components describe ../options").code == 8


TABLE = (
    """\
Component:    x3000c0s1b0n0
Status:       failed
Phase:        configuring
Enabled:      no
Session:      reboot-7
Last action:  powering_on (5 min)
Attempts:     power on 1 of 3
Error:        cfs configuration failed

Means:          The component is not yet in the desired state, but BOS will not take further actions on it: there were \
too many attempts of a power action, or
                CFS reports failed configuration.
BOS waits for:  an administrator to repair it
BOS does next:  nothing, until it is enabled again or a session takes it

Next NEXT_RULE
  nodewatch bos v2 components update x3000c0s1b0n0 --enabled true
  nodewatch bos v2 sessions create --template-name compute-24.7 --operation reboot --limit x3000c0s1b0n0
  nodewatch bos v2 sessions status list reboot-7

Actual and desired state STATE_RULE
Kernel:         s3://boot-images/k (desired)
Initrd:         s3://boot-images/i (desired)
Configuration:  compute-24.7 (desired)

Kernel parameters RULE
    ip=dhcp
""".replace("NEXT_RULE", "─" * 155)
    .replace("STATE_RULE", "─" * 135)
    .replace("RULE", "─" * 142)
)


def test_table(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v2 components describe x3000c0s1b0n0", tty=True, NO_COLOR="1") == (0, TABLE, "")


def test_a_word_that_is_no_text_is_wrong_usage(run: Runner, load: Load) -> None:
    load(FLEET)
    wrong = (2, "", "Error: 'x\\udcff' is not UTF-8 text, and no name is anything else.\n")
    assert run("bos v2 components describe x\udcff") == wrong
    assert run("bos v2 components list --session x\udcff") == wrong


def test_a_time_after_which_there_is_none(run: Runner, load: Load) -> None:
    last = {"action": "powering_on", "last_updated": "9999-12-31T23:59:59"}
    status = {"phase": "powering_on", "status_override": ""}
    load(
        {
            "bos": {
                "v2": {
                    "components": [
                        {**COMPONENTS[0], "id": "x1", "enabled": True, "last_action": last, "status": status}
                    ]
                }
            }
        }
    )
    done = run("bos v2 components describe x1 --format table")
    assert (done.code, "power on again after 2 min" in " ".join(done.stdout.split())) == (0, True)


def test_options_that_cannot_be_asked_are_assumed(run: Runner, network: RequestsMock) -> None:
    run.environ |= {"NODEWATCH_BOS_URL": SERVERS["bos"], "NODEWATCH_RETRIES": "0"}
    network.get(f"{SERVERS['bos']}/v2/components/x3000c0s10b0n0", json=as_answered(2))
    network.get(f"{SERVERS['bos']}/v2/options", status=500)
    network.get(f"{SERVERS['bos']}/v2/sessions/reboot-7", status=500)
    done = run("bos v2 components describe x3000c0s10b0n0 --format table")
    assert (done.code, "BOS's defaults are assumed" in done.stdout) == (0, True)
