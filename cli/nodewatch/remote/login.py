"""The login to a Cray system: tokens where `cray` keeps them, refreshed before they expire.

A token file is the JSON that Keycloak answers (OAuth 2.0), with `expires_at` and `client_id` added as `cray` adds them.
Getting one is one form sent and one document read, so no OAuth library is here: `requests-oauthlib` would bring
a session of its own, without our deadlines, certificates and trace.
"""

from __future__ import annotations

import json
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from nodewatch.errors import FileTrouble, NotPermitted, ServiceTrouble, UnreadableAnswer, WrongConfiguration
from nodewatch.remote.addresses import in_the_clear
from nodewatch.settings import cray as cray_settings
from nodewatch.settings.model import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nodewatch.settings.model import Settings
    from nodewatch.world import World

CLIENT = "shasta"
MARGIN = 60.0
RENEW = "Renew it with `nodewatch auth login`."


class Place(NamedTuple):
    """Where a token is kept, and what says so."""

    path: str
    source: str


class Token(NamedTuple):
    """The content of a token file, with what is needed of it; `expires` is in seconds since 1970, None if unknown."""

    document: dict[str, Any]
    text: Secret
    refresh: Secret | None
    expires: float | None
    username: str | None

    def left(self, world: World) -> float:
        """Return how many seconds it is good for; unknown counts as for ever."""
        return float("inf") if self.expires is None else self.expires - world.now().timestamp()


class Bearer:
    """The `Authorization` header of requests to BOS, kept valid. Any number of threads may share it."""

    def __init__(self, settings: Settings, world: World, base: str) -> None:
        self.settings, self.world, self.base = settings, world, base
        self.place = None if settings.token else place_of(settings, world, base)
        self.lock = threading.Lock()
        self.token: Token | None = None

    @property
    def known(self) -> bool:
        """Whether there is a token to send."""
        return self.settings.token is not None or self.place is not None

    def header(self) -> str | None:
        """Return the header's value, None if nobody is logged in.

        Raise `NotPermitted` for a login that has expired, `WrongConfiguration` for a token that is none.
        """
        if self.settings.token:
            return "Bearer " + sendable(self.settings.token, "NODEWATCH_TOKEN")
        if self.place is None:
            return None
        with self.lock:
            if self.token is None:
                self.token = read(self.place)
                warn_if_open(self.place, self.world)
            if self.token.left(self.world) < MARGIN:
                self.token = renewed(self.place, self.token, self.settings, self.world, self.base)
            return "Bearer " + sendable(self.token.text, self.place.path)

    def changed(self) -> bool:
        """Return whether the file holds another token now than was sent; it is the one that is sent from now on."""
        if self.settings.token:
            return False
        with self.lock:
            before, self.place = self.token, place_of(self.settings, self.world, self.base)
            self.token = read(self.place) if self.place else None
            return self.token is not None and (before is None or before.text != self.token.text)

    @property
    def advice(self) -> str:
        """What to do when the server does not accept it."""
        if self.settings.token:
            return "The token in NODEWATCH_TOKEN has expired, or is one for another system."
        if self.place:
            return f"The login in {self.place.path} has expired, or is one for another system. {RENEW}"
        ways = "type `nodewatch auth login`, or name a token file with --token or CRAY_CREDENTIALS"
        return f"Nobody is logged in: {ways}."


def sendable(token: str, source: str) -> str:
    """Return the token; raise `WrongConfiguration` for one that cannot stand in a header."""
    if token.isascii() and token.isprintable() and " " not in token:
        return token
    raise WrongConfiguration(f"{source} holds characters that no token has. Is it a whole file in place of the token?")


