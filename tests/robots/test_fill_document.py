"""Documents filled from a card, as people find them on the portal."""

from contextlib import ExitStack
from datetime import date
from decimal import Decimal

import pytest
from docx import Document

from documents import checks, pdf, template
from tests.company import playing
from tests.documents import offices

OFFER, INVOICE, SPECIFICATION = "Коммерческое предложение", "Счёт на оплату", "Спецификация к договору"


@pytest.fixture
def client(company):
    return {"company": company.any_company(), "contact": company.any_contact()}


def press(company, deal, kind):
    company.fill(deal, make_doc=kind)
    company.settle()


def text(content):
    return checks.text_of(content).replace("\u00a0", " ")


def test_an_offer_lies_on_the_card_and_stands_in_the_register_under_its_number(company, client):
    """SO-T8, RG-T1."""
    deal = company.deal_in("OFFER", **client)
    company.attach(deal, "Техописание.pdf")
    press(company, deal, OFFER)

    name = "Коммерческое предложение ИСХ-2026_001 ООО «МонтажСтройПроект» 2026-11-23.docx"
    files = company.files(deal)
    assert list(files) == ["Техописание.pdf", name], "what people put there stays"
    said = text(files[name])
    assert "Костюм «Монтажник»\nшт\n100\n4 200,00\n420 000,00\n22%" in said
    assert "Стоимость предложения: 429 000 (Четыреста двадцать девять тысяч) рублей 00 копеек." in said
    assert "Покупатель оплачивает 100% стоимости в течение 5 (пяти) рабочих дней с даты выставления счёта." in said

    [card] = company.register(doc_source=deal, doc_no="ИСХ-2026/001")
    value = {
        name: company.value(card, name)
        for name in ("doc_no", "doc_state", "doc_sum", "doc_side", "doc_date", "company")
    }
    assert value == {
        "doc_no": "ИСХ-2026/001", "doc_state": "Проект", "doc_sum": Decimal("429000.00"), "doc_side": "Клиент",
        "doc_date": date(2026, 11, 23), "company": client["company"],
    }  # fmt: skip
    assert company.stage(card) == "LETTER"
    assert company.value(card, "doc_init") == company.card(deal)["assignedById"]
    assert company.files(card, "doc_file") == {name: files[name]}
    assert any(
        "Документ внесён в реестр" in one and "№ ИСХ-2026/001 от 23.11.2026" in one for one in company.comments(deal)
    )
    assert company.value(deal, "make_doc") is None
    assert not company.failures()


@pytest.mark.slow
def test_the_same_button_makes_nothing_new_until_something_changed_then_version_two_under_the_same_number(
    company, client
):
    """§15.1: on another day as well; the register's card shows the new sum and file."""
    deal = company.deal_in("OFFER", **client)
    press(company, deal, OFFER)
    company.advance(days=2)
    press(company, deal, OFFER)
    assert len(company.files(deal)) == 1
    assert company.comments(deal)[-1].startswith("Документ не изменился: Коммерческое предложение ИСХ-2026_001")

    company.set_rows(deal, ("Костюм «Монтажник»", "4100.50", "100"))
    company.settle()
    press(company, deal, OFFER)
    first, second = company.files(deal)
    assert second == first.replace(".docx", " (версия 2).docx")
    assert "№ ИСХ-2026/001 от 23.11.2026" in text(company.files(deal)[second]), "number and date stay"
    [card] = company.register(doc_source=deal)
    assert company.value(card, "doc_sum") == Decimal("410050.00")
    assert list(company.files(card, "doc_file")) == [second]
    assert "Загружена новая версия файла" in "\n".join(company.comments(card))

    other = company.deal_in("OFFER", **client)
    press(company, other, OFFER)
    [card] = company.register(doc_source=other)
    assert company.value(card, "doc_no") == "ИСХ-2026/002"


@pytest.mark.slow
def test_a_number_given_by_hand_is_passed_over_and_that_of_an_annulled_document_is_not_given_again(company, client):
    """§7.3."""
    by_hand = dict(doc_state="Проект", doc_date=date(2026, 11, 20), doc_side="Клиент", our="ООО «Сферотек»")
    company.new_deal("REGISTRY", "LETTER", title="Письмо", company=client["company"], doc_no="ИСХ-2026/001", **by_hand)
    deal = company.deal_in("OFFER", **client)
    press(company, deal, OFFER)
    [card] = company.register(doc_source=deal)
    assert company.value(card, "doc_no") == "ИСХ-2026/002"

    company.fill(card, doc_reason="Ошибка")
    company.move(card, "LOSE")
    company.settle()
    press(company, deal, OFFER)
    assert [company.value(one, "doc_no") for one in company.register(doc_source=deal)] == [
        "ИСХ-2026/002",
        "ИСХ-2026/003",
    ]


