"""The shape of a sentence, read off its dependency tree and mended by its commas."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..quotations import Quotation
from ..tokens import NameSpan, Parse, Sentence, Token
from .cues import word_set
from .morphology import Form, parses

COMMA = frozenset({",", ";"})
DASH = frozenset({"-", "–", "—", "―", "‒"})
TERMINAL = frozenset({".", "!", "?", "…", "...", "?!", "!..", "?..", "!!!", "??", "!!"})
LEADING_MARKS = COMMA | DASH | TERMINAL | {":", ")", "»", "]"}
CLOSERS = frozenset({"»", "”", ")", "]"})
RELATIVE = word_set("relative")
RELATIONAL = word_set("relational")
REFLEXIVE = ("ется", "ётся", "ится", "ются", "ятся", "лся", "лась", "лись")
"""How reflexive verbs end, and next to no nouns."""
THIRD = ("ется", "ётся", "ится")
"""How verbs of the third person end, whatever person the tagger gives them."""
INFINITIVE = ("ть", "ться")
"""How most dictionary forms of verbs end."""
NO_VERBS = frozenset({"ADJ", "ADV", "NOUN", "PROPN"})
_ODD = re.compile(r"ё|с[ья]|иру[ею]т")
"""What a word has that ``_mended`` looks at, if it is no punctuation."""


@dataclass(slots=True)
class Grammar:
    """A parse with what the rules ask of it, made once in time linear in the text.

    ``left`` and ``right`` hold, by token, the first and the last token of its subtree; ``inside`` the number of the
    outermost quotation that a token lies in (-1 for none). ``starts`` are the tokens' first code points.
    """

    parse: Parse
    quotations: Sequence[Quotation]
    left: list[int]
    right: list[int]
    inside: list[int]
    name_starts: list[int]
    starts: list[int]
    tokens: list[Token]

    def names_from(self, i: int) -> Iterator[NameSpan]:
        """The tagger's names that begin at token ``i`` or after it."""
        for k in range(bisect_left(self.name_starts, i), len(self.name_starts)):
            yield self.parse.names[k]

    def named(self, first: int, last: int) -> bool:
        """Whether one of the tagger's names begins in the tokens ``[first, last)``."""
        k = bisect_left(self.name_starts, first)
        return k < len(self.name_starts) and self.name_starts[k] < last

    def quoted_at(self, i: int) -> bool:
        """Whether token ``i`` is the opening mark of a quotation."""
        return i + 1 < len(self.inside) and self.inside[i + 1] >= 0 and self.inside[i] != self.inside[i + 1]

    def sentence(self, i: int) -> Sentence:
        """The sentence of token ``i``."""
        return self.parse.sentences[self.parse.tokens[i].sentence]

    def last_word(self, i: int) -> int:
        """Index after the last token of the sentence of ``i`` that is no closing punctuation."""
        sentence = self.sentence(i)
        return self.trim(sentence.first, sentence.last)[1]

    def trim(self, first: int, last: int) -> tuple[int, int]:
        """``[first, last)`` without the punctuation around it; marks that pair up inside stay."""
        tokens = self.tokens
        while first < last and tokens[first].text in LEADING_MARKS:
            first += 1
        while first < last:
            text = tokens[last - 1].text
            if (
                text in COMMA
                or text in DASH
                or text in TERMINAL
                or text in {":", "(", "«", "["}
                or (text in CLOSERS and not self._opened(first, last - 1))
            ):
                last -= 1
            else:
                break
        return first, last

    def _opened(self, first: int, closer: int) -> bool:
        """Whether the mark that ``closer`` closes opens in ``[first, closer)``."""
        closing = self.tokens[closer].text
        opening = {")": "(", "]": "[", "»": "«", "”": "“„«"}[closing]
        depth = 0
        for i in range(closer - 1, max(first, closer - 400) - 1, -1):
            text = self.tokens[i].text
            if text in opening:
                if depth == 0:
                    return True
                depth -= 1
            elif text == closing:
                depth += 1
        return False

    def span(self, first: int, last: int) -> tuple[int, int] | None:
        """Code points of the tokens ``[first, last)`` without the punctuation around them; None where none is left."""
        first, last = self.trim(first, last)
        if first >= last:
            return None
        return self.tokens[first].start, self.tokens[last - 1].stop

    def children(self, i: int, *relations: str) -> Iterator[Token]:
        """Children of ``i`` whose relation is one of ``relations`` or a subtype of one."""
        for k in self.tokens[i].children:
            child = self.tokens[k]
            if child.rel.split(":")[0] in relations:
                yield child

    def is_under(self, i: int, ancestor: int) -> bool:
        """Whether ``ancestor`` is ``i`` or above it."""
        for _ in range(40):
            if i == ancestor:
                return True
            i = self.tokens[i].head
            if i < 0:
                return False
        return False

    def clause_head(self, i: int) -> int:
        """The predicate of the clause that ``i`` stands in."""
        for _ in range(40):
            token = self.tokens[i]
            if token.head < 0 or (is_predicate(token) and token.rel.split(":")[0] in CLAUSE):
                return i
            i = token.head
        return i


