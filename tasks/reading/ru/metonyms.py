"""A capital or a seat of power: the state that acts there, or the place where things happen.

The state acts, speaks, decides and takes sides: it is the subject of a verb, the whose of a stance or an act, the one
that others turn to, press or deal with. The place is where one is, goes or comes from, and what the streets are of.
The words that tell are in ``metonyms.toml``; each rule is a function with an example.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from ..tokens import Parse, Token


def words(path: Path) -> dict[str, frozenset[str]]:
    """The word lists of a TOML file by name."""
    return {name: frozenset(text.split()) for name, text in tomllib.loads(path.read_text(encoding="utf-8")).items()}


WORDS = words(Path(__file__).with_suffix(".toml"))

STATE_WHATEVER_GOVERNS = frozenset(("против", "для", "без", "вопреки", "благодаря", "насчет", "насчёт"))
"""Prepositions of taking sides: «против Москвы»."""

GOVERNORS = {
    "на": WORDS["towards"],
    "к": WORDS["to_whom"],
    "ко": WORDS["to_whom"],
    "от": WORDS["from_whom"],
    "из": WORDS["out_of"],
    "у": WORDS["of_a_state"] | WORDS["having"],
    "за": WORDS["behind"],
    "о": WORDS["about"],
    "об": WORDS["about"],
}
"""By preposition, the governing words that make the capital a state: «давление на Киев», «претензии к Киеву»."""

STATE_UNLESS_GOVERNED = {
    "с": WORDS["side_by"],
    "со": WORDS["side_by"],
    "между": WORDS["side_by"],
    "перед": WORDS["side_by"],
}
"""By preposition, the governing words that leave it a place: «рейс между Москвой и Пекином»."""

APPOSITIONS = frozenset(("appos", "flat:name", "flat", "nmod"))


def preposition(parse: Parse, token: Token) -> str:
    """The preposition that governs a noun, lower case, or ""."""
    for i in token.children:
        child = parse.tokens[i]
        if child.rel == "case" and child.i < token.i:
            return child.text.lower()
    before = before_in_sentence(parse, token)
    return before.text.lower() if before is not None and before.pos == "ADP" else ""


def before_in_sentence(parse: Parse, token: Token) -> Token | None:
    before = parse.tokens[token.i - 1] if token.i else None
    return before if before is not None and before.sentence == token.sentence else None


def after_in_sentence(parse: Parse, token: Token, steps: int = 1) -> Token | None:
    i = token.i + steps
    after = parse.tokens[i] if i < len(parse.tokens) else None
    return after if after is not None and after.sentence == token.sentence else None


def parent(parse: Parse, token: Token) -> Token | None:
    return parse.tokens[token.head] if token.head >= 0 else None


def head_within(parse: Parse, first: int, last: int) -> Token:
    """The head of a many-word seat: «Белый дом» hangs by «дом»."""
    for token in parse.tokens[first:last]:
        if not first <= token.head < last:
            return token
    return parse.tokens[first]


def first_conjunct(parse: Parse, token: Token) -> Token:
    """The head of a coordination: «Москвы» of «позиция Москвы и Пекина»."""
    for _ in range(8):
        head = parent(parse, token)
        if token.rel != "conj" or head is None or head.pos not in ("PROPN", "NOUN"):
            return token
        token = head
    return token


def is_plural_without_subject(parse: Parse, verb: Token) -> bool:
    if verb.feats.get("Number") != "Plur":
        return False
    return not any(parse.tokens[i].rel.startswith("nsubj") for i in verb.children)


def is_city(parse: Parse, token: Token) -> bool:
    """«город Москва», «столица Франции Париж»."""
    head, before = parent(parse, token), before_in_sentence(parse, token)
    if head is not None and token.rel in APPOSITIONS and head.lemma in WORDS["city"]:
        return True
    return before is not None and before.lemma in ("г", "г.", "гор", "город")


def is_dateline(parse: Parse, token: Token) -> bool:
    """«МОСКВА, 5 июня», «Вашингтон. 3 марта. ИНТЕРФАКС»: a city at the start, then a day or a dash."""
    mark, day = after_in_sentence(parse, token), after_in_sentence(parse, token, 2)
    if token.i != parse.sentences[token.sentence].first or mark is None or mark.text not in ",.(":
        return False
    return day is not None and (day.text.isdigit() or day.text in "—–-" or mark.text == "(")


def is_on_axis(parse: Parse, token: Token) -> bool:
    """«ось Москва — Пекин — Тегеран», «треугольник Вашингтон-Пекин-Москва»; not «рейс Москва — Пекин»."""
    i = token.i - 1
    first = parse.sentences[token.sentence].first
    while i > first and token.i - i < 10 and (parse.tokens[i].text in "-–—" or parse.tokens[i].text[:1].isupper()):
        i -= 1
    return first <= i < token.i and parse.tokens[i].lemma in WORDS["axis"] and token.feats.get("Case", "Nom") == "Nom"


def in_it_they_say(parse: Parse, token: Token) -> bool:
    """«в Москве считают» is the state; «в Москве прошла…», «в Москве задержаны…» is the place."""
    head = parent(parse, token)
    for _ in range(8):
        if head is None or head.rel not in ("xcomp", "ccomp") or head.head < 0:
            break
        head = parse.tokens[head.head]
    if head is None or not is_plural_without_subject(parse, head):
        return False
    if head.lemma in WORDS["felt"] and head.feats.get("Variant") == "Short":
        return True  # «в Акорде удивлены»
    joined = (parse.tokens[i] for i in head.children if parse.tokens[i].rel == "conj")
    return head.lemma in WORDS["saying"] or any(t.lemma in WORDS["saying"] for t in joined)


def governed(parse: Parse, token: Token, prep: str, lemma: str) -> bool:
    """Whether a capital after a preposition is its state."""
    if prep in ("в", "во") or (prep == "на" and token.feats.get("Case", "Loc") == "Loc"):
        return in_it_they_say(parse, token)
    if prep in STATE_WHATEVER_GOVERNS:
        return True
    if prep in GOVERNORS:
        return lemma in GOVERNORS[prep]
    if prep in STATE_UNLESS_GOVERNED:
        return token.feats.get("Case") == "Ins" and lemma not in STATE_UNLESS_GOVERNED[prep]
    return False


def is_acting_subject(token: Token, head: Token, seat: bool) -> bool:
    """«Москва ответила», «Лондон — ключевой союзник»; not «Париж насчитывает два миллиона жителей»."""
    if head.pos not in ("VERB", "AUX", "ADJ"):
        return seat or head.lemma in WORDS["of_a_state"]
    if token.rel == "nsubj:pass" or head.feats.get("Voice") == "Pass":
        return seat or head.lemma in WORDS["acted_on"] or head.lemma in WORDS["saying"]
    return head.lemma not in WORDS["of_a_city"]


def is_former(parse: Parse, token: Token) -> bool:
    """«республики бывшего СССР», «бывшие республики Советского Союза»: the lands of a state that is gone."""
    head = parent(parse, token)
    about = [i for t in (token, head) if t is not None for i in t.children]
    return any(parse.tokens[i].lemma == "бывший" for i in about)


def stands_for_state(parse: Parse, token: Token, seat: bool = False) -> bool:
    """Whether a capital (or a ``seat``, which is more rarely a mere place) stands for its state where ``token`` is."""
    if is_city(parse, token) or is_dateline(parse, token):
        return False
    if is_on_axis(parse, token):
        return True
    token = first_conjunct(parse, token)
    head = parent(parse, token)
    prep = preposition(parse, token)
    case = token.feats.get("Case", "")
    if prep:
        return governed(parse, token, prep, head.lemma if head is not None else "")
    if head is None:
        after = after_in_sentence(parse, token)
        return seat or (after is not None and after.text == ":")
    if token.rel.startswith("nsubj"):
        return is_acting_subject(token, head, seat)
    if case == "Gen":
        return head.lemma in WORDS["of_a_state"] or (seat and head.lemma not in WORDS["city"])
    if case == "Dat":
        return (
            seat or head.lemma in WORDS["turned_to"] or (head.pos != "NOUN" and head.lemma not in WORDS["given_a_city"])
        )
    if case == "Ins":
        return head.pos == "NOUN" or head.feats.get("Voice") == "Pass"
    if token.rel in ("obj", "iobj", "obl"):
        return head.lemma in WORDS["acted_on"]
    return seat and token.rel not in APPOSITIONS
