"""A server on the loopback interface, as a process of its own, with Nagle's algorithm off (as asyncio has it).

`python -m bench.server --answers FILE.json` answers each path with the file that FILE.json names for it;
`python -m bench.server --nodes 2000 --delay 0.02` is an Exchange of so many nodes, and so slow to answer. Of
its policies all nodes report on `upgrade`; `fresh` is meant for all, but one reports on it; `broken` has failed on
336 nodes of 5,000.
The address is printed on a line.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable

CHANGED = b'{"code": "ok", "msg": "changed"}'
NONE = b'{"managementStatus": {}, "lastIndex": 0}'
STATUSES = ("successful", "successful", "successful", "failed", "waiting", "initiated", "no action required")


def from_files(file: str) -> Callable[[str], bytes | None]:
    """Return what answers each path with a file's bytes."""
    answers = {path: Path(name).read_bytes() for path, name in json.loads(Path(file).read_text()).items()}
    return answers.get


def exchange(count: int) -> Callable[[str], bytes | None]:
    """Return what answers as an Exchange of so many nodes, each with a policy of its own."""
    policy = {"owner": "bench/admin", "enabled": True, "constraints": ["site == bench"]}
    own = {"properties": [{"name": "site", "value": "bench"}], "constraints": [], "nodePolicyVersion": "v2"}
    node = {"token": "***", "owner": "bench/user", "nodeType": "device", "publicKey": "key", "arch": "amd64"}
    fixed = {
        "/orgs/bench/nodes": {"nodes": {f"bench/n{number:05d}": node for number in range(count)}, "lastIndex": 0},
    }
    for name in ("upgrade", "fresh", "broken"):
        found = {"managementPolicy": {f"bench/{name}": policy}, "lastIndex": 0}
        fixed[f"/orgs/bench/managementpolicies/{name}"] = found
    node_policy = json.dumps(own).encode()
    texts = {path: json.dumps(document).encode() for path, document in fixed.items()}
    texts["/admin/version"] = b"2.154.0\n"

    def answer(path: str) -> bytes | None:
        if path in texts:
            return texts[path]
        parts = path.split("/")
        if parts[-1] == "policy":
            return node_policy
        if "managementStatus" not in parts:
            return None
        number, nmp = int(parts[parts.index("managementStatus") - 1][1:]), parts[-1]
        if nmp == "fresh" and number:
            return NONE
        status = STATUSES[number % len(STATUSES)]
        if nmp == "broken":
            status = "failed" if number * 336 // 5_000 != (number + 1) * 336 // 5_000 else "successful"
        report = {
            "scheduledTime": "2026-11-21T10:00:00Z",
            "startTime": "2026-11-21T11:00:00+01:00",
            "endTime": "",
            "upgradedVersions": {"softwareVersion": "2.32.0", "certVersion": "1.1.0", "configVersion": "1.0.0"},
            "status": status,
            "errorMessage": f"Upgrade error: reason {number % 3}" if status == "failed" else "",
            "lastUpdated": "2026-11-21T10:05:00.000Z",
        }
        document = {f"bench/{nmp}": {"agentUpgradePolicyStatus": report}}
        return json.dumps({"managementStatus": document, "lastIndex": 0}).encode()

    return answer


class Conversation(asyncio.Protocol):
    """One connection: requests, answered in turn, each after the delay; what is sent with them changes nothing."""

    def __init__(self, answer: Callable[[str], bytes | None], delay: float) -> None:
        self.answer, self.delay, self.unread = answer, delay, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer the requests that are complete."""
        self.unread += data
        while b"\r\n\r\n" in self.unread:
            head, _, rest = self.unread.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)\r\ncontent-length: *([0-9]+)", head)
            body = int(length[1]) if length else 0
            if len(rest) < body:
                return
            self.unread = rest[body:]
            method, target = head.decode().split(" ", 2)[:2]
            path = unquote(target.partition("?")[0])
            if self.delay:
                asyncio.get_running_loop().call_later(self.delay, self.reply, method, path)
            else:
                self.reply(method, path)

    def reply(self, method: str, path: str) -> None:
        """Send the answer for the path, 404 for one that is not known; confirm a change."""
        body = self.answer(path) if method == "GET" else CHANGED
        status, body = ("200 OK", body) if body is not None else ("404 Not Found", b"{}")
        status = status if method == "GET" else "201 Created"
        kind = "application/json" if body[:1] in b"{[" else "text/plain"
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        if not self.transport.is_closing():
            self.transport.write(head.encode() + body)


async def serve(answer: Callable[[str], bytes | None], delay: float) -> None:
    """Serve until the process is ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(answer, delay), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", metavar="FILE.json")
    parser.add_argument("--nodes", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS")
    given = parser.parse_args()
    asyncio.run(serve(from_files(given.answers) if given.answers else exchange(given.nodes), given.delay))


if __name__ == "__main__":
    main()
