"""Which value wins, and where it came from: pure functions of the flags, the environment and the files' texts.

The highest wins: flags (a context named by `--context` ranks as one), the environment, the active context of our own
configuration, what `cray` and `hzn` keep, the demo store.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from nodewatch.errors import WrongConfiguration
from nodewatch.settings import contexts
from nodewatch.settings import cray as cray_settings
from nodewatch.settings import hzn as hzn_settings
from nodewatch.settings.cray import Cray
from nodewatch.settings.hzn import Horizon, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from nodewatch.settings.contexts import Context
    from nodewatch.world import World

    Read = Callable[[str, str], Any]
    Rung = tuple[str, str | None, str | None]

DOCUMENTS = ("table", "json", "yaml", "toml")
REQUEST_TIMEOUT = 60.0
RETRIES = 3
CONCURRENCY = 32
AGENT_URL = "http://localhost:8081" if sys.platform == "darwin" else "http://localhost:8510"
USUAL_AGENT = "the agent's usual address"
SERVICES = ("bos", "exchange", "agent")
UNNAMED = {  # what a message calls a service, and the variable that would name it
    "bos": ("BOS", "NODEWATCH_BOS_URL"),
    "exchange": ("Exchange", "HZN_EXCHANGE_URL"),
    "agent": ("agent", "HORIZON_URL"),
    "css": ("model management service (CSS)", "HZN_FSS_CSSURL"),
}


class Secret(str):
    """A text that nobody sees by accident: what Python shows of it, in a traceback say, is `***`.

    >>> Secret("abc"), str(Secret("abc")) == "abc"
    (***, True)
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "***"


class System(NamedTuple):
    """Where one service is asked: on a local store, or at a base URL; and what said so.

    `request_timeout` (seconds) and `retries` are this service's. `extra_ca` names a file of certificates that are
    trusted beside the usual ones; an `insecure` system's certificate is not looked at. `proxy` is one that a context
    names ("" for none at all); None leaves it to the environment.
    """

    source: str
    local: str | None = None
    url: str | None = None
    demo: bool = False
    request_timeout: float = REQUEST_TIMEOUT
    retries: int = RETRIES
    extra_ca: str | None = None
    insecure: bool = False
    proxy: str | None = None


Found = System | WrongConfiguration | None


class Settings(NamedTuple):
    """What this invocation works with. `origins` tells where the values came from, by the names of the fields.

    `token` is a bearer token given as such, `token_file` the file that is named for it; `cray` tells where else a login
    may be.
    """

    systems: Mapping[str, Found]
    format: str
    request_timeout: float
    retries: int
    concurrency: int
    token: Secret | None
    token_file: str | None
    cray: Cray
    org: str | None
    exchange_auth: Secret | None
    tenant: str | None
    ca_bundle: str | None
    insecure: bool
    verbose: int
    quiet: bool
    dry_run: bool
    context: str | None
    origins: Mapping[str, str]

    def system(self, service: str) -> System:
        """Return where `bos`, `exchange`, `agent` or `css` is asked; raise `WrongConfiguration` if nothing says."""
        found = self.systems[service]
        if isinstance(found, WrongConfiguration):
            raise found
        if found is None:
            who, variable = UNNAMED[service]
            raise WrongConfiguration(
                f"nothing says which {who} to ask. Set {variable} to its base URL, name a local store with "
                "--local PATH or NODEWATCH_LOCAL, or type `nodewatch demo` for a demo fleet to look at."
            )
        return found


def number(text: str, source: str) -> float:
    """Return the number of seconds in a setting's text; raise `WrongConfiguration` for anything else."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise WrongConfiguration(f"{source}: {text!r} is not a number of seconds above 0.")
    return value


def count(text: str, source: str) -> int:
    """Return the whole number, 0 or more, in a setting's text; raise `WrongConfiguration` for anything else."""
    if not text.isascii() or not text.isdigit():
        raise WrongConfiguration(f"{source}: {text!r} is not a whole number, 0 or more.")
    return int(text)


def demo_store(world: World) -> str:
    """Return where the demo fleet's store lies: under `$XDG_DATA_HOME`, or `~/.local/share`."""
    return os.path.join(world.home, world.variable("XDG_DATA_HOME") or ".local/share", "nodewatch/demo.db")


def plain(text: str, _source: str) -> str:
    """Return a setting's text as it is."""
    return text


