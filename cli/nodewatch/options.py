"""What options and arguments take, and the options that many commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from nodewatch.app import DOCUMENT_FORMATS, LIST_FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Kind = click.ParamType[Any]  # older versions of click have no types of types
else:
    Kind = click.ParamType


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
        """Return what the kind makes of the value; raise `click.BadParameter` for one without a visible character."""
        given = ctx is None or param is None or ctx.get_parameter_source(str(param.name)) is not ParameterSource.DEFAULT
        if given and not any(each.isprintable() and not each.isspace() for each in str(value)):
            self.fail("it is empty, which never stands for all. Was a variable not set?", param, ctx)
        return self.kind.convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """Return what is known to fit, else what the kind offers."""
        from nodewatch.completion import offered

        return offered(ctx, param, incomplete) or self.kind.shell_complete(ctx, param, incomplete)


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


PICTURES = ("html", "svg")
FORMATS = ("table", *DOCUMENT_FORMATS, *LIST_FORMATS, *PICTURES)
SHARED: list[click.Option] = [
    shared(
        "--format",
        type=click.Choice(FORMATS),
        help="How to print: a table on a terminal, else JSON. Lists: csv, tsv, names. As a file: html, svg.",
    ),
    shared("--local", metavar="PATH", help="Ask the local store or fleet file at PATH."),
    shared("--context", metavar="NAME", help="Ask the system of that NAME in the configuration."),
    shared("--configuration", metavar="NAME", help="Ask the system that cray has configured as NAME, or in a file."),
    shared("--tenant", metavar="NAME", help="Ask BOS as this tenant (NODEWATCH_TENANT)."),
    shared(
        "--token",
        metavar="FILE",
        help="Log in to BOS with the token in FILE: JSON as cray keeps it, or the token alone.",
    ),
    shared("--ca-bundle", metavar="FILE", help="Trust the certificates in FILE, not the system's."),
    flag("--insecure", help="Do not verify certificates; warns each time."),
    shared("--request-timeout", type=seconds, help="Give up on a request after SECONDS (60)."),
    shared("--verbose", "-v", count=True, default=None, help="Trace requests on stderr; -vv with their bodies."),
    flag("--quiet", help="Print nothing but errors and warnings on stderr."),
    flag("--no-pager", help="Print a long table at once, not through $NODEWATCH_PAGER, $PAGER or less."),
    flag("--utc", help="Show times in UTC, also on a terminal, not in its time zone."),
    flag("--dry-run", help="Show what would be changed, and change nothing."),
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
    flag("--expand", help="With --format names: one name a line, not all folded into one."),
    shared(
        "--separator", type=separator, metavar="TEXT", help="With --format names: every name, with TEXT between them."
    ),
]
LISTING: list[click.Option] = [
    shared(
        "--filter",
        multiple=True,
        metavar="EXPRESSION",
        help="Only what matches, such as 'age > 30m and status != stable'; may be given again.",
    ),
    shared("--sort", metavar="COLUMNS", help="Sort by these columns; -COLUMN sorts the largest first."),
    shared("--columns", metavar="COLUMNS", help="Show these columns; `help` lists them with what they mean."),
    shared("--count-by", metavar="COLUMNS", help="Count the rows that have the same values in these columns."),
    flag("--no-headings", help="Leave out the names of the columns of a table, CSV or TSV."),
    *AS_NAMES,
]
# What `exchange` and everything below it take too.
ACCOUNT: list[click.Option] = [
    shared("--org", "-o", metavar="ORG", help="The organization (HZN_ORG_ID)."),
    shared("--user-pw", "-u", metavar="USER:PW", help="The user to ask as; better in HZN_EXCHANGE_USER_AUTH."),
    shared("--node-id-tok", "-n", metavar="ID:TOK", help="The node to ask as; better in HZN_EXCHANGE_NODE_AUTH."),
]
LOGINS = [name for option in ACCOUNT[1:] for name in option.opts]


def typed_secrets(words: Sequence[str]) -> Iterator[str]:
    """Return the logins on a command line that could not be understood, and their passwords.

    >>> list(typed_secrets(["-u", "me:hidden", "--node-id-tok=n:tok", "-nx:y", "-v"]))
    ['me:hidden', 'hidden', 'n:tok', 'tok', 'x:y', 'y']
    """
    for word, following in zip(words, [*words[1:], ""], strict=True):
        option, equals, value = mend_dash(word).partition("=")
        glued = word[2:] if word[:2] in LOGINS else ""
        login = (value if equals else following) if option in LOGINS else glued
        yield from filter(None, (login, login.partition(":")[2]))


EVERY_KIND = flag("--all", help="Show every kind of error on a terminal too, not only the ten largest.")
YES = click.option("--yes", is_flag=True, help="Do not ask, even on a terminal.")
