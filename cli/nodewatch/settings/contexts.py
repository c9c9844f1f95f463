"""Our own configuration: files in TOML with named contexts, each of them one system and how to reach it.

    context = "prod"                                # the one that counts, unless --context names another

    [contexts.prod]
    bos.url = "https://api.example.com/apis/bos"
    ca_bundle = "prod-ca.pem"                       # beside this file

    [contexts.support-case]
    local = "~/case-4711.json"

`$XDG_CONFIG_HOME/nodewatch/config.toml` is the user's, `/etc/nodewatch/config.toml` the machine's: a context of the
user's takes the place of one of that name there.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.errors import WrongConfiguration
from nodewatch.files import read_configuration
from nodewatch.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nodewatch.world import World

URL, TEXT, PATH, SECONDS = "a URL", "a text without control characters", "a path", "a number of seconds above 0"
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
CONTEXT_KEYS = {
    "bos.url": URL,
    "bos.tenant": TEXT,
    "exchange.url": URL,
    "exchange.org": TEXT,
    "agent.url": URL,
    "ca_bundle": PATH,
    "proxy": TEXT,
    "request_timeout": SECONDS,
    "local": PATH,
}
DEEPEST_TABLE = 3  # tables in each other; no key has so many parts
URLS = ("bos.url", "exchange.url", "agent.url")


DEMO = "demo"
DEMO_ORG = "valley"  # an organization of the demo fleet's Exchange


class Context(NamedTuple):
    """A named system: its settings by key (paths are absolute), and the file that says so ("" for the demo fleet)."""

    name: str
    values: dict[str, object]
    file: str

    @property
    def source(self) -> str:
        """What is named as the source of its settings."""
        return f"context {self.name}{f' in {self.file}' if self.file else ''}"


class Contexts(NamedTuple):
    """All contexts by name, and the name of the one that counts, with the file that says so."""

    known: dict[str, Context]
    active: str | None = None
    file: str = ""


def user_file(world: World) -> str:
    """Return where the user's own file lies: `$XDG_CONFIG_HOME/nodewatch`, or `~/.config/nodewatch`."""
    return os.path.join(world.home, world.variable("XDG_CONFIG_HOME") or ".config", "nodewatch/config.toml")


def demo_store(world: World) -> str:
    """Return where the demo fleet's store lies: under `$XDG_DATA_HOME`, or `~/.local/share`."""
    return os.path.join(world.home, world.variable("XDG_DATA_HOME") or ".local/share", "nodewatch/demo.db")


def read_contexts(world: World) -> Contexts:
    """Return the contexts of both files, and the demo fleet's, unless one of that name is there.

    Raise `WrongConfiguration` that names file, line and key of what is wrong.
    """
    found = Contexts({})
    for path in (os.path.join(world.etc, "nodewatch/config.toml"), user_file(world)):
        text = read_configuration(path)
        if text is not None:
            mine = parse_contexts(text, path, world.home)
            found = Contexts({**found.known, **mine.known}, *(mine[1:] if mine.active else found[1:]))
    found.known.setdefault(DEMO, Context(DEMO, {"local": demo_store(world), "exchange.org": DEMO_ORG}, ""))
    return found


