"""Words in quotation marks that a cue governs: no clause, but a phrase of the source's own making."""

from __future__ import annotations

from ..tokens import Token
from .assertions import found, segment, speaker
from .clauses import COMMA, DASH, RELATIVE, Grammar, is_finite, token_at
from .cues import Cue, lexicon, plain
from .extents import clause_end
from .found import Found, Span
from .mentions import TOLD_AT
from .openers import REACH

GOVERNED = frozenset({"obj", "obl", "iobj", "xcomp", "ccomp", "nmod", "parataxis"})
RULED = frozenset({"признать", "признавать"})
"""Verbs of courts and offices, whose verdicts are acts: «признал его «экстремистом»»."""
TAKING = {"призва": "к", "призыв": "к", "сетова": "на", "посетова": "на", "жалова": "на", "пожалова": "на",
          "предостер": "от", "иронизир": "над", "писать": "про", "написать": "про", "говорить": "про",
          "рассказ": "про"}  # fmt: skip
"""How verbs begin that take what they speak of with a preposition of their own: «призвал к «решительным шагам»»."""
ABOUT = frozenset({"о", "об", "обо"})
CHARGES = frozenset({"в", "во", "за"})
THANKING = frozenset({"благодарить", "поблагодарить", "хвалить", "похвалить"})
GIVING = frozenset({"поставить", "пригласить", "приглашать"})
"""Verbs that take an infinitive of what is called for, but no noun: «поставил школе «пятёрку»»."""
OPEN = frozenset({"NOUN", "ADJ", "PROPN", "X"})
INSTRUMENTAL = ("ом", "ем", "ём", "ой", "ей", "ью", "ым", "им", "ами", "ями", "ыми", "ими")
WITHIN = frozenset({"ADJ", "DET", "NUM", "ADP", "PART", "ADV"})
"""Parts of speech that lead in a noun of the same phrase."""


def quoted_words(g: Grammar, cue: Token, entry: Cue, asides: list[Span], names: set[int]) -> Found | None:
    """«Министр заявил о «полном провале» переговоров.» · «Посол назвал доклад «выдумкой».» · «пообещал «жёсткий ответ»»

    Only where the phrase that the cue governs holds words in quotation marks that are no name; ``names`` holds the
    quotations that are.
    """
    number = _quotation(g, cue, names)
    acted_on = "small" in entry.frames and cue.feats.get("Voice") == "Pass"
    if number is None or acted_on or plain(cue.lemma) in RULED:
        return None
    edges = _governed(g, cue, entry, number) or _beside(g, cue, entry, number)
    if edges is None:
        return None
    first, last = max(edges[0], cue.i + 1), min(edges[1], clause_end(g, edges[0], cue.i, asides))
    span = g.span(first, last)
    source = speaker(g, cue.i, segment(g, cue.i), first)
    if span is None or (source is None and "small" in entry.frames):
        return None
    before = _fronted(g, cue, number)
    return found(g, "quoted words", cue, [before, span] if before else [span], source, entry, 0.8)


def _quotation(g: Grammar, cue: Token, names: set[int]) -> int | None:
    """The number of the first quotation behind ``cue`` in its clause that is no name."""
    tokens = g.tokens
    for i in range(cue.i + 1, min(g.last_word(cue.i), cue.i + REACH)):
        number = g.inside[i]
        if number >= 0 and g.inside[cue.i] != number:
            if number not in names:
                return number
            continue
        clause = tokens[i].head != cue.i or tokens[i].rel.split(":")[0] in {"conj", "parataxis"}
        if is_finite(tokens[i]) and clause and not tokens[i].rel.startswith("acl"):
            return None
        if tokens[i].text in {":", ";"} or (tokens[i].text in DASH and tokens[i - 1].text in COMMA):
            return None
    return None


