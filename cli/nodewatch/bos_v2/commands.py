"""The commands `bos v2 sessions ...` and `bos v2 components ...` that show things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, Unpack

import click

from nodewatch.bos_v2.client import BosClient, ComponentFilters, Filters
from nodewatch.documents import id_of
from nodewatch.errors import NodewatchError
from nodewatch.options import EVERY_KIND, boolean
from nodewatch.tree import command, lazy
from nodewatch.watch.options import followed, watchable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nodewatch.app import App
    from nodewatch.bos_v2 import follow, list_tables, map_tables, nodes, session_tables, status_tables, tables
    from nodewatch.bos_v2.types import Component, ExtendedStatus, Session
    from nodewatch.nodes import places
    from nodewatch.table import Page
else:
    follow, nodes, places = lazy("bos_v2.follow"), lazy("bos_v2.nodes"), lazy("nodes.places")
    # Only the table format needs these.
    session_tables, status_tables = lazy("bos_v2.session_tables"), lazy("bos_v2.status_tables")
    list_tables, map_tables = lazy("bos_v2.list_tables"), lazy("bos_v2.map_tables")
    tables = lazy("bos_v2.tables")

Answered = TypeVar("Answered")
AGES_HELP = 'Age in minutes ("3m"), hours ("5h"), days ("10d") or weeks ("2w").'


@command(listing="bos_v2.list_tables:SESSION_LISTING")
@click.option("--status", type=click.Choice(["pending", "running", "complete"]), help="Only sessions in this status.")
@click.option("--min-age", metavar="AGE", help=f"Only sessions at least this old. {AGES_HELP}")
@click.option("--max-age", metavar="AGE", help="Only sessions at most this old.")
@watchable
def list_sessions(app: App, status: str | None, min_age: str | None, max_age: str | None) -> None:
    """The table has the newest first, and says how many nodes are failed now; other formats keep the server's order,
    which is never by time. --wait and --watch end when none of them is running any more, and with 0 if every one that
    was running meanwhile succeeded; what is staged, and waits to be applied, is not waited for.

    \b
    $ nodewatch bos v2 sessions list --status running
    $ nodewatch bos v2 sessions list --max-age 1d --watch
    $ nodewatch bos v2 sessions list --max-age 2d --format json
    $ nodewatch bos v2 sessions list --columns start_time,name,template_name,status --sort start_time
    """
    filters = {"status": status, "min_age": min_age, "max_age": max_age}
    if followed(app, lambda: follow.follow_sessions(app, filters)):
        return
    bos = BosClient(app.backend("bos"))
    sessions = bos.sessions(**app.list.narrowed(filters))
    if app.settings.tenant and not sessions:
        app.say(f"Only sessions of the tenant {app.settings.tenant} were asked for.")
    failed = ask_about_failed(app, bos.failed_counts) if app.list.uses("failed") else None
    app.show_list(sessions if failed is None else list_tables.with_failed(sessions, failed), list_tables.without_failed)


def ask_about_failed(app: App, failed: Callable[[], Answered]) -> Answered | None:
    """Return what BOS answers about failed nodes; None, and why, where it does not: the sessions are known."""
    try:
        return failed()
    except NodewatchError as error:
        app.say(f"How many nodes are failed is not known: {error.message}")
        return None


@command
@click.argument("session_id")
def describe_session(app: App, session_id: str) -> None:
    """Shows what the session was asked to do; `sessions status list` shows how far it is.

    \b
    $ nodewatch bos v2 sessions describe night-reboot
    """
    bos = BosClient(app.backend("bos"))

    def table(session: Session) -> Page:
        failed = ask_about_failed(
            app, lambda: bos.components(session=session_id, status="failed", fields=("id", "session"))
        )
        return tables.described_session_page(session, app.clock, [id_of(node) for node in failed or ()])

    app.show(bos.session(session_id), table)


@command(params=[EVERY_KIND])
@click.argument("session_id")
@watchable
def show_session_status(app: App, session_id: str) -> None:
    """The table names every node of every error, folded: the server itself names ten of each.

    A session that is complete with failed nodes is shown as failed. --wait and --watch end with 0 only when it is over
    and every node is stable; a staged session is over when it was applied and that is over.

    \b
    $ nodewatch bos v2 sessions status list night-reboot
    $ nodewatch bos v2 sessions status list night-reboot --format json
    $ nodewatch bos v2 sessions status list night-reboot --wait --timeout 2h
    """
    if not followed(app, lambda: follow.follow_session(app, session_id)):
        show_status(app, session_id)


def show_status(app: App, name: str) -> None:
    """Show how far a session is; the table asks for its components too, unless it is complete and all are named."""
    bos = BosClient(app.backend("bos"))

    def table(status: ExtendedStatus) -> Page:
        from nodewatch.bos_v2 import kinds, rules, verdict_rules

        known = status.get("status") == "complete" and verdict_rules.tells_all(status)
        components = [] if known else kinds.group_alike(bos.components(session=name, fields=rules.PROGRESS_FIELDS))
        options = bos.limits() if any(each.sample.get("enabled") for each in components) else {}
        applied = 0
        if verdict_rules.may_be_staged(status):
            staged = bos.components(staged_session=name, fields=rules.TABLE_FIELDS)
            applied = sum(node.get("session") == name for node in staged)
        counted = verdict_rules.counted_once(status, applied)
        return session_tables.session_status_page(
            counted, bos.session(name), components, options, app.clock, brief=app.brief
        )

    app.show(bos.session_status(name), table)


FILTER_OPTIONS = (
    click.option(
        "--ids",
        metavar="NODES",
        help="Only these: a comma list, a node set (x3000c0s[1-4]b0n0), @FILE, or - for stdin.",
    ),
    click.option("--session", metavar="ID", help="Only components of this session."),
    click.option("--staged-session", metavar="ID", help="Only components staged for this session."),
    click.option("--enabled", type=boolean, help="Only components that BOS acts on (true), or leaves alone (false)."),
    click.option(
        "--phase",
        type=click.Choice(["configuring", "powering_off", "powering_on", ""]),
        help="Only components in this phase.",
    ),
    click.option("--status", metavar="STATUS", help="Only components in this status; a comma list names several."),
    click.option("--start-after-id", metavar="ID", help="Only components whose id sorts after this one."),
    click.option("--page-size", type=click.IntRange(0), metavar="N", help="At most this many components (0: all)."),
)


def component_filters(function: Any) -> Any:
    """Give a command the server's own filters of components."""
    for option in reversed(FILTER_OPTIONS):
        function = option(function)
    return function


