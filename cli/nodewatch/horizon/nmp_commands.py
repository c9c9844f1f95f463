"""The commands `exchange nmp ...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.errors import NodewatchError, NotFound, UnreadableAnswer, WrongUsage
from nodewatch.horizon import rules
from nodewatch.horizon.shared import (
    CONCURRENCY_OPTION,
    LONG_OPTION,
    NODE_OPTION,
    NODES_OPTION,
    exchange,
    exchange_command,
    one_policy,
    tell_done,
    users_command,
)
from nodewatch.options import YES
from nodewatch.table import plural
from nodewatch.tree import lazy
from nodewatch.watch.options import asks_to_follow, followed, watchable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from nodewatch.app import App
    from nodewatch.horizon import follow, list_tables, status_tables
    from nodewatch.horizon.client import ExchangeClient
    from nodewatch.horizon.outcome import Look
    from nodewatch.horizon.survey import Survey
    from nodewatch.horizon.types import Node, NodePolicy, Policy
    from nodewatch.watch.model import Subject
else:
    # Only waiting, and only tables and lists, need them.
    follow, list_tables = lazy("horizon.follow"), lazy("horizon.list_tables")
    status_tables = lazy("horizon.status_tables")


def add_condition(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """Note what a short option means in the words of `--filter`; raise `WrongUsage` for a value that it cannot have."""
    if value is not None and ctx.obj is not None:
        said = status_condition(value) if param.name == "status" else age_condition(value)
        ctx.obj.flags["also"] = (*ctx.obj.flags.get("also", ()), said)


def status_condition(text: str) -> str:
    """Return the expression for classes and statuses in a comma list; a word that is both is the class.

    >>> status_condition("failed,Download-started")
    "class = 'failed' or status = 'download started'"
    """
    from nodewatch.horizon.list_tables import CLASSES
    from nodewatch.lists.conditions import known_word

    words = [known_word(each, list(dict.fromkeys((*CLASSES, *rules.MEANINGS))), "status") for each in text.split(",")]
    return " or ".join(f"{'class' if word in CLASSES else 'status'} = '{word}'" for word in words)


def age_condition(text: str) -> str:
    """Return the expression for statuses that have stood longer than that; raise `WrongUsage` for what is no time.

    >>> age_condition("1h")
    'age > 1h'
    """
    from nodewatch.times import read_duration

    if read_duration(text) is None:
        raise WrongUsage(f"--older-than: {text!r} is not a duration: write 90, 30s, 10m, 2h or 1d.")
    return f"age > {text.strip()}"


STATUS_FILTER = click.Option(
    ["--status"],
    metavar="WORDS",
    expose_value=False,
    callback=add_condition,
    help="Only nodes in these statuses or classes (failed, waiting, silent, ...), a comma list.",
)
AGE_FILTER = click.Option(
    ["--older-than"],
    metavar="TIME",
    expose_value=False,
    callback=add_condition,
    help="Only statuses that have lasted longer: 30m, 1h, 2d.",
)


@exchange_command(CONCURRENCY_OPTION, STATUS_FILTER, AGE_FILTER, listing="horizon.list_tables:STATUSES")
@click.argument("nmp", metavar="NMP")
@NODE_OPTION
@NODES_OPTION
@click.option("--expect", metavar="N", help="Wait until N nodes (or N% of them) have a status, not for all.")
@click.option("--no-match", is_flag=True, help="Do not ask whom the policy is meant for: fewer questions.")
@LONG_OPTION
@watchable
def show_nmp_status(
    app: App, nmp: str, node: str | None, only: str | None, expect: str | None, no_match: bool, long: bool
) -> None:
    """NMP is `nmp` or `org/nmp`; `'*'` stands for all policies.

    Each node that the Exchange lists is asked for. When some cannot be, they are named, the rest is shown, and the exit
    code is 5. A node without a status is asked for its own policy, once, to tell whether this one is meant for it.
    --wait and --watch end when every node that the policy is meant for has a final status, nodes included that come to
    be meant meanwhile. If you may not see all nodes, name them with --nodes, or say with --expect how many there are.

    \b
    $ nodewatch exchange nmp status org/sample-nmp
    $ nodewatch exchange nmp status org/sample-nmp -l --node sample-node
    $ nodewatch exchange nmp status org/sample-nmp --wait --timeout 2h --expect 95%
    $ nodewatch exchange nmp status valley/agent-2.32 --status failed --format names
    $ nodewatch exchange nmp status valley/agent-2.32 --node 'weir-*' --columns node,status,age,error --sort -age
    $ nodewatch exchange nmp status valley/agent-2.32 --count-by class,version
    """
    from nodewatch.horizon.survey import raise_if_not_whole

    named = typed_nodes(app, node, only)
    if expect is not None:
        check_expect(app, expect, named)

    own: dict[str, NodePolicy | None] = {}

    def ask(but: Collection[str] = ()) -> Survey:
        found = ask_nodes(app, nmp, named, but)
        return found if no_match else with_own_policies(app, found, own, anew=not but)

    def describe() -> Subject[Look, list_tables.StatusRecord]:
        wanted = follow.Awaited(named=bool(named), expect=expect or "")
        return follow.follow_policy(app, full_name(app, nmp), ask, wanted, long=long)

    if followed(app, describe):
        return
    found, full = ask(), full_name(app, nmp)
    if app.list.has_options or (found.statuses and app.list.wanted):
        silent = found.silent if app.list.has_options or app.settings.format != "names" else []
        records = list_tables.status_records(found.statuses, found.nodes, full, silent)
        app.show_list(records, lambda records: list_tables.records_by_node(records, full, long=long))
    elif found.statuses:
        document = rules.by_node(found.statuses, full, long=long)
        app.show(document, lambda _: status_tables.nmp_status(found, app.clock, long=long, brief=app.brief))
    raise_if_not_whole(app, found)
    if not (found.statuses or app.list.has_options):
        org, name = rules.qualified(nmp, app.settings.org)
        where = f" for node {node}" if node else ""
        meant = sum(found.standing(f"{org}/{name}", each) == "not reported" for each in found.silent)
        why = f": it is meant for {plural(meant, 'node')}, and none has reported yet" if meant and not node else ""
        raise NotFound(f"Status for NMP {name or nmp} not found{where} in org {org}{why}")


def check_one(node: str | None, only: str | None) -> None:
    """Raise `WrongUsage` if both `--node` and `--nodes` name nodes."""
    if node is not None and only is not None:
        raise WrongUsage("--node and --nodes do not go together: write all nodes behind --nodes.")


def typed_nodes(app: App, node: str | None, only: str | None) -> list[str]:
    """Return the nodes that are named one by one, as they were typed; none where all are meant."""
    check_one(node, only)
    if only is None and not (node and (node == "-" or node.startswith("@"))):
        return [node] if node else []
    from nodewatch.nodes.nodeset import read_nodes

    return read_nodes(only or node or "", app.world)


def check_expect(app: App, expect: str, named: Sequence[str]) -> None:
    """Raise `WrongUsage` if `--expect` makes no sense, or not here."""
    if not expect.strip():
        raise WrongUsage("--expect is empty: write a number of nodes, or a share of them, such as 95%.")
    rules.expected_count(expect, 0)
    if named:
        raise WrongUsage("--expect does not go together with named nodes: all of them are waited for.")
    if not asks_to_follow(app):
        raise WrongUsage("--expect needs --wait or --watch.")


def full_name(app: App, nmp: str) -> str:
    """Return a policy's name with its organization; nothing where all are meant."""
    org, name = rules.qualified(nmp, app.settings.org)
    return f"{org}/{name}" if name else ""


