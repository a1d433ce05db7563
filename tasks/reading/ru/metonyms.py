"""A capital or a seat of power: the state that acts there, or the place where things happen.

The state acts, speaks, decides and takes sides: it is the subject of a verb, the whose of a stance or an act, the one
that others turn to, press or deal with. The place is where one is, goes or comes from, and what the streets are of.
Each rule is a function with an example; the first that knows decides.
"""

from __future__ import annotations

from collections.abc import Callable

from ..tokens import Parse, Token

OF_A_STATE = frozenset(
    ["позиция", "действие", "ответ", "реакция", "политика", "решение", "интерес", "заявление", "предложение", "инициатива", "требование", "претензия", "обвинение", "курс", "союзник", "союзница", "партнёр", "партнер", "отношение", "давление", "влияние", "помощь", "поддержка", "шаг", "план", "намерение", "амбиция", "угроза", "контроль", "роль", "сторона", "согласие", "отказ", "визави", "вина", "расчёт", "расчет", "попытка", "стремление", "желание", "готовность", "мнение", "слово", "аргумент", "дипломатия", "агрессия", "рука", "протекторат", "сателлит", "марионетка", "ставленник", "противник", "враг", "недруг", "соперник", "оппонент", "приоритет", "цель", "задача", "стратегия", "тактика", "риторика", "послание", "сигнал", "призыв", "упрёк", "упрек", "критика", "ложь", "обещание", "обязательство", "санкция", "ультиматум", "нота", "протест", "недовольство", "раздражение", "опасение", "страх", "тревога", "беспокойство", "надежда", "взгляд", "версия", "трактовка", "точка", "подход", "манёвр", "маневр", "игра", "ход", "уступка", "провал", "успех", "победа", "поражение", "выбор", "отход", "разрыв", "сближение", "сотрудничество", "диалог", "союз", "альянс", "противостояние", "конфликт", "война", "спор", "вмешательство", "участие", "посредничество", "агент", "пропаганда", "режим", "гегемония", "доминирование", "лидерство", "авторитет", "имидж", "престиж", "мощь", "сила", "ресурс", "благословение", "одобрение", "разрешение", "дозволение", "нежелание", "неготовность", "способность", "неспособность", "причастность", "ответственность", "соглашение", "договорённость", "договоренность", "сделка", "переговоры", "контакт", "связь", "зависимость", "независимость", "признание", "аннексия", "экспансия", "оккупация", "наступление", "претендент", "ракета", "войска", "армия", "флот", "спецслужба", "разведка"]
)
"""What a state has, not a city: «позиция Москвы», «союзники Вашингтона»."""

TURNED_TO = frozenset(
    ["помогать", "помочь", "предложить", "предлагать", "поставить", "поставлять", "поставка", "передать", "передавать", "передача", "отказать", "отказывать", "угрожать", "пригрозить", "грозить", "ответить", "отвечать", "ответ", "советовать", "посоветовать", "рекомендовать", "верить", "поверить", "доверять", "указать", "указывать", "напомнить", "напоминать", "заявить", "сообщить", "выразить", "объявить", "уступить", "уступать", "сдаться", "подчиняться", "противостоять", "противодействовать", "мешать", "помешать", "навредить", "позволить", "позволять", "разрешить", "дать", "давать", "предоставить", "предоставлять", "продать", "продавать", "вернуть", "возвращать", "выгодный", "выгодно", "нужный", "нужно", "необходимый", "невыгодный", "удаться", "удаваться", "прийтись", "приходиться", "следовать", "стоить", "надо", "необходимо", "предстоять", "принадлежать", "предъявить", "предъявлять", "помощь", "поддержка", "вызов", "ультиматум", "противодействие", "удар", "подчинение", "лояльный", "близкий", "враждебный", "дружественный", "подконтрольный", "подвластный", "лояльность", "принести", "навязать", "грозить", "адресовать", "припомнить"]
)
"""What one gives, says or does to a state in the dative: «помогать Киеву»."""

