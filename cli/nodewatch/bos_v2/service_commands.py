"""The commands about the service itself: `bos v2 options ...`, `version list`, `healthz list` and `list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.bos_v2 import fields
from nodewatch.bos_v2.change_commands import with_fields
from nodewatch.bos_v2.client import BosClient
from nodewatch.errors import WrongUsage
from nodewatch.tree import command, lazy

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.bos_v2 import template_tables
else:
    template_tables = lazy("bos_v2.template_tables")  # only the table format needs it


@command
def list_options(app: App) -> None:
    """They belong to the service, and apply to all sessions.

    \b
    $ nodewatch bos v2 options list
    """
    app.show(BosClient(app.backend("bos")).options(), template_tables.options_page)


@command
@with_fields(fields.OPTION_FIELDS)
def update_options(app: App, **values: object) -> None:
    """Only what is given is changed; all options are shown.

    \b
    $ nodewatch bos v2 options update --default-retry-policy 5 --clear-stage true
    """
    patch = fields.make_document(fields.OPTION_FIELDS, values)
    if not patch:
        raise WrongUsage("nothing says which option to change: add one, such as --default-retry-policy 5.")
    app.show(BosClient(app.backend("bos")).update_options(patch), template_tables.options_page)


@command
def show_version(app: App) -> None:
    """Its numbers are strings.

    \b
    $ nodewatch bos v2 version list
    """
    app.show(BosClient(app.backend("bos")).version(), template_tables.version_page)


@command
def show_health(app: App) -> None:
    """The answer is the service's own; one that cannot be reached at all ends in exit code 5.

    \b
    $ nodewatch bos v2 healthz list
    """
    app.show(BosClient(app.backend("bos")).health(), template_tables.health_page)


@command
def show_api(app: App) -> None:
    """It is what `version list` shows.

    \b
    $ nodewatch bos v2 list
    """
    app.show(BosClient(app.backend("bos")).api(), template_tables.version_page)
