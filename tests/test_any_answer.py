"""Whatever a server answers, a command ends with 0 or with a sentence and its code: a defect is never the answer.

The documents are those of the API with anything changed in them, in ways that are the same every time.
"""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from fleets import FLEET
from odd import TIMES, changed

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest
    from responses import RequestsMock

    from conftest import Runner

ROUNDS = 30 * TIMES
BOS = [
    "bos v2 sessions list --format table",
    "bos v2 sessions list --wait --timeout 1s",
    "bos v2 sessions describe reboot-7 --format table",
    "bos v2 sessions status list reboot-7 --format table",
    "bos v2 sessions status list reboot-7 --wait --timeout 1s",
    "bos v2 components list --format table",
    "bos v2 components list --format names",
    "bos v2 components list --format csv",
    "bos v2 components list --format yaml",
    "bos v2 components list --format toml",
    "bos v2 components list --enabled false --page-size 2",
    "bos v2 components list --ids x3000c0s[0-29]b0n0",
    "bos v2 components list --wait --timeout 1s",
    "bos v2 components map --wait --timeout 1s",
    "bos v2 components describe x3000c0s1b0n0 --format table",
    "bos v2 sessiontemplates list --format table",
    "bos v2 options list --format table",
]
HORIZON = [
    "exchange nmp status nmp -o org --format table",
    "exchange nmp status nmp -o org --wait --timeout 1s",
    "exchange nmp list -o org --format table",
    "exchange nmp list -o org -l --format table",
    "exchange nmp list nmp -o org --nodes",
    "exchange node management status n -o org --format table",
    "nmstatus list --format table",
    "nmstatus list -l",
]


STATUS = {
    "agentUpgradePolicyStatus": {
        "status": "failed",
        "errorMessage": "boom",
        "scheduledTime": "2026-11-21T11:00:00Z",
        "startTime": "2026-11-21T11:00:00Z",
        "endTime": "",
        "lastUpdated": "2026-11-21T11:00:00Z[UTC]",
        "upgradedVersions": {"softwareVersion": "2.30", "certVersion": "", "configVersion": ""},
    }
}
POLICY = {
    "label": "l",
    "enabled": True,
    "constraints": ["a == b"],
    "properties": [{"name": "a", "value": 1}],
    "patterns": [],
    "agentUpgradePolicy": {"manifest": "m", "allowDowngrade": False},
    "start": "now",
    "startWindow": 0,
    "lastUpdated": "2026-11-20T11:00:00Z[UTC]",
}
V2 = FLEET["bos"]["v2"]
ANSWERS: dict[str, Any] = {
    r"/v2/sessions": V2["sessions"],
    r"/v2/sessions/[^/]+": V2["sessions"][0],
    r"/v2/sessions/[^/]+/status": {
        "status": "running",
        "managed_components_count": 5,
        "phases": {"percent_complete": 40.0, "percent_powering_on": 20.0},
        "percent_successful": 40.0,
        "percent_failed": 20.0,
        "percent_staged": 0.0,
        "error_summary": {"boom": {"count": 1, "list": "x3000c0s1b0n0"}},
        "timing": {"start_time": "2026-11-21T11:00:00", "end_time": None, "duration": "1:00:00"},
    },
    r"/v2/components": V2["components"],
    r"/v2/components/[^/]+": V2["components"][0],
    r"/v2/sessiontemplates": V2.get("sessiontemplates", []),
    r"/v2/options": {"max_boot_wait_time": 1200, "polling_frequency": 15, "default_retry_policy": 3},
    r"/orgs/[^/]+/managementpolicies(/[^/]+)?": {"managementPolicy": {"org/nmp": POLICY}},
    r"/orgs/[^/]+/nodes(/[^/]+)?": {
        "nodes": {"org/n": {"name": "n", "token": "", "nodeType": "device", "pattern": ""}}
    },
    r"/orgs/[^/]+/nodes/[^/]+/managementStatus(/[^/]+)?": {"managementStatus": {"org/nmp": STATUS}},
    r"/orgs/[^/]+/nodes/[^/]+/policy": {"label": "n", "properties": [{"name": "a", "value": "b"}], "constraints": []},
    r"/nodemanagement/status(/.*)?": {"org/nmp": STATUS},
}


