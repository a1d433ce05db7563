"""Reposts are linked to the earliest known origin, whatever the order in which the articles came."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from tasks.archive import database, keeping
from tasks.archive.tables import appearances, bands, reposts
from tasks.reading.record import Reading
from tasks.reposts import index
from tasks.reposts.tracing import catch_up
from tests.reposts.press import NOON, keep, links, prose, reading, told
from tests.worker.conftest import until
from worker.settings import Settings

NEWS = (
    "Порт Медвежий принял в марте сорок два судна, вдвое больше прошлогоднего. Начальник порта Олег Зимин связал это с "
    "новым ледоколом, который пришёл в бухту зимой. Очередь на рейде исчезла, лоцманы работают в три смены, а хозяева "
    "складов достраивают второй причал. Рыбаки просят оставить им старый пирс, и управа обещала ответить к лету."
)


def test_a_copy_is_linked_to_the_earliest_known_origin_with_what_it_changed(archive: Engine) -> None:
    changed = NEWS
    for was, now in (
        ("Порт Медвежий", "Бухта Оленья"), ("сорок два", "шестьдесят"), ("Олег Зимин", "Павел Летов"),
        ("Очередь на рейде исчезла, л", "Л"), (" а хозяева", " а вечно недовольные хозяева"),
    ):  # fmt: skip
        changed = changed.replace(was, now)
    keep(archive, reading(NEWS, "Маяк", 0, title="Порт ожил"), reading(changed, "Прибой", 30, title="Порт задыхается"))
    keep(archive, reading(NEWS + " Так пишут.", "Чайка", 60))
    assert catch_up(archive) == 3
    found = links(archive)
    assert set(found) == {("Прибой", "Маяк", "whole"), ("Чайка", "Маяк", "whole")}
    row = found["Прибой", "Маяк", "whole"]
    assert 0.7 < row.shared < 0.9
    assert row.changes["headline"] == {"was": "Порт ожил", "is": "Порт задыхается"}
    replaced = {(c["was"], c["is"], c["what"]) for c in row.changes["replaced"]}
    assert ("Олег Зимин", "Павел Летов", "name") in replaced
    assert ("сорок два", "шестьдесят", "words") in replaced
    assert ("Порт Медвежий", "Бухта Оленья", "name") in replaced
    assert [c["was"] for c in row.changes["dropped"]] == ["Очередь на рейде исчезла"]
    assert [c["is"] for c in row.changes["added"]] == ["вечно недовольные"]
    for change in row.changes["replaced"]:
        assert changed[slice(*change["span"])] == change["is"]
        assert NEWS[slice(*change["origin_span"])] == change["was"]


def test_a_paragraph_lifted_into_a_longer_article_is_a_part_of_it(archive: Engine) -> None:
    long = f"{prose(1, 300)}\n{NEWS}\n{prose(2, 300)}"
    keep(archive, reading(NEWS, "Маяк"), reading(long, "Обозрение", 5))
    catch_up(archive)
    found = links(archive)
    assert set(found) == {("Обозрение", "Маяк", "partial")}
    row = found["Обозрение", "Маяк", "partial"]
    assert row.shared < 0.1
    assert [long[slice(*p["span"])] for p in row.changes["passages"]] == [NEWS.removesuffix(".")]
    assert row.changes["added"] == []


def test_parts_lifted_from_two_articles_are_linked_to_both(archive: Engine) -> None:
    first, second = prose(1, 60), prose(2, 60)
    keep(archive, reading(first, "А"), reading(second, "Б", 1), reading(f"{first} {second} {prose(3, 100)}", "В", 2))
    catch_up(archive)
    assert set(links(archive)) == {("В", "А", "partial"), ("В", "Б", "partial")}


@pytest.mark.parametrize(
    "other",
    [
        "В марте порт Медвежий обслужил 42 судна против 21 годом ранее, рассказал его начальник Олег Зимин. По его "
        "словам, помог ледокол, зимовавший в бухте. Судам больше не нужно ждать на рейде, лоцманов стало больше, "
        "второй причал почти готов. О судьбе старого пирса, за который просят рыбаки, власти скажут летом.",
        "Открытие катка перенесли. Ледовая бригада ждёт морозов, а пока чистит трибуны и красит борта.",
    ],
    ids=["the same story", "another story"],
)
def test_an_article_in_words_of_its_own_is_no_repost(archive: Engine, other: str) -> None:
    keep(archive, reading(NEWS, "Маяк"), reading(other, "Прибой", 5))
    catch_up(archive)
    assert links(archive) == {}


def test_a_quotation_that_two_reporters_heard_is_no_repost(archive: Engine) -> None:
    heard = f"«{prose(9, 40)}»"
    keep(archive, reading(f"{prose(1)} {heard} {prose(2)}", "А"), reading(f"{prose(3)} {heard} {prose(4)}", "Б", 1))
    catch_up(archive)
    assert links(archive) == {}


def test_a_changed_page_is_no_repost_of_itself(archive: Engine) -> None:
    url = "https://mayak.example/1"
    keep(archive, reading(NEWS, "Маяк", url=url), reading(NEWS + " Дополнено.", "Маяк", 9, url=url))
    catch_up(archive)
    assert links(archive) == {}


def test_the_same_text_elsewhere_is_a_repost_of_the_place_that_had_it_first(archive: Engine) -> None:
    keep(archive, reading(NEWS, "Прибой", 7), reading(NEWS, "Чайка", 9), reading(NEWS, "Маяк", 3, title="Порт ожил"))
    catch_up(archive)
    found = links(archive)
    assert set(found) == {("Прибой", "Маяк", "whole"), ("Чайка", "Маяк", "whole")}
    assert {row.shared for row in found.values()} == {1.0}


def test_an_original_that_turns_up_late_becomes_the_origin_of_all(archive: Engine) -> None:
    keep(archive, reading(NEWS + " Раз.", "Прибой", 20), reading(NEWS + " Два.", "Чайка", 40))
    catch_up(archive)
    assert set(links(archive)) == {("Чайка", "Прибой", "whole")}
    keep(archive, reading(NEWS, "Маяк", 0))
    catch_up(archive)
    assert set(links(archive)) == {("Прибой", "Маяк", "whole"), ("Чайка", "Маяк", "whole")}
    origins = [(each["copy"]["outlet"], each["origin"]["outlet"]) for each in told(archive)]
    assert sorted(origins) == [("Прибой", "Маяк"), ("Чайка", "Маяк"), ("Чайка", "Прибой")]


def test_what_claims_to_be_of_the_future_is_as_old_as_its_receipt(archive: Engine) -> None:
    early = reading(NEWS, "Маяк", 5 * 24 * 60, received=NOON)
    keep(archive, early, reading(NEWS + " Так.", "Прибой", 30))
    catch_up(archive)
    assert set(links(archive)) == {("Прибой", "Маяк", "whole")}


def test_tracing_again_changes_nothing_and_tells_nothing(archive: Engine) -> None:
    keep(archive, reading(NEWS, "Маяк"), reading(NEWS + " Так.", "Прибой", 5))
    catch_up(archive)
    before = (links(archive), told(archive))
    assert catch_up(archive) == 0
    with database.writing(archive) as connection:
        connection.execute(sa.update(appearances).values(traced_at=None))
    assert catch_up(archive) == 2
    assert (links(archive), told(archive)) == before
    assert len(before[1]) == 1


def test_what_all_articles_of_an_outlet_carry_makes_no_repost(archive: Engine) -> None:
    creed = prose(100, 40)
    keep(archive, *(reading(f"{prose(n, 80)} {creed}", "Маяк", n) for n in range(index.BOILERPLATE - 1)))
    catch_up(archive)
    assert len(links(archive)) == 1  # each of the others to the first, under one pair of outlets
    keep(archive, reading(f"{prose(50, 80)} {creed}", "Маяк", 50), reading(f"{prose(51, 80)} {creed}", "Прибой", 51))
    keep(archive, reading(f"{prose(3, 80)} {creed} Так.", "Чайка", 52))
    catch_up(archive)
    found = links(archive)
    assert set(found) == {("Чайка", "Маяк", "whole")}
    assert found["Чайка", "Маяк", "whole"].shared > 0.9


def test_a_text_with_hundreds_of_copies_costs_its_next_copy_no_more_than_a_bounded_number(archive: Engine) -> None:
    copies = index.KEPT + 20
    keep(archive, *(reading(f"{NEWS} {prose(n, 4)}", f"Газета {n}", n) for n in range(copies)))
    catch_up(archive)
    assert {origin for _, origin, _ in links(archive)} == {"Газета 0"}
    assert len(links(archive)) == copies - 1
    with database.reading(archive) as connection:
        most = connection.scalar(
            sa.select(sa.func.count().label("n"))
            .select_from(bands)
            .group_by(bands.c.value)
            .order_by(sa.desc("n"))
            .limit(1)
        )
    assert most == index.KEPT


def press() -> list[Reading]:
    """Articles with everything that makes tracing depend on others: chains, parts, ties, citations, boilerplate."""
    one, two, creed = prose(1), prose(2), prose(3, 40)
    half = " ".join(two.split()[:60])
    cited = "Склады у старой пристани закрывают до осени из-за ремонта кровли и проводки"
    return [
        reading(one, "А", 0), reading(one + " Ещё.", "Б", 10), reading("Вот. " + one + " Ещё.", "В", 20),
        reading(one, "Г", 30), reading(two, "Д", 5), reading(f"{half} {prose(4)}", "Е", 15),
        reading(f"{one} {half}", "Ж", 25), reading(two + " Вдруг.", "З", 5), reading(half, "И", 40),
        reading(f"{cited}. {prose(6, 60)}", "Канал", 8),
        reading(f"{cited}, пишет Канал. {prose(7, 60)}", "К", 18, said=((cited, "Канал", "channel"),)),
        *(reading(f"{prose(20 + n, 60)} {creed}", "Л", 50 + n) for n in range(index.BOILERPLATE)),
        reading(f"{prose(40, 60)} {creed}", "М", 70),
    ]  # fmt: skip


def graph(archive: Engine) -> set[tuple[str, str, str, float, bool, str]]:
    """All links, by the keys of their ends."""
    copy, origin = appearances.alias("copied"), appearances.alias("original")
    query = (
        sa.select(copy.c.key, origin.c.key, reposts.c.kind, reposts.c.shared, reposts.c.stripped, reposts.c.changes)
        .join_from(reposts, copy, copy.c.id == reposts.c.copy)
        .join(origin, origin.c.id == reposts.c.origin)
    )
    with database.reading(archive) as connection:
        return {(*row[:-1], repr(sorted(row[-1].items()))) for row in connection.execute(query)}


@pytest.fixture(scope="module")
def in_order(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str, str, float, bool, str]]:
    archive = database.engine(Settings(data_dir=tmp_path_factory.mktemp("in-order")))
    for each in press():
        keep(archive, each)
        catch_up(archive)
    found = graph(archive)
    assert len(found) > 8
    return found


@settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(order=st.permutations(range(len(press()))), batches=st.lists(st.integers(1, 8), min_size=25, max_size=25))
def test_the_order_of_arrival_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, in_order: object, order: list[int], batches: list[int]
) -> None:
    archive = database.engine(Settings(data_dir=tmp_path_factory.mktemp("any-order")))
    articles = press()
    left = [articles[n] for n in order]
    while left:
        size = batches.pop()
        keep(archive, *left[:size])
        left = left[size:]
        catch_up(archive)
    assert graph(archive) == in_order


def test_the_order_of_arrival_does_not_matter_backwards_on_either_database(archive: Engine, in_order: object) -> None:
    for each in reversed(press()):
        keep(archive, each)
        catch_up(archive)
    assert graph(archive) == in_order


def test_what_comes_while_others_are_traced_is_traced_next(archive: Engine) -> None:
    keep(archive, reading(NEWS + " Так.", "Прибой", 20), reading(NEWS + " Эдак.", "Чайка", 30))
    taken: list[object] = []

    def arrive(*_: object) -> None:
        taken.append(None)
        if len(taken) == 3:  # before the transactions that trace, behind those that enter into the index
            keep(archive, reading(NEWS, "Маяк", 0), reading(NEWS + " Иначе.", "Буй", 40))

    sa.event.listen(archive, "checkout", arrive)
    try:
        catch_up(archive)
    finally:
        sa.event.remove(archive, "checkout", arrive)
    assert len(taken) > 3
    catch_up(archive)
    assert set(links(archive)) == {(copy, "Маяк", "whole") for copy in ("Прибой", "Чайка", "Буй")}


DYING = """
    import os, signal, sys
    from sqlalchemy import event
    from tasks.archive.database import engine
    from tasks.reposts import tracing
    from worker.settings import Settings

    tracing.BATCH = 4
    archive = engine(Settings(data_dir=sys.argv[1], archive_url=sys.argv[2] or None))
    left = [int(sys.argv[3])]

    @event.listens_for(archive, "commit")
    def die(connection):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    tracing.catch_up(archive)
