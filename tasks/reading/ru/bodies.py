"""Organizations, bodies and outlets that a mention means: by name, by a form of it, or by their noun alone."""

from __future__ import annotations

import re
from dataclasses import replace

from ..record import SourceKind
from ..tokens import Token
from . import kinds, names
from .clauses import COMMA, Grammar, token_at
from .cues import plain
from .memory import BEGINNING, TITLE, Identity, Memory, noun_before
from .mentions import Mention, phrase
from .people import People
from .sourcewords import words
from .speech import CLASSIFIERS
from .stems import stem

ABBREVIATED = re.compile(r"\s*\([А-ЯЁA-Z-]{2,8}\)$")
"""The abbreviation that a name gives itself: «Центральное агентство (ЦА)»."""
AGENCY = frozenset({"агентство", "информагентство"})
AGENCIES = ("рос", "федеральное агентство", "агентство")
WORDS_BACK = 60
PLACED = ("ичный", "одской", "ской", "ский", "стный", "альный")
"""How adjectives of places end: «столичный», «городской», «местный», «региональный»."""
NAMING = frozenset({"NOUN", "PROPN"})
SEVERAL_BACK = 400
"""Tokens back within which «министры» are those of several states."""
NO_AGENCY = frozenset({"газета", "телеканал", "радиостанция", "таблоид"})


def same_noun(memory: Memory, mention: Mention, head: Token) -> Identity | None:
    """«совет» for «Конституционный совет Туниса»: the body that spoke, or was named, last by a name with that noun."""
    lemma = plain(head.lemma)
    spoke = next((who for who in memory.recent() if who.kind in {"state_body", "organization"} and (
                  f"{lemma}:{plain(who.name)}" in words().genus
                  or (" " in who.name and lemma in plain(who.name).split()))), None)  # fmt: skip
    if spoke is not None:
        return spoke
    for n in memory.people.organizations_before(mention.first):
        own = memory.g.tokens[n.first : n.last]
        if len(own) == 1 and f"{lemma}:{plain(own[0].lemma)}" in words().genus:
            return organization(memory, Mention(n.first, n.last, n.first), n.first, n.last, "")
        if len(own) > 1 and any(t.pos in NAMING and plain(t.lemma) == lemma for t in own):
            head_of = next(t.i for t in own if t.pos in NAMING and plain(t.lemma) == lemma)
            return organization(memory, Mention(n.first, n.last, head_of), n.first, n.last, "")
    return None


def only_described(g: Grammar, mention: Mention, head: Token) -> bool:
    """«насчитывающая восемь тысяч членов организация»: a participle and what belongs to it before a noun alone."""
    first = g.tokens[mention.first + mention.place]
    participle = first.feats.get("VerbForm") == "Part" or first.rel.startswith("acl")
    alike = all(first.feats.get(key) == head.feats.get(key) for key in ("Case", "Number", "Gender"))
    return participle and alike and mention.head - mention.first > 1 + mention.place


def described_otherwise(memory: Memory, mention: Mention) -> bool:
    """«антикоррупционная комиссия»: an adjective that no body of the text is named with."""
    before = memory.g.tokens[mention.first + mention.place : mention.head]
    roots = [plain(t.lemma)[:5] for t in before if t.pos == "ADJ" and plain(t.lemma) not in names.SELF]
    if not roots:
        return False
    named = (memory.g.parse.text[n.start : n.stop] for n in memory.people.organizations_before(mention.first))
    known = [plain(name) for name in (*named, *(who.name for who in memory.recent()))]
    return not any(root in name for root in roots for name in known)


def adjectives_alone(g: Grammar, mention: Mention) -> bool:
    """Whether a noun has adjectives and nothing else: «польское внешнеполитическое ведомство»."""
    before = g.tokens[mention.first + mention.place : mention.head]
    return mention.last == mention.head + 1 and bool(before) and all(t.pos == "ADJ" for t in before)


def of_state(memory: Memory, mention: Mention, state: str) -> Identity | None:
    """«польское ведомство»: the body of that state that was named last before, no state or government itself."""
    for n in memory.people.organizations_before(mention.first):
        behind = next(memory.people.names_between(n.last, n.last + 1), None)
        stop = behind.stop if behind is not None and behind.kind == "LOC" else n.stop
        told = memory.state_in((n.start, stop))
        if told is not None and told[0] == state:
            who = organization(memory, Mention(n.first, n.last, n.first), n.first, n.last, "")
            if who.kind == "state_body":
                return who
    return None


