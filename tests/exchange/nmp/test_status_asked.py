"""--filter and its like, --status, --older-than and node sets, on the statuses of a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge import node, policy, status

if TYPE_CHECKING:
    from conftest import Load, Runner

LIST = "exchange nmp status roll"
WORDS = ("failed", "successful", "download failed")


@pytest.fixture
def fleet(load: Load) -> None:
    """Load four nodes: three have reported, one is silent."""
    names = ("edge-1", "edge-2", "edge-03", "quiet")
    load(
        {
            "exchange": {
                "managementpolicies": {"harbor/roll": policy()},
                "nodes": {f"harbor/{name}": {**node(name), "arch": "arm64"} for name in names},
                "managementStatus": {
                    f"harbor/{name}": {"harbor/roll": status(word, lastUpdated=f"2026-11-21T{hour}:00:00Z")}
                    for name, word, hour in zip(names, WORDS, ("11", "09", "08"), strict=False)
                },
            }
        }
    )


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize(
    ("options", "names"),
    [
        ("--status failed", ["edge-1", "edge-03"]),
        ("--status Download-failed,successful", ["edge-2", "edge-03"]),
        ("--status silent", []),
        ("--older-than 2h", ["edge-2", "edge-03"]),
        ("--older-than 2h --status failed", ["edge-03"]),
        ("--filter 'age <= 1h'", ["edge-1"]),
        ("--filter 'name = edge-?' --sort -name", ["edge-2", "edge-1"]),
        ("-N 'edge-[1-2]'", ["edge-1", "edge-2"]),
        ("-N 'edge-*'", ["edge-1", "edge-03", "edge-2"]),
        ("-N 'edge-?'", ["edge-1", "edge-2"]),
        ("-N edge-2,harbor/edge-03", ["edge-03", "edge-2"]),
    ],
)
def test_documents_of_those_that_fit(run: Runner, options: str, names: list[str]) -> None:
    done = run(f"{LIST} {options}", HZN_ORG_ID="harbor")
    assert (done.code, sorted(done.json)) == (0, sorted(f"harbor/{name}" for name in names))


@pytest.mark.usefixtures("fleet")
def test_names_go_back_in(run: Runner) -> None:
    folded = run(f"{LIST} --format names", HZN_ORG_ID="harbor").stdout
    assert folded == "harbor/edge-[1-2,03]\n"
    assert run(f"{LIST} -N - --format names", stdin=folded, HZN_ORG_ID="harbor").stdout == folded
    assert run(f"{LIST} -N {folded.strip()} --format names", HZN_ORG_ID="harbor").stdout == folded


@pytest.mark.usefixtures("fleet")
def test_silent_nodes_are_counted_and_have_rows(run: Runner) -> None:
    done = run(f"{LIST} --count-by class,arch --format csv", HZN_ORG_ID="harbor")
    assert done.stdout == "class,arch,count\nfailed,arm64,2\nsilent,arm64,1\nsuccessful,arm64,1\n"
    rows = run(f"{LIST} --format csv", HZN_ORG_ID="harbor").stdout.splitlines()
    assert rows[-1] == "harbor/quiet,harbor/roll,,,,,,,,,,silent,device,"
    assert run(f"{LIST} --status silent --format names", HZN_ORG_ID="harbor").stdout == "harbor/quiet\n"


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ("--status faild", 2, "'faild' is no status: you may mean failed."),
        ("--older-than soon", 2, "--older-than: 'soon' is not a duration: write 90, 30s, 10m, 2h or 1d."),
        ("--filter 'class = lost'", 2, "--filter: 'lost' is no class. There are successful, running, failed, waiting"),
        ("-N 'pump-*'", 8, "no node matches 'harbor/pump-*'."),
    ],
)
def test_what_does_not_exist_is_refused(run: Runner, options: str, code: int, said: str) -> None:
    done = run(f"{LIST} {options}", HZN_ORG_ID="harbor")
    assert (done.code, done.stdout) == (code, "")
    assert done.stderr.startswith(f"Error: {said}")
