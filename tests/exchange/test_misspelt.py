"""Names that nobody has: the sentence names what is near, to people; scripts send what they sent before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge import node, policy, status

if TYPE_CHECKING:
    import responses

    from conftest import Load, Runner

FLEET = {
    "exchange": {
        "managementpolicies": {"harbor/agent-2.32": policy()},
        "nodes": {"harbor/crane-01": {**node("crane-01"), "publicKey": "k"}},
        "managementStatus": {"harbor/crane-01": {"harbor/agent-2.32": status("failed")}},
    }
}
NMP = "NMP agnet-2.32 not found in org harbor; do you mean agent-2.32?"
NODE = "node 'carne-01' not found in org harbor; do you mean crane-01?"
QUALIFIED = "node 'harbor/carne-01' not found; do you mean crane-01?"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("nmp status agnet-2.32", NMP),
        ("nmp list agnet-2.32", NMP),
        ("nmp reset agnet-2.32 --yes", NMP),
        ("nmp enable agnet-2.32", NMP),
        ("nmp remove agnet-2.32 --yes", NMP.replace("NMP", "Node management policy")),
        ("nmp status agent-2.32 --node carne-01", NODE.replace("node 'carne-01'", "Node carne-01")),
        ("node list carne-01", NODE),
        ("node management list carne-01", NODE),
        ("node management status carne-01", QUALIFIED),
        ("node management status crane-01 --policy agnet-2.32 --wait", NMP),
    ],
)
def test_what_is_near_is_named(
    run: Runner, load: Load, network: responses.RequestsMock, backend: str, line: str, sentence: str
) -> None:
    load(FLEET)
    run.environ.update(HZN_ORG_ID="harbor", HZN_EXCHANGE_USER_AUTH="u:p")
    done = run(f"exchange {line}", tty=True)
    assert (done.code, done.stderr.splitlines()[-1]) == (8, f"Error: {sentence}")
    asked = len(network.calls)
    piped = run(f"exchange {line}").stderr.splitlines()[-1]
    told = sentence if backend == "local" else sentence.partition("; do you")[0]
    assert piped.rstrip(".") == f"Error: {told}"
    if backend == "http":
        assert len(network.calls) - asked == asked - 1
