"""Names and noun phrases in the nominative."""

from __future__ import annotations

import re
from functools import lru_cache

from ..gazetteer.lexicon import lexicon
from ..tokens import Token
from . import persons
from .clauses import COMMA, DASH, Grammar, is_finite
from .cues import plain, word_set
from .mentions import Mention
from .morphology import analyses, capitals, choose, normal, parses
from .sourcewords import words

CASES = {"Nom": "nomn", "Gen": "gent", "Dat": "datv", "Acc": "accs", "Ins": "ablt", "Loc": "loct"}
GENDERS = {"Masc": "masc", "Fem": "femn", "Neut": "neut"}
CLASSIFIERS = word_set("classifiers")
SELF = frozenset({"сам", "этот", "данный", "такой", "весь", "тот", "же", "самый"})
MARKS = str.maketrans("", "", '«»„“”"')


@lru_cache(maxsize=20_000)
def _inflected(word: str, case: str, gender: str, number: str, kind: str) -> str:
    """``word`` in the nominative, read in the case it stands in; itself where it can't be told."""
    best = None
    for p in analyses(word):
        tag = p.tag
        score = p.score
        if (case and case in tag) or (case == "loct" and "loc2" in tag) or (case == "gent" and "gen2" in tag):
            score += 2
        if kind and kind in tag:
            score += 3
        if gender and gender in tag:
            score += 1
        if number and number in tag:
            score += 1
        if (kind in {"ADJF", "PRTF"} and tag.POS not in {"ADJF", "PRTF"}) or (kind == "NOUN" and tag.POS != "NOUN"):
            score -= 3
        if best is None or score > best[0]:
            best = (score, p)
    if best is None:
        return word
    grammemes = {"nomn"}
    if number:
        grammemes.add(number)
    if gender and number != "plur" and (best[1].tag.POS in {"ADJF", "PRTF"} or kind == "Surn"):
        grammemes.add(gender)
    form = best[1].inflect(grammemes) or best[1].inflect({"nomn"})
    return str(form.word) if form is not None else word


@lru_cache(maxsize=2_000)
def _of_place(text: str) -> str | None:
    """The nominative that the gazetteer has of a state, a capital or a seat: «Акорде» → «Акорда»."""
    entries = [e for e in lexicon().look_up((text,)) if e.form in {"name", "capital", "seat"} and not e.guard]
    return entries[0].word if entries else None


def word(token: Token, kind: str = "", number: str | None = None) -> str:
    """A word in the nominative: «Мелкумовой» → «Мелкумова»."""
    text = token.text
    case = token.feats.get("Case", "")
    if not re.search("[а-яё]", text.lower()) or case == "Nom" or text.isupper():
        return text
    if token.pos == "PROPN" and (place := _of_place(text)) is not None:
        return place
    gender = GENDERS.get(token.feats.get("Gender", ""), "")
    number = number or ("plur" if token.feats.get("Number") == "Plur" else "sing")
    form = _inflected(text.lower(), CASES.get(case, ""), gender, number, kind)
    if kind == "Surn" and gender == "masc" and form.endswith(("ова", "ева", "ина")) and not text.lower().endswith("а"):
        form = form[:-1]
    return capitals(form, text)


YOUNGER = frozenset({"младший", "старший"})
"""Behind a surname: which of two."""


def common(token: Token) -> bool:
    """Whether a word that opens a sentence is a common noun, or none that the dictionary has as a name.

    «Премьер-министр» is, «Косиняк-Камыш» and «Каримов-младший» are not.
    """
    pieces = token.text.split("-")[1:]
    if any(piece[:1].isupper() or piece in YOUNGER for piece in pieces):
        return False
    forms = parses(token.text)
    named = any(f.known and f.grammemes & {"Name", "Surn", "Patr", "Geox", "Orgn"} for f in forms)
    return bool(pieces) or (not named and any(f.known and f.feats.get("Case") == "Nom" for f in forms))


def plural_subject(g: Grammar, token: Token) -> bool:
    """Whether the verb says that its subject is many: «Военкоры сообщают»."""
    verb = g.tokens[token.head].feats if token.rel.startswith("nsubj") and token.head >= 0 else {}
    return verb.get("Number") == "Plur" and token.text[-1:] in "иы"


def quoted(g: Grammar, mention: Mention, name: str) -> str:
    """A name in quotation marks in the nominative where it is declined: пресс-служба «Аэрофлота» → Аэрофлот.

    Behind a noun that says what it is a name stays undeclined: в компании «Гранит».
    """
    own = [t for t in g.tokens[mention.first : mention.last] if g.inside[t.i] >= 0 and t.text in name.split()]
    if not own or " ".join(t.text for t in own) != name or own[0].feats.get("Case", "Nom") == "Nom":
        return name
    before = g.tokens[own[0].i - 2] if own[0].i > 1 else None
    owner = plain(before.lemma) if before is not None and before.pos == "NOUN" else ""
    w = words()
    told = owner in CLASSIFIERS | w.media | w.channel | w.organization | w.state_body and owner != "пресс-служба"
    return name if told else normal(own)


def person(g: Grammar, first: int, last: int) -> str:
    """A person's name in the nominative: «Аси Мелкумовой» → «Ася Мелкумова»."""
    tokens = g.tokens[first:last]
    up = g.tokens[tokens[0].head] if tokens[0].head >= 0 else None
    nominative = up is not None and up.feats.get("Case") == "Nom" and tokens[0].rel == "appos" and up.pos == "NOUN"
    nominative = nominative and "Case" in tokens[0].feats
    if len(tokens) > 1 and (nominative or tokens[0].rel == "nsubj"):  # whatever the tagger makes of a foreign name
        tokens = [t.retagged(t.pos, {**t.feats, "Case": "Nom"}) for t in tokens]
    return " ".join(persons.name(tokens))


