"""One invocation: its settings, the backends it asks, and the way to show what came back."""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from nodewatch.errors import FileTrouble, NodewatchError
from nodewatch.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from nodewatch.backend import Backend
    from nodewatch.lists.asked import AskedList
    from nodewatch.lists.listing import Row
    from nodewatch.offline.backend import LocalBackend
    from nodewatch.remote.backend import HttpBackend
    from nodewatch.settings.model import Settings
    from nodewatch.table import Page, Record
    from nodewatch.times import Clock

    Told = TypeVar("Told")  # what a service said
    Flags = Mapping[str, Any]  # the shared options by name, as click has read them

DOCUMENT_FORMATS = ("json", "yaml", "toml")
LIST_FORMATS = ("csv", "tsv", "names")


class App:
    """What a command works with: `backend` to get, `show` to show; flags are noted by the shared options."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.flags: dict[str, Any] = {}
        self.backends: dict[str, Backend] = {}
        self.closing = ExitStack()
        self.hushed = False
        self.told: set[str] = set()
        self.saved_at: datetime | None = None

    @cached_property
    def settings(self) -> Settings:
        """Flags, environment and files, resolved on first use: help and completion never need them."""
        from nodewatch.settings.model import resolve

        settings = resolve(self.flags, self.world)
        self.world.hide(*settings.secrets)
        return settings

    @cached_property
    def list(self) -> AskedList:
        """The list that the command shows, and what the options and the format ask of it."""
        from nodewatch.lists.asked import AskedList

        return AskedList(self)

    @property
    def now(self) -> datetime:
        """The time that ages and verdicts go by, in UTC: when the case that is looked at was saved, else now."""
        return self.saved_at or self.world.now()

    @property
    def unchanging(self) -> str:
        """The fleet file that answers, in which nothing ever changes; empty where a store or a server does."""
        paths = [path for path in (getattr(system, "local", None) for system in self.settings.systems.values()) if path]
        return next((path for path in paths if path.endswith(".json")), "")

    def notice(self, saved_at: datetime) -> None:
        """Go by the time at which a store was saved, and say so once."""
        if self.saved_at is None:
            from nodewatch.times import span

            age = span(self.world.now() - saved_at)
            self.say(f"As of {saved_at:%Y-%m-%d %H:%M} UTC, saved {age} ago.", once=True)
            self.saved_at = saved_at

    @property
    def quiet(self) -> bool:
        """Whether only what must be known goes to stderr: `--quiet`, or a screen is being drawn (`hushed`)."""
        return self.hushed or bool(self.flags.get("quiet"))

    @property
    def clock(self) -> Clock:
        """How times are shown: on a terminal in its zone, and as ages; elsewhere, and with `--utc`, in UTC."""
        from datetime import UTC

        from nodewatch.times import Clock

        terminal = self.world.stdout.isatty()
        zone = self.world.zone if terminal and not self.flags.get("utc") else UTC
        return Clock(self.now, zone, absolute=not terminal)

    @property
    def brief(self) -> bool:
        """Whether a page names the largest groups only: on a terminal, without `--all`."""
        return self.world.stdout.isatty() and not self.flags.get("all")

    def backend(self, service: str) -> Backend:
        """Return what answers for `bos`, `exchange`, `agent` or `css`: a server or the local store."""
        if service not in self.backends:
            self.backends[service] = self.rehearse(self.connect(service))
        return self.backends[service]

    def connect(self, service: str) -> LocalBackend | HttpBackend:
        """Return a new backend for the service; say so when it is only the demo fleet, which the line does not tell."""
        system = self.settings.system(service)
        if system.local is None:
            from nodewatch.remote.backend import HttpBackend

            self.warn_of_risks(service)
            server = HttpBackend(service, self.settings, self.world)
            self.closing.callback(server.close)
            return server
        self.announce_demo(system.local)
        from nodewatch.offline.backend import LocalBackend, routes

        backend = LocalBackend(system.local, routes(service), self.world, self.settings, self.notice)
        self.closing.callback(backend.close)
        return backend

    def announce_demo(self, path: str) -> None:
        """Say that only the demo fleet is shown, unless the line says so; raise `FileTrouble` if it is not made yet."""
        from nodewatch.settings.contexts import DEMO, demo_store

        if self.settings.context != DEMO or path != demo_store(self.world):
            return
        if not os.path.exists(path):
            raise FileTrouble(f"there is no demo fleet at {path} yet: `nodewatch demo` makes it.")
        if not self.backends and self.settings.origins["context"] != "--context":
            self.say(f"Showing the demo fleet, as {self.settings.origins['context']} says.", once=True)

    def warn_of_risks(self, service: str) -> None:
        """Say so if others may read along, or pretend to be the server, as somebody wants it; or a setting is odd."""
        system, settings = self.settings.system(service), self.settings
        if system.doubt:
            self.warn(f"Warning: {system.doubt}", once=True)
        if system.insecure:
            why = "--insecure was given" if settings.insecure else "HZN_SSL_SKIP_VERIFY is set"
            self.warn(f"Warning: {why}, so certificates are not verified: anyone may be listening.", once=True)
        if service in ("exchange", "css") and settings.exchange_auth and system.url:
            from nodewatch.remote.addresses import in_the_clear

            if in_the_clear(system.url):
                self.warn(
                    f"Warning: user and password go to {system.url} in the clear: anyone may be listening.", once=True
                )

    def rehearse(self, backend: Backend) -> Backend:
        """Return a backend that prints changes instead of sending them, if `--dry-run` was given."""
        if not self.settings.dry_run:
            return backend
        from nodewatch.rehearsal import Rehearsal

        return Rehearsal(backend, self.print_document)

    def renew(self) -> bool:
        """Read the login again; return whether it is another one now (somebody logged in, or refreshed the token)."""
        from nodewatch.settings.model import resolve

        fresh = resolve(self.flags, self.world)
        self.world.hide(*fresh.secrets)
        renewed = [
            backend.renew(fresh.exchange_auth) for backend in self.backends.values() if hasattr(backend, "renew")
        ]
        return any(renewed)

    def show(
        self,
        document: Told,
        table: Callable[[Told], Page] | None = None,
        nodes: Callable[[Told], Iterable[Record]] | None = None,
    ) -> None:
        """Print what came back: the document as it is, as the table that `table` makes of it, or its nodes.

        `table` is called for the formats that show one only, so that further questions asked in it cost nothing
        elsewhere; without one, they show the document too (no document: one empty line). `nodes` makes the rows for the
        formats of names and CSV. After a rehearsal there is nothing to show.
        """
        from nodewatch.backend import REHEARSED

        if document is REHEARSED:
            return
        if table is not None and self.drawn:
            self.show_page(table(document))
        elif nodes is not None and self.listed:
            from nodewatch.render.nodes import print_nodes

            print_nodes(nodes(document), self.settings.format, self.world.stdout, self.flags)
        else:
            self.print_document(document)
        self.world.stdout.flush()

    @property
    def drawn(self) -> bool:
        """Whether the format is a table, or a picture of one."""
        return self.settings.format in ("table", "html", "svg")

    @property
    def listed(self) -> bool:
        """Whether the format is one that lists alone have."""
        return self.settings.format in LIST_FORMATS

    def show_page(self, page: Page) -> None:
        """Print a page: on the terminal, through the pager if it is long, or as a file."""
        if self.settings.format == "table":
            from nodewatch.render.page import print_page

            print_page(page, self.world, paged=not (self.flags.get("no_pager") or self.flags.get("watch")))
        else:
            from nodewatch.render.export import print_picture

            print_picture(page, self.settings.format, self.world)

    def show_list(
        self, records: Iterable[Row], document: Callable[[Sequence[Row]], object] = lambda records: records
    ) -> None:
        """Print a list as the options ask for it: as a table, as names, as CSV, or as the service's documents.

        `document` makes what JSON shows of the records that fit.
        """
        view = self.list.view
        if view is None:
            self.print_document(records)
        elif self.drawn:
            self.show_page(self.list.page(records))
        elif self.listed:
            from nodewatch.lists.view import select_records
            from nodewatch.render.listing import print_list

            found = select_records(view, records, self.clock, ordered=True)
            print_list(view, found, self.settings.format, self.world.stdout, self.clock, self.flags)
        else:
            self.print_document(self.list.document(records, document))
        self.world.stdout.flush()

    def show_columns(self) -> None:
        """Print the columns of the list, with what they mean."""
        from nodewatch.lists.view import columns_help
        from nodewatch.render.page import print_page

        print_page(columns_help(self.list.description), self.world)

    def print_document(self, document: object) -> None:
        """Print a document in the chosen format; a table of it is JSON."""
        if self.settings.format in ("html", "svg"):
            from nodewatch.render.export import document_page

            self.show_page(document_page(document))
            return
        from nodewatch.render import print_document

        print_document(document, self.settings.format, self.world.stdout)

    def say(self, text: str, *, once: bool = False) -> None:
        """Tell the user something on stderr, unless that is not wanted."""
        if not self.quiet:
            self.warn(text, once=once)

    def warn(self, text: str, *, once: bool = False) -> None:
        """Tell the user something on stderr that must be known; `once` where it may come up again and again."""
        from nodewatch.table import visible

        if not (once and text in self.told):
            self.told.add(text)
            self.world.tell(visible(text, keep="\n") + "\n")

    @property
    def interactive(self) -> bool:
        """Whether somebody is there to answer a question."""
        return self.world.stdin.isatty() and self.world.stderr.isatty()

    def address(self, service: str) -> str:
        """Return what a question calls the system that a change goes to."""
        system = self.settings.system(service)
        return system.url or f"the local store {system.local}"

    def agree(self, change: str, *, yes: bool) -> None:
        """Ask for a change that goes to a system, unless `yes` says so; a dry run says what it would be instead."""
        if self.settings.dry_run:
            self.say(f"{change}: nothing is sent.")
        elif not yes:
            self.confirm(f"{change}?")

    def confirm(self, question: str, *, anywhere: bool = False) -> None:
        """Ask before a change, when both ends are terminals, or `anywhere`; raise when the user declines."""
        from nodewatch.table import visible

        world = self.world
        if not (anywhere or self.interactive):
            return
        world.tell(f"{visible(question)} [y/N]: ")
        said = ""
        try:
            said = world.stdin.readline()
        finally:
            if not said.endswith("\n"):  # Ctrl-C and Ctrl-D leave the cursor behind the question
                world.tell("\n")
        if said.strip().lower() not in ("y", "yes"):
            raise NodewatchError("Nothing was changed.")
