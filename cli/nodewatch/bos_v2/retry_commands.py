"""The command `bos v2 sessions retry`: the same once more, for the nodes on which it failed."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

import click

from nodewatch.bos_v2.change_commands import DOING
from nodewatch.bos_v2.client import BosClient
from nodewatch.documents import as_text, id_of
from nodewatch.errors import NotAllSucceeded
from nodewatch.options import YES
from nodewatch.table import Line, plural
from nodewatch.tree import command, lazy

if TYPE_CHECKING:
    from nodewatch import pages
    from nodewatch.app import App
    from nodewatch.bos_v2 import commands, retry_rules, session_tables, tables
    from nodewatch.bos_v2.types import Component, ExtendedStatus
else:
    pages = lazy("pages")
    commands, retry_rules = lazy("bos_v2.commands"), lazy("bos_v2.retry_rules")
    session_tables, tables = lazy("bos_v2.session_tables"), lazy("bos_v2.tables")


@command
@click.argument("session_id")
@click.option("--with-held", is_flag=True, help="Also the nodes that were disabled before they were done.")
@click.option("--status", metavar="STATUS,...", default="failed", help="The nodes in these statuses instead.")
@click.option("--name", metavar="ID", help="Name of the new session; BOS makes one up otherwise.")
@YES
def retry_session(app: App, session_id: str, with_held: bool, status: str, name: str | None, yes: bool) -> None:
    """Creates a session from the same template, with the same operation, for exactly the nodes that failed: it leaves
    alone, and names, those that failed and that another session has taken since. It shows the nodes by error, and on a
    terminal you are asked first. --dry-run only shows them. Exit code 10 says that there is no such node.

    \b
    $ nodewatch bos v2 sessions retry night-reboot --dry-run
    $ nodewatch bos v2 sessions retry night-reboot --with-held --yes
    """
    from nodewatch.bos_v2.rules import PROGRESS_FIELDS

    statuses = commands.known_statuses(status).split(",")
    bos = BosClient(app.backend("bos"))
    session, ended = bos.session(session_id), bos.session_status(session_id)
    components = list(bos.components(session=session_id, fields=PROGRESS_FIELDS))
    nodes = retry_rules.nodes_to_retry(components, statuses, held=with_held)
    others = taken_over_in_words(bos, ended, components) if "failed" in statuses else ""
    if not nodes:
        which = " or ".join([*statuses, *["held"] * with_held])
        none = f"no node of {session_id} is {which} now, so nothing was created."
        raise NotAllSucceeded(f"{none}\n{others}" if others else none)
    show_nodes(app, nodes)
    if others:
        app.warn(others)
    operation = as_text(session.get("operation"))
    change = f"{DOING.get(operation, operation)} {plural(len(nodes), 'node')} of {session_id}, at {app.address('bos')}"
    app.agree(change, yes=yes)
    again = bos.create_session(**retry_rules.repeated_session(session, nodes, name))
    app.show(again, lambda again: tables.created_session_page(again, app.clock))
    if not (app.drawn or app.settings.dry_run):
        app.say(f"Watch it: nodewatch bos v2 sessions status list {quote(as_text(again.get('name')))} --watch")


def taken_over_in_words(bos: BosClient, ended: ExtendedStatus, components: list[Component]) -> str:
    """Return in words who failed and is another session's by now; empty where nobody is."""
    gone = retry_rules.taken_over(ended, components)
    found = bos.components(ids=",".join(gone.names), fields=("id", "session")) if gone.names else []
    return retry_rules.taken_over_words(gone, {id_of(node): as_text(node.get("session")) for node in found})


def show_nodes(app: App, nodes: list[Component]) -> None:
    """Say which nodes are meant, by the errors that they report."""
    from nodewatch.bos_v2.kinds import group_alike

    for block in pages.errors_by_kind(session_tables.errors_of(group_alike(nodes)), brief=app.brief):
        if isinstance(block, Line):
            app.say(f"{block.lead}{block.text}")
