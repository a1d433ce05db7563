"""Pages that stand where an article should be: asking for money, for consent, for proof of being human, or missing.

Such a page is short and says what it is; an article that speaks of subscriptions or cookies is longer.
"""

from __future__ import annotations

import re

from .metadata import Node

SHORT = 1_200
"""Characters above which what was extracted is an article, whatever it says."""
OPENING = 200
"""Characters that the opening of an article has at most, where its page says that the rest is paid for. Agencies say so
of their short items, too, which stand there whole."""

_TITLES = {
    "the page asks whether its visitor is a machine": (
        r"just a moment|attention required|checking your browser|(?:please )?verify (?:that )?you are (?:a )?human"
        r"|are you a (?:robot|human)|security check|ddos-guard|access denied|доступ (?:ограничен|запрещ[её]н)"
        r"|(?:подтвердите, что )?вы не робот|проверка (?:браузера|безопасности)|проверяем ваш браузер|captcha|капча"
    ),
    "the page asks for consent": (
        r"before you continue(?: to .*)?|cookie consent|согласие на использование (?:файлов )?cookies?"
    ),
    "the page says that there is none": (
        r"(?:ошибка|error)?\s?(?:404|410)|(?:404|410)?\W*(?:page )?not found"
        r"|(?:404|410)?\W*страница не (?:найдена|существует)|такой страницы (?:нет|не существует)"
    ),
}
_TEXTS = {
    "the page asks for a subscription": (
        r"(?:материал|стать[яи]|текст|доступ\w*|продолжение)\s[^.!?]{0,60}только (?:\w+\s)?подписчик"
        r"|(?:оформите|купите|оплатите) (?:\w+\s)?подписку|подпишитесь, чтобы (?:чита|прочита|продолж)"
        r"|чтобы (?:читать|прочитать|дочитать)[^.!?]{0,40}(?:оформите|войдите|зарегистрируйтесь|подпишитесь)"
        r"|(?:subscribe|log ?in|sign ?in|register|sign up) (?:now )?to (?:continue|read|unlock|keep reading)"
        r"|(?:article|story) is (?:only |exclusively )?(?:for|available to|reserved for) (?:\w+ )?subscribers"
        r"|already a subscriber\?"
    ),
    "the page asks for consent": (
        r"we (?:and our [^.]{0,40}partners )?(?:value|care about|respect) your privacy|before you continue to \w+"
        r"|мы используем (?:файлы )?cookies?"
        r"|продолжая (?:использовать|пользоваться)[^.]{0,40} вы (?:даёте|даете|соглаша)"
    ),
    "the page asks whether its visitor is a machine": (
        r"enable javascript and cookies to continue|checking (?:if the site connection is secure|your browser before)"
        r"|подтвердите, что (?:запросы отправляли )?вы[^.]{0,30} не робот|unusual traffic from your"
    ),
}
_SITE = r"[\W_]*(?:[|:·—–-]\s.*)?"
"""What may stand behind a title: marks, and the name of the site."""


def wall(title: str | None, paragraphs: list[str], data: list[Node]) -> str | None:
    """Why what was found on the page is no article, None where it is one."""
    size = sum(map(len, paragraphs))
    if size >= SHORT:
        return None
    for why, pattern in _TITLES.items():
        if re.fullmatch(f"(?:{pattern}){_SITE}", (title or "").strip(), re.I):
            return why
    for why, pattern in _TEXTS.items():
        if any(re.search(pattern, text, re.I) for text in paragraphs):
            return why
    broken_off = bool(paragraphs) and paragraphs[-1].endswith(("…", "..."))
    if (size < OPENING or broken_off) and any(str(node.get("isAccessibleForFree")).lower() == "false" for node in data):
        return "the page shows only the opening of an article that is paid for"
    return None