@pytest.mark.slow
def test_an_invoice_for_an_advance_asks_for_the_advance_and_its_code_says_the_same(company, client):
    """T16."""
    deal = company.deal_in(
        "OFFER", **client, terms="Аванс X%, остаток через N календарных дней после отгрузки", terms_pct=Decimal(30), terms_days=30,
    )  # fmt: skip
    press(company, deal, INVOICE)
    [(name, content)] = company.files(deal).items()
    said = text(content)
    assert name.startswith("Счёт на оплату СЧ-2026_001 ")
    for part in ("ПАО Сбербанк\nБанк получателя\nБИК\n044525225", "30101810400000000225", "40702810200000012345"):
        assert part in said
    assert "Покупатель:\nООО «МонтажСтройПроект», ИНН " in said
    assert (
        "К оплате по настоящему счёту — аванс 30%: 128 700,00 ₽ — 128 700 (Сто двадцать восемь тысяч семьсот) рублей 00 копеек, до «30» ноября 2026 г."
        in said
    )
    assert "Назначение платежа: Аванс по счёту № СЧ-2026/001 от 23.11.2026, в т. ч. НДС 23 208,20." in said
    [card] = company.register(doc_source=deal)
    assert (company.stage(card), company.value(card, "doc_sum")) == ("INVOICE", Decimal("429000.00"))


def a_contract(company, client, number="Д-2026/017"):
    return company.new_deal(
        "REGISTRY", "CONTRACT", title=f"Договор {number}", doc_no=number, doc_date=date(2026, 3, 31), doc_state="Действует",
        company=client["company"], doc_side="Клиент", doc_prolong="Не требуется",
    )  # fmt: skip


@pytest.mark.slow
def test_specifications_are_counted_inside_their_contract_and_show_the_phrase_that_was_declined(company, client):
    """T12, §7.3, §15.2."""
    contract = a_contract(company, client)
    for number in ("1", "2"):
        deal = company.deal_in("OFFER", **client, contract=contract, ship_until=date(2026, 12, 28))
        press(company, deal, SPECIFICATION)
        [card] = company.register(doc_source=deal)
        assert (company.stage(card), company.value(card, "doc_no"), company.value(card, "doc_base")) == (
            "SPEC",
            number,
            contract,
        )
    [content] = company.files(deal).values()
    said = text(content)
    assert "СПЕЦИФИКАЦИЯ № 2\nк договору № Д-2026/017 от «31» марта 2026 г." in said
    assert (
        "именуемое в дальнейшем «Покупатель», в лице генерального директора Дорофеева Кирилла Андреевича, действующего на основании Устава"
        in said
    )
    assert "3. Срок поставки: до «28» декабря 2026 г." in said
    shown = [one for one in company.comments(deal) if one.startswith("Проверьте склонение: ")]
    assert shown == [
        "Проверьте склонение: «в лице генерального директора Лебедева Андрея Викторовича»; "
        "«в лице генерального директора Дорофеева Кирилла Андреевича»"
    ]
    assert "Проверьте склонение в документе" not in company.titles(deal)


@pytest.mark.slow
def test_where_the_engines_disagree_a_task_asks_and_a_checked_phrase_rules(company, client):
    """§15.2: a fourth document asks nothing any more."""
    contract = a_contract(company, client)
    company.sign_for(
        client["company"], SIGN_FIO="Соловей Пётр Ильич", SIGN_POST="Временно исполняющий обязанности директора"
    )
    deal = company.deal_in("OFFER", **client, contract=contract)
    press(company, deal, SPECIFICATION)
    assert "Проверьте склонение в документе" in company.titles(deal)
    assert (
        "в лице временно исполняющего обязанности директора Соловья Петра Ильича"
        in company.task(deal, "Проверьте склонение")["description"]
    )

    company.sign_for(client["company"], SIGN_FIO_GEN="Соловья П. И.", SIGN_POST_GEN="врио директора")
    press(company, deal, SPECIFICATION)
    said = text(list(company.files(deal).values())[-1])
    assert "в лице врио директора Соловья П. И., действующего" in said
    assert company.titles(deal).count("Проверьте склонение в документе") == 1