def parse_contexts(text: str, path: str, home: str) -> Contexts:
    """Return the contexts in one file's text. Paths in it are meant from the file's folder, `~` from the home.

    Raise `WrongConfiguration` that names file, line and key of what is wrong.
    """
    import tomllib

    try:
        document = tomllib.loads(text)
    except RecursionError as error:
        raise WrongConfiguration(f"{path} is nested too deeply.") from error
    except ValueError as error:  # what is no TOML, or a number of thousands of digits
        raise WrongConfiguration(f"{path} is not TOML: {str(error).partition(';')[0]}.") from error

    def wrong(key: tuple[str, ...], what: str) -> WrongConfiguration:
        line = line_of(text, key)
        end = "" if what.endswith("?") else "."
        return WrongConfiguration(f"{path}{f', line {line}' if line else ''}: {'.'.join(key)}: {what}{end}")

    for name in document:
        if name not in ("context", "contexts"):
            raise wrong((name,), f"there is no such key{nearest(name, ['context', 'contexts'])}")
    active = document.get("context")
    if active is not None and not isinstance(active, str):
        raise wrong(("context",), "the name of a context is needed")
    groups = document.get("contexts", {})
    if not isinstance(groups, dict):
        raise wrong(("contexts",), "tables are needed, such as [contexts.NAME]")
    known = {}
    for name, group in groups.items():
        if not isinstance(group, dict):
            raise wrong(("contexts", name), "a table is needed, such as [contexts.NAME]")
        values = {}
        for key, value in flatten(group):
            place = ("contexts", name, *key.split("."))
            if key not in CONTEXT_KEYS:
                raise wrong(place, f"there is no such key{nearest(key, list(CONTEXT_KEYS))}")
            if not has_kind(value, CONTEXT_KEYS[key]):
                from nodewatch.masking import without_login

                raise wrong(place, f"{CONTEXT_KEYS[key]} is needed, not {without_login(repr(value))}")
            values[key] = absolute_path(str(value), os.path.dirname(path), home) if CONTEXT_KEYS[key] == PATH else value
        also = next((key for key in URLS if key in values), None)
        if "local" in values and also:
            raise wrong(("contexts", name, "local"), f"a local store answers everything: it cannot stand with {also}")
        known[name] = Context(name, values, path)
    return Contexts(known, active, path)


def flatten(group: dict[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Return the keys of nested tables, written with dots, and their values.

    >>> dict(flatten({"bos": {"url": "u"}, "local": "l"}))
    {'bos.url': 'u', 'local': 'l'}
    """
    for name, value in group.items():
        if isinstance(value, dict) and prefix.count(".") < DEEPEST_TABLE:
            yield from flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def has_kind(value: object, kind: str) -> bool:
    r"""Return whether a value is of the kind that its key needs.

    A text holds no control characters: no request could carry them.

    >>> pairs = ("https://h", URL), ("h", URL), (5, SECONDS), (True, SECONDS), ("", TEXT), ("", PATH), ("a\x7f", TEXT)
    >>> [has_kind(*pair) for pair in pairs]
    [True, False, True, False, True, False, False]
    """
    if kind == SECONDS:
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1e300
    if not isinstance(value, str) or CONTROL_CHARACTERS.search(value):
        return False
    return kind == TEXT or (bool(value) if kind == PATH else value.startswith(("http://", "https://")))


def absolute_path(value: str, folder: str, home: str) -> str:
    """Return a path that stands in a file of the folder as an absolute one.

    >>> [absolute_path(path, "/f", "/home/me") for path in ("~/a", "a", "/a")]
    ['/home/me/a', '/f/a', '/a']
    """
    return os.path.join(home, value[2:]) if value.startswith("~/") else os.path.join(folder, value)


def line_of(text: str, key: tuple[str, ...]) -> int | None:
    r"""Return the number of the line that a key of a TOML text stands in, as well as plain reading can tell.

    >>> line_of('# x\n[contexts.a]\nbos.uri = "u"\n[contexts."b c".bos]\n"url"=1', ("contexts", "b c", "bos", "url"))
    5
    """
    import re

    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header, assignment = re.match(r"\s*\[+([^\]]+)\]", line), re.match(r"\s*([^#=]+?)\s*=", line)
        if not header and not assignment:
            continue
        words = re.findall(r"""[^\s."']+|"[^"]*"|'[^']*'""", (header or assignment)[1])  # type: ignore[index]
        names = tuple(word.strip("\"'") for word in words)
        table = names if header else table
        if (table if header else table + names)[: len(key)] == key:
            return number
    return None


def line_in(path: str, key: tuple[str, ...]) -> int | None:
    """Return the number of the line of one of our files that a key stands in; None if there is no file."""
    return line_of((read_configuration(path) if path else None) or "", key)


def find_context(contexts: Contexts, name: str, source: str) -> Context:
    """Return the context of that name; raise `WrongConfiguration` with the names there are if there is none."""
    if name in contexts.known:
        return contexts.known[name]
    raise WrongConfiguration(
        f"{source}: there is no context {name!r}{nearest(name, list(contexts.known)) or '.'} "
        f"Configured are {', '.join(contexts.known)}."
    )