@command(listing="bos_v2.list_tables:COMPONENT_LISTING")
@component_filters
@watchable
def list_components(app: App, ids: str | None, **given: Unpack[ComponentFilters]) -> None:
    """Only components that match all the options are listed; naming an id that BOS does not know is an error.

    --wait and --watch follow those that match at first, until BOS has nothing left to do with any of them; those of a
    new session are waited for.

    \b
    $ nodewatch bos v2 components list --session night-reboot --status failed
    $ nodewatch bos v2 components list --ids x3000c0s35b[1-4]n0 --format json
    $ nodewatch bos v2 components list --phase configuring --watch
    $ nodewatch bos v2 components list --session night-reboot --status failed --format names
    $ nodewatch bos v2 components list --filter 'age > 30m and status != stable' --sort -age
    $ nodewatch bos v2 components list --filter 'error = *cfs*' --columns id,session,error
    $ nodewatch bos v2 components list --count-by status,phase
    """
    status, after = given["status"], given["start_after_id"]
    names, named = nodes.read_ids(ids, app.world) if ids else (None, [])
    filters: Filters = {
        **given,
        "status": status and known_statuses(status),
        "ids": names,
        "start_after_id": after and places.spell(after),
    }
    if followed(app, lambda: follow.follow_components(app, filters)):
        return
    bos = BosClient(app.backend("bos"))
    components = bos.components(**app.list.narrowed(filters), fields=app.list.fields(), fits=app.list.fits())
    app.show_list(components)
    check_known(app, bos, named, components, filters)


def check_known(
    app: App, bos: BosClient, named: Sequence[Sequence[str]], found: Iterable[Component], filters: Filters
) -> None:
    """Raise `NotFound` for nodes that `--ids` names and BOS does not know; a page of a list tells of none."""
    if not (filters.get("page_size") or filters.get("start_after_id")):
        others = any(value is not None for name, value in filters.items() if name != "ids")
        bos.check_known(named, found, filtered=app.list.has_options or others)


