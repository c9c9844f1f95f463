"""The commands `config ...` that write: init, set, unset, edit and use. All of them change the user's own file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from nodewatch.backend import Request
from nodewatch.commands.config import open_values
from nodewatch.errors import FileTrouble, NodewatchError, NotFound, WrongConfiguration, WrongUsage
from nodewatch.files import locked, make_folder, read_configuration, write_whole
from nodewatch.options import ACCOUNT, Text
from nodewatch.settings import contexts, edit
from nodewatch.tree import command

if TYPE_CHECKING:
    from collections.abc import Callable

    from nodewatch.app import App
    from nodewatch.backend import Answer

QUESTIONS = (
    ("bos.url", "Base URL of BOS, such as https://HOST/apis/bos"),
    ("ca_bundle", "File of certificates to trust, if not the system's"),
    ("bos.tenant", "Tenant"),
    ("exchange.url", "Base URL of the Exchange, such as https://HOST/v1"),
    ("exchange.org", "Organization in the Exchange"),
)
PROBES = {"bos": ("/v2", "/v1/version"), "exchange": ("/admin/version",), "agent": ("/node",)}
LOCK_PATIENCE = 10.0  # seconds that another process may take for its change


def change_file(app: App, changed: Callable[[str, str], str], would: str, done: str) -> None:
    """Put what a function makes of the text and path of the user's file in its place, and say what was done.

    It needs no settings: a file that is wrong can be put right. One process at a time changes it, so that no change is
    lost; raise `Held` if another one is at it all the time, with an editor, say.
    """
    file = contexts.user_file(app.world)
    if app.flags.get("dry_run"):
        changed(read_configuration(file) or "", file)
        app.say(f"{file} would say: {would}")
        return
    try:
        make_folder(os.path.dirname(file))
    except OSError as error:
        raise FileTrouble(f"{os.path.dirname(file)} cannot be made: {error.strerror}.") from error
    with locked(file, app.world, LOCK_PATIENCE):
        write_whole(file, [changed(read_configuration(file) or "", file)])
    app.say(done)


def own_context(app: App) -> str:
    """Return the name of the context that `set` and `unset` change: the one that is named, else the one in use."""
    known = contexts.read_contexts(app.world)
    name = app.flags.get("context") or app.world.variable("NODEWATCH_CONTEXT") or known.active
    if not name:
        raise WrongUsage("no context is in use: say which one is meant with --context NAME.")
    file = known.known[name].file if name in known.known else ""
    if file and file != contexts.user_file(app.world):
        raise WrongConfiguration(f"the context {name} is in {file}: it is changed there.")
    return str(name)


@command
@click.argument("key", metavar="KEY")
@click.argument("value", metavar="VALUE", type=Text())
def set_value(app: App, key: str, value: str) -> None:
    """It is that of the context in use, or of the one that --context names, which is made if it is missing. An empty
    proxy stands for none at all.

    \b
    $ nodewatch config set request_timeout 30 --context prod
    $ nodewatch config set bos.tenant red --context prod
    """
    if not value.strip() and edit.checked_key(key) != "proxy":
        raise WrongUsage(f"{key} cannot be empty: `nodewatch config unset {key}` takes it away.")
    name, found = own_context(app), edit.value_of(edit.checked_key(key), value)
    place = ("contexts", name, *key.split("."))
    shown = open_values({key: found})[key]
    would, done = f"{key} = {shown!r}, in the context {name}.", f"{key} of the context {name} is {shown} now."
    change_file(app, lambda text, path: edit.with_value(text, path, place, found), would, done)


@command
@click.argument("key", metavar="KEY")
def unset_value(app: App, key: str) -> None:
    """The setting then comes from the environment, from cray or hzn, or is the default.

    \b
    $ nodewatch config unset request_timeout --context prod
    """
    name = own_context(app)
    known = contexts.read_contexts(app.world).known
    if name not in known or edit.checked_key(key) not in known[name].values:
        raise NotFound(f"the context {name} sets no {key}.")
    place = ("contexts", name, *key.split("."))
    would, done = f"no {key}, in the context {name}.", f"{key} of the context {name} is no longer set."
    change_file(app, lambda text, path: edit.with_value(text, path, place, None), would, done)


@command
@click.argument("name", metavar="CONTEXT")
def use_context(app: App, name: str) -> None:
    """It is asked until another one is chosen, unless a flag or a variable says otherwise.

    \b
    $ nodewatch config use prod
    """
    contexts.find_context(contexts.read_contexts(app.world), name, "config use")
    would, done = f"context = {name!r}.", f"From now on, the context {name} is the one that is asked."
    change_file(app, lambda text, path: edit.with_value(text, path, ("context",), name), would, done)


@command
def edit_file(app: App) -> None:
    """The editor is that of VISUAL or EDITOR. What it leaves is checked before it counts.

    \b
    $ nodewatch config edit
    """
    done = f"{contexts.user_file(app.world)} is changed."
    change_file(app, lambda text, path: edited(app, text, path), "what the editor left.", done)


def edited(app: App, text: str, path: str) -> str:
    """Return what the user makes of a file's text in an editor; raise `NodewatchError` if nothing, or nothing right."""
    editor = app.world.variable("VISUAL") or app.world.variable("EDITOR")
    if not editor and not app.interactive:
        raise WrongUsage("no editor can be opened here: set EDITOR to one, or use `nodewatch config set KEY VALUE`.")
    while True:
        try:
            found = click.edit(text or edit.HEAD, editor=editor, extension=".toml")
        except click.ClickException as error:
            raise FileTrouble(f"the editor failed: {error.message}. Set EDITOR to another one.") from error
        if found is None:
            raise NodewatchError("Nothing was changed.")
        try:
            contexts.parse_contexts(found, path, app.world.home)
        except WrongConfiguration as error:
            if not app.interactive:
                raise
            app.warn(f"Error: {error.message}")
            app.confirm("Edit it again?")
            text = found
        else:
            return found


