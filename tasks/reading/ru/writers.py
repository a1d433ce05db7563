"""Whose word those give who write or are asked: «автор канала», «аналитики института», «собеседник газеты»."""

from __future__ import annotations

from dataclasses import replace

from ..tokens import Token
from . import bodies, kinds
from .clauses import token_at
from .cues import plain
from .memory import Identity, Memory, noun_before, somebody
from .mentions import Mention
from .sourcewords import words

WRITERS = frozenset({"автор", "администратор", "админ", "ведущий", "аналитик"})
"""Who speak for their channel."""
PAPERS = frozenset({"исследование", "расследование", "опрос", "работа", "обзор", "отчет", "рейтинг"})
NEWSROOM_BACK = 3
"""Sentences back within which the outlet was named whose journalists are meant."""
PUBLISHING = frozenset({"опубликовать", "выпустить", "представить", "провести", "обнародовать", "подготовить"})
"""What a body does with a paper of its own."""


def of_staff(memory: Memory, mention: Mention, head: Token) -> Identity | None:
    """«аналитики «Зари»», «эксперты института»: the body that they are of, by its name or by a noun for it.

    «Исследователи» alone are those of the body whose paper was quoted.
    """
    g = memory.g
    owner = next(g.children(head.i, "nmod"), None)
    if owner is None or owner.i >= mention.last:
        alone = mention.last - mention.first == 1 and plain(head.lemma) == "исследователь"
        return publisher(memory, mention) if alone else None
    if owner.i != head.i + 1 and g.tokens[head.i + 1].text not in {"«", '"', "„"}:
        return None
    name = next(memory.people.names_between(head.i + 1, mention.last), None)
    if name is not None and name.kind == "ORG":
        who = bodies.organization(memory, Mention(name.first, name.last, name.first), name.first, name.last, "")
        return who if who.kind != "media" else None
    w = words()
    body = plain(owner.lemma) in w.for_organization | w.for_body | w.services and owner.feats.get("Number") == "Sing"
    if name is not None or not body or owner.i + 1 != mention.last:
        return None
    title = memory.titled(plain(owner.lemma), owner.start)
    titled = Identity(title, "organization") if title is not None else None
    return titled or bodies.same_noun(memory, mention, owner) or publisher(memory, mention)


def of_newsroom(memory: Memory, mention: Mention, head: Token) -> Identity | None:
    """«По данным журналистов», «авторы утверждают»: of the outlet that spoke last, or was named just before."""
    alone = mention.last == head.i + 1 and mention.first + mention.place == head.i
    if not alone or head.feats.get("Number") != "Plur" or plain(head.lemma) not in words().journalists:
        return None
    return newsroom(memory, mention, head)


def newsroom(memory: Memory, mention: Mention, head: Token) -> Identity | None:
    """The outlet that spoke last, or was named, in this sentence or the few before it."""
    g = memory.g
    first = g.parse.sentences[max(0, head.sentence - NEWSROOM_BACK)].start
    spoke = memory.spoken[-1] if memory.spoken else None
    if spoke is not None and spoke[1].kind in {"media", "channel"} and spoke[0] >= first:
        return spoke[1]
    named = next(memory.people.organizations_before(mention.first), None)
    if named is None or named.start < max(first, spoke[0] if spoke is not None else 0):
        return None
    who = bodies.organization(memory, Mention(named.first, named.last, named.first), named.first, named.last, "")
    return who if who.kind == "media" else None


def publisher(memory: Memory, mention: Mention) -> Identity | None:
    """Whose paper was quoted last: of the body that spoke, or that published it, or whose «доклад» it is."""
    g = memory.g
    kinds_of = {"document", "organization", "channel"}
    if plain(g.tokens[mention.head].lemma) == "автор":
        kinds_of.add("media")
    spoke = next(((at, who) for at, who in reversed(memory.spoken[-8:]) if who.kind in kinds_of), None)
    if spoke is None:
        return None
    if spoke[1].kind != "document":
        return spoke[1]
    for n in memory.people.organizations_before(mention.first):
        owned = g.tokens[g.tokens[n.first].head] if g.tokens[n.first].head >= 0 else None
        if owned is not None and g.tokens[n.first].rel == "amod" and owned.i < n.last:
            owned = g.tokens[owned.head] if owned.head >= 0 else None
        lemma = plain(owned.lemma) if owned is not None else ""
        if lemma in words().document or lemma in PUBLISHING:
            who = bodies.organization(memory, Mention(n.first, n.last, n.first), n.first, n.last, "")
            if who.kind != "document":
                return who
    return None


