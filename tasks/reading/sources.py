"""Whom the source of an attribution means, followed through the whole article.

A mention is read by its head: a name, a pronoun, a noun that stands for a name said before («ресурс», «ведомство»,
«министр»), a document, or somebody whom the article does not name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .record import Actor, Attribution, Source, SourceKind
from .ru import names
from .ru.clauses import Grammar
from .ru.cues import plain
from .ru.found import Found
from .ru.mentions import Mention
from .ru.people import People, Person
from .ru.sourcewords import words
from .ru.speech import token_at
from .tokens import Token

Span = tuple[int, int]
ANONYMOUS_PLATFORMS = {"телеграм": "telegram", "telegram": "telegram", "телеграмм": "telegram", "твиттер": "twitter",
                       "twitter": "twitter", "youtube": "youtube", "ютуб": "youtube", "вконтакте": "vk",
                       "facebook": "facebook", "фейсбук": "facebook", "instagram": "instagram",
                       "инстаграм": "instagram"}  # fmt: skip
THIRD = {"он": "Masc", "она": "Fem", "оно": "Neut", "они": "Plur", "его": "Masc", "ее": "Fem", "их": "Plur",
         "ему": "Masc", "ей": "Fem", "им": "Masc", "него": "Masc", "нее": "Fem", "них": "Plur"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a source is. ``unnamed`` ones are all alike: nobody can be asked again."""

    name: str
    kind: SourceKind
    platform: str | None = None
    anonymous: bool = False
    gender: str = ""


UNNAMED = Identity("UNNAMED", "unnamed", anonymous=True)


def same_voice(a: Identity, b: Identity) -> bool:
    """Whether what stands between two attributions is one voice's: the same source's, or a writer's and their text's."""
    if a.kind == "unnamed" or b.kind == "unnamed":
        return False
    texts = {a.kind, b.kind}
    return a == b or "document" in texts and bool(texts & {"person", "official"})


def somebody(head: Token) -> Identity:
    """One who is not named, but whom «он» or «она» may follow up."""
    gender = head.feats.get("Gender", "") if head.feats.get("Number") == "Sing" else "Plur"
    return Identity("UNNAMED", "unnamed", anonymous=True, gender=gender)


