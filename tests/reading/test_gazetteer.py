"""The gazetteer's files are whole and agree with each other; memberships and forms are those of their day."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.reading.gazetteer import GAZETTEER_DATE, build, files, lexicon
from tasks.reading.gazetteer.files import FOLDER, blocs, rows, table
from tasks.reading.gazetteer.lexicon import HISTORIC, members, states


def ids(*words: str) -> set[str]:
    return {entry.id for entry in lexicon.lexicon().look_up(words)}


def test_every_code_that_cldr_lists_is_a_state() -> None:
    listed = {cells[0] for cells in table("cldr.tsv")}
    assert len(listed) == 250  # 249 of ISO 3166-1 and XKX
    assert listed <= set(states())


def test_states_beyond_iso_3166_1_are_historic_or_bear_a_code_left_to_users() -> None:
    beyond = set(states()) - {cells[0] for cells in table("cldr.tsv")}
    assert {i for i in beyond if not i.startswith("X")} == HISTORIC
    assert {"XAB", "XOS", "XPM", "XNC", "XNK", "XSL"} <= beyond


def test_no_state_is_written_twice() -> None:
    written = [cells[0] for cells in table("states.tsv")]
    assert len(written) == len(set(written))


def test_every_row_speaks_of_a_known_state_or_bloc() -> None:
    known = {*states(), *blocs(), "-"}
    assert {row.id for row in rows()} <= known


def test_every_member_of_a_bloc_is_a_state_or_a_bloc() -> None:
    for bloc, entry in blocs().items():
        for member in (*entry["members"], *entry.get("frozen", ())):
            assert member.partition(" ")[0] in {*states(), *blocs()}, (bloc, member)


def test_dates_run_forwards() -> None:
    for row in rows():
        since, _, until = row.dates.partition("..")
        assert not until or since <= until, row


def test_guards_are_of_words_that_are_in_the_gazetteer() -> None:
    words = {row.word for row in rows()}
    unused = {word for word in files.GUARDS if word not in words}
    assert not unused


def test_the_shipped_files_are_those_that_build_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = {name: (FOLDER / name).read_text(encoding="utf-8") for name in ("forms.tsv", "cldr.tsv")}
    monkeypatch.setattr(build, "FOLDER", tmp_path)
    build.write_forms()
    build.write_cldr()
    for name, text in shipped.items():
        assert (tmp_path / name).read_text(encoding="utf-8") == text, f"run python -m {build.__name__}"


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (("Саудовской", "Аравией"), "SAU"),
        (("Соединенных", "Штатов"), "USA"),
        (("Объединенными", "Арабскими", "Эмиратами"), "ARE"),
        (("Боснию", "и", "Герцеговину"), "BIH"),
        (("Поднебесной",), "CHN"),
        (("Туманного", "Альбиона"), "GBR"),
        (("Незалежной",), "UKR"),
        (("Нур-Султана",), "KAZ"),
        (("Белым", "домом"), "USA"),
        (("Даунинг-стрит",), "GBR"),
        (("Акорде",), "KAZ"),
        (("кыргызстанского",), "KGZ"),
        (("латышек",), "LVA"),
        (("ЕАЭС",), "EAEU"),
        (("Североатлантическим", "альянсом"), "NATO"),
        (("стран", "Балтии"), "BALTICS"),
        (("коллективного", "Запада"), "WEST"),
        (("«", "двадцаткой", "»"), "G20"),
    ],
)
def test_inflected_forms_are_known(words: tuple[str, ...], state: str) -> None:
    assert state in ids(*words)


@pytest.mark.parametrize("words", [("ес",), ("россия",), ("белым", "домом"), ("Сша",), ("нато",), ("САНА",), ("сана",)])
def test_a_name_without_its_capitals_is_not_the_name(words: tuple[str, ...]) -> None:
    assert not ids(*words)


@pytest.mark.parametrize("words", [("Саудовская", "Аравией"), ("Белого", "домом"), ("Южной", "Кореи", "Корея")])
def test_words_that_do_not_agree_are_not_a_name(words: tuple[str, ...]) -> None:
    assert not ids(*words)


def test_nato_has_32_members_and_grew_by_its_dates() -> None:
    assert len(members("NATO", GAZETTEER_DATE)) == 32
    assert "POL" not in members("NATO", "1999-03-11")
    assert "POL" in members("NATO", "1999-03-12")
    assert "FIN" not in members("NATO", "2023-04-03")
    assert {"FIN", "SWE"} <= set(members("NATO", "2024-03-07"))


def test_the_eu_had_britain_until_it_left() -> None:
    assert len(members("EU", GAZETTEER_DATE)) == 27
    assert "GBR" in members("EU", "2020-01-30")
    assert "GBR" not in members("EU", "2020-02-01")
    assert len(members("EU", "2015-06-01")) == 28


def test_armenia_is_not_listed_once_it_froze_its_part_in_the_csto() -> None:
    assert members("CSTO", "2022-01-06") == ["ARM", "BLR", "KAZ", "KGZ", "RUS", "TJK"]
    assert members("CSTO", GAZETTEER_DATE) == ["BLR", "KAZ", "KGZ", "RUS", "TJK"]
    assert "UZB" in members("CSTO", "2010-01-01")
    assert "UZB" not in members("CSTO", "2003-01-01")


@pytest.mark.parametrize(
    ("bloc", "day", "number"),
    [
        ("UN", GAZETTEER_DATE, 193),
        ("BRICS", "2015-01-01", 5),
        ("BRICS", GAZETTEER_DATE, 10),
        ("SCO", GAZETTEER_DATE, 10),
        ("EAEU", GAZETTEER_DATE, 5),
        ("GUAM_ORG", "2001-01-01", 5),
        ("GUAM_ORG", GAZETTEER_DATE, 4),
        ("G7", GAZETTEER_DATE, 7),
        ("G8", "2013-01-01", 8),
        ("GCC", GAZETTEER_DATE, 6),
        ("ASEAN", GAZETTEER_DATE, 11),
        ("AUKUS", GAZETTEER_DATE, 3),
        ("QUAD", GAZETTEER_DATE, 4),
        ("AU", GAZETTEER_DATE, 55),
        ("ARAB_LEAGUE", GAZETTEER_DATE, 22),
        ("OPEC", "2025-01-01", 12),
        ("OPEC", GAZETTEER_DATE, 11),
        ("OSCE", GAZETTEER_DATE, 57),
        ("COE", GAZETTEER_DATE, 46),
        ("COE", "2020-01-01", 47),
        ("OTS", GAZETTEER_DATE, 5),
    ],
)
def test_a_bloc_has_the_members_of_the_day(bloc: str, day: str, number: int) -> None:
    assert len(members(bloc, day)) == number
