"""The document generator: numerators, templates, documents."""

import base64
import io

import docx
import pytest
import requests

WAIT = 40


def template_file(*lines: str, rows: tuple[tuple[str, ...], ...] = ()) -> str:
    """A DOCX of these paragraphs and of one table, in base64."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    content = io.BytesIO()
    document.save(content)
    return base64.b64encode(content.getvalue()).decode()


def opened(address: str) -> docx.document.Document:
    return docx.Document(io.BytesIO(requests.get(address, timeout=10).content))


def lines_of(document: dict) -> list[str]:
    return [paragraph.text for paragraph in opened(document["downloadUrlMachine"]).paragraphs]


@pytest.fixture
def numerator(call):
    """Make a numerator and return it: numerator("{NUMBER}", length=4)."""

    def make(template: str = "{NUMBER}", **counter) -> dict:
        settings = {"Bitrix_Main_Numerator_Generator_SequentNumberGenerator": counter}
        fields = {"name": "Договоры", "template": template, "settings": settings}
        return call("crm.documentgenerator.numerator.add", fields=fields)["result"]["numerator"]

    return make


@pytest.fixture
def template(call, numerator):
    """Upload a template and return it: template("Договор {DocumentNumber}")."""

    def make(*lines: str, rows=(), **fields) -> dict:
        known = {"name": "Договор", "region": "ru", "entityTypeId": ["2", "2_category_0"], "users": ["UA"]}
        known["numeratorId"] = fields.pop("numeratorId", None) or numerator()["id"]
        known["file"] = ["договор.docx", template_file(*lines, rows=rows)]
        return call("crm.documentgenerator.template.add", fields=known | fields)["result"]["template"]

    return make


@pytest.fixture
def make(call):
    """Make a document of a template and a deal: make(template, deal, values={…})."""

    def document(template: dict, deal: dict, **more) -> dict:
        params = {"templateId": template["id"], "entityTypeId": 2, "entityId": deal["id"], **more}
        return call("crm.documentgenerator.document.add", **params)["result"]["document"]

    return document


# -- numerators


def test_a_numerator_is_a_number_when_made_and_a_string_when_read(call, numerator):
    made = numerator("Д-{NUMBER}", start=7, length=4, padString="0", periodicBy="year")
    assert (made["id"], made["code"]) == (1, None)
    held = call("crm.documentgenerator.numerator.get", id=1)["result"]["numerator"]
    assert held == made | {"id": "1"}
    counter = held["settings"]["Bitrix_Main_Numerator_Generator_SequentNumberGenerator"]
    assert counter == {
        "start": 7,
        "step": 1,
        "length": 4,
        "padString": "0",
        "periodicBy": "year",
        "timezone": None,
        "isDirectNumeration": False,
    }
    listed = call("crm.documentgenerator.numerator.list")
    assert (listed["total"], [row["id"] for row in listed["result"]["numerators"]]) == (1, ["1"])
    changed = call("crm.documentgenerator.numerator.update", id=1, fields={"name": "Счета"})["result"]
    assert (changed["name"], changed["template"]) == ("Счета", "Д-{NUMBER}")
    assert call("crm.documentgenerator.numerator.delete", id=1)["result"] is None
    gone = call("crm.documentgenerator.numerator.get", id=1)
    assert (gone["error"], gone["error_description"]) == ("100", "Could not construct parameter {numerator}")


def test_a_numerator_wants_a_template(call):
    body = call("crm.documentgenerator.numerator.add", fields={"name": "Договоры"})
    assert body == {"error": "0", "error_description": "Empty required fields: template"}
    assert (
        "Should be value of type array" in call("crm.documentgenerator.numerator.add", fields="x")["error_description"]
    )
    assert call("crm.documentgenerator.numerator.add")["error_description"].endswith("{fields}")


def test_documents_are_numbered_by_the_counter(call, numerator, template, make, deal):
    one = template(numeratorId=numerator("Д-{NUMBER}/{YEAR}", start=8, step=2, length=3)["id"])
    other = template(numeratorId=one["numeratorId"])
    numbers = [make(kind, deal())["number"] for kind in (one, other, one)]
    assert [number.split("/")[0] for number in numbers] == ["Д-008", "Д-010", "Д-012"], "one counter for both"
    call(
        "crm.documentgenerator.numerator.update",
        id=one["numeratorId"],
        fields={"settings": {"Bitrix_Main_Numerator_Generator_SequentNumberGenerator": {"start": 100}}},
    )
    assert make(one, deal())["number"].startswith("Д-100/")


def test_a_counter_begins_anew_with_its_period(portal, numerator, template, make, deal):
    daily = template(numeratorId=numerator(periodicBy="day", timezone="Asia/Vladivostok")["id"])
    monthly = template(numeratorId=numerator(periodicBy="month")["id"])
    assert [make(kind, deal())["number"] for kind in (daily, daily, monthly)] == ["1", "2", "1"]
    portal.advance(24 * 3600)
    assert make(daily, deal())["number"] == "1"
    portal.advance(31 * 24 * 3600)
    assert make(monthly, deal())["number"] == "1"


# -- templates


def test_a_template_is_kept_with_its_file(call, template):
    made = template("Договор {DocumentNumber}")
    assert (made["id"], made["users"], made["entityTypeId"]) == ("1", {"UA": "UA"}, ["2", "2_category_0"])
    assert (made["active"], made["sort"], made["isDeleted"], made["code"]) == ("Y", "500", "N", None)
    assert [one.text for one in opened(made["downloadMachine"]).paragraphs] == ["Договор {DocumentNumber}"]
    changed = {"name": "Договор аренды", "file": ["a.docx", template_file("Аренда")], "active": "N"}
    call("crm.documentgenerator.template.update", id=1, fields=changed)
    held = call("crm.documentgenerator.template.get", id=1)["result"]["template"]
    assert (held["name"], held["active"], held["region"]) == ("Договор аренды", "N", "ru")
    assert opened(held["download"]).paragraphs[0].text == "Аренда"


def test_templates_are_listed_by_id_and_deleted_ones_only_when_asked_for(call, template):
    template(name="Счёт"), template(name="Акт", entityTypeId=["4"]), template(name="Договор", region="kz")
    call("crm.documentgenerator.template.delete", id=1)
    asked = {"select": ["id", "name", "users", "entityTypeId"], "order": {"id": "DESC"}}
    body = call("crm.documentgenerator.template.list", **asked, filter={"region": ["ru", "kz"]})
    assert list(body["result"]["templates"]) == ["3", "2"]
    assert body["result"]["templates"]["2"]["entityTypeId"] == ["4"]
    assert body["result"]["templates"]["2"]["users"] == ["UA"]
    assert "region" not in body["result"]["templates"]["2"]
    assert list(call("crm.documentgenerator.template.list", filter={"entityTypeId": "4"})["result"]["templates"]) == [
        "2"
    ]
    assert list(call("crm.documentgenerator.template.list", filter={"isDeleted": "Y"})["result"]["templates"]) == ["1"]
    assert call("crm.documentgenerator.template.list", filter={"name": "x"})["result"]["templates"] == []


def test_a_template_wants_its_fields_and_its_file(call, numerator):
    fields = {"name": "Договор", "region": "ru", "entityTypeId": ["2"], "file": ["a.docx", template_file()]}
    body = call("crm.documentgenerator.template.add", fields=fields)
    assert body == {"error": "0", "error_description": "Empty required fields: numeratorId"}
    fields = fields | {"numeratorId": numerator()["id"], "file": ""}
    assert call("crm.documentgenerator.template.add", fields=fields)["error_description"] == "Missing file content"
    assert call("crm.documentgenerator.template.get", id=404)["error_description"] == "Template not found"
    assert "constructor" in call("crm.documentgenerator.template.get")["error_description"]


def test_the_fields_of_a_template_tell_what_a_document_would_say(call, template, make, deal):
    kind, trip = template("{DocumentNumber} {Title} {MyCompanyPhone}"), deal(title="Поставка")
    asked = {"id": kind["id"], "entityTypeId": 2, "entityId": trip["id"]}
    fields = call("crm.documentgenerator.template.getfields", **asked, values={"Title": "Иначе"})["result"]
    title, number = fields["templateFields"]["Title"], fields["templateFields"]["DocumentNumber"]
    assert (title["value"], title["default"], title["chain"]) == ("Иначе", "Поставка", "this.SOURCE.TITLE")
    assert (number["value"], number["required"], number["chain"]) == ("1", "Y", "this.DOCUMENT.DOCUMENT_NUMBER")
    assert fields["templateFields"]["MyCompanyPhone"]["chain"] == "this.SOURCE.MY_COMPANY.PHONE"
    assert make(kind, trip)["number"] == "1", "the number was not taken"
    assert call("crm.documentgenerator.template.getfields", id=1)["error_description"] == "No provider for entityTypeId"


# -- documents


def test_a_document_is_filled_with_values_and_with_what_the_deal_holds(act, template, make, deal, field):
    place = field("PLACE", "string")
    firm = act("crm.item.add", entityTypeId=4, fields={"title": "ООО «Ромашка»"})["item"]["id"]
    kind = template(
        "Договор № {DocumentNumber} от {DocumentCreateTime~format=j F Y} г.",
        "{CompanyTitle}, {AssignedName}, {Title}, {UfCrmPlace}",
        "Поставщик: {Director}; {NobodyKnowsThis}.",
    )
    made = make(
        kind,
        deal(title="Поставка", companyId=firm, assignedById=2, **{place: "Склад № 1"}),
        values={"DocumentNumber": "2026-001", "Director": "Иванов", "DocumentCreateTime": "2026-03-05"},
    )
    first, second, third = lines_of(made)
    assert first == "Договор № 2026-001 от 5 марта 2026 г."
    assert second == "ООО «Ромашка», Администратор, Поставка, Склад № 1"
    assert third == "Поставщик: Иванов; ."
    assert (made["number"], made["title"]) == ("2026-001", "Договор 2026-001")


def test_a_document_knows_the_client_and_our_own_company(call, act, template, make, deal):
    ours = act("crm.item.add", entityTypeId=4, fields={"title": "Сферотек", "isMyCompany": "Y"})["item"]["id"]
    fm = [{"typeId": "PHONE", "valueType": "WORK", "value": "+74232000000"}]
    person = act("crm.item.add", entityTypeId=3, fields={"name": "Анна", "lastName": "Ли", "fm": fm})["item"]["id"]
    requisite = {"ENTITY_TYPE_ID": 4, "ENTITY_ID": ours, "PRESET_ID": 1, "NAME": "Основные"}
    call("crm.requisite.add", fields=requisite | {"RQ_COMPANY_NAME": "ООО «Сферотек»", "RQ_INN": "7707083893"})
    kind = template(
        "{MyCompanyRequisiteRqCompanyName}, ИНН {MyCompanyRequisiteRqInn}", "{ContactLastName} {ClientPhone}"
    )
    assert lines_of(make(kind, deal(contactId=person))) == ["ООО «Сферотек», ИНН 7707083893", "Ли +74232000000"]


def test_dates_and_names_are_written_as_the_template_wants_them(template, make, deal):
    kind = template("{Day}", "{Day~format=d.m.y}", "{Day~j F Y}", "{Chief}", "{Chief~format=#LAST_NAME# #NAME_SHORT#}")
    values = {"Day": "2026-03-05T00:00:00+03:00", "Chief": {"NAME": "Игорь", "LAST_NAME": "Иванов"}}
    fields = {"Day": {"TYPE": "DATE", "FORMAT": {"format": "Y-m-d"}}}
    assert lines_of(make(kind, deal(), values=values, fields=fields)) == [
        "2026-03-05",
        "05.03.26",
        "5 марта 2026",
        "Иванов Игорь",
        "Иванов И.",
    ]


def test_a_row_of_a_table_is_repeated_for_every_product(call, template, make, deal):
    trip = deal()
    rows = [{"productName": "Каска", "price": 900, "quantity": 2}, {"productName": "Нить", "price": 0.5, "quantity": 3}]
    call("crm.item.productrow.set", ownerType="D", ownerId=trip["id"], productRows=rows)
    named = ("{ProductsIndex}", "{ProductsProductName}", "{ProductsProductPriceRawSum}")
    made = make(template("Итого {TotalSum}", rows=(("№", "Товар", "Сумма"), named)), trip)
    table = opened(made["downloadUrl"]).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["№", "Товар", "Сумма"],
        ["1", "Каска", "1800.00"],
        ["2", "Нить", "1.50"],
    ]
    assert lines_of(made) == ["Итого 1801.50"]
    assert made["products"] == {"currencyId": trip["currencyId"], "totalSum": "1801.50", "totalRows": 2}


def test_a_code_spread_over_runs_takes_the_looks_of_its_beginning(call, numerator, make, deal):
    document = docx.Document()
    paragraph = document.add_paragraph("Договор ")
    paragraph.add_run("{Docu").bold = True
    paragraph.add_run("mentNumber} от")
    content = io.BytesIO()
    document.save(content)
    fields = {"name": "Договор", "region": "ru", "entityTypeId": ["2"], "numeratorId": numerator()["id"]}
    fields["file"] = ["a.docx", base64.b64encode(content.getvalue()).decode()]
    kind = call("crm.documentgenerator.template.add", fields=fields)["result"]["template"]
    runs = opened(make(kind, deal())["downloadUrl"]).paragraphs[0].runs
    assert [(run.text, run.bold) for run in runs] == [("Договор ", None), ("1", True), (" от", None)]


def test_the_pdf_comes_later(portal, call, template, make, deal):
    made = make(template("Договор"), deal())
    assert (type(made["id"]), type(made["createdBy"]), made["templateId"]) == (int, int, "1")
    early = call("crm.documentgenerator.document.get", id=made["id"])["result"]["document"]
    assert (early["id"], early["createdBy"], early["updatedBy"]) == ("1", "1", None)
    assert "pdfUrl" not in made | early
    portal.advance(WAIT)
    late = call("crm.documentgenerator.document.get", id=made["id"])["result"]["document"]
    pdf, picture = (requests.get(late[name], timeout=10).content for name in ("pdfUrlMachine", "imageUrlMachine"))
    assert (pdf[:5], picture[1:4]) == (b"%PDF-", b"PNG")
    assert requests.get(late["pdfUrl"].partition("?")[0], timeout=10).status_code == 404, "the address needs its token"


def test_a_document_is_written_anew_and_keeps_its_title(portal, handler, call, template, make, deal):
    made = make(template("{DocumentNumber} {Note}"), deal(), values={"Note": "как есть"}, stampsEnabled=1)
    portal.advance(WAIT)
    changed = call("crm.documentgenerator.document.update", id=1, values={"DocumentNumber": "2"}, stampsEnabled=0)
    document = changed["result"]["document"]
    assert (document["number"], document["title"], document["updatedBy"]) == ("2", made["title"], 1)
    assert (made["stampsEnabled"], document["stampsEnabled"], "pdfUrl" in document) == (True, False, False)
    assert lines_of(document) == ["2 как есть"]
    assert document["values"] == made["values"] | {"DocumentNumber": "2", "stampsEnabled": False}
    assert call("crm.documentgenerator.document.delete", id=1)["result"] is None
    assert call("crm.documentgenerator.document.get", id=1)["error_description"] == "Document not found"
    portal.settle_events()
    told = {"FIELDS": {"ID": "1", "ENTITY_TYPE_ID": "2", "ENTITY_ID": "1"}}
    rung = [(event["event"], event["data"]) for event in handler.events if "DOCUMENT" in event["event"]]
    assert rung == [(f"ONCRMDOCUMENTGENERATORDOCUMENT{what}", told) for what in ("ADD", "UPDATE", "DELETE")]


def test_the_fields_of_a_document_tell_what_it_says(call, template, make, deal):
    make(template("{Title}"), deal(title="Поставка"))
    fields = call("crm.documentgenerator.document.getfields", id=1, values={"DocumentNumber": "9"})["result"]
    number = fields["documentFields"]["DocumentNumber"]
    assert (number["value"], number["default"]) == ("9", "1")
    assert fields["documentFields"]["Title"]["value"] == "Поставка"
    assert call("crm.documentgenerator.document.get", id=1)["result"]["document"]["number"] == "1"


def test_documents_are_listed(portal, call, template, make, deal):
    kind, one, two = template(), deal(), deal()
    make(kind, one), make(kind, two), make(kind, one)
    asked = {"filter": {"entityTypeId": 2, "entityId": one["id"]}, "order": {"id": "DESC"}}
    body = call("crm.documentgenerator.document.list", **asked, select=["id", "number", "entityId"])
    rows = body["result"]["documents"]
    assert ([row["id"] for row in rows], body["total"]) == (["3", "1"], 2)
    assert (rows[0]["number"], "title" in rows[0], "downloadUrlMachine" in rows[0]) == ("3", False, True)
    assert (
        call("crm.documentgenerator.document.list", filter={"number": "2"})["result"]["documents"][0]["pdfId"] is None
    )
    portal.advance(WAIT)
    full = call("crm.documentgenerator.document.list", filter={"number": "2"})["result"]["documents"][0]
    assert (full["entityTypeId"], full["pdfId"] is None, "pdfUrl" in full) == ("2", False, True)
    refused = call("crm.documentgenerator.document.list", select=["entityTypeId"])
    assert (refused["error"], refused["error_description"][:44]) == (
        "100",
        "Unknown field definition ENTITY_TYPE_ID (ENT",
    )


def test_a_ready_file_is_uploaded(portal, call, deal):
    fields = {"entityTypeId": 2, "entityId": deal()["id"], "region": "ru", "title": "Договор", "number": "17/А"}
    pdf = base64.b64encode(b"%PDF-1.4 ours").decode()
    fields |= {"fileContent": template_file("Готово"), "pdfContent": pdf}
    made = call("crm.documentgenerator.document.upload", fields=fields)["result"]["document"]
    assert (made["id"], made["title"], made["number"], made["createdBy"]) == ("1", "Договор", "17/А", "1")
    assert lines_of(made) == ["Готово"]
    assert requests.get(made["pdfUrl"], timeout=10).content == b"%PDF-1.4 ours"
    assert call("crm.documentgenerator.template.list")["total"] == 0, "its template is hidden"
    portal.advance(WAIT)
    held = call("crm.documentgenerator.document.get", id=1)["result"]["document"]
    assert held == made


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"fileContent": ""}, "Empty required fields: fileContent"),
        ({"title": "", "number": ""}, "Empty required fields: title, number"),
        ({"entityTypeId": "x"}, 'Wrong "entityTypeId" field value'),
        ({"entityTypeId": 999}, "No provider for entityTypeId"),
        ({"entityId": 404}, 'Wrong "entityId" field value'),
    ],
)
def test_an_upload_that_names_nothing_is_refused(call, deal, fields, said):
    known = {"entityTypeId": 2, "entityId": deal()["id"], "region": "ru", "title": "Договор", "number": "1"}
    known |= {"fileContent": template_file()} | fields
    assert call("crm.documentgenerator.document.upload", fields=known) == {"error": "0", "error_description": said}


def test_the_public_address_is_switched_on_and_off(call, template, make, deal):
    make(template(), deal())
    address = call("crm.documentgenerator.document.enablepublicurl", id=1)["result"]["publicUrl"]
    assert "/~" in address
    assert call("crm.documentgenerator.document.get", id=1)["result"]["document"]["publicUrl"] == address
    assert call("crm.documentgenerator.document.enablepublicurl", id=1, status=0)["result"] == {"publicUrl": None}


def test_what_keeps_a_document_from_being_made_is_said(call, numerator, template, deal):
    kind, trip = template(), deal()
    asked = {"templateId": kind["id"], "entityTypeId": 2, "entityId": trip["id"]}

    def refusal(**changed) -> tuple:
        body = call("crm.documentgenerator.document.add", **(asked | changed))
        return body["error"], body["error_description"]

    assert refusal(entityTypeId=999) == ("0", "No provider for entityTypeId")
    assert refusal(entityId="") == ("0", 'Empty required parameter "value"')
    assert refusal(entityId=404) == ("DOCGEN_ACCESS_ERROR", "Access denied")
    assert refusal(templateId=404) == ("0", "Template not found")
    assert refusal(templateId=template(numeratorId=404)["id"]) == ("0", "Error getting next number")
    broken = {"file": ["a.docx", base64.b64encode(b"no docx").decode()]}
    call("crm.documentgenerator.template.update", id=kind["id"], fields=broken)
    assert refusal() == ("0", "Cannot create document")
    call("crm.documentgenerator.template.delete", id=kind["id"])
    assert refusal() == ("0", "Cannot create document on deleted template")


def test_documents_go_with_their_deal(call, act, template, make, deal):
    made, trip = template(), deal()
    make(made, trip)
    act("crm.item.delete", entityTypeId=2, id=trip["id"])
    assert call("crm.documentgenerator.document.list")["total"] == 0
