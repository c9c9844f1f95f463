"""The list that a command shows, and what the options and the format of the command line ask of it."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from nodewatch.app import App
    from nodewatch.backend import Fits
    from nodewatch.lists.listing import Listing, Row
    from nodewatch.lists.view import View
    from nodewatch.table import Page

OPTIONS_OF_LISTS = ("filter", "also", "sort", "columns", "count_by", "no_headings")


class AskedList:
    """What is asked of a list: which of its records, in which order, and what is looked at for that.

    `place` says where the list is described (`bos_v2.list_tables:SESSION_LISTING`); empty for a command without one.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self.place = ""

    def expect(self, place: str) -> None:
        """Note which list the command shows; raise `WrongUsage` if the options ask of it what it does not have."""
        self.place = place
        if self.app.flags.get("columns") != "help" and self.has_options:
            self.view  # noqa: B018  # it is read now, so that nothing is asked in vain

    @property
    def has_options(self) -> bool:
        """Whether an option asks something of the list."""
        return any(self.app.flags.get(name) not in (None, ()) for name in OPTIONS_OF_LISTS)

    @property
    def wanted(self) -> bool:
        """Whether the options or the format ask for a list where there is also a page that says more."""
        return self.has_options or self.app.listed

    @cached_property
    def view(self) -> View[Any] | None:
        """What the options and the format ask of the list; None without one, or where its documents are to be shown."""
        if not self.place or not (self.wanted or self.app.drawn):
            return None
        from nodewatch.lists.view import read_view

        return read_view(self.description, self.app.flags)

    @property
    def description(self) -> Listing[Any]:
        """The description of the list: its columns."""
        module, _, name = self.place.partition(":")
        found: Listing[Any] = getattr(import_module(f"nodewatch.{module}"), name)
        return found

    def fields(self) -> Sequence[str]:
        """Return the members of the list's documents that will be looked at; none of them stands for all."""
        if self.view is None:
            return ()
        from nodewatch.lists.view import needed_members

        return needed_members(self.view, "table" if self.app.drawn else self.app.settings.format)

    def uses(self, member: str) -> bool:
        """Return whether a member of the list's documents is looked at, as more has to be asked for it."""
        fits = self.fits()
        return member in self.fields() or (fits is not None and member in fits.fields)

    def fits(self) -> Fits | None:
        """Return which of the list's documents are wanted, where that is a question of a few of their members."""
        if self.view is None:
            return None
        from nodewatch.backend import Fits
        from nodewatch.lists.view import record_test

        found = record_test(self.view)
        if found is None:
            return None
        (fits, fields), clock = found, self.app.clock
        return Fits(lambda record: fits(record, clock), fields)

    def narrowed(self, filters: Mapping[str, object]) -> dict[str, Any]:
        """Return a server's filters, with those of its own that `--filter` says in other words."""
        if self.view is None or not self.view.conditions:
            return dict(filters)
        from nodewatch.lists.view import server_filters

        given = {name: value for name, value in filters.items() if value is not None}
        return {**filters, **server_filters(self.view), **given}

    def fitting(self, records: Iterable[Row]) -> Iterable[Row]:
        """Return the records that fit `--filter`."""
        if self.view is None or not self.view.conditions:
            return records
        from nodewatch.lists.view import filter_records

        return filter_records(self.view, records, self.app.clock)

    def keep_all(self) -> None:
        """Have `--filter` count no more from now on: what fitted once is followed."""
        self.view = self.view and self.view._replace(conditions=())

    def page(self, records: Iterable[object]) -> Page:
        """Return the table of the list as the options ask for it."""
        from nodewatch.lists.view import list_page, read_view, select_records

        view = self.view or read_view(self.description, self.app.flags)
        return list_page(view, select_records(view, records, self.app.clock, ordered=True), self.app.clock)

    def document(self, records: Iterable[Row], document: Callable[[Sequence[Row]], object]) -> object:
        """Return what JSON shows of the list: `document` of the records that fit, or the rows that options ask for."""
        from nodewatch.lists.view import flat_rows, select_records

        view = self.view
        if view is None:
            return document(list(records))
        found = select_records(view, records, self.app.clock, ordered=view.flat)
        return flat_rows(view, found, self.app.clock)[1] if view.flat else document(found)
