"""Where a reported clause ends.

The tree says it, commas and agreement mend the tree.
"""

from __future__ import annotations

from itertools import pairwise

from ..tokens import Token
from .clauses import CLOSERS, COMMA, DASH, RELATIVE, Grammar, is_finite, is_predicate
from .cues import lexicon, plain, word_set
from .mentions import agrees, subject
from .openers import complementizer

LEADING = word_set("leading")
POINTING = frozenset({"это", "этот", "данный", "такой", "подобный"})
OTHERS = frozenset({"другие", "вторые", "третьи", "остальные", "другой", "второй", "третий"})
ANSWERED = frozenset(
    {"", "не", "информация", "сообщение", "слово", "утверждение", "данные", "слух", "обвинение", "мнение"}
)
REPLIES = frozenset({"комментарий", "комментировать", "прокомментировать", "согласный"})


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
    other = next((k for k in range(first + 1, end - 3) if _others(g, k)), end)
    end = min(end, other)  # «одни считают, что мост нужен, другие — что он вреден»
    for i in range(first, end - 1):  # «…, что это случайность: «…»»: the quotation is direct speech
        if tokens[i].text == ":" and g.inside[i] < 0 and g.inside[i + 1] < 0 and g.quoted_at(i + 1):
            end = i
            break
    for i in range(first + 2, end - 1):  # «…, что отказался в 1969г. «Он не хотел», — сказал…»: a new sentence
        if tokens[i].text[-1] == "." and g.inside[i] < 0 and g.quoted_at(i + 1) and tokens[i + 2].text[:1].isupper():
            end = i + 1
            break
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
    main = _main_verb(g, verb)
    i = first
    head = clause_predicate(g, first, end)
    opening = tokens[g.sentence(cue).first]
    fronted = opening.i == cue and verb.feats.get("VerbForm") == "Conv"
    if verb.rel.startswith("advcl") or fronted or plain(opening.text) in LEADING:
        end = _main_clause(g, first, end)
    end = min(end, _whose_clause(g, first, end, verb))
    commas = 0
    while i < end:
        token = tokens[i]
        commas += token.text in COMMA
        if (commas == 1 and token.text in COMMA and i + 2 < end and plain(tokens[i + 1].text) == "и"
                and _second_predicate(g, i + 2, end, main, gerund=main is not verb)):  # fmt: skip
            return i
        if token.text in COMMA and i + 1 < end and (_adds(g, i + 1, end) or _was_quoted(g, first, i, end)):
            return i
        if (
            token.text in COMMA
            and i + 2 < end
            and (_another_speaks(g, i + 1, end, verb) or _speaks_on(g, i + 1, end, verb, head))
        ):
            return i
        if token.text in DASH and i + 2 < end and _goes_on_to_say(g, i + 1, end, verb):
            return i
        if token.text in {":", ";"} and i + 3 < end and plain(tokens[i + 1].text) == "по" and _by_whom(g, i + 2):
            return i
        if i > first + 1 and is_finite(token) and _resumes(g, token, verb, head):
            opens = g.left[i] if first < g.left[i] <= i else _own_subject(g, first, i)
            if first + 1 < opens < i and tokens[opens].pos == "CCONJ" and tokens[opens - 1].text in COMMA:
                return opens
            k = i
            while k > max(first, opens) and tokens[k - 1].text not in COMMA and tokens[k - 1].text not in DASH:
                k -= 1
            if tokens[k - 1].text in COMMA or tokens[k - 1].text in DASH or plain(tokens[k].text) in {"и", "а", "но"}:
                return k
            while opens > first and (plain(tokens[opens - 1].text) == "не" or tokens[opens - 1].pos == "CCONJ"):
                opens -= 1
            if opens > first:
                return opens
        i += 1
    return end


