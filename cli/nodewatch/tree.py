"""Commands and groups as click wants them, with the shared options at every level; nothing here asks a service."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import click

from nodewatch.app import LIST_FORMATS
from nodewatch.options import AS_NAMES, LISTING, SHARED, Naming, mend_dash

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


if TYPE_CHECKING:
    Kind = click.ParamType[Any]  # older versions of click have no types of types
else:
    Kind = click.ParamType


class Leaf(NamedTuple):
    """A command that is not imported yet: the sentence that its help opens with, and where its function stands."""

    sentence: str
    place: str


Other = tuple[str, str]
HELP_WIDTH = 100  # columns: wider help reads badly
HELP_SETTINGS: dict[str, Any] = {"help_option_names": ["--help", "-h"], "max_content_width": HELP_WIDTH}


class Shared(click.Command):
    """A command that takes the shared options too, and lists them under a heading of their own."""

    sentence = ""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.context_settings = {**HELP_SETTINGS, **self.context_settings}
        self.params = [*self.params, *SHARED]
        for param in self.params:
            if type(param.type) in (click.types.StringParamType, click.Path):
                param.type = Naming(param.type)

    def get_help(self, ctx: click.Context) -> str:
        """Return the help page, as wide as the terminal; click would load shutil to ask, a tenth of a start."""
        if ctx.terminal_width is None and ctx.obj is not None:
            ctx.terminal_width = max(min(ctx.obj.world.columns, HELP_WIDTH) - 2, 50)
        return super().get_help(ctx)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sentence from the tree, then the function's own words."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.sentence)
        if self.help:
            super().format_help_text(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options, a group's members, and where those are that every command takes."""
        write_section(formatter, "Options", records([each for each in self.get_params(ctx) if each not in SHARED], ctx))
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)
        formatter.write_paragraph()
        formatter.write_text("Shared options, such as --format and --local: nodewatch help options")


def records(params: Sequence[click.Parameter], ctx: click.Context) -> list[tuple[str, str]]:
    """Return the names of the options among the parameters, and what they mean."""
    return [record for each in params if (record := each.get_help_record(ctx)) is not None]


def write_section(formatter: click.HelpFormatter, heading: str, rows: list[tuple[str, str]]) -> None:
    """Write names and what they mean under a heading; nothing if there are none."""
    if rows:
        with formatter.section(heading):
            formatter.write_dl(rows)


class Command(Shared):
    """A command: its function's docstring is the help below the sentence.

    `listing` is where the list that it shows is described (`bos_v2.list_tables:COMPONENT_LISTING`): then it can be
    filtered, sorted and counted, and had as names or CSV. `other` is a flag of its own, and the list that it shows
    instead then. `nodes` tells that its rows are nodes, without such a description.
    """

    def __init__(
        self, *args: Any, listing: str = "", other: Other = ("", ""), nodes: bool = False, **attributes: Any
    ) -> None:
        own = LISTING if listing else AS_NAMES if nodes else []
        super().__init__(*args, **{**attributes, "params": [*(attributes.get("params") or []), *own]})
        self.listing, self.other, self.nodes = listing, other, nodes

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line; raise `click.UsageError` for an option that a pasted dash makes an argument."""
        words = list(args)
        rest = super().parse_args(ctx, args)
        for param in self.params:
            if isinstance(param, click.Argument) and "--" not in words:
                value = ctx.params.get(str(param.name)) or ()
                for word in (value,) if isinstance(value, str) else value:
                    if mend_dash(word) != word:
                        raise click.UsageError(f"{word!r} is no name.", ctx)
        return rest

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; raise `click.UsageError` before anything is asked or changed, if the options cannot be obeyed."""
        app, flags = ctx.obj, ctx.obj.flags
        style = flags.get("format")
        if style in LIST_FORMATS and not (self.listing or self.nodes):
            raise click.UsageError(f"--format {style} is for lists, and this is none.", ctx)
        for option in AS_NAMES:
            if flags.get(str(option.name)) is not None and style != "names":
                raise click.UsageError(f"{option.opts[0]} goes with --format names.", ctx)
        if self.listing:
            flag, other = self.other
            app.list.expect(other if ctx.params.get(flag) else self.listing)
            if flags.get("columns") == "help":
                app.show_columns()
                return None
        return super().invoke(ctx)


def show_bare() -> None:
    """Print a group's help when no member was named, as `cray` and `hzn` do."""
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is None and isinstance(ctx.command, Group):
        click.echo(ctx.get_help(), err=bool(ctx.command.bare))
        ctx.exit(ctx.command.bare)


class Group(Shared, click.Group):
    """A group whose members are named in the tree and imported when they are called."""

    def __init__(
        self,
        sentence: str,
        members: Mapping[str, Group | Leaf],
        *,
        bare: int = 0,
        params: Sequence[click.Parameter] = (),
        aliases: Mapping[str, str] | None = None,
        begin: Sequence[tuple[str, str]] = (),
        elsewhere: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(
            None,
            params=list(params),
            invoke_without_command=True,
            callback=show_bare,
            subcommand_metavar="COMMAND [ARGS]...",
        )
        self.sentence, self.members, self.bare, self.aliases = sentence, members, bare, aliases or {}
        self.begin = begin
        self.elsewhere = {name: program for program, names in (elsewhere or {}).items() for name in names.split()}
        self.short_help = sentence
        self.commands = dict.fromkeys(members, self)  # names only: click suggests from them what was meant

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names of the members, as the tree orders them."""
        return list(self.members)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Return the member of that name, imported now; None if there is none."""
        member = self.members.get(self.aliases.get(name, name))
        if not isinstance(member, Leaf):
            return member
        module, _, function = member.place.partition(":")
        command: Command = getattr(import_module(f"nodewatch.{module}"), function)
        command.sentence = command.short_help = member.sentence
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands to begin with, then groups, then commands, without importing one."""
        write_section(formatter, "Begin with", list(self.begin))
        for heading, wanted in (("Groups", Group), ("Commands", Leaf)):
            rows = [(self.names(name), one.sentence) for name, one in self.members.items() if isinstance(one, wanted)]
            write_section(formatter, heading, rows)

    def names(self, name: str) -> str:
        """Return a member's name with its other names."""
        return ", ".join([name, *(short for short, long in self.aliases.items() if long == name)])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Return what the next word names; where only one member can be meant, say how that is typed."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if args[0] in self.elsewhere:
                words = f"only `{self.elsewhere[args[0]]} {args[0]}` has this: it is no part of nodewatch."
                raise click.UsageError(words, ctx) from error
            if len(self.members) > 1 or getattr(error, "possibilities", None):
                raise
            meant = " ".join([ctx.command_path, *self.members, *args])
            raise click.UsageError(f"{error.message} You mean: {meant}", ctx) from error


@overload
def command(function: Callable[..., Any], /) -> Any: ...


@overload
def command(**attributes: Any) -> Callable[[Any], Any]: ...


def command(*params: Any, **attributes: Any) -> Any:
    """Declare a command of the tree: `click.command` with the shared options, and the invocation as first argument."""

    def declare(function: Any) -> click.Command:
        return click.command(cls=Command, **attributes)(click.pass_obj(function))

    return declare(params[0]) if params else declare


class lazy:  # noqa: N801  # it stands where an import would
    """A module of nodewatch whose functions can be named now: it is imported when the first of them is called."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, function: str) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            return getattr(import_module(f"nodewatch.{self.name}"), function)(*args, **options)

        return call
