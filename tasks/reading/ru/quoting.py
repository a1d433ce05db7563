"""The cue of a quotation: behind it, before it, or a bare name beside it."""

from __future__ import annotations

import re
from itertools import islice

from ..quotations import Quotation
from ..tokens import Token
from . import kinds
from .assertions import perfective, speaker, speaks
from .clauses import COMMA, DASH, TERMINAL, Grammar, is_finite, is_predicate, token_at
from .cues import Cue, lexicon, plain
from .mentions import Mention, following, phrase, place, possessor, subject
from .sourcewords import words as words_of_sources

SAID = frozenset({"слово", "высказывание", "комментарий", "заявление", "сообщение", "мнение", "рассказ"})
INTRODUCING = frozenset(
    {"слово", "цитата", "ответ", "комментарий", "критика", "упрек", "реплика", "фраза", "угроза", "запись"}
)
SHOUTING = frozenset({"крикнуть", "кричать", "закричать", "выкрикнуть", "выкрикивать", "скандировать", "воскликнуть"})
AFTER = re.compile(r"(?:'')?[\"»”]?[.,!?…]*\s*(?:[-–—―]\s*)?")
"""What parts a quotation from a cue behind it."""


def within_clause(g: Grammar, q: Quotation) -> bool:
    """«рассказали так: «новые цари» напали первыми»: whether words go on behind a quotation as one clause with it."""
    text, (start, stop) = g.parse.text, (q.inner[0][0], q.inner[-1][1])
    goes_on = re.match(r"[\"»”]?\s+[а-яё]", text[q.stop : q.stop + 4]) is not None
    return goes_on and text[start].islower() and text[stop - 1] not in ".!?…"


def inner_tokens(g: Grammar, q: Quotation) -> range:
    """Tokens of a quotation."""
    first = token_at(g, q.inner[0][0])
    return range(first, token_at(g, q.inner[-1][1]))


def cue_after(g: Grammar, q: Quotation) -> tuple[Token, Cue, Mention | None, int] | None:
    """The cue behind a quotation: «…», — сказал министр. Token, entry, source and the index where its clause ends."""
    text = g.parse.text
    match = AFTER.match(text, q.stop)
    assert match is not None
    if not match.group().strip() and text[q.stop - 2 : q.stop - 1] not in {",", "!", "?", "…", "."}:
        return None
    dashed = any(d in match.group() for d in "-–—―")
    if not dashed and any(mark in match.group() for mark in ".!?…"):
        return None  # a sentence that ended: the next one is another
    first = token_at(g, match.end())
    if (
        first >= len(g.tokens)
        or g.tokens[first].start - match.end() > 3
        or ("\n" in text[q.stop : g.tokens[first].start] and not _goes_on(g.tokens[first]))
    ):
        return None
    led_in = text[: q.start].rstrip()[-1:] == ":" and plain(g.tokens[first].text) == "и"
    if led_in or (not dashed and g.tokens[first].pos in {"CCONJ", "SCONJ"}):
        return None  # «…», а министр отметил…; он сказал: «…», — и добавил, что…
    return cue_clause(g, first, dashed=dashed)


def _goes_on(token: Token) -> bool:
    """Whether a line goes on the one before it: «заявил после выборов мэр» under a quotation set apart."""
    return token.text[0].islower() and is_finite(token)