class Layers:
    """Looks a setting up, the highest layer first, and notes in `origins` which one had it.

    A context ranks as a flag if a flag names it, else below the environment.
    """

    def __init__(self, flags: Mapping[str, Any], world: World, context: Context | None, *, by_flag: bool) -> None:
        self.flags, self.world, self.by_flag = flags, world, by_flag
        self.values = context.values if context else {}
        self.source = f"context {context.name} in {context.file}" if context else ""
        self.origins: dict[str, str] = {}

    def above(self, key: str) -> Any:
        """Return the setting of a context that a flag names."""
        return self.values.get(key) if self.by_flag else None

    def below(self, key: str) -> Any:
        """Return the setting of a context that no flag names."""
        return None if self.by_flag else self.values.get(key)

    def find(self, name: str, *, flag: str = "", key: str = "", variable: str = "", read: Read = plain) -> Any:
        """Return a setting by the names it has as a flag, in a context, and in the environment; None for none."""
        text = self.world.variable(variable) if variable else None
        layers: tuple[tuple[str, Any], ...] = (
            (f"--{flag.replace('_', '-')}", self.flags.get(flag)),
            (self.source, self.above(key)),
            (variable, None if text is None else read(text, variable)),
            (self.source, self.below(key)),
        )
        for source, value in layers:
            if value is not None:
                self.origins[name] = source
                return value
        return None

    def rungs(self, key: str, variable: str, url: str | None) -> list[Rung]:
        """Return what may name a service's system, the highest layer first: source, local store, URL.

        `key` is that of its URL in a context, `variable` the one in the environment, which holds `url`.
        """
        return [
            ("--local", self.flags.get("local"), None),
            (self.source, self.above("local"), self.above(key)),
            ("NODEWATCH_LOCAL", self.world.variable("NODEWATCH_LOCAL"), None),
            (variable, None, url),
            (self.source, self.below("local"), self.below(key)),
        ]


def resolve(flags: Mapping[str, Any], world: World) -> Settings:
    """Return what this invocation works with; raise `WrongConfiguration` for what makes no sense.

    What is wrong with one service's configuration is kept with that service, and raised when it is asked.
    """
    context, named_by = context_of(flags, world)
    layers = Layers(flags, world, context, by_flag=named_by == "--context")
    if context:
        layers.origins["context"] = named_by
    find = layers.find
    terminal = world.stdout.isatty()
    style = find("format", flag="format", variable="NODEWATCH_FORMAT" if terminal else "")
    if style is not None and style not in DOCUMENTS and not flags.get("format"):
        raise WrongConfiguration(f"NODEWATCH_FORMAT: {style!r} is none of {', '.join(DOCUMENTS)}.")
    timeout = find(
        "request_timeout",
        flag="request_timeout",
        key="request_timeout",
        variable="NODEWATCH_REQUEST_TIMEOUT",
        read=number,
    )
    retries = find("retries", variable="NODEWATCH_RETRIES", read=count)
    org = find("org", flag="org", key="exchange.org", variable="HZN_ORG_ID")
    hzn = settings_of_hzn({**flags, "org": org}, world)
    known = Horizon(org=org) if isinstance(hzn, WrongConfiguration) else hzn
    layers.origins.update({**known.origins, **({"org": layers.origins["org"]} if org else {})})
    token = find("token", variable="NODEWATCH_TOKEN") if not flags.get("token") else None
    settings = Settings(
        systems={},
        format=style or ("table" if terminal else "json"),
        request_timeout=timeout or REQUEST_TIMEOUT,
        retries=RETRIES if retries is None else retries,
        concurrency=flags.get("concurrency") or CONCURRENCY,
        token=Secret(token) if token else None,
        token_file=find("token_file", flag="token", variable="CRAY_CREDENTIALS"),
        cray=Cray(),
        org=known.org,
        exchange_auth=Secret(known.auth) if known.auth else None,
        tenant=find("tenant", key="bos.tenant", variable="NODEWATCH_TENANT"),
        ca_bundle=find("ca_bundle", flag="ca_bundle", key="ca_bundle", variable="NODEWATCH_CA_BUNDLE"),
        insecure=bool(flags.get("insecure")),
        verbose=flags.get("verbose") or 0,
        quiet=bool(flags.get("quiet")),
        dry_run=bool(flags.get("dry_run")),
        context=context.name if context else None,
        origins=layers.origins,
    )
    general = System(
        "",
        request_timeout=settings.request_timeout,
        retries=settings.retries,
        insecure=settings.insecure,
        proxy=find("proxy", key="proxy"),
    )
    horizon = general._replace(
        request_timeout=timeout or known.timeout or REQUEST_TIMEOUT,
        retries=settings.retries if retries is not None or known.retries is None else known.retries,
        extra_ca=known.ca_bundle,
        insecure=settings.insecure or known.insecure,
    )
    return placed(settings, layers, hzn, general, horizon)


