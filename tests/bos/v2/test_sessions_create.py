from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from conftest import SERVERS, FakeWorld
from fleets import component, session, template
from nodewatch.backend import Request
from nodewatch.nodes.nodeset import EXAMPLE
from nodewatch.offline.backend import LocalBackend, routes
from nodewatch.settings.model import resolve

if TYPE_CHECKING:
    from conftest import Load, Runner

NODES = ("x3000c0s1b0n0", "x3000c0s2b0n0", "x3000c0s3b0n0")
URL = "https://bos.example.com"
CREATE = "bos v2 sessions create --template-name compute --operation"


def fleet(**options: Any) -> dict[str, Any]:
    templates = [template("compute", *NODES), template("roles", node_roles_groups=["Compute"]), {"name": "none"}]
    idle = [component(name, session="", error="old", event_stats={"power_on_attempts": 2}) for name in NODES]
    return {
        "bos": {
            "v2": {
                "components": idle,
                "sessions": [session("taken")],
                "sessiontemplates": templates,
                "options": options or {"x": 1},
            }
        }
    }


def created(name: str, **fields: Any) -> dict[str, Any]:
    status = {"end_time": None, "error": None, "start_time": "2026-11-21T12:00:00", "status": "pending"}
    return {**session(name, template_name="compute", **fields), "status": status}


def test_a_reboot_of_the_nodes_that_the_limit_leaves(run: Runner, load: Load) -> None:
    load(fleet())
    done = run(f"{CREATE} reboot --name new --limit x3000c0s[1-2]b0n0")
    assert (done.code, done.stderr) == (0, "")
    assert done.json == created("new", operation="reboot", limit="x3000c0s1b0n0,x3000c0s2b0n0")
    assert run("bos v2 sessions describe new").json == done.json
    status = run("bos v2 sessions status list new").json
    assert (status["status"], status["managed_components_count"], status["percent_successful"]) == ("pending", 2, 0.0)
    node = run("bos v2 components describe x3000c0s2b0n0").json
    nothing = {"initrd": "", "kernel": "", "kernel_parameters": ""}
    assert node == component(
        "x3000c0s2b0n0",
        session="new",
        enabled=True,
        actual_state={"boot_artifacts": nothing, "bss_token": "", "last_updated": "2026-11-21T12:00:00"},
        desired_state={
            "boot_artifacts": {
                "initrd": "s3://boot-images/24.7/initrd",
                "kernel": "s3://boot-images/24.7/kernel",
                "kernel_parameters": "ip=dhcp",
            },
            "configuration": "compute-24.7",
            "last_updated": "2026-11-21T12:00:00",
        },
        event_stats={"power_off_forceful_attempts": 0, "power_off_graceful_attempts": 0, "power_on_attempts": 0},
        last_action={"action": "session_setup", "failed": False, "last_updated": "2026-11-21T12:00:00"},
        status={"phase": "", "status": "on_hold", "status_override": "on_hold"},
    )
    assert run("bos v2 components describe x3000c0s3b0n0").json["session"] == ""


def test_a_boot_leaves_the_actual_state_alone(run: Runner, load: Load) -> None:
    load(fleet())
    assert run(f"{CREATE} boot").code == 0
    node = run("bos v2 components describe x3000c0s1b0n0").json
    assert node["actual_state"] == component("x1")["actual_state"]


def test_a_shutdown_wants_nothing_booted(run: Runner, load: Load) -> None:
    load(fleet())
    assert run(f"{CREATE} shutdown --name off").code == 0
    desired = run("bos v2 components describe x3000c0s1b0n0").json["desired_state"]
    assert (desired["boot_artifacts"]["kernel"], desired["configuration"]) == ("", "")


