"""The options of `components update` and `options update`: one row a field, and how a document is made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.documents import part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nodewatch.documents import Document

LONGEST_IDS = 65_535  # characters of names that one change takes
PHASES = ("configuring", "powering_off", "powering_on", "")
ACTIONS = (
    "actual_state_cleanup",
    "apply_staged",
    "newly_discovered",
    "powering_off_forcefully",
    "powering_off_gracefully",
    "powering_on",
    "session_setup",
)


class Field(NamedTuple):
    """An option, the place of its field in the document, its type (or the values to choose from), and its help."""

    option: str
    place: str
    value_type: type | Sequence[str]
    help: str

    @property
    def parameter(self) -> str:
        """The name under which click hands over the option's value."""
        return self.option[2:].replace("-", "_")


KERNEL, PARAMETERS, INITRD = "Path of the kernel", "Kernel parameters", "Path of the initrd"
OVERWRITTEN = "Token that names the boot artifacts; for BOS itself, which overwrites it."
COMPONENT_FIELDS = (
    Field("--enabled", "enabled", bool, "Let BOS act on the node (true), or leave it alone (false)."),
    Field("--retry-policy", "retry_policy", int, "How often an action is tried; else default_retry_policy."),
    Field("--session", "session", str, "Session that the node belongs to; '' for none."),
    Field("--error", "error", str, "What went wrong last; '' for nothing."),
    Field("--id", "id", str, "Sent, and ignored by BOS: a component keeps its id."),
    Field("--status-phase", "status.phase", PHASES, "Phase of the boot that the node is in."),
    Field("--status-status-override", "status.status_override", str, "Status in place of the computed one."),
    Field("--last-action-action", "last_action.action", ACTIONS, "What BOS did last."),
    Field("--last-action-failed", "last_action.failed", bool, "Whether that failed."),
    Field("--event-stats-power-on-attempts", "event_stats.power_on_attempts", int, "How often power on was tried."),
    Field(
        "--event-stats-power-off-graceful-attempts",
        "event_stats.power_off_graceful_attempts",
        int,
        "How often power off was tried.",
    ),
    Field(
        "--event-stats-power-off-forceful-attempts",
        "event_stats.power_off_forceful_attempts",
        int,
        "How often forced power off was tried.",
    ),
    Field("--desired-state-configuration", "desired_state.configuration", str, "Configuration to be applied."),
    Field("--desired-state-boot-artifacts-kernel", "desired_state.boot_artifacts.kernel", str, f"{KERNEL} to boot."),
    Field(
        "--desired-state-boot-artifacts-kernel-parameters",
        "desired_state.boot_artifacts.kernel_parameters",
        str,
        f"{PARAMETERS} to boot with.",
    ),
    Field("--desired-state-boot-artifacts-initrd", "desired_state.boot_artifacts.initrd", str, f"{INITRD} to boot."),
    Field("--desired-state-bss-token", "desired_state.bss_token", str, OVERWRITTEN),
    Field("--staged-state-session", "staged_state.session", str, "Session that is staged; '' for none."),
    Field("--staged-state-configuration", "staged_state.configuration", str, "Configuration that is staged."),
    Field(
        "--staged-state-boot-artifacts-kernel", "staged_state.boot_artifacts.kernel", str, f"{KERNEL} that is staged."
    ),
    Field(
        "--staged-state-boot-artifacts-kernel-parameters",
        "staged_state.boot_artifacts.kernel_parameters",
        str,
        f"{PARAMETERS} that are staged.",
    ),
    Field(
        "--staged-state-boot-artifacts-initrd", "staged_state.boot_artifacts.initrd", str, f"{INITRD} that is staged."
    ),
    Field("--actual-state-boot-artifacts-kernel", "actual_state.boot_artifacts.kernel", str, f"{KERNEL} that runs."),
    Field(
        "--actual-state-boot-artifacts-kernel-parameters",
        "actual_state.boot_artifacts.kernel_parameters",
        str,
        f"{PARAMETERS} that it runs with.",
    ),
    Field("--actual-state-boot-artifacts-initrd", "actual_state.boot_artifacts.initrd", str, f"{INITRD} that runs."),
    Field("--actual-state-bss-token", "actual_state.bss_token", str, OVERWRITTEN),
)
SECONDS_TO_WAIT = "Seconds to wait for an answer of"
OPTION_FIELDS = (
    Field("--bss-read-timeout", "bss_read_timeout", int, f"{SECONDS_TO_WAIT} BSS."),
    Field("--cfs-read-timeout", "cfs_read_timeout", int, f"{SECONDS_TO_WAIT} CFS."),
    Field(
        "--cleanup-completed-session-ttl",
        "cleanup_completed_session_ttl",
        str,
        'Delete complete sessions that are older: "3m", "5h", "10d", "2w"; 0 for never.',
    ),
    Field("--clear-stage", "clear_stage", bool, "Whether starting a staged session clears it from the node."),
    Field(
        "--component-actual-state-ttl",
        "component_actual_state_ttl",
        str,
        'How long what a node reports is valid: "5h", "10d", "2w".',
    ),
    Field("--default-retry-policy", "default_retry_policy", int, "How often an action is tried at most."),
    Field("--discovery-frequency", "discovery_frequency", int, "Seconds between looks for new nodes in HSM."),
    Field("--hsm-read-timeout", "hsm_read_timeout", int, f"{SECONDS_TO_WAIT} HSM."),
    Field("--ims-errors-fatal", "ims_errors_fatal", bool, "Whether a template is invalid when IMS cannot be asked."),
    Field(
        "--ims-images-must-exist",
        "ims_images_must_exist",
        bool,
        "Whether a template is invalid when IMS does not know its image.",
    ),
    Field("--ims-read-timeout", "ims_read_timeout", int, f"{SECONDS_TO_WAIT} IMS."),
    Field("--logging-level", "logging_level", str, "How much the services log: debug, info, warning, error, critical."),
    Field("--max-boot-wait-time", "max_boot_wait_time", int, "Seconds that a boot may take before it is tried again."),
    Field("--max-component-batch-size", "max_component_batch_size", int, "Components acted on at once (0: all)."),
    Field(
        "--max-power-off-wait-time",
        "max_power_off_wait_time",
        int,
        "Seconds that a power off may take before it is forced.",
    ),
    Field(
        "--max-power-on-wait-time",
        "max_power_on_wait_time",
        int,
        "Seconds that a power on may take before it is tried again.",
    ),
    Field("--pcs-read-timeout", "pcs_read_timeout", int, f"{SECONDS_TO_WAIT} PCS."),
    Field("--polling-frequency", "polling_frequency", int, "Seconds between looks at the components."),
    Field("--reject-nids", "reject_nids", bool, "Whether templates and limits that name NIDs are refused."),
    Field("--session-limit-required", "session_limit_required", bool, "Whether a session needs a limit."),
)