def _others(g: Grammar, mark: int) -> bool:
    """«…, другие — что он вреден»: at the comma before those who hold another view."""
    tokens = g.tokens
    first = mark + 1 + (plain(tokens[mark + 1].text) == "а")
    return (
        tokens[mark].text in COMMA
        and plain(tokens[first].text) in OTHERS
        and tokens[first + 1].text in DASH
        and plain(tokens[first + 2].text) == "что"
    )


def _was_quoted(g: Grammar, first: int, mark: int, end: int) -> bool:
    """«написала, что «лёд тронулся», и даже «Вестник» признаёт, …»: a clause all in quotation marks is at its end."""
    tokens = g.tokens
    if tokens[mark - 1].text not in CLOSERS or not g.quoted_at(first) or g.inside[first + 1] != g.inside[mark - 1]:
        return False
    joined = plain(tokens[mark + 1].text) in {"и", "а", "но", "однако"} and tokens[mark + 2].pos != "SCONJ"
    near = tokens[mark + 2 : min(end, mark + 20)]
    words = (t for t in near if is_finite(t) or (g.inside[t.i] >= 0 and t.text[:1].islower()))
    verb = next(words, None)
    spoken = any(is_finite(t) for t in tokens[first + 1 : mark])
    return joined and spoken and verb is not None and g.inside[verb.i] < 0


def _whose_clause(g: Grammar, first: int, end: int, verb: Token) -> int:
    """«Министр, который утверждал, что денег нет, нашёл их»: the comma before the verb of who is told of."""
    tokens, begin = g.tokens, g.sentence(verb.i).first
    which = next((k for k in range(verb.i - 1, max(begin, verb.i - 8), -1) if tokens[k].text in COMMA), begin)
    if which + 1 >= verb.i or plain(tokens[which + 1].lemma) != "который" or any(map(is_finite, tokens[begin:which])):
        return end
    for mark in range(first + 1, end - 1):
        if tokens[mark].text in COMMA:
            after = next((t for t in tokens[mark + 1 : min(end, mark + 4)] if t.pos not in {"ADV", "PART"}), verb)
            told = any(is_finite(t) and t.i < mark for t in tokens[first:mark])
            if after is not verb and told and is_finite(after) and agrees(after, tokens[which - 1]):
                return mark if not any(g.children(after.i, "nsubj")) else end
    return end


def _own_subject(g: Grammar, first: int, verb: int) -> int:
    """Where a clause that resumes at ``verb`` begins: with its subject, if one stands before it («…, сроки жмут»)."""
    for k in range(verb - 1, first, -1):
        token = g.tokens[k]
        if token.text in COMMA:
            subjects = (t for t in g.tokens[k:verb] if t.pos in {"NOUN", "PROPN"} and agrees(g.tokens[verb], t))
            return k + 1 if any(t.feats.get("Case") in {"Nom", "Acc"} for t in subjects) else verb
        if token.pos == "CCONJ" or is_finite(token):
            break
    return verb


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
            subject_seen = subject_seen or (token.feats.get("Case") == "Nom" and token.pos in {"NOUN", "PROPN", "PRON"})
    return end


def _main_verb(g: Grammar, verb: Token) -> Token:
    """The verb that a gerund goes with; any other verb is its own."""
    above = verb
    for _ in range(6):
        if above.head < 0 or is_finite(above) or verb.feats.get("VerbForm") != "Conv":
            return above
        above = g.tokens[above.head]
    return verb


def _second_predicate(g: Grammar, first: int, end: int, verb: Token, *, gerund: bool) -> bool:
    """«признал, что ошибся, и извинился»: a comma before «и» closes the clause, the verb behind is the speaker's.

    Behind a gerund's clause, with the ``verb`` above it, that is who speaks on: «уехал, сказав, что ждут, и обещал».
    """
    for i in range(first, min(end, first + 5)):
        token = g.tokens[i]
        if (token.pos in {"NOUN", "PROPN", "PRON"} and token.feats.get("Case") == "Nom") or token.pos == "SCONJ":
            return False
        if is_finite(token):
            speech = plain(token.lemma) in lexicon().verbs
            theirs = same_form(token, verb) if not gerund else speech and agrees(token, verb)
            if verb.pos == "ADJ":  # «газета уверена, что спор решён, и приводит слова посла»
                theirs = speech and token.feats.get("Tense") == "Pres" and agrees(token, verb)
            return token.pos == "VERB" and theirs and not any(g.children(i, "nsubj"))
    return False


