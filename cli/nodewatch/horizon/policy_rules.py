"""What a policy in a file must be, and how policies are sent to the Exchange: pure functions of texts and documents.

The messages are those of `hzn`, so that scripts which look for them find them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, TypeGuard

from nodewatch.documents import part
from nodewatch.errors import WrongUsage
from nodewatch.horizon.constraint_rules import Unparsable, check_text
from nodewatch.horizon.property_rules import BOOLEAN_PROPERTY, property_fault
from nodewatch.times import read_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from nodewatch.documents import Document
    from nodewatch.horizon.types import Policy

COMMENT_OR_TEXT = re.compile(r'("(?:\\.|[^"\\])*")|/\*.*?\*/', re.DOTALL)
VARIABLE = re.compile(r"\$(?:\{(\w+)\}|([A-Za-z_]\w*))", re.ASCII)
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
SET_BY_EXCHANGE = ("owner", "created", "lastUpdated")
TEXTS = "an array of texts"
FIELDS = {
    "label": "a text",
    "description": "a text",
    "constraints": TEXTS,
    "properties": "an array of objects",
    "patterns": TEXTS,
    "enabled": "true or false",
    "start": "a text",
    "startWindow": "a whole number",
    "agentUpgradePolicy": "an object",
    "agentImagePolicy": "an object",
}
UPGRADE_FIELDS = {"manifest": "a text", "allowDowngrade": "true or false"}
NO_CONSTRAINTS = (
    "The node management policy has no constraints which might result in the management policy being deployed to all "
    "nodes. Please specify --no-constraints to confirm that this is acceptable."
)
NO_MANIFEST_NAMED = (
    "An AgentAutoUpgradePolicy was defined, but a manifest was not defined. Please specify a manifest that is stored "
    "in the CSS before attempting to add an NMP with an AgentAutoUpgradePolicy."
)
EXAMPLE_POLICY = """\
{
  "label": "",                              /* What the policy is called, in a few words. */
  "description": "",                        /* What it is for. */
  "constraints": [                          /* What a node's properties must be: NAME OPERATOR VALUE, joined by */
    "myproperty == myvalue"                 /* AND (&&) or OR (||). All texts of the list must hold. */
  ],
  "properties": [                           /* What a node's own constraints are held against. */
    {
      "name": "",
      "value": null
    }
  ],
  "patterns": [                             /* Instead of constraints: the nodes that use one of these patterns. */
    ""
  ],
  "enabled": false,                         /* Whether agents take it. */
  "start": "<RFC3339 timestamp> | now",     /* When the upgrade starts ("now" if it is left out). */
  "startWindow": 0,                         /* Each agent starts at a time of its own within so many seconds. */
  "agentUpgradePolicy": {
    "manifest": "",                         /* The manifest of the files to install, as ORG/NAME. */
    "allowDowngrade": false                 /* Whether an older version may be installed. */
  }
}
"""


def without_comments(text: str) -> str:
    """Return JSON without the comments between `/*` and `*/`; what stands in a text of it stays.

    >>> without_comments('{"a": "/* b */" /* c */}')
    '{"a": "/* b */" }'
    """
    return COMMENT_OR_TEXT.sub(lambda found: found[1] or "", text)


def substitute(text: str, value: Callable[[str], str | None]) -> tuple[str, list[str]]:
    """Return the text with `$NAME` and `${NAME}` replaced by their values, and the names that have none.

    >>> substitute("$A ${B} $5 $B", {"A": "x"}.get)
    ('x  $5 ', ['B'])
    """
    missing: list[str] = []

    def replaced(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        known = value(name)
        if known is None and name not in missing:
            missing.append(name)
        return known or ""

    return VARIABLE.sub(replaced, text), missing


def parse_policy(text: str, file: str) -> Policy:
    """Return the policy in a file's text, its fields of the right kinds; raise `WrongUsage` for anything else."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongUsage(f"failed to unmarshal json input file {file}: {error}") from error
    if not is_policy(document):
        raise WrongUsage(f"failed to unmarshal json input file {file}: {policy_fault(document)}")
    return document


def is_policy(document: object) -> TypeGuard[Policy]:
    """Return whether a document is a policy, as far as the kinds of its fields tell."""
    return policy_fault(document) is None


