"""The commands `bos v1 list`, `bos v1 sessiontemplate ...` and `bos v1 sessiontemplatetemplate list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.bos_v1.client import BosV1Client
from nodewatch.errors import WrongUsage
from nodewatch.options import boolean
from nodewatch.tree import command, lazy

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.bos_v1 import tables, template_tables
else:  # only tables need them
    tables, template_tables = lazy("bos_v1.tables"), lazy("bos_v1.template_tables")


@command
def show_api(app: App) -> None:
    """The version of BOS, and where its APIs are.

    \b
    $ nodewatch bos v1 list
    """
    app.show(BosV1Client(app.backend("bos")).api(), tables.fields_page)


@command(listing="bos_v1.list_tables:TEMPLATE_LISTING")
def list_templates(app: App) -> None:
    """They are those of BOS v2, too. The table sorts them by name; other formats keep the server's order.

    \b
    $ nodewatch bos v1 sessiontemplate list
    $ nodewatch bos v1 sessiontemplate list --format json
    $ nodewatch bos v1 sessiontemplate list --filter 'nodes = *Application*' --format names
    """
    app.show_list(BosV1Client(app.backend("bos")).templates())


@command
@click.argument("session_template_id")
def describe_template(app: App, session_template_id: str) -> None:
    """Shows its boot sets: which nodes boot which image, and how they are configured.

    \b
    $ nodewatch bos v1 sessiontemplate describe cle-1.3.0
    """
    app.show(BosV1Client(app.backend("bos")).template(session_template_id), template_tables.template_page)


@command
@click.option("--name", metavar="NAME", help="Name of the template, instead of the one in the file.")
@click.option("--file", metavar="PATH", help="Take the template from this JSON file; - for stdin.")
@click.option("--description", metavar="TEXT", help="What the template is for.")
@click.option("--enable-cfs", type=boolean, help="Whether nodes are configured by CFS.")
@click.option("--cfs-configuration", metavar="NAME", help="Configuration to be applied.")
def create_template(
    app: App,
    name: str | None,
    file: str | None,
    description: str | None,
    enable_cfs: bool | None,
    cfs_configuration: str | None,
) -> None:
    """A template needs boot sets, which only a file can hold. One of the same name is replaced, in BOS v2 too.

    \b
    $ nodewatch bos v1 sessiontemplate create --name cle-1.4.0 --file compute.json
    """
    template: dict[str, object] = {}
    if file:
        from nodewatch.files import read_input, read_object

        source = "the template on stdin" if file == "-" else f"the template in {file}"
        template = read_object(read_input(file, app.world.stdin), source)
    given = {"name": name, "description": description, "enable_cfs": enable_cfs}
    template.update({field: value for field, value in given.items() if value is not None})
    if cfs_configuration is not None:
        template["cfs"] = {"configuration": cfs_configuration}
    if not template.get("name"):
        raise WrongUsage("the template has no name: add --name NAME.")
    app.show(BosV1Client(app.backend("bos")).put_template(template), template_tables.stored_template_page)


@command
@click.argument("session_template_id")
def delete_template(app: App, session_template_id: str) -> None:
    """It is gone from BOS v2, too. Sessions that were created from it go on.

    \b
    $ nodewatch bos v1 sessiontemplate delete cle-1.3.0
    """
    app.show(BosV1Client(app.backend("bos")).delete_template(session_template_id))


@command
def show_example(app: App) -> None:
    """Save it, change it, and create a template with it.

    \b
    $ nodewatch bos v1 sessiontemplatetemplate list --format json
    """
    app.show(BosV1Client(app.backend("bos")).example_template())