def known_statuses(text: str) -> str:
    """Return a comma list of statuses as BOS spells them; raise `WrongUsage` for one that does not exist.

    >>> known_statuses("Failed,on-hold")
    'failed,on_hold'
    """
    from nodewatch.bos_v2.status_rules import COMPONENT_CHART
    from nodewatch.lists.conditions import known_word

    return ",".join(known_word(word, list(COMPONENT_CHART.statuses), "status") for word in text.split(","))


@command(listing="bos_v2.list_tables:COMPONENT_LISTING")
@component_filters
@watchable
def map_components(app: App, ids: str | None, **given: Unpack[ComponentFilters]) -> None:
    """One sign a node, in its place: cabinets, in them chassis, slots, boards and nodes; a missing node leaves a hole.
    Nodes whose names do not say where they stand are drawn by the beginnings of their names. Takes the filters of
    `components list`; formats other than a table print what that prints.

    \b
    $ nodewatch bos v2 components map
    $ nodewatch bos v2 components map --session night-reboot --watch
    $ nodewatch bos v2 components map --filter 'cabinet = x1000' --format svg
    """
    names, named = nodes.read_ids(ids, app.world) if ids else (None, [])
    filters: Filters = {**given, "ids": names}
    if not followed(app, lambda: follow.follow_component_map(app, filters)):
        check_known(app, BosClient(app.backend("bos")), named, show_map(app, filters), filters)


@command(listing="bos_v2.list_tables:COMPONENT_LISTING")
@click.argument("session_id")
@watchable
def map_session(app: App, session_id: str) -> None:
    """One sign a node of the session, in its place; see `components map`.

    \b
    $ nodewatch bos v2 sessions map night-reboot
    $ nodewatch bos v2 sessions map night-reboot --watch
    """
    filters: Filters = {"session": session_id}
    if not followed(app, lambda: follow.follow_component_map(app, filters)):
        BosClient(app.backend("bos")).session(session_id)  # one that does not exist is no empty picture
        show_map(app, filters)


def show_map(app: App, filters: Filters) -> Iterable[Component]:
    """Show the components that fit as a picture, or as a list where the options ask for columns or counts."""
    from nodewatch.bos_v2.rules import PROGRESS_FIELDS

    bos, picture = BosClient(app.backend("bos")), follow.is_picture(app)
    fields = PROGRESS_FIELDS if picture and not app.list.has_options else app.list.fields()
    components = app.list.fitting(list(bos.components(**app.list.narrowed(filters), fields=fields)))
    if picture:
        app.show_page(map_tables.components_picture(components))
    else:
        app.show_list(components)
    return components


@command
@click.argument("component_id", metavar="NODES")
@watchable
def describe_component(app: App, component_id: str) -> None:
    """Shows where the node is in its boot, what that means, what BOS does next and when; and what to type. Of several,
    named as a list or a node set, it shows each. --wait and --watch end when BOS does nothing with any of them any
    more, with 0 if all are stable then.

    \b
    $ nodewatch bos v2 components describe x3000c0s13b0n0
    $ nodewatch bos v2 components describe x3000c0s13b0n0 --watch
    $ nodewatch bos v2 components describe x1000c2s[4-5]b0n0
    """
    bos = BosClient(app.backend("bos"))
    if not nodes.names_several(component_id):
        name = places.spell(component_id)
        if not followed(app, lambda: follow.follow_component(app, name, lambda node: describe(app, [node]))):
            app.show(bos.component(name), lambda node: describe(app, [node]))
        return
    names = ",".join(nodes.known_names(bos, nodes.read_node_names(component_id, app.world)))
    if not followed(app, lambda: follow.follow_described(app, names, lambda found: describe(app, found))):
        found = list(bos.components(ids=names))
        bos.check_known([[name] for name in names.split(",")], found, filtered=False)
        app.show(found, lambda found: describe(app, found))


def describe(app: App, components: Iterable[Component]) -> Page:
    """Return the page that describes each of the components."""
    bos = BosClient(app.backend("bos"))
    options = bos.limits()
    pages = (
        status_tables.explained_component_page(node, bos.template_of(node), options, app.clock) for node in components
    )
    return [block for page in pages for block in page]
