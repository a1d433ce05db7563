"""Rules that find events: verbs, verbs with a noun, nouns alone. Each opens with a sentence that it reads.

A rule finds parties by the dependencies of its own words alone, so that nobody from another clause is drawn in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product

from ..tokens import Token
from .clauses import Grammar, is_finite, is_predicate
from .cues import plain
from .eventframes import Frame, Slot, active, frames
from .eventstatus import Modality, of_noun, of_verb
from .morphology import parses
from .parties import Parties
from .partynames import Party

ACCUSED = frozenset({"ASSAULT", "COERCE", "AID", "COOPERATE", "MOBILIZE"})
"""What somebody is blamed for in a noun: «обвинил Турцию в обстреле деревень»."""

GIVEN = frozenset({"AID", "COOPERATE", "RETREAT", "SUPPORT"})
"""What somebody is thanked for: «поблагодарил Данию за помощь»."""

MOST = 4
"""Pairs of one word at most: what names more parties is a list."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An event before its source is known: ``anchors`` are the words that say it."""

    rule: str
    frame: Frame
    actor: Party
    recipient: Party
    anchors: tuple[int, ...]
    modality: Modality
    mutual: bool
    confidence: float


def find(g: Grammar, parties: Parties, first: int, last: int) -> Iterator[Hit]:
    """The events that the tokens ``[first, last)`` of one sentence say."""
    spent: dict[int, frozenset[str]] = {}
    for i in range(first, last):
        if is_predicate(g.tokens[i]) or _is_participle(g.tokens[i]):
            for hit in by_verb(g, parties, i):
                _spend(spent, hit)
                yield hit
    nouns = [i for i in range(first, last) if g.tokens[i].pos == "NOUN"]
    for rule in (by_carrier, by_noun):
        for i in nouns:
            given = spent.get(i)
            for hit in rule(g, parties, i) if given is None or rule is by_noun else ():
                # «присоединился к санкциям ЕС против Ирана»: whose they are did it as well
                if given is None or (hit.actor.id in given and hit.recipient.id not in given and not hit.mutual):
                    _spend(spent, hit)
                    yield hit


def _spend(spent: dict[int, frozenset[str]], hit: Hit) -> None:
    """Keep to whom the words of a hit have given what they say."""
    for anchor in hit.anchors:
        spent[anchor] = spent.get(anchor, frozenset()) | {hit.recipient.id}


def _is_participle(token: Token) -> bool:
    """«атакованная»: a participle that the tagger took for an adjective."""
    known = frames()
    lemma = plain(token.lemma)
    return token.pos == "ADJ" and (lemma in known.verbs or lemma in known.phrases)


def _is_passive(token: Token) -> bool:
    if token.pos != "ADJ" and "ё" not in token.text:  # the tagger does not know «введённые»
        return token.feats.get("Voice") == "Pass"
    return any(form.feats.get("Voice") == "Pass" for form in parses(token.text))


def _describes(token: Token) -> bool:
    """Whether a word is a full participle, which stands with the noun that it describes."""
    return _is_participle(token) or (token.feats.get("VerbForm") == "Part" and token.feats.get("Variant") != "Short")


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
        out += _first(with_noun(g, parties, i, noun, frame, passive) for frame in several)
    return out or _first(alone(g, parties, i, frame, passive) for frame in known.verbs.get(lemma, ()))


def _first(tried: Iterable[list[Hit]]) -> list[Hit]:
    """What the first frame says that says anything."""
    return next((hits for hits in tried if hits), [])


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
    if plain(verb.lemma) in {"состояться", "пройти", "проходить"}:
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
            several = phrases.get(plain(g.tokens[noun].lemma))
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
        if len(cases) == 1 or cases == {"Nom", "Acc"}:  # which look alike
            out.append(at)
        at = g.tokens[at].head
    return out


