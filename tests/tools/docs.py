"""Write the man pages and the completions: `python tests/tools/docs.py`, in the source tree.

With `--check` nothing is written: the stale files are named, and the exit code is 1 if there is one. A page says of a
command what its help says: the sentence in the tree, then the function's docstring; lines after `\\b` are examples.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
from completions import completions

from nodewatch import __version__
from nodewatch.command_tree import BOS_GROUP, NMSTATUS_GROUP, TREE
from nodewatch.options import SHARED
from nodewatch.tree import Group, Shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SHORTCUTS = {"bos": BOS_GROUP, "nmstatus": NMSTATUS_GROUP}

DESCRIPTION = """
Shows, for a whole fleet at once, how far a boot (HPE Cray CSM: the Boot Orchestration Service, BOS) or an agent upgrade
(Open Horizon: node management policies, NMP) has come, which nodes failed, and why.

The commands are those of `cray bos` and `hzn`, with the same arguments and options. They ask the system that an
option, the environment or a file names, or a local store, which is one file that answers as the system would. When
nothing names a system, they explain how to name one; `nodewatch demo` makes a fleet to look at.

Data goes to standard output, everything else to standard error. On a terminal, data is a table; else it is JSON, the
server's own document with all its fields. `--format` decides otherwise.
"""

LISTS = """
Commands that show a list take `--filter`, `--sort`, `--columns`, `--count-by` and `--no-headings`. `--columns help`
names the columns and says what they mean. A column can be called by its name, by its heading in the table, or by any
beginning of either that only it has; upper and lower case are the same.

A filter compares columns with values, by `=`, `!=`, `<`, `<=`, `>` and `>=`; `~` and `!~` match them against a regular
expression. `and`, `or`, `not` and parentheses join comparisons. In a value `*` stands for any text and `?` for one
character; a backslash takes the next character as it is; a value with blanks or parentheses stands in quotes, and '' is
the empty one. Ages are durations (`age > 30m`), times are RFC 3339 or a date, numbers in names compare as numbers.

Without `--columns` and `--count-by`, JSON, YAML and TOML print the service's own documents, those that match, in their
order. With either they print flat records, as `--format csv` and `tsv` do: times in UTC, durations in seconds.
`--format names` prints the names alone, folded; what it prints is taken wherever nodes are named.
"""

AS_CRAY = """
Through a link named `cray` (`ln -s "$(command -v nodewatch)" ~/bin/cray`) what goes into a pipe is TOML, as scripts
expect it of `cray`, instead of JSON; everything else is the same, exit codes too: `cray` itself ends with 2 whatever
went wrong, nodewatch as below. A script that also needs what only `cray` has takes a function:

\b
cray() {
    case $1 in
        bos) nodewatch --format toml "$@" ;;
        *) command cray "$@" ;;
    esac
}
"""

EXIT_STATUS = {
    0: "Done. After waiting: finished, and every node succeeded.",
    1: "A prompt was declined, or nodewatch has a defect.",
    2: "The command line is wrong; nothing was sent.",
    3: "The server's answer could not be understood.",
    4: "A local file could not be read or written.",
    5: "The server refused, could not be reached, or did not confirm a change.",
    6: "Not logged in, login expired, or not permitted.",
    7: "Configuration is missing or wrong.",
    8: "What was asked for was not found.",
    10: "Finished, but not every node succeeded, or there was none.",
    11: "The time to wait ran out; the nodes that are not done are named.",
    12: "What was waited for no longer exists.",
    130: "Interrupted (Ctrl-C).",
    141: "The reader of the output went away.",
}

ENDS_OF_WAITING = """
What 0 means after `--wait` or `--watch`, for each thing that can be waited for:

`bos v2 sessions status list`: the session is over, every node is stable, and its status and its components agree on
that. It is over when BOS says that it is complete, or when it is running and BOS acts on none of its nodes any more and
none waits to be applied. While status and components contradict each other nodewatch looks again; a contradiction that
stands for `--settle` ends in 10. Of more than 20,000 nodes, where the percentages do not tell one, an error in the
status is a failure unless the components prove every node stable.

`bos v2 sessions list`: every session that fits and ran is over, as above, and has succeeded; what is staged,
and waits to be applied, is not waited for.

