"""A reading at a terminal: what it is, what was cut, who is spoken of, who says what, what passed, on whose word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from .reading.record import READ_BLOCKS, Actor, Attitude, Attribution, Event, Reading, Source

COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "red", "bright_cyan", "bright_magenta")
"""Sources take these in turn, in the order in which the article lets them speak."""

BAR = 40
"""Width of the bar of provenance, in characters."""


def render(reading: Reading, name: str) -> RenderableType:
    """The summary of one reading; ``name`` is what the reader called the input."""
    parts = (_text, _cut, _actors, _statements, _events, _attitudes, _provenance, _stages)
    return Group(*_heading(reading, name), *(piece for part in parts for piece in part(reading)))


def _heading(reading: Reading, name: str) -> Iterator[RenderableType]:
    yield Rule(Text(name, style="bold"), align="left", style="dim")
    document, language = reading.document, reading.language
    facts = [
        f"{language.code} {language.confidence:.2f}",
        f"{len(document.text):,} characters",
        document.outlet,
        document.published and f"{document.published:%Y-%m-%d %H:%M}",
        document.url,
        document.id[:19],
    ]
    yield Text(" · ".join(str(fact) for fact in facts if fact), style="dim")


def _section(name: str) -> Iterator[RenderableType]:
    yield Text()
    yield Text(name, style="bold")


def _colours(reading: Reading) -> dict[str, str]:
    return {source.id: COLOURS[i % len(COLOURS)] for i, source in enumerate(reading.sources)}


def _text(reading: Reading) -> Iterator[RenderableType]:
    """Title and body, every statement in its source's colour and every cue underlined."""
    colours = _colours(reading)
    whole = Text(reading.document.text)
    # Inner statements come later in the list and are painted over the ones that hold them.
    for said in reading.attributions:
        for start, end in said.content:
            whole.stylize(colours.get(said.source or "", "white"), start, end)
        if said.cue:
            whole.stylize("underline", *said.cue)
    for block in reading.blocks:
        if block.kind in READ_BLOCKS and block.span[0] < block.span[1]:
            piece = whole[block.span[0] : block.span[1]]
            piece.rstrip()
            if block.kind == "title":
                piece.stylize("bold")
            yield Text()
            yield Padding(piece, (0, 2))


def _cut(reading: Reading) -> Iterator[RenderableType]:
    cut = [b for b in reading.blocks if b.kind not in READ_BLOCKS and b.span[0] < b.span[1]]
    if not cut:
        return
    yield from _section("Cut")
    table = Table(box=None, padding=(0, 2), show_header=False)
    table.add_column(style="yellow", no_wrap=True, min_width=max(len(b.kind) for b in cut))
    table.add_column()
    # Neighbours that were cut for one reason share the line that says it.
    for (kind, why), blocks in groupby(cut, key=lambda b: (b.kind, b.why)):
        lines = [" ".join(reading.document.text[slice(*b.span)].split()) for b in blocks]
        table.add_row(kind, Text("\n".join(lines), no_wrap=True, overflow="ellipsis"))
        table.add_row("", Text(why or "", style="dim"))
    yield table


