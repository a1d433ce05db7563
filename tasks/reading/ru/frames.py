"""Frames of a cue with what follows it: clauses, infinitives, small clauses, quoted words.

Each rule is a function over one cue word; its docstring opens with a sentence that it reads.
"""

from __future__ import annotations

from functools import lru_cache

from ..tokens import NameSpan, Token
from .clauses import COMMA, DASH, Grammar, is_finite, is_predicate
from .cues import Cue, lexicon, plain
from .found import Found, Span
from .sourcewords import speaking_noun
from .morphology import parses
from .mentions import Mention, agrees, phrase, place, possessor, subject

REACH = 45
"""Tokens that a rule looks ahead of its cue."""
QUESTION_WORDS = frozenset(
    "где когда куда откуда кто почему зачем как какой какая какие каков сколько ли чем кого кому что насколько".split()
)
FINDERS = frozenset(
    """
    исследование опрос данные анализ расследование отчет доклад проверка статистика эксперимент тест экспертиза ученый
    исследователь следствие следователь прокуратура аналитик социолог археолог астроном документ результат письмо
    заявление журналист полиция подсчет материал вскрытие обзор рейтинг голосование эксперт врач комиссия наблюдение
    специалист авторы автор биолог физик разведка договор закон текст надпись издание агентство
    """.split()
)
RELEASING = frozenset("поспешить успеть начать стать продолжать продолжить предпочесть позволить пытаться".split())
NEGATED = frozenset("исключить исключать скрывать скрыть сомневаться".split())
"""Verbs that attribute only with «не»: «не исключил, что…»."""


ACTS = frozenset({"признать", "признавать", "объявить", "объявлять", "провозгласить", "окрестить"})
"""Courts and parliaments do with these words what they say: «суд признал его виновным» is an act."""


def speaks(g: Grammar, token: Token) -> bool:
    """Whether a verb asserts that something was said: no first person, future, command, condition or denial.

    «напомним, что…», «не сообщил, что…», «если он скажет, что…», «хочу сказать, что…» attribute nothing.
    """
    feats = token.feats
    if feats.get("Person") in {"1", "2"} or feats.get("Mood") in {"Imp", "Cnd"}:
        return False
    lemma = plain(token.lemma)
    if feats.get("Tense") == "Fut" and perfective(lemma):
        return False
    before = g.tokens[token.i - 1] if token.i else None
    negated = before is not None and plain(before.text) in {"не", "ни"} and before.sentence == token.sentence
    if negated != (lemma in NEGATED) and lemma != "отрицать":
        return False
    for k in token.children:
        child = g.tokens[k]
        if plain(child.text) in {"бы", "если", "чтобы", "пусть", "ли"} and k < token.i and token.i - k < 12:
            return False
        if plain(child.text) in {"будет", "будут", "должен", "должна", "буду", "будем"} and k < token.i:
            return False
    if feats.get("VerbForm") == "Inf":
        head = g.tokens[token.head] if token.head >= 0 else None
        return head is not None and is_finite(head) and plain(head.lemma) in RELEASING
    if feats.get("VerbForm") == "Part" and feats.get("Variant") != "Short":
        return feats.get("Voice") != "Pass"
    return True


@lru_cache(maxsize=2_000)
def perfective(lemma: str) -> bool:
    """Whether a verb is perfective, so that its present forms speak of the future; the tagger errs here."""
    return any(form.feats.get("Aspect") == "Perf" for form in parses(lemma)[:1])


def found_it(g: Grammar, source: Mention | None, cue: Cue) -> bool:
    """Whether a finding verb has a finder for its subject: «опрос показал», not «шаги показывают»."""
    return not cue.findings or source is not None and plain(g.tokens[source.head].lemma) in FINDERS


