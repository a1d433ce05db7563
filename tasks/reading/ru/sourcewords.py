"""The words of ``sources.toml``: what the head noun of a source says of its kind."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from .cues import plain


@dataclass(frozen=True, slots=True)
class SourceWords:
    """Dictionary forms, «ё» written as «е»; ``for_…`` are the nouns that stand for a name said before."""

    official: frozenset[str]
    person: frozenset[str]
    unnamed: frozenset[str]
    state_body: frozenset[str]
    organization: frozenset[str]
    media: frozenset[str]
    channel: frozenset[str]
    document: frozenset[str]
    findings: frozenset[str]
    for_media: frozenset[str]
    for_account: frozenset[str]
    for_state: frozenset[str]
    texts: frozenset[str]
    for_body: frozenset[str]
    for_organization: frozenset[str]
    services: frozenset[str]
    for_person: frozenset[str]
    parties: frozenset[str]
    nameless: frozenset[str]
    held: frozenset[str]
    passed_on: frozenset[str]
    messages: frozenset[str]
    unknown: frozenset[str]
    papers: frozenset[str]
    adding: frozenset[str]
    supposing: frozenset[str]
    outlets: frozenset[str]
    collective: frozenset[str]
    genus: frozenset[str]
    for_speaker: frozenset[str]
    staff: frozenset[str]
    agencies: frozenset[str]
    at_law: frozenset[str]
    statements: frozenset[str]
    own_journalists: frozenset[str]
    journalists: frozenset[str]
    works: frozenset[str]


def speaking_noun(lemma: str) -> bool:
    """Whether a common noun can be a source: a person, body, outlet or document."""
    w = words()
    lemma = lemma.split("-")[-1] if lemma.startswith("интернет-") else lemma
    return any(
        lemma in group
        for group in (
            w.official,
            w.person,
            w.unnamed,
            w.state_body,
            w.organization,
            w.media,
            w.channel,
            w.document,
            w.collective,
        )
    )


@lru_cache(maxsize=1)
def words() -> SourceWords:
    """The words of ``sources.toml``, read once."""
    data = tomllib.loads(files(__package__).joinpath("sources.toml").read_text("utf-8"))
    return SourceWords(**{key: frozenset(plain(text).split()) for key, text in data.items()})
