"""Whether a cue asserts that something was said, and by whom."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

from ..tokens import Token
from .clauses import COMMA, DASH, Grammar, is_finite
from .cues import Cue, lexicon, plain, word_set
from .found import Found, Span
from .mentions import Mention, agrees, phrase, place, subject, whence
from .morphology import parses
from .sourcewords import speaking_noun, words

FINDERS = word_set("finders")
FOLLOWING = frozenset({"следовать", "явствовать"})
OF_THINGS = word_set("of_things")
PRONOUNS = frozenset({"он", "она", "они"})
STUDIED = frozenset({"результате", "результатам", "итогам", "ходе"})
RELEASING = word_set("releasing")
NEGATED = word_set("negated")
LEARNING = frozenset({"узнать", "обнаружить"})
EITHER_WAY = word_set("either_way")
"""Verbs that attribute with «не» and without."""
TREATIES = frozenset({"договор", "договорённость", "договоренность", "контракт", "мир", "пари", "сделка", "соглашение"})
SEEMING = frozenset({"похоже", "видимо", "по-видимому", "кажется", "возможно", "вероятно", "наверное", "наверняка"})


def speaks(g: Grammar, token: Token) -> bool:
    """Whether a verb asserts that something was said: no first person, future, command, condition or denial.

    «напомним, что…», «не сообщил, что…», «если он скажет, что…», «хочу сказать, что…» attribute nothing.
    """
    feats = token.feats
    if feats.get("Person") in {"1", "2"} or feats.get("Mood") in {"Imp", "Cnd"}:
        return False
    lemma = plain(token.lemma)
    before_colon = token.i + 1 < len(g.tokens) and g.tokens[token.i + 1].text == ":"
    objecting = before_colon and feats.get("Number") == "Plur" and not any(g.children(token.i, "nsubj"))
    if (feats.get("Tense") == "Fut" and perfective(lemma) and not objecting) or (
        lemma == "убедить" and feats.get("Variant") != "Short"
    ):
        return False
    if lemma == "считаться" and feats.get("Tense") != "Past":
        return False  # «Раньше считалось, что…» was somebody's view; «считается, что…» is the writer's
    before = g.tokens[token.i - 1] if token.i else None
    if lemma in {"заключить", "заключать"} and any(plain(g.tokens[k].lemma) in TREATIES for k in token.children):
        return False  # «Договор всё же заключили: …»
    negated = before is not None and plain(before.text) in {"не", "ни"} and before.sentence == token.sentence
    hidden = feats.get("VerbForm") == "Inf" and lemma in NEGATED | {"отрицать"}  # «не стал скрывать: денег нет»
    if hidden and token.head > 0 and plain(g.tokens[token.head].lemma) in RELEASING:
        negated = plain(g.tokens[token.head - 1].text) == "не"
    if negated != (lemma in NEGATED) and lemma not in EITHER_WAY:
        return False
    if negated and feats.get("Variant") == "Short" and lemma != "согласный":
        return False  # «не исключено, что…» says nobody
    for k in token.children:
        child = g.tokens[k]
        if child.rel == "nsubj" and plain(child.text) in {"я", "мы", "ты", "вы"}:
            return told_before(token, child)
        conditional = plain(child.text) in {"бы", "если", "чтобы", "пусть", "ли"} and child.text != "Ли"  # Ли Цян
        if conditional and k < token.i and token.i - k < 12:
            return k > 0 and plain(g.tokens[k - 1].text) == "будто"  # «тот будто бы признался, что…»
        if plain(child.text) in SEEMING and abs(k - token.i) < 8:
            return False  # «столица, похоже, уверена, что…»: the reporter's guess
        if plain(child.text) in {"будет", "будут", "должен", "должна", "буду", "будем"} and k < token.i:
            return False
    if feats.get("VerbForm") == "Inf":
        head = g.tokens[token.head] if token.head >= 0 else None
        if head is None or not is_finite(head) or lemma == "думать":
            return False
        if plain(g.tokens[head.i - 1].text) == "не" and not hidden:
            return False
        if head.feats.get("Person") in {"1", "2"} or head.feats.get("Tense") == "Fut":
            return False  # «прежде чем вы начнёте обвинять меня»
        return plain(head.lemma) in RELEASING
    if feats.get("VerbForm") == "Part" and feats.get("Variant") != "Short":
        return feats.get("Voice") != "Pass"
    return True


def told_before(verb: Token, subject: Token) -> bool:
    """«Я ответил, что занят» · «мы просили не спешить»: somebody's own words that they tell of, not what they think."""
    entry = lexicon().verbs.get(plain(verb.lemma))
    uttered = entry is not None and bool(entry.frames & {"about", "to", "wish", "ask", "heard"})
    return plain(subject.text) in {"я", "мы"} and verb.feats.get("Tense") == "Past" and uttered


@lru_cache(maxsize=2_000)
def perfective(lemma: str) -> bool:
    """Whether a verb is perfective, so that its present forms speak of the future; the tagger errs here."""
    return any(form.feats.get("Aspect") == "Perf" for form in parses(lemma)[:1])


