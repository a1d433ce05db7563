"""Whose word a copy dropped, and whom it names as the one it copied."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from typer.testing import CliRunner

from tasks.archive import database, keeping
from tasks.archive.tables import readings
from tasks.reading import reader
from tasks.reading.record import Reading
from tasks.reposts.tracing import catch_up
from tests.reposts.press import NOON, keep, links, prose, reading, told
from worker.cli import app
from worker.settings import Settings

SAID = "министр готовит закрытое соглашение о передаче трёх причалов северной бухты соседней державе уже этой весной"
AROUND = "В столице ждут заседания кабинета. Депутаты спорят о повестке, биржа закрылась без перемен."
SOURCED = f"{AROUND} Канал «Тихая гавань» утверждает, что {SAID}."


def flags(archive: Engine, text: str) -> list[str]:
    with database.reading(archive) as connection:
        row = connection.execute(sa.select(readings).where(readings.c.document == reading(text).document.id)).one()
        kept = keeping.load(connection, row.id)
    assert kept["provenance"]["flags"] == row.flags
    return list(row.flags)


def test_a_statement_without_its_source_is_flagged_in_the_repost_and_in_the_copys_reading(archive: Engine) -> None:
    copy = f"{AROUND} {SAID.capitalize()}."
    keep(archive, reading(SOURCED, "Гавань", said=((SAID, "Тихая гавань", "channel"),)), reading(copy, "Чайка", 5))
    catch_up(archive)
    row = links(archive)["Чайка", "Гавань", "whole"]
    assert row.stripped
    [gone] = row.changes["stripped"]
    assert (gone["source"], gone["said_by"]) == ("Тихая гавань", None)
    assert copy[slice(*gone["span"])] == SAID.capitalize()
    assert flags(archive, copy) == ["no-source", "attribution-stripped"]
    assert flags(archive, SOURCED) == ["no-source"]
    assert told(archive)[0]["stripped"] == [gone]


def test_a_statement_under_another_name_says_whose(archive: Engine) -> None:
    copy = SOURCED.replace("Канал «Тихая гавань»", "Эксперт Попов")
    keep(archive, reading(SOURCED, "Гавань", said=((SAID, "Тихая гавань", "channel"),)))
    keep(archive, reading(copy, "Чайка", 5, said=((SAID, "Попов", "person"),)))
    catch_up(archive)
    [gone] = links(archive)["Чайка", "Гавань", "whole"].changes["stripped"]
    assert (gone["source"], gone["said_by"]) == ("Тихая гавань", "Попов")


@pytest.mark.parametrize(
    ("copy", "said"),
    [
        (SOURCED + " Так.", ((SAID, "«Тихая гавань»", "channel"),)),
        (f"{AROUND} {SAID.capitalize()}. Первой об этом написала «Тихая гавань».", ()),
        (f"{AROUND} Как стало известно «Тихой гавани», {SAID}.", ()),
        (f"{AROUND} Канал «Тихая гавань» молчит. {prose(1, 60)}", ()),
    ],
    ids=["kept", "named elsewhere", "named in another case", "the statement is gone too"],
)
def test_a_source_that_is_still_named_or_has_nothing_to_vouch_for_is_not_gone(
    archive: Engine, copy: str, said: tuple[tuple[str, str, str], ...]
) -> None:
    keep(archive, reading(SOURCED, "Гавань", said=((SAID, "Тихая гавань", "channel"),)))
    keep(archive, reading(copy, "Чайка", 5, said=said))
    catch_up(archive)
    assert not any(row.stripped for row in links(archive).values())
    assert "attribution-stripped" not in flags(archive, copy)


def test_the_flag_goes_when_the_true_origin_had_no_source_either(archive: Engine) -> None:
    copy, first = f"{AROUND} {SAID.capitalize()}.", f"{AROUND} {SAID.capitalize()}. Подробности вечером."
    keep(archive, reading(SOURCED, "Гавань", 5, said=((SAID, "Тихая гавань", "channel"),)), reading(copy, "Чайка", 9))
    catch_up(archive)
    assert "attribution-stripped" in flags(archive, copy)
    keep(archive, reading(first, "Маяк", 0))
    catch_up(archive)
    assert set(links(archive)) == {("Гавань", "Маяк", "whole"), ("Чайка", "Маяк", "whole")}
    assert flags(archive, copy) == ["no-source"]


def test_a_person_who_is_named_by_surname_alone_is_named(archive: Engine) -> None:
    origin, copy = (
        SOURCED.replace("Канал «Тихая гавань»", "Олег Зимин"),
        SOURCED.replace("Канал «Тихая гавань»", "Зимин"),
    )
    keep(archive, reading(origin, "Гавань", said=((SAID, "Олег Зимин", "person"),)), reading(copy, "Чайка", 5))
    catch_up(archive)
    assert not links(archive)["Чайка", "Гавань", "whole"].stripped


def test_real_readings_show_a_source_that_was_dropped(archive: Engine) -> None:
    origin = (
        "Анкара и Баку обсудили поставки газа.\n"
        "Переговоры прошли в четверг за закрытыми дверями, журналистов не пустили. По данным телеграм-канала «Тихая "
        "гавань», стороны договорились построить вторую нитку трубопровода к лету и снизить цену на десятую часть.\n"
        "Министерства от комментариев отказались, следующая встреча назначена на май."
    )
    copy = origin.replace("По данным телеграм-канала «Тихая гавань», стороны", "Стороны")
    both = [_read(origin, "Гавань", 0), _read(copy, "Чайка", 5)]
    keep(archive, *both)
    catch_up(archive)
    row = links(archive)["Чайка", "Гавань", "whole"]
    assert [(gone["source"], gone["said_by"]) for gone in row.changes["stripped"]] == [("Тихая гавань", None)]


def _read(text: str, outlet: str, minutes: int) -> Reading:
    published = reading(text, outlet, minutes).document.published
    return reader.read_article(text=text, outlet=outlet, published=published, received=NOON + timedelta(days=1))


def test_a_forwarded_post_is_linked_to_the_channel_it_was_forwarded_from(archive: Engine) -> None:
    keep(archive, reading(SOURCED, "@Тихая гавань"))
    keep(archive, reading(f"{SAID.capitalize()}, кто бы сомневался.", "Пересказ", 9), forwarded_from="Тихая Гавань")
    catch_up(archive)
    found = links(archive)
    assert ("Пересказ", "@Тихая гавань", "named") in found
    assert found["Пересказ", "@Тихая гавань", "named"].shared >= 0.5


def test_a_paraphrase_that_names_its_channel_is_linked_to_the_post_it_means(archive: Engine) -> None:
    told_again = "соглашение о передаче соседней державе причалов в северной бухте министр подготовит весной"
    keep(archive, reading(prose(1), "Тихая гавань", 0), reading(SOURCED, "Тихая гавань", 2))
    keep(archive, reading(f"{prose(2)} {told_again}, пишет «Тихая гавань».", "Чайка", 9,
                          said=((told_again, "«Тихая гавань»", "channel"),)))  # fmt: skip
    keep(archive, reading(f"{prose(4)} {told_again}, пишет канал «Иной».", "Прибой", 9,
                          said=((told_again, "«Иной»", "channel"),)))  # fmt: skip
    catch_up(archive)
    found = links(archive)
    assert set(found) == {("Чайка", "Тихая гавань", "named")}
    assert [each["kind"] for each in told(archive)] == ["named"]


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Engine:
    data = tmp_path_factory.mktemp("desk")
    monkeypatch.setenv("CHANCERY_DATA_DIR", str(data))
    archive = database.engine(Settings(data_dir=data))
    copy = f"{AROUND} {SAID.capitalize()}."
    origin = reading(SOURCED, "Гавань", title="Слух", said=((SAID, "Тихая гавань", "channel"),))
    keep(archive, origin, reading(copy, "Чайка", 5, title="Решено", url="https://chaika.example/1"))
    keep(archive, reading(copy + " Вот.", "Прибой", 7), reading(prose(9), "Маяк", 9, url="https://mayak.example/1"))
    return archive


def test_the_command_shows_who_copied_whom_and_what_is_gone(desk: Engine) -> None:
    shown = CliRunner().invoke(app, ["reposts"])
    assert shown.exit_code == 0, shown.output
    # However wide the terminal is: cells are wrapped.
    for part in ("Чайка", "Гавань", "whole", "source gone: Тихая гавань → its own voice", "headline: Слух → Решено"):
        assert re.search(r"\s.*?".join(map(re.escape, part.split())), shown.output, re.DOTALL)


def test_the_command_follows_one_article_to_its_origin_and_all_that_goes_back_to_it(desk: Engine) -> None:
    shown = CliRunner().invoke(app, ["reposts", "https://chaika.example/1?utm_source=x", "--json"])
    assert shown.exit_code == 0, shown.output
    lines = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [(each["copy"]["outlet"], each["origin"]["outlet"]) for each in lines] == [
        ("Чайка", "Гавань"), ("Прибой", "Гавань"),
    ]  # fmt: skip
    assert all(each["stripped"] for each in lines)


@pytest.mark.parametrize("arguments", [["--since", "2026-04-01"], ["https://mayak.example/1"]])
def test_the_command_says_that_there_is_no_repost(desk: Engine, arguments: list[str]) -> None:
    shown = CliRunner().invoke(app, ["reposts", *arguments])
    assert shown.exit_code == 0, shown.output
    assert shown.stdout == ""
    assert "No repost was found." in shown.stderr


@pytest.mark.parametrize(
    ("wanted", "status", "said"),
    [
        ("https://nobody.example/1", 1, "the archive has no article https://nobody.example/1"),
        ("story.txt", 2, "story.txt is no article of the archive: give a URL or an id"),
    ],
)
def test_the_command_names_an_article_that_the_archive_has_not(
    desk: Engine, wanted: str, status: int, said: str
) -> None:
    shown = CliRunner().invoke(app, ["reposts", wanted])
    assert shown.exit_code == status
    assert said in shown.stderr
