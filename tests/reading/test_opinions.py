"""What participants of a sentence hold of each other, and what the text shows of them, weighed together."""

from __future__ import annotations

import numpy as np

from tasks.reading import tokens
from tasks.reading.ru import bearings, opinions, stance
from tests.benchmarks.attitude_tuples import AUTHOR, Guess, Tuple, chosen, overlap


def judgement(text: str, *names: str) -> opinions.Judgement:
    """Of the spots whose words begin with ``names``, and of all pairs of them in that order."""
    parse = tokens.parse(text, [(0, len(text))])
    heads = [next(t.i for t in parse.tokens if t.text.startswith(name)) for name in names]
    spots = [bearings.spot(parse.tokens, i, i + 1, "COUNTRY") for i in heads]
    pairs = [(a, b) for a in range(len(spots)) for b in range(len(spots)) if a != b]
    model = stance.model()
    seen, answer = model.ask(parse, spots)
    between = model.between(seen, answer, pairs) if pairs else np.zeros((0, 3), np.float32)
    return opinions.judge(opinions.views(parse, seen, answer, pairs, between), model.judges)


def test_each_spot_and_each_pair_get_probabilities_of_a_bad_and_of_a_good_view() -> None:
    found = judgement("Франция осудила Польшу, а Испания поддержала шведов.", "Франц", "Польш", "Испан", "швед")
    assert [part.shape for part in found] == [(4, 2), (4, 2), (12, 2)]
    assert all(((part >= 0) & (part <= 1)).all() for part in found)


def test_one_named_alone_is_judged_by_what_the_text_shows() -> None:
    found = judgement("Агрессия Франции привела к трагедии.", "Франц")
    assert found.held.shape == (0, 2)
    assert found.text[0, 0] > found.text[0, 1]


def test_who_condemns_is_likelier_against_the_condemned_than_the_other_way_round() -> None:
    for text in ("Франция осудила Польшу.", "Польшу осудила Франция.", "Польша была осуждена Францией."):
        there, back = judgement(text, "Франц", "Польш").held[:, 0]
        assert there > 2 * back


def test_who_supports_is_likelier_for_than_against_and_a_denial_lessens_it() -> None:
    bad, good = judgement("Норвегия поддержала Литву.", "Норвег", "Литв").held[0]
    assert good > bad
    assert judgement("Норвегия не поддержала Литву.", "Норвег", "Литв").held[0, 1] < good


def test_what_was_read_before_changes_nothing() -> None:
    text = "Франция осудила Польшу, а Испания поддержала её."
    first = judgement(text, "Франц", "Польш", "Испан")
    stance.model().lexicon.vectors([f"слово{k}" for k in range(stance.KEPT)])
    again = judgement(text, "Франц", "Польш", "Испан")
    assert all((a == b).all() for a, b in zip(first, again, strict=True))


def test_a_table_finds_what_is_in_it_and_nothing_else() -> None:
    rng = np.random.default_rng(7)
    names = np.unique(np.concatenate([np.arange(500), rng.integers(0, 1 << 52, 3000)]))
    table = stance.Table(names, names[:, None].astype(np.float32))
    others = np.setdiff1d(rng.integers(0, 1 << 52, 2000), names)
    asked = rng.permutation(np.concatenate([names, others, names[:50]]))
    rows = table.rows(asked)
    assert table.names[rows].tolist() == np.where(np.isin(asked, names), asked, -1).tolist()
    assert table.votes[rows, 0].tolist() == np.where(np.isin(asked, names), asked.astype(np.float32), 0).tolist()


def test_an_opinion_counts_by_how_far_its_parts_agree_and_not_at_all_with_another_polarity_or_holder() -> None:
    one = Tuple(frozenset({0}), frozenset({2}), frozenset({1, 3}), "NEG")
    assert overlap(one, {one}) == 1
    assert overlap(one._replace(expression=frozenset({1})), {one}) == 1
    assert overlap(one, {one._replace(expression=frozenset({1}))}) == (1 + 1 + 1 / 2) / 3
    for other in (
        one._replace(polarity="POS"), one._replace(holder=frozenset()), one._replace(holder=AUTHOR),
        one._replace(target=frozenset({5})), one._replace(expression=frozenset({7})),
    ):  # fmt: skip
        assert overlap(one, {other}) == 0
    assert overlap(one._replace(holder=frozenset()), {one._replace(holder=frozenset())}) == 1


def test_of_guesses_against_each_other_the_surest_is_told() -> None:
    def guess(whose: int, holder: int | None, polarity: str) -> Guess:
        where = AUTHOR if whose == 1 else frozenset[int]() if whose == 0 else frozenset({0})
        opinion = Tuple(where, frozenset({2}), frozenset({1}), polarity)
        return Guess(whose, opinion, np.zeros(0, np.float32), holder, 2, True)

    found = [guess(0, None, "NEG"), guess(1, None, "NEG"), guess(2, 0, "NEG"), guess(2, 0, "POS")]
    assert chosen(found, np.array([0.5, 0.6, 0.3, 0.2]), (0.1, 0.1, 0.1)) == [1, 2]
    assert chosen(found, np.array([0.5, 0.6, 0.3, 0.4]), (0.1, 0.7, 0.35)) == [0, 3]
