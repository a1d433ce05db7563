"""The gender of a person, voted by all that the article says of them: verbs, first names, adjectives, endings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ..tokens import NameSpan, Token
from . import persons
from .clauses import Grammar
from .morphology import parses

SEXES = ("Masc", "Fem")


@dataclass(slots=True)
class Votes:
    """Votes for each gender by what agrees with a name or is known of it, and by what is only guessed of its form."""

    told: Counter[str] = field(default_factory=Counter)
    guessed: Counter[str] = field(default_factory=Counter)

    def add(self, other: Votes) -> None:
        self.told += other.told
        self.guessed += other.guessed

    @property
    def winner(self) -> str:
        """The gender with most votes, guesses between equals; "" where nothing tells."""
        best = max(SEXES, key=lambda sex: (self.told[sex], self.guessed[sex]))
        return best if self.told[best] or self.guessed[best] else ""


def votes(g: Grammar, n: NameSpan) -> Votes:
    """What one mention of a person by name says of their gender; the surer, the more votes."""
    tokens = [t for t in g.tokens[n.first : n.last] if t.text[:1].isalpha()] or list(g.tokens[n.first : n.last])
    first, last = tokens[0], tokens[-1]
    told: Counter[str] = Counter()
    if len(tokens) > 1:
        told[_of_given(first, last)] += (
            6  # more than its verb: «министр Анна Лугина сообщил» is of a post, not of a sex
        )
    else:
        told[persons.gender_of_first_name(first.text, "Sing")] += 2
        undeclined = first.feats.get("Case") == "Gen" and first.text[-1:].lower() not in persons.VOWELS + "йь"
        told["Fem"] += 2 * (undeclined and first.rel == "nmod")  # «по словам Реммер»: a man's would be «Реммера»
    for t in tokens:
        told[_of_verb(g, t)] += 4
        if t.rel.startswith("appos") and t.head >= 0 and not n.first <= t.head < n.last:
            told[_of_verb(g, g.tokens[t.head])] += 4  # «министр Лугина сообщила»
            told["Fem"] += 2 * (g.tokens[t.head].feats.get("Gender") == "Fem")  # «немка Биг»
    if n.first > 0 and g.tokens[n.first - 1].pos == "ADJ":
        ending = g.tokens[n.first - 1].text[-3:].lower()
        told["Fem"] += 4 * ending.endswith(("ая", "яя", "ую", "юю"))
        told["Masc"] += 4 * ending.endswith(("ый", "ий", "ого", "его", "ому", "ему"))
    guessed = Counter([first.feats.get("Gender", ""), persons.gender(first, last) if len(tokens) > 1 else ""])
    return Votes(told, guessed)


def _of_given(first: Token, last: Token) -> str:
    """The gender of a first name in the case it stands in: «Мартина Биг» is a woman, for no man is declined so."""
    forms = (f for f in parses(first.text) if f.known and "Name" in f.grammemes)
    named = [f.feats for f in forms if f.feats.get("Number") != "Plur" and f.feats.get("Case") != "Voc"]
    case = "Nom" if persons.womans(first, last) else persons.case_of(first) or "Nom"
    sexes = {f.get("Gender", "") for f in named if f.get("Case") == case}
    return sexes.pop() if len(sexes) == 1 else ""


def _of_verb(g: Grammar, token: Token) -> str:
    """The gender that the verb of a subject is in: «заявила», «была избрана»."""
    if not token.rel.startswith("nsubj") or token.head < 0:
        return ""
    above = g.tokens[token.head]
    for verb in (above, *g.children(above.i, "cop", "aux")):
        past = verb.feats.get("Tense") == "Past" or verb.feats.get("Variant") == "Short"
        if past and verb.feats.get("Number") != "Plur" and "Gender" in verb.feats:
            return verb.feats["Gender"]
    return ""
