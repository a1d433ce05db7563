"""Cases of names that a dictionary does not have, by how they end (Russian Grammar of 1980, §§ 1146–1211).

A surname is no noun that looks like it: «Токаев» is no genitive of «токай», «Моди» is said alike in every case.
"""

from __future__ import annotations

VOWELS = frozenset("аеёиоуыэюя")
SIBILANTS = frozenset("жшчщц")
SOFTENING = frozenset("гкхжшчщ")
"""Behind these «и» is written for «ы»: «Праги», not «Прагы»."""

WOMEN = frozenset({
    "лиз", "хиллари", "мадлен", "маргарет", "кэтрин", "нэнси", "джен", "иветт", "метте", "камала", "саломе", "санаэ",
    "цай", "пак", "даля", "кая", "майя", "элизабет", "катрин", "карин", "кэролайн", "каролин", "аннегрет", "беате",
    "маргот", "каталин", "пенни", "мелани", "кристин", "розмари", "делси", "драупади", "сушма", "йинглак",
    "пхетхонгтхан", "нгози", "флоранс", "керсти", "тулси", "никки", "жанин", "довиле", "росарио", "джанет", "наледи",
    "криструн",
})  # fmt: skip
"""First names of women that do not end as women's do, or whose like are men's: «Никита», «Кофи»."""
MEN = frozenset({
    "никита", "абдалла", "лула", "дзюнъитиро", "никола", "илья", "мустафа", "франсуа", "ивица", "абдулла", "пекка",
    "юха", "юкия", "сальва",
})  # fmt: skip


def is_woman(name: str) -> bool:
    """Whether a whole name is a woman's, by its first name."""
    first = name.split(" ")[0].lower()
    return first in WOMEN or (first.endswith(("а", "я")) and first not in MEN)


def surname(word: str, woman: bool) -> set[str]:
    """Every case of a surname, with all that is in use where usage wavers («Остиным», «Остином»)."""
    stem, last = word[:-1], word[-1]
    if woman and word.endswith(("ова", "ева", "ёва", "ина", "ына")):
        return {word, *(stem + ending for ending in ("ой", "у", "ою"))}
    if woman and word.endswith("ая"):
        return {word, *(word[:-2] + ending for ending in ("ой", "ую"))}
    if word.endswith(("ий", "ый", "кой", "вой")) and not woman:
        soft = word[-3] in "нщжшч" and word.endswith("ий") and not word.endswith(("щий", "жий", "ший", "чий"))
        endings = ("его", "ему", "им", "ем") if soft else ("ого", "ому", "им" if word[-2] == "и" else "ым", "ом")
        return {word, *(word[:-2] + ending for ending in endings)}
    if woman and last not in "ая":
        return {word}
    if word.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return {word, *(word + ending for ending in ("а", "у", "ым", "ом", "е"))}
    return noun(word)


def noun(word: str) -> set[str]:
    """Every case of a name in the singular that is declined as a noun: «Эр-Рияда», «Преторией», «Карзаю»."""
    stem, last = word[:-1], word[-1]
    before = stem[-1:].lower()
    if last == "а" and before not in VOWELS:
        genitive = "и" if before in SOFTENING else "ы"
        instrumental = ("ей", "ой") if before in SIBILANTS else ("ой", "ою")
        return {word, *(stem + ending for ending in (genitive, "е", "у", *instrumental))}
    if last == "я":
        return {word, *(stem + ending for ending in ("и", "ю", "ей", *(() if before == "и" else ("е",))))}
    if last == "ь":
        return {word, *(stem + ending for ending in ("я", "ю", "ем", "е"))}
    if last == "й":
        return {word, *(stem + ending for ending in ("я", "ю", "ем", "и" if before == "и" else "е"))}
    if last in VOWELS or not "а" <= last <= "я":
        return {word}
    return {word, *(word + ending for ending in ("а", "у", "е", "ом", *(("ем",) if last in SIBILANTS else ())))}
