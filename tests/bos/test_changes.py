"""What counts as done of a change to BOS: one status for each route; whatever else was answered is not confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import SERVERS

if TYPE_CHECKING:
    import responses

    from conftest import Runner

UNKNOWN = "Whether the change was made is not known: look before you repeat it."
CHANGES = {
    "bos v2 sessions create --template-name t --operation boot": ("POST", "/v2/sessions", 201),
    "bos v2 sessions delete s": ("DELETE", "/v2/sessions/s", 204),
    "bos v2 components update x1 --enabled true": ("PATCH", "/v2/components/x1", 200),
    "bos v2 components updatemany --filter-ids x1 --enabled true": ("PATCH", "/v2/components", 200),
    "bos v2 applystaged create --xnames x1": ("POST", "/v2/applystaged", 200),
    "bos v2 options update --clear-stage true": ("PATCH", "/v2/options", 200),
    "bos v2 sessiontemplates create t --description d": ("PUT", "/v2/sessiontemplates/t", 200),
    "bos v2 sessiontemplates update t --description d": ("PATCH", "/v2/sessiontemplates/t", 200),
    "bos v2 sessiontemplates delete t": ("DELETE", "/v2/sessiontemplates/t", 204),
    "bos v1 session create --template-name t --operation boot": ("POST", "/v1/session", 201),
    "bos v1 session delete s": ("DELETE", "/v1/session/s", 204),
}
each_change = pytest.mark.parametrize("line", CHANGES)


@pytest.fixture(autouse=True)
def server(run: Runner) -> None:
    run.environ |= {"NODEWATCH_BOS_URL": SERVERS["bos"], "NODEWATCH_RETRIES": "0"}


@each_change
@pytest.mark.parametrize("status", [200, 202, 203])
@pytest.mark.parametrize("body", ["", "{}", "<html>Welcome</html>", "null"])
def test_what_confirms_nothing(run: Runner, network: responses.RequestsMock, line: str, status: int, body: str) -> None:
    method, path, _ = CHANGES[line]
    network.add(method, SERVERS["bos"] + path, body=body, status=status, content_type="text/html")
    done = run(line)
    assert (done.code, done.stdout) == (5, "")
    assert done.stderr.startswith(f"Error: {method} {path} was answered with ")
    assert done.stderr.endswith(f", which does not confirm the change. {UNKNOWN}\n")


@each_change
@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize("body", ["upstream request timeout", '{"title": "T", "detail": "no database"}'])
def test_what_a_gateway_gave_up_on_may_have_happened(
    run: Runner, network: responses.RequestsMock, line: str, status: int, body: str
) -> None:
    method, path, _ = CHANGES[line]
    network.add(method, SERVERS["bos"] + path, body=body, status=status)
    done = run(line)
    assert (done.code, done.stdout) == (5, "")
    assert done.stderr.endswith(f". {UNKNOWN}\n")
    assert "try again" not in done.stderr


@each_change
def test_what_confirms_it(run: Runner, network: responses.RequestsMock, line: str) -> None:
    method, path, status = CHANGES[line]
    answer = [{"id": "x1"}] if path == "/v2/components" else {"succeeded": ["x1"], "id": "x1", "name": "t"}
    network.add(method, SERVERS["bos"] + path, json=None if status == 204 else answer, status=status)
    assert run(line).code == 0


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("bos v2 applystaged create --xnames x[1-3]", {"succeeded": ["x1"], "failed": [], "ignored": []}),
        ("bos v2 components updatemany --filter-ids x[1-3] --enabled true", [{"id": "x1"}]),
    ],
)
def test_nodes_that_the_answer_leaves_out_are_named(
    run: Runner, network: responses.RequestsMock, line: str, answer: object
) -> None:
    method, path, status = next(
        change for words, change in CHANGES.items() if words.startswith(line.partition(" --")[0] + " ")
    )
    network.add(method, SERVERS["bos"] + path, json=answer, status=status)
    done = run(line)
    assert (done.code, done.json) == (10, answer)
    assert done.stderr.endswith(
        "Error: of the nodes that were named BOS answered nothing about 2 nodes: x[2-3]. "
        "Look whether they were changed: `nodewatch bos v2 components list --ids NODES`.\n"
    )
