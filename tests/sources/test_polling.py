"""A poll submits what is new, once, whatever happens between two polls; a source that fails rests and says so."""

from __future__ import annotations

import json
import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tasks.sources import alarms, registry
from tasks.sources.polling import Polled, poll
from tasks.sources.registry import Sources
from tasks.sources.source import Source, make
from tests.sources.conftest import SHAPES, Site, shape
from tests.worker.conftest import fresh
from worker import producer
from worker.jobs import Job, Outcome
from worker.metrics import LedgerCollector

ME = "a-worker-of-this-test"


def added(sources: Sources, address: str, kind: str = "auto", **options: Any) -> Source:
    source = make(address, kind, datetime.now(UTC), **options)  # type: ignore[arg-type]
    sources.put(source, at_once=True)
    return source


def polled(sources: Sources, source: Source) -> Polled:
    return poll(sources, source.id, ME)


def jobs(sources: Sources) -> dict[str, Job]:
    """The open jobs by what they are about."""
    ledger = sources.ledger
    found = [ledger.open(each, ledger.body(each) or b"") for each in ledger.open_jobs()]
    return {job.article.url or (job.article.text or "")[:20]: job for job in found}


def rss(*names: str, date: str = "Tue, 03 Mar 2026 12:{:02d}:00 GMT") -> str:
    items = "".join(
        f"<item><title>{n}</title><link>https://v.example/{n}</link><pubDate>{date.format(i)}</pubDate></item>"
        for i, n in enumerate(names)
    )
    return f'<rss version="2.0"><channel><title>Вестник</title>{items}</channel></rss>'


def metrics(sources: Sources) -> dict[str, float]:
    """Sources with an alarm by its kind, as Prometheus is told."""
    (found,) = (metric for metric in LedgerCollector(sources.ledger).collect() if metric.name == "chancery_alarms")
    return {sample.labels["kind"]: sample.value for sample in found.samples}


def events(sources: Sources) -> list[dict[str, Any]]:
    found: Any = sources.client.xrange(sources.ledger.key("alarms"))
    return [json.loads(fields[b"event"]) for _, fields in found]


def test_a_feed_polled_twice_submits_once_and_a_new_item_alone_is_added(sources: Sources, site: Site) -> None:
    source = added(sources, site.put("/rss", rss("a", "b")), outlet="Вестник Каспия", priority="interactive")
    assert polled(sources, source) == Polled("done", 2, 2)
    site.put("/rss", rss("a", "b", "c"))
    assert polled(sources, source) == Polled("done", 3, 1)
    found = jobs(sources)
    assert set(found) == {f"https://v.example/{n}" for n in "abc"}
    job = found["https://v.example/c"]
    assert (job.queue, job.priority, job.source) == ("fetch", "interactive", f"source:{source.id}")
    assert (job.article.outlet, job.article.title, job.article.source) == ("Вестник Каспия", "c", "feed")
    assert sources.ledger.counts()["accepted"] == 3


def test_what_a_poll_that_died_had_submitted_is_not_submitted_again(sources: Sources, site: Site) -> None:
    source = added(sources, site.put("/rss", rss("a", "b")))
    polled(sources, source)
    # As if it had died between accepting the jobs and noting that they were seen.
    sources.client.delete(sources.key(source.id, "seen"), sources.key(source.id))
    assert polled(sources, source) == Polled("done", 2, 2)
    assert sources.ledger.counts()["accepted"] == 2


def test_a_feed_that_has_not_changed_is_neither_sent_again_nor_read_again(sources: Sources, site: Site) -> None:
    tagged = added(sources, site.put("/tagged", rss("a"), etag='"one"'))
    plain = added(sources, site.put("/plain", rss("b")))
    for source in (tagged, plain):
        assert polled(sources, source).word == "done"
        assert polled(sources, source) == Polled("unchanged")
    site.put("/tagged", rss("a", "c"), etag='"two"')
    assert polled(sources, tagged) == Polled("done", 2, 1)


