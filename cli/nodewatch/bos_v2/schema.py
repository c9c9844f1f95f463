"""What the server's schema allows in the body of a change ("BOS v2 API"), and its words for what it does not allow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypedDict, Unpack

from nodewatch.bos_v2.fields import ACTIONS, LONGEST_IDS, PHASES
from nodewatch.bos_v2.rules import LARGEST_OPTION, NAME_PATTERN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class Schema(TypedDict, total=False):
    """The part of JSON Schema that the API uses, by JSON Schema's own words.

    Two words are ours: an object that is `closed` has no other fields than its `properties`; `members` is the schema of
    the fields that have no names of their own.
    """

    type: str
    readOnly: bool
    nullable: bool
    enum: Sequence[str]
    pattern: str
    minLength: int
    maxLength: int | None
    minimum: int
    maximum: int
    items: Schema
    minItems: int
    maxItems: int
    properties: Mapping[str, Schema]
    required: Sequence[str]
    minProperties: int
    closed: bool
    members: Schema


def text_schema(least: int = 0, most: int | None = None, **more: Unpack[Schema]) -> Schema:
    """Return the schema of a text, its length within limits."""
    return {"type": "string", "minLength": least, "maxLength": most, **more}


def number_schema(most: int, least: int = 0) -> Schema:
    """Return the schema of a whole number within limits."""
    return {"type": "integer", "minimum": least, "maximum": most}


def object_schema(properties: Mapping[str, Schema], *required: str, least: int = 0) -> Schema:
    """Return the schema of an object that has no other fields than these, and at least so many of them."""
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "closed": True,
        "minProperties": least,
    }


def names_schema(most: int, least: int = 1) -> Schema:
    """Return the schema of a list of names."""
    return {"type": "array", "items": text_schema(1, 127), "minItems": least, "maxItems": most}


FLAG_SCHEMA: Schema = {"type": "boolean"}
READ_ONLY_SCHEMA: Schema = {"type": "string", "readOnly": True}
NAME_SCHEMA = text_schema(1, 127, pattern=f"^{NAME_PATTERN}$")
AGE_SCHEMA = text_schema(1, 8, pattern="^(0|0[mMhHdDwW]|[1-9][0-9]*[mMhHdDwW])$")
COUNT_SCHEMA = number_schema(LARGEST_OPTION)

SESSION_SCHEMA = object_schema(
    {
        "name": NAME_SCHEMA,
        "operation": text_schema(enum=["boot", "reboot", "shutdown"]),
        "template_name": NAME_SCHEMA,
        "limit": text_schema(most=524_288, nullable=True),
        "stage": FLAG_SCHEMA,
        "include_disabled": FLAG_SCHEMA,
    },
    "operation",
    "template_name",
)

ARTIFACTS_SCHEMA = object_schema(
    {"kernel": text_schema(most=4095), "kernel_parameters": text_schema(most=4096), "initrd": text_schema(most=4095)}
)
STATE_FIELDS = {"boot_artifacts": ARTIFACTS_SCHEMA, "last_updated": READ_ONLY_SCHEMA}
TOKEN_FIELD = {"bss_token": text_schema(most=65_535)}
CONFIGURATION_FIELD = {"configuration": text_schema(most=127)}
COMPONENT_SCHEMA = object_schema(
    {
        "id": text_schema(1, 127),
        "actual_state": object_schema({**STATE_FIELDS, **TOKEN_FIELD}),
        "desired_state": object_schema({**STATE_FIELDS, **TOKEN_FIELD, **CONFIGURATION_FIELD}),
        "staged_state": object_schema({**STATE_FIELDS, **CONFIGURATION_FIELD, "session": text_schema()}),
        "last_action": object_schema(
            {"last_updated": READ_ONLY_SCHEMA, "action": text_schema(enum=list(ACTIONS)), "failed": FLAG_SCHEMA}
        ),
        "event_stats": object_schema(
            {
                "power_on_attempts": COUNT_SCHEMA,
                "power_off_graceful_attempts": COUNT_SCHEMA,
                "power_off_forceful_attempts": COUNT_SCHEMA,
            }
        ),
        "status": object_schema(
            {
                "phase": text_schema(enum=list(PHASES)),
                "status": READ_ONLY_SCHEMA,
                "status_override": text_schema(most=65_536),
            }
        ),
        "enabled": FLAG_SCHEMA,
        "error": text_schema(most=65_536),
        "session": text_schema(),
        "retry_policy": COUNT_SCHEMA,
    },
    least=1,
)
NO_TEXT_SCHEMA = text_schema(most=0, nullable=True)
CHANGE_BY_IDS_SCHEMA, CHANGE_BY_SESSION_SCHEMA = (
    object_schema({"patch": COMPONENT_SCHEMA, "filters": filters}, "patch", "filters")
    for filters in (
        object_schema({"ids": text_schema(1, LONGEST_IDS), "session": NO_TEXT_SCHEMA}, "ids"),
        object_schema({"ids": NO_TEXT_SCHEMA, "session": NAME_SCHEMA}, "session"),
    )
)
APPLY_STAGED_SCHEMA = object_schema({"xnames": names_schema(32_768, 0)})

CFS_SCHEMA = object_schema(CONFIGURATION_FIELD)
BOOT_SET_SCHEMA = object_schema(
    {
        "name": NAME_SCHEMA,
        "path": text_schema(1, 4095),
        "cfs": CFS_SCHEMA,
        "type": text_schema(1, 127),
        "etag": text_schema(most=65_536),
        "kernel_parameters": text_schema(most=4096),
        "node_list": names_schema(65_535),
        "node_roles_groups": names_schema(1023),
        "node_groups": names_schema(4095),
        "arch": text_schema(enum=["X86", "ARM", "Other", "Unknown"]),
        "rootfs_provider": text_schema(1, 511),
        "rootfs_provider_passthrough": text_schema(most=4096),
    },
    "path",
    "type",
)
TEMPLATE_FIELDS: dict[str, Schema] = {
    "name": READ_ONLY_SCHEMA,
    "tenant": {**READ_ONLY_SCHEMA, "nullable": True},
    "description": text_schema(1, 1023),
    "enable_cfs": FLAG_SCHEMA,
    "cfs": CFS_SCHEMA,
    "boot_sets": {"type": "object", "minProperties": 1, "members": BOOT_SET_SCHEMA},
}
TEMPLATE_SCHEMA = object_schema(TEMPLATE_FIELDS, "boot_sets")
TEMPLATE_PATCH_SCHEMA = object_schema(TEMPLATE_FIELDS)

OPTIONS_SCHEMA: Schema = {
    "type": "object",
    "minProperties": 1,
    "properties": {
        **dict.fromkeys(
            (
                "max_boot_wait_time",
                "max_power_off_wait_time",
                "max_power_on_wait_time",
                "polling_frequency",
                "default_retry_policy",
            ),
            COUNT_SCHEMA,
        ),
        **dict.fromkeys(
            ("bss_read_timeout", "cfs_read_timeout", "hsm_read_timeout", "ims_read_timeout", "pcs_read_timeout"),
            number_schema(86_400, 10),
        ),
        **dict.fromkeys(
            ("clear_stage", "ims_errors_fatal", "ims_images_must_exist", "reject_nids", "session_limit_required"),
            FLAG_SCHEMA,
        ),
        "cleanup_completed_session_ttl": AGE_SCHEMA,
        "component_actual_state_ttl": text_schema(1, 8, pattern="^[1-9][0-9]*[hHdDwW]$"),
        "discovery_frequency": number_schema(33_554_432),
        "logging_level": text_schema(pattern="^(?i:debug|info|warning|error|critical)$"),
        "max_component_batch_size": number_schema(131_071),
    },
}

PYTHON_TYPES: dict[str, type] = {"object": dict, "string": str, "integer": int, "boolean": bool, "array": list}


class Fault(NamedTuple):
    """What the schema does not allow: where in the body, and why."""

    path: tuple[str, ...]
    message: str


def refusal(body: object, schema: Schema) -> str:
    """Return why the server refuses the body, in its words; empty if it takes it. Of many faults the outermost counts.

    >>> refusal({"operation": "explode", "template_name": "t"}, SESSION_SCHEMA)
    "'explode' is not one of ['boot', 'reboot', 'shutdown'] - 'operation'"
    >>> [refusal(body, COMPONENT_SCHEMA) for body in ({"status": {"status": "stable"}}, {}, None)]
    ["Property is read-only - 'status.status'", '{} should be non-empty', "None is not of type 'object'"]
    >>> [refusal({"retry_policy": number}, COMPONENT_SCHEMA) for number in (-1, 0)]
    ["-1 is less than the minimum of 0 - 'retry_policy'", '']
    """
    fault = min(find_faults(body, schema, ()), key=lambda fault: len(fault.path), default=None)
    if fault is None:
        return ""
    return fault.message + (f" - '{'.'.join(fault.path)}'" if fault.path else "")


def find_faults(value: object, schema: Schema, path: tuple[str, ...]) -> Iterator[Fault]:
    """Return all that the schema does not allow in the value, which stands at the path."""
    if schema.get("readOnly"):
        yield Fault(path, "Property is read-only")
    elif value is None and schema.get("nullable"):
        return
    elif not isinstance(value, PYTHON_TYPES[schema["type"]]) or (
        schema["type"] == "integer" and isinstance(value, bool)
    ):
        yield Fault(path, f"{value!r} is not of type {schema['type']!r}")
    elif isinstance(value, dict):
        yield from faults_in_object(value, schema, path)
    elif isinstance(value, list):
        yield from (Fault(path, words) for words in wrong_length(value, schema["minItems"], schema["maxItems"]))
        for index, item in enumerate(value):
            yield from find_faults(item, schema["items"], (*path, str(index)))
    else:
        yield from (Fault(path, words) for words in wrong_value(value, schema))


def faults_in_object(value: dict[str, object], schema: Schema, path: tuple[str, ...]) -> Iterator[Fault]:
    """Return what the schema does not allow in an object: fields missing, fields too many, and in the fields."""
    properties = schema.get("properties", {})
    yield from (
        Fault(path, f"{name!r} is a required property") for name in schema.get("required", ()) if name not in value
    )
    unknown = [repr(name) for name in value if name not in properties] if schema.get("closed") else []
    if unknown:
        verb = "was" if len(unknown) == 1 else "were"
        yield Fault(path, f"Additional properties are not allowed ({', '.join(unknown)} {verb} unexpected)")
    if len(value) < schema.get("minProperties", 0):
        yield Fault(path, f"{value!r} should be non-empty")
    for name, member in value.items():
        if name in properties:
            yield from find_faults(member, properties[name], (*path, name))
        elif "members" in schema:
            yield from find_faults(member, schema["members"], (*path, name))


def wrong_value(value: object, schema: Schema) -> Iterator[str]:
    """Return what the schema does not allow in a text or a number."""
    if "enum" in schema and value not in schema["enum"]:
        yield f"{value!r} is not one of {schema['enum']!r}"
    if isinstance(value, str):
        yield from wrong_length(value, schema.get("minLength", 0), schema.get("maxLength"))
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{value!r} does not match {schema['pattern']!r}"
    elif isinstance(value, int) and not isinstance(value, bool):
        if value < schema["minimum"]:
            yield f"{value!r} is less than the minimum of {schema['minimum']}"
        if value > schema["maximum"]:
            yield f"{value!r} is greater than the maximum of {schema['maximum']}"


def wrong_length(value: str | list[object], least: int, most: int | None) -> Iterator[str]:
    """Return what is wrong with the length of a text or a list.

    >>> list(wrong_length("", 1, 8)), list(wrong_length("abc", 0, 2)), list(wrong_length([], 0, None))
    (["'' should be non-empty"], ["'abc' is too long"], [])
    """
    if len(value) < least:
        yield f"{value!r} should be non-empty"
    if most is not None and len(value) > most:
        yield f"{value!r} is too long"
