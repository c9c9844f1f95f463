"""The command `status`: what is going on now, in everything that is configured."""

from __future__ import annotations

from collections import Counter
from copy import copy
from datetime import timedelta
from shlex import quote
from typing import TYPE_CHECKING, Any

from nodewatch.documents import as_text, part
from nodewatch.errors import NodewatchError, NotFound, WrongConfiguration
from nodewatch.settings.contexts import DEMO
from nodewatch.times import read_time
from nodewatch.tree import command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from nodewatch.app import App

RECENT = timedelta(days=1)
SECONDS = 20.0  # that a context has to answer in
Found = dict[str, Any]


@command(listing="commands.list_tables:GOING_ON")
def show_going_on(app: App) -> None:
    """Boot sessions that are running, those of the last day with nodes that are failed now, and policies that are on
    their way or have failed somewhere: the worst first, one line each, with the command that shows more. All contexts
    are asked, unless --context names one, or the demo fleet is in use. What is not configured is left out; what does
    not answer within 20 seconds, or with an error, is named at the end.

    \b
    $ nodewatch status
    $ nodewatch status --context demo
    $ nodewatch status --format json
    $ nodewatch status --filter 'failed > 0' --columns name,failed,nodes
    """
    found: list[Found] = []
    missing: list[WrongConfiguration] = []
    trouble: list[NodewatchError] = []
    asked: set[Any] = set()
    answered = False
    for each in in_all_contexts(app):
        with each.closing:
            for service, ask in (("bos", boots), ("exchange", upgrades)):
                try:
                    system = system_of(each, service)
                    if system not in asked:
                        asked.add(system)
                        found += ask(each)
                        answered = True
                except WrongConfiguration as error:
                    missing.append(error)
                except NodewatchError as error:
                    trouble.append(error if each.settings.context is None else with_context_name(error, each))
    if not answered:
        raise (trouble or missing)[0]
    found.sort(key=lambda each: (-each["failed"], each["state"] != "running", each["name"]))
    app.show_list(found)
    if trouble:
        first, sentences = trouble[0], dict.fromkeys(error.message for error in trouble)
        raise type(first)("\n".join(sentences), status=first.status, document=first.document)


def in_all_contexts(app: App) -> Iterator[App]:
    """Return what asks the systems in use, then what asks those of each other context; each has its own deadline."""
    settings = app.settings
    only = bool(app.flags.get("context")) or settings.context == DEMO
    others = [name for name in settings.contexts if name not in (DEMO, settings.context)]
    for name in [None, *([] if only else others)]:
        each = type(app)(copy(app.world))
        each.flags = app.flags if name is None else {**app.flags, "context": name}
        each.hushed = name is not None
        each.world.deadline = min(app.world.deadline, app.world.monotonic() + SECONDS)
        yield each


def system_of(app: App, service: str) -> tuple[Any, ...]:
    """Return what tells one system from another, so that none is asked twice; raise `WrongConfiguration` for none."""
    settings = app.settings
    system = settings.system(service)
    return service, system.local, system.url, settings.tenant if service == "bos" else settings.org


def with_context_name(error: NodewatchError, app: App) -> NodewatchError:
    """Return the error of one of the contexts, with its name."""
    return type(error)(f"{app.settings.context}: {error.message}", status=error.status, document=error.document)


def more(app: App, command: str) -> dict[str, Any]:
    """Return which context something is in, and the command that shows more of it."""
    name = app.settings.context
    return {"context": name, "command": command + (f" --context {quote(name)}" if app.hushed and name else "")}


def boots(app: App) -> Iterator[Found]:
    """Return the boot sessions that are running, and those of the last day that have failed nodes."""
    from nodewatch.bos_v2.client import BosV2
    from nodewatch.bos_v2.rules import component_names

    bos = BosV2(app.backend("bos"))
    sessions, failed = bos.sessions(), bos.failed_counts()
    for session in sessions:
        state, name = part(session, "status"), as_text(session.get("name"))
        if state.get("status") != "complete" or (failed.get(name) and recent(state.get("end_time"), app.now)):
            yield {
                "kind": "boot session",
                "name": name,
                "state": as_text(state.get("status")),
                "failed": failed.get(name, 0),
                "nodes": len(component_names(session)),
                "since": state.get("start_time"),
                **more(app, f"nodewatch bos v2 sessions status list {quote(name)}"),
            }


def recent(end: Any, now: datetime) -> bool:
    """Return whether that was within the last day.

    >>> from datetime import UTC, datetime
    >>> noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    >>> recent("2026-11-20T13:00:00", noon), recent("2026-11-20T11:00:00", noon), recent(None, noon)
    (True, False, False)
    """
    time = read_time(end)
    return time is not None and now - time < RECENT


def upgrades(app: App) -> Iterator[Found]:
    """Return the policies that nodes are waiting for or work on, or that have failed on nodes."""
    from nodewatch.horizon.nmp_commands import ask_nodes

    try:
        found = ask_nodes(app, "*", (), ())
    except NotFound:  # no policy, or no node
        return
    by_policy: dict[str, Counter[str]] = {}
    for statuses in found.statuses.values():
        for policy, status in statuses.items():
            by_policy.setdefault(policy, Counter())[class_of(status)] += 1
    for policy, counts in by_policy.items():
        moving = counts["running"] + counts["waiting"]
        if moving or counts["failed"]:
            yield {
                "kind": "agent upgrade",
                "name": policy,
                "state": "running" if moving else "ended",
                "failed": counts["failed"],
                "nodes": counts.total(),
                "since": None,
                **more(app, f"nodewatch exchange nmp status {quote(policy)}"),
            }


def class_of(status: Any) -> str:
    """Return what the word of a node's status of a policy means."""
    from nodewatch.horizon.rules import meaning

    return meaning(status).outcome
