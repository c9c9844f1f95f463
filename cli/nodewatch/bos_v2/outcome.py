"""When a BOS v2 session is over, and how it ended: a table, and what is looked up in it.

Sources: the guide page "View the Status of a BOS Session", and the BOS v2 API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.bos_v2 import kinds, rules, verdict_rules
from nodewatch.documents import part
from nodewatch.table import plural
from nodewatch.times import read_time
from nodewatch.watch.model import FAILED, GOES_ON, SETTLES, SUCCEEDED, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nodewatch.bos_v2.kinds import Kinds, Node
    from nodewatch.bos_v2.types import ExtendedStatus, Session
    from nodewatch.documents import Document
    from nodewatch.watch.model import End, Settling


class SessionLook(NamedTuple):
    """One look at a session: its record and status, the components that name it by id, the ids staged for it.

    `components` are the documents, as far as a table is made of them. `made_again` is the start time of another session
    that has this name by now. Where the look is not `whole`, only failed components are known as they are now.
    """

    session: Session
    status: ExtendedStatus
    nodes: Mapping[str, Node]
    staged: Sequence[str] = ()
    components: Sequence[Document] = ()
    made_again: str = ""
    whole: bool = True

    @property
    def waiting(self) -> list[str]:
        """The ids for which the session only waits to be applied: BOS leaves it staged where it was applied, too."""
        return [name for name in self.staged if name not in self.nodes]

    @property
    def applied(self) -> int:
        """How many nodes BOS counts twice: those that are both staged for the session, and its own."""
        return len(self.staged) - len(self.waiting)


class Rule(NamedTuple):
    """One line of the table: it fits that state, work and proof, where an empty one fits all."""

    state: str
    work: str
    proof: str
    words: str
    end: End


STATE_AND_COUNTS = "{state}: {counts}"
# The first line that fits a look counts. `work` is what `work_state` returns, `proof` what `proof_of_end` does.
SESSION_RULES = (
    Rule("complete", "", "set-up failed", "{state}, but its setup failed: {error}", FAILED),
    Rule("", "", "set-up failed", "{state}, but its setup failed: {error}", GOES_ON),
    Rule("complete", "", "no nodes", "{state}: nothing to do, it has no nodes", FAILED),
    Rule("", "", "no nodes", "{state}, without nodes yet", GOES_ON),
    Rule("", "", "not asked", "{state}: {shares}", GOES_ON),
    Rule("complete", "", "stable", STATE_AND_COUNTS, SUCCEEDED),
    Rule("complete", "", "unclear", "{state}, but its numbers make no sense", FAILED),
    Rule("complete", "", "some gone", "{state}: {counts}, but it was set up for {members}", FAILED),
    Rule("complete", "", "", STATE_AND_COUNTS, FAILED),
    Rule("running", "at rest", "stable", STATE_AND_COUNTS, SUCCEEDED),
    Rule("running", "at rest", "unclear", "{state}: {counts}, but its status says otherwise", SETTLES),
    Rule("running", "at rest", "", STATE_AND_COUNTS, FAILED),
    Rule("", "", "staged", "{state}: staged for {staged}, and waits to be applied", GOES_ON),
    Rule("", "", "", STATE_AND_COUNTS, GOES_ON),
)


def work_state(look: SessionLook) -> str:
    """Return whether BOS still does something for the session: it does not before all its nodes are disabled.

    >>> on, off = kinds.Node("stable", True, ""), kinds.Node("stable", False, "")
    >>> nodes = ({"x1": off, "x2": on}, []), ({"x1": off}, ["x2"]), ({}, []), ({"x1": off}, ["x1"])
    >>> [work_state(SessionLook({}, {}, own, staged)) for own, staged in nodes]
    ['at work', 'to be applied', 'none', 'at rest']
    """
    if any(node.enabled for node in look.nodes.values()):
        return "at work"
    if look.waiting:
        return "to be applied"
    return "at rest" if look.nodes else "none"


def proof_of_end(look: SessionLook) -> str:
    """Return what the look proves of the nodes: of a complete session by its saved status, else by its components.

    Nothing is proved where the one contradicts the other: between two questions a server may get on.
    """
    if part(look.session, "status").get("error"):
        return "set-up failed"
    if not look.whole:
        return "not asked"
    if look.status.get("status") == "complete":
        return saved_proof(look)
    if not look.nodes:
        return "staged" if look.waiting else "no nodes"
    if not numbers_agree(look):
        return "unclear"
    found = kinds.sort_by_kind(look.nodes)
    return "failed" if found.failed else "stable" if len(found.stable) == len(look.nodes) else "held"


def saved_proof(look: SessionLook) -> str:
    """Return what a complete session proves: its nodes may be another session's by now, its numbers stay.

    Of more than 20,000 nodes the percentages do not tell one: then the errors and the components count, too.

    >>> def saved(count, successful, *words, names="", **more):
    ...     status = {"managed_components_count": count, "percent_successful": successful, **more}
    ...     found = {f"x{number}": kinds.Node(word, False, "") for number, word in enumerate(words)}
    ...     return saved_proof(SessionLook({"components": names}, status, found))
    >>> saved(2, 100.0), saved(2, 50.0), saved(2, 50.0, percent_failed=50.0), saved(2, 100.0, "failed"), saved(0, 0.0)
    ('stable', 'held', 'failed', 'failed', 'no nodes')
    >>> saved(2, 101.0), saved(2, 100.0, percent_failed=-1), saved(None, 100.0)
    ('unclear', 'unclear', 'unclear')
    >>> saved(2, 100.0, names="x1,x2,x3"), saved(3, 100.0, names="x1,x2,x3")
    ('some gone', 'stable')
    >>> error = {"error_summary": {"no power": {"count": 1, "list": "x1"}}}
    >>> saved(20_000, 100.0, **error), saved(20_001, 100.0, **error), saved(20_001, 100.0, "stable", "held")
    ('stable', 'failed', 'held')
    """
    status, found, shares = look.status, kinds.sort_by_kind(look.nodes), verdict_rules.shares_of(look.status)
    total = verdict_rules.node_count(status)
    if total == 0:
        return "no nodes"
    if total is None or not verdict_rules.is_sound(status):
        return "unclear"
    if shares.failed or found.failed or hidden_failures(look):
        return "failed"
    if shares.successful < 100 or (total > verdict_rules.COUNTED_EXACTLY and (found.moving or found.held)):
        return "held"
    return "some gone" if len(rules.component_names(look.session)) > total else "stable"


def hidden_failures(look: SessionLook) -> int:
    """Return how many nodes of a large session failed for all that is known, though its percentages do not show it.

    An error counts, but where the components prove every single node stable: then it is an old one.
    """
    total = verdict_rules.node_count(look.status) or 0
    stable = sum(node.kind == "stable" for node in look.nodes.values())
    if total <= verdict_rules.COUNTED_EXACTLY or stable == total:
        return 0
    return sum(group.number for group in verdict_rules.error_groups(look.status, {}))


def numbers_agree(look: SessionLook) -> bool:
    """Return whether a session's status counts what its components are; a percentage has two decimal places.

    >>> def look(count, successful, failed, staged, *words):
    ...     status = {"managed_components_count": count, "percent_successful": successful}
    ...     found = {f"x{number}": kinds.Node(word, False, "") for number, word in enumerate(words)}
    ...     status |= {"percent_failed": failed, "percent_staged": staged}
    ...     return SessionLook({}, status, found, ["y1"][: count - 2])
    >>> right = look(2, 50.0, 50.0, 0.0, "stable", "failed"), look(3, 66.67, 0, 33.33, "stable", "stable")
    >>> wrong = [look(2, share, failed, 0.0, "stable", "failed") for share, failed in ((50.0, 0.0), (100.0, 50.0))]
    >>> wrong += [look(3, 66.67, 0, 0.0, "stable", "stable"), look(1, 100.0, 0.0, 0.0, "stable", "stable")]
    >>> list(map(numbers_agree, [*right, *wrong]))
    [True, True, False, False, False, False]
    """
    status, found, shares = look.status, kinds.sort_by_kind(look.nodes), verdict_rules.shares_of(look.status)
    total = len(look.nodes) + len(look.staged)
    if verdict_rules.node_count(status) != total or not verdict_rules.is_sound(status):
        return False
    said = (shares.successful, found.stable), (shares.failed, found.failed), (shares.staged, look.staged)
    return all(abs(share - len(names) * 100 / total) < verdict_rules.ROUNDED for share, names in said)


def node_states(look: SessionLook) -> dict[str, str]:
    """Return each component's status, or `staged` where the session only waits to be applied to it."""
    return {**dict.fromkeys(look.waiting, "staged"), **{name: node.words for name, node in look.nodes.items()}}


