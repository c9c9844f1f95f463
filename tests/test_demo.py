"""The demo fleet: the guide pages' documents to the letter, and beside them something of everything."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nodewatch.bos_v2.rules import as_answered
from nodewatch.demo import demo_fleet
from nodewatch.offline.backend import sections
from nodewatch.offline.fleet import fleet_entries
from nodewatch.settings.contexts import DEMO_ORG

if TYPE_CHECKING:
    from conftest import Runner

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
GUIDE = Path(__file__).parents[2] / "shared" / "guide"
BOOT = "3d2e86d1-8909-46fc-8a22-f42f1a140264"
REBOOT = "f4eebe51-a217-46d0-8733-b9499a092042"
SHUTDOWN = "f89eb554-c733-4197-b2f2-4e1e5ba0c0ec"


@pytest.fixture(scope="module")
def fleet() -> dict[str, Any]:
    return demo_fleet(NOW)


@pytest.fixture(scope="module")
def v2(fleet: dict[str, Any]) -> Any:
    return fleet["bos"]["v2"]


def test_demo_fleet_is_a_fleet_file_that_depends_on_nothing_but_the_time(fleet: dict[str, Any]) -> None:
    assert fleet == demo_fleet(NOW)
    assert json.loads(json.dumps(fleet)) == fleet
    assert len(list(fleet_entries(fleet, sections()))) == 422


def test_every_status_of_a_component_is_there(v2: Any) -> None:
    assert Counter(component["status"]["status"] for component in v2["components"]) == {
        "stable": 134,
        "failed": 45,
        "configuring": 14,
        "power_on_called": 9,
        "power_off_gracefully_called": 8,
        "power_on_pending": 4,
        "on_hold": 3,
        "power_off_forcefully_called": 2,
        "power_off_pending": 2,
    }


def test_components_are_as_the_server_answers_them(v2: Any) -> None:
    for component in v2["components"]:
        assert as_answered(component) == component
        assert list(component) == sorted(component)
    assert len({component["id"] for component in v2["components"]}) == 221


def test_sessions_name_components_and_templates_that_exist(v2: Any) -> None:
    components = {component["id"]: component for component in v2["components"]}
    templates = {template["name"]: template for template in v2["sessiontemplates"]}
    sessions = {session["name"]: session for session in v2["sessions"]}
    for session in sessions.values():
        assert session["template_name"] in templates
        assert templates[session["template_name"]]["tenant"] == session["tenant"]
        assert set(filter(None, session["components"].split(","))) <= set(components)
    for component in components.values():
        assert component["session"] in {"", *sessions}
    listed = {"node_list", "node_groups", "node_roles_groups"}
    boot_sets = [boot_set for template in templates.values() for boot_set in template["boot_sets"].values()]
    assert {kind for boot_set in boot_sets for kind in listed & set(boot_set)} == listed


def test_sessions_are_of_every_kind(v2: Any) -> None:
    seen = {}
    for session in v2["sessions"]:
        status = v2["session_status"].get(session["name"], {})
        errors = [summary["count"] for summary in status.get("error_summary", {}).values()]
        state, operation = session["status"]["status"], session["operation"]
        seen[session["name"]] = (state, operation, status.get("percent_successful"), errors)
    assert seen == {
        BOOT: ("complete", "boot", 0, [1]),
        "uan-boot": ("complete", "boot", 100.0, []),
        "cab-1001-shutdown": ("complete", "shutdown", 100.0, []),
        "arm-boot": ("complete", "boot", 100.0, []),
        "weekly-boot": ("complete", "boot", 43.75, [16, 2]),
        "red-reboot": ("complete", "reboot", 100.0, []),
        "cab-9000-reboot": ("complete", "reboot", 53.12, [1, 12, 2]),
        "storage-boot": ("complete", "boot", 0.0, []),
        "repair-boot": ("running", "boot", None, []),
        "night-reboot": ("running", "reboot", None, []),
        "staged-update": ("running", "reboot", None, []),
        "evening-shutdown": ("pending", "shutdown", None, []),
    }
    assert [session["name"] for session in v2["sessions"] if session["tenant"]] == ["red-reboot"]
    assert [session["name"] for session in v2["sessions"] if session["stage"]] == ["staged-update"]
    assert [session["status"]["error"] for session in v2["sessions"] if session["status"]["error"]] == [
        "No nodes were found to act upon."
    ]


def test_some_nodes_of_a_failed_session_were_taken_over(v2: Any) -> None:
    (message, summary), _ = sorted(v2["session_status"]["weekly-boot"]["error_summary"].items())
    still = [one["id"] for one in v2["components"] if one["session"] == "weekly-boot" and one["error"] == message]
    known = {*still, *summary["list"].removesuffix("...").split(",")}
    assert summary["list"].endswith("...")
    assert (summary["count"], len(still), len(known)) == (16, 8, 10)


def test_no_time_lies_ahead(fleet: dict[str, Any]) -> None:
    times = [*re.findall(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)"', json.dumps(fleet["bos"]["v2"]))]
    assert max(times) == NOW.strftime("%Y-%m-%dT%H:%M:%S")
    times = re.findall(r'"(\d{4}-\d\d-\d\dT[^"]*(?:Z|\d\d:\d\d))"', json.dumps(fleet["exchange"]))
    assert max(map(datetime.fromisoformat, times)) < NOW


def test_edge_nodes_report_every_status_one_of_their_own_and_nothing(fleet: dict[str, Any]) -> None:
    from nodewatch.demo.edge import NODE_NAMES

    statuses = fleet["exchange"]["managementStatus"]
    reported = [statuses.get(f"valley/{name}", {}).get("valley/agent-2.32") for name in NODE_NAMES]
    counts = Counter(one["agentUpgradePolicyStatus"]["status"] if one else None for one in reported)
    assert counts == {
        "successful": 10,
        None: 5,
        "waiting": 3,
        "download failed": 3,
        "failed": 3,
        "no action required": 2,
        "download started": 2,
        "initiated": 2,
        "precheck failed": 2,
        "downloaded": 1,
        "ha node waiting": 1,
        "rollback started": 1,
        "rollback successful": 1,
        "rollback failed": 1,
        "reset": 1,
        "unknown": 1,
        "paused by operator": 1,
    }
    exchange = fleet["exchange"]
    assert set(statuses) <= set(exchange["nodes"])
    assert {policy for mine in statuses.values() for policy in mine} <= set(exchange["managementpolicies"])


def test_agent_holds_one_success_and_one_failure(fleet: dict[str, Any]) -> None:
    held = fleet["agent"]["nodemanagement"]
    states = {name: one["agentUpgradePolicyStatus"]["status"] for name, one in held.items()}
    assert states == {"org/sample-nmp": "successful", "org/sample-certs": "failed"}
    for one in held.values():
        assert one["agentUpgradePolicyStatus"]["workingDirectory"] == "/var/horizon/nmp"
        assert set(one["agentUpgradeInternal"]) == {"manifest", "scheduledUnixTime", "latestMap", "downloadAttempts"}


def test_v1_sessions_hang_together(fleet: dict[str, Any]) -> None:
    v1 = fleet["bos"]["v1"]
    assert list(v1["session"]) == list(v1["status"]) == list(v1["boot_sets"])
    for name, status in v1["status"].items():
        assert status["id"] == name
        assert status.get("boot_sets", ["computes"]) == list(v1["boot_sets"][name])
        for phase in v1["boot_sets"][name]["computes"]["phases"]:
            nodes = [node for category in phase["categories"] for node in category["node_list"]]
            assert len(nodes) == len(set(nodes)) > 0
        described = v1["session"][name]
        same = ("complete", "in_progress", "error_count", "start_time")
        assert {field: described[field] for field in same} == {field: status["metadata"][field] for field in same}


def test_times_follow_now() -> None:
    day = timedelta(days=1)
    fleets: list[dict[str, Any]] = [demo_fleet(NOW), demo_fleet(NOW + day)]
    one, two = (fleet["bos"]["v2"]["sessions"][-1]["status"]["start_time"] for fleet in fleets)
    assert datetime.fromisoformat(two) - datetime.fromisoformat(one) == day


def printed(page: str) -> list[Any]:
    """Return the JSON documents that a guide page prints."""
    if not GUIDE.exists():
        pytest.skip("the guide pages are not beside this checkout")
    return [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", (GUIDE / page).read_text(), re.M | re.S)]


def exact(document: Any) -> str:
    """Return the document's text, in which the order of keys and 0 and 0.0 differ."""
    return json.dumps(document)