@dataclass(slots=True)
class Memory:
    """What was said so far: identities in the order they were spoken of, newest last."""

    g: Grammar
    people: People
    title: str = ""
    spoken: list[tuple[int, Identity]] = field(default_factory=list)
    outlets: list[tuple[int, Identity]] = field(default_factory=list)
    bodies: list[tuple[int, Identity]] = field(default_factory=list)
    companies: list[tuple[int, Identity]] = field(default_factory=list)
    titles: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Gather what stands in quotation marks by the noun before it: холдинг «Заря», статья «Куда плывём»."""
        tokens = self.g.tokens
        for q in self.g.quotations:
            first = token_at(self.g, q.start)
            if 0 < first < len(tokens) and tokens[first - 1].pos == "NOUN":
                name = self.g.parse.text[q.inner[0][0] : q.inner[0][1]]
                if len(name) < 80:
                    self.titles.setdefault(plain(tokens[first - 1].lemma), []).append((q.start, name))

    def remember(self, at: int, who: Identity, *, nested: bool) -> None:
        """Keep who spoke for the pronouns and nouns that follow; who is quoted by another stands behind that other."""
        self.spoken.insert(len(self.spoken) - (1 if nested and self.spoken else 0), (at, who))
        if who.kind in {"media", "channel"}:
            self.outlets.append((at, who))
        elif who.kind == "state_body":
            self.bodies.append((at, who))
        elif who.kind == "organization":
            self.companies.append((at, who))

    def titled(self, lemma: str, at: int) -> str | None:
        """The name in quotation marks that ``lemma`` was said with last before ``at``, or else after it."""
        known = self.titles.get(lemma, [])
        before = [name for start, name in known if start < at]
        return before[-1] if before else known[0][1] if known else None


class Reading:
    """The sources of one article: who each attribution is from, and the record of them all."""

    def __init__(self, g: Grammar, bodies: Sequence[Span], actors: Sequence[Actor]) -> None:
        self.g = g
        self.people = People(g, bodies)
        self.actors = actors

    def identify(self, found: Sequence[Found]) -> dict[int, Identity]:
        """Whom each attribution is from, by ``id(found)``, read in the order of the text."""
        memory = Memory(self.g, self.people)
        out: dict[int, Identity] = {}
        around: list[Found] = []
        for f in sorted(found, key=lambda f: (f.content[0][0], -f.content[-1][1], f.at)):
            while around and around[-1].content[-1][1] <= f.content[0][0]:
                around.pop()
            follows = out.get(id(f.follows)) if f.follows is not None else None
            who = follows or identify(memory, f)
            out[id(f)] = who
            memory.remember(self.g.tokens[f.at].start, who, nested=bool(around))
            around.append(f)
        return out

    def record(self, found: Sequence[Found], identities: dict[int, Identity]) -> tuple[list[Source], list[Attribution]]:
        """Sources and attributions with ids in the order of the text, hearsay linked by ``within``."""
        ids: dict[tuple[str, str], str] = {}
        listed: list[Source] = []
        attributions: list[Attribution] = []
        for k, f in enumerate(found):
            who = identities[id(f)]
            key = (plain(who.name), who.kind)
            if key not in ids:
                ids[key] = f"s{len(ids) + 1}"
                listed.append(Source(id=ids[key], name=who.name, kind=who.kind, platform=who.platform,
                                     anonymous=who.anonymous, actor=actor_of(who, self.actors)))  # fmt: skip
            span = self.g.span(f.source.first, f.source.last) if f.source is not None else None
            attributions.append(Attribution(
                id=f"a{k + 1}", kind=f.kind, content=list(f.content), cue=f.cue, source_span=span,
                source=ids[key], confidence=round(f.confidence, 2),
            ))  # fmt: skip
        _link(attributions)
        return listed, attributions


def _link(attributions: list[Attribution]) -> None:
    """Set ``within``: the smallest attribution whose content holds another's content and cue."""
    open_: list[Attribution] = []
    for a in attributions:  # by first character, the longer first
        start, stop = a.content[0][0], a.content[-1][1]
        while open_ and open_[-1].content[-1][1] <= start:
            open_.pop()
        for outer in reversed(open_):
            lo, hi = outer.content[0][0], outer.content[-1][1]
            held = lo <= start and stop <= hi and (a.cue is None or lo <= a.cue[0] and a.cue[1] <= hi)
            if held and (hi - lo) > (stop - start) and outer.source != a.source:
                a.within = outer.id
                break
        open_.append(a)
        if len(open_) > 40:
            del open_[0]


def actor_of(who: Identity, actors: Sequence[Actor]) -> str | None:
    """The actor that a source is, or the state that it speaks for."""
    name = plain(who.name)
    for actor in actors:
        if actor.name.ru and plain(actor.name.ru) == name:
            return actor.id
        if any(plain(m.text) == name for m in actor.mentions):
            return actor.id
    return None


def identify(memory: Memory, found: Found) -> Identity:
    """Whom one attribution is from."""
    g = memory.g
    who: Identity | None = None
    if found.source is not None:
        who = of_mention(memory, found.source, found)
    elif found.carries or found.impersonal and _goes_on(g, found):
        last = _last(memory.spoken)
        # «Подчёркивается» speaks of a text: people do not go on in the passive.
        who = last if last is not None and last.kind not in {"person", "official", "unnamed"} else None
    elif not found.impersonal:
        who = _last(memory.spoken)
    return who or UNNAMED


def _last(seen: list[tuple[int, Identity]]) -> Identity | None:
    return seen[-1][1] if seen else None


ADDS = frozenset("добавить добавлять уточнить уточнять пояснить пояснять отметить подчеркнуть заверить".split())


