"""What hzn printed, held against both backends: its recordings lie beside the repository where it is developed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Load, Runner

SHARED = Path(__file__).parents[2] / "shared"
NMP = SHARED / "transcripts/horizon/nmp"
RUNS = SHARED / "transcripts/horizon/random_fleet.json"

pytestmark = pytest.mark.skipif(not RUNS.exists(), reason="the recordings are not here")


def covers(ours: Any, theirs: Any) -> bool:
    """Return whether everything that hzn printed is there; what it drops may be there too.

    Attempts are not compared: what stood in for the agent kept them over a reset, which a real one does not.
    """
    if isinstance(theirs, dict):
        names = [name for name in theirs if name != "downloadAttempts"]
        return isinstance(ours, dict) and all(name in ours and covers(ours[name], theirs[name]) for name in names)
    if isinstance(theirs, list):
        return sorted(ours) == sorted(theirs)
    return bool(ours == theirs)


def test_every_recorded_run_holds(run: Runner, load: Load) -> None:
    held = json.loads((SHARED / "data/horizon_random.json").read_text())
    load(
        {
            "exchange": {
                "managementpolicies": held["policies"],
                "nodes": held["nodes"],
                "managementStatus": held["statuses"],
            },
            "agent": {"nodemanagement": held["agent"]},
        }
    )
    for recorded in json.loads(RUNS.read_text()):
        done = run(recorded["command"], HZN_ORG_ID="harbor", HZN_EXCHANGE_USER_AUTH="u:p")
        if recorded["exit_code"] == 0 and recorded["stdout"][:1] in "{[":
            assert done.code == 0, recorded
            assert covers(done.json, json.loads(recorded["stdout"])), recorded
        elif recorded["exit_code"] == 0:
            assert (done.code, done.stdout) == (0, recorded["stdout"]), recorded
        else:
            assert (done.code, done.stdout) == (8, ""), recorded
            if recorded["exit_code"] == 8:
                assert " ".join(recorded["stderr"].split()) in " ".join(done.stderr.split()), recorded


# hzn asks another organization's nodes for their policy in its own.
DIFFERENT = ["exchange nmp list other/q --nodes"]


def test_the_nodes_that_policies_are_meant_for(run: Runner, load: Load) -> None:
    held = json.loads((NMP / "fleet.json").read_text())
    places = {"managementpolicies": "policies", "nodes": "nodes", "nodePolicies": "nodePolicies"}
    load({"exchange": {place: held[name] for place, name in places.items()}})
    run.environ.update(HZN_ORG_ID="org", HZN_EXCHANGE_USER_AUTH="u:p")
    for recorded in json.loads((NMP / "runs.json").read_text()):
        command = recorded["command"].replace("*", "'*'").replace("files/", f"{NMP}/files/")
        if "--nodes" in command and command not in DIFFERENT:
            assert covers(run(command).json, json.loads(recorded["stdout"])), recorded
        elif "--applies-to" in command and "ok.json" not in command:  # that one has a manifest
            sentence, _, nodes = recorded["stdout"].partition("\n")
            said, _, ours = run(command).stdout.replace("updated", "added").partition("\n")
            assert (said, covers(json.loads(ours), json.loads(nodes))) == (sentence, True), recorded
    everywhere = run("exchange nmp list --nodes").json
    for node, document in held["nodes"].items():
        if document["publicKey"] and node.startswith("org/"):
            ours = run(f"exchange node management list {node} --all").json
            assert list(ours) == [name for name in everywhere if node in everywhere[name]]
