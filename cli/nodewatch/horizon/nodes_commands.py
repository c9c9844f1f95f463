"""The commands `exchange node list` and `exchange node management list`: the nodes, and what is meant for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.errors import NotFound
from nodewatch.horizon import meant_rules, rules
from nodewatch.horizon.shared import exchange, exchange_command
from nodewatch.tree import lazy

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.horizon import list_tables, node_tables
else:
    list_tables, node_tables = (
        lazy("horizon.list_tables"),
        lazy("horizon.node_tables"),
    )  # only tables need them


@exchange_command(listing="horizon.list_tables:NODES")
@click.argument("node", metavar="[NODE]", default="")
@click.option("--long", "-l", is_flag=True, help="Show the whole of each node.")
def list_nodes(app: App, node: str, long: bool) -> None:
    """Without a name, all nodes of the organization that you may see are listed.

    \b
    $ nodewatch exchange node list --org org
    $ nodewatch exchange node list org/sample-node
    """
    org, name = rules.qualified(node, app.settings.org)
    found = exchange(app).nodes(org, name)
    if name and not found:
        raise NotFound(f"node '{name}' not found in org {org}")
    whole = bool(name or long)
    if app.asks_for_list:
        app.show_list(sorted(found.items()), dict if whole else lambda records: [key for key, _ in records])
        return
    document = {key: found[key] for key in sorted(found)} if whole else sorted(found)
    app.show(document, lambda _: list_tables.nodes(found, app.clock))


@exchange_command()
@click.argument("node", metavar="NODE")
@click.option("--all", "-a", "disabled", is_flag=True, help="Disabled policies, too.")
def list_policies_of_node(app: App, node: str, disabled: bool) -> None:
    """By the rule of the agent on the node: patterns decide where the node has one or the policy lists any, else the
    constraints of both.

    \b
    $ nodewatch exchange node management list org/sample-node --all
    """
    client = exchange(app)
    org, name = rules.qualified(node, app.settings.org)
    full = f"{org}/{name}"
    document = client.nodes(org, name).get(full) if name else None
    if document is None:
        raise NotFound(f"node '{name or '*'}' not found in org {org}")
    if not meant_rules.is_registered(document):
        raise NotFound(f"node '{name}' is not registered with the exchange in org {org}")
    policies = client.policies(org)
    asked = meant_rules.needs_node_policy(policies.values(), document)
    own = client.node_policy(org, name) if asked else None
    states = {
        key: "enabled" if (policies[key] or {}).get("enabled") else "disabled"
        for key in sorted(policies)
        if meant_rules.is_meant(policies[key], document, own)
    }
    shown = {key: state for key, state in states.items() if disabled or state == "enabled"}
    app.show(shown if policies else [], lambda _: node_tables.policies_of_node(full, shown))
