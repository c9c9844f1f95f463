"""The commands `exchange nmp list`, `add` and `new`: the policies, and which nodes they are meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.errors import NotFound, NotPermitted, WrongUsage
from nodewatch.horizon import policy_rules, rules
from nodewatch.horizon.client import Manifests
from nodewatch.horizon.shared import exchange, exchange_command, one_policy, tell_done, users_command
from nodewatch.tree import command, lazy

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.backend import Answer
    from nodewatch.horizon import list_tables, tables
    from nodewatch.horizon.client import ExchangeClient
    from nodewatch.horizon.types import Policy
else:
    list_tables, tables = lazy("horizon.list_tables"), lazy("horizon.tables")  # only tables need them


@exchange_command(listing="horizon.list_tables:POLICIES", other=("nodes", "horizon.list_tables:MEANT"))
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
    client = exchange(app)
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


@users_command()
@click.argument("nmp", metavar="NMP")
@click.option("--json-file", "-f", metavar="FILE", required=True, help="The policy; `-` for stdin.")
@click.option("--applies-to", is_flag=True, help="Show which nodes it is meant for.")
@click.option(
    "--no-constraints",
    is_flag=True,
    help="Allow a policy without constraints: it is for all nodes.",
)
def add_policy(app: App, nmp: str, json_file: str, applies_to: bool, no_constraints: bool) -> None:
    """A policy of that name that is there already is replaced. `nodewatch exchange nmp new` prints one to begin with.

    In the file, comments between /* and */ are left out, and $NAME and ${NAME} stand for variables of the environment
    (unless HZN_DONT_SUBST_ENV_VARS is 1). Mistakes are found before anything is sent. The manifest of an agent
    upgrade must exist in the model management service at HZN_FSS_CSSURL; a local store has none.

    \b
    $ nodewatch exchange nmp add org/sample-nmp --json-file nmp.json --applies-to
    $ nodewatch exchange nmp add org/sample-nmp -f nmp.json --applies-to --dry-run
    """
    org, name = one_policy(nmp, app)
    policy = read_policy(app, json_file)
    if policy_rules.is_for_all(policy) and not no_constraints:
        raise WrongUsage(policy_rules.NO_CONSTRAINTS)
    client = exchange(app)
    check_manifest(app, policy)
    if app.settings.dry_run and applies_to:
        app.say(f"Node management policy {org}/{name} would be sent to the Exchange.")
    else:
        done, verb = send_policy(client, org, name, policy)
        tell_done(app, done, f"Node management policy {org}/{name} {verb} in the Horizon Exchange")
    if applies_to:
        show_applies_to(app, client, f"{org}/{name}", policy)


def read_policy(app: App, file: str) -> Policy:
    """Return the policy in a file as it is sent; raise `FileTrouble` or `WrongUsage` if there is none in it."""
    from nodewatch.files import read_input

    source = "stdin" if file == "-" else file
    text = policy_rules.without_comments(read_input(file, app.world.stdin))
    if app.world.variable("HZN_DONT_SUBST_ENV_VARS") != "1":
        text, missing = policy_rules.substitute(text, app.world.environ.get)
        for name in missing:
            app.warn(
                f"Warning: environment variable '{name}' is referenced in input file, but not defined in the "
                "environment."
            )
    found = policy_rules.parse_policy(text, source)
    unknown = policy_rules.unknown_fields(found)
    if unknown:
        app.warn(f"Warning: a policy has no such field, so it is left out: {', '.join(unknown)}.")
    return policy_rules.as_sent(found, source)


def check_manifest(app: App, policy: Policy) -> None:
    """Raise if the policy upgrades agents by a manifest that is not there; a local store has none to look at."""
    if "agentUpgradePolicy" not in policy:
        return
    manifest = policy["agentUpgradePolicy"]["manifest"]
    if not manifest:
        raise WrongUsage(policy_rules.NO_MANIFEST_NAMED)
    org, name = rules.qualified(manifest, app.settings.org)
    if app.settings.system("exchange").local:
        app.say(f"A local store has no manifests: whether there is a {manifest} is not known.")
    elif not Manifests(app.backend("css")).has(org, name):
        raise NotFound(
            f"An AgentAutoUpgradePolicy was defined with manifest '{manifest}' which does not exist in org {org}."
        )


def send_policy(client: ExchangeClient, org: str, name: str, policy: Policy) -> tuple[Answer, str]:
    """Make the policy, or replace the one that is there; return the answer, and what was done in a word."""
    try:
        return client.post_policy(org, name, policy), "added"
    except NotPermitted as denied:
        if denied.status != 403:
            raise
        try:
            return client.put_policy(org, name, policy), "updated"
        except NotFound:
            why = f"Cannot create node management policy {org}/{name}: {denied.message}"
            raise NotPermitted(why, status=403, document=denied.document) from denied


def show_applies_to(app: App, client: ExchangeClient, name: str, policy: Policy) -> None:
    """Show the nodes that a policy is meant for."""
    from nodewatch.horizon.policy_tables import meant_nodes_page
    from nodewatch.horizon.whom import ask_meant_nodes

    found = ask_meant_nodes(app, {name: policy}, client.nodes(name.partition("/")[0]))
    app.show(found.nodes[name], lambda _: meant_nodes_page(found.nodes))
    found.raise_trouble(app)


@command
def show_example(app: App) -> None:
    """It has comments, so it is no JSON; `nodewatch exchange nmp add` reads it. Nothing is asked of any server.

    \b
    $ nodewatch exchange nmp new
    """
    app.world.stdout.write(policy_rules.EXAMPLE_POLICY)
