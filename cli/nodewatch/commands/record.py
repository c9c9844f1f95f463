"""The command `local record`: looks at BOS, once or again and again, and keeps what changed."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from nodewatch.errors import ServiceTrouble, WrongUsage
from nodewatch.tree import command
from nodewatch.watch.options import duration

if TYPE_CHECKING:
    from datetime import datetime

    from nodewatch.app import App

OFTEN = 1  # second: what looks are apart at least


@command
@click.argument("store", metavar="STORE", type=click.Path(dir_okay=False, readable=False))
@click.option("--every", type=duration, help="Look again after that time: 90, 30s, 5m, 2h. Else it looks once.")
@click.option("--for", "lasting", type=duration, help="End after that time: 8h. Else it goes on until Ctrl-C.")
@click.option("--keep", type=duration, default="90d", show_default=True, help="Forget what is older.")
def record(app: App, store: str, every: float | None, lasting: float | None, keep: float) -> None:
    """Each look adds only what changed: time, node, from, to, error and session. BOS forgets its sessions; a recording
    does not. It is made for cron, too: it may run twice at once, and be killed at any time. A server that does not
    answer for a while is waited for.

    `bos v2 components history` and `bos v2 sessions history` read it, with --local STORE.

    \b
    $ nodewatch local record past.db --every 5m --for 8h
    $ nodewatch local record past.db --keep 30d --quiet
    """
    if lasting is not None and every is None:
        raise WrongUsage("--for needs --every: without it there is one look.")
    if app.settings.dry_run:
        app.say(f"What changed at {app.address('bos')} would be added to {store}.")
        return
    record_look(app, store, keep)
    if every is None:
        return
    pause, world = max(every, OFTEN), app.world
    end = float("inf") if lasting is None else world.monotonic() + lasting
    while world.monotonic() + pause <= end:
        world.sleep(pause)
        try:
            record_look(app, store, keep)
        except ServiceTrouble as error:
            app.warn(f"{recording_time(world.now())}: nothing was recorded. {error.message}")


def record_look(app: App, path: str, keep: float) -> None:
    """Ask BOS for all components, and add what changed to the store at the path; say how much that is."""
    from nodewatch.bos_v2.client import BosV2
    from nodewatch.bos_v2.offline_recording import add_look
    from nodewatch.bos_v2.recording_rules import whereabouts
    from nodewatch.bos_v2.rules import IN_PROGRESS
    from nodewatch.offline.backend import store_to_fill
    from nodewatch.table import plural

    now = app.world.now()
    found = whereabouts(BosV2(app.backend("bos")).components(fields=IN_PROGRESS))
    with closing(store_to_fill(path)) as store:
        added = add_look(store, recording_time(now), found, recording_time(now - timedelta(seconds=keep)))
    if added is None:
        app.say(f"{path} has a look that is as new: nothing was added.")
    else:
        app.say(f"{recording_time(now)}: {plural(added, 'change')} on {plural(len(found), 'node')}.")


def recording_time(time: datetime) -> str:
    """Return a time as a recording has it: in UTC, to the second."""
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