def clause_predicate(g: Grammar, first: int, end: int) -> int:
    up = g.tokens[first - 1].head if first else -1
    if first <= up < end:
        return up
    return next((i for i in range(first, end) if is_finite(g.tokens[i])), first)


def _resumes(g: Grammar, token: Token, verb: Token, head: int) -> bool:
    """Whether a finite verb after the reported clause goes back to the clause of the cue."""
    if head < token.i and token.head < 0 and same_form(token, verb) and plain(token.lemma) in lexicon().verbs:
        before = next((k for k in range(token.i, head, -1) if g.tokens[k].text in COMMA), head)
        return not any(t.feats.get("Case") == "Nom" and agrees(token, t) for t in g.tokens[before : token.i])
    if token.head < 0 or g.is_under(verb.i, token.i):
        # The cue hangs on this verb: it stood in a clause inside a sentence that goes on.
        return g.is_under(verb.i, token.i) and token.i > head
    own = any(True for _ in g.children(token.i, "nsubj"))
    general = token.feats.get("Number") == "Plur" and plain(token.lemma) in lexicon().verbs
    if (
        token.rel == "conj" and not own and general and verb.feats.get("Voice") in {"Mid", "Pass"}
        and subject(g, token.i) is None
    ):  # fmt: skip
        return True
    if token.rel == "conj" and token.head == verb.i:
        lemma = plain(token.lemma)
        speech = lemma in lexicon().verbs or lemma in lexicon().phrases
        tense = token.feats.get("Tense") == verb.feats.get("Tense")
        return (speech and tense) or (not own and agrees(token, verb) and same_form(token, verb))
    if token.rel == "conj" and not own and token.i > head and _agrees_with_cue_alone(g, token, verb, head):
        return True
    if token.rel == "conj" and not own and token.i > head and same_form(token, verb) and agrees(token, verb):
        return plain(token.lemma) in {"отказаться", "призвать", "добавить", "пообещать", "попросить", "потребовать",
                                      "выразить", "подчеркнуть", "отметить"}  # fmt: skip
    return False


def _agrees_with_cue_alone(g: Grammar, token: Token, verb: Token, head: int) -> bool:
    """«министр заявил, что обвинения сняты и ходатайствовал…»: of who speaks, as what was said is of another form."""
    told = g.tokens[head]
    keys = ("Number", "Gender")
    if not is_finite(told) or told.i != token.head or "Gender" not in verb.feats or token.feats.get("Gender") is None:
        return False
    here, there, cue = ([t.feats.get(k) for k in keys] for t in (token, told, verb))
    return here == cue and there != cue and (there[0] != cue[0] or there[1] is not None)


