"""Who a cue belongs to: the words that name its source, found by grammar."""

from __future__ import annotations

from ..gazetteer.lexicon import lexicon
from ..tokens import Token
from .agreement import agrees as agrees
from .agreement import fits, owner, same_case, same_kind
from .chains import above, beside_gerund, named_so
from .clauses import CLOSERS, COMMA, DASH, Grammar, is_finite
from .cues import plain, word_set
from .nounphrases import Mention as Mention
from .nounphrases import phrase as phrase
from .sourcewords import speaking_noun

NEVER_PLACES = word_set("never_places")
TOLD_AT = word_set("told_at")
MODIFYING = frozenset({"ADJ", "DET", "NUM"})


def subject(g: Grammar, verb: int, depth: int = 0) -> Mention | None:
    """The subject of ``verb``, or of the verb that it shares its subject with.

    «Министр приехал и заявил, что…» · «обозреватель, считающий цифры странными» · «выложил фото, заявив, что…»
    """
    token = g.tokens[verb]
    # Of several the one that agrees, nearest before the verb; a gerund has none of its own, whatever the tree says.
    for child in sorted(g.children(verb, "nsubj"), key=lambda c: (
        not (agrees(token, c) or named_so(g, token, c)), c.feats.get("Case", "Nom") == "Gen", c.i > verb,
        abs(c.i - verb),
    )):  # fmt: skip
        if token.feats.get("VerbForm") == "Conv":
            break
        if child.pos in {"VERB", "AUX"} or plain(child.text) in {"это", "что"} or _how(child):
            continue
        if child.i > verb and any(plain(t.text) == "что" for t in g.tokens[verb + 1 : child.i]):
            continue  # «Отставку «Заря» объяснила тем, что министр устал»
        if plain(token.lemma).endswith("цитировать") and child.feats.get("Case") in {"Acc", "Gen"}:
            continue  # «процитировал мэра источник»: whom it quotes
        if plain(child.text).startswith(("котор", "кто")) or plain(child.text) in {"чья", "чей"}:
            whose = owner(g, child, token.head) if token.rel.startswith("acl") else None
            return phrase(g, whose, child.i) if whose is not None else None
        if child.i < verb and any(is_finite(t) for t in g.tokens[child.i + 1 : verb]):
            here = _local(g, verb)  # «Белов ушёл, однако лидер партии Лосев назвал…»: the tree took the first
            if here is not None and not here.first <= child.i < here.last:
                return here
        if child.pos == "PRON" and not agrees(token, child):  # «Она голодает, и Белов на днях сообщил»
            opening = _opening(g, verb)
            if opening is not None and agrees(token, g.tokens[opening.head]):
                return opening
        agreed = agrees(token, child) or named_so(g, token, child)
        if not agreed and child.i > verb + 2 and any(t.text in COMMA for t in g.tokens[verb + 1 : child.i]):
            continue  # «Белова назвала это чудом, а президент Лосев ушёл»
        if child.i == verb + 1 or child.i == verb + 2:
            told = _besides_addressee(g, child.i, verb)
            if told is not None:
                return told
            if not agreed:
                return None
        return completed(g, phrase(g, child.i, verb if child.i < verb else None), verb)
    if depth > 4:
        return None
    if token.head < 0:
        return _shared(g, verb)
    form = token.feats.get("VerbForm")
    if form == "Part" and token.feats.get("Variant") != "Short":
        noun = g.tokens[token.head]
        if noun.pos in {"NOUN", "PROPN", "PRON"} and not same_case(token, noun):
            noun = next((t for t in reversed(g.tokens[g.sentence(verb).first : verb]) if same_case(token, t)
                         and t.pos in {"NOUN", "PROPN"} and t.feats.get("Animacy") == "Anim"
                         and not t.rel.startswith("flat")), noun)  # fmt: skip
            verb = next((k for k in range(noun.i, verb) if g.tokens[k].text in COMMA), verb)
        if noun.pos in {"NOUN", "PROPN", "PRON"}:
            return phrase(g, noun.i, verb if noun.i < verb else None)
        return None
    if form == "Fin" and token.rel.startswith("conj"):
        right_here = _name_before(g, verb)
        if right_here is not None and g.tokens[right_here.head].feats.get("Case", "Nom") == "Nom":
            return right_here
        opening = _opening(g, verb)
        if opening is not None and agrees(token, g.tokens[opening.head]):
            return opening
    if form in {"Conv", "Inf"} or token.rel.startswith(("conj", "advcl", "xcomp")):
        up = above(g, token) if form == "Fin" else beside_gerund(g, token)
        while up >= 0 and not (
            is_finite(g.tokens[up]) or g.tokens[up].feats.get("VerbForm") in {"Conv", "Inf", "Part"}
        ):
            up = g.tokens[up].head
        if up >= 0 and up != verb:
            found = subject(g, up, depth + 1)
            if found is not None and any(plain(t.text) == "что" for t in g.tokens[verb + 1 : found.head]):
                found = None  # «Лосев говорит и подчёркивает, что Европа …»: of what is said
            # «Представитель ведомства Белова отметила и выразила»: the verbs agree if not with the noun.
            alike = up == token.head and all(token.feats.get(k) == g.tokens[up].feats.get(k) for k in AGREEING)
            alike = alike and token.feats.get("Number") == "Sing"
            if found is not None and (form in {"Conv", "Inf"} or alike or fits(g, token, found.head)):
                return found
    return _shared(g, verb) if form == "Fin" and depth == 0 else None


