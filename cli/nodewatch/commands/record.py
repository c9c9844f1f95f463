"""The command `local record`: looks at what is configured, once or again and again, and keeps what changed."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from nodewatch.errors import Held, NodewatchError, NotPermitted, ServiceTrouble, WrongConfiguration, WrongUsage
from nodewatch.offline.backend import store_to_fill
from nodewatch.table import plural
from nodewatch.tree import command
from nodewatch.watch.options import duration

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from nodewatch.app import App

    Look = Callable[[App, str, float], str]

OFTEN = 1  # second: what looks are apart at least


@command
@click.argument("store", metavar="STORE", type=click.Path(dir_okay=False, readable=False))
@click.option("--every", type=duration, help="Look again after that time: 90, 30s, 5m, 2h. Otherwise it looks once.")
@click.option("--for", "lasting", type=duration, help="End after that time: 8h. Otherwise it goes on until Ctrl-C.")
@click.option("--keep", type=duration, default="90d", show_default=True, help="Forget what is older.")
def record(app: App, store: str, every: float | None, lasting: float | None, keep: float) -> None:
    """Each look adds only what changed: of the nodes in BOS time, node, from, to, error and session; of those of the
    organization in the Exchange time, node, policy, from, to and error. What is configured is asked; the Exchange is
    asked for each of its nodes: exit 5 says that some could not be asked, and the others are recorded. BOS forgets its
    sessions; a recording does not. It is made for cron, too: it may run twice at once, and be killed at any time. With
    --every, a server that does not answer for a while is waited for, what could not be asked is only said, and
    a login that expires may be renewed.

    `bos v2 components history`, `bos v2 sessions history` and `exchange nmp history` read it, with --local STORE.

    \b
    $ nodewatch local record past.db --every 5m --for 8h
    $ nodewatch local record past.db --keep 30d --quiet
    """
    if lasting is not None and every is None:
        raise WrongUsage("--for needs --every: without it there is one look.")
    if app.settings.dry_run:
        there = dict.fromkeys(app.address(service) for service in LOOKS if is_configured(app, service))
        app.say(f"What changed at {' and '.join(there) or app.address('bos')} would be added to {store}.")
        return
    looks = first_looks(app, store, keep, once=every is None)
    if every is None:
        return
    pause, world = max(every, OFTEN), app.world
    end = float("inf") if lasting is None else world.monotonic() + lasting
    while world.monotonic() + pause <= end:
        world.sleep(pause)
        for look in looks:
            try:
                if unasked := look(app, store, keep):
                    app.warn(unasked)
            except (ServiceTrouble, Held, NotPermitted) as error:
                if isinstance(error, NotPermitted) and not (error.status == 401 and app.renew()):
                    raise
                app.warn(f"{recording_time(world.now())}: nothing was recorded. {error.message}")


def first_looks(app: App, path: str, keep: float, *, once: bool) -> list[Look]:
    """Look at all that is configured; return the looks that can be taken again.

    Raise `WrongConfiguration` if nothing is configured, what kept one of the looks from being taken, and if it is done
    `once`, `ServiceTrouble` for what could not be asked.
    """
    looks: list[Look] = []
    missing: list[WrongConfiguration] = []
    trouble: list[NodewatchError] = []
    for service, look in LOOKS.items():
        try:
            unasked = look(app, path, keep)
        except WrongConfiguration as error:
            missing.append(error)
            if is_configured(app, service) and app.settings.system(service).url:
                app.say(f"Nothing is recorded of {app.address(service)}: {error.message}")
        except (ServiceTrouble, NotPermitted) as error:
            trouble.append(error)
        else:
            looks.append(look)
            if unasked and once:
                trouble.append(ServiceTrouble(unasked))
            elif unasked:
                app.warn(unasked)
    if trouble:
        for other in trouble[1:]:
            app.warn(other.message)
        raise trouble[0]
    if not looks:
        raise missing[0]
    return looks


def is_configured(app: App, service: str) -> bool:
    """Return whether it is known where the service is, and which organization of the Exchange is asked."""
    system = app.settings.systems[service]
    if system is None or isinstance(system, WrongConfiguration):
        return False
    return service != "exchange" or app.settings.org is not None


def look_at_boots(app: App, path: str, keep: float) -> str:
    """Ask BOS for all components, and add what changed to the store at the path; say how much that is.

    Return what could not be asked, in words: nothing, as it is one question.
    """
    from nodewatch.bos_v2.client import BosClient
    from nodewatch.bos_v2.offline_recording import add_look
    from nodewatch.bos_v2.recording_rules import find_whereabouts
    from nodewatch.bos_v2.rules import PROGRESS_FIELDS

    now = app.world.now()
    found = find_whereabouts(BosClient(app.backend("bos")).components(fields=PROGRESS_FIELDS))
    with closing(store_to_fill(path)) as store:
        added = add_look(store, recording_time(now), found, keep_since(now, keep))
    tell_of_look(app, path, now, added, plural(len(found), "node"))
    return ""


def look_at_upgrades(app: App, path: str, keep: float) -> str:
    """Ask the Exchange for the statuses of the organization's nodes, and add what changed; say how much that is.

    Return in words which nodes could not be asked, and why; empty where all could.
    """
    from nodewatch.horizon import rules
    from nodewatch.horizon.offline_recording import add_look
    from nodewatch.horizon.recording_rules import policy_states
    from nodewatch.horizon.shared import exchange_client
    from nodewatch.horizon.survey import ask_statuses, reasons_of

    org = app.settings.org
    if org is None:
        raise WrongConfiguration(rules.NO_ORG)
    now = app.world.now()
    found = ask_statuses(app, org, exchange_client(app).nodes(org), "")
    if found.interrupted:
        raise KeyboardInterrupt
    answered = len(found.statuses) + len(found.silent)
    if found.troubled and not answered:
        raise next(iter(found.troubled.values()))
    with closing(store_to_fill(path)) as store:
        added = add_look(
            store, recording_time(now), policy_states(found.statuses), keep_since(now, keep), org, found.troubled
        )
    tell_of_look(app, path, now, added, plural(answered, "edge node"))
    if not found.troubled:
        return ""
    reasons = [f"  {names}: {why}" for why, names in reasons_of(found).items()]
    missing = f"what could not be asked counts as before ({plural(len(found.troubled), 'edge node')}):"
    return "\n".join([f"{recording_time(now)}: {missing}", *reasons])


LOOKS: dict[str, Look] = {"bos": look_at_boots, "exchange": look_at_upgrades}


def tell_of_look(app: App, path: str, now: datetime, added: int | None, seen: str) -> None:
    """Say what a look has added."""
    if added is None:
        app.say(f"{path} has a look that is as new: nothing was added.")
    else:
        app.say(f"{recording_time(now)}: {plural(added, 'change')} on {seen}.")


def keep_since(now: datetime, keep: float) -> str:
    """Return before when things are forgotten."""
    return recording_time(now - timedelta(seconds=keep))


def recording_time(time: datetime) -> str:
    """Return a time as a recording has it: in UTC, to the second."""
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
