"""The commands that read a recording: `bos v2 components history` and `bos v2 sessions history`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.bos_v2.client import BosClient
from nodewatch.errors import NotFound
from nodewatch.tree import command, lazy

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.bos_v2 import nodes, recording_rules
    from nodewatch.nodes import places
else:
    places, nodes, recording_rules = (
        lazy("nodes.places"),
        lazy("bos_v2.nodes"),
        lazy("bos_v2.recording_rules"),
    )


@command(listing="bos_v2.history_tables:CHANGE_LISTING", other=("worst", "bos_v2.history_tables:WORST_LISTING"))
@click.argument("wanted", metavar="[NODES]", required=False)
@click.option("--worst", is_flag=True, help="Instead the nodes that failed in most sessions, with their errors.")
def show_course(app: App, wanted: str | None, worst: bool) -> None:
    """Reads what `nodewatch local record` has kept: every change that was seen, the oldest first. NODES are a comma
    list, a node set, a pattern, a place (x1000c2), @FILE, or - for stdin. --worst counts a node once a session.

    \b
    $ nodewatch bos v2 components history x1000c2s4b0n0 --local past.db
    $ nodewatch bos v2 components history --worst --local past.db
    """
    names = None if wanted is None else nodes.read_node_names(wanted, app.world)
    found = BosClient(app.backend("bos")).recording()
    if names is not None:
        meant = places.meant_by(names)
        found = [change for change in found if meant(change["node"])]
        if not found:
            raise NotFound(f"nothing is recorded of {places.names_in_words(names)}.")
    app.show_list(recording_rules.most_failing(found) if worst else found)


@command(listing="bos_v2.history_tables:PHASE_LISTING")
@click.argument("session_id")
def show_phases(app: App, session_id: str) -> None:
    """Reads what `nodewatch local record` has kept: when a phase began and ended, what a node took for it, and which
    nodes were the slowest. Times are as exact as the looks were close.

    \b
    $ nodewatch bos v2 sessions history night-reboot --local past.db
    """
    found = BosClient(app.backend("bos")).recording(session_id)
    if not found:
        raise NotFound(f"nothing is recorded of session {session_id}.")
    app.show_list(recording_rules.phase_times(found))
