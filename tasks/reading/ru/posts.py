"""Whom a post or an epithet means: «министр», «глава Минсвязи», «актриса», «чилийский лидер», «мать певца»."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from ..tokens import Token
from . import roles
from .cues import plain, word_set
from .mentions import Mention
from .people import HEADS, KIN, NEAR, RELATIONAL, SPEAKERS, People, Person
from .sourcewords import words
from .stems import stem

CHIEFS = word_set("chiefs")
NOBODY: frozenset[str] = frozenset()
PARTY_POSTS = frozenset({"секретарь", "генсек", "председатель", "лидер"})
"""By which a head of state may be introduced."""
STRANGERS = frozenset({"ведущий", "ведущая", "интервьюер", "полицейский", "охранник", "прохожий", "продавец"})
"""Who is met once, and is nobody named before."""
COUNTERPARTS = frozenset({"коллега", "визави", "гость"})
"""Who is told from the other by a state alone: «его чешский коллега», «гость из Праги»."""
STATES = frozenset({"государство", "страна"})
DOMAINS = {"мид": "иностранный", "мвд": "внутренний", "пентагон": "оборона"}
"""What ministries are of whose name does not say so."""
DIPLOMACY = frozenset({"дипломатия", "дипведомство", "внешнеполитический", "мид", "иностранный"})
ANY_BODY = words().state_body | words().organization
"""What one who is its head heads no state by."""


def described(
    people: People, head: Token, mention: Mention, state: tuple[str, set[str]] | None, spoke: str, before: int,
    fullest: Mapping[str, str],
) -> Person | None:  # fmt: skip
    """The person that a post means: «министр», «глава Минсвязи», «актриса», «чилийский лидер», «мать певца».

    ``state``: whose the mention says the post is, and the words that say so; ``spoke``: who spoke last;
    ``before``: the code point before which whom the post means was named; ``fullest``: full names of bodies by others.
    """
    lemma = roles.in_office(plain(head.lemma))
    left = roles.is_former(people.g, head)
    at = min(before, people.g.tokens[mention.first].start)
    owners = people.modifiers(mention.first, mention.last, mention.head, None)
    owners |= {word for o in owners if o in fullest for word in plain(fullest[o]).split()}  # «глава ЕК»
    sex = people.sex(head)
    upto = bisect_left(people.at, at)
    if lemma in COUNTERPARTS and state is not None:
        before_it = (p for _, p, _ in reversed(people.order[:upto]))
        counterpart = next((p for p in before_it if p.state == state[0] and p.name != spoke), None)
        if counterpart is not None:
            return counterpart
    alike: Person | None = None
    fitting: Person | None = None
    other: Person | None = None
    for start, person, subject in reversed(people.order[max(0, upto - 60) : upto] or people.order[:60]):
        if (fitting is not None and (owners or at - start > NEAR)) or (alike is not None and at - start > NEAR // 2):
            break
        if person.name in people.spoken_of:
            continue
        goes_on = person.name == spoke and _goes_on(person, lemma, owners, state)
        if not (goes_on or _may_be(person, lemma, owners, sex, state)):
            continue
        if not person.former if left else lemma in person.former:
            other = other or person  # «бывший премьер» and «премьер» are two where two are told of
        elif (subject and not people.in_words(start)) or person.name == spoke:
            if goes_on or lemma in person.posts:
                return person
            alike = alike or person  # one who is called so goes before one who might be
        else:
            fitting = fitting or person
    if alike or fitting or other:
        return alike or fitting or other
    if lemma in KIN and len(people.by_post.get(lemma, [])) == 1:
        return people.by_post[lemma][0]
    w = words()
    if owners and head.feats.get("Number") == "Sing" and lemma not in w.unnamed | w.for_speaker:
        # «сенатор от Техаса»: the one named last, if nothing else is known of them than such a post.
        last = people.last_named(at, "")
        speaker = next((o for o in reversed(people.order[max(0, upto - 10) : upto]) if o[1].name == spoke), None)
        for start, person, _ in filter(None, (last, speaker)):
            if at - start < NEAR // 2 and (state is None or person.state in {None, state[0]}):
                theirs = person.name == spoke and not person.posts and sex in {person.gender, ""}
                if another(person, lemma, owners):
                    continue
                named = any(n.kind == "PER" for n in people.names_between(mention.head, mention.last))
                goes_on = theirs and not named and not _one_of(people, mention)
                only = not person.posts.keys() - w.official and (left or not roles.cannot_mean(lemma, person.posts))
                if goes_on or (lemma in w.official and only):
                    return person
    if owners or lemma in w.unnamed | w.for_speaker or (lemma in RELATIONAL and lemma not in w.for_person):
        return None
    if lemma in KIN and mention.last - mention.first > 1:
        return None  # «его дочь»
    if lemma in STRANGERS:
        return None
    near = people.before(at, sex, lemma)
    return near if near is None or state is None or near.state in {None, state[0]} else None


def another(person: Person, noun: str, owners: set[str]) -> bool:
    """Whether a post is another's: the «министр финансов» is no «министр энергетики», «министр» of a state may be."""
    whose = person.posts.get(noun)
    w = words()
    told = owners - w.for_body - w.for_organization - STATES - {"регион", "область", "край"}
    if owners & DIPLOMACY and whose and whose & DIPLOMACY:
        return False
    return person.official and bool(whose and told) and told == owners and not _overlap(owners, whose or set())


