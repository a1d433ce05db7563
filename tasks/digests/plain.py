"""A digest as plain text and as Markdown: the same lines, with or without marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import fill

from tasks.shifts.parties import names

from .record import Digest, Place, Statement, Statements

WIDTH = 100
FEW = 5
"""Statements that are shown of each number; the page has more of them."""
_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")


def text(digest: Digest) -> str:
    """The digest in plain text, lines of at most 100 characters where words allow it."""
    return _Plain().render(digest)


def markdown(digest: Digest) -> str:
    """The digest in Markdown; what articles say can't be taken for a mark."""
    return _Markdown().render(digest)


class _Plain:
    """Plain text."""

    def heading(self, level: int, words: str) -> str:
        return f"{words}\n{('=' if level == 1 else '-') * len(words)}\n"

    def item(self, words: str, depth: int = 0) -> str:
        edge = "  " * depth
        return fill(words, WIDTH, initial_indent=f"{edge}- ", subsequent_indent=f"{edge}  ", break_long_words=False,
                    break_on_hyphens=False)  # fmt: skip

    def paragraph(self, words: str) -> str:
        return fill(words, WIDTH) + "\n"

    def foreign(self, words: str) -> str:
        return " ".join(words.split())

    def link(self, words: str, url: str | None) -> str:
        return f"{words} <{url}>" if url else words

    def render(self, digest: Digest) -> str:
        return "\n".join(_lines(digest, self)).rstrip() + "\n"


class _Markdown(_Plain):
    """Markdown (CommonMark)."""

    def heading(self, level: int, words: str) -> str:
        return f"{'#' * level} {words}\n"

    def item(self, words: str, depth: int = 0) -> str:
        return f"{'  ' * depth}- {words}"

    def paragraph(self, words: str) -> str:
        return f"{words}\n"

    def foreign(self, words: str) -> str:
        return _MARKS.sub(r"\\\1", " ".join(words.split()))

    def link(self, words: str, url: str | None) -> str:
        if url is None or not re.fullmatch(r"https?://[^\s<>]+", url):
            return words
        return f"[{words}](<{url}>)"


def _lines(digest: Digest, form: _Plain) -> Iterator[str]:
    yield form.heading(1, f"Digest of {digest.title}")
    if digest.only:
        yield form.paragraph(f"Only {', '.join('–'.join(pair) for pair in digest.only)}.")
    yield form.paragraph(counted(digest))
    if not digest.articles:
        return
    yield form.heading(2, "Shifts")
    for shift in digest.shifts:
        yield form.item(shift.summary)
        yield from _statements(shift.evidence, form)
    yield from _none(digest.shifts, "No shift was seen.")
    yield form.heading(2, "Pairs")
    for pair in digest.pairs:
        yield form.item(
            f"{names()[pair.first]} – {names()[pair.second]}: cooperation {pair.cooperation:g}, "
            f"conflict {pair.conflict:g}, {number(pair.statements.total, 'statement')}"
        )
        yield from _statements(pair.statements, form)
    yield from _none(digest.pairs, "Nothing is told to have passed between states or blocs.")
    yield form.heading(2, "Most reposted")
    for spread in digest.spreads:
        whose = f" ({form.foreign(named(spread.source))})" if spread.source else ""
        yield form.item(
            f"«{form.foreign(spread.words)}»{whose}, from {_place(spread.origin, form)}: "
            f"{number(spread.total, 'repost')} by {number(spread.outlets, 'outlet')}"
        )
        for copy in spread.copies[:FEW]:
            gone = f"; its source is gone: {form.foreign(', '.join(copy.stripped))}" if copy.stripped else ""
            yield form.item(f"{_place(copy.place, form)}{gone}", 1)
    yield from _none(digest.spreads, "Nothing was reposted.")
    yield form.heading(2, "Whose word it rested on")
    for voice in digest.voices:
        yield form.item(
            f"{form.foreign(named(voice.name))}{_kind(voice.kind, voice.anonymous)}: "
            f"{percent(voice.share)} of the text, "
            f"{number(voice.statements.total, 'statement')} in {number(voice.articles, 'article')}"
        )
        yield from _statements(voice.statements, form, voiced=True)
    yield from _none(digest.voices, "Nothing is attributed to anyone.")
    yield form.heading(2, "New anonymous sources")
    for source in digest.newcomers:
        yield form.item(f"{form.foreign(source.name)}{_kind(source.kind, False)}: {number(source.articles, 'article')}")
        yield from _statements(source.statements, form, voiced=True)
    yield from _none(digest.newcomers, "None.")
    yield form.heading(2, "Corrections")
    for correction in digest.corrections:
        was = f"; its headline was «{form.foreign(correction.was)}»" if correction.was else ""
        yield form.item(f"{_place(correction.place, form)}: version {correction.version}{was}")
    yield from _none(digest.corrections, "No article was changed.")


def counted(digest: Digest) -> str:
    """The digest's numbers in a sentence or two."""
    if not digest.articles:
        return "No article of these days is in the archive."
    return (
        f"{number(digest.articles, 'article')} of {number(digest.outlets, 'outlet')}: "
        f"{number(digest.reports, 'independent report')}; {number(digest.reposts, 'repost')}, whole or in part. "
        f"{number(digest.statements, 'statement')} attributed to somebody; "
        f"{percent(digest.own_voice)} of the text is said in the articles' own voice."
    )


def named(name: str) -> str:
    """A source's name as it is shown."""
    return "unnamed sources" if name == "UNNAMED" else name


def number(n: int, noun: str) -> str:
    """A number and its noun: 1 article, 2 articles."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def percent(share: float) -> str:
    """A share: 12 %."""
    return "<1 %" if 0 < share < 0.005 else f"{share * 100:.0f} %"


def _statements(statements: Statements, form: _Plain, *, voiced: bool = False) -> Iterator[str]:
    """Statements, each with whose it is, unless that is said above them."""
    for statement in statements.shown[:FEW]:
        yield form.item(_said(statement, form, voiced), 1)
    if statements.total > FEW:
        yield form.item(f"and {statements.total - FEW:,} more", 1)


def _said(statement: Statement, form: _Plain, voiced: bool) -> str:
    what = [f"{statement.says}, {statement.status}"] if statement.says else []
    what += [] if voiced else [_whose(statement, form)]
    return f"«{form.foreign(statement.words)}» ({'; '.join([*what, _place(statement.place, form)])})"


def _whose(statement: Statement, form: _Plain) -> str:
    """Whose word a statement is."""
    if statement.source_kind == "author":
        return "the article's own voice"
    name = form.foreign(statement.source) if statement.source and statement.source != "UNNAMED" else "unnamed source"
    return name + (", anonymous" if statement.anonymous else "")


def _place(place: Place, form: _Plain) -> str:
    name = form.foreign(place.outlet or place.title or "an article")
    return f"{form.link(name, place.url)}, {place.at:%Y-%m-%d %H:%M}"


def _kind(kind: str, anonymous: bool) -> str:
    return f" ({'anonymous ' if anonymous else ''}{kind.replace('_', ' ')})"


def _none(found: object, words: str) -> Iterator[str]:
    yield f"{words}\n" if not found else ""
