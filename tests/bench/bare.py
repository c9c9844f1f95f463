"""What nodewatch is held against: 32 threads with a `requests.Session` each that ask every node, and nothing else."""

from __future__ import annotations

import queue
import sys
import threading

import requests

base = sys.argv[1]
login = ("bench/user", "word")
names: queue.SimpleQueue[str] = queue.SimpleQueue()
reports: list[object] = []


def ask() -> None:
    """Ask nodes until there are none left."""
    session = requests.Session()
    while True:
        try:
            name = names.get_nowait()
        except queue.Empty:
            return
        address = f"{base}/orgs/bench/nodes/{name.partition('/')[2]}/managementStatus/upgrade"
        reports.append(session.get(address, auth=login, timeout=60).json())


for name in requests.get(f"{base}/orgs/bench/nodes", auth=login, timeout=60).json()["nodes"]:
    names.put(name)
threads = [threading.Thread(target=ask) for _ in range(32)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
