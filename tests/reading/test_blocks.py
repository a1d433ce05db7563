"""An article apart from what was scraped with it."""

from __future__ import annotations

import pytest

from tasks.reading import blocks
from tasks.reading.record import Block
from tasks.reading.tokens import parse
from tests.benchmarks.headlines import EVERY

TITLE = "Монголия и Финляндия договорились о поставках меди"
LEAD = (
    "Монголия и Финляндия подписали в Хельсинки соглашение о поставках меди, сообщил министр промышленности Монголии "
    "Батбаяр Ганзориг."
)
SECOND = (
    "По словам министра, первые партии металла отправят финским заводам весной. «Мы ищем новых покупателей и не хотим "
    "зависеть от одного соседа», — сказал Ганзориг журналистам."
)
THIRD = (
    "Ранее сообщалось, что Пекин сократил закупки монгольской меди на треть. Финские компании этим воспользовались, "
    "считает газета «Хельсингин Саномат»."
)
LAST = "«Медь — это только начало. Дальше будут редкие земли», — заключил министр."
BODY = (LEAD, SECOND, THIRD, LAST)
ARTICLE = "\n".join(BODY)
FOREIGN = (
    "Редкий снегопад парализовал Гвадалахару",
    "Чемпион мира по го уступил школьнице из Пусана",
    "Не кофе единым: чем завтракают в Эфиопии",
    "Кабрера высмеял Ортегу: «Пусть сперва научится считать»",
    "Без света остались сорок деревень Тасмании",
    "Зачем Лиссабону подводный трамвай?",
)


def separate(text: str, title: str | None = None, parsed: bool = True) -> list[Block]:
    spans = blocks.paragraphs(text)
    found = blocks.separate(text, spans, parse(text, spans) if parsed else None, title)
    assert covers(text, found)
    assert all(b.why for b in found if b.kind not in ("title", "body"))
    return found


def covers(text: str, found: list[Block]) -> bool:
    edges = [b.span for b in found]
    ends = [0, *(stop for _, stop in edges)]
    return ends[-1] == len(text) and all(a == end and b > a for (a, b), end in zip(edges, ends[:-1], strict=True))


def shown(text: str, found: list[Block], *kinds: str) -> list[str]:
    return [text[slice(*b.span)].strip() for b in found if b.kind in kinds]


def body(text: str, **options: object) -> str:
    return "\n".join(shown(text, separate(text, **options), "body"))  # type: ignore[arg-type]


@pytest.mark.parametrize("parsed", [True, False], ids=["parsed", "unparsed"])
@pytest.mark.parametrize("around", ["\n", "\n\n"], ids=["close", "apart"])
@pytest.mark.parametrize("between", ["\n", "\n\n"], ids=["together", "spaced"])
def test_each_headline_behind_the_text_is_a_block_of_its_own_with_a_reason(
    around: str, between: str, parsed: bool
) -> None:
    text = ARTICLE.replace("\n", around) + around + between.join(FOREIGN)
    found = separate(text, parsed=parsed)
    assert shown(text, found, "headlines") == list(FOREIGN)
    assert shown(text, found, "body") == [ARTICLE.replace("\n", around)]


def test_headlines_above_the_title_are_cut_and_the_title_is_found() -> None:
    text = "\n".join(FOREIGN) + f"\n{TITLE}\n\n{ARTICLE}"
    found = separate(text)
    assert shown(text, found, "title") == [TITLE]
    assert shown(text, found, "headlines") == list(FOREIGN)
    assert shown(text, found, "body") == [ARTICLE]


def test_headlines_between_title_and_text_are_cut() -> None:
    text = f"{TITLE}\n" + "\n".join(FOREIGN) + f"\n\n{ARTICLE}"
    found = separate(text)
    assert shown(text, found, "title") == [TITLE]
    assert shown(text, found, "headlines") == list(FOREIGN)


@pytest.mark.parametrize("count", [1, 2, 6])
def test_headlines_between_paragraphs_are_cut(count: int) -> None:
    text = "\n".join((TITLE, LEAD, SECOND, *FOREIGN[:count], THIRD, LAST))
    found = separate(text)
    assert shown(text, found, "headlines") == list(FOREIGN[:count])
    assert shown(text, found, "body") == [f"{LEAD}\n{SECOND}", f"{THIRD}\n{LAST}"]