def _how(token: Token) -> bool:
    """«язвительно замечает»: an adverb of manner that the tree takes for a subject; «много» is none."""
    return token.pos == "ADV" and plain(token.text) not in {"много", "немало", "мало", "несколько", "сколько"}


def _local(g: Grammar, verb: int) -> Mention | None:
    """The first nominative of the clause that ``verb`` stands in, before it, which agrees: whatever the tree says."""
    first, depth = verb, 0
    for k in range(verb - 1, max(g.sentence(verb).first, verb - 30) - 1, -1):
        token = g.tokens[k]
        depth += (token.text == ")") - (token.text == "(")
        if depth <= 0 and (token.text in COMMA or token.pos == "SCONJ" or token.text in DASH or is_finite(token)):
            break
        first = k
    for k in range(first, verb):
        token = g.tokens[k]
        noun = token.pos in {"NOUN", "PROPN"} and token.feats.get("Case") == "Nom"
        named = g.inside[k] == g.inside[verb] or g.named(k, k + 1)
        if noun and named and agrees(g.tokens[verb], token) and not any(t.pos == "ADP" for t in g.children(k, "case")):
            found = phrase(g, k, verb)
            near = next((i + 1 for i in range(k - 1, first - 1, -1) if g.tokens[i].pos not in MODIFYING), first)
            return completed(g, Mention(max(found.first, near), found.last, k), verb)
    return None


TELLING = word_set("telling")
AGREEING = ("VerbForm", "Number", "Gender", "Person", "Tense")


def _besides_addressee(g: Grammar, name: int, verb: int) -> Mention | None:
    """The teller behind a name without cases that was told: «рассказал «Заре» / РБК / Reuters источник в МИД»."""
    token = g.tokens[name]
    if plain(g.tokens[verb].lemma) not in TELLING or not (
        g.inside[name] >= 0 or token.text.isupper() or token.text.isascii()
    ):
        return None
    for i in range(name + 1, min(g.sentence(verb).last, name + 7)):
        other = g.tokens[i]
        if other.text in COMMA or other.text in DASH or other.pos == "ADP" or is_finite(other):
            return None
        animate = other.feats.get("Animacy") == "Anim" or other.pos == "NUM"
        if other.feats.get("Case") == "Nom" and animate and g.inside[i] < 0 and other.pos in {"NOUN", "PROPN", "NUM"}:
            return completed(g, phrase(g, i), verb)
    return None


