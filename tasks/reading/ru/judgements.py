"""Frames of a cue with a judgement: no clause, but words that are the source's."""

from __future__ import annotations

from itertools import islice

from ..tokens import Token
from .assertions import found, segment, speaker
from .clauses import COMMA, DASH, RELATIVE, Grammar, is_finite
from .cues import Cue, plain, word_set
from .edges import next_mark
from .extents import clause_end, next_clause
from .found import Found, Span
from .mentions import NEVER_PLACES, Mention, agrees, place, subject
from .openers import DEGREES

ACTS = word_set("acts")
ADMITTING = frozenset({"признать", "признавать"})
RULINGS, COURTS = word_set("rulings"), frozenset({"суд", "трибунал", "комиссия", "жюри", "парламент", "дума", "съезд"})
"""What courts and offices find somebody or something to be, and the bodies whose findings are acts."""
HOLDING = frozenset({"называть", "считать"})
"""What people in general do: «его считали героем», not «директором назвали Белова»."""
PLACES = frozenset({"первый", "второй", "третий", "основной", "запасной", "очередной", "новый"})
"""What says which of several a person is made: «первым вратарём», «новым тренером»."""


def _found_so(g: Grammar, cue: Token, entry: Cue, verdict: int, asides: list[tuple[int, int]]) -> Found | None:
    """«Комитет считает нужным отложить выборы.» · «Суд счёл доказанным, что деньги украли.»"""
    tokens, last = g.tokens, g.last_word(cue.i)
    source = subject(g, cue.i) or speaker(g, cue.i, segment(g, cue.i), cue.i)
    if source is None or verdict + 1 >= last or any(is_finite(t) for t in tokens[cue.i + 1 : verdict]):
        return None
    first = cue.i + 1
    if tokens[verdict + 1].text in COMMA and plain(tokens[min(verdict + 2, last - 1)].text) == "что":
        first = verdict + 3
    elif tokens[verdict + 1].feats.get("VerbForm") != "Inf":
        return None
    span = g.span(first, clause_end(g, first, cue.i, asides))
    return found(g, "small", cue, [span], source, entry, 0.75) if span else None


def _that_which(g: Grammar, cue: Token) -> bool:
    """«то, что критики называют уступкой»: whatever part of speech the tree takes this «что» for."""
    above = g.tokens[cue.head] if cue.head >= 0 else cue
    marks = [k for k in cue.children if k < cue.i and plain(g.tokens[k].text) == "что"]
    return bool(marks) and plain(above.lemma) in {"тот", "то"} and above.i < marks[0]


def _leads_in(token: Token) -> bool:
    """What may stand between a thing and its verdict: «выборы «полным обманом»», «цифры весьма странными»."""
    return (token.pos in {"ADV", "PART", "PUNCT"} and token.text not in COMMA) or token.feats.get("Case") == "Ins"


def _misread(token: Token) -> bool:
    """«признал ситуацию тяжёлой», «признав ущерб малым»: an adjective whose cases look alike, no attribute."""
    return token.pos == "ADJ" and token.feats.get("Case") in {"Gen", "Dat", "Loc"} and token.rel != "amod" and (
        token.text.endswith(("ой", "ей", "ым", "им", "ыми", "ими")))  # fmt: skip


def _happened(token: Token) -> bool:
    """A participle that serves as a noun: «назвал случившееся трагедией»."""
    return token.feats.get("VerbForm") == "Part" and token.feats.get("Case") == "Acc"


def _no_subject(token: Token, cue: Token) -> bool:
    """«В столице Ким считают героем»: one who is no subject of a plural, whatever the tree says."""
    return token.rel == "nsubj" and token.pos == "PROPN" and token.i < cue.i and not agrees(cue, token)


def _rules(g: Grammar, source: Mention, verdict: Token) -> bool:
    """«Суд признал его виновным» is an act; «министр признал ситуацию тяжёлой» is not."""
    return verdict.pos != "ADJ" or plain(verdict.lemma) in RULINGS or plain(g.tokens[source.head].lemma) in COURTS


def _picked(g: Grammar, thing: int, verdict: int) -> bool:
    """«назвал Белова первым вратарём команды»: a person is given a place, which judges nothing."""
    token = g.tokens[verdict]
    if not any(plain(g.tokens[k].lemma) in PLACES for k in token.children if k < verdict):
        return False
    near = islice(g.names_from(max(0, thing - 3)), 4)
    named = any(n.first <= thing < n.last and n.kind == "PER" for n in near)
    return named and token.feats.get("Animacy", "Anim") == "Anim"


