"""How the words of a sentence bear on those it names: features of a linear model, all as arrays.

A word bears on a *spot* (one who is named) by side and distance, by the way between them through the tree (up from the
spot to what both hang on, down from there to the word) and by its part as a predicate (``polarity.links``). A *key* is
a word, its group in ``polarity.toml`` or nothing, seen through one such bearing; keys are whole numbers, so that a
sentence's features are found by a search in a sorted array. Words that no key knows still speak by their vectors,
summed over ``SIGHTS``, each a weighing of words by their bearing.

Sizes: n words, k spots, m pairs of a spot and a word of its sentence. Spots of more words than ``AT_ONCE`` pairs are
for the caller to split.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..tokens import Parse, Token
from . import polarity
from .forms import Floats, Ints

STEPS = 5
"""Words of the way up from a spot or from a word that are looked at, itself included."""
RELATIONS = (
    "acl", "advcl", "advmod", "amod", "appos", "aux", "case", "cc", "ccomp", "compound", "conj", "cop", "csubj",
    "det", "discourse", "expl", "fixed", "flat", "iobj", "list", "mark", "nmod", "nsubj", "nsubj:pass", "nummod", "obj",
    "obl", "orphan", "parataxis", "punct", "root", "vocative", "xcomp",
)  # fmt: skip
PREPOSITIONS = (
    "в", "во", "на", "с", "со", "к", "ко", "от", "из", "у", "о", "об", "по", "за", "для", "против", "при", "до", "без",
    "под", "над", "перед", "между", "через", "про", "среди", "из-за", "вопреки", "благодаря", "ради", "кроме",
)  # fmt: skip
POS = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ",
    "SYM", "VERB", "X",
)  # fmt: skip
CASES = ("Nom", "Gen", "Dat", "Acc", "Ins", "Loc")
KINDS = ("PERSON", "PROFESSION", "ORGANIZATION", "COUNTRY", "NATIONALITY")
ROLES: tuple[polarity.Role, ...] = ("agent", "patient", "oblique", "bearer")
CONTENT = frozenset({"NOUN", "VERB", "ADJ", "ADV", "PROPN"})
AWAY = np.array([1, 2, 3, 5, 8, 13])
"""Edges of the classes of distance, in words."""
_CLASSES = np.digitize(np.arange(AWAY[-1] + 1), AWAY)
"""The class of each distance; farther ones are of the last."""
FAR = 128
"""The farthest distance that is told apart where nearness counts: what is left of it there is nothing."""
GOVERNED = ("nsubj", "nsubj:pass", "obj", "iobj", "obl", "nmod", "amod", "conj", "appos", "flat", "xcomp", "acl")
"""Relations by which a spot hangs on what it takes part in, each a sight of its own."""

_RELATION = {name: k for k, name in enumerate(RELATIONS, 1)}
_PREPOSITION = {name: k for k, name in enumerate(PREPOSITIONS, 1)}
_POS = {name: k for k, name in enumerate(POS)}
_CONTENT = np.array([name in CONTENT for name in POS], np.float32)
_CASE = {name: k for k, name in enumerate(CASES, 1)}
_KIND = {name: k for k, name in enumerate(KINDS)}
_ROLE = {name: k for k, name in enumerate(ROLES)}
_COUNTED = np.repeat([0, 1, 2, 1, 2], [1, 6, 2 * len(ROLES) + 3, 8, len(GOVERNED)])
"""How a word counts in each of the ``sights``: whatever it is, with a meaning of its own, or outside the spot."""
TURNED = 1 << 17
"""Added to the number of a word that is negated."""
SHIFT, CODES = 20, 28
"""Bits of a key for the word and for the bearing; above them stands the template."""


class Spot(NamedTuple):
    """Where one spoken of stands: its head word, its first and last (exclusive) word, places in the parse."""

    head: int
    first: int
    last: int
    kind: str


class Words(NamedTuple):
    """The words of some sentences, end to end; ``shift`` of a sentence leads from places in the parse to those here."""

    shift: dict[int, int]
    bounds: dict[int, tuple[int, int]]
    """First and last (exclusive) word of each sentence, places here."""
    lemmas: Ints
    """(n,): the word's number in the vocabulary, -1 for none; ``TURNED`` more where it is negated."""
    groups: Ints
    """(n,): the number of its group in ``polarity.toml``, likewise."""
    sign: Floats
    """(n,): -1 where it is negated, else 1."""
    relations: Ints
    prepositions: Ints
    pos: Ints
    content: Floats
    """(n,): 1 for a word with a meaning of its own, else 0."""
    chains: Ints
    """(n + 1, STEPS): the word and those above it; n stands for none."""
    texts: list[str]
    """(n,): in lower case."""


