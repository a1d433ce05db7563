"""Names of people in the nominative: «Аси Мелкумовой» → «Ася Мелкумова», and which surname a form may be of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from ..tokens import Parse, Token
from .metonyms import words
from .morphology import Form, capitals, parses

WORD = re.compile(r"[А-ЯЁа-яё]+(?:[-'’][А-ЯЁа-яё]+)*")
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


def word_of_name(word: str, case: str, gender: str) -> str:
    """A word of a person's name in the nominative; ``case`` and ``gender`` are UD's, "" where unknown."""
    if not WORD.fullmatch(word) or case in ("Nom", ""):
        return word

    def fit(found: tuple[str, Form]) -> tuple[bool, bool, bool]:
        _, form = found
        personal = bool(form.grammemes & {"Surn", "Name", "Patr"})
        return form.feats.get("Case") == case, personal, not gender or form.feats.get("Gender") == gender

    nominative, form = max(nominatives(word.lower()), key=fit, default=(word, None))
    if form is None or form.feats.get("Case") != case:
        return word
    return capitals(nominative, word)


@lru_cache(maxsize=20_000)
def is_patronymic(word: str) -> bool:
    """«Михайлович», «Петровной»."""
    return any("Patr" in form.grammemes for form in parses(word)[:3])


@lru_cache(maxsize=20_000)
def gender_of_first_name(word: str) -> str:
    """UD gender of a first name, or "" where the word is none."""
    return next((form.feats.get("Gender", "") for form in parses(word) if "Name" in form.grammemes), "")


@lru_cache(maxsize=20_000)
def surnames(word: str) -> tuple[str, ...]:
    """The nominatives (lower case, е for ё) that ``word`` may be a form of, itself first."""
    lower = word.lower().replace("ё", "е")
    return tuple(dict.fromkeys([lower, *(nominative.replace("ё", "е") for nominative, _ in nominatives(lower))]))


def name(tokens: Sequence[Token]) -> list[str]:
    """The words of a person's name in the nominative; initials keep their dots, brackets and posts go."""
    words = [t for t in tokens if t.text[:1].isalpha() or t.text == "."]
    while len(words) > 1 and words[0].lemma in POSTS:
        del words[0]
    gender = next((g for t in words if (g := gender_of_first_name(t.text))), "") if len(words) > 1 else ""
    case = next((t.feats["Case"] for t in reversed(words) if t.feats.get("Case")), "")
    out: list[str] = []
    for t in words:
        if t.text == ".":
            if out:
                out[-1] += "."
        else:
            out.append(word_of_name(t.text, t.feats.get("Case", case), gender or t.feats.get("Gender", "")))
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
