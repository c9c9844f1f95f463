"""nodewatch for programs: connections to the services, or to a local store, that answer with documents.

`help(nodewatch)` shows how it is used. Nothing here prints, or reads files or variables that it was not told of.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, NamedTuple, Self, TypedDict, Unpack, overload

from nodewatch.app import App
from nodewatch.bos_v1 import client as bos_v1
from nodewatch.bos_v2.client import BosClient
from nodewatch.errors import WrongUsage
from nodewatch.horizon import client as horizon
from nodewatch.settings.cray import Cray
from nodewatch.settings.hzn import credentials
from nodewatch.settings.model import AGENT_URL, Settings, System, checked_url
from nodewatch.settings.table import Secret
from nodewatch.watch.loop import INTERVAL, LAST_LOOK, SETTLE, SHORTEST_INTERVAL, Pace, WatchLoop
from nodewatch.watch.model import Outcome
from nodewatch.world import MutedWorld

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nodewatch.backend import Backend, Fits
    from nodewatch.bos_v2.client import Filters
    from nodewatch.bos_v2.types import Component
    from nodewatch.horizon.types import Status
    from nodewatch.watch.loop import Update
    from nodewatch.watch.model import Looked, Shown, Subject
    from nodewatch.world import World

Service = Literal["bos", "exchange", "agent"]


class Waited(NamedTuple):
    """How a wait ended.

    `words` say how far it is, on one line. `finished` tells that it is over, `succeeded` that every node is at a good
    end. `failed` nodes are named, `lagging` ones are at no end, `missing` ones went away before theirs, each with what
    was last seen of it. `exit_code` is what `nodewatch ... --wait` ends with: 0, 10 (not all succeeded), 11 (the time
    ran out) or 12 (it went away).
    """

    words: str
    finished: bool
    succeeded: bool
    failed: Sequence[str]
    lagging: Sequence[str]
    missing: Mapping[str, str]
    exit_code: int


class ProgramWorld(MutedWorld):
    """The world of a program that has nodewatch inside: no environment, no home directory, nobody to be told."""

    def __init__(self) -> None:
        super().__init__({})

    @property
    def home(self) -> str:
        """A place in which there is nothing."""
        return os.devnull


class NoViewer:
    """Lets time pass between looks, and shows nothing."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def show(self, update: Update[object]) -> None:
        """Show nothing."""

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        self.world.sleep(seconds)