def _parts(g: Grammar, cue: Token) -> tuple[int | None, int | None]:
    """The thing that is judged, an object, and the verdict on it, in the instrumental: «визит», «успешным»."""
    tokens, (begin, last) = g.tokens, (g.sentence(cue.i).first, g.last_word(cue.i))
    thing = verdict = None
    for i in range(max(begin, cue.i - 12), min(last, cue.i + 25)):
        token = tokens[i]
        if i == cue.i:
            continue
        if i > cue.i and is_finite(token) and thing is not None and verdict is not None:
            break
        if thing is not None and verdict is None and i > cue.i and token.feats.get("Degree") == "Cmp":
            verdict = i if token.head in {cue.i, thing} else verdict  # «считает вторую школу важнее первой»
        elif token.head == cue.i and _may_judge(token) and (verdict is None or token.rel != "conj"):
            if not any(tokens[k].pos == "ADP" and k < i for k in token.children):
                verdict = i if verdict is None or i > cue.i else verdict
        elif i < cue.i and verdict is None and token.pos == "ADJ" and token.head >= 0 and _may_judge(token) and (
            tokens[token.head].rel == "nsubj" and tokens[token.head].head == cue.i
        ):  # fmt: skip
            verdict = i  # «Преждевременным посол назвал визит»: no attribute of the subject
        elif (
            thing is not None
            and verdict is None
            and thing < i <= g.right[thing] + 5
            and token.pos in {"ADJ", "NOUN"}
            and (token.feats.get("Case") == "Ins" or _misread(token))
            and all(_leads_in(tokens[k]) for k in range(g.right[thing] + 1, i))
        ):
            verdict = i  # wherever the parse hangs it
        elif thing is not None and token.head == thing and i > thing and token.feats.get("Case") == "Ins":
            # «цифры странными»: the parse hangs the verdict on the thing.
            verdict = i if token.pos == "ADJ" else verdict
        elif (
            (
                token.head == cue.i
                and (token.rel.split(":")[0] in {"obj", "csubj"} or _happened(token) or _no_subject(token, cue))
            )
            or (
                thing is None
                and verdict is not None
                and token.head == verdict
                and token.feats.get("Case") == "Acc"
                and token.pos != "ADJ"
            )
            or (plain(token.text) in {"его", "ее", "их"} and _may_judge(tokens[token.head]) and token.head > i > cue.i
                and tokens[token.head].head == cue.i)
        ):  # fmt: skip
            thing = i  # «называющий его диктатором»: the last is taken for «whose»
    if thing is None and verdict is not None and verdict > cue.i:  # «считает и это уступкой»
        things = (k for k in tokens[verdict].children if cue.i < k < verdict and tokens[k].feats.get("Case") == "Acc")
        thing = next((k for k in things if tokens[k].pos != "ADJ"), None)
    return thing, verdict


def _may_judge(token: Token) -> bool:
    noun = token.pos in {"NOUN", "ADJ", "DET", "VERB"} or plain(token.lemma) == "один"
    return noun and (token.feats.get("Case") == "Ins" or (token.rel == "xcomp" and _misread(token)))


def _drawn_out(g: Grammar, cue: Token, last: int, end: int, limit: int) -> int:
    """Index after what goes with a verdict ending at ``end`` in the tree: «выстрелом в ногу», «мерой, что губит»."""
    tokens = g.tokens
    for mark in range(last + 1, end - 1):  # «считает срок мягким, вопрос решим завтра»: the tree went on
        clause = tokens[mark + 1 : next_mark(g, mark + 1, end)] if tokens[mark].text in COMMA else []
        gapped = bool(clause) and clause[-1].i + 1 < end and tokens[clause[-1].i + 1].text in DASH  # «другие — врагом»
        if clause and not _describes(tokens[mark + 1]) and (gapped or any(is_finite(t) for t in clause)):
            return mark
    if end + 1 >= limit or g.inside[end - 1] >= 0:
        return end
    if tokens[end].feats.get("Case") == "Dat" and tokens[end].pos in {"NOUN", "PROPN"}:
        end = min(g.right[end], next_mark(g, end, limit) - 1) + 1  # «выгодной соседям»
    if end + 1 >= limit:
        return end
    noun = next((k for k in range(end + 1, min(end + 4, limit)) if tokens[k].pos in {"NOUN", "PROPN"}), None)
    if tokens[end].pos == "ADP" and noun is not None and tokens[noun].head == cue.i:
        case, lemma = tokens[noun].feats.get("Case"), plain(tokens[noun].lemma)
        end = g.right[noun] + 1 if case != "Loc" and lemma not in NEVER_PLACES and g.right[noun] < limit else end
    if end + 1 < limit and tokens[end].text == "," and _describes(tokens[end + 1]):
        return next_clause(g, cue, end + 1, limit)
    return end


def _describes(token: Token) -> bool:
    """What opens a clause about the word before it: «которая губит», «разрушившая»."""
    participle = token.feats.get("VerbForm") == "Part" and token.feats.get("Variant") != "Short"
    return participle or plain(token.lemma) in RELATIVE or token.pos in {"SCONJ", "ADP"}