def ask_nodes(app: App, nmp: str, named: Sequence[str], but: Collection[str]) -> Survey:
    """Return what nodes answer about a policy: all of them, or those that are named, and not those in `but`.

    Raise `NotFound` if there is no such policy, or no such node.
    """
    from nodewatch.horizon.survey import ask_statuses

    client = exchange(app)
    org, name = rules.qualified(nmp, app.settings.org)
    policies = client.policies(org, name)
    if not policies:
        raise NotFound(f"NMP {name or nmp} not found in org {org}{client.policy_near(org, name)}")
    nodes = find_nodes(client, org, named)
    found = ask_statuses(app, org, {node: document for node, document in nodes.items() if node not in but}, name)
    return found._replace(policies=policies, nodes=nodes)


def with_own_policies(app: App, found: Survey, own: dict[str, NodePolicy | None], *, anew: bool) -> Survey:
    """Return the survey with the own policies of those nodes that lack a status, as far as they decide.

    `own` holds what was asked before, and is filled; `anew` asks for all of it again. A node that could not be asked is
    among the troubled.
    """
    from nodewatch.horizon.whom import ask_own_policies

    if anew:
        own.clear()
    lacking = {node for nmp in found.policies for node in found.without(nmp)} - own.keys()
    if found.interrupted or not lacking:
        return found._replace(own=own)
    asked = ask_own_policies(app, found.policies, {node: found.nodes.get(node) for node in lacking})
    own.update(asked.policies)
    return found._replace(
        own=own,
        silent=[node for node in found.silent if node not in asked.troubled],
        statuses={node: held for node, held in found.statuses.items() if node not in asked.troubled},
        troubled={**found.troubled, **asked.troubled},
        interrupted=asked.interrupted,
    )


