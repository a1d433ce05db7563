"""The gender of a person, voted by all that the article says of them: verbs, first names, adjectives, endings."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from ..tokens import NameSpan, Token
from . import persons
from .clauses import COMMA, Grammar, is_finite
from .morphology import parses

SEXES = ("Masc", "Fem")
Tally = defaultdict[str, int]


@dataclass(slots=True)
class Votes:
    """Votes for each gender by what agrees with a name or is known of it, and by what is only guessed of its form.

    ``verbs``: those of ``told`` that a verb cast.
    """

    told: Tally = field(default_factory=lambda: defaultdict(int))
    guessed: Tally = field(default_factory=lambda: defaultdict(int))
    verbs: Tally = field(default_factory=lambda: defaultdict(int))

    def add(self, other: Votes) -> None:
        for sex in SEXES:
            self.told[sex] += other.told[sex]
            self.guessed[sex] += other.guessed[sex]
            self.verbs[sex] += other.verbs[sex]

    @property
    def winner(self) -> str:
        """The gender with most votes, guesses between equals; "" where nothing tells."""
        best = max(SEXES, key=lambda sex: (self.told[sex], self.guessed[sex]))
        return best if self.told[best] or self.guessed[best] else ""


def votes(g: Grammar, n: NameSpan) -> Votes:
    """What one mention of a person by name says of their gender; the surer, the more votes."""
    tokens = [t for t in g.tokens[n.first : n.last] if t.text[:1].isalpha()] or list(g.tokens[n.first : n.last])
    first, last = tokens[0], tokens[-1]
    out = Votes()
    told, guessed, verbs = out.told, out.guessed, out.verbs
    if len(tokens) > 1:
        told[_of_given(first, last)] += (
            6  # more than its verb: «министр Анна Лугина сообщил» is of a post, not of a sex
        )
    else:
        told[persons.gender_of_first_name(first.text, "Sing")] += 2
        undeclined = first.feats.get("Case") == "Gen" and first.text[-1:].lower() not in persons.VOWELS + "йь"
        told["Fem"] += 2 * (undeclined and first.rel == "nmod")  # «по словам Реммер»: a man's would be «Реммера»
    for t in tokens:
        verbs[_of_verb(g, t)] += 8  # «Карен Лосс пояснила»: more than any list of first names
        if t.rel.startswith("appos") and t.head >= 0 and not n.first <= t.head < n.last:
            sex = _of_verb(g, g.tokens[t.head])
            verbs[sex] += 8 if sex == "Fem" else 4  # «министр Лугина сообщила»
            of = g.tokens[t.head].feats
            told["Fem"] += 2 * (of.get("Gender") == "Fem" and of.get("Animacy") != "Inan")  # «немка Биг»
    if n.first > 0 and g.tokens[n.first - 1].pos == "ADJ":
        ending = g.tokens[n.first - 1].text[-3:].lower()
        told["Fem"] += 4 * ending.endswith(("ая", "яя", "ую", "юю"))
        told["Masc"] += 4 * ending.endswith(("ый", "ий", "ого", "его", "ому", "ему"))
    for sex in (first.feats.get("Gender", ""), persons.gender(first, last) if len(tokens) > 1 else ""):
        guessed[sex] += 1
    for sex in SEXES:
        told[sex] += verbs[sex]
    return out


def _of_given(first: Token, last: Token) -> str:
    """The gender of a first name in the case it stands in: «Мартина Биг» is a woman, for no man is declined so."""
    surname = persons.gender_of_surname(last.text)
    if surname:
        return surname  # «Кароль Навроцкий», whatever Karol the dictionary knows
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
    between = g.tokens[min(token.i, above.i) + 1 : max(token.i, above.i)]
    apart = above.i < token.i and any(t.text in COMMA for t in between)
    if apart or any(is_finite(t) and t.pos != "AUX" for t in between):
        return ""  # «Белов убит, подтвердила партия»: the tree took the other verb
    for verb in (above, *g.children(above.i, "cop", "aux")):
        past = verb.feats.get("Tense") == "Past" or verb.feats.get("Variant") == "Short"
        if past and verb.feats.get("Number") != "Plur" and "Gender" in verb.feats:
            return verb.feats["Gender"]
    return ""
