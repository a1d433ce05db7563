"""Cues that stand beside the words they attribute: «…, сообщает X», «как пишет X, …», «по словам X, …».

An aside is found first, then the words around it that it attributes.
"""

from __future__ import annotations

from dataclasses import replace

from ..tokens import Sentence, Token
from . import according
from .assertions import FOLLOWING, RELEASING, found_it, informed, origin, speaks
from .clauses import COMMA, DASH, TERMINAL, Grammar, is_finite, is_predicate
from .cues import Cue, lexicon, noun_status, plain, word_set
from .edges import Aside, delimiter, next_mark
from .mentions import Mention, following, phrase, place, possessor, subject, whence
from .openers import complementizer

LOOSE = word_set("loose")
COMMENTS = word_set("comments")
CONJUNCTIONS = frozenset({"после того ,", "до того ,", "перед тем ,", "тех пор ,", "по мере ,", "из-за того ,"})
"""What makes a conjunction together with «как»."""


FOND = frozenset({"любить", "привыкнуть"})
"""«Как любил повторять мой дед, …»"""
KNOWN = "известный"
SAYING = lexicon().attributing | FOND | {KNOWN}
"""Dictionary forms of predicates that may stand beside the words they attribute."""
SUCH_IS = frozenset({"таков", "такова", "таково", "таковы"})
BY = frozenset(
    form for word in ("по", "согласно", "со", "с", "на", "если", "судя", "исходя", "в") for form in (word, word.title())
)
"""What opens an aside of a noun: «по словам», «согласно отчёту», «если верить»."""


def _such_is(g: Grammar, sentence: Sentence, token: Token) -> Aside | None:
    """«Выход выгоден соседям, — такова оценка института.»"""
    tokens, noun = g.tokens, token.i + 1
    if token.i == sentence.first or noun >= sentence.last or not delimiter(tokens[token.i - 1]):
        return None
    lemma = plain(tokens[noun].lemma)
    if tokens[noun].pos != "NOUN" or lemma not in lexicon().nouns | COMMENTS:
        return None
    source = possessor(g, noun)
    last = next_mark(g, max(noun + 1, source.last if source else 0), sentence.last)
    return Aside("aside", token.i, last, noun, noun + 1, source, noun_status(lemma), source is None)


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
        if token.text in BY:
            aside = according.by_noun(g, sentence, token)
        elif token.text in SUCH_IS:
            aside = _such_is(g, sentence, token)
        elif token.lemma in SAYING and token.pos in {"VERB", "AUX", "ADJ"} and is_finite(token):
            aside = verb(g, sentence, token)
        if aside is not None and aside.first >= stop:
            out.append(aside)
            stop = aside.last
    return out


def _start(g: Grammar, sentence: Sentence, i: int) -> int | None:
    """First token of the stretch that ends in ``i``, if nothing in it but adverbs, pronouns and places says more."""
    k = i
    while k > sentence.first and i - k < 14:
        before = g.tokens[k - 1]
        if before.text == ")":
            return None  # «Союз врачей (СВ) заявил»: a bracket parts no subject from its verb
        if delimiter(before) or (k == i and _quoted_clause(g, k - 1)):
            return k
        if is_predicate(before) and before.feats.get("VerbForm") != "Inf" and before.pos != "AUX":
            return None
        if before.text == ":" and plain(g.tokens[k].text) in {"как", "об", "о"}:
            return k  # «Курс упал: об этом пишет «Заря»»
        if before.text in {":", "«", "„"}:
            return None
        k -= 1
    return k if k == sentence.first else None


def _quoted_clause(g: Grammar, mark: int) -> bool:
    """Whether the quotation that ``mark`` closes is a clause, and no name: «Мы победили» сообщил тренер."""
    if mark < 1 or g.tokens[mark].text not in {"»", '"', "”"} or g.inside[mark - 1] < 0:
        return False
    number = g.inside[mark - 1]
    return any(is_finite(g.tokens[k]) for k in range(max(0, mark - 60), mark) if g.inside[k] == number)


