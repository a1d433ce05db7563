"""Asides of a noun: «по словам X, …», «согласно договору», «со слов соседки», «на взгляд автора»."""

from __future__ import annotations

from ..tokens import Sentence, Token
from .clauses import COMMA, DASH, TERMINAL, Grammar, is_finite, is_predicate
from .cues import lexicon, noun_status, plain, word_set
from .edges import Aside, delimiter, next_mark
from .mentions import Mention, agrees, following, phrase, possessor
from .sourcewords import speaking_noun

FREE = word_set("free")
LEADING_IN = word_set("leading_in")
RELATIONAL = word_set("relational")
UNMARKED = frozenset({"данные", "данный", "слово", "мнение", "информация", "сообщение"})
"""Nouns after «по» whose aside may end a sentence without a comma: «Выпуск вырос по данным банка»."""
RENDERINGS = frozenset(
    {"интерпретация", "трактовка", "изложение", "представление", "понимание", "описание", "пересказ"}
)
"""«В трактовке посольства, …»"""
RESULTING = frozenset({"выходить", "получаться", "следовать"})
"""«По логике министра выходит, что…»"""
BETWEEN = frozenset({"DET", "ADJ", "PRON", "PART", "NUM", "ADV", "VERB", "NOUN"})
"""What may stand between «по» and its noun: «по его же словам»."""


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
    if lower in {"судя", "исходя"}:
        return _judging_by(g, sentence, i, end)
    if lower == "в":
        return _as_told_by(g, sentence, i, end) if plain(tokens[i + 1].lemma) in RENDERINGS else None
    if lower == "если":
        return _to_believe(g, sentence, i, end)
    if lower == "согласно":
        head = next((c.i for c in (tokens[k] for k in token.children) if c.i > i), None)
        if token.head > i:
            head = token.head
        if head is None or head >= end or tokens[head].feats.get("Case", "Dat") != "Dat":
            near = [k for k in range(i + 1, min(end, i + 8)) if tokens[k].pos in {"NOUN", "PROPN"}]
            dative = (k for k in near if tokens[k].feats.get("Case") == "Dat")
            head = next(dative, head if head is not None and head < end else next(iter(near), None))
        if head is None or plain(tokens[head].lemma) in words.not_after_soglasno:
            return None
        whose = possessor(g, head) if plain(tokens[head].lemma) in FREE else None
        bare = tokens[head].feats.get("Number") == "Sing" and speaking_noun(plain(tokens[head].lemma))
        if plain(tokens[head].lemma) in FREE and (whose is not None or not bare):
            return _aside_of_noun(g, sentence, i, head + 1, whose, end, strict=False)  # «согласно данным полиции»
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
    if noun is None or any(tokens[k].pos not in BETWEEN for k in between):
        return _other_data(g, sentence, token) or _by_name(g, sentence, i, end)
    lemma = plain(tokens[noun].lemma)
    if noun + 2 < end and tokens[noun + 1].text in COMMA and plain(tokens[noun + 2].lemma) == "который":
        return _described(g, i, noun, end)
    if lemma == "данный" and (tokens[noun].feats.get("Number") == "Sing" or _says_which(g, noun)):
        return None
    if lower == "по":
        if lemma in {"взгляд", "ссылка", "зрение"} or tokens[noun].feats.get("Case", "Dat") not in {"Dat", "Loc"}:
            return None
        if any(tokens[k].pos == "NOUN" for k in between):
            return None
    elif (
        (lower == "на" and lemma == "взгляд")
        or (lower in {"с"} and lemma == "зрение" and noun == i + 2)
        or (lower in {"со", "с"} and lemma == "слово" and tokens[noun].feats.get("Case") == "Gen" and noun <= i + 2)
    ):
        pass
    else:
        return None
    ours = next((k for k in between if plain(tokens[k].lemma) in {"наш", "мой"}), None)
    if ours is not None and lower in {"по", "на"} and g.inside[i] < 0:  # «по нашим данным»: the writer's
        return _aside_of_noun(g, sentence, i, noun + 1, Mention(ours, ours + 1, ours), end, strict=lemma not in FREE)
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
            source = source and (_bearer(g, source, end) or source)
            if source is not None and _acts(g, source):
                source = None  # «По данным полиции …», but «По официальным данным Олег Белов утонул»
    if source is None and lemma in {"слово", "зрение", "взгляд", "логика"}:
        return None
    if lemma == "логика" and source is not None and not (own or _somebody(g, source)):
        return None  # «по логике вещей»
    return _aside_of_noun(g, sentence, i, noun + 1, source, end, strict=lemma not in FREE)


