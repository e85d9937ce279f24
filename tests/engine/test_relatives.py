"""What a card hears of its parent, its children, and of cards of other families."""

from decimal import Decimal

from engine.deal import Row
from engine.triggers import on_child, on_parent, on_signal, on_stage
from robots.comment import comment
from robots.open_deal import open_deal

COAT = Row("Костюм «Мастер»", Decimal("1200"), Decimal("60.5"), unit="компл")


def service(company, **fields) -> int:
    deal = company.new_deal("SERVICE", title="Обслуживание", sv_object="Котельная", **fields)
    company.settle()
    return deal


def rows(company, deal: int) -> list[tuple]:
    found = company.portal.act(
        1, "crm.item.productrow.list", {"filter": {"=ownerType": "D", "=ownerId": deal}, "order": {"id": "ASC"}}
    )["productRows"]
    return [(row["productName"], row["price"], row["quantity"], row["measureName"]) for row in found]


def test_a_parent_hears_of_the_stage_its_child_enters_and_only_of_its_own_kind(company, claims):
    heard = []

    @on_child("SERVICE", "PURCHASE", "QUOTE")
    def quoted(run, parent):
        heard.append((parent.id, run.deal.id))

    parent, other = service(company), company.new_deal("PRODUCTION")
    child = company.new_deal("PURCHASE", parent=parent)
    stranger = company.new_deal("PURCHASE", parent=other)
    company.settle()
    for card in (child, stranger):
        company.set_rows(card, ("Ткань", "100", "5"))
        company.move(card, "QUOTE")
    company.settle()
    assert heard == [(parent, child)]


def test_each_child_hears_of_the_stage_its_parent_enters(company, claims):
    @on_parent("PURCHASE", "SERVICE", "TALKS")
    def go_on(run, child):
        comment(run, child, f"Клиент ждёт: {run.deal.title}")

    parent = service(company)
    children = [company.new_deal("PURCHASE", parent=parent) for _ in range(2)]
    company.settle()
    company.move(parent, "TALKS")
    company.settle()
    assert [company.comments(child) for child in children] == [["Клиент ждёт: Обслуживание"]] * 2


def test_a_card_of_another_family_is_told_once_and_acts_in_its_own_order(company, claims):
    @on_stage("SERVICE", "CONTRACT")
    def tell(run, deal):
        run.signal(int(deal["lost_note"]), "hurry", why="клиент ждёт", days=3)

    @on_signal("PURCHASE", "hurry")
    def hurry(run, deal):
        comment(run, deal, f"{run.change.what['why']}, {run.change.what['days']} дн., {run.depth}")

    told = company.new_deal("PURCHASE")
    company.settle()
    teller = service(company, lost_note=str(told))
    company.move(teller, "CONTRACT")
    company.settle()
    assert company.comments(told) == ["клиент ждёт, 3 дн., 1"]


def test_a_child_is_opened_with_its_product_rows(company, claims):
    @on_stage("SERVICE", "TALKS")
    def open_one(run, deal):
        open_deal(run, deal, "PURCHASE", title="Ткань", rows=[COAT])

    parent = service(company)
    company.move(parent, "TALKS")
    company.settle()
    [child] = company.value(parent, "children")
    assert rows(company, child) == [("Костюм «Мастер»", 1200, 60.5, "компл")]
    assert Decimal(str(company.card(child)["opportunity"])) == Decimal("72600")


def test_a_parent_shows_where_its_children_stand(company):
    parent = service(company)
    child = company.new_deal("PURCHASE", parent=parent, by=company.holder("PROCUREMENT"))
    company.settle()
    name = company.user_name(company.holder("PROCUREMENT"))
    assert company.value(parent, "child_state").startswith(f"№{child}, Заказ поставщику, Потребность, {name}, до ")
    company.set_rows(child, ("Ткань", "100", "5"))
    company.move(child, "QUOTE")
    company.settle()
    assert company.value(parent, "child_state").startswith(f"№{child}, Заказ поставщику, Запрос цен, {name}, до ")
    company.delete(child)
    company.settle()
    assert company.value(parent, "child_state") is None
