from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from conftest import SERVERS
from meant import FLEET

if TYPE_CHECKING:
    from pathlib import Path

    import responses

    from conftest import Load, Runner

POLICY: dict[str, Any] = {
    "label": "Agent 2.31",
    "description": "",
    "constraints": ["site == rome"],
    "properties": [{"name": "role", "value": "edge"}],
    "patterns": [],
    "enabled": True,
    "start": "now",
    "startWindow": 300,
}
ADDED = "Node management policy harbor/new added in the Horizon Exchange\n"
WARNINGS = (
    "Warning: environment variable 'NONE' is referenced in input file, but not defined in the environment.\n"
    "Warning: a policy has no such field, so it is left out: mood.\n"
)
NO_CONSTRAINTS = (
    "The node management policy has no constraints which might result in the management policy being deployed to all "
    "nodes. Please specify --no-constraints to confirm that this is acceptable."
)
NO_MANIFEST = (
    "An AgentAutoUpgradePolicy was defined, but a manifest was not defined. Please specify a manifest that is stored "
    "in the CSS before attempting to add an NMP with an AgentAutoUpgradePolicy."
)
CSS = "https://css.test/hub"


@pytest.fixture
def file(run: Runner) -> Path:
    """A file for a policy, with one in it."""
    file = run.home / "nmp.json"
    file.write_text(json.dumps(POLICY))
    return file


def test_it_is_added_and_then_replaced(run: Runner, load: Load, file: Path) -> None:
    load(FLEET)
    assert run(f"exchange nmp add new -f {file}") == (0, ADDED, "")
    stamps = {"owner": "", "created": "2026-11-21T12:00:00.000Z", "lastUpdated": "2026-11-21T12:00:00.000Z"}
    none = {"manifest": "", "allowDowngrade": False}
    stored = {**POLICY, **stamps, "agentUpgradePolicy": none}
    assert run("exchange nmp list new").json == {"harbor/new": stored}
    file.write_text(json.dumps({"constraints": ["site == oslo"]}))
    done = run(f"exchange nmp add harbor/new --json-file {file}")
    assert done == (0, ADDED.replace("added", "updated"), "")
    assert run("exchange nmp list new --nodes").json == {"harbor/new": ["harbor/oslo-1"]}


def test_comments_variables_and_stdin(run: Runner, load: Load) -> None:
    load(FLEET)
    text = '/* first */ {"constraints": ["site == $SITE"], "label": "${LABEL} a/*b*/ $NONE", /* c */ "mood": "new"}'
    done = run("exchange nmp add new -f -", stdin=text, SITE="rome", LABEL="x")
    assert done == (
        0,
        ADDED,
        WARNINGS,
    )
    found = run("exchange nmp list new").json["harbor/new"]
    assert (found["constraints"], found["label"]) == (["site == rome"], "x a/*b*/ ")
    run("exchange nmp add new -f- --no-constraints", stdin='{"label": "$SITE"}', HZN_DONT_SUBST_ENV_VARS="1")
    assert run("exchange nmp list new").json["harbor/new"]["label"] == "$SITE"


WRONG = "Incorrect node management policy format in file {file}: "


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '{"constraints": [}',
            "failed to unmarshal json input file {file}: Expecting value: line 1 column 18 (char 17)",
        ),
        ("[]", "failed to unmarshal json input file {file}: it holds no object"),
        (
            '{"constraints": "a == b"}',
            "failed to unmarshal json input file {file}: constraints must be an array of texts",
        ),
        ('{"startWindow": "60"}', "failed to unmarshal json input file {file}: startWindow must be a whole number"),
        (
            '{"agentUpgradePolicy": {"manifest": 1}}',
            "failed to unmarshal json input file {file}: manifest must be a text",
        ),
        ('{"start": "tomorrow"}', WRONG + 'The start time must be in RFC3339 format or set to "now".'),
        (
            '{"constraints": ["a == b", "state == initial"]}',
            WRONG + "constraint language [a == b state == initial] is not supported.  Error finding an expression in "
            "state == initial. Error was: 'in' is not a value that 'state' can be compared with; a word `in`, or one "
            "that begins with `ini`, cannot be read unless it is a value in double quotes",
        ),
        (
            '{"constraints": ["(a == b"]}',
            WRONG + "constraint language [(a == b] is not supported.  The constraint expression contains unmatched "
            "parentheses.",
        ),
        (
            '{"properties": [{"name": "x", "value": "1", "type": "int"}]}',
            WRONG + "properties contains an invalid property: Property value is of type string, expected type int",
        ),
        (
            '{"properties": [{"name": "openhorizon.allowPrivileged", "value": "maybe"}]}',
            WRONG + "The property openhorizon.allowPrivileged must have a boolean value (true or false).",
        ),
        (
            '{"constraints": [" "], "patterns": [" "]}',
            NO_CONSTRAINTS,
        ),
        (
            '{"patterns": ["shop"], "agentUpgradePolicy": {}}',
            NO_MANIFEST,
        ),
    ],
)
def test_what_cannot_be_right_is_not_sent(run: Runner, load: Load, file: Path, text: str, sentence: str) -> None:
    load(FLEET)
    file.write_text(text)
    assert run(f"exchange nmp add new -f {file}") == (2, "", f"Error: {sentence.format(file=file)}\n")
    assert run("exchange nmp list new").code == 8


