"""Cues that stand beside the words they attribute: «…, сообщает X», «как пишет X, …», «по словам X, …».

An aside is found first, then the words around it that it attributes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..tokens import Sentence, Token
from .assertions import FOLLOWING, found_it, origin, speaks
from .clauses import COMMA, DASH, TERMINAL, Grammar, is_finite, is_predicate
from .cues import Status, lexicon, noun_status, plain, word_set
from .extents import complementizer
from .mentions import Mention, following, phrase, place, possessor, subject

FREE = word_set("free")
LOOSE = word_set("loose")
LEADING_IN = word_set("leading_in")
MONTHS = word_set("months")
CONJUNCTIONS = frozenset({"после того ,", "до того ,", "перед тем ,", "тех пор ,", "по мере ,", "из-за того ,"})
"""What makes a conjunction together with «как»."""


@dataclass(frozen=True, slots=True)
class Aside:
    """Tokens ``[first, last)`` without the marks around it; ``cue`` is ``[cue_first, cue_last)``."""

    rule: str
    first: int
    last: int
    cue_first: int
    cue_last: int
    source: Mention | None
    status: Status
    impersonal: bool = False


def delimiter(token: Token) -> bool:
    """Whether ``token`` can part an aside from its sentence."""
    return token.text in COMMA or token.text in DASH or token.text in {"(", ")"} or token.text in TERMINAL


def delimiter_after(g: Grammar, i: int) -> bool:
    """Whether a mark or the end of the sentence follows token ``i`` at once."""
    return i + 1 >= g.sentence(i).last or delimiter(g.tokens[i + 1])


def find(g: Grammar, sentence: Sentence) -> list[Aside]:
    """The asides of a sentence in order; none overlap."""
    out: list[Aside] = []
    stop = sentence.first
    for token in g.tokens[sentence.first : sentence.last]:
        if token.i < stop:
            continue
        aside = None
        if token.pos in {"VERB", "AUX", "ADJ"} and is_finite(token):
            aside = verb(g, sentence, token)
        elif plain(token.text) in {"по", "согласно", "со", "из", "с", "на", "судя"}:
            aside = by_noun(g, sentence, token)
        if aside is not None and aside.first >= stop:
            out.append(aside)
            stop = aside.last
    return out


def _start(g: Grammar, sentence: Sentence, i: int) -> int | None:
    """First token of the stretch that ends in ``i``, if nothing in it but adverbs, pronouns and places says more."""
    k = i
    while k > sentence.first and i - k < 14:
        before = g.tokens[k - 1]
        if delimiter(before) or (before.text in {"»", '"', "”"} and g.inside[k] < 0 and k == i):
            return k
        if is_predicate(before) and before.feats.get("VerbForm") != "Inf" and before.pos != "AUX":
            return None
        if before.text in {":", "«", "„"}:
            return None
        k -= 1
    return k if k == sentence.first else None


def verb(g: Grammar, sentence: Sentence, token: Token) -> Aside | None:
    """«…, сообщает «Заря».» · «…, как передаёт агентство, …» · «…, говорится в статье.»"""
    lemma = plain(token.lemma)
    words = lexicon()
    entry = words.verbs.get(lemma) or words.predicatives.get(lemma)
    reflexive = lemma in words.reflexive
    if not reflexive and (entry is None or not entry.frames & {"aside", "quote"}):
        return None
    if entry is not None and "aside" not in entry.frames and not _named_next(g, token):
        return None
    if not speaks(g, token):
        return None
    first = _start(g, sentence, token.i)
    if first is None:
        return None
    tokens = g.tokens
    opening = [plain(t.text) for t in tokens[first : min(first + 2, token.i)]]
    how = opening[:1] == ["как"] or (opening[1:] == ["как"] and opening[0] in LOOSE | {"и", "а"})
    if not how and (first == sentence.first or tokens[first - 1].text in {".", "..."}):
        return None  # an initial's full stop parts nothing: «Б. Орлов охарактеризовал»
    if how and lemma == "говориться" and first + 2 >= token.i + 1 and delimiter_after(g, token.i):
        return None  # «Как говорится, …» is a turn of phrase
    if how and " ".join(plain(t.text) for t in tokens[max(first - 3, 0) : first]) in CONJUNCTIONS:
        return None  # «после того, как экологи сообщили о сбросе»
    if how and plain(tokens[first].text) != "как":
        first += 1
    if not how and complementizer(g, token.i, frozenset({"что", "чтобы", "будто"})) is not None:
        return None
    relative = any(
        plain(tokens[k].lemma) == "который" and plain(tokens[k - 1].text) not in {"о", "об"}
        for k in range(first, token.i)
    )
    if relative or any(tokens[k].feats.get("VerbForm") == "Inf" and tokens[k].head == token.i for k in token.children):
        return None
    about = any(plain(tokens[k].text) in {"чем", "которой", "котором", "этом"} for k in range(first, token.i))
    end = min(sentence.last, token.i + 70)
    who = subject(g, token.i)
    if who is not None and not (first <= who.head < end):
        if not how and who.head < first and tokens[who.head].head == token.i and token.feats.get("Number") == "Plur":
            return None  # «Жители дома, где был пожар, сообщили о взрыве»: the main clause goes on
        who = None
    if who is None or (g.tokens[who.head].feats.get("Case") not in {None, "Nom"} and who.head > token.i):
        who = following(g, token.i, _next_mark(g, token.i + 1, end)) or who
    where = place(g, token.i, first, _next_mark(g, token.i + 1, end))
    if lemma in FOLLOWING:
        who = origin(g, token.i)
    if not how and who is not None and who.head < token.i and not about:
        return None  # «…, Лавров сказал»: a clause of its own
    if g.inside[token.i] >= 0:  # an aside within a quotation ends with it
        while end > token.i + 1 and g.inside[end - 1] != g.inside[token.i]:
            end -= 1
        if end < sentence.last and g.tokens[end - 1].text in {"»", "”"}:
            end -= 1
    last = _close(g, token, who or where, end, sentence)
    quoted = who is not None and any(
        k > token.i and k < last and tokens[k].rel == "obj" and k != who.head and not _whose(g, k)
        for k in token.children
    )
    source = who or where
    if quoted and not how and not lemma.startswith(("цитир", "прив", "перед")):
        return None
    if lemma in {"цитировать", "процитировать"}:
        source = _quotee(g, token, who) or source
    if who is None and not how and any(True for _ in g.children(token.i, "obj", "iobj")):
        return None
    impersonal = source is None
    if impersonal and entry is not None and entry.status not in {"says", "claims"}:
        return None
    nobody = token.feats.get("Number") == "Plur" or token.feats.get("Voice") == "Pass"
    if impersonal and not (reflexive or nobody or token.feats.get("Gender") == "Neut"):
        return None
    if impersonal and not how and not reflexive and last - token.i > 4:
        return None
    if entry is not None and not found_it(g, source, entry, token):
        return None
    if source is not None and source.head < last < source.last:
        source = replace(source, last=last)  # the tree went on into the main clause
    rule = "like" if how else "aside"
    return Aside(rule, first, last, token.i, token.i + 1, source, entry.status if entry else "says", impersonal)


def _whose(g: Grammar, i: int) -> bool:
    """«заявил её премьер-министр»: a possessive that the tree takes for an object."""
    return plain(g.tokens[i].text) in {"его", "ее", "их"} and g.tokens[i + 1].pos in {"NOUN", "ADJ", "PROPN"}


def _named_next(g: Grammar, token: Token) -> bool:
    """Whether a pronoun or a person's name follows at once: «Сейчас, продолжал он, всё готово»."""
    i = token.i + 1
    if i >= g.sentence(token.i).last:
        return False
    if plain(g.tokens[i].text) in {"он", "она", "они"}:
        return True
    name = next(g.names_from(i), None)
    return name is not None and name.first == i and name.kind == "PER"


