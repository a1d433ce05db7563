"""Whether an event happened: from tense, mood and negation, and from the words that govern it.

The grammar's share alone; what the source of a statement adds (`claimed`, a denial) is ``events.py``'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..record import EventStatus
from ..tokens import Token
from .arguments import governor
from .assertions import perfective
from .clauses import Grammar, is_finite, is_predicate
from .cues import plain
from .eventframes import active, frames
from .morphology import parses

NEGATIONS = frozenset({"не", "ни", "нет", "нельзя"})
CONDITIONS = frozenset({"если", "бы", "б", "чтобы", "ли", "пусть", "кабы"})
DOUBTS = frozenset({"возможно", "вероятно", "наверное", "видимо", "предположительно", "пожалуй"})
OBLIGATIONS = frozenset({"должен", "должна", "должны", "должно", "следует", "необходимо", "надо", "нужно"})
SETTING = frozenset({"в", "во", "ходе", "время", "после", "при", "благодаря", "из-за", "несмотря", "вследствие"})
HEARSAY = frozenset({"якобы", "будто"})


@dataclass(frozen=True, slots=True)
class Modality:
    """``asserted``: the clause says it; otherwise it is taken for granted («подписание стало сигналом»).

    ``refused``: it is what somebody refused to do; ``ended``: what somebody does no more; ``withheld``: what he
    promises not to do; ``when``: the status of refusing it.
    """

    status: EventStatus
    asserted: bool
    refused: bool = False
    ended: bool = False
    withheld: bool = False
    when: EventStatus = "happened"


def of_verb(g: Grammar, i: int) -> Modality:
    """The status of what a verb says.

    «не вводил» denied · «введёт», «намерен ввести» planned · «ввёл бы», «может ввести», «призвал ввести» hypothetical
    """
    verb = g.tokens[i]
    asserted = is_finite(verb) and not verb.rel.startswith(("acl", "advcl", "amod"))
    if is_negated(g, verb):
        above = g.tokens[verb.head] if verb.head >= 0 else verb
        if verb.feats.get("VerbForm") == "Inf" and plain(above.lemma) in frames().words["promising"]:
            return replace(_governed(g, above), withheld=True)  # «пообещал не покупать»
        return Modality("denied", asserted, when=_mood(g, verb))
    status = _mood(g, verb)
    reported = _reported(g, verb)
    if reported is not None and (status == "happened" or reported == "denied"):
        return Modality(reported, asserted)
    if status != "happened":
        return Modality(status, asserted)
    while verb.rel == "conj" and verb.feats.get("VerbForm") == g.tokens[verb.head].feats.get("VerbForm") == "Inf":
        verb = g.tokens[verb.head]  # «отказался вывести войска и признать Чили»
    if verb.feats.get("VerbForm") == "Inf" and verb.head >= 0:
        if plain(g.tokens[verb.head].lemma) == "тот":  # «перед тем, как встретиться»
            return Modality("planned", False)
        return _governed(g, g.tokens[verb.head])
    return Modality("happened", asserted)


def _reported(g: Grammar, verb: Token) -> EventStatus | None:
    """What a clause behind «что» is by the word over it: «обвинил в том, что …» claimed, «отрицает, что …» denied."""
    if not verb.rel.startswith(("ccomp", "acl", "advcl", "csubj", "obl")):
        return None
    if not any(plain(g.tokens[k].text) == "что" and g.tokens[k].i < verb.i for k in verb.children):
        return None
    words = frames().words
    at = verb.head
    for _ in range(4):  # «опровергла сообщения о том, что …»
        if at < 0:
            return None
        lemma = plain(g.tokens[at].lemma)
        if lemma in words["denying"]:
            return None if is_negated(g, g.tokens[at]) else "denied"
        if lemma in words["accusing"]:
            return "claimed"
        if is_predicate(g.tokens[at]):
            return None
        at = g.tokens[at].head
    return None


def _governed(g: Grammar, above: Token, depth: int = 0) -> Modality:
    """The status of an infinitive or a noun by the word that governs it."""
    words = frames().words
    lemma = plain(above.lemma)
    if lemma in words["refused"]:
        return Modality("denied", True, refused=not is_negated(g, above), when=_mood(g, above))
    mood = _mood(g, above)
    if lemma in words["ended"]:  # «не перестанет помогать», «призвал перестать помогать»
        inner = Modality(mood, True)
        if above.feats.get("VerbForm") == "Inf" and above.head >= 0 and depth < 3:
            inner = _governed(g, g.tokens[above.head], depth + 1)
        return replace(inner, ended=not is_negated(g, above))
    if is_negated(g, above):
        return Modality("denied", True)
    if above.pos == "NOUN" and above.head >= 0 and _mood(g, g.tokens[above.head]) == "hypothetical":
        return Modality("hypothetical", True)  # «если Дания примет решение сотрудничать»
    if mood == "hypothetical" or lemma in words["hypothetical"] or lemma in words["unreal"]:
        return Modality("hypothetical", True)
    if lemma in words["planned"] or lemma in words["coming"] or plain(above.text).startswith("буд"):
        return Modality("planned", True)
    if lemma in words["released"]:
        if above.feats.get("VerbForm") == "Inf" and above.head >= 0 and depth < 3:
            return _governed(g, g.tokens[above.head], depth + 1)
        return Modality(mood, True)
    return Modality("hypothetical", True)


def _mood(g: Grammar, verb: Token, depth: int = 0) -> EventStatus:
    """Conditions, commands, doubts and the future over a verb or the clause that it is coordinated with."""
    if verb.feats.get("Mood") in {"Cnd", "Imp"}:
        return "hypothetical"
    future = (verb.feats.get("Tense") == "Fut" and not _is_plainly(verb, "Pres")) or (
        verb.feats.get("Tense") == "Pres"
        and not _is_plainly(verb, "Past")
        and verb.feats.get("VerbForm") == "Fin"
        and perfective(plain(verb.lemma))
        and plain(verb.lemma) not in frames().words["lasting"]
    )
    for k in verb.children:
        child = g.tokens[k]
        word = plain(child.text)
        if child.rel in {"mark", "aux", "advmod", "cc", "parataxis", "discourse"} and word in CONDITIONS | DOUBTS:
            return "hypothetical"
        if child.rel.startswith(("aux", "cop")) and word.startswith("буд"):  # the tagger calls it present
            future = True
        if future and child.rel.startswith("advcl") and any(plain(g.tokens[c].text) == "если" for c in child.children):
            return "hypothetical"  # «если откажется, введут»
        if 0 < verb.i - child.i < 5 and word in OBLIGATIONS:
            return "hypothetical"
    clause = verb.rel.startswith(("ccomp", "csubj")) or any(plain(c.text) == "что" for c in g.children(verb.i, "mark"))
    if clause and verb.head >= 0 and _supposes(g, g.tokens[verb.head]):
        return "hypothetical"
    if verb.rel == "conj" and verb.head >= 0 and depth < 3 and is_predicate(g.tokens[verb.head]):
        above = _mood(g, g.tokens[verb.head], depth + 1)
        if above == "hypothetical":
            return above
    return "planned" if future else "happened"


def _is_plainly(verb: Token, tense: str) -> bool:
    """Whether the dictionary gives a verb one tense, which the tagger may not know: «ждёт» Pres, «притихла» Past."""
    return {form.feats.get("Tense") for form in parses(verb.text.lower()) if form.known and form.pos == "VERB"} == {
        tense
    }


def _supposes(g: Grammar, above: Token) -> bool:
    """Whether the clause behind a word is supposed: «маловероятно, что …», «считают маловероятным, что …»."""
    known = frames().words["supposing"]
    if above.pos in {"ADV", "PRON"} and above.head >= 0:  # «очень маловероятно», «опасается того, что …»
        above = g.tokens[above.head]
    near = [above, *(c for c in g.children(above.i, "obl", "obj", "xcomp", "iobj", "advmod"))]
    return any(plain(word.lemma) in known for word in near)


def is_negated(g: Grammar, token: Token) -> bool:
    """Whether a «не» stands at a word or at its auxiliary."""
    for k in token.children:
        child = g.tokens[k]
        word = plain(child.text)
        if word in NEGATIONS and child.i < token.i and child.rel in {"advmod", "case", "cc", "discourse", "aux"}:
            return _plainly(g, child)
        if child.rel.startswith(("aux", "cop")) and any(plain(g.tokens[c].text) == "не" for c in child.children):
            return True
    before = g.tokens[token.i - 1] if token.i else None
    return before is not None and plain(before.text) == "не" and before.sentence == token.sentence


def _plainly(g: Grammar, negation: Token) -> bool:
    """«не только ввёл» denies nothing."""
    after = g.tokens[negation.i + 1] if negation.i + 1 < len(g.tokens) else None
    return after is None or plain(after.text) not in {"только", "просто", "исключено"}


def of_noun(g: Grammar, i: int) -> Modality:
    """The status of what an event noun names.

    «возможная встреча», «призвал к переговорам» hypothetical · «предстоящий визит» planned · «переговоры состоялись»,
    «не состоялись» as the verb says · anything else takes it for granted
    """
    words = frames().words
    at = i
    if g.tokens[i].feats.get("Case") == "Loc" and any(plain(g.tokens[k].text) == "на" for k in g.tokens[i].children):
        at = next((k for k in _climb(g, i) if is_predicate(g.tokens[k])), -1)
        return Modality(_when(g, g.tokens[at]) if at >= 0 else "happened", False)  # «на встрече с Моди предложил»
    for _ in range(6):
        token = g.tokens[at]
        for child in g.children(at, "amod", "det", "acl"):
            lemma = plain(child.lemma)
            if lemma in words["unreal"]:
                return Modality("hypothetical", False)
            if lemma in words["coming"]:
                return Modality("planned", False)
        if any(plain(g.tokens[k].text) in {"без", "нет", "против"} for k in token.children):
            return Modality("hypothetical", False)
        if token.head < 0:
            return Modality("happened", False)
        above = g.tokens[governor(g, at)]
        lemma = plain(above.lemma)
        if above.pos in {"NOUN", "PROPN"}:
            if lemma in words["standing"]:
                return Modality("happened", False)
            if lemma in words["unreal"]:
                return Modality("hypothetical", False)
            if lemma in words["coming"]:
                return Modality("planned", False)
            at = above.i
            continue
        return _under(g, token, above, lemma)
    return Modality("happened", False)


def _climb(g: Grammar, i: int) -> Iterator[int]:
    """What governs a token, nearest first."""
    while (i := g.tokens[i].head) >= 0:
        yield i


def _when(g: Grammar, verb: Token) -> EventStatus:
    """What was the setting of what a verb says is still to come where that is."""
    return "planned" if _mood(g, verb) == "planned" else "happened"


def _under(g: Grammar, noun: Token, above: Token, lemma: str) -> Modality:
    """The status of an event noun by the predicate of its clause."""
    words = frames().words
    subject = noun.rel.startswith("nsubj")
    base = active(lemma)
    if plain(noun.lemma) == "участие" and base in {"принять", "принимать"}:
        return Modality(_mood(g, above), True)
    if subject:  # «встреча может пройти»
        passing = [c.i for c in g.children(above.i, "xcomp") if plain(c.lemma) in words["existing"]]
        if passing:
            return of_verb(g, passing[0])
    if subject and (lemma in words["existing"] or base in words["existing"] or lemma == "нет"):
        return of_verb(g, above.i)
    if lemma in words["denying"]:
        return Modality("denied", False)
    if subject and (
        lemma in words["cancelled"] | words["postponed"] or base in words["cancelled"] | words["postponed"]
    ):
        past = lemma in words["cancelled"] or base in words["cancelled"]
        return Modality("denied" if past and not is_negated(g, above) else "planned", True)
    if not subject and lemma in words["refused"]:
        return Modality("denied", True, refused=True)
    if (
        not subject
        and {plain(g.tokens[k].text) for k in noun.children if g.tokens[k].rel in {"case", "fixed"}} & SETTING
    ):
        return Modality(_when(g, above), False)  # «в ходе визита договорился» says when
    if (lemma in words["hypothetical"] or base in words["hypothetical"]) and (not subject or lemma != base):
        return Modality("hypothetical", False)
    if (lemma in words["planned"] or base in words["planned"]) and (not subject or lemma != base):
        return Modality("planned", False)
    mood = _mood(g, above)
    if noun.feats.get("Case") == "Ins" and above.feats.get("VerbForm") == "Inf":  # «призвал ответить санкциями»
        return replace(of_verb(g, above.i), asserted=False)
    if mood == "hypothetical":
        return Modality("hypothetical", False)
    if mood == "planned" and subject:
        return Modality("planned", False)
    return Modality("happened", False)
