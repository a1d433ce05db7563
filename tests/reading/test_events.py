"""What passed between states: each kind of frame, and who its parties are."""

from __future__ import annotations

import pytest

from tests.reading.passing import brief, passed


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Россия обвинила Грузию в нападении на миротворцев.", "ACCUSE RUS>GEO happened"),
        ("Израиль атаковал Сирию.", "ASSAULT ISR>SYR happened"),
        ("Ирак напал на Кувейт.", "ASSAULT IRQ>KWT happened"),
        ("Китай пригрозил Японии.", "THREATEN CHN>JPN happened"),
        ("Франция поддержала Армению.", "SUPPORT FRA>ARM happened"),
        ("Армению поддержала Франция.", "SUPPORT FRA>ARM happened"),
        ("Польша призвала Венгрию к диалогу.", "REQUEST POL>HUN happened"),
        ("Турция потребовала от Греции извинений.", "REQUEST TUR>GRC happened"),
        ("Германия отказала Турции.", "REJECT DEU>TUR happened"),
        ("Бразилия помогает Аргентине.", "AID BRA>ARG happened"),
        ("Финляндия выслала двух российских дипломатов.", "SANCTION FIN>RUS happened"),
        ("Президент Финляндии посетил Эстонию.", "CONSULT FIN>EST happened"),
        ("Чили предупредила Перу о последствиях.", "THREATEN CHL>PER happened"),
        ("МИД Дании назвал действия Исландии провокацией.", "ACCUSE DNK>ISL happened"),
        ("Иракские войска вошли в Кувейт.", "ASSAULT IRQ>KWT happened"),
        ("Индия продаст Вьетнаму крылатые ракеты.", "COOPERATE IND>VNM planned"),
        ("Германия передала Латвии три радара.", "AID DEU>LVA happened"),
        ("Эквадор задержал перуанские суда.", "COERCE ECU>PER happened"),
    ],
)
def test_a_verb_says_what_its_subject_did_to_its_object(text: str, event: str) -> None:
    assert brief(text) == [event]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("США ввели санкции против Ирана.", "COERCE USA>IRN happened"),
        ("США сняли санкции с Ирана.", "CONCEDE USA>IRN happened"),
        ("Китай оказывает давление на Литву.", "COERCE CHN>LTU happened"),
        ("Молдавия заключила договор с Румынией.", "AGREE MDA=ROU happened"),
        ("Израиль нанёс удар по сирийским позициям.", "ASSAULT ISR>SYR happened"),
        ("Индия провела переговоры с Пакистаном.", "CONSULT IND=PAK happened"),
        ("Грузия разорвала дипломатические отношения с Россией.", "SANCTION GEO>RUS happened"),
        ("Эстония отозвала посла из Белоруссии.", "SANCTION EST>BLR happened"),
        ("Япония предоставила Вьетнаму кредит.", "AID JPN>VNM happened"),
        ("Дания отклонила норвежское предложение.", "REJECT DNK>NOR happened"),
        ("Ирак объявил войну Кувейту.", "ASSAULT IRQ>KWT happened"),
        ("Ирак стянул войска к границе с Кувейтом.", "MOBILIZE IRQ>KWT happened"),
        ("Между Ираком и Кувейтом идёт война.", "ASSAULT IRQ=KWT happened"),
        ("Россия вывела войска из Сирии.", "RETREAT RUS>SYR happened"),
        ("Словакия получила помощь от Норвегии.", "AID NOR>SVK happened"),
        ("Министр обороны Дании прибыл с визитом в Исландию.", "CONSULT DNK>ISL happened"),
        ("Чили и Перу продлили договор о транзите.", "AGREE CHL=PER happened"),
        ("Чили и Перу урегулировали спор о границе.", "AGREE CHL=PER happened"),
        ("Литва выразила солидарность с Эстонией.", "SUPPORT LTU>EST happened"),
        ("Португалия пошла на уступки Испании.", "CONCEDE PRT>ESP happened"),
        ("Турция сняла возражения против вступления Финляндии в НАТО.", "CONCEDE TUR>FIN happened"),
        ("Эритрея вернула Эфиопии пленных.", "RETREAT ERI>ETH happened"),
        ("Ирак обменялся с Кувейтом пленными.", "RETREAT IRQ=KWT happened"),
        ("Чили и Перу создали совместное предприятие.", "COOPERATE CHL=PER happened"),
        ("Чили возобновила авиасообщение с Перу.", "COOPERATE CHL=PER happened"),
        ("США передали Норвегии разведывательные данные.", "COOPERATE USA>NOR happened"),
        ("Чехия вызвала посла Турции.", "ACCUSE CZE>TUR happened"),
        ("Дания выразила обеспокоенность действиями Исландии.", "ACCUSE DNK>ISL happened"),
        ("Ирак подал жалобу на Турцию.", "ACCUSE IRQ>TUR happened"),
        ("Турция отклонила заявку Швеции.", "REJECT TUR>SWE happened"),
        ("Венгрия заблокировала помощь Молдавии.", "REJECT HUN>MDA happened"),
        ("Аргентина отказалась от участия в учениях с Чили.", "REJECT ARG>CHL happened"),
        ("Алжир предъявил ультиматум Франции.", "THREATEN DZA>FRA happened"),
        ("Перу закрыло консульство Эквадора.", "SANCTION PER>ECU happened"),
        ("Китай запретил импорт австралийского угля.", "COERCE CHN>AUS happened"),
        ("Чили ввела ограничения в отношении Перу.", "COERCE CHL>PER happened"),
        ("Турция усилила группировку у границ Греции.", "MOBILIZE TUR>GRC happened"),
        ("Чили выпустила ракеты по Перу.", "ASSAULT CHL>PER happened"),
        ("Пакистан начал военную операцию против Афганистана.", "ASSAULT PAK>AFG happened"),
    ],
)
def test_a_light_verb_says_with_its_noun_what_was_done(text: str, event: str) -> None:
    assert brief(text) == [event]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Подписание соглашения о военном сотрудничестве между Чили и Перу стало сюрпризом.", "AGREE CHL=PER happened"),
        ("Американские санкции против Кубы тормозят торговлю.", "COERCE USA>CUB happened"),
        ("Санкции США против Кубы тормозят торговлю.", "COERCE USA>CUB happened"),
        ("Чешско-польское сближение заметили все.", "COOPERATE CZE=POL happened"),
        ("Нападение Ирака на Кувейт потрясло мир.", "ASSAULT IRQ>KWT happened"),
        ("Министр объявил о прекращении сотрудничества Дании с Норвегией.", "SANCTION DNK>NOR happened"),
        ("Правительство Дании объявило о заморозке контактов с Норвегией.", "SANCTION DNK>NOR happened"),
        ("Визит президента Эстонии в Финляндию прошёл успешно.", "CONSULT EST>FIN happened"),
    ],
)
def test_an_event_noun_has_its_parties_in_its_own_phrase(text: str, event: str) -> None:
    assert brief(text) == [event]