def complementizer(g: Grammar, cue: int, words: frozenset[str]) -> int | None:
    """The «что» (or one of ``words``) that opens the clause of ``cue``."""
    tokens = g.tokens
    last = g.sentence(cue).last
    depth = 0
    for i in range(cue + 1, min(last, cue + REACH)):
        token = tokens[i]
        if token.text in {"«", "(", "„"}:
            depth += 1
        elif token.text in {"»", ")", "“"} and depth:
            depth -= 1
        elif token.text == ":" and not depth:
            return None
        lower = plain(token.text)
        if lower in words and not depth:
            before = tokens[i - 1]
            if before.text in COMMA or plain(before.text) in {"то", "том", "тем", "и", "а"} or before.text in DASH:
                if i - 2 >= 0 and plain(before.text) in {"потому", "так", "затем"}:
                    return None
                if _reaches(g, i, cue):
                    return i
            continue
        if is_finite(token) and not depth and token.pos != "AUX" and not _ends_inside(g, i, cue):
            return None
    return None


def _ends_inside(g: Grammar, verb: int, cue: int) -> bool:
    """Whether a finite verb after ``cue`` belongs to a clause within the cue's own phrase."""
    token = g.tokens[verb]
    return token.rel.startswith("acl") and token.head > cue - 12 and token.head != cue and token.head < verb


def _reaches(g: Grammar, opener: int, cue: int) -> bool:
    """Whether the clause that ``opener`` begins hangs on ``cue``, or might for want of a better cue between."""
    up = g.tokens[opener].head
    if up < 0:
        return True
    above = up
    for _ in range(12):
        if above < 0 or above == cue:
            break
        above = g.tokens[above].head
    if above == cue:
        # Straight below, or below a noun or pronoun of the cue's: not below another verb between the two.
        step = g.tokens[up].head
        while step >= 0 and step != cue:
            if cue < step < opener and is_predicate(g.tokens[step]):
                return False
            step = g.tokens[step].head
        return True
    return all(not is_predicate(g.tokens[k]) for k in range(cue + 1, opener))


def clause_end(g: Grammar, first: int, cue: int, asides: list[tuple[int, int]]) -> int:
    """Index after the last token of the reported clause that begins at ``first``.

    It runs to the end of the sentence but for: a trailing aside («…, передаёт РИА Новости»); a main clause that
    resumes («X, заявивший, что…, уехал»); a second predicate of the same speaker («…, однако отказался…»); the mark
    that closes a quotation or bracket around the cue.
    """
    tokens = g.tokens
    end = g.last_word(cue)
    if g.inside[cue] >= 0:
        stop = g.quotations[g.inside[cue]].inner[-1][1]
        while end > first and tokens[end - 1].stop > stop:
            end -= 1
    depth = 0
    for i in range(first, end):  # a bracket that opened before the clause closes it
        if tokens[i].text in {"(", "["}:
            depth += 1
        elif tokens[i].text in {")", "]"}:
            depth -= 1
            if depth < 0:
                end = i
                break
    for begin, stop in asides:
        if begin > first and stop >= end - 1:
            end = min(end, begin)
    verb = tokens[cue]
    i = first
    head = _clause_predicate(g, first, end)
    if verb.rel.startswith("advcl") or plain(tokens[g.sentence(cue).first].text) in LEADING:
        end = _main_clause(g, first, end)
    commas = 0
    while i < end:
        token = tokens[i]
        commas += token.text in COMMA
        if (commas == 1 and token.text in COMMA and i + 2 < end and plain(tokens[i + 1].text) == "и"
                and _second_predicate(g, i + 2, end, verb)):  # fmt: skip
            return i
        if i > first + 1 and is_finite(token) and _resumes(g, token, verb, first, head):
            opens = g.left[i] if first < g.left[i] <= i else i
            k = i
            while k > max(first, opens) and tokens[k - 1].text not in COMMA and tokens[k - 1].text not in DASH:
                k -= 1
            if tokens[k - 1].text in COMMA or tokens[k - 1].text in DASH or plain(tokens[k].text) in {"и", "а", "но"}:
                return k
            if opens > first:
                return opens
        i += 1
    return end


