"""What a site's robots.txt allows (RFC 9309), remembered at the broker for all workers.

One that answers 4xx allows everything; one that can't be had (5xx, no answer) forbids everything for a while, unless
an older copy is known.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict, dataclass
from functools import lru_cache

import httpx
import zstandard
from protego import Protego

from tasks.web import download
from tasks.web.faults import Refused, Unavailable
from worker.ledger import Ledger

AGENT = "chancery"
"""The name that robots.txt may address us by."""
LIMIT = 500 * 1024
"""Bytes of a robots.txt that are read."""
SECONDS = 10.0
"""In which a robots.txt is to come."""
UNREACHABLE_SECONDS = 300.0
"""For which a robots.txt that can't be had forbids everything."""
STALE_SECONDS = 30 * 86_400
"""For which an old copy counts while no other can be had."""
DELAY_CAP = 60.0
"""Seconds between visits, the most that a robots.txt may ask for."""
_PRODUCT = 2_000_000
"""Rules times agents that are taken in: the parser keeps every rule of a group once for each of its agents."""


@dataclass(frozen=True)
class Rules:
    """What was found at ``/robots.txt``: its text, empty where everything is allowed, None where it can't be had."""

    text: str | None
    until: float
    """Unix time after which it is asked for again."""

    def allow(self, url: str) -> bool:
        """Whether the URL may be fetched by us."""
        return self.text is not None and (not self.text or _parsed(self.text).can_fetch(url, AGENT))

    @property
    def fresh(self) -> bool:
        """Whether it need not be asked for again."""
        return self.until > time.time()

    @property
    def delay(self) -> float:
        """Seconds between visits that it asks for, 0 where it does not."""
        return min(DELAY_CAP, (_parsed(self.text).crawl_delay(AGENT) or 0.0)) if self.text else 0.0


EVERYTHING = Rules("", float("inf"))


def known(url: httpx.URL, ledger: Ledger) -> Rules | None:
    """The rules for the URL's site as they are remembered, however old."""
    packed = ledger.ask(lambda: ledger.client.get(_key(url, ledger)))
    if not isinstance(packed, bytes):
        return None
    return Rules(**json.loads(zstandard.ZstdDecompressor().decompress(packed, max_output_size=8 * LIMIT)))


def fetched(url: httpx.URL, ledger: Ledger, old: Rules | None) -> Rules:
    """Asks the URL's site for its rules, and remembers them.

    Raises:
        Unavailable: as `download.get`, where the site can't be reached at all and no old copy is known; code
            ``robots``: it answered 429 or 5xx.
    """
    settings = ledger.settings
    quick = settings.model_copy(update={"fetch_seconds": min(SECONDS, settings.fetch_seconds)})
    try:
        answer = download.get(str(url.copy_with(raw_path=b"/robots.txt")), quick, limit=LIMIT, cut=True)
        rules = Rules(_readable(answer.body.decode("utf-8", "replace")), time.time() + settings.robots_seconds)
    except Refused:
        rules = Rules("", time.time() + settings.robots_seconds)
    except Unavailable as fault:
        copy = old.text if old else None
        if copy is None and fault.status is None:
            raise
        rules = Rules(copy, time.time() + max(UNREACHABLE_SECONDS, fault.after))
    packed = zstandard.ZstdCompressor().compress(json.dumps(asdict(rules)).encode())
    if rules.text is None:
        ledger.ask(lambda: ledger.client.set(_key(url, ledger), packed, ex=int(rules.until - time.time()) + 1))
    elif old is not None and rules.text is old.text:
        ledger.ask(lambda: ledger.client.set(_key(url, ledger), packed, keepttl=True))
    else:
        kept = settings.robots_seconds + STALE_SECONDS
        ledger.ask(lambda: ledger.client.set(_key(url, ledger), packed, ex=kept))
    return rules


def _key(url: httpx.URL, ledger: Ledger) -> str:
    """Rules are those of a scheme, host and port."""
    return ledger.key(f"robots:{url.scheme}://{url.netloc.decode('ascii')}")


def _readable(text: str) -> str:
    """The text, or one that forbids everything in the place of one that is made to choke its reader."""
    agents, rules = len(re.findall(r"user.?agent", text, re.I)), len(re.findall(r"l+[ao]w", text, re.I))
    return text if agents * rules <= _PRODUCT else "User-agent: *\nDisallow: /\n"


@lru_cache(maxsize=16)
def _parsed(text: str) -> Protego:
    return Protego.parse(text)
