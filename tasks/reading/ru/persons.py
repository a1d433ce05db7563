"""Names of people in the nominative: «Аси Мелкумовой» → «Ася Мелкумова», and which surname a form may be of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from ..tokens import NameSpan, Parse, Token
from .metonyms import words
from .morphology import Form, capitals, parses

AGED = re.compile("летн(ий|яя|его|ей|ему|юю|им)$")
PEOPLES = re.compile("(янин|анин|янк[аиуе]|янкой|янин(а|у|ом|е))$")
CHANNEL = re.compile(r"(-|^(микро|видео)?)(канал|паблик|блог)(а|у|ом|е)?$")
WORD = re.compile(r"[А-ЯЁа-яё]+(?:[-'’][А-ЯЁа-яё]+)*")
ADJECTIVAL = re.compile("(ск|цк)(ий|ого|ому|им|ом|ая|ую)$")
CALLING = re.compile("[а-я]{3}(ист|олог|вед)$")
"""How words for what somebody does end: «балканист», «кавказовед»."""
NAMES = frozenset({"Name", "Surn", "Patr", "Geox", "Orgn"})
HARD_A = re.compile("[бвгджзклмнпрстфхцчшщ]а$")
POSSESSIVE = re.compile("([оеё]в|[иы]н)ой$")
"""A woman's surname in an oblique case: «Рублёвой» is no form of «рублёвый», as «Мозговой» is of «мозговой»."""
FOREIGN = re.compile("[бвдзлмнпрстф]и$")
"""A man's surname that is not declined: «Каволи»."""
OFFICES = words(Path(__file__).with_name("offices.toml"))
POSTS, BODIES = OFFICES["posts"], OFFICES["bodies"]
FARTHEST = 9
"""Tokens that a post and what it is of may take: «первый заместитель министра иностранных дел Республики Армения»."""


@lru_cache(maxsize=20_000)
def nominatives(word: str) -> tuple[tuple[str, Form], ...]:
    """(nominative, reading) of each singular nominal reading of a word, the most frequent first."""
    out = []
    for form in parses(word):
        if form.pos not in ("NOUN", "PROPN", "ADJ") or form.feats.get("Number") == "Plur" or "Abbr" in form.grammemes:
            continue
        nominative = form.inflect("nomn", "sing")
        if nominative:
            out.append((nominative, form))
    return tuple(out)


@lru_cache(maxsize=20_000)
def word_of_name(word: str, case: str, gender: str, *, given: bool = False) -> str:
    """A word of a person's name in the nominative; ``case`` and ``gender`` are UD's, "" where unknown.

    ``given``: a first name. What the dictionary does not know as a name goes by its ending.
    """
    if not WORD.fullmatch(word) or case in ("Nom", ""):
        return word
    known = [f for f in parses(word.lower()) if f.known]
    if not given and gender == "Fem" and POSSESSIVE.search(word) and not any(f.normal[-2:] == "ой" for f in known):
        return word[:-2] + "а"
    if not given and gender != "Fem" and FOREIGN.search(word) and not known:
        return word

    def fit(found: tuple[str, Form]) -> tuple[bool, bool, bool]:
        _, form = found
        personal = bool(form.grammemes & {"Surn", "Name", "Patr"})
        return form.feats.get("Case") == case, personal, not gender or form.feats.get("Gender") == gender

    nominative, form = max(nominatives(word.lower()), key=fit, default=(word, None))
    if form is not None and form.feats.get("Case") == case and (form.known or fit((nominative, form))[1]):
        return capitals(nominative, word)
    return _by_ending(word, case, gender, given=given)


MASCULINE = {"Gen": "а я", "Acc": "а я", "Dat": "у ю", "Ins": "ом ем", "Loc": "е"}
FEMININE = {"Gen": "ы и", "Acc": "у ю", "Dat": "е", "Loc": "е", "Ins": "ой ей"}
VOWELS = "аеёиоуыэюя"


