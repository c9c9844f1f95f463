"""The commands `bos v1 ...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from nodewatch.bos_v1 import rules
from nodewatch.bos_v1.client import BosV1Client, session_in, session_request
from nodewatch.errors import NodewatchError, NotFound, ServiceTrouble
from nodewatch.options import YES
from nodewatch.tree import command, lazy
from nodewatch.watch.options import followed, watchable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nodewatch.app import App
    from nodewatch.bos_v1 import follow, list_tables, tables
    from nodewatch.nodes import limits
    from nodewatch.table import Page, Record

    Shown = TypeVar("Shown")
else:
    limits = lazy("nodes.limits")
    follow, tables = lazy("bos_v1.follow"), lazy("bos_v1.tables")  # only waiting, and only tables, need them
    list_tables = lazy("bos_v1.list_tables")

MOST_DESCRIBED = 100  # sessions of a list that are asked for one by one: BOS v1 is slow, and counts its workers
DOING = {"boot": "Boot", "configure": "Configure", "reboot": "Reboot", "shutdown": "Shut down"}


@command
def show_version(app: App) -> None:
    """The version of BOS, and where its APIs are.

    \b
    $ nodewatch bos v1 version list
    """
    app.show(BosV1Client(app.backend("bos")).version(), tables.fields_page)


@command
def show_health(app: App) -> None:
    """Whether BOS answers, and reaches its database.

    \b
    $ nodewatch bos v1 healthz list
    """
    app.show(BosV1Client(app.backend("bos")).health(), tables.fields_page)


@command(listing="bos_v1.list_tables:SESSION_LISTING")
def list_sessions(app: App) -> None:
    """The server's own list has nothing but ids, in no order, and that is what JSON shows. A table asks for each
    session too, and has the newest first; of more than 100 sessions it shows the ids only.

    A server with well over 1000 sessions never answers; the list is given up after --request-timeout.

    \b
    $ nodewatch bos v1 session list
    $ nodewatch bos v1 session list --format json
    $ nodewatch bos v1 session list --filter 'errors > 0'
    """
    names = BosV1Client(app.backend("bos")).sessions()
    if app.list.view is None:
        app.show(names)
        return
    sessions: list[dict[str, object]] = [{"id": name} for name in names]
    if app.list.uses("details"):
        sessions = describe_each(app, names)
    app.show_list(sessions, list_tables.ids_of)


def describe_each(app: App, names: Sequence[str]) -> list[dict[str, object]]:
    """Return the sessions with what each was asked to do, as far as the server tells; say what of that is missing."""
    if len(names) > MOST_DESCRIBED:
        app.say(
            f"There are {len(names):,} sessions: to ask for each would be too much for BOS v1, so only their ids are "
            "known here. `nodewatch bos v1 session describe ID` shows one."
        )
        return [{"id": name} for name in names]
    from nodewatch.gather import gather

    requests = list(map(session_request, names))
    gathered = gather(app.backend("bos"), requests, app.world, what="sessions", quiet=app.quiet)
    if gathered.interrupted:
        raise KeyboardInterrupt
    found: list[dict[str, object]] = []
    trouble: list[NodewatchError] = []
    for name, request, result in zip(names, requests, gathered.results, strict=True):
        try:
            found.append({**session_in(result, request), "id": name})
        except NodewatchError as error:
            found.append({"id": name})
            trouble.append(error)
    if trouble:
        app.say(f"{len(trouble):,} of {len(names):,} sessions could not be described: {trouble[0].message}")
    return found


@command
@click.argument("session_id")
def describe_session(app: App, session_id: str) -> None:
    """Shows what the session was asked to do; `session status list` shows how far it is.

    \b
    $ nodewatch bos v1 session describe f4eebe51-a217-46d0-8733-b9499a092042
    """
    app.show(
        BosV1Client(app.backend("bos")).session(session_id),
        lambda session: tables.session_page(session, session_id, app.clock),
    )


def show_nodes(
    app: App, document: Shown, page: Callable[[Shown], Page], rows: Callable[[Shown], Iterable[Record]]
) -> None:
    """Show a part of a session: as it is, or its nodes as a list where the options or the format ask for that."""
    if app.list.wanted:
        app.show_list(rows(document))
    else:
        app.show(document, page)


def check_operation(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """Return the operation as it was typed, which is how it will be shown; the server takes any case."""
    if value.lower() not in DOING:
        raise click.BadParameter(f"{value!r} is not one of {', '.join(DOING)}.")
    return value


@command
@click.option(
    "--operation",
    required=True,
    metavar="[boot|configure|reboot|shutdown]",
    callback=check_operation,
    help="What to do with the nodes.",
)
@click.option("--template-name", metavar="NAME", help="The session template that says which nodes, and what they boot.")
@click.option("--template-uuid", metavar="NAME", help="The same; deprecated.")
@click.option("--limit", metavar="LIST", help="Only these nodes, groups or roles: a comma list; & narrows, ! excludes.")
@YES
def create_session(
    app: App, operation: str, template_name: str | None, template_uuid: str | None, limit: str | None, yes: bool
) -> None:
    """Starts it at once. Without a limit it is for all nodes of the template: on a terminal you are asked first.
    Offline the session is put in the store, and never begins.

    \b
    $ nodewatch bos v1 session create --template-name cle-1.3.0 --operation reboot
    $ nodewatch bos v1 session create --template-name cle-1.3.0 --operation boot --limit x3000c0s19b1n0
    """
    if template_name is None and template_uuid is None:
        raise click.UsageError("Missing option '--template-name'.", click.get_current_context())
    bos, template = BosV1Client(app.backend("bos")), template_name or template_uuid or ""
    limit = limit and limits.read_limit(limit, app.world, from_all=True)
    if limit is None and (app.settings.dry_run or (app.interactive and not yes)):
        who = limits.everyone(bos.template(template)).words()
        app.agree(f"{DOING[operation.lower()]} all {who} of {template}, at {app.address('bos')}", yes=yes)
    app.show(bos.create(operation, template_name, template_uuid, limit), tables.created_page)


@command
@click.argument("session_id")
@YES
def delete_session(app: App, session_id: str, yes: bool) -> None:
    """Removes the session and its status. What the session has begun on its nodes is not stopped. On a terminal you are
    asked first, unless it is over.

    \b
    $ nodewatch bos v1 session delete f4eebe51-a217-46d0-8733-b9499a092042
    """
    bos = BosV1Client(app.backend("bos"))
    if app.settings.dry_run or (app.interactive and not yes):
        words, finished = how_far_in_words(app, session_id)
        if app.settings.dry_run or not finished:
            app.agree(f"{words}. Delete it at {app.address('bos')}", yes=yes)
    app.show(bos.delete(session_id), tables.deleted_page)


def how_far_in_words(app: App, session_id: str) -> tuple[str, bool]:
    """Return how far a session is, in a sentence, and whether it is over."""
    from datetime import timedelta

    from nodewatch.watch.model import Settling

    session = follow.follow_session(app, session_id)
    try:
        found = session.outcome(session.look(), Settling(app.now, {}, timedelta.max))
    except (NotFound, ServiceTrouble):
        return f"The status of session {session_id} is not known", False
    return found.words.replace("session", "Session", 1), found.finished


@command
@click.argument("session_id")
@watchable
def show_status(app: App, session_id: str) -> None:
    """The table has every boot set phase by phase, and every failed node. States follow from where the nodes are.

    Other formats have the server's own document, which tells less: it is one request, and a table several. A session is
    over when it was stopped, when its nodes are done, or when it stays stalled.

    \b
    $ nodewatch bos v1 session status list f4eebe51-a217-46d0-8733-b9499a092042
    $ nodewatch bos v1 session status list f4eebe51-a217-46d0-8733-b9499a092042 --format json
    $ nodewatch bos v1 session status list f4eebe51-a217-46d0-8733-b9499a092042 --wait --timeout 2h
    """
    if followed(app, lambda: follow.follow_session(app, session_id)):
        return
    bos = BosV1Client(app.backend("bos"))
    app.show(
        bos.status(session_id),
        lambda status: tables.session_status_page(status, bos.parts(session_id, status), app.clock),
    )


def check_order(names: tuple[str, ...]) -> None:
    """Raise `click.UsageError` with the right order if the names are in another one."""
    right = rules.order_names(names)
    if right != names:
        context = click.get_current_context()
        line = f"{context.command_path} {' '.join(right)}"
        raise click.UsageError(f"the session comes last, and before it what is in it. You mean: {line}", context)


@command(listing="bos_v1.list_tables:NODE_LISTING")
@watchable
@click.argument("names", nargs=-1, metavar="[[CATEGORY] PHASE] BOOT_SET SESSION_ID")
def describe_status(app: App, names: tuple[str, ...]) -> None:
    """With two names it shows a boot set, with three a phase of it, with four a category of that phase.

    Phases are shutdown, boot and configure; categories not_started, in_progress, succeeded, failed and excluded.

    \b
    $ nodewatch bos v1 session status describe computes f4eebe51-a217-46d0-8733-b9499a092042
    $ nodewatch bos v1 session status describe shutdown computes f4eebe51-a217-46d0-8733-b9499a092042
    $ nodewatch bos v1 session status describe failed shutdown computes f4eebe51-a217-46d0-8733-b9499a092042
    $ nodewatch bos v1 session status describe computes f4eebe51-a217-46d0-8733-b9499a092042 --watch
    $ nodewatch bos v1 session status describe computes f4eebe51-a217-46d0-8733-b9499a092042 --count-by phase,category
    """
    check_order(names)
    bos = BosV1Client(app.backend("bos"))
    match names[::-1]:
        case session, boot_set:
            if not followed(app, lambda: follow.follow_boot_set(app, session, boot_set)):
                show_nodes(
                    app,
                    bos.boot_set(session, boot_set),
                    lambda found: tables.boot_set_page(found, session, boot_set, app.clock),
                    tables.boot_set_nodes,
                )
        case session, boot_set, phase:
            if not followed(app, lambda: follow.follow_phase(app, session, boot_set, phase)):
                show_nodes(
                    app,
                    bos.phase(session, boot_set, phase),
                    lambda found: tables.phase_page(found, session, boot_set, phase, app.clock),
                    tables.phase_nodes,
                )
        case session, boot_set, phase, category:
            if not followed(app, lambda: follow.follow_category(app, session, boot_set, phase, category)):
                show_nodes(
                    app,
                    bos.category(session, boot_set, phase, category),
                    lambda found: tables.category_page(found, session, boot_set, phase, category),
                    tables.category_nodes,
                )
        case _:
            raise click.UsageError(
                f"two to four names are needed, not {len(names)}: BOOT_SET SESSION_ID, PHASE BOOT_SET SESSION_ID, "
                "or CATEGORY PHASE BOOT_SET SESSION_ID.",
                click.get_current_context(),
            )
