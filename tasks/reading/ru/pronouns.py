"""Whom «он», «её слова», «тот» and «они» mean: who spoke, who was the subject since, and who was only spoken of."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from ..tokens import Token
from . import couples
from .clauses import token_at
from .cues import plain
from .genders import SEXES
from .memory import UNNAMED, Identity, Memory, of_people
from .mentions import Mention, phrase
from .people import FAR, HEADS, KIN
from .sourcewords import words

THIRD = {"он": "Masc", "она": "Fem", "оно": "Neut", "они": "Plur", "его": "Masc", "ее": "Fem", "их": "Plur",
         "ему": "Masc", "ей": "Fem", "им": "Masc", "него": "Masc", "нее": "Fem", "них": "Plur",
         "оба": "Plur", "обоих": "Plur", "обе": "Plur", "обеих": "Plur"}  # fmt: skip
SECOND = frozenset({"тот", "последний"})
ORDINALS = {"первый": 0, "второй": 1}
PAIR_BACK = 4
"""Sentences within which the two were named whom «первый» and «второй» mean."""
SPEAKING = words().state_body | words().organization | words().media | words().for_state
"""Nouns of what is no person and speaks."""
Resolve = Callable[[Mention], Identity | None]


def pronoun(memory: Memory, mention: Mention, gender: str, resolve: Resolve, *, adds: bool) -> Identity:
    """«он», «её слова»: the last who spoke and agrees, or a person named since as a subject; «их данные»: the last.

    ``adds``: the cue says that more of the same is said («добавил он»), so whoever spoke goes on. ``resolve`` tells
    whom a common noun means: «Отец певца приехал вчера. Он рассказал, что…».
    """
    at = memory.g.tokens[mention.head].start
    if gender == "Plur":
        return _several(memory, mention, resolve)
    speaker = next(
        ((pos, who) for pos, who in reversed(memory.spoken[-4:]) if 0 <= at - pos < FAR
         and (who.kind == "unnamed" or who.name not in memory.people.spoken_of)
         and (who.gender == gender or (who.kind in {"person", "official"} and not who.gender))),
        None,
    )  # fmt: skip
    if speaker is not None and adds:
        return speaker[1]
    named = memory.people.last_named
    since = named(min(at, memory.before), gender) or named(at, gender)
    spoke = speaker[0] if speaker is not None else -1
    acted = since[0] if since is not None and since[2] else -1
    voice = _voice(memory, mention, gender)
    heard = voice[0] if voice is not None else -1
    noun = _subject_since(memory, mention, gender, max(spoke, acted, heard))
    who = resolve(noun) if noun is not None else None
    nobody = speaker is None and since is None
    one = nobody or (who is not None and who.kind in {"person", "official", "unnamed"})
    if who is not None and one and who.name not in memory.people.spoken_of:
        return who
    if voice is not None and heard > max(spoke, acted):
        return voice[1]
    if speaker is not None and acted <= spoke:
        return speaker[1]
    if since is not None:
        return of_people([since[1]])
    # No person agrees: «она» may be a commission or a newspaper, «он» a council.
    last = memory.last()
    if last is not None and last.kind not in {"person", "official", "unnamed"}:
        return last
    spoken = next(((pos, who) for pos, who in reversed(memory.spoken[-4:]) if who.kind != "unnamed"), (at, UNNAMED))
    person = memory.people.called(spoken[1].name)
    tokens, here = memory.g.tokens, mention.first
    near = 0 <= tokens[here].sentence - tokens[min(token_at(memory.g, spoken[0]), len(tokens) - 1)].sentence <= 1
    if near and person is not None and not any(person.votes.verbs[sex] for sex in SEXES):
        return spoken[1]  # the Benedikt, of whom no verb told that she is a woman
    return memory.last("organization", "state_body", "media") or UNNAMED


def _voice(memory: Memory, mention: Mention, gender: str) -> tuple[int, Identity] | None:
    """«Пишет газета. По её данным…»: what spoke in the sentence before, by a noun that agrees, and where."""
    tokens = memory.g.tokens
    said = any(plain(t.text) in THIRD for t in tokens[mention.first : mention.last])
    if not memory.spoken or not said:
        return None
    at, who = memory.spoken[-1]
    near = tokens[mention.first].sentence - tokens[token_at(memory.g, at)].sentence == 1
    return (at, who) if near and memory.called.get(who.name) == gender and not who.gender else None


def _several(memory: Memory, mention: Mention, resolve: Resolve) -> Identity:
    """«они»: two, or many, who were one subject since somebody spoke, or the many or the body that spoke last."""
    bodies = {"organization", "media", "state_body"}
    spoken = [(at, who) for at, who in memory.spoken[-4:] if who.gender == "Plur" or who.kind in bodies]
    spoke, last = max(spoken, key=lambda s: s[0], default=(-1, None))
    people = memory.people
    if memory.spoken and memory.spoken[-1][0] > spoke and memory.spoken[-1][1].kind in {"person", "official"}:
        spoke, last = memory.spoken[-1][0], None
    pair = couples.together(people, mention.first)
    several = couples.bodies(people, mention.first)
    noun = _subject_since(memory, mention, "Plur", max(spoke, pair[0] if pair else -1, several[0] if several else -1))
    if noun is not None:
        return resolve(noun) or UNNAMED
    if pair is not None and pair[0] > spoke:
        return of_people(pair[1])
    if several is not None and several[0] > spoke:
        return Identity(several[1], "organization", gender="Plur")
    return last or UNNAMED


def _subject_since(memory: Memory, mention: Mention, gender: str, after: int) -> Mention | None:
    """The common noun that is the subject of the clause before, and agrees, named after the code point ``after``.

    A person's noun before a body's; what stands in somebody's words is only spoken of.
    """
    g = memory.g
    first = g.parse.sentences[max(0, g.tokens[mention.first].sentence - 1)].first
    body: Mention | None = None
    spoke = memory.last()
    heard = spoke is not None and memory.called.get(spoke.name) == gender  # «Он пишет»: the channel, no state
    for k in range(token_at(g, min(g.tokens[mention.first].start, memory.before)) - 1, first - 1, -1):
        token = g.tokens[k]
        if token.start <= after:
            break
        number = "Plur" if gender == "Plur" else "Sing"
        if not (token.pos in {"NOUN", "PROPN"} and token.rel == "nsubj" and token.feats.get("Number") == number):
            continue
        if gender == "Plur" and g.inside[k] < 0 and (
            token.feats.get("Animacy") == "Anim" or plain(token.lemma) in SPEAKING):  # fmt: skip
            return phrase(g, k)
        if (memory.people.sex(token) or token.feats.get("Gender")) != gender or memory.people.in_words(token.start):
            continue
        if g.inside[k] >= 0:
            continue
        if _is_person(token):
            return phrase(g, k)
        state = plain(token.text) in memory.kinds and not heard
        if body is None and (plain(token.lemma) in SPEAKING or state):
            body = phrase(g, k)
    return body


def _is_person(token: Token) -> bool:
    w, lemma = words(), plain(token.lemma)
    return token.feats.get("Animacy") == "Anim" and lemma in w.official | w.person | w.for_person | HEADS | KIN


def second(memory: Memory, mention: Mention, resolve: Resolve) -> Identity:
    """«Он спросил министра о долге. Тот ответил, что…», «по словам последнего»: the other one of the two.

    «Они просили партнёров подождать; те обещали подумать»: the others of the many.
    """
    g, people = memory.g, memory.people
    head = g.tokens[mention.head]
    gender = head.feats.get("Gender", "")
    if head.feats.get("Number") == "Plur":
        back = g.parse.sentences[max(0, head.sentence - 1)].first
        many = (t for t in reversed(g.tokens[back : mention.first]) if t.feats.get("Animacy") == "Anim")
        other = next((t for t in many if t.pos == "NOUN" and t.feats.get("Number") == "Plur"), None)
        return (resolve(phrase(g, other.i)) if other is not None else None) or UNNAMED
    found = people.last_named(memory.g.tokens[mention.first].start, gender, passing=True)
    return of_people([found[1]]) if found is not None else UNNAMED


def ordinal(memory: Memory, mention: Mention) -> Identity:
    """«Первый считает, что…, второй возразил»: that one of the two named last, in the order in which they were."""
    g, people = memory.g, memory.people
    head = g.tokens[mention.head]
    for back in range(1, PAIR_BACK):
        first = g.parse.sentences[max(0, head.sentence - back)].start
        stop = g.parse.sentences[head.sentence].start
        named = people.order[bisect_left(people.at, first) : bisect_left(people.at, stop)]
        pair = list({who.name: who for at, who, _ in named if not people.in_words(at)}.values())
        if len(pair) > 1:
            one = pair[ORDINALS[plain(head.lemma)]]
            fits = len(pair) == 2 and head.feats.get("Gender") in {one.gender, None}
            return of_people([one]) if fits or not one.gender else UNNAMED
    return UNNAMED
