"""What an aside attributes: the words around it that are its source's."""

from __future__ import annotations

from ..tokens import Sentence, Token
from .clauses import COMMA, DASH, RELATIVE, Grammar, is_finite, is_predicate
from .cues import plain
from .edges import Aside
from .found import Span

REPORTERS = frozenset({"напомним", "отметим", "отметить", "напомнить", "добавим", "заметим", "заметить", "известно"})
"""What reporters say of themselves: «напомним, что», «стоит отметить, что»."""
WINDOW = 60
"""Tokens to the left of an aside that are looked through for the edge of its clause."""


def content(g: Grammar, sentence: Sentence, aside: Aside, others: list[Aside]) -> list[Span]:
    """The words that an aside attributes, on both sides of it.

    «Договор, по словам министра, готов.» → «Договор», «готов»
    """
    tokens = g.tokens
    begin, end = sentence.first, g.trim(sentence.first, sentence.last)[1]
    number = g.inside[aside.cue_first]
    if number >= 0:
        quotation = g.quotations[number]
        while begin < aside.first and tokens[begin].start < quotation.inner[0][0]:
            begin += 1
        while end > aside.last and tokens[end - 1].stop > quotation.inner[-1][1]:
            end -= 1
    bracket = aside.first > begin and tokens[aside.first - 1].text == "("
    close = aside.last
    if bracket and close < end and tokens[close].text == ")":
        close += 1
    if bracket and close < end and tokens[close - 1].text != ")":  # «в мае (по другим данным — в июне)»
        closer = next((k for k in range(close, end) if tokens[k].text == ")"), end)
        return _spans(g, (close, closer))
    begin = _fronted(g, begin, aside.first)
    if plain(tokens[begin].text) == "якобы":
        begin += 1
    lone = all(_light(tokens[k]) for k in range(begin, aside.first))
    going_on: list[tuple[int, int]] = []
    if close < end and tokens[close].text == ":" and aside.rule == "aside":
        if not g.quoted_at(close + 1) and any(is_finite(t) for t in tokens[close + 1 : end]):
            going_on = [(close + 1, end)]  # «Курс ясен, пишет Иванов: завод закроют»
        end = close  # «…, отметил Иванов: «…»»: what follows the colon is another attribution
    for k in range(close + 1, end - 1):
        if tokens[k].text == ":" and g.inside[k] < 0 and g.quoted_at(k + 1):
            end = k  # «Как сказал Иванов, это ошибка: «…»»: the quotation is direct speech
            break
    trailing = g.span(close, end) is None
    for other in others:  # what another aside at the end of the sentence adds is not this one's
        behind = other is not aside and other.first > aside.last and other.rule in {"aside", "like"}
        if behind and g.span(other.last, end) is None:
            end = min(end, other.first)
        if other.first > aside.last:  # «По его мнению, спор пуст; теперь, считает он, пора решать»
            end = next((k for k in range(aside.last, other.first) if _another_clause(g, close, k)), end)
    if trailing and not bracket:
        return _spans(g, (begin, aside.first), *going_on)
    left, bounded = _left_edge(g, begin, aside.first)
    if bracket:
        left = max(left, _predicate_edge(g, begin, aside.first))
    if aside.rule == "which":
        marks = (c for c in range(close + 1, end) if tokens[c].text in COMMA)
        comma = next(marks, end)
        resumed = any(is_finite(t) and g.is_under(aside.first, t.i) for t in tokens[comma:end])
        stop = comma if resumed else end
        return _spans(g, (close, stop))
    if lone:
        # «По словам директора, завод работает»; light words before it stay outside.
        return _spans(g, (close, end))
    predicate = next((k for k in range(close, end) if is_finite(tokens[k])), None)
    if trailing or bracket:
        return _spans(g, (left, aside.first))
    if bounded:
        stop = end
        if predicate is not None:
            # The clause ends at the comma before a verb that does not hang on its own.
            for k in range(predicate + 1, end):
                if is_finite(tokens[k]) and not g.is_under(k, predicate) and not tokens[k].rel.startswith("conj"):
                    stop = next((c for c in range(k, predicate, -1) if tokens[c].text in COMMA), end)
                    break
        return _spans(g, (left, aside.first), (close, stop))
    return _spans(g, (left, aside.first), (close, end))


