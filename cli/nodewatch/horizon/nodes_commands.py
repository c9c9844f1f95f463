"""The commands `exchange node list` and `exchange node management list`: the nodes, and what is meant for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.errors import NotFound
from nodewatch.horizon import meant_rules, rules
from nodewatch.horizon.shared import exchange_client, exchange_command
from nodewatch.tree import lazy

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.horizon import choosing, list_tables
else:
    # Only sets of nodes, and only tables, need them.
    choosing, list_tables = lazy("horizon.choosing"), lazy("horizon.list_tables")


@exchange_command(listing="horizon.list_tables:NODE_LISTING")
@click.argument("node", metavar="[NODES]", default="")
@click.option("--long", "-l", is_flag=True, help="Show the whole of each node.")
def list_nodes(app: App, node: str, long: bool) -> None:
    """Without a name, all nodes of the organization that you may see are listed. NODES are a name, a comma list, a node
    set, a pattern, @FILE, or - for stdin.

    \b
    $ nodewatch exchange node list --org org
    $ nodewatch exchange node list org/sample-node
    $ nodewatch exchange node list 'valley/weir-*' --format names
    """
    client = exchange_client(app)
    if choosing.names_several(node):
        name, (_, found) = node, choosing.ask_node_set(app, client, node, app.settings.org)
    else:
        org, name = rules.qualified(node, app.settings.org)
        found = client.nodes(org, name)
        if name and not found:
            raise NotFound(f"node '{name}' not found in org {org}{client.node_near(org, name)}")
    whole = bool(name or long)
    if app.list.wanted:
        app.show_list(sorted(found.items()), dict if whole else lambda records: [key for key, _ in records])
        return
    document = {key: found[key] for key in sorted(found)} if whole else sorted(found)
    app.show(document, lambda _: list_tables.nodes_table(found, app.clock))


@exchange_command(listing="horizon.list_tables:NODE_POLICY_LISTING")
@click.argument("node", metavar="NODE")
@click.option("--all", "-a", "disabled", is_flag=True, help="Disabled policies, too.")
def list_policies_of_node(app: App, node: str, disabled: bool) -> None:
    """By the rule of the agent on the node: patterns decide where the node has one or the policy lists any, else the
    constraints of both.

    \b
    $ nodewatch exchange node management list org/sample-node --all
    $ nodewatch exchange node management list org/sample-node --columns nmp,start,manifest
    """
    choosing.check_one_node(node, "nodewatch exchange nmp list --nodes")
    client = exchange_client(app)
    org, name = rules.qualified(node, app.settings.org)
    document = client.nodes(org, name).get(f"{org}/{name}") if name else None
    if document is None:
        raise NotFound(f"node '{name or '*'}' not found in org {org}{client.node_near(org, name)}")
    if not meant_rules.is_registered(document):
        raise NotFound(f"node '{name}' is not registered with the exchange in org {org}")
    policies = client.policies(org)
    asked = meant_rules.needs_node_policy(policies.values(), document)
    own = client.node_policy(org, name) if asked else None
    meant = [
        (key, policies[key])
        for key in sorted(policies)
        if meant_rules.is_meant(policies[key], document, own) and (disabled or meant_rules.is_enabled(policies[key]))
    ]
    if app.drawn or app.list.wanted:
        app.show_list(meant, meant_rules.states_of)
    else:
        app.show(meant_rules.states_of(meant) if policies else [])