@pytest.mark.parametrize("space", [" ", "  ", "\xa0"])
@pytest.mark.parametrize("parsed", [True, False], ids=["parsed", "unparsed"])
def test_headlines_glued_to_the_last_paragraph_are_cut_and_the_last_quotation_stays(space: str, parsed: bool) -> None:
    text = ARTICLE + space + "\n".join(FOREIGN)
    found = separate(text, parsed=parsed)
    assert shown(text, found, "headlines") == list(FOREIGN)
    assert shown(text, found, "body") == [ARTICLE]


@pytest.mark.parametrize(
    "last", ["«Мы готовы», — сказал он.", "«Находясь там, я не скучал», — вспоминал он.", "Так решили мы."]
)
def test_a_short_last_paragraph_stays_when_a_headline_is_glued_to_it(last: str) -> None:
    text = f"{LEAD}\n{SECOND}\n{THIRD}\n{last} {FOREIGN[0]}\n{FOREIGN[1]}"
    found = separate(text)
    assert shown(text, found, "headlines") == list(FOREIGN[:2])
    assert shown(text, found, "body") == [f"{LEAD}\n{SECOND}\n{THIRD}\n{last}"]


def test_headlines_in_one_row_behind_the_last_full_stop_come_apart() -> None:
    text = f"{ARTICLE} Редкий снегопад парализовал город в Мексике Чемпион мира по го уступил школьнице из Пусана"
    assert shown(text, separate(text), "headlines") == [
        "Редкий снегопад парализовал город в Мексике",
        "Чемпион мира по го уступил школьнице из Пусана",
    ]


def test_headlines_between_bars_come_apart() -> None:
    text = f"{ARTICLE} {' | '.join(FOREIGN[:3])}"
    found = separate(text)
    assert [h.strip(" |") for h in shown(text, found, "headlines")] == list(FOREIGN[:3])
    assert shown(text, found, "body") == [ARTICLE]


def test_the_last_sentence_of_a_short_post_stays_without_a_full_stop() -> None:
    text = "Трамп ввёл пошлины на японские автомобили. Рынки упали. Токио обещает ответ"
    assert body(text) == text


@pytest.mark.parametrize("headline", EVERY)
def test_a_headline_of_any_make_behind_the_text_is_cut(headline: str) -> None:
    text = f"{ARTICLE}\n\n{headline}\n{FOREIGN[0]}"
    assert body(text) == ARTICLE


@pytest.mark.parametrize(
    "heading", ["Читайте также:", "Материалы по теме", "Другие новости", "ЧИТАЙТЕ ТАКЖЕ", "Related:"]
)
def test_what_a_heading_lists_are_headlines_and_the_heading_is_promo(heading: str) -> None:
    text = f"{ARTICLE}\n{heading}\n" + "\n".join(FOREIGN[:3])
    found = separate(text)
    assert shown(text, found, "promo") == [heading]
    assert shown(text, found, "headlines") == list(FOREIGN[:3])
    assert shown(text, found, "body") == [ARTICLE]


def test_a_pointer_in_the_middle_of_the_text_is_cut_even_if_it_is_about_the_same_people() -> None:
    pointer = "Читайте также: Министр Ганзориг объяснил, кому Монголия продаёт медь"
    text = "\n".join((LEAD, SECOND, pointer, THIRD, LAST))
    found = separate(text)
    assert shown(text, found, "headlines") == [pointer]
    assert shown(text, found, "body") == [f"{LEAD}\n{SECOND}", f"{THIRD}\n{LAST}"]


def test_a_pointer_glued_behind_a_paragraph_is_cut_from_it() -> None:
    pointer = "Читайте также: Чемпион мира по го уступил школьнице"
    text = f"{LEAD}\n{SECOND} {pointer}\n{THIRD}"
    found = separate(text)
    assert shown(text, found, "headlines") == [pointer]
    assert shown(text, found, "body") == [f"{LEAD}\n{SECOND}", THIRD]


