"""The commands `nmstatus ...`: what the agent on this node itself has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.errors import NotFound
from nodewatch.horizon import rules
from nodewatch.horizon.asking import LONG, YES, ask_to_reset, clock, tell
from nodewatch.horizon.client import Agent
from nodewatch.tree import command

if TYPE_CHECKING:
    from nodewatch.app import App

NONE_HERE = "This node has no such status: no policy matches it, it has another name, or the node is not registered."


@command
@click.argument("nmp", metavar="[NMP]", default="")
@LONG
def list_statuses(app: App, nmp: str, long: bool) -> None:
    """Asks the agent at HORIZON_URL (http://localhost:8510), not the Exchange. NMP is `nmp` or `org/nmp`.

    An unknown policy, and a node that is not registered, show an empty list.

    \b
    $ nodewatch nmstatus list
    $ nodewatch nmstatus list org/sample-nmp --long
    """
    from nodewatch.horizon import tables

    try:
        found = Agent(app.backend("agent")).statuses(nmp.removeprefix("*"))
    except NotFound:
        found = {}
    document = rules.all_of(found) if long else rules.words_of(found)
    app.show(document, lambda _: tables.node_statuses(found, clock(app), long=long, empty=NONE_HERE))


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
