"""Which of the sources that an article leaves unnamed is which: «врачи» are not «представитель завода»."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..tokens import Token
from .clauses import Grammar
from .cues import plain
from .found import Found
from .sourcewords import words

ANOTHER = frozenset({"другой", "иной", "второй", "третий"})
NOMINAL = frozenset({"NOUN", "PROPN", "ADJ"})
PRONOUNS = frozenset({"PRON", "DET"})
PARTNERS = frozenset({"собеседник", "собеседница"})
PAST = frozenset({"бывший", "один", "прежний"})


@dataclass(slots=True)
class Stranger:
    """An unnamed source: its noun, the words by which it was told from others, and whether it is several.

    ``number``: which of the article's it is. ``held``: a post that one person holds at a time («президент Колумбии»),
    who answers for it, name or none.
    """

    number: int
    noun: str
    traits: set[str]
    several: bool
    held: bool = False


class Strangers:
    """The unnamed sources of one article, in the order in which they spoke."""

    def __init__(self, g: Grammar) -> None:
        self.g = g
        self._spoke: list[Stranger] = []
        self._of: dict[int, Stranger] = {}

    def who(self, f: Found) -> Stranger:
        """Who of them is the source of ``f``; asked in the order of the text."""
        one = self._of.get(id(f.follows)) or self._told(f)
        self._of[id(f)] = one
        if one in self._spoke:
            self._spoke.remove(one)
        self._spoke.append(one)
        return one

    def _told(self, f: Found) -> Stranger:
        """By the noun and what stands with it; a pronoun, or no mention at all, goes on with the last."""
        head = self.g.tokens[f.source.head] if f.source is not None else None
        several = head is not None and head.feats.get("Number") == "Plur"
        if f.source is None or head is None or head.pos in PRONOUNS:
            fit = [s for s in self._spoke if (head is None or s.several == several) and not (f.impersonal and s.noun)]
            return fit[-1] if fit else self._stranger("", set(), several)
        mention = self.g.tokens[f.source.first : f.source.last]
        lemmas = {plain(t.lemma) for t in mention if t.pos in NOMINAL and t is not head}
        noun, w = plain(head.lemma), words()
        traits = lemmas - w.unknown
        if lemmas & ANOTHER:
            return self._stranger(noun, traits - ANOTHER, several)
        for s in reversed(self._spoke):
            alike = (s.noun == noun and s.several == several) or {s.noun, noun} <= w.nameless
            if alike and (traits <= s.traits or s.traits <= traits):
                s.traits |= traits
                return s
        last = self._spoke[-1] if self._spoke else None
        again = (noun in w.for_speaker and not traits) or (noun in PARTNERS and traits <= w.for_media)
        if again and last is not None and last.noun and not (several or last.several):
            return last  # «сотрудник банка… Эксперт добавил», «собеседник агентства добавил»
        return self._stranger(noun, traits, several, held=self._held(head, mention, lemmas))

    def _stranger(self, noun: str, traits: set[str], several: bool, *, held: bool = False) -> Stranger:
        return Stranger(len(self._of) + 1, noun, traits, several, held)

    @staticmethod
    def _held(head: Token, mention: Sequence[Token], lemmas: set[str]) -> bool:
        """Whether a mention is a post that one person holds, and says where: «глава МИД Чили», «посол Китая»."""
        post = plain(head.lemma) in words().held and head.feats.get("Number") == "Sing" and not lemmas & PAST
        return post and any(t.pos in {"NOUN", "PROPN"} and t.i > head.i for t in mention)
