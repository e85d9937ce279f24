"""Names and posts in the genitive (§15.2)."""

import pytest

from rules import declension
from tests.rules import rates


@pytest.mark.parametrize(("fio", "sex", "genitive", "certain"), [
    ("Иванов Иван Иванович", "М", "Иванова Ивана Ивановича", True),
    ("Закирова Лейла Азатовна", "Ж", "Закировой Лейлы Азатовны", True),
    ("Шевченко Тарас Григорьевич", "М", "Шевченко Тараса Григорьевича", True),
    ("Черных Ольга Павловна", "Ж", "Черных Ольги Павловны", True),
    ("Цой Виктор Робертович", "М", "Цоя Виктора Робертовича", True),
    ("Бонч-Бруевич Михаил Дмитриевич", "М", "Бонч-Бруевича Михаила Дмитриевича", True),
    ("Мамин-Сибиряк Дмитрий Наркисович", "М", "Мамина-Сибиряка Дмитрия Наркисовича", False),
    ("Петрова-Водкина Анна Сергеевна", "Ж", "Петровой-Водкиной Анны Сергеевны", False),
    ("Мамедов Алиага Мамед оглы", "М", "Мамедова Алиаги Мамед оглы", True),
    ("Курбан-Задэ Рустам", "М", "Курбан-Задэ Рустама", True),
    ("Соловей Пётр Ильич", "М", "Соловья Петра Ильича", False),
    ("Рева Олег Петрович", "М", "Ревы Олега Петровича", False),
    ("Ким Людмила", "Ж", "Ким Людмилы", True),
    ("ИВАНОВ ИВАН ИВАНОВИЧ", "М", "Иванова Ивана Ивановича", True),
    (" Салтыков – Щедрин  Михаил Евграфович ", "М", "Салтыкова-Щедрина Михаила Евграфовича", True),
])  # fmt: skip
def test_a_name_in_the_genitive_and_whether_both_engines_agree(fio, sex, genitive, certain):
    """A name without a patronymic is a name; where the engines differ a person is asked, right or wrong."""
    assert declension.sex(fio) == sex
    assert declension.name_genitive(fio, sex) == declension.Declined(genitive, certain)


def test_whose_sex_nothing_says_is_asked_for():
    assert declension.sex("Шевченко Саша") is None


@pytest.mark.parametrize(("post", "genitive"), [
    ("Генеральный директор", "генерального директора"),
    ("Заместитель генерального директора по коммерческим вопросам", "заместителя генерального директора по коммерческим вопросам"),
    ("Временно исполняющая обязанности директора", "временно исполняющей обязанности директора"),
    ("Исполняющий обязанности директора", "исполняющего обязанности директора"),
    ("Директор по развитию", "директора по развитию"),
    ("Заведующий складом", "заведующего складом"),
    ("Управляющий директор", "управляющего директора"),
    ("Управляющий", "управляющего"),
    ("И.о. директора", "и.о. директора"),
    ("ИО директора", "и.о. директора"),
    ("Врио генерального директора", "врио генерального директора"),
    ("Вице-президент", "вице-президента"),
    ("Офис-менеджер", "офис-менеджера"),
    ("Директор ООО «Ромашка»", "директора ООО «Ромашка»"),
    ("Генеральный директор – главный конструктор", "генерального директора – главного конструктора"),
    ("Глава администрации", "главы администрации"),
    ("Председатель правления", "председателя правления"),
])  # fmt: skip
def test_of_a_post_only_the_head_phrase_is_declined(post, genitive):
    assert declension.post_genitive(post) == declension.Declined(genitive, True)


def test_a_post_that_is_no_russian_stays_and_is_asked_about():
    assert declension.post_genitive("CEO") == declension.Declined("CEO", False)


@pytest.mark.parametrize(("fio", "short"), [
    ("Иванов Иван Иванович", "И. И. Иванов"), ("Ким Людмила", "Л. Ким"), ("ИВАНОВ ИВАН", "И. Иванов"), ("", ""),
])  # fmt: skip
def test_initials_stand_before_the_surname(fio, short):
    assert declension.initials(fio).replace("\u00a0", " ") == short


def test_of_eighty_names_nineteen_in_twenty_are_right_and_about_every_wrong_one_a_person_is_asked():
    """§15.2; `python -m tests.rules.rates` prints the rest."""
    rate = rates.names()
    assert rate.count >= 80
    assert rate.right >= 95, rate.wrong
    assert rate.silent == []
    assert len(rate.needless) <= rate.count / 4, "who is asked about everything looks at nothing"
    assert rates.sexes() == []


def test_of_sixty_posts_every_one_is_right_and_nobody_is_asked():
    rate = rates.posts()
    assert rate.count >= 60
    assert rate.wrong == []
    assert rate.needless == []