def _described(g: Grammar, i: int, noun: int, end: int) -> Aside | None:
    """«По версии, которую излагает «Заря», лодку потопили.» · «По опросам, которые провели в мае, победит мэр.»"""
    tokens = g.tokens
    verb = next((k for k in range(noun + 3, end) if is_finite(tokens[k])), None)
    mark = next((k for k in range(verb, end) if tokens[k].text in COMMA), None) if verb is not None else None
    if verb is None or mark is None or not (first_in_clause(g, i) or i == g.sentence(i).first):
        return None
    which = tokens[noun + 2].feats.get("Case") == "Acc" and tokens[verb].feats.get("Tense") == "Pres"
    source = following(g, verb, mark) if which else None
    status = noun_status(plain(tokens[noun].lemma))
    return Aside("by", i, mark, i, noun + 1, source, status, impersonal=source is None)


def _somebody(g: Grammar, source: Mention) -> bool:
    head = g.tokens[source.head]
    return head.pos == "PROPN" or head.feats.get("Animacy") == "Anim" or speaking_noun(plain(head.lemma))


def _bearer(g: Grammar, source: Mention, end: int) -> Mention | None:
    """«по мнению аналитика из Академии наук Юхана Нурбю (Johan Nurby)»: the name behind the post and its place.

    «автора статьи, обозревателя Олега Белова, …»: or behind a second post between commas.
    """
    if source.last >= end or g.named(source.first, source.last):
        return None
    if g.tokens[source.last].text in COMMA:
        return _introduced(g, source.last + 1, end)
    if g.tokens[source.last].pos != "ADP":
        return None
    name = next((n for n in g.names_from(source.last) if n.kind == "PER"), None)
    if name is None or name.first > min(end, source.last + 12):
        return None
    between = g.tokens[source.last : name.first]
    if any(is_finite(t) or t.pos == "PUNCT" for t in between):
        return None
    case, text = g.tokens[name.first].feats.get("Case"), g.tokens[name.first].text
    if case not in {"Gen", None} and not (case == "Ins" and text.endswith(("а", "я"))):
        return None  # of foreign names the tagger guesses: «Юхана» is no instrumental
    last = name.last
    if last < end and g.tokens[last].text == "(":
        last = next((k + 1 for k in range(last, min(end, last + 8)) if g.tokens[k].text == ")"), last)
    return Mention(name.first, last, name.first)


def _acts(g: Grammar, source: Mention) -> bool:
    """Whether a person's name in the nominative is the subject of the verb right behind it."""
    head, after = g.tokens[source.head], g.tokens[source.last] if source.last < len(g.tokens) else None
    name = next(g.names_from(source.head), None)
    person = name is not None and name.first == source.head and name.kind == "PER"
    return person and head.feats.get("Case") == "Nom" and after is not None and is_finite(after) and agrees(after, head)


def _introduced(g: Grammar, first: int, end: int) -> Mention | None:
    """The person's name that ends, behind a post in the genitive alone, at the next comma."""
    name = next(g.names_from(first), None)
    if name is None or name.kind != "PER" or not first < name.first < name.last < end:
        return None
    post, alone = g.tokens[first], all(t.pos in {"NOUN", "PROPN", "ADJ"} for t in g.tokens[first : name.first])
    genitive = post.feats.get("Case") == "Gen" and g.tokens[name.first].feats.get("Case") in {"Gen", None}
    if post.feats.get("Animacy") != "Anim" or plain(post.lemma) in RELATIONAL or not alone or not genitive:
        return None
    if g.tokens[name.last].text not in COMMA:
        return None
    return Mention(name.first, name.last, name.first)


def _says_which(g: Grammar, i: int) -> bool:
    """«по данным вопросам»: these, and nobody's data."""
    head = g.tokens[g.tokens[i].head] if g.tokens[i].head >= 0 else None
    return g.tokens[i].rel == "amod" and head is not None and head.i > i and head.feats.get("Case") == "Dat"


def _to_believe(g: Grammar, sentence: Sentence, i: int, end: int) -> Aside | None:
    """«Если верить министру, денег хватит.»"""
    tokens = g.tokens
    if "верить" not in [plain(t.text) for t in tokens[i + 1 : i + 3]]:
        return None
    head = next((k for k in range(i + 2, min(end, i + 7)) if tokens[k].pos in {"NOUN", "PROPN"}), None)
    if head is None or tokens[head].feats.get("Case") != "Dat":
        return None
    whole = phrase(g, head)
    source = Mention(max(whole.first, i + 2), max(whole.last, head + 1), head)
    return _aside_of_noun(g, sentence, i, i + 2, source, end, strict=True)


def _as_told_by(g: Grammar, sentence: Sentence, i: int, end: int) -> Aside | None:
    """«В трактовке посольства, договор ничего не меняет.»"""
    source = possessor(g, i + 1) if g.tokens[i + 1].feats.get("Case") == "Loc" else None
    if source is None or not _somebody(g, source):
        return None
    return _aside_of_noun(g, sentence, i, i + 2, source, end, strict=True)


