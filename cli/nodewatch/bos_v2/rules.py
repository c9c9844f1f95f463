"""What BOS v2 computes when it is asked, as pure functions: a component's status, a session's extended status.

The rules are the server's own ("BOS v2 API"); the words are those of the guide pages "Component Status" and "View the
Status of a BOS Session".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.documents import as_text, part
from nodewatch.times import read_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nodewatch.bos_v2.types import Errors, ExtendedStatus, Session, SessionStatus, Timing
    from nodewatch.documents import Document

NAMES_IN_ERRORS = 10
LARGEST_OPTION = 1_048_576  # the most that the API allows, of attempts and retries too
TABLE_FIELDS = (
    "id",
    "error",
    "enabled",
    "session",
    "retry_policy",
    "event_stats",
    "last_action",
    "status",
    "staged_state",
)
PROGRESS_FIELDS = ("id", "enabled", "error", "status", "last_action.last_updated", "session", "staged_state.session")
# Not compiled here: most commands match none of them.
NAME_PATTERN = "[a-zA-Z0-9](?:[-._a-zA-Z0-9]{0,125}[a-zA-Z0-9])?"
AGE_PATTERN = "0[mMhHdDwW]?|[1-9][0-9]*[mMhHdDwW]"
AGE_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
DEFAULT_OPTIONS: dict[str, int | str] = {
    "bss_read_timeout": 20,
    "cfs_read_timeout": 20,
    "cleanup_completed_session_ttl": "7d",
    "clear_stage": False,
    "component_actual_state_ttl": "4h",
    "default_retry_policy": 3,
    "discovery_frequency": 300,
    "hsm_read_timeout": 20,
    "ims_errors_fatal": False,
    "ims_images_must_exist": False,
    "ims_read_timeout": 20,
    "logging_level": "INFO",
    "max_boot_wait_time": 1200,
    "max_component_batch_size": 2800,
    "max_power_off_wait_time": 300,
    "max_power_on_wait_time": 120,
    "pcs_read_timeout": 20,
    "polling_frequency": 15,
    "reject_nids": False,
    "session_limit_required": False,
}


def component_status(component: Document) -> str:
    """Return the `status.status` that the server computes from phase, last action and override ("Component Status").

    >>> component_status({"status": {"phase": "powering_on"}, "last_action": {"action": "powering_on"}})
    'power_on_called'
    >>> component_status({"status": {"phase": "powering_on"}, "last_action": {"action": "powering_on", "failed": True}})
    'power_on_pending'
    >>> component_status({"status": {"phase": "powering_off", "status_override": "on_hold"}}), component_status({})
    ('on_hold', 'stable')
    """
    status, last = part(component, "status"), part(component, "last_action")
    phase, action = status.get("phase"), last.get("action")
    if status.get("status_override"):
        return str(status["status_override"])
    if phase == "powering_on":
        return "power_on_called" if action == "powering_on" and not last.get("failed") else "power_on_pending"
    if phase == "powering_off":
        called = {
            "powering_off_gracefully": "power_off_gracefully_called",
            "powering_off_forcefully": "power_off_forcefully_called",
        }
        return called.get(str(action), "power_off_pending")
    return "configuring" if phase == "configuring" else "stable"


def status_of(component: Document) -> str:
    """Return the status of a component, as the server sent it, else as it computes it: the answer to a change has none.

    >>> status_of({"status": {"status": "stable", "phase": "configuring"}}), status_of({"status": {"phase": ""}})
    ('stable', 'stable')
    """
    status: object = component.get("status")  # without `part`, because a table of 20,000 nodes asks this of each
    found = status.get("status") if isinstance(status, dict) else None
    return str(found or component_status(component))


def as_answered(component: Document) -> dict[str, object]:
    """Return the component as the server answers it: with its computed status, without the time of its boot artifacts.

    >>> as_answered({"id": "x1", "status": {"status_override": "", "phase": "configuring"}})["status"]
    {'phase': 'configuring', 'status': 'configuring', 'status_override': ''}
    >>> as_answered({"id": "x1", "actual_state": {"boot_artifacts": {"kernel": "k", "timestamp": "T"}}})["actual_state"]
    {'boot_artifacts': {'kernel': 'k'}}
    """
    document: dict[str, object] = dict(component)
    status = {**part(document, "status"), "status": component_status(component)}
    document["status"] = status if list(status) == list(part(document, "status")) else dict(sorted(status.items()))
    actual = part(document, "actual_state")
    artifacts = part(actual, "boot_artifacts")
    if "timestamp" in artifacts:
        kept = {name: value for name, value in artifacts.items() if name != "timestamp"}
        document["actual_state"] = {**actual, "boot_artifacts": kept}
    return document


def without_artifacts(component: Document) -> dict[str, object]:
    """Return the component without its boot artifacts: all that a table of components looks at.

    >>> without_artifacts({"id": "x1", "actual_state": {}, "staged_state": {"session": "s", "configuration": "c"}})
    {'id': 'x1', 'staged_state': {'session': 's'}}
    >>> without_artifacts({"id": "x1", "staged_state": {"configuration": "c"}})
    {'id': 'x1'}
    """
    document = {name: component[name] for name in TABLE_FIELDS if name in component and name != "staged_state"}
    staged = part(component, "staged_state")
    return {**document, "staged_state": {"session": staged["session"]}} if "session" in staged else document


def progress_in_columns(
    enabled: bool, error: str, phase: str, status: str, override: str, updated: str, session: str, staged: str
) -> dict[str, object]:
    """Return of a component only what tells how far it is: the members in `PROGRESS_FIELDS`, but its id."""
    return {
        "enabled": bool(enabled),
        "error": error,
        "last_action": {"last_updated": updated},
        "session": session,
        "staged_state": {"session": staged},
        "status": {"phase": phase, "status": status, "status_override": override},
    }


def progress_of(component: Document, alike: dict[str, object]) -> Document:
    """Return the `PROGRESS_FIELDS` of a component; parts that are `alike` are one object, for there may be 100,000.

    >>> progress_of({"id": "x1", "desired_state": {}, "last_action": {"action": "a", "last_updated": "T"}}, {})
    {'id': 'x1', 'last_action': {'last_updated': 'T'}}
    >>> alike = {}
    >>> one, other = (progress_of({"id": name, "status": {"phase": ""}}, alike) for name in ("x1", "x2"))
    >>> one["status"] is other["status"], len(alike)
    (True, 1)
    """
    found: dict[str, object] = {name: value for name, value in component.items() if name in PROGRESS_FIELDS}
    last = part(component, "last_action")
    if last:
        found["last_action"] = {"last_updated": last.get("last_updated")}
    return {name: value if name == "id" else alike.setdefault(repr(value), value) for name, value in found.items()}


class Tally(NamedTuple):
    """How many components of a session are alike in what its extended status looks at."""

    status: str
    phase: str
    enabled: bool
    status_override: str
    number: int


def extended_status(
    session: Session, tallies: Iterable[Tally], staged: int, errors: Mapping[str, Sequence[str]], now: datetime
) -> ExtendedStatus:
    """Return how far a session is, as the server computes it ("View the Status of a BOS Session", "BOS v2 API").

    `tallies` count the components whose session it is, `staged` those that name it in their staged state: one that does
    both counts twice. `errors` holds the ids of the former by their error message. Percentages are of all of them,
    rounded to two places; phases leave out components that are disabled or on hold: the sum need not be 100.

    >>> session = {"status": {"status": "running", "start_time": "2026-11-21T11:00:00"}}
    >>> tallies = [Tally("stable", "", False, "", 2), Tally("configuring", "configuring", True, "", 1)]
    >>> noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    >>> status = extended_status(session, tallies, 0, {"no power": ["x2", "x1"]}, noon)
    >>> status["percent_successful"], status["phases"]["percent_configuring"], status["timing"]["duration"]
    (66.67, 33.33, '1:00:00')
    >>> status["error_summary"]
    {'no power': {'count': 2, 'list': 'x1,x2'}}
    >>> held = Tally("on_hold", "configuring", True, "on_hold", 3)
    >>> extended_status(session, [*tallies, held], 0, {}, noon)["phases"]["percent_configuring"]
    16.67
    """
    rows = list(tallies)
    total = sum(row.number for row in rows) + staged

    def share(count: int) -> float:
        return round(count * 100.0 / total, 2) if total else 0.0

    def with_status(status: str) -> int:
        return sum(row.number for row in rows if row.status == status)

    def in_phase(phase: str) -> float:
        return share(
            sum(row.number for row in rows if row.phase == phase and row.enabled and row.status_override != "on_hold")
        )

    successful, failed = with_status("stable"), with_status("failed")
    state = state_of(session)
    status: ExtendedStatus = {
        "error_summary": {message: error_summary(errors[message]) for message in sorted(errors)},
        "managed_components_count": total,
        "percent_failed": share(failed),
        "percent_staged": share(staged),
        "percent_successful": share(successful),
        "phases": {
            "percent_complete": share(successful + failed),
            "percent_configuring": in_phase("configuring"),
            "percent_powering_off": in_phase("powering_off"),
            "percent_powering_on": in_phase("powering_on"),
        },
    }
    if "status" in state:
        status["status"] = state["status"]
    status["timing"] = session_timing(state, now)
    return status


def error_summary(ids: Sequence[str]) -> Errors:
    """Return the error summary of nodes: all of them counted, ten of them named.

    >>> error_summary([f"x{number}" for number in range(11)])["list"]
    'x0,x1,x10,x2,x3,x4,x5,x6,x7,x8...'
    >>> error_summary([f"x{number}" for number in range(10)])["list"]
    'x0,x1,x2,x3,x4,x5,x6,x7,x8,x9'
    """
    names = sorted(ids)
    return {"count": len(names), "list": ",".join(names[:NAMES_IN_ERRORS]) + "..." * (len(names) > NAMES_IN_ERRORS)}


def session_timing(state: SessionStatus, now: datetime) -> Timing:
    """Return when a session began and ended, and how long it took, or takes until now.

    >>> state = {"start_time": "2022-08-22T16:50:50", "end_time": "2022-08-22T16:51:10"}
    >>> session_timing(state, datetime.now(UTC))["duration"]
    '0:00:20'
    """
    start, end = state.get("start_time"), state.get("end_time")
    began, ended = read_time(start), read_time(end) or now
    duration = ended - began if began else timedelta(0)
    return {"duration": str(duration), "end_time": end, "start_time": start}


def state_of(session: Session) -> SessionStatus:
    """Return the status in a session's record, an empty one where there is none."""
    found = session.get("status")
    return found if isinstance(found, dict) else {}