def policy_fault(document: object) -> str | None:
    """Return which field of a policy is not of its kind, None if all are; a field that is null counts as left out.

    >>> policy_fault({"patterns": "shop"}), policy_fault({"agentUpgradePolicy": {"manifest": 7}}), policy_fault([])
    ('patterns must be an array of texts', 'manifest must be a text', 'it holds no object')
    >>> policy_fault({"label": None, "mood": 7})
    """
    if not isinstance(document, dict):
        return "it holds no object"
    for kinds, fields in ((FIELDS, document), (UPGRADE_FIELDS, part(document, "agentUpgradePolicy"))):
        for name, kind in kinds.items():
            if fields.get(name) is not None and not is_kind(fields[name], kind):
                return f"{name} must be {kind}"
    return None


def is_kind(value: object, kind: str) -> bool:
    """Return whether a value is what `FIELDS` calls it.

    >>> is_kind(True, "a whole number"), is_kind(["a"], TEXTS), is_kind("a", TEXTS)
    (False, True, False)
    """
    if kind.startswith("an array"):
        wanted = str if kind == TEXTS else dict
        return isinstance(value, list) and all(isinstance(each, wanted) for each in value)
    kinds = {"a text": str, "true or false": bool, "a whole number": int, "an object": dict}
    return isinstance(value, kinds[kind]) and not (kinds[kind] is int and isinstance(value, bool))


def unknown_fields(policy: Policy) -> list[str]:
    """Return the fields that a policy does not have, and that are therefore not sent."""
    return sorted(set(policy) - {*FIELDS, *SET_BY_EXCHANGE})


def as_sent(policy: Policy, file: str) -> Policy:
    """Return a policy that was read from a file as it is sent; raise `WrongUsage` for what no policy may be.

    What the Exchange sets itself is left out, and so are fields that it does not have. Empty constraints and patterns
    are null, because the Exchange refuses a policy that has both.

    >>> as_sent({"constraints": ["a == b"], "owner": "o/u", "mood": "new"}, "f.json")
    {'label': '', 'description': '', 'constraints': ['a == b'], 'properties': None, 'patterns': None, \
'enabled': False, 'start': 'now', 'startWindow': 0}
    >>> left_out = {"constraints": None, "properties": None, "patterns": None}
    >>> whole = {"label": "l", "description": "d", "enabled": True, "start": "2026-11-21T12:00:00Z", "startWindow": 5}
    >>> whole["agentUpgradePolicy"] = {"manifest": "o/m", "allowDowngrade": True}
    >>> whole["agentImagePolicy"] = {"manifest": "o/i"}
    >>> as_sent({**whole, "constraints": [], "properties": [], "patterns": []}, "f.json") == {**whole, **left_out}
    True
    >>> as_sent({"agentUpgradePolicy": {}}, "f.json")["agentUpgradePolicy"]
    {'manifest': '', 'allowDowngrade': False}
    >>> as_sent({"start": "tomorrow"}, "f.json")
    Traceback (most recent call last):
    nodewatch.errors.WrongUsage: Incorrect node management policy format in file f.json: The start time must be in \
RFC3339 format or set to "now".
    >>> as_sent({"constraints": ["a b c"]}, "f.json")
    Traceback (most recent call last):
    nodewatch.errors.WrongUsage: Incorrect node management policy format in file f.json: constraint language [a b c] \
is not supported.  Error finding an expression in a b c. Error was: an operator must follow the name 'a', not ' b'
    """
    try:
        check_start(policy.get("start") or "now")
        properties = [checked_property(each) for each in policy.get("properties") or ()]
        check_constraints(policy.get("constraints") or [])
    except ValueError as error:
        raise WrongUsage(f"Incorrect node management policy format in file {file}: {error}") from error
    sent: Policy = {
        "label": policy.get("label") or "",
        "description": policy.get("description") or "",
        "constraints": policy.get("constraints") or None,
        "properties": properties or None,
        "patterns": policy.get("patterns") or None,
        "enabled": policy.get("enabled") or False,
        "start": policy.get("start") or "now",
        "startWindow": policy.get("startWindow") or 0,
    }
    upgrade = policy.get("agentUpgradePolicy")
    if upgrade is not None:
        sent["agentUpgradePolicy"] = {
            "manifest": upgrade.get("manifest") or "",
            "allowDowngrade": upgrade.get("allowDowngrade") or False,
        }
    if policy.get("agentImagePolicy") is not None:
        sent["agentImagePolicy"] = policy["agentImagePolicy"]
    return sent