def _name_before(g: Grammar, verb: int) -> Mention | None:
    """A person's name right before ``verb``, which the tree gave to a noun before it or to nothing."""
    near = verb
    while near > g.sentence(verb).first and verb - near < 4 and g.tokens[near - 1].pos in {"ADV", "PART"}:
        near -= 1
    before = None
    for name in g.names_from(max(0, near - 8)):
        if name.first >= near:
            break
        if name.last + 1 == near and name.kind == "ORG" and g.tokens[near - 1].text in CLOSERS and name.first > 1:
            alone = g.tokens[name.first - 2].pos not in {"NOUN", "ADP"} and g.tokens[verb].feats.get("Number") == "Sing"
            return Mention(name.first, name.last, name.first) if alone else None  # «А вот левая «Заря» полагает»
        if name.last == near and name.kind == "PER":
            pair = before is not None and before.last + 1 == name.first and plain(g.tokens[before.last].text) == "и"
            first = before.first if before is not None and pair else name.first  # «Вера и Илья Лугины требуют»
            return Mention(first, name.last, first)
        before = name if name.kind == "PER" else None
    return None


def _opening(g: Grammar, verb: int) -> Mention | None:
    """The name that opens the clause of ``verb`` where nothing else in it can be its subject."""
    start = verb
    while start > g.sentence(verb).first and verb - start < 20 and g.tokens[start - 1].text not in COMMA:
        start -= 1
    opening = next(g.names_from(start), None)
    lead = opening is not None and all(t.pos in {"ADV", "CCONJ", "PART"} for t in g.tokens[start : opening.first])
    if opening is not None and lead and opening.last <= verb and opening.kind != "LOC":
        rest = g.tokens[opening.last : verb]
        if not any(is_finite(t) or (t.feats.get("Case") == "Nom" and t.pos in {"NOUN", "PROPN"}) for t in rest):
            return Mention(opening.first, opening.last, opening.first)  # «Спейси в свою очередь ответил»
    return None


def _shared(g: Grammar, verb: int) -> Mention | None:
    """The first subject of the sentence where the tree gives ``verb`` none: «Мать певца, которая пропала, сообщила…».

    Only where it stands before the verb, agrees with it and its own verb is not of another kind.
    """
    token = g.tokens[verb]
    right_here = _name_before(g, verb)
    if right_here is not None and g.tokens[right_here.head].feats.get("Case", "Nom") == "Nom":
        return right_here
    opening = _opening(g, verb)
    if opening is not None:
        return opening
    if token.feats.get("Voice") in {"Pass", "Mid"} or token.feats.get("Gender") == "Neut":
        return None
    for i in range(g.sentence(verb).first, verb):
        other = g.tokens[i]
        if other.rel.startswith("nsubj") and other.pos in {"NOUN", "PROPN"} and g.inside[i] == g.inside[verb]:
            above = g.tokens[other.head] if other.head >= 0 else None
            in_clause = above is not None and above.rel.split(":")[0] in {"ccomp", "advcl"}
            # «Мать певца Анна, которая пропала, сообщила…»: the tree gave the subject to the clause about it.
            taken = any(plain(t.lemma) == "который" for t in g.tokens[i + 1 : max(other.head, i + 1)])
            # «Кандидат вышла к прессе, объявила…»: the two verbs agree with each other
            number = above.feats.get("Number") if above is not None and is_finite(above) else None
            both = above is not None and number == other.feats.get("Number") and same_kind(token, above)
            alike = agrees(token, other) or (both and number is not None)
            if (taken or not in_clause) and alike and other.feats.get("Case", "Nom") == "Nom":
                here = _local(g, verb) if any(t.text == ":" for t in g.tokens[i:verb]) else None
                if here is not None:
                    return here  # «Печать бьёт тревогу: газета «Заря» написала…»
                return completed(g, phrase(g, i, verb), verb)
    return _local(g, verb) or right_here


OTHERS = frozenset({"Dat", "Ins", "Loc"})
"""Cases of people who are no subject's owner."""