def outlet(memory: Memory, mention: Mention, noun: str) -> Identity | None:
    """«газета», «издание»: the outlet that spoke or was named last; a newspaper is no agency."""

    def fits(who: Identity) -> bool:
        agency = plain(who.name) in words().agencies
        return not (noun in NO_AGENCY and agency) and (noun not in AGENCY or agency)

    outlets = [(pos, who) for pos, who in reversed(memory.spoken[-60:]) if who.kind in {"media", "channel"}]
    spoke = next((o for o in outlets if fits(o[1])), outlets[0] if outlets and noun not in NO_AGENCY else None)
    if len({who.name for _, who in outlets}) > 1:  # «издание «Заря»» is meant by «издание» before a «портал»
        spoke = next((o for o in outlets if _introduced(memory, o, noun)), spoke)
    for n in memory.people.organizations_before(mention.first):
        if spoke is not None and n.start <= spoke[0]:
            break
        who = organization(memory, Mention(n.first, n.last, n.first), n.first, n.last, "")
        if plain(who.name) not in words().outlets and noun_before(memory.g, n.first) in words().channel:
            return replace(who, kind="channel", anonymous=True)
        if who.kind == "media" and (fits(who) or (noun in AGENCY and spoke is None)):
            return who
        if noun == "агентство" and spoke is None and who.kind == "state_body" and plain(who.name).startswith(AGENCIES):
            return who
    return spoke[1] if spoke is not None else _named_last(memory, mention, noun)


def _introduced(memory: Memory, outlet: tuple[int, Identity], noun: str) -> bool:
    """Whether an outlet was given that noun where it was named."""
    name, first_named = plain(outlet[1].name), memory.introduced.get(noun, {})
    beginnings = (name[:k] for k in range(1, BEGINNING + 1))
    return any(b in first_named and first_named[b] < outlet[0] + TITLE for b in beginnings)


def _named_last(memory: Memory, mention: Mention, noun: str) -> Identity | None:
    """What no list knows for an outlet or an agency: «газета» for a name in quotation marks, «агентство» for any."""
    for n in memory.people.organizations_before(mention.first):
        who = organization(memory, Mention(n.first, n.last, n.first), n.first, n.last, "")
        quoted = n.first > 0 and memory.g.quoted_at(n.first - 1)
        known = _classifier(memory.g, n.first) or plain(memory.g.tokens[n.first].lemma) in words().organization
        if who.kind == "organization" and not known and (quoted or noun == "агентство"):
            return who if noun == "агентство" else replace(who, kind="media")
    return None


def issuer(memory: Memory, mention: Mention) -> Identity | None:
    """«Учения отложены, сообщило министерство. В сообщении говорится, что…»: the body whose message it is.

    Whoever spoke in this sentence or the two before, or was the subject of the one before: «Министерство опубликовало
    сообщение». A message of which more is told («в сообщении, разосланном…») or a person's stays a text.
    """
    g = memory.g
    number = g.tokens[mention.head].sentence
    after = g.tokens[mention.last : mention.last + 2]
    told = len(after) == 2 and after[0].text == "," and after[1].feats.get("VerbForm") == "Part"
    if told and after[1].feats.get("Case") == g.tokens[mention.head].feats.get("Case"):
        return None
    at, who = memory.spoken[-1] if memory.spoken else (-1, None)
    near = [n for n in memory.people.organizations_before(mention.first) if number - g.tokens[n.first].sentence == 1]
    for n in near:
        subject = next((t for t in g.tokens[n.first : n.last] if t.rel.startswith("nsubj")), None)
        if subject is not None and n.start > at:
            return organization(memory, Mention(n.first, n.last, n.first), n.first, n.last, "")
    if who is None or who.kind not in {"state_body", "organization", "media"}:
        return None
    spoke = g.tokens[min(token_at(g, at), len(g.tokens) - 1)].sentence
    return who if 0 <= number - spoke <= 2 else None