def token_at(g: Grammar, offset: int) -> int:
    """Index of the first token that starts at ``offset`` or after it."""
    return bisect_left(g.starts, offset)


def holds(spans: Sequence[tuple[int, int]], start: int, stop: int) -> bool:
    """Whether one of ``spans``, which are in order, holds ``[start, stop)``."""
    k = bisect_left(spans, (start + 1,)) - 1
    return k >= 0 and spans[k][0] <= start and stop <= spans[k][1]


CLAUSE = frozenset({"root", "ccomp", "advcl", "acl", "parataxis", "conj", "csubj", "xcomp"})


def is_finite(token: Token) -> bool:
    """A finite verb or a short form that serves as one: «заявил», «согласна», «убит»."""
    if token.pos in {"VERB", "AUX"}:
        return token.feats.get("VerbForm") == "Fin" or token.feats.get("Variant") == "Short"
    return token.pos == "ADJ" and token.feats.get("Variant") == "Short"


def is_predicate(token: Token) -> bool:
    """A verb in any form, or a short form."""
    return token.pos in {"VERB", "AUX"} or is_finite(token)


def _is_verbs(token: Token) -> bool:
    """A word with a verb's dictionary form that the tagger took for no verb: «вздыхает», «заклинала»."""
    return token.pos in NO_VERBS and token.lemma.endswith(INFINITIVE)


def _is_told(form: Form | None) -> bool:
    """Present or past: «Вспоминает, как жил», not «Возразят: …»."""
    return form is not None and form.feats.get("Tense") in {"Pres", "Past"} and form.feats.get("Mood") != "Imp"


def _mended(token: Token) -> Token:
    """A verb that the tagger, who does not know it or its «ё», took for another word: «передаёт», «усмехается»."""
    if token.pos == "PUNCT" and token.text[0].isalpha():  # «Интернет-компании»
        forms = parses(token.text.lower())
        best = next((f for f in forms if f.feats.get("Case") == "Nom"), None) or next(iter(forms), None)
        return token.retagged(best.pos, best.feats) if best is not None else token
    if token.feats.get("Person") in {"1", "2"} and token.text.endswith(THIRD):
        return token.retagged(token.pos, {**token.feats, "Person": "3"})
    participle = "ё" in token.text and token.pos == "VERB" and token.feats.get("VerbForm") == "Part"  # «предостерёг»
    infinitive = token.feats.get("VerbForm") == "Inf" and not token.text.lower().endswith(("ть", "ти", "чь", "ся"))
    noun = token.pos in {"NOUN", "ADJ", "PROPN"}
    if _is_verbs(token):
        best = next(iter(parses(token.text.lower())), None)
        form = best.feats.get("VerbForm") if best is not None and best.pos == "VERB" else None
        fits = form == "Part" and token.rel == "acl"  # «жительница, просившая не спешить»
        fits = (
            fits
            or form == "Conv"
            or (form == "Fin" and (token.pos != "PROPN" or (token.rel == "root" and _is_told(best))))
        )  # «Утверждая, что…, мэр лукавит»
        if best is not None and fits:
            return token.retagged("VERB", best.feats)
    if not ((noun or token.pos == "ADV") and token.text.endswith(REFLEXIVE)) and not (
        ("ё" in token.text and (infinitive or noun or participle)) or (noun and token.text.endswith(("ирует", "ируют")))
    ):
        return token
    best = next(iter(parses(token.text.lower())), None)
    if best is None or best.pos != "VERB" or best.feats.get("VerbForm") != "Fin":
        return token
    return token.retagged("VERB", best.feats)


