"""The commands `auth ...`: log in to a Cray system, and look at the login."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import click

from nodewatch.errors import NotPermitted, WrongConfiguration, WrongUsage
from nodewatch.tree import command

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.remote.login import Bearer
    from nodewatch.table import Page


class Login(TypedDict):
    """Who is logged in to which system, until when (None: unknown), and where that is kept."""

    system: str
    username: str | None
    expires: str | None
    expired: bool
    refreshable: bool
    file: str | None
    source: str


def bos_login(app: App) -> Bearer:
    """Return the login to the BOS that is configured; raise `WrongConfiguration` if that is a local store."""
    from nodewatch.remote.login import Bearer

    system = app.settings.system("bos")
    if system.local:
        raise WrongConfiguration(
            f"BOS is asked in the local store {system.local} ({system.source}), which needs no login. Name a system "
            "with --context, --configuration or NODEWATCH_BOS_URL."
        )
    return Bearer(app.settings, app.world, system.url or "")


@command
@click.option("--username", metavar="USER", help="Who to log in as; without it the user in cray's configuration.")
@click.option("--password-file", metavar="FILE", help="Read the password from FILE; - is standard input.")
def log_user_in(app: App, username: str | None, password_file: str | None) -> None:
    """The password is asked for on a terminal, and read from standard input otherwise; it is never an argument.

    The login is kept where cray keeps its own, and cray can use it. It is refreshed silently while that is possible.

    \b
    $ nodewatch auth login --username me
    $ nodewatch auth login --username me --password-file ~/.secret
    """
    from nodewatch.remote import login, tokens

    bearer = bos_login(app)
    username = username or app.settings.cray.username or ask_for_login(app, "Username")
    password = password_from(app, password_file) if password_file else ask_for_login(app, "Password", hidden=True)
    if app.settings.dry_run:
        app.say(f"{username} would be logged in to {bearer.base}.")
        return
    place, token = login.log_in(username, password, app.settings, app.world, bearer.base)
    until = f" until {iso_time(token.expires)}" if token.expires else ""
    app.say(f"Logged in to {bearer.base} as {username}{until}. The login is kept in {place.path}.")
    used = tokens.token_place(app.settings, app.world, bearer.base)
    if used and used.path != place.path:
        app.warn(f"But {used.path} is used, because {used.source} says so. Name this one with --token {place.path}.")


def ask_for_login(app: App, what: str, *, hidden: bool = False) -> str:
    """Return what the user types: at a prompt on a terminal, else as the next line of standard input."""
    world = app.world
    if hidden and world.stdin.isatty():
        import getpass

        text = getpass.getpass(f"{what}: ", world.stderr)
    else:
        if world.stdin.isatty():
            world.tell(f"{what}: ")
        text = world.stdin.readline().rstrip("\r\n")
    if not text:
        raise WrongUsage(f"no {what.lower()} was given, at a prompt or on standard input.")
    return text


def password_from(app: App, file: str) -> str:
    """Return the first line of a file, or of standard input."""
    if file == "-":
        return ask_for_login(app, "Password", hidden=True)
    from nodewatch.files import SMALL, read_file

    return read_file(file, SMALL).partition("\n")[0].rstrip("\r")


@command
def show_login(app: App) -> None:
    """Tells who is logged in, until when, and where that is kept; the exit code is 6 if nobody is.

    \b
    $ nodewatch auth status
    """
    from nodewatch.remote import login, tokens

    bearer = bos_login(app)
    if not bearer.known:
        raise NotPermitted(bearer.advice)
    if bearer.place:
        token, file, source = tokens.read_token(bearer.place, app.world), bearer.place.path, bearer.place.source
        tokens.warn_if_open(bearer.place, app.world)
    else:
        given = tokens.token_in({"access_token": str(app.settings.token)})
        if given is None:
            raise WrongConfiguration("NODEWATCH_TOKEN holds no token.")
        token, file, source = given, None, "NODEWATCH_TOKEN"
    expired = token.seconds_left(app.world) <= 0
    status: Login = {
        "system": bearer.base,
        "username": token.username,
        "expires": None if token.expires is None else iso_time(token.expires),
        "expired": expired,
        "refreshable": token.refresh is not None,
        "file": file,
        "source": source,
    }
    app.show(status, login_page)
    if expired and token.refresh is None:
        raise NotPermitted(f"The login has expired. {login.RENEW}")


def iso_time(expires: float) -> str:
    """Return a time as ISO 8601 has it, in UTC.

    >>> iso_time(1_800_000_000.5)
    '2027-01-15T08:00:00Z'
    """
    from datetime import UTC, datetime

    return datetime.fromtimestamp(int(expires), UTC).isoformat().replace("+00:00", "Z")


def login_page(status: Login) -> Page:
    """Return the table of `auth status`."""
    from nodewatch.table import Cell, Fields

    renews = "refreshed when needed" if status["refreshable"] else "cannot be refreshed"
    until = status["expires"] or "unknown"
    expires = Cell(f"{until} (expired)", "bad") if status["expired"] else Cell(until)
    return [
        Fields(
            [
                ("System", status["system"]),
                ("User", status["username"] or "unknown"),
                ("Until", expires),
                ("Then", renews),
                ("File", status["file"] or ""),
                ("Source", status["source"]),
            ]
        )
    ]


@command
def log_user_out(app: App) -> None:
    """The file with the login is removed; cray is logged out with it.

    \b
    $ nodewatch auth logout
    """
    from nodewatch.remote import login

    bearer = bos_login(app)
    if app.settings.token:
        raise WrongConfiguration("the login is in NODEWATCH_TOKEN: unset it.")
    if bearer.place is None:
        app.say("Nobody was logged in.")
    elif app.settings.dry_run:
        app.say(f"{bearer.place.path} would be removed.")
    else:
        login.log_out(bearer.place, app.settings, app.world)
        app.say(f"Logged out: {bearer.place.path} is removed.")