def find_nodes(client: ExchangeClient, org: str, named: Sequence[str]) -> dict[str, Node | None]:
    """Return the nodes, by `org/node`: those that are named; without a name all of the organization that one may see.

    One text alone may be a node set or a pattern, unless there is a node of that very name.
    """
    from nodewatch.horizon.choosing import is_one_name, pick_nodes, with_organization
    from nodewatch.nodes.nodeset import expand

    alone = named[0] if len(named) == 1 else ""
    if is_one_name(alone):
        own, name = rules.qualified(alone, org)
        nodes = client.nodes(org, name) if own == org else {}
        if not nodes:
            raise NotFound(f"Node {alone} not found in org {org}{client.node_near(org, name)}")
        return nodes
    nodes = client.nodes(org)
    if not nodes:
        raise NotFound(f"Node  not found in org {org}: it has none, or none that you may see")
    if not named:
        return nodes
    exact = next((name for name in (alone, f"{org}/{alone}") if name in nodes), None)
    if exact is not None:
        return {exact: nodes[exact]}
    names = expand(alone) if alone else named
    return {name: nodes[name] for name in pick_nodes([with_organization(name, org) for name in names], nodes, org)}


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
    client = exchange(app)
    org, name = one_policy(nmp, app)
    if "%" in org + name:
        raise WrongUsage(
            f"{nmp!r}: the Exchange takes a percent sign for any text when it removes policies, and would remove every "
            "policy that matches. Remove it with the Exchange's own means."
        )
    policy = named_policy(client, org, name, "Node management policy")
    tell_losses(app, client, org, name)
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
    if start_time is not None and not rules.is_start(start_time):
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
    client = exchange(app)
    org, name = one_policy(nmp, app)
    policy, key, state = named_policy(client, org, name), f"{org}/{name}", "enabled" if enabled else "disabled"
    if not policy:
        raise UnreadableAnswer(f"The Exchange answered {key} without anything in it. Nothing was changed: ask again.")
    if bool(policy.get("enabled")) is enabled and start is None and window is None:
        app.print_document(f"Node management policy {key} is already {state} in the Horizon Exchange")
        return
    if not enabled:
        tell_losses(app, client, org, name)
    done = client.put_policy(org, name, rules.switched(policy, enabled=enabled, start=start, window=window))
    tell_done(app, done, f"Node management policy {key} {state} in the Horizon Exchange")