def _one_of(people: People, mention: Mention) -> bool:
    """«менеджер одного из банков»: nobody in particular."""
    return any(plain(t.lemma) == "один" for t in people.g.tokens[mention.first : mention.last])


def _goes_on(person: Person, noun: str, owners: set[str], state: tuple[str, set[str]] | None) -> bool:
    """Whether ``noun`` may mean the last speaker by less than a post: that of their body, or none that is known."""
    if state is not None and person.state not in {None, state[0]}:
        return False  # «представитель МИД Чили» is not that of another MID
    bare = state is not None and noun in {"глава", "лидер"} and not owners - state[1]
    if bare and person.posts and person.posts.keys() <= PARTY_POSTS:
        return True  # the «секретарь ЦК» who spoke is the «глава КНР»
    if person.posts:
        return noun in SPEAKERS and any(_overlap(owners, whose) for whose in person.posts.values())
    placed = state is not None and person.state == state[0] and not owners - state[1]
    return roles.goes_on(noun, owners) or (noun in SPEAKERS and placed)


def _may_be(person: Person, noun: str, owners: set[str], sex: str, state: tuple[str, set[str]] | None) -> bool:
    """Whether ``noun`` of ``owners`` may mean a person, by gender, state and posts."""
    if sex and person.gender and sex != person.gender:
        return False
    if owners & STATES and not (person.official or person.state):
        return False  # a party's leader is no head of state
    for_state = person.official or (noun in SPEAKERS and person.state is not None)
    if for_state and owners & words().for_organization:
        return False
    whole, placed = owners, False
    if state is not None and person.state is not None:
        if person.state != state[0]:
            return False
        owners, placed = owners - state[1], True  # its state is told already
        if not owners and not person.posts and noun in HEADS | {"политик"}:
            return True
    elif state is not None and (person.official or owners <= state[1]):
        owners, placed = owners - state[1], True  # the state of a post may be told in words that name none
    for post, whose in person.posts.items():
        role = post == noun or roles.may_mean(noun, NOBODY, post, whose)
        speaks = post in SPEAKERS and noun in SPEAKERS
        alike = role or speaks or any(post in group and noun in group for group in (HEADS, CHIEFS))
        chairs = post == "председатель" and state is not None and whose & state[1]
        if placed and not owners and chairs and noun in {"глава", "лидер"}:
            return True  # «глава КНР» is the «председатель КНР»
        heads = post in {"глава", "лидер"} and len(whose) == 1 and not whose & ANY_BODY
        if noun == "президент" and heads and person.state is not None and (placed or not whole) and not owners:
            return True  # «президент» is the «глава РФ»
        if placed and not owners and "лидер" in {noun, post} and alike:
            return True  # «турецкий лидер» is the «президент Турции»
        if roles.may_mean(noun, whole, post, whose) or (role and not owners and (placed or not whole)):
            return True
        if speaks and not owners and (placed or not whole):
            return True
        anybody = noun in words().for_speaker and post != noun  # «чиновник Минфина» is no minister of finance
        if alike and owners and not anybody and _overlap(owners, whose):
            return True
        if post == noun and _overlap(owners, {stem(person.name)}):
            return True
    return False


def _overlap(a: set[str], b: set[str]) -> bool:
    """Whether two sets of owners share one, compared by their beginnings: «связь» and «минсвязи»."""
    for x in a:
        for y in b:
            long, short = (x, y) if len(x) > len(y) else (y, x)
            if x == y or (len(stem(short)) > 3 and stem(short) in long) or _ministry(x, y) or _ministry(y, x):
                return True
    return False


def _ministry(short: str, word: str) -> bool:
    """Whether ``short`` is the ministry of ``word``: «минфин» of «финансы», «мид» of «иностранные» affairs."""
    if short in DOMAINS:
        return word == DOMAINS[short]
    return short.startswith("мин") and 5 < len(short) < 14 and word.startswith(short[3:6])