def completed(g: Grammar, mention: Mention, limit: int) -> Mention:
    """A mention with the name that belongs to it where the tree cut it off.

    «пресс-секретарь «Луча», работающего с мая, Пётр Иванов сообщил» · «согласна редактор News.ru Анна Петрова»
    """
    head = g.tokens[mention.head]
    if head.pos not in {"NOUN", "NUM"} or (head.pos == "NOUN" and head.feats.get("Animacy") != "Anim"):
        return mention
    before = mention.head < limit
    stop = limit if before else min(g.sentence(mention.head).last, mention.head + 18)
    for name in g.names_from(mention.head):
        if name.first >= stop:
            break
        if name.kind != "PER":
            continue
        token = g.tokens[name.first]
        if token.feats.get("Case", "Nom") != head.feats.get("Case", "Nom"):
            continue
        if name.first < mention.last:
            return mention
        between = g.tokens[mention.head + 1 : name.first]
        if any(is_finite(t) and not t.rel.startswith("acl") for t in between):
            break
        if not before and any(t.feats.get("Animacy") == "Anim" and t.feats.get("Case") in OTHERS for t in between):
            break  # «заявил тренер после встречи с директором клуба Анной Лугиной»
        marks = sum(t.text in COMMA for t in between)
        broken = marks > 1 or (marks == 1 and name.last < stop and is_finite(g.tokens[name.last]))
        if not before and head.pos != "NUM" and (broken or any(t.text in DASH or t.text == ":" for t in between)):
            break  # «министр, представитель партии Пётр Иванов» is one, «министр, Иванов возразил» are two
        return Mention(mention.first, name.last, mention.head, mention.place)
    return mention


def following(g: Grammar, verb: int, stop: int) -> Mention | None:
    """The nominative that follows ``verb`` where the tree has no subject: «, передаёт РИА Новости»."""
    tokens = g.tokens
    name = next(g.names_from(verb + 1), None)
    if name is not None and name.first == verb + 1 and name.kind == "PER" and name.last <= stop:
        return Mention(name.first, name.last, name.first)
    foreign: Mention | None = None  # «сообщил Reuters»: no tag of such a name is sure
    for i in range(verb + 1, min(stop, verb + 12)):
        token = tokens[i]
        if is_finite(token):
            return foreign
        if foreign is None and token.text.isascii() and name is not None and name.first == i == verb + 1:
            foreign = Mention(i, min(name.last, stop), i)
        counted = any(g.tokens[k].rel == "nummod:gov" for k in token.children)
        if i <= verb + 2 and token.pos != "PRON":
            told = _besides_addressee(g, i, verb)
            if told is not None:
                return told
            if not agrees(g.tokens[verb], token) and (g.inside[i] >= 0 or token.text.isupper()):
                continue
        if token.pos in {"NOUN", "PROPN", "PRON", "X"} and (counted or token.feats.get("Case", "Nom") == "Nom"):
            if i > 0 and tokens[i - 1].pos == "ADP":
                continue
            return completed(g, phrase(g, i, stop), verb) if plain(token.lemma) != "который" else None
    return foreign


def place(g: Grammar, verb: int, first: int, last: int) -> Mention | None:
    """«в ведомстве», «в статье», «на сайте министерства» beside ``verb`` within ``[first, last)``."""
    best: Mention | None = None
    for i in range(first, last):
        token = g.tokens[i]
        if plain(token.text) not in {"в", "во", "на"} or token.pos != "ADP":
            continue
        head = token.head if first <= token.head < last else -1
        if head < i or g.tokens[head].pos not in {"NOUN", "PROPN", "X", "ADJ"}:
            head = next((k for k in range(i + 1, min(last, i + 5)) if g.tokens[k].pos in {"NOUN", "PROPN", "X"}), -1)
        if head < 0 or (g.tokens[head].feats.get("Case") in {"Acc", "Gen"} and g.tokens[head].pos == "NOUN"):
            continue
        if plain(g.tokens[head].lemma) in NEVER_PLACES or any(ch.isdigit() for ch in g.tokens[head].text):
            continue
        told_on = plain(g.tokens[head].lemma) in {"сайт", "страница", "портал", "канал"}
        if plain(token.text) == "на" and not told_on and not _is_seat(g, i + 1, head + 1):
            continue
        town = next(g.names_from(i + 1), None)
        there = town is not None and town.first == i + 1 and town.kind == "LOC"
        if there and best is not None and i <= best.last and speaking_noun(plain(g.tokens[best.head].lemma)):
            continue  # «в посольстве Ирана в Баку»: only where it stands
        found = phrase(g, head, last)
        named = g.named(i + 1, found.last) or g.tokens[head].pos in {"PROPN", "X"} or g.inside[head] != g.inside[verb]
        if not named and not speaking_noun(plain(g.tokens[head].lemma)) and not _told_at(g, verb, i, head):
            continue  # «признался в краже»: nothing speaks there
        # Of several the verb's own, then the nearest: «в названном на сайте мэрии приказе говорится».
        if best is None or (g.tokens[head].head != verb, abs(i - verb)) < (
            g.tokens[best.head].head != verb, abs(best.first - verb),
        ):  # fmt: skip
            best = Mention(i, found.last, head, place=True)
    return best


