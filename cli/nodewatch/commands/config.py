"""The commands `config ...`: which systems there are, and which settings count, from where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.documents import as_text
from nodewatch.errors import WrongConfiguration
from nodewatch.files import read_configuration
from nodewatch.masking import MASK, without_login
from nodewatch.settings import contexts
from nodewatch.settings.table import CONTEXT, SETTINGS
from nodewatch.tree import command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodewatch.app import App
    from nodewatch.settings.model import Settings
    from nodewatch.table import Page
    from nodewatch.world import World

SettingRow = tuple[object, str]
IN_FILES = {  # what settings are called in the files of `cray` and `hzn`, where that is not the variable of the setting
    "bos.url": "hostname",
    "tenant": "tenant",
    "request_timeout": "HZN_HTTP_TIMEOUT",
    "retries": "HZN_HTTP_RETRIES",
    "ca_bundle": "CERT_PATH",
    "insecure": "HZN_SSL_SKIP_VERIFY",
}


@command(listing="commands.list_tables:CONTEXT_LISTING")
def list_contexts(app: App) -> None:
    """They are in ~/.config/nodewatch/config.toml and /etc/nodewatch/config.toml; the one that counts is marked.

    \b
    $ nodewatch config list
    """
    known = contexts.read_contexts(app.world)
    if list(known.known) == [contexts.DEMO]:
        app.say("No context of your own is configured yet: `nodewatch config init` makes one.")
    active = app.flags.get("context") or app.world.variable("NODEWATCH_CONTEXT") or known.active
    app.show_list(
        [
            {"name": name, "active": name == active, "file": context.file, "settings": open_values(context.values)}
            for name, context in known.known.items()
        ]
    )


def open_values(values: Mapping[str, object]) -> dict[str, object]:
    """Return a context's settings, without the passwords in its URLs."""
    return {key: without_login(value) if isinstance(value, str) else value for key, value in values.items()}


@command
def show_settings(app: App) -> None:
    """Each setting is shown with the flag, variable or file that it comes from. Secrets are masked.

    \b
    $ nodewatch config show
    $ nodewatch config show --context prod --format json
    """
    context = app.settings.context and contexts.read_contexts(app.world).known[app.settings.context]
    rows = effective(app.settings, app.world)
    app.show(
        {name: {"value": value, "source": with_line(name, source, context)} for name, (value, source) in rows.items()},
        lambda rows: settings_page(rows, app.world.home),
    )


def with_line(name: str, source: str, context: contexts.Context | str | None) -> str:
    """Return a setting's source, with the number of the line if that is a file."""
    names = (name, name.rpartition(".")[2])
    setting = next((row for row in (*SETTINGS, CONTEXT) if row.name in names or row.key == name), None)
    if setting is None or name == "bos.token":
        return source
    if isinstance(context, contexts.Context) and source == context.source:
        line = contexts.line_in(context.file, ("contexts", context.name, *setting.key.split(".")))
    elif source.endswith("config.toml"):
        line = contexts.line_in(source, (name,))
    else:
        line = first_line(source, IN_FILES.get(setting.name, setting.variable))
    return f"{source}, line {line}" if line else source


def first_line(path: str, word: str) -> int | None:
    """Return the number of the first line of a file of `cray` or `hzn` that has the word; None for what is no file."""
    text = read_configuration(path) if path.startswith("/") else None
    return next((number for number, line in enumerate((text or "").splitlines(), 1) if word in line), None)


def settings_page(rows: dict[str, dict[str, object]], home: str) -> Page:
    """Return the table of `config show`, with `~` for the home directory."""
    from nodewatch.table import Column, Grid

    shown = [
        [name, as_text(row["value"]), as_text(row["source"]).replace(f"{home}/", "~/")] for name, row in rows.items()
    ]
    return [Grid([Column("Setting"), Column("Value", wraps=True), Column("Source", wraps=True)], shown)]


def effective(settings: Settings, world: World) -> dict[str, SettingRow]:
    """Return every setting that counts, by name: its value, secrets masked, and where it comes from."""
    origins = settings.origins

    def row(value: object, name: str) -> SettingRow:
        return value, origins.get(name, "default" if value is not None else "")

    rows: dict[str, SettingRow] = {"context": row(settings.context, "context")}
    for service in ("bos", "exchange", "agent"):
        system = settings.systems[service]
        if isinstance(system, WrongConfiguration):
            rows[f"{service}.url"] = (None, f"wrong: {system.message}")
        elif system is None:
            rows[f"{service}.url"] = (None, "")
        elif system.local:
            rows[f"{service}.local"] = (system.local, system.source)
        else:
            rows[f"{service}.url"] = (without_login(system.url or ""), system.source)
            timeout, retries = ("request_timeout", "retries") if service == "bos" else ("hub_timeout", "hub_retries")
            rows[f"{service}.request_timeout"] = row(system.request_timeout, timeout)
            rows[f"{service}.retries"] = row(system.retries, retries)
            if system.extra_ca:
                rows[f"{service}.ca_bundle"] = row(system.extra_ca, "hub_ca")
            if system.insecure and not settings.insecure:
                rows[f"{service}.insecure"] = row(system.insecure, "hub_insecure")
    rows["bos.tenant"] = row(settings.tenant, "tenant")
    rows["bos.token"] = token_row(settings, world)
    rows["exchange.org"] = row(settings.org, "org")
    auth = settings.exchange_auth
    rows["exchange.auth"] = row(auth and f"{auth.partition(':')[0]}:{MASK}", "auth")
    rows["ca_bundle"] = row(settings.ca_bundle, "ca_bundle")
    rows["insecure"] = (settings.insecure, "--insecure" if settings.insecure else "default")
    rows["proxy"] = proxy_row(settings, world)
    rows["format"] = row(settings.format, "format")
    rows["concurrency"] = row(settings.concurrency, "concurrency")
    return rows


def token_row(settings: Settings, world: World) -> SettingRow:
    """Return the file that the token for BOS is in, or that it is given as such."""
    from nodewatch.remote.tokens import token_place

    if settings.token:
        return MASK, "NODEWATCH_TOKEN"
    system = settings.systems["bos"]
    if system is None or isinstance(system, WrongConfiguration) or system.url is None:
        return None, ""
    return token_place(settings, world, system.url) or (None, "")


def proxy_row(settings: Settings, world: World) -> SettingRow:
    """Return the proxy on the way to BOS, without its password."""
    from nodewatch.remote.addresses import proxy_for

    system = settings.systems["bos"]
    if system is None or isinstance(system, WrongConfiguration) or system.url is None:
        return None, ""
    if system.proxy is not None:
        return without_login(system.proxy), settings.origins["proxy"]
    proxy = proxy_for(system.url, world)
    return (without_login(proxy), "the environment") if proxy else (None, "")
