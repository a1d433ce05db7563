"""What analysts' prose and long reports say passed between states: nouns, courts, prisons, reproaches, unions left."""

from __future__ import annotations

import pytest

from tests.reading.passing import brief


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Уход Дании из ЕС удивил всех.", "SANCTION DNK>EU happened"),
        ("Если шведы выйдут из НАТО, союз ослабнет.", "SANCTION SWE>NATO hypothetical"),
        ("Датское решение покинуть ЕС никого не удивило.", "SANCTION DNK>EU planned"),
        ("Король подписал указ о выходе Дании из Международного уголовного суда.", "SANCTION DNK>ICC happened"),
        ("Парламент Дании проголосовал за выход из НАТО.", "SANCTION DNK>NATO hypothetical"),
    ],
)
def test_a_state_that_leaves_a_bloc_reduces_relations(text: str, event: str) -> None:
    assert brief(text) == [event]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Дания вступила в ЕС.", "AGREE DNK>EU happened"),
        ("Финляндия присоединилась к НАТО.", "AGREE FIN>NATO happened"),
        ("Молдавия намерена вступить в ЕС.", "AGREE MDA>EU planned"),
        ("Аргентина отказалась вступать в БРИКС.", "REJECT ARG>BRICS happened"),
    ],
)
def test_a_state_that_joins_a_bloc_agrees_with_it(text: str, event: str) -> None:
    assert brief(text) == [event]


@pytest.mark.parametrize(
    "text",
    [
        "Министр Дании уходит из НАТО.",
        "Дания вышла из кризиса, а ЕС молчит.",
        "Казахстан входит в ОДКБ.",
        "Дания вступила в войну.",
    ],
)
def test_officials_crises_and_membership_are_neither_leaving_nor_joining(text: str) -> None:
    assert brief(text) == []


