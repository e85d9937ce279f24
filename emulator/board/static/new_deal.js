// «Новая сделка» above the first column.
import { chooser } from "./chooser.js";
import { COMPANY } from "./directory.js";
import { fill, h, icon } from "./dom.js";
import { peopleOptions } from "./people.js";
import { addDeal, view } from "./pipeline.js";
import { acting } from "./portal.js";
import { attempt } from "./toast.js";
import { parseNumber } from "./words.js";

export function newDealForm(stage, redraw) {
  const place = h("div.new-deal");
  const closed = () =>
    fill(place, h("button.new-deal-open", { type: "button", onclick: open }, icon("plus"), "Новая сделка"));

  function open() {
    const title = h("input.input", { required: true, placeholder: "Например: Спецодежда для склада" });
    const company = chooser(COMPANY);
    const amount = h("input.input", { inputmode: "decimal", placeholder: "0,00" });
    const responsible = h("select.input", {}, peopleOptions(acting.id));
    const submit = h("button.primary", { type: "submit" }, "Создать");
    const form = h(
      "form",
      {
        onsubmit: async (event) => {
          event.preventDefault();
          submit.disabled = true;
          const made = await attempt(() => addDeal(values()));
          submit.disabled = false;
          if (made) {
            closed();
            redraw();
          }
        },
        onkeydown: (event) => {
          if (event.key === "Escape") closed();
        },
      },
      labelled("Название", title),
      labelled("Компания", company.element),
      labelled("Сумма, ₽", amount),
      labelled("Ответственный", responsible),
      h("div.new-deal-buttons", {}, submit, h("button.quiet", { type: "button", onclick: closed }, "Отмена")),
    );

    function values() {
      const sum = parseNumber(amount.value);
      return {
        title: title.value.trim(),
        categoryId: view.category,
        stageId: stage.id,
        assignedById: Number(responsible.value),
        ...(company.chosen() ? { companyId: company.chosen() } : {}),
        ...(sum === null ? {} : { opportunity: sum, isManualOpportunity: "Y" }),
      };
    }
    fill(place, form);
    title.focus();
  }

  closed();
  return place;
}

const labelled = (text, control) => h("label.labelled", {}, h("span", {}, text), control);