def press_office(memory: Memory, mention: Mention) -> Identity | None:
    """«в пресс-службе»: the one that spoke, or that of the organization named last, outlets left out."""
    spoke = next((who for who in memory.recent() if plain(who.name).startswith("пресс-служба ")), None)
    for owner in memory.people.organizations_before(mention.first):
        who = organization(memory, mention, owner.first, owner.last, "")
        if who.kind == "media":
            continue
        if spoke is not None and plain(memory.g.parse.text[owner.start : owner.stop])[:4] in plain(spoke.name):
            return spoke
        return Identity(f"пресс-служба {memory.g.parse.text[owner.start : owner.stop]}", who.kind)
    return spoke


def last_named(memory: Memory, kind: SourceKind, mention: Mention) -> Identity | None:
    """The organization of ``kind`` that the text named last before a mention."""
    for n in memory.people.organizations_before(mention.first):
        who = organization(memory, Mention(n.first, n.last, n.first), n.first, n.last, "")
        if who.kind == kind:
            return who
    return None


def told_of(memory: Memory, mention: Mention) -> Identity | None:
    """«Прокуратура Твери проверит завод. В ведомстве сообщили…»: the body told of last by a common noun and whose."""
    g = memory.g
    back = g.parse.sentences[max(0, g.tokens[mention.head].sentence - 2)].first
    for k in range(mention.first - 1, back - 1, -1):
        token = g.tokens[k]
        if token.pos == "NOUN" and plain(token.lemma) in words().state_body:
            found = phrase(g, k)
            described = found.last == k + 1 and memory.state_in((g.tokens[found.first].start, token.stop)) is not None
            if described or (found.last - k > 1 and token.rel.startswith("nsubj")):
                return Identity(names.phrase(g, found), "state_body")
    return None


def for_state(memory: Memory, mention: Mention, head: Token) -> Identity | None:
    """«казахстанская сторона», «делегация Сербии»: what speaks for the state that is named with it."""
    tokens = memory.g.tokens
    span = tokens[mention.first].start, tokens[mention.last - 1].stop
    state = memory.state_in(span)
    if plain(head.lemma) == "столица":
        first = memory.g.sentence(head.i).first
        theirs = state or memory.state_in((tokens[first].start, span[0]))  # «Чад против, и в его столице …»
        name = memory.capitals.get(theirs[0]) if theirs is not None else None
        return Identity(name, "state_body") if name is not None else None
    if plain(head.lemma) not in words().for_state or state is None:
        return None
    if plain(head.lemma) == "сторона" and state[0] in memory.states:
        return Identity(memory.states[state[0]], "state_body")
    return Identity(names.phrase(memory.g, mention), "state_body")


def of_a_body(memory: Memory, mention: Mention) -> bool:
    """«глава Минтруда»: a post that a body is named with is no state's."""
    tokens = memory.g.tokens
    kinds_of = (memory.kinds.get(plain(t.text)) for t in tokens[mention.head + 1 : mention.last])
    named = any(n.kind == "ORG" for n in memory.people.names_between(mention.head + 1, mention.last))
    return named and "state_body" in kinds_of


def of_several(memory: Memory, mention: Mention) -> Mention | None:
    """«министры обороны Турции и Грузии»: a plural that names two states or more, or the last such that it means."""
    g = memory.g
    head = g.tokens[mention.head]
    bare = mention.last - mention.first - mention.place == 1
    for k in range(head.i, max(head.i - SEVERAL_BACK, -1) if bare else head.i - 1, -1):
        token = g.tokens[k]
        if token.lemma == head.lemma and token.feats.get("Number") == "Plur":
            whole = mention if k == head.i else phrase(g, k)
            end = g.tokens[whole.last - 1].stop
            first = memory.state_in((g.tokens[k].start, end))
            if first is not None and memory.state_in((first[1][1], end)) is not None:
                return replace(whole, first=k) if k < head.i else whole
    return None


def document(memory: Memory, mention: Mention) -> Identity | None:
    """«документ»: the paper that spoke last, or one that the text spoke of: «выступил с заявлением»."""
    last = memory.last("document")
    if last is not None:
        return last
    tokens = memory.g.tokens
    for k in range(mention.first - 1, max(-1, mention.first - WORDS_BACK), -1):
        if (
            tokens[k].pos == "NOUN"
            and tokens[k].feats.get("Number") == "Sing"
            and plain(tokens[k].lemma) in words().papers
        ):
            mark = next(
                (i for i in range(k, mention.first) if tokens[i].text in '[(«"' or tokens[i].text in COMMA), k + 1
            )
            paper = phrase(memory.g, k, mark)
            return Identity(names.phrase(memory.g, replace(paper, first=k)), "document")
    return None


