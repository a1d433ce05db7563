"""In whose words a stretch of an article stands, and for which state who says it speaks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..record import Actor, Attribution, Source
from .clauses import Grammar, token_at
from .cues import lexicon, plain
from .eventframes import frames
from .morphology import lemma
from .parties import Parties
from .partybefore import BACK
from .partynames import Party, once, party_of

Span = tuple[int, int]

REPORTED = re.compile(r"сообщало|сообщается|известно")
"""Cues of a report that names nobody."""

OBSERVERS = frozenset({"media", "channel", "author"})
"""Sources who speak for themselves, and not for their state."""


class Words:
    """In whose words a stretch of the text stands."""

    def __init__(
        self, g: Grammar, actors: Sequence[Actor], attributions: Sequence[Attribution], sources: Sequence[Source]
    ) -> None:
        self.text = g.parse.text
        self.attributions = attributions
        self.sources = {s.id: s for s in sources}
        self.states = {a.id: party_of(a) for a in actors}
        self.parties: Parties
        self.g = g
        self.speakers = self._speakers()

    def around(self, span: Span) -> Attribution | None:
        """The innermost attribution whose content holds ``span``."""
        holding = [
            (sum(b - a for a, b in said.content), n, said)
            for n, said in enumerate(self.attributions)
            if any(a <= span[0] and span[1] <= b for a, b in said.content)
        ]
        return min(holding, default=(0, 0, None), key=lambda h: h[:2])[2]

    def _speakers(self) -> dict[int, str]:
        """The states for which somebody speaks who is named by a pronoun or not at all, by the pronoun or the cue."""
        out: dict[int, str] = {}
        for said in self.attributions:
            state = self.states.get(source.actor or "") if (source := self.sources.get(said.source or "")) else None
            span = said.source_span or said.cue
            if state is None or span is None or (source is not None and source.kind in OBSERVERS):
                continue
            i = token_at(self.g, span[0])
            if said.source_span is None or plain(self.g.tokens[i].text) in BACK:
                out[i] = state
        return out

    def speaks_for(self, said: Attribution) -> str | None:
        """The state or bloc that the source of an attribution speaks for."""
        source = self.sources.get(said.source or "")
        state = self.states.get(source.actor or "") if source is not None else None
        if state is not None or said.source_span is None:
            return state
        first, last = (token_at(self.g, offset) for offset in said.source_span)
        heads = (i for i in range(first, last) if not first <= self.g.tokens[i].head < last)
        named = next((self.parties.of(i) for i in heads), [])  # «заявил президент Турции»
        if not named:  # «говорится в заявлении МИД Франции»
            named = once(p for i in range(first, last) for p in self.parties.at.get(i, ()))
        return named[0].id if len(named) == 1 else None

    def teller(self, i: int) -> Party | None:
        """The state or bloc that says what stands at token ``i``, where its sentence names who says it."""
        token = self.g.tokens[i]
        said = self.around((token.start, token.stop))
        source = self.sources.get(said.source or "") if said is not None else None
        if said is None or said.source_span is None or source is None or source.kind in OBSERVERS:
            return None
        at = token_at(self.g, said.source_span[0])
        state = self.speaks_for(said)
        if state is None or self.g.tokens[at].sentence != token.sentence:
            return None
        return Party(state, at, at, "body")

    def is_outlet(self, said: Attribution) -> bool:
        """Whether the source is a news outlet that answers for its reports by name."""
        source = self.sources.get(said.source or "")
        if said.source_span is None and said.cue is not None and REPORTED.search(self.text, *said.cue):
            return True  # «ранее сообщалось» is what the outlet itself has told
        return source is not None and source.kind in {"media", "author"} and not source.anonymous

    def is_some_official(self, said: Attribution) -> bool:
        """An official or an organ of whom the text does not say whose: of a treaty most likely a side's own."""
        source = self.sources.get(said.source or "")
        official = source is not None and source.kind in {"official", "state_body"} and not source.anonymous
        return official and self.speaks_for(said) is None

    def is_doubtful(self, said: Attribution) -> bool:
        """«Утверждает, что …», «по версии …», «обвинил в том, что …»: the cue commits nobody but its source."""
        if said.cue is None:
            return False
        first, last = (token_at(self.g, offset) for offset in said.cue)
        doubtful = frames().words["doubtful"] | frames().words["accusing"]
        return any(plain(t.lemma) in doubtful for t in self.g.tokens[first : max(last, first + 1)])

    def takes_for_granted(self, said: Attribution) -> bool:
        """«Напомнил, что …»: what is told is no claim."""
        if said.cue is None:
            return False
        return plain(lemma(self.text[slice(*said.cue)], "VERB", {})) in frames().words["factive"]

    def cue(self, said: Attribution) -> str:
        """What the cue says of its content: `says`, `claims`, `denies`, `predicts`, `demands`, `asks`."""
        if said.cue is None:
            return "says"
        word = plain(lemma(self.text[slice(*said.cue)], "VERB", {}))
        known = lexicon().verbs.get(word)
        return known.status if known is not None else "says"
