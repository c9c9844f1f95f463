"""The commands `exchange nmp reset` and `exchange node management reset`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.errors import NotAllSucceeded, NotFound
from nodewatch.horizon import rules
from nodewatch.horizon.shared import CONCURRENCY, POLICY, YES, exchange, exchange_command, one_policy
from nodewatch.table import plural
from nodewatch.tree import later

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodewatch.app import App
    from nodewatch.horizon import choosing, reset_rules, resetting
    from nodewatch.horizon.client import Exchange
    from nodewatch.horizon.reset_rules import Target
    from nodewatch.horizon.survey import Survey
else:
    choosing, reset_rules, resetting = map(later, ("horizon.choosing", "horizon.reset_rules", "horizon.resetting"))

STATUS = click.option("--status", metavar="WORD,...", help="Only these statuses; `failed` is every failure.")


@exchange_command(CONCURRENCY, nodes=True)
@click.argument("nmp", metavar="NMP")
@STATUS
@click.option("--node", "-N", "only", metavar="NODES", help="Only these: a node set, a pattern (edge-*), @FILE, -.")
@YES
@watchable
def reset_policy(app: App, nmp: str, status: str | None, only: str | None, yes: bool) -> None:
    """Writes `reset` into the Exchange; the agents of those nodes then start over. Without --status it is every failure.

    All nodes are asked once; what is to be reset is shown, and asked for once. Each status is read again before it is
    written: one that has changed since is left alone and named. The exit code is 10 if some could not be reset. --wait
    and --watch then follow the nodes that were. Ctrl-C leaves the rest as it is.

    \b
    $ nodewatch exchange nmp reset org/sample-nmp --dry-run
    $ nodewatch exchange nmp reset org/sample-nmp --status "download failed" --node 'sample-*' --yes
    """
    words = reset_rules.wanted_words("failed" if status is None else status)
    org, name = one_policy(nmp, app)
    found = ask_about(app, org, name, only)
    wanted = reset_rules.targets(found.statuses, words)
    if not wanted:
        app.say(f"No node has such a status of {org}/{name}: there is nothing to reset.")
    what = f"{len(wanted):,} of {plural(found.total, 'node')} are to be reset in {org}/{name}"
    resetting.ask_to_reset(app, wanted, what, yes=yes)
    if app.settings.dry_run or not wanted:
        show_results(app, {target.node: text(rules.word(target.status)) for target in wanted})
        raise_trouble(app, found)
        return
    done = resetting.reset(app, wanted)
    ...
