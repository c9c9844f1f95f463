"""Commands and groups as click wants them, with the shared options at every level; nothing here asks a service."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import click
from click.core import ParameterSource

from nodewatch.app import DOCUMENTS, LIST_FORMATS

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


def keep(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    """Note a shared option's value with the invocation; levels are parsed outside in, so that the innermost wins."""
    if value is not None and ctx.obj is not None and param.name:
        ctx.obj.flags[param.name] = value
    return value


def shared(*names: str, **attributes: Any) -> click.Option:
    """Return an option whose value goes to the invocation's flags instead of the command's parameters."""
    return click.Option(names, expose_value=False, callback=keep, **attributes)


def flag(*names: str, **attributes: Any) -> click.Option:
    """Return a shared option without a value."""
    return shared(*names, is_flag=True, default=None, **attributes)


def print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    """Print the version and end."""
    if value and not ctx.resilient_parsing:
        from nodewatch import __version__

        click.echo(f"nodewatch {__version__}")
        ctx.exit()


class Text(click.types.StringParamType):
    """A text that may be empty, because the service has a meaning for that."""


class Naming(Kind):
    """What an option or argument takes that names something: an empty text, as an unset variable leaves it, is refused.

    For a service, or for us, it could mean everything there is. Every text and path is read so, but a `Text`.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind, self.name = kind, kind.name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return what the kind makes of the value; raise `click.BadParameter` for an empty or blank one."""
        given = ctx is None or param is None or ctx.get_parameter_source(str(param.name)) is not ParameterSource.DEFAULT
        if given and not str(value).strip():
            self.fail("it is empty, which never stands for all. Was a variable not set?", param, ctx)
        return self.kind.convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """Return what the kind offers."""
        return self.kind.shell_complete(ctx, param, incomplete)


DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
DOUBLY_ENCODED = "\u00e2\u20ac\u201c"  # an en dash that was read as Windows-1252: so the user guide page prints it


def mend_dash(word: str) -> str:
    r"""Return the word with its dashes in front made plain, if one of the first two is another character.

    Such a word is pasted from a formatted page: "View the Status of a BOS Session" prints one. A text with blanks is
    itself.

    >>> [mend_dash(word) for word in ("-\u2013format", "\u2014format", "\u2013v", "--format", "-v", "\u2013")]
    ['--format', '--format', '-v', '--format', '-v', '-']
    >>> mend_dash("\u2014 disk died") == "\u2014 disk died"
    True
    """
    plain = word.replace(DOUBLY_ENCODED, "\u2013")
    body = plain.lstrip("-" + DASHES)
    front = plain[: len(plain) - len(body)]
    if " " in word or not any(dash in DASHES for dash in front[:2]):
        return word
    return ("--" if len(body) > 1 else "-") + body


TRUTHS = dict.fromkeys(("true", "t", "1", "yes", "y", "on"), True) | dict.fromkeys(
    ("false", "f", "0", "no", "n", "off"), False
)


def boolean(text: str) -> bool:
    """Return what the value of an option says; raise `click.BadParameter` for what is neither, an empty one too.

    >>> boolean("True"), boolean("0")
    (True, False)
    """
    try:
        return TRUTHS[text.lower()]
    except KeyError:
        raise click.BadParameter(f"{text!r} is neither true nor false.") from None


def seconds(text: str) -> float:
    """Return the seconds on the command line; raise `click.BadParameter` for what are none.

    >>> seconds("2.5")
    2.5
    """
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise click.BadParameter(f"{text!r} is not a number of seconds above 0.")
    return number


def separator(text: str) -> str:
    r"""Return what stands between names, blanks as well; raise `click.BadParameter` for nothing.

    >>> separator(", "), separator(r"\n")
    (', ', '\n')
    """
    if not text:
        raise click.BadParameter("it is empty, and names that run together cannot be told apart.")
    return text.replace("\\n", "\n").replace("\\t", "\t")