def _another_speaks(g: Grammar, first: int, end: int, verb: Token) -> bool:
    """«Иванов заявил, что…, а Петров добавил, что…» · «…, однако в полиции это опровергают»: not the first one's words.

    The clause at ``first`` has a verb of speech in the cue's tense with a clause of its own, or answers what was said.
    """
    tokens = g.tokens
    if plain(tokens[first].text) not in {"а", "но", "однако", "хотя"}:
        return _answers(g, first, end, verb) or _to_which(g, first, end, verb)
    said = next((tokens[k] for k in range(first + 1, min(end, first + 12)) if is_finite(tokens[k])), None)
    if said is None or any(
        t.text in {":", ";"} or (t.pos == "SCONJ" and plain(t.text) != "ее") for t in tokens[first + 1 : said.i]
    ):
        return False
    lemma = plain(said.lemma)
    entry = lexicon().verbs.get(lemma) or lexicon().predicatives.get(lemma)
    resumed = said.feats.get("Tense") == verb.feats.get("Tense") == "Pres" and same_form(said, verb)
    resumed = resumed and not any(g.children(said.i, "nsubj")) and _past_before(g, verb.i + 1, first)
    if resumed and all(t.pos in {"ADV", "PART"} for t in tokens[first + 1 : said.i]):
        return True  # «признаёт, что он ошибся, однако оправдывает его»
    own = any(g.children(said.i, "nsubj"))
    voices = not own and lemma in lexicon().phrases and same_form(said, verb)
    if voices and complementizer(g, said.i, frozenset({"что"})) is not None:
        return True  # «…, но выразил надежду, что…»
    if entry is None and lemma != "отказаться":
        return False
    if lemma == "отказаться" and agrees(said, verb) and not any(g.children(said.i, "nsubj")):
        return True  # «не отрицает, что торг идёт, но обсуждать его отказался»
    alone = entry is not None and same_form(said, verb) and not own
    told = {t.feats.get("Tense") for t in tokens[verb.i + 1 : first] if is_finite(t)}
    if alone and (plain(tokens[said.i - 1].text) == "также" or (told and not told & {"Past", said.feats.get("Tense")})):
        return True  # «сказала, что рада, а также поделилась планами» · «…, что он врёт, а слухи назвал чушью»
    past = verb.feats.get("Tense") == said.feats.get("Tense") == "Past"
    if own and past and told and "Past" not in told and plain(tokens[first].text) == "а" and _acts(said):
        return True  # «дали понять, что уйдут, а третья попросила отсрочки»
    silent = plain(tokens[said.i - 1].text) == "не" and same_form(said, verb) and not own
    if silent and all(t.pos in {"ADV", "PART"} or t.feats.get("Case") == "Gen" for t in tokens[first + 1 : said.i]):
        return True  # «подтвердил, что он ушёл, однако не уточнил причин»
    stop = next((k for k in range(said.i + 1, end) if tokens[k].text in COMMA), end)
    near = [plain(tokens[k].lemma) for k in range(first + 1, stop)]
    if REPLIES & set(near) or any(a in POINTING and b in ANSWERED for a, b in pairwise([*near, ""])):
        return True
    same_tense = said.feats.get("Tense") == verb.feats.get("Tense")
    quoting = any(g.quoted_at(k) for k in range(said.i + 1, end)) and any(g.quoted_at(k) for k in range(verb.i, first))
    if quoting and entry is not None and same_tense and any(g.children(said.i, "nsubj")):
        return True  # «заявила, что «эпоха закончилась», а обозреватель советует «не путать дружбу с арендой»»
    colon = said.i + 1 < len(tokens) and tokens[said.i + 1].text == ":"
    return entry is not None and "that" in entry.frames and same_tense and (
        colon or complementizer(g, said.i, frozenset({"что"})) is not None)  # fmt: skip


def _acts(verb: Token) -> bool:
    return verb.pos == "VERB" and verb.feats.get("VerbForm") == "Fin" and verb.feats.get("Voice") == "Act"


def _past_before(g: Grammar, first: int, last: int) -> bool:
    told = [t for t in g.tokens[first:last] if is_finite(t)]
    return bool(told) and all(t.feats.get("Tense") == "Past" for t in told)