def test_a_text_in_the_feed_is_not_fetched_and_a_changed_one_is_read_again(sources: Sources, site: Site) -> None:
    source = added(sources, site.put("/rss", shape("rss20.xml")))
    assert polled(sources, source) == Polled("done", 3, 3)
    url = "https://vestnik.example/2026/03/03/ministr-v-ankare"
    assert jobs(sources)[url].queue == "read"
    site.put("/rss", shape("rss20.xml").replace("Переговоры продлятся".encode(), "Переговоры шли".encode()))
    assert polled(sources, source) == Polled("done", 3, 1)


def test_a_poll_takes_its_limit_oldest_first_and_the_next_one_goes_on(sources: Sources, site: Site) -> None:
    source = added(sources, site.put("/rss", rss("a", "b", "c", "d", "e"), etag='"one"'), limit=2)
    assert polled(sources, source).submitted == 2
    assert set(jobs(sources)) == {"https://v.example/a", "https://v.example/b"}
    assert polled(sources, source).submitted == 2
    assert polled(sources, source).submitted == 1
    assert polled(sources, source) == Polled("unchanged")


def test_a_page_gives_its_article_links_and_names_its_feed(sources: Sources, site: Site) -> None:
    links = "".join(
        f'<a href="/2026/03/0{n}/posol-pribyl-{n}-raz">Посол прибыл в столицу в {n}-й раз за зиму</a>' for n in (1, 2)
    )
    source = added(sources, site.put("/news", f"<html><body><main>{links}</main></body></html>"))
    assert polled(sources, source) == Polled("done", 2, 2)
    assert sources.state(source.id).read_as == "page"
    assert {job.article.source for job in jobs(sources).values()} == {"page"}


def test_a_channel_gives_posts_with_their_origin_and_an_edited_one_again(sources: Sources, site: Site) -> None:
    source = added(sources, site.put("/s/kaspiy_vesti", shape("channel.html")), "telegram")
    assert polled(sources, source) == Polled("done", 4, 4)
    job = jobs(sources)["https://t.me/kaspiy_vesti/102"]
    assert (job.queue, job.article.forwarded_from) == ("read", "Берег | Инфо")
    site.put("/s/kaspiy_vesti", shape("channel.html").replace(b"1.104K", b"8M"))
    assert polled(sources, source) == Polled("done", 4, 0)
    site.put("/s/kaspiy_vesti", shape("channel.html").replace("денег нет".encode(), "деньги будут".encode()))
    assert polled(sources, source) == Polled("done", 4, 1)


def test_a_gap_since_the_last_poll_of_a_channel_is_closed_from_its_older_pages(sources: Sources, site: Site) -> None:
    def page(first: int, last: int) -> str:
        posts = "".join(
            f'<div class="tgme_widget_message" data-post="k/{n}"><p class="tgme_widget_message_text">Пост {n}</p></div>'
            for n in range(first, last + 1)
        )
        more = f'<a class="tme_messages_more" href="/s/k?before={first}"></a>'
        return f'<div class="tgme_channel_info_header_title">К</div>{more if first > 1 else ""}{posts}'

    source = added(sources, site.put("/s/k", page(1, 5)), "telegram")
    polled(sources, source)
    site.put("/s/k", page(31, 40))
    site.put("/s/k?before=31", page(16, 30))
    site.put("/s/k?before=16", page(4, 15))
    site.put("/s/k?before=4", page(1, 3))
    assert polled(sources, source).submitted == 35
    assert "/s/k?before=4" not in site.asked