def _quotee(g: Grammar, token: Token, who: Mention | None) -> Mention | None:
    """«цитирует Иванова «Заря»»: whose words they are."""
    for child in g.children(token.i, "obj", "iobj"):
        if child.i > token.i and child.pos in {"NOUN", "PROPN"} and (who is None or child.i != who.head):
            if plain(child.lemma) in {"слово", "высказывание"}:
                return possessor(g, child.i)
            return phrase(g, child.i)
    after = g.tokens[token.i + 1] if token.i + 1 < len(g.tokens) else None
    if who is not None and after is not None and who.head == after.i and after.feats.get("Animacy") == "Anim":
        return who
    return None


def _next_mark(g: Grammar, first: int, end: int) -> int:
    for i in range(first, end):
        if delimiter(g.tokens[i]) and g.tokens[i].text != "(" and not _in_date(g, i):
            return i
    return end


def _in_date(g: Grammar, mark: int) -> bool:
    """Whether a comma parts a date: «сообщила в понедельник, 4 декабря 2017 года, партия»."""
    tokens = g.tokens
    first, last = max(mark - 5, g.sentence(mark).first), min(mark + 3, g.sentence(mark).last)
    months = [k for k in range(first, last) if plain(tokens[k].lemma) in MONTHS and tokens[k - 1].text.isdigit()]
    opens = any(k == mark + 2 for k in months)
    closes = any(k < mark and tokens[k - 2].text in COMMA for k in months) and (
        tokens[mark - 1].text in {"года", "г"} or mark - 1 in months)  # fmt: skip
    return tokens[mark].text in COMMA and (opens or closes)


