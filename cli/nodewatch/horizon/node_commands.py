"""The commands `exchange node management ...`."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

import click

from nodewatch.errors import NodewatchError, NotFound
from nodewatch.horizon import meant_rules, rules
from nodewatch.horizon.client import ExchangeClient
from nodewatch.horizon.shared import LONG_OPTION, POLICY_OPTION, exchange_client, exchange_command, show_statuses
from nodewatch.tree import lazy
from nodewatch.watch.options import followed, watchable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodewatch.app import App
    from nodewatch.horizon import choosing, follow, node_tables, tables
    from nodewatch.horizon.types import Statuses
    from nodewatch.table import Page
else:  # only waiting, and only tables, need them
    choosing = lazy("horizon.choosing")
    follow, node_tables, tables = (
        lazy("horizon.follow"),
        lazy("horizon.node_tables"),
        lazy("horizon.tables"),
    )


@exchange_command(listing="horizon.list_tables:NODE_STATUS_LISTING")
@click.argument("node", metavar="NODE")
@POLICY_OPTION
@LONG_OPTION
@watchable
def show_node_statuses(app: App, node: str, policy: str | None, long: bool) -> None:
    """NODE is `node` or `org/node`. The statuses are those that it has reported to the Exchange. A table tells what
    the node is, and which policies are meant for it that it has not reported on. With --policy, --wait and --watch wait
    for its status, too. When each step was taken is in the event log on the node: `hzn eventlog list`.

    \b
    $ nodewatch exchange node management status org/sample-node
    $ nodewatch exchange node management status org/sample-node -l --policy sample-nmp
    $ nodewatch exchange node management status org/sample-node --watch
    """
    choosing.check_one_node(node, f"nodewatch exchange nmp status {quote(policy or '*')} --nodes {quote(node)}")

    def ask() -> follow.NodeAnswer:
        return ask_with_policies(app, node, policy)

    if followed(app, lambda: follow.follow_node(app, node, ask, reset_command(node), policy or "", long=long)):
        return
    wanted, everything = ask_node(app, node, policy)
    if app.list.wanted:
        show_statuses(app, "/".join(rules.qualified(node, app.settings.org)), wanted, long=long)
        return
    document = rules.whole_statuses(wanted) if long else rules.words_of(wanted)
    busy = rules.in_upgrade(everything)
    app.show(document, lambda _: ask_node_page(app, node, wanted, busy, alone=policy is not None, long=long))


def ask_node_page(app: App, node: str, statuses: Statuses, busy: Sequence[str], *, alone: bool, long: bool) -> Page:
    """Return all that is known of a node: what it is, its statuses, and unless one is `alone`, what it has none of.

    `busy` are the policies whose upgrade is going on there.
    """
    client, (org, name) = ExchangeClient(app.backend("exchange")), rules.qualified(node, app.settings.org)
    shown = tables.node_statuses_page(statuses, app.clock, long=long, again=reset_command(node), busy=busy)
    try:
        document = client.nodes(org, name).get(f"{org}/{name}")
        policies = {} if alone else client.policies(org)
        asked = meant_rules.needs_node_policy(policies.values(), document or {})
        own = client.node_policy(org, name) if asked else None
    except NodewatchError as error:
        return [*shown, *node_tables.not_told(error.message)]
    missing = {
        nmp: policies[nmp]
        for nmp in sorted(policies)
        if nmp not in statuses and meant_rules.is_meant(policies[nmp], document, own)
    }
    return [
        *node_tables.node_page(f"{org}/{name}", document, app.clock),
        *shown,
        *node_tables.policies_without_status(missing),
    ]


def reset_command(node: str) -> str:
    """Return the command that has a policy of the node evaluated again."""
    return f"nodewatch exchange node management reset {quote(node)} --policy NMP"


def ask_node(app: App, node: str, policy: str | None) -> tuple[Statuses, Statuses]:
    """Return the statuses that a node has reported, of one policy if it is named, and all of them.

    Raise `NotFound` if there is none.
    """
    client = exchange_client(app)
    org, name = find_node(client, node, app)
    found = client.statuses(org, name)
    if not found:
        raise NotFound(f"Statuses for node {name} not found in org {org}")
    return only_of_policy(found, policy, org, name), found


def ask_with_policies(app: App, node: str, policy: str | None) -> follow.NodeAnswer:
    """Return the statuses that a node has reported, and the policies; raise `NotFound` if there is no such policy."""
    client = exchange_client(app)
    org, name = find_node(client, node, app)
    own, nmp = rules.qualified(policy or "*", org)
    policies = client.policies(own, nmp)
    if nmp and not policies:
        raise NotFound(f"NMP {nmp} not found in org {own}{client.policy_near(own, nmp)}")
    return follow.NodeAnswer(rules.only_policy(client.statuses(org, name), f"{own}/{nmp}" if nmp else ""), policies)


def find_node(client: ExchangeClient, node: str, app: App) -> tuple[str, str]:
    """Return organization and name of a node that the Exchange knows; raise `NotFound` for another."""
    org, name = rules.qualified(node, app.settings.org)
    if not name or not client.nodes(org, name):
        raise NotFound(f"node '{org}/{name or '*'}' not found{client.node_near(org, name) or '.'}")
    return org, name


def only_of_policy(found: Statuses, policy: str | None, org: str, node: str) -> Statuses:
    """Return the status of the policy alone, if one is named; raise `NotFound` if the node has none of it."""
    own, nmp = rules.qualified(policy or "*", org)
    wanted = rules.only_policy(found, f"{own}/{nmp}" if nmp else "")
    if not wanted:
        raise NotFound(f"Node {node} does not contain a status for {policy} in org {org}")
    return wanted