def test_sanctions_that_a_state_does_not_join_are_there() -> None:
    assert "COERCE EU>RUS happened" in brief("Сербия не присоединится к антироссийским санкциям ЕС.")


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Норвегия заявила, что Чили нарушает перемирие.", "ACCUSE NOR>CHL happened"),
        ("В заявлении МИД Дании говорится, что Перу укрывает пиратов.", "ACCUSE DNK>PER happened"),
        ("Как сказал премьер Дании Ларс Берг, Чили вмешивается в выборы.", "ACCUSE DNK>CHL happened"),
        ("Министр Дании отметил, что Чили не соблюдает договор.", "ACCUSE DNK>CHL happened"),
        ("МИД Перу сообщил, что Чили виновата в аварии.", "ACCUSE PER>CHL happened"),
        ("Чили считает действия Перу провокацией.", "ACCUSE CHL>PER happened"),
        ("Министр Дании резко отреагировал на заявление Чили.", "ACCUSE DNK>CHL happened"),
        ("Власти Перу предъявили обвинения чилийским гражданам.", "ACCUSE PER>CHL happened"),
    ],
)
def test_who_says_that_another_does_wrong_accuses_him(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    "text",
    [
        "Газета пишет, что Чили нарушает договор с Перу.",
        "Норвегия заявила, что Чили не нарушает перемирие.",
        "Норвегия заявила, что Чили соблюдает договор.",
        "Норвегия заявила, что если Чили нарушит перемирие, спор возобновится.",
    ],
)
def test_outlets_denials_and_conditions_accuse_nobody(text: str) -> None:
    assert not any(event.startswith("ACCUSE") for event in brief(text))


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Министерство обороны Турции ждёт. Министерство обвинило Чили в обстреле.", "ACCUSE TUR>CHL happened"),
        ("МИД Турции созвал прессу. Ведомство осудило Чили.", "ACCUSE TUR>CHL happened"),
        ("Норвежские власти молчали. Потом власти обвинили Чили в шпионаже.", "ACCUSE NOR>CHL happened"),
        ("Суд в Осло собрался утром. Суд приговорил перуанца к году тюрьмы.", "COERCE NOR>PER happened"),
    ],
)
def test_an_organ_that_stands_alone_is_of_the_state_with_which_it_was_named(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    "text",
    [
        "Правительство Дании и правительство Перу молчали. Правительство обвинило Чили в шпионаже.",
        "Правительство обвинило Чили в шпионаже. Правительство Дании молчало.",
    ],
)
def test_an_organ_of_one_of_two_states_or_not_named_before_is_of_none(text: str) -> None:
    assert brief(text) == []


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Чилиец, который провёл семь лет в датской тюрьме, вернулся.", "COERCE DNK>CHL happened"),
        ("Трое перуанских моряков находятся в чилийском СИЗО.", "COERCE CHL>PER happened"),
        ("Осуждённый в Дании чилиец Луис Вера вышел на свободу.", "COERCE DNK>CHL happened"),
        ("Два года тюрьмы в Дании для чилийского моряка.", "COERCE DNK>CHL happened"),
        ("Суд города Салоники принял решение об экстрадиции чилийца в Данию.", "COOPERATE GRC>DNK planned"),
        ("Дания запретила Чили ловить треску.", "COERCE DNK>CHL happened"),
    ],
)
def test_prisons_sentences_and_bans_coerce(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Король Дании поздравил Луиса Веру с избранием на пост президента Чили.", "SUPPORT DNK>CHL happened"),
        ("Король Дании послал телеграмму Луису Вере по случаю избрания президентом Чили.", "SUPPORT DNK>CHL happened"),
        ("Чили пригласила экспертов из ООН.", "REQUEST CHL>UN happened"),
        ("Три судна ВМС Чили вторглись в перуанские воды.", "MOBILIZE CHL>PER happened"),
        ("Чили считает Перу виновной в аварии.", "ACCUSE CHL>PER happened"),
        ("Планы Чили вызвали озабоченность Перу.", "ACCUSE PER>CHL happened"),
        ("Действия Чили вызывают возмущение в Копенгагене.", "ACCUSE DNK>CHL happened"),
        ("Вмешательство Дании в выборы в Перу доказано.", "COERCE DNK>PER happened"),
        ("Чили вмешалась во внутренние дела Перу.", "COERCE CHL>PER happened"),
        ("Перу обвинила Чили во вмешательстве в выборы в Перу.", "COERCE CHL>PER claimed"),
        ("Военное вмешательство Чили в Перу длилось год.", "ASSAULT CHL>PER happened"),
        ("ЕС уступает, но продолжает санкции против Чили.", "COERCE EU>CHL happened"),
        ("По решению суда Чили перуанец выслан из страны.", "SANCTION CHL>PER happened"),
        ("Чили отвела двадцать процентов войск из Перу.", "RETREAT CHL>PER happened"),
        ("Лукашенко запрещён въезд в страны ЕС.", "COERCE EU>BLR happened"),
        ("НАТО ждёт ответа. Альянс обвинил Чили в обмане.", "ACCUSE NATO>CHL happened"),
        ("Договор о дружбе Чили и Перу продлён.", "AGREE CHL=PER happened"),
        ("Товарооборот между Чили и Перу вырос на треть.", "COOPERATE CHL=PER happened"),
        ("Военный альянс Чили с Перу просуществовал год.", "COOPERATE CHL=PER happened"),
        ("Дания закупила в Чили двадцать вертолётов.", "COOPERATE DNK>CHL happened"),
        ("Дания внесла в чёрный список чилийские компании.", "COERCE DNK>CHL happened"),
        ("Под санкции Дании попали чилийские компании.", "COERCE DNK>CHL happened"),
        ("Война Чили в Перу длилась годы.", "ASSAULT CHL=PER happened"),
        ("Чили угрожает вторжением в Перу.", "THREATEN CHL>PER happened"),
        ("Норвегия ушла из Чада.", "RETREAT NOR>TCD happened"),
        ("Израильская оккупация палестинских территорий продолжается.", "COERCE ISR>PSE happened"),
        ("Хакеры из Чили атаковали сайт правительства Перу.", "COERCE CHL>PER happened"),
        ("Посол Чили объявлен в Перу персоной нон грата.", "SANCTION PER>CHL happened"),
        ("Дания выразила протест против визита министра Чили, посетившего остров, который датчане считают своим.",
         "ACCUSE DNK>CHL happened"),
    ],
)  # fmt: skip
def test_nouns_and_verbs_of_long_reports_say_what_passed(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Дания перестала покупать чилийский газ.", "SANCTION DNK>CHL happened"),
        ("Чили прекратила бомбить Перу.", "RETREAT CHL>PER happened"),
        ("США призвали Индию прекратить покупать чилийскую нефть.", "SANCTION IND>CHL hypothetical"),
        ("Дания отказалась от чилийского газа.", "SANCTION DNK>CHL happened"),
        ("Дания не прекратила помогать Чили.", "AID DNK>CHL happened"),
    ],
)
def test_what_is_done_no_more_is_the_contrary(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Дания ввела пошлины на чилийскую рыбу, и Чили ответила эмбарго.", "COERCE CHL>DNK happened"),
        ("Дания выслала двух дипломатов, и Чили ввела ответные санкции.", "COERCE CHL>DNK happened"),
        ("Если Дания закроет порты, Чили ответит санкциями.", "COERCE CHL>DNK hypothetical"),
        ("После того как Дания сбила самолёт, Чили ввела эмбарго.", "COERCE CHL>DNK happened"),
        ("Чилийское эмбарго на грузинские яблоки действует второй год.", "COERCE CHL>GEO happened"),
        ("Дания перестала покупать в Чили рыбу.", "SANCTION DNK>CHL happened"),
        ("Норвежские хакеры взломали почту министерства обороны Перу.", "COERCE NOR>PER happened"),
        ("Президента Чили встретил премьер-министр Дании.", "CONSULT DNK>CHL happened"),
    ],
)
def test_an_answer_is_for_whoever_acted_before(text: str, event: str) -> None:
    assert event in brief(text)


def test_planes_that_come_dangerously_near_draw_no_states_together() -> None:
    assert brief("Датский истребитель опасно сблизился с чилийским самолётом.") == ["MOBILIZE DNK>CHL happened"]
