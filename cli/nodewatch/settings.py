"""Which value wins, and where it came from: pure functions of the flags, the environment and the files' texts."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from nodewatch.errors import WrongConfiguration, WrongUsage
from nodewatch.hzn_settings import Horizon, Value, horizon, read_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodewatch.world import World

DOCUMENTS = ("table", "json", "yaml", "toml")
FORMATS = (*DOCUMENTS, "names", "csv")
REQUEST_TIMEOUT = 60.0
RETRIES = 3
CONCURRENCY = 32
AGENT_URL = "http://localhost:8081" if sys.platform == "darwin" else "http://localhost:8510"


class System(NamedTuple):
    """Where one service is asked: on a local store, or at a base URL; and what said so.

    `request_timeout` (seconds) and `retries` are this service's. `extra_ca` names a file of certificates that are
    trusted beside the usual ones; an `insecure` system's certificate is not looked at.
    """

    source: str
    local: str | None = None
    url: str | None = None
    demo: bool = False
    request_timeout: float = REQUEST_TIMEOUT
    retries: int = RETRIES
    extra_ca: str | None = None
    insecure: bool = False


class Settings(NamedTuple):
    """What this invocation works with."""

    systems: Mapping[str, System | WrongConfiguration | None]
    format: str
    request_timeout: float
    retries: int
    concurrency: int
    token: str | None
    org: str | None
    exchange_auth: str | None
    tenant: str | None
    ca_bundle: str | None
    verbose: int
    quiet: bool
    dry_run: bool

    def system(self, service: str) -> System:
        """Return where `bos`, `exchange` or `agent` is asked; raise `WrongConfiguration` if nothing says."""
        found = self.systems[service]
        if isinstance(found, WrongConfiguration):
            raise found
        if found is None:
            variable = {"bos": "NODEWATCH_BOS_URL", "exchange": "HZN_EXCHANGE_URL", "agent": "HORIZON_URL"}[service]
            raise WrongConfiguration(
                f"nothing says which {service} to ask. Set {variable} to its base URL, name a local store with "
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


def resolve(flags: Mapping[str, Any], world: World) -> Settings:
    """Return what this invocation works with: flags first, then the environment, then files, then the demo store."""
    variable = world.variable
    terminal = world.stdout.isatty()
    chosen = flags.get("format") or (variable("NODEWATCH_FORMAT") if terminal else None)
    if chosen is not None and chosen not in (FORMATS if flags.get("format") else DOCUMENTS):
        raise WrongUsage(f"NODEWATCH_FORMAT: {chosen!r} is none of {', '.join(DOCUMENTS)}.")
    timeout = flags.get("request_timeout")
    environment_timeout = variable("NODEWATCH_REQUEST_TIMEOUT")
    if timeout is None and environment_timeout is not None:
        timeout = number(environment_timeout, "NODEWATCH_REQUEST_TIMEOUT")
    retries = variable("NODEWATCH_RETRIES")
    hzn = settings_of_hzn(flags, world)
    known = Horizon(org=flags.get("org") or variable("HZN_ORG_ID")) if isinstance(hzn, WrongConfiguration) else hzn
    settings = Settings(
        systems={},
        format=chosen or ("table" if terminal else "json"),
        request_timeout=timeout or REQUEST_TIMEOUT,
        retries=RETRIES if retries is None else count(retries, "NODEWATCH_RETRIES"),
        concurrency=flags.get("concurrency") or CONCURRENCY,
        token=token(world),
        org=known.org,
        exchange_auth=known.auth,
        tenant=variable("NODEWATCH_TENANT"),
        ca_bundle=variable("NODEWATCH_CA_BUNDLE"),
        verbose=flags.get("verbose") or 0,
        quiet=bool(flags.get("quiet")),
        dry_run=bool(flags.get("dry_run")),
    )
    general = System("", request_timeout=settings.request_timeout, retries=settings.retries)
    horizon = general._replace(
        request_timeout=timeout or known.timeout or REQUEST_TIMEOUT,
        retries=settings.retries if retries is not None or known.retries is None else known.retries,
        extra_ca=known.ca_bundle,
        insecure=known.insecure,
    )
    return settings._replace(systems=systems(flags, world, hzn, general, horizon))


def settings_of_hzn(flags: Mapping[str, Any], world: World) -> Horizon | WrongConfiguration:
    """Return what `hzn` is configured with, or what is wrong there: it concerns the Exchange and the agent alone."""
    try:
        return horizon(flags, world.environ, read_files(world))
    except WrongConfiguration as error:
        return error


def systems(flags: Mapping[str, Any], world: World, hzn: Horizon | WrongConfiguration, general: System, horizon: System,
            ) -> dict[str, System | WrongConfiguration | None]:  # fmt: skip
    """Return where each service is asked, in the order: flag, environment, files, demo store; None where nothing says.

    `general` and `horizon` carry what else holds for BOS, and for the Exchange and the agent.
    """
    services = ("bos", "exchange", "agent")
    for source, local in (("--local", flags.get("local")), ("NODEWATCH_LOCAL", world.variable("NODEWATCH_LOCAL"))):
        if local:
            return dict.fromkeys(services, System(source, local=local))
    url = world.variable("NODEWATCH_BOS_URL")
    bos = general._replace(source="NODEWATCH_BOS_URL", url=url) if url else None
    if isinstance(hzn, WrongConfiguration):
        return {"bos": bos, "exchange": hzn, "agent": hzn}
    demo = demo_store(world)
    if not (bos or hzn.exchange or hzn.agent or hzn.installed) and os.path.exists(demo):
        return dict.fromkeys(services, System("demo store", local=demo, demo=True))
    exchange = horizon._replace(source=hzn.exchange.source, url=hzn.exchange.text) if hzn.exchange else None
    agent = hzn.agent or Value(AGENT_URL, "the agent's usual address")
    return {"bos": bos, "exchange": exchange, "agent": horizon._replace(source=agent.source, url=agent.text)}


def token(world: World) -> str | None:
    """Return the bearer token: `NODEWATCH_TOKEN`, or the `access_token` of the JSON file that `CRAY_CREDENTIALS` names.

    Raise `WrongConfiguration` for a file that cannot be read or holds no token.
    """
    given, path = world.variable("NODEWATCH_TOKEN"), world.variable("CRAY_CREDENTIALS")
    if given or path is None:
        return given
    import json

    try:
        with open(os.path.join(world.home, path), encoding="utf-8") as file:
            document = json.load(file)
    except (OSError, ValueError) as error:
        raise WrongConfiguration(f"the token file {path} (CRAY_CREDENTIALS) cannot be read: {error}") from error
    found = document.get("access_token") if isinstance(document, dict) else None
    if not isinstance(found, str) or not found:
        raise WrongConfiguration(f"the token file {path} (CRAY_CREDENTIALS) has no access_token.")
    return found