def verb(g: Grammar, sentence: Sentence, token: Token) -> Aside | None:
    """«…, сообщает «Заря».» · «…, как передаёт агентство, …» · «…, говорится в статье.»"""
    lemma = plain(token.lemma)
    if lemma == KNOWN:
        return _known(g, sentence, token)
    words = lexicon()
    fond = lemma in FOND and token.i + 1 < sentence.last and g.tokens[token.i + 1].feats.get("VerbForm") == "Inf"
    noun = token.i + 1 if fond else _with_noun(g, sentence, token, lemma)
    lemma = plain(g.tokens[token.i + 1].lemma) if fond else lemma
    entry = words.verbs.get(lemma) or words.predicatives.get(lemma)
    if noun is not None and not fond:
        entry = Cue(frozenset({"aside"}), words.phrases[lemma][1])
    reflexive = lemma in words.reflexive
    if not reflexive and (entry is None or not entry.frames & {"aside", "quote"}):
        return None
    if entry is not None and "aside" not in entry.frames and not _named_next(g, token):
        return None
    if not speaks(g, token) or (lemma == "согласный" and plain(g.tokens[token.i - 1].text) == "не"):
        return None
    acted_on = token.feats.get("Variant") == "Short" and token.feats.get("Voice") == "Pass"
    if acted_on and token.feats.get("Gender") != "Neut" and lemma in words.verbs:
        return None  # «…, но критиками признан лучшим»: what is done to somebody
    first = _start(g, sentence, token.i)
    if first is None:
        return None
    tokens = g.tokens
    opening = [plain(t.text) for t in tokens[first : min(first + 2, token.i)]]
    how = opening[:1] == ["как"] or (opening[1:] == ["как"] and opening[0] in LOOSE - {"тогда"} | {"и", "а"})
    if not how and (first == sentence.first or tokens[first - 1].text in {".", "..."}):
        return None  # an initial's full stop parts nothing: «Б. Орлов охарактеризовал»
    if fond and not how:
        return None
    if how and lemma == "предполагаться":
        return None  # «как предполагалось» is the reporter's
    if how and lemma == "говориться" and first + 2 >= token.i + 1 and delimiter_after(g, token.i):
        return None  # «Как говорится, …» is a turn of phrase
    if opening[:1] and opening[0] in {
        "когда",
        "где",
        "если",
        "пока",
        "поскольку",
        "хотя",
        "куда",
        "зачем",
        "что",
        "чем",
    }:
        return None  # «…, когда о нём сообщил прохожий», «того, что говорится в законе»: a clause of its own
    if how and " ".join(plain(t.text) for t in tokens[max(first - 3, 0) : first]) in CONJUNCTIONS:
        return None  # «после того, как экологи сообщили о сбросе»
    if how and plain(tokens[first].text) != "как":
        first += 1
    if not how and complementizer(g, token.i, frozenset({"что", "чтобы", "будто"})) is not None:
        return None
    relative = any(plain(tokens[k].lemma) == "который" for k in range(first, token.i))
    if relative or any(_infinitive(tokens[k], token.i) and k != noun for k in token.children):
        return None
    about = any(
        plain(tokens[k].text) in {"чем", "этом"} and plain(tokens[k - 1].text) in {"о", "об"}
        for k in range(first + 1, token.i)
    ) or _fronted(g, sentence, token)
    if not how and not about and token.i + 1 < sentence.last and plain(tokens[token.i + 1].text) in {"о", "об"}:
        return None  # «…, а во вторник объявил о намерении уйти»: a predicate with a topic of its own
    end = min(sentence.last, token.i + 70)
    mark = next_mark(g, token.i + 1, end)
    mark = next((k for k in range(token.i + 1, mark) if tokens[k].text == ":" and g.inside[k] < 0), mark)
    who = subject(g, token.i)
    if who is not None and who.head > mark and tokens[mark].text == ":":
        return None  # «Другой, впрочем, возразил: мол, столица знала»: who is spoken of
    introduces = mark < sentence.last and tokens[mark].text == ":" and not how and not about
    if introduces and not any(is_predicate(t) for t in tokens[sentence.first : first]):
        return None  # «В столице, напротив, уверены: спор окончен»
    if who is not None and not (first <= who.head < end):
        if not how and who.head < first and tokens[who.head].head == token.i and token.feats.get("Number") == "Plur":
            return None  # «Жители дома, где был пожар, сообщили о взрыве»: the main clause goes on
        who = None
    if who is None or (g.tokens[who.head].feats.get("Case") not in {None, "Nom"} and who.head > token.i):
        who = following(g, token.i if noun is None else noun, mark) or who
    where = place(g, token.i, first, mark) or (whence(g, token.i) if token.feats.get("Number") == "Plur" else None)
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
        k > token.i
        and k < last
        and tokens[k].rel == "obj"
        and k not in {who.head, noun}
        and not _whose(g, k)
        and not any(tokens[c].rel == "nummod:gov" for c in tokens[k].children)
        for k in token.children
    )
    source = who or where
    if quoted and not how and opening[:1] != ["так"] and not lemma.startswith(("цитир", "прив", "перед")):
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
    stop = token.i + 1 + fond
    return Aside(rule, first, last, token.i, stop, source, entry.status if entry else "says", impersonal)


