"""What a session's extended status says, as pure functions: its shares, its verdict, its groups of errors.

The words are those of the guide page "View the Status of a BOS Session".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from nodewatch.documents import id_of, part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nodewatch.documents import Document
    from nodewatch.table import Style

COUNTED_EXACTLY = 20_000  # components; of more than these, two decimal places of a percentage do not tell one
ROUNDING = 0.005  # percent: what BOS may add or take away when it rounds to two places
ROUNDED = 0.02  # by how much a percentage may differ from the share that it was rounded from
SHARES = ("successful", "failed", "staged")
MOVING_PHASES = ("powering_on", "powering_off", "configuring")


class Shares(NamedTuple):
    """An extended status in shares of its components, in percent: what a bar shows."""

    successful: float
    in_progress: float
    failed: float
    staged: float
    other: float


def percentage_of(document: Document, name: str) -> float:
    """Return a percentage of a document, 0.0 for what is none.

    >>> percentage_of({"percent_failed": 25}, "failed"), percentage_of({}, "failed")
    (25.0, 0.0)
    >>> values = ("25", float("inf"), float("nan"), -1, 100.1, True)
    >>> [percentage_of({"percent_failed": value}, "failed") for value in values]
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    value = document.get(f"percent_{name}")
    return float(value) if is_percentage(value) else 0.0