`bos v2 components list|describe|map`, `bos v2 sessions map`: BOS works on none of the components any more, and all are
stable. Which they are, filters decide at the first look. Those of a session are not known before it is set up: until
then they are waited for. Ids that BOS does not know end in 8.

`bos v1 session status list|describe`: every boot set has a status that can be read, every node of the phases that are
waited for has succeeded or is excluded, none has failed an earlier phase, at least one has succeeded, and the server
counts no more errors than it shows failed nodes. When boot is over, and no node has entered configure, nothing
configures, and nobody is waited for there. What is stalled, or cannot be read, ends in 10 when it has not changed for
`--settle`.

`exchange nmp status`, `exchange nmp reset`: every node that is waited for has a good end (`successful` or `no action
required`) that is no older than the policy's last change. These are the nodes that have a status of the policy, and
while it is enabled those that it is meant for, or may be (of all policies, `'*'`, those that it is known to be meant
for); with `--nodes` those that are named, with `--expect` at least so many that have a status. `--filter`, `--status`
and `--older-than` only choose what is printed. `failed` and `unknown` count as the end when they have stood for
`--settle`; a node that may not be asked keeps it from 0.

`exchange node management status`, `nmstatus list`: every status that the node has is such a good end; a policy that is
named, and has none, is waited for. No status at all ends in 8.

A node that was failed, or not at its end, when it was last seen, and is not there any more (another session took it, or
it was removed) keeps any of these from 0: they end in 10, or in 12 if no node is left, and it is named with what was
last seen of it. A session that was deleted, or deleted and made again under its name, ends in 12.
"""

ENVIRONMENT = {
    "NODEWATCH_CONTEXT": "The context of the configuration file to use, as `--context` names it.",
    "NODEWATCH_LOCAL": "The local store or fleet file to ask, as `--local` names it.",
    "NODEWATCH_BOS_URL": "The base URL of BOS, such as `https://HOST/apis/bos`.",
    "HZN_EXCHANGE_URL": "The base URL of the Exchange, such as `https://HOST/v1`.",
    "HORIZON_URL": "The base URL of the agent on this node (`http://localhost:8510`).",
    "NODEWATCH_TOKEN": "The bearer token for BOS.",
    "CRAY_CREDENTIALS": "A file with the bearer token for BOS: the JSON that `cray` keeps, or the token alone.",
    "CRAY_CONFIG": "The configuration of `cray` to work with: a name, or an absolute path.",
    "CRAY_CONFIG_DIR": "Where the files of `cray` are kept, instead of the home directory.",
    "NODEWATCH_TENANT": "The tenant to ask BOS as.",
    "NODEWATCH_CA_BUNDLE": "A file of certificates to trust instead of the system's.",
    "NODEWATCH_COMPLETION_TIMEOUT": "Seconds that a shell waits for names to complete (0.25).",
    "NODEWATCH_FORMAT": "The format on a terminal, unless `--format` is given.",
    "NODEWATCH_REQUEST_TIMEOUT": "How many seconds a request may take, as `--request-timeout` sets it.",
    "NODEWATCH_RETRIES": "How often a request is repeated after a temporary failure (3); 0 turns that off.",
    "HZN_FSS_CSSURL": "The base URL of the model management service (CSS), which keeps manifests.",
    "HZN_DONT_SUBST_ENV_VARS": "1 leaves `$NAME` in the file of `exchange nmp add` as it is.",
    "HZN_ORG_ID": "The organization in the Exchange.",
    "HZN_EXCHANGE_USER_AUTH": "The user to ask the Exchange as, `[ORG/]USER:PASSWORD`.",
    "HZN_EXCHANGE_NODE_AUTH": "The node to ask the Exchange as, `[ORG/]NODE:TOKEN`, when no user is given. "
    "It is not used for what only a user may do: adding, removing, enabling and disabling policies.",
    "USING_API_KEY": "Set when HZN_EXCHANGE_USER_AUTH holds an API key.",
    "HZN_HTTP_TIMEOUT, HZN_HTTP_RETRIES": "What NODEWATCH_REQUEST_TIMEOUT and NODEWATCH_RETRIES are, for Horizon only.",
    "HZN_ICP_CA_CERT_PATH, HZN_MGMT_HUB_CERT_PATH": "Certificates to trust for the Exchange, beside the system's.",
    "HZN_SSL_SKIP_VERIFY": "Set to reach the Exchange without verifying its certificate.",
    "HTTPS_PROXY, HTTP_PROXY, NO_PROXY": "The proxies to use, and the hosts to reach without one.",
    "NO_COLOR, FORCE_COLOR, TERM": "Whether tables are coloured, as everywhere.",
    "NODEWATCH_PAGER, PAGER": "The program for tables longer than the terminal (`less`, with LESS=FRX unless that is "
    "set); `cat` or nothing: none.",
    "COLUMNS": "The width of tables, if not the terminal's.",
    "VISUAL, EDITOR": "The editor for `config edit`; the first that is set counts.",
    "XDG_CONFIG_HOME": "Where the configuration is kept, instead of `~/.config`.",
    "XDG_DATA_HOME": "Where the demo store is kept, instead of `~/.local/share`.",
}

CONFIGURATION = """
`config.toml` is TOML: contexts, each of them a name for systems and for how they are reached, and `context`, the one
that is used where no flag and no variable names another. `nodewatch config init` writes the first, `nodewatch config
set` and `nodewatch config edit` change it, and a file that would be wrong never takes the place of one that is right.

