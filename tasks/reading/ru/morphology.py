"""Dictionary forms of Russian words that agree with the tagger's choice, by pymorphy3.

A surface form has several readings («стали»: стать, сталь). The network has read the sentence, the dictionary knows the
forms: of the dictionary's readings the one that shares most with the network's tag is taken, the more frequent first.

Everything the process learns about words sits in one bounded cache, keyed by the lower-case word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, NamedTuple, Protocol

import pymorphy3

WORDS = 10_000
"""Words remembered; about 3 kB each."""

LONGEST = 64
"""Longer words are not looked up: no Russian word is, and guessing by parts takes time that grows with length."""

_CYRILLIC = re.compile("[а-яё]")

_POS = {
    "NOUN": "NOUN", "ADJF": "ADJ", "ADJS": "ADJ", "COMP": "ADV", "VERB": "VERB", "INFN": "VERB", "PRTF": "VERB",
    "PRTS": "VERB", "GRND": "VERB", "NUMR": "NUM", "NUMB": "NUM", "ADVB": "ADV", "NPRO": "PRON", "PRED": "ADV",
    "PREP": "ADP", "CONJ": "CCONJ", "PRCL": "PART", "INTJ": "INTJ", "PNCT": "PUNCT",
}  # fmt: skip
_FEATS = {
    "nomn": ("Case", "Nom"), "gent": ("Case", "Gen"), "gen1": ("Case", "Gen"), "gen2": ("Case", "Gen"),
    "datv": ("Case", "Dat"), "accs": ("Case", "Acc"), "acc2": ("Case", "Acc"), "ablt": ("Case", "Ins"),
    "loct": ("Case", "Loc"), "loc1": ("Case", "Loc"), "loc2": ("Case", "Loc"), "voct": ("Case", "Voc"),
    "sing": ("Number", "Sing"), "plur": ("Number", "Plur"),
    "masc": ("Gender", "Masc"), "femn": ("Gender", "Fem"), "neut": ("Gender", "Neut"),
    "anim": ("Animacy", "Anim"), "inan": ("Animacy", "Inan"),
    "impf": ("Aspect", "Imp"), "perf": ("Aspect", "Perf"),
    "past": ("Tense", "Past"), "pres": ("Tense", "Pres"), "futr": ("Tense", "Fut"),
    "1per": ("Person", "1"), "2per": ("Person", "2"), "3per": ("Person", "3"),
    "actv": ("Voice", "Act"), "pssv": ("Voice", "Pass"),
    "impr": ("Mood", "Imp"), "indc": ("Mood", "Ind"),
    "COMP": ("Degree", "Cmp"), "Supr": ("Degree", "Sup"),
    "ADJS": ("Variant", "Short"), "PRTS": ("VerbForm", "Part"), "PRTF": ("VerbForm", "Part"),
    "GRND": ("VerbForm", "Conv"), "INFN": ("VerbForm", "Inf"), "VERB": ("VerbForm", "Fin"),
}  # fmt: skip
_SAME_POS = {"PROPN": "NOUN", "AUX": "VERB", "SCONJ": "CCONJ", "DET": "ADJ"}
_WEIGHED = ("Case", "Number", "Gender", "Person", "Tense", "Aspect", "VerbForm", "Degree", "Variant")
_INFLECTED = frozenset({"NOUN", "PROPN", "ADJ", "DET", "NUM", "VERB"})
_AGREEING = ("amod", "flat", "flat:name", "appos")


class Word(Protocol):
    """What ``normal`` needs of a token; ``tasks.reading.tokens.Token`` is one."""

    i: int
    start: int
    stop: int
    text: str
    pos: str
    feats: Mapping[str, str]
    head: int
    rel: str


class Form(NamedTuple):
    """One dictionary reading of a word.

    ``normal`` is the dictionary form (lower case, е for ё), ``pos`` and ``feats`` are in Universal Dependencies terms,
    ``grammemes`` in OpenCorpora's (``Surn``, ``Geox``, ``Orgn``, ``Name``, ``Fixd`` …).
    """

    pos: str
    feats: Mapping[str, str]
    grammemes: frozenset[str]
    parse: Any

    @property
    def normal(self) -> str:
        return _plain(self.parse.normal_form)

    @property
    def known(self) -> bool:
        """Whether the word itself stands in the dictionary; otherwise the reading was guessed by its ending."""
        return in_dictionary(self.parse.word)

    def inflect(self, *grammemes: str) -> str | None:
        """This word in another form (``"nomn"``, ``"sing"`` …: OpenCorpora grammemes), or None if it has none."""
        other = self.parse.inflect(set(grammemes))
        return None if other is None else str(other.word)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A word's readings, and what was chosen for the tags it has been seen with: dictionary form, nominative."""

    forms: tuple[Form, ...]
    lemmas: dict[tuple[str, ...], str] = field(default_factory=dict)
    nominatives: dict[tuple[str, ...], str | None] = field(default_factory=dict)


