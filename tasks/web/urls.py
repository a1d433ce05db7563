"""One spelling for the many URLs of a page.

What is undone, is undone by the URL's form alone: letter case, default ports, fragments, percent-encoding, tracking
parameters, AMP and mobile forms, index files. What only the page knows (that two sections show one article) it says by
``rel=canonical`` and ``og:url``; `of_page` believes it about its own site.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import idna
from tld import get_fld

LIMIT = 2048
"""Characters that a URL may have."""

_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    # campaigns: Google Analytics, Matomo, AT Internet, Webtrends, HubSpot, Mailchimp, Adobe, Openstat, VK, Facebook
    r"(?:utm|pk|mtm|piwik|matomo|at|hsa|_hs|mc|mkt|ns|ga|fb|vero|oly|itm|wt|stm|roistat|openstat|_openstat)_.+"
    r"|_?openstat|xtor|ocid|cmpid|cmp|ito|smid|smtyp|ncid|sr_share|campaign|partner|partnerid"
    # clicks, counted by advertisers and search engines
    r"|(?:y|ys|g|f|fb|dc|tw|tt|ms|msk|rb_?|vk)clid|gclsrc|[gw]braid|msclkid|rb_clickid|igshid|igsh|spm|srsltid|ved|usg"
    r"|_ga|_gl|_ym|_hsenc|_hsmi|mkt_tok|__twitter_impression|_branch_match_id"
    # where the reader comes from
    r"|from|from_source|frommail|frm|ref|ref_src|ref_url|referer|referrer|rss|fromrss|share|shared|sharing|tgrhash|rhash"
    # sessions
    r"|phpsessid|jsessionid|aspsessionid\w*|sessionid|session_id",
    re.I,
)
_AMP_QUERY = re.compile(r"amp|amp_[a-z_]+|usqp|aoh|(?:outputtype|output|view|mode|m)=amp", re.I)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|shtml|php[345]?|aspx?|jsp)$", re.I)
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.I)
_MOBILE = frozenset({"m", "mobile", "amp", "wap", "pda"})
_CACHE = re.compile(r"/(?:amp|c|v|a|wp)(?:/(s))?/([^/]+\.[^/]+.*)", re.I)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|%|[^%]+")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class NoURL(ValueError):
    """The text is no http or https URL; the message says why."""


def canonical(url: str) -> str:
    """The one spelling of ``url``; what is canonical stays as it is.

    The scheme and a leading ``www.`` are kept, since not every site answers to both; nor is a slash at the end added
    or removed. The host is in its ASCII form (punycode).

    Raises:
        NoURL: it is not an absolute http or https URL of at most `LIMIT` characters.
    """
    while (after := _canonical(url)) != url:  # a cache's URL holds another
        url = after
    return url


def of_page(url: str, claims: Iterable[str | None]) -> str:
    """The canonical URL of a page that was found at ``url`` and names others as its own, the most trusted first.

    A claim counts where it is of the same site, and is not the site's front page unless ``url`` is.

    Raises:
        NoURL: ``url`` is none; a claim that is none is passed over.
    """
    own = canonical(url)
    for claim in claims:
        try:
            named = canonical(urljoin(own, claim.strip())) if claim else own
        except ValueError:
            continue
        if named != own and site(named) == site(own) and (_path(named) != "/" or _path(own) == "/"):
            return named
    return own


def site(url: str) -> str:
    """The registrable domain of a URL's host (``example.co.uk``), or the host itself where it has none.

    Sites of one hosting service (``name.livejournal.com``) are told apart where the Public Suffix List does.
    """
    host = urlsplit(url).hostname or ""
    return get_fld(f"http://{host}/", fail_silently=True, search_private=True) or host


def _canonical(url: str) -> str:
    scheme, host, port, path, query = _parts(url)
    path = _INDEX.sub("/", _SESSION.sub("", _segments(_normal(path, "/!$&'()*+,;=:@"))))
    if (inner := _uncached(host, path)) is not None:
        return inner
    host = _full(host)
    path = _without_amp(path)
    query = "&".join(sorted(p for p in (_normal(p, "/!$'()*+,;=:@?") for p in query.split("&")) if _kept(p)))
    netloc = f"[{host}]" if ":" in host else host
    if port not in (None, _PORTS[scheme]):
        netloc += f":{port}"
    return urlunsplit((scheme, netloc, path, query, ""))


def _parts(url: str) -> tuple[str, str, int | None, str, str]:
    """Scheme, host, port, path and query."""
    url = "".join(c for c in url.strip() if c > " " and c != "\x7f").replace("\\", "/")
    if len(url) > LIMIT:
        raise NoURL(f"a URL of {len(url):,} characters is over the limit of {LIMIT:,}")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NoURL(f"{url[:200]!r} is no URL: {error}") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise NoURL(f"{url[:200]!r} is not an http or https URL")
    return parts.scheme, _ascii(parts.hostname, url), port, parts.path, parts.query


def _ascii(host: str, url: str) -> str:
    """A host's ASCII form, small, without the root's dot."""
    if ":" in host:
        return host.lower()
    try:
        name = idna.encode(host, uts46=True).decode("ascii") if not host.isascii() else host.lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise NoURL(f"{url[:200]!r} has no host: {error}") from None
    name = re.sub(r"\.{2,}", ".", name).strip(".")
    if not re.fullmatch(r"[a-z0-9_.-]{1,253}", name):
        raise NoURL(f"{url[:200]!r} has no host: {name[:80]!r} is no name")
    return name


def _full(host: str) -> str:
    """The host of the pages that a mobile or AMP host shows: ``m.example.org``, ``ru.m.wikipedia.org``."""
    labels = host.split(".")
    if all(label.isdigit() for label in labels):
        return host
    while len(labels) > 2 and labels[0] in _MOBILE:
        del labels[0]
    while len(labels) > 3 and labels[1] in ("m", "amp"):
        del labels[1]
    return ".".join(labels)


def _uncached(host: str, path: str) -> str | None:
    """The URL that a page of Google's AMP caches is a copy of."""
    labels = host.split(".")
    cache = host.endswith((".ampproject.org", ".ampproject.net", ".bing-amp.com"))
    if not cache and not (host.startswith("www.google.") and len(labels) <= 4 and path.startswith("/amp/")):
        return None
    found = _CACHE.fullmatch(path)
    return f"http{'s' if found[1] else ''}://{found[2]}" if found else None


