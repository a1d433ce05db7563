"""A visit heeds robots.txt and waits for its turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from tasks.web.download import Response
from tasks.web.faults import NotYet, Refused, Unavailable
from tasks.web.robots import LIMIT, known
from tasks.web.visits import visit
from tests.web.hostile import Act, Server, raw, resets, sends, serving
from tests.worker.conftest import until
from worker.ledger import Ledger

Ledgers = Callable[..., Ledger]
ROBOTS = "/robots.txt"


@pytest.fixture
def site() -> Iterator[Server]:
    with serving() as server:
        server.acts["/story"] = sends(200, b"a story")
        yield server


def paths(site: Server) -> list[str]:
    return [head.split()[1].decode() for head in site.seen]


def end(site: Server, path: str, ledger: Ledger, visitor: str = "v") -> str:
    try:
        visit(site.url + path, visitor, ledger)
    except (Refused, Unavailable) as fault:
        return fault.code
    return "ok"


def test_robots_txt_is_asked_for_once_and_heeded(site: Server, ledgers: Ledgers) -> None:
    ledger = ledgers()
    site.acts[ROBOTS] = sends(200, b"User-agent: *\nDisallow: /private\nAllow: /private/open$\nDisallow: /*.pdf\n")
    site.acts["/private/open"] = site.acts["/story"]
    ends = [end(site, path, ledger) for path in ("/story", "/private/x", "/private/open", "/a.pdf?x", "/story")]
    assert ends == ["ok", "robots", "ok", "robots", "ok"]
    assert paths(site) == [ROBOTS, "/story", "/private/open", "/story"]


def test_our_own_name_goes_before_the_star(site: Server, ledgers: Ledgers) -> None:
    site.acts[ROBOTS] = sends(200, b"User-agent: *\nDisallow: /\n\nUser-agent: Chancery\nAllow: /\n")
    assert end(site, "/story", ledgers()) == "ok"


def test_who_we_are_is_said(site: Server, ledgers: Ledgers) -> None:
    assert end(site, "/story", ledgers(fetch_contact="https://desk.example/bot")) == "ok"
    for head in site.seen:
        assert b"User-Agent: chancery/" in head
        assert b"+https://desk.example/bot" in head


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_site_without_robots_txt_allows_everything(site: Server, ledgers: Ledgers, status: int) -> None:
    site.acts[ROBOTS] = sends(status)
    assert end(site, "/story", ledgers()) == "ok"


@pytest.mark.parametrize(("act", "code"), [(resets(), "reset"), (raw(b"junk"), "protocol"), (raw(), "protocol")])
def test_a_site_that_cannot_be_reached_is_tried_again(site: Server, ledgers: Ledgers, act: Act, code: str) -> None:
    ledger = ledgers()
    site.acts[ROBOTS] = act
    assert end(site, "/story", ledger) == code
    assert "/story" not in paths(site)
    site.acts[ROBOTS] = sends(404)
    assert end(site, "/story", ledger) == "ok"


@pytest.mark.parametrize("act", [sends(500), sends(503), sends(429)])
def test_a_site_whose_robots_txt_cannot_be_had_is_left_alone(site: Server, ledgers: Ledgers, act: Act) -> None:
    ledger = ledgers()
    site.acts[ROBOTS] = act
    with pytest.raises(Unavailable) as fault:
        visit(f"{site.url}/story", "v", ledger)
    assert (fault.value.code, isinstance(fault.value, NotYet)) == ("robots", False)
    assert fault.value.after >= 60
    with pytest.raises(NotYet) as wait:
        visit(f"{site.url}/story", "w", ledger)
    assert (wait.value.code, wait.value.resting) == ("robots", True)
    assert "/story" not in paths(site)


def test_an_old_copy_counts_while_robots_txt_cannot_be_had(site: Server, ledgers: Ledgers) -> None:
    ledger = ledgers(robots_seconds=1)
    site.acts[ROBOTS] = sends(200, b"User-agent: *\nDisallow: /private\n")
    assert end(site, "/story", ledger) == "ok"
    site.acts[ROBOTS] = sends(500)
    copy = known(httpx.URL(f"{site.url}/story"), ledger)
    assert copy is not None
    until(lambda: not copy.fresh)
    assert end(site, "/story", ledger) == "ok"
    assert end(site, "/private/x", ledger) == "robots"
    assert paths(site).count(ROBOTS) == 2


def test_the_first_500_kib_of_robots_txt_are_read(site: Server, ledgers: Ledgers) -> None:
    rules = b"User-agent: *\nDisallow: /story\n"
    site.acts[ROBOTS] = sends(200, rules + b"#" * (LIMIT - len(rules)) + b"\nDisallow: /late\n" + b"#" * 3_000_000)
    site.acts["/late"] = site.acts["/story"]
    ledger = ledgers()
    assert [end(site, path, ledger) for path in ("/story", "/late")] == ["robots", "ok"]


def test_robots_txt_that_would_choke_its_reader_forbids_everything(site: Server, ledgers: Ledgers) -> None:
    agents = b"".join(b"User-agent: a%d\n" % i for i in range(10_000))
    site.acts[ROBOTS] = sends(200, agents + b"".join(b"Disallow: /%d\n" % i for i in range(10_000)))
    assert end(site, "/story", ledgers()) == "robots"


def test_a_deployment_may_leave_robots_txt_alone(site: Server, ledgers: Ledgers) -> None:
    site.acts[ROBOTS] = sends(200, b"User-agent: *\nDisallow: /\n")
    assert end(site, "/story", ledgers(fetch_robots=False)) == "ok"
    assert paths(site) == ["/story"]


def test_visits_are_as_far_apart_as_robots_txt_asks(site: Server, ledgers: Ledgers) -> None:
    ledger = ledgers()
    site.acts[ROBOTS] = sends(200, b"User-agent: *\nCrawl-delay: 30\n")
    assert end(site, "/story", ledger) == "ok"
    with pytest.raises(NotYet) as wait:
        visit(f"{site.url}/story", "v", ledger)
    assert (wait.value.code, wait.value.resting) == ("host-busy", False)
    assert 20 < wait.value.after <= 30


def test_where_a_redirect_leads_robots_txt_is_heeded_too(site: Server, ledgers: Ledgers) -> None:
    with serving() as other:
        other.acts[ROBOTS] = sends(200, b"User-agent: *\nDisallow: /\n")
        other.acts["/story"] = sends(200, b"a story")
        site.acts["/moved"] = sends(301, b"", f"Location: {other.url}/story")
        assert end(site, "/moved", ledgers()) == "robots"
        assert paths(other) == [ROBOTS]


def test_a_storm_of_429_puts_the_host_to_rest_for_every_worker(site: Server, ledgers: Ledgers) -> None:
    ledger = ledgers(fetch_robots=False)
    site.acts["/story"] = sends(429, b"", "Retry-After: 300")
    another = Ledger(ledger.settings)
    assert end(site, "/story", ledger, "first") == "http"
    assert [end(site, "/story", another, f"v{i}") for i in range(20)] == ["host-rests"] * 20
    assert len(site.seen) == 1
    another.client.close()


def test_no_more_than_its_places_are_taken_at_a_host(site: Server, ledgers: Ledgers) -> None:
    ledger = ledgers(fetch_robots=False, host_fetches=2)
    inside, most, lock = 0, 0, threading.Lock()
    story = sends(200, b"a story")

    def act(connection: object, head: bytes) -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.05)
        with lock:
            inside -= 1
        story(connection, head)  # type: ignore[arg-type]

    site.acts["/story"] = act
    ends: list[str] = []
    threads = [threading.Thread(target=lambda i=i: ends.append(end(site, "/story", ledger, f"v{i}"))) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert most <= 2
    assert set(ends) <= {"ok", "host-busy"}
    assert ends.count("ok") >= 2


def test_what_has_not_changed_is_not_sent_again(site: Server, ledgers: Ledgers) -> None:
    def act(connection: object, head: bytes) -> None:
        known = b'If-None-Match: "v1"' in head and b"If-Modified-Since: Sun, 01 Mar 2026" in head
        answer = raw(b"HTTP/1.1 304 Not Modified\r\n\r\n") if known else sends(
            200, b"a story", 'ETag: "v1"', "Last-Modified: Sun, 01 Mar 2026 10:00:00 GMT"
        )  # fmt: skip
        answer(connection, head)  # type: ignore[arg-type]

    site.acts["/story"] = act
    ledger = ledgers()
    first: Response = visit(f"{site.url}/story", "v", ledger)
    assert (first.status, first.body, first.not_modified) == (200, b"a story", False)
    again = visit(f"{site.url}/story", "v", ledger, etag=first.etag, modified=first.last_modified)
    assert (again.status, again.body, again.not_modified) == (304, b"", True)
