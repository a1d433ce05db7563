"""From the outbox to the stream and to webhooks: at least once, in order, each subscription for itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from sqlalchemy import Engine, update
from standardwebhooks import Webhook

from tasks.archive.database import reading, writing
from tasks.archive.keeping import keep
from tasks.archive.retention import forget_told
from tasks.archive.tables import subscriptions as rows
from tasks.deliveries import relay, subscriptions
from tasks.deliveries.filters import Filter
from tests.archive.articles import made
from worker.settings import Settings

from .conftest import Received, Receiver, receiving, tell

NOW = datetime.now(UTC)


def subscribed(archive: Engine, receiver: Receiver, name: str = "desk", **wanted: Any) -> str:
    """Subscribes the receiver to all that is in the outbox and comes; its secret."""
    with writing(archive) as connection:
        key = subscriptions.add(connection, name, receiver.url, Filter.model_validate(wanted), now=NOW, everything=True)
    assert key is not None
    return key


def state(archive: Engine, name: str = "desk") -> subscriptions.Subscription:
    with reading(archive) as connection:
        return subscriptions.get(connection, name)


def due_now(archive: Engine, name: str = "desk") -> None:
    """As if the wait for the next try were over."""
    with writing(archive) as connection:
        connection.execute(update(rows).where(rows.c.name == name).values(due=None))


def titles(log: list[Received]) -> list[str]:
    return [json.loads(each.body)["data"]["title"] for each in log]


def streamed(broker: redis.Redis, chosen: Settings) -> list[dict[str, Any]]:
    entries: Any = broker.xrange(chosen.key_prefix + "events")
    return [json.loads(fields[b"event"]) for _, fields in entries]


def test_every_event_reaches_the_stream_and_the_webhook_once_signed_and_in_order(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
) -> None:
    key = subscribed(archive, receiver)
    ids = [f"e{n}" for n in range(450)]
    tell(archive, *ids)
    assert relay.catch_up(archive, broker, chosen, 60) == 900
    assert relay.catch_up(archive, broker, chosen) == 0
    assert titles(receiver.log) == ids == [event["id"] for event in streamed(broker, chosen)]
    for each in receiver.log:
        Webhook(key).verify(each.body, each.headers)
    assert len({each.id for each in receiver.log}) == 450


def test_an_event_is_a_cloudevent_under_a_constant_id_with_a_signature_of_its_bytes(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
) -> None:
    key = subscribed(archive, receiver)
    with writing(archive) as connection:
        keep(connection, made(), now=NOW)
    receiver.answer = lambda n, _body: (500 if n == 0 else 204, {})
    receiver.said = b""
    for _ in range(2):
        relay.catch_up(archive, broker, chosen)
        due_now(archive)
    first, again = receiver.log
    assert (first.id, first.body) == (again.id, again.body)
    event = json.loads(first.body)
    assert (event["specversion"], event["type"], event["source"]) == ("1.0", "chancery.reading.v1", "/chancery")
    assert event["data"]["pairs"] == [["KAZ", "GBR"]]
    assert first.headers["content-type"] == "application/cloudevents+json"
    secret = base64.b64decode(key.removeprefix("whsec_"))
    signed = f"{first.id}.{first.headers['webhook-timestamp']}.".encode() + first.body
    assert (
        first.headers["webhook-signature"]
        == "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    )


def test_while_a_secret_is_changed_both_sign_and_then_the_new_one_alone(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
) -> None:
    former = subscribed(archive, receiver)
    with writing(archive) as connection:
        key = subscriptions.rotate(connection, "desk", datetime.now(UTC))
    tell(archive, "during")
    relay.catch_up(archive, broker, chosen)
    with writing(archive) as connection:
        connection.execute(update(rows).values(former_until=datetime.now(UTC) - timedelta(seconds=1)))
    tell(archive, "after")
    relay.catch_up(archive, broker, chosen)
    during, after = receiver.log
    assert [len(each.headers["webhook-signature"].split()) for each in receiver.log] == [2, 1]
    for secret, each in ((former, during), (key, during), (key, after)):
        Webhook(secret).verify(each.body, each.headers)


def test_an_event_that_is_not_taken_holds_its_own_subscription_alone_and_none_is_passed_over(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
) -> None:
    subscribed(archive, receiver)
    tell(archive, "a", "b", "c")
    receiver.answer = lambda _n, body: (503 if b'"b"' in body and len(receiver.log) < 4 else 200, {})
    with receiving() as other:
        subscribed(archive, other, "other")
        relay.catch_up(archive, broker, chosen)
        assert titles(other.log) == ["a", "b", "c"]
        assert titles(receiver.log) == ["a", "b"]
        held = state(archive)
        assert (held.cursor, held.failures, held.why, held.state) == (1, 1, "HTTP 503", "active")
        for _ in range(4):
            due_now(archive)
            relay.catch_up(archive, broker, chosen)
    assert titles(receiver.taken) == ["a", "b", "c"]
    assert (state(archive).failures, state(archive).why) == (0, "")


def test_a_receiver_is_not_tried_before_the_time_that_it_asks_for(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
) -> None:
    subscribed(archive, receiver)
    tell(archive, "a")
    receiver.answer = lambda _n, _body: (429, {"retry-after": "600"})
    before = datetime.now(UTC)
    for _ in range(2):
        relay.catch_up(archive, broker, chosen)
    due = state(archive).due
    assert len(receiver.log) == 1
    assert due is not None
    assert due >= before + timedelta(seconds=600)


def test_a_receiver_that_is_gone_is_paused_and_people_are_told(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
) -> None:
    subscribed(archive, receiver)
    tell(archive, "a", "b")
    receiver.answer = lambda n, _body: (410 if n == 0 else 200, {})
    for _ in range(2):
        relay.catch_up(archive, broker, chosen)
    assert len(receiver.log) == 1
    assert state(archive).state == "paused"
    alarms: Any = broker.xrange(chosen.key_prefix + "alarms")
    (alarm,) = [json.loads(fields[b"event"]) for _, fields in alarms]
    assert (alarm["kind"], alarm["subscription"]) == ("paused", "desk")
    with writing(archive) as connection:
        subscriptions.resume(connection, "desk")
    relay.catch_up(archive, broker, chosen)
    assert titles(receiver.taken) == ["a", "b"]


def test_one_that_takes_nothing_for_too_long_is_paused_with_nothing_lost(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
) -> None:
    subscribed(archive, receiver)
    tell(archive, "a")
    receiver.answer = lambda n, _body: (500 if n < 2 else 200, {})
    relay.catch_up(archive, broker, chosen)
    with writing(archive) as connection:
        long_ago = datetime.now(UTC) - timedelta(seconds=chosen.webhook_patience_seconds)
        connection.execute(update(rows).where(rows.c.name == "desk").values(failing_since=long_ago, due=None))
    relay.catch_up(archive, broker, chosen)
    held = state(archive)
    assert held.state == "paused"
    assert held.why.endswith("last: HTTP 500")
    assert broker.xlen(chosen.key_prefix + "alarms") == 1
    with writing(archive) as connection:
        subscriptions.resume(connection, "desk")
    relay.catch_up(archive, broker, chosen)
    assert titles(receiver.taken) == ["a"]


def test_only_what_is_wanted_is_told(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
) -> None:
    subscribed(archive, receiver, pairs=["GBR KAZ"], words=["надёжный союзник"])
    with writing(archive) as connection:
        keep(connection, made(), now=NOW)
        keep(connection, made("Урожай собран.\nПогода ясная."), now=NOW)
    tell(archive, "x", pairs=[["KAZ", "GBR"]], title="Союзник")
    relay.catch_up(archive, broker, chosen)
    assert [json.loads(each.body)["data"]["document"] for each in receiver.log] == [made().document.id]
    assert len(streamed(broker, chosen)) == 3


@pytest.mark.parametrize("archive_settings", ["postgresql"], indirect=True)
def test_a_transaction_that_commits_late_is_not_passed_over(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
) -> None:
    """It took its number first and becomes visible last."""
    from tasks.archive import outbox

    subscribed(archive, receiver)
    with archive.connect() as slow, slow.begin():
        outbox.add(slow, "slow", "chancery.reading.v1", "slow", {"title": "slow"})
        tell(archive, "quick")
        relay.catch_up(archive, broker, chosen)
        assert titles(receiver.log) == ["quick"]
    tell(archive, "last")
    relay.catch_up(archive, broker, chosen)
    assert titles(receiver.log) == ["quick", "slow", "last"]
    assert [event["id"] for event in streamed(broker, chosen)] == ["quick", "slow", "last"]


def test_what_one_subscription_has_still_to_be_told_may_not_be_tidied_away(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
) -> None:
    subscribed(archive, receiver)
    tell(archive, "a", "b", "c")
    receiver.answer = lambda n, _body: (200 if n == 0 else 500, {})
    relay.catch_up(archive, broker, chosen)
    tell(archive, "unplaced")
    assert forget_told(archive, datetime.now(UTC) - timedelta(days=1)) == 0
    assert forget_told(archive, datetime.now(UTC) + timedelta(days=1)) == 1
    receiver.answer = lambda _n, _body: (200, {})
    due_now(archive)
    relay.catch_up(archive, broker, chosen)
    assert titles(receiver.taken) == ["a", "b", "c", "unplaced"]
    assert forget_told(archive, datetime.now(UTC) + timedelta(days=1)) == 3


def test_a_position_is_never_given_twice_even_if_the_outbox_was_emptied(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
) -> None:
    subscribed(archive, receiver)
    tell(archive, "a", "b")
    relay.catch_up(archive, broker, chosen)
    with writing(archive) as connection:
        from tasks.archive.tables import outbox

        connection.execute(outbox.delete())
    tell(archive, "c")
    relay.catch_up(archive, broker, chosen)
    assert titles(receiver.log) == ["a", "b", "c"]


@pytest.mark.parametrize("archive_settings", ["sqlite"], indirect=True)
class TestReceiversThatMeanNoGood:
    def test_an_address_of_a_private_network_is_not_told_anything(
        self, archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
    ) -> None:
        subscribed(archive, receiver)
        tell(archive, "a")
        relay.catch_up(archive, broker, chosen.model_copy(update={"fetch_allow": ()}))
        assert receiver.log == []
        assert "CHANCERY_FETCH_ALLOW" in state(archive).why

    def test_a_redirect_is_not_followed(
        self, archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
    ) -> None:
        subscribed(archive, receiver)
        tell(archive, "a")
        with receiving() as other:
            receiver.answer = lambda _n, _body: (307, {"location": other.url})
            relay.catch_up(archive, broker, chosen)
            assert other.log == []
        assert state(archive).why == "HTTP 307"

    def test_an_endless_answer_is_not_read_to_its_end(
        self, archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
    ) -> None:
        subscribed(archive, receiver)
        tell(archive, "a")
        receiver.said = b"x" * 1_000_000
        relay.catch_up(archive, broker, chosen)
        assert state(archive).failures == 1

    def test_a_receiver_that_does_not_answer_costs_a_bounded_time(
        self, archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
    ) -> None:
        subscribed(archive, receiver)
        tell(archive, "a")
        receiver.answer = lambda _n, _body: (200, {"content-length": "99"})
        relay.catch_up(archive, broker, chosen.model_copy(update={"webhook_seconds": 0.3}))
        assert state(archive).why == "no answer within 0.3 s"