def context_of(flags: Mapping[str, Any], world: World) -> tuple[Context | None, str]:
    """Return the context that counts, if there is one, and what names it."""
    if flags.get("local") or (world.variable("NODEWATCH_LOCAL") and not flags.get("context")):
        return None, ""  # the local store answers everything
    known = contexts.read_contexts(world)
    for source, name in (
        ("--context", flags.get("context")),
        ("NODEWATCH_CONTEXT", world.variable("NODEWATCH_CONTEXT")),
        (known.file, known.active),
    ):
        if name:
            return contexts.chosen(known, name, source), source
    return None, ""


def settings_of_hzn(flags: Mapping[str, Any], world: World) -> Horizon | WrongConfiguration:
    """Return what `hzn` is configured with, or what is wrong there: it concerns the Exchange and the agent alone."""
    try:
        return hzn_settings.horizon(flags, world.environ, hzn_settings.read_files(world))
    except WrongConfiguration as error:
        return error


def settings_of_cray(flags: Mapping[str, Any], world: World) -> Cray | WrongConfiguration:
    """Return what `cray` is configured with, or what is wrong there: it concerns BOS alone."""
    try:
        return cray_settings.cray(cray_settings.read_files(flags, world))
    except WrongConfiguration as error:
        return error


def placed(
    settings: Settings,
    layers: Layers,
    hzn: Horizon | WrongConfiguration,
    general: System,
    horizon: System,
) -> Settings:
    """Return the settings with the systems in them.

    `general` and `horizon` carry what else holds for BOS, and for the Exchange and the agent.
    """
    world = layers.world
    asked = first(general, layers.rungs("bos.url", "NODEWATCH_BOS_URL", world.variable("NODEWATCH_BOS_URL")))
    exchange: Found
    agent: Found
    css: Found
    if isinstance(hzn, WrongConfiguration):
        exchange = first(horizon, layers.rungs("exchange.url", "", None)) or hzn
        agent = first(horizon, layers.rungs("agent.url", "", None)) or hzn
        css = first(horizon, layers.rungs("", "", None)) or hzn
        installed = True
    else:
        exchange = of_horizon(horizon, layers, "exchange.url", "HZN_EXCHANGE_URL", hzn.exchange)
        agent = of_horizon(horizon, layers, "agent.url", "HORIZON_URL", hzn.agent)
        css = of_horizon(horizon, layers, "", "HZN_FSS_CSSURL", hzn.css)
        installed = hzn.installed
    bos, cray = of_cray(general, layers, asked)
    if isinstance(bos, System) and bos.source == cray.source and settings.tenant is None and cray.tenant:
        settings = settings._replace(tenant=cray.tenant)
        layers.origins["tenant"] = bos.source
    demo = demo_store(world)
    if not (bos or exchange or agent or installed) and os.path.exists(demo):
        bos = exchange = agent = css = System("demo store", local=demo, demo=True)
    agent = agent or horizon._replace(source=USUAL_AGENT, url=AGENT_URL)
    return settings._replace(systems={"bos": bos, "exchange": exchange, "agent": agent, "css": css}, cray=cray)


def of_cray(general: System, layers: Layers, asked: System | None) -> tuple[Found, Cray]:
    """Return where BOS is asked, which nothing above names or `--configuration` does, and what `cray` would use."""
    wanted = layers.flags.get("configuration") and not layers.flags.get("local")
    if asked and asked.local and not wanted:
        return asked, Cray()
    cray = settings_of_cray(layers.flags, layers.world)
    if isinstance(cray, WrongConfiguration):
        return (asked if asked and not wanted else cray), Cray()
    if cray.source is None or cray.hostname is None or (asked and not wanted):
        return asked, cray
    return general._replace(source=cray.source, url=cray_settings.bos_url(cray.hostname)), cray


def of_horizon(horizon: System, layers: Layers, key: str, variable: str, found: Value | None) -> System | None:
    """Return where a service of Horizon is asked, from all layers and from what `hzn` would use; None for nowhere."""
    exported = found is not None and found.source == variable
    system = first(horizon, layers.rungs(key, variable, found.text if found and exported else None))
    return system or (horizon._replace(source=found.source, url=found.text) if found else None)


def first(general: System, rungs: Iterable[Rung]) -> System | None:
    """Return the system of the first rung that names one, as a local store or as a URL; None if none does."""
    for source, local, url in rungs:
        if local:
            return System(source, local=local)
        if url:
            return general._replace(source=source, url=url)
    return None