def _without_amp(path: str) -> str:
    """The path of the page whose AMP form this is: ``/amp/…``, ``…/amp``, ``…/amp/``, ``….amp``, ``….amp.html``."""
    before = None
    while before != path:
        before = path
        path = re.sub(r"^/amp(?=/)|/amp(?=/?$)", "", path, flags=re.I) or "/"
        path = re.sub(r"(?<=[^/])\.amp(?=(?:\.html?)?$)", "", path, flags=re.I)
    return path


def _segments(path: str) -> str:
    """The path without empty and dot segments."""
    found: list[str] = []
    parts = path.split("/")
    for part in parts[1:]:
        if part == "..":
            del found[-1:]
        elif part not in ("", "."):
            found.append(part)
    end = "/" if found and parts[-1] in ("", ".", "..") else ""
    return "/" + "/".join(found) + end


def _kept(parameter: str) -> bool:
    name = parameter.partition("=")[0]
    return bool(parameter.strip("=")) and not (
        _TRACKING.fullmatch(name) or _AMP_QUERY.fullmatch(name) or _AMP_QUERY.fullmatch(parameter)
    )


def _normal(text: str, safe: str) -> str:
    """Percent-encoding as RFC 3986 has it: what needs none has none, what has one has capitals."""

    def one(found: re.Match[str]) -> str:
        if found[1]:
            character = chr(int(found[1], 16))
            return character if character in _UNRESERVED else "%" + found[1].upper()
        return "%25" if found[0] == "%" else quote(found[0], safe=safe, errors="replace")

    return _ESCAPE.sub(one, text)


def _path(url: str) -> str:
    return urlsplit(url).path
