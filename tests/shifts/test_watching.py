"""The archive's series and shifts: whatever comes, in whatever order, they are what the archive holds."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tasks.archive import database
from tasks.archive.database import alone, reading, writing
from tasks.archive.keeping import keep
from tasks.archive.tables import outbox, readings, reposts, shifts, watches
from tasks.reading.record import Reading
from tasks.shifts import asking, judging, recounting, series
from tasks.shifts.watching import Progress, catch_up
from worker.settings import Settings

from .press import Said, article, day, repost

NOW = datetime(2026, 6, 1, tzinfo=UTC)
QUIET, LOUD = 40, 16
"""Days without anything, and days with, of the press that turns."""


@cache
def quiet(days: range = range(QUIET + LOUD)) -> list[Reading]:
    return [article(n, note="о погоде") for n in days]


@cache
def loud(said: Said, outlet: str = "Полдень", days: int = LOUD) -> list[Reading]:
    return [article(QUIET + n, [said], outlet=outlet) for n in range(days)]


CLAIM = Said("AGREE", status="claimed", source="Тайный циркуляр", anonymous=True)


def kept(archive: Engine, readings: Iterable[Reading]) -> None:
    with writing(archive) as connection:
        for each in readings:
            keep(connection, each)


def watched(archive: Engine) -> Progress:
    return catch_up(archive, years=10, now=NOW)


def told(archive: Engine) -> list[Any]:
    with reading(archive) as connection:
        query = outbox.select().where(outbox.c.type == "chancery.shift.v1").order_by(outbox.c.seq)
        return [row.data for row in connection.execute(query)]


def weights(archive: Engine, first: str = "KAZ", second: str = "GBR") -> dict[str, float]:
    with reading(archive) as connection:
        cells = asking.passed(connection, first, second)
    return {str(on): weight for on, weight in sorted(series.cooperation(cells).items())}


def test_a_shift_is_told_once_with_the_statements_that_made_it_and_whose_word_it_rests_on(archive: Engine) -> None:
    kept(archive, quiet() + loud(CLAIM))
    assert watched(archive).complete
    (shift,) = told(archive)
    assert (shift["actor"], shift["recipient"], shift["measure"]) == ("GBR", "KAZ", "cooperation")
    assert (shift["state"], shift["direction"], shift["pair"]) == ("told", "up", ["GBR", "KAZ"])
    assert day(QUIET) <= datetime.fromisoformat(shift["day"]).date() < day(QUIET + LOUD)
    assert shift["onset"] == str(day(QUIET))
    assert shift["flags"] == ["rests-on-claims", "rests-on-anonymous-sources", "single-source"]
    first = shift["evidence"][0]
    assert (first["source"], first["status"], first["text"]) == (
        CLAIM.source,
        "claimed",
        "KAZ и GBR подписали соглашение",
    )
    assert "without what is only claimed it would not be seen" in shift["summary"]
    with reading(archive) as connection:
        row = connection.execute(shifts.select().where(shifts.c.measure == "cooperation")).one()
    assert [value for _, value, _ in row.series][-1] == 4.75

    assert watched(archive) == Progress(0, 0)
    assert len(told(archive)) == 1


def test_a_storm_of_reposts_is_no_shift_and_one_that_is_found_late_undoes_it(archive: Engine) -> None:
    single = article(QUIET, [CLAIM], outlet="Источник")
    storm = loud(CLAIM, days=10) + loud(CLAIM, "Утро", days=10)
    kept(archive, [*quiet(), single, *storm])
    watched(archive)
    assert "cooperation" in {shift["measure"] for shift in told(archive)}
    with reading(archive) as connection:
        before = connection.execute(shifts.select()).all()
    with writing(archive) as connection:
        for copy in storm:
            repost(connection, copy, single)
    watched(archive)
    assert weights(archive) == {str(day(QUIET)): 4.75}
    with reading(archive) as connection:
        after = connection.execute(shifts.select()).all()
    assert [(row.key, row.series) for row in after] == [(row.key, row.series) for row in before]
    assert all(row.undone == NOW for row in after)
    taken_back = told(archive)[len(before) :]
    assert {shift["state"] for shift in taken_back} == {"undone"}
    assert {shift["key"] for shift in taken_back} == {row.key for row in before}

    with writing(archive) as connection:
        connection.execute(reposts.delete())
    kept(archive, [article(QUIET + n, [CLAIM], outlet="Вечер") for n in range(LOUD)])
    watched(archive)
    assert {shift["state"] for shift in told(archive)[2 * len(before) :]} == {"restored"}


def test_the_order_of_arrival_changes_neither_what_counts_nor_what_is_seen(archive: Engine, tmp_path: Path) -> None:
    chance = random.Random(11)
    page = "https://example.org/stepnoy"
    readings = [
        *quiet(), *loud(CLAIM), *loud(Said("THREATEN"), "Вечер", 9),
        article(3, [Said("AGREE")], note="первое", url=page), article(4, [Said("AGREE"), Said("AID")], url=page),
        *(article(n, [Said("positive"), Said("negative", "GBR", "KAZ")], note="мнение") for n in range(0, 30, 7)),
        *(article(n, [CLAIM, Said("CONSULT")], outlet="Утро", note="вместе") for n in range(QUIET, QUIET + 6)),
    ]  # fmt: skip
    copies = [(readings[QUIET + LOUD + n], readings[QUIET + LOUD + n - 1]) for n in (3, 5)]
    plain = database.engine(Settings(data_dir=tmp_path / "reference"))
    kept(plain, readings)
    with writing(plain) as connection:
        for copy, origin in copies:
            repost(connection, copy, origin)
    watched(plain)

    # The versions of a page come in the order in which it changed; everything else in any.
    mixed = [each for each in readings if each.document.url is None]
    chance.shuffle(mixed)
    mixed[20:20], mixed[60:60] = [readings[QUIET + 2 * LOUD + 9]], [readings[QUIET + 2 * LOUD + 10]]
    assert {each.document.id for each in mixed} == {each.document.id for each in readings}
    for start in range(0, len(mixed), 45):
        kept(archive, mixed[start : start + 45])
        watched(archive)
    with writing(archive) as connection:
        for copy, origin in copies:
            repost(connection, copy, origin)
    watched(archive)

    assert weights(archive) == weights(plain)
    with reading(archive) as here, reading(plain) as there:
        through = judging.last_settled(NOW)
        for pair in (("GBR", "KAZ"), ("KAZ", "RUSSIA:WEST")):
            both = [
                [(each.measure, each.days(), each.judge(10)) for each in
                 judging.series_of(connection, *pair, asking.read_by_day(connection), through)]
                for connection in (here, there)
            ]  # fmt: skip
            assert both[0] == both[1]
        seen = [
            {(row.actor, row.recipient, row.measure, row.direction) for row in asking.told(c, undone=False)}
            for c in (here, there)
        ]
        assert seen[0] == seen[1]
        assert seen[0]


def test_a_state_that_turns_from_one_pole_to_the_other_has_its_orientation_told(archive: Engine) -> None:
    between = [article(n, [Said("AGREE", "KAZ", "RUS" if n < QUIET else "GBR")]) for n in range(QUIET + LOUD)]
    kept(archive, between + [article(n, [Said("ACCUSE", "RUS", "KAZ")], outlet="Утро") for n in range(QUIET, 50)])
    watched(archive)
    (shift,) = [shift for shift in told(archive) if shift["measure"] == "orientation"]
    assert (shift["actor"], shift["recipient"], shift["pair"]) == ("KAZ", "RUSSIA:WEST", ["KAZ"])
    assert (shift["direction"], shift["onset"]) == ("up", str(day(QUIET)))
    assert shift["summary"].startswith("What is told of Kazakhstan draws towards the West and away from Russia")
    assert {(e["actor"], e["recipient"]) for e in shift["evidence"]} == {("KAZ", "GBR"), ("RUS", "KAZ")}


def test_a_post_and_the_next_days_article_that_names_its_channel_count_once(archive: Engine) -> None:
    post = article(1, [Said("AGREE")], outlet="Тайный циркуляр")
    retold = article(2, [CLAIM, Said("AID")], outlet="Утро")
    kept(archive, [post, retold])
    watched(archive)
    assert weights(archive) == {str(day(1)): 4.75, str(day(2)): 12.15}
    with writing(archive) as connection:
        repost(connection, retold, post, "named")
    watched(archive)
    assert weights(archive) == {str(day(1)): 4.75, str(day(2)): 7.4}


def test_a_late_article_has_only_its_own_pairs_judged_again(archive: Engine) -> None:
    kept(archive, [*quiet(range(10)), article(2, [Said("AGREE")]), article(3, [Said("AGREE", "FRA", "BRA")])])
    watched(archive)
    kept(archive, [article(5, [Said("AID", "FRA", "BRA")], note="позже")])
    done = watched(archive)
    # The two, and the one of them that is no pole's own between the poles of either balance.
    assert done.judged == 3
    assert weights(archive, "BRA", "FRA") == {str(day(3)): 4.75, str(day(5)): 7.4}


def test_a_corrected_page_and_a_newer_reading_count_as_they_read_last(archive: Engine) -> None:
    page = "https://example.org/novost"
    kept(archive, [article(1, [Said("AGREE")], url=page), article(1, [Said("CONSULT")], url=page, note="исправлено")])
    watched(archive)
    assert weights(archive) == {str(day(1)): 1.9}
    kept(archive, [article(1, [Said("AID", words="KAZ и GBR провели переговоры")], url=page, note="исправлено",
                           reader="2.0")])  # fmt: skip
    watched(archive)
    assert weights(archive) == {str(day(1)): 7.4}


def test_a_bloc_is_an_actor_of_its_own_and_its_members_are_not_counted_as_it(archive: Engine) -> None:
    kept(archive, [article(1, [Said("AGREE", "KAZ", "GBR"), Said("AID", "NATO", "KAZ")])])
    watched(archive)
    assert weights(archive, "KAZ", "NATO") == {str(day(1)): 7.4}
    assert weights(archive, "KAZ", "GBR") == {str(day(1)): 4.75}


def test_a_crash_while_series_are_judged_tells_nothing_and_costs_nothing(archive: Engine) -> None:
    kept(archive, quiet() + loud(CLAIM))
    with pytest.raises(KeyboardInterrupt), writing(archive) as connection:  # noqa: PT012
        recounting.recount(connection, NOW, 1000)
        judging.judge_some(connection, NOW, 10, 100)
        raise KeyboardInterrupt
    assert told(archive) == []
    watched(archive)
    assert len(told(archive)) == 1
    assert len(weights(archive)) == LOUD


@pytest.mark.parametrize("archive_settings", ["postgresql"], indirect=True)
def test_two_watchers_at_a_time_leave_it_to_one_where_writers_do_not_wait_for_each_other(archive: Engine) -> None:
    kept(archive, [article(1, [Said("AGREE")])])
    with writing(archive) as connection:
        assert alone(connection, "watch")
        assert watched(archive) == Progress(0, 0, complete=False)
    assert watched(archive).settled == 2
    assert weights(archive)


def test_a_day_is_judged_six_hours_after_its_end(archive: Engine) -> None:
    kept(archive, [article(1, [Said("AGREE")])])
    for hour, judged in ((5, day(0)), (7, day(1))):
        catch_up(archive, years=10, now=datetime.combine(day(2), datetime.min.time(), UTC).replace(hour=hour))
        with reading(archive) as connection:
            assert {row.through for row in connection.execute(watches.select())} == {judged}


def test_the_scheduled_task_watches_the_archive_of_its_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks.watch import watch
    from worker.settings import settings

    monkeypatch.setenv("CHANCERY_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    try:
        archive = database.engine(settings())
        kept(archive, quiet() + loud(CLAIM))
        assert watch() == 3
        assert len(told(archive)) == 1
    finally:
        settings.cache_clear()
        database.close()


def test_a_watcher_that_is_killed_in_the_middle_is_gone_on_from(archive: Engine, archive_settings: Settings) -> None:
    kept(archive, quiet() + loud(CLAIM))
    program = """if True:
        import signal, sys
        from tasks.archive.database import engine
        from tasks.shifts import watching
        from worker.settings import Settings

        step, steps = watching.recount, []

        def held_in_the_sixth(*given):
            done = step(*given)
            steps.append(done)
            if len(steps) == 6:
                print("held", flush=True)
                signal.pause()
            return done

        watching.ARRIVALS, watching.recount = 4, held_in_the_sixth
        watching.catch_up(engine(Settings.model_validate_json(sys.stdin.read())), years=10, seconds=600)
    """
    watcher = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert watcher.stdin is not None
    assert watcher.stdout is not None
    given = archive_settings.model_dump(mode="json", include={"data_dir", "archive_url"})
    with watcher.stdin:
        watcher.stdin.write(json.dumps(given))
    assert watcher.stdout.readline() == "held\n"
    watcher.kill()
    watcher.wait()
    watcher.stdout.close()
    with reading(archive) as connection:
        begun = connection.execute(sa.select(sa.func.count()).where(readings.c.watched_at.is_not(None))).scalar_one()
    assert begun == 5 * 4
    end = time.monotonic() + 60
    while not watched(archive).complete and time.monotonic() < end:
        # PostgreSQL has yet to see that its client is gone.
        time.sleep(0.05)
    assert weights(archive) == {str(day(QUIET + n)): 4.75 for n in range(LOUD)}
    assert len(told(archive)) == 1
