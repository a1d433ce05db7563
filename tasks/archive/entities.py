"""The archive as FollowTheMoney entities (followthemoney.tech), for Aleph, OpenAleph and yente.

    a reading       Article, its actors (PublicBody, Organization, Person) and a Mention of each
    a source        the LegalEntity that it is, and a Documentation: it is a source of the Article
    an attribution  a Documentation whose summary is the statement and whose entity is its source
    an event        Event, with both parties involved and the Article as proof
    an attitude     UnknownLink from holder to target
    a repost        both Articles, and the Similar that joins them

Ids are made of what they name, so that the same article, actor or source has the same id in every export.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from tasks.reading.gazetteer import files

from .columns import utc
from .exporting import Kind
from .keeping import name_key

Entity = dict[str, Any]
REMEMBERED = 100_000
"""Actors and sources that were written, and are not written again; more of them come twice, which does no harm."""

_HISTORIC = {"SUN": "suhh", "YUG": "yucs", "XKX": "xk"}
_LANGUAGES = {
    "ar": "ara", "az": "aze", "be": "bel", "bg": "bul", "cs": "ces", "de": "deu", "en": "eng", "es": "spa",
    "et": "est", "fa": "fas", "fi": "fin", "fr": "fra", "hy": "hye", "it": "ita", "ka": "kat", "kk": "kaz",
    "ky": "kir", "lt": "lit", "lv": "lav", "pl": "pol", "pt": "por", "ro": "ron", "ru": "rus", "sr": "srp",
    "tg": "tgk", "tr": "tur", "tt": "tat", "uk": "ukr", "uz": "uzb", "zh": "zho",
}  # fmt: skip
_SCHEMATA = {
    "state": "PublicBody", "bloc": "Organization", "body": "PublicBody", "person": "Person",
    "organization": "Organization",
}  # fmt: skip
"""By kind of actor; a place is not one who acts."""
_SOURCES = {
    "official": "LegalEntity", "person": "Person", "state_body": "PublicBody", "organization": "Organization",
    "media": "Organization", "channel": "Organization", "document": "LegalEntity", "unnamed": "LegalEntity",
    "author": "LegalEntity",
}  # fmt: skip


def of(rows: Iterable[sa.Row[Any, Any]], kind: Kind) -> Iterator[Entity]:
    """The entities of an export's rows. One that is named in several rows comes once, as far as that is remembered."""
    seen: set[str] = set()
    for row in rows:
        for entity in _MAKERS[kind](row):
            if entity["id"] in seen:
                continue
            if len(seen) >= REMEMBERED:
                seen.clear()
            seen.add(entity["id"])
            yield entity


def entity(id: str, schema: str, **properties: Any) -> Entity:
    """An entity whose properties are lists of texts; empty ones are left out."""
    given = {name: value if isinstance(value, list) else [value] for name, value in properties.items()}
    cleaned = {name: [str(v) for v in values if v not in (None, "")] for name, values in given.items()}
    return {"id": id, "schema": schema, "properties": {name: values for name, values in cleaned.items() if values}}


def stable(*parts: str | None) -> str:
    """An id made of what it names."""
    return "chancery-" + hashlib.sha256("\x1f".join(part or "" for part in parts).encode()).hexdigest()[:40]


@cache
def countries() -> dict[str, str]:
    """FollowTheMoney's code of a country by ISO 3166-1 alpha-3."""
    return {alpha3: alpha2.lower() for alpha3, alpha2, *_ in files.table("cldr.tsv")} | _HISTORIC


def _article_id(key: str) -> str:
    return stable("article", key)


def _article(row: Any, prefix: str = "", key: str = "appearance_key", **more: Any) -> Entity:
    said = {name: row._mapping[prefix + name] for name in ("title", "url", "outlet", "published", "received")}
    return entity(
        _article_id(row._mapping[key]), "Article", title=said["title"], sourceUrl=said["url"],
        publisher=said["outlet"], publishedAt=_time(said["published"]), retrievedAt=_time(said["received"]), **more,
    )  # fmt: skip


def _actor(id: str, kind: str, name: str, state: str | None = None) -> Entity | None:
    schema = _SCHEMATA.get(kind)
    if schema is None:
        return None
    country = countries().get(id if kind == "state" else state or "")
    return entity(stable("actor", id), schema, name=name, country=country)