def _goes_on(g: Grammar, found: Found) -> bool:
    """«Подчёркивается, что…» goes on with the source before it; «сообщается» and «говорят» begin anew."""
    token = g.tokens[found.at]
    if plain(token.lemma) in ADDS and token.feats.get("Number") == "Plur":
        return True  # «Там добавили, что…»
    return plain(token.lemma) in {
        "подчеркиваться", "отмечаться", "указываться", "уточняться", "добавляться", "поясняться", "напоминаться"}  # fmt: skip


def of_mention(memory: Memory, mention: Mention, found: Found) -> Identity | None:
    """Whom a mention means; None where it means whoever spoke last."""
    g = memory.g
    head = g.tokens[mention.head]
    lower, lemma = plain(head.text), plain(head.lemma)
    if lower in THIRD:
        return pronoun(memory, mention, THIRD[lower])
    if lower in {"кто", "который", "тот", "та", "те", "все", "это", "никто", "многие", "некоторые", "другие"}:
        return UNNAMED
    lexis = words()
    named = memory.people.named_in(mention)
    if named:
        return _of_people(named)
    quoted = quoted_name(g, mention)
    untagged = _untagged_name(g, mention) if quoted is None else None
    if untagged is not None:
        official = lemma in lexis.official
        return Identity(untagged, "official" if official else "person", gender=head.feats.get("Gender", ""))
    number = head.feats.get("Number", "Sing")
    if number == "Plur" and quoted is None and mention.last - mention.first == 1 and lemma not in lexis.document:
        return UNNAMED  # «компании», «власти»: nobody in particular
    if lemma in lexis.unnamed and (
        number == "Plur" or lemma in {"источник", "собеседник", "собеседница", "инсайдер", "очевидец"}
    ):
        return UNNAMED
    mention_has_name = any(True for _ in memory.people.names_between(mention.first, mention.last))
    named_otherwise = any(g.tokens[k].pos in {"PROPN", "X"} for k in range(mention.first, mention.last) if k != mention.head)
    bare = not named_otherwise and mention.last - mention.first - (1 if mention.place else 0) <= 2 and quoted is None
    if number != "Plur" and lemma == "автор" and bare:
        return author(memory, mention) or UNNAMED
    if bare and number != "Plur" and not mention_has_name:
        title = memory.titled(lemma, head.start)
        kind = kind_of(memory, mention, None)
        if title is not None and kind != "unnamed":
            return Identity(title, kind, platform_of(g, mention), anonymous=kind == "channel")
        if lemma in PASSED_ON and memory.outlets and memory.spoken and memory.spoken[-1][1].kind in {"channel", "media"}:
            return memory.outlets[-1][1]  # «в публикации»: of the channel that was quoted
    if lemma == "пресс-служба" and bare:
        owner = next((n for n in memory.people.organizations_before(mention.first)), None)
        if owner is not None:
            named_owner = organization(memory, Mention(owner.first, owner.last, owner.first), owner.first, owner.last)
            return Identity(f"пресс-служба {g.parse.text[owner.start : owner.stop]}", named_owner.kind)
    if lemma in lexis.for_media and bare:
        return _last(memory.outlets) or _last_named(memory, "media", mention) or UNNAMED
    if lemma in lexis.for_body and bare:
        return (
            _last_named(memory, "state_body", mention)
            or _last(memory.bodies)
            or _of_noun(memory, mention, "state_body")
        )
    if lemma in lexis.for_organization and bare:
        return (
            _last(memory.companies)
            or _last_named(memory, "organization", mention)
            or _of_noun(memory, mention, "organization")
        )
    animate = head.pos in {"NOUN", "PROPN"} and not mention_has_name and head.feats.get("Animacy") == "Anim"
    if number != "Plur" and (animate or lemma in lexis.for_person | lexis.person | lexis.official):
        known = memory.people.described(head, mention)
        return _of_people([known]) if known is not None else somebody(head)
    if number == "Plur" and (lemma in lexis.person or lemma in lexis.official or lemma in lexis.unnamed):
        return UNNAMED
    if quoted is not None and head.text.isupper() and len(head.text) > 1:
        return Identity(names.phrase(g, mention), kind_of(memory, mention, quoted))  # РИА «Новости»
    if quoted is not None:
        return Identity(quoted, kind_of(memory, mention, quoted), platform_of(g, mention),
                        anonymous=kind_of(memory, mention, quoted) == "channel")  # fmt: skip
    tagged = [n for n in memory.people.names_between(mention.first, mention.last) if n.kind in {"ORG", "LOC"}]
    for n in tagged:
        if n.first <= mention.head < n.last or head.rel.startswith("flat"):
            who = organization(memory, mention, n.first, n.last)
            return replace(who, kind="state_body") if n.kind == "LOC" else who
    for n in tagged:
        if lemma in lexis.media | lexis.channel and n.first > mention.head:
            return organization(memory, mention, n.first, n.last)
    kind = kind_of(memory, mention, None)
    if head.pos == "PROPN" or re.match(r"[A-ZА-ЯЁ]", head.text) and mention.head > g.sentence(mention.head).first:
        return Identity(names.phrase(g, mention), kind if kind != "unnamed" else "organization")
    if kind == "unnamed":
        if found.cue is not None and plain(g.parse.text[found.cue[0] : found.cue[1]]) == "согласно":
            return _of_noun(memory, mention, "document")
        return UNNAMED
    return _of_noun(memory, mention, kind)