def saved_key(session: str, tenant: str | None) -> str:
    """Return the key under which the status of a complete session is saved: no name has a slash in it.

    >>> saved_key("night", None), saved_key("night", "blue")
    ('night', 'blue/night')
    """
    return f"{tenant}/{session}" if tenant else session


def is_name(text: str) -> bool:
    """Return whether a session, or a session template, can have that name.

    >>> is_name("night-reboot"), is_name("-night"), is_name("")
    (True, False, False)
    """
    return re.fullmatch(NAME_PATTERN, text) is not None


def time_before(text: str, now: datetime) -> datetime | None:
    """Return the time that lies an age (`3m`, `5h`, `10d`, `2w`) before now; None if the text is no age.

    >>> time_before("2h", datetime(2026, 11, 21, 12, tzinfo=UTC)).isoformat()
    '2026-11-21T10:00:00+00:00'
    >>> time_before("0", datetime.min), time_before("2y", datetime.min)
    (datetime.datetime(1, 1, 1, 0, 0), None)
    """
    if len(text) > 8 or not re.fullmatch(AGE_PATTERN, text):
        return None
    if int(text.rstrip("mMhHdDwW")) == 0:
        return now
    try:
        return now - timedelta(**{AGE_UNITS[text[-1].lower()]: int(text[:-1])})
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def session_state(session: Document) -> str:
    """Return a session's status; `staged` for a staged one that is not complete: BOS calls it running all the time.

    >>> on, over = {"status": {"status": "running"}}, {"status": {"status": "complete"}}
    >>> [session_state(session) for session in (on, {**on, "stage": True}, {**over, "stage": True}, {})]
    ['running', 'staged', 'complete', '']
    """
    status = as_text(part(session, "status").get("status"))
    return "staged" if session.get("stage") and status == "running" else status


def component_names(session: Document) -> list[str]:
    """Return the names of a session's nodes, as it was set up; empty until then.

    >>> component_names({"components": "x1,x2"}), component_names({"components": ""})
    (['x1', 'x2'], [])
    """
    names = session.get("components")
    return [name for name in names.split(",") if name] if isinstance(names, str) else []