@pytest.mark.parametrize(
    "text",
    [
        "Литва и Латвия подписали договор.",
        "Литва с Латвией подписали договор.",
        "Литва подписала договор с Латвией.",
        "Между Литвой и Латвией подписан договор.",
        "Договор между Литвой и Латвией вступил в силу.",
        "Литовско-латвийский договор вступил в силу.",
        "Договор, ранее подписанный Литвой с Латвией, вступил в силу.",
        "Договор, который Литва и Латвия подписали в Риге, вступил в силу.",
        "Президенты Литвы и Латвии подписали договор.",
    ],
)
def test_a_treaty_is_mutual_however_its_sides_are_named(text: str) -> None:
    assert brief(text) == ["AGREE LTU=LVA happened"]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Сирия была атакована Израилем.", "ASSAULT ISR>SYR happened"),
        ("Атакованная Израилем Сирия закрыла аэропорты.", "ASSAULT ISR>SYR happened"),
        ("Обвинив Грузию в провокации, Россия закрыла консульство.", "ACCUSE RUS>GEO happened"),
        ("Россия, обвинившая Грузию в провокации, закрыла консульство.", "ACCUSE RUS>GEO happened"),
        ("Россия, которая обвинила Грузию в провокации, закрыла консульство.", "ACCUSE RUS>GEO happened"),
        ("Президент Дании заявил, что не намерен встречаться с президентом Норвегии.", "CONSULT DNK=NOR denied"),
        ("Россия закрыла консульство и обвинила Грузию в провокации.", "ACCUSE RUS>GEO happened"),
    ],
)
def test_passives_participles_and_shared_subjects_lead_to_the_parties(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Российские войска нанесли удар по украинским позициям.", "ASSAULT RUS>UKR happened"),
        ("МИД Китая выразил протест Японии.", "ACCUSE CHN>JPN happened"),
        ("Посол Италии встретился с министром иностранных дел Грузии.", "CONSULT GEO=ITA happened"),
        ("В Кремле осудили действия Грузии.", "ACCUSE RUS>GEO happened"),
        ("Норвегия осудила действия Израиля.", "ACCUSE NOR>ISR happened"),
    ],
)
def test_officials_armies_and_seats_act_for_their_state(text: str, event: str) -> None:
    assert brief(text) == [event]


