"""What the looks of a wait for policies ask, and what they make of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edge import node, policy, status
from nodewatch.errors import NotFound, NotPermitted, ServiceTrouble
from nodewatch.horizon.follow import ALL_AGAIN, DISABLED_NOTE, Awaited, PolicyWatcher
from nodewatch.horizon.outcome import Look
from nodewatch.horizon.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Collection

ROLL: Any = policy(constraints=[])
NEXT: Any = policy(constraints=["site == rome"])
DONE, FAILED, BUSY = status("successful"), status("failed"), status("downloaded")
NODES: Any = {name: node(name) for name in ("a", "b", "c")}
ROME: Any = {"properties": [{"name": "site", "value": "rome"}]}
AWAY, REFUSED = ServiceTrouble("away", status=503), NotPermitted("no", status=403)
CONSTRAINED: Any = policy(constraints=["site == oslo"])


def survey(silent: str = "", nodes: str = "abc", policies: Any = None, **more: Any) -> Survey:
    """Return what these nodes answer: those named in `statuses` have some, those in `silent` none."""
    found: dict[str, Any] = {"statuses": {}, "troubled": {}, "own": dict.fromkeys(NODES, ROME), **more}
    return Survey(
        silent=list(silent),
        unasked=[],
        policies={"o/p": ROLL} if policies is None else policies,
        nodes={name: NODES[name] for name in nodes},
        **found,
    )


def looked(found: Survey, full: str = "o/p", **wanted: Any) -> Look:
    return PolicyWatcher(full, lambda _: found, Awaited(**wanted)).look()


def reported(**words: Any) -> dict[str, Any]:
    """Return statuses of the policy by node."""
    return {name: {"o/p": word} for name, word in words.items()}


@pytest.mark.parametrize(
    ("found", "wanted", "expected"),
    [
        (survey(statuses=reported(a=DONE)), {}, {"statuses": {"a": DONE}}),
        (survey("bc", statuses=reported(a=DONE)), {}, {"statuses": {"a": DONE}, "awaited": ["b", "c"]}),
        (
            survey("bc", statuses=reported(a=DONE), policies={"o/p": CONSTRAINED}),
            {},
            {"statuses": {"a": DONE}, "silent": 2},
        ),
        (
            survey("bc", statuses=reported(a=DONE), policies={"o/p": CONSTRAINED}, own={"b": ROME, "c": None}),
            {},
            {"statuses": {"a": DONE}, "silent": 1, "awaited": ["c"]},
        ),
        (
            survey("bc", statuses=reported(a=DONE), policies={"o/p": policy(enabled=False)}),
            {},
            {"statuses": {"a": DONE}, "silent": 2, "note": DISABLED_NOTE},
        ),
        (
            survey("bc", statuses=reported(a=DONE), policies={"o/p": policy(enabled=False)}),
            {"named": True},
            {"statuses": {"a": DONE}, "awaited": ["b", "c"], "note": DISABLED_NOTE},
        ),
        (survey("bc", statuses=reported(a=DONE)), {"expect": "1"}, {"statuses": {"a": DONE}, "silent": 2}),
        (survey("bc", statuses=reported(a=DONE)), {"expect": "3"}, {"statuses": {"a": DONE}, "silent": 2, "short": 2}),
        (
            survey("bc", statuses=reported(a=DONE)),
            {"expect": "67%"},
            {"statuses": {"a": DONE}, "silent": 2, "short": 2},
        ),
        (
            survey("c", statuses=reported(a=DONE), troubled={"b": AWAY}),
            {"expect": "3"},
            {"statuses": {"a": DONE}, "troubled": {"b": True}, "silent": 1, "short": 1},
        ),
        (
            survey(statuses=reported(a=DONE), troubled={"b": AWAY, "c": REFUSED}),
            {},
            {"statuses": {"a": DONE}, "troubled": {"b": True, "c": False}},
        ),
        (
            survey("a", troubled={"b": AWAY}, policies={"o/p": CONSTRAINED}),
            {},
            {"silent": 1, "troubled": {"b": True}},
        ),
        (
            survey(statuses=reported(a=DONE, b=BUSY), policies={"o/p": policy(lastUpdated="2026-11-22T00:00:00Z")}),
            {},
            {"statuses": {"a": DONE, "b": BUSY}, "kept": ["a", "b"]},
        ),
    ],
)
def test_a_look_at_one_policy(found: Survey, wanted: Any, expected: Any) -> None:
    empty = Look("o/p", "nodes", {}, awaited=[], kept=[])
    assert looked(found, **wanted) == empty._replace(**expected)


@pytest.mark.parametrize("policies", [{"o/p": ROLL, "o/q": NEXT}, {"o/p": ROLL, "o/q": policy(enabled=False)}])
def test_a_look_at_all_policies_waits_for_each_that_is_known_to_be_meant(policies: Any) -> None:
    found = survey("bc", statuses=reported(a=DONE), policies=policies, own={"a": ROME, "b": ROME, "c": None})
    enabled = policies["o/q"]["enabled"]
    statuses: Any = {"a o/p": DONE}
    assert looked(found, "", named=True) == Look(
        "all policies",
        "policies",
        statuses,
        awaited=["b o/p", "c o/p", *["a o/q", "b o/q"] * enabled],
        kept=[],
    )


@pytest.mark.parametrize(
    ("full", "policies", "words"),
    [
        ("o/p", {"o/p": CONSTRAINED}, "no node has a status of o/p."),
        ("o/p", {"o/p": policy(enabled=False)}, f"no node has a status of o/p, and {DISABLED_NOTE}."),
        ("", {"o/p": CONSTRAINED}, "no node has a status of any policy."),
    ],
)
def test_nothing_to_wait_for(full: str, policies: Any, words: str) -> None:
    with pytest.raises(NotFound) as raised:
        looked(survey("abc", policies=policies), full)
    assert raised.value.message == words
    with pytest.raises(NotFound):
        looked(survey(nodes="", policies=policies), full)


def test_what_every_node_answers_with_is_raised() -> None:
    with pytest.raises(NotPermitted):
        looked(survey(troubled={"a": REFUSED, "b": REFUSED}))


def test_nodes_that_are_final_are_asked_at_every_tenth_look_and_at_the_end() -> None:
    now = {"a": DONE, "b": BUSY, "c": status("rollback failed")}
    asked: list[str] = []

    def ask(but: Collection[str]) -> Survey:
        asked.append("".join(name for name in now if name not in but))
        return survey(nodes="".join(now), statuses=reported(**{name: now[name] for name in now if name not in but}))

    pursuit = PolicyWatcher("o/p", ask, Awaited())
    for _ in range(ALL_AGAIN + 2):
        assert pursuit.look().statuses == now
    assert asked == ["abc", *["b"] * (ALL_AGAIN - 1), "abc", "b"]
    assert pursuit.survey.statuses == reported(**now)

    del now["c"]  # one that is removed while it need not be asked
    assert pursuit.look().statuses == now
    now["b"] = FAILED  # it may be the last look, though this may become a rollback
    assert pursuit.look().statuses == now
    assert asked[ALL_AGAIN + 2 :] == ["b", "b", "ab"]


def test_a_node_is_asked_again_while_one_of_its_statuses_is_not_final() -> None:
    asked: list[set[str]] = []

    def ask(but: Collection[str]) -> Survey:
        asked.append(set(but))
        return survey(statuses={"a": {"o/p": DONE, "o/q": BUSY}, "b": {"o/p": FAILED}, "c": {"o/p": DONE}})

    pursuit = PolicyWatcher("", ask, Awaited())
    for _ in range(2):
        pursuit.look()
    assert asked == [set(), {"c"}]


def test_trouble_with_all_that_are_asked_is_not_raised_while_others_are_final() -> None:
    refused: Any = {"b": REFUSED}
    answers = [
        survey(statuses=reported(a=DONE, b=BUSY)),
        survey(troubled=refused),
        survey(statuses=reported(a=DONE), troubled=refused),  # it may be the last look: all are asked
    ]
    pursuit = PolicyWatcher("o/p", lambda _: answers.pop(0), Awaited())
    pursuit.look()
    look = pursuit.look()
    assert (look.statuses, look.troubled) == ({"a": DONE}, {"b": False})


def test_a_status_that_is_gone_is_not_waited_for() -> None:
    answers = [survey("bc", statuses=reported(a=BUSY)), survey("abc"), survey("bc", troubled={"a": AWAY})]
    pursuit = PolicyWatcher("o/p", lambda _: answers.pop(0), Awaited(named=True))
    assert pursuit.look().awaited == ["b", "c"]
    assert (look := pursuit.look()).awaited == ["b", "c"]
    assert look.silent == 1
    assert pursuit.look().troubled == {"a": True}


def test_an_interruption_goes_on() -> None:
    with pytest.raises(KeyboardInterrupt):
        looked(survey("abc", interrupted=True))
