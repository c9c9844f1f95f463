"""Tokens as `cray` keeps them: which file is whose, what is in it, and how it is written.

A token file is the JSON that Keycloak answers (OAuth 2.0), with `expires_at` and `client_id` added as `cray` adds them.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.documents import is_text
from nodewatch.errors import WrongConfiguration
from nodewatch.settings import cray as cray_settings
from nodewatch.settings.table import Secret
from nodewatch.table import visible

if TYPE_CHECKING:
    from nodewatch.settings.model import Settings
    from nodewatch.world import World

HOST = "host"  # what a token file says in addition, where its name alone may stand for several hosts
LAST = 253_402_300_799  # the last second of the year 9999
BARE = r"\s*[\w.~+/=-]{16,}\s*"  # what a bearer token is made of (RFC 6750), and no JSON that anybody keeps
CONTENT = "It may hold a JSON object with access_token, as cray writes it, or the token alone, on one line."


class TokenPlace(NamedTuple):
    """Where a token is kept, and what says so."""

    path: str
    source: str


class TokenFile(NamedTuple):
    """The content of a token file, with what is needed of it; `expires` is in seconds since 1970, None if unknown."""

    document: dict[str, object]
    text: Secret
    refresh: Secret | None
    expires: float | None
    username: str | None

    def hide(self, world: World) -> None:
        """Let nobody see it."""
        world.hide(self.text)
        world.hide(self.refresh)

    def seconds_left(self, world: World) -> float:
        """Return how many seconds it is good for; unknown counts as for ever."""
        return float("inf") if self.expires is None else self.expires - world.now().timestamp()


def token_place(settings: Settings, world: World, base: str) -> TokenPlace | None:
    """Return where the token for a system is kept: in the file that is named, or where `cray` keeps it.

    That is the file of the user in `cray`'s configuration of this system, else the newest of anybody's for it; None
    stands for nowhere. `cray` turns `-` and `.` of host names into `_`: a file is used only if it is known to be for
    this host, from what it says itself or, where it says nothing, because of all hosts in `cray`'s configurations it is
    the one that has such files.
    """
    if settings.token_file:
        return TokenPlace(world.expanded(settings.token_file), settings.origins["token_file"])
    folder, host, cray = (
        os.path.join(cray_settings.folder(world), "tokens"),
        cray_settings.host_word(base),
        settings.cray,
    )
    prefix = cray_settings.token_prefix(base)
    try:
        paths = [os.path.join(folder, name) for name in os.listdir(folder) if name.startswith(prefix)]
        paths.sort(key=os.path.getmtime, reverse=True)
    except OSError:
        return None
    places = [TokenPlace(path, "the newest login to this system") for path in paths]
    if cray.username and cray.hostname and cray_settings.host_word(cray.hostname) == host:
        own = os.path.join(folder, cray_settings.token_name(base, cray.username))
        places = [TokenPlace(own, cray.source or ""), *places] if own in paths else places
    if not places:
        return None
    unsaid = host if cray_settings.hosts_sharing_tokens(base, world) == {host} else ""
    return next((place for place in places if (token_host(place) or unsaid) == host), None)


def token_host(place: TokenPlace) -> str:
    """Return the host that a token file says it is for; nothing where it does not say so."""
    try:
        document = document_in(place)
    except WrongConfiguration:
        return ""
    return str(document.get(HOST) or "") if isinstance(document, dict) else ""


def document_in(place: TokenPlace) -> object:
    """Return what a token file holds; raise `WrongConfiguration` if it cannot be read."""
    import re

    from nodewatch.files import read_bytes

    where = f"the token file {place.path} ({place.source})"
    try:
        text = read_bytes(place.path).decode()
        return {"access_token": text.strip()} if re.fullmatch(BARE, text) else json.loads(text)
    except OSError as error:
        raise WrongConfiguration(f"{where} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise WrongConfiguration(f"{where} holds neither JSON nor a token. {CONTENT}") from error


def read_token(place: TokenPlace, world: World) -> TokenFile:
    """Return the token in a file; raise `WrongConfiguration` if there is none in it."""
    token = token_in(document_in(place))
    if token is None:
        raise WrongConfiguration(f"the token file {place.path} ({place.source}) has no access_token. {CONTENT}")
    token.hide(world)
    return token


def token_in(document: object) -> TokenFile | None:
    """Return the token in a token file's document, or in Keycloak's answer; None if there is none.

    When it expires is what the file says, else what the token itself says.

    >>> token_in({"access_token": "a.eyJleHAiOjUsInByZWZlcnJlZF91c2VybmFtZSI6Im1lIn0.b"})[1:]
    (***, None, 5.0, 'me')
    >>> token_in({"access_token": "opaque", "expires_at": 7, "refresh_token": "r"})[1:], token_in([])
    ((***, ***, 7.0, None), None)
    """
    if not isinstance(document, dict):
        return None
    text = document.get("access_token")
    if not text or not is_text(text):
        return None
    claims = claims_of(text)
    expires = document.get("expires_at", claims.get("exp"))
    refresh, user = document.get("refresh_token"), claims.get("preferred_username")
    return TokenFile(
        document,
        Secret(text.strip()),
        Secret(refresh) if refresh and is_text(refresh) else None,
        known_seconds(expires),
        user if isinstance(user, str) else None,
    )


def known_seconds(value: object) -> float | None:
    """Return a number of seconds, from 1970 on or from now on, within what clocks know; None for what is no number.

    >>> [known_seconds(number) for number in (5, -1e300, 10**400, float("nan"), "5", True)]
    [5.0, 0.0, 253402300799.0, None, None, None]
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or value != value:  # noqa: PLR0124  # NaN
        return None
    return float(min(max(value, 0), LAST))


def claims_of(token: str) -> dict[str, object]:
    """Return what a JSON Web Token says of itself (nobody verifies it here); nothing for other tokens."""
    import base64

    part = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def warn_if_open(place: TokenPlace, world: World) -> None:
    """Say so on stderr if others on this machine can read the token, or put another one in its place."""
    mode = os.stat(place.path).st_mode
    who = "everybody" if mode & 0o006 else "the group"
    can = "read" if mode & 0o044 else "change"
    if mode & 0o066:
        world.tell(visible(f"Warning: {who} can {can} the token in {place.path}: chmod 600 it.") + "\n")


def save_token(path: str, document: dict[str, object]) -> None:
    """Keep the token, readable by its owner alone; raise `FileTrouble` if that fails. The caller has the lock."""
    from nodewatch.files import write_whole

    write_whole(path, [json.dumps(document)], secret=True)