class Bearings(NamedTuple):
    """Pairs of a spot and a word of its sentence, spot by spot."""

    starts: Ints
    """(k + 1,): where the pairs of each spot begin."""
    heads: Ints
    """(k,): the place of each spot's head among the ``Words``."""
    spot: Ints
    word: Ints
    """(m,): the number of the spot, and the place of the word among the ``Words``."""
    up: Ints
    down: Ints
    """(m,): steps from the spot up to what both hang on and down to the word; ``STEPS`` where there are more."""
    rises: Ints
    falls: Ints
    """(m,): the relation by which each hangs on what both hang on; 0 for none."""
    case: Ints
    """(m,): the preposition of what hangs there with the spot inside."""
    role: Ints
    """(m,): 0, or what ``polarity.links`` says of the word, 1 + 3 * role + nouns between (at most 2)."""
    away: Ints
    """(m,): words between, counted from 1; negative to the left, 0 inside the spot."""


Keys = tuple[Ints, Ints, Floats]
"""Rows (spots, pairs or words), keys and their values."""


def spot(tokens: Sequence[Token], first: int, last: int, kind: str) -> Spot:
    """The spot of the words ``first`` to ``last``: its head is the first word whose own head stands outside."""
    head = next((i for i in range(first, last) if not first <= tokens[i].head < last), first)
    return Spot(head, first, last, kind)


@cache
def relation(name: str) -> int:
    """The number of a relation, of which only the kind need be known; 0 for one that isn't."""
    return _RELATION.get(name) or _RELATION.get(name.partition(":")[0], 0)


def far_class(far: Ints) -> Ints:
    """The classes of distances of at least 0."""
    return _CLASSES.take(far, mode="clip")


def words(parse: Parse, sentences: Sequence[int], vocabulary: Mapping[str, int]) -> Words:
    """What there is to know of the words of ``sentences``, which must differ."""
    lexicon, numbered = polarity.lexicon(), polarity.group_numbers()
    shift, bounds = {}, {}
    inside: list[Token] = []
    for sentence in sentences:
        piece = parse.sentences[sentence]
        shift[sentence] = len(inside) - piece.first
        bounds[sentence] = (len(inside), len(inside) + piece.last - piece.first)
        inside += parse.tokens[piece.first : piece.last]
    texts = [t.text.lower() for t in inside]
    called = [t.lemma for t in inside]
    heads = [t.head + shift[t.sentence] if t.head >= 0 else -1 for t in inside]
    relations = [t.rel for t in inside]
    turned, prepositions = [0] * len(inside), [0] * len(inside)
    for k, (name, head) in enumerate(zip(relations, heads, strict=True)):
        if name == "case" and head >= 0:
            prepositions[head] = _PREPOSITION.get(texts[k], 0)
    # Only what has such a word beside it, or completes what has, can be negated.
    negating = [k for k, word in enumerate(texts) if word in lexicon.negations and heads[k] >= 0]
    marked = {heads[k] for k in negating}
    negated = {inside[k].sentence for k in negating}
    for k, t in enumerate(inside) if negating else ():
        if k in marked or (t.rel == "xcomp" and t.sentence in negated):
            turned[k] = int(polarity.negated(parse.tokens, t.i))
    columns = [
        [vocabulary.get(lemma, -1) for lemma in called], [numbered.get(lemma, -1) for lemma in called], turned,
        list(map(relation, relations)), prepositions, [_POS.get(t.pos, 0) for t in inside], heads,
    ]  # fmt: skip
    return _arrays(shift, bounds, texts, columns)


