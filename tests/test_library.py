"""nodewatch inside another program: `from nodewatch import connect`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import conftest
import edge
import nodewatch
import older_fleets
from nodewatch import Bos, NodewatchError, connect
from nodewatch.errors import NotFound, WrongUsage
from nodewatch.horizon import rules
from nodewatch.library import NoViewer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import responses

    Load = Callable[[Any], Path]

BOS, EXCHANGE, AGENT = conftest.SERVERS["bos"], conftest.SERVERS["exchange"], conftest.SERVERS["agent"]


def fleet(state: str = "complete", **words: str) -> dict[str, Any]:
    """Return a fleet of one session: of nodes that are stable, failed, or in a phase."""
    nodes = [
        {
            "id": name,
            "session": "night",
            "enabled": word not in ("stable", "failed"),
            "status": {
                "phase": "" if word in ("stable", "failed") else word,
                "status": word,
                "status_override": "failed" if word == "failed" else "",
            },
        }
        for name, word in words.items()
    ]
    status = {"status": state, "start_time": "2026-11-21T08:00:00"}
    session = {"name": "night", "operation": "reboot", "components": ",".join(words), "status": status}
    return {"bos": {"v2": {"sessions": [session], "components": nodes}}}


UPGRADES = {
    "exchange": {
        "managementpolicies": {"o/roll": {"owner": "o/admin", "patterns": ["o/p"], "enabled": True}},
        "nodes": {f"o/{name}": {"pattern": "o/p", "publicKey": "k"} for name in ("n1", "n2")},
        "managementStatus": {
            "o/n1": {"o/roll": edge.status("successful")},
            "o/n2": {"o/roll": edge.status("rollback successful")},
        },
    },
    "agent": {"nodemanagement": {"o/roll": edge.on_node("successful")}},
}


OLDER = older_fleets.older_fleet(
    older_fleets.boot_set(older_fleets.phase("boot", stop="2022-08-22 20:30:00", succeeded=["x1"], failed=["x2"]))
)


def bos(store: Path, backend: str) -> Bos:
    """Connect to what was loaded."""
    return connect("bos", local=str(store)) if backend == "local" else connect("bos", url=BOS)


def test_all_names_are_there() -> None:
    assert nodewatch.__all__ == [
        "Agent",
        "Bos",
        "BosV1",
        "Exchange",
        "NodewatchError",
        "WaitOptions",
        "Waited",
        "__version__",
        "connect",
    ]
    assert dir(nodewatch) == nodewatch.__all__
    assert all(hasattr(nodewatch, name) for name in nodewatch.__all__)
    assert not hasattr(nodewatch, "Settings")


def test_documents_come_as_the_command_prints_them(
    run: conftest.Runner, load: Load, backend: str, capfd: pytest.CaptureFixture[str]
) -> None:
    store = load(fleet(x1="stable", x2="failed"))
    with bos(store, backend) as connection:
        sessions = connection.sessions()
        assert sessions == list(sessions) == run("bos v2 sessions list --format json").json
        assert connection.components() == run("bos v2 components list --format json").json
        assert [node["id"] for node in connection.components(fields=["id"])[:1]] == ["x1"]
        assert connection.session_status("night")["percent_failed"] == 50.0
        with pytest.raises(NodewatchError, match="Session 'x' does not exist") as raised:
            connection.session("x")
    assert raised.value.exit_code == 8
    assert capfd.readouterr() == ("", "")


def test_a_login_that_is_refused(network: responses.RequestsMock) -> None:
    network.get(f"{EXCHANGE}/orgs/o/managementpolicies", status=401)
    with (
        connect("exchange", url=EXCHANGE, org="o", auth="u:password") as exchange,
        pytest.raises(NodewatchError, match=f"{EXCHANGE} was asked as o/u, who comes from auth: check user") as raised,
    ):
        exchange.policies("o")
    assert raised.value.exit_code == 6


def test_wait_ends_as_the_command_does(load: Load, backend: str, capfd: pytest.CaptureFixture[str]) -> None:
    store = load(fleet(x1="stable", x2="failed"))
    with bos(store, backend) as connection:
        end = connection.wait("night")
    assert end == nodewatch.Waited(
        words="night is complete: 1 of 2 nodes stable, 1 failed",
        finished=True,
        succeeded=False,
        failed=["x2"],
        lagging=[],
        missing={},
        exit_code=10,
    )
    assert capfd.readouterr() == ("", "")


def test_wait_looks_until_it_is_over(
    run: conftest.Runner, load: Load, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = load(fleet("running", x1="stable", x2="configuring"))
    slept = []

    def sleep(_self: NoViewer, seconds: float) -> None:
        slept.append(seconds)
        store.with_suffix(".json").write_text(json.dumps(fleet(x1="stable", x2="stable")))
        assert run(f"local load {store.with_suffix('.json')} --local {store}").code == 0

    monkeypatch.setattr(NoViewer, "sleep", sleep)
    with bos(store, backend) as connection:
        end = connection.wait("night", timeout=60, interval=5)
    assert (end.words, end.succeeded, end.exit_code) == ("night is complete: 2 of 2 nodes stable", True, 0)
    assert slept == [5]


def test_wait_runs_out_of_time(load: Load, backend: str) -> None:
    store = load(fleet("running", x1="stable", x2="configuring"))
    with bos(store, backend) as connection:
        end = connection.wait("night", timeout=0)
        assert connection.session("night")["name"] == "night"  # the wait's deadline is the wait's alone
    assert (end.finished, end.succeeded, end.exit_code) == (False, False, 11)


def test_agent_upgrades_are_asked_and_waited_for(load: Load, backend: str, capfd: pytest.CaptureFixture[str]) -> None:
    store = str(load(UPGRADES))
    local = backend == "local"
    with (
        connect("exchange", local=store, org="o")
        if local
        else connect("exchange", url=EXCHANGE, org="o", auth="u:p") as exchange
    ):
        assert exchange.nmp_status("roll") == {
            "o/n1": edge.status("successful"),
            "o/n2": edge.status("rollback successful"),
        }
        end = exchange.wait("o/roll")
        assert (end.words, end.failed) == ("o/roll: 1 of 2 nodes successful, 1 failed", ["o/n2"])
        assert exchange.wait("roll", nodes=["n1"]).exit_code == 0
    with connect("agent", local=store) if local else connect("agent", url=AGENT) as agent:
        assert list(agent.statuses()) == ["o/roll"]
        assert agent.wait("o/roll").words == "this node: 1 of 1 policy successful"
    assert capfd.readouterr() == ("", "")


def test_the_old_bos_is_asked_and_waited_for(run: conftest.Runner, load: Load, backend: str) -> None:
    store = load(OLDER)
    where = {"local": str(store)} if backend == "local" else {"url": BOS}
    with connect("bos", version=1, **where) as connection:  # type: ignore[call-overload]
        (name,) = connection.sessions()
        (boot_set,) = connection.status(name)["boot_sets"]
        assert connection.status(name) == run(f"bos v1 session status list {name} --format json").json
        whole, part = connection.wait(name), connection.wait(name, boot_set)
        assert (whole.exit_code, whole.failed, part.failed) == (10, part.failed, whole.failed)
        with pytest.raises(NotFound, match="there is no session 'x'"):
            connection.session("x")


def test_a_policy_is_switched_and_reset(load: Load, backend: str) -> None:
    store = str(load(UPGRADES))
    exchange = (
        connect("exchange", local=store, org="o")
        if backend == "local"
        else connect("exchange", url=EXCHANGE, org="o", auth="u:p")
    )
    with exchange:
        exchange.switch("roll", enabled=False)
        assert exchange.policies("o", "roll")["o/roll"]["enabled"] is False  # type: ignore[index]
        assert exchange.reset("o/roll") == {"o/n2": True}
        assert exchange.reset("roll", nodes="n1", status="successful") == {"o/n1": True}
        assert {rules.status_word(each) for each in exchange.nmp_status("roll").values()} == {"reset"}
        with pytest.raises(NotFound, match="NMP rol not found in org o"):
            exchange.reset("rol")


def test_an_exception_closes_the_connection(load: Load, backend: str) -> None:
    connection = bos(load(fleet(x1="stable")), backend)
    with pytest.raises(NotFound), connection:
        connection.session("nope")
    inner = connection.opened
    assert (getattr(inner, "store", None), "transport" in vars(inner)) == (None, False)


def test_a_closed_connection_holds_nothing_and_opens_again(load: Load, backend: str) -> None:
    connection = bos(load(fleet(x1="stable")), backend)
    for _ in range(2):
        assert len(connection.components()) == 1
        connection.close()
        inner = connection.opened
        assert getattr(inner, "store", None) is None
        assert "transport" not in vars(inner)
        connection.close()


def test_only_what_was_told_is_sent(
    network: responses.RequestsMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = tmp_path / ".config/cray/tokens"
    tokens.mkdir(parents=True)
    (tokens / "bos_example_com.me").write_text(json.dumps({"access_token": "stranger"}))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NODEWATCH_TOKEN", "stranger")
    monkeypatch.setenv("NODEWATCH_TENANT", "stranger")
    network.get(f"{BOS}/v2/sessions", json=[])
    connect("bos", url=BOS).sessions()
    connect("bos", url=f"{BOS}/", token="own", tenant="red").sessions()
    sent = [
        (each.request.headers.get("Authorization"), each.request.headers.get("Cray-Tenant-Name"))
        for each in network.calls
    ]
    assert sent == [(None, None), ("Bearer own", "red")]


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"service": "css", "url": BOS}, "there is no service 'css': connect to bos, exchange, agent."),
        ({"service": "bos"}, "say where bos is: either url=, or local= with the path of a store or fleet file."),
        (
            {"service": "bos", "url": BOS, "local": "f.db"},
            "say where bos is: either url=, or local= with the path of a store or fleet file.",
        ),
        ({"service": "bos", "url": BOS, "tenant": ""}, "tenant is empty: name what is meant, or leave it out."),
        ({"service": "bos", "url": BOS, "version": 3}, "there is no version 3 of bos: BOS has 1 and 2."),
        ({"service": "agent", "version": 1}, "there is no version 1 of agent: BOS has 1 and 2."),
        ({"service": "exchange", "url": EXCHANGE}, 'an Exchange is asked with org= and auth="USER:PASSWORD".'),
    ],
)
def test_parameters_that_make_no_sense(how: dict[str, Any], message: str) -> None:
    with pytest.raises(NodewatchError) as raised:
        connect(**how)
    assert (raised.value.message, raised.value.exit_code) == (message, 2)


def test_what_is_empty_is_never_all(network: responses.RequestsMock) -> None:
    how: dict[str, Any] = {"url": EXCHANGE, "org": "o", "auth": "u:p"}
    bos, old, exchange, agent = (
        connect("bos", url=BOS),
        connect("bos", version=1, url=BOS),
        connect("exchange", **how),
        connect("agent", url=AGENT),
    )
    calls: list[Callable[[], object]] = [
        lambda: bos.components(ids=""),
        lambda: bos.components(session=""),
        lambda: bos.components(staged_session=""),
        lambda: bos.components(status=" "),
        lambda: bos.create_session(template_name="t", operation="boot", limit=" "),
        lambda: old.create("boot", "t", None, ""),
        lambda: exchange.delete_policy("o", ""),
        lambda: exchange.delete_policy("o", "r%"),
        lambda: exchange.put_policy("o", "", {}),
        lambda: exchange.post_policy("o", "", {}),
        lambda: exchange.wait("roll", nodes=[]),
        lambda: agent.reset(""),
    ]
    for call in calls:
        with pytest.raises(WrongUsage):
            call()
    assert not network.calls
