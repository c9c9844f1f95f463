"""A login service that answers as Keycloak does, and tokens as `cray` keeps them."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Keep = Callable[..., Path]

HOST = "https://api.example.com"
URL = f"{HOST}/keycloak/realms/shasta/protocol/openid-connect/token"
SESSIONS = f"{HOST}/apis/bos/v2/sessions"
CRAY = f'[core]\nhostname = "{HOST}"\n\n[auth.login]\nusername = "ari"\n'


def web_token(**claims: Any) -> str:
    """Return a JSON Web Token that claims that."""
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{part}.signature"


class Keycloak:
    """Answers forms, and notes them; whoever has a token may ask BOS."""

    def __init__(self, network: Any) -> None:
        self.forms: list[dict[str, str]] = []
        self.sent: list[str | None] = []
        self.status = 200
        self.answer: Any = {"access_token": "new", "expires_in": 300, "refresh_token": "again"}
        network.add_callback("POST", URL, callback=self.answer_form)
        network.add_callback("GET", SESSIONS, callback=self.answer_question)

    def answer_form(self, request: Any) -> tuple[int, dict[str, str], str]:
        self.forms.append({name: value for name, (value,) in parse_qs(request.body.decode()).items()})
        return self.status, {"Content-Type": "application/json"}, json.dumps(self.answer)

    def answer_question(self, request: Any) -> tuple[int, dict[str, str], str]:
        self.sent.append(request.headers.get("Authorization"))
        return 200, {"Content-Type": "application/json"}, "[]"

    def refuse(self, status: int = 400, error: str = "invalid_grant", words: str = "Token is not active") -> None:
        self.status, self.answer = status, {"error": error, "error_description": words}


@pytest.fixture
def keycloak(network: Any) -> Keycloak:
    return Keycloak(network)


@pytest.fixture
def tokens(run: Any) -> Path:
    """Configure `cray`, and return its folder of tokens."""
    folder: Path = run.home / ".config/cray"
    for name in ("configurations", "tokens"):
        (folder / name).mkdir(parents=True)
    (folder / "configurations/default").write_text(CRAY)
    return folder / "tokens"


@pytest.fixture
def keep(tokens: Path) -> Any:
    """Keep a token of the user's, which expires in that many seconds; return its file."""

    def keep(seconds: float | None = 3600, name: str = "ari", **fields: Any) -> Path:
        document = {"access_token": "old", "refresh_token": "once", "client_id": "shasta", "x": "kept", **fields}
        if seconds is not None:
            document["expires_at"] = NOW.timestamp() + seconds
        path = tokens / f"api_example_com.{name}"
        path.write_text(json.dumps(document))
        path.chmod(0o600)
        return path

    return keep