def small(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Эксперт назвал визит успешным.» · «аналитик, считающий цифры странными» · «Причиной мэр назвал мороз.»"""
    ruling = plain(cue.lemma) in ACTS
    if (
        (ruling and plain(cue.lemma) not in ADMITTING)
        or cue.feats.get("Voice") == "Pass"
        or plain(cue.text).endswith("ся")
    ):
        return None
    tokens = g.tokens
    thing, verdict = _parts(g, cue)
    if thing is None and verdict is not None and _that_which(g, cue):
        which = g.span(g.left[verdict], min(g.right[verdict] + 1, g.last_word(cue.i)))
        source = subject(g, cue.i)
        return found(g, "small", cue, [which], source, entry, 0.65) if which and source is not None else None
    if thing is None and verdict is not None and g.inside[verdict] >= 0 and cue.feats.get("VerbForm") == "Conv":
        span = g.span(g.left[verdict], g.right[verdict] + 1)  # «В ведомстве это отрицают, называя «вздором»»
        source = subject(g, cue.i) or speaker(g, cue.head, g.sentence(cue.i).first, cue.i)
        return found(g, "small", cue, [span], source, entry, 0.65) if span and source is not None else None
    if thing is None and verdict is not None and verdict > cue.i:
        return _found_so(g, cue, entry, verdict, asides)
    if thing is None or verdict is None or tokens[verdict].pos == "PROPN":
        return None
    opening = g.sentence(cue.i).first
    if any(t.text[:1].isupper() and (t.feats.get("Case") == "Ins" or t.i == verdict) and t.i != opening
           for t in tokens[g.left[verdict] : verdict + 1]):  # fmt: skip
        return None  # «называют Северными землями» gives a name
    if plain(tokens[thing].lemma) == "который":  # «отставка, которую СМИ назвали «бегством»»
        which = g.span(g.left[verdict], g.right[verdict] + 1) if g.inside[verdict] >= 0 else None
        source = subject(g, cue.i)
        return found(g, "small", cue, [which], source, entry, 0.65) if which and source is not None else None
    if plain(tokens[thing].text) == "то" or (plain(tokens[thing].text) == "себя" and g.inside[verdict] >= 0
                                               and not is_finite(cue)):  # fmt: skip
        return None  # «называющие себя «волками»»: a name
    source = subject(g, cue.i)
    if source is not None and source.head == thing and _no_subject(tokens[thing], cue):
        source = place(g, cue.i, segment(g, cue.i), cue.i)
    elif source is None or source.head == thing:  # «В ведомстве публикацию назвали «вымыслом»»
        source = speaker(g, cue.i, segment(g, cue.i), cue.i)
        if source is not None and source.head == thing:  # «В ведомстве Белова считают виновным»
            source = place(g, cue.i, segment(g, cue.i), cue.i)
    if ruling and (source is None or _rules(g, source, tokens[verdict])):
        return None
    people = source is None and is_finite(cue) and cue.feats.get("Number") == "Plur"
    people = people and plain(cue.lemma) in HOLDING and not any(g.children(cue.i, "nsubj"))
    if (source is None and not people) or (source and source.head == thing) or _picked(g, thing, verdict):
        return None  # «Белова считали противником войны»: people in general did
    first = min(g.left[thing], g.left[verdict])
    end = max(g.right[thing], g.right[verdict]) + 1
    spans: list[Span] = []
    if first < cue.i < end:
        if min(thing, verdict) < cue.i and min(thing, verdict) in tokens[cue.i].children:
            stop = min(cue.i, g.right[min(thing, verdict)] + 1)
            before = g.span(first, source.first if source and first < source.first < stop else stop)
            if before and plain(tokens[min(thing, verdict)].text) not in {
                "который",
                "которую",
                "которые",
                "которого",
                "что",
            }:
                spans.append(before)
        first = cue.i + 1
    if min(thing, verdict) > cue.i:
        first = max(first, cue.i + 1)
    limit = max(clause_end(g, first, cue.i, asides), verdict + 1)
    end = _drawn_out(g, cue, max(thing, verdict), min(max(end, max(thing, verdict) + 1), limit), limit)
    while end < limit and g.inside[cue.i] != g.inside[end] == g.inside[end - 1] >= 0:
        end += 1  # a quotation does not break off
    if any(plain(t.lemma) in DEGREES for t in tokens[first:verdict]):  # «считает визит столь важным, что приехал сам»
        marks = (k for k in range(verdict + 1, end - 1) if tokens[k].text in COMMA)
        end = next((k for k in marks if plain(tokens[k + 1].text) == "что"), end)
    quoted = g.inside[verdict]
    if quoted >= 0 and g.inside[first] != quoted:  # «назвал решение «ошибкой», которую…»: the reporter goes on
        closing = next((k for k in range(verdict, end) if g.tokens[k].start >= g.quotations[quoted].stop), end)
        if closing < end and g.tokens[closing].text in COMMA:
            end = closing
    if end + 2 < limit and tokens[end].text == "," and plain(tokens[end + 1].text) in {"поскольку", "ибо"}:
        end = limit  # «назвал реформу «бедой», поскольку она дорога»
    span = g.span(first, end)
    if span:
        spans.append(span)
    return found(g, "small", cue, spans, source, entry, 0.75) if spans else None