@pytest.mark.slow
def test_what_a_template_needs_and_the_card_lacks_is_said_on_the_card_and_nothing_is_made(company, client):
    """§15.3: filled in and pressed again it is made, and «Чего не хватает» is empty."""
    deal = company.deal_in("OFFER", **client)
    company.set_rows(deal)
    company.settle()
    press(company, deal, SPECIFICATION)
    assert company.comments(deal)[-1] == (
        "Документ не сформирован: в карточке не заполнено «Товары (спецификация)», «Договор (реестр)». "
        "Заполните поле и нажмите «Сформировать документ» ещё раз."
    )
    assert (
        company.value(deal, "block") == "Документ не сформирован. Не заполнено: Товары (спецификация), Договор (реестр)"
    )
    assert company.files(deal) == {}
    assert company.register(doc_source=deal) == []

    company.set_rows(deal, ("Костюм", "4200", "1"))
    company.fill(deal, contract=a_contract(company, client))
    company.settle()
    press(company, deal, SPECIFICATION)
    assert len(company.files(deal)) == 1
    assert company.value(deal, "block") is None


@pytest.mark.slow
def test_terms_that_cannot_be_counted_are_told_in_their_own_words(company, client):
    deal = company.deal_in("OFFER", **client, terms="Аванс X%, остаток перед отгрузкой")
    press(company, deal, OFFER)
    assert (
        "Документ не сформирован: Условия оплаты «Аванс X%, остаток перед отгрузкой»: заполните «Аванс, %»."
        in company.comments(deal)[-1]
    )


@pytest.mark.slow
def test_a_template_that_nobody_wrote_answers_on_the_card(company, client):
    deal = company.deal_in("OFFER", **client)
    press(company, deal, "Дистрибьюторский договор")
    assert company.comments(deal)[-1] == (
        "Шаблон «Дистрибьюторский договор» ещё не подготовлен. Документ не сформирован, обратитесь к администратору портала."
    )
    assert company.register(doc_source=deal) == []


@pytest.mark.slow
def test_wrong_requisites_are_named_and_hold_nothing_up(company, client):
    """§4.2: the number has a wrong check digit."""
    of_client = {"ENTITY_TYPE_ID": 4, "ENTITY_ID": client["company"]}
    requisite = company.portal.act(1, "crm.requisite.list", {"filter": of_client})[0]["ID"]
    company.acts(1, "crm.requisite.update", {"id": requisite, "fields": {"RQ_INN": "7701234561"}})
    deal = company.deal_in("OFFER", **client)
    press(company, deal, INVOICE)
    assert "Проверьте реквизиты: ИНН 7701234561: не сходится контрольная сумма." in company.comments(deal)
    assert len(company.files(deal)) == 1


@pytest.mark.slow
def test_wrong_requisites_keep_a_contract_from_being_made_until_they_are_right(company, client, written):
    """§4.2: of every kind of contract of §15.1; nothing half-made is left."""
    written("T11", "Соглашение № {{ doc.number }}, {{ client.short_name }}, ИНН {{ client.inn }}")
    requisite = company.portal.act(
        1, "crm.requisite.list", {"filter": {"ENTITY_TYPE_ID": 4, "ENTITY_ID": client["company"]}}
    )[0]
    company.acts(1, "crm.requisite.update", {"id": requisite["ID"], "fields": {"RQ_INN": "7701234561"}})
    deal = company.deal_in("OFFER", **client)
    press(company, deal, "Соглашение о конфиденциальности")
    check = "Проверьте реквизиты: ИНН 7701234561: не сходится контрольная сумма."
    assert company.comments(deal)[-1] == (
        f"{check} Документ не сформирован: исправьте реквизиты компании и нажмите «Сформировать документ» ещё раз."
    )
    assert company.value(deal, "block") == f"Документ не сформирован. {check}"
    assert company.files(deal) == {}
    assert company.register(doc_source=deal) == []

    company.acts(1, "crm.requisite.update", {"id": requisite["ID"], "fields": {"RQ_INN": requisite["RQ_INN"]}})
    press(company, deal, "Соглашение о конфиденциальности")
    assert "Соглашение № К-2026/001" in text(*company.files(deal).values())
    assert company.value(deal, "block") is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "mistake", ["{{ nam }}", "{{ 'a' * 10**9 }}", "{% if doc.number.endswith('001') %}{{ nam }}{% endif %}"]
)
def test_a_template_with_a_mistake_costs_no_number(company, client, written, mistake):
    """§7.3: whether a trial shows it or the document itself, and although another card took its number meanwhile."""
    written("T17", f"КП № {{{{ doc.number }}}} {mistake}")
    deal, other = company.deal_in("OFFER", **client), company.deal_in("OFFER", **client)
    press(company, deal, OFFER)
    assert company.comments(deal)[-1].startswith("Документ не сформирован: ошибка в шаблоне: ")
    assert company.files(deal) == {}

    written("T17", "КП № {{ doc.number }}")
    for card in (other, deal):
        press(company, card, OFFER)
    numbers = [company.value(card, "doc_no") for card in company.register()]
    assert sorted(numbers) == ["ИСХ-2026/001", "ИСХ-2026/002"]


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Templates of the test's own: a code and what its only paragraph says."""
    monkeypatch.setattr(template, "FOLDER", tmp_path)

    def written(code, paragraph):
        docx = Document()
        docx.add_paragraph(paragraph)
        docx.save(tmp_path / f"{code}.docx")

    return written