\b
context = "prod"

\b
[contexts.prod]
bos.url = "https://api.example.com/apis/bos"   # the Boot Orchestration Service
bos.tenant = "blue"                            # the tenant to ask it as
exchange.url = "https://hub.example.com/v1"    # the Exchange
exchange.org = "harbor"                        # the organization in it
agent.url = "http://localhost:8510"            # the agent on a node
ca_bundle = "prod-ca.pem"                      # certificates to trust; relative to this folder
proxy = "http://proxy.example.com:3128"        # "" for none at all
request_timeout = 30                           # seconds

\b
[contexts.support-case]
local = "~/case-4711.json"                     # a local store or a fleet file, which answers everything

The context `demo` is always there: the fleet that `nodewatch demo` makes. Passwords and tokens are not kept here.
`CRAY_CREDENTIALS` and `--token` name a file with the token for BOS: the JSON that `cray` keeps, with `access_token` in
it, or the bare token alone.
"""

FILES = {
    "~/.local/share/nodewatch/demo.db": "The demo store, which `nodewatch demo` makes.",
    "~/.config/nodewatch/config.toml, /etc/nodewatch/config.toml": "The configuration: the user's, and the machine's.",
    "~/.config/cray": "What `cray` is configured with, and where it keeps its login.",
    "~/.hzn/hzn.json, /etc/default/horizon, /etc/horizon/*.json": "What `hzn` is configured with, the first one first.",
}


class Entry(NamedTuple):
    """A command and the paths that lead to it, the longest-lived first: `bos v2 sessions list`, `bos sessions list`."""

    command: Shared
    paths: list[str]


def entries(name: str, member: click.Command) -> list[Entry]:
    """Return the commands below (or at) a member of the tree, in its order, each once."""
    found: dict[int, Entry] = {}
    for path, command in walk(name, member):
        found.setdefault(id(command), Entry(command, [])).paths.append(path)
    return list(found.values())


def walk(path: str, member: click.Command) -> Iterator[tuple[str, Shared]]:
    """Return every path from here to a command, with the command."""
    if isinstance(member, Group):
        context = click.Context(member)
        for name in [*member.members, *member.aliases]:
            below = member.get_command(context, name)
            if below is not None:
                yield from walk(f"{path} {name}", below)
    elif isinstance(member, Shared):
        yield path, member


def man_pages() -> dict[str, str]:
    """Return the man pages by their names: of nodewatch, of each group and command in it, and of the shortcuts."""
    pages = {"nodewatch.1": main_page()}
    for name, member in TREE.members.items():
        page = group_page(name, member) if isinstance(member, Group) else command_page(name)
        pages[f"nodewatch-{name}.1"] = page
    for name, group in SHORTCUTS.items():
        pages[f"{name}.1"] = shortcut_page(name, group)
    return pages


def main_page() -> str:
    """Return the man page of nodewatch: what all commands share, and where each is described."""
    lines = [
        *head("nodewatch", TREE.sentence),
        *synopsis("nodewatch", "[OPTIONS] COMMAND ..."),
        ".SH DESCRIPTION",
        *prose(DESCRIPTION),
        ".SH COMMANDS",
    ]
    for name, member in TREE.members.items():
        lines += [".TP", bold(f"nodewatch {name}"), roff(f"{member.sentence} See nodewatch-{name}(1).")]
    context = click.Context(TREE, info_name="nodewatch", **TREE.context_settings)
    shared = [*SHARED, TREE.get_help_option(context)]
    lines += [".SH OPTIONS", "Every command takes these, in any place, before its arguments or after them."]
    lines += option_list((option for option in shared if option is not None), context)
    lines += [
        ".SH LISTS",
        *prose(LISTS),
        ".SH AS CRAY",
        *prose(AS_CRAY),
        ".SH EXIT STATUS",
        *table({str(code): text for code, text in EXIT_STATUS.items()}),
    ]
    lines += prose(ENDS_OF_WAITING)
    lines += [".SH CONFIGURATION", *prose(CONFIGURATION)]
    lines += [".SH ENVIRONMENT", *table(ENVIRONMENT), ".SH FILES", *table(FILES)]
    return finished(lines, [*(f"nodewatch-{name}" for name in TREE.members), *SHORTCUTS])


def command_page(name: str) -> str:
    """Return the man page of a command that is in no group."""
    [entry] = [entry for entry in entries("nodewatch", TREE) if entry.paths[0] == f"nodewatch {name}"]
    command, context = entry.command, click.Context(entry.command, info_name=entry.paths[0])
    lines = [*head(f"nodewatch-{name}", command.sentence), ".SH SYNOPSIS", usage(entry), ".SH DESCRIPTION"]
    lines += [roff(command.sentence), *prose(command.help or "")]
    lines += prose("The options that all commands share, the exit status and the environment are in nodewatch(1).")
    own = option_list((param for param in command.params if param not in SHARED), context)
    return finished([*lines, *([".SH OPTIONS", *own] if own else [])], ["nodewatch"])


def group_page(name: str, group: Group) -> str:
    """Return the man page of a group: every command in it."""
    path = f"nodewatch {name}"
    lines = [*head(f"nodewatch-{name}", group.sentence), *synopsis(path, "[OPTIONS] COMMAND ...")]
    lines += [".SH DESCRIPTION", roff(group.sentence), *prose(group.help or "")]
    lines += prose("The options that all commands share, the exit status and the environment are in nodewatch(1).")
    own = [param for param in group.params if param not in SHARED]
    if own:
        lines += [".SH OPTIONS", "Every command below takes these."]
        lines += option_list(own, click.Context(group, info_name=path))
    lines.append(".SH COMMANDS")
    for entry in entries(path, group):
        lines += command_section(entry, group)
    return finished(lines, ["nodewatch", *(shortcut for shortcut in SHORTCUTS if shortcut == name)])


def shortcut_page(name: str, group: Group) -> str:
    """Return the man page of a shortcut: a list of its commands."""
    lines = [*head(name, group.sentence), *synopsis(name, "[OPTIONS] COMMAND ..."), ".SH DESCRIPTION"]
    lines += prose(f"`{name}` is short for `nodewatch {name}`, with the same options, output and exit status.")
    lines.append(".SH COMMANDS")
    for entry in entries(name, group):
        lines += [".TP", usage(entry), roff(entry.command.sentence)]
    return finished(lines, ["nodewatch", f"nodewatch-{name}"])


def command_section(entry: Entry, group: Group) -> list[str]:
    """Return a command's part of its group's page: usage, sentence, help, examples, own options, other names."""
    command, context = entry.command, click.Context(entry.command, info_name=entry.paths[0])
    lines = [f".SS {usage(entry)}", roff(command.sentence), *prose(command.help or "")]
    lines += option_list((param for param in command.params if param not in group.params), context)
    if entry.paths[1:]:
        others = ", ".join(f"`{path}`" for path in entry.paths[1:])
        lines += prose(f"The same: {others}.")
    return lines


def usage(entry: Entry) -> str:
    """Return a command's path in bold, then its arguments."""
    context = click.Context(entry.command, info_name=entry.paths[0])
    return f"{bold(entry.paths[0])} {roff(' '.join(entry.command.collect_usage_pieces(context)))}"


