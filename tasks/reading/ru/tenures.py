"""Posts that a sentence gives a person by a verb: «возглавивший правительство», «стал министром», «Белов — мэр»."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from ..tokens import NameSpan, Token
from .clauses import Grammar
from .cues import plain, word_set
from .sourcewords import words

LEADING = word_set("heading")
SERVING = word_set("serving")
LEADER = "глава"


def of(g: Grammar, n: NameSpan) -> Iterator[tuple[str, Token]]:
    """Each post that a verb gives the person of the name ``n``, and the noun that it is told by.

    For «глава» the noun is what is headed: «руководит заводом»; else it is the post itself: «работает врачом».
    """
    for token in g.tokens[n.first : n.last]:
        if token.rel.startswith("nsubj") and token.head >= 0:
            verb = g.tokens[token.head]
            yield from _told(g, verb)
            if verb.pos == "NOUN" and _is_post(verb) and verb.feats.get("Case") == "Nom" and verb.i > token.i:
                for post in (verb, *joined(g, verb)):
                    yield plain(post.lemma), post  # «Белов — мэр города и поэт»
        for child in g.children(token.i, "acl"):
            yield from _told(g, child)


def joined(g: Grammar, post: Token) -> Iterator[Token]:
    """The other posts of a list with no name between: «певец, поэт и автор песен Белов», «Белов, мэр и депутат»."""
    top = post
    while top.rel == "conj" and top.head >= 0:
        top = g.tokens[top.head]
    for other in (top, *g.children(top.i, "conj")):
        alike = all(other.feats.get(key) == post.feats.get(key) for key in ("Case", "Number", "Animacy"))
        first, last = sorted((other.i, post.i))
        if other.i != post.i and other.pos == "NOUN" and alike and not _person_between(g, first, last):
            yield other


def _person_between(g: Grammar, first: int, last: int) -> bool:
    return any(n.kind == "PER" for n in takewhile(lambda n: n.first < last, g.names_from(first)))


def _told(g: Grammar, verb: Token) -> Iterator[tuple[str, Token]]:
    lemma = plain(verb.lemma)
    if lemma in LEADING:
        objects = g.children(verb.i, "obj", "obl", "iobj")
        yield from ((LEADER, child) for child in objects if child.feats.get("Case") in {"Acc", "Ins"})
    elif lemma in SERVING:
        for child in g.children(verb.i, "obj", "obl", "xcomp", "iobj"):
            if plain(child.lemma) in {"пост", "должность", "кресло"}:
                yield from ((plain(c.lemma), c) for c in g.children(child.i, "nmod") if _is_post(c))
            elif child.feats.get("Case") == "Ins" and _is_post(child):
                yield plain(child.lemma), child


def _is_post(token: Token) -> bool:
    w, lemma = words(), plain(token.lemma)
    return token.pos == "NOUN" and (lemma in w.official | w.person | w.for_person)