def _close(g: Grammar, token: Token, source: Mention | None, end: int, sentence: Sentence) -> int:
    """Index after the last token of a verb's aside: at a mark, past the commas within the source's own phrase."""
    tokens = g.tokens
    floor = token.i + 1
    if source is not None and source.head > token.i:
        floor = max(floor, source.head + 1)
        if tokens[source.head].pos == "NUM":  # «пишет один из гостей, генерал Пётр Цвак, …»
            whole = (n.last for n in g.names_from(source.head) if n.last <= source.last and n.kind == "PER")
            floor = max(floor, next(whole, floor))
    for name in g.names_from(token.i):
        if name.first > end:
            break
        if name.first < floor < name.last:
            floor = name.last
    i = floor
    while i < end:
        text = tokens[i].text
        if text == ":":
            return i
        if i + 1 >= sentence.last or (text in TERMINAL and i + 2 >= sentence.last):
            return i if text in TERMINAL else end
        mark = (text in COMMA or text in DASH or text == ")") and g.inside[i] == g.inside[token.i]
        beside = next((k for k in range(i + 1, min(end, i + 4)) if g.tokens[k].feats.get("VerbForm") == "Conv"), None)
        if mark and text in COMMA and beside is not None and _goes_with(g, beside, token.i):
            own = tokens[beside].head == token.i
            i = (
                max(g.right[beside], beside) + 1 if own else _next_mark(g, beside + 1, end)
            )  # «…, отметил он, отвечая на вопрос»
            continue
        if mark and not _within_source(g, i, token, source, end):
            return i
        i += 1
    return end


def _goes_with(g: Grammar, gerund: int, cue: int) -> bool:
    """Whether a gerund is the speaker's: «отметил он, отвечая на вопрос» · «пишет газета, ссылаясь на полицию»."""
    return g.tokens[gerund].head == cue or plain(g.tokens[gerund].text) == "ссылаясь"


def _within_source(g: Grammar, mark: int, token: Token, source: Mention | None, end: int) -> bool:
    """Whether the comma at ``mark`` parts words of the source's own phrase: «пишет один из гостей, генерал Цвак, …»."""
    tokens = g.tokens
    if mark + 1 >= end:
        return False
    after = tokens[mark + 1]
    clause = plain(after.lemma) in {"который"} or plain(after.text) == "где"
    participle = after.feats.get("VerbForm") == "Part" and after.feats.get("Variant") != "Short"
    if clause:
        return True  # no main clause opens with a relative word
    if source is None:
        return False
    if participle:
        return g.is_under(after.head if clause and after.head >= 0 else after.i, source.head)
    if source.head < token.i and not g.is_under(mark + 1, token.i):
        return False
    # An apposition: it hangs on the source, has a noun in its case and no verb before the next mark.
    stop = _next_mark(g, mark + 1, end)
    if any(is_finite(tokens[k]) for k in range(mark + 1, stop)):
        return False
    tops = [tokens[k] for k in range(mark + 1, stop) if not mark < tokens[k].head < stop]
    return bool(tops) and all(t.rel.split(":")[0] in {"appos", "conj", "flat", "punct"} and t.head >= 0
                              and g.is_under(t.i, source.head) for t in tops) and stop < end  # fmt: skip


