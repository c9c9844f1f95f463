from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import SERVERS
from meant import FLEET

if TYPE_CHECKING:
    import responses

    from conftest import Load, Runner

MEANT = {
    "harbor/all": ["harbor/bare-1", "harbor/oslo-1", "harbor/rome-1"],
    "harbor/broken": [],
    "harbor/rome": ["harbor/rome-1", "harbor/rome-2"],
    "harbor/shops": ["harbor/shop-1"],
}


def test_all_policies(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange nmp list --nodes")
    assert (done.code, done.json, done.stderr) == (0, MEANT, "")
    assert list(done.json) == sorted(MEANT)


@pytest.mark.parametrize("line", ["rome", "harbor/rome -l"])
def test_one_policy(run: Runner, load: Load, line: str) -> None:
    load(FLEET)
    assert run(f"exchange nmp list {line} --nodes").json == {"harbor/rome": MEANT["harbor/rome"]}


def test_another_organization(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("exchange nmp list other/rome --nodes").json == {"other/rome": ["other/rome-1"]}
    assert run("exchange nmp list -o nobody --nodes") == (0, "{}\n", "")
    assert run("exchange nmp list nope --nodes") == (8, "", "Error: NMP nope not found in org harbor\n")


def test_for_people_and_for_other_commands(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("exchange nmp list --nodes --format table").stdout == (
        "harbor/all is meant for 3 nodes\n    harbor/bare-1,harbor/oslo-1,harbor/rome-1\n\n"
        "harbor/broken is meant for no node\n\n"
        "harbor/rome is meant for 2 nodes\n    harbor/rome-[1-2]\n\n"
        "harbor/shops is meant for 1 node\n    harbor/shop-1\n"
    )
    assert run("exchange nmp list rome --nodes --format names").stdout == "harbor/rome-[1-2]\n"
    assert run("exchange nmp list shops --nodes --format csv").stdout == "node,nmp\nharbor/shop-1,harbor/shops\n"


def test_options_of_lists(run: Runner, load: Load) -> None:
    load(FLEET)
    line = "exchange nmp list --nodes"
    assert run(f"{line} --filter 'node = *rome*'").json == {
        "harbor/all": ["harbor/rome-1"],
        "harbor/rome": ["harbor/rome-1", "harbor/rome-2"],
    }
    assert run(f"{line} --filter 'name = rome-2' --columns nmp,name").json == [{"nmp": "harbor/rome", "name": "rome-2"}]
    assert run(f"{line} --count-by nmp --format tsv --no-headings").stdout == (
        "harbor/all\t3\nharbor/rome\t2\nharbor/shops\t1\n"
    )


def test_a_node_that_cannot_be_asked_is_named_and_each_is_asked_once(
    run: Runner, network: responses.RequestsMock
) -> None:
    base = SERVERS["exchange"]
    run.environ.update(HZN_EXCHANGE_URL=base, NODEWATCH_RETRIES="0")
    held = FLEET["exchange"]
    policies = {name: each for name, each in held["managementpolicies"].items() if name.startswith("harbor/")}
    nodes = {name: held["nodes"][f"harbor/{name}"] for name in ("rome-1", "rome-2", "rome-3", "shop-1", "bare-1")}
    network.get(f"{base}/admin/version", body="2.154.0\n", content_type="text/plain")
    network.get(f"{base}/orgs/harbor/managementpolicies", json={"managementPolicy": policies, "lastIndex": 0})
    found = {"nodes": {f"harbor/{name}": each for name, each in nodes.items()}, "lastIndex": 0}
    network.get(f"{base}/orgs/harbor/nodes", json=found)
    place = f"{base}/orgs/harbor/nodes/{{}}/policy"
    network.get(place.format("rome-1"), json=held["nodePolicies"]["harbor/rome-1"])
    denied = {"code": "access-denied", "msg": "Access denied: 'harbor/u' may not"}
    network.get(place.format("rome-2"), json=denied, status=403)
    absent = {"code": "not-found", "msg": "node policy for node 'harbor/bare-1' not found"}
    network.get(place.format("bare-1"), json=absent, status=404)
    done = run("exchange nmp list --nodes")
    assert done.json["harbor/rome"] == ["harbor/rome-1"]
    why = "access-denied: Access denied: 'harbor/u' may not"
    said = f"Error: 1 of 5 nodes could not be asked; the rest is shown.\n  harbor/rome-2: {why}\n"
    assert (done.code, done.stderr) == (5, said)
    asked = [call.request.url for call in network.calls if str(call.request.url).endswith("/policy")]
    assert sorted(map(str, asked)) == [place.format(name) for name in ("bare-1", "rome-1", "rome-2")]