# — PDF —


@pytest.fixture
def with_office(tmp_path):
    """A company whose LibreOffice does this."""
    with ExitStack() as playing_companies:

        def with_office(does=offices.WORKS):
            company = playing_companies.enter_context(
                playing(tmp_path, seed="customers", office=str(offices.written(tmp_path, does)))
            )
            return company, company.deal_in("OFFER", company=company.any_company(), contact=company.any_contact())

        yield with_office


def test_the_pdf_lies_beside_the_docx_and_is_made_once(with_office, tmp_path):
    company, deal = with_office()
    press(company, deal, OFFER)
    docx, printed = company.files(deal)
    assert (docx.endswith(" 2026-11-23.docx"), printed) == (True, docx.replace(".docx", ".pdf"))
    assert company.files(deal)[printed].decode() == offices.ONE_PAGE
    [card] = company.register(doc_source=deal)
    assert list(company.files(card, "doc_file")) == [docx]

    press(company, deal, OFFER)
    assert list(company.files(deal)) == [docx, printed]
    company.set_rows(deal, ("Костюм «Монтажник»", "4100.50", "100"))
    company.settle()
    press(company, deal, OFFER)
    second = docx.replace(".docx", " (версия 2)")
    assert list(company.files(deal)) == [docx, printed, f"{second}.docx", f"{second}.pdf"]
    assert offices.starts(tmp_path) == [1, 1]
    assert not company.failures()


@pytest.mark.slow
def test_without_a_pdf_there_is_the_docx_and_the_card_says_why_once(with_office):
    company, deal = with_office("sys.exit(77)")
    press(company, deal, OFFER)
    press(company, deal, INVOICE)
    assert [name[-5:] for name in company.files(deal)] == [".docx"] * 2
    assert len(company.register(doc_source=deal)) == 2
    assert [one for one in company.comments(deal) if "PDF" in one] == [
        "PDF не сделан: LibreOffice не открыл документ. Откройте DOCX в Word и выберите «Файл → Сохранить как → PDF»."
    ]
    assert not company.failures()


@pytest.mark.slow
def test_where_there_is_no_libreoffice_the_card_says_so_once(tmp_path):
    with playing(tmp_path, seed="customers", office="/nowhere/soffice") as company:
        deal = company.deal_in("OFFER", company=company.any_company(), contact=company.any_contact())
        press(company, deal, OFFER)
        press(company, deal, INVOICE)
        assert [name[-5:] for name in company.files(deal)] == [".docx"] * 2
        said = [one for one in company.comments(deal) if "PDF" in one]
        assert [one.partition(". ")[0] for one in said] == ["PDF не сделан: на сервере нет LibreOffice"]


@pytest.mark.slow
def test_documents_that_are_made_at_once_go_to_libreoffice_together_and_hold_no_other_card_up(with_office, tmp_path):
    """A hundred documents are no hundred seconds in which nothing else is done."""
    company, first = with_office(f"time.sleep(2)\n{offices.WORKS}")
    client = {"company": company.any_company(), "contact": company.any_contact()}
    deals = [first, *(company.deal_in("OFFER", **client) for _ in range(5))]
    for deal in deals:
        company.fill(deal, make_doc=OFFER)
    company.settle()
    assert [len(company.files(deal)) for deal in deals] == [2] * len(deals)
    assert sum(offices.starts(tmp_path)) == len(deals)
    assert len(offices.starts(tmp_path)) < len(deals)
    assert not company.failures()


@pytest.mark.slow
def test_a_pdf_that_is_kept_is_not_made_again_when_the_run_is_repeated(with_office, tmp_path):
    """Three answers are lost, each after the portal has done what was asked."""
    company, deal = with_office()
    company.fill(deal, make_doc=OFFER)
    company.portal.settle_events()
    company.portal.fault("cut_after", method="crm.item.update", times=3)
    company.settle()
    assert [name[-4:] for name in company.files(deal)] == ["docx", ".pdf"]
    assert offices.starts(tmp_path) == [1]
    assert not company.failures()


