"""Every setting, a row each, and the one loop that finds its value: the highest layer that has one.

The layers, the highest first: flags; a context that a flag names; the environment; the context in use; what `cray` and
`hzn` keep in their files; the default. Rows and layers alone say where a value may come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from nodewatch.errors import WrongConfiguration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from nodewatch.app import Flags

    Layer = Callable[["Setting"], "tuple[object, str] | None"]

SETTABLE_FORMATS = ("table", "json", "yaml", "toml")
FLAG, NAMED_CONTEXT, ENVIRONMENT, CONTEXT_IN_USE, KEPT, DEFAULT = range(6)


class Secret(str):
    """A text that nobody sees by accident: what Python shows of it, in a traceback say, is `***`.

    >>> Secret("abc"), str(Secret("abc")) == "abc"
    (***, True)
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "***"


def read_text(text: str, _source: str) -> str:
    """Return a setting's text as it is."""
    return text


def read_secret(text: str, _source: str) -> Secret:
    """Return a text that is not to be seen."""
    return Secret(text)


def read_format_name(text: str, source: str) -> str:
    """Return the name of a format; raise `WrongConfiguration` for any other text."""
    if text not in SETTABLE_FORMATS:
        raise WrongConfiguration(f"{source}: {text!r} is none of {', '.join(SETTABLE_FORMATS)}.")
    return text


def read_seconds(text: str, source: str) -> float:
    """Return the number of seconds in a setting's text; raise `WrongConfiguration` for anything else."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise WrongConfiguration(f"{source}: {text!r} is not a number of seconds above 0.")
    return value


def read_count(text: str, source: str) -> int:
    """Return the whole number, 0 or more, in a setting's text; raise `WrongConfiguration` for anything else."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise WrongConfiguration(f"{source}: {text[:40]!r} is not a whole number, 0 or more.")
    return int(text)


def read_whole_number(text: str, source: str) -> int:
    """Return the whole number, 0 or more, in a variable of `hzn`; raise `WrongConfiguration` as `hzn` says it.

    >>> read_whole_number("5", "HZN_HTTP_RETRIES")
    5
    """
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise WrongConfiguration(f"Error converting environmental variable {source} {text} to integer.")
    return int(text)


def read_truth(text: str, _source: str) -> bool:
    """Return whether a variable of `hzn` is true; anything that is not is false.

    >>> read_truth("Yes", ""), read_truth("0", ""), read_truth("maybe", "")
    (True, False, False)
    """
    return text.lower() in ("1", "true", "yes", "on")


class Setting(NamedTuple):
    """Where a setting may come from: a flag, a key of a context, a variable; how its text is read; and its default.

    The texts of flags and contexts are read already. A variable that `may_be_empty` counts as not set then. `of_hzn`
    tells that the setting concerns the Exchange and the agent alone, which are then the only ones that something wrong
    with it keeps from being asked.
    """

    name: str
    flag: str = ""
    key: str = ""
    variable: str = ""
    read: Callable[[str, str], object] = read_text
    default: object = None
    may_be_empty: bool = True
    of_hzn: bool = False