ACTED_ON = frozenset(
    ["обвинить", "обвинять", "призвать", "призывать", "поддержать", "поддерживать", "предупредить", "предупреждать", "убедить", "убеждать", "заставить", "заставлять", "вынудить", "вынуждать", "критиковать", "раскритиковать", "осудить", "осуждать", "попросить", "просить", "поблагодарить", "благодарить", "подтолкнуть", "подталкивать", "толкать", "наказать", "наказывать", "беспокоить", "обеспокоить", "тревожить", "встревожить", "устраивать", "устроить", "раздражать", "раздражить", "считать", "называть", "назвать", "представлять", "упрекнуть", "упрекать", "подозревать", "заподозрить", "винить", "обязать", "сдерживать", "сдержать", "ослабить", "ослаблять", "усилить", "втянуть", "втягивать", "вовлечь", "подставить", "поставить", "разозлить", "злить", "удивить", "насторожить", "испугать", "пугать", "напугать", "шантажировать", "информировать", "уведомить", "проинформировать", "известить", "уличить", "обмануть", "обманывать", "кинуть", "предать", "интересовать", "заинтересовать", "слушать", "послушать", "уговорить", "уговаривать", "склонить", "склонять", "понять", "понимать", "признать", "оставить", "принудить", "вразумить", "успокоить", "изолировать", "потребовать", "настроить", "поссорить", "примирить", "мирить", "помирить", "спасти", "укорить", "пожурить", "обидеть", "лишить", "обойти", "переиграть", "победить", "разочаровать", "поучать", "учить", "просить"]
)
"""What one does to a state and not to a city, in the accusative: «обвинил Киев»."""

OF_A_CITY = frozenset(
    ["расположить", "располагаться", "раскинуться", "насчитывать", "проснуться", "просыпаться", "замереть", "замерзнуть", "замёрзнуть", "утопать", "застраиваться", "расти", "вырасти", "разрастаться", "гореть", "сгореть", "пострадать", "опустеть", "пустовать", "затопить", "находиться", "лежать", "встретить", "встречать", "погрузиться", "стоять", "стать", "становиться", "посетить", "покинуть", "украсить", "разрушить", "основать", "хорошеть", "перестраиваться", "похорошеть", "увязнуть", "встать"]
)
"""What happens to a city as a subject: «Париж насчитывает…», «Москва стоит в пробках»."""

TOWARDS = frozenset(
    ["давление", "влияние", "нажим", "надавить", "давить", "влиять", "повлиять", "воздействовать", "воздействие", "ориентироваться", "ориентированный", "ориентировать", "ориентация", "оглядываться", "оглядка", "надежда", "надеяться", "рассчитывать", "расчёт", "расчет", "ставка", "полагаться", "опираться", "опора", "злой", "обида", "обидеться", "обижаться", "жаловаться", "пенять", "уповать", "санкция", "нападка", "клевета", "возлагать", "возложить", "сваливать", "свалить", "переложить"]
)
"""With «на» and the accusative: «ориентированные на Лондон»."""

TO_WHOM = frozenset(
    ["требование", "претензия", "вопрос", "обращаться", "обратиться", "обращение", "призыв", "отношение", "интерес", "доверие", "недоверие", "апеллировать", "ненависть", "вражда", "апелляция", "ревновать", "присоединиться", "примкнуть", "лояльность", "близость", "любовь", "терпимый", "относиться", "отнестись", "прислушаться", "прислушиваться"]
)
"""With «к» and the dative: «претензии к Киеву»."""

FROM_WHOM = frozenset(
    ["требовать", "потребовать", "добиваться", "добиться", "ждать", "ожидать", "дождаться", "зависеть", "зависимость", "зависимый", "независимый", "независимость", "получить", "получать", "требование", "отдалиться", "отвернуться", "дистанцироваться", "отойти", "отход", "отказ", "услышать", "исходить", "помощь", "поддержка", "отдаляться", "добиваться", "защита", "защищать", "отличие", "сигнал", "угроза"]
)
"""With «от» and the genitive: «потребовал от Москвы»; never «в 100 км от Москвы»."""

OUT_OF = frozenset(["приказ", "команда", "сигнал", "указание", "инструкция", "окрик", "директива", "руководить", "управлять", "деньги"])
"""With «из»: «приказ из Кремля»."""

SIDE_BY = frozenset(["рейс", "поезд", "сообщение", "дорога", "трасса", "перелёт", "перелет", "матч", "маршрут", "шоссе", "магистраль", "билет"])
"""With «между», «с»: what runs between towns."""

CITY_NOUN = frozenset(
    ["город", "столица", "г.", "гор.", "мегаполис", "улица", "площадь", "аэропорт", "гостиница", "вокзал", "пригород", "район", "округ", "центр", "мэр", "мэрия", "житель", "метро"]
)