@command(params=[ACCOUNT[0]])
@click.argument("name", metavar="[NAME]", default="")
@click.option("--bos-url", metavar="URL", help="Base URL of BOS, such as https://HOST/apis/bos.")
@click.option("--exchange-url", metavar="URL", help="Base URL of the Exchange, such as https://HOST/v1.")
@click.option("--agent-url", metavar="URL", help="Base URL of an agent, such as http://localhost:8510.")
def init(app: App, name: str, bos_url: str | None, exchange_url: str | None, agent_url: str | None) -> None:
    """Asks for what no option says, if somebody is there to answer; writes a context; and asks each of its services
    something, to say what works. --ca-bundle, --tenant and --org are written into it too.

    \b
    $ nodewatch config init lab --bos-url https://api.lab.example.com/apis/bos --ca-bundle ~/lab-ca.pem
    """
    given = {
        "bos.url": bos_url,
        "ca_bundle": app.flags.get("ca_bundle"),
        "bos.tenant": app.flags.get("tenant"),
        "exchange.url": exchange_url,
        "exchange.org": app.flags.get("org"),
        "agent.url": agent_url,
    }
    asking = not (bos_url or exchange_url or agent_url)
    if asking and not app.interactive:
        raise WrongUsage("nothing says which system it is: add --bos-url, --exchange-url or --agent-url.")
    name = name or (ask_question(app, "Name of the context") if asking else "") or "default"
    if contexts.read_contexts(app.world).known.get(name):
        raise WrongUsage(f"there is a context {name} already: `nodewatch config set` changes it.")
    if asking:
        given |= {key: given[key] or ask_question(app, question) for key, question in QUESTIONS}
    values = {key: edit.value_of(key, text) for key, text in given.items() if text}
    if not any(key in values for key in contexts.URLS):
        raise WrongUsage("a context needs the URL of a service, and none was given.")
    if "ca_bundle" in values:
        values["ca_bundle"] = os.path.abspath(app.world.expanded(str(values["ca_bundle"])))
    file = contexts.user_file(app.world)
    would = f"the context {name}, with {', '.join(f'{key} = {value!r}' for key, value in open_values(values).items())}."
    done = f"The context {name} is written to {file}."
    change_file(app, lambda text, path: edit.new_context(text, path, name, values), would, done)
    if not app.flags.get("dry_run"):
        probe_context(app, name, [key.removesuffix(".url") for key in contexts.URLS if key in values])


def ask_question(app: App, question: str) -> str:
    """Return what the user answers, without blanks around it; nothing leaves the setting out."""
    print(f"{question}: ", end="", file=app.world.stderr, flush=True)
    return app.world.stdin.readline().strip()


def probe_context(app: App, name: str, services: list[str]) -> None:
    """Ask each service of a context something, and say what works; raise the first error there was."""
    from nodewatch.app import App as Asking

    probe = Asking(app.world)
    probe.flags.update(app.flags, context=name)
    errors: list[NodewatchError] = []
    with probe.closing:
        for service in services:
            try:
                probe_service(probe, service)
                app.say(f"{probe.address(service)} answers.")
            except NodewatchError as error:
                errors.append(error)
                app.warn(f"{probe.address(service)} does not answer as it should: {error.message}")
    if errors:
        raise type(errors[0])(
            f"the context {name} is written, but not everything in it works yet: `nodewatch config set` changes it."
        )


def probe_service(app: App, service: str) -> Answer:
    """Ask a service what costs it nothing; raise what it says, `NotFound` if it knows none of the questions."""
    *others, last = PROBES[service]
    for path in others:
        try:
            return app.backend(service).send(Request("GET", path))
        except NotFound:
            continue
    return app.backend(service).send(Request("GET", last))
