"""Which systems are asked, and with what: `resolve` reads flags, environment and files, and builds all of it once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.errors import WrongConfiguration
from nodewatch.settings import contexts, table
from nodewatch.settings import cray as cray_settings
from nodewatch.settings import hzn as hzn_settings
from nodewatch.settings.cray import Cray
from nodewatch.settings.table import CONTEXT_IN_USE, DEFAULT, ENVIRONMENT, FLAG, KEPT, Given, Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nodewatch.app import Flags
    from nodewatch.settings.contexts import Context
    from nodewatch.settings.table import Values
    from nodewatch.world import World

AGENT_URL = "http://localhost:8081" if sys.platform == "darwin" else "http://localhost:8510"
USUAL_AGENT = "the agent's usual address"
PIPED_FORMATS = {"cray": "toml"}  # what comes out of a pipe by the program's name, where it is not JSON
SERVICES = ("bos", "exchange", "agent")
SERVICE_VARIABLES = {  # what a message calls a service, and the variable that would name it
    "bos": ("BOS", "NODEWATCH_BOS_URL"),
    "exchange": ("Exchange", "HZN_EXCHANGE_URL"),
    "agent": ("agent", "HORIZON_URL"),
    "css": ("model management service (CSS)", "HZN_FSS_CSSURL"),
}


class System(NamedTuple):
    """Where one service is asked: on a local store, or at a base URL; and what said so.

    `request_timeout` (seconds) and `retries` are this service's. `extra_ca` names a file of certificates that are
    trusted beside the usual ones; an `insecure` system's certificate is not looked at. `proxy` is one that a context
    names ("" for none at all); None leaves it to the environment. `doubt` is what is wrong with its settings, and yet
    no reason to stop.
    """

    source: str
    local: str | None = None
    url: str | None = None
    request_timeout: float = 60.0
    retries: int = 3
    extra_ca: str | None = None
    insecure: bool = False
    proxy: str | None = None
    doubt: str = ""


Configured = System | WrongConfiguration | None


class Settings(NamedTuple):
    """What this invocation works with. `origins` tells where the values came from, by the names of the settings.

    `systems` has None for one that nothing names. `token` is a bearer token given as such, `token_file` the file that
    is named for it; `cray` tells where else a login may be. `contexts` names those that are configured.
    """

    systems: Mapping[str, Configured]
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
    contexts: tuple[str, ...]
    origins: Mapping[str, str]

    @property
    def secrets(self) -> tuple[str | None, ...]:
        """The texts that nobody may see: a token, a login, and the password in it."""
        return self.token, self.exchange_auth, (self.exchange_auth or "").partition(":")[2]

    def system(self, service: str) -> System:
        """Return where `bos`, `exchange`, `agent` or `css` is asked; raise `WrongConfiguration` if nothing says."""
        found = self.systems[service]
        if isinstance(found, WrongConfiguration):
            raise found
        if found is None:
            raise no_system_error(service, self.contexts, self.context)
        return found


def no_system_error(service: str, configured: Iterable[str], context: str | None) -> WrongConfiguration:
    """Return the error that nothing names a service's system, with the ways to go on."""
    who, variable = SERVICE_VARIABLES[service]
    names = [name for name in configured if name not in (contexts.DEMO, context)]
    ways = [
        *(
            [f"take one of your contexts ({', '.join(names)}): `nodewatch config use NAME`, or --context NAME"]
            if names
            else []
        ),
        f"export {variable}=URL{'' if service == 'css' else ', or write it into a context: `nodewatch config init`'}",
        "name a local store or a fleet file: --local PATH, or NODEWATCH_LOCAL",
        "look at a demo fleet: `nodewatch demo`, then `export NODEWATCH_CONTEXT=demo`",
    ]
    if context:
        why = f"nothing says which {who} to ask, the context {context} neither"
    else:
        why = "contexts are configured, but none is in use" if names else f"nothing says which {who} to ask"
    return WrongConfiguration("\n  ".join([f"{why}. You can", *ways]))