def _by_ending(word: str, case: str, gender: str, *, given: bool) -> str:
    """The nominative of a name that no dictionary has: «Вучича» → «Вучич», «Милея» → «Милей», «Каи» → «Кая»."""
    lower = word.lower()
    endings = (FEMININE if gender == "Fem" else MASCULINE).get(case, "").split()
    ending = next((e for e in endings if lower.endswith(e) and len(lower) > len(e) + 1), None)
    if ending is None or (gender == "Fem" and ending in "ие" and not given):
        return word  # women's surnames decline in -а alone, and «Мелони» not at all
    bare = word[: -len(ending)]
    before = bare[-1].lower()
    if gender == "Fem":
        return bare + ("я" if ending in ("ю", "ей") or (ending == "и" and before not in "гкхжшчщ") else "а")
    if before in VOWELS:
        return bare + "й" if ending in ("я", "ю", "ем") else word
    soft = ending in ("я", "ю") or (ending == "ем" and before not in "жшчщц")
    return bare + ("ь" if soft else "")


@lru_cache(maxsize=20_000)
def is_patronymic(word: str) -> bool:
    """«Михайлович», «Петровной»."""
    return any(form.known and "Patr" in form.grammemes for form in parses(word)[:3])


@lru_cache(maxsize=20_000)
def gender_of_first_name(word: str, number: str = "") -> str:
    """UD gender of a first name, or "" where the word is none (in ``number``, if one is given)."""
    named = (form.feats for form in parses(word) if "Name" in form.grammemes)
    return next((f.get("Gender", "") for f in named if number in ("", f.get("Number"))), "")


def gender(first: Token, last: Token) -> str:
    """UD gender that a name of two words and more tells itself, or "": «Арина», «Анналены Бербок»."""
    case = first.feats.get("Case", "Nom")
    if last.i != first.i and last.feats.get("Case", case) in {"Gen", "Acc"} and _mans(first.text, last.text):
        return "Masc"
    for form in parses(first.text):
        name = form.known and "Name" in form.grammemes and form.feats.get("Number") != "Plur"
        if name and form.feats.get("Case") == case:
            return form.feats.get("Gender", "")
    return "Fem" if womans(first, last) else ""


@lru_cache(maxsize=20_000)
def gender_of_surname(word: str) -> str:
    """UD gender that a surname declined as an adjective tells, or "": «Навроцкий», «Навроцкого», «Навроцкая»."""
    told = ADJECTIVAL.search(word)
    return "" if told is None else "Fem" if told[2] in {"ая", "ую"} else "Masc"


def _mans(first: str, last: str) -> bool:
    """Whether a name in the genitive is a man's by its endings: «Эда Гонзалеса»; a woman's would be «Эды»."""
    return bool(HARD_A.search(first) and HARD_A.search(last)) and not last.endswith(("ова", "ева", "ина"))


def womans(first: Token, last: Token) -> bool:
    """Whether a surname in a consonant stands undeclined behind a first name in a vowel: «Кая Каллас», «Каи Каллас».

    A man's would be declined: «Кая Каллас» is nobody's genitive.
    """
    if first.i == last.i or last.text[-1:].lower() in VOWELS + "йь" or not WORD.fullmatch(last.text):
        return False
    if any(f.known and f.feats.get("Gender") == "Masc" and f.normal == first.text.lower() for f in parses(first.text)):
        return False
    case = first.feats.get("Case", "Nom")
    return first.text[-1:] in "ая" or first.text.endswith(tuple(FEMININE.get(case, "-").split()))


@lru_cache(maxsize=20_000)
def surnames(word: str) -> tuple[str, ...]:
    """The nominatives (lower case, е for ё) that ``word`` may be a form of, itself first."""
    lower = word.lower().replace("ё", "е")
    return tuple(dict.fromkeys([lower, *(nominative.replace("ё", "е") for nominative, _ in nominatives(lower))]))


