"""Whom a mention means: a name, a pronoun, or a noun that stands for a name said before.

«ресурс», «ведомство», «министр», «автор», «она», «в пресс-службе»: each rule says what it reads.
"""

from __future__ import annotations

from dataclasses import replace

from ..record import SourceKind
from ..tokens import Token
from . import bodies, couples, kinds, names, nobody, roles, untagged, writers, zero
from .clauses import COMMA, Grammar, is_finite
from .cues import plain
from .found import Found
from .memory import UNNAMED, Identity, Memory, of_people, somebody
from .mentions import Mention, phrase, subject
from .people import HEADS, KIN, RELATIONAL
from .posts import STATES
from .pronouns import ORDINALS, SECOND, THIRD, Resolve, ordinal, pronoun, second
from .sourcewords import words

TOLD_APART = frozenset({"комиссия", "комитет", "суд", "служба", "управление", "администрация", "прокуратура", "совет"})
"""Bodies of which there are many, each told by its adjective."""


def identify(memory: Memory, found: Found) -> Identity:
    """Whom one attribution is from."""
    memory.before = min(found.content[0][0], memory.g.tokens[found.at].start)
    direct = found.kind == "direct"
    held = direct or (found.cue is not None and found.cue[0] < found.content[0][0])
    named = memory.people.named_between(found.content if held else (), acting=direct)
    memory.people.spoken_of = {memory.quoting} | named
    only_here = found.source is not None and found.source.place and _only_place(memory, found.source, found.at)
    if found.source is not None and not only_here:
        return of_mention(memory, found.source, found) or UNNAMED
    if found.rule == "by" and found.cue is not None:  # «по турецким данным»
        state = memory.state_in(found.cue)
        if state is not None and state[0] in memory.states:
            return Identity(memory.states[state[0]], "state_body")
    verb = zero.predicate(memory.g, found)
    beside = zero.beside(memory.g, found)
    if beside is not None:
        return of_mention(memory, beside, found) or UNNAMED
    if only_here:
        return UNNAMED
    gender = verb.feats.get("Gender", "") if verb.feats.get("VerbForm") == "Fin" else ""
    told = gender in {"Masc", "Fem"}  # «отшутилась», «признавался»: in the past only a neuter is nobody's
    impersonal = found.impersonal and not told and not _somebodys(verb)
    person = verb.feats.get("VerbForm") == "Conv" or (verb.pos == "VERB" and verb.feats.get("Number") == "Sing")
    if person and found.cue is not None and not found.carries and not impersonal:
        owner = subject(memory.g, verb.i)  # «поблагодарил гостей, подчеркнув: «…»»
        if owner is not None:
            return of_mention(memory, owner, found) or UNNAMED
        opening = memory.g.tokens[memory.g.sentence(verb.i).first]
        near = opening.pos == "PROPN" and opening.i < verb.i < opening.i + 8
        missed = memory.people.by_stem(opening.text) if near else None
        if missed is not None:  # a surname that the tagger missed: «Спейси в свою очередь ответил»
            return of_people([missed])
    there = bodies.named_there(memory, verb)
    if there is not None:
        return there
    last = next(
        (who for who in memory.recent() if who.name == memory.quoting or who.name not in memory.people.spoken_of), None
    )
    if found.carries or impersonal:
        # «Подчёркивается, что…» goes on with the text or body that spoke; people do not go on in the passive.
        token = memory.g.tokens[found.at]
        if (found.carries or _adds(token)) and last and last.kind not in {"person", "official", "unnamed"}:
            return last
        supposed = found.rule == "allegedly" or plain(token.lemma) in words().supposing or _adds(token)
        return (memory.report(token.start) if supposed else None) or UNNAMED
    person_spoke = last is not None and (last.kind in {"person", "official"} or bool(last.gender))
    if told and not (person_spoke and last is not None and last.gender in {gender, ""}):
        # «Вернувшись, обвинила во всём соседей»: as «она» would
        return pronoun(memory, Mention(verb.i, verb.i + 1, verb.i), gender, resolve(memory, found), adds=False)
    return last or UNNAMED


def _only_place(memory: Memory, mention: Mention, at: int) -> bool:
    """«на суде в Перми говорится», «объявлено в Осло»: where it was said. «В Осло считают»: the state."""
    tokens = memory.g.tokens[mention.first + 1 : mention.last]
    place = plain(memory.g.parse.text[tokens[0].start : tokens[-1].stop])
    return place in memory.places and memory.g.tokens[at].feats.get("Number") != "Plur"