def _arrays(
    shift: dict[int, int], bounds: dict[int, tuple[int, int]], texts: list[str], columns: list[list[int]]
) -> Words:
    lemmas, groups, turned, relations, prepositions, pos, heads = np.array(columns, np.int64)
    n = len(lemmas)
    above = np.append(np.where(heads < 0, n, heads), n)
    chains = np.arange(n + 1)[:, None].repeat(STEPS, 1)
    for step in range(1, STEPS):
        chains[:, step] = above[chains[:, step - 1]]
    content = _CONTENT[pos]
    return Words(
        shift, bounds,
        np.where(lemmas < 0, -1, lemmas + TURNED * turned), np.where(groups < 0, -1, groups + TURNED * turned),
        (1 - 2 * turned).astype(np.float32), relations, prepositions, pos, content, chains, texts,
    )  # fmt: skip


def bearings(parse: Parse, seen: Words, spots: Sequence[Spot], links: Sequence[Sequence[polarity.Link]]) -> Bearings:
    """How the words bear on each spot, whose links ``polarity.links`` gave."""
    sentences = [parse.tokens[at.head].sentence for at in spots]
    shift = np.array([seen.shift[s] for s in sentences])
    low, high = np.array([seen.bounds[s] for s in sentences]).T
    head, first, last = (np.array([at[k] for at in spots]) + shift for k in range(3))
    starts = np.append(0, np.cumsum(high - low))
    number = np.repeat(np.arange(len(spots)), high - low)
    word = np.arange(starts[-1]) + (low - starts[:-1])[number]
    n = len(seen.lemmas)
    ours, theirs = seen.chains.T[:, head[number]], seen.chains[word]
    met = (ours[:, :, None] == theirs) & (ours < n)[:, :, None]  # (STEPS, m, STEPS)
    by_word = met.any(0)
    joined = by_word.any(1)
    down = np.where(joined, by_word.argmax(1), STEPS)
    pairs = np.arange(len(word))
    up = np.where(joined, met[:, pairs, np.minimum(down, STEPS - 1)].argmax(0), STEPS)
    relations, prepositions = np.append(seen.relations, 0), np.append(seen.prepositions, 0)
    rising = np.where((up > 0) & joined, ours[up - 1, pairs], n)
    falling = np.where((down > 0) & joined, theirs[pairs, down - 1], n)
    role = np.zeros(len(word), np.int64)
    linked = {}
    for found, begin, s in zip(links, starts.tolist(), sentences, strict=False):
        first_word, last_word = (place - seen.shift[s] for place in seen.bounds[s])
        for link in found:
            if first_word <= link.predicate < last_word:
                linked[begin + link.predicate - first_word] = 1 + 3 * _ROLE[link.role] + min(link.via, 2)
    role[list(linked)] = list(linked.values())
    before, after = word < first[number], word >= last[number]
    away = np.where(before, word - first[number], np.where(after, word - last[number] + 1, 0))
    return Bearings(
        starts, head, number, word, up, down, relations[rising], relations[falling], prepositions[rising], role, away,
    )  # fmt: skip


