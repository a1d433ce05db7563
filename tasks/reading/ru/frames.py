"""Frames of a cue with what follows it: clauses, infinitives, questions.

Each rule is a function over one cue word; its docstring opens with a sentence that it reads.
"""

from __future__ import annotations

from ..tokens import Token
from .assertions import can_speak, found, found_it, informed, segment, speaker
from .clauses import COMMA, Grammar, is_finite, is_predicate
from .cues import Cue, lexicon, plain, word_set
from .extents import clause_end, clause_predicate, next_clause, phrase_end, same_form
from .found import Found, Span
from .mentions import Mention, possessor, whence
from .openers import complementizer

QUESTION_WORDS = word_set("question_words")
NOUNS = lexicon().nouns
EXPECTING = frozenset({"думать", "ждать", "ожидать", "верить", "надеяться", "опасаться", "рассчитывать"})
NAMING = frozenset({"NOUN", "PROPN"})
NAMELESS = ("неизвестн", "неназванн", "аноним", "инкогнито")
REPROACHING = frozenset({"упрекнуть", "упрекать", "попрекнуть", "пенять", "попенять"})
PASSING_ON = frozenset({"мол", "дескать"})
"""Particles of words that are another's."""
PROMISING = frozenset({"обещать", "пообещать", "грозить", "пригрозить", "посулить"})
ORDERING = frozenset({"поручить", "предписать", "приказать"})
ADVISING = ORDERING | {"предложить", "рекомендовать", "посоветовать"}
PURPOSES = frozenset({"намерение", "готовность", "желание", "нежелание", "решимость", "стремление"})
"""What somebody voices that is to be done: «подтвердил намерение уйти», «выразил готовность помочь»."""
TOLD = QUESTION_WORDS - {"что", "чем", "кого", "кому"}
"""Words that open what was told: «рассказал, как жил»."""


