"""The commands `bos v2 sessiontemplates ...`, `sessiontemplatesvalid describe` and `sessiontemplatetemplate list`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from nodewatch.bos_v2.client import BosClient
from nodewatch.errors import WrongUsage
from nodewatch.options import Text, boolean
from nodewatch.tree import command, lazy

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.bos_v2 import template_tables
else:
    template_tables = lazy("bos_v2.template_tables")  # only the table format needs it


def with_template(function: Any) -> Any:
    """Give a command the options that say what is in a session template."""
    for option, attributes in (
        ("--description", {"type": Text(), "metavar": "TEXT", "help": "What the template is for."}),
        ("--enable-cfs", {"type": boolean, "help": "Whether nodes are configured by CFS."}),
        ("--cfs-configuration", {"metavar": "NAME", "help": "Configuration to be applied."}),
        ("--file", {"metavar": "PATH", "help": "Take the whole template from this JSON file; - for stdin."}),
    ):
        function = click.option(option, **attributes)(function)
    return click.argument("session_template_id")(function)


def read_template(
    app: App, file: str | None, description: str | None, enable_cfs: bool | None, cfs_configuration: str | None
) -> dict[str, object]:
    """Return the template that the options make; a file goes before all of them, as with `cray`."""
    if file:
        from nodewatch.files import read_input, read_object

        source = "the template on stdin" if file == "-" else f"the template in {file}"
        return read_object(read_input(file, app.world.stdin), source)
    template: dict[str, object] = {}
    if cfs_configuration is not None:
        template["cfs"] = {"configuration": cfs_configuration}
    if enable_cfs is not None:
        template["enable_cfs"] = enable_cfs
    if description is not None:
        template["description"] = description
    return template


@command(listing="bos_v2.list_tables:TEMPLATE_LISTING")
def list_templates(app: App) -> None:
    """The table sorts them by name; other formats keep the server's order.

    \b
    $ nodewatch bos v2 sessiontemplates list
    $ nodewatch bos v2 sessiontemplates list --filter 'arch = arm' --format names
    """
    app.show_list(BosClient(app.backend("bos")).templates())


@command
@click.argument("session_template_id")
def describe_template(app: App, session_template_id: str) -> None:
    """Shows its boot sets: which nodes boot which image, and how they are configured.

    \b
    $ nodewatch bos v2 sessiontemplates describe compute-26.3
    """
    app.show(BosClient(app.backend("bos")).template(session_template_id), template_tables.template_page)


@command
@with_template
def create_template(
    app: App,
    session_template_id: str,
    file: str | None,
    description: str | None,
    enable_cfs: bool | None,
    cfs_configuration: str | None,
) -> None:
    """A template needs boot sets, which only a file can hold. One of the same name is replaced.

    \b
    $ nodewatch bos v2 sessiontemplates create compute-26.4 --file compute.json
    """
    wanted = read_template(app, file, description, enable_cfs is not False, cfs_configuration)
    app.show(BosClient(app.backend("bos")).put_template(session_template_id, wanted), template_tables.template_page)


@command
@with_template
def update_template(
    app: App,
    session_template_id: str,
    file: str | None,
    description: str | None,
    enable_cfs: bool | None,
    cfs_configuration: str | None,
) -> None:
    """Only what is given is changed. BOS before 2.44 wants the boot sets each time, which only a file can hold.

    \b
    $ nodewatch bos v2 sessiontemplates update compute-26.3 --file change.json
    """
    patch = read_template(app, file, description, enable_cfs, cfs_configuration)
    if not patch and not file:
        raise WrongUsage(f"nothing says what to change of {session_template_id}: add --file PATH, or another option.")
    app.show(BosClient(app.backend("bos")).update_template(session_template_id, patch), template_tables.template_page)


@command
@click.argument("session_template_id")
def delete_template(app: App, session_template_id: str) -> None:
    """Sessions that were created from it go on.

    \b
    $ nodewatch bos v2 sessiontemplates delete compute-26.3
    """
    app.show(BosClient(app.backend("bos")).delete_template(session_template_id))


@command
@click.argument("session_template_id")
def check_template(app: App, session_template_id: str) -> None:
    """Prints `Valid`, or what would keep a session from being created from it.

    Offline, whether the images exist is not known.

    \b
    $ nodewatch bos v2 sessiontemplatesvalid describe compute-26.3
    """
    app.show(BosClient(app.backend("bos")).template_validity(session_template_id))


@command
def show_example(app: App) -> None:
    """Save it, remove its name, change it, and create a template with it.

    \b
    $ nodewatch bos v2 sessiontemplatetemplate list --format json
    """
    app.show(BosClient(app.backend("bos")).example_template())
