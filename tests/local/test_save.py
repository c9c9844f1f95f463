"""What the live systems say, taken along: the servers here answer from a store, so the file must be that store's."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from conftest import SERVERS, serve
from fleets import FLEET
from nodewatch.errors import NotFound, ServiceTrouble
from nodewatch.offline.backend import LocalBackend

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from responses import RequestsMock

    from conftest import Runner
    from nodewatch.backend import Answer

    Tamper = Callable[[Callable[[str, Answer], Answer]], None]

SESSION = "night-reboot"


@pytest.fixture
def live(run: Runner, network: RequestsMock, tmp_path: Path) -> dict[str, Any]:
    """Make the demo fleet what the servers answer from; return it as a fleet file's document."""
    store = tmp_path / "demo.db"
    assert run(f"demo --local {store} --quiet").code == 0
    fleet: dict[str, Any] = run(f"local dump --local {store}").json
    serve(run, network, store)
    run.environ["HZN_ORG_ID"] = next(iter(fleet["exchange"]["nodes"])).partition("/")[0]
    return fleet


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "saved.json"


def org_of(run: Runner, documents: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in documents.items() if name.startswith(run.environ["HZN_ORG_ID"] + "/")}


def test_everything(run: Runner, live: dict[str, Any], file: Path) -> None:
    done = run(f"local save {file}")
    assert done == (0, "", f"Wrote {file}.\n")
    saved = json.loads(file.read_text())
    by_name = {session["name"]: session for session in live["bos"]["v2"]["sessions"]}
    assert {session["name"]: session for session in saved["bos"]["v2"]["sessions"]} == by_name
    assert [each["id"] for each in saved["bos"]["v2"]["components"]] == sorted(
        each["id"] for each in live["bos"]["v2"]["components"]
    )
    assert saved["bos"]["v1"]["status"].keys() == live["bos"]["v1"]["status"].keys()
    assert saved["bos"]["v1"]["boot_sets"] == live["bos"]["v1"]["boot_sets"]
    for part in ("managementpolicies", "nodes", "nodePolicies", "managementStatus"):
        assert org_of(run, saved["exchange"][part]).keys() == org_of(run, live["exchange"][part]).keys(), part
    assert saved["agent"] == live["agent"]


@pytest.mark.parametrize(
    "line",
    [
        "bos v2 sessions list",
        f"bos v2 sessions status list {SESSION} --format table",
        "bos v2 components list",
        "bos v2 options list",
        "bos v1 session list",
        "exchange nmp list -u me:x",
        "nmstatus list",
    ],
)
def test_file_answers_as_the_servers_did(run: Runner, live: dict[str, Any], file: Path, line: str) -> None:
    answered = run(line)
    assert answered.code == 0, answered.stderr
    assert run(f"local save {file} --quiet").code == 0
    said = "As of 2026-11-21 12:00 UTC, saved 0 s ago.\n"
    stdout = re.sub(r'("bss_token": )"[^"]+"', r'\1"********"', answered.stdout)
    assert run(f"{line} --local {file}") == (0, stdout, answered.stderr + said)


def test_one_session(run: Runner, live: dict[str, Any], file: Path) -> None:
    shown = run(f"bos v2 sessions status list {SESSION} --format table")
    assert run(f"local save {file} --session {SESSION}").code == 0
    saved = json.loads(file.read_text())
    assert list(saved) == ["nodewatch", "saved_at", "bos"]
    assert [session["name"] for session in saved["bos"]["v2"]["sessions"]] == [SESSION]
    for component in saved["bos"]["v2"]["components"]:
        assert SESSION in (component["session"], component.get("staged_state", {}).get("session"))
    assert saved["bos"]["v2"]["options"] == live["bos"]["v2"]["options"]
    assert run(f"bos v2 sessions status list {SESSION} --format table --local {file} --quiet") == shown


def test_one_session_of_v1(run: Runner, live: dict[str, Any], file: Path) -> None:
    name = next(iter(live["bos"]["v1"]["boot_sets"]))
    assert run(f"local save {file} --session {name}").code == 0
    saved = json.loads(file.read_text())
    assert saved["bos"]["v1"]["boot_sets"] == {name: live["bos"]["v1"]["boot_sets"][name]}


def test_unknown_session(run: Runner, live: dict[str, Any], file: Path) -> None:
    done = run(f"local save {file} --session nope")
    assert done == (8, "", "Error: The resource was not found: Session 'nope' does not exist\n")
    assert not file.exists()


