"""The commands `exchange nmp ...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.errors import NotFound, UnreadableAnswer
from nodewatch.horizon import rules
from nodewatch.horizon.shared import LONG, YES, clock, exchange, exchange_command, one_policy, tell
from nodewatch.tree import later, shared
from nodewatch.watch.options import followed, watchable

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.horizon import follow, tables
    from nodewatch.horizon.client import Exchange
    from nodewatch.horizon.survey import Survey
else:
    follow, tables = later("horizon.follow"), later("horizon.tables")  # only waiting, and only tables, need them

CONCURRENCY = shared("--concurrency", type=click.IntRange(1, 256), metavar="N", help="Ask N nodes at a time (32).")


@exchange_command(CONCURRENCY, nodes=True)
@click.argument("nmp", metavar="NMP")
@click.option("--node", "-N", metavar="NODE", help="Only this node.")
@LONG
@watchable
def show_nmp_status(app: App, nmp: str, node: str | None, long: bool) -> None:
    """NMP is `nmp` or `org/nmp`; `'*'` stands for all policies.

    Each node that the Exchange lists is asked for. When some cannot be, they are named, the rest is shown, and the exit
    code is 5. --wait and --watch end when every status is final; nodes without a status are not waited for, but for the
    one of --node.

    \b
    $ nodewatch exchange nmp status org/sample-nmp
    $ nodewatch exchange nmp status org/sample-nmp -l --node sample-node
    $ nodewatch exchange nmp status org/sample-nmp --wait --timeout 2h
    """
    from nodewatch.horizon.survey import raise_trouble

    def ask() -> Survey:
        return ask_nodes(app, nmp, node)

    if followed(app, lambda: follow.policy(app, full_name(app, nmp), ask, node, long=long)):
        return
    found = ask()
    if found.statuses:
        full = full_name(app, nmp)
        document = rules.by_node(found.statuses, full, long=long)
        app.show(
            document,
            lambda _: tables.nmp_status(found, clock(app), long=long),
            lambda _: tables.node_rows(found.statuses),
        )
    raise_trouble(app, found)
    if not found.statuses:
        org, name = rules.qualified(nmp, app.settings.org)
        where = f" for node {node}" if node else ""
        raise NotFound(f"Status for NMP {name or nmp} not found{where} in org {org}")


def full_name(app: App, nmp: str) -> str:
    """Return a policy's name with its organization; nothing where all are meant."""
    org, name = rules.qualified(nmp, app.settings.org)
    return f"{org}/{name}" if name else ""


def ask_nodes(app: App, nmp: str, node: str | None) -> Survey:
    """Return what the nodes, or the one of that name, answer about a policy; raise `NotFound` if there is none."""
    from nodewatch.horizon.survey import survey

    client = exchange(app)
    org, name = rules.qualified(nmp, app.settings.org)
    policies = client.policies(org, name)
    if not policies:
        raise NotFound(f"NMP {name or nmp} not found in org {org}")
    return survey(app, org, find_nodes(client, org, node), name)._replace(policies=policies)


def find_nodes(client: Exchange, org: str, node: str | None) -> list[str]:
    """Return the nodes (`org/node`) to ask: all of the organization that the caller may see, or the one named."""
    own, name = rules.qualified(node or "*", org)
    nodes = client.nodes(org, name) if own == org else {}
    if not nodes:
        why = "" if node else ": it has none, or none that you may see"
        raise NotFound(f"Node {node or ''} not found in org {org}{why}")
    return list(nodes)


@exchange_command()
@click.argument("nmp", metavar="NMP")
@click.option("--force", "-f", is_flag=True, help="Do not ask.")
@YES
def remove_policy(app: App, nmp: str, force: bool, yes: bool) -> None:
    """The statuses that nodes have of it go with it. Without --force it asks; what is piped into it is the answer.

    \b
    $ nodewatch exchange nmp remove org/sample-certs --force
    """
    client = exchange(app)
    org, name = one_policy(nmp, app)
    if not (force or yes or app.settings.dry_run):
        app.confirm(
            f"Are you sure you want to remove node management policy {name} for org {org} from the Horizon Exchange?",
            anywhere=True,
        )
    try:
        done = client.delete_policy(org, name)
    except NotFound as error:
        raise NotFound(f"Node management policy {name} not found in org {org}") from error
    tell(app, done, f"Node management policy {org}/{name} removed from the Horizon Exchange.")


@exchange_command()
@click.argument("nmp", metavar="NMP")
@click.option("--start-time", "-s", metavar="TIME", help='When it starts: RFC 3339, or "now".')
@click.option("--start-window", "-w", type=click.IntRange(0), metavar="SECONDS", help="Within what time after that.")
def enable_policy(app: App, nmp: str, start_time: str | None, start_window: int | None) -> None:
    """Everything else in the policy stays as it is.

    \b
    $ nodewatch exchange nmp enable org/sample-nmp --start-time now --start-window 600
    """
    if start_time is not None:
        rules.check_start(start_time)
    switch_policy(app, nmp, enabled=True, start=start_time, window=start_window)


@exchange_command()
@click.argument("nmp", metavar="NMP")
def disable_policy(app: App, nmp: str) -> None:
    """Agents then take their status of it away. Everything else in the policy stays as it is.

    \b
    $ nodewatch exchange nmp disable org/sample-nmp
    """
    switch_policy(app, nmp, enabled=False)


def switch_policy(app: App, nmp: str, *, enabled: bool, start: str | None = None, window: int | None = None) -> None:
    """Read a policy, and write it back enabled or disabled; nothing is written unless it is the one that was named."""
    client = exchange(app)
    org, name = one_policy(nmp, app)
    found, key = client.policies(org, name), f"{org}/{name}"
    if not found:
        raise NotFound(f"NMP {name} not found in org {org}")
    if key not in found:
        others = ", ".join(sorted(found))
        raise UnreadableAnswer(f"The Exchange was asked for {key} and answered with {others}. Nothing was changed.")
    state = "enabled" if enabled else "disabled"
    if bool(found[key].get("enabled")) is enabled:
        if start is not None or window is not None:
            app.warn("Its start stays as it is: disable it first, then enable it with the new one.")
        app.print_document(f"Node management policy {key} is already {state} in the Horizon Exchange")
        return
    done = client.put_policy(org, name, rules.switched(found[key], enabled=enabled, start=start, window=window))
    tell(app, done, f"Node management policy {key} {state} in the Horizon Exchange")