def is_percentage(value: object) -> TypeGuard[float]:
    """Return whether a value can be a share of nodes in percent, however the number is written.

    >>> from nodewatch.jsontext import parse_json
    >>> [is_percentage(value) for value in parse_json('[100, 100.0, 1.0E+2, 100.00, true, "100", 100.1]')]
    [True, True, True, True, False, False, False]
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100


def is_sound(status: Document) -> bool:
    """Return whether all percentages of a status that are there can be percentages, and its errors be read.

    >>> is_sound({"percent_failed": 0.0}), is_sound({"percent_failed": 1e999}), is_sound({"percent_staged": None})
    (True, False, False)
    >>> is_sound({"percent_successful": 100.0, "phases": {"percent_configuring": -1}})
    False
    >>> is_sound({"error_summary": {}}), is_sound({"error_summary": None}), is_sound({"error_summary": ["x1"]})
    (True, True, False)
    """
    phases = part(status, "phases")
    values = [status.get(f"percent_{name}", 0) for name in SHARES] + [
        phases.get(f"percent_{name}", 0) for name in MOVING_PHASES
    ]
    return all(map(is_percentage, values)) and isinstance(status.get("error_summary"), dict | None)


def shares_of(status: Document) -> Shares:
    """Return the shares of a session's components; `other` are those in no bucket (on hold, disabled in a phase).

    They add up to the whole, though a failed node stands in its phase as well (before BOS 2.4, and until BOS has
    disabled it); and nothing of a session that is complete is in progress.

    >>> shares_of({"percent_successful": 50.0, "percent_failed": 25, "phases": {"percent_configuring": 12.5}})
    Shares(successful=50.0, in_progress=12.5, failed=25.0, staged=0.0, other=12.5)
    >>> older = {"percent_failed": 25.0, "phases": {"percent_powering_on": 100.0}}
    >>> shares_of({"status": "running", **older}).in_progress, shares_of({"status": "complete", **older}).in_progress
    (75.0, 0.0)
    >>> sum(shares_of({"status": "pending", "percent_successful": None}))
    0.0
    >>> sum(shares_of({"status": "complete", "managed_components_count": 0, "percent_successful": 0.0}))
    0.0
    """
    phases = part(status, "phases")
    successful, failed, staged = (percentage_of(status, name) for name in SHARES)
    moving = 0.0 if status.get("status") == "complete" else sum(percentage_of(phases, name) for name in MOVING_PHASES)
    told = any(is_percentage(status.get(f"percent_{name}")) for name in SHARES) and node_count(status) != 0
    unended = 100.0 - successful - failed - staged if told else 0.0
    moving = max(min(moving, unended), 0.0)
    rest = unended - moving
    return Shares(successful, round(moving, 2), failed, staged, round(rest, 2) if rest > 0.05 else 0.0)


def counted_once(status: Document, applied: int) -> Document:
    """Return a session's status with each node counted once.

    BOS counts a node that is staged for the session twice once it was applied to it, unless `clear_stage` is set.

    >>> double = {"managed_components_count": 6, "percent_staged": 50.0, "percent_successful": 50.0}
    >>> counted_once(double, 3)
    {'managed_components_count': 3, 'percent_staged': 0.0, 'percent_successful': 100.0}
    >>> counted_once(double, 1)["percent_staged"], counted_once(double, 0) is double
    (40.0, True)
    >>> counted_once(double, 6) is double, counted_once({"percent_staged": 50.0}, 1)
    (True, {'percent_staged': 50.0})
    >>> odd = {"percent_failed": "?", "timing": 1.5, "phases": {"percent_configuring": 50.0}}
    >>> counted_once({"managed_components_count": 2, **odd}, 1)
    {'managed_components_count': 1, 'percent_failed': '?', 'timing': 1.5, 'phases': {'percent_configuring': 100.0}}
    """
    total = node_count(status) or 0
    if not 0 < applied < total:
        return status
    once = total - applied

    def recounted(document: Document) -> dict[str, object]:
        return {
            name: round(value * total / once, 2) if name.startswith("percent_") and is_percentage(value) else value
            for name, value in document.items()
        }

    again: dict[str, object] = {**recounted(status), "managed_components_count": once}
    if "percent_staged" in again:
        again["percent_staged"] = round(max(percentage_of(status, "staged") * total / 100 - applied, 0) * 100 / once, 2)
    if "phases" in again:
        again["phases"] = recounted(part(status, "phases"))
    return again


def node_count(status: Document) -> int | None:
    """Return how many components the session manages; None if the server does not say, or what no machine has.

    >>> [node_count({"managed_components_count": count}) for count in (2, 0, -1, "2", True, 10**400)]
    [2, 0, None, None, None, None]
    """
    count = status.get("managed_components_count")
    return count if type(count) is int and 0 <= count < 1 << 53 else None


def may_be_staged(status: Document) -> bool:
    """Return whether components may be staged for the session: of more than 20,000 the share does not tell one.

    >>> [may_be_staged({"managed_components_count": count, "percent_staged": 0.0}) for count in (20_000, 20_001)]
    [False, True]
    >>> may_be_staged({"managed_components_count": 2, "percent_staged": 50.0})
    True
    """
    return bool(shares_of(status).staged) or (node_count(status) or 0) > COUNTED_EXACTLY


def count_failed(status: Document) -> int:
    """Return how many components failed: the percentage of the count, which is exact for what two places can tell.

    >>> count_failed({"managed_components_count": 3, "percent_failed": 33.33})
    1
    """
    share = shares_of(status).failed
    return max(round((node_count(status) or 0) * share / 100), 1 if share else 0)


class Counts(NamedTuple):
    """How many components of a session are where; each is counted once, so that they add up to all of them."""

    successful: int
    in_progress: int
    failed: int
    held: int
    staged: int


def count_nodes(status: Document, known: Mapping[str, int] | None = None) -> Counts | None:
    """Return how many of a session's components are where; None if the server does not say how many there are.

    `known` counts its components by kind; that decides where all of them are known. A complete session's may have gone
    on to others, so that its saved percentages count, and where these cannot tell one node, its errors and those that
    are known not to be stable. What the percentages do not say, being rounded, is taken from or given to the largest.

    >>> count_nodes({"managed_components_count": 3, "percent_failed": 33.33, "percent_successful": 66.67})
    Counts(successful=2, in_progress=0, failed=1, held=0, staged=0)
    >>> known = {"moving": 1, "failed": 1}
    >>> count_nodes({"status": "running", "managed_components_count": 2, "percent_failed": 100.0}, known)
    Counts(successful=0, in_progress=1, failed=1, held=0, staged=0)
    >>> count_nodes({"status": "complete", "managed_components_count": 30_000, "percent_successful": 100.0}, known)
    Counts(successful=29998, in_progress=0, failed=1, held=1, staged=0)
    >>> count_nodes({"status": "complete", "managed_components_count": 30_000, "percent_successful": 100.0}).successful
    30000
    >>> count_nodes({"status": "complete", "managed_components_count": 2, "percent_successful": 100.0}, known)
    Counts(successful=2, in_progress=0, failed=0, held=0, staged=0)
    >>> count_nodes({"status": "running", "managed_components_count": 30_000, "percent_successful": 100.0}, known)
    Counts(successful=30000, in_progress=0, failed=0, held=0, staged=0)
    >>> none = {"status": "complete", "managed_components_count": 0}
    >>> count_nodes({**none, "percent_successful": 50.0, "percent_failed": 50.0})
    Counts(successful=0, in_progress=0, failed=0, held=0, staged=0)
    """
    total, shares, known = node_count(status), shares_of(status), known or {}
    if total is None:
        return None
    staged = round(total * shares.staged / 100)
    if status.get("status") != "complete" and sum(known.values()) + staged == total:
        stable, moving, failed, held = (known.get(kind, 0) for kind in ("stable", "moving", "failed", "held"))
        return Counts(stable, moving, failed, held, staged)
    parts = (shares.successful, shares.in_progress, shares.failed, shares.other, shares.staged)
    found = [max(round(total * share / 100), int(share > 0 and total > 0)) for share in parts]
    if status.get("status") == "complete" and total > COUNTED_EXACTLY:
        found[2] = max(failed_of_many(status, total), known.get("failed", 0))
        found[3] = max(found[3], known.get("held", 0) + known.get("moving", 0))
    found[found.index(max(found))] += total - sum(found) if any(found) else 0
    return Counts(*found)


def failed_of_many(status: Document, total: int) -> int:
    """Return how many components failed of more than a percentage can tell: as many as report errors, if it allows it.

    >>> errors = {"off": {"count": 3}}
    >>> failed_of_many({"percent_failed": 0.0, "error_summary": errors}, 100_000)
    3
    >>> failed_of_many({"percent_failed": 0.01, "error_summary": errors}, 100_000)
    10
    >>> failed_of_many({"percent_failed": 0.0, "error_summary": {"off": {"count": 5}}}, 100_000)
    5
    """
    errors, said = sum(group.number for group in error_groups(status, {})), total * shares_of(status).failed / 100
    return errors if abs(errors - said) <= total * ROUNDING / 100 else round(said)


class Verdict(NamedTuple):
    """A session's state in words, and whether it is `good`, `bad`, `busy` or `warn`: complete is not success."""

    text: str
    style: Style


