"""The commands `exchange nmp reset` and `exchange node management reset`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.documents import as_text
from nodewatch.errors import NotFound, WrongUsage
from nodewatch.horizon import rules
from nodewatch.horizon.shared import (
    CONCURRENCY_OPTION,
    POLICY_OPTION,
    ask_to_reset_node,
    exchange_client,
    exchange_command,
    one_policy,
)
from nodewatch.options import YES
from nodewatch.table import plural
from nodewatch.tree import lazy
from nodewatch.watch.options import asks_to_follow, followed, watchable

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.horizon import choosing, follow, policy_survey, policy_tables, reset_rules, resetting
    from nodewatch.horizon.reset_rules import Result, Target
    from nodewatch.horizon.survey import Survey
    from nodewatch.horizon.types import Node
else:  # only what is asked to be reset needs them
    choosing, follow, policy_survey = lazy("horizon.choosing"), lazy("horizon.follow"), lazy("horizon.policy_survey")
    policy_tables, reset_rules = lazy("horizon.policy_tables"), lazy("horizon.reset_rules")
    resetting = lazy("horizon.resetting")

STATUS_OPTION = click.option(
    "--status", metavar="WORD,...", help="Only these statuses; `failed` stands for every failure."
)


@exchange_command(CONCURRENCY_OPTION, nodes=True)
@click.argument("nmp", metavar="NMP")
@STATUS_OPTION
@click.option("--node", "-N", "only", metavar="NODES", help="Only these: a node set, a pattern (edge-*), @FILE, or -.")
@YES
@watchable
def reset_policy(app: App, nmp: str, status: str | None, only: str | None, yes: bool) -> None:
    """Writes `reset` into the Exchange; their agents then start over. Without --status it is every failure.

    All nodes are asked once. What is to be reset is shown, and asked for once. Each status is read again before it is
    written; one that has changed since is left alone, and named. The exit code is 10 if some could not be reset. --wait
    and --watch then follow the nodes that were. Ctrl-C leaves the rest as it is.

    \b
    $ nodewatch exchange nmp reset org/sample-nmp --dry-run
    $ nodewatch exchange nmp reset org/sample-nmp --status "download failed" --node 'sample-*' --yes
    """
    words = reset_rules.wanted_words("failed" if status is None else status)
    following = asks_to_follow(app)
    org, name = one_policy(nmp, app)
    full = f"{org}/{name}"
    found = policy_survey.ask_for_reset(app, org, name, only)
    targets = reset_rules.targets(found.statuses, words)
    if targets:
        what = f"{len(targets):,} of {plural(found.total, 'node')} to be reset in {full}"
        resetting.ask_to_reset_targets(app, targets, what, yes=yes)
    else:
        app.say(f"No node has such a status of {full}: there is nothing to reset.")
    if app.settings.dry_run or not targets:
        show_results(app, {target.node: as_text(rules.status_word(target.status)) for target in targets})
        resetting.raise_unasked(found)
        return
    done, found = resetting.reset(app, targets), found._replace(silent=[])  # a node without a status is not meant
    if following and done.reset and not done.interrupted:
        resetting.warn_of_rest(app, done, found)
        follow_nodes(app, full, [target.node for target in done.reset])
    else:
        show_results(app, {result.target.node: result.words for result in done.results})
    resetting.raise_not_reset(done, found)


def show_results(app: App, words: dict[str, str]) -> None:
    """Show what became of each node, or would become of it."""
    app.show(
        words, policy_tables.reset_results_page, lambda _: ({"node": node, "result": words[node]} for node in words)
    )


def follow_nodes(app: App, full: str, nodes: list[str]) -> None:
    """Wait for the nodes, or watch them, as the options say."""
    question = policy_survey.PolicyQuestion(app, full, nodes, match=False)
    followed(app, lambda: follow.follow_policy(app, full, question.ask, follow.Awaited(named=True), long=False))


@exchange_command(CONCURRENCY_OPTION)
@click.argument("node", metavar="NODES")
@POLICY_OPTION
@STATUS_OPTION
@YES
def reset_node(app: App, node: str, policy: str | None, status: str | None, yes: bool) -> None:
    """Writes `reset` into the Exchange; the agent on the node then starts over. Without --policy it is all policies.

    NODES is one node, a node set, a pattern (edge-*), @FILE, or - for stdin. Only the node's owner, an org admin and
    the node itself may do this. A node that is off stays in `reset` until it is back. A status that has changed while
    you were asked is left alone.

    \b
    $ nodewatch exchange node management reset org/sample-node --policy sample-nmp
    $ nodewatch exchange node management reset 'org/sample-*' --policy sample-nmp --status failed,unknown --yes
    """
    words = None if status is None else reset_rules.wanted_words(status)
    if policy is not None and not all(policy.split("/")):
        raise WrongUsage(f"{policy!r} names no policy: write `nmp` or `org/nmp`, or `org/*` for all of them.")
    client = exchange_client(app)
    org, nodes = choosing.ask_named_nodes(app, client, node, app.settings.org)
    if len(nodes) > 1:
        reset_nodes(app, org, nodes, policy, words, yes=yes)
        return
    full = next(iter(nodes))
    name = full.partition("/")[2]
    found = client.statuses(org, name)
    if not found:
        app.print_document(f"No management status found for node {name} in org {org}")
        return
    own, nmp = rules.qualified(policy or "*", org)
    found = rules.only_policy(found, f"{own}/{nmp}" if nmp else "")
    if not found:
        raise NotFound(f"Node {name} does not contain a status for {policy} in org {org}")
    targets = reset_rules.targets({full: found}, words)
    where = f"{full} (1 node), at {app.address('exchange')}"
    ask_to_reset_node(app, {target.nmp: target.status for target in targets}, "reset", where, yes=yes)
    reset_and_tell(app, targets, None)


def reset_nodes(
    app: App,
    org: str,
    nodes: dict[str, Node | None],
    policy: str | None,
    words: frozenset[str] | None,
    *,
    yes: bool,
) -> None:
    """Reset statuses of several nodes; raise `NotAllSucceeded` if one that is meant has none, or was not reset."""
    from nodewatch.horizon.survey import ask_statuses

    own, nmp = rules.qualified(policy or "*", org)
    found = ask_statuses(app, own, nodes, nmp)
    if found.interrupted:
        raise KeyboardInterrupt
    targets = reset_rules.targets(found.statuses, words)
    if targets:
        what = f"{plural(len({target.node for target in targets}), 'node')} to be reset" + (nmp and f" in {own}/{nmp}")
        resetting.ask_to_reset_targets(app, targets, what, yes=yes)
    reset_and_tell(app, targets, found if words is None else found._replace(silent=[]))


def reset_and_tell(app: App, targets: list[Target], found: Survey | None) -> None:
    """Reset statuses, and say in the sentences of `hzn` which ones are; raise for those that are not."""
    if not targets:
        app.say("No node has such a status: there is nothing to reset.")
    if app.settings.dry_run:
        resetting.rehearse(app, targets)
        return
    done = resetting.reset(app, targets)
    results: dict[str, list[Result]] = {}
    for result in done.results:
        results.setdefault(result.target.node, []).append(result)
    for node, each in results.items():
        for result in each:
            if result.is_reset:
                app.print_document(f"Node management status for {result.target.nmp.partition('/')[2]} is reset.")
        if any(result.is_reset for result in each):
            app.print_document(f"The Horizon agent for node {node} will re-evaluate the management policies.")
    resetting.raise_not_reset(done, found)