def test_questions_only(run: Runner, live: dict[str, Any], file: Path, network: RequestsMock) -> None:
    assert run(f"local save {file}").code == 0
    assert {call.request.method for call in network.calls} == {"GET"}


@pytest.fixture
def tamper(monkeypatch: pytest.MonkeyPatch) -> Tamper:
    """Have the servers answer what `change` makes of the path and their answer."""

    def tamper(change: Callable[[str, Answer], Answer]) -> None:
        honest = LocalBackend.send
        monkeypatch.setattr(LocalBackend, "send", lambda self, asked: change(asked.path, honest(self, asked)))

    return tamper


def test_no_credentials(run: Runner, live: dict[str, Any], file: Path, tamper: Tamper) -> None:
    def change(path: str, answer: Answer) -> Answer:
        document: Any = answer.document
        for node in document["nodes"].values() if path.endswith("/nodes") else ():
            node["token"] = "hidden"
        for template in document if path.endswith("/sessiontemplates") else ():
            template["description"] = "quiet root=live:https://boot:let-me-in@h/a console=ttyS0"
        return answer

    tamper(change)
    done = run(f"local save {file}", NODEWATCH_TOKEN="hidden", HZN_EXCHANGE_USER_AUTH="me:hidden")
    assert done.code == 0, done.stderr
    assert '"token": "********"' in file.read_text()
    assert "root=live:https://boot:***@h/a console=ttyS0" in file.read_text()
    assert not {"hidden", "let-me-in"} & set(re.findall(r"[\w-]+", file.read_text()))


def test_what_is_not_answered_is_told(run: Runner, live: dict[str, Any], file: Path, tamper: Tamper) -> None:
    node = next(name for name in live["exchange"]["nodes"] if name.startswith(run.environ["HZN_ORG_ID"]))
    path = f"/orgs/{run.environ['HZN_ORG_ID']}/nodes/{node.partition('/')[2]}/managementStatus"

    def change(asked: str, answer: Answer) -> Answer:
        if asked == path:
            raise ServiceTrouble("x", status=500, document={"code": "internal_error", "msg": "broken"})
        return answer

    tamper(change)
    done = run(f"local save {file}")
    assert (done.code, done.stdout) == (5, "")
    assert done.stderr == (
        f"Wrote {file}.\nError: {file} lacks what could not be read:\n  {path}: internal_error: broken\n"
    )
    saved = json.loads(file.read_text())
    assert node not in saved["exchange"]["managementStatus"]
    assert saved["unasked"] == {path: {"status": 500, "message": "internal_error: broken"}}
    offline = run(f"exchange node management status {node.partition('/')[2]} --local {file} --quiet")
    assert offline == (5, "", "Error: This could not be asked when it was saved: internal_error: broken\n")


def test_no_live_system(run: Runner, file: Path) -> None:
    done = run(f"local save {file} --local x.db")
    assert done == (
        7,
        "",
        "Error: no live system is configured that could be saved; `local dump` copies a store.\n",
    )


def test_organization_is_needed(run: Runner, live: dict[str, Any], file: Path) -> None:
    run.environ.pop("HZN_ORG_ID")
    done = run(f"local save {file}")
    assert done == (7, "", "Error: the organization of the Exchange is missing: set HZN_ORG_ID.\n")
    assert not file.exists()


def test_dry_run(run: Runner, live: dict[str, Any], file: Path) -> None:
    done = run(f"local save {file} --dry-run")
    assert done == (0, "", f"{file} would be written, with what {' and '.join(SERVERS.values())} say.\n")
    assert not file.exists()


def test_unwritable(run: Runner, live: dict[str, Any], tmp_path: Path) -> None:
    done = run(f"local save {tmp_path}/nowhere/fleet.json")
    assert done.code == 4
    assert done.stderr == f"Error: {tmp_path}/nowhere/fleet.json cannot be written: No such file or directory.\n"


def served(run: Runner, network: RequestsMock, tmp_path: Path, fleet: dict[str, Any]) -> None:
    """Answer as a BOS that holds this fleet; the Exchange and the agent are not configured."""
    store = tmp_path / "served.db"
    assert run(f"local load - --local {store}", stdin=json.dumps(fleet)).code == 0
    serve(run, network, store)
    del run.environ["HZN_EXCHANGE_URL"], run.environ["HORIZON_URL"]