def test_an_export_is_taken_to_its_end_and_a_later_one_goes_on_from_there(sources: Sources, tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    shutil.copy(SHAPES / "result.json", file)
    source = added(sources, str(file), limit=2)
    assert polled(sources, source).submitted == 2
    assert polled(sources, source).submitted == 1
    assert polled(sources, source) == Polled("unchanged")
    later = json.loads(file.read_text())
    later["messages"][1] |= {"text": "Министр прибыл в Анкару. Исправлено.", "edited_unixtime": "1772540000"}
    later["messages"].append({"id": -7, "type": "message", "date_unixtime": "1772533000", "text": "Из старой группы."})
    later["messages"].append({"id": 6, "type": "message", "date_unixtime": "1772533000", "text": "Посол уехал."})
    file.write_text(json.dumps(later))
    assert polled(sources, source).submitted == 2
    assert polled(sources, source).submitted == 1
    assert polled(sources, source) == Polled("unchanged")
    assert sources.ledger.counts()["accepted"] == 6


def test_a_folder_gives_new_and_changed_files_and_each_once(sources: Sources, tmp_path: Path) -> None:
    def write(name: str, text: str, age: float) -> None:
        (tmp_path / name).write_text(text)
        moment = time.time() - age
        os.utime(tmp_path / name, (moment, moment))

    write("a.txt", "Министр прибыл в Анкару на переговоры о зерне.", 60)
    write("b.txt", "Посол вернулся в Ташкент раньше срока.", 50)
    write("c.txt", "Ещё не записано до ко", -3600)  # however long the polls take, it is not old enough
    write("d.txt", "%PDF-1.7", 50)
    source = added(sources, str(tmp_path), outlet="Архив")
    assert polled(sources, source) == Polled("done", 3, 2)
    assert polled(sources, source) == Polled("done", 3, 0)
    write("b.txt", "Посол вернулся в Ташкент в срок.", 20)
    assert polled(sources, source) == Polled("done", 3, 1)
    assert {job.article.outlet for job in jobs(sources).values()} == {"Архив"}


def test_a_source_that_fails_rests_says_why_raises_an_alarm_and_clears_it(sources: Sources, site: Site) -> None:
    source = added(sources, site.put("/rss", "gone", status=410))
    assert polled(sources, source).word == "failed"
    state = sources.state(source.id)
    assert (state.failures, state.code) == (1, "http")
    assert "410" in state.error
    assert polled(sources, source).word == "resting"
    rests = []
    for _ in range(4):
        state = sources.state(source.id)
        assert state.resting
        assert state.polled
        rests.append(state.resting - state.polled)
        sources.save(source.id, state.model_copy(update={"resting": None}))
        assert polled(sources, source).word == "failed"
    for n, rest in enumerate(rests):
        assert timedelta(seconds=450) * 2**n <= rest <= timedelta(seconds=810) * 2**n
    (raised,) = events(sources)
    assert (raised["kind"], raised["state"], raised["source"]) == ("failing", "raised", source.id)
    site.put("/rss", rss("a", date=f"{datetime.now(UTC):%a, %d %b %Y} 00:00:{{:02d}} GMT"))
    sources.save(source.id, sources.state(source.id).model_copy(update={"resting": None}))
    assert polled(sources, source).word == "done"
    assert [(event["kind"], event["state"]) for event in events(sources)][1:] == [("failing", "cleared")]
    assert sources.state(source.id).error == ""
    assert sources.alarms() == {}


def test_a_server_that_asks_to_wait_is_not_asked_before(sources: Sources, site: Site) -> None:
    source = added(sources, site.put("/rss", "busy", status=429, Retry_After="7200"))
    assert polled(sources, source).word == "failed"
    state = sources.state(source.id)
    assert state.resting
    assert state.polled
    assert state.resting - state.polled >= timedelta(hours=2)


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        ("<html><body>Вход</body></html>", "feed", "no feed"),
        ("<html><body>Вход</body></html>", "auto", "no links to articles"),
        ("<html><body>Вход</body></html>", "telegram", "no posts"),
        ("%PDF-1.7", "auto", "PDF"),
        ("<rss>" + "x" * 5_000_001, "auto", "over the limit"),
    ],
    ids=["feed", "page", "channel", "file", "endless"],
)
def test_what_can_not_be_read_is_a_failure_that_says_what_came(
    sources: Sources, site: Site, body: str, kind: str, says: str
) -> None:
    source = added(sources, site.put("/x", body, Content_Type="text/html; charset=utf-8"), kind)
    assert polled(sources, source).word == "failed"
    assert says in sources.state(source.id).error


