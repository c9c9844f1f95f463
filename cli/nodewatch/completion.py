"""What a shell is told that asks what may come next: names from the system that would be asked, and words we know.

Nobody is told of trouble here, and nobody waits for it: whatever takes too long, or fails, offers nothing.
"""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING, Any

from click.shell_completion import CompletionItem, shell_complete

from nodewatch.app import App
from nodewatch.documents import id_of
from nodewatch.world import MutedWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import click

    from nodewatch.world import World

    Offer = Callable[[App, click.Context, str], Iterable[str]]

MOST = 500  # nodes: of more, a list helps nobody
PATIENCE = 0.25  # seconds: with the start, which is over by now, that makes 300 ms


def complete(tree: click.Command, program: str, variable: str, instruction: str) -> int:
    """Print what may come next, as the shell's script wants it, and return the exit code."""
    app = App(MutedWorld())
    with app.closing, contextlib.suppress(Exception):
        return shell_complete(tree, {"obj": app}, program, variable, instruction)
    return 0


def wait_no_longer(world: World) -> None:
    """End this process when names have been waited for long enough, whatever Python is busy with then."""
    seconds = patience(world.variable("NODEWATCH_COMPLETION_TIMEOUT"))
    world.deadline = world.monotonic() + seconds
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def patience(text: str | None) -> float:
    """Return how many seconds names are waited for, as the variable says it; anything but a number is as none.

    >>> patience("2"), patience(None), patience("long"), patience("-1")
    (2.0, 0.25, 0.25, 0.25)
    """
    try:
        seconds = float(text or PATIENCE)
    except ValueError:
        return PATIENCE
    return seconds if 0 < seconds < 60 else PATIENCE