def declined(memory: Memory, name: str) -> str:
    """The name in quotation marks that spoke before and that ``name`` is a form of: «Утренней зари» → Утренняя заря."""
    words_of = plain(name).split()
    if plain(name) in memory.by_name:
        return name
    for who in memory.recent():
        known = plain(who.name).split()
        if len(words_of) == 1 and len(name) > 4 and who.kind in {"media", "channel"} and stem(name) == stem(known[0]):
            return who.name  # «Вестник» for «Вестник Босфора»
        if len(known) == len(words_of) and all(stem(a) == stem(b) for a, b in zip(known, words_of, strict=True)):
            return who.name
    return name


def _classifier(g: Grammar, first: int) -> str:
    """The noun that says what a name in quotation marks names: газета «Заря»."""
    if first > 1 and g.quoted_at(first - 1) and g.tokens[first - 2].pos == "NOUN":
        return plain(g.tokens[first - 2].lemma)
    return ""


def named_there(memory: Memory, verb: Token) -> Identity | None:
    """«В Лиге недовольны. Там напомнили, что…»: the body named last, if none has spoken since."""
    g = memory.g
    if not any(plain(g.tokens[k].text) == "там" for k in range(max(verb.i - 3, g.sentence(verb.i).first), verb.i)):
        return None
    spoke = memory.spoken[-1][0] if memory.spoken else -1
    for n in reversed(list(memory.people.names_between(max(verb.i - WORDS_BACK, 0), verb.i))):
        if n.kind == "PER" or g.tokens[verb.i].sentence - g.tokens[n.first].sentence > 2 or n.start < spoke:
            continue
        there = plain(g.tokens[n.first - 1].text) in {"в", "во", "на"}
        if n.kind == "ORG" or (there and plain(g.parse.text[n.start : n.stop]) not in memory.towns):
            who = organization(memory, Mention(n.first, n.last, n.first), n.first, n.last, "")
            return replace(who, kind="state_body") if n.kind == "LOC" and who.kind == "organization" else who
    last = memory.spoken[-1][1] if memory.spoken else None
    near = g.tokens[verb.i].sentence - g.tokens[min(token_at(g, spoke), len(g.tokens) - 1)].sentence <= 2
    body = last is not None and last.kind in {"state_body", "organization", "media"}
    return last if body and near else None  # «В посольстве Чада это отрицают. Там признали, что…»


def spelt_out(people: People, name: str) -> str | None:
    """The full name that an abbreviation stands for in this text: «ФАС» → «Федеральная антимонопольная служба»."""
    if not (name.isupper() and 1 < len(name) < 8):
        return None
    # «Антидопинговое агентство США (ЮСАДА)» says itself what it stands for; else its initials are looked up.
    if people.initials is None:
        people.initials = {}
        for n in people.names:
            tokens = [t for t in people.g.tokens[n.first : n.last] if t.text[:1].isalpha()]
            letters = "".join(t.text[0].upper() for t in tokens if t.pos not in {"ADP", "CCONJ"})
            own = people.g.tokens[n.first : n.last]
            inner = len(own) > 3 and own[-1].text == ")" and own[-3].text == "("
            after = own[-3:] if inner else people.g.tokens[n.last : n.last + 3]
            last = n.last - 3 if inner else n.last
            if n.kind == "ORG" and len(after) == 3 and after[0].text == "(" and after[2].text == ")":
                letters = after[1].text
            if n.kind == "ORG" and len(letters) > 1 and letters not in people.initials:
                head = next((t for t in tokens if t.pos in {"NOUN", "PROPN"}), tokens[0])
                people.initials[letters] = names.phrase(people.g, Mention(n.first, last, head.i))
    return people.initials.get(name)


