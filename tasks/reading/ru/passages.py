"""What lies beyond one clause: «об этом сообщил…», «со ссылкой на…», words that go on without a cue of their own."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from ..tokens import Sentence, Token
from . import according, quoting, speech
from .assertions import speaker, speaks
from .clauses import Grammar, is_finite, token_at
from .cues import Cue, Status, lexicon, plain, word_set
from .found import Found, Span
from .frames import EXPECTING
from .mentions import Mention, following, phrase, possessor, subject

SUCH = word_set("such")
SO = word_set("so")
SAYING = frozenset({"говорить", "писать", "сообщать", "утверждать"})
COMMENTS = word_set("comments")
DENYING = frozenset({"отрицать", "опровергать", "опровергнуть", "подтверждать", "подтвердить"})
THIS = frozenset({"подтвердить", "подтверждать", "сообщить", "заявить", "рассказать", "сказать"})
"""Verbs of «Это сообщил тренер»."""
SUCH_IS = frozenset({"таков", "такова", "таково", "таковы"})
HAPPENED = ("случивш", "произошедш", "происшедш", "происшеств", "инцидент")
NEAR = 900
"""Code points between words and a quotation without a cue, at most, for it to be of the same source."""
ASKED = 6
"""Lines of a question, at most, that an answer in quotation marks looks back over."""
EMPTY = 2
"""Line breaks between a colon and the words that it sets apart, at most: where there are more, a box was dropped."""


def entry(g: Grammar, token: Token, lemma: str) -> Cue | None:
    """«выразил надежду, что…», «пришёл к выводу, что…», «дал понять, что…»: a verb that attributes with its noun."""
    words = lexicon()
    if lemma in words.reflexive:
        return Cue(frozenset({"that", "about"}), "says")
    known = words.phrases.get(lemma)
    if known is None:
        return None
    nouns, status = known
    for k in range(token.i + 1, min(token.i + 8, g.sentence(token.i).last)):
        if plain(g.tokens[k].lemma) in nouns:
            return Cue(frozenset({"question"} if status == "asks" else {"that", "wish", "phrase"}), status)
        if is_finite(g.tokens[k]):
            return None
    return None


def reaching_back(g: Grammar, found: Sequence[Found], body: Sequence[Sentence]) -> list[Found]:
    """«… Об этом сообщил министр.» · «… С таким заявлением выступил посол.» take the sentence before them."""
    out: list[Found] = []
    by_sentence: dict[int, list[Found]] = {}
    for f in found:
        by_sentence.setdefault(g.tokens[f.at].sentence, []).append(f)
    for before, sentence in pairwise(body):
        tokens = g.tokens[sentence.first : sentence.last]
        verb = _points_back(g, tokens)
        if verb is None:
            continue
        span = g.span(before.first, before.last)
        if span is None:
            continue
        if verb.pos == "NOUN":
            source = possessor(g, verb.i)  # «Таковы данные опроса.»
        else:
            source = speaker(g, verb.i, sentence.first, sentence.last) or following(g, verb.i, sentence.last)
        denying = plain(verb.lemma) in DENYING
        so = plain(tokens[0].text) == "так"
        content = None if so else _pointed_at(g, before, None if denying else source, by_sentence)
        content = content or [span]
        status = lexicon().verbs[plain(verb.lemma)].status if denying else "says"
        out.append(Found("reaching back", verb.i, content, (verb.start, verb.stop), source, status, 0.85,
                         impersonal=source is None))  # fmt: skip
        for f in by_sentence.get(tokens[0].sentence, []):
            if f.rule in {"aside", "like"} and f.at != verb.i:
                f.content.insert(0, span)  # «Об этом сообщил министр, пишет «Заря»»: «Заря» says both
    return out


def _pointed_at(
    g: Grammar, before: Sentence, source: Mention | None, by_sentence: dict[int, list[Found]]
) -> list[Span] | None:
    """«Политик убеждён, что враг уйдёт. Об этом Иванов сказал в интервью»: a person says what a person is said to say.

    None where the whole sentence is meant: an outlet reports it, or nobody is said to have said it. Whoever denies
    (``source`` None) denies the words, and not that they were said.
    """
    if source is not None and not _personal(g, source):
        return None
    end = g.last_word(before.first)
    for f in by_sentence.get(g.tokens[before.first].sentence, []):
        main = f.rule in {"that", "wish", "to", "ask", "colon"} and g.tokens[f.at].rel in {"root", "conj"}
        main = main and plain(g.tokens[f.at].lemma) not in EXPECTING  # «не верит, что…» is what is told
        somebody = f.source is not None and (source is None or _personal(g, f.source))
        if main and somebody and f.content[-1][1] >= g.tokens[end - 1].stop:
            return list(f.content)
    return None


def _personal(g: Grammar, source: Mention) -> bool:
    head = g.tokens[source.head]
    named = next(g.names_from(source.first), None)
    person = named is not None and named.kind == "PER" and named.first < source.last
    return person or head.pos == "PRON" or head.feats.get("Animacy") == "Anim"


def _points_back(g: Grammar, tokens: Sequence[Token]) -> Token | None:
    """The cue of a sentence that says who said what stands before it."""
    if not tokens:
        return None
    words = [plain(t.text) for t in tokens[:8]]
    lexis = lexicon()
    this = words.index("этом") if "этом" in words[:5] else -1
    if (
        this > 0
        and words[this - 1] in {"об", "о"}
        and tokens[min(this + 1, len(tokens) - 1)].feats.get("Case") != "Loc"
    ):
        for t in tokens[:40]:
            lemma = plain(t.lemma) if is_finite(t) else ""
            if (lemma in lexis.verbs or lemma in lexis.reflexive) and speaks(g, t):
                if any(plain(x.text) == "что" for x in tokens[t.i - tokens[0].i : t.i - tokens[0].i + 6]):
                    return None
                return t
    if words[0] in SUCH_IS and len(tokens) > 2 and tokens[1].pos == "NOUN":
        return tokens[1] if plain(tokens[1].lemma) in lexis.nouns | COMMENTS and tokens[-1].text != ":" else None
    if words[0] in {"о", "об"} and words[1:2] and (words[1] in {"его", "ее", "их"} or words[1].startswith(HAPPENED)):
        verb = next((t for t in tokens[2:12] if is_finite(t)), None)  # «О его смерти сообщила дочь»
        known = lexis.verbs.get(plain(verb.lemma)) if verb is not None and speaks(g, verb) else None
        if known is not None and "about" in known.frames and "что" not in words:
            return verb
    if len(tokens) > 2 and words[0] in {"это", "так"} and words[1] != ",":
        pointing = THIS if words[0] == "это" else SO
        verb = next((t for t in tokens[1 : 3 if words[0] == "это" else 6] if is_finite(t)), None)
        if verb is not None and words[0] == "так" and plain(verb.lemma) in SAYING and verb.i != tokens[1].i:
            return None  # «Так, …»: for instance
        if verb is not None and plain(verb.lemma) in pointing and speaks(g, verb):
            return verb
    if "это" in words and len(tokens) < 12:  # «В самой компании это отрицают.»
        at = words.index("это")
        for t in (*tokens[at + 1 : at + 2], *tokens[max(at - 1, 0) : at]):
            if is_finite(t) and plain(t.lemma) in DENYING:
                return t if speaks(g, t) else None
    such = next((t for t in tokens[:3] if plain(t.lemma) in SUCH), None)
    ahead = tokens[-1].text == ":" or (
        such is not None and plain(g.tokens[such.i - 1].text) in {"по", "в", "при", "за"}
    )
    if such is not None and such.i + 1 <= tokens[-1].i and not ahead:
        noun = g.tokens[such.i + 1]
        if plain(noun.lemma) in lexis.nouns | COMMENTS and noun.pos == "NOUN":
            verb = next((t for t in tokens[:12] if is_finite(t)), None)
            making = lexis.verbs.keys() | lexis.phrases.keys() | {"выступить", "поделиться"}
            if verb is not None and plain(verb.lemma) in making and speaks(g, verb):
                return verb
    return None


def referenced(g: Grammar, found: Sequence[Found], body: Sequence[Sentence]) -> list[Found]:
    """«…, пишет «Заря» со ссылкой на полицию.»: what «Заря» says, the police say."""
    out: list[Found] = []
    text = g.parse.text.lower()
    if "ссылкой" not in text and "ссылаясь" not in text:
        return out
    by_sentence: dict[int, list[Found]] = {}
    for f in found:
        by_sentence.setdefault(g.tokens[f.at].sentence, []).append(f)
    for sentence in body:
        hosts = by_sentence.get(g.tokens[sentence.first].sentence) if sentence.first < sentence.last else None
        if not hosts:
            continue
        for t in g.tokens[sentence.first : sentence.last - 2]:
            lower = plain(t.text)
            to = g.tokens[t.i + 1]
            if plain(to.text) != "на" or lower not in {"ссылкой", "ссылаясь"}:
                continue
            first = t.i - 1 if lower == "ссылкой" and t.i and plain(g.tokens[t.i - 1].text) == "со" else t.i
            # The nearest cue before the reference, else the first after it, has the words.
            host = max((f for f in hosts if f.at < first), key=lambda f: f.at, default=None) or _widest(hosts)
            inside = any(a <= t.start < b for a, b in host.content)
            if inside:
                host = next((f for f in hosts if not any(a <= t.start < b for a, b in f.content)), None) or host
                if any(a <= t.start < b for a, b in host.content):
                    continue
            head = next((k for k in range(t.i + 2, min(sentence.last, t.i + 9))
                         if g.tokens[k].pos in {"NOUN", "PROPN", "X", "PRON"}), None)  # fmt: skip
            if head is None or plain(g.tokens[head].text) == "то":  # «ссылаясь на то, что…» is a clause's cue
                continue
            while (
                g.tokens[head].head > t.i + 1
                and g.tokens[head].head < sentence.last
                and not is_finite(g.tokens[g.tokens[head].head])
            ):
                head = g.tokens[head].head
            source = phrase(g, head)
            source = Mention(max(source.first, t.i + 2), max(source.last, head + 1), head)
            cue = (g.tokens[first].start, to.stop)
            out.append(Found("reference", t.i, list(host.content), cue, source, host.status, 0.8))
    return out


def _widest(found: Sequence[Found]) -> Found:
    """The attribution that has most words."""
    return max(found, key=lambda f: sum(b - a for a, b in f.content))


def introduced(g: Grammar, paragraphs: Sequence[Span]) -> list[Found]:
    """A paragraph that ends in «Министр сказал:» and the next one, which holds what was said without marks."""
    out: list[Found] = []
    text = g.parse.text
    for number, ((start, stop), (begin, end)) in enumerate(pairwise(paragraphs), 2):
        if text[stop - 1] != ":" or text[begin] in '«"„“•*' or text.count("\n", stop, begin) > EMPTY:
            continue
        dashed = text[begin] in "-–—―" and text[begin + 1 : begin + 2].isspace()
        if text[begin] in "-–—―" and not dashed:
            continue
        mark = token_at(g, stop - 1)
        if mark >= len(g.tokens) or mark == 0 or g.tokens[mark].start >= stop or g.tokens[mark - 1].start < start:
            continue
        known = _introducer(g, mark, token_at(g, begin), token_at(g, end), dashed=dashed)
        if known is None:
            continue
        cue, source, status = known
        spans = [speech.trimmed(text, (begin + dashed, end))]
        for k in range(number, len(paragraphs)):  # lines of the same block that speak of themselves
            a, b = paragraphs[k]
            if (
                text.count("\n", spans[-1][1], a) > 1
                or text[b - 1] == ":"
                or not _own(g, token_at(g, a), token_at(g, b))
            ):
                break
            spans.append(speech.trimmed(text, (a, b)))
        start, stop = spans[-1]
        if stop > start and text[stop - 1] == "." and text[stop - 2 : stop] != "..":
            spans[-1] = (start, stop - 1)
        at = cue[0] if cue is not None else mark
        where = (g.tokens[cue[0]].start, g.tokens[cue[1] - 1].stop) if cue is not None else None
        out.append(Found("introduced", at, spans, where, source, status, 0.85, kind="direct"))
    return out


def _introducer(
    g: Grammar, mark: int, first: int, last: int, *, dashed: bool
) -> tuple[Span | None, Mention | None, Status] | None:
    """Cue (as tokens), source and status of the words ``[first, last)`` that the colon at ``mark`` sets apart."""
    known = quoting.introducer(g, mark)
    token, cue, source = known or (None, None, None)
    if token is not None and not dashed:
        if source is not None or (cue is not None and "that" in cue.frames):
            return (token.i, token.i + 1), source, cue.status if cue is not None else "says"
    elif token is None and source is not None and (dashed or _own(g, first, last)):
        return None, source, "says"  # a list is introduced by a name, too
    if dashed:
        return None
    sentence = g.sentence(mark - 1)
    for t in g.tokens[sentence.first : mark]:
        if plain(t.text) in {"по", "со", "с"}:  # «По словам мэра, было так:»
            aside = according.by_noun(g, sentence, t)
            if aside is not None and aside.source is not None:
                return (aside.cue_first, aside.cue_last), aside.source, aside.status
    verb = next((t for t in g.tokens[sentence.first : mark] if is_finite(t)), None)
    if verb is None or not _own(g, first, last):
        return None
    who = subject(g, verb.i)
    animate = who is not None and _personal(g, who)
    return (None, who, "says") if animate else None  # «Певица выложила снимок:» and what she says of herself


def _own(g: Grammar, first: int, last: int) -> bool:
    """Whether words outside quotation marks are somebody's of himself: «я», «мы», «наш», «думаю»."""
    return any(
        g.inside[t.i] < 0 and (plain(t.lemma) in {"я", "мы", "мой", "наш"} or t.feats.get("Person") == "1")
        for t in g.tokens[first:last]
    )


