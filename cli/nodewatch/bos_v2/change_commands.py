"""The commands that change sessions and components: create and delete, update, start what is staged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from nodewatch.bos_v2 import fields
from nodewatch.bos_v2.client import BosClient
from nodewatch.documents import names_in
from nodewatch.errors import NotAllSucceeded, NotFound, WrongUsage
from nodewatch.options import YES, Text, boolean
from nodewatch.tree import command, lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    from nodewatch import table
    from nodewatch.app import App
    from nodewatch.bos_v2 import list_tables, nodes, reach_rules, tables, template_tables
    from nodewatch.bos_v2.fields import Field
    from nodewatch.bos_v2.types import Applied
    from nodewatch.documents import Document
    from nodewatch.nodes import limits, nodeset, places
else:
    limits, nodeset, table = lazy("nodes.limits"), lazy("nodes.nodeset"), lazy("table")
    nodes, places, reach_rules = lazy("bos_v2.nodes"), lazy("nodes.places"), lazy("bos_v2.reach_rules")
    list_tables, tables = lazy("bos_v2.list_tables"), lazy("bos_v2.tables")  # only the table format needs them
    template_tables = lazy("bos_v2.template_tables")

DOING = {"boot": "Boot", "reboot": "Reboot", "shutdown": "Shut down"}
OPTION_TYPES: dict[object, object] = {bool: boolean, str: Text()}
NODES_HELP = "a comma list, a node set (x3000c0s[1-4]b0n0), @FILE, or - for stdin"


def with_fields(rows: Iterable[Field]) -> Callable[[Any], Any]:
    """Return a decorator that gives a command one option for each field."""

    def declare(function: Any) -> Any:
        for field in reversed(list(rows)):
            function = click.option(field.option, type=click_type(field), help=field.help)(function)
        return function

    return declare


def click_type(field: Field) -> object:
    """Return the type of the option for a field, as click wants it."""
    if field.value_type in OPTION_TYPES:
        return OPTION_TYPES[field.value_type]
    return field.value_type if isinstance(field.value_type, type) else click.Choice(field.value_type)


def with_clearing(function: Any) -> Any:
    """Give a command the options that empty states of components."""
    for option, help_text in (
        ("--clear-pending-state", "Empty both."),
        ("--clear-staged-state", "Empty all of the staged state."),
        ("--clear-desired-state", "Empty all of the desired state."),
    ):
        function = click.option(option, is_flag=True, help=help_text)(function)
    return function


@command
@click.option("--template-name", metavar="NAME", required=True, help="Session template to create the session from.")
@click.option("--operation", type=click.Choice(["boot", "reboot", "shutdown"]), required=True, help="What to do.")
@click.option("--name", metavar="ID", help="Name of the session; BOS makes one up otherwise.")
@click.option(
    "--limit", metavar="NODES", help=f"Only these nodes, groups or roles, with & and ! before them: {NODES_HELP}."
)
@click.option("--stage", type=boolean, help="Only prepare the nodes (true): `applystaged create` starts it.")
@click.option("--include-disabled", type=boolean, help="Also act on nodes that are disabled in HSM (true).")
@YES
def create_session(
    app: App,
    template_name: str,
    operation: str,
    name: str | None,
    limit: str | None,
    stage: bool | None,
    include_disabled: bool | None,
    yes: bool,
) -> None:
    """Without a limit the session is for all nodes of the template: on a terminal you are asked first. `all,!NODES` is
    all but some; blanks between terms are taken away. --dry-run says how many nodes it would be for.

    \b
    $ nodewatch bos v2 sessions create --template-name compute-26.3 --operation reboot --limit x3000c0s35b[1-4]n0
    $ nodewatch bos v2 sessions create --template-name arm-26.3.1 --operation reboot --stage true
    """
    bos = BosClient(app.backend("bos"))
    limit = limit and nodes.known_limit(bos, limits.read_limit(limit, app.world))
    if app.settings.dry_run or (limit is None and not yes and app.interactive):
        who = f"{whom_in_words(bos, template_name, limit or '', rehearsed=app.settings.dry_run)} of {template_name}"
        app.agree(f"{DOING[operation]} {who}, at {app.address('bos')}", yes=yes)
    session = bos.create_session(
        template_name=template_name,
        operation=operation,
        name=name,
        limit=limit,
        stage=stage,
        include_disabled=include_disabled,
    )
    app.show(session, lambda session: tables.created_session_page(session, app.clock))


def whom_in_words(bos: BosClient, template: str, limit: str, *, rehearsed: bool) -> str:
    """Return in words which nodes a session is for; a rehearsal only says so when BOS does not have the template."""
    try:
        return reach_rules.reach_in_words(bos.template(template), limit)
    except NotFound:
        if not rehearsed:
            raise
        return "the nodes of a session template that BOS does not have, so that it would refuse,"


@command
@click.argument("session_id")
@YES
def delete_session(app: App, session_id: str, yes: bool) -> None:
    """Its nodes stay as they are, and BOS goes on bringing them to their desired state. On a terminal you are asked
    first, unless it is complete.

    \b
    $ nodewatch bos v2 sessions delete night-reboot
    """
    bos = BosClient(app.backend("bos"))
    if app.settings.dry_run or (app.interactive and not yes):
        found = bos.session_status(session_id)
        if app.settings.dry_run or found.get("status") != "complete":
            state = f"{found.get('status')}, {found.get('managed_components_count')} nodes"
            app.agree(f"Delete session {session_id} ({state}) at {app.address('bos')}", yes=yes)
    app.show(bos.delete_session(session_id))


@command
@click.argument("component_id")
@with_fields(fields.COMPONENT_FIELDS)
@with_clearing
def update_component(
    app: App,
    component_id: str,
    clear_desired_state: bool,
    clear_staged_state: bool,
    clear_pending_state: bool,
    **values: object,
) -> None:
    """Only what is given is changed; `updatemany` changes several.

    \b
    $ nodewatch bos v2 components update x3000c0s13b0n0 --enabled true
    $ nodewatch bos v2 components update x3000c0s13b0n0 --clear-staged-state
    """
    patch = {
        **fields.make_document(fields.COMPONENT_FIELDS, values),
        **fields.clearing_patch(desired=clear_desired_state, staged=clear_staged_state, pending=clear_pending_state),
    }
    if not patch:
        raise WrongUsage(f"nothing says what to change of {component_id}: add an option, such as --enabled true.")
    if nodes.names_several(component_id):
        raise WrongUsage(f"{component_id} is more than one node: `components updatemany --filter-ids` changes several.")
    name = places.spell(component_id)
    component = BosClient(app.backend("bos")).update_component(name, patch)
    app.show(component, lambda node: tables.component_page(node, app.clock))
    explain_change(app, patch, name)


@command
@click.option("--filter-ids", metavar="NODES", help=f"Change these components: {NODES_HELP}.")
@click.option("--filter-session", metavar="ID", help="Change all components of this session.")
@click.option("--patch", metavar="JSON", help="What to change, as a component's JSON.")
@click.option("--enabled", type=boolean, help="Let BOS act on the nodes (true), or leave them alone (false).")
@click.option("--retry-policy", type=int, help="How often an action is tried; else default_retry_policy.")
@with_clearing
@YES
def update_components(
    app: App,
    filter_ids: str | None,
    filter_session: str | None,
    patch: str | None,
    yes: bool,
    clear_desired_state: bool,
    clear_staged_state: bool,
    clear_pending_state: bool,
    **values: object,
) -> None:
    """Either --filter-ids or --filter-session says which. On a terminal you are asked first.

    \b
    $ nodewatch bos v2 components updatemany --filter-ids x3000c0s35b[1-4]n0 --enabled false
    $ nodewatch bos v2 components updatemany --filter-session night-reboot --patch '{"retry_policy": 5}'
    """
    if bool(filter_ids) == bool(filter_session):
        raise WrongUsage("name the components either with --filter-ids or with --filter-session.")
    from nodewatch.files import read_object

    wanted = {
        **read_object(patch or "{}", "--patch"),
        **fields.make_document(fields.COMPONENT_FIELDS, values),
        **fields.clearing_patch(desired=clear_desired_state, staged=clear_staged_state, pending=clear_pending_state),
    }
    if not wanted:
        raise WrongUsage(
            "nothing says what to change: add --patch JSON, --enabled, --retry-policy or a --clear option."
        )
    bos = BosClient(app.backend("bos"))
    names = nodes.read_node_names(filter_ids, app.world) if filter_ids else []
    check_length(names)
    names = nodes.known_names(bos, names)
    check_length(names)
    who = nodeset.fold(names) if names else f"all components of session {filter_session}"
    if len(names) != 1 and (app.settings.dry_run or (app.interactive and not yes)):
        count = len(names) or len(list(bos.components(session=filter_session, fields=("id",))))
        change = f"Change {table.plural(count, 'component')}, {who}, to {json.dumps(wanted)}, at {app.address('bos')}"
        app.agree(change, yes=yes)
    filters = {"ids": ",".join(names)} if names else {"session": str(filter_session)}
    components = bos.update_components(filters, wanted)
    app.show(components, lambda components: list_tables.components_table(components, app.clock))
    explain_change(app, wanted, who)
    if not app.settings.dry_run:
        check_all_answered(names, {component.get("id") for component in components})


@command
@click.option("--xnames", metavar="NODES", help=f"The nodes: {NODES_HELP}.")
def apply_staged(app: App, xnames: str | None) -> None:
    """Exit code 10 says that some nodes failed, or had nothing staged; they are named on stderr.

    \b
    $ nodewatch bos v2 applystaged create --xnames x5000c1s0b[0-1]n[0-1]
    """
    if not xnames:
        raise WrongUsage(
            f"--xnames is missing: it names the nodes whose staged session is to be started, as {NODES_HELP}."
        )
    bos = BosClient(app.backend("bos"))
    names = nodes.known_names(bos, nodes.read_node_names(xnames, app.world))
    applied = bos.apply_staged(names)
    app.show(applied, template_tables.applied_page)
    if not app.settings.dry_run:
        check_applied(applied)
        check_all_answered(
            names, {name for ending in ("succeeded", "failed", "ignored") for name in names_in(applied.get(ending))}
        )


def check_length(names: Sequence[str]) -> None:
    """Raise `WrongUsage` for more names than BOS takes at once."""
    if sum(map(len, names)) + len(names) - 1 > fields.LONGEST_IDS:
        raise WrongUsage(
            f"BOS takes {fields.LONGEST_IDS:,} characters of names at once: change these {len(names):,} in parts."
        )


def check_applied(applied: Applied) -> None:
    """Raise `NotAllSucceeded` that names the nodes on which the staged session was not started, if there are some."""
    failed, ignored = names_in(applied.get("failed")), names_in(applied.get("ignored"))
    lines = []
    if failed:
        lines.append(f"  failed: {nodeset.fold(failed)} (`nodewatch bos v2 components describe NODE` shows why)")
    if ignored:
        lines.append(f"  ignored: {nodeset.fold(ignored)} (unknown to BOS, or nothing is staged there)")
    if lines:
        number = len(set(failed + ignored))
        raise NotAllSucceeded("\n".join([f"nothing was started on {table.plural(number, 'node')}:", *lines]))


def check_all_answered(names: list[str], answered: Container[str | None]) -> None:
    """Raise `NotAllSucceeded` that names the nodes which were asked for, and of which the answer says nothing."""
    missing = [name for name in names if name not in answered]
    if missing:
        raise NotAllSucceeded(
            f"of the nodes that were named BOS answered nothing about {table.plural(len(missing), 'node')}: "
            f"{nodeset.fold(missing)}. Look whether they were changed: `nodewatch bos v2 components list --ids NODES`."
        )


def explain_change(app: App, patch: Document, who: str) -> None:
    """Say what else BOS changes with a component, where that surprises."""
    if app.settings.dry_run:
        return
    if patch.get("enabled"):
        app.say(f"{who}: on_hold until BOS has looked at it; the status follows within seconds.")
    if patch.get("desired_state") and not patch.get("session"):
        app.say(f"{who}: no longer in a session, as its desired state was set by hand; its attempts count from 0.")
