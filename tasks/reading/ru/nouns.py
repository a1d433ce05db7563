"""Nouns whose clause is somebody's words: «слова сторожа, что…», «просьба мэра не шуметь», «вывод суда таков: …»."""

from __future__ import annotations

from ..tokens import Token
from .assertions import can_speak, found, speaks
from .clauses import COMMA, DASH, Grammar, is_finite, is_predicate
from .cues import Cue, lexicon, noun_status, plain, word_set
from .extents import clause_end, clause_predicate, next_clause
from .found import Found
from .mentions import Mention, phrase, place, possessor, subject, whence
from .sourcewords import speaking_noun

APPEARING = word_set("appearing")
CALLS = word_set("calls")
CALLING = word_set("calling")
SUMS, SUMMING = word_set("sums"), word_set("summing")
SAYING = lexicon().nouns | CALLS
UTTERED = SUMS | SAYING
"""Nouns whose clause may be somebody's words."""
RUMOURS = frozenset({"разговор", "толки", "пересуды"})
VERDICTS = frozenset({"вывод", "прогноз", "вердикт"})
KEEPING = frozenset({"сдержать", "выполнить", "исполнить", "нарушить"})
"""What is done to a promise of one's own: «не сдержал обещания уйти»."""
CONSISTING = frozenset({"заключаться", "состоять", "сводиться"})
ANOTHERS = frozenset({"официальный", "другой", "иной", "альтернативный"})
ANYBODYS = frozenset({"логика", "ответ", "версия", "идея", "мысль", "позиция", "сигнал", "требование", "предложение"})
"""Nouns of these that want to know whose: «ответ прост: …» is the writer's."""


def summed_up(g: Grammar, noun: Token, asides: list[tuple[int, int]]) -> Found | None:
    """«Вывод комиссии таков: мост опасен.» · «Довод мэра состоит в том, что…» · «Главный вывод: цены вырастут.»"""
    tokens, last = g.tokens, g.last_word(noun.i)
    owner = possessor(g, noun.i)
    owner = owner if owner is not None and tokens[owner.head].feats.get("Case") != "Dat" else None
    first = behind = max(noun.i + 1, owner.last if owner is not None else 0)
    which = [plain(t.lemma) for t in tokens[behind : behind + 3]]
    if which[:2] == [",", "который"] and which[2:] and which[2] in CONSISTING:
        behind += 2  # «отказались от позиции, которая заключалась в том, что…»
        owner = owner or subject(g, g.clause_head(noun.i))
    else:
        top = noun.feats.get("Case") in {"Nom", "Acc"} and noun.rel.split(":")[0] in {"root", "nsubj", "parataxis"}
        if not top or any(tokens[k].rel == "case" for k in noun.children):
            return None
    official = any(plain(tokens[k].lemma) in ANOTHERS for k in noun.children)
    owner = owner or _with_whom(g, noun) or _ours(g, noun)
    if owner is None and plain(noun.lemma) in ANYBODYS and not official:
        return None
    free = (
        noun.rel == "nsubj" and owner is not None and plain(noun.lemma) in VERDICTS and can_speak(g, owner)
    )  # «вывод их удивит многих: …»
    for mark in range(noun.i + 1, min(last - 1, behind + 12)):
        token = tokens[mark]
        if token.text == ":" or (plain(token.text) in {"что", "чтобы"} and tokens[mark - 1].text in COMMA):
            first = mark + 1
            break
        beside = token.pos in {"PUNCT", "ADJ", "ADV"} or token.feats.get("Case") == "Dat" or g.is_under(mark, noun.i)
        if mark >= behind and not beside and plain(token.lemma) not in SUMMING and not free:
            return None
    else:
        return None
    said = tokens[behind : first - 1]
    free = free and not any(t.text in COMMA for t in said)
    told = free or any(plain(t.lemma) in SUMMING or t.feats.get("Variant") == "Short" or _predicative(t) for t in said)
    if g.quoted_at(first) or not (told or (behind == first - 1 and tokens[first - 1].text == ":")):
        return None
    span = g.span(first, clause_end(g, first, noun.i, asides))
    if span is None or not any(map(_tells, tokens[first:last])):
        return None
    return found(g, "noun", noun, [span], owner, Cue(frozenset(), noun_status(plain(noun.lemma))), 0.7)


def _with_whom(g: Grammar, noun: Token) -> Mention | None:
    """«У политолога другое объяснение: …»"""
    first = g.sentence(noun.i).first
    if plain(g.tokens[first].text) != "у":
        return None
    head = next((k for k in range(first + 1, noun.i) if g.tokens[k].pos in {"NOUN", "PROPN"}), None)
    return phrase(g, head, noun.i) if head is not None and g.tokens[head].feats.get("Case") == "Gen" else None


def _ours(g: Grammar, noun: Token) -> Mention | None:
    """«Наше мнение: …»: the writer's."""
    ours = (k for k in noun.children if plain(g.tokens[k].lemma) in {"мой", "наш"} and g.inside[k] < 0)
    return next((Mention(k, k + 1, k) for k in ours), None)


def _predicative(token: Token) -> bool:
    """«Версия следствия иная: …»"""
    return token.pos in {"ADJ", "DET"} and token.feats.get("Case") == "Nom"


def _tells(token: Token) -> bool:
    """Whether a word makes a clause: a predicate, «нет», «важнее» or a dash."""
    return is_predicate(token) or plain(token.text) == "нет" or token.feats.get("Degree") == "Cmp" or token.text in DASH


