"""Events that nouns say: «американские санкции против Ирана», «подписание соглашения между Чили и Перу».

Each rule opens with what it reads.
"""

from __future__ import annotations

from dataclasses import replace

from ..tokens import Token
from .arguments import governor
from .clauses import Grammar, is_finite, is_predicate
from .cues import plain
from .eventframes import Frame, active, frames
from .eventhits import GENITIVE, Hit, first, pairs
from .eventstatus import SETTING, Modality, of_noun
from .parties import Parties
from .partynames import Party

ACCUSED = frozenset({"ASSAULT", "COERCE", "AID", "COOPERATE", "MOBILIZE"})
"""What somebody is blamed for in a noun: «обвинил Турцию в обстреле деревень»."""

MEASURES = frozenset({"ASSAULT", "COERCE", "SANCTION"})
"""What who prepares or weighs it would do himself: «готовит удар по Ирану»."""

OCCASIONS = frozenset({"итог", "результат", "ход", "рамка", "начало", "завершение", "окончание"})
"""What of talks is named as the time of something: «по итогам переговоров»."""

GIVEN = frozenset({"AID", "COOPERATE", "RETREAT", "SUPPORT"})
"""What somebody is thanked for: «поблагодарил Данию за помощь»."""


def is_event_noun(token: Token) -> bool:
    """A noun; at a sentence's head the tagger takes some for a name: «Экстрадиция в Чили отменена»."""
    if token.pos != "PROPN":
        return token.pos == "NOUN"
    known, lemma = frames(), plain(token.lemma)
    return lemma in known.nouns or lemma in known.carriers


def by_carrier(g: Grammar, parties: Parties, i: int) -> list[Hit]:
    """«подписание соглашения между Казахстаном и Грузией», «объявил о заморозке контактов с Израилем»"""
    known = frames()
    phrases = known.phrases.get(known.carriers.get(plain(g.tokens[i].lemma), ""))
    if phrases is None:
        return []
    measures = known.words["measures"]
    complements = [
        a.head for a in parties.arguments(i)
        if (a.case in {"Gen", "Ins"} and not a.prep) or (a.prep in {"на", "в"} and a.case == "Acc")
    ]  # fmt: skip
    complements += [c.i for k in complements if plain(g.tokens[k].lemma) in measures for c in g.children(k, "nmod")]
    for complement in complements:
        hits = first(carried(g, parties, i, complement, frame)
                      for frame in phrases.get(plain(g.tokens[complement].lemma), ()))  # fmt: skip
        if hits:
            return hits
    return []


def carried(g: Grammar, parties: Parties, i: int, complement: int, frame: Frame) -> list[Hit]:
    """What a noun says that stands for a verb, with the noun that completes it: «введение + санкций»."""
    if frame.needs and not frame.needs & {plain(c.lemma) for c in g.children(complement, "amod")}:
        return []
    heads = (i, complement)
    inward = any(plain(c.text) in {"в", "во"} for c in g.children(complement, "case"))  # «вмешательство Чили в выборы»
    recipients = parties.fill(frame, frame.to, [complement] if inward else [complement, i])
    blamed = parties.accused(i) if inward else []
    actors = blamed or parties.agent(i) or parties.adjectives(i)
    if not actors and inward:
        actors = parties.fill(frame, GENITIVE, [i])
    actors = actors or parties.adjectives(complement)
    if not actors and not (frame.mutual and len(recipients) > 1):
        actors = parties.announcer(i) or parties.fill(frame, GENITIVE, [complement], but=recipients)
    if not actors and frame.from_:
        actors = parties.fill(frame, frame.from_, heads, but=recipients)
    if frame.mutual:
        actors = parties.with_company(actors)
    return pairs(g, "carrier", frame, actors, recipients, heads, _claimed(of_noun(g, i), blamed), 0.95)


def by_noun(g: Grammar, parties: Parties, i: int) -> list[Hit]:
    """«американские санкции против Ирана», «подписание соглашения между Казахстаном и Великобританией»"""
    return first(named(g, parties, i, frame) for frame in frames().nouns.get(plain(g.tokens[i].lemma), ()))