@pytest.mark.slow
@pytest.mark.skipif(pdf.office(pdf.AUTO) is None, reason="no LibreOffice on this machine")
def test_libreoffice_itself_makes_the_pdf(tmp_path):
    with playing(tmp_path, seed="customers", office=pdf.AUTO) as company:
        deal = company.deal_in("OFFER", company=company.any_company(), contact=company.any_contact())
        press(company, deal, OFFER)
        _, printed = company.files(deal).values()
        assert pdf.pages(printed) == 1


@pytest.mark.slow
def test_signs_and_tags_in_names_are_printed_as_people_wrote_them(company, client):
    """§15.3: & < > and template code are data."""
    deal = company.deal_in("OFFER", **client)
    name = 'Костюм «А&Б» <р. 52> "XL" {{ our.inn }} {% raw %} None'
    company.set_rows(deal, (name, "0.01", "1"))
    company.settle()
    press(company, deal, OFFER)
    [content] = company.files(deal).values()
    assert name in text(content)
    assert "0 (Ноль) рублей 01 копейка" in text(content)


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["crm.item.update", "crm.item.add"])
def test_after_a_lost_answer_the_file_lies_there_once_and_the_register_has_one_card(company, client, lost):
    """The portal did it, and the answer never came."""
    deal = company.deal_in("OFFER", **client)
    company.fill(deal, make_doc=OFFER)
    company.portal.settle_events()
    company.portal.fault("cut_after", method=lost, times=2)
    company.settle()
    assert len(company.files(deal)) == 1
    assert len(company.register(doc_source=deal)) == 1
    assert not company.failures()


# Where the worker dies while it makes a document: trial, number, document, DOCX, register card, comment, PDF.
KILLS = [
    "rendered:1", "fact:1", "rendered:2", "answered:2", "sent:3", "sent:4", "signalled:1", "converted:1", "sent:5", "answered:5",
]  # fmt: skip


@pytest.mark.timeout(600)
@pytest.mark.slow
@pytest.mark.parametrize("failpoint", KILLS)
def test_a_worker_killed_while_it_makes_a_document_leaves_two_files_one_card_and_one_number(tmp_path, failpoint):
    """R34."""
    office = str(offices.written(tmp_path))
    with playing(tmp_path, look_every_seconds=0.3, tick_seconds=1, office=office) as company:
        deal = company.deal_in("OFFER")
        company.stop_layer()
        worker = company.start_worker(failpoint)
        company.fill(deal, make_doc=OFFER)
        assert worker.wait(timeout=150) == -9, f"the worker never came to {failpoint}"

        company.start_worker()
        company.settle(150)
        assert [name[-4:] for name in company.files(deal)] == ["docx", ".pdf"]
        [card] = company.register(doc_source=deal)
        assert company.value(card, "doc_no") == "ИСХ-2026/001"
        assert len(company.files(card, "doc_file")) == 1
        assert len([one for one in company.comments(deal) if "Документ внесён в реестр" in one]) == 1
        assert company.failures() == []


@pytest.mark.slow
def test_a_document_of_another_own_company_begins_with_its_own_number(company, client):
    """§7.3: two cards of the register with one number, each of its own legal entity."""
    deal = company.deal_in("OFFER", **client)
    press(company, deal, OFFER)
    other = list(company.config.our_companies)[1]
    company.fill(deal, our=other)
    press(company, deal, OFFER)
    assert company.failures() == []
    cards = company.register(doc_source=deal)
    assert [company.value(one, "doc_no") for one in cards] == ["ИСХ-2026/001"] * 2
    assert company.value(cards[0], "our") != company.value(cards[1], "our") == other


@pytest.mark.slow
def test_a_day_that_has_no_rate_of_vat_is_told_on_the_card(company, client):
    """C-03: a year that somebody typed as 0206."""
    deal = company.deal_in("OFFER", **client, ship_until=date(206, 12, 20))
    press(company, deal, OFFER)
    assert company.failures() == []
    assert company.files(deal) == {}
    assert company.comments(deal)[-1] == (
        "Документ не сформирован: неизвестна ставка НДС на 20.12.206. "
        "Проверьте дату отгрузки или срок поставки и сформируйте документ ещё раз."
    )


def test_a_document_that_nobody_knows_is_told_on_the_card(company, client):
    """R-23: a rule of the portal names a kind that is not in config/documents.yaml."""
    deal = company.deal_in("OFFER", **client)
    company.rule_asks("make_document", deal, kind="Справка")
    company.settle()
    assert company.failures() == []
    assert company.comments(deal)[-1] == (
        "Документ не сформирован: нет документа «Справка». Обратитесь к администратору портала."
    )
