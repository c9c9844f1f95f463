from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from nodewatch.bos_v2 import change_rules, fields, schema, set_up_rules
from nodewatch.documents import part

if TYPE_CHECKING:
    from nodewatch.bos_v2.fields import Field
    from nodewatch.bos_v2.types import Session

NODES = [f"x{number}" for number in range(8)]
documents = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["", "a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(st.sampled_from("abcd"), documents, max_size=4)


def values(rows: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Return option values as click would hand them over, none or some of them given."""
    kinds: dict[Any, Any] = {
        bool: st.booleans(),
        int: st.integers(0, 1000),
        str: st.text("a b'é", min_size=1, max_size=8),
    }
    types = {field.parameter: field.value_type for field in rows}
    return st.fixed_dictionaries(
        {},
        optional={
            name: kinds[values] if isinstance(values, type) else st.sampled_from(values)
            for name, values in types.items()
        },
    )


patches = (
    values(fields.COMPONENT_FIELDS).map(lambda given: fields.make_document(fields.COMPONENT_FIELDS, given)).filter(bool)
)
terms = st.builds("{}{}".format, st.sampled_from(["", "&", "!"]), st.sampled_from([*NODES, "all", "*", "Compute"]))
limits = st.lists(terms, max_size=6).map(",".join)


@given(objects, objects)
def test_a_merged_document_has_the_patch_and_is_the_same_when_merged_again(old: Any, patch: Any) -> None:
    merged = fields.apply_patch(old, patch)
    assert fields.apply_patch(merged, patch) == merged
    assert set(merged) == {*old, *patch}
    assert all(merged[name] == value for name, value in patch.items() if not isinstance(value, dict))
    assert all(merged[name] == value for name, value in old.items() if name not in patch)


@given(objects)
def test_fields_in_order_are_the_same_fields(document: Any) -> None:
    ordered = change_rules.sort_fields(document)
    assert ordered == document
    assert list(ordered) == sorted(document)


@given(patches)
def test_whatever_the_options_make_the_schema_takes(patch: dict[str, Any]) -> None:
    assert schema.refusal(patch, schema.COMPONENT_SCHEMA) == ""


@given(patches)
def test_what_the_server_adds_is_added_once(patch: dict[str, Any]) -> None:
    change = change_rules.complete_patch(patch, "now")
    assert change_rules.complete_patch(change, "now") == change
    assert "id" not in change
    assert (part(change, "status").get("status_override") == "on_hold") >= bool(patch.get("enabled"))
    if patch.get("desired_state"):
        assert change["session"] == patch.get("session", "")


@given(
    st.sampled_from(["boot", "reboot", "shutdown"]), st.booleans(), limits, st.lists(st.lists(st.sampled_from(NODES)))
)
def test_a_session_takes_only_nodes_that_it_may(operation: str, stage: bool, limit: str, sets: list[list[str]]) -> None:
    session: Session = {"name": "s", "operation": operation, "stage": stage, "limit": limit}
    template = {"boot_sets": {str(index): {"path": "p/m", "node_list": nodes} for index, nodes in enumerate(sets)}}
    known = NODES[:6]
    changes, error, _over = set_up_rules.plan_set_up(session, template, known)
    listed = {node for nodes in sets for node in nodes}
    assert set(changes) <= listed & set(known)
    assert bool(error) == (not changes)
    if not limit:
        assert set(changes) == listed & set(known)
    assert all(schema.refusal(change, schema.COMPONENT_SCHEMA) == "" for change in changes.values())


BODIES = [
    schema.SESSION_SCHEMA,
    schema.COMPONENT_SCHEMA,
    schema.TEMPLATE_SCHEMA,
    schema.OPTIONS_SCHEMA,
    schema.APPLY_STAGED_SCHEMA,
]


@given(objects, st.sampled_from(BODIES))
def test_any_body_is_taken_or_refused_in_words(body: Any, allowed: schema.Schema) -> None:
    assert isinstance(schema.refusal(body, allowed), str)
