"""The commands `local load`, `local dump` and `local save`."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from nodewatch.errors import NodewatchError, NotFound, ServiceTrouble, WrongConfiguration
from nodewatch.settings.model import SERVICES, USUAL_AGENT
from nodewatch.tree import command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodewatch.app import App
    from nodewatch.offline.fleet import Entry
    from nodewatch.offline.saving import Saver
    from nodewatch.settings.model import System


def chosen_store(app: App, doing: str) -> str:
    """Return the store that `--local` or `NODEWATCH_LOCAL` names, the only ones that may be written."""
    path = app.flags.get("local") or app.world.variable("NODEWATCH_LOCAL")
    if not path:
        raise WrongConfiguration(f"nothing says which store to {doing}: add --local PATH, or set NODEWATCH_LOCAL.")
    return str(path)


def fill_store(app: App, path: str, found: list[Entry], *, merge: bool = False) -> None:
    """Put the documents into the store at the path, made if it is missing; show how far that is."""
    from nodewatch.offline.backend import store_to_fill
    from nodewatch.offline.fleet import load_entries
    from nodewatch.progress import Progress, with_progress

    progress = Progress(app.world, len(found), "documents", quiet=app.quiet)
    with closing(store_to_fill(path)) as store:
        load_entries(store, with_progress(found, progress), merge=merge)


@command
@click.argument("file", metavar="FLEET.json", type=click.Path(allow_dash=True, readable=False))
@click.option("--merge", is_flag=True, help="Add to the store's content instead of replacing it.")
def load_store(app: App, file: str, merge: bool) -> None:
    """Everything in the file is checked before anything is written. `-` reads the file from standard input.

    \b
    $ nodewatch local load fleet.json --local fleet.db
    $ nodewatch local load more.json --merge --local fleet.db
    """
    from nodewatch.files import read_input
    from nodewatch.offline.backend import sections
    from nodewatch.offline.fleet import read_fleet
    from nodewatch.table import plural

    path = chosen_store(app, "load into")
    source = "standard input" if file == "-" else file
    found = read_fleet(read_input(file, app.world.stdin), source, sections())
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
def dump_store(app: App, file: str) -> None:
    """The documents come out as they went in. Without a file name they go to standard output.

    \b
    $ nodewatch local dump --local fleet.db
    $ nodewatch local dump copy.json --local fleet.db
    """
    from nodewatch.files import write_whole
    from nodewatch.offline.backend import sections, store_at
    from nodewatch.offline.fleet import dump_fleet
    from nodewatch.render.json import json_chunks

    with closing(store_at(app.settings.system("bos").local or chosen_store(app, "dump"))) as store:
        fleet = dump_fleet(store, sections())
    if file == "-":
        app.print_document(fleet)
    elif app.settings.dry_run:
        app.say(f"{file} would be written.")
    else:
        write_whole(file, [*json_chunks(fleet), "\n"])
        app.say(f"Wrote {file}.")


@command
@click.argument("file", metavar="FLEET.json", type=click.Path(dir_okay=False, readable=False))
@click.option("--session", metavar="SESSION_ID", help="Save this boot session alone, with its nodes.")
def save_systems(app: App, file: str, session: str | None) -> None:
    """Asks every system that is configured, and changes none. Tokens, passwords and what services were given as input
    are left out, and what a system did not answer is noted.

    Look at the file anywhere with `--local FLEET.json`: a support case, or a copy behind an air gap. Ages and verdicts
    are then as of the time of saving.

    \b
    $ nodewatch local save fleet.json
    $ nodewatch local save case.json --session night-reboot
    """
    from nodewatch.files import write_whole
    from nodewatch.offline.backend import sections
    from nodewatch.offline.fleet import FLEET_FORMAT, loadable
    from nodewatch.offline.saving import with_texts, without_credentials
    from nodewatch.render.json import json_chunks

    live = live_systems(app)
    if app.settings.dry_run:
        app.say(f"{file} would be written, with what {' and '.join(system.url or '' for system in live.values())} say.")
        return
    at = f"{app.now:%Y-%m-%dT%H:%M:%SZ}"
    fleet, unasked = ask_session(app, session) if session else ask_everything(app, live)
    notes = {
        path: {"status": error.status, "message": app.world.masked(error.message)} for path, error in unasked.items()
    }
    whole = {
        "nodewatch": FLEET_FORMAT,
        "saved_at": at,
        **without_credentials({**fleet, **({"unasked": notes} if notes else {})}),
    }
    kept, faults = loadable(whole, sections())
    text = "".join(json_chunks(kept))
    if app.world.masked(text) != text:  # a server has told in its words what it was told
        text = "".join(json_chunks(with_texts(kept, app.world.masked)))
    write_whole(file, [text, "\n"])
    app.say(f"Wrote {file}.")
    reasons = [*folded(unasked), *(f"  {fault}" for fault in faults)]
    if reasons:
        raise ServiceTrouble("\n".join([f"{file} lacks what could not be read:", *reasons]))


def folded(unasked: Mapping[str, NodewatchError]) -> list[str]:
    """Return a line for each reason why something could not be asked, with the paths that it is about, folded."""
    from nodewatch.nodes.nodeset import fold

    reasons: dict[str, list[str]] = {}
    for path, error in unasked.items():
        reasons.setdefault(error.message.replace(path, "PATH"), []).append(path)
    return [f"  {fold(paths)}: {why}" for why, paths in reasons.items()]


def live_systems(app: App) -> dict[str, System]:
    """Return the systems that are servers; raise `WrongConfiguration` if there is none, or one is wrong."""
    found = {}
    for service in SERVICES:
        system = app.settings.systems[service]
        if isinstance(system, WrongConfiguration):
            raise system
        if system and system.url and system.source != USUAL_AGENT:  # that one is asked whether it exists or not
            found[service] = system
    if not found:
        raise WrongConfiguration("no live system is configured that could be saved; `local dump` copies a store.")
    return found


def make_saver(app: App, service: str) -> Saver:
    """Return what asks the service for what is saved."""
    from nodewatch.offline.saving import Saver

    return Saver(app.backend(service), app.world, quiet=app.quiet)


def ask_everything(app: App, live: dict[str, System]) -> tuple[dict[str, object], dict[str, NodewatchError]]:
    """Return the fleet's parts that the live systems answer for, and what these did not answer."""
    from nodewatch.bos_v1 import saving as bos_v1
    from nodewatch.bos_v2 import saving as bos_v2
    from nodewatch.horizon import saving as horizon

    fleet: dict[str, object] = {}
    savers = {service: make_saver(app, service) for service in live}
    if "bos" in live:
        v2, v1 = bos_v2.all_documents(savers["bos"]), bos_v1.all_documents(savers["bos"])
        fleet["bos"] = {"v2": v2 or bos_v1.service_documents(savers["bos"]), "v1": v1}
    if "exchange" in live:
        if not app.settings.org:
            raise WrongConfiguration("the organization of the Exchange is missing: set HZN_ORG_ID.")
        fleet["exchange"] = horizon.exchange_documents(savers["exchange"], app.settings.org)
    if "agent" in live:
        fleet["agent"] = horizon.agent_documents(savers["agent"])
    return fleet, {path: error for each in savers.values() for path, error in each.unasked.items()}


def ask_session(app: App, name: str) -> tuple[dict[str, object], dict[str, NodewatchError]]:
    """Return the fleet's parts about one session, of BOS v2 or else of BOS v1, and what BOS did not answer.

    Raise `NotFound` if neither has it.
    """
    from nodewatch.bos_v1 import saving as bos_v1
    from nodewatch.bos_v2 import saving as bos_v2

    bos = make_saver(app, "bos")
    try:
        return {"bos": {"v2": bos_v2.session_documents(bos, name)}}, bos.unasked
    except NotFound:
        v1 = bos_v1.save_sessions(bos, [name])
        if not v1["session"] and not v1["status"]:
            raise
        return {"bos": {"v1": v1}}, bos.unasked
