// The product rows of a deal and their sum.
import { fill, h } from "./dom.js";
import { DEAL } from "./directory.js";
import { call } from "./portal.js";
import { attempt } from "./toast.js";
import { money, number, parseNumber } from "./words.js";

/** https://apidocs.bitrix24.com/api-reference/crm/universal/product-rows/crm-item-productrow-list.html */
export const rowsCommand = (id) => [
  "crm.item.productrow.list",
  { filter: { "=ownerType": "D", "=ownerId": id }, order: { sort: "asc" } },
];

export function drawProducts(root, deal, rows, onsaved) {
  const edit = () =>
    fill(
      root,
      h(
        "section.panel.editing",
        {},
        h("h3", {}, "Товары"),
        editTable(deal, rows, () => drawProducts(root, deal, rows, onsaved), onsaved),
      ),
    );
  fill(
    root,
    h(
      "section.panel",
      {},
      h(
        "h3",
        {},
        "Товары",
        h("button.field-edit", { type: "button", onclick: edit }, rows.length ? "изменить" : "добавить"),
      ),
      rows.length ? table(deal, rows) : h("p.none", {}, "Товаров нет."),
    ),
  );
}

function table(deal, rows) {
  const sum = rows.reduce((total, row) => total + Number(row.price) * Number(row.quantity), 0);
  return h(
    "table.products",
    {},
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ["Товар", "Кол-во", "Цена", "Сумма"].map((title) => h("th", { scope: "col" }, title)),
      ),
    ),
    h(
      "tbody",
      {},
      rows.map((row) =>
        h(
          "tr",
          {},
          h("td", {}, row.productName),
          h("td", {}, `${number(row.quantity)}\u00a0${row.measureName ?? ""}`.trim()),
          h("td", {}, money(row.price, deal.currencyId)),
          h("td", {}, money(row.price * row.quantity, deal.currencyId)),
        ),
      ),
    ),
    h(
      "tfoot",
      {},
      h("tr", {}, h("th", { scope: "row", colspan: 3 }, "Итого"), h("td", {}, money(sum, deal.currencyId))),
    ),
  );
}

function editTable(deal, rows, cancel, onsaved) {
  const body = h("tbody");
  const lines = [];
  const add = (row = {}) => {
    const line = editLine(row, () => {
      lines.splice(lines.indexOf(line), 1);
      line.element.remove();
    });
    lines.push(line);
    body.append(line.element);
  };
  rows.forEach(add);
  if (!rows.length) add();
  const send = async () => {
    const productRows = lines.map((line) => line.read());
    await call("crm.item.productrow.set", { ownerType: "D", ownerId: deal.id, productRows });
    const { result } = await call("crm.item.get", { entityTypeId: DEAL, id: deal.id, useOriginalUfNames: "Y" });
    onsaved(result.item);
  };
  return h(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        attempt(send);
      },
    },
    h(
      "table.products",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["Товар", "Кол-во", "Цена, ₽", ""].map((title) => h("th", { scope: "col" }, title)),
        ),
      ),
      body,
    ),
    h(
      "div.edit-buttons",
      {},
      h("button.quiet", { type: "button", onclick: () => add() }, "Добавить строку"),
      h("button.primary", { type: "submit" }, "Сохранить"),
      h("button.quiet", { type: "button", onclick: cancel }, "Отмена"),
    ),
  );
}

function editLine(row, remove) {
  const name = h("input.input", { value: row.productName ?? "", required: true, "aria-label": "Товар" });
  const quantity = h("input.input", {
    value: decimal(row.quantity ?? 1),
    inputmode: "decimal",
    "aria-label": "Количество",
  });
  const price = h("input.input", { value: decimal(row.price ?? 0), inputmode: "decimal", "aria-label": "Цена" });
  const element = h(
    "tr",
    {},
    h("td", {}, name),
    h("td", {}, quantity),
    h("td", {}, price),
    h("td", {}, h("button.ghost", { type: "button", "aria-label": "Убрать строку", onclick: remove }, "×")),
  );
  return {
    element,
    read: () => ({ ...kept(row), productName: name.value.trim(), quantity: numeric(quantity), price: numeric(price) }),
  };
}

/** What the form does not show goes back as it came. */
function kept({ productId, measureCode, measureName, taxRate, taxIncluded }) {
  const given = { productId, measureCode, measureName, taxRate, taxIncluded };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
}

const decimal = (value) => String(value).replace(".", ",");

function numeric(field) {
  const value = parseNumber(field.value);
  if (value === null) throw new Error(`«${field.value}» не похоже на число. Пример: 1 234,50.`);
  return value;
}