def one_apart(a: str, b: str) -> bool:
    """Whether two words that begin alike are one slip of the keys apart (Damerau, 1964)."""
    if a[0] != b[0] or abs(len(a) - len(b)) > 1 or a == b:
        return False
    k = next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    swapped = a[k : k + 2] == b[k : k + 2][::-1] and a[k + 2 :] == b[k + 2 :]
    return swapped or a[k + 1 :] == b[k + 1 :] or a[k + 1 :] == b[k:] or a[k:] == b[k + 1 :]


def variants(a: str, b: str) -> bool:
    """Whether two first names, without their endings, are one in two spellings: «Бриджит» and «Брижит»."""
    long = min(len(a), len(b)) > 4
    return (
        long and one_apart(a, b) and not all(any(f.known and "Name" in f.grammemes for f in parses(w)) for w in (a, b))
    )


def proper(tokens: Sequence[Token], tagged: Iterable[NameSpan]) -> list[NameSpan]:
    """The names without what the tagger took for their first word, but for those that are nothing else.

    A channel has its name in the nominative, «в канале Рыбарь», and is no person; one in the genitive is whose it is.
    """
    out = []
    for n in tagged:
        before = n.first
        while before < n.last and CHANNEL.search(tokens[before].text.lower()):
            before += 1
        if before == n.last:
            continue
        if before > n.first or (before and CHANNEL.search(tokens[before - 1].text.lower())):
            single = n.last - before == 1 and tokens[before].feats.get("Case", "Nom") == "Nom"
            n = replace(n, start=tokens[before].start, first=before, kind="ORG" if single else n.kind)
        named = _without_epithet(tokens, n)
        if named is not None:
            out.append(named)
    return out


def _without_epithet(tokens: Sequence[Token], n: NameSpan) -> NameSpan | None:
    """«Поп-звезда Мадонна», «Семидесятилетний Белов»; None for «Экс-разведчик» alone."""
    if n.kind != "PER":
        return n
    word, tail = tokens[n.first].text.lower(), tokens[n.first].text.rpartition("-")[2]
    epithet = bool(AGED.search(word))
    if (tail != tokens[n.first].text and tail[:1].islower()) or PEOPLES.search(word):
        forms = [f for f in parses(tail) if f.known and f.feats.get("Number") == "Sing"]
        noun = any(f.pos == "NOUN" and f.feats.get("Animacy") == "Anim" for f in forms)
        epithet = epithet or (noun and not any(f.grammemes & {"Name", "Surn"} for f in forms))
    last = tokens[n.last - 1].text  # not «Коваль Иван», nor «Прислуга Макафи», who is the servant of one
    alone = n.last - n.first == 2 and (_is_first_name(last) or last[-1:] in "иоуыэе")
    epithet = epithet or (n.last - n.first > 1 and not alone and _is_common(tokens, n.first))
    if not epithet:
        return n
    return replace(n, start=tokens[n.first + 1].start, first=n.first + 1) if n.last - n.first > 1 else None


def _is_first_name(word: str) -> bool:
    return any(f.known and "Name" in f.grammemes for f in parses(word))


def _is_common(tokens: Sequence[Token], i: int) -> bool:
    """Whether a word has its capital from where it stands, and is nobody's name: «Балканист Орлов», «Наутро Орлов»."""
    token = tokens[i]
    if i and tokens[i - 1].sentence == token.sentence:
        return False
    forms = [f for f in parses(token.text.lower()) if f.known]
    if any(f.grammemes & NAMES for f in forms):
        return False
    if token.pos == "ADV":
        return any(f.pos == "ADV" for f in forms)
    if not forms:
        return bool(CALLING.search(token.text))
    person = {"Animacy": "Anim", "Case": "Nom", "Number": "Sing"}
    return any(f.pos == "NOUN" and person.items() <= f.feats.items() for f in forms)