def test_a_staged_session_changes_no_node_yet(run: Runner, load: Load) -> None:
    load(fleet())
    done = run(f"{CREATE} reboot --name staged --stage true --include-disabled false")
    assert done.json == created("staged", stage=True)
    node = run("bos v2 components describe x3000c0s1b0n0").json
    assert (node["session"], node["enabled"], node["error"]) == ("", False, "")
    assert node["staged_state"]["session"] == "staged"
    assert node["staged_state"]["configuration"] == "compute-24.7"
    assert run("bos v2 sessions status list staged").json["percent_staged"] == 100.0


def test_bos_invents_a_name(run: Runner, load: Load) -> None:
    load(fleet())
    name = run(f"{CREATE} boot").json["name"]
    assert len(name) == 36
    assert run(f"bos v2 sessions describe {name}").code == 0


def test_the_table_names_the_command_that_watches_it(run: Runner, load: Load) -> None:
    load(fleet())
    assert (
        run(f"{CREATE} boot --name new --format table").stdout
        == """\
Session:    new
Status:     pending
Operation:  boot
Template:   compute
Started:    2026-11-21 12:00:00 UTC

Next
  watch it:  nodewatch bos v2 sessions status list new --watch
"""
    )
    assert run(f"{CREATE} boot --name later --stage true --format table").stdout.endswith(
        "\nNext\n  start it:  nodewatch bos v2 applystaged create --xnames NODES\n"
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("boot --name taken", "The resource to be created already exists: Session 'taken' already exists"),
        (
            "boot --name -a",
            "Bad Request: '-a' does not match '^[a-zA-Z0-9](?:[-._a-zA-Z0-9]{0,125}[a-zA-Z0-9])?$' - 'name'",
        ),
        ("boot --template-name nope", "Bad Request: Session Template Name invalid: nope"),
        (
            "boot --template-name none",
            "Bad Request: Session template fails check: Session template 'none' requires at least 1 boot set.",
        ),
    ],
)
def test_what_the_server_refuses(run: Runner, load: Load, options: str, words: str) -> None:
    load(fleet())
    assert run(f"{CREATE} {options}") == (5, "", f"Error: {words}\n")
    assert [session["name"] for session in run("bos v2 sessions list").json] == ["taken"]
    assert run("bos v2 components list --enabled true").json == []


@pytest.mark.parametrize(
    ("option", "limit", "words"),
    [
        ("session_limit_required", "", "session_limit_required option is set, but this session has no limit specified"),
        (
            "reject_nids",
            "--limit Compute,nid000001",
            "reject_nids: session limit appears to contain NIDs: Compute,nid000001",
        ),
    ],
)
def test_what_the_options_refuse(run: Runner, load: Load, option: str, limit: str, words: str) -> None:
    load(fleet(**{option: True}))
    assert run(f"{CREATE} boot {limit}") == (5, "", f"Error: Bad Request: {words}\n")


@pytest.mark.parametrize(
    ("limit", "error"),
    [
        ("x3000c0s9b0n0", "No nodes were found to act upon."),
        ("all,!x3000c0s[1-3]b0n0", "No nodes were found to act upon."),
    ],
)
def test_a_session_without_nodes_is_complete_at_once(run: Runner, load: Load, limit: str, error: str) -> None:
    load(fleet())
    assert run(f"{CREATE} boot --name new --limit '{limit}'").json["status"]["status"] == "pending"
    status = run("bos v2 sessions describe new").json["status"]
    assert status == {
        "end_time": "2026-11-21T12:00:00",
        "error": error,
        "start_time": "2026-11-21T12:00:00",
        "status": "complete",
    }


@pytest.mark.parametrize(
    ("template", "limit", "who"),
    [("roles", "", "Compute"), ("compute", "--limit all,&Compute", "Compute"), ("roles", "--limit green,x1", "green")],
)
def test_who_has_a_role_cannot_be_known_offline(run: Runner, load: Load, template: str, limit: str, who: str) -> None:
    load(fleet())
    create = f"bos v2 sessions create --template-name {template} --operation boot --name new"
    assert run(f"{create} {limit}").json["status"]["error"] is None
    status = run("bos v2 sessions describe new").json["status"]
    assert (status["status"], status["error"]) == ("pending", f"Who is in {who} cannot be known offline.")
    assert run("bos v2 components list --session new").json == []


