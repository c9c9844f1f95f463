"""BOS v1 offline: its session templates, which are those of BOS v2, in its own ways of storing and answering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.backend import Answer
from nodewatch.bos_v1.offline import TEMPLATES, for_everyone
from nodewatch.offline.routing import Call, Route, by_owner, problem
from nodewatch.offline.store import owned_key

if TYPE_CHECKING:
    from nodewatch.offline.store import Store

NOT_CREATED = "The session template could not be created."
EXAMPLE_TEMPLATE = {
    "boot_sets": {
        "name_your_boot_set": {
            "etag": "boot-image-s3-etag",
            "kernel_parameters": "your-kernel-parameters",
            "node_list": ["xname1", "xname2", "xname3"],
            "path": "s3://boot-images/boot-image-ims-id/manifest.json",
            "rootfs_provider": "cpss3",
            "rootfs_provider_passthrough": "dvs:api-gw-service-nmn.local:300:hsn0,nmn0:0",
            "type": "s3",
        }
    },
    "cfs": {"configuration": "desired-cfs-config"},
    "enable_cfs": True,
}


def list_templates(store: Store, _call: Call) -> Answer:
    """Answer `GET /v1/sessiontemplate`."""
    return Answer(200, by_owner(template for _, template in store.items(TEMPLATES)))


def describe_template(store: Store, call: Call) -> Answer:
    """Answer `GET /v1/sessiontemplate/{name}`."""
    document = store.get(TEMPLATES, owned_key(call.names["name"], None))
    return not_found(call.names["name"]) if document is None else Answer(200, document)


def put_template(store: Store, call: Call) -> Answer:
    """Answer `POST /v1/sessiontemplate`: the template of the name in it is replaced, and the name answered."""
    body: object = call.body
    if not isinstance(body, dict):
        return problem(400, "Bad Request", f"{body!r} is not of type 'object'")
    name = body.get("name")
    if not isinstance(name, str) or not name:
        return problem(400, NOT_CREATED, "Invalid value for `name`, must not be `None`")
    store.put(TEMPLATES, owned_key(name, None), {**dict(sorted(body.items())), "tenant": ""})
    return Answer(201, name)


def delete_template(store: Store, call: Call) -> Answer:
    """Answer `DELETE /v1/sessiontemplate/{name}`."""
    name = call.names["name"]
    return Answer(204) if store.delete(TEMPLATES, owned_key(name, None)) else not_found(name)


def not_found(name: str) -> Answer:
    """Return the server's words for a template that does not exist."""
    return problem(404, "The resource was not found", f"Session template '{name}' does not exist")


TEMPLATE_ROUTES = [
    Route("GET", "/v1/sessiontemplate", for_everyone(list_templates)),
    Route("POST", "/v1/sessiontemplate", for_everyone(put_template)),
    Route("GET", "/v1/sessiontemplate/{name}", for_everyone(describe_template)),
    Route("DELETE", "/v1/sessiontemplate/{name}", for_everyone(delete_template)),
    Route("GET", "/v1/sessiontemplatetemplate", for_everyone(lambda _store, _call: Answer(200, EXAMPLE_TEMPLATE))),
]