def resolve(flags: Flags, world: World) -> Settings:
    """Return what this invocation works with; raise `WrongConfiguration` for what makes no sense.

    What is wrong with one service's configuration is kept with that service, and raised when it is asked.
    """
    terminal = world.stdout.isatty()
    environ = dict(world.environ)
    if not terminal:
        environ.pop("NODEWATCH_FORMAT", None)  # nothing in the environment changes what a script reads
    known, context, named_by = context_of(flags, environ, world)
    layers = [
        table.flags_layer(flags),
        table.context_layer(
            context.values if context and named_by.rank == FLAG else {}, context.source if context else ""
        ),
        table.environment_layer(environ),
        table.context_layer(
            context.values if context and named_by.rank != FLAG else {}, context.source if context else ""
        ),
    ]
    values = table.find_values([setting for setting in table.SETTINGS if not setting.of_hzn], layers)
    hub = [setting for setting in table.SETTINGS if setting.of_hzn]
    wrong_hub = None
    try:
        values |= table.find_values(
            hub, [*layers, table.files_layer(hzn_settings.file_variables(environ, hzn_settings.read_hzn_files(world)))]
        )
    except WrongConfiguration as error:
        wrong_hub = error
        values |= table.find_values(hub, [layers[0], layers[1], layers[3]])
    cray, wrong_cray = add_cray(values, flags, world)
    doubt = choose_for_hub(values)
    who = [values["user_auth"], *([] if flags.get("as_user") else [values["node_auth"]])]
    org, auth = values["org"].value, min(who, key=lambda given: given.rank)
    token, token_file = values["token"], values["token_file"]
    credentials = auth.value and hzn_settings.credentials(auth.value, org, values["api_key"].value)
    sources = {**values, "context": named_by, "auth": auth}
    return Settings(
        systems=systems(values, wrong_hub, wrong_cray, doubt),
        format=values["format"].value or ("table" if terminal else PIPED_FORMATS.get(world.program, "json")),
        request_timeout=values["request_timeout"].value,
        retries=values["retries"].value,
        concurrency=values["concurrency"].value,
        token=token.value if token.rank <= token_file.rank else None,
        token_file=token_file.value,
        cray=cray,
        org=org,
        exchange_auth=Secret(credentials) if credentials else None,
        tenant=values["tenant"].value,
        ca_bundle=values["ca_bundle"].value,
        insecure=values["insecure"].value,
        verbose=values["verbose"].value,
        quiet=values["quiet"].value,
        dry_run=values["dry_run"].value,
        context=context.name if context else None,
        contexts=tuple(known),
        origins={name: given.source for name, given in sources.items() if given.source},
    )


def context_of(
    flags: Flags, environ: Mapping[str, str], world: World
) -> tuple[Mapping[str, Context], Context | None, Given]:
    """Return the contexts by name, the one that counts, and what names it; none beside a local store that is named."""
    above = [table.flags_layer(flags), table.nothing, table.environment_layer(environ)]
    named, local = (table.highest(setting, above) for setting in (table.CONTEXT, table.LOCAL))
    if local.value is not None and local.rank <= named.rank:
        return {}, None, table.NOT_GIVEN
    known = contexts.read_contexts(world)
    if named.value is None and known.active:
        named = Given(known.active, known.file, CONTEXT_IN_USE)
    if named.value is None:
        return known.known, None, table.NOT_GIVEN
    return known.known, contexts.find_context(known, named.value, named.source), named


def add_cray(values: Values, flags: Flags, world: World) -> tuple[Cray, WrongConfiguration | None]:
    """Put into the values what `cray` is configured with, and return that; or what is wrong with it, if that counts.

    A configuration that is named, by `--configuration` or `CRAY_CONFIG`, counts for its tenant whatever names the URL:
    without the tenant, the sessions of all tenants would be meant. Only the flag goes before other URLs.
    """
    rank = FLAG if flags.get("configuration") else ENVIRONMENT if world.variable("CRAY_CONFIG") else KEPT
    local, url = values["local"], values["bos.url"]
    if rank == KEPT and local.value is not None and local.rank <= url.rank:
        return Cray(), None
    try:
        cray = cray_settings.read_cray(cray_settings.read_cray_files(flags, world))
    except WrongConfiguration as error:
        return Cray(), error if rank != KEPT or url.value is None else None
    if cray.source is None or cray.hostname is None:
        return cray, None
    found = Given(cray_settings.bos_url(cray.hostname), cray.source, FLAG if rank == FLAG else KEPT)
    if found.rank < url.rank:
        values["bos.url"] = found
    if cray.tenant and rank < values["tenant"].rank and (rank != KEPT or values["bos.url"] is found):
        values["tenant"] = Given(cray.tenant, cray.source, rank)
    return cray, None


