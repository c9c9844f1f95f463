"""The command `status`: what is going on now, in everything that is configured."""

from __future__ import annotations

from collections import Counter
from copy import copy
from datetime import timedelta
from functools import partial
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.documents import as_text, part
from nodewatch.errors import NodewatchError, NotFound, ServiceTrouble, WrongConfiguration
from nodewatch.settings.contexts import DEMO
from nodewatch.table import plural
from nodewatch.times import read_time
from nodewatch.tree import command
from nodewatch.watch.options import followed, only_watchable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from nodewatch.app import App
    from nodewatch.commands.list_tables import ContextAndCommand, GoingOn
    from nodewatch.watch.model import Subject

    Ask = Callable[[App], Iterator[GoingOn]]

RECENT = timedelta(days=1)
SECONDS_TO_ANSWER = 20.0  # that a context has to answer in
TOGETHER = 8  # contexts that are asked at the same time


class Everywhere(NamedTuple):
    """What is going on, the worst first, and why something could not be asked."""

    found: list[GoingOn]
    trouble: Sequence[NodewatchError]


@command(listing="commands.list_tables:GOING_ON_LISTING")
@only_watchable
def show_going_on(app: App) -> None:
    """Boot sessions that are running, those of the last day that have failed nodes or could not be set up, and policies
    that are on their way or have failed somewhere: the worst first, one line each, with the command that shows more.
    Where there is only BOS v1, all its sessions of the last day.
    All contexts are asked at the same time, unless --context names one, or the demo fleet is in use. What is not
    configured is left out; what does not answer within 20 seconds, or with an error, is named at the end. --watch has
    no end of its own: q, Ctrl-C or --timeout end it.

    \b
    $ nodewatch status
    $ nodewatch status --context demo
    $ nodewatch status --watch --interval 1m
    $ nodewatch status --format json
    $ nodewatch status --filter 'failed > 0' --columns name,failed,nodes
    """
    if followed(app, lambda: going_on(app)):
        return
    found, trouble = ask_everywhere(app)
    app.show_list(found)
    if trouble:
        first, sentences = trouble[0], dict.fromkeys(error.message for error in trouble)
        raise type(first)("\n".join(sentences), status=first.status, document=first.document)


def going_on(app: App) -> Subject[Everywhere, GoingOn]:
    """Return how to follow what is going on, which never ends."""
    from nodewatch.table import Line
    from nodewatch.watch.model import Outcome, Subject

    def look_again() -> Everywhere:
        found, trouble = ask_everywhere(app)
        return Everywhere(list(app.list.fitting(found)), trouble)

    return Subject(
        look=look_again,
        document=lambda look: app.list.document(look.found, list),
        table=lambda look: [*app.list.page(look.found), *(Line(error.message, "warn") for error in look.trouble)],
        states=lambda look: {
            name_with_context(each): f"{each['state']}, {each['failed']:,} failed" for each in look.found
        },
        outcome=lambda look, _: Outcome(summary_words(look)),
    )


def name_with_context(found: GoingOn) -> str:
    """Return what something that goes on is called among those of all contexts.

    >>> name_with_context({"name": "night", "context": None}), name_with_context({"name": "night", "context": "prod"})
    ('night', 'night (prod)')
    """
    return f"{found['name']} ({found['context']})" if found["context"] else str(found["name"])


def summary_words(look: Everywhere) -> str:
    """Return how much is going on, on one line.

    >>> night = {"kind": "boot session", "state": "running", "failed": 2}
    >>> both = [night, {**night, "state": "complete"}]
    >>> summary_words(Everywhere(both, [])), summary_words(Everywhere([], [NodewatchError("")]))
    ('1 of 2 running, 4 nodes failed', 'nothing is going on, 1 system did not answer')
    """
    running = sum(each["state"] in ("running", "pending") for each in look.found)
    failed = sum(each["failed"] for each in look.found)
    said = [f"{running:,} of {len(look.found):,} running" if look.found else "nothing is going on"]
    said += [f"{plural(failed, 'node')} failed"] * bool(failed)
    said += [f"{plural(len(look.trouble), 'system')} did not answer"] * bool(look.trouble)
    return ", ".join(said)