SAYING_PLURAL = frozenset(
    ["заявить", "заявлять", "сообщить", "сообщать", "говорить", "сказать", "считать", "полагать", "думать", "подчеркнуть", "подчёркивать", "подчеркивать", "отметить", "отмечать", "утверждать", "уверять", "заверить", "заверять", "признать", "признавать", "признаваться", "отрицать", "отвергать", "отвергнуть", "опровергать", "опровергнуть", "обвинить", "обвинять", "требовать", "потребовать", "призвать", "призывать", "предупредить", "предупреждать", "ответить", "отвечать", "отреагировать", "реагировать", "понимать", "понять", "знать", "хотеть", "желать", "надеяться", "рассчитывать", "опасаться", "бояться", "ожидать", "ждать", "готовиться", "решить", "решать", "обещать", "пообещать", "настаивать", "намекнуть", "намекать", "предложить", "предлагать", "напомнить", "напоминать", "называть", "назвать", "объявить", "объявлять", "осудить", "осуждать", "поддержать", "поддерживать", "критиковать", "раскритиковать", "исключать", "допускать", "допустить", "подтвердить", "подтверждать", "комментировать", "прокомментировать", "объяснить", "объяснять", "пояснить", "уточнить", "видеть", "верить", "сомневаться", "намереваться", "планировать", "обещать", "заметить", "указать", "указывать", "смотреть", "следить", "воспринять", "воспринимать", "расценить", "расценивать", "оценить", "оценивать", "приветствовать", "отказаться", "отказываться", "согласиться", "соглашаться", "выразить", "выражать", "пригрозить", "грозить", "угрожать", "заинтересовать", "одобрить", "интересоваться", "уверенный", "готовый", "обеспокоенный", "убеждённый", "намеренный", "недовольный", "довольный", "разочарованный", "озабоченный", "рассматривать", "стремиться", "пытаться", "собираться", "предпочитать", "предпочесть", "делать", "сделать", "дать", "давать"]
)
"""What «they» do where a capital thinks and speaks: «в Москве считают»."""


def preposition(parse: Parse, token: Token) -> str:
    """The preposition that governs a noun, lower case, or ""."""
    for i in token.children:
        child = parse.tokens[i]
        if child.rel == "case" and child.i < token.i:
            return child.text.lower()
    before = parse.tokens[token.i - 1] if token.i else None
    if before is not None and before.sentence == token.sentence and before.pos == "ADP":
        return before.text.lower()
    return ""


def parent(parse: Parse, token: Token) -> Token | None:
    return parse.tokens[token.head] if token.head >= 0 else None


def head_within(parse: Parse, first: int, last: int) -> int:
    """Where in tokens ``first`` to ``last`` the head of a many-word seat is: «Белый дом» hangs by «дом»."""
    for i in range(first, last):
        if not first <= parse.tokens[i].head < last:
            return i - first
    return 0


def first_conjunct(parse: Parse, token: Token) -> Token:
    """The head of a coordination: «Москвы» of «позиция Москвы и Пекина»."""
    for _ in range(8):
        head = parent(parse, token)
        if token.rel != "conj" or head is None or head.pos not in ("PROPN", "NOUN"):
            return token
        token = head
    return token


def is_plural_without_subject(parse: Parse, verb: Token) -> bool:
    if verb.feats.get("Number") != "Plur":
        return False
    return not any(parse.tokens[i].rel.startswith("nsubj") for i in verb.children)


def city_beside(parse: Parse, token: Token) -> bool:
    """«город Москва», «столица Франции Париж»; «Москва, ул. Тверская»."""
    head = parent(parse, token)
    if head is not None and token.rel in ("appos", "flat:name", "flat") and head.lemma in CITY_NOUN:
        return True
    before = parse.tokens[token.i - 1] if token.i else None
    return before is not None and before.text.lower() in ("г", "г.", "город", "города", "городе", "городом", "городу")


def dateline(parse: Parse, token: Token) -> bool:
    """«МОСКВА, 5 июня», «Вашингтон. 3 марта. ИНТЕРФАКС»: a city at the start, then a day."""
    after = parse.tokens[token.i + 1 : token.i + 3]
    sentence = parse.sentences[token.sentence]
    return (
        token.i == sentence.first
        and len(after) == 2
        and after[0].text in ",./(—–-"
        and (after[1].text.isdigit() or after[1].text in "—–-")
    )