LEADING = frozenset({"поскольку", "если", "хотя", "когда", "пока"})
"""Words that open a clause with a main one to follow: «Поскольку ведомство заявило, что…, он обращается…»."""


def _main_clause(g: Grammar, first: int, end: int) -> int:
    """Where the main clause begins behind a reported clause in a leading subordinate one; ``end`` where none does."""
    tokens = g.tokens
    for i in range(first + 1, end - 2):
        if tokens[i].text not in COMMA or tokens[i + 1].pos in {"SCONJ", "CCONJ", "ADP"}:
            continue
        subject_seen = False
        for k in range(i + 1, min(end, i + 9)):
            token = tokens[k]
            if token.text in COMMA or token.pos == "SCONJ" or plain(token.lemma) == "который":
                break
            if is_finite(token):
                if subject_seen and token.rel.split(":")[0] in {"root", "conj"} and not g.is_under(k, i - 1):
                    return i
                break
            subject_seen = subject_seen or token.feats.get("Case") == "Nom" and token.pos in {"NOUN", "PROPN", "PRON"}
    return end


def _second_predicate(g: Grammar, first: int, end: int, verb: Token) -> bool:
    """«признал, что ошибся, и извинился»: a comma before «и» closes the clause, the verb behind is the speaker's."""
    for i in range(first, min(end, first + 5)):
        token = g.tokens[i]
        if token.pos in {"NOUN", "PROPN", "PRON"} and token.feats.get("Case") == "Nom" or token.pos == "SCONJ":
            return False
        if is_finite(token):
            return token.pos == "VERB" and _same_form(token, verb) and not any(g.children(i, "nsubj"))
    return False


def _clause_predicate(g: Grammar, first: int, end: int) -> int:
    up = g.tokens[first - 1].head if first else -1
    if first <= up < end:
        return up
    return next((i for i in range(first, end) if is_finite(g.tokens[i])), first)


def _resumes(g: Grammar, token: Token, verb: Token, first: int, head: int) -> bool:
    """Whether a finite verb after the reported clause goes back to the clause of the cue."""
    if token.head < 0 or g.is_under(verb.i, token.i):
        # The cue hangs on this verb: it stood in a clause inside a sentence that goes on.
        return g.is_under(verb.i, token.i) and token.i > head
    own = any(True for _ in g.children(token.i, "nsubj"))
    if (token.rel == "conj" and not own and token.feats.get("Number") == "Plur" and plain(token.lemma) in lexicon().verbs
            and verb.feats.get("Voice") in {"Mid", "Pass"} and subject(g, token.i) is None):  # fmt: skip
        return True
    if token.rel == "conj" and token.head == verb.i:
        lemma = plain(token.lemma)
        speech = lemma in lexicon().verbs or lemma in lexicon().phrases
        return speech or not own and agrees(token, verb) and _same_form(token, verb)
    if token.rel == "conj" and not own and token.i > head and _same_form(token, verb) and agrees(token, verb):
        return plain(token.lemma) in {"отказаться", "призвать", "добавить", "пообещать", "попросить", "потребовать",
                                      "выразить", "подчеркнуть", "отметить"}  # fmt: skip
    return False


def _same_form(a: Token, b: Token) -> bool:
    keys = ("Tense", "Number", "Gender", "Person")
    return all(a.feats.get(k) == b.feats.get(k) for k in keys)


def speaker(g: Grammar, cue: int, first: int, last: int) -> Mention | None:
    """The subject of ``cue``, or the place that speaks: «министр заявил», «в ведомстве заявили»."""
    token = g.tokens[cue]
    who = subject(g, cue)
    if who is not None:
        lemma = plain(g.tokens[who.head].lemma)
        if g.tokens[who.head].feats.get("Case") in {None, "Nom"} or lemma:
            return who
    plural = token.feats.get("Number") == "Plur" or token.feats.get("Voice") in {"Pass", "Mid"}
    if plural or token.feats.get("Gender") == "Neut":
        return place(g, cue, first, last)
    return None