FORMATS = ("table", *DOCUMENTS, *LIST_FORMATS, "html", "svg")
SHARED: list[click.Option] = [
    shared(
        "--format",
        type=click.Choice(FORMATS),
        help="How to print: a table on a terminal, else JSON. Lists: csv, tsv, names. As a file: html, svg.",
    ),
    shared("--local", metavar="PATH", help="Ask the local store or fleet file at PATH."),
    shared("--context", metavar="NAME", help="Ask the system of that NAME in the configuration."),
    shared("--configuration", metavar="NAME", help="Ask the system that cray knows by that NAME, or file."),
    shared("--tenant", metavar="NAME", help="Ask BOS as this tenant (NODEWATCH_TENANT)."),
    shared(
        "--token", metavar="FILE", help="Log in to BOS with the token in FILE: JSON as of cray, or the token alone."
    ),
    shared("--ca-bundle", metavar="FILE", help="Trust the certificates in FILE, not the system's."),
    flag("--insecure", help="Trust every server; warns each time."),
    shared("--request-timeout", type=seconds, help="Give up on a request after SECONDS (60)."),
    shared("--verbose", "-v", count=True, default=None, help="Trace requests on stderr; -vv with their bodies."),
    flag("--quiet", help="Say nothing on stderr but errors and warnings."),
    flag("--no-pager", help="Print a long table at once, not through $NODEWATCH_PAGER, $PAGER or less."),
    flag("--utc", help="Show times in UTC on a terminal too, not in its own zone."),
    flag("--dry-run", help="Say what would be changed, and change nothing."),
    click.Option(
        ["--version"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=print_version,
        help="Print the version.",
    ),
]
# What commands take that show a list.
AS_NAMES: list[click.Option] = [
    flag("--expand", help="With --format names: one name a line, instead of all folded into one."),
    shared("--separator", type=separator, metavar="TEXT", help="With --format names: TEXT between the names."),
]
LISTING: list[click.Option] = [
    shared("--filter", multiple=True, metavar="EXPRESSION", help="Only what fits: 'age > 30m and status != stable'."),
    shared("--sort", metavar="COLUMNS", help="Sort by these columns, -COLUMN the largest first."),
    shared("--columns", metavar="COLUMNS", help="Show these columns; `help` lists them with what they mean."),
    shared("--count-by", metavar="COLUMNS", help="Show how many are alike in these columns, the most first."),
    flag("--no-headings", help="Leave out the names of the columns."),
    *AS_NAMES,
]
# What `exchange` and everything below it take too.
ACCOUNT: list[click.Option] = [
    shared("--org", "-o", metavar="ORG", help="The organization (HZN_ORG_ID)."),
    shared("--user-pw", "-u", metavar="USER:PW", help="The user to ask as; better in HZN_EXCHANGE_USER_AUTH."),
    shared("--node-id-tok", "-n", metavar="ID:TOK", help="The node to ask as; better in HZN_EXCHANGE_NODE_AUTH."),
]
EVERY_KIND = flag("--all", help="Show every kind of error on a terminal too, not only the ten largest.")
WIDTH = 100  # columns: wider help reads badly
NAMES: dict[str, Any] = {"help_option_names": ["--help", "-h"], "max_content_width": WIDTH}


class Shared(click.Command):
    """A command that takes the shared options too, and lists them under a heading of their own."""

    sentence = ""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.context_settings = {**NAMES, **self.context_settings}
        self.params = [*self.params, *SHARED]
        for param in self.params:
            if type(param.type) in (click.types.StringParamType, click.Path):
                param.type = Naming(param.type)

    def get_help(self, ctx: click.Context) -> str:
        """Return the help page, as wide as the terminal; click would load shutil to ask, a tenth of a start."""
        if ctx.terminal_width is None and ctx.obj is not None:
            ctx.terminal_width = max(min(ctx.obj.world.columns, WIDTH) - 2, 50)
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

    `listing` is where the list that it shows is described (`bos_v2.tables:COMPONENTS`): then it can be filtered, sorted
    and counted, and had as names or CSV. `nodes` tells that its rows are nodes, without such a description.
    """

    def __init__(self, *args: Any, listing: str = "", nodes: bool = False, **attributes: Any) -> None:
        own = LISTING if listing else AS_NAMES if nodes else []
        super().__init__(*args, **{**attributes, "params": [*(attributes.get("params") or []), *own]})
        self.listing, self.nodes = listing, nodes

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
            app.expect_list(self.listing)
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


class later:  # noqa: N801  # it stands where an import would
    """A module of nodewatch whose functions can be named now: it is imported when the first of them is called."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, function: str) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            return getattr(import_module(f"nodewatch.{self.name}"), function)(*args, **options)

        return call
