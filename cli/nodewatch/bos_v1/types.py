"""The documents of the BOS v1 API, by its own names; every field may be missing in what a server sends."""

from __future__ import annotations

from typing import TypedDict


class Metadata(TypedDict, total=False):
    """How far a session, boot set or phase is, as the server sees it; without `stop_time` nothing has ended it."""

    complete: bool
    in_progress: bool
    error_count: int
    start_time: str
    stop_time: str


class Link(TypedDict, total=False):
    """Where a part of the document is found: a path below the service's base URL."""

    href: str
    rel: str
    jobId: str
    type: str


class Category(TypedDict, total=False):
    """The nodes of a phase that are alike: `not_started`, `in_progress`, `succeeded`, `failed` or `excluded`."""

    name: str
    node_list: list[str]


class Phase(TypedDict, total=False):
    """`shutdown`, `boot` or `configure` of a boot set; `errors` holds the nodes of each message."""

    name: str
    categories: list[Category]
    errors: dict[str, list[str]]
    metadata: Metadata


class BootSet(TypedDict, total=False):
    """How far a boot set is."""

    name: str
    session: str
    phases: list[Phase]
    links: list[Link]
    metadata: Metadata


class SessionStatus(TypedDict, total=False):
    """How far a session is; since January 2021 servers leave `boot_sets` out."""

    id: str
    boot_sets: list[str]
    links: list[Link]
    metadata: Metadata


class Session(TypedDict, total=False):
    """What a session was asked to do; what has no status has `""` in the fields of its metadata.

    Older records have `templateUuid` instead of `templateName`, and `boa_job_name` instead of `job`.
    """

    complete: bool | str
    in_progress: bool | str
    error_count: int | str
    start_time: str
    stop_time: str | None
    job: str
    boa_job_name: str
    operation: str
    status_link: str
    templateName: str
    templateUuid: str


class CreatedSession(TypedDict, total=False):
    """What a server answers to a new session: its id stands in the links only."""

    operation: str
    templateName: str
    templateUuid: str
    job: str
    limit: str
    links: list[Link]


class BootSetTemplate(TypedDict, total=False):
    """Which nodes a boot set of a session template is for: one of the three at least."""

    node_list: list[str]
    node_groups: list[str]
    node_roles_groups: list[str]


class SessionTemplate(TypedDict, total=False):
    """What a session is made from."""

    name: str
    description: str
    boot_sets: dict[str, BootSetTemplate]