NO_ARTIFACTS = {"kernel": "", "kernel_parameters": "", "initrd": ""}
NO_DESIRED_STATE = {"boot_artifacts": NO_ARTIFACTS, "configuration": "", "bss_token": ""}
NO_STAGED_STATE = {"boot_artifacts": NO_ARTIFACTS, "configuration": "", "session": ""}


def apply_patch(old: Document, patch: Document) -> dict[str, object]:
    """Return a document with the patch's fields in place of its own, objects field by field.

    >>> apply_patch({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"c": 4}, "d": {"e": 5}})
    {'a': {'b': 1, 'c': 4}, 'd': {'e': 5}}
    """
    changed = {
        name: apply_patch(part(old, name), value) if isinstance(value, dict) else value for name, value in patch.items()
    }
    return {**old, **changed}


def make_document(fields: Iterable[Field], values: Document) -> dict[str, object]:
    """Return the document that the given options make, each value at the place of its field; None is not given.

    >>> make_document(COMPONENT_FIELDS, {"enabled": False, "status_phase": "", "staged_state_session": "s", "id": None})
    {'enabled': False, 'status': {'phase': ''}, 'staged_state': {'session': 's'}}
    """
    found: dict[str, object] = {}
    for field in fields:
        value = values.get(field.parameter)
        if value is not None:
            *parts, name = field.place.split(".")
            document: dict[str, object] = {name: value}
            for each in reversed(parts):
                document = {each: document}
            found = apply_patch(found, document)
    return found


def clearing_patch(*, desired: bool, staged: bool, pending: bool) -> dict[str, object]:
    """Return what empties the desired or the staged state of a component, or (`pending`) both.

    >>> clearing_patch(desired=False, staged=True, pending=False)["staged_state"]["session"]
    ''
    >>> list(clearing_patch(desired=False, staged=False, pending=True))
    ['desired_state', 'staged_state']
    >>> clearing_patch(desired=False, staged=False, pending=False)
    {}
    """
    return {
        **({"desired_state": NO_DESIRED_STATE} if desired or pending else {}),
        **({"staged_state": NO_STAGED_STATE} if staged or pending else {}),
    }