def judge(status: Document, counts: Counts | None = None) -> Verdict:
    """Return what to think of a session ("View the Status of a BOS Session"; `complete` only says that BOS has ended).

    `counts` say how many failed where they were counted; else the percentages do.

    >>> judge({"status": "complete", "managed_components_count": 1, "percent_failed": 100.0, "percent_successful": 0})
    Verdict(text='complete: 1 of 1 node FAILED', style='bad')
    >>> judge({"status": "complete", "managed_components_count": 4, "percent_successful": 100.0})
    Verdict(text='complete: all 4 nodes succeeded', style='good')
    >>> judge({"status": "complete", "percent_successful": 100.0}).text
    'complete: all nodes succeeded'
    >>> judge({"status": "complete", "managed_components_count": 0})
    Verdict(text='complete: nothing to do, it has no nodes', style='warn')
    >>> many = {"managed_components_count": 30_000, "percent_successful": 100.0, "error_summary": {"off": {"count": 1}}}
    >>> judge({"status": "complete", **many}).text
    'complete: 29,999 of 30,000 nodes succeeded, 1 reports an error'
    >>> judge({"status": "complete", **many, "error_summary": {}}).text
    'complete: all 30,000 nodes succeeded'
    >>> judge({"status": "complete", **many, "percent_successful": 99.99}).text
    'complete, but not every node succeeded, 30,000 nodes'
    >>> judge({"status": "running", "managed_components_count": 1}).text
    'running, 1 node'
    """
    from nodewatch.table import plural  # JSON needs none of it

    state, total, shares = str(status.get("status", "unknown")), node_count(status), shares_of(status)
    everyone = "? nodes" if total is None else plural(total, "node")
    behind = f", {everyone}" if total else ""
    failed = count_failed(status) if counts is None else counts.failed
    if failed:
        return Verdict(f"{state}: {failed:,} of {everyone} FAILED", "bad")
    if state != "complete":
        return Verdict(f"{state}{', staged until applied' * (shares.staged == 100)}{behind}", "busy")
    if total == 0:
        return Verdict("complete: nothing to do, it has no nodes", "warn")
    all_succeeded = shares.successful >= 100 and (counts is None or counts.held == 0)
    if all_succeeded and (total or 0) > COUNTED_EXACTLY and part(status, "error_summary"):
        errors = sum(group.number for group in error_groups(status, {}))
        report = "1 reports an error" if errors == 1 else f"{errors:,} report errors"
        return Verdict(f"complete: {max((total or 0) - errors, 0):,} of {everyone} succeeded, {report}", "bad")
    if all_succeeded:
        return Verdict(f"complete: all {everyone if total else 'nodes'} succeeded", "good")
    return Verdict(f"complete, but not every node succeeded{behind}", "warn")