def answer_all(run: Runner, network: RequestsMock, sent: Callable[[str, Any], Any]) -> None:
    """Answer whatever is asked with what `sent` makes of the document for its path."""

    def answer(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        path = urlsplit(request.url or "").path
        form = next((form for form in ANSWERS if re.fullmatch(form, path)), "")
        if path == "/admin/version":
            return 200, {"Content-Type": "text/plain"}, "2.130.0"
        return 200, {"Content-Type": "application/json"}, json.dumps(sent(form, ANSWERS.get(form, {})))

    network.add_callback("GET", re.compile(".*"), callback=answer)
    run.environ |= {"NODEWATCH_BOS_URL": "https://h", "HZN_EXCHANGE_URL": "https://h", "HORIZON_URL": "https://h"}
    run.environ |= {"HZN_EXCHANGE_USER_AUTH": "org/user:password", "NODEWATCH_RETRIES": "0"}


@pytest.mark.parametrize("line", [*BOS, *HORIZON])
def test_any_answer_is_understood_or_refused(run: Runner, network: RequestsMock, line: str) -> None:
    chance = random.Random(line)
    spoilt = False

    def sent(_form: str, document: Any) -> Any:
        return changed(document, chance) if spoilt else document

    answer_all(run, network, sent)
    assert run(line).code in (0, 10, 11)
    spoilt = True
    for number in range(ROUNDS):
        done = run(line)
        assert done.code in (0, 3, 5, 8, 10, 11, 12), (number, done.stderr)


STABLE = {**V2["components"][3], "status": {"phase": "", "status": "stable", "status_override": ""}}
FAILED = {**STABLE, "status": {"phase": "", "status": "failed", "status_override": "failed"}}
COMPONENTS = "/v2/components"
SESSION_STATUS = r"/v2/sessions/[^/]+/status"
POLICIES = r"/orgs/[^/]+/managementpolicies(/[^/]+)?"
NODES = r"/orgs/[^/]+/nodes(/[^/]+)?"


@pytest.mark.parametrize(
    ("line", "form", "document", "code"),
    [
        ("bos components list --wait", COMPONENTS, [STABLE], 0),
        ("bos components list --wait", COMPONENTS, [{**STABLE, "status": {}}], 10),
        ("bos components map --wait", COMPONENTS, [{**STABLE, "status": {"phase": None}}], 10),
        ("bos components list --wait", COMPONENTS, [FAILED, STABLE], 10),
        ("bos components list --wait", COMPONENTS, [{**FAILED, "id": None}, {**STABLE, "id": None}], 10),
        ("bos sessions list --wait --timeout 1s", "/v2/sessions", [{**V2["sessions"][0], "tenant": [1]}], 11),
        ("bos sessions list --wait --timeout 1s", "/v2/sessions", [{**V2["sessions"][0], "name": ""}], 3),
        (
            "bos sessions status list reboot-7 --wait --timeout 1s",
            SESSION_STATUS,
            {**ANSWERS[SESSION_STATUS], "managed_components_count": 10**400},
            11,
        ),
        ("exchange nmp list -o org -l", POLICIES, {"managementPolicy": {"org/nmp": {**POLICY, "patterns": 7}}}, 0),
        ("exchange nmp list nmp -o org --nodes", NODES, {"nodes": {"n": {"name": "n"}}}, 3),
    ],
)
def test_what_cannot_be_read_is_no_success(
    run: Runner, network: RequestsMock, line: str, form: str, document: Any, code: int
) -> None:
    answer_all(run, network, lambda asked, usual: document if asked == form else usual)
    done = run(f"{line} --format table")
    assert done.code == code, done