def find_rule(look: SessionLook) -> Rule:
    """Return the line of the table that fits a look."""
    facts = str(look.status.get("status")), work_state(look), proof_of_end(look)
    return next(
        rule for rule in SESSION_RULES if all(want in ("", fact) for want, fact in zip(rule[:3], facts, strict=True))
    )


def outcome(look: SessionLook, settling: Settling) -> Outcome:
    """Return what one look at a session says: how far it is, whether that is the end, which nodes failed or lag.

    >>> from datetime import datetime, timedelta
    >>> from nodewatch.watch.model import Settling
    >>> settling = Settling(datetime.min, {}, timedelta(seconds=120))
    >>> nodes = {"x1": kinds.Node("moving", True, "configuring"), "x2": kinds.Node("stable", False, "stable")}
    >>> status = {"status": "running", "managed_components_count": 2}
    >>> outcome(SessionLook({"name": "boot-1"}, status, nodes), settling)[:5]
    ('boot-1 is running: 1 of 2 nodes stable, 1 in progress', False, False, [], ['x1'])
    >>> outcome(SessionLook({"name": "boot-1"}, status, {}, made_again="2026-11-21T12:00:00"), settling)[:3]
    ('boot-1 was deleted, and made again at 2026-11-21T12:00:00', True, False)
    """
    name = look.session.get("name")
    if look.made_again:
        words = f"{name} was deleted, and made again at {look.made_again}"
        return Outcome(words, finished=True, gone=True)
    found, fits = kinds.sort_by_kind(look.nodes), find_rule(look)
    succeeded = fits.end.succeeded
    finished = fits.end.finished or (fits.end is SETTLES and settling.unchanged())
    failed = [] if succeeded else failed_names(look, found)
    return Outcome(
        words=f"{name} is {state_in_words(fits, look, found)}",
        finished=finished,
        succeeded=succeeded,
        failed=failed,
        lagging=[] if succeeded else [*found.moving, *found.held, *look.waiting],
        unnamed=max(failed_count(look) - len(failed), 0) if finished else 0,
        missing=never_seen(look),
        gone=fits.end.gone,
        done=len(found.stable) if look.whole else stable_share(look.status),
        remaining=len(found.moving) if look.whole else moving_share(look.status),
        started=read_time(part(look.status, "timing").get("start_time")),
    )