class Connection:
    """What all connections have: the end of `with` closes them, as `close` does; the next question opens them again.

    Their methods raise a `NodewatchError` for what goes wrong: its `exit_code` tells what kind of trouble it is.
    """

    def __init__(self, service: Service, settings: Settings) -> None:
        self.app = App(ProgramWorld())
        self.app.settings = settings
        self.app.world.hide(*settings.secrets)
        self.app.hushed = True
        self.app.flags["wait"] = True  # an agent that is too old is an error then, and no node without statuses
        self.opened = self.app.connect(service)
        self.backend: Backend = self.opened
        self.app.backends[service] = self.backend

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to the server, or the local store."""
        self.opened.close()

    def follow(self, subject: Subject[Looked, Shown], pace: Pace) -> Waited:
        """Look until it is over, and return how it ended."""
        world, loop = self.app.world, WatchLoop(self.app, subject, pace)
        world.deadline = loop.first + pace.timeout + LAST_LOOK
        try:
            ending = loop.run(NoViewer(world))
        finally:
            world.deadline = float("inf")
        outcome = loop.update.outcome if loop.update else Outcome("nothing was seen")
        return Waited(
            words=ending.message.rstrip(".") if ending else outcome.words,
            finished=outcome.finished,
            succeeded=outcome.succeeded,
            failed=outcome.failed,
            lagging=outcome.lagging,
            missing=outcome.missing,
            exit_code=ending.exit_code if ending else 0,
        )


def make_pace(
    *, timeout: float | None = None, interval: float = INTERVAL, settle: float = SETTLE, fail_fast: bool = False
) -> Pace:
    """Return how to wait, from `WaitOptions`."""
    return Pace(
        max(interval, SHORTEST_INTERVAL), float("inf") if timeout is None else timeout, settle, fail_fast=fail_fast
    )


class WaitOptions(TypedDict, total=False):
    """How to wait: for `timeout` seconds at most (None: for ever), with a look every `interval` seconds (15).

    A state that may still change must stand for `settle` seconds (120); `fail_fast` ends with the first failed node.
    """

    timeout: float | None
    interval: float
    settle: float
    fail_fast: bool


class Bos(Connection, BosClient):
    """The Boot Orchestration Service, version 2; its documents come as they are."""

    def components(
        self, *, fields: Sequence[str] = (), fits: Fits | None = None, **filters: Unpack[Filters]
    ) -> list[Component]:
        """Return the components, as `BosClient.components` does, in a list."""
        return list(super().components(fields=fields, fits=fits, **filters))

    def wait(self, name: str, **how: Unpack[WaitOptions]) -> Waited:
        """Wait, as `WaitOptions` say, until a session is over, and return how it ended.

        It is over when BOS does nothing with any of its nodes any more. Raise `NotFound` if there is no such session.
        """
        from nodewatch.bos_v2 import follow

        self.app.flags["fail_fast"] = how.get("fail_fast", False)
        return self.follow(follow.follow_session(self.app, name), make_pace(**how))


class BosV1(Connection, bos_v1.BosV1Client):
    """The Boot Orchestration Service, version 1 (CSM up to 1.5); its documents come as they are."""

    def wait(self, session: str, boot_set: str = "", **how: Unpack[WaitOptions]) -> Waited:
        """Wait, as `WaitOptions` say, until a session, or one boot set of it, is over, and return how it ended.

        Raise `NotFound` if there is no such session or boot set, or the server has no BOS v1.
        """
        from nodewatch.bos_v1 import follow

        subject = (
            follow.follow_boot_set(self.app, session, boot_set)
            if boot_set
            else follow.follow_session(self.app, session)
        )
        return self.follow(subject, make_pace(**how))


class Exchange(Connection, horizon.ExchangeClient):
    """The Exchange of Open Horizon; its documents come as they are.

    What is defined here takes a policy as `nmp` or `org/nmp`; each single question takes organization and name.
    """

    def nmp_status(self, nmp: str) -> dict[str, Status | None]:
        """Return the status of a policy on each node that has one, by `org/node`.

        Raise `NotFound` if there is no such policy, and `ServiceTrouble` if a node could not be asked.
        """
        from nodewatch.horizon.policy_survey import PolicyQuestion
        from nodewatch.horizon.shared import one_policy
        from nodewatch.horizon.survey import raise_if_not_whole

        found, full = PolicyQuestion(self.app, nmp, match=False).ask(), "/".join(one_policy(nmp, self.app))
        raise_if_not_whole(self.app, found)
        return {node: held[full] for node, held in found.statuses.items() if full in held}

    def switch(self, nmp: str, *, enabled: bool) -> None:
        """Enable or disable a policy; all else in it stays. Raise `NotFound` if there is none of that name."""
        from nodewatch.horizon.change_commands import named_policy
        from nodewatch.horizon.policy_rules import as_switched
        from nodewatch.horizon.shared import one_policy

        org, name = one_policy(nmp, self.app)
        policy = named_policy(self, org, name)
        if policy is None or bool(policy.get("enabled")) != enabled:
            self.put_policy(org, name, as_switched(policy, enabled=enabled))

    def reset(self, nmp: str, *, nodes: str | None = None, status: str = "failed") -> dict[str, bool]:
        """Have nodes evaluate a policy again, and return whether each was reset: one whose status changed is not.

        `status` says which ("failed" stands for every failure), `nodes` may be a node set or a pattern. Raise
        `NotFound` if there is no such policy or node, and `ServiceTrouble` if a node could not be asked.
        """
        from nodewatch.horizon.policy_survey import ask_for_reset
        from nodewatch.horizon.reset_rules import targets, wanted_words
        from nodewatch.horizon.resetting import reset
        from nodewatch.horizon.shared import one_policy
        from nodewatch.horizon.survey import raise_if_not_whole

        found = ask_for_reset(self.app, *one_policy(nmp, self.app), nodes)
        raise_if_not_whole(self.app, found)
        done = reset(self.app, targets(found.statuses, wanted_words(status)))
        return {result.target.node: result.is_reset for result in done.results}

    def wait(self, nmp: str, *, nodes: Sequence[str] | None = None, **how: Unpack[WaitOptions]) -> Waited:
        """Wait until every node that a policy is meant for, or each of the `nodes`, has a final status of it.

        Return how it ended. `failed` may become a rollback, so it must stand for `settle` seconds (`WaitOptions`).
        Raise `NotFound` if there is no such policy or node, and `WrongUsage` if `nodes` are none.
        """
        if nodes is not None and not nodes:
            raise WrongUsage("nodes is empty, which never stands for all: name what is meant, or leave it out.")
        from nodewatch.horizon import follow
        from nodewatch.horizon.policy_survey import PolicyQuestion
        from nodewatch.horizon.shared import one_policy

        full, wanted = "/".join(one_policy(nmp, self.app)), follow.Awaited(named=bool(nodes))
        question = PolicyQuestion(self.app, nmp, nodes or ())
        subject = follow.follow_policy(self.app, full, question.ask, wanted, long=False)
        return self.follow(subject, make_pace(**how))


class Agent(Connection, horizon.AgentClient):
    """The agent of Open Horizon on one node; its documents come as they are. A policy is `nmp` or `org/nmp`."""

    def wait(self, nmp: str = "", **how: Unpack[WaitOptions]) -> Waited:
        """Wait until the node has a final status of a policy, or of all that it has one of; return how it ended.

        A policy that is named and has no status yet is waited for, as `WaitOptions` say.
        """
        from nodewatch.horizon import follow
        from nodewatch.horizon.nmstatus_commands import RESET_HERE, ask_agent

        def ask() -> follow.NodeAnswer:
            return follow.NodeAnswer(ask_agent(self.app, nmp))

        subject = follow.follow_node(self.app, "this node", ask, RESET_HERE, nmp, long=False)
        return self.follow(subject, make_pace(**how))


class ConnectOptions(TypedDict, total=False):
    """What `connect` takes by name."""

    url: str | None
    local: str | None
    token: str | None
    tenant: str | None
    org: str | None
    auth: str | None
    ca_bundle: str | None
    insecure: bool
    proxy: str
    request_timeout: float
    retries: int


KINDS: dict[str, type[Connection]] = {"bos": Bos, "exchange": Exchange, "agent": Agent}


@overload
def connect(service: Literal["bos"], *, version: Literal[2] = 2, **how: Unpack[ConnectOptions]) -> Bos: ...


@overload
def connect(service: Literal["bos"], *, version: Literal[1], **how: Unpack[ConnectOptions]) -> BosV1: ...


@overload
def connect(service: Literal["exchange"], **how: Unpack[ConnectOptions]) -> Exchange: ...


@overload
def connect(service: Literal["agent"], **how: Unpack[ConnectOptions]) -> Agent: ...


def connect(
    service: Service,
    *,
    version: int = 2,
    url: str | None = None,
    local: str | None = None,
    token: str | None = None,
    tenant: str | None = None,
    org: str | None = None,
    auth: str | None = None,
    ca_bundle: str | None = None,
    insecure: bool = False,
    proxy: str = "",
    request_timeout: float = 60.0,
    retries: int = 3,
) -> Connection:
    """Return a connection to `bos`, `exchange` or `agent`: at a URL, or in the local store or fleet file at a path.

    `version` is that of BOS: 2, or 1 for CSM up to 1.5. BOS takes a bearer `token` (the token itself) and a `tenant`,
    the Exchange an `org` and `auth` ("user:password" or "node:token"). `ca_bundle` names a file of certificates to
    trust instead of the system's; an `insecure` connection trusts everybody. A request is given up after
    `request_timeout` seconds, and sent again `retries` times where that is harmless. Nothing is taken from the
    environment or from configuration files. Nothing is sent yet.

    Raise `WrongUsage` for parameters that make no sense, `WrongConfiguration` for a URL that is none.
    """
    texts = {"url": url, "local": local, "token": token, "tenant": tenant, "org": org, "auth": auth}
    for name, text in {**texts, "ca_bundle": ca_bundle}.items():
        if text is not None and not text.strip():
            raise WrongUsage(f"{name} is empty: name what is meant, or leave it out.")
    if service not in KINDS:
        raise WrongUsage(f"there is no service {service!r}: connect to {', '.join(KINDS)}.")
    if version not in ((1, 2) if service == "bos" else (2,)):
        raise WrongUsage(f"there is no version {version!r} of {service}: BOS has 1 and 2.")
    if service == "agent" and url is None and local is None:
        url = AGENT_URL
    if (url is None) == (local is None):
        raise WrongUsage(f"say where {service} is: either url=, or local= with the path of a store or fleet file.")
    if service == "exchange" and url is not None and (org is None or auth is None):
        raise WrongUsage('an Exchange is asked with org= and auth="USER:PASSWORD".')
    system = System(
        "local" if local else "url",
        local=local,
        url=url and checked_url(url, "url"),
        request_timeout=request_timeout,
        retries=retries,
        insecure=insecure,
        proxy=proxy,
    )
    settings = Settings(
        systems={"bos": None, "exchange": None, "agent": None, "css": None, service: system},
        format="json",
        request_timeout=request_timeout,
        retries=retries,
        concurrency=32,
        token=Secret(token) if token else None,
        token_file=None,
        cray=Cray(),
        org=org,
        exchange_auth=Secret(credentials(auth, org, None)) if auth else None,
        tenant=tenant,
        ca_bundle=ca_bundle,
        insecure=insecure,
        verbose=0,
        quiet=True,
        dry_run=False,
        context=None,
        contexts=(),
        origins={"tenant": "tenant", "auth": "auth"},
    )
    return BosV1(service, settings) if version == 1 else KINDS[service](service, settings)