def option_list(params: Iterable[click.Parameter], context: click.Context) -> list[str]:
    """Return the options, each with its help."""
    options = [param for param in params if isinstance(param, click.Option)]
    records = [record for option in options if (record := option.get_help_record(context)) is not None]
    return [line for names, text in records for line in (".TP", option_names(names), inline(text))]


def option_names(text: str) -> str:
    r"""Return an option's names in bold, and what stands for its value in italics.

    >>> print(option_names("-v, --verbose LEVEL"))
    \fB\-v,\fR \fB\-\-verbose\fR \fILEVEL\fR
    """
    words = [(word, "B" if word.startswith("-") else "I") for word in text.split()]
    return " ".join(f"\\f{font}{roff(word)}\\fR" for word, font in words).replace("|", "|\\:")  # a line may end there


def head(name: str, sentence: str) -> list[str]:
    """Return how a page begins: without a date, so that it changes with its content only."""
    brief = sentence.rstrip(".")
    if not brief[:2].isupper():
        brief = brief[0].lower() + brief[1:]
    return [
        '.\\" Written by `python tests/tools/docs.py`: change the command tree, not this file.',
        ".nr HY 0",
        f'.TH {roff(name.upper())} 1 "" "nodewatch {roff(__version__)}" "nodewatch"',
        ".ad l",
        ".SH NAME",
        f"{roff(name)} \\- {roff(brief)}",
    ]