def _judging_by(g: Grammar, sentence: Sentence, i: int, end: int) -> Aside | None:
    """«Картина, судя по описи, украдена.»: of what has words, not «судя по всему»."""
    tokens = g.tokens
    head = next((k for k in range(i + 2, min(end, i + 6)) if tokens[k].pos in {"NOUN", "PROPN"}), None)
    lemma = plain(tokens[head].lemma) if head is not None else ""
    whose = possessor(g, head) if head is not None and lemma in lexicon().after_po else None
    if plain(tokens[i + 1].text) not in {"по", "из"} or head is None or not (whose or speaking_noun(lemma)):
        return None
    whole = phrase(g, head)
    source = whose or Mention(max(whole.first, i + 2), max(whole.last, head + 1), head)
    return _aside_of_noun(g, sentence, i, i + 2, source, end, strict=True)


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


def _by_name(g: Grammar, sentence: Sentence, i: int, end: int) -> Aside | None:
    """«Империя, по Орлову, рухнула сама.»: the name of who thinks so, between marks."""
    token = g.tokens[i + 1]
    if plain(g.tokens[i].text) != "по" or token.pos != "PROPN" or token.feats.get("Case") != "Dat":
        return None
    name = next((n for n in g.names_from(i + 1) if n.first == i + 1), None)
    last = name.last if name is not None else i + 2
    parted = (i == sentence.first or delimiter(g.tokens[i - 1])) and last < end and delimiter(g.tokens[last])
    if not parted or token.feats.get("Animacy") != "Anim":
        return None
    return Aside("by", i, last, i, i + 1, Mention(i + 1, last, i + 1), "claims")


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
    if source is not None and loose and not g.is_under(behind, source.head) and plain(tokens[behind].text) != "со":
        end = last = behind  # «По данным следствия он уехал»: the comma was forgotten
    for i in range(floor, end):
        text = tokens[i].text
        depth += (text == "(") - (text == ")")
        if depth > 0 or (depth == 0 and text == ")"):
            continue
        if plain(text) == "со" and i + 1 < end and plain(tokens[i + 1].text) == "ссылкой":
            last = next_mark(g, i, end)
            break  # «согласно сообщению агентства со ссылкой на полицию, …»
        if text in COMMA or text in DASH or text in {")", ":"} or (text in TERMINAL and i + 3 >= sentence.last):
            if source is not None and text in COMMA and _within_noun(g, i, source, end):
                continue
            last = i
            break
        if is_finite(tokens[i]) and not g.is_under(i, source.head if source else first):
            if plain(tokens[i].lemma) in RESULTING and [t.text for t in tokens[i + 1 : i + 3]] == [",", "что"]:
                return Aside("by", first, i + 3, first, after_cue, source, "claims", impersonal=source is None)
            if strict and not (source is not None and source.last <= i and plain(tokens[first - 1].lemma) == "который"):
                return None
            last = min(i, (source.last if source else after_cue))
            break
    ends = source is not None and last + 1 >= sentence.last and plain(tokens[after_cue - 1].lemma) in UNMARKED
    which = first > sentence.first + 1 and plain(tokens[first - 1].lemma) == "который" and source is not None
    which = which and tokens[first - 2].text in COMMA  # «, который по словам министра готов»
    if which and source is not None:
        last = min(last, source.last)
    opens = (
        ends
        or which
        or first == sentence.first
        or delimiter(tokens[first - 1])
        or plain(tokens[first - 1].text) in {*LEADING_IN, ":"}
    )
    if not opens and (strict or (last < end and tokens[last].text not in COMMA)):
        return None
    if strict and not which and not (last >= end or delimiter(tokens[last]) or tokens[last].text == ":"):
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
    described = after.rel in {"amod", "acl"} and after.head == source.head  # «источника, близкого к президенту, …»
    if relative or participle or described:  # «по мнению Пекина, изложенному в ноте»: of the noun before it, too
        return g.is_under(after.i, source.head) or (participle and after.head == tokens[source.head].head >= 0)
    stop = next_mark(g, mark + 1, end)
    if stop >= end or tokens[stop].text in TERMINAL or any(is_predicate(tokens[k]) for k in range(mark + 1, stop)):
        return False  # an apposition is closed by a comma, and what is said still follows
    tops = [tokens[k] for k in range(mark + 1, stop) if not mark < tokens[k].head < stop]
    return bool(tops) and all(t.rel.split(":")[0] in {"appos", "conj", "flat"} and t.head >= 0
                              and g.is_under(t.i, source.head) for t in tops)  # fmt: skip
