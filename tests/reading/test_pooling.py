"""What the networks read of those whom a sentence names."""

from __future__ import annotations

import numpy as np

from tasks.reading import tokens
from tasks.reading.ru import bearings, pooling, stance
from tasks.reading.ru.bearings import Spot
from tasks.reading.tokens import Parse


def spots(parse: Parse, *names: str) -> list[Spot]:
    """The words that begin with ``names``, as states."""
    heads = [next(t.i for t in parse.tokens if t.text.startswith(name)) for name in names]
    return [bearings.spot(parse.tokens, i, i + 1, "COUNTRY") for i in heads]


def read(parse: Parse, asked: list[Spot]) -> pooling.Read:
    model = stance.model()
    seen = stance.see(parse, asked, model.lexicon)
    return model.networks(pooling.inputs(seen.words, seen.of, seen.spots, seen.vectors))


def bad(text: str, name: str) -> float:
    """Logarithm of the probability that ``text`` shows the state badly."""
    parse = tokens.parse(text, [(0, len(text))])
    return float(read(parse, spots(parse, name)).stance[0, 0])


def test_every_spot_and_every_word_of_its_sentence_is_answered() -> None:
    text = "Франция осудила Польшу. Испания промолчала."
    parse = tokens.parse(text, [(0, len(text))])
    found = read(parse, spots(parse, "Франц", "Польш", "Испан"))
    assert found.stance.shape == (3, 3)
    assert found.telling.shape == (4 + 4 + 3, 3)
    assert all(np.isfinite(part).all() and (part <= 0).all() for part in found)


def test_a_spot_is_read_alike_alone_and_among_others_and_in_whatever_order() -> None:
    text = "Франция осудила Польшу за провокации, а Испания поддержала её. Норвегия промолчала."
    parse = tokens.parse(text, [(0, len(text))])
    asked = spots(parse, "Норвег", "Польш", "Франц", "Испан")
    together = read(parse, asked)
    for k, one in enumerate(asked):
        alone = read(parse, [one])
        np.testing.assert_allclose(together.stance[k], alone.stance[0], atol=1e-4)


def test_a_spot_of_several_words_is_all_of_them() -> None:
    text = "Саудовская Аравия развязала войну."
    parse = tokens.parse(text, [(0, len(text))])
    whole, noun = (bearings.spot(parse.tokens, first, 2, "COUNTRY") for first in (0, 1))
    assert whole.head == noun.head
    assert not np.allclose(read(parse, [whole]).stance, read(parse, [noun]).stance)


def test_a_word_counts_by_whom_it_is_said_of() -> None:
    text = "Франция обвинила Польшу в агрессии."
    assert bad(text, "Польш") > bad(text, "Франц")
    assert bad("Польша обвинила Францию в агрессии.", "Польш") < bad(text, "Польш")


def test_blame_shows_one_worse_than_praise() -> None:
    assert bad("Испания осудила Польшу.", "Польш") > bad("Испания поблагодарила Польшу.", "Польш")
    assert bad("Преступления Франции ужасны.", "Франц") > bad("Достижения Франции прекрасны.", "Франц")