def that(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Министр заявил, что переговоры продолжатся.» · «Он сообщил о том, что уходит.»"""
    opener = complementizer(g, cue.i, frozenset({"что", "будто", "якобы", "мол", "дескать"}))
    if opener is None:
        return None
    if "charge" in entry.frames and "that" not in entry.frames and plain(g.tokens[opener - 2].text) != "том" and (
        plain(cue.lemma) not in REPROACHING
    ):  # fmt: skip
        return None
    if "upon" in entry.frames and plain(g.tokens[opener - 2].text) != "то":
        return None  # «утверждает, ссылаясь на чиновников, что…»
    if "charge" not in entry.frames and [plain(t.text) for t in g.tokens[opener - 3 : opener - 1]] == ["за", "то"]:
        return None  # «написала письмо с благодарностью за то, что…»
    if plain(cue.lemma) in EXPECTING and (not _at_once(g, cue.i, opener) or cue.feats.get("Tense") == "Past"):
        return None  # «ждёт ответа на то, что случилось»; «она надеялась, что он вернётся» is a tale's
    if any(
        t.pos == "NOUN" and plain(t.lemma) in NOUNS and possessor(g, t.i) is not None
        for t in g.tokens[cue.i + 1 : opener - 1]
    ):
        return None  # «комментируя слова Иванова о том, что…»: Ivanov's words
    accused = plain(cue.text).endswith("ся") and "charge" in entry.frames  # «обвиняется в том, что…»: somebody accuses
    source = None if accused else speaker(g, cue.i, segment(g, cue.i), opener)
    if not found_it(g, source, entry, cue):
        return None
    first = opener + 1
    if first < len(g.tokens) and plain(g.tokens[first].text) in {"якобы", "бы"}:
        first += 1  # «будто бы самолёт сбили»
    if first < len(g.tokens) and plain(g.tokens[first].text) == "такое":
        first = opener  # «объяснил, что такое пошлина»
    span = g.span(first, clause_end(g, first, cue.i, asides))
    if span is None:
        return None
    return found(g, "that", cue, [span], source, entry, 0.95 if source else 0.85)


def intent(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Мэр заявил о готовности помочь школе.» · «О намерении уйти объявили трое.»: a noun with what it is to be."""
    tokens = g.tokens
    for noun in g.children(cue.i, "obl", "iobj", "nmod", "obj"):
        if not _proposes(g, noun):
            continue
        about = g.tokens[g.left[noun.i]].pos == "ADP"
        first = g.left[noun.i]
        end = g.right[noun.i] + 1
        if noun.i > cue.i:
            end = phrase_end(g, noun.i, clause_end(g, first, cue.i, asides))
        elif end > cue.i:
            continue
        source = speaker(g, cue.i, segment(g, cue.i), max(first, cue.i + 1))
        if source is not None and first <= source.head < end:
            source = None
        nobody = source is None and is_finite(cue) and cue.feats.get("Number") == "Sing"
        if not found_it(g, source, entry, cue) or (nobody and plain(tokens[cue.i].lemma) not in lexicon().reflexive):
            continue
        span = g.span(first + about, end)
        return span and found(g, "intent", cue, [span], source, entry, 0.75)
    return None


def _proposes(g: Grammar, noun: Token) -> bool:
    """«о намерении уйти», «о необходимости помочь», «готовность уйти»: a noun (behind «о») with an infinitive."""
    about = plain(g.tokens[g.left[noun.i]].text) in {"о", "об", "обо"} and noun.pos == "NOUN"
    what = next((k for k in noun.children if k > noun.i and g.tokens[k].feats.get("VerbForm") == "Inf"), None)
    if what is None or about:
        return about and what is not None
    named = noun.rel.startswith("obj") and plain(noun.lemma) in PURPOSES
    return named and not any(t.text in COMMA for t in g.tokens[noun.i : what])


def _at_once(g: Grammar, cue: int, opener: int) -> bool:
    """«надеется, что…» · «надеется на то, что…» · «опасается того, что…»"""
    between = [plain(t.text) for t in g.tokens[cue + 1 : opener]]
    return between in ([","], ["на", "то", ","], ["того", ","])


def heard(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Репортёр услышал от министра, что бюджет примут.»: the words of whom it was heard from."""
    opener, source = complementizer(g, cue.i, frozenset({"что", "будто", "якобы"})), whence(g, cue.i)
    if opener is None or source is None:
        return None
    span = g.span(opener + 1, clause_end(g, opener + 1, cue.i, asides))
    return span and found(g, "that", cue, [span], source, entry, 0.8)


def begun(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Докладчик начал с того, что заговора не было.», not «начал с того, что продал дом»."""
    opener, source = complementizer(g, cue.i, frozenset({"что"})), speaker(g, cue.i, segment(g, cue.i), cue.i)
    mark = next((k for k in range(cue.i + 2, min(cue.i + 6, g.last_word(cue.i))) if g.tokens[k].text == ":"), None)
    if mark is not None and plain(g.tokens[cue.i + 1].text) in {"с", "со"} and not g.quoted_at(mark + 1):
        opener = mark  # «Министр начал с цифр: …»
    if opener is None or source is None or not can_speak(g, source):
        return None
    if opener != mark and (plain(g.tokens[opener - 2].text) not in {"того", "тем"} or opener > cue.i + 5):
        return None
    end = clause_end(g, opener + 1, cue.i, asides)
    head = g.tokens[clause_predicate(g, opener + 1, end)]
    if same_form(head, cue) and not any(g.children(head.i, "nsubj")):
        return None
    span = g.span(opener + 1, end)
    return span and found(g, "that", cue, [span], source, entry, 0.75)


def wish(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Посол потребовал, чтобы войска ушли.»"""
    opener = complementizer(g, cue.i, frozenset({"чтобы", "чтоб"}))
    if opener is None or g.tokens[opener].head < 0:
        return None
    end = clause_end(g, opener + 1, cue.i, asides)
    mark = next((k for k in range(opener + 1, end - 3) if g.tokens[k].text in COMMA
                 and plain(g.tokens[k + 1].text) in {"но", "однако"}), end)  # fmt: skip
    if any(is_finite(t) for t in g.tokens[mark + 2 : end]):
        end = mark  # «распорядился, чтобы приют закрыли, однако хозяин обжаловал решение»
    for k in range(opener + 1, end - 3):  # «настаивает, чтобы завод закрыли, а сосед просит не спешить»
        verb = next((t for t in g.tokens[k + 2 : end] if is_finite(t) or t.text in COMMA), None)
        if g.tokens[k].text in COMMA and plain(g.tokens[k + 1].text) == "а" and verb is not None:
            end = k if verb.feats.get("Tense") == "Pres" else end
            break
    span = g.span(opener + 1, end)
    return span and found(g, "wish", cue, [span], speaker(g, cue.i, segment(g, cue.i), opener), entry, 0.85)


def ask(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Она спросила, все ли хорошо с детьми.» · «Он рассказал о том, как жил.»"""
    tokens, last = g.tokens, g.sentence(cue.i).last
    asked = bool(entry.frames & {"ask", "question"})
    comma = next((i for i in range(cue.i + 1, min(last, cue.i + 10)) if tokens[i].text == ","), None)
    if comma is None or any(is_finite(tokens[i]) for i in range(cue.i + 1, comma)):
        return None
    window = [plain(t.text) for t in tokens[comma + 1 : min(last, comma + 5)]]
    if window and window[0] not in QUESTION_WORDS and plain(tokens[comma + 1].lemma) in QUESTION_WORDS:
        window[0] = plain(tokens[comma + 1].lemma)  # «какую роль», «каких людей»
    if not window or ("ли" not in window and window[0] not in QUESTION_WORDS | {"с", "о", "на", "в", "по", "за"}):
        return None
    if "ли" not in window and not QUESTION_WORDS & set(window[:2]):
        return None
    up = tokens[comma + 1].head
    if not asked and (
        not (window[0] in TOLD or (window[0] in QUESTION_WORDS - {"что"} and plain(tokens[comma - 1].text) == "том"))
        or not _told_how(g, cue, entry, comma)
        or not (tokens[comma - 1].i == cue.i or g.is_under(up, cue.i))
        or not any(is_predicate(t) for t in tokens[comma + 1 : last])
    ):  # fmt: skip
        return None
    end = clause_end(g, comma + 1, cue.i, asides)
    head = clause_predicate(g, comma + 1, end)
    if tokens[cue.i].rel.startswith(("advcl", "acl")) and g.right[head] + 1 < end:
        end = g.right[head] + 1
    span = g.span(comma + 1, end)
    source = speaker(g, cue.i, segment(g, cue.i), comma)
    untold = cue.i == g.sentence(cue.i).first and cue.feats.get("Number") == "Sing"  # «Вспоминает, как жил»
    if not asked and not (untold if source is None else can_speak(g, source)):
        return None
    return span and found(g, "question" if "question" in entry.frames else "ask", cue, [span], source, entry, 0.8)


def _told_how(g: Grammar, cue: Token, entry: Cue, comma: int) -> bool:
    """«рассказал (послу), как жил» · «высказали недоумение, почему…», not «объявил в музее, где…», «ждёт, когда…»."""
    before = g.tokens[comma - 1]
    if plain(before.text) == "того":
        return plain(g.tokens[comma - 2].text) == "поводу"  # not «после того, как»
    passive = cue.feats.get("Voice") == "Pass" and plain(cue.lemma) not in lexicon().reflexive
    told = "about" in entry.frames and not passive
    if before.i == cue.i or plain(before.text) in {"том", "то"} or before.feats.get("Case") == "Dat":
        return told or plain(cue.lemma) in lexicon().phrases
    return plain(before.lemma) in lexicon().phrases.get(plain(cue.lemma), ((), ""))[0]


def to(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«Он призвал коллег взять самоотвод.» · «О здоровье она обещает рассказать сама.»"""
    tokens = g.tokens
    source = speaker(g, cue.i, segment(g, cue.i), cue.i)
    if source is not None and not can_speak(g, source) and not any(g.children(cue.i, "nsubj")):
        source = None  # «выписали лекарства, рекомендовали отдыхать»: what the tree took for a subject
    last = g.sentence(cue.i).last
    inf, depth = -1, 0
    for i in range(cue.i + 1, min(last, cue.i + 30)):
        token = tokens[i]
        depth += (token.text == "(") - (token.text == ")")
        if depth > 0:
            continue  # what stands in brackets is by the way
        if token.feats.get("VerbForm") == "Inf":
            inf = i
            break
        if is_finite(token) or token.text in {":", ";", "—"} or (token.text == "," and i == cue.i + 1):
            break
    passive = cue.feats.get("Variant") == "Short"
    advised = passive and plain(cue.lemma) in ADVISING and cue.feats.get("Gender") == "Neut"
    if inf < 0 and not passive and source is not None and can_speak(g, source):
        return _fronted_infinitive(g, cue, entry, source)
    if (
        passive
        and plain(cue.lemma) in ORDERING
        and any(plain(tokens[k].lemma) == "который" or tokens[k].pos == "AUX" for k in tokens[cue.i].children)
    ):
        return None  # «правительство, которому поручено снизить налоги», «ему было поручено вести дело»
    bidden = advised or cue.feats.get("Number") == "Plur"
    called = source is None and is_finite(cue) and bidden and entry.status == "demands"
    called = called or (source is None and is_finite(cue) and plain(cue.lemma) in PROMISING)
    if inf >= 0 and plain(tokens[inf].lemma) == "остаться" and plain(tokens[inf + 1].text).startswith(NAMELESS):
        return None  # «чиновник, пожелавший остаться неназванным»
    if inf < 0 or (passive and not advised) or not (called or (source is not None and can_speak(g, source))):
        return None  # «Жителей призвали не выходить», «жителям предложено уехать»: somebody did
    told = [k for k in tokens[cue.i].children if cue.i < k < inf and _addressee(g, k) and tokens[k].pos in NAMING]
    many = cue.feats.get("Number") == "Plur" and any(tokens[k].feats.get("Number") == "Plur" for k in told)
    if many and plain(cue.lemma) == "предлагать" and cue.feats.get("Tense") == "Past":
        return None  # «сотрудники предлагали вкладчикам заполнить анкету»: what they did time and again
    up = tokens[inf].head
    if up > cue.i and tokens[up].pos == "NOUN" and (
        plain(tokens[g.left[up]].text) in {"о", "об"} or tokens[inf].rel.startswith("acl")
    ):  # fmt: skip
        return None  # «просил о возможности вернуться», «предлагал право уехать»
    # «рекомендуют туристам как можно скорее уехать», wherever the tree hangs it
    told_last = any(all(t.pos in {"ADV", "PART"} for t in tokens[g.right[k] + 1 : inf - 1]) for k in told)
    told_last = told_last or all(t.pos in {"ADV", "PART"} for t in tokens[cue.i + 1 : inf])  # «клялся никогда не лгать»
    if up != cue.i and not (up >= 0 and tokens[up].head == cue.i) and not g.is_under(inf, cue.i) and not told_last:
        return None
    first = inf
    taken = max((g.right[k] for k in tokens[cue.i].children
                 if cue.i < k < inf and _addressee(g, k) and g.right[k] < inf), default=cue.i)  # fmt: skip
    if tokens[taken].text in COMMA:
        taken -= 1
    first = min(inf, taken + 1)
    if any(_told_to(g, k) for k in range(first, inf) if not g.is_under(k, inf)):  # wherever the tree hangs them
        first = inf
        while g.is_under(first - 1, inf) or tokens[first - 1].text in {"не", "ни"}:
            first -= 1
    if g.inside[inf] >= 0 and g.inside[inf] != g.inside[cue.i]:  # «призвал стороны «не спешить»»
        first = max(first, next((k for k in range(first, inf) if g.quoted_at(k)), first))
    spans: list[Span] = []
    fronted = [k for k in tokens[inf].children if k < cue.i and tokens[k].rel.split(":")[0] in {"obl", "obj", "iobj"}]
    if (
        source is not None
        and not fronted
        and not any(k > inf and tokens[k].rel.startswith("obj") for k in tokens[inf].children)
    ):
        # «Протокол он велел сжечь», wherever the tree hangs it
        fronted = [k for k in tokens[cue.i].children if k < cue.i and tokens[k].feats.get("Case") == "Acc"
                   and tokens[k].rel.startswith(("obj", "nsubj")) and k != source.head]  # fmt: skip
    between = tokens[max(g.right[k] for k in fronted) + 1 : cue.i] if fronted else []
    parted = any(is_finite(t) or t.text in COMMA for t in between)
    if fronted and not parted and plain(tokens[g.left[fronted[0]]].lemma) != "который":
        span = g.span(min(g.left[k] for k in fronted), max(g.right[k] for k in fronted) + 1)
        if span:
            spans.append(span)
    end = next_clause(g, cue, inf, clause_end(g, first, cue.i, asides))
    if source is not None and inf < source.first < end:  # «обещал приехать председатель союза»
        end = source.first
    span = g.span(first, end)
    if span is None:
        return None
    spans.append(span)
    return found(g, "to", cue, spans, source, entry, 0.85)


def _fronted_infinitive(g: Grammar, cue: Token, entry: Cue, source: Mention) -> Found | None:
    """«Совсем отказываться от кофе врач не советует.»"""
    inf = next((k.i for k in g.children(cue.i, "xcomp", "csubj", "obj", "ccomp") if k.i < cue.i
                and k.feats.get("VerbForm") == "Inf"), None)  # fmt: skip
    if inf is None or any(t.text in COMMA for t in g.tokens[inf : cue.i]):
        return None
    span = g.span(g.left[inf], min(g.right[inf] + 1, source.first if inf < source.first else cue.i, cue.i))
    return span and found(g, "to", cue, [span], source, entry, 0.8)


def _told_to(g: Grammar, i: int) -> bool:
    """«призвал лидеров соседних стран не ехать»: a noun for people or a name, in a case of those who are told."""
    token = g.tokens[i]
    people = token.feats.get("Animacy") == "Anim" or token.pos == "PROPN"
    return people and token.pos in {"NOUN", "PROPN"} and token.feats.get("Case") in {"Acc", "Dat", "Gen"} and (
        plain(g.tokens[g.left[i]].text) not in {"к", "о", "с", "в", "на", "из", "за"})  # fmt: skip


def _addressee(g: Grammar, i: int) -> bool:
    """Whom a demand goes to: «призвал коллег», «потребовал от подрядчика», «обратился к жителям»."""
    rel, before = g.tokens[i].rel.split(":")[0], plain(g.tokens[g.left[i]].text)
    return rel in {"iobj", "obj", "nsubj"} or (rel == "obl" and before in {"от", "у", "к"})


def known(g: Grammar, cue: Token, entry: Cue, asides: list[tuple[int, int]]) -> Found | None:
    """«РБК стало известно, что банк продают.»"""
    opener = complementizer(g, cue.i, frozenset({"что"}))
    source = informed(g, cue.i)
    if opener is None or source is None:
        return None
    span = g.span(opener + 1, clause_end(g, opener + 1, cue.i, asides))
    return span and found(g, "that", cue, [span], source, entry, 0.8)