def uncued(
    g: Grammar, found: Sequence[Found], names: set[int], lines: Sequence[Span], paragraphs: Sequence[Span]
) -> list[Found]:
    """A quotation that is a sentence of its own, without a cue: whose, the sentence before it says.

    «Посол выразил протест. «Мы этого не забудем, и напоминать нам не придётся».» Of whoever spoke last, no paragraph
    between but a question, or of the person that the sentence before is about.
    """
    covered = sorted((a, b) for f in found for a, b in f.content)
    direct = sorted(a for f in found if f.kind == "direct" for a, _ in f.content)
    ends = sorted((f.content[-1][1], k) for k, f in enumerate(found) if f.rule != "turn")
    starts, opening = [p[0] for p in paragraphs], {line[0] for line in lines}
    text = g.parse.text
    out: list[Found] = []
    for number, q in enumerate(g.quotations):
        if q.depth or number in names or not speech.is_speech(g, q):
            continue
        start, stop = q.inner[0][0], q.inner[-1][1]
        k = bisect_left(covered, (start + 1, 0))
        if any(a <= start and stop <= b + 1 for a, b in covered[max(0, k - 12) : k]):
            continue
        if bisect_left(direct, start) < bisect_left(direct, stop):
            continue  # an interrupted quotation, read already
        before = text[max(0, q.start - 4) : q.start].rstrip()[-1:]
        long = speech.words(text[start:stop]) >= (3 if before == ":" else 5)
        if not long or not any(is_finite(g.tokens[i]) for i in quoting.inner_tokens(g, q)):
            continue
        after = text[q.stop : q.stop + 3].lstrip()[:1]
        own_end = text[stop - 1 : stop] in ".!?…" and (not after or after.isupper() or after in '—–-«\n"')
        here = bisect_left(starts, q.start + 1) - 1
        opens = q.start in opening
        if not (opens or before in {":", ".", "!", "?", "…", "»"}) or not (after in {".", "!", "?", "…"} or own_end):
            continue
        at = bisect_left(ends, (start, 0)) - 1
        last = found[ends[at][1]] if at >= 0 else None
        if out and (last is None or out[-1].content[-1][1] > last.content[-1][1]):
            last = out[-1]
        floor = here - 1
        if here > 0 and starts[here] == q.start and text[paragraphs[floor][1] - 1] == "?":  # an interviewer's lines
            while here - floor < ASKED and floor > 0 and text.count("\n", paragraphs[floor - 1][1], starts[floor]) == 1:
                floor -= 1
            floor -= 1
        spoke = last is not None and last.content[-1][1] >= max(starts[max(0, floor)], start - NEAR)
        who = _spoken_of(g, q.start, max(last.content[-1][1], (last.cue or (0, 0))[1]) if last is not None else 0)
        if who is None and not spoke:
            continue
        spans = [speech.trimmed(text, s) for s in q.inner]
        status = last.status if last is not None and who is None else "says"
        out.append(Found("uncued", token_at(g, start), spans, None, who, status, 0.6, kind="direct",
                         follows=(last and (last.follows or last)) if who is None else None))  # fmt: skip
    return out


