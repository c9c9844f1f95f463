"""The command `diff`: what changed between two looks at a fleet."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from nodewatch.documents import as_text, part
from nodewatch.errors import NotAllSucceeded, ServiceTrouble
from nodewatch.tree import command

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nodewatch.app import App
    from nodewatch.differences import Change, FleetStates
    from nodewatch.documents import Document
    from nodewatch.offline.fleet import Entry
    from nodewatch.table import Page, Record

    Fleet = dict[str, dict[str, Document]]

LIVE = "live"


@command(listing="commands.list_tables:FLEET_CHANGE_LISTING")
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", default=LIVE)
@click.option("--exit-code", is_flag=True, help="End with 10 if a node newly failed.")
def diff(app: App, before: str, after: str, exit_code: bool) -> None:
    """A and B are fleet files, stores, or the word `live` for the systems that are configured, which is B unless you
    name another. What only one of the two knows of is not compared: a case with one service, say, with a fleet of two.
    Nor is what could not be asked when a case was saved; then it ends with 5. With a filter, --exit-code goes by what
    matches. --format names has the nodes only, unless a filter says otherwise.

    \b
    $ nodewatch diff yesterday.json today.json
    $ nodewatch diff yesterday.json today.json --format json
    $ nodewatch diff yesterday.json today.json --filter 'kind = newly-failed and about = BOS' --format names
    $ nodewatch diff yesterday.json today.json --count-by kind,about
    """
    from nodewatch.differences import NODE_KINDS, changes

    one, other = fleet_of(app, before), fleet_of(app, after)
    services = {service_of(place) for place in one} & {service_of(place) for place in other}
    fleets = [{place: fleet[place] for place in fleet if service_of(place) in services} for fleet in (one, other)]
    if LIVE in (before, after):
        fleets = [only_organization(fleet, str(app.settings.org)) for fleet in fleets]
    found = [
        change
        for change in changes(states_of_fleet(fleets[0]), states_of_fleet(fleets[1]))
        if (change.before or not unasked_in(one)) and (change.after or not unasked_in(other))
    ]
    everything = app.list.has_options or app.settings.format != "names"
    fitting = app.list.fitting([row for row in rows(found) if everything or row["kind"] in NODE_KINDS])
    if app.list.wanted:
        app.show_list(fitting, by_change)
    else:
        app.show([change._asdict() for change in found], lambda _: page(found))
    failed = sum(row["kind"] == "newly failed" for row in fitting)
    if exit_code and failed:
        raise NotAllSucceeded(f"{failed:,} newly failed between {before} and {after}.")
    for source, fleet in ((before, one), (after, other)):
        for path, words in unasked_in(fleet).items():
            raise ServiceTrouble(f"what {source} lacks was not compared: {path} could not be asked: {words}")


def unasked_in(fleet: Fleet) -> dict[str, str]:
    """Return what could not be asked when a fleet was saved, by its path, with the reason."""
    from nodewatch.offline.section import UNASKED

    notes = fleet.get(UNASKED.place, {})
    return {path: as_text(part(notes, path).get("message")) for path in notes}


def service_of(place: str) -> str:
    """Return the service, with its version, that a section of a fleet file is about.

    >>> service_of("bos.v2.components"), service_of("exchange.nodes")
    ('bos.v2', 'exchange')
    """
    return place.rpartition(".")[0]


def only_organization(fleet: Fleet, org: str) -> Fleet:
    """Return the fleet without what the Exchange has of other organizations: of the live one, only this was asked.

    >>> only_organization({"exchange.nodes": {"o/n": {}, "p/n": {}}, "bos.v2.components": {"x1": {}}}, "o")
    {'exchange.nodes': {'o/n': {}}, 'bos.v2.components': {'x1': {}}}
    """
    return {
        place: {
            key: documents[key] for key in documents if not place.startswith("exchange.") or key.startswith(f"{org}/")
        }
        for place, documents in fleet.items()
    }


def fleet_of(app: App, source: str) -> Fleet:
    """Return the documents of a fleet file, a store, or the live systems, by section and key."""
    from nodewatch.offline.backend import sections, store_at
    from nodewatch.offline.store import FLEET_FILE

    if source == LIVE:
        from nodewatch.commands.local import ask_everything, live_systems
        from nodewatch.offline.fleet import fleet_entries, loadable

        fleet, unasked = ask_everything(app, live_systems(app))
        for error in unasked.values():
            raise error
        return group_documents(fleet_entries(loadable(fleet, sections())[0], sections()))
    if source.endswith(FLEET_FILE):
        from nodewatch.files import read_file
        from nodewatch.offline.fleet import read_fleet

        return group_documents(read_fleet(read_file(source), source, sections()))
    from nodewatch.offline.section import UNASKED

    with closing(store_at(source)) as store, store.reading():
        found = {
            # the key of a single document is empty, and an empty text comes back as None
            section.place: {key or "": document for key, document in store.dump(section.collection)}
            for section in (*sections(), UNASKED)
        }
    return {place: documents for place, documents in found.items() if documents}


def group_documents(entries: Iterable[Entry]) -> Fleet:
    """Return the documents by section and key."""
    fleet: Fleet = {}
    for section, key, document in entries:
        fleet.setdefault(section.place, {})[key] = document
    return fleet


def states_of_fleet(fleet: Fleet) -> FleetStates:
    """Return what all slices see in a fleet."""
    from nodewatch.bos_v1 import diff_rules as bos_v1
    from nodewatch.bos_v2 import diff_rules as bos_v2
    from nodewatch.differences import FleetStates
    from nodewatch.horizon import diff_rules as horizon

    parts = [rules.fleet_states(fleet) for rules in (bos_v2, bos_v1, horizon)]
    return FleetStates(
        {about: states for part in parts for about, states in part.nodes.items()},
        {about: words for part in parts for about, words in part.things.items()},
    )


def page(found: list[Change]) -> Page:
    """Return what changed, for people: nodes folded below what became of them."""
    from nodewatch.commands.list_tables import KIND_STYLES
    from nodewatch.differences import NODE_KINDS
    from nodewatch.pages import nodes_below
    from nodewatch.table import Line

    lines: Page = []
    for change in found:
        words = " -> ".join(filter(None, (change.before, change.after)))
        what = ", ".join(filter(None, (words, change.error)))
        if change.kind in NODE_KINDS:
            lead = f"{change.kind.capitalize()}, {change.about} ({len(change.names):,}): "
            lines += [Line(what, KIND_STYLES.get(change.kind, ""), lead=lead), nodes_below(change.names)]
        else:
            lead = f"{change.about[:1].upper()}{change.about[1:]} {change.kind}: "  # no folding: few, and no nodes
            lines.append(Line(", ".join(change.names) + (f" ({what})" if what else ""), lead=lead))
    return lines or [Line("Nothing changed.")]


def rows(found: list[Change]) -> Iterator[Record]:
    """Return a row for each node that changed, and for whatever else did."""
    for change in found:
        alike = {field: value for field, value in change._asdict().items() if field != "names"}
        yield from ({"node": name, **alike} for name in change.names)


def by_change(rows: Iterable[Record]) -> list[dict[str, object]]:
    """Return what changed alike in the rows, in their order, as the document without a filter has it.

    >>> by_change([{"node": "x1", "kind": "gone"}, {"node": "x2", "kind": "gone"}])
    [{'kind': 'gone', 'names': ['x1', 'x2']}]
    """
    names: dict[tuple[object, ...], list[object]] = {}
    found: list[dict[str, object]] = []
    for row in rows:
        alike = {field: value for field, value in row.items() if field != "node"}
        key = tuple(alike.values())
        if key not in names:
            names[key] = []
            found.append({**alike, "names": names[key]})
        names[key].append(row["node"])
    return found
