"""Whom a sentence means that the sentence before names: «Он потребовал…», «Страны подписали…»."""

from __future__ import annotations

from collections.abc import Iterable

from .clauses import is_predicate
from .cues import plain
from .eventframes import frames
from .partynames import COUNTRY, Names, Party, alike, once

SIDES = frozenset({"страна", "государство", "сторона"})

CHAIN = 5
"""Pronouns in a row that mean each other: «Он прибыл. Он сказал. Он уехал»."""


class Before(Names):
    """Who is meant here and named in the sentence before."""

    back = 0

    def meant_before(self, i: int) -> list[Party]:
        """Whom a pronoun means that its own sentence does not tell: who speaks, or the subject before."""
        state = self.speaker(i)
        if state is not None:
            return [Party(state, i, i, "pronoun")]
        word = self.g.tokens[i]
        if not word.rel.startswith("nsubj"):
            return []
        noun = self._subject_before(i)
        if noun < 0 or not alike(word, self.g.tokens[noun], several=any(True for _ in self.g.children(noun, "conj"))):
            return []
        self.back += 1
        meant = self.of(noun) if self.back < CHAIN else []
        self.back -= 1
        return self._here(i, meant, one=word.feats.get("Number") != "Plur")

    def same_official(self, i: int) -> list[Party]:
        """Whose an official is who stands alone as a subject: «Макрон прибыл в Осло. Президент поблагодарил Данию»."""
        word = self.g.tokens[i]
        alone = next(self.g.children(i, "amod", "nmod", "det", "appos", "nummod", "acl", "conj"), None) is None
        if not alone or word.feats.get("Animacy") != "Anim" or word.feats.get("Number") != "Sing":
            return []
        if not word.rel.startswith("nsubj"):
            return []
        noun = self._subject_before(i)
        if noun < 0:
            return []
        before = self.g.tokens[noun]
        person = noun in self.people or before.pos == "PRON" or plain(before.lemma) == plain(word.lemma)
        named = person or any(c.i in self.people for c in self.g.children(noun, "appos", "flat"))
        return self._here(i, self.of(noun), one=True) if named else []

    def sides_before(self, i: int) -> list[Party]:
        """Whom «страны», «стороны» mean at a sentence's head: the two that the sentence before names."""
        word = self.g.tokens[i]
        lemma = plain(word.lemma)
        if not word.rel.startswith("nsubj") or next(self.g.children(i, "amod", "nmod", "det", "acl", "appos"), None):
            return []
        several = word.feats.get("Number") == "Plur"
        if lemma not in (SIDES if several else COUNTRY) or word.sentence == 0:
            return []
        sentences, inside = self.g.parse.sentences, self.g.inside
        if any(k in self.at for k in range(sentences[word.sentence].first, i)):
            return []
        before = sentences[word.sentence - 1]
        named = once(
            p for k in range(before.first, before.last) if inside[k] == inside[i]
            for p in (*self.at.get(k, ()), *self.seat(k)) if p.form != "demonym"
        )  # fmt: skip
        return self._here(i, named, one=False) if len(named) == (2 if several else 1) else []

    def _here(self, i: int, meant: list[Party], *, one: bool) -> list[Party]:
        found = once(Party(p.id, i, i, "pronoun") for p in meant)
        return found if not one or len(found) == 1 else []

    def _subject_before(self, i: int) -> int:
        """The subject of the sentence before, in the same words; -1 if it has none or several."""
        g = self.g
        number = g.tokens[i].sentence
        if number == 0:
            return -1
        sentence = g.parse.sentences[number - 1]
        led = [t.i for t in g.tokens[sentence.first : sentence.last] if t.head < 0 and is_predicate(t)]
        subjects = [c.i for k in led for c in g.children(k, "nsubj")]
        return subjects[0] if len(subjects) == 1 and g.inside[subjects[0]] == g.inside[i] else -1


def looks_back(words: Iterable[str]) -> bool:
    """Whether one of ``words`` may mean whom the sentence before names."""
    agents = frames().words["agents"]
    return any(word in BACK or word in agents for word in words)


BACK = frozenset({"он", "она", "они", "страна", "страны", "стороны", "республика", "государство", "государства"})
"""Words that may mean who was named before."""
