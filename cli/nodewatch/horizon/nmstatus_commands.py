"""The commands `nmstatus ...`: what the agent on this node itself has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.errors import NotFound
from nodewatch.horizon import rules
from nodewatch.horizon.client import Agent
from nodewatch.horizon.shared import LONG, YES, ask_to_reset, clock, tell
from nodewatch.tree import command, later
from nodewatch.watch.options import followed, watchable

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.horizon import follow, tables
    from nodewatch.horizon.types import Statuses
else:
    follow, tables = later("horizon.follow"), later("horizon.tables")  # only waiting, and only tables, need them

AGAIN = "nodewatch nmstatus reset NMP"
NONE_HERE = "This node has no such status: no policy matches it, it has another name, or the node is not registered."


@command
@click.argument("nmp", metavar="[NMP]", default="")
@LONG
@watchable
def list_statuses(app: App, nmp: str, long: bool) -> None:
    """Asks the agent at HORIZON_URL (http://localhost:8510), not the Exchange. NMP is `nmp` or `org/nmp`.

    An unknown policy, and a node that is not registered, show an empty list; --wait and --watch wait for the policy.

    \b
    $ nodewatch nmstatus list
    $ nodewatch nmstatus list org/sample-nmp --long
    $ nodewatch nmstatus list --wait --timeout 30m
    """

    def ask() -> follow.Asked:
        return follow.Asked(ask_agent(app, nmp))

    if followed(app, lambda: follow.node(app, "this node", ask, AGAIN, nmp.removeprefix("*"), long=long)):
        return
    found = ask_agent(app, nmp)
    document = rules.all_of(found) if long else rules.words_of(found)
    app.show(document, lambda _: tables.node_statuses(found, clock(app), long=long, empty=NONE_HERE, again=AGAIN))


def ask_agent(app: App, nmp: str) -> Statuses:
    """Return the statuses that the agent has: none for an unknown policy, or on a node that is not registered."""
    try:
        return Agent(app.backend("agent")).statuses(nmp.removeprefix("*"))
    except NotFound:
        return {}


@command
@click.argument("nmp", metavar="[NMP]", default="")
@YES
def reset_statuses(app: App, nmp: str, yes: bool) -> None:
    """The status becomes `waiting`, so that the policy is evaluated again. Without a name all policies are reset.

    This is done by the agent at HORIZON_URL (http://localhost:8510), in the database of the node; the agent then tells
    the Exchange. It takes no login. `exchange node management reset` does it from afar.

    \b
    $ nodewatch nmstatus reset org/sample-nmp
    """
    agent, name = Agent(app.backend("agent")), nmp.removeprefix("*")
    try:
        found = agent.statuses(name)
    except NotFound:
        if name:
            raise
        app.print_document("No node management policy for this node.")
        return
    ask_to_reset(app, found, "waiting", yes=yes)
    done = agent.reset(name)
    policies = "policy" if name or len(found) == 1 else "policies"
    names = name or ",".join(sorted(found))
    tell(app, done, f"The following node management {policies} will be re-evaluated: {names}.")