def _speaks_on(g: Grammar, first: int, end: int, verb: Token, head: int) -> bool:
    """«отметил, что денег нет, подчеркнул, что люди уходят»: in the cue's form, which what was said is not in."""
    tokens = g.tokens
    now = next((t for t in tokens[first + 1 : min(end, first + 4)] if is_finite(t)), None)
    if plain(tokens[first].text) in {"теперь", "сейчас", "сегодня"} and now is not None and now.i + 2 < end:
        known = lexicon().verbs.get(plain(now.lemma))  # «утверждал, что денег нет, теперь же говорит, что они есть»
        if known is not None and "that" in known.frames and not any(g.children(now.i, "nsubj")):
            return complementizer(g, now.i, frozenset({"что"})) is not None
    if not is_finite(verb) or (head < end and same_form(tokens[head], verb)):
        return False
    for token in tokens[first : min(end, first + 4)]:
        if is_finite(token):
            known = lexicon().verbs.get(plain(token.lemma))
            if known is None or not same_form(token, verb) or token.feats.get("Tense") != "Past":
                return False
            if "that" in known.frames and complementizer(g, token.i, frozenset({"что"})) is not None:
                return True
            return "to" in known.frames and any(
                t.feats.get("VerbForm") == "Inf" for t in tokens[token.i + 1 : min(end, token.i + 8)]
            )
        if token.pos not in {"ADV", "PART", "CCONJ"}:
            return False
    return False


def _answers(g: Grammar, first: int, end: int, verb: Token) -> bool:
    """«сообщила, что он уйдёт, в ответ Белов назвал её странной»: in the cue's tense, not in that of what was said."""
    tokens = g.tokens
    said = next((tokens[k] for k in range(first, min(end, first + 12)) if is_finite(tokens[k])), None)
    if said is None or verb.feats.get("Tense") != "Past" or said.feats.get("Tense") != "Past":
        return False
    named = any(n.kind == "PER" and n.last <= said.i for n in g.names_from(first) if n.first < said.i)
    second = said.rel == "ccomp" and said.head == verb.i and g.tokens[first - 1].text in COMMA
    if not named or not (second or said.rel.split(":")[0] in {"root", "conj", "parataxis"}):
        return False
    if any(tokens[k].text in COMMA or tokens[k].pos == "SCONJ" for k in range(first, said.i)):
        return False
    told = [t for t in tokens[verb.i + 1 : first] if is_finite(t)]
    return plain(said.lemma) in lexicon().verbs and bool(told) and all(t.feats.get("Tense") != "Past" for t in told)


def _by_whom(g: Grammar, first: int) -> bool:
    """«отрицает, что был там: по его словам, …»: an aside says anew whose words follow."""
    return any(plain(t.lemma) in lexicon().after_po for t in g.tokens[first : first + 3])


def _to_which(g: Grammar, first: int, end: int, verb: Token) -> bool:
    """«спросил, уйдёт ли министр, на что тот ответил отказом» · «потребовал уйти, после чего посол уехал».

    What was said is answered or done, in the cue's tense; it is no part of it.
    """
    words = [plain(t.text) for t in g.tokens[first : first + 2]]
    if words not in (["на", "что"], ["после", "чего"]):
        return False
    said = next((t for t in g.tokens[first + 2 : min(end, first + 12)] if is_finite(t)), None)
    if said is None or said.feats.get("Tense") != verb.feats.get("Tense") or verb.feats.get("Tense") != "Past":
        return False
    told = any(is_finite(t) and t.feats.get("Tense") == "Past" for t in g.tokens[verb.i + 1 : first])
    return plain(said.lemma) in lexicon().verbs if words[0] == "на" else not told