def _is_seat(g: Grammar, first: int, last: int) -> bool:
    """«на Смоленской площади», «на Банковой»: where those are who speak for a state."""
    return any(entry.form == "seat" for entry in lexicon().look_up([t.text for t in g.tokens[first:last]]))


def _told_at(g: Grammar, verb: int, first: int, head: int) -> bool:
    """«сообщили в аукционном доме»: where people in the plural say things, whatever the place is called."""
    cue, noun = g.tokens[verb], g.tokens[head]
    plural = cue.feats.get("Number") == "Plur" and plain(cue.lemma) in TOLD_AT
    beside = first == verb + 1 or (first == g.sentence(verb).first and g.right[head] == verb - 1)
    return plural and beside and noun.pos == "NOUN" and noun.feats.get("Case") == "Loc" and (
        noun.feats.get("Number") == "Sing" and noun.feats.get("Animacy") == "Inan")  # fmt: skip


def whence(g: Grammar, verb: int) -> Mention | None:
    """«от жителей поступила жалоба», «со стороны Чада звучат заявления»: those from whom words came."""
    for child in g.children(verb, "obl"):
        before = plain(g.tokens[g.left[child.i]].text)
        before = "от" if before == "со" and plain(g.tokens[g.left[child.i] + 1].text) == "стороны" else before
        known = child.feats.get("Animacy") == "Anim" or speaking_noun(plain(child.lemma)) or child.pos == "PROPN"
        if before in {"из", "от"} and known:
            whole = phrase(g, child.i)
            own = g.left[child.i] + (2 if plain(g.tokens[g.left[child.i]].text) == "со" else 1)
            return Mention(max(whole.first, own), whole.last, child.i)
    return None


def possessor(g: Grammar, noun: int) -> Mention | None:
    """Whose words: «слова Иванова», «его слова», «заявление афганских властей»."""
    tokens = g.tokens
    for k in sorted(tokens[noun].children):
        child = tokens[k]
        if child.feats.get("VerbForm") == "Part" and k > noun:  # «по оценке цитируемого «Зарёй» генерала Белова»
            near = (t for t in tokens[k + 1 : k + 9] if t.sentence == child.sentence and t.pos == "NOUN")
            whose = next((t for t in near if same_case(child, t) and t.feats.get("Animacy") == "Anim"), None)
            if whose is not None:
                return phrase(g, whose.i)
        if plain(child.text) in {"его", "ее", "их", "своим", "свои"} and k < noun:
            return Mention(k, k + 1, k)
        if (
            k > noun
            and child.rel.startswith(("nmod", "appos", "flat"))
            and child.pos in {"NOUN", "PROPN", "PRON", "X", "ADJ", "NUM"}
        ):
            if any(tokens[c].pos == "ADP" and c < k for c in child.children):
                continue
            return phrase(g, k)
    if noun + 1 < len(tokens) and tokens[noun + 1].sentence == tokens[noun].sentence:
        after = tokens[noun + 1]
        if after.pos in {"NOUN", "PROPN", "X"} and after.text not in COMMA and after.text not in DASH:
            return phrase(g, after.i)
    if noun and plain(tokens[noun - 1].text) in {"его", "ее", "их"}:
        return Mention(noun - 1, noun, noun - 1)
    return None