"""


def free_to_trace(archive: Engine) -> bool:
    """Not so where PostgreSQL has yet to see that a client which was tracing is gone."""
    with database.writing(archive) as connection:
        return database.alone(connection, "trace")


def test_a_process_killed_before_any_commit_repeats_and_loses_nothing(
    archive_settings: Settings, in_order: object
) -> None:
    archive = database.engine(archive_settings)
    articles = press()
    random.Random(5).shuffle(articles)
    keep(archive, *articles)
    # Four at a time: the first dies while it enters them into the index, the second, which goes on there, behind that.
    for commit in (3, 6):
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(DYING), str(archive_settings.data_dir),
             archive_settings.archive_url or "", str(commit)],
            cwd=Path(__file__).parents[2], check=False, capture_output=True, timeout=180,
        )  # fmt: skip
        assert done.returncode == -9, done.stderr
        until(lambda: free_to_trace(archive))
    catch_up(archive)
    assert graph(archive) == in_order
    ids = [(each["copy"]["outlet"], each["origin"]["outlet"], each["kind"]) for each in told(archive)]
    assert len(ids) == len(graph(archive))


def test_a_newer_reading_of_a_text_is_traced_by_its_own_blocks(archive: Engine) -> None:
    text = f"{prose(1)}\n{NEWS}"
    keep(archive, reading(NEWS, "Маяк"), reading(text, "Прибой", 5))
    catch_up(archive)
    assert set(links(archive)) == {("Прибой", "Маяк", "partial")}
    newer = reading(text, "Прибой", 5).model_copy(deep=True)
    newer.reader.version = "2.0"
    cut = len(prose(1))
    newer.blocks = [
        newer.blocks[0].model_copy(update={"span": (0, cut)}),
        newer.blocks[0].model_copy(update={"span": (cut, len(text)), "kind": "promo", "why": "another article"}),
    ]
    with database.writing(archive) as connection:
        keeping.keep(connection, newer)
    catch_up(archive)
    assert links(archive) == {}


def test_names_are_looked_for_among_what_is_new(archive: Engine) -> None:
    said = "Склады у старой пристани закрывают до осени из-за ремонта кровли и проводки"
    late = timedelta(days=4).total_seconds() / 60
    keep(archive, reading(f"{said}. {prose(6, 60)}", "Вестовой", 0))
    keep(archive, reading(f"{prose(8, 60)} {said}.", "Прибой", 30, said=((said, "«Вестовой»", "channel"),)))
    keep(archive, reading(f"{prose(9, 60)} {said}.", "Чайка", late, said=((said, "«Вестовой»", "channel"),),
                          received=NOON + timedelta(days=9)))  # fmt: skip
    catch_up(archive)
    assert set(links(archive)) == {("Прибой", "Вестовой", "named")}
