"""What another reader makes of a text is told by part, with examples."""

from __future__ import annotations

from typing import Any

from tasks.archive.comparing import Changes, Example
from tests.archive.articles import TEXT, made


def test_equal_readings_have_no_changes() -> None:
    changes = Changes()
    changes.count(made().to_dict(), made(reader="2.0").to_dict())
    assert (changes.texts, changes.changed, changes.examples) == (1, 0, {})


def test_what_is_added_removed_and_told_otherwise_is_counted_and_shown() -> None:
    before, after = made(outlet="Вестник").to_dict(), made(outlet="Вестник").to_dict()
    after["events"][0]["status"] = "claimed"
    after["events"][0]["attribution"] = "a1"
    after["attitudes"] = []
    after["sources"][0] |= {"name": "Утренний вестовой"}
    after["attributions"].append(after["attributions"][0] | {"id": "a2", "content": [[0, 6]], "source": None})

    changes = Changes()
    changes.count(before, after)

    assert (changes.texts, changes.changed) == (1, 1)
    assert (changes.altered["events"], changes.removed["attitudes"], changes.added["attributions"]) == (1, 1, 1)
    assert (changes.added["sources"], changes.removed["sources"], changes.altered["attributions"]) == (1, 1, 1)
    assert changes.examples["events"] == [
        Example("Вестник", TEXT.splitlines()[0], "KAZ AGREE GBR, happened",
                "KAZ AGREE GBR, claimed, says Утренний вестовой")
    ]  # fmt: skip
    assert changes.examples["attitudes"][0].after == ""
    assert changes.to_dict()["parts"]["attitudes"]["removed"] == 1


def test_few_examples_are_kept_of_many_changes() -> None:
    changes = Changes()
    for number in range(20):
        before: dict[str, Any] = made(f"Текст {number}.\n«Слова», — сказал он.").to_dict()
        changes.count(before, before | {"events": []})
    assert changes.removed["events"] == 20
    assert len(changes.examples["events"]) == 3
