"""What the commands of this slice share: the Exchange to ask, the question before a reset, the sentence after it."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from nodewatch.backend import REHEARSED
from nodewatch.errors import WrongConfiguration, WrongUsage
from nodewatch.horizon import rules
from nodewatch.horizon.client import ExchangeClient
from nodewatch.options import ACCOUNT, shared
from nodewatch.settings.model import System
from nodewatch.tree import command

if TYPE_CHECKING:
    from collections.abc import Callable

    from nodewatch.app import App
    from nodewatch.backend import Answer
    from nodewatch.horizon.types import Statuses

NO_AUTH = (
    "exchange authentication must be specified with one of the following: the -u flag, the -n flag, "
    "HZN_EXCHANGE_USER_AUTH or HZN_EXCHANGE_NODE_AUTH"
)
NO_USER = (
    "exchange authentication must be specified with one of the following: the -u flag, or HZN_EXCHANGE_USER_AUTH "
    "(no node may do this)"
)
ON_COMMAND_LINE = (
    "Warning: a secret on the command line is seen by everybody who lists this machine's processes. "
    "Put it in HZN_EXCHANGE_USER_AUTH, HZN_EXCHANGE_NODE_AUTH or ~/.hzn/hzn.json."
)
LONG_OPTION = click.option("--long", "-l", is_flag=True, help="Show the whole of each status.")
POLICY_OPTION = click.option("--policy", "-p", metavar="NMP", help="Only this policy: `nmp` or `org/nmp`.")
NODE_OPTION = click.option(
    "--node", "-N", metavar="NODES", help="Only this node, or these: a node set, @FILE, or - for stdin."
)
NODES_OPTION = click.option(
    "--nodes", "only", metavar="NODES", help="Only these nodes: a node set, @FILE, or - for stdin."
)
CONCURRENCY_OPTION = shared(
    "--concurrency", type=click.IntRange(1, 256), metavar="N", help="Ask N nodes at a time (32)."
)


def exchange_command(*params: click.Option, **attributes: Any) -> Callable[[Callable[..., None]], click.Command]:
    """Declare a command that asks the Exchange: it takes -o, -u and -n, beside its own.

    `attributes` are those of `tree.Command`.
    """

    def declare(function: Callable[..., None]) -> click.Command:
        declared: click.Command = command(params=[*params, *ACCOUNT], **attributes)(function)
        return declared

    return declare


def users_command(*params: click.Option) -> Callable[[Callable[..., None]], click.Command]:
    """Declare a command that asks the Exchange as a user: `hzn` has no such command for nodes."""

    def declare(function: Callable[..., None]) -> click.Command:
        @wraps(function)
        def as_user(app: App, **given: object) -> None:
            if app.flags.get("node_id_tok") and not app.flags.get("user_pw"):
                raise WrongUsage(f"{NO_USER}.")
            app.flags["as_user"] = True
            function(app, **given)

        return exchange_command(*params)(as_user)

    return declare


def exchange_client(app: App) -> ExchangeClient:
    """Return the Exchange to ask, its version checked.

    Raise `WrongConfiguration` for what is missing: the organization, the credentials, the address, in this order. A
    local store needs none of them.
    """
    given = app.flags.get("user_pw") or app.flags.get("node_id_tok")
    if given and "exchange" not in app.backends and app.world.stderr.isatty():  # scripts read both streams as one
        app.warn(ON_COMMAND_LINE)
    settings = app.settings
    system = settings.systems["exchange"]
    something = system is not None or settings.org or settings.exchange_auth
    if something and not (isinstance(system, System) and system.local):
        if isinstance(system, WrongConfiguration):
            raise system
        if settings.org is None:
            raise WrongConfiguration(rules.NO_ORG)
        if settings.exchange_auth is None:
            raise WrongConfiguration(NO_USER if app.flags.get("as_user") else NO_AUTH)
    found = ExchangeClient(app.backend("exchange"))
    found.check_version()
    return found


def one_policy(nmp: str, app: App) -> tuple[str, str]:
    """Return organization and name of the policy; raise `WrongUsage` where all are meant: these commands take one."""
    org, name = rules.qualified(nmp, app.settings.org)
    if not name:
        raise WrongUsage("name one policy: this is not done to all of them at once.")
    return org, name


def tell_done(app: App, done: Answer, sentence: str) -> None:
    """Say on stdout what was done, as `hzn` does; after a rehearsal nothing was."""
    if done.document is not REHEARSED:
        app.print_document(sentence)


def ask_to_reset_node(app: App, statuses: Statuses, new: str, where: str, *, yes: bool) -> None:
    """Say what is and what will be, warn of upgrades that are going on, and ask, if there is somebody to answer.

    `where` names the node and the system. Raise `NodewatchError` when the user declines.
    """
    names = sorted(statuses)
    if names:
        app.say(f"Reset on {where}:")
    for name in names:
        app.say(f"{name}: {rules.status_word(statuses[name]) or '(no status)'} -> {new}")
    for name in rules.in_upgrade(statuses):
        app.warn(
            f"Warning: the node is in the middle of the upgrade of {name} ({rules.status_word(statuses[name])}). "
            "After a reset it may be started again while it is still going on."
        )
    if names:
        app.agree(f"Reset {', '.join(names)} on {where}", yes=yes)


def show_statuses(app: App, node: str, statuses: Statuses, *, long: bool) -> None:
    """Show the statuses of one node as the list that the options or the format ask for."""
    from nodewatch.horizon.list_tables import records_by_node, status_records

    app.show_list(
        status_records({node: statuses}, {}, ""), lambda records: records_by_node(records, "", long=long).get(node, {})
    )
