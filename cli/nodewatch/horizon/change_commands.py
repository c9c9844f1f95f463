"""The commands that change policies: `exchange nmp add`, `remove`, `enable` and `disable`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.errors import NodewatchError, NotFound, NotPermitted, UnreadableAnswer, WrongUsage
from nodewatch.horizon import policy_rules, rules
from nodewatch.horizon.client import Manifests
from nodewatch.horizon.shared import exchange_client, one_policy, tell_done, users_command
from nodewatch.options import YES
from nodewatch.table import plural

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.backend import Answer
    from nodewatch.horizon.client import ExchangeClient
    from nodewatch.horizon.types import Policy


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
    client = exchange_client(app)
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


@users_command()
@click.argument("nmp", metavar="NMP")
@click.option("--force", "-f", is_flag=True, help="Do not ask.")
@YES
def remove_policy(app: App, nmp: str, force: bool, yes: bool) -> None:
    """The statuses that nodes have of it are removed too: first it says how many there are. Without --force it asks;
    the answer may come from a pipe.

    \b
    $ nodewatch exchange nmp remove org/sample-certs --force
    """
    client = exchange_client(app)
    org, name = one_policy(nmp, app)
    rules.check_removable(nmp if "%" in nmp else f"{org}/{nmp}")
    policy = named_policy(client, org, name, "Node management policy")
    tell_losses(app, client, org, name)
    if app.settings.dry_run:
        app.say(f"Remove node management policy {org}/{name}, at {app.address('exchange')}: nothing is sent.")
    while not (force or yes or app.settings.dry_run):
        app.confirm(
            f"Are you sure you want to remove node management policy {name} for org {org} from the Horizon Exchange?",
            anywhere=True,
        )
        seen, policy = policy, named_policy(client, org, name, "Node management policy")
        if policy == seen:
            break
        app.warn("Meanwhile the policy has been changed.")
    try:
        done = client.delete_policy(org, name)
    except NotFound as error:
        raise NotFound(f"Node management policy {name} not found in org {org}") from error
    tell_done(app, done, f"Node management policy {org}/{name} removed from the Horizon Exchange.")


def named_policy(client: ExchangeClient, org: str, name: str, what: str = "NMP") -> Policy | None:
    """Return the policy of that name; raise `NotFound` if there is none, in which it is called `what`."""
    found = client.policies(org, name)
    if not found:
        raise NotFound(f"{what} {name} not found in org {org}{client.policy_near(org, name)}")
    return found[f"{org}/{name}"]


def tell_losses(app: App, client: ExchangeClient, org: str, name: str) -> None:
    """Say which statuses of the policy are lost with it, and on which nodes an upgrade is going on."""
    if app.quiet:
        return
    from nodewatch.horizon.survey import ask_statuses

    lost = f"{org}/{name} at {app.address('exchange')}"
    try:
        found = ask_statuses(app, org, client.nodes(org), name)
    except NodewatchError as error:
        app.warn(f"Which statuses of {lost} are lost is not known: {error.message}")
        return
    if found.interrupted:
        raise KeyboardInterrupt
    app.say(rules.losses(found.statuses, lost, unknown=len(found.troubled)))
    going_on = [node for node, statuses in found.statuses.items() if rules.in_upgrade(statuses)]
    if going_on:
        from nodewatch.nodes.nodeset import fold

        app.warn(f"Warning: an upgrade is in progress on {plural(len(going_on), 'node')}: {fold(going_on)}.")


@users_command()
@click.argument("nmp", metavar="NMP")
@click.option("--start-time", "-s", metavar="TIME", help='When it starts: RFC 3339, or "now".')
@click.option("--start-window", "-w", type=click.IntRange(0), metavar="SECONDS", help="How long after that at most.")
def enable_policy(app: App, nmp: str, start_time: str | None, start_window: int | None) -> None:
    """Everything else in the policy stays as it is.

    \b
    $ nodewatch exchange nmp enable org/sample-nmp --start-time now --start-window 600
    """
    if start_time is not None and not policy_rules.is_start(start_time):
        raise WrongUsage(f'{start_time!r}: the start time must be in RFC3339 format or set to "now".')
    switch_policy(app, nmp, enabled=True, start=start_time, window=start_window)


@users_command()
@click.argument("nmp", metavar="NMP")
def disable_policy(app: App, nmp: str) -> None:
    """Agents then drop their status of it: first it says how many have one. Everything else in the policy stays.

    \b
    $ nodewatch exchange nmp disable org/sample-nmp
    """
    switch_policy(app, nmp, enabled=False)


def switch_policy(app: App, nmp: str, *, enabled: bool, start: str | None = None, window: int | None = None) -> None:
    """Read a policy, and write it back enabled or disabled; nothing is written where nothing would change."""
    client = exchange_client(app)
    org, name = one_policy(nmp, app)
    policy, key, state = named_policy(client, org, name), f"{org}/{name}", "enabled" if enabled else "disabled"
    if not policy:
        raise UnreadableAnswer(f"The Exchange answered {key} without anything in it. Nothing was changed: ask again.")
    if bool(policy.get("enabled")) is enabled and start is None and window is None:
        app.print_document(f"Node management policy {key} is already {state} in the Horizon Exchange")
        return
    if not enabled:
        tell_losses(app, client, org, name)
    done = client.put_policy(org, name, policy_rules.as_switched(policy, enabled=enabled, start=start, window=window))
    tell_done(app, done, f"Node management policy {key} {state} in the Horizon Exchange")
