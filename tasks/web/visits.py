"""A polite `get`: what robots.txt forbids is not fetched, and every host is visited in turns, whoever visits it."""

from __future__ import annotations

import time
from collections.abc import Sequence

import httpx

from tasks.web import download, robots
from tasks.web.download import PAGE_LIMIT, Response
from tasks.web.faults import NotYet, Refused, Unavailable
from tasks.web.hosts import PATIENCE, Hosts
from worker.ledger import Ledger


def visit(
    url: str, visitor: str, ledger: Ledger, *, etag: str | None = None, modified: str | None = None,
    accept: Sequence[str] = (), limit: int = PAGE_LIMIT,
) -> Response:  # fmt: skip
    """Fetches ``url`` as `download.get` does, in the visitor's turn at its host and at those it redirects to.

    ``visitor`` names who asks, the same at every try: a job's id.

    Raises:
        Refused: as `download.get`; code ``robots``: its robots.txt forbids it.
        NotYet: it is not the visitor's turn, and nothing was fetched.
        Unavailable: as `download.get`; code ``robots``: its robots.txt can't be had.
        BrokerUnavailable: the turns can't be asked for.
    """
    settings = ledger.settings
    hosts = Hosts(ledger)
    entered: list[str] = []

    def enter(target: str) -> None:
        parts = httpx.URL(target)
        host = parts.netloc.decode("ascii")
        while True:
            rules = robots.known(parts, ledger) if settings.fetch_robots else robots.EVERYTHING
            fresh = rules is not None and rules.fresh
            if rules and fresh:
                _heed(rules, target)
            delay = max(settings.host_delay_seconds, rules.delay if rules else 0.0)
            _wait(hosts, host, visitor, delay)
            entered[:] = [*(name for name in entered if name != host), host]
            if fresh:
                return
            # While this one waited for its turn, another may have asked for the rules, or it does so itself.
            rules = robots.known(parts, ledger)
            if rules is None or not rules.fresh:
                rules = robots.fetched(parts, ledger, rules)
                if rules.text is None:
                    raise Unavailable("robots", _UNKNOWN.format(target), robots.UNREACHABLE_SECONDS)
            _heed(rules, target)
            if rules.delay <= delay:
                return
            hosts.leave(host, visitor)

    try:
        return download.get(url, settings, etag=etag, modified=modified, accept=accept, limit=limit, before=enter)
    except Unavailable as fault:
        if entered and not isinstance(fault, NotYet):
            hosts.fail(entered.pop(), visitor, fault)
        raise
    finally:
        for host in entered:
            hosts.leave(host, visitor)


_UNKNOWN = "the robots.txt for {} can't be had, which forbids everything for now"


def _heed(rules: robots.Rules, url: str) -> None:
    if rules.text is None:
        raise NotYet("robots", _UNKNOWN.format(url), max(1.0, rules.until - time.time()), resting=True)
    if not rules.allow(url):
        raise Refused("robots", f"the robots.txt for {url} forbids it to {robots.AGENT}")


def _wait(hosts: Hosts, host: str, visitor: str, delay: float) -> None:
    """Waits for the visitor's turn, as long as it has patience."""
    end = time.monotonic() + PATIENCE
    while True:
        left = end - time.monotonic()
        try:
            time.sleep(hosts.enter(host, visitor, delay, max(0.0, left)))
            return
        except NotYet as fault:
            if fault.after > left:
                raise
            time.sleep(fault.after)