def _untagged_name(g: Grammar, mention: Mention) -> str | None:
    """A person's name that the tagger missed, behind what they are: «лидер конгресса Файка аль-Саид»."""
    head = g.tokens[mention.head]
    if head.pos != "NOUN" or head.feats.get("Animacy") != "Anim" or head.feats.get("Number") != "Sing":
        return None
    for k in sorted(head.children):
        child = g.tokens[k]
        if (mention.head < k < mention.last and child.pos == "PROPN" and child.rel == "appos"
                and child.feats.get("Case") == head.feats.get("Case") and g.inside[k] < 0):  # fmt: skip
            stop = k + 1
            while stop < mention.last and g.tokens[stop].text[:1].isalpha() and g.is_under(stop, k):
                stop += 1
            return names.person(g, k, stop)
    return None


def _of_noun(memory: Memory, mention: Mention, kind: SourceKind) -> Identity:
    """A source named by a common noun: «афганские власти», «совместное заявление», «пресс-служба Mail.ru»."""
    name = names.phrase(memory.g, mention)
    if kind == "document":
        longer = _fuller(memory, name)
        return Identity(longer, "document")
    return Identity(name, kind)


def _fuller(memory: Memory, name: str) -> str:
    for _, who in reversed(memory.spoken):
        if who.kind == "document" and plain(name).split()[-1:] == plain(who.name).split()[-1:]:
            return who.name
    return name


def _of_people(people: list[Person]) -> Identity:
    official = all(p.official for p in people)
    gender = people[0].gender if len(people) == 1 else "Plur"
    return Identity(" и ".join(p.name for p in people), "official" if official else "person", gender=gender)


def pronoun(memory: Memory, mention: Mention, gender: str) -> Identity | None:
    """«он», «её слова», «по их данным»: the last who spoke and agrees, else the last person named before."""
    at = memory.g.tokens[mention.head].start
    if gender == "Plur":
        last = memory.spoken[-1][1] if memory.spoken else None
        return last
    recent = [(pos, who) for pos, who in memory.spoken[-4:]
              if who.gender == gender or who.kind in {"person", "official"} and not who.gender]  # fmt: skip
    named = memory.people.last_named(at, gender)
    speaker = recent[-1] if recent and at - recent[-1][0] < 900 else None
    if speaker is not None and (named is None or not named[2] or named[0] <= speaker[0]):
        return speaker[1]
    named = named or memory.people.last_named(at, "")
    if named is not None:
        return _of_people([named[1]])
    return memory.spoken[-1][1] if memory.spoken else None


def author(memory: Memory, mention: Mention) -> Identity | None:
    """«автор»: the writer of the source that was quoted last, or that source where it has no other writer."""
    for _, who in reversed(memory.spoken[-8:]):
        if who.kind in {"person", "official", "channel", "media"}:
            return who
    named = memory.people.before(memory.g.tokens[mention.head].start, "")
    return _of_people([named]) if named is not None else None