def found_it(g: Grammar, source: Mention | None, cue: Cue, verb: Token) -> bool:
    """Whether a verb has a subject that can say so: «опрос показал», «город заявил», not «шаги говорят о том, что»."""
    finder = source is not None and _finds(g, source, verb)
    if source is not None and not source.place and plain(verb.lemma) in OF_THINGS and not can_speak(g, source):
        return finder
    if plain(verb.lemma) in FOLLOWING:
        return source is not None
    if not cue.findings or (source is not None and source.place and plain(verb.lemma) not in LEARNING):
        return True  # «В институте подсчитали, что…»
    return source is not None and (finder or _named_body(g, source, verb))


def _finds(g: Grammar, source: Mention, verb: Token) -> bool:
    """A study, data or those who make them, by «они» in the next sentence too: «Учёные спорят. Они выяснили, что …»."""
    head = g.tokens[source.head]
    if plain(head.lemma) in FINDERS:
        return True
    if plain(head.text) not in PRONOUNS:
        return False
    first = g.parse.sentences[max(verb.sentence - 1, 0)].first
    return any(
        plain(t.lemma) in FINDERS and t.feats.get("Case") == "Nom" and t.feats.get("Number") == head.feats.get("Number")
        for t in g.tokens[first : source.head]
    )


def _named_body(g: Grammar, source: Mention, verb: Token) -> bool:
    """An outlet or a body by its name, which finds out: «Reuters узнал, что», ««Заря» выяснила, что»."""
    head = g.tokens[source.head]
    name = next(g.names_from(source.first), None)
    tagged = name is not None and name.first < source.last and name.kind == "ORG"
    return tagged or head.pos == "X" or g.inside[source.head] != g.inside[verb.i]


def can_speak(g: Grammar, source: Mention) -> bool:
    """Whether a mention is of somebody or of something with words: a name, a person, a body, a text."""
    head = g.tokens[source.head]
    if head.pos == "ADJ" and head.feats.get("Gender") == "Neut" and not g.named(source.first, source.last):
        return False  # «последнее говорит о том, что…»
    if g.inside[head.i] >= 0 and g.quotations[g.inside[head.i]].stop <= g.tokens[source.last - 1].stop + 1:
        return True  # «Заря» объяснила»: a common noun for a name
    if head.pos != "NOUN" or head.feats.get("Animacy") == "Anim" or speaking_noun(plain(head.lemma)):
        return True
    if any(n.first <= head.i < n.last and n.kind != "LOC" for n in islice(g.names_from(source.first), 3)):
        return True  # «Европейская тройка»
    # «бар «Заря»» can, «визит министра Белова» cannot: the name must be its own.
    own = [head.i, *(k for k in head.children if g.tokens[k].rel.startswith(("appos", "flat")))]
    return any(g.tokens[k].pos in {"PROPN", "X"} or g.inside[k] != g.inside[head.i] for k in own if k < source.last)


def speaker(g: Grammar, cue: int, first: int, last: int) -> Mention | None:
    """The subject of ``cue``, or the place that speaks: «министр заявил», «в ведомстве заявили»."""
    token = g.tokens[cue]
    if plain(token.lemma) in FOLLOWING:
        return origin(g, cue)
    passive = plain(token.lemma) in lexicon().reflexive and is_finite(token)
    who = None if passive else subject(g, cue)
    if who is not None:
        head = g.tokens[who.head]
        entry = lexicon().verbs.get(plain(token.lemma))
        charged = entry is not None and "charge" in entry.frames and head.feats.get("Case") in {"Acc", "Gen"}
        if not charged or head.feats.get("Number") == token.feats.get("Number"):
            return who  # not «Белова обвинили в том, что…»
    which = next((k for k in g.children(cue, "nsubj") if plain(k.lemma) == "который" and k.i > 1), None)
    if which is not None and not passive and g.tokens[which.i - 2].pos in {"NOUN", "PROPN"}:
        return phrase(g, which.i - 2, which.i)  # «мэр, который после встречи призвал…», whatever the tree hangs it on
    before = g.tokens[cue - 1] if cue else token
    noun = before.pos in {"NOUN", "PROPN"} and before.sentence == token.sentence
    named = before.feats.get("Case") == "Nom" or (before.text.isupper() and len(before.text) > 1)
    if noun and named and not passive and is_finite(token) and agrees(token, before):
        return Mention(cue - 1, cue, cue - 1)  # «Гостям МИД советует не спешить», whatever the tree hangs it on
    plural = token.feats.get("Number") == "Plur" or token.feats.get("Voice") in {"Pass", "Mid"}
    if plural or token.feats.get("Gender") == "Neut":
        study = _study(g, token) if token.feats.get("Voice") == "Pass" else None
        if study is not None:
            return study
        found_place = place(g, cue, first, last)
        if found_place is None:  # «В МИД, в свою очередь, заявили» · «В письме, направленном в суд, говорится, что…»
            wider = place(g, cue, g.sentence(cue).first, cue)
            hangs = wider is not None and g.tokens[wider.head].head == cue
            found_place = wider if hangs or plain(token.lemma) in lexicon().reflexive else None
        return found_place or _same_place(g, token) or (whence(g, cue) if plural else None)
    return None


