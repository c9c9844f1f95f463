"""What `hzn` is configured with: its variables, from flags, environment and files, in its own order of precedence.

The highest wins: flag, environment, `~/.hzn/hzn.json`, `/etc/default/horizon`, `/etc/horizon/hzn.json`. A variable that
is exported empty counts as not set and keeps the files from being asked, as `hzn` does it; an Exchange URL that nothing
sets is the one of the agent on this machine (`/etc/horizon/anax.json`). Pure functions of those texts; `read_hzn_files`
gets them.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.documents import is_text
from nodewatch.errors import WrongConfiguration
from nodewatch.files import read_configuration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodewatch.world import World

# Not compiled here: most machines have none of these files, and compiling costs a twentieth of a start.
COMMENT = r"(?s)/\*.*?\*/"
ASSIGNMENT = r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*"
SHELL_WORD = r"""((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])*)(?:\s+\#.*)?"""
SHELL_PIECE = r"""'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^\s'"\\]+)"""
API_KEY = r"a-[A-Za-z0-9]{6}-"
EXCHANGE = "HZN_EXCHANGE_URL"

# Of all its variables, these alone does `hzn` take from a hzn.json; /etc/default/horizon may set any.
JSON_VARIABLES = (
    "HZN_ORG_ID",
    "HZN_EXCHANGE_USER_AUTH",
    "HZN_EXCHANGE_NODE_AUTH",
    "HZN_EXCHANGE_URL",
    "HORIZON_URL",
    "HZN_FSS_CSSURL",
)


class HznFiles(NamedTuple):
    """The files of `hzn`: path and text of each; the text is None where there is no file."""

    user: tuple[str, str | None] = ("~/.hzn/hzn.json", None)
    machine: tuple[str, str | None] = ("/etc/default/horizon", None)
    package: tuple[str, str | None] = ("/etc/horizon/hzn.json", None)
    agent: tuple[str, str | None] = ("/etc/horizon/anax.json", None)


class Value(NamedTuple):
    """A variable's value, and what set it."""

    text: str
    source: str


def read_hzn_files(world: World) -> HznFiles:
    """Return the texts of the files of `hzn`; raise `WrongConfiguration` for one that is there and cannot be read."""
    places = (
        (world.home, ".hzn/hzn.json"),
        (world.etc, "default/horizon"),
        (world.etc, "horizon/hzn.json"),
        (world.etc, "horizon/anax.json"),
    )
    return HznFiles(*((path, read_configuration(path)) for path in (os.path.join(*place) for place in places)))


def file_variables(environ: Mapping[str, str], files: HznFiles) -> dict[str, tuple[str, str]]:
    """Return text and path of each variable that the files set and the environment does not, from the highest file.

    Raise `WrongConfiguration` for a file that makes no sense.

    >>> files = HznFiles(user=("hzn.json", '{"HZN_ORG_ID": "harbor"}'), machine=("horizon", "HZN_ORG_ID=a\\nX=b"))
    >>> file_variables({}, files), file_variables({"HZN_ORG_ID": ""}, files)
    ({'HZN_ORG_ID': ('harbor', 'hzn.json'), 'X': ('b', 'horizon')}, {'X': ('b', 'horizon')})
    """
    found: dict[str, Value] = {}
    for (path, text), read in ((files.package, read_json), (files.machine, read_assignments), (files.user, read_json)):
        found.update(read(text, path) if text is not None else {})
    counting = {name: value for name, value in found.items() if value.text and name not in environ}
    agents = agents_exchange(files)
    if agents and not environ.get(EXCHANGE):
        counting.setdefault(EXCHANGE, agents)
    return {name: (value.text, value.source) for name, value in counting.items()}


def read_json(text: str, path: str) -> dict[str, Value]:
    """Return the variables in a hzn.json: JSON, with comments between `/*` and `*/`.

    >>> read_json('{"HZN_ORG_ID": "harbor", /* ours */ "HZN_LANG": "fr", "HORIZON_URL": ""}', "hzn.json")
    {'HZN_ORG_ID': Value(text='harbor', source='hzn.json')}
    """
    try:
        document = json.loads(re.sub(COMMENT, "", text))
    except (ValueError, RecursionError) as error:
        raise WrongConfiguration(f"Unable to decode content of config file {path}. {error}.") from error
    if not isinstance(document, dict):
        raise WrongConfiguration(f"{path} holds no JSON object.")
    found = {}
    for name in JSON_VARIABLES:
        value = document.get(name)
        if value is not None and not is_text(value):
            raise WrongConfiguration(f"{path}: the value of {name} must be a text.")
        if value:
            found[name] = Value(value, path)
    return found


def read_assignments(text: str, path: str) -> dict[str, Value]:
    """Return the variables in /etc/default/horizon, read as a shell would read plain assignments.

    >>> text = 'HZN_ORG_ID="harbor" # ours\\n#A=1\\nHZN_EXCHANGE_USER_AUTH=u:p=q#r\\nexport C=\\'a b\\'\\nD = e f\\n'
    >>> {name: value.text for name, value in read_assignments(text, "horizon").items()}
    {'HZN_ORG_ID': 'harbor', 'HZN_EXCHANGE_USER_AUTH': 'u:p=q#r', 'C': 'a b', 'D': 'e f'}
    """
    found = {}
    for line in text.splitlines():
        assignment = re.fullmatch(ASSIGNMENT, line)
        if assignment:
            found[assignment[1]] = Value(shell_value(assignment[2]), path)
    return found


def shell_value(text: str) -> str:
    r"""Return the value that a shell sees in the right side of an assignment; one that it would refuse stays as it is.

    >>> shell_value("'a'\"b c\"d"), shell_value("a b"), shell_value("'a"), shell_value('"a\\"b"'), shell_value("")
    ('ab cd', 'a b', "'a", 'a"b', '')
    """
    word = re.fullmatch(SHELL_WORD, text)
    if word is None:
        return text
    return "".join(
        re.sub(r'\\(["\\$`])', r"\1", double) if double else single or escaped or plain
        for single, double, escaped, plain in re.findall(SHELL_PIECE, word[1])
    )


def credentials(secret: str, org: str | None, using_api_key: str | None) -> str:
    """Return the credentials as the Exchange takes them: with the organization in front, if they carry none.

    A key of the form `a-XXXXXX-...` belongs to no organization. `USING_API_KEY` says whether this is one: 1 yes, 0 no.

    >>> credentials("u:p/w", "harbor", None), credentials("o/u:p", "harbor", None), credentials("a-x1y2z3-k", "o", None)
    ('harbor/u:p/w', 'o/u:p', 'a-x1y2z3-k')
    >>> credentials("key", "harbor", "1"), credentials("a-x1y2z3-k", "o", "0")
    ('key', 'o/a-x1y2z3-k')
    """
    without = using_api_key == "1" or (using_api_key != "0" and re.match(API_KEY, secret) is not None)
    return secret if without or "/" in secret.partition(":")[0] or org is None else f"{org}/{secret}"


def read_timeout(value: str | None) -> tuple[int, str]:
    """Return the seconds that `HZN_HTTP_TIMEOUT` says, 0 for no limit of its own; and what is wrong with it.

    >>> read_timeout("7"), read_timeout(None)
    ((7, ''), (0, ''))
    >>> read_timeout("x")
    (0, "Unable to use HZN_HTTP_TIMEOUT: 'x' is not a whole number, 0 or more.")
    """
    if value is None or (value.isascii() and value.isdigit() and len(value) < 10):
        return int(value or 0), ""
    return 0, f"Unable to use HZN_HTTP_TIMEOUT: {value[:40]!r} is not a whole number, 0 or more."


def agents_exchange(files: HznFiles) -> Value | None:
    """Return the Exchange that the agent on this machine is configured for, if it is."""
    path, text = files.machine
    found = read_assignments(text, path).get(EXCHANGE) if text is not None else None
    path, text = files.agent
    if (found and found.text) or text is None:
        return found if found and found.text else None
    try:
        url = json.loads(text)["Edge"]["ExchangeURL"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None  # the file is the agent's own: what else is in it is no concern of ours
    return Value(url, path) if url and is_text(url) else None