def place_of(settings: Settings, world: World, base: str) -> Place | None:
    """Return where the token for a system is kept: in the file that is named, or where `cray` keeps it.

    That is the file of the user in `cray`'s configuration of this system, else the newest of anybody's for it; None
    stands for nowhere.
    """
    if settings.token_file:
        return Place(os.path.expanduser(settings.token_file), settings.origins["token_file"])
    folder = os.path.join(cray_settings.folder(world), "tokens")
    cray = settings.cray
    if cray.username and cray.hostname and cray_settings.host_word(cray.hostname) == cray_settings.host_word(base):
        path = os.path.join(folder, cray_settings.token_name(base, cray.username))
        if os.path.exists(path):
            return Place(path, cray.source or "")
    try:
        names = [name for name in os.listdir(folder) if name.startswith(cray_settings.host_word(base) + ".")]
        paths = sorted((os.path.join(folder, name) for name in names), key=os.path.getmtime)
    except OSError:
        return None
    return Place(paths[-1], "the newest login to this system") if paths else None


def read(place: Place) -> Token:
    """Return the token in a file; raise `WrongConfiguration` if there is none in it."""
    try:
        with open(place.path, encoding="utf-8") as file:
            document = json.load(file)
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or "it is not JSON"
        raise WrongConfiguration(f"the token file {place.path} ({place.source}) cannot be read: {why}.") from error
    token = token_in(document)
    if token is None:
        raise WrongConfiguration(f"the token file {place.path} ({place.source}) has no access_token.")
    return token


def token_in(document: Any) -> Token | None:
    """Return the token in a token file's document, or in Keycloak's answer; None if there is none.

    When it expires is what the file says, else what the token itself says.

    >>> token_in({"access_token": "a.eyJleHAiOjUsInByZWZlcnJlZF91c2VybmFtZSI6Im1lIn0.b"})[1:]
    (***, None, 5.0, 'me')
    >>> token_in({"access_token": "opaque", "expires_at": 7, "refresh_token": "r"})[1:], token_in([])
    ((***, ***, 7.0, None), None)
    """
    text = document.get("access_token") if isinstance(document, dict) else None
    if not isinstance(text, str) or not text:
        return None
    claims = claims_of(text)
    expires = document.get("expires_at", claims.get("exp"))
    refresh, user = document.get("refresh_token"), claims.get("preferred_username")
    return Token(
        document,
        Secret(text.strip()),
        Secret(refresh) if isinstance(refresh, str) and refresh else None,
        float(expires) if isinstance(expires, int | float) else None,
        user if isinstance(user, str) else None,
    )


def claims_of(token: str) -> dict[str, Any]:
    """Return what a JSON Web Token says of itself (nobody verifies it here); nothing for other tokens."""
    import base64

    part = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def warn_if_open(place: Place, world: World) -> None:
    """Say so on stderr if everybody on this machine can read the token."""
    if os.stat(place.path).st_mode & 0o004:
        print(f"Warning: everybody can read the token in {place.path}: chmod 600 it.", file=world.stderr)


def renewed(place: Place, token: Token, settings: Settings, world: World, base: str) -> Token:
    """Return a token that is good for a while: the one that another process has just got, or a new one, saved.

    Raise `NotPermitted` for a login that has expired and cannot be renewed.
    """
    expired = token.left(world) <= 0
    if token.refresh is None:
        if expired:
            raise NotPermitted(f"The login in {place.path} has expired. {RENEW}")
        return token
    with locked(place.path, world, world.left(settings.request_timeout)):
        token = read(place)
        if token.left(world) >= MARGIN or token.refresh is None:
            return token
        form = {"grant_type": "refresh_token", "refresh_token": token.refresh, "client_id": CLIENT}
        try:
            answered = ask(form, settings, world, base)
        except NotPermitted as error:
            raise NotPermitted(f"The login in {place.path} has expired. {RENEW}") from error
        except ServiceTrouble:
            if expired:
                raise
            return token  # it is good for some seconds more
        fresh = complete({**token.document, **answered}, world)
        try:
            save(place.path, fresh.document)
        except FileTrouble as error:
            print(f"Warning: the refreshed token is not kept, because {error.message}", file=world.stderr)
        return fresh