def of_channel(memory: Memory, mention: Mention, head: Token) -> Identity | None:
    """«автор канала», «авторы блога», «автор поста»: the voice of the channel that spoke, or was named, last.

    «Авторы канала «Заря»» are that channel's.
    """
    g = memory.g
    if plain(head.lemma) not in WRITERS:
        return None
    spoke = memory.last()
    unknown = any(plain(t.lemma) in words().unknown for t in g.tokens[mention.first : head.i])
    if unknown and mention.last == head.i + 1 and spoke is not None and spoke.kind == "channel":
        return spoke  # «рассуждает анонимный автор» of the channel that is quoted
    if head.feats.get("Number") == "Plur" and mention.last == mention.head + 1:  # «по мнению анонимных авторов»
        voice = publisher(memory, mention) or of_newsroom(memory, mention, head)
        return voice if voice is None or voice.kind == "channel" or mention.last - mention.first == 1 else None
    owner = next((t for t in g.tokens[mention.head + 1 : mention.last] if t.pos in {"NOUN", "PROPN", "X"}), None)
    if owner is not None and head.feats.get("Number") == "Plur" and plain(owner.lemma) in words().texts | PAPERS:
        return publisher(memory, mention) or newsroom(memory, mention, head)
    if owner is not None and head.feats.get("Number") == "Sing" and plain(owner.lemma) in words().works:
        named = (n for n in memory.people.names_between(owner.i, mention.last) if n.kind == "ORG")
        where = next((bodies.organization(memory, mention, n.first, n.last, "") for n in named), None)
        if where is not None and where.kind == "media":  # «автор статьи в «Заре»»
            return where
        return memory.just_before(head.start, "") or somebody(head)
    posts = owner is not None and plain(owner.lemma) in words().channel
    if owner is None or not (posts or plain(owner.lemma) in words().passed_on):
        return None
    name = kinds.quoted_name(g, Mention(owner.i, mention.last, owner.i)) if posts else None
    if name is not None:
        channel = Identity(name, "channel", kinds.platform(g, mention), anonymous=True)
        return memory.by_name.get(plain(name), channel)
    voice = bodies.outlet(memory, mention, "канал")
    if posts and voice is not None and plain(head.lemma) != "ведущий":
        return replace(voice, kind="channel", anonymous=True)  # those on television have no authors
    if voice is None and spoke is not None and spoke.kind in {"person", "official"}:
        return spoke  # «написал Белов в своём блоге», then «автор блога»
    return voice if voice is None or voice.kind == "channel" or posts else None


def interviewed(memory: Memory, mention: Mention, head: Token) -> Identity | None:
    """«Белов рассказал «Заре», что… «…», — пояснил собеседник издания»: who spoke last, if to an outlet by name.

    Where somebody unnamed has spoken, the word is for them.
    """
    g, spoke = memory.g, memory.last()
    alone = all(n.kind != "PER" for n in memory.people.names_between(mention.first, mention.last))
    if plain(head.lemma) not in {"собеседник", "собеседница"} or head.feats.get("Number") == "Plur" or not alone:
        return None
    before = [plain(t.lemma) for t in g.tokens[mention.first : head.i]]
    if before == ["наш"]:  # «отвечает наш собеседник»: whose interview it is
        return next((who for who in memory.recent() if who.kind in {"person", "official"}), None)
    if any(c.i < head.i and any(g.children(c.i, "obl", "nmod")) for c in g.children(head.i, "amod", "acl")):
        return None  # «близкий к посольству собеседник агентства» is told of for the first time
    if spoke is not None and spoke.gender == "Fem" and plain(head.lemma) == "собеседница":
        return spoke
    if spoke is None or spoke.kind not in {"person", "official"} or any(w.kind == "unnamed" for w in memory.recent()):
        return None
    asked = [who.name for who in memory.recent()][:2]
    outlet_only = mention.last <= head.i + 2 or g.inside[mention.last - 1] >= 0
    if asked == [spoke.name] * 2 and outlet_only and mention.first + mention.place == head.i:
        return spoke  # «заключает собеседник издания»: nobody else is asked
    for at, who in memory.spoken:
        sentence = g.sentence(token_at(g, at))
        opening = g.parse.sentences[max(0, g.tokens[sentence.first].sentence - 1)]
        told = any(plain(t.lemma) == "интервью" for t in g.tokens[opening.first : sentence.last])
        first = opening.first if told else sentence.first  # «дал интервью «Заре»»
        for n in memory.people.names_between(first, sentence.last) if who.name == spoke.name else ():
            if n.kind == "ORG" and g.tokens[n.first].head >= 0 and (n.start > at or told):
                outlet = bodies.organization(memory, Mention(n.first, n.last, n.first), n.first, n.last, "")
                known = outlet.kind == "media" or noun_before(g, n.first) in words().media
                if known or (told and g.inside[n.first] >= 0):
                    return spoke
    return None
