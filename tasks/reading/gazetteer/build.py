"""Make what the package ships from what people write: ``python -m tasks.reading.gazetteer.build``.

* ``cldr.tsv``: codes and names of ISO 3166-1 from CLDR (by babel, of the dev group; left alone where babel is absent);
* ``forms.tsv``: every inflected form (by pymorphy3) of every word in the written files.

The output depends on the inputs and the two libraries' data alone, so a second run changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import pymorphy3
import razdel

from .declension import is_woman, noun, surname
from .files import FOLDER, GUARDS, Row, rows

CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")


@lru_cache(maxsize=1)
def analyzer() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()


def like(form: str, word: str) -> str:
    """``form`` in the capitals of ``word``: («россии», «Россия») → «России»."""
    if word.isupper() and len(word) > 1:
        return form.upper()
    pieces, shapes = form.split("-"), word.split("-")
    if len(pieces) == len(shapes):
        return "-".join(p[:1].upper() + p[1:] if s[:1].isupper() else p for p, s in zip(pieces, shapes, strict=True))
    return form[:1].upper() + form[1:] if word[:1].isupper() else form


def reading(word: str, adjective: bool = False, plural: bool | None = None) -> pymorphy3.analyzer.Parse | None:
    """The analysis of ``word`` as a dictionary form: a nominative noun, or an adjective where that is asked for."""
    found = [p for p in analyzer().parse(word) if "nomn" in p.tag]
    qualities = {"ADJF", "PRTF"}  # «Соединённые» is a participle
    found = [p for p in found if bool(qualities & p.tag.grammemes) == adjective and ("NOUN" in p.tag or adjective)]
    if plural is not None:
        found = [p for p in found if ("plur" in p.tag) == plural] or found
    if not found:
        return None
    # A place before a person before a thing; then the likeliest.
    return max(found, key=lambda p: ("Geox" in p.tag, "Surn" not in p.tag and "Name" not in p.tag, p.score))


def forms(word: str, numbers: Iterable[str] = ("sing", "plur"), adjective: bool = False) -> dict[str, list[str]]:
    """Forms of one word by case; several where number or gender has several."""
    found = reading(word.lower(), adjective)
    if found is None or "Fixd" in found.tag:
        return {case: [word] for case in CASES}
    out: dict[str, list[str]] = {case: [] for case in CASES}
    for p in found.lexeme:
        if ("Supr" in p.tag) != ("Supr" in found.tag) or not ({"NOUN", "ADJF", "PRTF"} & p.tag.grammemes):
            continue
        if p.tag.number is None or p.tag.number not in numbers:
            continue
        case = {"gen2": "gent", "acc2": "accs", "loc2": "loct", "gen1": "gent"}.get(str(p.tag.case), str(p.tag.case))
        if case in out and (text := like(p.word, word)) not in out[case] and p.word.count("-") == word.count("-"):
            out[case].append(text)
    return {case: found_ or [word] for case, found_ in out.items()}


def inflect_name(name: str) -> set[str]:
    """All cases of a name: leading adjectives agree with the first noun, what follows the noun stays as it is.

    «Саудовская Аравия» → «Саудовской Аравии»; «Организация Объединённых Наций» → «Организации Объединённых Наций»;
    «Босния и Герцеговина» inflects on both sides of «и».
    """
    if name.isupper():
        return {name}
    if name.startswith("«"):
        return {f"«{form}»" for form in inflect_name(name[1:-1])}
    if " и " in name:
        left, right = name.split(" и ", 1)
        return {f"{a} и {b}" for a, b in zip(by_case(left), by_case(right), strict=True)}
    made = set(by_case(name)) | set(second_forms(name))
    if made == {name} and " " not in name and not name.startswith("Мин") and not name.endswith("стрит"):
        head, dash, last = name.rpartition("-")
        return {head + dash + form for form in noun(last)}  # «Эр-Рияд» is in no dictionary
    return made


def head_of(words: list[str]) -> int:
    for i, word in enumerate(words):
        if reading(word.lower()) is not None and not (reading(word.lower(), adjective=True) and i + 1 < len(words)):
            return i
    return len(words) - 1


def by_case(name: str, second: bool = False) -> list[str]:
    words = name.split(" ")
    head = head_of(words)
    noun = reading(words[head].lower())
    if noun is None:
        if len(words) == 1 and (adjective := reading(words[0].lower(), adjective=True)):
            return [like(p.word, words[0]) for c in CASES if (p := adjective.inflect({c}))]
        return [name] * len(CASES)
    out = []
    for case in CASES:
        number = "plur" if "plur" in noun.tag else "sing"
        inflected = []
        for word in words[:head]:
            adjective = reading(word.lower(), adjective=True, plural=number == "plur")
            want = {case, number}
            if number == "sing" and noun.tag.gender:
                want.add(str(noun.tag.gender))
            if case == "accs" and (number == "plur" or noun.tag.gender == "masc"):
                want.add("inan")
            shape = adjective.inflect(want) if adjective else None
            inflected.append(like(shape.word, word) if shape else word)
        variants = [words[head]] if "Fixd" in noun.tag else forms(words[head], (number,))[case]
        inflected.append(variants[-1] if second else variants[0])
        out.append(" ".join(inflected + words[head + 1 :]))
    return out


def second_forms(name: str) -> list[str]:
    """The other form where a case has two: «Россией», «Россиею»."""
    return by_case(name, second=True)


def inflect_whole(name: str, last: str) -> set[str]:
    """A person's whole name that is read as one: «Ким Чен Ына», «Иоанна Павла II», «Исхака Дара»."""
    words = name.split(" ")
    if set(words[-1]) <= set("IVX"):
        cases = [by_case(word) for word in words[:-1]]
        return {" ".join([*(forms_[k] for forms_ in cases), words[-1]]) for k in range(len(CASES))}
    woman, given = is_woman(name), {words[0]}
    if name.endswith(f" {last}") and (not woman or words[0][-1] in "ая"):  # no «Кима Чен Ына»: a surname comes first
        given = noun(words[0])
    return {" ".join([first, *words[1:-1], form]) for first in given for form in surname(words[-1], woman)}


