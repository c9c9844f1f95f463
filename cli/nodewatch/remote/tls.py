"""TLS: whom to trust, and why a server was not trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from nodewatch.errors import WrongConfiguration

if TYPE_CHECKING:
    from ssl import SSLContext

SELF_SIGNED = 18
UNKNOWN_AUTHORITY = (18, 19, 20, 21)  # OpenSSL's verify codes: self-signed, or no issuer to be found
EXPIRED, NOT_YET_VALID = 10, 9
WRONG_NAME = (62, 64)


class Trust(NamedTuple):
    """Who may vouch for a server: the system's authorities, or those in `bundle` instead; those in `extra` too.

    `insecure` believes everyone.
    """

    bundle: str | None = None
    extra: str | None = None
    insecure: bool = False


def tls_context(trust: Trust) -> SSLContext:
    """Return the TLS context for whom we trust; raise `WrongConfiguration` for a file that holds no certificates."""
    import ssl

    context: SSLContext
    if trust.bundle is None and not trust.insecure:
        # The authorities that this machine's administrators installed: `requests` would take a list of its own.
        from truststore import SSLContext as SystemTrust

        context = SystemTrust(ssl.PROTOCOL_TLS_CLIENT)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if trust.insecure:
        import urllib3

        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # every run says it once, in our words
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    for path in filter(None, (trust.bundle, trust.extra)):
        load_authorities(context, path)
    return context


def load_authorities(context: SSLContext, path: str) -> None:
    """Let the context trust the authorities in a PEM file or a folder; raise `WrongConfiguration` if it cannot."""
    import ssl
    from pathlib import Path

    from nodewatch.files import read_beginning

    try:
        if Path(path).is_dir():
            context.load_verify_locations(capath=path)
        else:
            read_beginning(
                path, 1
            )  # what is no file is refused: OpenSSL would wait for a FIFO, and read a device for ever
            context.load_verify_locations(cafile=path)
    except ssl.SSLError as error:
        raise WrongConfiguration(f"the CA bundle {path} holds no certificates in PEM form.") from error
    except OSError as error:
        raise WrongConfiguration(f"the CA bundle {path} cannot be read: {error.strerror}.") from error


def tls_failure(inner: list[BaseException], url: str, trust: Trust, variable: str, *, proxied: bool) -> str:
    """Return why a TLS connection was not trusted, and what can be done.

    `variable` is the one that names authorities to trust, as users of the service know it.
    """
    host = urlsplit(url).hostname or url
    code = next((cause.verify_code for cause in inner if hasattr(cause, "verify_code")), None)
    if code in UNKNOWN_AUTHORITY:
        who = "vouches for itself, and" if code == SELF_SIGNED else "comes from an authority that"
        whose = "it" if code == SELF_SIGNED else "that authority's certificate"
        return (
            f"its certificate {who} is not trusted here ({innermost_words(inner)}). "
            f"Name the file with {whose}: --ca-bundle FILE or {variable}"
        )
    if code == EXPIRED:
        return "its certificate has expired. Have it renewed, or check this machine's clock"
    if code == NOT_YET_VALID:
        return "its certificate is not valid yet. Check this machine's clock"
    if code in WRONG_NAME:
        names = [] if proxied else names_in_certificate(url, trust)
        made_out = f"{', '.join(names)}, not to {host!r}" if names else f"another name than {host!r}"
        return f"its certificate is made out to {made_out}. Use a name in the certificate"
    reasons = {getattr(cause, "reason", None) for cause in inner}
    if reasons & {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL"}:
        return "it does not speak TLS: the port may be one for plain http. Check scheme and port"
    why = innermost_words(inner)
    return f"no TLS connection could be made ({why}). Check scheme, port, and the TLS versions of both ends"


def names_in_certificate(url: str, trust: Trust) -> list[str]:
    """Return the names that a trusted certificate of a server is made out to; none if it cannot be had now."""
    import socket

    parts, context = urlsplit(url), tls_context(trust)
    context.check_hostname = False
    try:
        with (
            socket.create_connection((parts.hostname or "", parts.port or 443), 5) as plain_socket,
            context.wrap_socket(plain_socket, server_hostname=parts.hostname) as secure,
        ):
            found = (secure.getpeercert() or {}).get("subjectAltName", ())
    except OSError:
        return []
    return [str(entry[1]) for entry in found]


def speaks_tls(url: str) -> bool:
    """Return whether a port that closed a connection over plain http is one for TLS."""
    import socket
    import ssl

    parts, context = urlsplit(url), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # nothing is sent
    try:
        with (
            socket.create_connection((parts.hostname or "", parts.port or 80), 2) as plain_socket,
            context.wrap_socket(plain_socket, server_hostname=parts.hostname),
        ):
            return True
    except ssl.SSLError as error:
        return "ALERT" in (error.reason or "")
    except OSError:
        return False


def innermost_words(inner: list[BaseException]) -> str:
    """Return the words of the innermost cause that has some, without the names of classes and source lines."""
    for cause in reversed(inner):
        if isinstance(cause, OSError):
            words = getattr(cause, "verify_message", None) or cause.strerror or str(cause)
            if words:
                return str(words).partition(" (_ssl.c")[0].rpartition("] ")[2]
    return type(inner[-1]).__name__