def _somebodys(verb: Token) -> bool:
    """«И добавляет: «…»»: a verb in the present singular that is not reflexive has somebody for its subject."""
    present = verb.feats.get("Tense") == "Pres" and verb.feats.get("Number") == "Sing"
    reflexive = plain(verb.text).endswith("ся") or plain(verb.lemma) == "следовать"
    return present and verb.feats.get("VerbForm") == "Fin" and not reflexive


def _adds(token: Token) -> bool:
    """«Подчёркивается», «там добавили» add to what was said; «сообщается» and «говорят» begin anew."""
    return plain(token.lemma) in words().adding


def of_mention(memory: Memory, mention: Mention, found: Found) -> Identity | None:
    """Whom a mention means; None where it can't be told."""
    g = memory.g
    head = g.tokens[mention.head]
    if is_finite(head) and plain(g.tokens[mention.last - 1].text) in THIRD:  # «— усмехнулась она»
        head = g.tokens[mention.last - 1]
    if plain(head.text) in {"ему", "ей", "им"} and plain(g.tokens[found.at].text) == "согласно":
        paper = zero.paper(g, head, THIRD[plain(head.text)], told=True)
        if paper is not None:
            return of_mention(memory, paper, found)  # «принят закон. Согласно ему, …»
    if plain(head.text) in THIRD:
        goes_on = plain(g.tokens[found.at].lemma) in {"добавить", "добавлять"}
        return pronoun(memory, mention, THIRD[plain(head.text)], resolve(memory, found), adds=goes_on)
    if plain(head.lemma) in SECOND and mention.last - mention.first - mention.place == 1:
        return second(memory, mention, resolve(memory, found))
    if plain(head.lemma) in ORDINALS and mention.last - mention.first == 1 and head.feats.get("Number") == "Sing":
        return ordinal(memory, mention)
    if plain(head.lemma) == "который":
        owner = antecedent(g, head)
        return of_mention(memory, owner, found) if owner is not None else UNNAMED
    relative = next((t for t in g.tokens[mention.head + 1 : mention.last] if plain(t.lemma) == "который"), None)
    if relative is not None and plain(head.lemma) == "пресс-служба":  # «премьер, в пресс-службе которого сообщили»
        owner = antecedent(g, relative)
        whose = of_mention(memory, owner, found) if owner is not None else None
        if owner is None or whose is None:
            return UNNAMED
        kind_of: SourceKind = "state_body" if whose.kind in {"official", "state_body"} else "organization"
        return Identity(f"пресс-служба {names.genitive(g, owner)}", kind_of)
    if plain(g.tokens[found.at].lemma).endswith("цитировать") and head.feats.get("Animacy") == "Anim":
        mention = replace(mention, last=head.i + 1) if g.quoted_at(head.i + 1) else mention  # «цитирует мэра «Заря»»
    words_of = g.parse.text[g.tokens[mention.first + mention.place].start : g.tokens[mention.last - 1].stop]
    told = memory.kinds.get(plain(words_of))
    if told is not None:  # a state, a body or a bloc by name
        name = memory.fullest.get(plain(words_of)) or names.phrase(g, mention)
        return Identity(bodies.spelt_out(memory.people, name) or name, told)
    people = memory.people.named_in(mention)
    if people:
        memory.people.learn(people, head)
        return of_people(people)
    one = nobody.one_by_name(memory, mention, head)
    if one is not None:
        return one
    quoted = kinds.quoted_name(g, mention)
    if quoted is None:
        missed = untagged.behind(memory, mention)
        if missed is not None:
            kind: SourceKind = "official" if plain(head.lemma) in words().official else "person"
            return Identity(missed, kind, gender=head.feats.get("Gender", ""))
    who = (
        bodies.for_state(memory, mention, head)
        or writers.of_channel(memory, mention, head)
        or of_owner(memory, mention, head, found)
        or writers.of_newsroom(memory, mention, head)
        or couples.family(memory, mention, head)
        or nobody.kept_back(memory, mention, head, found)
        or writers.interviewed(memory, mention, head)
        or nobody.unnamed(memory, mention, head)
        or stands_for(memory, mention, head, quoted)
    )
    counted = any(t.pos == "NUM" and plain(t.lemma) != "один" for t in g.tokens[mention.first : head.i])
    if who is not None and who.kind == "unnamed" and counted:
        return replace(who, gender="Plur")  # «два дипломата»
    return who or named(memory, mention, head, quoted, found)