def cue_clause(g: Grammar, first: int, *, dashed: bool) -> tuple[Token, Cue, Mention | None, int] | None:
    """A cue and its source at ``first``: «сказал он», «говорится в статье», «так министр ответил журналистам»."""
    tokens = g.tokens
    sentence = g.sentence(first)
    lexis = lexicon()
    stop = min(sentence.last, first + 18)
    for i in range(first, stop):
        token = tokens[i]
        if token.text in {":", "«", "„", "“", "»", ";"} or token.text in TERMINAL:
            break
        if i > first and (token.text in DASH or (token.text == "," and not dashed)):
            break
        if not is_finite(token) and token.feats.get("VerbForm") != "Conv":
            continue
        lemma = plain(token.lemma)
        entry = lexis.verbs.get(lemma) or lexis.predicatives.get(lemma)
        if entry is None and lemma in lexis.reflexive:
            entry = Cue(frozenset({"quote"}), "says")
        if entry is None and lemma in lexis.phrases:
            entry = Cue(frozenset({"quote"}), "claims")
        if entry is None or not entry.frames & {"quote", "aside"}:
            if is_finite(token) and token.pos != "AUX":
                return _gesture(g, token, first) if dashed else None
            continue
        if token.feats.get("Person") in {"1", "2"} or token.feats.get("Mood") == "Imp":
            return None
        if plain(tokens[i - 1].text) in {"не"}:
            return None
        end = clause_stop(g, i, sentence.last)
        source = quotee(g, token, end)
        if source is not None:
            token = _attributing(g, token, end)
        else:
            source = subject(g, i)
            if source is not None and not first <= source.head < sentence.last:
                source = None
        if source is None:
            source = following(g, i, end)
        if source is None:
            source = place(g, i, first, end)
        if source is None and not dashed and token.feats.get("Number") != "Plur":
            return None
        introduces = end < sentence.last and tokens[end].text == ":" and source is not None and source.head < i
        if introduces or (not dashed and source is not None and source.head < i and not source.place):
            return None  # «…», а министр отметил»: a clause of its own
        return token, entry, source, end
    return None


def _gesture(g: Grammar, token: Token, first: int) -> tuple[Token, Cue, Mention | None, int] | None:
    """«…», — развёл руками мэр. · «…», — торжествует газета: what a person or outlet does behind a quotation."""
    end = clause_stop(g, token.i, g.sentence(token.i).last)
    source = following(g, token.i, end)
    if source is None or any(t.pos not in {"PART", "ADV", "AUX", "PRON"} for t in g.tokens[first : token.i]):
        return None
    head = g.tokens[source.head]
    name = next(g.names_from(source.first), None)
    person = name is not None and name.kind == "PER" and name.first < source.last
    outlet = kinds.of_noun(plain(head.lemma)) in {"channel", "media"}
    if not (person or outlet or head.feats.get("Animacy") == "Anim" or plain(head.text) in {"он", "она", "они"}):
        return None
    return token, Cue(frozenset({"quote"}), "says"), source, end


def named_after(g: Grammar, q: Quotation) -> Mention | None:
    """Who stands behind a quotation and a dash without a verb: «…», — Иванов. · «…» — источник в штабе."""
    bracket = re.match(r"[.!?…]?\s*\(", g.parse.text[q.stop : q.stop + 5])
    first = token_at(g, q.stop + bracket.end()) if bracket is not None else 0
    signed = next(g.names_from(first), None) if first else None
    if signed is not None and signed.first == first and signed.kind == "PER":
        return Mention(first, signed.last, first)  # «Мост откроем» (Олег Сомов, мэр)
    match = AFTER.match(g.parse.text, q.stop)
    if match is None or not any(d in match.group() for d in "-–—―") or g.parse.text[match.end() - 1] == "\n":
        return None
    first = token_at(g, match.end())
    if first >= len(g.tokens) or g.tokens[first].start > match.end():
        return None
    last = g.last_word(first)
    head = next((k for k in range(first, min(last, first + 6)) if g.tokens[k].pos in {"NOUN", "PROPN"}), None)
    person = next(g.names_from(first), None)
    named = (
        person is not None and person.kind == "PER" and not any(t.text in COMMA for t in g.tokens[first : person.first])
    )
    marks = DASH | {":"} if named else DASH | {":", "«"}
    if head is None or any(is_predicate(t) or t.text in marks for t in g.tokens[first:last]):
        return None
    token = g.tokens[head]
    if token.feats.get("Case", "Nom") != "Nom" or any(t.pos == "ADP" for t in g.tokens[first:head]):
        return None
    speaks = token.feats.get("Animacy") == "Anim" or plain(token.lemma) in words_of_sources().unnamed
    if not speaks and (person is None or person.first != first or person.kind != "PER"):
        return None
    return phrase(g, head, last)


