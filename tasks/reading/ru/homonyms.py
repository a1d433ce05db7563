"""Words of the gazetteer that are other words where they stand: «того», «Роман Польский», «на английском языке»."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..gazetteer.files import blocs
from ..gazetteer.lexicon import HISTORIC, Entry, Hit
from ..tokens import NameSpan, Parse, Token
from .metonyms import WORDS, before_in_sentence, is_former, preposition
from .persons import gender_of_first_name

PLACE_PREPOSITIONS = frozenset(["в", "во", "из", "на", "через", "между", "с", "до", "под"])
STREETS = frozenset(
    [
        "улица",
        "набережная",
        "площадь",
        "проспект",
        "бульвар",
        "мост",
        "переулок",
        "шоссе",
        "линия",
        "тупик",
        "аллея",
        "сад",
        "вокзал",
        "ворота",
        "застава",
        "горка",
        "слобода",
        "рынок",
        "канал",
    ]
)
QUOTES = {"«": "»", "„": "“", "“": "”", '"': '"'}


def sift(parse: Parse, hits: Sequence[Hit], tagged: Mapping[int, NameSpan]) -> list[Hit]:
    """The hits that mean what the gazetteer says; masks and homonyms are left out."""
    titles = titles_in_quotes(parse)
    certain = {
        i for h in hits for i in range(h.first, h.last) if any(e.form == "name" and not e.guard for e in h.entries)
    }
    out = []
    for hit in hits:
        if any(e.form == "mask" for e in hit.entries) or names_a_title(parse, hit, titles):
            continue
        entries = tuple(e for e in hit.entries if stands(parse, hit, e, tagged, certain))
        if entries:
            out.append(hit if entries == hit.entries else Hit(hit.first, hit.last, hit.start, hit.stop, entries))
    return out


def names_a_title(parse: Parse, hit: Hit, titles: Sequence[tuple[int, int]]) -> bool:
    """«Российская газета», «Единая Россия», «Вечерняя Москва» are names of something else.

    What a longer title describes counts: «Российские железные дороги», «Сеть поддержки выборов в Зимбабве».
    """
    for first, last in titles:
        if first <= hit.first and hit.last <= last:
            form = hit.entries[0].form
            if (hit.first, hit.last) == (first, last) and hit.entries[0].id in blocs():
                return False
            if form in ("adjective", "demonym", "compound"):
                return hit.first == first and last - first < 3
            return form in ("capital", "seat") or hit.first == first or is_nominative(parse.tokens[hit.first])
    return False


def is_nominative(token: Token) -> bool:
    return token.feats.get("Case", "Nom") == "Nom"


def titles_in_quotes(parse: Parse) -> list[tuple[int, int]]:
    """``[first, last)`` of tokens within quotation marks that are a title: short, capitalised, without a verb."""
    out = []
    tokens = parse.tokens
    for sentence in parse.sentences:
        i = sentence.first
        while i < sentence.last:
            closing = QUOTES.get(tokens[i].text)
            if closing is None:
                i += 1
                continue
            end = next((k for k in range(i + 1, min(i + 9, sentence.last)) if tokens[k].text in (closing, "»")), None)
            if end is not None and end > i + 1 and is_title(tokens[i + 1 : end]):
                out.append((i + 1, end))
                i = end
            i += 1
    return out


def is_title(tokens: Sequence[Token]) -> bool:
    return tokens[0].text[:1].isupper() and not any(t.pos in ("VERB", "AUX") or t.text in "—–:,.!?…" for t in tokens)


def stands(parse: Parse, hit: Hit, entry: Entry, tagged: Mapping[int, NameSpan], certain: set[int]) -> bool:
    """Whether one reading of a hit holds where it stands."""
    first = parse.tokens[hit.first]
    name = tagged.get(hit.first)
    person = name is not None and name.kind == "PER"
    if entry.form == "leader":
        return True
    if person and (entry.form != "name" or entry.guard) and not begins_phrase(parse, hit, name):
        return False
    capital = first.text[:1].isupper() and not first.text.isupper()
    begins = hit.first == parse.sentences[first.sentence].first or begins_quotation(parse, hit.first)
    if entry.form == "demonym":
        if capital and not begins:
            return False
        return entry.guard != "animate" or is_animate(parse, first)
    if entry.form == "qualified":
        return hit.stop - hit.start > len(entry.word) + 1 or qualified_noun(parse, first).lemma in nouns(entry)
    if entry.form == "adjective":
        if (entry.id in HISTORIC and is_of_the_past(parse, first)) or (capital and is_surname(parse, first)):
            return False
        following = parse.tokens[hit.last] if hit.last < len(parse.tokens) else None
        if following is None or following.sentence != first.sentence:
            return True
        return following.lemma not in ("язык", "алфавит") and not (capital and following.lemma in STREETS)
    if entry.form == "capital" and first.pos == "ADJ":
        return False  # «в Минском районе»
    if entry.guard == "place":
        if begins and first.feats.get("Number") == "Plur":
            return False  # «Чада выросли»
        proper = first.pos == "PROPN" and not begins and first.rel in ("nmod", "nsubj", "conj", "appos")
        return proper or place_around(parse, hit, name, certain)
    if entry.guard == "midsentence":
        return not begins or name is not None
    return True


def nouns(entry: Entry) -> set[str]:
    """The nouns before which a qualified adjective counts."""
    return {noun for name in entry.other for noun in WORDS[name]}


def qualified_noun(parse: Parse, adjective: Token) -> Token:
    """The noun that an adjective goes with."""
    if adjective.head >= 0 and adjective.rel == "amod":
        return parse.tokens[adjective.head]
    return parse.tokens[min(adjective.i + 1, len(parse.tokens) - 1)]


def is_of_the_past(parse: Parse, adjective: Token) -> bool:
    """«советское время», «бывшие советские республики»: a time or a former thing, not the state."""
    noun = qualified_noun(parse, adjective)
    return noun.lemma in WORDS["epoch"] or is_former(parse, adjective)


def is_animate(parse: Parse, token: Token) -> bool:
    """«полька Анна», not «танцевали польку», «играли в американку»."""
    head = parse.tokens[token.head] if token.head >= 0 else None
    if token.feats.get("Case") == "Acc" and preposition(parse, token) in ("в", "на"):
        return False
    return token.feats.get("Animacy") == "Anim" and (head is None or head.lemma not in WORDS["things_done"])


def is_surname(parse: Parse, adjective: Token) -> bool:
    """«Роман Польский», though the tagger saw no person."""
    before = before_in_sentence(parse, adjective)
    return before is not None and before.text[:1].isupper() and bool(gender_of_first_name(before.text))


def begins_phrase(parse: Parse, hit: Hit, name: NameSpan | None) -> bool:
    """An adjective that the tagger took for a whole name: «Ливийский канал»."""
    token = parse.tokens[hit.first]
    return name is not None and name.last - name.first == 1 and token.pos == "ADJ" and token.head == token.i + 1


def begins_quotation(parse: Parse, i: int) -> bool:
    return i > 0 and parse.tokens[i - 1].text in '«"“„—–-:('


def place_around(parse: Parse, hit: Hit, name: NameSpan | None, certain: set[int]) -> bool:
    """A tagged place, «в Того», «Мали и Чад», «президент Чада»."""
    if name is not None and name.kind == "LOC":
        return True
    tokens = parse.tokens
    before = tokens[hit.first - 1] if hit.first else None
    if before is not None and before.text.lower() in PLACE_PREPOSITIONS and before.text != "":
        return True
    near = [i for i in (hit.first - 2, hit.last + 1) if 0 <= i < len(tokens)]
    return any(i in certain for i in near) and any(
        0 <= i < len(tokens) and tokens[i].text in (",", "и", "или") for i in (hit.first - 1, hit.last)
    )