def named(g: Grammar, parties: Parties, i: int, frame: Frame) -> list[Hit]:
    """What a noun says by itself, its parties in its own phrase or at the verb that says that it goes on."""
    heads = [i]
    up = governor(g, i)
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
    rebuffed = not recipients and frame.type == "ACCUSE" and plain(g.tokens[up].lemma) in frames().words["rebuffing"]
    if rebuffed:
        recipients = parties.subject(up)  # «отвергает обвинения Чили»
    if not recipients and frame.type == "REQUEST" and any(plain(c.text) == "по" for c in g.children(i, "case")):
        recipients = parties.subject(up) or parties.agent(up)  # «Чили помиловала его по просьбе Дании»
    for slot in () if actors else frame.from_:
        if slot.case == "adj":
            single = recipients or not frame.mutual
            actors = parties.adjectives(i) if single else parties.pair_in(i)
        elif slot.case == "ins":
            actors = parties.agent(i)
        elif slot.case == "subject" and frame.type == "CONSULT" and frame.mutual and not _is_setting(g, i):
            continue
        elif slot.case == "subject":  # «во время визита в Израиль Путин встретился …», «примет участие в учениях»
            while up >= 0 and (plain(g.tokens[up].lemma) == "участие" or plain(g.tokens[up].lemma) in OCCASIONS):
                up = governor(g, up)
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
    if not actors and frame.type == "CONSULT" and up >= 0 and plain(g.tokens[up].lemma) in frames().words["hoping"]:
        actors = parties.subject(up)
    if not actors and frame.mutual and _is_told(g, i):
        actors = parties.announcer(i)  # «рассказал о договорённости с Россией», «отказался от встречи с Путиным»
    if not actors and up >= 0 and frame.type in MEASURES and plain(g.tokens[up].lemma) in frames().words["preparing"]:
        actors = parties.subject(up)  # «готовит удар», «обсуждает санкции»
    if frame.mutual:
        actors = parties.with_company(actors) or ([] if recipients else parties.sides(i))
    modality = Modality("happened", False) if rebuffed else _claimed(of_noun(g, i), blamed)
    if _is_topic(g, i):
        modality = replace(modality, status="hypothetical")
    return pairs(g, "noun", frame, actors, recipients, tuple(heads), modality, 0.95)


def _claimed(modality: Modality, blamed: list[Party]) -> Modality:
    """What somebody is blamed for is claimed of him."""
    return replace(modality, status="claimed") if blamed and modality.status == "happened" else modality


def _is_setting(g: Grammar, i: int) -> bool:
    """«в ходе встречи с Моди», «после переговоров с Ираном»: who acts then was there."""
    up = g.tokens[i].head
    if up >= 0 and plain(g.tokens[up].lemma) in OCCASIONS and g.tokens[up].rel.startswith("obl"):
        return True  # «по итогам переговоров с Ираном»
    preps = {plain(g.tokens[k].text) for k in g.tokens[i].children if g.tokens[k].rel == "case"}
    return bool(preps & SETTING) or ("на" in preps and g.tokens[i].feats.get("Case") == "Loc")


def _is_told(g: Grammar, i: int) -> bool:
    return any(g.tokens[k].rel == "case" and plain(g.tokens[k].text) in {"о", "об", "от"} for k in g.tokens[i].children)


def _is_topic(g: Grammar, i: int) -> bool:
    """«переговоры о соглашении»: what is talked about is not there for that."""
    noun = g.tokens[i]
    preps = {plain(g.tokens[k].text) for k in noun.children if g.tokens[k].rel == "case"}
    if not preps & {"о", "об", "к", "до"} or noun.head < 0:
        return False
    lemma = plain(g.tokens[noun.head].lemma)
    above = frames().nouns.get(lemma) or frames().verbs.get(lemma) or ()
    return any(frame.type in {"CONSULT", "AGREE", "REQUEST"} and not frame.membership for frame in above)
