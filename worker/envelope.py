"""What a task message looks like on the wire: compact UTF-8, and nothing else is let in.

Published by this transport, an entry has two fields: ``h``, the envelope (headers, properties, content type and
encoding) as JSON, and ``b``, the body as it was serialised, neither escaped again nor in base64. One that was pushed
into the queue's list by a stock Celery producer has one, ``raw``: kombu's whole JSON message.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kombu.serialization import register
from kombu.utils.json import JSONEncoder, loads

JSON = "application/json"

#: Bytes of one message, as it is and decompressed.
MAX_BYTES = 32 * 1024 * 1024
#: Containers within containers.
MAX_DEPTH = 64

_GZIP = ("application/x-gzip", "gzip", "zlib")
#: Celery uses these headers and properties unchecked, and its consumer dies of one that is of the wrong type.
_HEADERS = {
    "lang": str, "shadow": str, "eta": str, "expires": str, "group": str, "group_index": int, "retries": int,
    "timelimit": list, "root_id": str, "parent_id": str, "argsrepr": str, "kwargsrepr": str, "origin": str, "meth": str,
    "ignore_result": bool, "replaced_task_nesting": int, "stamped_headers": list, "stamps": dict, "compression": str,
}  # fmt: skip
_PROPERTIES = {"correlation_id": str, "reply_to": str, "priority": int, "body_encoding": str}
_DELIVERY_INFO = {"exchange": str, "routing_key": str}
_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_escape = JSONEncoder(separators=(",", ":")).encode


class MalformedError(ValueError):
    """The message is not one of ours; the text says what is wrong with it."""


def dumps(value: Any) -> str:
    """Compact JSON in which letters stay letters; lone surrogates, which UTF-8 cannot hold, are escaped."""
    text = _encode(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        return _escape(value)
    return text


def register_json() -> None:
    """Let the serialiser named json write compact UTF-8: a Russian article takes two bytes a letter instead of six."""
    register("json", dumps, loads, content_type=JSON, content_encoding="utf-8")


def pack(message: dict[str, Any]) -> dict[str, bytes]:
    """The fields of a stream entry for a message as kombu prepares it. Null headers are left out."""
    body = message["body"]
    properties = {k: v for k, v in message["properties"].items() if k not in ("body_encoding", "delivery_tag")}
    head = {
        "headers": {k: v for k, v in message["headers"].items() if v is not None},
        "properties": properties,
        "content-type": message["content-type"],
        "content-encoding": message["content-encoding"],
    }
    return {"h": dumps(head).encode(), "b": body if isinstance(body, bytes) else (body or "").encode()}


def unpack(fields: dict[bytes, bytes], tag: str, *, redelivered: bool = False) -> dict[str, Any]:
    """The message in a stream entry, as kombu's Message takes it, with its decoded body under ``decoded``.

    Raises:
        MalformedError: when Celery could not make a task of it.
    """
    size = sum(map(len, fields.values()))
    if size > MAX_BYTES:
        raise MalformedError(f"{size} bytes; at most {MAX_BYTES} are taken")
    if set(fields) == {b"h", b"b"}:
        message = _mapping(_json(fields[b"h"], "the envelope"), "the envelope")
        body: Any = fields[b"b"]
    elif set(fields) == {b"raw"}:
        message = _mapping(_json(fields[b"raw"], "the message"), "the message")
        body = message.get("body")
    else:
        raise MalformedError(f"fields {sorted(name[:40] for name in fields)[:10]} instead of h and b")
    headers = _mapping(message.get("headers"), "headers")
    properties = _mapping(message.get("properties"), "properties")
    info = _mapping(properties.get("delivery_info"), "properties.delivery_info")
    _check_headers(headers)
    _check_types(properties, _PROPERTIES, "properties")
    _check_types(info, _DELIVERY_INFO, "properties.delivery_info")
    if message.get("content-type") != JSON:
        raise MalformedError(f"content type {message.get('content-type')!r}; only {JSON} is taken")
    if str(message.get("content-encoding")).lower() != "utf-8":
        raise MalformedError(f"content encoding {message.get('content-encoding')!r}; only utf-8 is taken")
    body = _decompress(_decode(body, properties.get("body_encoding")), headers.pop("compression", None))
    return {
        **message,
        "headers": headers,
        "properties": {
            **properties,
            "body_encoding": None,
            "delivery_tag": tag,
            "delivery_info": {**info, "redelivered": redelivered},
        },
        "body": body,
        "decoded": _task_body(body),
    }


def _json(data: bytes, what: str) -> Any:
    try:
        return json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"{what} is not JSON: {error}") from None


def _mapping(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedError(f"{name}: an object was expected, not {_kind(value)}")
    return value


def _kind(value: Any) -> str:
    return "nothing" if value is None else type(value).__name__


def _check_types(values: dict[str, Any], types: Mapping[str, type], where: str) -> None:
    for name, kind in types.items():
        if not isinstance(values.get(name), kind | None):
            raise MalformedError(f"{where}.{name}: {kind.__name__} was expected, not {_kind(values[name])}")


def _check_headers(headers: dict[str, Any]) -> None:
    for name in ("task", "id"):
        if not isinstance(headers.get(name), str) or not headers[name]:
            raise MalformedError(f"headers.{name}: a string was expected, not {_kind(headers.get(name))}")
    _check_types(headers, _HEADERS, "headers")
    for name in ("eta", "expires"):
        try:
            datetime.fromisoformat(headers.get(name) or "2000-01-01")
        except ValueError:
            raise MalformedError(f"headers.{name}: {headers[name][:40]!r} is not a time in ISO 8601") from None
    limits = headers.get("timelimit")
    if limits and not (len(limits) == 2 and all(isinstance(limit, int | float | None) for limit in limits)):
        raise MalformedError("headers.timelimit: two numbers were expected")
    if not all(isinstance(name, str) for name in headers.get("stamped_headers") or ()):
        raise MalformedError("headers.stamped_headers: strings were expected")


def _decode(body: Any, encoding: Any) -> bytes:
    if isinstance(body, str):
        body = body.encode(errors="surrogatepass")
    if not isinstance(body, bytes) or not body:
        raise MalformedError(f"body: text was expected, not {_kind(body)}")
    if encoding is None or encoding == "utf-8":
        return body
    if encoding != "base64":
        raise MalformedError(f"body encoding {str(encoding)[:40]!r}; base64, utf-8 and none are taken")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError as error:
        raise MalformedError(f"body is not base64: {error}") from None


def _decompress(body: bytes, compression: Any) -> bytes:
    if compression is None:
        return body
    if compression not in _GZIP:
        raise MalformedError(f"compression {str(compression)[:40]!r}; only {_GZIP[0]} is taken")
    unpacking = zlib.decompressobj()
    try:
        plain = unpacking.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise MalformedError(f"body cannot be decompressed: {error}") from None
    if not unpacking.eof:
        raise MalformedError(f"body is cut off, or grows beyond {MAX_BYTES} bytes when decompressed")
    return plain


def _task_body(body: bytes) -> list[Any]:
    try:
        decoded = loads(body)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise MalformedError(f"body is not JSON: {error}") from None
    if not isinstance(decoded, list) or len(decoded) != 3:
        raise MalformedError("body: [args, kwargs, embed] was expected")
    args, kwargs, embed = decoded
    if not isinstance(args, list) or not isinstance(kwargs, dict) or not isinstance(embed, dict | None):
        raise MalformedError(f"body: [list, object, object] was expected, not [{', '.join(map(_kind, decoded))}]")
    level: list[Any] = [decoded]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return decoded
    raise MalformedError(f"body is nested deeper than {MAX_DEPTH}")
