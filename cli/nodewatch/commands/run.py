"""The command `local run`: time passes in the local store."""

from __future__ import annotations

from contextlib import closing
from itertools import count
from math import ceil
from typing import TYPE_CHECKING

import click

from nodewatch.commands.local import chosen_store
from nodewatch.table import plural
from nodewatch.tree import command
from nodewatch.watch.options import duration

if TYPE_CHECKING:
    from nodewatch.app import App

SPEED = 60


def share(text: str) -> float:
    """Return the share that a percentage says; raise `click.BadParameter` for what is none.

    >>> share("2%"), share("100")
    (0.02, 1.0)
    """
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        number = -1.0
    if not 0 <= number <= 100:
        raise click.BadParameter(f"{text!r} is not a percentage, such as 2%.")
    return number / 100


@command
@click.option(
    "--speed", type=click.IntRange(1, 3600), default=SPEED, metavar="N", help=f"How fast time passes ({SPEED} times)."
)
@click.option("--seed", type=int, default=0, help="Seed of the random numbers: the same seed gives the same life (0).")
@click.option("--failing", type=share, default="2%", metavar="PERCENT", help="How many of the nodes fail (2%).")
@click.option("--for", "length", type=duration, metavar="DURATION", help="End after so long, in the fleet's own time.")
def let_time_pass(app: App, speed: int, seed: int, failing: float, length: float | None) -> None:
    """Plays the operators of BOS: sessions are set up, nodes are powered off (by force, where they hang), powered on,
    booted and configured; some fail, alone or with their blade, and are tried again as the options of BOS say. Staged
    sessions go on when they are applied. Plays the edge agents too: they hear of policies, download what these say and
    upgrade themselves, one policy at a time; some go back to the version that they had. Once a second there is a step,
    in which a minute of the fleet's time passes, unless --speed says otherwise.

    It goes on until Ctrl-C, which may come at any time: every step is kept whole or not at all. Other commands, and
    what asks `local serve`, can look at the store and change it meanwhile.

    \b
    $ nodewatch local run --local fleet.db
    $ nodewatch local run --seed 7 --failing 10% --for 2h --local fleet.db
    """
    from nodewatch.offline.backend import store_at
    from nodewatch.offline.chances import Chances
    from nodewatch.offline.life import Life

    path = chosen_store(app, "play on")
    if app.settings.dry_run:
        app.say(f"Time would pass in {path}, {speed} times as fast as ours.")
        return
    chances = Chances(seed, failing, speed)
    with closing(store_at(path)) as store:
        store.check_writable()
        ends = "" if length else " Ctrl-C ends it."
        app.say(f"Time passes in {path}, {speed} times as fast as ours.{ends}")
        life = Life(store, chances, app.world.now())
        steps = count() if length is None else range(ceil(length / speed))
        for _ in steps:
            moment = life.next
            app.world.sleep(max((moment - app.world.now()).total_seconds(), 0))
            moved = life.go_on(moment)
            if moved and app.settings.verbose:
                app.say(f"{moment:%H:%M:%S}Z: {plural(moved, 'change')}.")
