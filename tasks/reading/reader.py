"""An article in, a reading out: the stages in their order, each answering for itself.

A stage that fails is reported in ``Reading.stages`` and costs only what it would have added; the rest still deliver.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal, TypeVar

from . import actors, attitudes, attributions, blocks, documents, events, language, markup, provenance, tokens
from .gazetteer import GAZETTEER_DATE
from .record import (
    READ_BLOCKS,
    Actor,
    Attitude,
    Attribution,
    Block,
    Document,
    Event,
    Language,
    Provenance,
    Reader,
    Reading,
    Source,
    document_id,
)

log = logging.getLogger(__name__)


def _rules() -> str:
    """A mark of this package's code and data: the same text is read alike where it is the same."""
    folder = Path(__file__).parent
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    digest = hashlib.sha256()
    for name in sorted(name for name in files if not name.endswith(".pyc")):
        digest.update(f"{name}\0".encode() + hashlib.sha256(files[name].read_bytes()).digest())
    return digest.hexdigest()[:12]


READER = Reader(
    version=version("chancery"),
    gazetteer=GAZETTEER_DATE,
    models={
        "embeddings": "navec_news_v1_1B_250K_300d_100q",
        "ner": "slovnet_ner_news_v1",
        "morph": "slovnet_morph_news_v1",
        "syntax": "slovnet_syntax_news_v1",
        "stance": "chancery_stance_v2",
        "rules": _rules(),
    },
)

UNHEARD = 0.1
"""Share of a text that may be cut without another look at the language of what is left."""
PLAIN = 0.97
"""Confidence in a language from which no part of the text is looked at again."""

Medium = Literal["upload", "feed", "page", "telegram", "event"]
T = TypeVar("T")


class Stages:
    """Runs stages by name and keeps how each ended: `ok`, `skipped: why` or `failed: why`."""

    def __init__(self) -> None:
        self.report: dict[str, str] = {}

    def run(self, name: str, work: Callable[[], T], otherwise: T) -> T:
        """The result of ``work``, or ``otherwise`` if it raises."""
        try:
            result = work()
        except Exception as error:
            # The message may quote the article: the reading keeps the kind of error, the log its place in the code.
            log.exception("stage %s failed", name)
            self.report[name] = f"failed: {type(error).__name__}"
            return otherwise
        self.report.setdefault(name, "ok")
        return result

    def skip(self, name: str, why: str) -> None:
        """Say that a stage did not run."""
        self.report[name] = f"skipped: {why}"


def read_article(
    *,
    received: datetime,
    text: str | None = None,
    html: str | None = None,
    url: str | None = None,
    title: str | None = None,
    outlet: str | None = None,
    published: datetime | None = None,
    source: Medium = "upload",
) -> Reading:
    """Read one article: its `document`, read."""
    return read(
        document(
            received=received, text=text, html=html, url=url, title=title, outlet=outlet, published=published,
            source=source,
        )
    )  # fmt: skip


def document(
    *,
    received: datetime,
    text: str | None = None,
    html: str | None = None,
    url: str | None = None,
    title: str | None = None,
    outlet: str | None = None,
    published: datetime | None = None,
    source: Medium = "upload",
) -> Document:
    """An article, given as plain ``text`` or as the ``html`` of its page, as what is read.

    What the caller says of the article (``title``, ``outlet``, ``published``) goes before what the page says.
    Raises `documents.Rejected` for what can't be read at all: nothing in it, or too much.
    """
    if html is not None:
        page = documents.read_page(html, url=url)
        text = page.text
        title, outlet = title or page.title, outlet or page.outlet
        published, url = published or page.published, url or page.url
    if text is None:
        raise documents.Rejected("empty", "neither a text nor a page was given: give one of them")
    documents.check(text)
    return Document(
        id=document_id(text), source=source, url=url, outlet=outlet, title=title,
        published=published, received=received, text=text,
    )  # fmt: skip


def read(document: Document) -> Reading:
    """Read a document. Of what is said of it, the reading goes by its text, its title and when it was published."""
    text, stages = document.text, Stages()
    paragraphs = blocks.paragraphs(text)
    # Blocks are told apart by grammar where there is one to go by, so the whole text is parsed before it is cut.
    parse = None
    found_language = stages.run("language", lambda: language.detect(text), Language(code="und", confidence=0.0))
    if found_language.code == "ru":
        parse = stages.run("tokens", lambda: tokens.parse(markup.blanked(text), paragraphs), None)
    else:
        stages.skip("tokens", "no grammar for this language")
    found_blocks = stages.run(
        "blocks",
        lambda: blocks.separate(text, paragraphs, parse, document.title),
        [Block(span=(0, len(text)), kind="body")],
    )
    cut = sum(b.span[1] - b.span[0] for b in found_blocks if b.kind not in READ_BLOCKS)
    if cut > UNHEARD * len(text) and found_language.confidence < PLAIN:
        body = "\n".join(text[slice(*b.span)] for b in found_blocks if b.kind == "body")
        found_language = stages.run("language", lambda: language.detect(body), found_language)

    found_actors: list[Actor] = []
    sources: list[Source] = []
    said: list[Attribution] = []
    weights = Provenance(own_voice=1.0)
    passed: list[Event] = []
    held: list[Attitude] = []
    if parse is None:
        for stage in ("actors", "attributions", "provenance", "events", "attitudes"):
            stages.skip(stage, "the text was not parsed")
    else:
        found_actors = stages.run("actors", lambda: actors.find(parse, found_blocks, document.published), [])
        if parse.text != text:
            for mention in (m for a in found_actors for m in a.mentions):
                mention.text = text[slice(*mention.span)]
        nothing_said: tuple[list[Source], list[Attribution]] = ([], [])
        sources, said = stages.run(
            "attributions", lambda: attributions.find(parse, found_blocks, found_actors), nothing_said
        )
        weights = stages.run("provenance", lambda: provenance.weigh(found_blocks, sources, said, text), weights)
        passed = stages.run(
            "events", lambda: events.find(parse, found_blocks, found_actors, said, document.published, sources), []
        )
        held = stages.run(
            "attitudes", lambda: attitudes.find(parse, found_blocks, found_actors, sources, said, passed), []
        )

    return Reading(
        document=document,
        reader=READER,
        language=found_language,
        blocks=found_blocks,
        actors=[*found_actors, *actors.placed(found_actors, passed)],
        sources=sources,
        attributions=said,
        events=passed,
        attitudes=held,
        provenance=weights,
        stages=stages.report,
    )


def warm() -> None:
    """Load every model, read once, and look up the commonest words: what a worker does before it forks.

    Its children then share the pages, and start with what they need most.
    """
    from .ru import engine

    read_article(
        text="Представитель ведомства заявил, что переговоры в Женеве продолжатся завтра. «Мы готовы», — сказал он.",
        received=datetime.fromisoformat("2000-01-01T00:00:00+00:00"),
    )
    engine.warm()
