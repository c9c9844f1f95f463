"""The command `demo`: a fleet to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nodewatch.commands.local import fill_store
from nodewatch.errors import FileTrouble, NotFound
from nodewatch.tree import command

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.bos_v2.outcome import SessionLook

DEMO_BOOT = "night-reboot"


@command
@click.option("--fresh", is_flag=True, help="Start over: undo what was changed in the demo fleet.")
@click.option(
    "--nodes", type=click.IntRange(1, 500_000), metavar="N", help=f"Start over with N nodes in {DEMO_BOOT} (96)."
)
@click.option("--edge-nodes", type=click.IntRange(1, 500_000), metavar="N", help="Start over with N edge nodes (40).")
@click.option("--live", is_flag=True, help=f"Start over, let time pass in the fleet, and watch {DEMO_BOOT} to its end.")
def demo(app: App, fresh: bool, nodes: int | None, edge_nodes: int | None, live: bool) -> None:
    """The fleet has some 200 nodes in every state, and the examples of the user guide.

    It is an ordinary local store, which commands show with --context demo, or where NODEWATCH_CONTEXT is demo; what you
    change in it stays, until you start over. Before it starts over in a store that --local names it asks, on a
    terminal. With --live some nodes fail, and the exit code is 10, as it is for --watch.

    \b
    $ nodewatch demo
    $ nodewatch demo --fresh
    $ nodewatch demo --live
    $ nodewatch demo --nodes 2000 --edge-nodes 500 --local large.db
    """
    from nodewatch.bos_v2.commands import show_status
    from nodewatch.demo import demo_fleet, sized
    from nodewatch.offline.backend import sections
    from nodewatch.offline.fleet import fleet_entries
    from nodewatch.settings.contexts import DEMO, demo_store

    given = app.flags.get("local")
    path = given or demo_store(app.world)
    app.flags.update({"local": path, "format": app.flags.get("format") or "table"})
    if fresh or live or nodes or edge_nodes or not Path(path).exists():
        if app.settings.dry_run:
            app.say(f"The demo fleet would be written to {path}.")
            return
        if not given:
            remove_store(path)
        elif Path(path).exists():
            app.confirm(f"Replace all that is in {path} with the demo fleet?")
        fleet = demo_fleet(app.now)
        fleet = sized.with_nodes(fleet, nodes) if nodes else fleet
        fleet = sized.with_edge_nodes(fleet, edge_nodes) if edge_nodes else fleet
        fill_store(app, path, list(fleet_entries(fleet, sections())))
    if live:
        watch_life(app, path)
        return
    where = f" --local {given}" if given else ""
    try:
        show_status(app, DEMO_BOOT)
    except NotFound as error:
        raise NotFound(f"{DEMO_BOOT} is no longer in {path}: `nodewatch demo --fresh{where}` starts over.") from error
    app.say(f"\nThis is the demo fleet, in {path}. Try next:")
    if not given and app.world.variable("NODEWATCH_CONTEXT") != DEMO:
        app.say(f"  export NODEWATCH_CONTEXT={DEMO}")
    for line in NEXT:
        app.say(f"  nodewatch {line}{where}")


def watch_life(app: App, path: str) -> None:
    """Watch the session that is shown to its end, while a minute of the fleet's time passes every second.

    The fleet lives between two looks, so that no other process is needed. Raise what `watch.loop.follow` raises.
    """
    from contextlib import closing

    from nodewatch.bos_v2.follow import follow_session
    from nodewatch.commands.run import SPEED
    from nodewatch.offline.backend import store_at
    from nodewatch.offline.chances import Chances
    from nodewatch.offline.life import Life
    from nodewatch.watch.loop import SHORTEST_INTERVAL, follow

    app.flags.update(watch=True, interval=SHORTEST_INTERVAL)
    watched = follow_session(app, DEMO_BOOT)
    with closing(store_at(path)) as store:
        life = Life(store, Chances(speed=SPEED), app.world.now())

        def look() -> SessionLook:
            life.go_on(app.world.now())
            return watched.look()

        follow(app, watched._replace(look=look))


def remove_store(path: str) -> None:
    """Remove a store, whatever state it is in, and the journal that an interrupted change of it has left."""
    for file in (Path(f"{path}-journal"), Path(path)):
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise FileTrouble(f"the local store {path} cannot be replaced: {error.strerror}.") from error


NEXT = (
    "bos sessions list",
    f"bos components list --session {DEMO_BOOT} --status failed",
    "bos sessions status list 3d2e86d1-8909-46fc-8a22-f42f1a140264 --format json",
    "bos components describe x3000c0s13b0n0",
    "bos v1 session status list f4eebe51-a217-46d0-8733-b9499a092042",
)