def with_noun(g: Grammar, parties: Parties, i: int, noun: int, frame: Frame, passive: bool) -> list[Hit]:
    """«Казахстан и Великобритания подписали договор», «договор, подписанный Казахстаном с Великобританией»"""
    if frame.needs and not frame.needs & {plain(c.lemma) for c in g.children(noun, "amod")}:
        return []
    if frame.by and not any(plain(g.tokens[k].text) == frame.by for k in g.tokens[noun].children):
        return []
    heads = [noun, *(c.i for c in g.children(noun, "conj") if c.pos == "NOUN"), i]
    actors = _agents(parties, i, frame, passive)
    if passive and not actors and g.tokens[noun].pos == "NOUN":
        actors = parties.agent(noun)  # «нанесён удар израильской авиацией»: the tree gives it to «удар»
    recipients = parties.fill(frame, frame.to, heads, passive=passive)
    if passive and not actors and frame.from_:
        actors = parties.fill(frame, frame.from_, [i])
    if frame.mutual:
        happens = g.tokens[noun].rel.startswith("nsubj")  # «состоялся разговор Путина с Макроном»
        if (passive or happens) and not actors:
            actors = parties.fill(frame, GENITIVE, [noun]) or parties.pair_in(noun)
        actors = parties.with_company(actors)
    elif passive and not actors:
        actors = parties.adjectives(noun) or (parties.fill(frame, GENITIVE, [noun]) if recipients else [])
    if frame.joint and not recipients and not any(plain(c.lemma) == "совместный" for c in g.children(noun, "amod")):
        return []
    if frame.reverse:
        if not actors and frame.targets:  # «порт Хайфы подвергся удару»
            actors = [p for c in g.children(i, "nsubj") for p in parties.struck(c.i, frame)]
        actors, recipients = recipients, actors
    return _pairs(g, "phrase", frame, actors, recipients, (i, noun), of_verb(g, i), 0.97)


GENITIVE = (Slot("", "gen"),)


def _agents(parties: Parties, i: int, frame: Frame, passive: bool) -> list[Party]:
    """Who does what the verb ``i`` says, people in the street where the frame is theirs."""
    if frame.crowd:
        return parties.crowd(i)
    return parties.agent(i) if passive else parties.subject(i)


def alone(g: Grammar, parties: Parties, i: int, frame: Frame, passive: bool) -> list[Hit]:
    """«Россия обвинила Грузию», «Сирия была атакована Израилем», «напавший на Грузию Ирак»"""
    said = {plain(g.tokens[a.head].lemma) for a in parties.arguments(i)} | {a.prep for a in parties.arguments(i)}
    said |= {plain(c.lemma) for c in g.children(i, "xcomp")}
    if any(True for _ in g.children(i, "ccomp")):
        said.add("что")
    if (frame.needs and not frame.needs & said) or frame.unless & said:
        return []
    actors = _agents(parties, i, frame, passive)
    recipients = parties.fill(frame, frame.to, [i], passive=passive)
    verb = g.tokens[i]
    if not actors and frame.from_ and (passive or _has_no_subject(g, i)):
        actors = parties.fill(frame, frame.from_, [i])
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
        actors = [a for a in actors if plain(g.tokens[a.head].lemma) in forces]
    if frame.officials:
        if frame.to[0].case == "obj":  # who receives them may be a state
            recipients = [
                r for r in recipients if r.head != r.token or r.head in parties.persons or r.form == "pronoun"
            ]
        else:
            actors = [a for a in actors if a.head != a.token or a.head in parties.persons]
    return _pairs(g, "verb", frame, actors, recipients, (i,), of_verb(g, i), 0.96)


def _has_no_subject(g: Grammar, i: int) -> bool:
    """«В Осло задержали»: they who are there do it."""
    plural = is_finite(g.tokens[i]) and g.tokens[i].feats.get("Number") == "Plur"
    return plural and next(g.children(i, "nsubj"), None) is None


def by_carrier(g: Grammar, parties: Parties, i: int) -> list[Hit]:
    """«подписание соглашения между Казахстаном и Грузией», «объявил о заморозке контактов с Израилем»"""
    known = frames()
    phrases = known.phrases.get(known.carriers.get(plain(g.tokens[i].lemma), ""), {})
    measures = known.words["measures"]
    complements = [a.head for a in parties.arguments(i) if phrases and a.case in {"Gen", "Ins"} and not a.prep]
    complements += [c.i for k in complements if plain(g.tokens[k].lemma) in measures for c in g.children(k, "nmod")]
    for complement in complements:
        hits = _first(carried(g, parties, i, complement, frame)
                      for frame in phrases.get(plain(g.tokens[complement].lemma), ()))  # fmt: skip
        if hits:
            return hits
    return []


