"""What the writer of an article says in the first person: «Думаю, этого не хочет никто», «по-моему, …»."""

from __future__ import annotations

from ..tokens import Sentence, Token
from .clauses import COMMA, Grammar, token_at
from .cues import plain, word_set
from .edges import Aside, delimiter
from .extents import clause_end
from .found import Found, Span
from .openers import complementizer
from .scopes import content

THINKING, SEEMING = word_set("thinking"), word_set("seeming")
SURE = frozenset({"уверенный", "убежденный", "убедить"})
KEYS = THINKING | SEEMING | SURE | {"по-моему"}
RULE = "author"


def opinions(g: Grammar, sentence: Sentence) -> list[Found]:
    """The writer's opinions in a sentence: «Подозреваю, что…» · «Мне кажется, …» · «…, по-моему, …».

    Only outside quotation marks; in an interview who speaks is told by `interviews`.
    """
    out: list[Found] = []
    for token in g.tokens[sentence.first : sentence.last]:
        if token.lemma not in KEYS or g.inside[token.i] >= 0:
            continue
        view = _seems(g, sentence, token) if token.lemma in SEEMING else []
        if view:
            out.append(Found(RULE, token.i, view, (token.start, token.stop), None, "claims", 0.7))
            continue
        cue = (token.i, token.i + 1) if plain(token.text) == "по-моему" else _thinks(g, sentence, token)
        if cue is None:
            continue
        opener = complementizer(g, cue[1] - 1, frozenset({"что"}))
        if opener is not None:
            span = g.span(opener + 1, clause_end(g, opener + 1, token.i, []))
            spans = [span] if span else []
        elif _parted(g, sentence, *cue):
            spans = content(g, sentence, Aside(RULE, *cue, *cue, None, "claims"), [])
        else:
            continue
        if spans and any(token_at(g, b) - token_at(g, a) > 1 for a, b in spans):
            where = (g.tokens[cue[0]].start, g.tokens[cue[1] - 1].stop)
            out.append(Found(RULE, token.i, spans, where, None, "claims", 0.7))
    return out


def _thinks(g: Grammar, sentence: Sentence, token: Token) -> tuple[int, int] | None:
    """Tokens of «(я) думаю», «мне кажется»."""
    if plain(token.lemma) in SURE:
        sure = token.feats.get("Variant") == "Short" and plain(g.tokens[token.i - 1].text) == "я"
        return (token.i - 1, token.i + 1) if sure and token.i > sentence.first else None
    if plain(token.lemma) in THINKING and token.feats.get("Person") == "1" and token.feats.get("Number") == "Sing":
        if token.feats.get("Tense") != "Pres" or plain(g.tokens[token.i - 1].text) == "не":
            return None
        mine = token.i > sentence.first and plain(g.tokens[token.i - 1].text) == "я"
        return token.i - mine, token.i + 1
    if plain(token.lemma) in SEEMING and token.feats.get("Tense") == "Pres" and token.i > sentence.first:
        return (token.i - 1, token.i + 1) if plain(g.tokens[token.i - 1].text) == "мне" else None
    return None


def _seems(g: Grammar, sentence: Sentence, token: Token) -> list[Span]:
    """«Мне этот довод кажется наивным.»: the thing and the verdict that it seems to be."""
    me = any(plain(g.tokens[k].text) == "мне" and k > sentence.first - 1 for k in token.children)
    thing = next((k for k in g.children(token.i, "nsubj") if k.i < token.i), None)
    verdict = next((k for k in token.children if k > token.i and g.tokens[k].feats.get("Case") == "Ins"), None)
    if not me or thing is None or verdict is None or token.feats.get("Tense") != "Pres":
        return []
    end = clause_end(g, token.i + 1, token.i, [])
    spans = (g.span(g.left[thing.i], g.right[thing.i] + 1), g.span(token.i + 1, min(g.right[verdict] + 1, end)))
    return [s for s in spans if s]


def _parted(g: Grammar, sentence: Sentence, first: int, last: int) -> bool:
    """Whether marks part ``[first, last)`` from its sentence: «Думаю, …», «…, кажется мне, …»."""
    opens = first == sentence.first or delimiter(g.tokens[first - 1])
    closes = last < sentence.last and g.tokens[last].text in COMMA
    bare = plain(g.tokens[first].text) == "по-моему" and first == sentence.first
    return (opens and closes) or bare or (opens and last < sentence.last and delimiter(g.tokens[last]))
