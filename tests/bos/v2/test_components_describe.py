from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fleets import FLEET, as_answered

if TYPE_CHECKING:
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


def test_names_are_case_sensitive(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("bos v2 components describe X3000c0s1b0n0")
    said = "Component 'X3000c0s1b0n0' does not exist; do you mean x3000c0s1b0n0?"
    assert done == (8, "", f"Error: The resource was not found: {said}\n")


def test_an_odd_name_reaches_the_server_quoted(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"components": [{"id": "a b/c?d#é"}]}}})
    assert run("bos v2 components describe 'a b/c?d#é'").json["id"] == "a b/c?d#é"
    assert run("bos v2 components describe ../options").code == 8


TABLE = """\
Component:    x3000c0s1b0n0
Status:       failed
Phase:        configuring
Enabled:      no
Session:      reboot-7
Last action:  powering_on (5 min)
Attempts:     on 1
Error:        cfs configuration failed

Means:          The component is not yet in the desired state, but BOS will not take further actions on it: there were \
too many attempts of a power action, or
                CFS reports failed configuration.
BOS waits for:  somebody to mend it
BOS does next:  nothing, until it is enabled again or a session takes it

Commands to type:
    nodewatch bos v2 components update x3000c0s1b0n0 --enabled true
    nodewatch bos v2 sessions create --template-name TEMPLATE --operation reboot --limit x3000c0s1b0n0
    nodewatch bos v2 sessions status list reboot-7

Desired state
Kernel:             s3://boot-images/k
Initrd:             s3://boot-images/i
Kernel parameters:  ip=dhcp
Configuration:      compute-24.7
Updated:            1 h ago
"""


def test_table(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v2 components describe x3000c0s1b0n0", tty=True, NO_COLOR="1") == (0, TABLE, "")


def test_a_word_that_is_no_text_is_wrong_usage(run: Runner, load: Load) -> None:
    load(FLEET)
    wrong = (2, "", "Error: 'x\\udcff' is not UTF-8 text, and no name is anything else.\n")
    assert run("bos v2 components describe x\udcff") == wrong
    assert run("bos v2 components list --session x\udcff") == wrong