@pytest.mark.parametrize(
    ("limit", "error", "nodes"),
    [
        (f"{NODES[0]},", "IndexError: string index out of range\n", []),
        (f"{NODES[0]},,{NODES[1]}", "IndexError: string index out of range\n", []),
        (f"!{NODES[0]}", "No nodes were found to act upon.", []),
        (f"all, !{NODES[0]}", None, [*NODES]),
    ],
)
def test_a_limit_that_the_server_would_not_mend(
    run: Runner, load: Load, limit: str, error: str | None, nodes: list[str]
) -> None:
    store = load(fleet())
    world = FakeWorld(dict(run.environ))
    backend = LocalBackend(str(store), routes("bos"), world, resolve({"local": str(store)}, world))
    body = {"name": "odd", "operation": "boot", "template_name": "compute", "limit": limit}
    with closing(backend):
        backend.send(Request("POST", "/v2/sessions", body=body))
        session: Any = backend.send(Request("GET", "/v2/sessions/odd")).document
    assert session["status"]["error"] == error
    assert [node["id"] for node in run("bos v2 components list --session odd").json] == nodes


def test_a_staged_shutdown_is_over_at_once_with_no_node_that_knows_of_it(run: Runner, load: Load) -> None:
    load(fleet())
    assert run(f"{CREATE} shutdown --name off --stage true").json["status"]["status"] == "pending"
    session = run("bos v2 sessions describe off").json
    assert (session["status"]["status"], session["status"]["error"]) == ("complete", None)
    assert run("bos v2 sessions status list off").json["managed_components_count"] == 0


def test_who_has_a_role_is_taken_to_be_whom_the_limit_names(run: Runner, load: Load) -> None:
    load(fleet())
    assert run(f"{CREATE} boot --name new --template-name roles --limit {NODES[0]},{NODES[1]},x9,!{NODES[1]}").code == 0
    assert [node["id"] for node in run("bos v2 components list --session new").json] == [NODES[0]]


def test_tenants_have_sessions_and_templates_of_their_own(run: Runner, load: Load) -> None:
    blue = {**template("compute", NODES[0]), "tenant": "blue"}
    load(
        {"bos": {"v2": {"components": [component(NODES[0])], "sessiontemplates": [blue], "sessions": [session("new")]}}}
    )
    assert run(f"{CREATE} boot --name new").stderr == "Error: Bad Request: Session Template Name invalid: compute\n"
    assert run(f"{CREATE} boot --name new", NODEWATCH_TENANT="blue").json["tenant"] == "blue"
    again = run(f"{CREATE} boot --name new", NODEWATCH_TENANT="blue")
    assert again.stderr.endswith("already exists: Session 'new' already exists for tenant 'blue'\n")