def ask_everywhere(app: App) -> Everywhere:
    """Ask everything that is configured; raise if nothing answered, or nothing is configured."""
    from nodewatch.gather import side_by_side

    questions, missing = everything(app)
    results = side_by_side([partial(ask_all, *each) for each in questions], TOGETHER)
    answers = [answer for result in results for answer in result]
    found = [each for answer in answers if isinstance(answer, list) for each in answer]
    trouble = [answer for answer in answers if not isinstance(answer, list)]
    if not any(isinstance(answer, list) for answer in answers):
        raise (trouble or missing)[0]
    found.sort(key=lambda each: (-each["failed"], not each["error"], each["state"] != "running", each["name"]))
    return Everywhere(found, trouble)


def everything(app: App) -> tuple[list[tuple[App, list[Ask]]], list[NodewatchError]]:
    """Return what is to be asked in each context, no system twice, and which systems are not configured."""
    questions: list[tuple[App, list[Ask]]] = []
    missing: list[NodewatchError] = []
    known: set[tuple[str | None, ...]] = set()
    for each in in_all_contexts(app):
        asks: list[Ask] = []
        for service, ask in (("bos", boots), ("exchange", upgrades)):
            try:
                system = identity_of_system(each, service)
            except WrongConfiguration as error:
                missing.append(error)
                continue
            if system not in known:
                known.add(system)
                asks.append(ask)
        questions.append((each, asks))
    return questions, missing


def in_all_contexts(app: App) -> Iterator[App]:
    """Return what asks the systems in use, then what asks those of each other context."""
    settings = app.settings
    only = bool(app.flags.get("context")) or settings.context == DEMO
    others = [name for name in settings.contexts if name not in (DEMO, settings.context)]
    for name in [None, *([] if only else others)]:
        each = type(app)(copy(app.world))
        each.flags = app.flags if name is None else {**app.flags, "context": name}
        each.hushed = app.hushed or name is not None
        each.told = app.told
        yield each


def identity_of_system(app: App, service: str) -> tuple[str | None, ...]:
    """Return what tells one system from another, so that none is asked twice.

    Raise `WrongConfiguration` for none; an Exchange is none where no organization is named.
    """
    from nodewatch.horizon.rules import NO_ORG

    settings = app.settings
    system = settings.system(service)
    if service == "exchange" and settings.org is None:
        raise WrongConfiguration(NO_ORG)
    return service, system.local, system.url, settings.tenant if service == "bos" else settings.org


def ask_all(app: App, asks: Sequence[Ask]) -> list[list[GoingOn] | NodewatchError]:
    """Return what each question brings, or the error that it met, with the context's name; 20 seconds are for all."""
    answers: list[list[GoingOn] | NodewatchError] = []
    app.world.deadline = min(app.world.deadline, app.world.monotonic() + SECONDS_TO_ANSWER)
    with app.closing:
        for ask in asks:
            try:
                answers.append(list(ask(app)))
            except NodewatchError as error:
                answers.append(error if app.settings.context is None else with_context_name(error, app))
    return answers


def with_context_name(error: NodewatchError, app: App) -> NodewatchError:
    """Return the error of one of the contexts, with its name."""
    return type(error)(f"{app.settings.context}: {error.message}", status=error.status, document=error.document)


def context_and_command(app: App, command: str) -> ContextAndCommand:
    """Return which context something is in, and the command that shows more of it."""
    name = app.flags.get("context")
    return {"context": app.settings.context, "command": command + (f" --context {quote(name)}" if name else "")}