@lru_cache(maxsize=1)
def analyzer() -> pymorphy3.MorphAnalyzer:
    """The one analyzer of this process."""
    return pymorphy3.MorphAnalyzer()


def analyses(word: str) -> list[Any]:
    """What pymorphy3 makes of a word; nothing where it asks for the Unicode name of a letter that has none."""
    try:
        return list(analyzer().parse(word))
    except ValueError:
        return []


@lru_cache(maxsize=WORDS)
def in_dictionary(word: str) -> bool:
    """Whether a word in small letters is a form of a Russian word that the dictionary has."""
    return bool(analyzer().word_is_known(word))


@cache
def _universal(tag: Any) -> tuple[str, Mapping[str, str], frozenset[str]]:
    """Part of speech and features of a dictionary tag; a language has finitely many, a few thousand."""
    grammemes = frozenset(tag.grammemes)
    pos = _POS.get(str(tag.POS), "X")
    return pos, dict(_FEATS[g] for g in sorted(grammemes) if g in _FEATS), grammemes


@lru_cache(maxsize=WORDS)
def _known(word: str) -> _Entry:
    return _Entry(tuple(Form(*_universal(parse.tag), parse) for parse in analyses(word)))


def _is_word(word: str) -> bool:
    """Whether the dictionary has any business with a word in small letters; of others nothing is remembered."""
    return len(word) <= LONGEST and _CYRILLIC.search(word) is not None


def _entry(text: str) -> _Entry | None:
    """What is known of a word; None where the dictionary has no business."""
    word = text.lower()
    return _known(word) if _is_word(word) else None


@lru_cache(maxsize=WORDS)
def _only(word: str) -> str | None:
    """The dictionary form that all readings of a word share, as those of most words do; None where they don't.

    It is told without making the readings, which takes a fifth of the time. None also for what no dictionary has.
    """
    dictionary, spellings = analyzer().dictionary, analyzer().char_substitutes
    try:
        found = dictionary.words.similar_items(word, spellings)
    except ValueError:  # a letter that cannot be encoded
        return None
    normals = {_plain(dictionary.build_normal_form(*at, spelt)) for spelt, places in found for at in places}
    return normals.pop() if len(normals) == 1 else None


def _plain(word: str) -> str:
    return word.lower().replace("ё", "е")


def parses(word: str) -> tuple[Form, ...]:
    """The dictionary's readings of ``word`` in any capitals, the most frequent first; none if it is not Cyrillic."""
    entry = _entry(word)
    return entry.forms if entry else ()


def choose(word: str, pos: str, feats: Mapping[str, str]) -> Form | None:
    """The reading of ``word`` that agrees best with a Universal Dependencies tag; None where there is no reading."""
    return _best(parses(word), pos, feats)


def _best(forms: Sequence[Form], pos: str, feats: Mapping[str, str]) -> Form | None:
    wanted = _SAME_POS.get(pos, pos)

    def agreement(form: Form) -> int:
        shared = sum(form.feats[f] == feats[f] for f in _WEIGHED if f in feats and f in form.feats)
        return shared + 2 * (_SAME_POS.get(form.pos, form.pos) == wanted)

    return max(forms, key=agreement, default=None)  # max keeps the first of equals


def lemma(text: str, pos: str, feats: Mapping[str, str]) -> str:
    """Dictionary form of ``text``, lower case, е for ё, agreeing with its Universal Dependencies tag.

    Participles go to their infinitive, short and superlative adjectives to the full positive form. What has no
    Cyrillic letter stays as it is, in lower case.
    """
    word = text.lower()
    if not _is_word(word):
        return _plain(text)
    only = _only(word)
    if only is not None:
        return only
    entry = _known(word)
    key = (pos, *feats, *feats.values())
    found = entry.lemmas.get(key)
    if found is None:
        form = _best(entry.forms, pos, feats)
        found = entry.lemmas[key] = form.normal if form else _plain(text)
    return found