def by_noun(g: Grammar, sentence: Sentence, token: Token) -> Aside | None:
    """«По словам директора, …» · «…, согласно договору, …» · «… со слов соседки» · «…, на взгляд автора, …»"""
    tokens, words = g.tokens, lexicon()
    lower = plain(token.text)
    i = token.i
    end = min(sentence.last, i + 60)
    if i + 1 >= sentence.last:
        return None
    if i > sentence.first + 1 and [plain(t.text) for t in tokens[i - 2 : i]] in (["но", "и"], ["а", "также"]):
        return None  # «не только по оценкам, но и по данным опросов»: on the grounds of these
    if lower == "согласно":
        head = next((c.i for c in (tokens[k] for k in token.children) if c.i > i), None)
        if token.head > i:
            head = token.head
        if head is None or head >= end:
            head = next((k for k in range(i + 1, min(end, i + 6)) if tokens[k].pos in {"NOUN", "PROPN"}), None)
        if head is None or plain(tokens[head].lemma) in words.not_after_soglasno:
            return None
        if plain(tokens[head].lemma) in FREE:  # «согласно данным полиции»: the police say so
            return _aside_of_noun(g, sentence, i, head + 1, possessor(g, head), end, strict=False)
        source: Mention | None = phrase(g, head)
        if plain(tokens[head].lemma) == "который":
            return _by_which(g, sentence, i, i + 2)
        if source and source.first <= i:
            source = Mention(i + 1, max(source.last, head + 1), head)
        return _aside_of_noun(g, sentence, i, i + 1, source, end, strict=False)
    # Up to three words may stand between: «по его словам», «по имеющимся данным», «по последним неофициальным данным».
    noun = next((k for k in range(i + 1, min(end, i + 5)) if tokens[k].pos in {"NOUN", "ADJ"}
                 and plain(tokens[k].lemma) in words.after_po | {"взгляд", "ссылка", "зрение"}), None)  # fmt: skip
    between = range(i + 1, noun if noun is not None else i + 1)
    if noun is None or any(tokens[k].pos not in {"DET", "ADJ", "PRON", "NUM", "ADV", "VERB", "NOUN"} for k in between):
        return _other_data(g, sentence, token)
    lemma = plain(tokens[noun].lemma)
    if lower == "по":
        if lemma in {"взгляд", "ссылка", "зрение"} or tokens[noun].feats.get("Case", "Dat") not in {"Dat", "Loc"}:
            return None
        if any(tokens[k].pos == "NOUN" for k in between):
            return None
    elif (
        (lower == "на" and lemma == "взгляд")
        or (lower in {"с"} and lemma == "зрение" and noun == i + 2)
        or (lower in {"со"} and lemma == "слово" and noun == i + 1)
    ):
        pass
    else:
        return None
    if any(plain(tokens[k].lemma) in {"наш", "мой", "ваш"} for k in between):
        return None
    own = next((k for k in between if plain(tokens[k].text) in {"его", "ее", "их"}), None)
    source = Mention(own, own + 1, own) if own is not None else None
    if source is None and noun + 1 < sentence.last and not delimiter(tokens[noun + 1]):
        after = tokens[noun + 1]
        if plain(after.text) in {"на", "в", "о", "об"} and lemma not in {"сообщение"}:
            pass
        elif plain(after.lemma) == "который" and first_in_clause(g, i):
            return _by_which(g, sentence, i, noun + 2)
        elif not is_finite(after):
            source = possessor(g, noun)
            if source is not None and (source.first <= i or source.first > noun + 6):
                source = None
    if source is None and lemma in {"слово", "зрение", "взгляд"}:
        return None
    return _aside_of_noun(g, sentence, i, noun + 1, source, end, strict=lemma not in FREE)


def first_in_clause(g: Grammar, i: int) -> bool:
    """Whether a comma stands before token ``i``."""
    return i > 1 and g.tokens[i - 1].text in COMMA