def that(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Министр заявил, что переговоры продолжатся.» · «Он сообщил о том, что уходит.»"""
    opener = complementizer(g, cue.i, frozenset({"что", "будто", "якобы"}))
    if opener is None:
        return None
    if "charge" in entry.frames and "that" not in entry.frames and plain(g.tokens[opener - 2].text) != "том":
        return None
    source = speaker(g, cue.i, _segment(g, cue.i), opener)
    if not found_it(g, source, entry):
        return None
    first = opener + 1
    if first < len(g.tokens) and plain(g.tokens[first].text) == "якобы":
        first += 1
    span = g.span(first, clause_end(g, first, cue.i, asides))
    if span is None:
        return None
    return _found("that", g, cue, [span], source, entry, 0.95 if source else 0.85)


def wish(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Посол потребовал, чтобы войска ушли.»"""
    opener = complementizer(g, cue.i, frozenset({"чтобы", "чтоб"}))
    if opener is None or g.tokens[opener].head < 0:
        return None
    span = g.span(opener + 1, clause_end(g, opener + 1, cue.i, asides))
    return span and _found("wish", g, cue, [span], speaker(g, cue.i, _segment(g, cue.i), opener), entry, 0.85)


def ask(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Она спросила, все ли хорошо с детьми.»"""
    tokens, last = g.tokens, g.sentence(cue.i).last
    comma = next((i for i in range(cue.i + 1, min(last, cue.i + 10)) if tokens[i].text == ","), None)
    if comma is None or any(is_finite(tokens[i]) for i in range(cue.i + 1, comma)):
        return None
    window = [plain(t.text) for t in tokens[comma + 1 : min(last, comma + 5)]]
    if not window or "ли" not in window and window[0] not in QUESTION_WORDS | {"с", "о", "на", "в", "по", "за"}:
        return None
    if "ли" not in window and not QUESTION_WORDS & set(window[:2]):
        return None
    end = clause_end(g, comma + 1, cue.i, asides)
    head = _clause_predicate(g, comma + 1, end)
    if tokens[cue.i].rel.startswith(("advcl", "acl")) and g.right[head] + 1 < end:
        end = g.right[head] + 1
    span = g.span(comma + 1, end)
    return span and _found("ask", g, cue, [span], speaker(g, cue.i, _segment(g, cue.i), comma), entry, 0.8)


def to(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Он призвал коллег взять самоотвод.» · «О здоровье она обещает рассказать сама.»"""
    tokens = g.tokens
    source = speaker(g, cue.i, _segment(g, cue.i), cue.i)
    last = g.sentence(cue.i).last
    inf = -1
    for i in range(cue.i + 1, min(last, cue.i + 18)):
        token = tokens[i]
        if token.feats.get("VerbForm") == "Inf":
            inf = i
            break
        if is_finite(token) or token.text in {":", ";", "—"} or token.text == "," and i == cue.i + 1:
            break
    if inf < 0 or source is None or not _animate(g, source):
        return None
    up = tokens[inf].head
    if up != cue.i and not (up >= 0 and tokens[up].head == cue.i) and not g.is_under(inf, cue.i):
        return None
    first = inf
    addressees = {"iobj", "obj", "nsubj"}
    taken = max((g.right[k] for k in tokens[cue.i].children
                 if cue.i < k < inf and tokens[k].rel.split(":")[0] in addressees and g.right[k] < inf),
                default=cue.i)  # fmt: skip
    if tokens[taken].text in COMMA:
        taken -= 1
    first = min(inf, taken + 1)
    spans: list[Span] = []
    fronted = [k for k in tokens[inf].children if k < cue.i and tokens[k].rel.split(":")[0] in {"obl", "obj", "iobj"}]
    if fronted:
        span = g.span(g.left[fronted[0]], g.right[fronted[0]] + 1)
        if span:
            spans.append(span)
    span = g.span(first, clause_end(g, first, cue.i, asides))
    if span is None:
        return None
    spans.append(span)
    return _found("to", g, cue, spans, source, entry, 0.85)


def _animate(g: Grammar, source: Mention) -> bool:
    """Whether a subject can speak: a thing promises nothing in words («назначение обещает стать трудным»)."""
    head = g.tokens[source.head]
    if any(n.first <= source.head < n.last or n.first <= source.first < n.last
           for n in _names_at(g, source)) or head.pos in {"PROPN", "PRON", "X"} or head.feats.get("Animacy") == "Anim":
        return True
    return speaking_noun(plain(head.lemma))


def _names_at(g: Grammar, source: Mention) -> list[NameSpan]:
    out = []
    for name in g.names_from(max(0, source.first - 3)):
        if name.first > source.head:
            break
        out.append(name)
    return out


def small(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Эксперт назвал визит успешным.» · «аналитик, считающий цифры странными»"""
    if plain(cue.lemma) in ACTS:
        return None
    tokens, (begin, last) = g.tokens, (g.sentence(cue.i).first, g.last_word(cue.i))
    if cue.feats.get("Voice") == "Pass" or plain(cue.text).endswith("ся"):
        return None
    thing = verdict = None
    for i in range(max(begin, cue.i - 12), min(last, cue.i + 25)):
        token = tokens[i]
        if i == cue.i:
            continue
        if i > cue.i and is_finite(token) and thing is not None and verdict is not None:
            break
        if token.head == cue.i and token.feats.get("Case") == "Ins" and token.pos in {"NOUN", "ADJ", "DET", "VERB"}:
            if not any(tokens[k].pos == "ADP" for k in token.children):
                verdict = i if verdict is None or i > cue.i else verdict
        elif (
            thing is not None
            and verdict is None
            and thing < i <= g.right[thing] + 3
            and token.pos == "ADJ"
            and token.feats.get("Case") == "Ins"
            and all(tokens[k].pos in {"ADV", "PART"} for k in range(g.right[thing] + 1, i))
        ):
            verdict = i  # wherever the parse hangs it
        elif thing is not None and token.head == thing and i > thing and token.feats.get("Case") == "Ins":
            # «цифры странными»: the parse hangs the verdict on the thing.
            verdict = i if token.pos == "ADJ" else verdict
        elif (
            token.head == cue.i
            and token.rel.split(":")[0] in {"obj", "csubj"}
            or (
                verdict is not None
                and token.head == verdict
                and token.feats.get("Case") == "Acc"
                and token.pos != "ADJ"
            )
        ):
            thing = i
    if thing is None or verdict is None or tokens[verdict].pos == "PROPN":
        return None
    if any(tokens[k].pos == "PROPN" and tokens[k].feats.get("Case") == "Ins" for k in (verdict,)):
        return None
    if plain(tokens[thing].text) in {"себя", "это", "то"}:
        return None
    source = subject(g, cue.i)
    if source is None or source.head == thing:
        return None
    first = min(g.left[thing], g.left[verdict])
    end = max(g.right[thing], g.right[verdict]) + 1
    spans: list[Span] = []
    if first < cue.i < end:
        if min(thing, verdict) < cue.i and min(thing, verdict) in tokens[cue.i].children:
            before = g.span(first, min(cue.i, g.right[min(thing, verdict)] + 1))
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
    limit = clause_end(g, first, cue.i, asides)
    span = g.span(first, min(max(end, max(thing, verdict) + 1), limit))
    if span:
        spans.append(span)
    return _found("small", g, cue, spans, source, entry, 0.75) if spans else None


def as_(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Политолог расценил визит как уступку.»"""
    tokens, last = g.tokens, g.last_word(cue.i)
    source = subject(g, cue.i)
    if source is None or cue.feats.get("Voice") == "Pass":
        return None
    how = next((i for i in range(cue.i + 1, min(last, cue.i + 20)) if plain(tokens[i].text) == "как"), None)
    if how is None or tokens[how - 1].text in COMMA or any(is_finite(tokens[i]) for i in range(cue.i + 1, how)):
        return None
    things = [k for k in tokens[cue.i].children if cue.i < k < how and tokens[k].rel.startswith("obj")]
    first = g.left[things[0]] if things else how + 1
    head = tokens[how].head
    stop = g.right[head] + 1 if head > how else last
    span = g.span(max(first, cue.i + 1), min(max(stop, how + 2), clause_end(g, first, cue.i, asides)))
    return span and _found("as", g, cue, [span], source, entry, 0.7)


def quoted_words(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]], scare: set[int]) -> Found | None:
    """«Министр заявил о «полном провале» переговоров.» · «Газета сравнивает труд со «славным рассветом».»

    Only where the phrase that the cue governs holds words in quotation marks that are no name; ``scare`` holds the
    quotations that are.
    """
    tokens, last = g.tokens, g.last_word(cue.i)
    quote = -1
    for i in range(cue.i + 1, min(last, cue.i + REACH)):
        number = g.inside[i]
        if number >= 0 and g.inside[cue.i] != number:
            if number not in scare:
                quote = number
                break
            continue
        if is_finite(tokens[i]) and tokens[i].head != cue.i and not tokens[i].rel.startswith("acl"):
            return None
        if tokens[i].text in {":", ";"} or tokens[i].text in DASH and tokens[i - 1].text in COMMA:
            return None
    if quote < 0:
        return None
    if "small" in entry.frames and plain(cue.lemma) in ACTS:
        return None
    governed = [k for k in tokens[cue.i].children
                if k > cue.i and tokens[k].rel.split(":")[0] in {"obj", "obl", "iobj", "xcomp", "ccomp", "nmod", "parataxis"}]  # fmt: skip
    stop = g.quotations[quote].stop
    for k in governed:
        lo, hi = g.left[k], g.right[k]
        if not (tokens[lo].start <= g.quotations[quote].start <= tokens[hi].stop):
            continue
        first = lo
        small = [plain(tokens[j].text) for j in range(lo, min(lo + 2, len(tokens)))]
        if "likeness" in entry.frames:
            things = [c for c in tokens[cue.i].children if c > cue.i and tokens[c].rel.startswith("obj")]
            first = min([g.left[c] for c in things], default=lo)
        elif small[0] in {"о", "об", "обо"}:
            first = lo + 1
        elif "about" not in entry.frames or tokens[k].rel.split(":")[0] in {"obl", "iobj"} and tokens[lo].pos == "ADP":
            continue
        end = hi + 1
        while end < last and tokens[end].start < stop:
            end += 1
        span = g.span(max(first, cue.i + 1), min(end, clause_end(g, first, cue.i, asides)))
        source = speaker(g, cue.i, _segment(g, cue.i), first)
        if span is None:
            return None
        return _found("quoted words", g, cue, [span], source, entry, 0.8)
    return None


def said_in_noun(g: Grammar, noun: Token, asides: list[tuple[int, int]], scare: set[int]) -> Found | None:
    """«слова знакомого, что тесты чистые» · «заявления властей о «десятках погибших»»"""
    tokens, last = g.tokens, g.last_word(noun.i)
    owner = possessor(g, noun.i)
    opener = None
    limit = min(last, noun.i + 25)
    for i in range(noun.i + 1, limit):
        if plain(tokens[i].text) == "что" and (tokens[i - 1].text in COMMA):
            opener = i
            break
        if is_predicate(tokens[i]) or tokens[i].text in {":", ";", "»"}:
            break
    entry = Cue(frozenset(), "claims")
    if opener is not None:
        up = tokens[opener].head
        if up >= 0 and not g.is_under(up, noun.i):
            return None
        end = clause_end(g, opener + 1, noun.i, asides)
        head = _clause_predicate(g, opener + 1, end)
        if opener < head < end and g.right[head] + 1 < end and g.right[head] > opener + 1:
            rest = next((tokens[k] for k in range(g.right[head] + 1, end) if is_finite(tokens[k])), None)
            if rest is not None and not g.is_under(rest.i, noun.i):
                end = g.right[head] + 1
        span = g.span(opener + 1, end)
        if span is None:
            return None
        return _found("noun", g, noun, [span], owner if owner and owner.first < opener else None, entry, 0.7)
    for k in sorted(tokens[noun.i].children):
        if k < noun.i or not tokens[k].rel.startswith("nmod"):
            continue
        lo, hi = g.left[k], g.right[k]
        if plain(tokens[lo].text) not in {"о", "об", "обо"}:
            continue
        if any(
            g.inside[j] >= 0 and g.inside[j] not in scare and g.inside[j] != g.inside[noun.i] for j in range(lo, hi + 1)
        ):
            span = g.span(lo + 1, hi + 1)
            return span and _found("noun", g, noun, [span], owner if owner and owner.first < lo else None, entry, 0.65)
    return None


def colon(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Он уточнил: работа продолжается.» Quotations after a colon are direct and read elsewhere."""
    tokens, last = g.tokens, g.last_word(cue.i)
    for i in range(cue.i + 1, min(last, cue.i + 30)):
        token = tokens[i]
        if token.text == ":":
            if (
                i + 1 < last
                and tokens[i + 1].text not in {"«", '"', "„", "“"}
                and any(is_predicate(tokens[k]) for k in range(i + 1, last))
            ):
                span = g.span(i + 1, clause_end(g, i + 1, cue.i, asides))
                source = speaker(g, cue.i, _segment(g, cue.i), i)
                if not found_it(g, source, entry):
                    return None
                return span and source and _found("colon", g, cue, [span], source, entry, 0.8)
            return None
        if is_finite(token) or plain(token.text) in {"о", "об", "что"} or token.text in {"(", "«", '"', ";"}:
            return None
    return None


def named_colon(g: Grammar, first: int) -> Found | None:
    """«Глава МИД Лавров: санкции не помогут.» at the head of a sentence."""
    tokens, last = g.tokens, g.last_word(first)
    name = next(g.names_from(first), None)
    if name is None or name.kind == "LOC" or name.first > first + 6 or name.last >= last or tokens[name.last].text != ":":
        return None
    before = tokens[first : name.first]
    if any(is_predicate(t) or t.pos in {"ADP", "PUNCT", "SCONJ", "CCONJ"} for t in before):
        return None
    if g.inside[name.last + 1] >= 0 or not any(is_predicate(t) for t in tokens[name.last + 1 : last]):
        return None
    span = g.span(name.last + 1, last)
    head = first if before and before[0].pos == "NOUN" else name.first
    source = Mention(first, name.last, head)
    return span and Found("named colon", name.last, [span], None, source, "says", 0.7)


def _segment(g: Grammar, cue: int) -> int:
    """First token of the stretch around ``cue`` that no comma, dash or colon breaks."""
    first = g.sentence(cue).first
    i = cue
    while i > first and i > cue - 30 and g.tokens[i - 1].text not in COMMA and g.tokens[i - 1].text not in DASH:
        i -= 1
    return i


def _found(
    rule: str, g: Grammar, cue: Token, content: list[Span], source: Mention | None, entry: Cue, sure: float
) -> Found:
    lemma = plain(cue.lemma)
    impersonal = source is None and (lemma in lexicon().reflexive or cue.feats.get("Voice") == "Pass"
                                     or cue.feats.get("Number") == "Plur" or cue.pos == "NOUN"
                                     or cue.feats.get("Gender") == "Neut")  # fmt: skip
    return Found(rule, cue.i, content, (cue.start, cue.stop), source, entry.status, sure, impersonal=impersonal)