@pytest.mark.parametrize(
    "sentence",
    [
        "Ранее сообщалось, что Пекин сократил закупки монгольской меди.",
        "Напомним, в мае Монголия уже предлагала медь Японии.",
        "Подписывайтесь под петицией, призвал он соотечественников.",
        "Фото подписания соглашения опубликовало ведомство.",
        "«Читайте также договор целиком, а не только заголовки», — посоветовал Ганзориг.",
        "Источник в правительстве сообщил агентству о новых переговорах.",
        "Автор исследования считает, что цены вырастут.",
        "Комментарии министра удивили биржу.",
        "Смотрите, как изменился рынок, предложил министр.",
        "Реклама монгольской меди на нашем телевидении подорожала вдвое.",
        "Подробности сделки стороны не раскрывают.",
        "Видео — главный источник доходов компании, сообщил её директор.",
        "Поделиться технологиями пообещали финские инженеры.",
        "12 марта министры встретятся снова.",
    ],
)
def test_a_sentence_that_only_opens_like_furniture_is_body(sentence: str) -> None:
    for text in (f"{LEAD}\n{SECOND}\n{sentence}\n{LAST}", f"{LEAD}\n{SECOND}\n{LAST}\n{sentence}"):
        assert body(text) == text


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Подписывайтесь на наш канал в Telegram", "promo"),
        ("Подпишитесь на нашу рассылку, чтобы не пропустить важное.", "promo"),
        ("Следите за нашими новостями в «Дзене»!", "promo"),
        ("Поделиться", "promo"),
        ("Нашли опечатку? Выделите её и нажмите Ctrl+Enter.", "promo"),
        ("https://t.me/bronzeanvil", "promo"),
        ("#медь #Монголия", "promo"),
        ("Фото: пресс-служба правительства Монголии", "caption"),
        ("Фото: Reuters.", "caption"),
        ("© Бат-Эрдэнэ Пурэв", "caption"),
        ("👉 Подписаться на «Степной вестник»", "promo"),
        ("Читать далее", "promo"),
        ("Автор: Сувд Алтангэрэл", "byline"),
        ("Сувд Алтангэрэл", "byline"),
        ("Источник: «Степной вестник»", "byline"),
        ("12 марта 2025, 14:30", "byline"),
        ("12.03.2025 14:30", "byline"),
    ],
)
def test_furniture_says_what_it_is(line: str, kind: str) -> None:
    text = f"{ARTICLE}\n{line}"
    found = separate(text)
    assert shown(text, found, kind) == [line]
    assert shown(text, found, "body") == [ARTICLE]


def test_a_call_to_subscribe_glued_behind_the_last_sentence_is_cut() -> None:
    text = f"{ARTICLE} Подписывайтесь на наш телеграм-канал!"
    found = separate(text)
    assert shown(text, found, "promo") == ["Подписывайтесь на наш телеграм-канал!"]
    assert shown(text, found, "body") == [ARTICLE]


@pytest.mark.parametrize("space", [" ", ""], ids=["space", "none"])
@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        ("Источник — «Хельсингин Саномат».", "byline"),
        ("По материалам: Хельсингин Саномат", "byline"),
        ("Фото: suomi.example", "caption"),
        ("Фото из архива редакции", "caption"),
        ("© 2025, агентство «Сойка»", "caption"),
        ("#медь#хельсинки #финляндия", "promo"),
        ("Если вы нашли ошибку, выделите фрагмент текста и нажмите Ctrl+Enter.", "promo"),
        ("Нашли опечатку? Выделите текст и нажмите Ctrl+Enter", "promo"),
        ("Подписывайтесь на наш канал в Яндекс.Дзен", "promo"),
        ("Подробнее: https://sojka.example/med", "headlines"),
        ("18+", "promo"),
    ],
)
def test_furniture_glued_behind_the_last_sentence_is_cut(tail: str, kind: str, space: str) -> None:
    found = separate(ARTICLE + space + tail)
    assert shown(ARTICLE + space + tail, found, kind) == [tail]
    assert shown(ARTICLE + space + tail, found, "body") == [ARTICLE]


@pytest.mark.parametrize(
    "last",
    [
        "Напомним, завод в Хельсинки закрылся весной.",
        "По материалам дела, медь украли весной.",
        "Подробности сделки министр раскрыть отказался.",
        "Фото с церемонии облетели весь мир.",
    ],
)
def test_a_last_sentence_that_only_begins_like_furniture_stays(last: str) -> None:
    assert body(f"{ARTICLE} {last}") == f"{ARTICLE} {last}"


def test_title_byline_and_date_open_the_text() -> None:
    text = f"{TITLE}\n12 марта 2025, 14:30\nАвтор: Сувд Алтангэрэл\n\n{ARTICLE}"
    found = separate(text)
    assert [b.kind for b in found] == ["title", "byline", "byline", "body"]


def test_the_title_a_page_gives_is_the_title_even_if_it_shares_no_word_with_the_text() -> None:
    text = f"Красный металл едет на север\n\n{ARTICLE}"
    assert separate(text, "Красный металл едет на север")[0].kind == "title"


def test_a_text_that_opens_with_its_first_paragraph_has_no_title() -> None:
    assert [b.kind for b in separate(ARTICLE)] == ["body"]


