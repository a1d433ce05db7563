"""Readings as one self-contained page of HTML: every statement in the colour of its source, every cut with its reason.

The page loads nothing, runs no script and forbids both by its Content-Security-Policy. Sources are told apart by a
number, a line style and a colour, so that no one of them is needed; the colours stay apart for the colour-blind.

The picture in README, of the sample article, is made by ::

    chancery read --html page.html
    chromium --headless --hide-scrollbars --window-size=1280,1340 --screenshot=page.png page.html
    pngquant 64 --output tasks/samples/page.png page.png
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from .markup import Mark, Node, clip, nest
from .reading.blocks import paragraphs
from .reading.record import READ_BLOCKS, Actor, Attribution, Block, Mention, Reading, Source, Span

COLOURS, LINES = 7, 4
"""How many colours and line styles page.css has; sources take both in turn, so 28 of them differ."""

EXCERPT = 96
"""Characters of a statement that the list of sources shows."""

BLOCK, PARAGRAPH, EVIDENCE, CONTENT, PARTS, ACTOR = range(6)
"""The levels of marks, outermost first."""

CUT = {
    "byline": "byline", "headlines": "headlines of other stories", "promo": "promotion", "caption": "caption",
    "comments": "comments", "other": "other",
}  # fmt: skip
FORMS = {
    "name": "by name", "adjective": "by adjective", "demonym": "by its people", "capital": "by its capital",
    "seat": "by its seat of power", "body": "by one of its bodies", "leader": "by its leader",
    "pronoun": "by a pronoun",
}  # fmt: skip
FLAGS = {
    "single-source": "all that is attributed comes from one source",
    "anonymous-source": "nobody answers by name for a source that it rests on",
    "no-source": "nothing is attributed to anyone",
    "attribution-stripped": "a repost that dropped the source of what it says",
}
LANGUAGES = {"ru": "Russian", "en": "English", "uk": "Ukrainian", "be": "Belarusian", "und": "language not told"}


@dataclass(frozen=True)
class Voice:
    """A source as the page shows it. ``source`` is None for what is said by nobody named."""

    anchor: str
    number: str
    style: str
    name: str
    about: str
    share: float | None = None
    source: Source | None = None


@dataclass(frozen=True)
class Statement:
    """An attribution as the page shows it; ``holder`` is the statement that passes this one on."""

    anchor: str
    said: Attribution
    voice: Voice
    excerpt: str
    cue: str | None
    holder: str | None


@dataclass(frozen=True)
class Place:
    """One way in which the text speaks of an actor: its words, how often, and the first place."""

    anchor: str
    words: str
    form: str
    times: int


@dataclass(frozen=True)
class Person:
    """An actor as the page shows it."""

    anchor: str
    actor: Actor
    label: str
    places: list[Place]


@dataclass(frozen=True)
class Section:
    """Blocks that stand together: those that were cut have their ``kind`` and the reasons, the others None."""

    cut: str | None
    whys: list[str]
    nodes: list[Node | str]


@dataclass(frozen=True)
class Segment:
    """A part of the bar: ``start`` and ``share`` are fractions of its width."""

    start: float
    share: float
    number: str
    style: str
    name: str
    about: str
    anchor: str | None


def render(readings: Sequence[Reading]) -> str:
    """One page of HTML with all the readings, in their order."""
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    articles = [Article(reading, f"r{n}") for n, reading in enumerate(readings, 1)]
    return _template().render(articles=articles, style=Markup(style), style_hash=digest)  # noqa: S704 - our own file


class Article:
    """All that the page says of one reading, under anchors that begin with ``key``."""

    def __init__(self, reading: Reading, key: str) -> None:
        self.reading, self.key = reading, key
        self.text = reading.document.text
        self.language = LANGUAGES.get(reading.language.code, reading.language.code)
        self.lang = "" if reading.language.code == "und" else reading.language.code
        self.nodes = nest(self.text, self._marks())
        first = self.nodes[0] if self.nodes else None
        self.head = first if isinstance(first, Node) and first.mark.of.kind == "title" else None
        self.body = list(self._sections(self.nodes[1:] if self.head else self.nodes))
        self.title, self.untitled = self._title()
        self.trouble = {stage: how for stage, how in reading.stages.items() if how.startswith("failed")}
        self.skipped = {stage: how for stage, how in reading.stages.items() if how.startswith("skipped")}

    def _title(self) -> tuple[str, bool]:
        """The title, and whether it is only the beginning of a text that has none."""
        titles = (self.text[slice(*b.span)] for b in self.reading.blocks if b.kind == "title")
        known = _excerpt(self.reading.document.title or next(titles, ""), 2 * EXCERPT)
        return known or _excerpt(self.text) or "Untitled", not known

    def _sections(self, nodes: Sequence[Node | str]) -> Iterator[Section]:
        """What is read block by block, and what was cut with its neighbours of the same kind."""

        def kind(node: Node | str) -> str | None:
            if isinstance(node, str) or self.text[node.start : node.end].isspace():
                return None
            block: Block = node.mark.of
            return block.kind if block.kind not in READ_BLOCKS else None

        for cut, group in groupby(nodes, kind):
            parts = list(group)
            whys = [node.mark.of.why for node in parts if isinstance(node, Node)] if cut else []
            yield Section(cut, list(dict.fromkeys(why for why in whys if why)), parts)

    # -- who speaks

    @cached_property
    def voices(self) -> dict[str | None, Voice]:
        """By id of the source, with None for statements without one."""
        shares, actors = self.reading.provenance.shares, {actor.id: actor for actor in self.reading.actors}
        voices: dict[str | None, Voice] = {}
        for n, source in enumerate(self.reading.sources):
            voices[source.id] = Voice(
                f"{self.key}-source{n + 1}", str(n + 1), f"c{n % COLOURS} l{n % LINES}",
                self.reading.called(source),
                _about(source, actors.get(source.actor or "")), shares.get(source.id), source,
            )  # fmt: skip
        if any(said.source not in voices for said in self.reading.attributions):
            voices[None] = Voice(f"{self.key}-source0", "?", "nobody", "No source named", "")
        return voices

    @cached_property
    def statements(self) -> dict[str, Statement]:
        """By id of the attribution."""
        anchors = {said.id: f"{self.key}-said{n}" for n, said in enumerate(self.reading.attributions, 1)}
        return {
            said.id: Statement(
                anchors[said.id], said, self.voices.get(said.source) or self.voices[None],
                _excerpt(self._words(said.content)), self._words([said.cue]) if said.cue else None,
                said.within if said.within in anchors else None,
            )
            for said in self.reading.attributions
        }  # fmt: skip

    def statements_of(self, voice: Voice) -> list[Statement]:
        """What one source says, in the order of the article."""
        return [statement for statement in self.statements.values() if statement.voice is voice]

    def chain(self, attribution: str | None) -> list[Statement]:
        """A statement and those that pass it on, from the innermost to the outermost."""
        links: list[Statement] = []
        while (link := self.statements.get(attribution or "")) and link not in links:
            links.append(link)
            attribution = link.holder
        return links

    @cached_property
    def bar(self) -> list[Segment]:
        """Whose word the article rests on: the largest share first, the article's own voice last."""
        weights, segments, start = self.reading.provenance, [], 0.0
        for source, share in sorted(weights.shares.items(), key=lambda item: -item[1]):
            voice = self.voices.get(source) or Voice("", "?", "nobody", source, "")
            segments.append(
                Segment(start, share, voice.number, voice.style, voice.name, voice.about, voice.anchor or None)
            )
            start += share
        if weights.own_voice or not segments:
            segments.append(Segment(start, weights.own_voice, "", "own", "the article’s own voice", "", None))
        return segments

    # -- who is spoken of

    @cached_property
    def actors(self) -> dict[str, Person]:
        """By id, those most spoken of first."""
        ranked = sorted(self.reading.actors, key=lambda a: (-len(a.mentions), a.id))
        return {actor.id: self._person(f"{self.key}-actor{n}", actor) for n, actor in enumerate(ranked, 1)}

    def _person(self, anchor: str, actor: Actor) -> Person:
        seen = Counter((" ".join(m.text.split()), m.as_) for m in actor.mentions)
        first: dict[tuple[str, str], int] = {}
        for n, mention in enumerate(actor.mentions, 1):
            first.setdefault((" ".join(mention.text.split()), mention.as_), n)
        places = [Place(f"{anchor}-{first[key]}", *key, times) for key, times in seen.most_common()]
        return Person(anchor, actor, actor.name.en or actor.name.ru or actor.id, places)

    def short(self, actor: str) -> str:
        """An actor as a party to an event: the code of a state or bloc, anyone else's name."""
        person = self.actors.get(actor)
        return person.label if person and person.actor.kind not in ("state", "bloc") else actor

    # -- what is marked

    def _marks(self) -> Iterator[Mark]:
        """Blocks, the paragraphs in them (a line may run over their edge) and what is marked in those."""
        lines, frames = paragraphs(self.text), []
        for block in self.reading.blocks or [Block(span=(0, len(self.text)), kind="body")]:
            whole = Mark(*block.span, (BLOCK,), "block", block)
            yield whole
            for piece in clip(whole, lines):
                frames.append((piece.start, piece.end))
                if block.kind != "title":
                    yield Mark(piece.start, piece.end, (PARAGRAPH,), "paragraph")
        for mark in self._inline():
            yield from clip(mark, frames)

    def _inline(self) -> Iterator[Mark]:
        # One cue or mention may serve several statements of its source: it is marked once.
        parts: dict[tuple[str, Span, str], Voice] = {}
        for statement in self.statements.values():
            said, voice, depth = statement.said, statement.voice, len(self.chain(statement.said.id))
            for n, span in enumerate(said.content):
                yield Mark(*span, (CONTENT, depth), "content", statement, opens=n == 0)
            parts |= {(kind, s, voice.anchor): voice for kind, s in (("cue", said.cue), ("who", said.source_span)) if s}
        for (kind, span, _), voice in parts.items():
            yield Mark(*span, (PARTS,), kind, voice)
        for person in self.actors.values():
            for n, mention in enumerate(person.actor.mentions, 1):
                yield Mark(*mention.span, (ACTOR,), "actor", (person, mention, f"{person.anchor}-{n}"))
        evidence = [(f"{self.key}-event{n}", event.evidence) for n, event in enumerate(self.reading.events, 1)]
        evidence += [(f"{self.key}-attitude{n}", one.evidence) for n, one in enumerate(self.reading.attitudes, 1)]
        for anchor, spans in evidence:
            for n, (start, end) in enumerate(spans):
                yield Mark(start, end, (EVIDENCE,), "evidence", anchor, opens=n == 0)

    def _words(self, spans: Sequence[Span]) -> str:
        return " … ".join(" ".join(self.text[start:end].split()) for start, end in spans)

    def excerpt(self, spans: Sequence[Span]) -> str:
        """The words of the text at ``spans``, on one line and not too many."""
        return _excerpt(self._words(spans))