def test_bos_page_is_there_to_the_letter(fleet: dict[str, Any]) -> None:
    status, listed, session, boot_set, phase, category = map(exact, printed("view_the_status_of_a_bos_session.md"))
    bos = fleet["bos"]
    assert exact(bos["v2"]["session_status"][BOOT]) == status
    assert exact([name for name in bos["v1"]["session"] if name != SHUTDOWN]) == listed
    assert exact(bos["v1"]["status"][REBOOT]) == session
    assert exact(bos["v1"]["boot_sets"][REBOOT]["computes"]) == boot_set
    (shutdown,) = bos["v1"]["boot_sets"][SHUTDOWN]["computes"]["phases"]
    assert exact(shutdown) == phase
    assert exact(next(one for one in shutdown["categories"] if one["name"] == "in_progress")) == category


def test_described_session_is_there_to_the_letter(fleet: dict[str, Any]) -> None:
    assert list(fleet["bos"]["v1"]["session"][REBOOT].items()) == [
        ("status_link", "/v1/session/f4eebe51-a217-46d0-8733-b9499a092042/status"),
        ("complete", False),
        ("start_time", "2020-07-22 13:39:07.706774"),
        ("templateName", "cle-1.3.0"),
        ("error_count", 4),
        ("boa_job_name", "boa-f4eebe51-a217-46d0-8733-b9499a092042"),
        ("in_progress", False),
        ("operation", "reboot"),
    ]