def quotee(g: Grammar, cue: Token, end: int) -> Mention | None:
    """Whose words an outlet quotes: «цитирует Иванова «Заря»», «приводит слова Иванова агентство»."""
    lemma = plain(cue.lemma)
    if not lemma.startswith(("цитир", "процитир", "привод", "привест", "переда")):
        return None
    noun = _words_quoted(g, cue, end)
    if noun is not None:
        return possessor(g, noun.i)
    if lemma.startswith(("цитир", "процитир")):
        behind = _behind_outlet(g, cue.i + 1, end)
        if behind is not None:
            return behind
        for child in g.children(cue.i, "obj", "iobj"):
            if cue.i < child.i < end:
                return phrase(g, child.i)
        after = g.tokens[cue.i + 1] if cue.i + 1 < end else None
        if after is not None and after.pos == "PRON":
            return Mention(after.i, after.i + 1, after.i)
        if after is not None and after.pos in {"PROPN", "NOUN"} and after.feats.get("Case") in {"Gen", "Acc"}:
            return phrase(g, after.i)
    return None


def _behind_outlet(g: Grammar, first: int, end: int) -> Mention | None:
    """«цитирует издание отставного генерала Белова», «цитирует «Заря» генерала»: the person behind the outlet."""
    k = first + 1 if first < end and plain(g.tokens[first].lemma) in words_of_sources().media else first
    name = next((n for n in g.names_from(k) if n.first <= k + 1 and n.kind == "ORG"), None)
    k = name.last if name is not None else k
    while first < k < end and (g.tokens[k].pos == "ADJ" or g.tokens[k].text in {"«", "»"}):
        k += 1
    person = g.tokens[k] if first < k < end else None
    told = person is not None and person.pos in {"NOUN", "PROPN"} and person.feats.get("Case") in {"Gen", "Acc"}
    return phrase(g, k) if person is not None and told and person.feats.get("Animacy") == "Anim" else None


def _words_quoted(g: Grammar, cue: Token, end: int) -> Token | None:
    """«передаёт «Заря» слова мэра», «приводит его рассказ»: the noun for what an outlet passes on."""
    return next(
        (
            t
            for t in g.tokens[cue.i + 1 : end]
            if plain(t.lemma) in SAID
            and t.feats.get("Case") in {"Acc", "Nom"}
            and not any(g.tokens[k].pos == "ADP" for k in t.children)
        ),
        None,
    )


def _attributing(g: Grammar, cue: Token, end: int) -> Token:
    """What attributes where an outlet quotes: the noun, but «цитирует» itself."""
    return cue if plain(cue.lemma).endswith("цитировать") else _words_quoted(g, cue, end) or cue


def clause_stop(g: Grammar, cue: int, last: int) -> int:
    """Where the clause of a cue behind a quotation ends: the next dash or colon, or the end of its sentence."""
    for i in range(cue + 1, last):
        text = g.tokens[i].text
        if (text in DASH and g.tokens[i - 1].text in COMMA | TERMINAL) or text == ":":
            return i
    return last


def passes_on(g: Grammar, source: Mention | None) -> bool:
    """Whether a source behind a quotation is an outlet: a name that is no person's and no noun for people."""
    if source is None:
        return False
    head = g.tokens[source.head]
    named = next(g.names_from(source.first), None)
    person = named is not None and named.kind == "PER" and named.first < source.last
    outlet = head.pos in {"PROPN", "X"} or g.inside[source.head] >= 0 or plain(head.lemma) in words_of_sources().media
    return outlet and not person


