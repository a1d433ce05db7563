"""Words of the gazetteer that are other words where they stand: «того», «Роман Польский», «на английском языке»."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..gazetteer.files import blocs
from ..gazetteer.lexicon import HISTORIC, Entry, Hit
from ..tokens import NameSpan, Parse, Token
from .metonyms import before_in_sentence, is_former, preposition, words
from .morphology import parses
from .persons import gender_of_first_name

WORDS = words(Path(__file__).with_suffix(".toml"))
QUOTES = {"«": "»", "„": "“", "“": "”", '"': '"'}


def sift(parse: Parse, hits: Sequence[Hit], tagged: Mapping[int, NameSpan]) -> list[Hit]:
    """The hits that mean what the gazetteer says; masks and homonyms are left out."""
    titles = titles_in_quotes(parse)
    certain = {
        i for h in hits for i in range(h.first, h.last) if any(e.form == "name" and not e.guard for e in h.entries)
    }
    out, people = [], []
    for hit in hits:
        if any(e.form == "mask" for e in hit.entries) or names_a_title(parse, hit, titles):
            continue
        entries = tuple(e for e in hit.entries if stands(parse, hit, e, tagged, certain))
        if entries:
            out.append(hit if entries == hit.entries else Hit(hit.first, hit.last, hit.start, hit.stop, entries))
        elif (name := tagged.get(hit.first)) is not None and (name.first, name.last) == (hit.first, hit.last):
            people.append(hit)
    known = {h.entries[0].id for h in out if h.entries[0].form == "name"} if people else set()
    # «угрожали Нигеру», whom the tagger takes for a person, where the article speaks of Niger
    again = [h for h in people if h.entries[0].form == "name" and h.entries[0].id in known]
    return sorted(out + again, key=lambda h: h.start) if again else out


def names_a_title(parse: Parse, hit: Hit, titles: Mapping[int, tuple[int, int]]) -> bool:
    """«Российская газета», «Единая Россия», «Вечерняя Москва» are names of something else.

    What a longer title describes counts: «Российские железные дороги», «Сеть поддержки выборов в Зимбабве».
    """
    first, last = titles.get(hit.first, (0, 0))
    if hit.last > last or ((hit.first, hit.last) == (first, last) and hit.entries[0].id in blocs()):
        return False
    form = hit.entries[0].form
    if form in ("adjective", "demonym", "compound"):
        return hit.first == first and last - first < 3
    return form in ("capital", "seat") or hit.first == first or is_nominative(parse.tokens[hit.first])


def is_nominative(token: Token) -> bool:
    return token.feats.get("Case", "Nom") == "Nom"


def titles_in_quotes(parse: Parse) -> dict[int, tuple[int, int]]:
    """By token, ``[first, last)`` of its title: words in quotation marks, few, capitalised, without a verb."""
    out = {}
    tokens = parse.tokens
    closed = -1
    for i in [t.i for t in tokens if t.text in QUOTES]:
        if i <= closed:
            continue
        closing, last = QUOTES[tokens[i].text], parse.sentences[tokens[i].sentence].last
        end = next((k for k in range(i + 1, min(i + 9, last)) if tokens[k].text in (closing, "»")), None)
        if end is not None and end > i + 1 and is_title(tokens[i + 1 : end]):
            out.update(dict.fromkeys(range(i + 1, end), (i + 1, end)))
            closed = end
    return out


def is_title(tokens: Sequence[Token]) -> bool:
    return tokens[0].text[:1].isupper() and not any(t.pos in ("VERB", "AUX") or t.text in "—–:,.!?…" for t in tokens)


def stands(parse: Parse, hit: Hit, entry: Entry, tagged: Mapping[int, NameSpan], certain: set[int]) -> bool:
    """Whether one reading of a hit holds where it stands."""
    first = parse.tokens[hit.first]
    name = tagged.get(hit.first)
    capital = first.text[:1].isupper() and not first.text.isupper()
    begins = hit.first == parse.sentences[first.sentence].first or begins_quotation(parse, hit.first)
    if name is not None and name.kind == "PER" and entry.form != "leader":
        alone = name.last - name.first == 1
        if entry.form == "adjective" and not (alone and first.pos == "ADJ" and first.head == hit.last):
            return False
        if entry.form == "demonym" and not (alone and agrees(first, entry.word)):
            return False
        if entry.guard in ("noperson", "place") or (entry.form not in ("name", "adjective", "demonym") and not alone):
            return False
    match entry.form:
        case "demonym":
            written = begins or not capital
            return written and (entry.guard != "animate" or is_animate(parse, first))
        case "qualified":
            prefixed = hit.stop - hit.start > len(entry.word) + 1
            return prefixed or qualified_noun(parse, first).lemma in nouns(entry)
        case "adjective":
            return is_of_state(parse, hit, entry, capital and not begins)
        case "capital" if first.pos == "ADJ":
            return False  # «в Минском районе»
    if entry.guard == "place":
        return is_place(parse, hit, name, begins, certain)
    return entry.guard != "midsentence" or not begins or name is not None


def agrees(token: Token, word: str) -> bool:
    """Whether a form of ``word`` has the case and number of the tag: «Полька» of a winner, but not «Чехов» of plays."""
    wanted = (token.feats.get("Case"), token.feats.get("Number"))
    return any(
        form.normal == word.replace("ё", "е") and (form.feats.get("Case"), form.feats.get("Number")) == wanted
        for form in parses(token.text)
    )


def is_of_state(parse: Parse, hit: Hit, entry: Entry, proper: bool) -> bool:
    """Whether an adjective speaks of its state; ``proper`` where it is written as a name within a sentence."""
    adjective = parse.tokens[hit.first]
    noun = qualified_noun(parse, adjective)
    if noun.lemma in WORDS["languages"] or (entry.id in HISTORIC and is_of_the_past(parse, adjective)):
        return False
    if proper:
        before = before_in_sentence(parse, adjective)
        street = noun.lemma in WORDS["streets"] or (before is not None and before.lemma in WORDS["streets"])
        return not street and not is_surname(parse, adjective) and noun.pos in ("NOUN", "PROPN", "ADJ")
    # «владеет английским»: of nouns that the adjective could go with there is none.
    alone = adjective.rel in ("obj", "obl", "iobj", "nmod", "conj") and noun.pos not in ("NOUN", "PROPN", "ADJ")
    return not (alone and entry.word in WORDS["spoken"] and adjective.feats.get("Number") != "Plur")


def nouns(entry: Entry) -> set[str]:
    """The nouns before which a qualified adjective counts."""
    return {noun for name in entry.other for noun in WORDS[name]}


def qualified_noun(parse: Parse, adjective: Token) -> Token:
    """The noun that an adjective goes with: «языках» of «на русском, английском и других языках»."""
    token = adjective
    for _ in range(8):
        if token.head < 0 or token.rel not in ("amod", "conj"):
            break
        token = parse.tokens[token.head]
        if token.pos in ("NOUN", "PROPN"):
            return token
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


def begins_quotation(parse: Parse, i: int) -> bool:
    return i > 0 and parse.tokens[i - 1].text in '«"“„—–-:('


def is_place(parse: Parse, hit: Hit, name: NameSpan | None, begins: bool, certain: set[int]) -> bool:
    """A tagged place, «в Того», «Мали и Чад», «президент Чада»; not «Чада Ивановы ждут»."""
    first = parse.tokens[hit.first]
    oblique = first.rel == "nsubj" and first.text.lower() != hit.entries[0].word.lower()
    if begins and (first.feats.get("Number") == "Plur" or oblique):
        return False
    if not begins and first.pos == "PROPN" and first.rel in ("nmod", "nsubj", "conj", "appos"):
        return True
    if name is not None and (name.kind == "LOC" or (name.kind == "ORG" and hit.entries[0].form == "seat")):
        return True
    before = before_in_sentence(parse, first)
    if before is not None and before.text.lower() in WORDS["place_prepositions"]:
        return True
    tokens = parse.tokens
    joined = any(0 <= i < len(tokens) and tokens[i].text in (",", "и", "или") for i in (hit.first - 1, hit.last))
    return joined and (hit.first - 2 in certain or hit.last + 1 in certain)