def _party(row: Any, party: str, kind: str) -> Entity:
    """Who an event or attitude is of, by the names of the columns of its id and kind."""
    id, name, known = row._mapping[party], row._mapping[f"{party}_name"], row._mapping[kind]
    if id == "AUTHOR" and row.outlet:
        return entity(stable("outlet", name_key(row.outlet)), "Organization", name=row.outlet)
    kind_of = known or ("state" if id in countries() else "organization")
    return _actor(id, kind_of, name or id) or entity(stable("actor", id), "LegalEntity", name=name or id)


def _source(name: str | None, kind: str | None, actor: str | None) -> Entity | None:
    if not name:
        return None
    schema = _SOURCES.get(kind or "", "LegalEntity")
    return entity(stable("source", kind, name_key(name)), schema, name=name, country=countries().get(actor or ""))


def _of_reading(row: Any) -> Iterator[Entity]:
    article = _article(row, bodyText=row.text, language=_LANGUAGES.get(row.language))
    yield article
    for actor in row.body["actors"]:
        name = actor["name"].get("ru") or actor["name"].get("en") or actor["id"]
        made = _actor(actor["id"], actor["kind"], name, actor.get("state"))
        if made is None:
            continue
        yield made
        yield entity(
            stable("mention", article["id"], made["id"]), "Mention", document=article["id"], name=name,
            resolved=made["id"], detectedSchema=made["schema"], contextCountry=made["properties"].get("country", []),
        )  # fmt: skip


def _of_source(row: Any) -> Iterator[Entity]:
    article, made = _article(row), _source(row.name, row.kind, row.actor)
    yield article
    if made:
        yield made
        yield entity(
            stable("source of", article["id"], row.key), "Documentation", document=article["id"], entity=made["id"],
            role="anonymous source" if row.anonymous else "source", date=_time(row.published or row.received),
        )  # fmt: skip


def _of_attribution(row: Any) -> Iterator[Entity]:
    article, made = _article(row), _source(row.source, row.source_kind, row.actor)
    yield article
    if made:
        yield made
        yield entity(
            stable("attribution", article["id"], row.key), "Documentation", document=article["id"],
            entity=made["id"], role=f"{row.kind} speech", summary=row.content, recordId=row.key,
            date=_time(row.published or row.received),
        )  # fmt: skip


def _of_event(row: Any) -> Iterator[Entity]:
    article = _article(row)
    parties = [_party(row, "actor", "actor_kind"), _party(row, "recipient", "recipient_kind")]
    yield from (article, *parties)
    names = [party["properties"]["name"][0] for party in parties]
    yield entity(
        stable("event", article["id"], row.key), "Event", name=f"{names[0]} – {names[1]}: {row.type}",
        involved=[party["id"] for party in parties], organizer=parties[0]["id"], date=row.day.isoformat(),
        summary=row.evidence, notes=f"says {row.source_name or row.source_kind}", proof=article["id"],
        publisher=row.outlet, sourceUrl=row.url, keywords=[row.type, row.status, row.topic], recordId=row.key,
    )  # fmt: skip


def _of_attitude(row: Any) -> Iterator[Entity]:
    article = _article(row)
    holder, target = _party(row, "holder", "actor_kind"), _party(row, "target", "recipient_kind")
    yield from (article, holder, target)
    yield entity(
        stable("attitude", article["id"], row.key), "UnknownLink", subject=holder["id"], object=target["id"],
        role=f"{row.polarity} attitude", date=row.day.isoformat(), summary=row.evidence,
        description=f"says {row.source_name or row.source_kind}", proof=article["id"], publisher=row.outlet,
        sourceUrl=row.url, recordId=row.key,
    )  # fmt: skip


def _of_repost(row: Any) -> Iterator[Entity]:
    copy, origin = _article(row, "copy_"), _article(row, "origin_", "origin_key")
    yield from (copy, origin)
    yield entity(
        stable("repost", copy["id"], origin["id"], row.kind), "Similar", candidate=copy["id"], match=origin["id"],
        confidenceScore=round(row.shared, 4), criteria=f"{row.kind} repost" + ", source stripped" * row.stripped,
        matcher="chancery",
    )  # fmt: skip


def _time(moment: datetime | None) -> str | None:
    return utc(moment).strftime("%Y-%m-%dT%H:%M:%S") if moment else None


_MAKERS: dict[Kind, Callable[[Any], Iterator[Entity]]] = {
    "readings": _of_reading, "attributions": _of_attribution, "events": _of_event, "attitudes": _of_attitude,
    "sources": _of_source, "reposts": _of_repost,
}  # fmt: skip