def cue_before(g: Grammar, q: Quotation) -> tuple[Token | None, Cue | None, Mention | None] | None:
    """The cue before a quotation: «Министр сказал: «…»», «Иванов: «…»»."""
    text = g.parse.text
    k = q.start
    while k > 0 and text[k - 1] in " \t\u00a0\n'":
        k -= 1
    if k and text[k - 1].isalpha() and "\n" not in text[k : q.start]:
        return _cue_at(g, q, token_at(g, k) - 1)
    if k == 0 or text[k - 1] != ":":
        return None
    mark = token_at(g, k - 1)
    if mark >= len(g.tokens) or mark == 0:
        return None
    return introducer(g, mark)


def _cue_at(g: Grammar, q: Quotation, i: int) -> tuple[Token, Cue, Mention | None] | None:
    """The cue that a whole clause in quotation marks follows without a colon: «улыбнулся, сказав «мы победили»»."""
    token = g.tokens[i]
    if re.match(r"[\"»”]?,\s+что\b", g.parse.text[q.stop : q.stop + 8]):
        return None  # «заявил «Вечерней заре», что…»: whom it was told
    if with_words(g, i):
        verb = g.clause_head(i)
        return token, Cue(frozenset({"quote"}), "says"), speaker(g, verb, g.sentence(i).first, i)
    entry = lexicon().verbs.get(plain(token.lemma)) if is_predicate(token) else None
    if (
        entry is None
        or not ({"quote", "that"} <= entry.frames or plain(token.lemma) in SHOUTING)
        or not (is_finite(token) or token.feats.get("VerbForm") == "Conv")
    ):
        return None
    shouted = plain(token.lemma) in SHOUTING  # other verbs may stand beside a name: «сказал «Заре»»
    if not (shouted or any(is_finite(g.tokens[k]) for k in inner_tokens(g, q))) or not speaks(g, token):
        return None
    return token, entry, speaker(g, i, g.sentence(i).first, i + 1)


def with_words(g: Grammar, i: int) -> bool:
    """«ушёл со словами «Мне пора»» · «встретили криками «Позор!»»: whether token ``i`` is such a noun."""
    token = g.tokens[i]
    said = token.pos == "NOUN" and plain(token.lemma) in {"слово", "крик", "возглас"} and i > 0
    after = plain(token.lemma) != "слово" or plain(g.tokens[i - 1].text) in {"с", "со"}
    return said and token.feats.get("Case") == "Ins" and after