def synopsis(name: str, rest: str) -> list[str]:
    """Return the section that says how the command is called."""
    return [".SH SYNOPSIS", f"{bold(name)} {roff(rest)}"]


def table(texts: Mapping[str, str]) -> list[str]:
    """Return names, each with what it means."""
    return [line for name, text in texts.items() for line in (".TP", bold(name), inline(text))]


def finished(lines: list[str], others: Iterable[str]) -> str:
    """Return the page's text, the other pages named at its end."""
    named = ", ".join(f"{bold(name)}(1)" for name in others)
    return "\n".join([*lines, ".SH SEE ALSO", named]) + "\n"


def prose(text: str) -> list[str]:
    """Return paragraphs; one that begins with a line `\\b` keeps its lines, as click has it."""
    lines = []
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        if paragraph.startswith("\b"):
            lines += [".PP", ".RS 4", ".EX", *map(roff, paragraph.split("\n")[1:]), ".EE", ".RE"]
        elif paragraph:
            lines += [".PP", inline(" ".join(paragraph.split()))]
    return lines


def inline(text: str) -> str:
    r"""Return running text, with what stands in backticks in bold.

    >>> print(inline("As `--local` names it: C:\\nodes."))
    As \fB\-\-local\fR names it: C:\enodes.
    """
    return re.sub(r"\\\(ga(.*?)\\\(ga", r"\\fB\1\\fR", roff(text))


def bold(text: str) -> str:
    """Return the text in bold."""
    return f"\\fB{roff(text)}\\fR"


ROFF = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti", '"': "\\(dq"}


def roff(text: str) -> str:
    r"""Return the text for a man page: nothing in it is taken as a request, an escape or a typographic quote.

    >>> print(roff(".so it's - \\ \u2026"))
    \&.so it\(aqs \- \e \[u2026]
    """
    written = "".join(ROFF.get(each) or (each if each.isascii() else f"\\[u{ord(each):04X}]") for each in text)
    return "\\&" + written if text.startswith(".") else written


def documents() -> dict[str, str]:
    """Return all files that are written, by their paths in the source tree."""
    pages = {f"man/{name}": text for name, text in man_pages().items()}
    return {**pages, **{f"completions/{name}": text for name, text in completions().items()}}


def stale(root: Path) -> list[str]:
    """Return the paths of the files that are missing, differ, or should not be there."""
    wanted = documents()
    present = {f"{folder}/{path.name}" for folder in ("man", "completions") for path in (root / folder).iterdir()}
    differ = {path for path, text in wanted.items() if path not in present or (root / path).read_text("utf-8") != text}
    return sorted(differ | (present - wanted.keys()))


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; name the stale files.")
def main(*, check: bool) -> None:
    """Write man/ and completions/ below the current directory."""
    root = Path.cwd()
    if not (root / "man").is_dir():
        raise click.ClickException(f"{root} is not the source tree: it has no man/.")
    found = stale(root)
    if check:
        for path in found:
            click.echo(f"{path} is stale: run `python tests/tools/docs.py`.", err=True)
        raise SystemExit(bool(found))
    for path in found:
        text = documents().get(path)
        if text is None:
            (root / path).unlink()
        else:
            (root / path).write_text(text, "utf-8")
        click.echo(path)


if __name__ == "__main__":
    main()
