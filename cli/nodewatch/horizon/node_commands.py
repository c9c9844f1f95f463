"""The commands `exchange node management ...`."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

import click

from nodewatch.errors import NotFound
from nodewatch.horizon import rules
from nodewatch.horizon.shared import LONG, YES, ask_to_reset, clock, exchange, exchange_command, tell
from nodewatch.tree import later
from nodewatch.watch.options import followed, watchable

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.horizon import follow, tables
    from nodewatch.horizon.client import Exchange
    from nodewatch.horizon.types import Statuses
else:
    follow, tables = later("horizon.follow"), later("horizon.tables")  # only waiting, and only tables, need them

POLICY = click.option("--policy", "-p", metavar="NMP", help="Only this policy: `nmp` or `org/nmp`.")


@exchange_command()
@click.argument("node", metavar="NODE")
@POLICY
@LONG
@watchable
def show_node_statuses(app: App, node: str, policy: str | None, long: bool) -> None:
    """NODE is `node` or `org/node`. The statuses are those that the node has reported to the Exchange. With --policy,
    --wait and --watch wait for its status, too.

    \b
    $ nodewatch exchange node management status org/sample-node
    $ nodewatch exchange node management status org/sample-node -l --policy sample-nmp
    $ nodewatch exchange node management status org/sample-node --watch
    """

    def ask() -> follow.Asked:
        return ask_with_policies(app, node, policy)

    if followed(app, lambda: follow.node(app, node, ask, again(node), policy or "", long=long)):
        return
    wanted = ask_node(app, node, policy)
    document = rules.all_of(wanted) if long else rules.words_of(wanted)
    app.show(document, lambda _: tables.node_statuses(wanted, clock(app), long=long, again=again(node)))


@exchange_command()
@click.argument("node", metavar="NODE")
@POLICY
@YES
def reset_node(app: App, node: str, policy: str | None, yes: bool) -> None:
    """Writes `reset` into the Exchange; the agent on the node then starts over. Without --policy it is all policies.

    It takes the right to change the node: its owner's, an org admin's, or its own. A node that is off stays in `reset`
    until it is back.

    \b
    $ nodewatch exchange node management reset org/sample-node --policy sample-nmp
    """
    client = exchange(app)
    org, name = find_node(client, node, app)
    found = client.statuses(org, name)
    if not found:
        app.print_document(f"No management status found for node {name} in org {org}")
        return
    wanted = of_policy(found, policy, org, name)
    ask_to_reset(app, wanted, "reset", yes=yes)
    for key in sorted(wanted):
        nmp = key.partition("/")[2]
        done = client.put_status(org, name, nmp, rules.with_word(wanted[key], "reset"))
        tell(app, done, f"Node management status for {nmp} is reset.")
    tell(app, done, f"The Horizon agent for node {org}/{name} will re-evaluate the management policies.")


def again(node: str) -> str:
    """Return the command that has a policy of the node evaluated again."""
    return f"nodewatch exchange node management reset {quote(node)} --policy NMP"


def ask_node(app: App, node: str, policy: str | None) -> Statuses:
    """Return the statuses that a node has reported, of one policy if it is named; raise `NotFound` if there is none."""
    client = exchange(app)
    org, name = find_node(client, node, app)
    found = client.statuses(org, name)
    if not found:
        raise NotFound(f"Statuses for node {name} not found in org {org}")
    return of_policy(found, policy, org, name)


def ask_with_policies(app: App, node: str, policy: str | None) -> follow.Asked:
    """Return the statuses that a node has reported, and the policies; raise `NotFound` if there is no such policy."""
    client = exchange(app)
    org, name = find_node(client, node, app)
    own, nmp = rules.qualified(policy or "*", org)
    policies = client.policies(own, nmp)
    if nmp and not policies:
        raise NotFound(f"NMP {nmp} not found in org {own}")
    return follow.Asked(rules.only(client.statuses(org, name), f"{own}/{nmp}" if nmp else ""), policies)


def find_node(client: Exchange, node: str, app: App) -> tuple[str, str]:
    """Return organization and name of a node that the Exchange knows; raise `NotFound` for another."""
    org, name = rules.qualified(node, app.settings.org)
    if not name or not client.nodes(org, name):
        raise NotFound(f"node '{org}/{name or '*'}' not found.")
    return org, name


def of_policy(found: Statuses, policy: str | None, org: str, node: str) -> Statuses:
    """Return the status of the policy alone, if one is named; raise `NotFound` if the node has none of it."""
    own, nmp = rules.qualified(policy or "*", org)
    wanted = rules.only(found, f"{own}/{nmp}" if nmp else "")
    if not wanted:
        raise NotFound(f"Node {node} does not contain a status for {policy} in org {org}")
    return wanted