def _by_which(g: Grammar, sentence: Sentence, i: int, last: int) -> Aside | None:
    """«документ, согласно которому стороны уйдут» · «эксперт, по словам которого…»: the noun before says so."""
    if i - 2 < sentence.first or not first_in_clause(g, i):
        return None
    tops = [k for k in range(max(sentence.first, i - 8), i - 1) if g.tokens[k].pos in {"NOUN", "PROPN"}]
    agreeing = [k for k in tops if g.tokens[k].feats.get("Number") == g.tokens[last - 1].feats.get("Number")]
    head = next((k for k in agreeing if g.right[k] >= i), (agreeing or tops or [-1])[-1])
    if head < 0:
        return None
    source = phrase(g, head, i - 1)
    return Aside("which", i, last, i, last - 1 if last > i + 2 else last, source, "says")


def _other_data(g: Grammar, sentence: Sentence, token: Token) -> Aside | None:
    """«По одним данным, писателю стало плохо дома. По другим — в самолёте.»"""
    tokens, i = g.tokens, token.i
    if plain(token.text) != "по" or i != sentence.first or i + 2 >= sentence.last:
        return None
    if plain(tokens[i + 1].text) in {"другим", "третьим", "иным", "вторым"} and delimiter(tokens[i + 2]):
        return Aside("by", i, i + 2, i, i + 2, None, "says", impersonal=True)
    return None


def _aside_of_noun(
    g: Grammar, sentence: Sentence, first: int, after_cue: int, source: Mention | None, end: int, *, strict: bool
) -> Aside | None:
    tokens = g.tokens
    floor = max(after_cue, source.head + 1 if source else 0)
    for name in g.names_from(first):
        if name.first > floor + 12:
            break
        if name.first < floor < name.last:
            floor = name.last
    # The phrase of the source ends at the first mark outside it.
    last, depth = end, 0
    behind = source.last if source is not None and source.last > after_cue else end
    loose = source is not None and not strict and behind < end and not delimiter(tokens[behind])
    if source is not None and loose and not g.is_under(behind, source.head):
        end = last = behind  # «По данным следствия он уехал»: the comma was forgotten
    for i in range(floor, end):
        text = tokens[i].text
        depth += (text == "(") - (text == ")")
        if depth > 0 or (depth == 0 and text == ")"):
            continue
        if text in COMMA or text in DASH or text in {")", ":"} or (text in TERMINAL and i + 3 >= sentence.last):
            if source is not None and text in COMMA and _within_noun(g, i, source, end):
                continue
            last = i
            break
        if is_finite(tokens[i]) and not g.is_under(i, source.head if source else first):
            if strict:
                return None
            last = min(i, (source.last if source else after_cue))
            break
    opens = first == sentence.first or delimiter(tokens[first - 1]) or plain(tokens[first - 1].text) in LEADING_IN
    if not opens and (strict or (last < end and tokens[last].text not in COMMA)):
        return None
    if strict and not (last >= end or delimiter(tokens[last]) or tokens[last].text == ":"):
        return None
    status = noun_status(plain(tokens[after_cue - 1].lemma))
    return Aside("by", first, max(last, floor), first, after_cue, source, status, impersonal=source is None)


def _within_noun(g: Grammar, mark: int, source: Mention, end: int) -> bool:
    """Whether the comma at ``mark`` belongs to the source's phrase: «по словам главы, назначенного в мае, …»."""
    tokens = g.tokens
    if mark + 1 >= end:
        return False
    after = tokens[mark + 1]
    relative = plain(after.lemma) == "который"
    participle = after.feats.get("VerbForm") == "Part" and after.feats.get("Variant") != "Short"
    if relative or participle:
        return g.is_under(after.i, source.head)
    stop = _next_mark(g, mark + 1, end)
    if stop >= end or tokens[stop].text in TERMINAL or any(is_predicate(tokens[k]) for k in range(mark + 1, stop)):
        return False  # an apposition is closed by a comma, and what is said still follows
    tops = [tokens[k] for k in range(mark + 1, stop) if not mark < tokens[k].head < stop]
    return bool(tops) and all(t.rel.split(":")[0] in {"appos", "conj", "flat"} and t.head >= 0
                              and g.is_under(t.i, source.head) for t in tops)  # fmt: skip