def _study(g: Grammar, verb: Token) -> Mention | None:
    """«По результатам проверки установлено, что…» · «В ходе экспертизы было выявлено, что…»: what found it out."""
    tokens = g.tokens
    for i in range(g.sentence(verb.i).first + 1, verb.i):
        if plain(tokens[i].text) in STUDIED and plain(tokens[i - 1].text) in {"в", "по"}:
            near = range(i + 1, min(i + 9, verb.i))
            head = next((k for k in near if tokens[k].pos == "NOUN" and plain(tokens[k].lemma) in FINDERS), None)
            return phrase(g, head) if head is not None and tokens[head].feats.get("Case") in {"Gen", "Loc"} else None
    return None


def _same_place(g: Grammar, verb: Token) -> Mention | None:
    """«В компании не исключают, что завод закроют, и обещают выплатить пособия»: the place of both verbs."""
    before, step = verb, 0
    while before.rel in {"conj", "ccomp"} and before.head >= 0 and step < 4:
        before, step = g.tokens[before.head], step + 1
        if not is_finite(before) or before.i > verb.i or any(g.children(before.i, "nsubj")):
            return None
        if all(before.feats.get(k) == verb.feats.get(k) for k in ("Tense", "Number", "Gender")):
            there = place(g, before.i, segment(g, before.i), verb.i)
            if there is not None:
                return there
    return None


def origin(g: Grammar, cue: int) -> Mention | None:
    """What words follow from: «следует из документа», «из письма следует»."""
    sentence = g.sentence(cue)
    for i in range(max(sentence.first, cue - 12), min(sentence.last, cue + 6)):
        if plain(g.tokens[i].text) != "из":
            continue
        head = next((k for k in range(i + 1, min(sentence.last, i + 6)) if g.tokens[k].pos in {"NOUN", "PROPN"}), None)
        lemma = plain(g.tokens[head].lemma) if head is not None else ""
        if head is not None and (speaking_noun(lemma) or lemma in lexicon().after_po):
            whole = phrase(g, head)
            return Mention(max(whole.first, i + 1), max(whole.last, head + 1), head)
    return None


def informed(g: Grammar, cue: int) -> Mention | None:
    """The outlet that something is known to: «как стало известно «Заре»», «РБК стало известно»."""
    tokens, sentence = g.tokens, g.sentence(cue)
    start = cue + 1 if cue + 1 < sentence.last and tokens[cue + 1].text not in {"«", '"', "„"} else cue + 2
    outlet = start < sentence.last and plain(tokens[start].lemma) in words().media  # «телеканалу Reuters»
    before = next((k for k in range(cue - 1, max(cue - 4, sentence.first - 1), -1) if not is_finite(tokens[k])), cue)
    for name in g.names_from(max(sentence.first, before - 4)):
        if name.first > start + outlet:
            break
        if name.kind == "ORG" and (name.first in {start, start + outlet} or name.last == before + 1):
            return Mention(name.first, name.last, name.first)
    if start >= sentence.last or tokens[start].feats.get("Case") != "Dat":
        return None
    if g.inside[start] != g.inside[cue]:
        stop = next((k for k in range(start, sentence.last) if g.inside[k] != g.inside[start]), sentence.last)
        return Mention(start, stop, start)
    return phrase(g, start) if outlet else None


def segment(g: Grammar, cue: int) -> int:
    """First token of the stretch around ``cue`` that no comma, dash or colon breaks."""
    first = g.sentence(cue).first
    i = cue
    while i > first and i > cue - 30 and g.tokens[i - 1].text not in COMMA and g.tokens[i - 1].text not in DASH:
        i -= 1
    return i


def found(
    g: Grammar, rule: str, cue: Token, content: list[Span], source: Mention | None, entry: Cue, sure: float
) -> Found:
    lemma = plain(cue.lemma)
    impersonal = source is None and (lemma in lexicon().reflexive or cue.feats.get("Voice") == "Pass"
                                     or cue.feats.get("Number") == "Plur" or cue.pos == "NOUN"
                                     or cue.feats.get("Gender") == "Neut")  # fmt: skip
    # «не отрицает, что был там»: to deny a denial is to claim.
    status = entry.status
    inner = cue.feats.get("VerbForm") == "Inf" and cue.head > 0 and plain(g.tokens[cue.head - 1].text) == "не"
    negated = plain(g.tokens[cue.i - 1].text) == "не" or (inner and status == "denies")
    if negated and (status == "denies" or lemma in {"верить", "думать", "согласный"}):
        status = "claims" if status == "denies" else "denies"
    elif lemma in NEGATED and not negated:
        status = "denies"
    return Found(rule, cue.i, content, (cue.start, cue.stop), source, status, sure, impersonal=impersonal)
