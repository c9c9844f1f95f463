from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fleets import component, session
from nodewatch.bos_v2.change_commands import NODES_HELP
from nodewatch.nodes.nodeset import EXAMPLE

if TYPE_CHECKING:
    from conftest import Load, Runner

APPLY = "bos v2 applystaged create"
ARTIFACTS = {"initrd": "i", "kernel": "k", "kernel_parameters": "p"}
NOTHING = {"initrd": "", "kernel": "", "kernel_parameters": ""}
NOW = "2026-11-21T12:00:00"


def staged(name: str, session: str, artifacts: Any = ARTIFACTS) -> dict[str, Any]:
    state = {
        "boot_artifacts": artifacts,
        "configuration": "new",
        "last_updated": "2026-11-21T11:00:00",
        "session": session,
    }
    return component(name, session="old", error="old", staged_state=state)


def fleet(**options: Any) -> dict[str, Any]:
    return {
        "bos": {
            "v2": {
                "sessions": [session("s", stage=True), session("off", operation="shutdown", stage=True)],
                "components": [
                    staged("x1", "s"),
                    staged("x2", "s", {**ARTIFACTS, "initrd": ""}),
                    staged("x3", "gone"),
                    staged("x4", ""),
                    staged("x5", "off", NOTHING),
                    staged("x6", "off"),
                ],
                "options": options or {"clear_stage": False},
            }
        }
    }


def test_a_reboot_is_started(run: Runner, load: Load) -> None:
    load(fleet())
    done = run(f"{APPLY} --xnames x1")
    assert done == (0, '{\n  "failed": [],\n  "ignored": [],\n  "succeeded": [\n    "x1"\n  ]\n}\n', "")
    node = run("bos v2 components describe x1").json
    assert node["desired_state"] == {"boot_artifacts": ARTIFACTS, "configuration": "new", "last_updated": NOW}
    assert node["actual_state"] == {"boot_artifacts": NOTHING, "bss_token": "", "last_updated": NOW}
    assert (node["session"], node["enabled"], node["last_action"]["action"]) == ("s", True, "apply_staged")
    assert node["status"]["status"] == "on_hold"
    assert node["staged_state"]["session"] == "s"


def test_the_stage_is_cleared_if_the_option_says_so(run: Runner, load: Load) -> None:
    load(fleet(clear_stage=True))
    assert run(f"{APPLY} --xnames x1").code == 0
    staged_state = run("bos v2 components describe x1").json["staged_state"]
    assert staged_state == {"boot_artifacts": NOTHING, "configuration": "", "last_updated": NOW, "session": ""}


def test_what_failed_and_what_was_ignored(run: Runner, load: Load) -> None:
    load(fleet())
    done = run(f"{APPLY} --xnames x[1-6],x9")
    assert done.code == 10
    assert done.json == {"failed": ["x2", "x3", "x6"], "ignored": ["x4", "x9"], "succeeded": ["x1", "x5"]}
    assert (
        done.stderr
        == """\
Error: nothing was started on 5 nodes:
  failed: x[2-3,6] (`nodewatch bos v2 components describe NODE` shows why)
  ignored: x[4,9] (unknown to BOS, or nothing is staged there)
"""
    )
    why = {
        node["id"]: (node["error"], node["enabled"], node["session"])
        for node in run("bos v2 components list --ids x2,x3,x6").json
    }
    assert why == {
        "x2": ("Staged operation is reboot but some boot artifacts have not been specified", False, "s"),
        "x3": ("Staged session no longer exists (session: gone, tenant: None)", False, "gone"),
        "x6": ("Staged operation is shutdown but boot artifact have been specified", False, "off"),
    }


def test_the_table_has_them_folded(run: Runner, load: Load) -> None:
    load(fleet())
    done = run(f"{APPLY} --xnames x[1,5,9] --format table")
    assert (done.code, done.stdout) == (10, "Succeeded (2): x[1,5]\n\nIgnored (1): x9\n")


def test_patterns_and_places_stand_for_the_nodes_there(run: Runner, load: Load) -> None:
    load(
        {
            "bos": {
                "v2": {"components": [staged(f"x1000c{n}s0b0n{n}", "s") for n in (0, 1, 2)], "sessions": [session("s")]}
            }
        }
    )
    for xnames in ("x1000c1", "X1000C1S0", "x1000c1*"):
        done = run(f"{APPLY} --xnames '{xnames}' --dry-run")
        assert done.json["body"] == {"xnames": ["x1000c1s0b0n1"]}
    assert run(f"{APPLY} --xnames x1000 --dry-run").json["body"] == {"xnames": ["x1000"]}
    assert run(f"{APPLY} --xnames x1000c2s0b0n2,x1000c1 --dry-run").json["body"] == {
        "xnames": ["x1000c2s0b0n2", "x1000c1s0b0n1"]
    }


@pytest.mark.parametrize(
    ("xnames", "sent"),
    [
        ("x2,x1,x2", ["x2", "x1", "x2"]),
        ("x1000c0s0b[0-1]n[0,1]", ["x1000c0s0b0n0", "x1000c0s0b0n1", "x1000c0s0b1n0", "x1000c0s0b1n1"]),
        ("n[098-101]", ["n098", "n099", "n100", "n101"]),
        ("x[1,3], x5", ["x1", "x3", "x5"]),
        ("-", ["a", "b"]),
        ("X1000C0S0B0N0", ["x1000c0s0b0n0"]),
    ],
)
def test_what_is_sent(run: Runner, load: Load, xnames: str, sent: list[str]) -> None:
    load(fleet())
    done = run(f"{APPLY} --xnames '{xnames}' --dry-run", stdin="b\na\n")
    assert (done.code, done.stderr) == (0, "")
    assert done.json == {"method": "POST", "path": "/v2/applystaged", "query": {}, "body": {"xnames": sent}}
    assert run("bos v2 components describe x1").json["session"] == "old"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", f"--xnames is missing: it names the nodes whose staged session is to be started, as {NODES_HELP}."),
        ("--xnames 'x1000c0s0b[0-'", f"'x1000c0s0b[0-' is not a node set: its brackets do not match. {EXAMPLE}"),
        ("--xnames -", f"stdin names no node. {EXAMPLE}"),
    ],
)
def test_wrong_usage(run: Runner, options: str, words: str) -> None:
    assert run(f"{APPLY} {options}", NODEWATCH_BOS_URL="https://bos.example.com") == (2, "", f"Error: {words}\n")
