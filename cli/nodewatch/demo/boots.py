"""The invented part of the demo fleet for BOS v2: components in every status, and their sessions and templates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from nodewatch.bos_v2.rules import DEFAULT_OPTIONS, Tally, component_status, extended_status
from nodewatch.bos_v2.verdict_rules import ids_by_error
from nodewatch.demo.runs import (
    DEMO_BOOTS,
    DISCOVERED,
    NODE_STANDINGS,
    OLD_IMAGE,
    SESSION_RUNS,
    Batch,
    Boot,
    NodeStanding,
    SessionRun,
    expand_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from nodewatch.bos_v2.types import Component, ExtendedStatus, Session
    from nodewatch.bos_v2.types import State as BootState
    from nodewatch.documents import Document

ETAG = "7d3b1f0a52c94e8896f4c0be1a6d2357-164"
NO_BOOT_ARTIFACTS = {"initrd": "", "kernel": "", "kernel_parameters": ""}
KERNEL_PARAMETERS = (
    "console=ttyS0,115200 console=tty0 crashkernel=360M ip=dhcp rd.neednet=1 rd.retry=10 rd.shell panic=30 "
    "hugepagelist=2m-2g numa_interleave_omit=headless pcie_ports=native transparent_hugepage=never"
    " turbo_boost_limit=999 biosdevname=1 ifname=nmn0:mac0 ifname=hsn0:mac1 quiet spire_join_token=${SPIRE_JOIN_TOKEN} "
    "root=craycps-s3:s3://boot-images/IMAGE/rootfs:ETAG:dvs:api-gw-service-nmn.local:300:hsn0,nmn0:0 "
    "nmd_data=url=s3://boot-images/IMAGE/rootfs,etag=ETAG bos_update_frequency=4h"
)
BOS_ADDRESS = "https://api-gw-service-nmn.local/apis/bos"
BOS_VERSION = {
    "links": [{"href": f"{BOS_ADDRESS}/", "rel": "self"}, {"href": f"{BOS_ADDRESS}/v2", "rel": "versions"}],
    "major": "2",
    "minor": "48",
    "patch": "3",
}


def demo_boots(now: datetime) -> Document:
    """Return the invented boots at `now`, as the content of a fleet file."""
    components: dict[str, Component] = {}
    statuses: dict[str, ExtendedStatus] = {}
    for run in SESSION_RUNS:
        set_up = [component for batch in run.batches for component in batch_components(batch, run, now)]
        if run.stage:
            for component in set_up:
                components[component["id"]]["staged_state"] = staged_state(run, now)
            continue
        components.update((component["id"], component) for component in set_up)
        if run.state == "complete":
            statuses[run.name] = saved_status(run, set_up, now)
    components.update((component["id"], component) for component in batch_components(DISCOVERED, None, now))
    return {
        "bos": {
            "v2": {
                "sessions": [demo_session(run, now) for run in SESSION_RUNS],
                "components": list(components.values()),
                "sessiontemplates": [demo_template(boot) for boot in DEMO_BOOTS],
                "options": DEFAULT_OPTIONS,
                "version": BOS_VERSION,
                "session_status": statuses,
            }
        }
    }


def saved_status(run: SessionRun, components: Sequence[Component], now: datetime) -> ExtendedStatus:
    """Return the status that BOS saved when the session ended: its nodes as they stood then."""
    tallies = []
    for component in components:
        status = component["status"]
        tallies.append(Tally(status["status"], status["phase"], component["enabled"], status["status_override"], 1))
    return extended_status(demo_session(run, now), tallies, 0, ids_by_error(components), now)


def bos_time_ago(now: datetime, minutes: float) -> str:
    """Return the time so many minutes ago as BOS writes it: naive, whole seconds."""
    return (now - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S")


def demo_session(run: SessionRun, now: datetime) -> Session:
    """Return the session's document."""
    return {
        "components": ",".join(name for batch in run.batches for name in expand_names(batch.nodes)),
        "include_disabled": False,
        "limit": run.limit,
        "name": run.name,
        "operation": run.operation,
        "stage": run.stage,
        "status": {
            "end_time": None if run.ended is None else bos_time_ago(now, run.ended),
            "error": run.error,
            "start_time": bos_time_ago(now, run.started),
            "status": run.state,
        },
        "template_name": run.template,
        "tenant": run.tenant,
    }