def test_documents_that_could_not_be_loaded_are_left_out_and_named(
    run: Runner, network: RequestsMock, tmp_path: Path, file: Path, tamper: Tamper
) -> None:
    served(run, network, tmp_path, {"bos": {"v2": {"components": [{"id": "x1"}]}}})
    wrong = [{"id": "x1"}, {"enabled": True}, {"id": "x1"}, {"id": "x2", "error": {}}]
    tamper(lambda path, answer: answer._replace(document=wrong) if path == "/v2/components" else answer)
    done = run(f"local save {file}")
    assert (done.code, done.stdout) == (5, "")
    assert done.stderr == (
        f"Wrote {file}.\nError: {file} lacks what could not be read:\n"
        "  bos.v2.components[1].id: a text is missing\n"
        "  bos.v2.components[2].id: 'x1' is there twice\n"
        "  bos.v2.components[3].error: a text is needed, not an object\n"
    )
    assert json.loads(file.read_text())["bos"]["v2"]["components"] == [{"id": "x1"}]


def test_sessions_of_tenants_with_the_status_of_each(
    run: Runner, network: RequestsMock, tmp_path: Path, file: Path
) -> None:
    def ended(tenant: str | None) -> dict[str, Any]:
        return {"name": "night", "tenant": tenant, "status": {"status": "complete"}}

    statuses = {"night": {"percent_failed": 0.0}, "blue/night": {"percent_failed": 50.0}}
    fleet = {"bos": {"v2": {"sessions": [ended(None), ended("blue")], "session_status": statuses}}}
    served(run, network, tmp_path, fleet)
    assert run(f"local save {file}").code == 0
    assert json.loads(file.read_text())["bos"]["v2"]["session_status"] == statuses
    line = f"bos sessions status list night --local {file}"
    assert run(line).json == statuses["night"]
    assert run(line, NODEWATCH_TENANT="blue").json == statuses["blue/night"]


def test_one_session_of_a_tenant_is_found_without_naming_it(
    run: Runner, network: RequestsMock, tmp_path: Path, file: Path
) -> None:
    session = {"name": "night", "tenant": "blue", "status": {"status": "complete"}}
    saved = {"percent_failed": 50.0}
    fleet = {"bos": {"v2": {"sessions": [session], "session_status": {"blue/night": saved}}}}
    served(run, network, tmp_path, fleet)
    assert run(f"local save {file} --session night").code == 0
    assert run(f"bos sessions status list night --local {file}", NODEWATCH_TENANT="blue").json == saved


def test_a_system_without_v2(run: Runner, network: RequestsMock, tmp_path: Path, file: Path, tamper: Tamper) -> None:
    v1 = {"session": {"0f2d": {"templateName": "t", "operation": "boot"}}, "status": {"0f2d": {"id": "0f2d"}}}
    v2 = {"sessiontemplates": [{"name": "t", "boot_sets": {"c": {}}}], "version": {"major": "2"}}
    served(run, network, tmp_path, {"bos": {"v1": {**v1, "boot_sets": {"0f2d": {"c": {"name": "c"}}}}, "v2": v2}})

    def change(path: str, answer: Answer) -> Answer:
        if path.startswith("/v2"):
            raise NotFound("x", status=404, document={"title": "Not Found", "detail": "no such route"})
        return answer

    tamper(change)
    assert run(f"local save {file}") == (0, "", f"Wrote {file}.\n")
    assert json.loads(file.read_text())["bos"] == {"v2": v2, "v1": {**v1, "boot_sets": {"0f2d": {"c": {"name": "c"}}}}}


def test_limits_are_assumed_where_no_options_could_be_asked(
    run: Runner, network: RequestsMock, tmp_path: Path, file: Path
) -> None:
    served(run, network, tmp_path, FLEET)

    def change(path: str, answer: Answer) -> Answer:
        if path == "/v2/options":
            raise NotFound("x", status=404, document={"title": "Not Found", "detail": "no such route"})
        return answer

    with pytest.MonkeyPatch.context() as patch:
        honest = LocalBackend.send
        patch.setattr(LocalBackend, "send", lambda self, asked: change(asked.path, honest(self, asked)))
        assert run(f"local save {file}").code == 0
    assert "options" not in json.loads(file.read_text())["bos"]["v2"]
    words = "Limits: BOS's defaults are assumed, because its options are not known"
    for line in ("sessions status list reboot-7", "components describe x3000c0s10b0n0"):
        shown = run(f"bos v2 {line} --format table --local {file} --quiet").stdout
        assert words in " ".join(shown.split())
        assert words not in " ".join(run(f"bos v2 {line} --format table").stdout.split())
