"""The documents of the BOS v2 API, by its own names; every field may be missing in what a server sends."""

from __future__ import annotations

from typing import TypedDict


class SessionStatus(TypedDict, total=False):
    """The `status` of a session: times are naive, `end_time` is null until complete."""

    status: str
    start_time: str
    end_time: str | None
    error: str | None


class Session(TypedDict, total=False):
    """A boot session."""

    name: str
    tenant: str | None
    operation: str
    template_name: str
    limit: str
    stage: bool
    components: str
    include_disabled: bool
    status: SessionStatus


class Errors(TypedDict, total=False):
    """Nodes with the same error: how many, and up to ten of their names, then `...`."""

    count: int
    list: str


class Phases(TypedDict, total=False):
    """Percentages of a session's components by phase."""

    percent_complete: float
    percent_powering_on: float
    percent_powering_off: float
    percent_configuring: float


class Timing(TypedDict, total=False):
    """When a session began and ended; `duration` is a Python timedelta's text."""

    start_time: str | None
    end_time: str | None
    duration: str


class ExtendedStatus(TypedDict, total=False):
    """How far a session is."""

    status: str
    managed_components_count: int
    phases: Phases
    percent_successful: float
    percent_failed: float
    percent_staged: float
    error_summary: dict[str, Errors]
    timing: Timing


class ComponentStatus(TypedDict, total=False):
    """The `status` of a component; `status` in it is computed by the server when it is read."""

    phase: str
    status: str
    status_override: str


class LastAction(TypedDict, total=False):
    """The last action that BOS took for a component."""

    action: str
    failed: bool
    last_updated: str


class EventStats(TypedDict, total=False):
    """How often BOS has tried."""

    power_on_attempts: int
    power_off_graceful_attempts: int
    power_off_forceful_attempts: int


class State(TypedDict, total=False):
    """An actual, desired or staged state."""

    boot_artifacts: dict[str, str]
    bss_token: str
    configuration: str
    session: str
    last_updated: str


class Component(TypedDict, total=False):
    """A node as BOS sees it."""

    id: str
    enabled: bool
    error: str
    session: str
    retry_policy: int
    actual_state: State
    desired_state: State
    staged_state: State
    last_action: LastAction
    event_stats: EventStats
    status: ComponentStatus


class Configuration(TypedDict, total=False):
    """The `cfs` of a session template or of a boot set."""

    configuration: str


class BootSet(TypedDict, total=False):
    """Nodes that boot the same image, by name, role or group."""

    path: str
    type: str
    arch: str
    etag: str
    cfs: Configuration
    kernel_parameters: str
    node_list: list[str]
    node_roles_groups: list[str]
    node_groups: list[str]
    rootfs_provider: str
    rootfs_provider_passthrough: str


class SessionTemplate(TypedDict, total=False):
    """What sessions are created from."""

    name: str
    tenant: str | None
    description: str
    enable_cfs: bool
    cfs: Configuration
    boot_sets: dict[str, BootSet]


class Applied(TypedDict, total=False):
    """What became of nodes whose staged session was to be applied."""

    succeeded: list[str]
    failed: list[str]
    ignored: list[str]


class NewSession(TypedDict, total=False):
    """What a session is created from; what is missing, or None, is not sent."""

    name: str | None
    operation: str
    template_name: str
    limit: str | None
    stage: bool | None
    include_disabled: bool | None