def test_component_of_the_bos_page_reports_the_error(v2: Any) -> None:
    (component,) = [one for one in v2["components"] if one["session"] == BOOT]
    assert (component["id"], component["error"], component["status"]["status"]) == (
        "x3000c0s13b0n0",
        "Sample error message",
        "failed",
    )


def test_horizon_page_is_there_to_the_letter(fleet: dict[str, Any]) -> None:
    nodes = [name for name in fleet["exchange"]["nodes"] if name.startswith("org/")]
    status = {name: {"org/sample-nmp": fleet["exchange"]["managementStatus"][name]["org/sample-nmp"]} for name in nodes}
    assert exact(status) == exact(
        {
            "org/sample-node": {
                "org/sample-nmp": {
                    "agentUpgradePolicyStatus": {
                        "scheduledTime": "2022-05-24T12:00:00Z",
                        "startTime": "2022-05-24T12:01:00Z",
                        "endTime": "2022-05-24T12:02:00Z",
                        "upgradedVersions": {
                            "softwareVersion": "2.30.0",
                            "certVersion": "1.0.0",
                            "configVersion": "1.0.0",
                        },
                        "status": "successful",
                    }
                }
            }
        }
    )


def test_it_keeps_what_was_changed_until_it_starts_over(run: Runner) -> None:
    store = f"{run.home}/.local/share/nodewatch/demo.db"
    run.environ["NODEWATCH_CONTEXT"] = "demo"
    assert run("demo").stdout.startswith("night-reboot  reboot of compute-26.3  running: 18 of 96 nodes FAILED")
    assert run("bos sessions delete night-reboot --quiet").code == 0
    gone = f"Error: night-reboot is no longer in {store}: `nodewatch demo --fresh` starts over.\n"
    assert run("demo") == (8, "", gone)
    assert run("demo --fresh --dry-run") == (0, "", f"The demo fleet would be written to {store}.\n")
    assert run("demo") == (8, "", gone)
    assert run("demo --fresh").code == 0
    assert run("bos sessions describe night-reboot").json["name"] == "night-reboot"


def test_a_rehearsal_makes_no_store(run: Runner, tmp_path: Path) -> None:
    assert run(f"demo --local {tmp_path}/new.db --dry-run") == (
        0,
        "",
        f"The demo fleet would be written to {tmp_path}/new.db.\n",
    )
    assert not (tmp_path / "new.db").exists()


