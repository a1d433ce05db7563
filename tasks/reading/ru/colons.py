"""Frames with a colon: «Он уточнил: работа идёт», «МИД: санкции не помогут», «Посол развёл руками: мол, …»."""

from __future__ import annotations

from ..tokens import NameSpan, Sentence, Token
from . import kinds, quoting
from .assertions import found, found_it, perfective, segment, speaker
from .clauses import COMMA, DASH, Grammar, is_finite, is_predicate
from .cues import Cue, lexicon, plain, word_set
from .extents import clause_end
from .found import Found
from .frames import EXPECTING, PASSING_ON, QUESTION_WORDS
from .mentions import Mention, agrees, phrase, subject
from .morphology import parses
from .sourcewords import speaking_noun, words

MANNERS = word_set("manners")
BODIES = frozenset({"state_body", "organization", "media"})
NO_COLON = frozenset({"исходить", "сойтись", "сходиться", "подозревать", "заподозрить", "раскрыть", "раскрывать"})
"""Verbs behind which a colon explains: «просьба исходила от соседей: они строят мост»."""


def colon(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Он уточнил: работа продолжается.» Quotations after a colon are direct and read elsewhere.

    «Отмечается, работа продолжается.»: a comma will do where nothing stands before the passive.
    """
    tokens, last = g.tokens, g.last_word(cue.i)
    first = cue.i + 2
    opens = cue.i == g.sentence(cue.i).first and plain(cue.lemma) in lexicon().reflexive
    if opens and first < last and tokens[first - 1].text == "," and tokens[first].pos not in {"SCONJ", "ADP", "ADV"}:
        span = g.span(first, last) if any(is_finite(t) for t in tokens[first:last]) else None
        return span and found(g, "colon", cue, [span], None, entry, 0.7)
    for i in range(cue.i + 1, min(last, cue.i + 30)):
        token = tokens[i]
        dashed = token.text in DASH and i == cue.i + 1 < last - 1 and tokens[i + 1].pos != "CCONJ"
        dashed = dashed and cue.pos == "VERB" and cue.feats.get("Variant") != "Short"
        dashed = dashed and any(is_predicate(t) for t in tokens[i + 1 : last])
        if token.text == ":" or dashed:  # «Врачи отмечают – сахар вреден»
            own = lexicon().phrases.get(plain(cue.lemma), ((), ""))[0]  # «обращают внимание: …»
            apart = any(t.pos not in {"ADV", "PART"} and plain(t.lemma) not in own for t in tokens[cue.i + 1 : i])
            if apart and (plain(cue.lemma) in EXPECTING or not entry.frames & {"that", "ask", "question"}):
                return None  # «рассчитывает на соседей, и не зря: …», «опубликовал список: …»
            if (
                i + 1 < last
                and (tokens[i + 1].text not in {"«", '"', "„", "“"} or _leads_on(g, i + 1))
                and (i == cue.i + 1 or not apart or any(_makes_clause(tokens[k]) for k in range(i + 1, last)))
            ):
                span = g.span(i + 1, clause_end(g, i + 1, cue.i, asides))
                source = speaker(g, cue.i, segment(g, cue.i), i)
                if source is None or source.head > i:
                    source = _before(g, cue) if source is not None or cue.feats.get("Number") == "Sing" else None
                if not found_it(g, source, entry, cue) or plain(cue.lemma) in NO_COLON:
                    return None
                of_what = any(plain(t.text) in {"о", "об"} for t in tokens[cue.i + 1 : i])
                if of_what and source is not None and not source.place and _is_thing(tokens[source.head]):
                    return None  # «Решения говорят об обратном: …»
                nobody = source is None and not (plain(cue.lemma) in lexicon().reflexive or _people(g, cue))
                nobody = nobody or (dashed and (source is None or source.head > cue.i))
                return None if span is None or nobody else found(g, "colon", cue, [span], source, entry, 0.8)
            return None
        about = plain(token.text) in {"о", "об"} and "about" not in entry.frames
        if is_finite(token) or about or plain(token.text) == "что" or token.text in {"(", "«", '"', ";"}:
            return None
    return None


def _makes_clause(token: Token) -> bool:
    """A predicate that is no attribute: not «говорили о себе: о посольствах, замороженных счетах»."""
    whole = token.feats.get("VerbForm") == "Part" and token.feats.get("Variant") != "Short"
    return (is_predicate(token) and not whole) or plain(token.text) == "нет"


def _is_thing(noun: Token) -> bool:
    """What shows something and says nothing: «решения», «цифры»; a body speaks."""
    return noun.feats.get("Animacy") == "Inan" and noun.pos == "NOUN" and kinds.of_noun(plain(noun.lemma)) not in BODIES


def _people(g: Grammar, cue: Token) -> bool:
    """«Мне возразят: …» · «Детям рассказали: …»: people in general say so."""
    objecting = cue.text.endswith(("ат", "ят", "ут", "ют")) and perfective(plain(cue.lemma))
    told = any(k.feats.get("Case") == "Dat" for k in g.children(cue.i, "iobj"))
    return cue.feats.get("Number") == "Plur" and is_finite(cue) and (objecting or told)


def _leads_on(g: Grammar, mark: int) -> bool:
    """Whether the quoted words that ``mark`` opens are part of a clause: «так: «новые цари» напали первыми»."""
    return g.quoted_at(mark) and quoting.within_clause(g, g.quotations[g.inside[mark + 1]])


def _before(g: Grammar, cue: Token) -> Mention | None:
    """The nominative that a cue agrees with on its left, where the tree takes a word behind the colon for it."""
    left = g.tokens[segment(g, cue.i) : cue.i]
    nouns = (t for t in left if t.pos in {"NOUN", "PROPN", "PRON"} and t.feats.get("Case") == "Nom")
    return next((phrase(g, t.i, cue.i) for t in nouns if agrees(cue, t)), None)


def hearsay(g: Grammar, sentence: Sentence) -> Found | None:
    """«Министр развёл руками: дескать, денег нет.» · «Посол попенял соседу: тот, мол, забыл долг.»"""
    tokens, last = g.tokens, g.last_word(sentence.first)
    mark = next((t.i for t in tokens[sentence.first : last] if t.text == ":" and g.inside[t.i] < 0), last)
    passing = next((t for t in tokens[mark + 1 : min(mark + 5, last)] if plain(t.text) in PASSING_ON), None)
    if passing is None:
        return None
    verb = next((t for t in reversed(tokens[sentence.first : mark]) if is_finite(t)), None)
    source = speaker(g, verb.i, segment(g, verb.i), mark) if verb is not None else None
    if verb is None or source is None:
        return None
    first = mark + 1 if passing.i > mark + 1 else passing.i + 1 + (tokens[passing.i + 1].text == ",")
    told = any(is_finite(t) for t in tokens[mark + 1 : passing.i])  # «: хлопали, мол, обеим»
    content = [g.span(mark + 1, passing.i), g.span(passing.i + 1, last)] if told else [
        g.span(first, clause_end(g, first, verb.i, []))]  # fmt: skip
    cue = verb if plain(verb.lemma) in lexicon().verbs else passing
    spans = [s for s in content if s]
    return Found("colon", verb.i, spans, (cue.start, cue.stop), source, "claims", 0.7) if spans else None


def manner(g: Grammar, sentence: Sentence) -> Found | None:
    """«Министр был краток: торга не будет.» · «Эксперт качает головой: курс упадёт.»: how somebody puts it."""
    tokens, last = g.tokens, g.last_word(sentence.first)
    mark = next((t.i for t in tokens[sentence.first : last] if t.text == ":" and g.inside[t.i] < 0), last)
    how = next((t for t in tokens[sentence.first : mark] if plain(t.lemma) in MANNERS), None) if mark < last else None
    if (
        how is None
        or g.quoted_at(mark + 1)
        or not any(is_finite(t) or plain(t.text) == "нет" for t in tokens[mark:last])
    ):
        return None
    verb = next((t for t in reversed(tokens[segment(g, how.i) : mark]) if is_finite(t)), None)
    if verb is None or plain(verb.lemma) in lexicon().verbs or plain(tokens[verb.i - 1].text) == "не":
        return None
    source = subject(g, verb.i)
    if source is None or not _is_person(g, source) or not sentence.first <= source.head < mark:
        return None
    for t in tokens[mark + 1 : min(mark + 5, last)]:  # «Она сдержаннее: она уверена, что…» has a cue of its own
        if plain(t.lemma) in lexicon().verbs or plain(t.lemma) in lexicon().predicatives:
            return None
    span = g.span(mark + 1, clause_end(g, mark + 1, verb.i, []))
    return span and Found("colon", verb.i, [span], (how.start, how.stop), source, "claims", 0.65)


def _is_person(g: Grammar, who: Mention) -> bool:
    head, name = g.tokens[who.head], next(g.names_from(who.first), None)
    named = name is not None and name.kind == "PER" and name.first < who.last
    return named or head.feats.get("Animacy") == "Anim" or plain(head.text) in {"он", "она", "они"}


def named_dash(g: Grammar, sentence: Sentence) -> Found | None:
    """«Москва готова к переговорам — Песков.» · «Переговоры сорваны — СМИ.»: whose words a dash ends with."""
    tokens, first, last = g.tokens, sentence.first, g.last_word(sentence.first)
    mark = next((k for k in range(last - 2, max(first, last - 8), -1) if tokens[k].text in DASH), None)
    if mark is None or g.inside[mark] >= 0 or g.quoted_at(mark - 1) or tokens[mark + 1].feats.get("Case") != "Nom":
        return None
    if last - mark > 3 or any(map(is_predicate, tokens[mark:last])) or any(t.text == "(" for t in tokens[first:mark]):
        return None
    head, name = tokens[mark + 1], next(g.names_from(mark + 1), None)
    surname = last == mark + 2 and name is not None and name.first == mark + 1 and name.kind == "PER"
    if not surname and kinds.of_noun(plain(head.lemma)) not in BODIES and plain(head.lemma) not in words().unnamed:
        return None
    verb = next((t for t in tokens[first:mark] if is_finite(t)), None)
    return None if verb is None or _apposed(g, verb, mark) else _by_dash(g, first, mark, last, head)


def _apposed(g: Grammar, verb: Token, mark: int) -> bool:
    """«Приехал новый посол — Белов»: whether what stands before the dash may be who is named behind it."""
    token = g.tokens[mark - 1]
    for _ in range(8):
        noun = token.pos in {"NOUN", "PROPN", "PRON"} and token.i > verb.i
        person = token.feats.get("Animacy") == "Anim" or speaking_noun(plain(token.lemma))
        if (noun and (person or token.feats.get("Case") in {"Nom", "Ins"})) or token.pos in {"NUM", "PUNCT"}:
            return True
        if token.head <= verb.i:
            return not any(k.i < verb.i for k in g.children(verb.i, "nsubj"))
        token = g.tokens[token.head]
    return True


def _by_dash(g: Grammar, first: int, mark: int, last: int, head: Token) -> Found | None:
    span = g.span(first, mark)
    return span and Found("named colon", mark, [span], None, Mention(mark + 1, last, head.i), "says", 0.6)


def _body_colon(g: Grammar, first: int, last: int) -> Found | None:
    """«Аналитики банка: рубль окрепнет.» · «Посольство Перу в Кито: граждане здоровы.» at the head of a sentence."""
    tokens = g.tokens
    head = next((k for k in range(first, min(first + 3, last)) if tokens[k].pos != "ADJ"), first)
    mark = next((k for k in range(head + 1, min(head + 8, last)) if tokens[k].text == ":"), None)
    if mark is None or tokens[head].feats.get("Case") != "Nom":
        return None
    lemma = plain(tokens[head].lemma)
    body = tokens[head].feats.get("Animacy") == "Anim" or kinds.of_noun(lemma) in BODIES
    if not (body and speaking_noun(lemma)):
        return None
    between = tokens[first:mark]
    predicate = any(is_predicate(t) or t.feats.get("Degree") == "Cmp" for t in between)
    if predicate or any(t.text in COMMA | DASH | {"(", "«"} for t in between) or g.quoted_at(mark + 1):
        return None
    if not any(is_finite(t) for t in tokens[mark + 1 : last]) or QUESTION_WORDS & {plain(tokens[mark + 1].text)}:
        return None
    span = g.span(mark + 1, last)
    return span and Found("named colon", mark, [span], None, Mention(first, mark, head), "says", 0.65)


def named_colon(g: Grammar, first: int) -> Found | None:
    """«Глава МИД Лавров: санкции не помогут.» · «Пётр Гуров, сенатор: …» at the head of a sentence."""
    tokens, last = g.tokens, g.last_word(first)
    while first + 1 < last and (tokens[first].text[0].isdigit() or tokens[first].text == ":"):
        first += 1  # «21:55 Посольство: граждане здоровы»
    body = _body_colon(g, first, last)
    if body is not None:
        return body
    names = g.names_from(first)
    name = next(names, None)
    if (
        first + 1 < last
        and tokens[first + 1].text == ":"
        and tokens[first].pos == "PROPN"
        and not any(form.pos in {"ADV", "ADJ"} for form in parses(tokens[first].text.lower())[:1])
        and (name is None or name.first > first)
    ):
        name = NameSpan(tokens[first].start, tokens[first].stop, first, first + 1, "PER")  # an untagged surname
    if name is None or name.kind == "LOC" or name.first > first + 6:
        return None
    mark = name.last
    for more in names:  # «МИД Сербии: …»
        if more.first != mark:
            break
        mark = more.last
    if name.kind == "PER" and mark < last and tokens[mark].text == "," and tokens[mark + 1].feats.get("Case") == "Nom":
        post = next((k for k in range(mark + 1, min(last, mark + 10)) if tokens[k].text in {":", ","}), mark)
        mark = mark if any(is_predicate(t) for t in tokens[mark:post]) else post
    if mark >= last or tokens[mark].text != ":":
        return None
    before = tokens[first : name.first]
    if any(is_predicate(t) or t.pos in {"ADP", "PUNCT", "SCONJ", "CCONJ"} for t in before):
        return None
    is_so = name.kind == "PER" and any(t.text in DASH for t in tokens[mark + 2 : last])  # «Белов: мост — позор»
    if g.inside[mark + 1] >= 0 or not (is_so or any(is_predicate(t) for t in tokens[mark + 1 : last])):
        return None
    span = g.span(mark + 1, last)
    head = first if before and before[0].pos == "NOUN" else name.first
    source = Mention(first, mark, head)
    return span and Found("named colon", mark, [span], None, source, "says", 0.7)