def next_clause(g: Grammar, cue: Token, inf: int, end: int) -> int:
    """«обещал приехать, мэр потребовал ответа, а …»: where a clause with a subject follows what is to be done.

    «призвал уйти и сообщил, что …»: or another verb of who speaks. «обещал помочь — и никто не спорит»: behind a
    dash, too.
    """
    tokens = g.tokens
    for k in range(inf + 1, end - 1):
        if tokens[k].pos == "SCONJ" or plain(tokens[k].lemma) in RELATIVE or g.inside[k] >= 0:
            break
        verb = tokens[k + 1]
        theirs = is_finite(verb) and verb.pos == "VERB" and same_form(verb, cue) and not any(g.children(k + 1, "nsubj"))
        if plain(tokens[k].text) in {"и", "а", "но"} and theirs:
            return k
    for mark in range(inf + 1, end - 2):
        parted = tokens[mark].text in DASH and tokens[mark + 1].pos == "CCONJ"
        if not (parted or tokens[mark].text in COMMA) or g.inside[mark] >= 0:
            continue
        if tokens[mark].text == ";":
            return mark
        if [plain(t.text) for t in tokens[mark + 1 : mark + 3]] == ["после", "чего"]:
            return mark
        if plain(tokens[mark + 1].lemma) == "который" and g.inside[mark - 1] >= 0 and not parted:
            return mark  # «обещал продолжать «революцию», которая…»: the reporter goes on
        subject_seen = False
        for k in range(mark + 1, min(end, mark + 16)):
            token = tokens[k]
            if token.text in COMMA or token.pos == "SCONJ" or plain(token.lemma) in RELATIVE:
                break
            if is_finite(token):
                main = token.rel.split(":")[0] in {"root", "conj", "parataxis"}
                if main and (subject_seen or any(plain(c.lemma) != "который" for c in g.children(k, "nsubj"))):
                    return mark
                break
            named = token.pos in {"NOUN", "PROPN", "PRON"} and token.feats.get("Case") == "Nom"
            subject_seen = subject_seen or (named and tokens[k - 1].pos != "ADP")
    return end


def phrase_end(g: Grammar, noun: int, limit: int) -> int:
    """Up to the next mark where no verb stands before it: the tree may hang the words behind an infinitive higher."""
    tokens, end = g.tokens, g.right[noun] + 1
    limit = next((k for k in range(noun, limit) if tokens[k].text == ";"), limit)
    marks = [k for k in range(end, limit) if tokens[k].text in COMMA | DASH | {":", "("} and not _among(g, k)]
    mark = next(iter(marks), limit)
    if mark < limit and plain(tokens[mark - 1].text) == "того":  # «уйти после того, как примут закон»
        return next(iter(marks[1:]), limit)
    return mark if end < mark and not any(is_predicate(t) for t in tokens[end:mark]) else min(end, limit)


def _among(g: Grammar, mark: int) -> bool:
    """«создать широкую, устойчивую коалицию»: whether a comma parts two adjectives of one noun."""
    a, b = g.tokens[mark - 1], g.tokens[mark + 1]
    case = a.feats.get("Case")
    return a.pos == b.pos == "ADJ" and case is not None and case == b.feats.get("Case")


def _goes_on_to_say(g: Grammar, first: int, end: int, verb: Token) -> bool:
    """«сказал, что потрясён, — он назвал сына мирным»: a pronoun and a verb in the cue's form."""
    if plain(g.tokens[first].text) not in {"он", "она", "они"}:
        return False
    said = next((g.tokens[k] for k in range(first + 1, min(end, first + 4)) if is_finite(g.tokens[k])), None)
    return said is not None and plain(said.lemma) in lexicon().verbs and same_form(said, verb)


def _adds(g: Grammar, first: int, end: int) -> bool:
    """«заявил, что дорогу построят, отметив, что деньги есть» (or «добавив: «Деньги есть»»): the speaker adds."""
    for token in g.tokens[first : min(end, first + 3)]:
        if token.feats.get("VerbForm") == "Conv":
            if plain(token.text) in {"указывая", "ссылаясь"} and plain(g.tokens[token.i + 1].text) == "на":
                return True  # «угрожали уйти, указывая на помехи»
            known = lexicon().verbs.get(plain(token.lemma))
            if known is None or "that" not in known.frames or not plain(token.text).endswith(("в", "вшись")):
                return False
            words = g.tokens[token.i + 1 : min(g.sentence(token.i).last, token.i + 5)]
            colon = next((t for t in words if t.text in COMMA or t.text == ":"), token).text == ":"
            return colon or complementizer(g, token.i, frozenset({"что"})) is not None
        if token.pos not in {"ADV", "PART", "CCONJ"}:
            return False
    return False


def same_form(a: Token, b: Token) -> bool:
    keys = ("Tense", "Number", "Gender", "Person")
    return all(a.feats.get(k) == b.feats.get(k) for k in keys)