def never_seen(look: SessionLook) -> dict[str, str]:
    """Return the nodes that a running session was set up for, and that are not its own any more.

    >>> running = {"status": "running"}
    >>> never_seen(SessionLook({"components": "x1,x2,x3"}, running, {"x1": kinds.Node("stable", False, "")}, ["x3"]))
    {'x2': 'nothing'}
    >>> never_seen(SessionLook({"components": "x1"}, {"status": "complete"}, {}))
    {}
    >>> never_seen(SessionLook({}, running, {}))
    {}
    """
    if look.status.get("status") != "running" or not look.whole:
        return {}
    known = {*look.nodes, *look.staged}
    return {name: "nothing" for name in rules.component_names(look.session) if name not in known}


def failed_count(look: SessionLook) -> int:
    """Return how many nodes of a session failed, as far as anything tells."""
    known = sum(node.kind == "failed" for node in look.nodes.values())
    return max(verdict_rules.count_failed(look.status), known, hidden_failures(look))


def failed_names(look: SessionLook, found: Kinds) -> list[str]:
    """Return the names of the failed nodes: as the components tell, and where these are fewer, from the status."""
    if look.status.get("status") != "complete" or len(found.failed) >= failed_count(look):
        return found.failed
    groups = verdict_rules.error_groups(look.status, {})
    return sorted({*found.failed, *(name for group in groups for name in group.names)} - {*found.stable})


