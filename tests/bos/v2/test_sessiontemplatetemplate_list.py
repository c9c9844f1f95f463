from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Load, Runner


def test_an_example(run: Runner, load: Load) -> None:
    load({})
    done = run("bos v2 sessiontemplatetemplate list")
    assert (done.code, done.stderr) == (0, "")
    assert list(done.json) == ["boot_sets", "cfs", "enable_cfs"]
    assert done.json["boot_sets"]["name_your_boot_set"]["node_list"] == ["xname1", "xname2", "xname3"]
    assert run("bos sessiontemplatetemplate list --format table").stdout == done.stdout