def test_a_file_that_is_not_there(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange nmp add new -f /nope.json")
    assert done == (4, "", "Error: /nope.json cannot be read: No such file or directory.\n")
    assert run("exchange nmp add new").code == 2


def test_whom_it_is_meant_for(run: Runner, load: Load, file: Path) -> None:
    load(FLEET)
    done = run(f"exchange nmp add new -f {file} --applies-to")
    assert done == (0, ADDED + '[\n  "harbor/rome-1",\n  "harbor/rome-2"\n]\n', "")
    file.write_text(json.dumps({"constraints": ["site == nowhere"]}))
    done = run(f"exchange nmp add new -f {file} --applies-to --format table")
    assert done.stdout == ADDED.replace("added", "updated") + "harbor/new is meant for no node\n"


def test_a_rehearsal(run: Runner, load: Load, file: Path) -> None:
    load(FLEET)
    done = run(f"exchange nmp add new -f {file} --dry-run")
    assert done.json == {
        "method": "POST",
        "path": "/orgs/harbor/managementpolicies/new",
        "query": {},
        "body": {**POLICY, "patterns": None},
    }
    done = run(f"exchange nmp add new -f {file} --dry-run --applies-to")
    assert done.json == ["harbor/rome-1", "harbor/rome-2"]
    assert done.stderr == "Node management policy harbor/new would be sent to the Exchange.\n"
    assert run("exchange nmp list new").code == 8


@pytest.fixture
def exchange(run: Runner, network: responses.RequestsMock, file: Path) -> str:
    """An Exchange and a model management service that know nothing yet; the file's policy upgrades agents."""
    base = SERVERS["exchange"]
    run.environ.update(HZN_EXCHANGE_URL=base, HZN_FSS_CSSURL=CSS, NODEWATCH_RETRIES="0")
    network.get(f"{base}/admin/version", body="2.154.0\n", content_type="text/plain")
    file.write_text(json.dumps({**POLICY, "agentUpgradePolicy": {"manifest": "m 1"}}))
    return f"{base}/orgs/harbor/managementpolicies/new"


def test_the_manifest_is_looked_for(run: Runner, exchange: str, network: responses.RequestsMock, file: Path) -> None:
    network.get(f"{CSS}/api/v1/objects/harbor", json=[{"objectID": "m 1"}])
    network.post(exchange, json={"code": "ok", "msg": ""}, status=201)
    assert run(f"exchange nmp add new -f {file}") == (0, ADDED, "")
    asked = network.calls[1].request
    assert str(asked.url).partition("?")[2] == "filters=true&objectID=m+1&objectType=agent_upgrade_manifests"
    assert asked.headers["Authorization"] == network.calls[0].request.headers["Authorization"]
    body = json.loads(network.calls[2].request.body or "")
    assert body["agentUpgradePolicy"] == {"manifest": "m 1", "allowDowngrade": False}


def test_a_manifest_that_is_not_there(run: Runner, exchange: str, network: responses.RequestsMock, file: Path) -> None:
    network.get(f"{CSS}/api/v1/objects/harbor", status=404)
    sentence = "An AgentAutoUpgradePolicy was defined with manifest 'm 1' which does not exist in org harbor."
    assert run(f"exchange nmp add new -f {file}") == (8, "", f"Error: {sentence}\n")
    done = run(f"exchange nmp add new -f {file}", HZN_FSS_CSSURL="")
    assert done.code == 7
    assert "export HZN_FSS_CSSURL=URL" in done.stderr


def test_offline_nobody_knows_of_manifests(run: Runner, load: Load, backend: str, file: Path) -> None:
    load(FLEET)
    if backend == "local":
        file.write_text(json.dumps({**POLICY, "agentUpgradePolicy": {"manifest": "m1"}}))
        done = run(f"exchange nmp add new -f {file}")
        assert done == (0, ADDED, "A local store has no manifests: whether there is a m1 is not known.\n")


def test_who_may_not_add_one_is_told_so(
    run: Runner, exchange: str, network: responses.RequestsMock, file: Path
) -> None:
    file.write_text(json.dumps(POLICY))
    denied = {"code": "access-denied", "msg": "Access denied: 'harbor/u' may not"}
    network.post(exchange, json=denied, status=403)
    network.put(exchange, json={"code": "not-found", "msg": "not found"}, status=404)
    why = "Cannot create node management policy harbor/new: access-denied: Access denied: 'harbor/u' may not"
    assert run(f"exchange nmp add new -f {file}") == (6, "", f"Error: {why}\n")
