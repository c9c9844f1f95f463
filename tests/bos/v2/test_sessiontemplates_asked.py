"""--filter, --columns, --count-by and the formats of lists, on session templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fleets import template

if TYPE_CHECKING:
    from conftest import Load, Runner

LIST = "bos v2 sessiontemplates list"
X86, ARM = template("compute-10", "x2", "x1"), template("compute-9", node_groups=["arm"], arch="ARM")


def test_templates(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"sessiontemplates": [X86, ARM]}}})
    assert run(f"{LIST} --filter 'arch = arm'").json == [ARM]
    assert run(f"{LIST} --format names").stdout == "compute-[9-10]\n"
    assert run(f"{LIST} --format csv").stdout == (
        """\
name,boot_sets,nodes,configuration,tenant,description,arch,path,enable_cfs
compute-9,compute,group arm,compute-24.7,,,ARM,s3://boot-images/24.7/manifest.json,true
compute-10,compute,x[1-2],compute-24.7,,,X86,s3://boot-images/24.7/manifest.json,true
"""
    )
    assert run(f"{LIST} --count-by conf --format tsv").stdout == "configuration\tcount\ncompute-24.7\t2\n"