def _actors(reading: Reading) -> Iterator[RenderableType]:
    if not reading.actors:
        return
    yield from _section("Actors")
    table = Table(box=None, padding=(0, 2), show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    table.add_column(style="dim", no_wrap=True)
    table.add_column(style="dim")
    for actor in sorted(reading.actors, key=lambda a: (-len(a.mentions), a.id)):
        forms = Counter(mention.text for mention in actor.mentions)
        words = ", ".join(form if n == 1 else f"{form} ×{n}" for form, n in forms.most_common(6))
        table.add_row(_label(actor), actor.name.ru or actor.name.en or "", actor.kind, words)
    yield table


def _label(actor: Actor) -> str:
    return actor.id if actor.kind in ("state", "bloc") else actor.state or ""


def _sources(reading: Reading) -> dict[str, str]:
    """Every source by id: its name, and in brackets its kind, platform, the state it speaks for, and if it hides."""
    states = {
        actor.id: actor.state or (actor.id if actor.kind in ("state", "bloc") else None) for actor in reading.actors
    }
    return {source.id: _source(reading, source, states.get(source.actor or "")) for source in reading.sources}


def _source(reading: Reading, source: Source, state: str | None) -> str:
    kind = None if source.kind == "unnamed" else source.kind.replace("_", " ")
    traits = [kind, source.platform, state, "anonymous" if source.anonymous else None]
    shown = ", ".join(trait for trait in traits if trait)
    return reading.called(source) + (f" ({shown})" if shown else "")


def _statements(reading: Reading) -> Iterator[RenderableType]:
    if not reading.attributions:
        return
    yield from _section("Who says what")
    names, colours = _sources(reading), _colours(reading)
    by_source: dict[str, list[Attribution]] = {}
    for said in reading.attributions:
        by_source.setdefault(said.source or "", []).append(said)
    for source_id, statements in by_source.items():
        yield Padding(Text(names.get(source_id, "nobody named"), style=colours.get(source_id, "white")), (0, 2))
        table = Table(box=None, padding=(0, 2), show_header=False)
        table.add_column(style="dim", no_wrap=True, justify="right", min_width=6)
        table.add_column(style="dim", no_wrap=True, min_width=len("indirect"))
        table.add_column()
        for said in statements:
            table.add_row(said.id, said.kind, _words(reading, said))
        yield table


def _words(reading: Reading, said: Attribution) -> Text:
    text = reading.document.text
    words = " … ".join(" ".join(text[start:end].split()) for start, end in said.content)
    out = Text(words if len(words) <= 160 else words[:159].rstrip() + "…")
    if said.cue:
        out.append(f"  [{text[slice(*said.cue)]}]", style="dim")
    facts = [
        said.status if said.status != "says" else "",
        f"within {said.within}" if said.within else "",
        f"{said.hops} hops" if said.hops > 1 else "",
    ]
    out.append("".join(f"  {fact}" for fact in facts if fact), style="dim")
    return out


def _events(reading: Reading) -> Iterator[RenderableType]:
    """One line an event: «KAZ ⇄ GBR · AGREE military · happened · says «Заря» (anonymous channel)»."""
    if not reading.events:
        return
    yield from _section("What passed")
    for event in reading.events:
        topic = f" {event.topic}" if event.topic != "other" else ""
        facts = [f"{event.type}{topic}", event.status, event.date]
        yield _passed(reading, event, " ⇄ " if event.mutual else " → ", event.actor, event.recipient, facts)


def _attitudes(reading: Reading) -> Iterator[RenderableType]:
    """One line an attitude: «GBR → RUS · negative · says «Заря» (anonymous channel)»."""
    if not reading.attitudes:
        return
    yield from _section("Who is for or against whom")
    for attitude in reading.attitudes:
        yield _passed(reading, attitude, " → ", attitude.holder, attitude.target, [attitude.polarity])


def _passed(
    reading: Reading, found: Event | Attitude, arrow: str, first: str, second: str, facts: Sequence[str | None]
) -> RenderableType:
    """The two parties, what is between them, and on whose word."""
    parties = {actor.id: _label(actor) or actor.name.ru or actor.id for actor in reading.actors}
    line = Text(arrow.join((parties.get(first, first), parties.get(second, second))), style="bold")
    line.append("".join(f" · {fact}" for fact in facts if fact), style="not bold")
    if found.attribution is None:
        line.append(" · in the article's own voice", style="not bold dim")
    else:
        said = next(a for a in reading.attributions if a.id == found.attribution)
        source = next((s for s in reading.sources if s.id == said.source), None)
        colour = _colours(reading).get(source.id, "white") if source else "white"
        line.append(f" · says {_speaker(reading, source)}", style=f"not bold {colour}")
    return Padding(line, (0, 2))


def _speaker(reading: Reading, source: Source | None) -> str:
    if source is None:
        return "nobody named"
    kind = source.kind.replace("_", " ")
    if source.name == "UNNAMED":
        return reading.called(source)
    return f"«{source.name}» ({'anonymous ' if source.anonymous else ''}{kind})"


def _provenance(reading: Reading) -> Iterator[RenderableType]:
    weights, colours = reading.provenance, _colours(reading)
    names = _sources(reading)
    yield from _section("Whose word it rests on")
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_header=False, show_edge=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, width=BAR)
    table.add_column()
    rows = [(share, names.get(i, i), colours.get(i, "white")) for i, share in weights.shares.items()]
    rows.append((weights.own_voice, "the article's own voice", "white"))
    for share, who, colour in sorted(rows, key=lambda row: -row[0]):
        table.add_row(f"{share:.0%}", Text("█" * round(share * BAR) or "▏", style=colour), who)
    yield table
    if weights.flags:
        yield Text("  ".join(f"⚑ {flag}" for flag in weights.flags), style="bold red")


def _stages(reading: Reading) -> Iterator[RenderableType]:
    trouble = {name: how for name, how in reading.stages.items() if how.startswith("failed")}
    for name, how in trouble.items():
        yield Text(f"stage {name} {how}", style="bold red")