def quoted_name(g: Grammar, mention: Mention) -> str | None:
    """The name in quotation marks of a mention: телеграм-канал «Заря» → Заря."""
    text = g.parse.text
    start, stop = g.tokens[mention.first].start, g.tokens[mention.last - 1].stop
    match = re.search(r"[«\"„“]([^«»\"„“”]{2,60})[»\"”“]", text[max(0, start - 1) : stop + 1])
    return match.group(1).strip() if match else None


def platform_of(g: Grammar, mention: Mention) -> str | None:
    """The platform that a mention speaks of: «телеграм-канал» → telegram."""
    lower = plain(g.parse.text[g.tokens[mention.first].start : g.tokens[mention.last - 1].stop])
    return next((p for word, p in ANONYMOUS_PLATFORMS.items() if word in lower), None)


def kind_of(memory: Memory, mention: Mention, quoted: str | None) -> SourceKind:
    """The kind that the head noun of a mention tells."""
    lexis = words()
    head = memory.g.tokens[mention.head]
    lemma = plain(head.lemma)
    order: tuple[tuple[frozenset[str], SourceKind], ...] = (
        (lexis.channel, "channel"), (lexis.media, "media"), (lexis.document, "document"),
        (lexis.state_body, "state_body"), (lexis.organization, "organization"),
    )  # fmt: skip
    for nouns, kind in order:
        if lemma in nouns or lemma.split("-")[-1] in nouns:
            return kind
    if quoted is not None:
        return "media"
    if lemma in lexis.person | lexis.official | lexis.unnamed:
        return "unnamed"
    return "unnamed"


def organization(memory: Memory, mention: Mention, first: int, last: int) -> Identity:
    """A named body, outlet or company by its name in the nominative and fullest form."""
    g = memory.g
    lexis = words()
    while first + 1 < last and g.tokens[first].pos in {"NOUN", "ADJ"} and plain(g.tokens[first].lemma) in lexis.media:
        first += 1  # «агентство Reuters» is called Reuters
    whole = Mention(first, last, mention.head if first <= mention.head < last else first)
    name = names.phrase(g, whole).translate(names.MARKS) if g.inside[first] >= 0 else names.phrase(g, whole)
    name = memory.people.spelt_out(name) or name
    known = next((who for _, who in reversed(memory.spoken) if plain(who.name) == plain(name)), None)
    return known or Identity(name, kind_of_name(memory, mention, name))


def kind_of_name(memory: Memory, mention: Mention, name: str) -> SourceKind:
    """The kind of a named organization, by the noun before it or within it."""
    lexis = words()
    kind = kind_of(memory, mention, None)
    if kind != "unnamed":
        return kind
    for word in plain(name).split():
        if word in lexis.state_body or word.startswith(("мин", "гос", "рос")) and len(word) > 5:
            return "state_body"
        if word in lexis.media or word in OUTLETS:
            return "media"
    if re.search(r"\.(ru|com|net|org|ру|info)$", plain(name)) or plain(name) in OUTLETS:
        return "media"
    return "organization"


PASSED_ON = frozenset("публикация материал пост сообщение заметка текст запись".split())
"""Documents that stand for whoever published them."""
OUTLETS = frozenset(
    """
    ъ риа тасс интерфакс reuters рейтер bbc би-би-си cnn forbes ап afp ap bloomberg рбк коммерсант ведомости известия
    times post guardian lenta.ru лента.ру газета.ru newsru.com associated press синьхуа итар-тасс фонтанка медуза meduza rt nyt wsj
    """.split()
)


def _last_named(memory: Memory, kind: SourceKind, mention: Mention) -> Identity | None:
    """The organization of ``kind`` that the text named last before a mention."""
    g = memory.g
    for n in memory.people.organizations_before(mention.first):
        name = Mention(n.first, n.last, n.first)
        found = organization(memory, name, n.first, n.last)
        if found.kind == kind or kind == "organization" and found.kind == "organization":
            return found
    return None