def boots(app: App) -> Iterator[GoingOn]:
    """Return the boot sessions that are running, and those of the last day that have failed nodes.

    BOS v1 is asked where BOS v2 is not there, or has no session: with many sessions its list never comes.
    """
    from nodewatch.bos_v2.client import BosClient
    from nodewatch.bos_v2.rules import component_names, session_state

    bos = BosClient(app.backend("bos"))
    try:
        sessions = bos.sessions()
    except NotFound:
        sessions = []
    if not sessions:
        yield from older_boots(app)
        return
    failed = bos.failed_counts()
    for session in sessions:
        state, name = part(session, "status"), as_text(session.get("name"))
        wrong = failed.get(name) or state.get("error")
        if state.get("status") != "complete" or (wrong and recent(state.get("end_time"), app.now)):
            yield {
                "kind": "boot session",
                "name": name,
                "state": session_state(session),
                "failed": failed.get(name, 0),
                "nodes": len(component_names(session)),
                "error": state.get("error") or None,
                "since": state.get("start_time"),
                **context_and_command(app, f"nodewatch bos sessions status list {quote(name)}"),
            }


def older_boots(app: App) -> Iterator[GoingOn]:
    """Return the sessions of BOS v1 that are running, and all of the last day; none without BOS v1.

    Most servers count no errors ("BOS v1 API"), so what became of a session is not known here. Raise `ServiceTrouble`
    if it is not known how far any of them is: what was not seen may be going on.
    """
    from nodewatch.bos_v1.client import BosV1Client
    from nodewatch.bos_v1.commands import describe_each
    from nodewatch.bos_v1.rules import claim_in_words

    try:
        names = BosV1Client(app.backend("bos")).sessions()
    except NotFound:
        return
    sessions = describe_each(app, names)
    unknown = sum(len(session) == 1 for session in sessions)
    if unknown:
        raise ServiceTrouble(
            f"how far {plural(unknown, 'session')} of BOS v1 got is not known: `nodewatch bos v1 session list` names "
            "them, and `nodewatch bos v1 session status list ID` shows one."
        )
    for session in sessions:
        name, errors = as_text(session["id"]), session.get("error_count")
        if session.get("in_progress") is True or recent(session.get("start_time"), app.now):
            yield {
                "kind": "boot session",
                "name": name,
                "state": claim_in_words(session),
                "failed": errors if isinstance(errors, int) else 0,
                "nodes": None,
                "error": None,
                "since": session.get("start_time"),
                **context_and_command(app, f"nodewatch bos v1 session status list {quote(name)}"),
            }


def recent(end: object, now: datetime) -> bool:
    """Return whether that was within the last day.

    >>> from datetime import UTC, datetime
    >>> noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    >>> recent("2026-11-20T13:00:00", noon), recent("2026-11-20T11:00:00", noon), recent(None, noon)
    (True, False, False)
    """
    time = read_time(end)
    return time is not None and now - time < RECENT


def upgrades(app: App) -> Iterator[GoingOn]:
    """Return the policies that nodes are waiting for or work on, or that have failed on nodes."""
    from nodewatch.horizon.policy_survey import PolicyQuestion
    from nodewatch.horizon.rules import meaning

    try:
        found = PolicyQuestion(app, "*", match=False).ask()
    except NotFound:  # no policy, or no node
        return
    by_policy: dict[str, Counter[str]] = {}
    for statuses in found.statuses.values():
        for policy, status in statuses.items():
            by_policy.setdefault(policy, Counter())[meaning(status).outcome] += 1
    for policy, counts in by_policy.items():
        moving = counts["running"] + counts["waiting"]
        if moving or counts["failed"]:
            yield {
                "kind": "agent upgrade",
                "name": policy,
                "state": "running" if moving else "ended",
                "failed": counts["failed"],
                "nodes": counts.total(),
                "error": None,
                "since": None,
                **context_and_command(app, f"nodewatch exchange nmp status {quote(policy)}"),
            }
