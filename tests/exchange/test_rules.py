"""Properties of what the statuses mean, for whatever a server may send."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge import WORDS
from nodewatch.documents import part
from nodewatch.horizon import rules

FIELDS = ("scheduledTime", "startTime", "endTime", "errorMessage", "workingDirectory", "lastUpdated", "k8s", "more")
VALUES: st.SearchStrategy[Any] = st.none() | st.text(max_size=3) | st.integers() | st.just({"a": []})
UPGRADES = st.none() | st.fixed_dictionaries(
    {}, optional={"status": st.sampled_from([*WORDS, "", "asleep"]), **dict.fromkeys(FIELDS, VALUES)}
)
STATUSES = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "agentUpgradePolicyStatus": UPGRADES,
        "agentUpgradeInternal": st.fixed_dictionaries({}, optional={"downloadAttempts": st.integers(), "more": VALUES}),
    },
)
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FORGOTTEN = {"startTime", "endTime", "errorMessage"}


def test_each_known_word_has_a_meaning_of_its_own() -> None:
    assert set(WORDS) <= set(rules.MEANINGS)
    assert {rules.MEANINGS[word].outcome for word in WORDS} == {"successful", "running", "failed", "waiting", "unknown"}
    running = [word for word in WORDS if rules.MEANINGS[word].outcome == "running"]
    assert running == ["download started", "downloaded", "initiated", "rollback started", "ha node waiting"]


@unhurried
@given(STATUSES)
def test_only_what_hzn_omits_is_omitted_and_what_it_always_has_is_there(status: Any) -> None:
    before, after = deepcopy(status), rules.as_hzn_prints(status)
    assert status == before
    if before is None or not isinstance(before.get("agentUpgradePolicyStatus"), dict):
        assert after == (None if before is None else {"agentUpgradePolicyStatus": None, **before})
        return
    old, new = before["agentUpgradePolicyStatus"], dict(rules.upgrade(after))
    gone = {name: value for name, value in old.items() if name not in new and name != "lastUpdated"}
    assert all(value == "" and name in rules.OMITTED_WHEN_EMPTY for name, value in gone.items())
    added = {name: new.pop(name) for name in ("scheduledTime", "upgradedVersions", "status") if name not in old}
    assert all(value in ("", rules.NO_VERSIONS) for value in added.values())
    assert {**new, **gone} == {name: value for name, value in old.items() if name != "lastUpdated"}
    assert rules.as_hzn_prints(after) == after


@unhurried
@given(STATUSES)
def test_the_agents_reset_forgets_the_attempt_and_keeps_the_rest(status: Any) -> None:
    before, after = deepcopy(status), rules.re_evaluated(status)
    assert status == before
    old, new = dict(rules.upgrade(status)), dict(rules.upgrade(after))
    assert {**old, "status": "waiting"} == {**new, **{name: old[name] for name in FORGOTTEN & set(old)}}
    assert not FORGOTTEN & set(new)
    internal = part(status or {}, "agentUpgradeInternal")
    assert part(after, "agentUpgradeInternal") == {
        **internal,
        **({"downloadAttempts": 0} if "downloadAttempts" in internal else {}),
    }
    assert rules.re_evaluated(after) == after


@unhurried
@given(STATUSES)
def test_the_exchanges_reset_changes_the_word_alone(status: Any) -> None:
    old, new = rules.upgrade(status), rules.with_word(status, "reset")
    kept = {name: value for name, value in old.items() if name in rules.SENT_TO_EXCHANGE and value != ""}
    assert new == {"agentUpgradePolicyStatus": {"scheduledTime": "", **kept, "status": "reset"}}


@unhurried
@given(st.dictionaries(st.sampled_from(["o/a", "o/b", "o/é", "o/\U0001f600", "o/\uffff"]), STATUSES))
def test_documents_are_sorted_by_bytes(statuses: Any) -> None:
    for document in (rules.words_of(statuses), rules.whole_statuses(statuses)):
        assert list(document) == sorted(statuses, key=str.encode)