def in_a_place(parse: Parse, token: Token, prep: str) -> bool:
    """«в Москве считают» is the state, «в Москве прошла» is the place."""
    if prep not in ("в", "во", "на"):
        return False
    head = parent(parse, token)
    while head is not None and head.rel in ("xcomp", "ccomp") and head.head >= 0:
        head = parse.tokens[head.head]
    return head is not None and head.lemma in SAYING_PLURAL and is_plural_without_subject(parse, head)


def is_subject(parse: Parse, token: Token, seat: bool) -> bool | None:
    head = parent(parse, token)
    if not token.rel.startswith("nsubj"):
        return None
    if head is None:
        return None
    if head.pos not in ("VERB", "ADJ", "AUX"):
        # «Москва — главный союзник Минска»: what is said of it tells.
        return seat or head.lemma in OF_A_STATE or head.lemma in SAYING_PLURAL
    if token.rel == "nsubj:pass" or head.feats.get("Voice") == "Pass":
        return seat or head.lemma in ACTED_ON or head.lemma in SAYING_PLURAL
    return head.lemma not in OF_A_CITY


def stands_for_state(parse: Parse, token: Token, seat: bool = False) -> bool:
    """Whether a capital (or a ``seat``, which is a place more rarely) stands for its state where ``token`` is."""
    if city_beside(parse, token) or dateline(parse, token):
        return False
    token = first_conjunct(parse, token)
    prep = preposition(parse, token)
    head = parent(parse, token)
    case = token.feats.get("Case", "")
    lemma = head.lemma if head is not None else ""
    if prep:
        rule = PREPOSITIONS.get(prep)
        return rule(parse, token, lemma, case) if rule else False
    subject = is_subject(parse, token, seat)
    if subject is not None:
        return subject
    if head is None:
        # «Вашингтон: санкции остаются»; a bare city is a place.
        after = parse.tokens[token.i + 1] if token.i + 1 < len(parse.tokens) else None
        return seat or (after is not None and after.text == ":")
    if token.rel in ("obj", "iobj", "obl", "nmod", "obl:agent"):
        if case == "Gen":
            return lemma in OF_A_STATE or (seat and lemma not in CITY_NOUN)
        if case == "Dat":
            return seat or lemma in TURNED_TO or head.pos == "VERB"
        if case == "Ins":
            return True
        return lemma in ACTED_ON
    return seat and token.rel not in ("appos", "flat:name")


def with_whom(parse: Parse, token: Token, lemma: str, case: str) -> bool:
    """«переговоры с Москвой», but «рейс с Москвой», «рядом с Москвой»."""
    return case == "Ins" and lemma not in SIDE_BY and lemma not in ("рядом", "вместе", "соседство", "связать")


def between(parse: Parse, token: Token, lemma: str, case: str) -> bool:
    """«между Москвой и Вашингтоном»; both sides are seen by the caller."""
    return lemma not in SIDE_BY


def towards(parse: Parse, token: Token, lemma: str, case: str) -> bool:
    """«давление на Киев», not «рейс на Киев»."""
    return case != "Loc" and lemma in TOWARDS


def in_or_into(parse: Parse, token: Token, lemma: str, case: str) -> bool:
    """«в Пекине надеются»."""
    return in_a_place(parse, token, "в")


PREPOSITIONS: dict[str, Callable[[Parse, Token, str, str], bool]] = {
    "с": with_whom,
    "со": with_whom,
    "между": between,
    "на": towards,
    "в": in_or_into,
    "во": in_or_into,
    "к": lambda parse, token, lemma, case: lemma in TO_WHOM,
    "ко": lambda parse, token, lemma, case: lemma in TO_WHOM,
    "от": lambda parse, token, lemma, case: lemma in FROM_WHOM,
    "из": lambda parse, token, lemma, case: lemma in OUT_OF,
    "против": lambda parse, token, lemma, case: True,
    "для": lambda parse, token, lemma, case: True,
    "перед": lambda parse, token, lemma, case: lemma not in SIDE_BY,
    "без": lambda parse, token, lemma, case: True,
    "вопреки": lambda parse, token, lemma, case: True,
    "благодаря": lambda parse, token, lemma, case: True,
    "насчет": lambda parse, token, lemma, case: True,
    "у": lambda parse, token, lemma, case: lemma in ("быть", "есть", "нет", "иметься") or lemma in OF_A_STATE,
    "за": lambda parse, token, lemma, case: lemma in ("стоять", "слово", "следить", "остаться", "наблюдать"),
}
