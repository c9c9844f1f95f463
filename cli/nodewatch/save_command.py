"""The command `local save`: the live systems, written as a fleet file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from nodewatch.errors import NotFound, ServiceTrouble, WrongConfiguration
from nodewatch.settings import USUAL_AGENT
from nodewatch.tree import command

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.saving import Saver
    from nodewatch.settings import System


@command
@click.argument("file", metavar="FLEET.json", type=click.Path(dir_okay=False, readable=False))
@click.option("--session", metavar="SESSION_ID", help="Save this boot session alone, with its nodes.")
def save(app: App, file: str, session: str | None) -> None:
    """Asks every system that is configured, changes none, and keeps no credentials.

    Look at the file anywhere with `--local FLEET.json`: a support case, or a copy behind an air gap.

    \b
    $ nodewatch local save fleet.json
    $ nodewatch local save case.json --session night-reboot
    """
    import os
    from pathlib import Path

    from nodewatch.files import write_whole
    from nodewatch.fleet import FORMAT
    from nodewatch.render.json import chunks
    from nodewatch.saving import Saver

    live = live_systems(app)
    if app.settings.dry_run:
        app.say(f"{file} would be written, with what {' and '.join(system.url or '' for system in live.values())} say.")
        return
    saver = Saver(app.world, quiet=app.settings.quiet)
    fleet = {"nodewatch": FORMAT, **(of_session(app, saver, session) if session else of_everything(app, saver, live))}
    write_whole(Path(os.path.realpath(file)), [*chunks(fleet), "\n"])
    app.say(f"Wrote {file}.")
    if saver.troubles:
        reasons = [f"  {trouble.what}: {trouble.why.message}" for trouble in saver.troubles]
        raise ServiceTrouble("\n".join([f"{file} lacks what could not be had:", *reasons]))


def live_systems(app: App) -> dict[str, System]:
    """Return the systems that are servers; raise `WrongConfiguration` if there is none, or one is wrong."""
    found = {}
    for service, system in app.settings.systems.items():
        if isinstance(system, WrongConfiguration):
            raise system
        if system and system.url and system.source != USUAL_AGENT:  # that one is asked whether it exists or not
            found[service] = system
    if not found:
        raise WrongConfiguration("no live system is configured that could be saved; `local dump` copies a store.")
    return found


def of_everything(app: App, saver: Saver, live: dict[str, System]) -> dict[str, Any]:
    """Return the fleet's parts that the live systems answer for."""
    fleet: dict[str, Any] = {}
    if "bos" in live:
        bos = app.backend("bos")
        fleet["bos"] = {"v2": saver.bos_v2(bos), "v1": saver.bos_v1(bos, saver.bos_v1_names(bos))}
    if "exchange" in live:
        if not app.settings.org:
            raise WrongConfiguration("the organization of the Exchange is missing: set HZN_ORG_ID.")
        fleet["exchange"] = saver.exchange(app.backend("exchange"), app.settings.org)
    if "agent" in live:
        fleet["agent"] = saver.agent(app.backend("agent"))
    return fleet


def of_session(app: App, saver: Saver, session: str) -> dict[str, Any]:
    """Return the fleet's parts about one session, of BOS v2 or else of BOS v1; raise `NotFound` if neither has it."""
    bos = app.backend("bos")
    try:
        return {"bos": {"v2": saver.bos_v2_session(bos, session)}}
    except NotFound:
        v1 = saver.bos_v1(bos, [session])
        if not v1["session"] and not v1["status"]:
            raise
        return {"bos": {"v1": v1}}