def choose_for_hub(values: Values) -> str:
    """Put what counts for the Exchange and the agent in place of what `hzn` alone says; return what is wrong with that.

    `hzn`'s own timeout and retries count where nothing else says any.
    """
    seconds, doubt = hzn_settings.read_timeout(values["hub_timeout"].value)
    own = values["hub_timeout"]._replace(value=float(seconds) or None)
    for name, usual, given in (
        ("hub_timeout", values["request_timeout"], own),
        ("hub_retries", values["retries"], values["hub_retries"]),
    ):
        values[name] = given if given.value is not None and usual.rank == DEFAULT else usual
    values["hub_insecure"] = values["insecure"] if values["insecure"].value else values["hub_insecure"]
    values["hub_ca"] = values["hub_ca"] if values["hub_ca"].value else values["hub_ca_too"]
    return doubt


def systems(
    values: Values, wrong_hub: WrongConfiguration | None, wrong_cray: WrongConfiguration | None, doubt: str
) -> dict[str, Configured]:
    """Return where each service is asked, from the values of all settings, and from what is wrong with some.

    The `doubt` is about the variables of `hzn`.
    """
    bos = System(
        "",
        request_timeout=values["request_timeout"].value,
        retries=values["retries"].value,
        insecure=values["insecure"].value,
        proxy=values["proxy"].value,
    )
    hub = bos._replace(
        request_timeout=values["hub_timeout"].value,
        retries=values["hub_retries"].value,
        doubt=doubt,
        extra_ca=values["hub_ca"].value,
        insecure=values["hub_insecure"].value,
    )
    agent = hub._replace(extra_ca=None)  # as in `hzn`: these are authorities for the management hub
    return {
        "bos": wrong_cray or find_system("bos.url", values, bos),
        "exchange": find_system("exchange.url", values, hub) or wrong_hub,
        "agent": find_system("agent.url", values, agent)
        or wrong_hub
        or agent._replace(source=USUAL_AGENT, url=AGENT_URL),
        "css": find_system("css.url", values, hub) or wrong_hub,
    }


def find_system(key: str, values: Values, system: System) -> Configured:
    """Return the system at a URL, or the local store if that is named at least as high; None where neither is named.

    Where the URL is none, what is wrong with it stands in its place.

    >>> values = {"local": Given("f.db", "--local", 0), "bos.url": Given("http://b", "NODEWATCH_BOS_URL", 2)}
    >>> find_system("bos.url", values, System("")).local
    'f.db'
    """
    local, url = values["local"], values[key]
    if local.value is not None and local.rank <= url.rank:
        return System(local.source, local=local.value)
    try:
        return system._replace(source=url.source, url=checked_url(url.value, url.source)) if url.value else None
    except WrongConfiguration as error:
        return error


def checked_url(url: str, source: str) -> str:
    """Return a base URL without its trailing slash; raise `WrongConfiguration` if it is none that can be asked.

    >>> checked_url("https://bos.example.com/apis/bos/", "NODEWATCH_BOS_URL")
    'https://bos.example.com/apis/bos'
    """
    from urllib.parse import urlsplit

    from nodewatch.masking import without_login

    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if "@" in url.partition("//")[2].partition("/")[0]:  # looked for first: no message may show the password
        raise WrongConfiguration(f"{source}: a URL is no place for a user or a password. Write it without them.")
    if not usable or not url.isprintable() or " " in url:
        raise WrongConfiguration(f"{source}: {without_login(url)!r} is not a URL such as https://HOST/PATH.")
    if "?" in url or "#" in url:
        begin = url.partition("#")[0].partition("?")[0]
        raise WrongConfiguration(f"{source}: the URL that begins with {begin!r} must not hold '?' or '#'.")
    return url.rstrip("/")