@contextmanager
def locked(path: str, world: World, seconds: float) -> Iterator[None]:
    """Let one process at a time do what is done inside, by a lock file beside the path; wait that long for it.

    Where no lock file can be made there is no lock: nothing can be saved there either. Raise `FileTrouble` if another
    process holds it all the time.
    """
    import fcntl

    name = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.lock")
    try:
        handle = os.open(name, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        yield
        return
    try:
        end = world.monotonic() + seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if world.monotonic() >= end:
                    raise FileTrouble(f"another process refreshes {path}, for {seconds:g} s now. Try again.") from error
                world.sleep(0.05)
        yield
    finally:
        os.close(handle)


def ask(form: Mapping[str, str], settings: Settings, world: World, base: str) -> dict[str, Any]:
    """Return Keycloak's answer to a form; raise `NotPermitted` if it refuses."""
    from urllib.parse import urlencode

    from nodewatch import __version__
    from nodewatch.remote.trace import Trace
    from nodewatch.remote.transport import Failed, transport_to

    url = cray_settings.login_url(base)
    if in_the_clear(url):
        raise WrongConfiguration(f"{url} is plain http, over which no password and no token is sent. Write https://.")
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": f"nodewatch/{__version__}",
    }
    trace, body = Trace(settings.verbose, world), urlencode(form).encode()
    began = world.monotonic()
    try:
        transport = transport_to(url, settings.system("bos"), settings.ca_bundle, world)
        reply = transport.exchange("POST", url, headers, body, world.left(settings.request_timeout))
    except Failed as failed:
        trace.failed("POST", url, failed.why, 1)
        raise failed.kind(f"the login service at {url} cannot be asked: {failed.why}.") from failed
    trace.answered("POST", url, headers, body, reply, world.monotonic() - began, 1)
    try:
        document = json.loads(reply.take().decode())
    except (ValueError, RecursionError):
        document = None
    if reply.status in (400, 401, 403):
        words = document.get("error_description") or document.get("error") if isinstance(document, dict) else None
        raise NotPermitted(f"the login service at {url} refused: {words or reply.status}.", status=reply.status)
    if reply.status != 200:
        raise ServiceTrouble(f"the login service at {url} answered {reply.status}. Try again.", status=reply.status)
    if token_in(document) is None:
        raise UnreadableAnswer(f"the login service at {url} answered no token. Check the address.")
    return dict(document)


def complete(document: dict[str, Any], world: World) -> Token:
    """Return Keycloak's answer as a token file holds it: with the time when it expires, as `cray` adds it.

    Raise `UnreadableAnswer` if there is no token in it.
    """
    lifetime, scope = document.get("expires_in"), document.get("scope")
    if isinstance(lifetime, int | float):
        document = {**document, "expires_at": world.now().timestamp() + lifetime}
    if isinstance(scope, str):
        document = {**document, "scope": scope.split()}
    token = token_in({**document, "client_id": CLIENT})
    if token is None:
        raise UnreadableAnswer("the login service answered no token.")
    return token


def save(path: str, document: dict[str, Any]) -> None:
    """Keep the token, readable by its owner alone; raise `FileTrouble` if that fails. The caller has the lock."""
    from nodewatch.files import write_whole

    write_whole(path, [json.dumps(document)], secret=True)


def log_in(username: str, password: str, settings: Settings, world: World, base: str) -> tuple[Place, Token]:
    """Get a token for a user, and keep it where `cray` would; raise `NotPermitted` if the password is wrong."""
    form = {"grant_type": "password", "client_id": CLIENT, "username": username, "password": password}
    token = complete(ask(form, settings, world, base), world)
    if settings.token_file:
        place = Place(os.path.expanduser(settings.token_file), settings.origins["token_file"])
    else:
        folder = os.path.join(cray_settings.folder(world), "tokens")
        try:
            os.makedirs(folder, 0o700, exist_ok=True)
        except OSError as error:
            raise FileTrouble(f"{folder} cannot be made: {error.strerror}.") from error
        place = Place(os.path.join(folder, cray_settings.token_name(base, username)), "this login")
    with locked(place.path, world, settings.request_timeout):
        save(place.path, token.document)
    return place, token


def log_out(place: Place, settings: Settings, world: World) -> None:
    """Forget the token; raise `FileTrouble` if that cannot be done."""
    try:
        with locked(place.path, world, settings.request_timeout):
            os.unlink(place.path)
    except OSError as error:
        raise FileTrouble(f"{place.path} cannot be removed: {error.strerror}.") from error