SETTINGS = (
    Setting("local", "local", "local", "NODEWATCH_LOCAL", may_be_empty=False),
    Setting("bos.url", "", "bos.url", "NODEWATCH_BOS_URL"),
    Setting("exchange.url", "", "exchange.url", "HZN_EXCHANGE_URL", of_hzn=True),
    Setting("agent.url", "", "agent.url", "HORIZON_URL", of_hzn=True),
    Setting("css.url", "", "", "HZN_FSS_CSSURL", of_hzn=True),
    Setting("tenant", "tenant", "bos.tenant", "NODEWATCH_TENANT", may_be_empty=False),
    Setting("token", "", "", "NODEWATCH_TOKEN", read_secret),
    Setting("token_file", "token", "", "CRAY_CREDENTIALS"),
    Setting("org", "org", "exchange.org", "HZN_ORG_ID", of_hzn=True),
    Setting("user_auth", "user_pw", "", "HZN_EXCHANGE_USER_AUTH", read_secret, of_hzn=True),
    Setting("node_auth", "node_id_tok", "", "HZN_EXCHANGE_NODE_AUTH", read_secret, of_hzn=True),
    Setting("api_key", "", "", "USING_API_KEY", of_hzn=True),
    Setting("ca_bundle", "ca_bundle", "ca_bundle", "NODEWATCH_CA_BUNDLE"),
    Setting("hub_ca", "", "", "HZN_ICP_CA_CERT_PATH", of_hzn=True),
    Setting("hub_ca_too", "", "", "HZN_MGMT_HUB_CERT_PATH", of_hzn=True),
    Setting("insecure", "insecure", default=False),
    Setting("hub_insecure", "", "", "HZN_SSL_SKIP_VERIFY", read_truth, default=False, of_hzn=True),
    Setting("proxy", "", "proxy"),
    Setting("request_timeout", "request_timeout", "request_timeout", "NODEWATCH_REQUEST_TIMEOUT", read_seconds, 60.0),
    Setting("hub_timeout", "", "", "HZN_HTTP_TIMEOUT", of_hzn=True),
    Setting("retries", "", "", "NODEWATCH_RETRIES", read_count, 3),
    Setting("hub_retries", "", "", "HZN_HTTP_RETRIES", read_whole_number, of_hzn=True),
    Setting("concurrency", "concurrency", default=32),
    Setting("format", "format", "", "NODEWATCH_FORMAT", read_format_name),
    Setting("verbose", "verbose", default=0),
    Setting("quiet", "quiet", default=False),
    Setting("dry_run", "dry_run", default=False),
)


CONTEXT = Setting("context", "context", "", "NODEWATCH_CONTEXT", may_be_empty=False)
LOCAL = SETTINGS[0]


class Given(NamedTuple):
    """A setting's value, what says so, and the rank of that layer: the lower, the higher it is."""

    value: Any
    source: str
    rank: int


Values = dict[str, Given]
NOT_GIVEN = Given(None, "", DEFAULT)


def find_values(settings: Sequence[Setting], layers: Sequence[Layer]) -> Values:
    """Return each setting's value by name, from the highest layer that has one."""
    return {setting.name: highest(setting, layers) for setting in settings}


def highest(setting: Setting, layers: Sequence[Layer]) -> Given:
    """Return the value of a setting from the highest layer that has one, or its default."""
    for rank, layer in enumerate(layers):
        found = layer(setting)
        if found is not None:
            return Given(*found, rank)
    return Given(setting.default, "default" if setting.default is not None else "", DEFAULT)


def nothing(_setting: Setting) -> None:
    """Stand for a layer that has nothing."""


def flags_layer(flags: Flags) -> Layer:
    """Return the layer of the command line.

    >>> flags_layer({"ca_bundle": "/f"})(SETTINGS[12])
    ('/f', '--ca-bundle')
    """

    def layer(setting: Setting) -> tuple[object, str] | None:
        value = flags.get(setting.flag)
        return None if value is None else (value, f"--{setting.flag.replace('_', '-')}")

    return layer


def context_layer(values: Mapping[str, object], source: str) -> Layer:
    """Return the layer of a context."""

    def layer(setting: Setting) -> tuple[object, str] | None:
        return (values[setting.key], source) if setting.key in values else None

    return layer


def environment_layer(environ: Mapping[str, str]) -> Layer:
    """Return the layer of the environment.

    An empty variable counts as not set, as it does for `cray` and `hzn`, unless another system would be asked then, or
    the sessions of all tenants be meant: that is wrong.
    """

    def layer(setting: Setting) -> tuple[object, str] | None:
        text = environ.get(setting.variable)
        if text is None:
            return None
        if text.strip():
            return setting.read(text, setting.variable), setting.variable
        if not setting.may_be_empty:
            raise WrongConfiguration(f"{setting.variable} is set to nothing: name what is meant, or unset it.")
        return None

    return layer


def files_layer(kept: Mapping[str, tuple[str, str]]) -> Layer:
    """Return the layer of what `cray` and `hzn` keep: text and source by the name of a setting or of a variable."""

    def layer(setting: Setting) -> tuple[object, str] | None:
        found = kept.get(setting.name) or kept.get(setting.variable)
        return (setting.read(found[0], setting.variable), found[1]) if found else None

    return layer