def _spoken_of(g: Grammar, start: int, after: int) -> Mention | None:
    """The named person that the sentence before ``start`` is about: «Эксперт Глеб Носов скептичен. «…»».

    None where it begins before ``after``, as somebody's words or the cue of them stand in it.
    """
    i = token_at(g, start) - 1
    if i < 0:
        return None
    sentence = g.sentence(i)
    if sentence.first >= sentence.last or g.tokens[sentence.first].start < after:
        return None
    for token in g.tokens[sentence.first : sentence.last]:
        pronoun = plain(token.text) in {"он", "она"} and g.inside[token.i] < 0
        if pronoun and token.rel == "nsubj" and g.tokens[token.head].rel == "root":
            return Mention(token.i, token.i + 1, token.i)
        top = token.rel == "root" or (token.rel == "nsubj" and g.tokens[token.head].rel == "root")
        if top and token.pos in {"NOUN", "PROPN"} and token.feats.get("Case") == "Nom":
            who = phrase(g, token.i)
            names = [n for n in g.names_from(who.first) if n.kind == "PER" and n.last <= who.last]
            person = token.feats.get("Animacy") == "Anim" or any(n.first <= token.i < n.last for n in names)
            return who if names and person else None  # not «Подход Иванова отражает моду»
    return None


def allegedly(g: Grammar, found: Sequence[Found], body: Sequence[Sentence]) -> list[Found]:
    """«Болезнь якобы обнаружили осенью.»: somebody says so whom the article does not name."""
    if "якобы" not in g.parse.text.lower():
        return []
    covered = sorted((a, b) for f in found for a, b in f.content)
    out: list[Found] = []
    for sentence in body:
        for t in g.tokens[sentence.first : sentence.last]:
            if plain(t.text) != "якобы":
                continue
            k = bisect_left(covered, (t.start + 1, 0))
            if any(a <= t.start < b for a, b in covered[max(0, k - 12) : k]) or g.inside[t.i] >= 0:
                break
            if any(t.stop < a <= t.stop + 2 for a, _ in covered[k : k + 2]):
                break  # «Якобы столица готовится, передаёт «Заря»»: a cue has these words
            clause = g.clause_head(t.i)
            whole = g.tokens[clause].rel.split(":")[0] not in {"acl", "advcl", "ccomp"}
            start, stop = (sentence.first, sentence.last) if whole else (g.left[clause], g.right[clause] + 1)
            opener = next((k for k in range(t.i, start, -1) if plain(g.tokens[k].lemma) == "который"), start)
            start = opener  # whatever the tree hangs on the clause before its own first word
            span = g.span(start + (t.i == start), stop)
            if span is not None:
                out.append(Found("allegedly", t.i, [span], None, None, "claims", 0.6, impersonal=True))
            break
    return out
