"""People whose names the tagger missed: alone, «заявил Карими», and behind what they are, «лидер союза Карими»."""

from __future__ import annotations

from ..tokens import Token
from . import names
from .cues import plain
from .memory import Identity, Memory, of_people, somebody
from .mentions import Mention
from .sourcewords import speaking_noun, words


def alone(memory: Memory, mention: Mention, head: Token, *, opens: bool) -> Identity | None:
    """Who a mention without a tag is, where its head looks like a name; ``opens``: it opens its sentence."""
    g = memory.g
    initial = len(head.text) == 1 and head.text.isupper()
    name_like = not opens and head.pos == "PROPN" and not speaking_noun(plain(head.lemma)) and head.text[:1].isupper()
    if not name_like and not initial:
        return None
    written = [t.text for t in g.tokens[mention.first : mention.last] if len(t.text) > 1 and t.text[0].isupper()]
    person = memory.people.by_stem(written[-1] if initial and written else head.text)
    if person is not None:
        return of_people([person])
    if head.feats.get("Animacy") != "Anim":
        return None
    if head.feats.get("Number") == "Plur":
        return somebody(head)
    return Identity(names.phrase(g, mention), "person", gender=head.feats.get("Gender", ""))


def behind(memory: Memory, mention: Mention) -> str | None:
    """A person's name that the tagger missed, behind what they are: «лидер конгресса Файка аль-Саид»."""
    g = memory.g
    head = g.tokens[mention.head]
    if head.pos != "NOUN" or head.feats.get("Animacy") != "Anim" or head.feats.get("Number") != "Sing":
        return None
    if plain(head.lemma) in words().channel:
        return None
    for k in sorted(head.children):
        child = g.tokens[k]
        if not (mention.head < k < mention.last and child.pos == "PROPN" and child.rel == "appos" and g.inside[k] < 0):
            continue
        apart = k - head.i > 3 and any(t.pos == "ADP" for t in g.tokens[head.i : k])
        if child.feats.get("Case") == head.feats.get("Case") and not apart and not memory.people.owns_at(k, head):
            stop = k + 1
            while stop < mention.last and g.tokens[stop].text[:1].isalpha() and g.is_under(stop, k):
                stop += 1
            return names.person(g, k, stop)
    return None