def test_every_actor_that_is_named_together_takes_part() -> None:
    assert brief("Литва и Латвия осудили Белоруссию.") == ["ACCUSE LTU>BLR happened", "ACCUSE LVA>BLR happened"]


def test_quad_class_and_cameo_root_stand_beside_the_type() -> None:
    (event,) = passed("Молдавия заключила договор о военном сотрудничестве с Румынией.")
    assert (event.type, event.quad, event.root, event.topic) == ("AGREE", "verbal-cooperation", "05", "military")


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Чили и Перу подписали соглашение о поставках газа.", "energy"),
        ("Чили и Перу подписали соглашение о свободной торговле.", "trade"),
        ("Чили и Перу подписали соглашение о безвизовом режиме.", "migration"),
        ("Чили и Перу подписали соглашение об обмене студентами в сфере культуры.", "culture"),
        ("Чили и Перу провели переговоры.", "diplomacy"),
    ],
)
def test_the_topic_is_what_the_event_is_about(text: str, topic: str) -> None:
    assert [e.topic for e in passed(text)] == [topic]


def test_evidence_is_the_words_that_say_it() -> None:
    text = "В понедельник стало известно, что США ввели новые санкции против Ирана, и рынок упал."
    (event,) = passed(text)
    assert [text[a:b] for a, b in event.evidence] == ["США ввели новые санкции против Ирана"]


@pytest.mark.parametrize(
    "text",
    [
        "Казахстан остаётся членом ОДКБ.",
        "Армения входит в ЕАЭС.",
        "Украина стремится в Европейский союз.",
    ],
)
def test_membership_is_no_event(text: str) -> None:
    assert brief(text) == []


