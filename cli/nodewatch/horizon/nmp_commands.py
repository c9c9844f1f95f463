"""The command `exchange nmp status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.errors import NotFound, WrongUsage
from nodewatch.horizon import rules
from nodewatch.horizon.shared import (
    CONCURRENCY_OPTION,
    LONG_OPTION,
    NODE_OPTION,
    NODES_OPTION,
    exchange_command,
)
from nodewatch.table import plural
from nodewatch.tree import lazy
from nodewatch.watch.options import asks_to_follow, followed, watchable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodewatch.app import App
    from nodewatch.horizon import follow, list_tables, policy_survey, status_tables, survey
    from nodewatch.horizon.survey import Survey
else:  # only what is asked, waited for or drawn needs them
    policy_survey, survey = lazy("horizon.policy_survey"), lazy("horizon.survey")
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


@exchange_command(CONCURRENCY_OPTION, STATUS_FILTER, AGE_FILTER, listing="horizon.list_tables:STATUS_LISTING")
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
    node_names = typed_nodes(app, node, only)
    if expect is not None:
        check_expect(app, expect, node_names)
    question = policy_survey.PolicyQuestion(app, nmp, node_names, match=not no_match)
    awaited = follow.Awaited(named=bool(node_names), expect=expect or "")
    if followed(app, lambda: follow.follow_policy(app, full_name(app, nmp), question.ask, awaited, long=long)):
        return
    found = question.ask()
    show_survey(app, found, full_name(app, nmp), long=long)
    survey.raise_if_not_whole(app, found)
    if not (found.statuses or app.list.has_options):
        raise none_found(app, found, nmp, node)


def show_survey(app: App, found: Survey, full: str, *, long: bool) -> None:
    """Show the statuses of a policy (`org/nmp`, or nothing for all of them), as the options or the format ask."""
    if app.list.has_options or (found.statuses and app.list.wanted):
        silent = found.silent if app.list.has_options or app.settings.format != "names" else []
        records = list_tables.status_records(found.statuses, found.nodes, full, silent)
        app.show_list(records, lambda records: list_tables.records_by_node(records, full, long=long))
    elif found.statuses:
        document = rules.by_node(found.statuses, full, long=long)
        app.show(document, lambda _: status_tables.nmp_status_page(found, app.clock, long=long, brief=app.brief))


def none_found(app: App, found: Survey, nmp: str, node: str | None) -> NotFound:
    """Return the error that no node has a status of the policy, with how many nodes it is meant for."""
    org, name = rules.qualified(nmp, app.settings.org)
    where = f" for node {node}" if node else ""
    meant = sum(found.standing(f"{org}/{name}", each) == "not reported" for each in found.silent)
    why = f": it is meant for {plural(meant, 'node')}, and none has reported yet" if meant and not node else ""
    return NotFound(f"Status for NMP {name or nmp} not found{where} in org {org}{why}")


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


def check_expect(app: App, expect: str, node_names: Sequence[str]) -> None:
    """Raise `WrongUsage` if `--expect` makes no sense, or not here."""
    if not expect.strip():
        raise WrongUsage("--expect is empty: write a number of nodes, or a share of them, such as 95%.")
    rules.expected_count(expect, 0)
    if node_names:
        raise WrongUsage("--expect does not go together with named nodes: all of them are waited for.")
    if not asks_to_follow(app):
        raise WrongUsage("--expect needs --wait or --watch.")


def full_name(app: App, nmp: str) -> str:
    """Return a policy's name with its organization; nothing where all are meant."""
    org, name = rules.qualified(nmp, app.settings.org)
    return f"{org}/{name}" if name else ""
