"""The command `explain`: what statuses mean, and what follows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.errors import NotFound
from nodewatch.spelling import either
from nodewatch.tree import command

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.statuses import Chart


def charts() -> list[Chart]:
    """Return the charts of all services."""
    from nodewatch.bos_v1 import status_rules as bos_v1
    from nodewatch.bos_v2 import status_rules as bos_v2
    from nodewatch.horizon import status_rules as horizon

    return [*bos_v2.CHARTS, *bos_v1.CHARTS, *horizon.CHARTS]


@command
@click.argument("status", metavar="[STATUS]", default="")
def explain(app: App, status: str) -> None:
    """Without a name: all statuses of all services, and their transitions, drawn. Nothing is asked of any server.

    \b
    $ nodewatch explain
    $ nodewatch explain power_on_called
    $ nodewatch explain "rollback started"
    """
    from nodewatch import statuses

    known = charts()
    if not status:
        document = [statuses.as_document(chart, name) for chart in known for name in chart.statuses]
        app.show(document, lambda _: [block for chart in known for block in statuses.chart_page(chart)])
        return
    found = statuses.find_status(known, status)
    if not found:
        raise NotFound(not_known(status, known))
    app.show(
        [statuses.as_document(*each) for each in found],
        lambda _: [block for each in found for block in statuses.status_page(*each)],
    )


def not_known(status: str, known: list[Chart]) -> str:
    """Return the sentence for a status that is none, with the ones that are spelled alike."""
    from difflib import get_close_matches

    near = get_close_matches(status, [name for chart in known for name in chart.statuses], 3)
    hint = f"do you mean {either(near)}?" if near else "`nodewatch explain` lists all that are."
    return f"no status is called {status!r}: {hint} If a server sent it, it counts as unknown, and never as success."