def case_of(token: Token) -> str:
    """The case of a word of a name: the tagger's, but no nominative of a first name that the dictionary has not.

    A man's name in a consonant stands in the nominative; a woman's is not declined: «у Пилар Лосс».
    """
    told = token.feats.get("Case", "")
    if (
        token.pos == "PROPN"
        and len(token.text) > 1
        and token.text[-1:].lower() not in VOWELS + "йьм"
        and WORD.fullmatch(token.text)
    ):
        sex = token.feats.get("Gender") if token.feats.get("Number") == "Sing" else ""
        if sex == "Fem":
            return ""
        if sex == "Masc" and told in {"Gen", "Acc", "Dat"}:
            return "Nom"
    if told != "Nom" or not WORD.fullmatch(token.text):
        return told
    names = [f.feats for f in parses(token.text) if f.known and "Name" in f.grammemes]
    cases = [f.get("Case", "") for f in names if f.get("Number") == "Sing" and f.get("Case") != "Voc"]
    return told if told in cases or not cases else cases[0]


def name(tokens: Sequence[Token]) -> list[str]:
    """The words of a person's name in the nominative; initials keep their dots, brackets and posts go."""
    words = [t for t in tokens if t.text[:1].isalpha() or t.text == "."]
    while len(words) > 1 and words[0].lemma in POSTS:
        del words[0]
    if len(words) > 1 and words[0].text[-1:] in "ая" and womans(words[0], words[-1]):
        return [t.text for t in words if t.text != "."]  # the nominative, whatever the tagger makes of it
    sex = ""
    if len(words) > 1:
        sex = gender(words[0], words[-1]) or next((g for t in words if (g := gender_of_first_name(t.text, "Sing"))), "")
    case = next((t.feats["Case"] for t in reversed(words) if t.feats.get("Case")), "")
    oblique = len(words) > 1 and case in {"Gen", "Acc"} and _mans(words[0].text, words[-1].text)
    out: list[str] = []
    for k, t in enumerate(words):
        if t.text == ".":
            if out:
                out[-1] += "."
        else:
            its = case if oblique else (case_of(t) if k == 0 < len(words) - 1 else t.feats.get("Case", "")) or case
            out.append(word_of_name(t.text, its, sex or t.feats.get("Gender", ""), given=k == 0 and len(words) > 1))
    declined = len(out) > 1 and out[-1] != words[-1].text and out[-1].endswith(("ов", "ев", "ёв", "ин", "ын"))
    if declined and out[0] == words[0].text and HARD_A.search(out[0]) and not gender_of_first_name(out[0]):
        out[0] = out[0][:-1]  # «Досыма Сатпаева» is a man's as his surname is
    return out


def post_before(parse: Parse, last: int) -> tuple[int, int]:
    """Tokens ``[first, last)`` of the post that stands before a name, empty where none does."""
    first = last
    stop = parse.sentences[parse.tokens[last].sentence].first
    post = last
    while first > stop and last - first < FARTHEST:
        token = parse.tokens[first - 1]
        if token.pos in ("VERB", "AUX", "CCONJ", "SCONJ", "ADP", "PUNCT") and token.text not in "-–":
            break
        first -= 1
        if token.lemma in POSTS:
            post = first
    while first < post and parse.tokens[first].pos not in ("ADJ", "PROPN"):
        first += 1
    return (first, last) if post < last else (last, last)


def post_after(parse: Parse, first: int) -> tuple[int, int]:
    """Tokens ``[first, last)`` of a post in apposition after a name: «…, министр обороны Латвии,»."""
    tokens = parse.tokens
    if first + 1 >= len(tokens) or tokens[first].text != "," or tokens[first + 1].sentence != tokens[first].sentence:
        return (first - 1, first - 1)
    end = parse.sentences[tokens[first].sentence].last
    last = first + 1
    while last < end and last - first < FARTHEST and tokens[last].pos not in ("VERB", "AUX", "PUNCT", "SCONJ"):
        last += 1
    held = any(t.lemma in POSTS for t in tokens[first + 1 : min(last, first + 4)])
    return (first + 1, last) if held else (first - 1, first - 1)
