"""What the lists of no one service show: one entry a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from nodewatch.differences import NODE_KINDS, THING_KINDS
from nodewatch.documents import as_text, part
from nodewatch.lists.listing import At, Attribute, Listing, place_attributes
from nodewatch.table import Cell, Column, plural

if TYPE_CHECKING:
    from nodewatch.documents import Document
    from nodewatch.table import Record, Style
    from nodewatch.times import Clock

KIND_STYLES: dict[str, Style] = {"newly failed": "bad", "new error": "bad", "recovered": "good", "ended": "good"}


def kind_cell(change: Document, _clock: Clock) -> Cell:
    """Return what kind of change it is, in its colour."""
    kind = as_text(change["kind"])
    return Cell(kind, KIND_STYLES.get(kind, ""))


FLEET_CHANGE_LISTING: Listing[Record] = Listing(
    [
        Attribute("node", "the node; or the session, the policy, the service", At("node"), Column("Name")),
        Attribute(
            "kind", "what became of it", At("kind"), Column("Kind"), kind_cell, words=(*NODE_KINDS, *THING_KINDS)
        ),
        Attribute("about", "whose word for it is compared", At("about"), Column("About", 1, shares=True)),
        Attribute("before", "what it was; empty where it was not there", At("before"), Column("Before")),
        Attribute("after", "what it is now; empty where it is gone", At("after"), Column("After")),
        Attribute("error", "the error that is new", At("error"), Column("Error", wraps=True)),
        *place_attributes(At("node")),
    ],
    order=None,
    empty="Nothing changed.",
)


class ContextAndCommand(TypedDict):
    """Which context something is in (None: no context), and the command that shows more of it."""

    context: str | None
    command: str


class GoingOn(ContextAndCommand):
    """A boot session or an agent upgrade that goes on, or has failed lately; `nodes` is None where not known."""

    kind: str
    name: str
    state: str
    failed: int
    nodes: int | None
    error: object
    since: object


def style_of(found: GoingOn) -> Style:
    """Return in which colour something is told that goes on."""
    return "bad" if found["failed"] or found["error"] else "" if found["state"] == "staged" else "busy"


def failed_cell(found: GoingOn, _clock: Clock) -> Cell:
    """Return how many nodes something is about, and how many of them have failed.

    >>> boot = {"state": "running", "failed": 2, "nodes": 3, "error": None}
    >>> failed_cell(boot, None).text, failed_cell({**boot, "failed": 0, "error": "no such template"}, None).text
    ('2 failed of 3', 'not set up')
    >>> failed_cell({**boot, "nodes": None}, None).text  # BOS v1 counts its errors only
    '2 failed'
    """
    failed, nodes = found["failed"], found["nodes"]
    if failed:
        told = f"{failed:,} failed" + ("" if nodes is None else f" of {nodes:,}")
    elif found["error"]:
        told = "not set up"
    elif nodes is None or (found["state"] == "pending" and not nodes):
        told = ""  # not known, or BOS has not looked yet which they are
    else:
        told = plural(nodes, "node")
    return Cell(told, style_of(found))


GOING_ON_LISTING: Listing[GoingOn] = Listing(
    [
        Attribute("name", "the session, or the policy", At("name"), Column("Name", 3)),
        Attribute("kind", "boot session or agent upgrade", At("kind"), Column("What", 2)),
        Attribute(
            "context", "the system, as the configuration calls it", At("context"), Column("Context", shares=True)
        ),
        Attribute(
            "state",
            "pending, running, staged, complete or ended; of BOS v1, what the server's flags say",
            At("state"),
            Column("State"),
            lambda found, _: Cell(found["state"], style_of(found)),
        ),
        Attribute(
            "nodes",
            "how many nodes it has, where that is known; of a policy how many have reported",
            At("nodes"),
            Column("Nodes", right=True),
            failed_cell,
            "number",
        ),
        Attribute("failed", "how many of them have failed", At("failed"), kind="number"),
        Attribute("error", "why the session could not be set up", At("error")),
        Attribute(
            "since",
            "when it was started",
            At("since"),
            Column("Started", 1),
            lambda found, clock: clock.day(found["since"]),
            "time",
        ),
        Attribute("command", "what shows more of it", At("command"), Column("More")),
    ],
    order=None,
    empty="Nothing is going on, and neither a policy nor a session of the last day has failed nodes.",
)


def settings_words(context: Document, _clock: object) -> str:
    """Return the settings of a context on one line."""
    return ", ".join(f"{key} = {value}" for key, value in part(context, "settings").items())


CONTEXT_LISTING: Listing[Document] = Listing(
    [
        Attribute(
            "name",
            "what --context calls it",
            At("name"),
            Column("Context"),
            lambda context, _: Cell(as_text(context["name"]), "strong"),
        ),
        Attribute(
            "active",
            "whether it is the one that counts",
            At("active"),
            Column("Active"),
            lambda context, _: Cell("yes", "good") if context["active"] else "",
            "truth",
        ),
        Attribute("settings", "what is set there", settings_words, Column("Settings", wraps=True)),
        Attribute("file", "the file that it is in; empty for the demo fleet", At("file"), Column("File", gives_way=1)),
    ],
    order=None,
    empty="There are no contexts.",
)
