"""The command `help`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.options import SHARED
from nodewatch.tree import command, records, write_section

if TYPE_CHECKING:
    from nodewatch.app import App


def shared_options(context: click.Context) -> str:
    """Return the help on the options that every command takes."""
    formatter = context.make_formatter()
    help_option = context.command.get_help_option(context)
    write_section(formatter, "Shared options", records([*SHARED, *([help_option] if help_option else [])], context))
    return formatter.getvalue().rstrip("\n")


@command
@click.argument("words", nargs=-1, metavar="[COMMAND]...")
def show_help(_app: App, words: tuple[str, ...]) -> None:
    """The same as --help behind the command; `help options` shows the options that every command takes.

    \b
    $ nodewatch help bos sessions list
    $ nodewatch help options
    """
    context = click.get_current_context().find_root()
    if words == ("options",):
        click.echo(shared_options(context))
        return
    for word in words:
        group = context.command
        if not isinstance(group, click.Group):
            raise click.UsageError(f"{context.command_path} has no commands below it.", context)
        name, found, _ = group.resolve_command(context, [word])  # which raises for a word that is no command
        context = click.Context(found or group, info_name=name, parent=context, obj=context.obj)
    click.echo(context.command.get_help(context))
