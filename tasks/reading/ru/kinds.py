"""What kind of source a mention is: told by its head noun, its name, or the actor that it names."""

from __future__ import annotations

import re

from ..record import SourceKind
from .clauses import Grammar
from .cues import plain, word_set
from .mentions import Mention
from .sourcewords import words

PLATFORMS = {
    "телеграм": "telegram", "telegram": "telegram", "твиттер": "twitter", "twitter": "twitter", "x.com": "twitter",
    "youtube": "youtube", "ютуб": "youtube", "вконтакте": "vk", "facebook": "facebook", "фейсбук": "facebook",
    "instagram": "instagram", "инстаграм": "instagram", "truth social": "truth social", "жж": "livejournal",
    "живой журнал": "livejournal",
}  # fmt: skip
OFFICES = frozenset({"пресс-служба", "пресс-центр", "секретариат", "руководство", "пресс-бюро", "аппарат"})
"""What speaks for whose it is."""
WRITING = word_set("writing")
INFORMING = re.compile(r"информ|новост|телеграф|фото|печати|news|press")
INTERNATIONAL = re.compile(r"\b(международн|всемирн|европейск\w+ суд|олимпийск|паралимпийск|нобелевск|защиты )")
SITE = re.compile(r"\.(ru|com|net|org|ру|info|by|ua|kz)$")


def platform(g: Grammar, mention: Mention) -> str | None:
    """The platform that a mention speaks of: «телеграм-канал» → telegram."""
    lower = plain(g.parse.text[g.tokens[mention.first].start : g.tokens[mention.last - 1].stop])
    return next((p for word, p in PLATFORMS.items() if re.search(rf"(?<!\w){re.escape(word)}", lower)), None)


def quoted_name(g: Grammar, mention: Mention) -> str | None:
    """The name in quotation marks of a mention: телеграм-канал «Заря» → Заря."""
    start, stop = g.tokens[mention.first].start, g.tokens[mention.last - 1].stop
    match = re.search(r"[«\"„“]([^«»\"„“”]{2,60})[»\"”“]", g.parse.text[max(0, start - 1) : stop + 1])
    return match.group(1).strip() if match else None


def of_noun(lemma: str) -> SourceKind | None:
    """The kind that a common noun tells; None where it tells none that is named by a noun."""
    w = words()
    kinds: tuple[tuple[frozenset[str], SourceKind], ...] = (
        (w.channel, "channel"), (w.media, "media"), (w.document | w.findings, "document"),
        (w.state_body, "state_body"), (w.organization, "organization"),
    )  # fmt: skip
    for noun in (lemma, lemma.split("-")[-1]):  # «пресс-служба» before «служба»
        for nouns, kind in kinds:
            if noun in nouns:
                return kind
    return None


def of_states(g: Grammar, office: int) -> bool:
    """Whether an office speaks for a state body or an official: «пресс-служба президента», «секретариат совета»."""
    w = words()
    owner = next((c for c in g.children(office, "nmod") if c.i > office), None)
    return owner is not None and plain(owner.lemma) in w.state_body | w.official | {"глава", "государство"}


def of_name(name: str, head: str, verb: str) -> SourceKind:
    """The kind of a named organization, by the noun before its name, a word within it, or what it does.

    ``head`` is the dictionary form of the noun before the name (or ""), ``verb`` that of the cue.
    """
    known = of_noun(head)
    if known is not None:
        return known
    w = words()
    parts = plain(name).split()
    agency = {"агентство", "агентства"} & set(parts) and not (set(parts) & w.outlets or INFORMING.search(plain(name)))
    if agency and len(parts) > 2:
        return "organization" if INTERNATIONAL.search(plain(name)) else "state_body"
    if plain(name) in w.outlets or any(p in w.outlets or p in w.media for p in parts) or SITE.search(plain(name)):
        return "media"
    if INTERNATIONAL.search(plain(name)):
        return "organization"  # an international court or committee is of no state
    if len(parts) == 1 and parts[0] in w.organization:
        return "organization"
    if any(p in w.state_body or (len(p) > 5 and p.startswith(("мин", "гос", "рос"))) for p in parts):
        return "state_body"
    if any(p in w.organization for p in parts):
        return "organization"
    return "media" if verb in WRITING else "organization"