def offered(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return what may stand for the parameter, of what begins like the incomplete word."""
    metavar = str(param.metavar or "").strip("[]")
    if metavar in FILES:
        return [CompletionItem(incomplete, type="file")]
    name = next((each for each in (*param.opts, metavar, str(param.name)) if each in OFFERS), "")
    if not name or ctx.obj is None:
        return []
    done, _, last = incomplete.rpartition(",") if name in LISTS else ("", "", incomplete)
    start = done and f"{done},"
    wait_no_longer(ctx.obj.world)
    words = dict.fromkeys(OFFERS[name](ctx.obj, ctx, last))
    return [CompletionItem(start + word) for word in words if word.startswith(last)][:MOST]


def sessions(app: App, ctx: click.Context, _start: str) -> Iterable[str]:
    """Return the names of the sessions."""
    if of_v1(ctx):
        from nodewatch.bos_v1.client import BosV1Client

        return BosV1Client(app.backend("bos")).sessions()
    return (str(session.get("name")) for session in bos(app).sessions())


def templates(app: App, ctx: click.Context, _start: str) -> Iterable[str]:
    """Return the names of the session templates."""
    if of_v1(ctx):
        from nodewatch.bos_v1.client import BosV1Client

        return (str(template.get("name")) for template in BosV1Client(app.backend("bos")).templates())
    return (str(template.get("name")) for template in bos(app).templates())


def of_v1(ctx: click.Context) -> bool:
    """Return whether the command asks BOS v1."""
    return bool({"v1", "session", "sessiontemplate"} & {*ctx.command_path.split()})


def bos(app: App) -> Any:
    """Return BOS v2, to be asked."""
    from nodewatch.bos_v2.client import BosClient

    return BosClient(app.backend("bos"))


def components(app: App, _ctx: click.Context, start: str) -> Iterable[str]:
    """Return the ids of components, from those on that begin so."""
    page = bos(app).components(start_after_id=just_before(start), page_size=MOST, fields=("id",))
    return (id_of(component) for component in page)


def just_before(start: str) -> str | None:
    """Return a text that sorts before all ids that begin so, and after most others; None for none.

    >>> just_before("x1001"), just_before("x10"), just_before("")
    ('x1000z', 'x1', None)
    """
    if not start or start[-1] == "0":
        return start[:-1] or None
    return f"{start[:-1]}{chr(ord(start[-1]) - 1)}z"


def policies(app: App, ctx: click.Context, start: str) -> Iterable[str]:
    """Return the names of the policies: with their organization, if that is typed."""
    if "nmstatus" in ctx.command_path.split():
        from nodewatch.horizon.client import AgentClient

        return as_typed(AgentClient(app.backend("agent")).statuses(), start)
    from nodewatch.horizon.client import ExchangeClient

    return as_typed(ExchangeClient(app.backend("exchange")).policies(organization(app, start)), start)


def nodes(app: App, _ctx: click.Context, start: str) -> Iterable[str]:
    """Return the names of the Exchange's nodes: with their organization, if that is typed."""
    from nodewatch.horizon.client import ExchangeClient

    return as_typed(ExchangeClient(app.backend("exchange")).nodes(organization(app, start)), start)


def organization(app: App, start: str) -> str:
    """Return the organization that is typed, else the one that is set."""
    typed, slash, _ = start.partition("/")
    return typed if slash else str(app.settings.org)


def as_typed(names: Iterable[str], start: str) -> Iterable[str]:
    """Return names (`org/name`) as they are being typed: the organization is left out until it is.

    >>> list(as_typed(["o/a", "o/b"], "a")), list(as_typed(["o/a"], "o/"))
    (['a', 'b'], ['o/a'])
    """
    return names if "/" in start else (name.rpartition("/")[2] for name in names)


def contexts(app: App, _ctx: click.Context, _start: str) -> Iterable[str]:
    """Return the names of the contexts."""
    from nodewatch.settings.contexts import read_contexts

    return read_contexts(app.world).known


def keys(_app: App, _ctx: click.Context, _start: str) -> Iterable[str]:
    """Return the keys that a context may have."""
    from nodewatch.settings.contexts import KEYS

    return KEYS


def columns(app: App, ctx: click.Context, _start: str) -> Iterable[str]:
    """Return the columns of the list that the command shows."""
    app.listing = getattr(ctx.command, "listing", "")
    return (attribute.name for attribute in app.described().attributes)


def statuses(_app: App, ctx: click.Context, _start: str) -> Iterable[str]:
    """Return the statuses, and classes of statuses, that a list can be narrowed to."""
    if "components" in ctx.command_path.split():
        from nodewatch.bos_v2.status_rules import COMPONENT_CHART

        return COMPONENT_CHART.statuses
    from nodewatch.horizon.list_tables import CLASSES
    from nodewatch.horizon.rules import MEANINGS

    return (word.replace(" ", "-") for word in (*CLASSES, *MEANINGS))


def explained(_app: App, _ctx: click.Context, _start: str) -> Iterable[str]:
    """Return the statuses that can be explained, without blanks."""
    from nodewatch.bos_v1 import status_rules as bos_v1
    from nodewatch.bos_v2 import status_rules as bos_v2
    from nodewatch.horizon import status_rules as horizon

    charts = (*bos_v2.CHARTS, *bos_v1.CHARTS, *horizon.CHARTS)
    return (name.replace(" ", "-") for chart in charts for name in chart.statuses)


FILES = ("FILE", "PATH", "FLEET.json", "A", "B")
OFFERS: dict[str, Offer] = {
    "session_id": sessions,
    "SESSION_ID": sessions,
    "--session": sessions,
    "--staged-session": sessions,
    "--filter-session": sessions,
    "session_template_id": templates,
    "--template-name": templates,
    "--template-uuid": templates,
    "component_id": components,
    "--ids": components,
    "--filter-ids": components,
    "--xnames": components,
    "--limit": components,
    "--start-after-id": components,
    "NMP": policies,
    "NODE": nodes,
    "--node": nodes,
    "--nodes": nodes,
    "node": nodes,
    "--context": contexts,
    "CONTEXT": contexts,
    "KEY": keys,
    "--filter": columns,
    "--sort": columns,
    "--columns": columns,
    "--count-by": columns,
    "--status": statuses,
    "status": explained,
}
LISTS = (
    "component_id",
    "--ids",
    "--filter-ids",
    "--xnames",
    "--limit",
    "--node",
    "--nodes",
    "node",
    "--sort",
    "--columns",
    "--count-by",
    "--status",
)