def test_it_starts_over_whatever_its_store_is(run: Runner) -> None:
    store = run.home / ".local/share/nodewatch/demo.db"
    store.parent.mkdir(parents=True)
    for damage in (b"not a store", b"SQLite format 3\0 and nothing more"):
        store.write_bytes(damage)
        assert run("demo").code == 4
        assert run("demo --fresh").code == 0
    with closing(sqlite3.connect(store)) as other, other:
        other.execute("ALTER TABLE components DROP COLUMN brief")
    assert run("demo --fresh").code == 0


def test_a_demo_fleet_that_is_not_made_yet(run: Runner) -> None:
    store = run.home / ".local/share/nodewatch/demo.db"
    assert run("bos sessions list", NODEWATCH_CONTEXT="demo") == (
        4,
        "",
        f"Error: there is no demo fleet at {store} yet: `nodewatch demo` makes it.\n",
    )


def test_a_context_of_ones_own_that_is_called_demo_is_not_the_demo_fleet(run: Runner) -> None:
    config = run.home / ".config/nodewatch/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'[contexts.demo]\nlocal = "{run.home / "own.db"}"\n')
    done = run("bos sessions list", NODEWATCH_CONTEXT="demo")
    assert (done.code, "demo fleet" in done.stderr) == (4, False)


def test_a_store_of_another_release(run: Runner) -> None:
    store = run.home / ".local/share/nodewatch/demo.db"
    run("demo")
    with closing(sqlite3.connect(store)) as other, other:
        other.execute("ALTER TABLE components RENAME COLUMN session TO boot_session")
    done = run("bos components list --session night-reboot --context demo")
    assert (done.code, done.stdout) == (4, "")
    assert done.stderr == (
        f"Error: the local store {store} failed: its tables are not those that this release makes. If another release "
        "of nodewatch made it, load its fleet file into a new one; `nodewatch demo --fresh` makes the demo store "
        "anew.\n"
    )


def test_a_store_that_is_named_is_replaced_only_when_the_user_says_so(run: Runner, tmp_path: Path) -> None:
    store = tmp_path / "mine.db"
    run("local load - --local " + str(store), stdin='{"bos": {"v2": {"components": [{"id": "mine"}]}}}')
    done = run(f"demo --fresh --local {store}", tty=True, stdin="n\n")
    question = f"Replace all that is in {store} with the demo fleet? [y/N]: "
    assert done == (1, "", f"{question}Error: Nothing was changed.\n")
    assert [node["id"] for node in run(f"bos components list --local {store}").json] == ["mine"]
    assert run(f"demo --fresh --local {store}", tty=True, stdin="y\n").code == 0
    assert len(run(f"bos components list --local {store}").json) == 221


def test_a_fleet_of_any_size(run: Runner, tmp_path: Path) -> None:
    done = run(f"demo --nodes 500 --edge-nodes 100 --local {tmp_path}/large.db")
    assert done.stdout.startswith("night-reboot  reboot of compute-26.3  running: 90 of 500 nodes FAILED")
    run.environ["NODEWATCH_LOCAL"] = f"{tmp_path}/large.db"
    ids = [node["id"] for node in run("bos components list --session night-reboot").json]
    assert (len(ids), ids[0], ids[-1]) == (500, "x1000c0s0b0n0", "x1002c7s4b1n1")
    assert run("bos sessions describe night-reboot").json["components"].split(",")[499] == "x1002c7s4b1n1"
    assert len(run("exchange node list -o valley").json) == 100
    assert run("bos sessions create --template-name compute-26.3 --operation boot --name again").code == 0
    assert len(run("bos components list --session again").json) == 500


def test_a_fleet_that_lives(run: Runner) -> None:
    done = run("demo --live --format table")
    first, last = done.stdout.splitlines()[0], done.stdout.splitlines()[-1]
    assert (done.code, first.startswith("2026-11-21T12:00:00Z  night-reboot is running: 39 of 96 nodes")) == (10, True)
    assert "77 of 96 nodes stable, 18 failed, 1 disabled" in last
    assert run("bos sessions describe night-reboot --context demo").json["status"]["status"] == "running"
    assert run("bos sessions status list night-reboot --context demo").json["percent_successful"] == 80.21


def test_the_context_names_an_organization_of_the_fleet(fleet: dict[str, Any]) -> None:
    assert DEMO_ORG in {name.partition("/")[0] for name in fleet["exchange"]["managementpolicies"]}