@pytest.mark.parametrize(
    ("limit", "sent"),
    [
        ("x3,x1,x3", "x3,x1,x3"),
        ("x[9-10]b[0,2]n0,!x9b0n0,&Compute", "x9b0n0,x9b2n0,x10b0n0,x10b2n0,!x9b0n0,&Compute"),
        ("x[08-10],!x[01-02],*", "x08,x09,x10,!x01,!x02,*"),
        ("x9,&x[7],all", "x9,&x7,all"),
        ("Compute, uan", "Compute,uan"),
        ("all,!X9C0S0B0N0", "all,!x9c0s0b0n0"),
        ("all,!x3000c0s1,green", f"all,!{NODES[0]},green"),
        ("x3000c0s[1-2],!x*s2b0n0", f"{NODES[0]},{NODES[1]},!{NODES[1]}"),
        ("@FILE", "x1,x2"),
        ("-", "x4,x5"),
    ],
)
def test_what_is_sent(run: Runner, load: Load, limit: str, sent: str) -> None:
    file = load(fleet()).with_suffix(".txt")
    file.write_text("x[1-2]  # the first two")
    line = f"{CREATE} boot --stage yes --limit '{limit.replace('@FILE', f'@{file}')}' --dry-run"
    assert run(line, stdin="x4 x5\n").json == {
        "method": "POST",
        "path": "/v2/sessions",
        "query": {},
        "body": {"template_name": "compute", "operation": "boot", "stage": True, "limit": sent},
    }
    assert [session["name"] for session in run("bos v2 sessions list").json] == ["taken"]


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("all,&x[1-2]", "'&x[1-2]' is 2 nodes, and BOS takes one after &. Put the nodes first, then &GROUP."),
        ("x[1-", f"'x[1-' is not a node set: its brackets do not match. {EXAMPLE}"),
        (
            "ALL,!x1",
            "--limit: 'ALL' is no node, group or role with & or ! before it. You mean: --limit 'all,!x1'",
        ),
        (
            "all,-x1",
            "--limit: '-x1' is no node, group or role with & or ! before it. You mean: --limit 'all,!x1'",
        ),
        ("x[1-3]^x2", "--limit: 'x[1-3]^x2' is no node, group or role with & or ! before it."),
        ("-", "a list of nodes cannot hold '&Compute': write the terms with & and ! on the command line."),
    ],
)
def test_limits_that_cannot_be_right(run: Runner, limit: str, words: str) -> None:
    done = run(f"{CREATE} boot --limit '{limit}'", stdin="x1\n&Compute\n", NODEWATCH_BOS_URL=URL)
    assert done == (2, "", f"Error: {words}\n")


def test_what_is_missing(run: Runner) -> None:
    assert run("bos v2 sessions create").stderr.endswith("Error: Missing option '--template-name'.\n")
    assert (
        run("bos v2 sessions create --template-name t")
        .stderr.splitlines()[-4]
        .startswith("Error: Missing option '--operation'.")
    )
    assert run(f"{CREATE} explode").code == 2


@pytest.mark.parametrize(
    ("template", "limit", "who"),
    [
        ("compute", "", "all 3 nodes of compute"),
        ("compute", f"--limit {NODES[0]},x9c0s0b0n0", "1 of 3 nodes of compute"),
        ("roles", "", "all nodes in Compute of roles"),
    ],
)
def test_a_rehearsal_says_how_many_nodes(
    run: Runner, load: Load, backend: str, template: str, limit: str, who: str
) -> None:
    store = load(fleet())
    place = SERVERS["bos"] if backend == "http" else f"the local store {store}"
    done = run(f"bos v2 sessions create --template-name {template} --operation shutdown {limit} --dry-run")
    assert (done.code, done.stderr) == (0, f"Shut down {who}, at {place}: nothing is sent.\n")


def test_a_rehearsal_says_that_a_template_does_not_exist(run: Runner, load: Load) -> None:
    load(fleet())
    done = run("bos v2 sessions create --template-name nope --operation boot --dry-run")
    assert (done.code, done.json["body"]) == (0, {"template_name": "nope", "operation": "boot"})
    assert done.stderr.startswith("Boot the nodes of a session template that BOS does not have, so that it would")


def test_without_a_limit_you_are_asked_on_a_terminal(run: Runner, load: Load, backend: str) -> None:
    store = load(fleet())
    place = SERVERS["bos"] if backend == "http" else f"the local store {store}"
    question = f"Reboot all 3 nodes of compute, at {place}? [y/N]: "
    line = f"{CREATE} reboot --name new --format json"
    assert run(line, tty=True, stdin="n\n") == (1, "", f"{question}Error: Nothing was changed.\n")
    assert run("bos v2 sessions describe new").code == 8
    assert run(line, tty=True, stdin="y\n").stderr == question
    assert run(f"{CREATE} reboot --yes --format json", tty=True).stderr == ""
    assert run(f"{CREATE} reboot --limit {NODES[0]} --format json", tty=True).stderr == ""
