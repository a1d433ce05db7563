"""Whether one who is named acts: as the subject of a clause, or as whose view it tells."""

from __future__ import annotations

from ..tokens import NameSpan, Token
from .clauses import Grammar
from .cues import plain

VIEWS = frozenset({"мнение", "оценка", "позиция", "вывод", "прогноз", "взгляд"})


def acts(g: Grammar, n: NameSpan) -> bool:
    """Whether a name is a subject, or stands by one that is: «министр Белов уехал»."""
    for t in g.tokens[n.first : n.last]:
        up = g.tokens[t.head] if t.head >= 0 else None
        if t.rel.startswith("nsubj") or (up is not None and t.rel == "appos" and _is_subject(g, up)):
            return True
    return _holds_a_view(g, g.tokens[n.first])


def _is_subject(g: Grammar, post: Token) -> bool:
    """«спорит учёный и поэт Белов», «иначе оценивает это историк Белов», whatever the tree takes the historian for."""
    top = post
    while top.rel == "conj" and top.head >= 0 and top.feats.get("Number") == "Sing":
        top = g.tokens[top.head]
    return top.rel.startswith("nsubj") or (top.rel in {"obj", "iobj"} and top.feats.get("Case") == "Nom")


def _holds_a_view(g: Grammar, name: Token) -> bool:
    """«такова оценка инженера Белова»: whose view it is acts as if they had said so."""
    up = g.tokens[name.head] if name.head >= 0 else name
    if name.rel in {"appos", "nmod"} and up.feats.get("Animacy") == "Anim" and up.head >= 0:
        up = g.tokens[up.head]
    return plain(up.lemma) in VIEWS and up.rel.startswith("nsubj") and g.tokens[up.head].pos != "VERB"
