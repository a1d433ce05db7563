"""Whatever the text, what is found lies in it, and the same text gives the same reading."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.reading import provenance, quotations
from tasks.reading.record import Block

from .saying import lines, read

PIECES = st.sampled_from(
    [
        "«", "»", '"', "„", "“", "— ", " - ", ", ", ". ", ": ", "(", ")", "\n", " ", "?", "…", "заявил", "сообщает",
        "что", "по словам", "Об этом", "как", "со ссылкой на", "министр", "Степан Лугин", "он", "его", "якобы",
        "«Заря»", "в статье", "говорится", "призвал", "уйти", "назвал", "успешным", "визит", "мост закрыт", "По другим",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map(" ".join))


@given(text=TEXTS, cut=st.integers(min_value=0, max_value=200))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_span_lies_in_the_body_and_every_source_is_listed(text: str, cut: int) -> None:
    cut = min(cut, len(text))
    blocks = [Block(span=(0, cut), kind="title"), Block(span=(cut, len(text)), kind="body")]
    sources, found = read(text, blocks)
    ids = {s.id for s in sources}
    known = {a.id for a in found}
    for a in found:
        spans = [*a.content, *(s for s in (a.cue, a.source_span) if s is not None)]
        assert all(cut <= start < stop <= len(text) for start, stop in spans)
        assert a.source in ids
        assert a.within is None or (a.within in known and a.within != a.id)
    weighed = provenance.weigh(blocks, sources, found, text)
    assert 0 <= weighed.own_voice <= 1
    assert read(text, blocks) == (sources, found)


@given(text=TEXTS)
def test_quotations_nest_and_stay_within_their_paragraphs(text: str) -> None:
    paragraphs = lines(text)
    for q in quotations.find(text, paragraphs):
        assert 0 <= q.start < q.stop <= len(text)
        for start, stop in q.inner:
            assert q.start <= start < stop <= q.stop
            assert any(a <= start and stop <= b for a, b in paragraphs)