def resolve(memory: Memory, found: Found) -> Resolve:
    """Whom a mention before the attribution ``found`` means."""
    return lambda mention: of_mention(memory, mention, found)


def of_owner(memory: Memory, mention: Mention, head: Token, found: Found) -> Identity | None:
    """«в сообщении ведомства», «корреспондент «Зари»»: words of the body, and of the outlet, that they are of."""
    g, lemma = memory.g, plain(head.lemma)
    if lemma in words().statements | words().passed_on | {"статья"}:
        owner = next((c for c in g.children(head.i, "nmod") if c.i == head.i + 1), None)
        if owner is None or owner.pos != "NOUN" or owner.i + 1 != mention.last or owner.feats.get("Number") == "Plur":
            return None
        w = words()
        others = w.for_body | w.for_organization | w.official | HEADS if lemma in w.statements else frozenset()
        if plain(owner.lemma) in w.for_media | others:
            whose = of_mention(memory, Mention(owner.i, owner.i + 1, owner.i), found)
            return whose if whose is not None and whose.kind != "unnamed" else None
    plural = head.feats.get("Number") == "Plur"
    if plural and lemma in words().staff and mention.first + mention.place == head.i:
        return writers.of_staff(memory, mention, head)
    several = lemma in words().journalists and plural  # «журналисты «Зари»»
    if several or (lemma in words().own_journalists and head.feats.get("Number") == "Sing"):
        n = next((n for n in memory.people.names_between(head.i + 1, mention.last) if n.kind == "ORG"), None)
        who = bodies.organization(memory, mention, n.first, n.last, "писать") if n is not None else None
        if who is None or who.kind != "media":
            return None
        name = kinds.quoted_name(g, mention)
        return replace(who, name=names.quoted(g, mention, name)) if name is not None and name == who.name else who
    return None


def antecedent(g: Grammar, relative: Token) -> Mention | None:
    """What «который» stands for: «закон, согласно которому…»."""
    up = relative.i
    for _ in range(8):
        token = g.tokens[up]
        if token.head < 0:
            return None
        if token.rel.startswith("acl") and g.tokens[token.head].pos in {"NOUN", "PROPN"} and token.head < relative.i:
            stop = next((k for k in range(token.head, relative.i) if g.tokens[k].text in COMMA), relative.i)
            return phrase(g, token.head, stop)
        up = token.head
    return None