def ids_by_error(components: Iterable[Document]) -> dict[str, list[str]]:
    """Return the ids of the components that report an error, by its message.

    >>> ids_by_error([{"id": "x1", "error": "off"}, {"id": "x2", "error": ""}, {"id": "x3", "error": "off"}])
    {'off': ['x1', 'x3']}
    """
    errors: dict[str, list[str]] = {}
    for component in components:
        if component.get("error"):
            errors.setdefault(str(component["error"]), []).append(id_of(component))
    return errors


class ErrorGroup(NamedTuple):
    """Nodes with the same error: those whose names are known, and how many the server counts beyond them."""

    message: str
    number: int
    names: list[str]
    unknown: int


def error_groups(status: Document, found: Mapping[str, Sequence[str]]) -> list[ErrorGroup]:
    """Return a session's errors, the largest group first, each with every name that can be known.

    The server names ten nodes of a group and counts them all; `found` are the names by error message as the components
    themselves report them now. Where these are fewer than the count (nodes were taken over by another session since),
    the server's names are added, and the rest is counted as unknown. An error whose count cannot be read is that of the
    nodes that are named, or of one.

    >>> error_groups({"error_summary": {"off": {"count": 3, "list": "x2,x1..."}}}, {"off": ["x1"]})
    [ErrorGroup(message='off', number=3, names=['x1', 'x2'], unknown=1)]
    >>> error_groups({"error_summary": {"off": {"count": 1, "list": "x2"}}}, {"off": ["x1"]})
    [ErrorGroup(message='off', number=1, names=['x1'], unknown=0)]
    >>> error_groups({"error_summary": {"on": {"list": None}}}, {})
    [ErrorGroup(message='on', number=1, names=[], unknown=1)]
    >>> error_groups({"error_summary": {"on": {"count": "2", "list": "x1,x2"}, "off": {"count": 0, "list": ""}}}, {})
    [ErrorGroup(message='on', number=2, names=['x1', 'x2'], unknown=0), \
ErrorGroup(message='off', number=0, names=[], unknown=0)]
    >>> error_groups({"error_summary": {"off": {"count": 2, "list": ", x2,"}, "on": {"count": 1, "list": None}}}, {})
    [ErrorGroup(message='off', number=2, names=['x2'], unknown=1), \
ErrorGroup(message='on', number=1, names=[], unknown=1)]
    """
    groups = []
    for message, summary in part(status, "error_summary").items():
        names = set(found.get(message, ()))
        said = part({"summary": summary}, "summary")
        count = said.get("count")
        number = count if type(count) is int and count >= 0 else None
        if number is None or len(names) < number:
            listed = str(said.get("list") or "").removesuffix("...")
            names.update(name.strip() for name in listed.split(",") if name.strip())
        total = max(1 if number is None else number, len(names))
        groups.append(ErrorGroup(message, total, sorted(names), total - len(names)))
    return sorted(groups, key=lambda group: (-group.number, group.message))


def tells_all(status: Document) -> bool:
    """Tell whether a complete session's status names every node that failed: else the components have to be asked.

    >>> cut = {"off": {"count": 11, "list": "x1,x2,x3,x4,x5,x6,x7,x8,x9,y1..."}}
    >>> tells_all({"error_summary": cut}), tells_all({"error_summary": {"off": {"count": 2, "list": "x1,x2"}}})
    (False, True)
    >>> failed = {"managed_components_count": 2, "percent_failed": 50.0}
    >>> tells_all(failed), tells_all({"managed_components_count": 30_000}), tells_all({"managed_components_count": 2})
    (False, False, True)
    >>> tells_all({"managed_components_count": 20_000})
    True
    """
    groups = error_groups(status, {})
    names = sum(len(group.names) for group in groups)
    return (
        (node_count(status) or 0) <= COUNTED_EXACTLY
        and names >= count_failed(status)
        and not any(each.unknown for each in groups)
    )