def said_in_noun(g: Grammar, noun: Token, asides: list[tuple[int, int]], scare: set[int]) -> Found | None:
    """«слова знакомого, что тесты чистые» · «заявления властей о «десятках погибших»»"""
    tokens, last = g.tokens, g.last_word(noun.i)
    summed = summed_up(g, noun, asides) if plain(noun.lemma) in SUMS else None
    if summed is not None or plain(noun.lemma) not in SAYING:
        return summed
    owner = possessor(g, noun.i)
    if owner is not None and plain(tokens[owner.head].text) in {"том", "тем", "то"}:
        owner = None  # «обвинения в том, что…»
    if plain(noun.lemma) in CALLS:
        called = _called_for(g, noun, owner, asides)
        if called is not None or plain(noun.lemma) != "обещание":
            return called  # «обещание, что…» has a clause, too
    opener = None
    if owner is None and noun.head >= 0 and plain(tokens[noun.head].lemma) in APPEARING:
        # «на сайте «Зари» появилось сообщение, что…» · «из штаба поступила информация, что…»
        owner = place(g, noun.head, g.sentence(noun.i).first, noun.i) or whence(g, noun.head)
    above = tokens[noun.head] if noun.head >= 0 else noun
    if above.i and plain(tokens[above.i - 1].text) == "не" and is_predicate(above) and owner is None:
        return None  # «не располагает информацией о том, что…»
    limit = min(last, noun.i + 25)
    for i in range(noun.i + 1, limit):
        if plain(tokens[i].text) in {"что", "будто", "якобы"} and tokens[i - 1].text in COMMA:
            opener = i
            break
        if is_predicate(tokens[i]) or tokens[i].text in {":", ";", "»"}:
            break
    entry = Cue(frozenset(), noun_status(plain(noun.lemma)))
    if opener is not None:
        up = tokens[opener].head
        beside = (
            opener == noun.i + 2
            or (owner is not None and owner.first > noun.i and owner.last in {opener, opener - 1})
            or (owner is not None and owner.last == opener - 3 and plain(tokens[opener - 2].text) == "том")
        )
        if up >= 0 and not g.is_under(up, noun.i) and not beside:
            return None
        end = clause_end(g, opener + 1, noun.i, asides)
        head = clause_predicate(g, opener + 1, end)
        if opener < head < end and g.right[head] + 1 < end and g.right[head] > opener + 1:
            rest = next((tokens[k] for k in range(g.right[head] + 1, min(end + 1, last)) if is_finite(tokens[k])), None)
            parted = rest is not None and (rest.i < end or tokens[g.right[head] + 1].text in COMMA)
            if rest is not None and parted and not g.is_under(rest.i, noun.i):
                end = g.right[head] + 1
        if beside and up >= 0 and not g.is_under(up, noun.i):  # «увязать тезис Белова, что …, с тем, что …»
            marks = (k for k in range(opener + 1, end - 1) if tokens[k].text in COMMA)
            end = next((k for k in marks if tokens[k + 1].pos == "ADP"), end)
        span = g.span(opener + 1, end)
        if span is None:
            return None
        return found(g, "noun", noun, [span], owner if owner and owner.first < opener else None, entry, 0.7)
    for k in sorted(tokens[noun.i].children) if plain(noun.lemma) not in RUMOURS else ():
        if k < noun.i or not tokens[k].rel.startswith("nmod"):
            continue
        lo, hi = g.left[k], g.right[k]
        if plain(tokens[lo].text) not in {"о", "об", "обо"}:
            continue
        if any(
            g.inside[j] >= 0 and g.inside[j] not in scare and g.inside[j] != g.inside[noun.i] for j in range(lo, hi + 1)
        ):
            span = g.span(lo + 1, hi + 1)
            return span and found(g, "noun", noun, [span], owner if owner and owner.first < lo else None, entry, 0.65)
    return None


def _called_for(g: Grammar, noun: Token, owner: Mention | None, asides: list[tuple[int, int]]) -> Found | None:
    """«обратился к соседям с просьбой не шуметь» · «просьба мэра не шуметь»"""
    tokens = g.tokens
    inf = next((k for k in noun.children if k > noun.i and tokens[k].feats.get("VerbForm") == "Inf"), None)
    if inf is None:
        return None
    above = tokens[noun.head] if noun.head >= 0 else noun
    if above.pos == "NOUN" and speaking_noun(plain(above.lemma)) and above.head >= 0:
        above = tokens[above.head]  # «прислал письмо с просьбой не шуметь»
    kept = plain(noun.lemma) == "обещание" and plain(above.lemma) in KEEPING
    if kept or (plain(above.lemma) in CALLING and speaks(g, above)):
        owner = subject(g, above.i) or owner
    if owner is None or owner.head > inf or not can_speak(g, owner):
        return None
    end = next_clause(g, noun, inf, clause_end(g, inf, noun.i, asides))
    if is_finite(above) and above.i > inf:
        end = min(end, max(g.right[inf] + 1, inf + 1))  # «Просьба мэра не шуметь осталась без ответа»
    span = g.span(max(noun.i + 1, g.left[inf], min(owner.last, inf) if owner.head > noun.i else 0), end)
    return span and found(g, "noun", noun, [span], owner, Cue(frozenset(), noun_status(plain(noun.lemma))), 0.7)
