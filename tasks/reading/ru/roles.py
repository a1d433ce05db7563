"""The words of ``roles.toml``: which nouns may mean a person by the post that they were named with."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from ..tokens import Token
from .clauses import Grammar
from .cues import plain


@dataclass(frozen=True, slots=True)
class Role:
    """One way a noun means a person: see the head of ``roles.toml``. Empty ``whose``: the noun stands alone."""

    posts: frozenset[str]
    whose: frozenset[str]
    of: frozenset[str]


@lru_cache(maxsize=1)
def _roles() -> dict[str, list[Role]]:
    data = tomllib.loads(files(__package__).joinpath("roles.toml").read_text("utf-8"))
    out: dict[str, list[Role]] = {}
    for entry in data["roles"]:
        posts, whose, of = (frozenset(plain(entry.get(key, "")).split()) for key in ("posts", "whose", "of"))
        for noun in plain(entry["nouns"]).split():
            out.setdefault(noun, []).append(Role(posts, whose, of))
    return out


@lru_cache(maxsize=1)
def _posts() -> frozenset[str]:
    return frozenset(post for roles in _roles().values() for role in roles for post in role.posts)


def may_mean(noun: str, owners: Set[str], post: str, whose: Set[str]) -> bool:
    """Whether ``noun``, said to be of ``owners``, may mean one named as ``post`` of ``whose``."""
    return any(
        post in r.posts and (owners & r.whose if r.whose else not owners) and (not r.of or whose & r.of)
        for r in _roles().get(noun, ())
    )


def goes_on(noun: str, owners: Set[str]) -> bool:
    """Whether a noun with its owner only points back at somebody's post: «глава ведомства», «глава республики»."""
    return any(owners & r.whose for r in _roles().get(noun, ()))


def cannot_mean(noun: str, posts: dict[str, set[str]]) -> bool:
    """Whether what a person was called tells that ``noun`` alone means somebody else: a minister is no «спортсмен»."""
    told = [post for post in posts if post in _posts() or post == noun]
    if not told or noun in posts or noun not in _roles():
        return False
    return not any(may_mean(noun, frozenset(), post, posts[post]) or _open(noun, post, posts[post]) for post in told)


def _open(noun: str, post: str, whose: Set[str]) -> bool:
    """Whether a post may be what ``noun`` asks for, told by a state alone: «иранский министр» may be a «дипломат»."""
    return all(w.endswith(("ский", "цкий")) for w in whose) and any(r.of and post in r.posts for r in _roles()[noun])


def called(noun: str, posts: Mapping[str, Set[str]]) -> bool:
    """Whether ``noun`` is a post that a person was named with, or may mean one of them."""
    return any(post == noun or may_mean(noun, frozenset(), post, whose) for post, whose in posts.items())


FORMER = frozenset({"бывший", "прежний", "экс", "отставной"})


def in_office(post: str) -> str:
    """A post without what says that it has been left: «экс-министр» → «министр»."""
    return post.removeprefix("экс-")


def is_former(g: Grammar, post: Token) -> bool:
    """«бывший министр», «экс-министр»."""
    return plain(post.lemma).startswith("экс-") or any(
        plain(c.lemma) in FORMER for c in g.children(post.i, "amod", "acl", "compound")
    )
