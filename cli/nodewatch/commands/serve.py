"""The command `local serve`: the local store, asked by others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.commands.local import chosen_store
from nodewatch.errors import WrongUsage
from nodewatch.tree import command

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.documents import Document
    from nodewatch.offline.backend import LocalBackend


@command
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port (0, the default: one that is free).")
@click.option(
    "--address", metavar="IP", default="127.0.0.1", help="The address to listen at (127.0.0.1: only this host)."
)
@click.option("--read-only", is_flag=True, help="Refuse every change.")
def serve(app: App, port: int, address: str, read_only: bool) -> None:
    """BOS answers below /apis/bos, the Exchange below /v1, the agent below /nodemanagement, and a token endpoint where
    `cray auth login` looks for it. Nobody has to log in. It prints what to type so that nodewatch, cray and hzn ask it,
    and serves until Ctrl-C; with -v every request is one line on stderr. There is no TLS, so `cray auth login` wants
    OAUTHLIB_INSECURE_TRANSPORT=1.

    \b
    $ nodewatch local serve --local fleet.db
    $ nodewatch local serve --local fleet.db --port 8090 --read-only
    """
    from nodewatch.offline.backend import LocalBackend, routes
    from nodewatch.offline.server import MOUNTS, StoreServer

    store = app.settings.system("bos").local or chosen_store(app, "serve")
    backends = {service: LocalBackend(store, routes(service), app.world, app.settings) for service in MOUNTS}
    log = app.warn if app.settings.verbose else tell_nobody
    try:
        server = StoreServer((address, port), backends, log, read_only=read_only)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or error
        raise WrongUsage(f"nothing can listen at {address}, port {port}: {why}. Choose another one.") from error
    with server:
        for backend in backends.values():
            backend.open()
        host, port = str(server.server_address[0]), int(server.server_address[1])
        if not host.startswith("127.") and host != "::1":
            may = "read" if read_only else "read and change"
            app.warn(f"Warning: whoever can reach {host} can {may} this store.")
        base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        app.world.stdout.write(invitation(base, commonest_organization(backends["exchange"])))
        app.world.stdout.flush()
        server.serve_forever()


def tell_nobody(_line: str) -> None:
    """Tell nobody."""


def commonest_organization(exchange: LocalBackend) -> str:
    """Return the organization that most policies in the store are of, `org` where it has none."""
    from collections import Counter

    from nodewatch.offline.section import Collection

    policies: Collection[Document] = Collection("exchange/managementpolicies")
    names = Counter(name.partition("/")[0] for name, _ in exchange.open().items(policies))
    return next((name for name, _ in names.most_common(1)), "org")


def invitation(base: str, org: str) -> str:
    """Return the lines to type so that the programs ask this server; any user and password will do.

    >>> print(invitation("http://127.0.0.1:8090", "valley"), end="")
    # nodewatch and hzn:
    export NODEWATCH_BOS_URL=http://127.0.0.1:8090/apis/bos
    export HZN_EXCHANGE_URL=http://127.0.0.1:8090/v1 HZN_ORG_ID=valley HZN_EXCHANGE_USER_AUTH=user:password
    export HORIZON_URL=http://127.0.0.1:8090
    # cray, whose `init` writes https whatever it is told:
    export CRAY_CONFIG_DIR=$(mktemp -d)
    cray init --hostname http://127.0.0.1:8090 --no-auth && cray config set core hostname=http://127.0.0.1:8090
    """
    from shlex import quote

    return (
        "# nodewatch and hzn:\n"
        f"export NODEWATCH_BOS_URL={base}/apis/bos\n"
        f"export HZN_EXCHANGE_URL={base}/v1 HZN_ORG_ID={quote(org)} HZN_EXCHANGE_USER_AUTH=user:password\n"
        f"export HORIZON_URL={base}\n"
        "# cray, whose `init` writes https whatever it is told:\n"
        "export CRAY_CONFIG_DIR=$(mktemp -d)\n"
        f"cray init --hostname {base} --no-auth && cray config set core hostname={base}\n"
    )