@pytest.mark.parametrize(
    "text",
    [
        # two sentences
        "Россия осудила решение суда. Грузия ответила на это молчанием.",
        # two clauses
        "США ввели санкции, а Иран продолжил испытания.",
        "Когда Россия праздновала, Грузия осудила решение суда.",
        "Россия сообщила, что суд осудил террориста, бежавшего из Грузии.",
        # what belongs to a state is not the state
        "Россия атаковала рынок телефонов в Индии.",
        "Сборная России атаковала ворота сборной Испании.",
        # people are not their state
        "Россияне посетили Турцию.",
        "Учёный из Канады встретился с учёным из Японии.",
        # one party
        "Президент Франции осудил насилие.",
        # who speaks for no state
        "Бывший президент Грузии обвинил Россию в предательстве.",
    ],
)
def test_what_does_not_pass_between_two_states_is_not_emitted(text: str) -> None:
    assert brief(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Германия передала Латвии письмо.",
        "Посол Дании передал Исландии просьбу о встрече.",
        "Туристы из Чили вошли в Перу.",
        "Министр Дании назвал столицу Исландии самым уютным городом.",
        "Дания предупредила Исландию о тумане.",
        "Чили и Перу открыли предприятие, о котором спорили.",
    ],
)
def test_what_is_handed_over_named_or_entered_must_be_of_the_kind_that_makes_it_an_event(text: str) -> None:
    assert brief(text) == []


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Чили утвердила пятый пакет санкций против Перу.", "COERCE CHL>PER happened"),
        ("Чили отправила в Перу две тысячи тонн муки.", "AID CHL>PER happened"),
        ("Эквадор получил от Чили партию боеприпасов.", "AID CHL>ECU happened"),
        ("Чили запретила ввозить рыбу из Перу.", "COERCE CHL>PER happened"),
        ("Чили внесла в санкционный список перуанских чиновников.", "COERCE CHL>PER happened"),
        ("Чили объявила персонами нон грата двух перуанских дипломатов.", "SANCTION CHL>PER happened"),
        ("Ответные пошлины на канадский рапс ввёл Китай.", "COERCE CHN>CAN happened"),
        ("Ирак потребовал, чтобы Турция вывела войска.", "REQUEST IRQ>TUR happened"),
        ("Чили пообещала отомстить Перу.", "THREATEN CHL>PER happened"),
        ("Чили встала на сторону Перу.", "SUPPORT CHL>PER happened"),
        ("Дания разместит в Норвегии ракеты.", "COOPERATE DNK>NOR planned"),
        ("Дания привела флот в боевую готовность из-за действий Норвегии.", "MOBILIZE DNK>NOR happened"),
        ("Дания присоединилась к санкциям Норвегии.", "SUPPORT DNK>NOR happened"),
        ("Дания отказалась присоединиться к санкциям Норвегии.", "REJECT DNK>NOR happened"),
        ("Дания и Норвегия провели обмен пленными.", "RETREAT DNK=NOR happened"),
        ("Дания рассматривает возможность передачи Норвегии истребителей.", "AID DNK>NOR hypothetical"),
        ("Санкции Дании в отношении Норвегии сняты.", "CONCEDE DNK>NOR happened"),
        ("Отношения между Данией и Норвегией разорваны.", "SANCTION DNK=NOR happened"),
    ],
)
def test_the_press_says_it_with_measures_infinitives_clauses_and_turned_order(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Премьер-министр Дании прилетел в Осло.", "CONSULT DNK>NOR happened"),
        ("Дания отозвала посла из Осло.", "SANCTION DNK>NOR happened"),
        ("Ирак нанёс удар по окрестностям Тегерана.", "ASSAULT IRQ>IRN happened"),
    ],
)
def test_a_capital_is_its_state_where_it_is_visited_left_or_struck(text: str, event: str) -> None:
    assert brief(text) == [event]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Тысячи жителей Осло протестовали против политики Дании.", "PROTEST NOR>DNK happened"),
        ("В Норвегии прошла акция протеста против Дании.", "PROTEST NOR>DNK happened"),
        ("Норвежские активисты пикетировали посольство Дании.", "PROTEST NOR>DNK happened"),
    ],
)
def test_people_in_the_street_protest_for_the_state_where_they_are(text: str, event: str) -> None:
    assert brief(text) == [event]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("«Мы поддерживаем Данию», — заявил президент Исландии.", "SUPPORT ISL>DNK happened"),
        ("«Мы не введём санкции против Дании», — сказал президент Исландии.", "COERCE ISL>DNK denied"),
        ("«Мы подпишем с Данией договор», — заявил министр обороны Исландии.", "AGREE DNK=ISL planned"),
    ],
)
def test_we_in_a_quotation_is_the_state_that_is_spoken_for(text: str, event: str) -> None:
    assert brief(text) == [event]


@pytest.mark.parametrize(
    "text",
    [
        "В 1939 году Дания и Германия подписали договор.",
        "Памятник посвящён встрече датских и норвежских войск.",
        "Сборная Дании уступила Норвегии в финале.",
        "Президент Дании прилетел в Осло на лечение.",
        "Канал между вооружёнными силами Дании и Норвегии молчит.",
    ],
)
def test_history_sport_and_private_matters_are_no_events(text: str) -> None:
    assert brief(text) == []


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Эквадорские военные обстреляли порт Одессы.", "ASSAULT ECU>UKR happened"),
        ("Чили нанесла удар по складу в Алеппо.", "ASSAULT CHL>SYR happened"),
        ("Перуанская авиация разбомбила лагерь боевиков в боливийской провинции.", "ASSAULT PER>BOL happened"),
        ("Армия Перу обстреляла повстанцев в Боливии.", "ASSAULT PER>BOL happened"),
        ("Премьер-министр Чили прилетел в Стамбул.", "CONSULT CHL>TUR happened"),
        ("Армия Перу завершила вывод войск с юга Боливии.", "RETREAT PER>BOL happened"),
        ("Перуанские пограничники покинули Чили.", "RETREAT PER>CHL happened"),
    ],
)
def test_towns_and_regions_lie_in_the_state_that_is_struck_visited_or_left(text: str, event: str) -> None:
    assert brief(text) == [event]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Дания осудила удар по Норвегии и выразила солидарность с ней.", "SUPPORT DNK>NOR happened"),
        ("Канцлер ФРГ посетил Осло, где его принял президент Норвегии.", "CONSULT NOR>DEU happened"),
        ("На границе Чили и Перу прошла встреча министров двух стран.", "CONSULT CHL=PER happened"),
        ("Между военными Чили и Перу произошла перестрелка.", "ASSAULT CHL=PER happened"),
    ],
)
def test_pronouns_and_both_sides_are_whom_grammar_makes_them(text: str, event: str) -> None:
    assert event in brief(text)