def stands_for(memory: Memory, mention: Mention, head: Token, quoted: str | None) -> Identity | None:
    """A common noun alone that means somebody said before: «ресурс», «ведомство», «автор», «министр», «в холдинге»."""
    g, w, lemma = memory.g, words(), plain(head.lemma)
    plural = head.feats.get("Number") == "Plur"
    tagged = any(n.kind != "PER" for n in memory.people.names_between(mention.first, mention.last))
    other_names = any(
        g.tokens[k].pos in {"PROPN", "X"} for k in range(mention.first, mention.last) if k != mention.head
    )
    before = [t for t in g.tokens[mention.first + mention.place : mention.head] if plain(t.lemma) not in names.SELF]
    alone = mention.last == mention.head + 1 and len(before) <= 1
    if mention.last == mention.head + 1 and not alone and bodies.only_described(g, mention, head):
        alone, other_names, tagged = True, False, False
    bare = alone and quoted is None and not tagged and not other_names
    if bare and not plural:
        if lemma == "автор":
            return author(memory, mention) or UNNAMED
        if lemma in {"документ", "текст"} and memory.titled(lemma, head.start) is None:
            return bodies.document(memory, mention)
        if lemma == "интервью" and mention.place:  # «говорится в интервью»: whoever gave it says so
            gave = pronoun(memory, mention, "", lambda _: None, adds=False)
            return gave if gave.kind in {"person", "official"} else bodies.document(memory, mention)
        kind = kinds.of_noun(lemma)
        title = memory.titled(lemma, head.start) if kind is not None else None
        if title is not None and kind is not None:
            return Identity(title, kind, kinds.platform(g, mention), anonymous=kind == "channel", titled=True)
        if lemma in w.messages:  # «в сообщении»: of the body that spoke just before
            issuer = bodies.issuer(memory, mention)
            if issuer is not None:
                return issuer
        if lemma in w.passed_on:  # «в публикации»: of the channel that was quoted, or that published it
            voice = bodies.outlet(memory, mention, "канал")
            if voice is not None:
                return voice
    if bare and lemma == "пресс-служба":
        return bodies.press_office(memory, mention)
    if bare and not plural and lemma in w.for_media:
        body = bodies.same_noun(memory, mention, head) if lemma == "агентство" else None
        return body or bodies.outlet(memory, mention, lemma) or UNNAMED
    bare = bare and not (lemma in TOLD_APART and bodies.described_otherwise(memory, mention))
    if bare and not plural and lemma in w.state_body | w.organization and lemma not in w.for_media:
        namesake = bodies.same_noun(memory, mention, head)
        if namesake is not None:
            return namesake
    if not plural and lemma in w.for_body and bodies.adjectives_alone(g, mention):
        span = g.tokens[mention.first].start, head.stop
        state = memory.state_in(span)
        if state is not None:
            return bodies.of_state(memory, mention, state[0])
    if bare and lemma in w.for_body:
        named = bodies.last_named(memory, "state_body", mention) or memory.last("state_body")
        return named or bodies.told_of(memory, mention)
    if bare and lemma in w.for_organization:
        return memory.last("organization") or bodies.last_named(memory, "organization", mention)
    if not plural and (lemma in w.for_account or any(t.text == "@" for t in g.tokens[head.i : mention.last])):
        nick = next((t.text for t in g.tokens[mention.head + 1 : mention.last] if t.text.isascii()
                     and t.text[:1].isalpha() and plain(t.text) not in kinds.PLATFORMS), None)  # fmt: skip
        if nick is not None:
            return Identity(nick, "channel", kinds.platform(g, mention), anonymous=True)
    fresh = not plural and nobody.introduced(g, mention, head)
    if not plural and lemma in w.for_speaker:
        known = memory.described(head, mention)
        if known is not None and (not fresh or roles.called(lemma, known.posts)):
            return of_people([known])
        goes_on = bare and not fresh and lemma not in w.at_law | memory.several
        return (memory.goes_on(head, mention) if goes_on else None) or somebody(head)
    opens = head.i == g.sentence(head.i).first and names.common(head)
    missed = untagged.alone(memory, mention, head, opens=opens) if not tagged else None
    if missed is not None:
        return missed
    if opens and kinds.of_noun(lemma) is None and names.plural_subject(g, head):
        return somebody(head)  # «Военкоры сообщают»
    own = any(n.kind != "PER" and n.last > head.i for n in memory.people.names_between(mention.first, head.i + 1))
    animate = head.pos in {"NOUN", "PROPN"} and not own and head.feats.get("Animacy") == "Anim"
    animate = animate and lemma not in w.channel
    if not plural and (animate or lemma in w.for_person | w.person | w.official):
        known = memory.described(head, mention)
        if fresh and (known is None or not roles.called(lemma, known.posts)):
            return somebody(head)
        if known is None and lemma in w.official | HEADS:
            span = g.tokens[mention.first].start, g.tokens[mention.last - 1].stop
            known = memory.leader(span) if not bodies.of_a_body(memory, mention) else None
            if known is not None and lemma not in {"глава", "лидер"} and roles.cannot_mean(lemma, known.posts):
                known = None  # the prime minister is not the only minister whom the text names
        theirs = lemma in RELATIONAL and any(
            n.kind == "PER" for n in memory.people.names_between(head.i, mention.last)
        )  # «внук певца Лугина» is a stranger
        if (
            known is None
            and not theirs
            and lemma not in w.person | w.unnamed | w.official | KIN
            and not of_state(g, mention)
        ):
            # «отмечает бывший соратник вождя»: what no stranger is called means who was told of just before
            sex = memory.people.sex(head) or head.feats.get("Gender", "")
            return memory.just_before(head.start, sex, lemma, mention) or somebody(head)
        return of_people([known]) if known is not None else somebody(head)
    return None


def of_state(g: Grammar, mention: Mention) -> bool:
    """«глава государства»: a post that is no epithet."""
    return any(plain(t.lemma) in STATES for t in g.tokens[mention.head + 1 : mention.last])


def author(memory: Memory, mention: Mention) -> Identity | None:
    """«автор»: the writer of the source that was quoted last, or that source where it has no other writer."""
    for who in memory.recent():
        if who.kind in {"person", "official", "channel", "media"}:
            return who
    person = memory.people.before(memory.g.tokens[mention.head].start, "")
    return of_people([person]) if person is not None else None


