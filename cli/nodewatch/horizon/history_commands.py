"""The command that reads a recording of policies: `exchange nmp history`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.errors import NotFound
from nodewatch.horizon.nmp_commands import check_one, full_name
from nodewatch.horizon.shared import NODE_OPTION, NODES_OPTION, exchange_client, exchange_command
from nodewatch.tree import lazy

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.horizon import choosing, recording_rules
    from nodewatch.nodes import places
else:
    choosing, recording_rules = lazy("horizon.choosing"), lazy("horizon.recording_rules")
    places = lazy("nodes.places")


@exchange_command(
    listing="horizon.history_tables:CHANGE_LISTING", other=("worst", "horizon.history_tables:WORST_LISTING")
)
@click.argument("nmp", metavar="[NMP]", default="")
@NODE_OPTION
@NODES_OPTION
@click.option("--worst", is_flag=True, help="Instead the nodes on which most upgrades failed, with their errors.")
def show_nmp_history(app: App, nmp: str, node: str | None, only: str | None, worst: bool) -> None:
    """Reads what `nodewatch local record` has kept: every change of a status that was seen, the oldest first, of all
    policies or of NMP alone. --worst counts an upgrade once, from its first status to its end with the rollback; after
    a reset it is another one.

    \b
    $ nodewatch exchange nmp history valley/agent-2.32 --nodes 'weir-*' --local past.db
    $ nodewatch exchange nmp history --worst --local past.db
    """
    check_one(node, only)
    full, wanted = full_name(app, nmp) if nmp else "", node or only
    org = full.partition("/")[0] or app.settings.org
    names = choosing.read_node_names(app, wanted, org)[1] if wanted else []
    found = exchange_client(app).recording(full)
    if full and not found:
        raise NotFound(f"nothing is recorded of policy {full}.")
    if names:
        meant = places.meant_by(names)
        found = [change for change in found if meant(change["node"])]
        if not found:
            raise NotFound(f"nothing is recorded of {places.names_in_words(names)}.")
    app.show_list(recording_rules.most_failing(found) if worst else found)