def _infinitive(token: Token, cue: int) -> bool:
    """What is asked for or promised: not «перенесли, чтобы не спешить, сообщил мэр», whatever the tree hangs it on."""
    aim = token.i < cue and token.rel.startswith("advcl")
    return token.feats.get("VerbForm") == "Inf" and not aim


def _fronted(g: Grammar, sentence: Sentence, token: Token) -> bool:
    """«О том, что порт закроют, мэр говорил и весной»: whether what a verb tells of opens its sentence."""
    tokens = g.tokens[sentence.first : sentence.first + 4]
    fronts = [plain(t.text) for t in tokens[1:]] == ["том", ",", "что"] and plain(tokens[0].text) in {"о", "об"}
    return fronts and tokens[1].head == token.i and tokens[3].pos == "SCONJ"


def _with_noun(g: Grammar, sentence: Sentence, token: Token, lemma: str) -> int | None:
    """«…, делает вывод автор» · «…, пришёл к выводу суд»: the noun that a verb attributes with, right behind it."""
    nouns = lexicon().phrases.get(lemma, ((), ""))[0]
    if not nouns:
        return None
    noun = token.i + 1 + (token.i + 1 < sentence.last and g.tokens[token.i + 1].pos == "ADP")
    return noun if noun < sentence.last and plain(g.tokens[noun].lemma) in nouns else None


def _known(g: Grammar, sentence: Sentence, token: Token) -> Aside | None:
    """«Как стало известно «Заре», …» · «…, стало известно РБК.»"""
    first, source = _start(g, sentence, token.i - 1), informed(g, token.i)
    if first is None or source is None or plain(g.tokens[token.i - 1].text) not in {"стало", "стали"}:
        return None
    how = plain(g.tokens[first].text) == "как"
    if not how and (first == sentence.first or not delimiter_after(g, source.last - 1)):
        return None
    last = max(source.last, token.i + 1)
    last += last < sentence.last and g.tokens[last].text in {"»", '"', "“"}
    return Aside("like" if how else "aside", first, last, token.i, token.i + 1, source, "says")


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
    if name is not None and name.first == i and name.kind == "PER":
        return True
    person = g.tokens[i].feats.get("Animacy") == "Anim" and g.tokens[i].feats.get("Case") == "Nom"
    ends = next_mark(g, i, g.sentence(i).last) in range(i, i + 4)  # «Денег нет, вздыхает глава района»
    if plain(token.lemma) in RELEASING | {"начинать"}:
        return False  # «вывод, что обряд продолжает сын того человека, который…»
    return person and ends and token.feats.get("Tense") == "Pres" and g.tokens[i].pos == "NOUN"


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
            if complementizer(g, beside, frozenset({"что"})) is not None:
                return end  # «…, отметил он, добавив, что деньги есть»
            own = tokens[beside].head == token.i
            i = (
                max(g.right[beside], beside) + 1 if own else next_mark(g, beside + 1, end)
            )  # «…, отметил он, отвечая на вопрос»
            continue
        if mark and not _within_source(g, i, token, source, end):
            return i
        i += 1
    return end


def _goes_with(g: Grammar, gerund: int, cue: int) -> bool:
    """Whether a gerund is the speaker's: «отметил он, отвечая на вопрос» · «пишет газета, ссылаясь на полицию»."""
    token = g.tokens[gerund]
    lemma = plain(token.lemma)
    adds = token.text.endswith("в") and (lemma in lexicon().verbs or lemma in lexicon().phrases)  # «обратив внимание»
    return token.head == cue or plain(token.text) == "ссылаясь" or adds


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
    described = after.pos == "ADJ" and after.feats.get("Variant") != "Short" and after.head == source.head
    if described and after.feats.get("Case") == tokens[source.head].feats.get("Case"):
        return True  # «рассказал источник, близкий к переговорам»
    if source.head < token.i and not g.is_under(mark + 1, token.i):
        return False
    # An apposition: it hangs on the source, has a noun in its case and no verb before the next mark.
    stop = next_mark(g, mark + 1, end)
    if any(is_finite(tokens[k]) for k in range(mark + 1, stop)):
        return False
    tops = [tokens[k] for k in range(mark + 1, stop) if not mark < tokens[k].head < stop]
    return bool(tops) and all(t.rel.split(":")[0] in {"appos", "conj", "flat", "punct"} and t.head >= 0
                              and g.is_under(t.i, source.head) for t in tops) and stop < end  # fmt: skip
