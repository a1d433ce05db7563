"""Whose words a clause without a subject tells: «письмо, в котором просит…», «в МИД осудили удар, назвав…»."""

from __future__ import annotations

from ..tokens import Token
from .clauses import Grammar, is_finite, is_predicate, token_at
from .cues import plain
from .found import Found
from .mentions import Mention, phrase, place, subject
from .sourcewords import words

WITHIN = {"нем": "Masc", "ней": "Fem", "них": "Plur"}
UP = 6
"""Steps up the tree within which a clause hangs on the noun that it tells of."""


def predicate(g: Grammar, found: Found) -> Token:
    """The verb of a cue: «выступил с заявлением»."""
    token = g.tokens[found.at]
    if found.cue is None or is_predicate(token):
        return token
    words_of = g.tokens[token_at(g, found.cue[0]) : token_at(g, found.cue[1])]
    return next((t for t in words_of if is_predicate(t)), token)


def beside(g: Grammar, found: Found) -> Mention | None:
    """The mention that a cue without a source takes from the clause beside it; None where it takes none."""
    verb = g.tokens[found.at]
    within = _within(g, verb)
    if within is not None:
        return within
    relative = _relative(g, found.at)
    if relative is not None:
        noun = g.tokens[relative]
        said = found.impersonal or verb.feats.get("Variant") == "Short" or plain(verb.text).endswith("ся")
        if said:  # «закон, в котором сказано, что…»
            return phrase(g, relative, relative + 1) if plain(noun.lemma) in words().document else None
        above = _predicate(g, noun.head)
        return subject(g, above) or place(g, above, g.sentence(above).first, above) if above >= 0 else None
    if verb.feats.get("VerbForm") == "Conv" and subject(g, found.at) is None:
        above = _predicate(g, verb.head)
        return place(g, above, g.sentence(above).first, above) if above >= 0 else None
    return None


def _within(g: Grammar, verb: Token) -> Mention | None:
    """«Ему вручили письмо. В нём говорится, что…»: the text that was told of last, of that gender."""
    for k in range(max(g.sentence(verb.i).first, verb.i - 3), verb.i - 1):
        pronoun = g.tokens[k + 1]
        gender = WITHIN.get(plain(pronoun.text))
        if plain(g.tokens[k].text) not in {"в", "во"} or gender is None:
            continue
        found = paper(g, pronoun, gender)
        if found is not None:
            return found
    return None


def paper(g: Grammar, pronoun: Token, gender: str, *, told: bool = False) -> Mention | None:
    """The text that a pronoun of ``gender`` means, by its noun; ``told``: with what it is told by, «закон о воде».

    «комментарий по поводу решения. В нём…»: what something was done with goes before what that is about.
    """
    back = g.parse.sentences[max(0, pronoun.sentence - 2)].first
    papers = [t for t in reversed(g.tokens[back : pronoun.i - 1]) if t.pos == "NOUN"
              and plain(t.lemma) in words().document and _agrees(t, gender)]  # fmt: skip
    near = [t for t in papers if t.sentence == papers[0].sentence]
    one = next((t for t in near if t.rel in {"obj", "nsubj", "nsubj:pass"}), next(iter(near), None))
    return phrase(g, one.i, None if told else one.i + 1) if one is not None else None


def _agrees(token: Token, gender: str) -> bool:
    if gender == "Plur" or token.feats.get("Number") == "Plur":
        return gender == "Plur" and token.feats.get("Number") == "Plur"
    return token.feats.get("Gender") in ({"Masc", "Neut"} if gender == "Masc" else {gender})


def _relative(g: Grammar, verb: int) -> int | None:
    """The noun that «в котором» means where the clause of ``verb`` begins with it."""
    if any(g.children(verb, "nsubj")):
        return None
    at = verb
    for _ in range(UP):
        token = g.tokens[at]
        if token.head < 0:
            return None
        if token.rel.startswith("acl") and token.head < at and g.tokens[token.head].pos == "NOUN":
            if g.tokens[token.head + 2 : verb] and plain(g.tokens[token.head + 2].text) == "где":
                return _paper(g, token.head)
            pronouns = [t.i for t in g.tokens[token.head + 1 : verb] if plain(t.lemma) == "который"]
            return token.head if pronouns and plain(g.tokens[pronouns[-1] - 1].text) in {"в", "во"} else None
        at = token.head
    return None


def _paper(g: Grammar, noun: int) -> int | None:
    """«справку из колонии, где сказано»: the text that a noun, or what it completes, is."""
    for _ in range(UP):
        if plain(g.tokens[noun].lemma) in words().document:
            return noun
        if g.tokens[noun].rel != "nmod" or g.tokens[noun].head < 0:
            return None
        noun = g.tokens[noun].head
    return None


def _predicate(g: Grammar, at: int) -> int:
    """The finite verb at or above ``at``; -1 where there is none."""
    for _ in range(UP):
        if at < 0 or is_finite(g.tokens[at]):
            return at
        at = g.tokens[at].head
    return -1
