"""The table of the end of agent upgrades: what one look can hold, and what it means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from edge import WORDS, status
from nodewatch.horizon.outcome import WAIT_KINDS, Look, outcome
from nodewatch.watch.model import Settling

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SEEN = Settling(NOON, {}, timedelta(seconds=120))
OLD, FRESH = "2026-11-21T11:58:00Z", "2026-11-21T11:58:01Z"

# What brings a name of each kind into a look, by the name.
BRINGS: dict[str, dict[str, Any]] = {
    "successful": {"statuses": {"a": status("successful")}},
    "failed": {"statuses": {"b": status("rollback failed")}},
    "kept": {"statuses": {"c": status("no action required")}, "kept": {"c"}},
    "unclear": {"statuses": {"d": status("unknown", lastUpdated=OLD)}},
    "moving": {"statuses": {"e": status("downloaded", lastUpdated=OLD)}},
    "unlisted": {"statuses": {"f": status("Successful", lastUpdated=OLD)}},
    "awaited": {"awaited": ["g"]},
    "unanswered": {"troubled": {"h": True}},
    "refused": {"troubled": {"i": False}},
}
NAMES = dict(zip(BRINGS, "abcdefghi", strict=True))

# Kind: (counted as, over). What is over and good alone is a success.
TABLE = {
    "successful": ("successful", True, "good"),
    "failed": ("failed", True, "failed"),
    "kept": ("not started over since the policy was changed", True, "failed"),
    "unclear": ("in a status that nothing follows", True, "failed"),
    "moving": ("in progress", False, "lagging"),
    "unlisted": ("in a status that nodewatch does not know", False, "lagging"),
    "awaited": ("without a status", False, "lagging"),
    "unanswered": ("could not be asked", False, "lagging"),
    "refused": ("could not be asked", True, "lagging"),
}
TOGETHER = [kinds for size in range(len(TABLE) + 1) for kinds in combinations(TABLE, size)]


def look(*kinds: str, **more: Any) -> Look:
    found: dict[str, Any] = {"statuses": {}, "awaited": [], "troubled": {}, "kept": set()}
    for kind in kinds:
        for field, value in BRINGS[kind].items():
            found[field] = found[field] + value if field == "awaited" else found[field] | value
    return Look("it", "nodes", **found, **more)


def test_the_table_is_the_whole_of_it() -> None:
    assert {name: tuple(kind) for name, kind in WAIT_KINDS.items()} == TABLE


@pytest.mark.parametrize("kinds", TOGETHER, ids=" ".join)
def test_every_combination(kinds: tuple[str, ...]) -> None:
    for short in (0, 1):
        found = outcome(look(*kinds, short=short), SEEN)
        over = not short and all(TABLE[kind][1] for kind in kinds)
        assert found.finished == over
        assert found.succeeded == (over and kinds == ("successful",))
        assert list(found.failed) == [NAMES[kind] for kind in kinds if TABLE[kind][2] == "failed"]
        assert list(found.lagging) == [NAMES[kind] for kind in kinds if TABLE[kind][2] == "lagging"]
        assert found.gone == (not kinds and not short)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (look("successful"), "it: 1 of 1 node successful"),
        (look("successful", silent=1), "it: 1 of 1 node successful; 1 other has no status"),
        (
            look("failed", silent=2, short=2),
            "it: 0 of 1 node successful, 1 failed; 2 more are expected; 2 others have no status",
        ),
        (look(), "it: 0 of 0 nodes successful"),
        (
            look(*TABLE)._replace(things="policies", short=1, note="and so on"),
            """\
it: 1 of 9 policies successful, 1 failed, 1 not started over since the policy was changed, \
1 in a status that nothing follows, 1 in progress, 1 in a status that nodewatch does not know, \
1 without a status, 1 could not be asked, 1 could not be asked; \
1 more is expected; and so on""",
        ),
    ],
)
def test_words(found: Look, words: str) -> None:
    assert outcome(found, SEEN).words == words


@pytest.mark.parametrize("word", [*WORDS, "asleep", "", None])
def test_every_word(word: str | None) -> None:
    """Which kind a word is: at once, once it has stood for --settle, and with a policy that was changed since."""
    given: Any = None if word is None else status(word, lastUpdated=FRESH)
    settled: Any = None if word is None else status(word, lastUpdated=OLD)
    found = [
        next(kind for kind, words in ((kind, f"1 {each.words}") for kind, each in WAIT_KINDS.items()) if words in said)
        for said in (
            outcome(Look("", "nodes", {"n": each}, kept=kept), SEEN)
            .words.replace("0 of 1 node successful", "")
            .replace("1 of 1 node successful", "1 successful")
            for each, kept in ((given, ()), (settled, ()), (settled, ("n",)))
        )
    ]
    good, bad, doubt = ["successful", "successful", "kept"], ["failed"] * 3, ["moving", "unclear", "unclear"]
    expected = {
        "successful": good,
        "no action required": good,
        "failed": ["moving", "failed", "failed"],
        "precheck failed": bad,
        "download failed": bad,
        "rollback failed": bad,
        "rollback successful": bad,
        "unknown": doubt,
        "asleep": ["unlisted"] * 3,
        "": doubt,
        None: ["moving"] * 3,  # nothing tells since when it is so
    }
    assert found == expected.get(word, ["moving"] * 3)
