"""Events that verbs say, alone or with a noun: «атаковал», «ввёл санкции». Each rule opens with what it reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..gazetteer.lexicon import states
from ..tokens import Token
from .clauses import Grammar, is_finite
from .cues import plain
from .eventframes import Frame, active, frames
from .eventhits import GENITIVE, Hit, first, pairs
from .eventstatus import Modality, of_verb
from .morphology import parses
from .parties import Parties
from .partynames import Party
from .polarity import lexicon

CLOSE = 8
"""Tokens behind a verb within which its clause opens."""
NATIONAL = frozenset(
    {"AGREE", "ASSAULT", "MOBILIZE", "RETREAT", "COERCE", "SANCTION", "THREATEN", "ACCUSE", "REJECT", "REQUEST"}
)
"""What a people is said to do for its state: «индийцы подписали», «русские вошли»; others do it for themselves."""


MEASURES = frozenset({"ASSAULT", "COERCE", "SANCTION"})
"""What a state answers another with."""

PASSING = frozenset({"состояться", "пройти", "проходить", "произойти", "завершиться"})
"""Verbs whose subject is what took place."""

REPROACH = Frame("ACCUSE", "11", ())
"""What it is to say that somebody does wrong."""


def is_participle(token: Token) -> bool:
    """«атакованная»: a participle that the tagger took for an adjective, or for a name where a sentence opens."""
    if token.pos != "ADJ" and (token.pos != "PROPN" or not token.rel.startswith("acl")):
        return False
    known = frames()
    lemma = plain(token.lemma)
    return lemma in known.verbs or lemma in known.phrases


def _is_passive(token: Token) -> bool:
    doubtful = token.feats.get("VerbForm") == "Part" and "нн" in token.text  # «высланные» is active to the tagger
    if token.pos not in {"ADJ", "PROPN"} and "ё" not in token.text and not doubtful:  # nor does it know «введённые»
        return token.feats.get("Voice") == "Pass"
    return any(form.feats.get("Voice") == "Pass" for form in parses(token.text))


def _describes(token: Token) -> bool:
    """Whether a word is a full participle, which stands with the noun that it describes."""
    return is_participle(token) or (token.feats.get("VerbForm") == "Part" and token.feats.get("Variant") != "Short")


def by_verb(g: Grammar, parties: Parties, i: int) -> list[Hit]:
    """«США ввели санкции против Ирана», «Россия обвинила Грузию»: the verb with a noun before the verb alone."""
    verb = g.tokens[i]
    lemma = plain(verb.lemma)
    known = frames()
    reflexive = active(lemma) != lemma and lemma not in known.verbs and lemma not in known.phrases
    lemma = active(lemma) if reflexive else lemma
    passive = reflexive or _is_passive(verb)
    out: list[Hit] = []
    for noun, several in _nouns_of(g, parties, verb, known.phrases.get(lemma, {}), passive):
        out += first(with_noun(g, parties, i, noun, frame, passive) for frame in several)
    out = out or first(alone(g, parties, i, frame, passive) for frame in known.verbs.get(lemma, ()))
    return out + reproached(g, parties, i, plain(verb.lemma))


def _nouns_of(
    g: Grammar, parties: Parties, verb: Token, phrases: dict[str, tuple[Frame, ...]], passive: bool
) -> Iterator[tuple[int, tuple[Frame, ...]]]:
    """The nouns that complete a verb: its object, the subject of its passive, what a participle describes.

    Infinitives too («запретил ввозить»), and what is counted or packed («партию снарядов», «пакет санкций»).
    """
    if not phrases:
        return
    seen: set[int] = set()
    candidates = [a.head for a in parties.arguments(verb.i) if passive or not a.rel.startswith("nsubj")]
    if plain(verb.lemma) in PASSING:
        candidates += [c.i for c in g.children(verb.i, "nsubj")]
    if _describes(verb):
        candidates += _described(g, verb)
    else:
        candidates += _relative(g, verb)
    candidates += [c.i for c in g.children(verb.i, "xcomp", "ccomp", "csubj", "obj") if c.i not in candidates]
    candidates += [c.i for k in candidates if g.tokens[k].rel == "iobj" for c in g.children(k, "nmod")
                   if c.feats.get("Case") == "Acc"]  # fmt: skip
    for k in candidates:
        todo = [k, *(c.i for c in g.children(k, "conj"))]
        measured = [n for n in todo if plain(g.tokens[n].lemma) in frames().words["measures"]]
        todo = [a.head for n in measured for a in parties.arguments(n) if a.case == "Gen" or a.prep == "с"] + todo
        for noun in todo:
            several = phrases.get(lemma := plain(g.tokens[noun].lemma)) or phrases.get(lemma.partition("-")[0])
            if several is not None and noun not in seen:
                seen.add(noun)
                yield noun, several
                break


def _relative(g: Grammar, verb: Token) -> list[int]:
    """The noun before «который» that opens the clause of ``verb``: «договор, который Чехия и Литва подписали»."""
    for k in range(verb.i - 1, max(g.sentence(verb.i).first + 1, verb.i - 12), -1):
        token = g.tokens[k]
        if is_finite(token) or token.text in {",", ";", ":"}:
            return []
        if (
            plain(token.lemma) == "который"
            and token.feats.get("Case") in {"Acc", "Nom"}
            and g.tokens[k - 1].text == ","
        ):
            before = range(k - 2, max(g.sentence(verb.i).first - 1, k - 16), -1)
            return [j for j in before if g.tokens[j].pos in {"NOUN", "PROPN"}]
    return []


def _described(g: Grammar, participle: Token) -> list[int]:
    """The noun of a participle, also above the one that the tree gave it: «договором о партнёрстве, подписанным …»."""
    out: list[int] = []
    at = participle.head
    for _ in range(4):
        if at < 0 or g.tokens[at].pos not in {"NOUN", "PROPN"}:
            break
        cases = {g.tokens[at].feats.get("Case"), participle.feats.get("Case")}
        before = participle.i < at == participle.head  # «введённые Данией ограничения»: no case of its tells it apart
        if before or len(cases) == 1 or cases == {"Nom", "Acc"}:  # which look alike
            out.append(at)
        at = g.tokens[at].head
    return out


def with_noun(g: Grammar, parties: Parties, i: int, noun: int, frame: Frame, passive: bool) -> list[Hit]:
    """«Казахстан и Великобритания подписали договор», «договор, подписанный Казахстаном с Великобританией»"""
    if frame.needs and not frame.needs & _with(g, parties, noun):
        return []
    if frame.by and not any(plain(g.tokens[k].text) == frame.by for k in g.tokens[noun].children):
        return []
    heads = [noun, *(c.i for c in g.children(noun, "conj") if c.pos == "NOUN"), i]
    if plain(g.tokens[g.tokens[noun].head].lemma) in frames().words["measures"]:  # «часть войск из Чада»
        heads.append(g.tokens[noun].head)
    if frame.mutual:  # «обсудил с Чили границу с Перу»
        heads = [i, *(h for h in heads if h != i)]
    actors = _agents(parties, i, frame, passive)
    if passive and not actors and g.tokens[noun].pos == "NOUN":
        actors = parties.agent(noun)  # «нанесён удар израильской авиацией»: the tree gives it to «удар»
    recipients = parties.fill(frame, frame.to, heads, passive=passive)
    if not recipients and frame.type in MEASURES and not passive:
        recipients = parties.provoker(i, noun, actors)
    if passive and not actors and frame.from_:
        actors = parties.fill(frame, frame.from_, [*heads, *_before(g, i)], but=recipients)
    if frame.mutual:
        happens = g.tokens[noun].rel.startswith("nsubj")  # «состоялся разговор Путина с Макроном»
        if (passive or happens) and not actors:
            actors = parties.fill(frame, GENITIVE, [noun]) or parties.pair_in(noun)
        actors = parties.with_company(actors) or ([] if recipients else parties.sides(noun))
    elif passive and not actors:
        actors = parties.adjectives(noun) or (parties.fill(frame, GENITIVE, [noun]) if recipients else [])
    if frame.joint and not recipients and not any(plain(c.lemma) == "совместный" for c in g.children(noun, "amod")):
        return []
    if frame.reverse:
        if not actors and (frame.targets or frame.goods or frame.deeds):  # «порт Хайфы подвергся удару»
            actors = [p for c in g.children(i, "nsubj") for p in parties.struck(c.i, frame)]
        actors, recipients = recipients, actors
    modality = of_verb(g, i)
    promised = frame.type != "THREATEN" and plain(g.tokens[i].lemma) in frames().words["promising"]
    if modality.status == "happened" and promised:
        modality = replace(modality, status="planned")  # «пообещал танки», «готовит пошлины»
    if not recipients and _is_of_each_other(g, i, frame):
        frame = replace(frame, mutual=True)
    return pairs(g, "phrase", frame, actors, recipients, (i, noun), modality, 0.97)


def reproached(g: Grammar, parties: Parties, i: int, lemma: str) -> list[Hit]:
    """«Дания заявила, что Чили нарушает перемирие», «…, что Чили не соблюдает договор»: who says so accuses."""
    words = frames().words
    wrong = lemma in words["wrongs"]
    if not (wrong or lemma in words["duties"]):
        return []
    if of_verb(g, i).status != ("happened" if wrong else "denied"):
        return []
    telling = [teller] if (teller := parties.teller(i)) is not None else []
    return pairs(g, "told", REPROACH, telling, parties.subject(i), (i,), Modality("happened", True), 0.9)


def _with(g: Grammar, parties: Parties, noun: int) -> set[str]:
    """What describes a noun: «санкционный список», «нота с требованием»."""
    after = {plain(g.tokens[a.head].lemma) for a in parties.arguments(noun) if a.prep == "с"}
    return {plain(c.lemma) for c in g.children(noun, "amod")} | after


def _agents(parties: Parties, i: int, frame: Frame, passive: bool) -> list[Party]:
    """Who does what the verb ``i`` says, people in the street where the frame is theirs."""
    if frame.crowd:
        return parties.crowd(i)
    if frame.reverse and frame.people:  # «россиянин сидит в американской тюрьме»
        return next((found for k in _bearers(parties.g, i) if (found := parties.struck(k, frame))), [])
    acting = parties.agent(i) if passive else parties.subject(i)
    return acting or (parties.nation(i) if frame.type in NATIONAL else [])


def _bearers(g: Grammar, i: int) -> list[int]:
    """The nouns whom the verb ``i`` tells of: its subject, whom «который» means, what a participle describes."""
    verb = g.tokens[i]
    which = [c.i for c in g.children(i, "nsubj")]
    if any(plain(g.tokens[k].lemma) == "который" for k in which) and verb.rel.startswith("acl"):
        return [verb.head]
    return which or ([verb.head] if _describes(verb) and verb.head >= 0 else [])


def alone(g: Grammar, parties: Parties, i: int, frame: Frame, passive: bool) -> list[Hit]:
    """«Россия обвинила Грузию», «Сирия была атакована Израилем», «напавший на Грузию Ирак»"""
    said = {plain(g.tokens[a.head].lemma) for a in parties.arguments(i)} | {a.prep for a in parties.arguments(i)}
    said |= {plain(c.lemma) for c in g.children(i, "xcomp", "advmod")}
    if any(True for _ in g.children(i, "ccomp")) or _opens_clause(g, i):
        said.add("что")
    if any(g.tokens[a.head].feats.get("Animacy") == "Anim" for a in parties.arguments(i) if a.rel == "obj"):
        said.add("кто")
    if {"bad", "good"} & frame.needs:
        said |= _judgement(g, i)
    if (frame.needs and not frame.needs & said) or frame.unless & said:
        return []
    actors = _agents(parties, i, frame, passive)
    recipients = parties.fill(frame, frame.to, [i], passive=passive)
    verb = g.tokens[i]
    if not actors and frame.from_ and (passive or _has_no_subject(g, i) or _is_local(g, i)):
        actors = parties.fill(frame, frame.from_, [i, *_before(g, i)], but=recipients)
    if passive and not actors and frame.type == "COOPERATE":
        actors = parties.made(i, passive=True)  # «чилийская медь экспортируется в Перу»
    if passive and not recipients and _describes(verb):
        recipients = parties.struck(verb.head, frame) if frame.to[0].case == "obj" else []
    if frame.mutual:
        actors = parties.with_company(actors)
    if not recipients and frame.type == "ASSAULT" and frame.to[0].case == "obj":
        struck = [a for a in parties.arguments(i) if a.rel == "obj"]
        if struck and plain(g.tokens[struck[0].head].lemma) in frames().words["targets"]:
            recipients = parties.located(i)  # «обстрелял повстанцев в Ливане»
    if frame.armed:
        arms = frames().words["arms"] | frames().words["forces"]
        actors = [a for a in actors if a.head == a.token or plain(g.tokens[a.head].lemma) in arms]
        recipients = [r for r in recipients if r.head != r.token]  # «уничтожить НАТО» is a figure of speech
    if frame.forces:
        words = frames().words
        forces = words["forces"] | (words["arms"] if frame.type == "RETREAT" else frozenset())
        gone = frame.type == "RETREAT" and all(r.id in states() for r in recipients)  # «США ушли из Ирака»
        actors = [
            a for a in actors
            if plain(g.tokens[a.head].lemma) in forces or (gone and a.head == a.token and a.form == "name")
        ]  # fmt: skip
    if frame.officials:
        if frame.to[0].case == "obj":  # who receives them may be a state
            recipients = [r for r in recipients if r.head != r.token or r.head in parties.people or r.form == "pronoun"]
        else:
            actors = [a for a in actors if a.head != a.token or a.head in parties.people]
    if not recipients and _is_of_each_other(g, i, frame):
        frame = replace(frame, mutual=True)
    return pairs(g, "verb", frame, actors, recipients, (i,), of_verb(g, i), 0.96)


def _is_of_each_other(g: Grammar, i: int, frame: Frame) -> bool:
    """«обвинили друг друга», «выслали друг у друга», «ввели санкции друг против друга»"""
    near = g.tokens[i + 1 : min(i + 1 + CLOSE, g.sentence(i).last)]
    each = sum(plain(t.text).startswith("друг") and t.pos == "PRON" for t in near)
    return each > 1 and frame.type != "CONSULT"


def _judgement(g: Grammar, i: int) -> set[str]:
    """``bad`` or ``good``, as what a verb calls somebody shows him: «назвал заявление шантажом», «… союзником»."""
    words = lexicon().words
    for token in g.tokens[i + 1 : min(i + 1 + CLOSE, g.sentence(i).last)]:
        if is_finite(token) or token.text in {",", ";", ":"}:
            break
        if token.feats.get("Case") != "Ins" or token.pos not in {"NOUN", "ADJ"}:
            continue
        group = words.get(plain(token.lemma))
        if group is not None and group.agent < 0:
            return {"bad"}
        if token.pos == "NOUN" and not any(plain(g.tokens[k].text) in {"с", "со"} for k in token.children):
            return {"good"} if group is not None and (group.agent > 0 or group.between > 0) else set()
    return set()


def _opens_clause(g: Grammar, i: int) -> bool:
    """«предупредил соседей Чили, что …», «предупредил Чили: …», wherever the tree hung the clause."""
    for token in g.tokens[i + 1 : min(i + 1 + CLOSE, g.sentence(i).last)]:
        if token.text == ":" or (plain(token.text) == "что" and g.tokens[token.i - 1].text == ","):
            return True
        if is_finite(token):
            break
    return False


def _is_local(g: Grammar, i: int) -> bool:
    """«В Осло полиция задержала»: who acts for the state where it is."""
    return any(plain(c.lemma) in frames().words["local"] for c in g.children(i, "nsubj"))


def _before(g: Grammar, i: int) -> list[int]:
    """The verb with which ``i`` shares where it was done: «арестован в Чили и экстрадирован в Перу»."""
    verb = g.tokens[i]
    return [verb.head] if verb.rel == "conj" and not any(True for _ in g.children(i, "nsubj")) else []


def _has_no_subject(g: Grammar, i: int) -> bool:
    """«В Осло задержали»: they who are there do it."""
    plural = is_finite(g.tokens[i]) and g.tokens[i].feats.get("Number") == "Plur"
    return plural and next(g.children(i, "nsubj"), None) is None