def organization(memory: Memory, mention: Mention, first: int, last: int, verb: str) -> Identity:
    """The body, outlet or company named by the tokens ``[first, last)``, in the nominative and fullest form."""
    g = memory.g
    tokens = g.tokens
    lemma = plain(tokens[mention.head].lemma) if not first <= mention.head < last else _classifier(g, first)
    while first + 1 < last and tokens[first].pos in {"NOUN", "ADJ"} and plain(tokens[first].lemma) in words().media:
        lemma = plain(tokens[first].lemma)
        first += 1  # «агентство Reuters» is called Reuters
    governing = next((t.i for t in tokens[first:last] if not first <= t.head < last), first)  # «курьера» of «Обского»
    name = names.phrase(g, Mention(first, last, mention.head if first <= mention.head < last else governing))
    inner = re.search(r"[«\"„“]([^«»\"„“”]+)", name)
    if inner is not None and plain(tokens[first].lemma) in CLASSIFIERS and not tokens[first].text.isupper():
        lemma, name = plain(tokens[first].lemma), inner.group(1)  # холдинг «Заря» is called Заря
    name = ABBREVIATED.sub("", name.strip('«»"„“”'))
    behind = next(memory.people.names_between(last, last + 1), None)
    theirs = behind is not None and (last < mention.last or first <= tokens[last].head < last)
    if behind is not None and behind.kind == "LOC" and theirs and tokens[last].feats.get("Case") == "Gen":
        name += " " + g.parse.text[behind.start : behind.stop]  # «Министерство обороны США»
    full = memory.fullest.get(plain(name))
    if (of_state := _of_state(memory, mention, first, governing)) is not None and last - first == 1:
        whose = plain(memory.states.get(of_state, ""))
        stem, start = whose[: max(3, len(whose) - 2)], plain(name) + " "
        if full is None or stem not in plain(full):
            full = next(
                (w.name for w in memory.recent() if plain(w.name).startswith(start) and stem in plain(w.name)), None
            )
            name = names.phrase(g, Mention(first - 1, last, governing))  # «китайский МИД»
    elif full in {None, name} and (longer := of_whom(memory, name)) is not None:
        return longer
    name = full or spelt_out(memory.people, name) or name
    known = memory.by_name.get(plain(name))
    kind = memory.kinds.get(plain(name)) or kinds.of_name(name, lemma, verb)
    platform = kinds.platform(g, mention) if kind == "channel" else None
    if kind == "channel" and platform is None:
        kind = "media"  # «канал NBC News» is on television
    return known or Identity(name, kind, platform, anonymous=kind == "channel")


def _of_state(memory: Memory, mention: Mention, first: int, head: int) -> str | None:
    """The state whose adjective stands before a body's name: «китайский МИД»."""
    tokens = memory.g.tokens
    if not mention.first < first or tokens[first - 1].pos != "ADJ":
        return None
    if tokens[first - 1].head != head and tokens[head].head != first - 1:
        return None
    state = memory.state_in((tokens[first - 1].start, tokens[first - 1].stop))
    return state[0] if state is not None else None


def of_whom(memory: Memory, name: str) -> Identity | None:
    """The ministry or service that spoke with its state's adjective: «китайский МИД» before «МИД»."""
    if not name.isupper() and not name.startswith("Мин"):
        return None
    end = " " + plain(name)
    return next((w for w in memory.recent() if w.kind == "state_body" and plain(w.name).endswith(end)), None)


def extended(memory: Memory, name: str) -> Identity | None:
    """The body that spoke by a longer name: «пресс-служба МВД Киргизии» before «пресс-служба МВД»."""
    if " " not in name:
        return None
    start = plain(name) + " "
    return next((w for w in memory.recent() if plain(w.name).startswith(start) and w.kind != "document"), None)


def placed(memory: Memory, mention: Mention, name: str) -> Identity | None:
    """«столичный департамент транспорта»: the «департамент транспорта Москвы» that the text names."""
    g = memory.g
    first = g.tokens[mention.first + mention.place]
    bare = plain(name.partition(" ")[2])
    if first.pos != "ADJ" or not first.lemma.endswith(PLACED) or mention.head <= first.i or not bare:
        return None
    for n in memory.people.organizations_before(mention.first):
        who = organization(memory, Mention(n.first, n.last, n.first), n.first, n.last, "")
        if plain(who.name).startswith(f"{bare} "):
            return who
    return None


def fuller(memory: Memory, name: str) -> str:
    """The longer name of a document that ended in the same word: «заявление» after «совместное заявление»."""
    last = plain(name).split()[-1:]
    return next((w.name for w in memory.recent() if w.kind == "document" and plain(w.name).split()[-1:] == last), name)
