"""What `cray` is configured with: its active configuration, and where it keeps the login for that.

Its files lie in `.config/cray` below `CRAY_CONFIG_DIR`, or the home directory: `active_config` holds the name of one of
`configurations/`; `--configuration` and `CRAY_CONFIG` name another one, or an absolute path. Pure functions of those
texts; `read_cray_files` gets them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.errors import WrongConfiguration
from nodewatch.files import read_configuration

if TYPE_CHECKING:
    from nodewatch.app import Flags
    from nodewatch.world import World

API = "apis/bos"


class CrayFiles(NamedTuple):
    """The path of the configuration that counts, what chose it (None: nothing did), and its text."""

    path: str
    chosen_by: str | None = None
    text: str | None = None


class Cray(NamedTuple):
    """What `cray` would work with; `source` is the path of its configuration, None where there is none."""

    source: str | None = None
    hostname: str | None = None
    tenant: str | None = None
    username: str | None = None


def folder(world: World) -> str:
    """Return the folder that `cray` keeps its files in."""
    return os.path.join(world.home, world.variable("CRAY_CONFIG_DIR") or "", ".config/cray")


def read_cray_files(flags: Flags, world: World) -> CrayFiles:
    """Return the files of `cray`; raise `WrongConfiguration` for one that is there and cannot be read."""
    active = os.path.join(folder(world), "active_config")
    name, chosen_by = flags.get("configuration"), "--configuration"
    if not name:
        name, chosen_by = world.variable("CRAY_CONFIG"), "CRAY_CONFIG"
    if not name:
        name, chosen_by = (read_configuration(active) or "").strip(), active
    path = os.path.join(folder(world), "configurations", name or "default")
    return CrayFiles(path, chosen_by if name else None, read_configuration(path))


def read_cray(files: CrayFiles) -> Cray:
    """Return what `cray` would work with; raise `WrongConfiguration` for a configuration that is broken or incomplete.

    >>> text = '[core]\\nhostname = "api.example.com"\\ntenant = ""\\n[auth.login]\\nusername = "me"\\n'
    >>> read_cray(CrayFiles("configurations/default", None, text))[1:]
    ('https://api.example.com', None, 'me')
    >>> read_cray(CrayFiles("configurations/default"))
    Cray(source=None, hostname=None, tenant=None, username=None)
    """
    if files.text is None:
        if files.chosen_by:
            raise WrongConfiguration(f"{files.chosen_by} names the configuration {files.path}, which does not exist.")
        return Cray()
    import tomllib

    try:
        document = tomllib.loads(files.text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise WrongConfiguration(f"{files.path} is not TOML: {error}.") from error
    hostname, tenant = (text_at(document, files.path, "core", key) for key in ("hostname", "tenant"))
    if not hostname:
        raise WrongConfiguration(
            f"{files.path} names no system. Add one with `cray config set core hostname=https://HOST`."
        )
    hostname = hostname if "://" in hostname else f"https://{hostname}"
    try:
        bos_url(hostname)
    except ValueError as error:
        from nodewatch.masking import without_login

        raise WrongConfiguration(f"{files.path}: core.hostname: {without_login(hostname)!r} is no URL.") from error
    return Cray(
        files.path,
        hostname,
        tenant,
        text_at(document, files.path, "auth", "login", "username"),
    )


def text_at(document: object, path: str, *keys: str) -> str | None:
    """Return the text below those keys, None where there is none; raise `WrongConfiguration` for another kind."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    if document is not None and not isinstance(document, str):
        raise WrongConfiguration(f"{path}: {'.'.join(keys)}: a text is needed, not {document!r}.")
    return document or None


def bos_url(hostname: str) -> str:
    """Return the base URL of BOS on a system, with the path that `cray` would use.

    >>> bos_url("https://h"), bos_url("https://h/gateway/"), bos_url("https://h/lost")
    ('https://h/apis/bos', 'https://h/gateway/apis/bos', 'https://h/apis/bos')
    """
    from urllib.parse import urljoin

    return urljoin(hostname, API)


def login_url(base: str) -> str:
    """Return where a system gives out tokens, from the base URL of its BOS.

    >>> login_url("https://h:8/gateway/apis/bos")
    'https://h:8/gateway/keycloak/realms/shasta/protocol/openid-connect/token'
    """
    from urllib.parse import urlsplit

    parts = urlsplit(base)
    path = parts.path.rstrip("/").removesuffix(API).rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}/keycloak/realms/shasta/protocol/openid-connect/token"


def host_word(url: str) -> str:
    """Return what tells one system from another in a URL: its host, and its port where it is no usual one.

    >>> host_word("https://API-gw.example.com:8443/apis/bos"), host_word("api.example.com")
    ('api-gw.example.com:8443', 'api.example.com')
    """
    from urllib.parse import urlsplit

    return urlsplit(url if "://" in url else f"https://{url}").netloc.lower()


def token_prefix(url: str) -> str:
    """Return how the names of the files begin that `cray` keeps a system's tokens in; systems may share it.

    >>> token_prefix("https://api-gw.example.com:8443/apis/bos")
    'api_gw_example_com:8443.'
    """
    return host_word(url).replace("-", "_").replace(".", "_") + "."


def token_name(url: str, username: str) -> str:
    """Return the name of the file that `cray` keeps a user's token for a system in.

    >>> token_name("https://127.0.0.1:18443", "u.ser")
    '127_0_0_1:18443.u_ser'
    """
    return token_prefix(url) + username.replace(".", "_").replace("/", "_")


def hosts_sharing_tokens(url: str, world: World) -> set[str]:
    """Return the hosts in `cray`'s configurations whose tokens are in files of the same names as this system's."""
    import tomllib

    names = os.path.join(folder(world), "configurations")
    found = set()
    for name in os.listdir(names) if os.path.isdir(names) else ():
        try:
            document = tomllib.loads(read_configuration(os.path.join(names, name)) or "")
            hostname = text_at(document, name, "core", "hostname") or ""
            if token_prefix(hostname) == token_prefix(url):
                found.add(host_word(hostname))
        except (WrongConfiguration, ValueError, RecursionError):
            continue  # whoever uses that one is told
    return found
