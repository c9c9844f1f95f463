"""The commands `nmstatus ...`: what the agent on this node itself has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.errors import NotFound, ServiceTrouble, WrongUsage
from nodewatch.horizon import rules
from nodewatch.horizon.client import AgentClient
from nodewatch.horizon.shared import LONG_OPTION, ask_to_reset_node, show_statuses, tell_done
from nodewatch.options import YES
from nodewatch.tree import command, lazy
from nodewatch.watch.options import asks_to_follow, followed, watchable

if TYPE_CHECKING:
    from collections.abc import Callable

    from nodewatch.app import App
    from nodewatch.horizon import follow, tables
    from nodewatch.horizon.types import Statuses
else:
    follow, tables = lazy("horizon.follow"), lazy("horizon.tables")  # only waiting, and only tables, need them

RESET_HERE = "nodewatch nmstatus reset NMP"
UNKNOWN_ROUTE = "404 page not found"  # what an agent answers to a question that came after its time
NONE_HERE = "This node has no such status: no policy matches it, it has another name, or the node is not registered."


@command(listing="horizon.list_tables:NODE_STATUS_LISTING")
@click.argument("nmp", metavar="[NMP]", default="")
@LONG_OPTION
@watchable
def list_statuses(app: App, nmp: str, long: bool) -> None:
    """Asks the agent at HORIZON_URL (http://localhost:8510), not the Exchange. NMP is `nmp` or `org/nmp`.

    An unknown policy, and a node that is not registered, show an empty list; --wait and --watch wait for the policy.

    \b
    $ nodewatch nmstatus list
    $ nodewatch nmstatus list org/sample-nmp --long
    $ nodewatch nmstatus list --wait --timeout 30m
    """

    def ask() -> follow.NodeAnswer:
        return follow.NodeAnswer(ask_agent(app, nmp))

    if followed(app, lambda: follow.follow_node(app, "this node", ask, RESET_HERE, nmp.removeprefix("*"), long=long)):
        return
    found = ask_agent(app, nmp)
    if app.list.wanted:
        show_statuses(app, "", found, long=long)
        return
    document = rules.whole_statuses(found) if long else rules.words_of(found)
    busy = rules.in_upgrade(found)
    app.show(
        document,
        lambda _: tables.node_statuses_page(found, app.clock, long=long, empty=NONE_HERE, again=RESET_HERE, busy=busy),
    )


def one_or_all(nmp: str) -> str:
    """Return the name as the agent takes it, empty for all; raise `WrongUsage` if a part of it is empty.

    >>> one_or_all("org/nmp"), one_or_all("nmp"), one_or_all("*")
    ('org/nmp', 'nmp', '')
    """
    name = nmp.removeprefix("*")
    if name and not all(name.split("/")):
        raise WrongUsage(f"{nmp!r} names no policy: write `nmp` or `org/nmp`.")
    return name


def ask_agent(app: App, nmp: str) -> Statuses:
    """Return the statuses that the agent has: none for an unknown policy, or on a node that is not registered."""
    try:
        return AgentClient(app.backend("agent")).statuses(one_or_all(nmp))
    except NotFound:
        return {}
    except ServiceTrouble as error:
        if asks_to_follow(app) or error.status != 404 or str(error.document).strip() != UNKNOWN_ROUTE:
            raise
        app.warn("The agent does not know this question: it is too old to have statuses.")
        return {}


@command
@click.argument("nmp", metavar="[NMP]", default="")
@YES
def reset_statuses(app: App, nmp: str, yes: bool) -> None:
    """The status becomes `waiting`, so that the policy is evaluated again. Without a name all policies are reset.

    This is done by the agent at HORIZON_URL (http://localhost:8510), in the database of the node; the agent then tells
    the Exchange. No login is needed. `exchange node management reset` does the same from elsewhere. On a terminal you
    are asked first, and again if a status has changed meanwhile.

    \b
    $ nodewatch nmstatus reset org/sample-nmp
    """
    name = one_or_all(nmp)
    agent = AgentClient(app.backend("agent"))
    try:
        found = agree_to_reset(app, lambda: agent.statuses(name), yes=yes)
    except NotFound:
        if name:
            raise
        app.print_document("No node management policy for this node.")
        return
    done = agent.reset(name or None)
    policies = "policy" if name or len(found) == 1 else "policies"
    names = name or ",".join(sorted(found))
    tell_done(app, done, f"The following node management {policies} will be re-evaluated: {names}.")


def agree_to_reset(app: App, ask: Callable[[], Statuses], *, yes: bool) -> Statuses:
    """Return the statuses that are to be reset, as they are once nobody has to be asked any more.

    What has changed while the question stood is said, and asked about again. Raise `NodewatchError` when the user
    declines.
    """
    where = f"this node (1 node), by the agent at {app.address('agent')}"
    found = ask()
    while True:
        ask_to_reset_node(app, found, "waiting", where, yes=yes)
        fresh = ask() if app.interactive and found and not (yes or app.settings.dry_run) else found
        if fresh == found:
            return found
        app.warn("Meanwhile this has changed:")
        found = fresh