def introducer(g: Grammar, mark: int) -> tuple[Token | None, Cue | None, Mention | None] | None:
    """What stands before the colon at token ``mark``: a cue with its subject, or a bare name."""
    tokens, lexis = g.tokens, lexicon()
    sentence = g.sentence(mark - 1)
    begin = max(sentence.first, mark - 40)
    for i in range(mark - 1, begin - 1, -1):
        token = tokens[i]
        if token.text in {"»"} and g.inside[i] >= 0:
            continue
        lemma = plain(token.lemma) if token.pos in {"VERB", "ADJ", "AUX"} else ""
        entry = lexis.verbs.get(lemma) or lexis.predicatives.get(lemma)
        if entry is None and lemma in lexis.reflexive:
            entry = Cue(frozenset({"quote"}), "says")
        if entry is None and lemma in lexis.phrases:
            entry = Cue(frozenset({"quote"}), lexis.phrases[lemma][1])
        if entry is not None and not entry.frames & {"quote", "aside", "that"}:
            continue
        if entry is None or not (is_finite(token) or token.feats.get("VerbForm") == "Conv"):
            continue
        if plain(tokens[i - 1].text) == "не" and i > begin:
            continue
        future = token.feats.get("Tense") == "Fut" and perfective(lemma)
        if future or token.feats.get("Person") in {"1", "2"}:
            continue
        quoted = quotee(g, token, mark)
        if quoted is not None:  # «Заря» приводит рассказ сторожа: …»
            return _attributing(g, token, mark), entry, quoted
        source = speaker(g, i, begin, mark) or following(g, i, mark)
        if source is not None and source.head >= mark:
            source = place(g, i, begin, mark)
        return token, entry, source
    named = next((n for n in g.names_from(begin) if n.last == mark and n.kind == "PER"), None)
    if named is not None and not any(is_finite(t) or t.text in COMMA for t in tokens[begin:mark]):
        return None, None, _titled(g, begin, named.first, mark)
    near = [n for n in islice(g.names_from(begin), 12) if n.first < mark <= n.last + 6]
    near = [n for n in near if n.first == begin or tokens[n.first - 1].pos != "ADP"]  # «Премьер о России: «…»»
    named = next((n for n in near if n.kind == "PER"), near[0] if near else None)
    if named is not None and named.first >= begin and not any(is_finite(tokens[k]) for k in range(begin, mark)):
        return (
            None,
            None,
            phrase(g, named.first, mark) if named.last < mark - 1 else Mention(named.first, named.last, named.first),
        )
    for i in range(mark - 1, begin - 1, -1):
        token = tokens[i]
        if token.pos == "NOUN" and plain(token.lemma) in lexis.nouns | INTRODUCING:
            # «По словам тренера: «…»» is read as an aside.
            beside = {plain(t.text) for t in tokens[max(i - 3, begin) : i]}
            if "по" in beside:
                return None
            verb = g.clause_head(i)
            owner = possessor(g, i)
            if begin <= verb < i and (owner is None or tokens[owner.head].feats.get("Case") == "Ins"):
                owner = speaker(g, verb, begin, i)
            return token, Cue(frozenset(), "says"), owner  # «Посол выступил с заявлением: «…»»
    head = tokens[next((k for k in range(begin, mark) if tokens[k].pos != "ADJ"), begin)]
    somebody = head.pos in {"NOUN", "PROPN"} and (head.feats.get("Animacy"), head.feats.get("Case")) == ("Anim", "Nom")
    if somebody and mark - begin <= 6 and not any(is_predicate(t) for t in tokens[begin:mark]):
        return None, None, phrase(g, head.i, mark)  # «Губернатор: «…»»
    return _in_their_own_words(g, mark)


def _titled(g: Grammar, begin: int, name: int, mark: int) -> Mention:
    """«Обозреватель «Зари» Сергей Белов: «…»»: the name before a colon with the post that it stands with."""
    head = g.tokens[begin]
    post = head.pos == "NOUN" and (head.feats.get("Animacy"), head.feats.get("Case")) == ("Anim", "Nom")
    return Mention(begin, mark, begin) if post else Mention(name, mark, name)


def _in_their_own_words(g: Grammar, mark: int) -> tuple[None, None, Mention] | None:
    """«Белов был более сдержан: «Мы этого не ждали»»: a person does something, and a colon says with which words."""
    tokens = g.tokens
    first = max(g.sentence(mark - 1).first, mark - 30)
    verb = next((k for k in range(first, mark) if is_finite(tokens[k])), None)
    after = range(mark + 2, min(mark + 40, len(tokens)))
    if verb is None or not any(g.inside[k] >= 0 and (is_finite(tokens[k]) or _is_that(tokens[k])) for k in after):
        return None
    who = subject(g, verb)
    if who is None or not first <= who.head < mark:
        return None
    named = next(g.names_from(who.first), None)
    person = named is not None and named.kind == "PER" and named.first < who.last
    # «Эксперт лаконичен: «…»», not «Прохожий увидел надпись: «…»»
    person = person or (tokens[verb].pos == "ADJ" and tokens[who.head].feats.get("Animacy") == "Anim")
    return (None, None, who) if person or plain(tokens[who.head].text) in {"он", "она"} else None


def _is_that(token: Token) -> bool:
    """A pronoun that may be the subject of a clause without a verb: «Это тупик»."""
    return token.pos == "PRON" and token.feats.get("Case") == "Nom"
