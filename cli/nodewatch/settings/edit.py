"""Changes of a configuration file's text: everything else in it stays as it is, comments and order too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodewatch.errors import WrongConfiguration, WrongUsage
from nodewatch.masking import without_login
from nodewatch.settings.contexts import CONTEXT_KEYS, SECONDS, URL, has_kind, parse_contexts
from nodewatch.settings.model import checked_url
from nodewatch.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = "# Systems that nodewatch asks; `man nodewatch` explains the keys.\n\n"


def with_value(text: str, path: str, place: tuple[str, ...], value: object) -> str:
    r"""Return a file's text with a value at a place (a table's names, then the key); None takes away what is there.

    It is parsed again: raise `WrongConfiguration` if it would be wrong then, or was before.

    >>> with_value('[contexts.a]\nbos.url = "https://h"  # ours\n', "f", ("contexts", "a", "bos", "tenant"), "red")
    '[contexts.a]\nbos.url = "https://h"  # ours\nbos.tenant = "red"\n'
    >>> with_value('# mine\ncontext = "a"  # now\n[contexts.b]\n', "f", ("context",), "b")
    '# mine\ncontext = "b"  # now\n[contexts.b]\n'
    >>> with_value('[contexts.a]\nlocal = "f.db"\nproxy = ""\n', "f", ("contexts", "a", "proxy"), None)
    '[contexts.a]\nlocal = "f.db"\n'
    """
    import tomlkit

    parse_contexts(text, path, "/")
    document = tomlkit.parse(text)
    table: Any = document
    for name in place[:-1]:
        if name not in table:
            table[name] = tomlkit.table(is_super_table=name == place[0])
        table = table[name]
    if value is None:
        table.pop(place[-1], None)
    else:
        table[place[-1]] = value
    result = document.as_string()
    parse_contexts(result, path, "/")
    return result


def new_context(text: str, path: str, name: str, values: Mapping[str, object]) -> str:
    r"""Return a file's text with a context added at its end, which counts from then on if no other one does.

    >>> print(new_context("", "f", "lab", {"bos.url": "https://h/apis/bos"}), end="")
    # Systems that nodewatch asks; `man nodewatch` explains the keys.
    context = "lab"
    <BLANKLINE>
    [contexts.lab]
    bos.url = "https://h/apis/bos"
    """
    import tomlkit

    lines = [f"{key} = {tomlkit.item(value).as_string()}" for key, value in values.items()]
    table = tomlkit.key([name]).as_string()
    before = f"{text.rstrip()}\n\n" if text.strip() else HEAD
    added = f"{before}[contexts.{table}]\n" + "\n".join(lines) + "\n"
    parse_contexts(added, path, "/")
    return added if parse_contexts(added, path, "/").active else with_value(added, path, ("context",), name)


def checked_key(key: str) -> str:
    """Return the key of a context; raise `WrongUsage` that names the keys there are for any other text."""
    if key not in CONTEXT_KEYS:
        raise WrongUsage(
            f"there is no key {key!r}{nearest(key, list(CONTEXT_KEYS)) or '.'} Keys are {', '.join(CONTEXT_KEYS)}."
        )
    return key


def value_of(key: str, text: str) -> str | float:
    """Return the value that a text stands for under a key; raise `WrongUsage` if it cannot stand there.

    >>> value_of("request_timeout", "30"), value_of("bos.url", "https://h")
    (30, 'https://h')
    """
    value: str | float | None = text
    if CONTEXT_KEYS[key] == SECONDS:
        try:
            value = int(text) if text.isascii() and text.isdigit() else float(text)
        except ValueError:
            value = None
    if value is None or not has_kind(value, CONTEXT_KEYS[key]):
        raise WrongUsage(f"{key}: {CONTEXT_KEYS[key]} is needed, not {without_login(text)!r}.")
    if CONTEXT_KEYS[key] == URL:
        try:
            checked_url(text, key)
        except WrongConfiguration as error:
            raise WrongUsage(error.message) from error
    return value