def _end(g: Grammar, mention: Mention) -> int:
    """Where the name within a mention ends: before a mark that joins no other noun to it, or before a verb."""
    tokens, depth = g.tokens, 0
    for k in range(mention.head + 1, mention.last):
        token = tokens[k]
        depth += (token.text == "(") - (token.text == ")")
        if depth > 0 or g.inside[k] != g.inside[mention.head]:
            continue
        if is_finite(token) and g.is_under(mention.head, k):
            return k
        if token.text in COMMA or token.text in DASH or token.text == ":":
            rest = tokens[k + 1 : mention.last]
            if not any(t.rel == "conj" and mention.head <= t.head < k and not is_finite(t) for t in rest):
                return k
    return mention.last


def phrase(g: Grammar, mention: Mention) -> str:
    """A noun phrase in the nominative: «афганских властей» → «афганские власти»; genitives after the head stay."""
    tokens = g.tokens
    head = tokens[mention.head]
    first = mention.first
    if mention.place and first < mention.head:
        first += 1
    inner = next((k for k in range(mention.head - 1, first, -1) if tokens[k].pos == "ADP"), None)
    if inner is not None and (
        tokens[first].pos in {"VERB", "ADJ"} or tokens[first].rel.startswith("acl")
    ):  # «оглашённое в среду решение» is a «решение»
        first = next((k + 1 for k in range(inner, mention.head) if tokens[k].pos in {"NOUN", "PROPN"}), first)
    last = _end(g, mention)
    broken = next((k for k in range(mention.head - 1, first, -1) if tokens[k].text in COMMA), None)
    if broken is not None and any(t.pos in {"ADP", "NOUN", "VERB"} for t in tokens[first:broken]):
        first = broken + 1  # «изданный в среду, 5 мая, приказ» is a «приказ»
    if tokens[first].pos == "ADP":  # «принятый во втором чтении закон»
        first = max((k for k in range(first, mention.head) if tokens[k].pos in {"ADP", "NOUN"}), default=first) + 1
    while first < mention.head and (tokens[first].pos == "PART" or plain(tokens[first].lemma) in SELF):
        first += 1
    number = "plur" if head.feats.get("Number") == "Plur" else "sing"
    pieces: list[tuple[int, int, str]] = []
    for k in range(first, last):
        token = tokens[k]
        form = token.text
        if k == mention.head and token.pos in {"NOUN", "PROPN"}:
            form = word(token, "NOUN")
        elif (
            k < mention.head
            and token.pos in {"ADJ", "DET", "VERB"}
            and (token.feats.get("Case") == head.feats.get("Case") or token.head == head.i)
        ):
            form = word(token.retagged(token.pos, {**token.feats, **head.feats}), "ADJF", number)
        elif (
            token.head == mention.head
            and token.rel.startswith(("appos", "flat"))
            and token.pos in {"NOUN", "PROPN"}
            and token.feats.get("Case") == head.feats.get("Case")
            and g.inside[k] < 0
        ):
            form = word(token, "NOUN")
        if k == g.sentence(k).first and number == "plur" and not g.named(k, k + 1) and not form.isupper():
            form = form[:1].lower() + form[1:]  # «Приморские власти»: the capital is the sentence's
        pieces.append((token.start, token.stop, form))
    out = ""
    end = None
    for start, stop, form in pieces:
        if end is not None and start > end:
            out += " "
        out += form
        end = stop
    return out.strip(" ,-–—")


def genitive(g: Grammar, mention: Mention) -> str:
    """A noun phrase in the genitive: «премьер Дании Олег Белов» → «премьера Дании Олега Белова»."""
    text, head = g.parse.text, g.tokens[mention.head]
    out, end = "", g.tokens[mention.first].start
    for k in range(mention.first, mention.last):
        token = g.tokens[k]
        agreeing = token.pos in {"NOUN", "PROPN", "ADJ"} and token.feats.get("Case") == head.feats.get("Case")
        form = choose(token.text, token.pos, token.feats) if agreeing and g.inside[k] < 0 else None
        other = form.inflect("gent") if form is not None and head.feats.get("Case") != "Gen" else None
        written = capitals(other, token.text) if other else token.text
        if k == g.sentence(k).first and token.pos == "NOUN" and not g.named(k, k + 1) and not written.isupper():
            written = written[:1].lower() + written[1:]  # the capital is the sentence's
        out += text[end : token.start] + written
        end = token.stop
    return out.strip(" ,")


def of(name: str, sex: str = "") -> str:
    """A name in the genitive: «Анна Белова» → «Анны Беловой», «Гильдия продюсеров» → «Гильдии продюсеров»."""
    out: list[str] = []
    for text in name.split(" "):
        fixed = text.isascii() or text.isupper() or (text[:1].islower() and sex)
        if fixed or (sex == "Fem" and out and text[-1:] not in "ая"):  # «Каи Каллас», «Урсулы фон дер Ляйен»
            out.append(text)
            continue
        if sex == "Fem" and text.endswith(("ова", "ева", "ёва", "ина", "ына")) and out:
            out.append(text[:-1] + "ой")
            continue
        forms = [f for f in parses(text) if f.feats.get("Case") == "Nom" and f.feats.get("Number") != "Plur"]
        named = (f for f in forms if f.grammemes & {"Name", "Surn", "Patr"} and f.feats.get("Gender") in {sex, None})
        form = next(named, next(iter(forms), None))
        genitive = form.inflect("gent") if form is not None else None
        out.append(capitals(genitive, text) if genitive else text)
        if not sex and form is not None and form.pos == "NOUN":
            break  # what a body's noun governs is in the genitive already
    return " ".join([*out, *name.split(" ")[len(out) :]])
