from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from faults.faults import FAULTS

if TYPE_CHECKING:
    from faults.conftest import Ask, Serve
    from faults.faults import Fault


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_is_one_sentence_and_a_code(serve: Serve, ask: Ask, fault: Fault) -> None:
    server = serve(fault.step)
    done = ask(server.url(), fault.line)
    bos = f"BOS at {server.url()}"
    sentence = fault.sentence.replace("ASKED", f"GET /v2/sessions/night of {bos}")
    sentence = sentence if fault.sentence.startswith("ASKED") else sentence.replace("BOS", bos, 1)
    assert (done.code, done.stdout, done.stderr) == (fault.code, "", f"Error: {sentence}\n")
    assert done.seconds < 3
