"""The login to a Cray system: tokens where `cray` keeps them, refreshed before they expire.

Getting a token is one form sent and one document read, so no OAuth library is here: `requests-oauthlib` would bring
a session of its own, without our deadlines, certificates and trace.
"""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING

from nodewatch.errors import (
    FileTrouble,
    NotPermitted,
    ServiceTrouble,
    UnreadableAnswer,
    WrongConfiguration,
    WrongUsage,
)
from nodewatch.files import locked, make_folder
from nodewatch.remote.addresses import in_the_clear
from nodewatch.remote.tokens import (
    HOST,
    TokenFile,
    TokenPlace,
    known_seconds,
    read_token,
    save_token,
    token_in,
    token_place,
    warn_if_open,
)
from nodewatch.settings import cray as cray_settings
from nodewatch.table import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodewatch.settings.model import Settings
    from nodewatch.world import World

CLIENT = "shasta"
EXPIRY_MARGIN = 60.0
RENEW = "Renew it with `nodewatch auth login`."


class Bearer:
    """The `Authorization` header of requests to BOS, kept valid. Any number of threads may share it."""

    def __init__(self, settings: Settings, world: World, base: str) -> None:
        self.settings, self.world, self.base = settings, world, base
        self.place = None if settings.token else token_place(settings, world, base)
        self.lock = threading.Lock()
        self.token: TokenFile | None = None

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
                self.token = read_token(self.place, self.world)
                warn_if_open(self.place, self.world)
            if self.token.seconds_left(self.world) < EXPIRY_MARGIN:
                self.token = renewed(self.place, self.token, self.settings, self.world, self.base)
            return "Bearer " + sendable(self.token.text, self.place.path)

    def changed(self) -> bool:
        """Return whether the file holds another token now than was sent; it is the one that is sent from now on."""
        if self.settings.token:
            return False
        with self.lock:
            before, self.place = self.token, token_place(self.settings, self.world, self.base)
            self.token = read_token(self.place, self.world) if self.place else None
            return self.token is not None and (before is None or before.text != self.token.text)

    @property
    def advice(self) -> str:
        """What to do when the server does not accept it."""
        if self.settings.token:
            token = token_in({"access_token": self.settings.token})
            return (
                f"The token{of(token)} in NODEWATCH_TOKEN has expired, or is one for another system than {self.base}."
            )
        if self.place:
            return (
                f"The login{of(self.token)} in {self.place.path} ({self.place.source}) has expired, or is one for "
                f"another system than {self.base}. {RENEW}"
            )
        ways = "type `nodewatch auth login`, or name a token file with --token or CRAY_CREDENTIALS"
        return f"Nobody is logged in to {self.base}: {ways}."


def of(token: TokenFile | None) -> str:
    """Return whose token it is, as words of a sentence; nothing where it does not say."""
    return f" of {token.username}" if token and token.username else ""


def sendable(token: str, source: str) -> str:
    """Return the token; raise `WrongConfiguration` for one that cannot stand in a header."""
    if token.isascii() and token.isprintable() and " " not in token:
        return token
    raise WrongConfiguration(f"{source} holds characters that no token has. Is it a whole file in place of the token?")


def renewed(place: TokenPlace, token: TokenFile, settings: Settings, world: World, base: str) -> TokenFile:
    """Return a token that is good for a while: the one that another process has just got, or a new one, saved.

    Raise `NotPermitted` for a login that has expired and cannot be renewed.
    """
    expired = token.seconds_left(world) <= 0
    if token.refresh is None:
        if expired:
            raise NotPermitted(f"The login in {place.path} has expired. {RENEW}")
        return token
    with locked(place.path, world, world.within_deadline(settings.request_timeout)):
        token = read_token(place, world)
        if token.seconds_left(world) >= EXPIRY_MARGIN or token.refresh is None:
            return token
        form = {"grant_type": "refresh_token", "refresh_token": token.refresh, "client_id": CLIENT}
        try:
            answered = ask_keycloak(form, settings, world, base)
        except NotPermitted as error:
            raise NotPermitted(f"The login in {place.path} has expired. {RENEW}") from error
        except ServiceTrouble:
            if expired:
                raise
            return token  # it is good for some seconds more
        fresh = token_document({**token.document, **answered}, world)
        try:
            save_token(place.path, fresh.document)
        except FileTrouble as error:
            world.tell(visible(f"Warning: the refreshed token is not kept, because {error.message}") + "\n")
        return fresh


