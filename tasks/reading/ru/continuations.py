"""Words that go on without a cue of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..tokens import Sentence, Token
from .clauses import DASH, Grammar, is_finite, token_at
from .cues import plain, word_set
from .found import Found
from .frames import PASSING_ON

NEEDFUL = word_set("needful")
ARGUING = (
    ["именно", "поэтому"], ["да", ","], ["итак", ","], ["то", "есть"], ["мол", ","], ["например", ","], ["а", "это"],
    ["в", "том", "числе"], ["причина", "кроется"], ["причина", "в"],
)  # fmt: skip
"""How an argument goes on: «Именно поэтому она уехала.»"""
NO_TALE = frozenset({"reaching back", "intent", "to", "wish"})
"""Rules of what is no tale that goes on: what somebody means or asks to do, and what another sentence told."""
REPORTING = frozenset({"известно", "выяснилось", "оказалось", "напомним", "отметим", "добавим", "заметим", "уточним"})
"""How a reporter goes on in his own words: «Выяснилось, что мост закрыт.»"""


def going_on(
    g: Grammar,
    found: Sequence[Found],
    same: Callable[[Found, Found], bool],
    paragraphs: Sequence[Sequence[Sentence]],
    called: Callable[[Found], str],
    names: set[int],
) -> list[Found]:
    """Sentences without a cue that are the words of whoever spoke before them in the paragraph.

    Those between two of the same source: «По подсчётам автора, их 49 млн. В 2011 году рождаемость упала. «Увязать это
    невозможно», — пишет автор.» Those that could not be the reporter's: «Инженер против. Мост, мол, рухнет.» ``called``
    gives the name of an attribution's source, ``names`` are the quotations that are names.
    """
    by_sentence: dict[int, list[Found]] = {}
    for f in found:
        for number in _sentences_of(g, f):
            by_sentence.setdefault(number, []).append(f)
    out: list[Found] = []
    for paragraph in paragraphs:
        spoke: list[Found] = []
        waiting: list[Sentence] = []
        for sentence in paragraph:
            if sentence.first >= sentence.last:
                continue
            here = by_sentence.get(g.tokens[sentence.first].sentence, [])
            if here:
                voice = next((a for a in spoke for b in here if same(a, b)), None) if waiting else None
                reporter = any(plain(g.tokens[s.first].text) in REPORTING for s in waiting)
                if voice is not None and not reporter and len(waiting) <= 3 and voice.rule not in NO_TALE:
                    for s in waiting:
                        says = any(is_finite(t) or t.text in DASH for t in g.tokens[s.first : s.last])
                        if says and not _is_about(g, s, voice, called(voice)):
                            _go_on(g, s, voice, 0.55, out)
                spoke, waiting = sorted(here, key=lambda f: -f.content[-1][1]), []
            elif (
                spoke
                and spoke[0].source is not None
                and _theirs(g, sentence, spoke[0], called(spoke[0]), len(waiting), names)
            ):
                _go_on(g, sentence, spoke[0], 0.5, out)
            else:
                waiting.append(sentence)
    return out


def own_words(g: Grammar, found: Sequence[Found]) -> list[Found]:
    """``found`` with «я» and «мы» told to be whoever is quoted: «Я ответил, что занят», — сказал мэр.

    What nobody is quoted with are the reporter's own words, and no attribution.
    """
    quoted = sorted((a, -b, k) for k, f in enumerate(found) for a, b in f.content if f.kind == "direct")
    out: list[Found] = []
    for f in found:
        if f.source is not None and plain(g.tokens[f.source.head].text) in {"я", "мы"}:
            start, stop = g.tokens[f.at].start, f.content[-1][1]
            around = [k for a, b, k in quoted if a <= start and stop <= -b and found[k] is not f]
            if not around:
                continue
            f.follows = found[around[-1]]
        out.append(f)
    return out


def _go_on(g: Grammar, sentence: Sentence, voice: Found, sure: float, out: list[Found]) -> None:
    span = g.span(sentence.first, sentence.last)
    if span is not None:
        out.append(Found("going on", sentence.first, [span], None, None, voice.status, sure, follows=voice))


def _theirs(g: Grammar, sentence: Sentence, voice: Found, name: str, waiting: int, names: set[int]) -> bool:
    """Whether a sentence without a cue could not be the reporter's.

    It passes on («мол», «дескать»); or, next to what was said, it argues («Именно поэтому …»), says what is needful
    or would be («Надо ждать», «Это спасло бы завод»), or has somebody's words in quotation marks, which are no name.
    """
    tokens = g.tokens[sentence.first : sentence.last]
    words = [plain(t.text) for t in tokens]
    if PASSING_ON & set(words):
        return waiting <= 1
    if waiting:
        return False
    if any(words[: len(a)] == a for a in ARGUING) or words[0] in {"ведь", "иначе"}:
        return True
    if voice.rule in {"reaching back", "reference", "aside", "like"} and voice.kind != "direct":
        return False  # an outlet has these words too, and what follows may be its own
    if _is_about(g, sentence, voice, name) or {"ссылаясь", "ссылкой"} & set(words):
        return False
    needful = next((t for t in tokens if is_finite(t) or plain(t.text) in NEEDFUL), None)
    opinion = voice.status in {"claims", "predicts"}
    if needful is not None and plain(needful.text) in NEEDFUL and (voice.rule != "by" or opinion):
        return True
    if voice.rule == "by" and opinion and needful is not None and _foretells(g, needful):
        return True
    if name == "UNNAMED" and voice.source is not None and g.tokens[voice.source.head].feats.get("Number") == "Plur":
        return False  # «Соседи боятся войны. Было бы лучше…»: the writer's, who speaks of people in general
    return "бы" in words or any(_quotes(g, t.i, names) for t in tokens)


def _foretells(g: Grammar, verb: Token) -> bool:
    """«Порт закроют», «Цены могут вырасти»: what nobody can know, and next to an opinion is part of it."""
    if verb.feats.get("Person") in {"1", "2"} or plain(g.tokens[verb.i - 1].text) == "не":
        return False
    return verb.feats.get("Tense") == "Fut" or plain(verb.lemma) in {"мочь", "смочь"}


def _is_about(g: Grammar, sentence: Sentence, voice: Found, name: str) -> bool:
    """Whether a sentence names whoever spoke, as nobody speaks of himself: «Сам Лосев не вернулся», «Врачи уехали»."""
    own = set(plain(name).split())
    noun = plain(g.tokens[voice.source.head].lemma) if voice.source is not None and name == "UNNAMED" else ""
    return any(
        t.feats.get("Case") == "Nom" and ((t.pos == "PROPN" and plain(t.lemma) in own) or plain(t.lemma) == noun)
        for t in g.tokens[sentence.first : sentence.last]
    )


def _quotes(g: Grammar, i: int, names: set[int]) -> bool:
    """Whether token ``i`` opens a quotation of three words or more within its sentence, which is no name."""
    if not g.quoted_at(i) or g.inside[i + 1] in names or i == g.sentence(i).first:
        return False
    q = g.quotations[g.inside[i + 1]]
    inner = g.parse.text[q.inner[0][0] : q.inner[-1][1]]
    return q.depth == 0 and inner[:1].islower() and len(inner.split()) > 2


def _sentences_of(g: Grammar, f: Found) -> set[int]:
    """Numbers of the sentences that an attribution's content or cue stands in."""
    out = {g.tokens[f.at].sentence}
    for a, b in f.content:
        first, last = token_at(g, a), token_at(g, b) - 1
        if first <= last:
            begin, end = g.tokens[first].sentence, g.tokens[last].sentence
            out.update(range(begin, min(end, begin + 60) + 1), (end,))
    return out
