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

SHOWN = "night-reboot"


@command
@click.option("--fresh", is_flag=True, help="Start over: undo what was changed in the demo fleet.")
def demo(app: App, fresh: bool) -> None:
    """The fleet has some 200 nodes in every state, and the examples of the user guide.

    It is an ordinary local store, which commands show with --context demo, or where NODEWATCH_CONTEXT is demo; what you
    change in it stays, until you start over. Before --fresh replaces a store that --local names it asks, on a terminal.

    \b
    $ nodewatch demo
    $ nodewatch demo --fresh
    """
    from nodewatch.bos_v2.commands import show_status
    from nodewatch.demo import demo_fleet
    from nodewatch.offline.backend import sections
    from nodewatch.offline.fleet import entries
    from nodewatch.settings.contexts import DEMO, demo_store

    given = app.flags.get("local")
    path = given or demo_store(app.world)
    app.flags.update({"local": path, "format": app.flags.get("format") or "table"})
    if fresh or not Path(path).exists():
        if app.settings.dry_run:
            app.say(f"The demo fleet would be written to {path}.")
            return
        if not given:
            remove_store(path)
        elif Path(path).exists():
            app.confirm(f"Replace all that is in {path} with the demo fleet?")
        fill_store(app, path, list(entries(demo_fleet(app.now), sections())))
    where = f" --local {given}" if given else ""
    try:
        show_status(app, SHOWN)
    except NotFound as error:
        raise NotFound(f"{SHOWN} is no more in {path}: `nodewatch demo --fresh{where}` starts over.") from error
    app.say(f"\nThis is the demo fleet, in {path}. Try next:")
    if not given and app.world.variable("NODEWATCH_CONTEXT") != DEMO:
        app.say(f"  export NODEWATCH_CONTEXT={DEMO}")
    for line in NEXT:
        app.say(f"  nodewatch {line}{where}")


def remove_store(path: str) -> None:
    """Remove a store, whatever state it is in, and the journal that an interrupted change of it has left."""
    for file in (Path(f"{path}-journal"), Path(path)):
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise FileTrouble(f"the local store {path} cannot be replaced: {error.strerror}.") from error


NEXT = (
    "bos sessions list",
    f"bos components list --session {SHOWN} --status failed",
    "bos sessions status list 3d2e86d1-8909-46fc-8a22-f42f1a140264 --format json",
    "bos components describe x3000c0s13b0n0",
    "bos v1 session status list f4eebe51-a217-46d0-8733-b9499a092042",
)