def normal(tokens: Sequence[Word]) -> str:
    """The nominative of a name of one or more tokens, with its capitals and spaces.

    «Тайной канцелярии» → «Тайная канцелярия», «Сергея Лаврова» → «Сергей Лавров», «Министерством обороны» →
    «Министерство обороны»: the head and the words that agree with it are put into the nominative, its dependents in
    other cases stay. The number stays as it is. A word that the dictionary cannot inflect is left as it stands.
    """
    moving = _agreeing(tokens)
    gender = next((t.feats["Gender"] for t in tokens if t.i in moving and "Gender" in t.feats), None)
    out: list[str] = []
    for k, token in enumerate(tokens):
        if k:
            out.append(" " * min(1, token.start - tokens[k - 1].stop))
        out.append(_nominative(token, gender) if token.i in moving else token.text)
    return "".join(out)


def _agreeing(tokens: Sequence[Word]) -> set[int]:
    """The indexes of the head of a name and of what agrees with it in case.

    The head is the first noun, since the dependents of a Russian name follow it: all but adjectives, which agree. The
    tree is asked only what follows by agreement («Сергея Лаврова») and what by government («главу Минобороны»).
    """
    nouns = [t for t in tokens if _noun(t)]
    if not nouns:
        return {t.i for t in tokens}
    head = nouns[0]
    moving = {head.i} | {t.i for t in tokens if t.i < head.i and _same_case(t, head)}
    for token in tokens:
        # The parts of a person's name agree by definition, whatever the tagger makes of a foreign one.
        agrees = (
            (token.rel in _AGREEING or _personal(token)) and _same_case(token, head) and _free(token, moving, nouns)
        )
        if token.i > head.i and (agrees or (token.rel == "flat:name" and token.head in moving)):
            moving.add(token.i)
    return moving


def _free(token: Word, moving: set[int], nouns: Sequence[Word]) -> bool:
    """Whether an adjective is not that of a noun which stays: «Агентства национальной безопасности»."""
    return token.rel != "amod" or token.head in moving or all(t.i != token.head for t in nouns)


def _noun(token: Word) -> bool:
    """Whether a token is a noun; a capital makes the tagger take adjectives for names («Соединённых Штатов»)."""
    if token.pos not in ("NOUN", "PROPN", "PRON"):
        return False
    forms = parses(token.text)
    return not forms or any(f.pos not in ("ADJ", "VERB") for f in forms)


def _personal(token: Word) -> bool:
    return any(f.grammemes & {"Surn", "Patr"} for f in parses(token.text))


def _same_case(a: Word, b: Word) -> bool:
    """Whether two words may stand in one case; for animates the accusative is written as the genitive."""
    cases = {a.feats.get("Case"), b.feats.get("Case")}
    if cases == {"Gen", "Acc"}:
        return "Anim" in (a.feats.get("Animacy"), b.feats.get("Animacy"))
    return len(cases) == 1


def _nominative(token: Word, gender: str | None) -> str:
    entry = _entry(token.text)
    if entry is None or token.pos not in _INFLECTED or token.feats.get("Case", "Nom") == "Nom":
        return token.text
    feats = token.feats if "Gender" in token.feats or gender is None else {**token.feats, "Gender": gender}
    key = (token.pos, *feats, *feats.values())
    if key not in entry.nominatives:
        entry.nominatives[key] = _inflected(entry.forms, token.pos, feats)
    word = entry.nominatives[key]
    return token.text if word is None else capitals(word, token.text)


def _inflected(forms: Sequence[Form], pos: str, feats: Mapping[str, str]) -> str | None:
    in_case = [f for f in forms if f.feats.get("Case") == feats["Case"]]
    # A tag that no form bears out in number too («Штатов» as a singular) is wrong in number rather than in case.
    form = _best([f for f in in_case if f.feats.get("Number") == feats.get("Number")] or in_case, pos, feats)
    return form.inflect("nomn") if form else None


@lru_cache(maxsize=WORDS)
def capitals(word: str, pattern: str) -> str:
    """``word`` with the capitals of ``pattern``, another form of it, and without ё if ``pattern`` writes none.

    «лавров» after «Лаврова» → «Лавров», «мид» after «МИДа» → «МИД», «нью-йорк» after «Нью-Йорка» → «Нью-Йорк».
    """
    if "ё" not in pattern.lower():
        word = word.replace("ё", "е")
    ours, theirs = word.split("-"), pattern.split("-")
    if len(ours) != len(theirs):
        theirs = [pattern] * len(ours)
    return "-".join(_cased(a, b) for a, b in zip(ours, theirs, strict=True))


def _cased(word: str, pattern: str) -> str:
    if len(pattern) > 1 and pattern.isupper():
        return word.upper()
    out = list(word)
    for k, (a, b) in enumerate(zip(word, pattern, strict=False)):
        if a != b.lower():
            # The first letter keeps its capital whatever becomes of it; after the stem's end nothing has one.
            out[k] = a.upper() if k == 0 and b.isupper() else a
            break
        out[k] = b
    return "".join(out)
