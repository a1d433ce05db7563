"""Frames of a cue with what something is taken for: «расценил визит как уступку», «видит в отставке сигнал»."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..tokens import Token
from . import kinds
from .agreement import fits
from .assertions import can_speak, found, segment, speaker
from .clauses import COMMA, RELATIVE, Grammar, is_finite, token_at
from .cues import Cue, plain, word_set
from .extents import clause_end, next_clause, phrase_end
from .found import Found, Span
from .mentions import NEVER_PLACES, agrees, place
from .quotedwords import INSTRUMENTAL

ACTS = word_set("acts")
VIEWS = frozenset({"as", "question"})
"""Rules of what is seen and wondered rather than said."""
POINTING = frozenset({"он", "она", "они", "это", "тот"})
NAMES = frozenset({"назвать", "называть"})
TEXTS = frozenset({"document", "media"})


def as_(g: Grammar, cue: Token, entry: Cue, asides: list[Span]) -> Found | None:
    """«Политолог расценил визит как уступку.» · «В столице рассматривают это в качестве угрозы.»"""
    tokens, last = g.tokens, g.last_word(cue.i)
    near = range(cue.i + 1, min(last, cue.i + 20))
    how = next((i for i in near if plain(tokens[i].text) in {"как", "качестве"}), None)
    if how is None or cue.feats.get("Voice") == "Pass" or tokens[how - 1].text == ":":
        return None
    conjunction = tokens[how - 1].text in COMMA or plain(tokens[how - 1].text) == "так"
    between = tokens[cue.i + 1 : how]
    if (conjunction and sum(t.text in COMMA for t in between) < 2) or any(is_finite(t) for t in between):
        return None
    source = speaker(g, cue.i, segment(g, cue.i), cue.i)
    if source is None or not (source.place or fits(g, cue, source.head)):
        return None
    likeness = how if plain(tokens[how].text) == "как" else how - 1
    things = [k for k in tokens[cue.i].children if k < how and tokens[k].rel.startswith("obj")]
    behind = min((g.left[k] for k in things if k > cue.i), default=None)
    before = next((k for k in things if k < cue.i and not any(t.text in COMMA for t in tokens[k : cue.i])), None)
    which = before is not None and plain(tokens[before].lemma) == "который"
    first = how + 1 if which or (behind is None and before is None) else max(behind or likeness, cue.i + 1)
    head = tokens[how].head if likeness == how or tokens[how].rel == "fixed" else how
    stop = max(phrase_end(g, head, last) if head >= how else last, how + 2)
    end = min(stop, clause_end(g, first, cue.i, asides))
    if g.quoted_at(how + 1):  # «обвинения как «голословные»», wherever the tree hangs them
        end = max(end, token_at(g, g.quotations[g.inside[how + 2]].stop))
    elif [plain(t.text) for t in tokens[end : end + 3]] == [",", "а", "как"]:  # «не как угрозу, а как приглашение»
        end = phrase_end(g, tokens[end + 2].head, last) if tokens[end + 2].head > end else end
    content = [g.span(first, next_clause(g, cue, first, end))]
    if before is not None and not which:  # «Визит столица расценила как уступку»
        content.insert(0, _before(g, before, cue.i, source.first))
    spans = [s for s in content if s]
    return found(g, "as", cue, spans, source, entry, 0.7) if spans else None


def _before(g: Grammar, thing: int, cue: int, source: int) -> Span | None:
    """The phrase of ``thing``, which stands before ``cue``, without the source behind it."""
    return g.span(g.left[thing], min(g.right[thing] + 1, source if thing < source < cue else cue))


def seen(g: Grammar, cue: Token, entry: Cue, asides: list[Span]) -> Found | None:
    """«Эксперт видит в отставке сигнал соседям.» · «Сигнал соседям видят в этом обозреватели.»"""
    tokens = g.tokens
    source = speaker(g, cue.i, segment(g, cue.i), cue.i)
    if source is None or not is_finite(cue) or cue.feats.get("Voice") in {"Pass", "Mid"}:
        return None
    where = next((k for k in tokens[cue.i].children if k != source.head and _wherein(g, k)), None)
    thing = _seen_thing(g, cue, where) if where is not None else None
    if where is None or thing is None or source.head == thing:
        return None
    pointing = plain(tokens[where].lemma) in POINTING or any(tokens[k].pos == "DET" for k in tokens[where].children)
    if plain(cue.lemma) == "видеть" and cue.feats.get("Tense") != "Pres" and not pointing:
        return None  # «видел в магазине соседа»
    content = [_before(g, k, cue.i, source.first) for k in sorted((where, thing)) if k < cue.i]
    behind = [k for k in (where, thing) if k > cue.i]
    if behind:
        first, stop = min(g.left[k] for k in behind), max(g.right[k] for k in behind) + 1
        content.append(g.span(first, next_clause(g, cue, first, min(stop, clause_end(g, first, cue.i, asides)))))
    return found(g, "as", cue, [s for s in content if s], source, entry, 0.65)


def _wherein(g: Grammar, i: int) -> bool:
    """«в отставке», «в этом», not «в июне» nor «в котором»."""
    token = g.tokens[i]
    within = token.feats.get("Case") == "Loc" and plain(g.tokens[g.left[i]].text) in {"в", "во"}
    lemma = plain(token.lemma)
    return within and lemma != "который" and (lemma in POINTING or lemma not in NEVER_PLACES)


def _seen_thing(g: Grammar, cue: Token, where: int) -> int | None:
    """The object of ``cue``, or the accusative behind «в этом решении», wherever the tree hangs it."""
    tokens = g.tokens
    thing = next((k.i for k in g.children(cue.i, "obj") if k.pos == "NOUN"), None)
    if thing is not None:
        return thing
    behind = range(g.right[where] + 1, g.last_word(cue.i))
    after = next((k for k in behind if tokens[k].pos not in {"ADJ", "DET", "ADV", "PART"}), cue.i)
    return after if tokens[after].pos == "NOUN" and tokens[after].feats.get("Case") == "Acc" else None


WAYS = word_set("ways")
"""How something is explained, not by what; and what somebody has tied to something."""


def explained(g: Grammar, cue: Token, entry: Cue, asides: list[Span]) -> Found | None:
    """«Посольство объясняет разницу ошибкой.» · «Рост цен министр объяснил засухой.»"""
    tokens = g.tokens
    if not is_finite(cue) or cue.feats.get("Voice") in {"Pass", "Mid"}:
        return None
    thing = next((k.i for k in g.children(cue.i, "obj") if k.feats.get("Case") in {"Acc", "Nom"}), None)
    if thing is None or plain(tokens[thing].lemma) in WAYS:
        return None
    source = speaker(g, cue.i, segment(g, cue.i), cue.i)
    if source is not None and g.is_under(source.head, thing):
        source = place(g, cue.i, segment(g, cue.i), cue.i)
    if source is None or source.head == thing or not (source.place or can_speak(g, source)):
        return None
    near = (*tokens[cue.i].children, *range(thing, g.right[thing] + 1))  # «объясняют задержку нехваткой бланков»
    why = next((k for k in near if k > cue.i and k != thing and _cause(g, k)), None)
    if why is None:
        return None
    behind = [k for k in (thing, why) if k > cue.i]
    first = min(g.left[k] for k in behind)
    stop = min(max(g.right[k] for k in behind) + 1, clause_end(g, first, cue.i, asides))
    content = [g.span(first, next_clause(g, cue, first, stop))]
    if thing < cue.i and plain(tokens[thing].lemma) not in RELATIVE:
        content.insert(0, _before(g, thing, cue.i, source.first))
    spans = [s for s in content if s]
    return found(g, "small", cue, spans, source, entry, 0.65) if spans else None


def _cause(g: Grammar, i: int) -> bool:
    """«ошибкой»: what somebody puts something down to."""
    token = g.tokens[i]
    noun = token.pos in {"NOUN", "PROPN"} and plain(token.lemma) not in WAYS
    return noun and token.feats.get("Case") == "Ins" and not any(g.tokens[k].rel == "case" for k in token.children)


def named_in(g: Grammar, cue: Token, entry: Cue, asides: list[Span]) -> Found | None:
    """«В докладе института рынок назван перегретым.»: what a text calls something, in the passive."""
    tokens = g.tokens
    if cue.feats.get("Voice") != "Pass" or not is_finite(cue) or plain(cue.lemma) in ACTS:
        return None
    source = place(g, cue.i, g.sentence(cue.i).first, g.last_word(cue.i))
    thing = next((k for k in g.children(cue.i, "nsubj") if not _parted(g, k.i, cue.i)), None)
    thing = thing or next(
        (t for t in tokens[cue.i - 1 : cue.i] if t.feats.get("Case") == "Nom" and agrees(cue, t)), None
    )
    if source is not None and thing is not None and source.first < thing.i == source.last - 1:
        source = replace(source, last=thing.i)  # «В докладе института рынок назван …»: the tree took it for whose
    if source is None or thing is None or kinds.of_noun(plain(tokens[source.head].lemma)) not in TEXTS:
        return None
    verdict = next((k for k in tokens[cue.i].children if k != source.head and _verdict(g, k)), None)
    if verdict is None:
        return None
    if verdict < cue.i < thing.i:  # «В докладе главной угрозой названа засуха»
        end = next_clause(g, cue, thing.i, min(g.right[thing.i] + 1, clause_end(g, thing.i, cue.i, asides)))
        content = [g.span(g.left[verdict], g.right[verdict] + 1), g.span(g.left[thing.i], end)]
        return found(g, "small", cue, [s for s in content if s], source, entry, 0.7)
    end = next_clause(g, cue, verdict, clause_end(g, verdict, cue.i, asides))
    content = [g.span(g.left[thing.i], g.right[thing.i] + 1), g.span(max(g.left[verdict], cue.i + 1), end)]
    if plain(thing.lemma) in RELATIVE or verdict < cue.i:
        content = content[1:]
    return found(g, "small", cue, [s for s in content if s], source, entry, 0.7)


def _parted(g: Grammar, i: int, cue: int) -> bool:
    """«Соседи рады: в докладе рынок назван …»: whether a colon or a verb parts a noun from its verb."""
    return any(t.text == ":" or is_finite(t) for t in g.tokens[i + 1 : cue])


def named_among(g: Grammar, cue: Token, entry: Cue, asides: list[Span]) -> Found | None:
    """«Среди причин спада эксперт назвал пошлины.» · «В числе угроз доклад называет засуху.»"""
    tokens, first = g.tokens, segment(g, cue.i)
    opening = [plain(t.text) for t in tokens[first : first + 2]]
    thing = next((k for k in g.children(cue.i, "obj") if k.i > cue.i), None)
    if not (opening[:1] == ["среди"] or opening == ["в", "числе"]) or thing is None or plain(cue.lemma) not in NAMES:
        return None
    source = speaker(g, cue.i, first + len(opening), cue.i)
    if source is None or not (source.place or fits(g, cue, source.head)):
        return None  # «его называли в числе призёров»
    end = next_clause(g, cue, thing.i, min(g.right[thing.i] + 1, clause_end(g, thing.i, cue.i, asides)))
    among = g.span(first, source.first if first < source.first < cue.i else cue.i)
    spans = [s for s in (among, g.span(g.left[thing.i], end)) if s]
    return found(g, "small", cue, spans, source, entry, 0.65)


def _verdict(g: Grammar, i: int) -> bool:
    """A word in the instrumental, as the tagger or, of the unknown, its ending has it; no name."""
    token = g.tokens[i]
    tagged = token.feats.get("Case") == "Ins" and token.pos in {"NOUN", "ADJ", "VERB"}
    return tagged or (token.rel == "xcomp" and token.text.endswith(INSTRUMENTAL) and token.pos != "PROPN")


def uttered(g: Grammar, found: Sequence[Found]) -> list[Found]:
    """``found`` without what is seen or wondered, in no words of its own, within the words of another."""
    return [f for f in found if f.rule not in VIEWS or not any(_told_in(g, f, other) for other in found)]


def _told_in(g: Grammar, view: Found, other: Found) -> bool:
    if other is view or view.cue is None or not any(a <= view.cue[0] and view.cue[1] <= b for a, b in other.content):
        return False
    quoted = any(g.quoted_at(k) for a, b in view.content for k in range(token_at(g, a), token_at(g, b)))
    return not quoted or view.cue[0] == other.content[0][0]