def _agreeing(tokens: Sequence[Token], token: Token) -> Token:
    """A noun in the case of its adjective where its own form is either: «заявило дипломатическое ведомство»."""
    described = any(tokens[k].rel == "amod" and tokens[k].feats.get("Case") == "Nom" for k in token.children)
    return token.retagged(token.pos, {**token.feats, "Case": "Nom"}) if described else token


def _is_hers(tokens: Sequence[Token], name: NameSpan) -> bool:
    """«премьер Джорджа Мелони ответила»: the name of whom the verb says that she is a woman, and no man's genitive."""
    first = tokens[name.first]
    if (
        first.rel != "nmod"
        or first.head != first.i - 1
        or first.feats.get("Case") != "Gen"
        or first.text[-1] not in "ая"
    ):
        return False
    post = tokens[first.head]
    if not post.rel.startswith("nsubj") or post.head < 0 or post.feats.get("Gender") != "Masc":
        return False
    verb = tokens[post.head].feats
    return verb.get("Gender") == "Fem" and verb.get("Tense") == "Past" and post.lemma not in RELATIONAL


def grammar(parse: Parse, quotations: Sequence[Quotation]) -> Grammar:
    """The shape of every sentence of ``parse``."""
    if parse.shape is None:
        parse.shape = _shape(parse)
    parse, left, right = parse.shape
    tokens = parse.tokens
    inside = [-1] * len(tokens)
    for number, quotation in enumerate(quotations):
        if not quotation.depth:
            first, last = bisect_right(parse.starts, quotation.start), bisect_left(parse.starts, quotation.stop)
            inside[first:last] = [number] * (last - first)
    return Grammar(parse, quotations, left, right, inside, [n.first for n in parse.names], parse.starts, tokens)


def _shape(parse: Parse) -> tuple[Parse, list[int], list[int]]:
    """``parse`` with its tokens mended, and by token the first and the last token of its subtree."""
    tokens = parse.tokens.copy()
    odd = {bisect_right(parse.starts, at.start()) - 1 for at in _ODD.finditer(parse.text)}
    for t in tokens:
        if t.text[0].isalpha() if t.pos == "PUNCT" else t.lemma.endswith(INFINITIVE) and _is_verbs(t):
            odd.add(t.i)
    for i in odd if tokens else ():
        tokens[i] = _mended(tokens[i])
    tokens = [_agreeing(tokens, t) if t.pos == "NOUN" and t.feats.get("Case") == "Acc" else t for t in tokens]
    for name in parse.names:
        if name.kind == "PER" and _is_hers(tokens, name):
            tokens[name.first] = replace(tokens[name.first], rel="appos")
            for i in range(name.first, name.last):
                told = {key: value for key, value in tokens[i].feats.items() if key != "Case"}
                tokens[i] = tokens[i].retagged("PROPN", {**told, "Gender": "Fem"})
    left, right = list(range(len(tokens))), list(range(len(tokens)))
    order = [t.i for t in tokens if t.head < 0]
    for i in order:  # no ring, which a parser of arcs may draw, hangs on a root
        order += tokens[i].children
    for i in reversed(order):
        head = tokens[i].head
        if head >= 0:
            if left[i] < left[head]:
                left[head] = left[i]
            if right[i] > right[head]:
                right[head] = right[i]
    return replace(parse, tokens=tokens), left, right