def test_a_pronoun_that_may_mean_two_means_nobody() -> None:
    assert brief("Министр Чили вспомнил президента Перу, и его поддержала Боливия.") == []


def test_what_stands_behind_the_next_verb_belongs_to_it() -> None:
    assert brief(
        "Чили подписала с Перу соглашение, договорилась с Боливией о транзите и отложила встречу с Уругваем."
    ) == [
        "AGREE CHL=PER happened",
        "AGREE BOL=CHL happened",
        "REJECT CHL>URY happened",
    ]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Временный поверенный в делах Литвы вызван в МИД Дании.", "ACCUSE DNK>LTU happened"),
        ("В Дании задержан гражданин Литвы.", "COERCE DNK>LTU happened"),
        ("Суд в Осло арестовал гражданина Дании.", "COERCE NOR>DNK happened"),
        ("Из Дании высланы два литовских дипломата.", "SANCTION DNK>LTU happened"),
        ("Под датские санкции попали литовские чиновники.", "COERCE DNK>LTU happened"),
        ("Датские хакеры взломали сервер министерства обороны Норвегии.", "COERCE DNK>NOR happened"),
        ("Дания поблагодарила Норвегию за помощь.", "AID NOR>DNK happened"),
        ("Норвегия поддержала санкции Дании против Литвы.", "COERCE DNK>LTU happened"),
        ("Дания пригрозила ввести пошлины на норвежские товары.", "THREATEN DNK>NOR happened"),
        ("Дания настаивает на изменении конституции Норвегии.", "REQUEST DNK>NOR happened"),
        ("Дания выступила против норвежской резолюции.", "REJECT DNK>NOR happened"),
        ("Дания проголосовала за вступление Норвегии.", "SUPPORT DNK>NOR happened"),
        ("Дания возложила ответственность за аварию на Норвегию.", "ACCUSE DNK>NOR happened"),
        ("МИД Дании назвал действия Норвегии неприемлемыми.", "ACCUSE DNK>NOR happened"),
        ("Датский истребитель нарушил воздушное пространство Норвегии.", "MOBILIZE DNK>NOR happened"),
        ("Дания приостановила работу посольства в Норвегии.", "SANCTION DNK>NOR happened"),
        ("Дания направила в Норвегию спецпосланника.", "CONSULT DNK>NOR happened"),
        ("Дания закупила норвежские ракеты.", "COOPERATE DNK>NOR happened"),
        ("Дания выделила сто миллионов евро на восстановление Норвегии.", "AID DNK>NOR happened"),
        ("Датско-норвежское сотрудничество расширяется.", "COOPERATE DNK=NOR happened"),
    ],
)
def test_a_news_agency_says_it_in_many_ways(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    "text",
    [
        "В XIX веке Дания воевала с Норвегией.",
        "В годы Второй мировой войны Германия оккупировала Данию.",
        "В романе Дания нападает на Норвегию.",
        "Экспорт рыбы из Норвегии в Данию сократился.",
        "Вступление Дании в ЕС удивило всех.",
        "Министр иностранных дел Дании уходит из НАТО.",
        "Шахматная федерация Дании поддержала Норвегию.",
        "Датско-норвежское сотрудничество обсуждали долго.",
    ],
)
def test_past_ages_fiction_statistics_and_membership_are_no_events(text: str) -> None:
    assert brief(text) == []
