"""Events before their source is known, and how parties pair up in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations, product

from ..gazetteer.lexicon import states
from ..record import EventType
from .clauses import Grammar, is_finite
from .cues import plain
from .eventframes import Frame, Slot, frames
from .eventstatus import Modality
from .partynames import Party

MOST = 4
"""Pairs of one word at most where both sides are several: what names more is a list."""

LISTED = 8
"""Pairs at most where one side is one: «ушли из Мали, Нигера, Чада, Сенегала и Буркина-Фасо»."""

VIOLENT = frozenset({"ASSAULT", "COERCE", "MOBILIZE", "SANCTION", "THREATEN", "ACCUSE", "PROTEST"})
"""Types whose end lets the other side breathe; the end of all else is a reduction of relations."""

GENITIVE = (Slot("", "gen"),)


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


def first(tried: Iterable[list[Hit]]) -> list[Hit]:
    """What the first frame says that says anything."""
    return next((hits for hits in tried if hits), [])


def pairs(
    g: Grammar, rule: str, frame: Frame, actors: list[Party], recipients: list[Party], anchors: tuple[int, ...],
    modality: Modality, sure: float,
) -> list[Hit]:  # fmt: skip
    """Every actor with every recipient; of a mutual frame the sides with each other where it has no second side."""
    mutual = frame.mutual
    if frame.type == "CONSULT" and any(plain(g.tokens[p.head].lemma) in frames().words["forces"] for p in actors):
        return []  # «встреча советских и американских войск»
    if frame.membership:  # «выход Чили из ЕС», not «уход министра из ЕС» nor «выход из России»
        actors = [a for a in actors if a.id in states() and not _is_official(g, a)]
        recipients = [r for r in recipients if r.id not in states()]
    actors = [a for a in actors if a.id not in {r.id for r in recipients}] or ([] if recipients else actors)
    if mutual and not recipients:
        found = list(combinations(actors, 2))
    elif mutual and not actors:  # «между A и B»; of «встретился с A и B» the first side is not known
        found = list(combinations(recipients, 2)) if _is_between(g, recipients[0]) else []
    elif rule == "phrase" and not actors and len(recipients) == 2 and _is_between(g, recipients[0]):
        found, mutual = [(recipients[0], recipients[1])], True  # «отношения между Кипром и Турцией разорваны»
    else:
        found = list(product(actors, recipients))
    if mutual:  # «Запад» is no body: it meets nobody and signs nothing
        found = [(a, b) for a, b in found if "WEST" not in {a.id, b.id}]
    if not found or len(found) > (LISTED if min(len(actors), len(recipients)) == 1 else MOST):
        return []
    if frame.type == "CONSULT" and modality.status == "hypothetical" and _is_due(g, anchors[0]):
        modality = replace(modality, status="planned")
    if modality.withheld and frame.type in VIOLENT:
        modality = Modality("denied", True)
    if modality.ended or modality.withheld:  # «перестал покупать газ», «прекратил бомбить»
        kind: EventType = "RETREAT" if frame.type in VIOLENT else "SANCTION"
        frame, mutual = replace(frame, type=kind, root="08" if kind == "RETREAT" else "16", mutual=False), False
    if modality.refused or (frame.refusal and modality.status == "denied"):
        if frame.type not in {"AGREE", "CONSULT", "COOPERATE", "AID", "SUPPORT", "CONCEDE", "RETREAT"}:
            modality = Modality("denied", True)
        else:
            frame, mutual = replace(frame, type="REJECT", root="12", mutual=False), False
            modality = Modality(modality.when, True)
    return [Hit(rule, frame, a, b, anchors, modality, mutual, _confidence(g, a, b, anchors, sure)) for a, b in found]


def _is_official(g: Grammar, party: Party) -> bool:
    return party.form != "demonym" and g.tokens[party.head].feats.get("Animacy") == "Anim"


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