def test_everything_under_the_heading_of_comments_is_comments() -> None:
    talk = "Комментарии\nСтепняк, 12:40\nНу наконец-то. Давно пора.\nГость\nА цена?"
    text = f"{ARTICLE}\n{talk}"
    found = separate(text)
    assert shown(text, found, "comments") == [talk]
    assert shown(text, found, "body") == [ARTICLE]


def test_a_heading_of_comments_over_paragraphs_of_prose_is_a_subheading_of_the_article() -> None:
    assert LAST in body(f"{LEAD}\n{SECOND}\nКомментарии\n{THIRD}\n{LAST}")


def test_the_caption_of_a_portrait_is_no_body() -> None:
    text = f"{TITLE}\nБатбаяр Ганзориг\n{ARTICLE}"
    found = separate(text)
    assert shown(text, found, "caption") == ["Батбаяр Ганзориг"]
    assert shown(text, found, "body") == [ARTICLE]


def test_a_list_that_a_colon_opens_is_body() -> None:
    text = (
        f"{LEAD}\nФинляндия обязалась поставить Монголии:\n— насосы для шахт\n— самосвалы\n— учебники\n{THIRD}\n{LAST}"
    )
    assert body(text) == text


def test_a_last_sentence_that_lost_its_full_stop_stays() -> None:
    text = ARTICLE + "\nОднако монгольские шахтёры опасаются, что финские покупатели потребуют снизить цену на медь"
    assert body(text) == text


@pytest.mark.parametrize("question", ["Кто же за это заплатит?", "Вопрос в том, надолго ли…", "Вот так!"])
def test_a_question_that_ends_the_text_stays(question: str) -> None:
    text = f"{ARTICLE} {question}"
    assert body(text) == text


def test_a_post_without_any_full_stop_stays_whole() -> None:
    text = "Монголия и Финляндия договорились о меди\nПоставки начнутся весной\nМинистр доволен"
    assert body(text) == text


def test_an_english_article_loses_the_headlines_behind_it_without_a_parse() -> None:
    article = (
        "Mongolia and Finland signed an agreement on copper in Helsinki on Monday, the Mongolian minister said.\n"
        "The first shipments will reach Finnish smelters in spring, according to the ministry in Ulaanbaatar.\n"
        '"Copper is only the beginning," the minister told reporters after the ceremony in Helsinki.'
    )
    lines = ["Snowstorm paralyses Guadalajara", "Why Lisbon wants an underwater tram"]
    text = article + "\n\nRead also:\n" + "\n".join(lines) + "\n"
    found = separate(text, parsed=False)
    assert shown(text, found, "headlines") == lines
    assert shown(text, found, "body") == [article]


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    text = (
        "Монголия и Финляндия подписали в Хельсинки\nсоглашение о поставках меди, сообщил министр\n"
        "промышленности Монголии. По словам министра,\nпервые партии металла отправят весной.\n\n"
        "Ранее Пекин сократил закупки на треть, что\nвызвало недовольство шахтёров по всей стране\n"
        "и за её пределами, пишет газета.\n"
    )
    spans = blocks.paragraphs(text)
    assert [text[a:b].split()[0] for a, b in spans] == ["Монголия", "Ранее"]
    assert spans[-1][1] == len(text) - 1


def test_lines_that_are_no_wrapped_prose_stay_apart() -> None:
    text = "\n".join(FOREIGN)
    assert len(blocks.paragraphs(text)) == len(FOREIGN)


def test_a_text_is_separated_the_same_way_each_time() -> None:
    text = f"{TITLE}\n{ARTICLE}\n" + "\n".join(FOREIGN)
    assert separate(text) == separate(text)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u2028", "."])
def test_a_text_without_a_line_has_at_most_one_block_of_body(text: str) -> None:
    assert [b.kind for b in separate(text)] == (["body"] if text else [])


BRIEFS = (
    (
        "Куба благодарит Мексику",
        "Президент Мигель Диас-Канель позвонил Клаудии Шейнбаум и поблагодарил Мехико за нефть.",
    ),
    ("Новые пошлины\n\nВашингтон обложит сталь из Евросоюза", "Они начнут действовать в марте, пишет газета."),
    (
        "Эрдоган в Баку",
        "Турецкий лидер прилетит в четверг, сообщил Хикмет Гаджиев.\n\nПо его словам, речь пойдёт о газе.",
    ),
)


@pytest.mark.parametrize(("head", "body"), BRIEFS)
def test_what_stands_above_a_news_brief_is_its_own_title_and_deck(head: str, body: str) -> None:
    assert "headlines" not in {block.kind for block in separate(f"{head}\n\n{body}")}