def carried(g: Grammar, parties: Parties, i: int, complement: int, frame: Frame) -> list[Hit]:
    """What a noun says that stands for a verb, with the noun that completes it: «введение + санкций»."""
    if frame.needs and not frame.needs & {plain(c.lemma) for c in g.children(complement, "amod")}:
        return []
    heads = (i, complement)
    recipients = parties.fill(frame, frame.to, [complement, i])
    actors = parties.agent(i) or parties.adjectives(i) or parties.adjectives(complement)
    if not actors and not (frame.mutual and len(recipients) > 1):
        actors = parties.announcer(i) or parties.fill(frame, GENITIVE, [complement])
    if frame.mutual:
        actors = parties.with_company(actors)
    return _pairs(g, "carrier", frame, actors, recipients, heads, of_noun(g, i), 0.95)


def by_noun(g: Grammar, parties: Parties, i: int) -> list[Hit]:
    """«американские санкции против Ирана», «подписание соглашения между Казахстаном и Великобританией»"""
    return _first(named(g, parties, i, frame) for frame in frames().nouns.get(plain(g.tokens[i].lemma), ()))


def named(g: Grammar, parties: Parties, i: int, frame: Frame) -> list[Hit]:
    """What a noun says by itself, its parties in its own phrase or at the verb that says that it goes on."""
    heads = [i]
    up = g.tokens[i].head
    if up >= 0 and plain(g.tokens[up].lemma) in {"акция", "проведение"}:
        up = g.tokens[up].head
    if up >= 0 and is_predicate(g.tokens[up]) and active(plain(g.tokens[up].lemma)) in frames().words["holding"]:
        heads.append(up)  # «между Москвой и Киевом ведутся переговоры»
    elif frame.going:
        return []
    if frame.needs and not frame.needs & {plain(c.lemma) for c in g.children(i, "amod")}:
        return []
    if frame.unless and frame.unless & {plain(t.lemma) for t in g.tokens[i + 1 : i + 5]}:
        return []
    if frame.forces and not frames().words["forces"] & {plain(g.tokens[a.head].lemma) for a in parties.arguments(i)}:
        return []  # «уход Британии из ЕС»
    recipients = parties.fill(frame, frame.to, heads)
    blamed = parties.accused(i) if frame.type in ACCUSED else []
    actors: list[Party] = blamed
    if not recipients and frame.type in GIVEN:
        actors, recipients = parties.thanked(i)
    for slot in () if actors else frame.from_:
        if slot.case == "adj":
            single = recipients or not frame.mutual
            actors = parties.adjectives(i) if single else parties.pair_in(i)
        elif slot.case == "subject":  # «во время визита в Израиль Путин встретился …», «примет участие в учениях»
            while up >= 0 and plain(g.tokens[up].lemma) == "участие":
                up = g.tokens[up].head
            actors = parties.subject(up) if up >= 0 and is_finite(g.tokens[up]) else []
        elif slot.case == "announcer":
            actors = parties.announcer(i)
        elif slot.case == "crowd":
            places = [*heads, *(r.head for r in recipients), *(r.token for r in recipients)]
            actors = next((found for k in places if (found := parties.located(k))), [])
        else:
            actors = parties.fill(frame, (slot,), heads)
        if actors:
            break
    if not actors and up >= 0 and plain(g.tokens[up].lemma) in frames().words["coming"] | frames().words["unreal"]:
        actors = parties.fill(frame, GENITIVE, [up]) or parties.adjectives(up)  # «планы США по удару»
    if not actors and frame.mutual and _is_told(g, i):
        actors = parties.announcer(i)  # «рассказал о договорённости с Россией»
    if frame.mutual:
        actors = parties.with_company(actors)
    modality = of_noun(g, i)
    if blamed and modality.status == "happened":
        modality = replace(modality, status="claimed")
    if _is_topic(g, i):
        modality = replace(modality, status="hypothetical")
    return _pairs(g, "noun", frame, actors, recipients, tuple(heads), modality, 0.95)


