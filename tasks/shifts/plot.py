"""Series as pictures: self-contained SVG, readable in the light, in the dark, on paper and by a screen reader.

What is told on the one side stands above the axis, the other side below it; parts differ by shade, what is only claimed
and anonymous sources by hatching, too, so that no colour is needed. Blue and rust stay apart for the colour-blind.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import wrap
from xml.sax.saxutils import escape

from .views import SIDES, Period
from .weights import COUNTED

WIDTH, PLOT, LEFT, RIGHT, LINE = 960, 240, 58, 18, 19

NOTE = 130
"""Characters of a line below the picture."""

STYLE = """<style>
.ct{--ground:#fff;--ink:#1d2329;--dim:#59636e;--line:#dde2e7;--up:#1b6ca8;--down:#b3471d;--mark:#6d3bab;
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;font-size:13px;color:var(--ink)}
.ct text{fill:var(--ink)}.ct .dim{fill:var(--dim)}.ct .head{font-size:17px;font-weight:600}
.ct .ground{fill:var(--ground)}.ct .grid{stroke:var(--line)}.ct .axis{stroke:var(--dim)}
.ct .up{fill:var(--up)}.ct .down{fill:var(--down)}.ct .up-line{stroke:var(--up)}.ct .down-line{stroke:var(--down)}
.ct .unread{fill:var(--line)}.ct .span{fill:var(--mark);opacity:.13}.ct .mark{stroke:var(--mark);stroke-width:1.5}
.ct .badge{fill:var(--mark)}.ct text.number{fill:var(--ground);font-size:11px;font-weight:700;text-anchor:middle}
.ct .undone{stroke-dasharray:3 3;opacity:.6}
@media (prefers-color-scheme:dark){.ct{--ground:#15191e;--ink:#e9edf1;--dim:#a7b1bc;--line:#323a43;--up:#6fb9ea;
--down:#f2956b;--mark:#c6a6f7}}
@media print{.ct{--ground:#fff;--ink:#000;--dim:#444;--line:#ccc;--up:#1b6ca8;--down:#b3471d;--mark:#6d3bab}}
</style>"""


@dataclass(frozen=True)
class Mark:
    """A shift: where it is drawn, and what is said of it below the picture."""

    onset: date
    day: date
    text: str
    undone: bool = False


def timeline(
    shown: Sequence[Period],
    parts: Sequence[str],
    *,
    title: str,
    note: str = "",
    marks: Sequence[Mark] = (),
    sides: tuple[str, str] = SIDES,
    unit: str = "weight on Goldstein's scale",
    styled: bool = True,
) -> str:
    """A whole picture, 960 wide, of periods in order. ``parts`` from the axis outwards; ``sides``: above, below.

    What is denied or imagined is not drawn. ``styled``: False in a page that has `STYLE` already.
    """
    drawn = [name for name in parts if _drawn(name)]
    lines = [line for mark in marks for line in wrap(mark.text, NOTE)]
    name = f"ct{zlib.crc32(f'{title}{note}{shown!r}'.encode()):08x}"
    paints = _paints(shown, drawn)
    legend = _legend(drawn, paints, sides, name)
    top = 66 + LINE * legend[1]
    bottom = top + PLOT
    height = bottom + 46 + LINE * len(lines) + (10 if lines else 0)
    scale = _Scale(shown, top)
    body = [
        f'<rect class="ground" width="{WIDTH}" height="{height}" rx="6"/>',
        f'<text class="head" x="{LEFT - 40}" y="28">{escape(title)}</text>',
        f'<text class="dim" x="{LEFT - 40}" y="48">{escape(note or unit)}</text>',
        *legend[0],
        *scale.grid(),
        *(_unread(scale, shown)),
        *(_span(scale, mark, top, bottom) for mark in marks),
        *(bar for n, period in enumerate(shown) for bar in _bars(scale, n, period, drawn, paints, name)),
        f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{scale.zero:.1f}" y2="{scale.zero:.1f}"/>',
        *_dates(scale, shown, bottom),
        *(_mark(scale, n, mark, top, bottom) for n, mark in enumerate(marks, 1)),
        *_notes(marks, bottom + 52),
    ]
    return _svg(name, WIDTH, height, title, _told(shown, marks, sides), body, styled)


def spark(
    shown: Sequence[Period], *, title: str, marks: Sequence[Mark] = (), sides: tuple[str, str] = SIDES,
    width: int = 168, height: int = 40, styled: bool = True,
) -> str:  # fmt: skip
    """A small picture without words, for a line of a table; its title and description say what it shows."""
    above = max([p.total("above") for p in shown], default=0.0)
    below = max([p.total("below") for p in shown], default=0.0)
    unit = (height - 4) / ((above + below) or 1.0)
    zero = 2 + above * unit if above + below else height / 2
    step = width / max(len(shown), 1)
    body = [f'<line class="axis" x1="0" x2="{width}" y1="{zero:.1f}" y2="{zero:.1f}"/>']
    for n, period in enumerate(shown):
        for side, colour in (("above", "up"), ("below", "down")):
            size = period.total(side) * unit  # type: ignore[arg-type]
            if size:
                y = zero - size if side == "above" else zero
                body.append(f'<rect class="{colour}" x="{n * step:.1f}" y="{y:.1f}" width="{max(step - 0.6, 0.8):.1f}" '
                            f'height="{size:.1f}"/>')  # fmt: skip
    for mark in marks:
        x = (_index(shown, mark.day) + 0.5) * step
        body.append(f'<line class="mark{" undone" if mark.undone else ""}" x1="{x:.1f}" x2="{x:.1f}" y1="0" '
                    f'y2="{height}"/>')  # fmt: skip
    name = f"ct{zlib.crc32(f'{title}{shown!r}'.encode()):08x}s"
    return _svg(name, width, height, title, _told(shown, marks, sides), body, styled)


class _Scale:
    """Where a period and a weight lie in the picture."""

    def __init__(self, shown: Sequence[Period], top: int) -> None:
        above = max([p.total("above") for p in shown], default=0.0)
        below = max([p.total("below") for p in shown], default=0.0)
        least = 0.18 * (max(above, below) or 1.0)
        self.above, self.below = max(above, least), max(below, least)
        self.unit = (PLOT - 8) / (self.above + self.below)
        self.zero = top + 4 + self.above * self.unit
        self.step = (WIDTH - LEFT - RIGHT) / max(len(shown), 1)
        self.shown = shown

    def x(self, day: date) -> float:
        """The middle of the period that a day lies in."""
        return LEFT + (_index(self.shown, day) + 0.5) * self.step

    def grid(self) -> Iterable[str]:
        """Lines at round weights."""
        gap = _round((self.above + self.below) / 6)
        for n in range(-int(self.below / gap), int(self.above / gap) + 1):
            y = self.zero - n * gap * self.unit
            label = f"{abs(n) * gap:g}"
            yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            yield f'<text class="dim" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'


def _bars(scale: _Scale, n: int, period: Period, drawn: Sequence[str], paints: Paints, name: str) -> Iterable[str]:
    gap = min(2.0, scale.step * 0.2)
    for side, colour in ((period.above, "up"), (period.below, "down")):
        edge = scale.zero
        for part in drawn:
            size = side.get(part, 0.0) * scale.unit
            if not size:
                continue
            y = edge - size if colour == "up" else edge
            edge = y if colour == "up" else edge + size
            said = f"{_span_of(period)}: {part} {side[part]:.1f}"
            yield (f'<rect x="{LEFT + n * scale.step + gap / 2:.1f}" y="{y:.1f}" width="{scale.step - gap:.1f}" '
                   f'height="{size:.1f}" {_paint(part, paints, colour, name)}><title>{escape(said)}</title>'
                   "</rect>")  # fmt: skip


Paints = dict[tuple[str, str], float]
"""How opaque a part is, by side and part."""


def _paints(shown: Sequence[Period], drawn: Sequence[str]) -> Paints:
    found: Paints = {}
    for colour, side in (("up", "above"), ("down", "below")):
        there = [part for part in drawn if any(getattr(period, side).get(part) for period in shown)]
        for rank, part in enumerate(there):
            found[colour, part] = 1 - 0.72 * rank / max(len(there), 2)
    return found


def _paint(part: str, paints: Paints, colour: str, name: str) -> str:
    if _hatched(part):
        return f'class="{colour}-line" fill="url(#{name}-{colour})" stroke-width=".6"'
    return f'class="{colour}" fill-opacity="{paints[colour, part]:.2f}"'


def _hatched(part: str) -> bool:
    return part == "claimed" or part.endswith("anonymous")


def _drawn(part: str) -> bool:
    return part in COUNTED or part not in {"denied", "hypothetical"}


def _legend(drawn: Sequence[str], paints: Paints, sides: tuple[str, str], name: str) -> tuple[list[str], int]:
    """Its pieces and its rows: which side is which, then each part with a swatch of every side that it is on."""
    pieces: list[str] = []
    x, row = LEFT - 40.0, 1
    entries = [(word, [f'class="{colour}"']) for word, colour in zip(sides, ("up", "down"), strict=True)]
    entries[0], entries[1] = (f"above: {sides[0]}", entries[0][1]), (f"below: {sides[1]}", entries[1][1])
    for part in drawn:
        there = [colour for colour in ("up", "down") if (colour, part) in paints]
        entries.append((part, [_paint(part, paints, colour, name) for colour in there]))
    for n, (words, swatches) in enumerate(entries):
        width = 18.0 * len(swatches) + 7.2 * len(words) + 22
        if n == len(sides) or x + width > WIDTH - RIGHT:
            x, row = LEFT - 40.0, row + 1
        for swatch in swatches:
            pieces.append(f'<rect x="{x:.1f}" y="{46 + LINE * row:.1f}" width="14" height="11" {swatch}/>')
            x += 18
        pieces.append(f'<text x="{x + 2:.1f}" y="{56 + LINE * row:.1f}">{escape(words)}</text>')
        x += width - 18.0 * len(swatches)
    return pieces, row


def _unread(scale: _Scale, shown: Sequence[Period]) -> Iterable[str]:
    for n, period in enumerate(shown):
        if not period.read:
            yield (
                f'<rect class="unread" x="{LEFT + n * scale.step:.1f}" y="{scale.zero - 3:.1f}" '
                f'width="{scale.step:.1f}" height="6"><title>{_span_of(period)}: nothing was read</title></rect>'
            )


def _span(scale: _Scale, mark: Mark, top: int, bottom: int) -> str:
    first, last = scale.x(mark.onset) - scale.step / 2, scale.x(mark.day) + scale.step / 2
    return f'<rect class="span" x="{first:.1f}" y="{top}" width="{last - first:.1f}" height="{bottom - top}"/>'


def _mark(scale: _Scale, n: int, mark: Mark, top: int, bottom: int) -> str:
    x = scale.x(mark.day)
    return (f'<g><title>{escape(mark.text)}</title><line class="mark{" undone" if mark.undone else ""}" x1="{x:.1f}" '
            f'x2="{x:.1f}" y1="{top}" y2="{bottom}"/><circle class="badge" cx="{x:.1f}" cy="{top}" r="8"/>'
            f'<text class="number" x="{x:.1f}" y="{top + 4}">{n}</text></g>')  # fmt: skip


def _notes(marks: Sequence[Mark], y: int) -> Iterable[str]:
    for n, mark in enumerate(marks, 1):
        yield f'<circle class="badge" cx="{LEFT - 32}" cy="{y - 4}" r="8"/>'
        yield f'<text class="number" x="{LEFT - 32}" y="{y}">{n}</text>'
        for line in wrap(mark.text, NOTE):
            yield f'<text x="{LEFT - 16}" y="{y}">{escape(line)}</text>'
            y += LINE


def _dates(scale: _Scale, shown: Sequence[Period], bottom: int) -> Iterable[str]:
    """Dates below the axis: as many as there is room for, the year where it is new."""
    every, year = max(1, math.ceil(len(shown) / 11)), None
    for n in range(0, len(shown), every):
        day = shown[n].first
        x = LEFT + (n + 0.5) * scale.step
        label = f"{day.day} {day:%b}"
        anchor = "end" if x > WIDTH - RIGHT - 20 else "middle"
        yield f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{bottom + 4}"/>'
        yield f'<text class="dim" x="{x:.1f}" y="{bottom + 18}" text-anchor="{anchor}">{label}</text>'
        if day.year != year:
            yield f'<text class="dim" x="{x:.1f}" y="{bottom + 33}" text-anchor="{anchor}">{day.year}</text>'
            year = day.year


def _told(shown: Sequence[Period], marks: Sequence[Mark], sides: tuple[str, str]) -> str:
    """The picture in words."""
    if not shown:
        return "Nothing is told."
    above, below = sum(p.total("above") for p in shown), sum(p.total("below") for p in shown)
    said = (f"From {shown[0].first} to {shown[-1].last}: {sides[0]} {above:.1f} in all, {sides[1]} {below:.1f}, "
            f"from {sum(p.statements for p in shown)} statements.")  # fmt: skip
    return " ".join([said, *(mark.text for mark in marks)])


def _svg(name: str, width: int, height: int, title: str, told: str, body: Iterable[str], styled: bool) -> str:
    hatch = "".join(
        f'<pattern id="{name}-{colour}" width="5" height="5" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="5" height="5" class="{colour}" fill-opacity=".16"/>'
        f'<line x1="1" x2="1" y1="0" y2="5" class="{colour}-line" stroke-width="1.8"/></pattern>'
        for colour in ("up", "down")
    )  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ct" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" style="max-width:100%;height:auto" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(told)}</desc>'
        f"{STYLE if styled else ''}<defs>{hatch}</defs>{''.join(body)}</svg>\n"
    )


def _span_of(period: Period) -> str:
    return f"{period.first}" if period.first == period.last else f"{period.first} to {period.last}"


def _index(shown: Sequence[Period], day: date) -> int:
    for n, period in enumerate(shown):
        if day <= period.last:
            return n
    return max(len(shown) - 1, 0)


def _round(size: float) -> float:
    """The next of 1, 2, 5, 10, 20 … above a size."""
    ten = 10.0 ** math.floor(math.log10(size))
    return next(step * ten for step in (1, 2, 5, 10) if step * ten >= size)