def named(memory: Memory, mention: Mention, head: Token, quoted: str | None, found: Found) -> Identity:
    """A source by its own name or by the noun phrase that describes it: «РИА Новости», «афганские власти»."""
    g, w, lemma = memory.g, words(), plain(head.lemma)
    verb = plain(g.tokens[found.at].lemma)
    if quoted is not None:
        whole = head.text.isupper() and len(head.text) > 1  # РИА «Новости»
        name = names.phrase(g, mention) if whole else names.quoted(g, mention, quoted)
        name = bodies.declined(memory, name)
        theirs = lemma in w.document and name != quoted  # «в публикации «Утренней зари»»: the outlet's, no title
        kind = kinds.of_name(
            name, "" if whole or theirs else lemma, "писать" if theirs and lemma not in w.statements else verb
        )
        return memory.by_name.get(plain(name)) or Identity(
            name, memory.kinds.get(plain(name), kind), kinds.platform(g, mention), anonymous=kind == "channel"
        )
    for n in memory.people.names_between(mention.first, mention.last):
        if n.kind == "PER":
            continue
        if n.first <= mention.head < n.last or (n.first > mention.head and lemma in w.media | w.channel):
            who = bodies.organization(memory, mention, n.first, n.last, verb)
            if mention.place and n.first <= mention.head and plain(g.parse.text[n.start : n.stop]) in memory.towns:
                return UNNAMED  # «в Перми сообщили»: a town that is no seat of power
            return replace(who, kind="state_body") if n.kind == "LOC" and who.kind == "organization" else who
    name = names.phrase(g, mention)
    kind_told = kinds.of_noun(lemma)
    if lemma in kinds.OFFICES and kinds.of_states(g, mention.head):
        kind_told = "state_body"
    if head.pos in {"PROPN", "X"} or (head.text[:1].isupper() and mention.head > g.sentence(mention.head).first):
        known = bodies.of_whom(memory, name) or memory.by_name.get(plain(name)) or bodies.extended(memory, name)
        return known or Identity(name, memory.kinds.get(plain(name)) or kind_told or kinds.of_name(name, lemma, verb))
    if kind_told is None and found.cue is not None and plain(g.parse.text[slice(*found.cue)]) == "согласно":
        kind_told = "document"
    own = g.tokens[mention.first + mention.place : mention.head]
    alone = mention.last == mention.head + 1 and all(plain(t.lemma) in names.SELF for t in own)
    if kind_told is None:
        # A body that no list has, said whose: «секретариат совета»; nouns for many people stay unnamed.
        owned = not alone and lemma not in w.collective
        inanimate = head.pos == "NOUN" and head.feats.get("Animacy") == "Inan" and head.feats.get("Number") == "Sing"
        return Identity(name, "organization") if owned and inanimate else UNNAMED
    if kind_told == "organization" and alone and lemma in w.for_organization and lemma != "пресс-служба":
        return somebody(head)  # «в компании сообщили» of one that the article does not name
    if kind_told in {"document", "media", "channel"}:
        name = bodies.fuller(memory, name) if kind_told == "document" else name
        whose = owned_by(memory, mention, head, found)
        name = f"{whose[0]} {names.of(whose[1].name, whose[1].gender)}" if whose is not None else name
    return (
        bodies.extended(memory, name)
        or bodies.placed(memory, mention, name)
        or Identity(name, kind_told, kinds.platform(g, mention), anonymous=kind_told == "channel")
    )


def owned_by(memory: Memory, mention: Mention, head: Token, found: Found) -> tuple[str, Identity] | None:
    """What a text is called, and whose it is, where a noun or a pronoun tells: «сайт певицы», «её доклад»."""
    g = memory.g
    if head.feats.get("Number") == "Plur":
        return None
    own = next((t for t in g.tokens[mention.first : head.i] if plain(t.text) in {"его", "ее", "их"}), None)
    if own is not None:
        whose = of_mention(memory, Mention(own.i, own.i + 1, own.i), found)
        noun = names.word(head, "NOUN")
    else:
        owner = next(g.children(head.i, "nmod"), None)
        stands = words().for_body | words().for_organization | words().for_person | words().for_media
        last = owner is not None and owner.i == head.i + 1 == mention.last - 1
        if owner is None or not last or plain(owner.lemma) not in stands or owner.feats.get("Number") == "Plur":
            return None
        whose = of_mention(memory, Mention(owner.i, owner.i + 1, owner.i), found)
        noun = names.phrase(g, replace(mention, last=head.i + 1))
    known = whose is not None and whose.kind not in {"unnamed", "document"} and whose.name[:1].isupper()
    return (noun, whose) if known and whose is not None else None