def keys(of: Bearings, whats: Sequence[Ints], offsets: Sequence[int]) -> Keys:
    """The keys of spots: each of ``whats`` (n,) that a word is called, -1 for none, through each of the bearings."""
    names = [what[of.word] for what in whats]
    known = [(name >= 0).nonzero()[0] for name in names]
    some = np.concatenate(known)
    called = np.concatenate([name[at] for name, at in zip(names, known, strict=True)])
    first = np.repeat(np.array(offsets) << SHIFT + CODES, [len(at) for at in known])
    spots, up, down, rises, falls, case, role, away = (
        array[some] for array in (of.spot, of.up, of.down, of.rises, of.falls, of.case, of.role, of.away)
    )
    outside = away != 0
    far = np.abs(away)
    up, down = np.minimum(up, 4), np.minimum(down, 3)
    way, right = up * 4 + down, (away > 0).astype(np.int64)
    ones, zeros = np.ones(len(called), np.float32), np.zeros(len(called), np.int64)
    called = called | first
    via = (role - 1) % 3
    linked = outside & (role > 0)
    templates: tuple[tuple[Ints, NDArray[np.bool_], Any], ...] = (
        (zeros, outside, ones),
        (zeros, outside, 1 / (1 + far / 5)),
        (right, outside & (far <= 7), ones),
        (right * 10 + far_class(far), outside & (far <= 2), ones),
        (way, outside & (up + down <= 4), ones),
        (way * 64 + rises, outside & (up <= 3) & (down <= 1), ones),
        ((way * 64 + rises) * 64 + falls, outside & (up <= 2) & (down <= 2), ones),
        ((up * 64 + rises) * 64 + case, outside & (down == 0) & (up <= 2), ones),
        (zeros, ~outside, ones),
        (role, linked, ones),
        ((role - 1) // 3, linked, 2 / (1 + via)),
        (zeros, linked, 1.5 * ones),
    )
    found = []
    for k, (code, where, value) in enumerate(templates):
        at = where.nonzero()[0]
        found.append((spots[at], (k << SHIFT + CODES) + (code[at] << SHIFT) + called[at], value[at]))
    return joined(found)


def joined(found: Sequence[Keys]) -> Keys:
    """All keys together."""
    rows, names, values = zip(*found, strict=True)
    return np.concatenate(rows), np.concatenate(names), np.concatenate(values).astype(np.float32)


def standing(parse: Parse, seen: Words, spots: Sequence[Spot], shown: Sequence[float], template: int) -> Keys:
    """The keys of where each spot stands; ``shown`` is what frames say of it."""
    found: list[tuple[int, int, float]] = []
    for k, at in enumerate(spots):
        token = parse.tokens[at.head]
        low, high = seen.bounds[token.sentence]
        head = at.head + seen.shift[token.sentence]
        kind, relation = _KIND[at.kind], int(seen.relations[head])
        begins = (at.first + seen.shift[token.sentence] - low) * 4 // max(high - low, 1)
        codes = (
            kind, _CASE.get(token.feats.get("Case", ""), 0), relation, kind * 64 + relation,
            int(seen.prepositions[head]), begins, min(5, (high - low) // 10),
        )  # fmt: skip
        found += [(k, (template + t << SHIFT + CODES) | code, 1.0) for t, code in enumerate(codes)]
        if shown[k]:
            found.append((k, template + len(codes) << SHIFT + CODES, 2 * shown[k]))
    rows, names, values = zip(*found, strict=True)
    return np.array(rows), np.array(names), np.array(values, np.float32)


def telling(seen: Words, of: Bearings, template: int) -> Ints:
    """(templates, m): the keys of whether a word belongs to what is said of the spot; -1 for none."""
    far = np.sign(of.away) * far_class(np.abs(of.away)) + 8
    way = np.minimum(of.up, 4) * 5 + np.minimum(of.down, 4)
    group, lemma, pos = seen.groups[of.word], seen.lemmas[of.word], seen.pos[of.word]
    linked, nothing = np.minimum(of.role, 1), np.zeros_like(of.word)
    codes = (way * 64 + of.rises, way * 64 + of.falls, of.role, far, nothing, linked, nothing, of.role, way)
    called = np.stack((nothing, nothing, pos, pos, group, group, lemma, nothing, group))
    first = np.arange(template, template + len(codes))[:, None] << SHIFT + CODES
    return np.where(called < 0, -1, first | (np.stack(codes) << SHIFT) | called)


def between(seen: Words, of: Bearings, spots: Sequence[Spot], pairs: Sequence[tuple[int, int]], template: int) -> Keys:
    """The keys of pairs (holder, target) of spots of one sentence: the words that both bear on, and their places."""
    holder, target = (np.array(part) for part in zip(*pairs, strict=True))
    size = (of.starts[1:] - of.starts[:-1])[holder]
    number = np.repeat(np.arange(len(pairs)), size)
    step = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    sides = np.stack((of.word, of.up, of.down, of.rises, of.role, of.away))
    word, up, down, rises, role, away = sides.take(of.starts[holder][number] + step, axis=1)
    _, others_up, others_down, others_rises, others_role, others_away = sides.take(
        of.starts[target][number] + step, axis=1
    )
    nothing = np.zeros_like(word)
    above = (down == 0) & (others_down == 0) & (up <= 3) & (others_up <= 3)
    climbs = ((up * 4 + others_up) * 64 + rises) * 64 + others_rises
    linked = (role > 0) & (others_role > 0)
    parts = (role + 2) // 3 * 5 + (others_role + 2) // 3
    close = (np.maximum(role - 1, 0) % 3 == 0) & (np.maximum(others_role - 1, 0) % 3 == 0)
    amid = (away * others_away < 0) & (seen.content[word] > 0)
    ahead = (away > 0).astype(np.int64)
    both = above | linked
    whats = [
        (what[at := (where & (what >= 0)).nonzero()[0]] + (template + offset << SHIFT + CODES), at)
        for what, offset, where in (
            (seen.lemmas[word], 0, both | amid), (seen.groups[word], 10, both | amid), (nothing, 20, both),
        )
    ]  # fmt: skip
    called, some = (np.concatenate(part) for part in zip(*whats, strict=True))
    # What stands between two says something as a word, not by standing there.
    worded = np.arange(len(some)) < len(some) - len(whats[-1][1])
    found = []
    for k, (code, where) in enumerate(
        ((climbs, above), (parts * 2 + close, linked), (parts, linked), (ahead, amid), (nothing, both))
    ):
        inside = (where[some] & worded if where is amid else where[some]).nonzero()[0]
        at = some[inside]
        name = called[inside] + (k << SHIFT + CODES) + (code[at] << SHIFT)
        found.append((number[at], name, np.ones(len(at), np.float32)))
    # Where the target stands as the holder sees it, and of what kinds they are.
    kinds = np.array([_KIND[s.kind] for s in spots])
    at = of.starts[holder] + of.heads[target] - of.word[of.starts[holder]]
    views = (
        (np.minimum(of.up[at], 4) * 5 + np.minimum(of.down[at], 4)) * 4096 + of.rises[at] * 64 + of.falls[at],
        np.sign(of.away[at]) * far_class(np.abs(of.away[at])) + 8,
        kinds[holder] * 8 + kinds[target],
    )
    for k, code in enumerate(views, template + 30):
        found.append((np.arange(len(pairs)), (k << SHIFT + CODES) | code, np.ones(len(pairs), np.float32)))
    return joined(found)


@cache
def _weighings() -> tuple[Floats, Floats, Floats, Floats]:
    """The columns of ``sights`` by where a word stands (``away`` + ``FAR``), by role, by way and by relation."""
    far = np.abs(np.arange(-FAR, FAR + 1))
    near = np.exp(far / np.float32(-4))
    left = np.arange(len(far)) < FAR
    by_away = np.stack([far == 0, far >= 0, near, near * left, near * ~left, far <= 3, far <= 8], 1)
    part, via = np.divmod(np.arange(-1, 3 * len(ROLES)), 3)
    of_part = part[:, None] == np.arange(len(ROLES))
    by_role = np.hstack([of_part / (1 + via[:, None]), of_part & (via[:, None] == 0)])
    up, down = np.divmod(np.arange((STEPS + 1) ** 2), STEPS + 1)
    by_way = np.stack(
        [
            *((down == 0) & (up == k) for k in (1, 2, 3)),
            *((up == a) & (down == b) for a, b in ((0, 1), (0, 2), (1, 1), (1, 2), (2, 1), (2, 2))),
            *(up + down <= k for k in (2, 4)),
        ],
        1,
    )
    by_relation = np.arange(len(RELATIONS) + 1)[:, None] == [_RELATION[name] for name in GOVERNED]
    return (
        by_away.astype(np.float32), by_role.astype(np.float32), by_way.astype(np.float32),
        by_relation.astype(np.float32),
    )  # fmt: skip


def sights(seen: Words, of: Bearings) -> Floats:
    """(m, sights): how much each word counts in each weighing; a negated word counts against."""
    by_away, by_role, by_way, by_relation = _weighings()
    sign = seen.sign[of.word]
    outside = (of.away != 0) * sign
    counted = outside * seen.content[of.word]
    high = (of.down == 0) & (of.up > 0) & (of.up <= 2)
    parts = (
        by_away.take(of.away + FAR, axis=0, mode="clip"), by_role[of.role], by_way[of.up * (STEPS + 1) + of.down],
        by_relation[of.rises * high],
    )  # fmt: skip
    out: Floats = np.hstack(parts)
    out *= np.stack([sign, counted, outside], 1).take(_COUNTED, axis=1)
    return out
