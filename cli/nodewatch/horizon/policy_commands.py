"""The commands `exchange nmp list` and `new`: the policies, and which nodes they are meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.errors import NotFound
from nodewatch.horizon import policy_rules, rules
from nodewatch.horizon.shared import exchange_client, exchange_command
from nodewatch.tree import command, lazy

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.horizon import list_tables, tables
    from nodewatch.horizon.client import ExchangeClient
    from nodewatch.horizon.types import Policy
else:
    list_tables, tables = lazy("horizon.list_tables"), lazy("horizon.tables")  # only tables need them


@exchange_command(listing="horizon.list_tables:POLICY_LISTING", other=("nodes", "horizon.list_tables:MEANT_LISTING"))
@click.argument("nmp", metavar="[NMP]", default="")
@click.option("--long", "-l", is_flag=True, help="Show the whole of each policy.")
@click.option("--nodes", is_flag=True, help="Show which nodes each policy is meant for.")
def list_policies(app: App, nmp: str, long: bool, nodes: bool) -> None:
    """Without a name, all policies of the organization are listed.

    With --nodes, the nodes that each policy is meant for: those that its constraints, or its patterns, and their own
    constraints allow. Each node is asked once for its own policy. It is the agents' rule, which does not look at
    whether the policy is enabled; nodes that you may not see are left out.

    \b
    $ nodewatch exchange nmp list --org org
    $ nodewatch exchange nmp list org/sample-nmp
    $ nodewatch exchange nmp list org/sample-nmp --nodes
    $ nodewatch exchange nmp list --nodes --count-by nmp,version
    """
    client = exchange_client(app)
    org, name = rules.qualified(nmp, app.settings.org)
    found = client.policies(org, name)
    if name and not found:
        raise NotFound(f"NMP {name} not found in org {org}{client.policy_near(org, name)}")
    if nodes:
        show_meant_nodes(app, client, org, found)
        return
    whole = bool(name or long)
    if app.list.wanted:
        app.show_list(sorted(found.items()), dict if whole else lambda records: [key for key, _ in records])
        return
    document = {key: found[key] for key in sorted(found)} if name or (long and found) else sorted(found)
    app.show(
        document,
        lambda _: (
            [block for key in sorted(found) for block in tables.policy_page(key, found[key], app.clock)]
            if whole
            else list_tables.policies_table(found, app.clock)
        ),
    )


def show_meant_nodes(app: App, client: ExchangeClient, org: str, policies: dict[str, Policy | None]) -> None:
    """Show which nodes of the organization each of the policies is meant for."""
    from nodewatch.horizon.policy_tables import meant_nodes_page
    from nodewatch.horizon.whom import ask_meant_nodes

    known = client.nodes(org) if policies else {}
    found = ask_meant_nodes(app, policies, known)
    if app.list.wanted:
        app.show_list(list_tables.meant_records(found.nodes, known), list_tables.by_policy)
    else:
        app.show(found.nodes, meant_nodes_page)
    found.raise_trouble(app)


@command
def show_example(app: App) -> None:
    """It has comments, so it is no JSON; `nodewatch exchange nmp add` reads it. Nothing is asked of any server.

    \b
    $ nodewatch exchange nmp new
    """
    app.world.stdout.write(policy_rules.EXAMPLE_POLICY)