def check_start(start: str) -> None:
    """Raise `ValueError` if a policy cannot start then."""
    if not is_start(start):
        raise ValueError('The start time must be in RFC3339 format or set to "now".')


def checked_property(found: Document) -> Document:
    """Return a property as it is sent; raise `ValueError` if it is none.

    >>> checked_property({"name": "openhorizon.allowPrivileged", "value": "true", "mood": "new"})
    {'name': 'openhorizon.allowPrivileged', 'value': True}
    >>> checked_property({"name": "openhorizon.allowPrivileged", "value": False})["value"]
    False
    """
    wrong = property_fault(found)
    if wrong:
        raise ValueError(f"properties contains an invalid property: {wrong}")
    value = found["value"]
    if found["name"] == BOOLEAN_PROPERTY and not isinstance(value, bool):
        if value not in ("true", "false"):
            raise ValueError(f"The property {BOOLEAN_PROPERTY} must have a boolean value (true or false).")
        value = value == "true"
    kind = {"type": found["type"]} if found.get("type") else {}
    return {"name": found["name"], "value": value, **kind}


def check_constraints(constraints: list[str]) -> None:
    """Raise `ValueError` if one of the constraints is none."""
    for text in constraints:
        try:
            check_text(text)
        except Unparsable as error:
            listed = " ".join(constraints)
            raise ValueError(f"constraint language [{listed}] is not supported.  {error}") from error


def is_for_all(policy: Policy) -> bool:
    """Return whether nothing in a policy chooses among nodes: no constraint, no pattern, or only blank ones.

    >>> is_for_all({"constraints": [" "]}), is_for_all({"patterns": ["shop"]}), is_for_all({})
    (True, False, True)
    """
    choosing = [*(policy.get("constraints") or ()), *(policy.get("patterns") or ())]
    return not any(text.strip() for text in choosing)


def as_switched(
    policy: Document | None, *, enabled: bool, start: str | None = None, window: int | None = None
) -> Document:
    """Return the policy as it is sent to the Exchange to enable or disable it; everything else stays.

    Only what the Exchange takes is sent: it refuses a policy with any other member. Not every one knows image policies,
    but one that answers one keeps it. Empty constraints and patterns are null, because it refuses a policy that has
    both, be they empty.

    >>> policy = {"owner": "o/u", "enabled": False, "constraints": ["a == b"], "patterns": []}
    >>> as_switched(policy, enabled=True, start="now")
    {'enabled': True, 'constraints': ['a == b'], 'patterns': None, 'start': 'now'}
    >>> as_switched({"agentImagePolicy": {"manifest": "o/m"}}, enabled=False)
    {'agentImagePolicy': {'manifest': 'o/m'}, 'enabled': False}
    """
    changed: dict[str, object] = {name: value for name, value in (policy or {}).items() if name in FIELDS}
    image_policy = changed.pop("agentImagePolicy", None)
    for name in ("constraints", "patterns"):
        if name in changed:
            changed[name] = changed[name] or None
    if image_policy:
        changed["agentImagePolicy"] = image_policy
    changed["enabled"] = enabled
    changed.update({} if start is None else {"start": start})
    changed.update({} if window is None else {"startWindow": window})
    return changed


def is_start(text: str) -> bool:
    """Return whether a policy can start then: `now`, or at a time as RFC 3339 writes it.

    >>> [is_start(text) for text in ("now", "2026-11-21T12:00:00+01:00", "2026-11-31T12:00:00Z", "tomorrow")]
    [True, True, False, False]
    """
    return text == "now" or (RFC_3339.fullmatch(text) is not None and read_time(text) is not None)


def as_stored(body: Document) -> dict[str, object]:
    """Return the fields of a policy as the Exchange answers them after it was sent: all of them, lists never null.

    >>> as_stored({"label": "x", "constraints": None})["constraints"], as_stored({})["enabled"]
    ([], False)
    >>> as_stored({})["agentUpgradePolicy"]
    {'manifest': '', 'allowDowngrade': False}
    """
    usual: dict[str, object] = {
        "label": "",
        "description": "",
        "constraints": [],
        "properties": [],
        "patterns": [],
        "enabled": False,
        "start": "now",
        "startWindow": 0,
        "agentUpgradePolicy": {"manifest": "", "allowDowngrade": False},
    }
    return {**usual, **{name: value for name, value in body.items() if value is not None}}