def test_a_poll_that_is_still_running_is_not_started_again_until_its_worker_is_dead(
    sources: Sources, site: Site
) -> None:
    source = added(sources, site.put("/rss", rss("a")))
    sources.ledger.renew("a-living-worker", {"fetch": 1}, [])
    with sources.locked(source.id, "a-living-worker") as mine:
        assert mine
        assert polled(sources, source) == Polled("running")
        sources.client.zrem(sources.ledger.key("workers"), "a-living-worker")
        assert polled(sources, source) == Polled("done", 1, 1)
    assert sources.client.exists(sources.key(source.id, "lock")) == 0


def test_what_finds_the_queue_full_comes_with_the_next_poll(server: str, site: Site) -> None:
    with producer.connected(fresh(server, fetch_allow=("127.0.0.1",), host_delay_seconds=0.0, queue_cap=2)) as ledger:
        sources = Sources(ledger)
        source = added(sources, site.put("/rss", rss("a", "b", "c"), etag='"one"'))
        assert polled(sources, source).word == "full"
        assert sources.state(source.id).failures == 0
        for job in ledger.open_jobs():
            grant = ledger.begin(job, ME)
            assert not isinstance(grant, str)
            ledger.finish(grant.attempt, Outcome(job=job, state="succeeded"))
        assert polled(sources, source).word == "done"
        assert ledger.counts()["accepted"] == 3


def test_what_is_remembered_of_a_source_is_bounded(
    sources: Sources, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "SEEN", 10)
    source = added(sources, site.put("/rss", rss("kept", *(f"a{n}" for n in range(5)))))
    for batch in range(4):
        site.put("/rss", rss("kept", *(f"a{batch}-{n}" for n in range(5))))
        polled(sources, source)
    assert sources.client.zcard(sources.key(source.id, "seen")) == 10
    assert sources.ledger.counts()["accepted"] == 21


def test_a_source_that_was_removed_or_paused_leaves_no_entry_in_the_schedule(sources: Sources, site: Site) -> None:
    kept, paused, gone = (added(sources, site.put(f"/{name}", rss("a"))) for name in ("kept", "paused", "gone"))
    for source in (kept, paused, gone):
        polled(sources, source)
    sources.put(paused.model_copy(update={"paused": True}), at_once=False)
    sources.remove(gone)
    assert [entry.name for entry in sources.plan.entries()] == [f"source:{kept.id}"]
    assert not sources.client.keys(f"{sources.ledger.prefix}*{gone.id}*")
    assert poll(sources, gone.id, ME) == poll(sources, paused.id, ME) == Polled("gone")


def test_a_source_that_has_fallen_silent_is_told_of(sources: Sources, site: Site) -> None:
    source = added(sources, site.put("/rss", rss("a", "b")))
    polled(sources, source)
    (event,) = events(sources)
    assert (event["kind"], event["state"]) == ("silent", "raised")
    assert "silent" in sources.alarms()[source.id]
    assert metrics(sources) == {"failing": 0, "silent": 1, "layout": 0}
    site.put("/rss", rss("c", date=f"{datetime.now(UTC):%a, %d %b %Y %H:%M}:{{:02d}} GMT"))
    polled(sources, source)
    assert [(event["kind"], event["state"]) for event in events(sources)][1:] == [("silent", "cleared")]


def test_a_source_whose_articles_have_suddenly_no_text_is_told_of(sources: Sources, site: Site) -> None:
    date = f"{datetime.now(UTC):%a, %d %b %Y} 00:00:{{:02d}} GMT"
    source = added(sources, site.put("/rss", rss("a", date=date)))
    for n in range(20):
        alarms.note_bodies(sources.ledger, source.id, {f"{n:08d}": f"Новость {n}: посол прибыл в город {n * 7}. " * 9})
    polled(sources, source)
    assert sources.alarms() == {}
    for n in range(20, 28):
        alarms.note_bodies(sources.ledger, source.id, {f"{n:08d}": ""})
    polled(sources, source)
    assert set(sources.alarms()[source.id]) == {"layout"}
