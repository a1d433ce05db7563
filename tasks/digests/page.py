"""A digest as one self-contained page of HTML: no script, nothing loaded, every number a link to its statements.

The picture in README, of a made-up press, is made by ::

    chancery demo --out desk
    chromium --headless --hide-scrollbars --window-size=1280,1240 --screenshot=digest.png desk/digest.html
    pngquant 64 --output tasks/samples/digest.png digest.png
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tasks.shifts import plot
from tasks.shifts.parties import names
from tasks.shifts.views import Period

from .plain import counted, named, number, percent
from .record import Copy, Digest, Pair, Place, Spread, Statements

LANES = 12
"""Outlets that a text's spread is drawn for."""

SHAPES = {
    "origin": Markup('<path d="M0-7 7 0 0 7-7 0z"/>'), "whole": Markup('<circle r="5"/>'),
    "partial": Markup('<circle r="4.5"/>'), "stripped": Markup('<path d="M-5-5 5 5M-5 5 5-5"/>'),
}  # fmt: skip
"""A mark for each kind of appearance: they differ by form as well as by colour."""
MEANINGS = {
    "origin": "the earliest known", "whole": "the whole of it", "partial": "a part", "stripped": "its source is gone",
}  # fmt: skip

FLAGS = {
    "rests-on-claims": "without what is only claimed it would not be seen",
    "rests-on-anonymous-sources": "without sources that nobody answers for by name it would not be seen",
    "single-source": "one source says all of it",
    "one-pole": "only one of the poles is spoken of",
}


@dataclass(frozen=True)
class Dot:
    """An appearance in a lane: how far along (0 to 1), when, what it is, and in words."""

    along: float
    at: datetime
    kind: str
    words: str


@dataclass
class Lane:
    """An outlet, and when a text stood there."""

    outlet: str
    dots: list[Dot] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """Statements that a number links to."""

    anchor: str
    title: str
    back: str
    statements: Statements


def render(digest: Digest) -> str:
    """The page."""
    style = _style()
    digested = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = _environment(digest.zone)
    page = environment.get_template("digest.html.j2").render(
        digest=digest, counted=counted(digest), groups=list(_groups(digest)), style=Markup(style),  # noqa: S704 - ours
        style_hash=digested, names=names(),
    )  # fmt: skip
    return page.lstrip()


def anchor(*parts: str) -> str:
    """A name to link to."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower())


def _groups(digest: Digest) -> Iterator[Group]:
    known = names()
    for n, shift in enumerate(digest.shifts, 1):
        yield Group(f"said-shift-{n}", f"Shift {n}: {shift.summary}", f"shift-{n}", shift.evidence)
    for pair in digest.pairs:
        name = anchor(pair.first, pair.second)
        yield Group(f"said-{name}", f"{known[pair.first]} – {known[pair.second]}", f"pair-{name}", pair.statements)
    for n, voice in enumerate(digest.voices, 1):
        yield Group(f"said-voice-{n}", named(voice.name), f"voice-{n}", voice.statements)
    for n, source in enumerate(digest.newcomers, 1):
        yield Group(f"said-new-{n}", f"{source.name} (new)", f"new-{n}", source.statements)


def lanes(spread: Spread) -> list[Lane]:
    """The outlets that a text stood in, the first first; its origin is the first dot of all."""
    moments = [spread.origin.at, *(copy.place.at for copy in spread.copies)]
    first, span = min(moments), (max(moments) - min(moments)).total_seconds() or 1.0
    found: dict[str, Lane] = {}

    def add(place: Place, kind: str, words: str) -> None:
        outlet = place.outlet or "no outlet named"
        along = (place.at - first).total_seconds() / span
        found.setdefault(outlet, Lane(outlet)).dots.append(Dot(along, place.at, kind, words))

    add(spread.origin, "origin", "the earliest known")
    for copy in sorted(spread.copies, key=lambda copy: copy.place.at):
        add(copy.place, *_kind(copy))
    return list(found.values())


def _kind(copy: Copy) -> tuple[str, str]:
    if copy.stripped:
        return "stripped", f"its source is gone: {', '.join(copy.stripped)}"
    return ("partial", "a part of it") if copy.kind == "partial" else ("whole", "the whole of it")


def spark(pair: Pair) -> Markup:
    """The small picture of a pair."""
    periods = [
        Period(day.day, day.day, above={"happened": day.cooperation}, below={"happened": day.conflict})
        for day in pair.days
    ]
    title = f"{names()[pair.first]} and {names()[pair.second]}, {len(periods)} days"
    picture = plot.spark(periods, title=title, styled=False)
    # The page forbids styles beside its own.
    picture = re.sub(r' style="[^"]*"', "", picture, count=1)
    told = (
        f"<desc{{}}>{len(periods)} days: cooperation {sum(d.cooperation for d in pair.days):.1f} in all, "
        f"conflict {sum(d.conflict for d in pair.days):.1f}.</desc>"
    )
    return Markup(re.sub(r"<desc([^>]*)>.*?</desc>", lambda m: told.format(m[1]), picture))  # noqa: S704 - ours


def _tongue(words: str) -> str:
    return "ru" if re.search("[а-яё]", words, re.IGNORECASE) else "en"


def _is_link(url: str | None) -> bool:
    return bool(url and re.fullmatch(r"https?://[^\s/]\S*", url, re.IGNORECASE))


def _spelt(kind: str) -> str:
    return kind.replace("_", " ")


@cache
def _environment(zone: str) -> Environment:
    def moment(when: datetime) -> str:
        there = when.astimezone(ZoneInfo(zone))
        return f"{there.day} {there:%b}, {there:%H:%M}"

    environment = Environment(
        loader=PackageLoader("tasks"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "named": named, "percent": percent, "moment": moment, "lanes": lanes, "spark": spark, "tongue": _tongue,
        "spelt": _spelt,
    }  # fmt: skip
    environment.tests |= {"link": _is_link}
    environment.globals |= {
        "anchor": anchor,
        "number": number,
        "FLAGS": FLAGS,
        "LANES": LANES,
        "SHAPES": SHAPES,
        "MEANINGS": MEANINGS,
    }
    return environment


@cache
def _style() -> str:
    environment = _environment("UTC")
    assert environment.loader is not None
    sheets: Sequence[str] = [environment.loader.get_source(environment, f"{n}.css")[0] for n in ("page", "digest")]
    return "\n".join([sheets[0], plot.STYLE.removeprefix("<style>").removesuffix("</style>"), sheets[1]])