def _governed(g: Grammar, cue: Token, entry: Cue, number: int) -> Span | None:
    """Tokens of the phrase below ``cue`` in the tree that holds quotation ``number``."""
    tokens, last = g.tokens, g.last_word(cue.i)
    quote = g.quotations[number]
    for k in tokens[cue.i].children:
        if k < cue.i or tokens[k].rel.split(":")[0] not in GOVERNED:
            continue
        lo, hi = g.left[k], g.right[k]
        if not (tokens[lo].start <= quote.start <= tokens[hi].stop):
            continue
        while lo < k and plain(tokens[lo].text) in {"и", "также", "лишь", "только"}:
            lo += 1  # «заявил и о «провале»»
        first, opening = lo, plain(tokens[lo].text)
        if "likeness" in entry.frames:
            things = [c for c in tokens[cue.i].children if c > cue.i and tokens[c].rel.startswith("obj")]
            first = min([g.left[c] for c in things], default=lo)
        elif (
            opening in ABOUT
            or ("charge" in entry.frames and opening in CHARGES)
            or (opening == "за" and plain(cue.lemma) in THANKING)
            or _takes(cue, opening)
        ):
            first = lo + 1
        elif tokens[k].rel == "obj" and entry.frames & {"words", "phrase"}:
            if any(t.text in COMMA for t in tokens[lo : token_at(g, quote.start)]):
                continue  # «осудил закон, который бьёт по «своим»»
            if (
                tokens[k].start < quote.start
                and plain(tokens[k].lemma) in lexicon().nouns
                and any(tokens[c].rel == "nmod" and tokens[c].feats.get("Case") == "Gen" for c in tokens[k].children)
            ):
                continue  # «отверг слова посла о «скором разрыве»»: the envoy's
        elif (
            tokens[k].rel.split(":")[0] in {"obl", "iobj"} and tokens[lo].pos == "ADP"
            if "about" in entry.frames
            else not _calls_for(cue, entry) or tokens[k].rel != "obj"
        ):
            continue
        end = hi + 1
        while end < last and tokens[end].start < quote.stop:
            end += 1
        return first, end
    return None


def _takes(cue: Token, opening: str) -> bool:
    """«призвал к «решительным шагам»», «посетовал на «вечную спешку»»"""
    lemma = plain(cue.lemma)
    return any(lemma.startswith(verb) and opening == before for verb, before in TAKING.items())


def _calls_for(cue: Token, entry: Cue) -> bool:
    """Whether a verb may promise or demand a thing by a noun: «пообещал «жёсткий ответ»»."""
    return "to" in entry.frames and plain(cue.lemma) not in GIVING


def _beside(g: Grammar, cue: Token, entry: Cue, number: int) -> Span | None:
    """Tokens from what is judged or promised to the end of quotation ``number``, whatever the tree hangs them on.

    «назвал решение соседей «ошибкой»» · «пообещал союзникам «новое оружие»»
    """
    tokens, quote = g.tokens, g.quotations[number]
    opening, end = token_at(g, quote.start), token_at(g, quote.stop)
    if "about" in entry.frames and opening == cue.i + 2 and plain(tokens[cue.i + 1].text) in ABOUT:
        return opening, end  # «говорится о «смягчении условий»», wherever the tree hangs it
    between = tokens[cue.i + 1 : opening]
    inner = g.parse.text[quote.inner[0][0]]
    if not inner.islower() or any(t.text in COMMA or t.text in DASH or t.pos == "VERB" for t in between):
        return None
    if "small" in entry.frames:
        return (cue.i + 1, end) if _judged(g, cue, between, opening, end) else None
    if not _calls_for(cue, entry):
        return None
    first = opening
    while first > cue.i + 1 and (tokens[first - 1].pos in WITHIN or _above(g, first - 1, opening, end)):
        first -= 1
    return (first, end) if tokens[first].pos != "ADP" else None