def inflect_surname(word: str, woman: bool) -> set[str]:
    """All cases of a surname; the dictionary knows which lose a vowel («Павел», «Павла»)."""
    known = [p for p in analyzer().parse(word.lower()) if p.is_known and "nomn" in p.tag and "sing" in p.tag]
    named = [p for p in known if {"Surn", "Name"} & p.tag.grammemes and ("femn" in p.tag) == woman]
    if word.lower().endswith("ел") and named:
        return {like(p.word, word) for p in named[0].lexeme if "sing" in p.tag}
    head, dash, last = word.rpartition("-")
    return {head + dash + form for form in surname(last, woman) if not is_first_name(form, last)}


def is_first_name(form: str, word: str) -> bool:
    """Whether a form is first of all somebody's first name: «Коля» is not often «Коль» in the genitive."""
    known = [p for p in analyzer().parse(form.lower()) if p.is_known]
    return any("Name" in p.tag for p in known) and all(p.normal_form != word.lower() for p in known)


def inflect_common(word: str) -> set[str]:
    """All cases and both numbers of a demonym."""
    made = {f for found in forms(word).values() for f in found}
    return noun(word) if made == {word} else made


def inflect_adjective(word: str) -> set[str]:
    """Every full form of an adjective, and its first part in compounds («американско-»)."""
    return {f for found in forms(word, adjective=True).values() for f in found}


def lines(row: Row) -> Iterator[tuple[str, set[str]]]:
    match row.form:
        case "adjective" | "qualified":
            yield row.word, inflect_adjective(row.word)
        case "demonym":
            yield row.word, inflect_common(row.word)
        case "leader" if " " in row.word:
            yield row.word, inflect_whole(row.word, row.other.split(";")[1])
        case "leader":
            yield row.word, inflect_surname(row.word, is_woman(row.other.split(";")[0]))
        case "compound":
            yield row.word, {row.word}
        case _:
            yield row.word, inflect_name(row.word)


def tokenised(form: str) -> str:
    return " ".join(t.text for t in razdel.tokenize(form)).replace("ё", "е").replace("Ё", "Е")


def beginning(first: str, last: str) -> str:
    """What two forms, the first and the last in order, and so all between, begin with."""
    length = next((k for k, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:length]


def write_forms() -> None:
    """``forms.tsv``: id, form of mention, dictionary form, guard, dates, common beginning, endings joined by "|"."""
    out = []
    for row in rows():
        for word, made in lines(row):
            spelt = {tokenised(f) for f in (*made, word)}
            begin = beginning(min(spelt), max(spelt))
            endings = "|".join(sorted(f[len(begin) :] for f in spelt))
            out.append("\t".join((row.id, row.form, word, GUARDS.get(word, ""), row.dates, row.other, begin, endings)))
    (FOLDER / "forms.tsv").write_text("\n".join(dict.fromkeys(out)) + "\n", encoding="utf-8")


def write_cldr() -> None:
    """``cldr.tsv``: alpha-3, alpha-2, Russian and English names of what ISO 3166-1 lists, and XKX."""
    try:
        from babel import Locale
        from babel.core import get_global
    except ImportError:
        return
    alpha3 = {new[0]: old for old, new in get_global("territory_aliases").items() if len(old) == 3 and len(new) == 1
              and old.isalpha()}  # fmt: skip
    alpha3 |= {"CD": "COD", "FR": "FRA", "TL": "TLS", "XK": "XKX"}  # of two codes that CLDR has, the present one
    unlisted = {"AC", "CP", "DG", "TA", "EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "EA", "IC"}
    russian, english = Locale("ru").territories, Locale("en").territories
    found = sorted(
        (alpha3[c], c, str(russian[c]), str(english[c])) for c in russian if c in alpha3 and c not in unlisted
    )
    text = "".join("\t".join(map(str, row)) + "\n" for row in found)
    (FOLDER / "cldr.tsv").write_text("# Generated by build.py from CLDR: alpha-3, alpha-2, names.\n" + text, "utf-8")


if __name__ == "__main__":
    write_cldr()
    write_forms()