def batch_components(batch: Batch, run: SessionRun | None, now: datetime) -> Iterator[Component]:
    """Return the documents of nodes that are alike; BOS acted on one after the other, some seconds apart."""
    state = NODE_STANDINGS[batch.state]
    for place, name in enumerate(expand_names(batch.nodes)):
        acted = max(batch.minutes - place * 0.15, 0.2)
        tries = 0 if state.phase == "" else batch.tries
        component: Component = {
            "actual_state": actual_state(state, run, now, acted),
            "desired_state": desired_state(state, run, now),
            "enabled": state.enabled,
            "error": batch.error,
            "event_stats": {
                "power_off_forceful_attempts": tries if state.action == "powering_off_forcefully" else 0,
                "power_off_graceful_attempts": min(tries, 1) if "_off" in state.action else 0,
                "power_on_attempts": tries if state.phase in ("powering_on", "configuring") else 0,
            },
            "id": name,
            "last_action": {"action": state.action, "failed": state.failed, "last_updated": bos_time_ago(now, acted)},
            "session": "" if run is None else run.name,
            "staged_state": {"last_updated": bos_time_ago(now, 20_160)},
            "status": {"phase": state.phase, "status": "", "status_override": state.override},
        }
        component["status"]["status"] = component_status(component)
        yield component


def artifacts(image: str) -> dict[str, str]:
    """Return the boot artifacts of an image."""
    return {
        "initrd": f"s3://boot-images/{image}/initrd",
        "kernel": f"s3://boot-images/{image}/kernel",
        "kernel_parameters": KERNEL_PARAMETERS.replace("IMAGE", image).replace("ETAG", ETAG),
    }


def boot_of(run: SessionRun) -> Boot:
    """Return what the session boots."""
    return next(boot for boot in DEMO_BOOTS if boot.name == run.template)


def actual_state(state: NodeStanding, run: SessionRun | None, now: datetime, acted: float) -> BootState:
    """Return what a node runs: what it should, what it ran before, or nothing."""
    if run is None or state.runs == "nothing":
        return {"boot_artifacts": NO_BOOT_ARTIFACTS, "bss_token": "", "last_updated": bos_time_ago(now, acted)}
    image = boot_of(run).image if state.runs == "desired" else OLD_IMAGE
    return {
        "boot_artifacts": artifacts(image),
        "bss_token": referral_token(image),
        "last_updated": bos_time_ago(now, acted / 2),
    }


def desired_state(state: NodeStanding, run: SessionRun | None, now: datetime) -> BootState:
    """Return what a node should run; nothing for one that is to be off."""
    set_up = bos_time_ago(now, DISCOVERED.minutes if run is None else run.started - 0.5)
    if run is None or run.operation == "shutdown":
        return {"boot_artifacts": NO_BOOT_ARTIFACTS, "bss_token": "", "configuration": "", "last_updated": set_up}
    image = boot_of(run).image
    return {
        "boot_artifacts": artifacts(image),
        "bss_token": referral_token(image) if state.action == "powering_on" else "",
        "configuration": run.template,
        "last_updated": set_up,
    }


def staged_state(run: SessionRun, now: datetime) -> BootState:
    """Return what a staged session has laid ready for a node."""
    return {
        "boot_artifacts": artifacts(boot_of(run).image),
        "configuration": run.template,
        "last_updated": bos_time_ago(now, run.started - 0.5),
        "session": run.name,
    }


def referral_token(image: str) -> str:
    """Return the boot script service's referral token for an image."""
    return f"{image[:23]}-{image[-12:][::-1]}"


def demo_template(boot: Boot) -> Document:
    """Return the session template's document."""
    boot_set = {
        "arch": boot.arch,
        "etag": ETAG,
        "kernel_parameters": "console=ttyS0,115200 ip=dhcp quiet",
        **boot.nodes,
        "path": f"s3://boot-images/{boot.image}/manifest.json",
        "rootfs_provider": "cpss3",
        "rootfs_provider_passthrough": "dvs:api-gw-service-nmn.local:300:hsn0,nmn0:0",
        "type": "s3",
    }
    return {
        "boot_sets": {boot.boot_set: boot_set},
        "cfs": {"configuration": boot.name},
        "description": boot.description,
        "enable_cfs": True,
        "name": boot.name,
        "tenant": boot.tenant,
    }