def _above(g: Grammar, noun: int, first: int, last: int) -> bool:
    """Whether words of ``[first, last)`` hang on ``noun``: «новую «архитектуру безопасности»»."""
    return g.tokens[noun].pos == "NOUN" and any(t.head == noun for t in g.tokens[first:last])


def _judged(g: Grammar, cue: Token, between: list[Token], first: int, last: int) -> bool:
    """Whether words in quotation marks ``[first, last)`` are a verdict, or what another verdict is given of."""
    if plain(cue.text).endswith("ся") or any(t.pos == "ADP" or plain(t.text) == "себя" for t in between[:1]):
        return False
    things = any(t.pos in {"NOUN", "PROPN", "PRON", "X", "ADJ", "DET"} for t in between)
    verdict = any(map(_instrumental, g.tokens[first:last]))
    return things and (verdict or (last - first > 4 and any(map(_instrumental, between))))


def _instrumental(token: Token) -> bool:
    """By the tag or, of a word that the tagger does not know, by its ending."""
    return token.feats.get("Case") == "Ins" or (token.pos in OPEN and token.text.endswith(INSTRUMENTAL))


def _fronted(g: Grammar, cue: Token, number: int) -> Span | None:
    """«Задержку мэр объяснил «погодой»»: the object that stands before its verb, where the verdict is all behind it."""
    tokens, quote = g.tokens, g.quotations[number]
    opening = token_at(g, quote.start)
    if opening != cue.i + 1 or not any(map(_instrumental, tokens[opening : token_at(g, quote.stop)])):
        return None
    things = [k for k in tokens[cue.i].children if k < cue.i and tokens[k].rel.startswith("obj")]
    if not things:
        return None
    last = next((k for k in range(things[0] + 1, cue.i) if tokens[k].feats.get("Case") == "Nom"), cue.i)
    return g.span(g.left[things[0]], min(g.right[things[0]] + 1, last))


def with_its_own(g: Grammar, last: int, limit: int) -> int:
    """Index after what hangs on the quoted words before token ``last``: «назвал её «лидером» в производстве стали»."""
    end = last
    while end < limit and g.tokens[end].pos in OPEN | {"ADP", "NUM"} and _of_them(g, end, g.inside[last - 1]):
        end += 1
    return last if any(plain(t.lemma) in TOLD_AT for t in g.tokens[last:end]) else end


def _of_them(g: Grammar, i: int, number: int) -> bool:
    """Whether token ``i`` hangs on words of quotation ``number``."""
    for _ in range(8):
        i = g.tokens[i].head
        if i < 0:
            return False
        if g.inside[i] == number:
            return True
    return False


def drawn_out(g: Grammar, last: int, limit: int, names: set[int]) -> int:
    """Index after the quoted words that go on with those before token ``last``: «A» и «B», а Y — «C», которое «D».

    ``last`` itself where none do before ``limit``.
    """
    tokens = g.tokens
    if last + 2 >= limit or g.inside[last] >= 0 or not (tokens[last].text in COMMA or tokens[last].pos == "CCONJ"):
        return last
    at = last + 1
    comma = tokens[last].text in COMMA
    another = plain(tokens[at].text) == "а"
    if comma and tokens[at].pos == "CCONJ":
        at += 1
    clause = comma and (plain(tokens[at].lemma) in {"который", "чей"} or plain(tokens[at].text) in RELATIVE)
    for k in range(at, min(limit, at + 12)):
        if g.quoted_at(k) and g.inside[k + 1] not in names:
            quote = g.quotations[g.inside[k + 1]]
            goes_on = k == at or clause or (another and tokens[k - 1].text in DASH)
            if not goes_on or not g.parse.text[quote.inner[0][0]].islower():
                return last
            end = token_at(g, quote.stop)
            return drawn_out(g, end, limit, names) if end < limit else end
        if k > at and (tokens[k].text in COMMA or (is_finite(tokens[k]) and not clause)):
            return last
    return last