def state_in_words(fits: Rule, look: SessionLook, found: Kinds) -> str:
    """Return a session's state and its nodes by kind, in the words of the line that fits."""
    state, total = look.status.get("status") or "in an unknown state", verdict_rules.node_count(look.status)
    if total is None:
        total = len(look.nodes) + len(look.staged)
    return fits.words.format(
        state=state,
        error=str(part(look.session, "status").get("error")).rstrip(". \n"),
        staged=plural(len(look.waiting), "node"),
        members=f"{len(rules.component_names(look.session)):,}",
        shares=shared_counts(look.status, total),
        counts=saved_counts(look, total, found)
        if state == "complete"
        else kinds.counts_in_words(found, total - look.applied, len(look.waiting)),
    )


def stable_share(status: ExtendedStatus) -> int:
    """Return how many nodes of a session are stable, as its status has it."""
    return round((verdict_rules.node_count(status) or 0) * verdict_rules.shares_of(status).successful / 100)


def moving_share(status: ExtendedStatus) -> int:
    """Return how many nodes of a session are in progress, as its status has it."""
    return round((verdict_rules.node_count(status) or 0) * verdict_rules.shares_of(status).in_progress / 100)


def shared_counts(status: ExtendedStatus, total: int) -> str:
    """Return how many nodes of a session are how far, as its status has it, in words.

    >>> status = {"managed_components_count": 4, "percent_successful": 50.0, "percent_failed": 25.0}
    >>> half = {"managed_components_count": 2, "percent_staged": 50.0}
    >>> shared_counts({**status, "phases": {"percent_configuring": 25.0}}, 4), shared_counts(half, 2)
    ('2 of 4 nodes stable, 1 failed, 1 in progress', '0 of 2 nodes stable, 1 staged, 1 on hold or disabled')
    """
    shares = verdict_rules.shares_of(status)
    others = {
        "failed": shares.failed,
        "in progress": shares.in_progress,
        "staged": shares.staged,
        "on hold or disabled": shares.other,
    }
    counted = {name: round(total * share / 100) for name, share in others.items()}
    rest = "".join(f", {count:,} {name}" for name, count in counted.items() if count)
    return f"{stable_share(status):,} of {plural(total, 'node')} stable{rest}"


def saved_counts(look: SessionLook, total: int, found: Kinds) -> str:
    """Return how many nodes of a complete session ended how, in words.

    >>> status = {"managed_components_count": 30_000, "percent_successful": 100.0, "status": "complete"}
    >>> status["error_summary"] = {"no power": {"count": 1, "list": "x1"}}
    >>> saved_counts(SessionLook({}, status, {}), 30_000, kinds.sort_by_kind({}))
    '29,999 of 30,000 nodes stable, 1 failed'
    """
    failed = failed_count(look)
    stable = min(round(total * verdict_rules.shares_of(look.status).successful / 100), total - failed)
    if total > verdict_rules.COUNTED_EXACTLY:
        stable = min(stable, total - failed - len(found.moving) - len(found.held))
    others = {"failed": failed, "otherwise": total - stable - failed}
    rest = "".join(f", {count:,} {name}" for name, count in others.items() if count)
    return f"{stable:,} of {plural(total, 'node')} stable{rest}"