def _is_told(g: Grammar, i: int) -> bool:
    return any(g.tokens[k].rel == "case" and plain(g.tokens[k].text) in {"о", "об"} for k in g.tokens[i].children)


def _is_topic(g: Grammar, i: int) -> bool:
    """«переговоры о соглашении»: what is talked about is not there for that."""
    noun = g.tokens[i]
    preps = {plain(g.tokens[k].text) for k in noun.children if g.tokens[k].rel == "case"}
    if not preps & {"о", "об", "к", "до"} or noun.head < 0:
        return False
    lemma = plain(g.tokens[noun.head].lemma)
    above = frames().nouns.get(lemma) or frames().verbs.get(lemma) or ()
    return any(frame.type in {"CONSULT", "AGREE", "REQUEST"} for frame in above)


def _pairs(
    g: Grammar, rule: str, frame: Frame, actors: list[Party], recipients: list[Party], anchors: tuple[int, ...],
    modality: Modality, sure: float,
) -> list[Hit]:  # fmt: skip
    """Every actor with every recipient; of a mutual frame the sides with each other where it has no second side."""
    mutual = frame.mutual
    if frame.type == "CONSULT" and any(plain(g.tokens[p.head].lemma) in frames().words["forces"] for p in actors):
        return []  # «встреча советских и американских войск»
    if frame.type == "MOBILIZE":
        recipients = [r for r in recipients if plain(g.tokens[r.head].lemma) not in frames().words["inland"]]
    actors = [a for a in actors if a.id not in {r.id for r in recipients}] or ([] if recipients else actors)
    if mutual and not recipients:
        pairs = list(combinations(actors, 2))
    elif mutual and not actors:  # «между A и B»; of «встретился с A и B» the first side is not known
        pairs = list(combinations(recipients, 2)) if _is_between(g, recipients[0]) else []
    elif rule == "phrase" and not actors and len(recipients) == 2 and _is_between(g, recipients[0]):
        pairs, mutual = [(recipients[0], recipients[1])], True  # «отношения между Кипром и Турцией разорваны»
    else:
        pairs = list(product(actors, recipients))
    if not pairs or len(pairs) > MOST:
        return []
    if frame.type == "CONSULT" and modality.status == "hypothetical" and _is_due(g, anchors[0]):
        modality = replace(modality, status="planned")
    if modality.refused:
        if frame.type not in {"AGREE", "CONSULT", "COOPERATE", "AID", "SUPPORT", "CONCEDE", "RETREAT"}:
            modality = Modality("denied", True)
        else:
            frame, mutual = replace(frame, type="REJECT", root="12", mutual=False), False
            modality = Modality("happened", True)
    return [Hit(rule, frame, a, b, anchors, modality, mutual, _confidence(g, a, b, anchors, sure)) for a, b in pairs]


def _is_due(g: Grammar, i: int) -> bool:
    """«должен прибыть»: of talks and visits it says that they are fixed."""
    return g.tokens[i].head >= 0 and plain(g.tokens[g.tokens[i].head].lemma) in {"должный", "должен"}


def _is_between(g: Grammar, party: Party) -> bool:
    return any(plain(g.tokens[k].text) == "между" for k in g.tokens[party.head].children)


def _confidence(g: Grammar, actor: Party, recipient: Party, anchors: tuple[int, ...], sure: float) -> float:
    """How sure a rule is: less by what stands between the words, and by what a party is named with."""
    governing = {k for a in anchors for k in _above(g, a)}
    for party in (actor, recipient):
        near = min(anchors, key=lambda a: abs(a - party.head))
        low, high = sorted((near, party.head))
        between = g.tokens[low + 1 : high]
        if any(is_finite(t) and t.i not in governing and t.pos != "AUX" for t in between):
            sure *= 0.9
        if high - low > 12:
            sure *= 0.95
        if party.form in {"adjective", "capital", "seat", "pronoun"}:
            sure *= 0.98
    return round(sure, 3)


def _above(g: Grammar, i: int) -> list[int]:
    """``i`` and what governs it: «намерен» over «ввести» stands between nobody."""
    out = [i]
    while g.tokens[out[-1]].head >= 0 and len(out) < 4:
        out.append(g.tokens[out[-1]].head)
    return out