def ask_keycloak(form: Mapping[str, str], settings: Settings, world: World, base: str) -> dict[str, object]:
    """Return Keycloak's answer to a form; raise `NotPermitted` if it refuses."""
    from urllib.parse import urlencode

    from nodewatch import __version__
    from nodewatch.remote.trace import Trace
    from nodewatch.remote.transport import NoReply, transport_to

    url = cray_settings.login_url(base)
    if in_the_clear(url):
        raise WrongConfiguration(f"{url} is plain http, over which no password and no token is sent. Write https://.")
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": f"nodewatch/{__version__}",
    }
    try:
        trace, body = Trace(settings.verbose, world), urlencode(form).encode()
    except UnicodeEncodeError as error:
        raise WrongUsage("the user and the password must be UTF-8 text.") from error
    began = world.monotonic()
    try:
        transport = transport_to(url, settings.system("bos"), settings.ca_bundle, world)
        reply = transport.exchange("POST", url, headers, body, world.within_deadline(settings.request_timeout))
    except NoReply as failed:
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


def token_document(document: dict[str, object], world: World) -> TokenFile:
    """Return Keycloak's answer as a token file holds it: with the time when it expires, as `cray` adds it.

    Raise `UnreadableAnswer` if there is no token in it.
    """
    lifetime, scope = known_seconds(document.get("expires_in")), document.get("scope")
    if lifetime is not None:
        document = {**document, "expires_at": world.now().timestamp() + lifetime}
    if isinstance(scope, str):
        document = {**document, "scope": scope.split()}
    token = token_in({**document, "client_id": CLIENT})
    if token is None:
        raise UnreadableAnswer("the login service answered no token.")
    token.hide(world)
    return token


def log_in(username: str, password: str, settings: Settings, world: World, base: str) -> tuple[TokenPlace, TokenFile]:
    """Get a token for a user, and keep it where `cray` would; raise `NotPermitted` if the password is wrong."""
    world.hide(password)
    form = {"grant_type": "password", "client_id": CLIENT, "username": username, "password": password}
    answered = ask_keycloak(form, settings, world, base)
    host = cray_settings.host_word(base)
    if cray_settings.hosts_sharing_tokens(base, world) != {host}:
        answered[HOST] = host
    token = token_document(answered, world)
    if settings.token_file:
        place = TokenPlace(world.expanded(settings.token_file), settings.origins["token_file"])
    else:
        folder = os.path.join(cray_settings.folder(world), "tokens")
        try:
            make_folder(folder, 0o700)
        except OSError as error:
            raise FileTrouble(f"{folder} cannot be made: {error.strerror}.") from error
        place = TokenPlace(os.path.join(folder, cray_settings.token_name(base, username)), "this login")
    with locked(place.path, world, settings.request_timeout):
        save_token(place.path, token.document)
    return place, token


def log_out(place: TokenPlace, settings: Settings, world: World) -> None:
    """Forget the token; raise `FileTrouble` if that cannot be done.

    A file that somebody names is removed if there is a token in it, and `WrongConfiguration` raised if it is another.
    """
    if settings.token_file:
        read_token(place, world)
    try:
        with locked(place.path, world, settings.request_timeout):
            os.unlink(place.path)
    except OSError as error:
        raise FileTrouble(f"{place.path} cannot be removed: {error.strerror}.") from error
