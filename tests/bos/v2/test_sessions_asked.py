"""--filter, --sort, --columns, --count-by and the formats of lists, on sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fleets import FLEET, SESSIONS

if TYPE_CHECKING:
    from conftest import Load, Runner

LIST = "bos v2 sessions list"
REBOOT, DONE, BLUE = SESSIONS


def test_csv_has_the_newest_first_and_times_in_utc(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run(f"{LIST} --filter 'tenant = \"\"' --format csv") == (
        0,
        """\
name,status,operation,template_name,nodes,start_time,end_time,took,limit,tenant,stage,include_disabled,error
reboot-7,running,reboot,compute-24.7,4,2026-11-21T11:00:00Z,,3600,,,false,false,
done-3,complete,boot,compute-24.7,1,2026-11-21T11:00:00Z,2026-11-21T11:40:00Z,2400,,,false,false,
""",
        "",
    )


@pytest.mark.parametrize(
    ("options", "sessions"),
    [
        ("--filter 'status = complete'", [DONE]),
        ("--filter 'nodes > 0' --sort nodes", [DONE, REBOOT]),
        ("--filter 'took < 45m'", [DONE]),
        ("--filter 'age = 1h and tenant = BLUE'", [BLUE]),
        ("--sort -name", [REBOOT, DONE, BLUE]),
        ("--status running --filter 'operation = reboot'", [BLUE, REBOOT]),
    ],
)
def test_documents_stay_whole(run: Runner, load: Load, options: str, sessions: list[object]) -> None:
    load(FLEET)
    assert run(f"{LIST} {options}").json == sessions


def test_names(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run(f"{LIST} --format names --separator ' '").stdout == "blue-boot done-3 reboot-7\n"


def test_columns_one_line_a_session(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run(f"{LIST} --columns started,name,template,status --sort start_time,name --no-headings --format table")
    assert done.stdout == (
        """\
2026-11-21 11:00:00 UTC  blue-boot  compute-24.7  running
2026-11-21 11:00:00 UTC  done-3     compute-24.7  complete
2026-11-21 11:00:00 UTC  reboot-7   compute-24.7  running
"""
    )
