"""The commands `local load`, `local dump` and `demo`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nodewatch.errors import FileTrouble, NotFound, WrongConfiguration
from nodewatch.tree import command

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.fleet import Entry

SHOWN = "night-reboot"


def chosen_store(app: App, doing: str) -> str:
    """Return the store that `--local` or `NODEWATCH_LOCAL` names, the only ones that may be written."""
    path = app.flags.get("local") or app.world.variable("NODEWATCH_LOCAL")
    if not path:
        raise WrongConfiguration(f"nothing says which store to {doing}: add --local PATH, or set NODEWATCH_LOCAL.")
    return str(path)


def fill_store(app: App, path: str, found: list[Entry], *, merge: bool = False) -> None:
    """Put the documents into the store at the path, made if it is missing; show how far that is."""
    from nodewatch.fleet import fill
    from nodewatch.progress import Progress, counted
    from nodewatch.store import created

    progress = Progress(app.world, len(found), "documents", quiet=app.settings.quiet)
    with closing(created(path)) as store:
        fill(store, counted(found, progress), merge=merge)


@command
@click.argument("file", metavar="FLEET.json", type=click.Path(allow_dash=True, readable=False))
@click.option("--merge", is_flag=True, help="Add to the store's content instead of replacing it.")
def load(app: App, file: str, merge: bool) -> None:
    """Everything in the file is checked before anything is written. `-` reads the file from standard input.

    \b
    $ nodewatch local load fleet.json --local fleet.db
    $ nodewatch local load more.json --merge --local fleet.db
    """
    from nodewatch.files import read_input
    from nodewatch.fleet import read_fleet
    from nodewatch.table import plural

    path = chosen_store(app, "load into")
    source = "standard input" if file == "-" else file
    found = read_fleet(read_input(file, app.world.stdin), source)
    documents = plural(len(found), "document")
    if app.settings.dry_run:
        app.say(f"{source} is right: {documents} would be loaded into {path}.")
        return
    fill_store(app, path, found, merge=merge)
    app.say(f"Loaded {documents} from {source} into {path}.")


@command
@click.argument(
    "file", metavar="[FLEET.json]", type=click.Path(allow_dash=True, dir_okay=False, readable=False), default="-"
)
def dump(app: App, file: str) -> None:
    """The documents come out as they went in. Without a file name they go to standard output.

    \b
    $ nodewatch local dump --local fleet.db
    $ nodewatch local dump copy.json --local fleet.db
    """
    from nodewatch.files import write_whole
    from nodewatch.fleet import dump
    from nodewatch.render.json import chunks
    from nodewatch.store import store_at

    with closing(store_at(app.settings.system("bos").local or chosen_store(app, "dump"))) as store:
        fleet = dump(store)
    if file == "-":
        app.print_document(fleet)
    elif app.settings.dry_run:
        app.say(f"{file} would be written.")
    else:
        write_whole(Path(file), [*chunks(fleet), "\n"])
        app.say(f"Wrote {file}.")


@command
@click.option("--fresh", is_flag=True, help="Start over: undo what was changed in the demo fleet.")
def demo(app: App, fresh: bool) -> None:
    """The fleet has some 200 nodes in every state, and the examples of the user guide.

    It is an ordinary local store, which commands show as long as no other system is configured; what you change in it
    stays, until you start over. Before --fresh replaces a store that --local names it asks, on a terminal.

    \b
    $ nodewatch demo
    $ nodewatch demo --fresh
    """
    from nodewatch.bos_v2.commands import show_status
    from nodewatch.demo import demo_fleet
    from nodewatch.fleet import entries
    from nodewatch.settings import System, demo_store, resolve

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
        fill_store(app, path, list(entries(demo_fleet(app.now))))
    usual = resolve({}, app.world).systems["bos"]
    where = "" if isinstance(usual, System) and usual.local == path else f" --local {path}"
    try:
        show_status(app, SHOWN)
    except NotFound as error:
        raise NotFound(f"{SHOWN} is no more in {path}: `nodewatch demo --fresh{where}` starts over.") from error
    app.say(f"\nThis is the demo fleet, in {path}. Try next:")
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