def _another_clause(g: Grammar, first: int, mark: int) -> bool:
    """«…; теперь, …» · «… идут трудно, но обе стороны, уверяет он, …»: what has an aside of its own."""
    tokens = g.tokens
    if tokens[mark].text == ";":
        return True
    opens = tokens[mark].text in COMMA and plain(tokens[mark + 1].text) in {"а", "но", "однако"}
    return opens and any(is_predicate(t) for t in tokens[first:mark])


def _fronted(g: Grammar, begin: int, end: int) -> int:
    """Past «О том, что …, заявил директор»: the words that front a clause are not of it."""
    words = [plain(t.text) for t in g.tokens[begin : min(end, begin + 4)]]
    own = next((k for k, w in enumerate(words) if w == "что" and words[k - 1 : k] == [","]), 0)
    if own and words[own - 2] in REPORTERS:
        return begin + own + 1  # «Стоит отметить, что …, заметил тренер»: the reporter's words lead in
    if words[:1] == ["что"] and g.tokens[begin].pos == "SCONJ":
        return begin + 1  # «Что порт закроют, мэр признал к вечеру»
    return begin + 4 if words[:2] in (["о", "том"], ["об", "том"]) and words[2:] == [",", "что"] else begin


def _light(token: Token) -> bool:
    """Words that lead in a sentence without saying anything of it: «но», «при этом», «кроме того»."""
    return token.pos in {"CCONJ", "SCONJ", "PART", "PUNCT"} or plain(token.text) in {
        "однако", "также", "при", "этом", "кроме", "того", "между", "тем", "так", "впрочем", "вместе", "с", "ранее",
        "в", "частности", "то", "же", "время", "теперь", "тогда"}  # fmt: skip


def _left_edge(g: Grammar, begin: int, aside: int) -> tuple[int, bool]:
    """Where the clause that an aside interrupts begins, and whether a clause bounds it on the left."""
    tokens = g.tokens
    for i in range(aside - 1, max(begin, aside - WINDOW) - 1, -1):
        token = tokens[i]
        lower = plain(token.text)
        before = tokens[i - 1] if i > begin else None
        if token.text == ";" or token.text == ":":
            return i + 1, True
        if before is None or not (
            before.text in COMMA or before.text in DASH or before.pos == "ADP" or before.text == "("
        ):
            continue
        if lower in RELATIVE or lower == "чего" or plain(token.lemma) in {"который", "чей"}:
            closed = any(tokens[k].text in COMMA and is_finite_between(g, i, k) for k in range(i + 1, aside - 1))
            if closed:
                continue
            if lower == "что" or lower in {"поскольку", "если", "хотя", "чтобы", "так", "где", "когда", "пока"}:
                return i + 1, True
            if plain(token.lemma) == "который":
                nominative = token.feats.get("Case") == "Nom"
                return (i if nominative or i + 1 == aside else i + 1), True
            return i + 1, True
        if (
            lower in {"а", "но", "и", "однако"}
            and before.text in COMMA
            and plain(tokens[i + 1].text) not in {"тогда", "то"}  # «Если …, и …, тогда, считает он, …»
            and any(is_predicate(tokens[k]) for k in range(begin, i))
        ):
            return i + 1, True
    return begin, False


def is_finite_between(g: Grammar, first: int, last: int) -> bool:
    """Whether a finite verb stands in ``[first, last)``."""
    return any(is_finite(g.tokens[k]) for k in range(first, last))


def _predicate_edge(g: Grammar, begin: int, last: int) -> int:
    """Where the clause before a bracket begins: after its last comma with a predicate or a dash behind it."""
    tokens = g.tokens
    for i in range(last - 2, begin, -1):
        if tokens[i].text in COMMA and any(
            is_predicate(tokens[k]) or tokens[k].text in DASH for k in range(i, last - 1)
        ):
            following_word = plain(tokens[i + 1].text)
            return i + 2 if following_word in RELATIVE else i + 1
    return begin


def _spans(g: Grammar, *ranges: tuple[int, int]) -> list[Span]:
    spans = [g.span(first, last) for first, last in ranges if first < last]
    return [s for s in spans if s is not None]
