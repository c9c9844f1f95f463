"""Each fault ends in one sentence, the right code and bounded time; nothing on stdout, no traceback."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from faults.connections import BROKEN, Ground
from faults.faults import FAULTS

if TYPE_CHECKING:
    import trustme

    from faults.conftest import Ask, Serve
    from faults.connections import Broken
    from faults.faults import Fault

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_answer(serve: Serve, ask: Ask, fault: Fault) -> None:
    server = serve(fault.step)
    done = ask(server.url(), fault.line)
    bos = f"BOS at {server.url()}"
    sentence = fault.sentence.replace("ASKED", f"GET /v2/sessions/night of {bos}").replace("SERVER", server.url())
    sentence = sentence if fault.sentence.startswith("ASKED") else sentence.replace("BOS", bos, 1)
    assert (done.code, done.stdout, done.stderr) == (fault.code, "", f"Error: {sentence}\n")
    assert done.seconds < 3


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_connection(
    serve: Serve,
    ask: Ask,
    authority: trustme.CA,
    bundle: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    broken: Broken,
) -> None:
    monkeypatch.chdir(tmp_path)
    ground = Ground(serve, authority, bundle, tmp_path, [])
    where = broken.prepare(ground)
    done = ask(where.url, **where.environ)
    for kept in ground.kept:
        kept.close()
    sentence = re.sub("^BOS ", f"BOS at {where.url} ", broken.sentence)
    assert (done.code, done.stdout, done.stderr) == (broken.code, "", f"Error: {sentence}\n")
    assert done.seconds < 3


def test_readme_says_how_many() -> None:
    said = re.search(r"each of\s+(\w+)\s+kinds\s+of\s+faults", README.read_text(encoding="utf-8"))
    assert said is not None
    assert said[1] == str(len(FAULTS) + len(BROKEN))