def _excerpt(words: str, limit: int = EXCERPT) -> str:
    words = " ".join(words.split())
    return words if len(words) <= limit else words[: limit - 1].rstrip(" ,.;:—–-") + "…"


def _about(source: Source, actor: Actor | None) -> str:
    """What a source is: ``anonymous Telegram channel``, ``official, speaks for AZE``."""
    state = actor and (actor.id if actor.kind in ("state", "bloc") else actor.state)
    kind = "" if source.name == "UNNAMED" else source.kind.replace("_", " ")
    words = ["anonymous" if source.anonymous else "", (source.platform or "").capitalize(), kind]
    about = [" ".join(word for word in words if word), f"speaks for {state}" if state else ""]
    return ", ".join(part for part in about if part)


# -- what the template asks for


def _exact(words: str) -> Markup:
    """Text that a parser of HTML gives back as it was: it would turn a raw return into a newline and drop a NUL."""
    return Markup(str(escape(words)).replace("\r", "&#13;").replace("\0", "\ufffd"))  # noqa: S704 - escaped


def _percent(share: float) -> str:
    return "<1 %" if 0 < share < 0.005 else f"{share:.0%}".replace("%", " %")


def _moment(when: datetime) -> str:
    return f"{when.day} {when:%B %Y, %H:%M %Z}"


def _described(person: Person, mention: Mention) -> str:
    """What a mention means: ``Kazakhstan (KAZ), by its capital``."""
    code = f" ({person.actor.id})" if person.actor.kind in ("state", "bloc") else f", {person.actor.kind}"
    others = f"; may also mean {', '.join(mention.alternatives)}" if mention.alternatives else ""
    return f"{person.label}{code}, {FORMS[mention.as_]}{others}"


def _is_link(url: str | None) -> bool:
    """Whether an address from outside may be linked: http and https alone."""
    return bool(url and re.fullmatch(r"https?://[^\s/]\S*", url, re.IGNORECASE))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tasks"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"exact": _exact, "percent": _percent, "moment": _moment}
    environment.tests |= {"link": _is_link}
    environment.globals |= {"described": _described, "CUT": CUT, "FLAGS": FLAGS, "FORMS": FORMS}
    return environment


@cache
def _style() -> str:
    loader = _environment().loader
    assert loader is not None
    return loader.get_source(_environment(), "page.css")[0]


@cache
def _template() -> Template:
    return _environment().get_template("page.html.j2")
