"""When the watching of a list of sessions is over, and how it ended: a table, and what is looked up in it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.bos_v2 import kinds, outcome, verdict_rules
from nodewatch.table import plural
from nodewatch.watch.model import FAILED, GOES_ON, SUCCEEDED, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nodewatch.bos_v2.types import Session
    from nodewatch.watch.model import End


class SessionsLook(NamedTuple):
    """One look at a list of sessions: the records that are shown, and how far those are that ran while it was watched.

    `ran` is how many of these were more than staged, with those that were deleted since. `failed` tells how many nodes
    failed, by the names of sessions, where that is shown.
    """

    sessions: Sequence[Session]
    followed: Mapping[str, outcome.SessionLook]
    ran: int
    failed: Mapping[str, int] = {}


# By what is the case, the words and the end.
SESSIONS_ENDS: dict[str, tuple[str, End]] = {
    "none ran": ("nothing to wait for: no session is running", FAILED),
    "running": ("{counts}", GOES_ON),
    "not all succeeded": ("{counts}", FAILED),
    "all succeeded": ("{counts}", SUCCEEDED),
}


def session_kind(look: outcome.SessionLook) -> str:
    """Return `succeeded` or `failed` for a session that is over, `waiting` for one that is only staged, `running`.

    One is over that is complete, or whose nodes are known and at their end: one that was staged, and applied, is never
    complete. It succeeded if a wait for it alone would say so. One that was made again in place of another did
    not. Of more than 20,000 nodes the share that is staged does not tell whether all of them are: such a session runs.

    >>> def session(state, **shares):
    ...     return outcome.SessionLook({}, {"status": state, "managed_components_count": 2, **shares}, {})
    >>> ended = [session("complete", percent_successful=100.0), session("complete", percent_failed=50.0)]
    >>> [session_kind(each) for each in (*ended, session("complete", percent_successful=50.0))]
    ['succeeded', 'failed', 'failed']
    >>> [session_kind(each) for each in (session("pending"), session("running"))]
    ['running', 'running']
    >>> [session_kind(session("running", percent_staged=share)) for share in (50.0, 100.0)]
    ['running', 'waiting']
    >>> session_kind(ended[0]._replace(made_again="2026-11-21T12:00:00"))
    'failed'
    >>> staged = [session("running", percent_staged=100.0, managed_components_count=each) for each in (20_000, 20_001)]
    >>> list(map(session_kind, staged))
    ['waiting', 'running']
    >>> applied = session("running", percent_staged=50.0, percent_successful=50.0)
    >>> applied = applied._replace(nodes={"x1": kinds.Node("stable", False, "")})
    >>> [session_kind(applied._replace(staged=ids)) for ids in (["x1"], [])]
    ['succeeded', 'running']
    """
    if look.made_again:
        return "failed"
    end = outcome.find_rule(look).end
    if look.status.get("status") == "complete" or (look.nodes and end.finished):
        return "succeeded" if end.succeeded else "failed"
    exact = (verdict_rules.node_count(look.status) or 0) <= verdict_rules.COUNTED_EXACTLY
    return "waiting" if exact and verdict_rules.shares_of(look.status).staged == 100.0 else "running"


def sessions_case(look: SessionsLook) -> str:
    """Return which line of the table fits.

    >>> def looks(*states):
    ...     found = {str(n): outcome.SessionLook({}, {"status": state}, {}) for n, state in enumerate(states)}
    ...     return SessionsLook([], found, len(found))
    >>> found = looks(), looks("running", "complete"), looks("complete"), SessionsLook([], {}, 1)
    >>> list(map(sessions_case, found))
    ['none ran', 'running', 'not all succeeded', 'all succeeded']
    """
    found = [session_kind(each) for each in look.followed.values()]
    if "running" in found:
        return "running"
    if not look.ran:
        return "none ran"
    return "not all succeeded" if "failed" in found else "all succeeded"


def session_states(look: SessionsLook) -> dict[str, str]:
    """Return how far each session is that is followed, in words."""
    return {name: session_words(each) for name, each in look.followed.items()}


def session_words(look: outcome.SessionLook) -> str:
    """Return how far a session is."""
    if look.made_again:
        return f"deleted, and made again at {look.made_again}"
    return outcome.state_in_words(outcome.find_rule(look), look, kinds.sort_by_kind(look.nodes))


def sessions_outcome(look: SessionsLook) -> Outcome:
    """Return what one look at a list of sessions says: over when none of those that ran is running any more.

    A session that runs, and has failed nodes, counts as failed: it cannot succeed any more.

    >>> def session(state, **shares):
    ...     return outcome.SessionLook({}, {"status": state, "managed_components_count": 4, **shares}, {})
    >>> run = {"a": session("running", percent_successful=50.0, phases={"percent_configuring": 50.0})}
    >>> sessions_outcome(SessionsLook([], run, 1))[:5]
    ('1 session is running', False, False, [], ['a'])
    >>> over = {"b": session("complete", percent_successful=100.0), "c": session("complete", percent_failed=100.0)}
    >>> sessions_outcome(SessionsLook([], {**run, **over}, 3))[:5]
    ('1 session is running, 1 succeeded, 1 failed', False, False, ['c'], ['a'])
    >>> failing = {"d": session("running", percent_failed=25.0, phases={"percent_configuring": 75.0})}
    >>> sessions_outcome(SessionsLook([], failing, 1))[3:5]
    (['d'], [])
    >>> sessions_outcome(SessionsLook([], over, 2))[:3], sessions_outcome(SessionsLook([], {"b": over["b"]}, 1))[:3]
    (('1 session succeeded, 1 failed', True, False), ('1 session succeeded', True, True))
    """
    by_kind = {name: session_kind(each) for name, each in look.followed.items()}
    failing = [name for name, each in look.followed.items() if verdict_rules.count_failed(each.status)]
    line, end = SESSIONS_ENDS[sessions_case(look)]
    statuses = [each.status for each in look.followed.values()]
    return Outcome(
        words=line.format(counts=session_counts(by_kind)),
        finished=end.finished,
        succeeded=end.succeeded,
        failed=[name for name, word in by_kind.items() if word == "failed" or name in failing],
        lagging=[name for name, word in by_kind.items() if word == "running" and name not in failing],
        done=sum(map(outcome.stable_share, statuses)),
        remaining=sum(map(outcome.moving_share, statuses)),
    )


def session_counts(by_kind: Mapping[str, str]) -> str:
    """Return how many sessions are how far, in words.

    >>> session_counts({"a": "running", "b": "running", "c": "failed"})
    '2 sessions are running, 1 failed'
    >>> session_counts({"a": "waiting"}), session_counts({})
    ('1 session is staged', 'no session is left')
    """
    number = Counter(by_kind.values())
    verbs = {"running": ("is running", "are running"), "waiting": ("is staged", "are staged")}
    said = [
        (number[word], verbs.get(word, (word, word))[number[word] > 1])
        for word in ("running", "waiting", "succeeded", "failed")
        if number[word]
    ]
    if not said:
        return "no session is left"
    (first, verb), *rest = said
    return ", ".join([f"{plural(first, 'session')} {verb}", *(f"{count:,} {word}" for count, word in rest)])
