// The fields of a deal in groups, each edited in its place.
import {
  COMPANY,
  CONTACT,
  DEAL,
  fields,
  forget,
  funnelOf,
  known,
  layout,
  learn,
  learnFiles,
  links,
  stagesOf,
} from "./directory.js";
import { fill, h, icon } from "./dom.js";
import { save } from "./pipeline.js";
import { attempt } from "./toast.js";
import { editor, isEditable, isEmpty, show } from "./values.js";
import { money, parseNumber, quoted } from "./words.js";

const NATIVE = ["opportunity", "companyId", "contactId", "assignedById"];
const IN_THE_HEAD = ["UF_CRM_SF_BLOCK"];
const RELATIVES = ["UF_CRM_SF_PARENT", "UF_CRM_SF_CHILDREN", "UF_CRM_SF_CHILD_STATE"];
const LABELS = { opportunity: "Сумма", companyId: "Компания", contactId: "Контакт", assignedById: "Ответственный" };

/** The process that configures a funnel; a funnel without one shows every field that is filled. */
function processOf(deal) {
  const funnel = funnelOf(deal.categoryId);
  const shared = layout.processes.filter((one) => one.funnel === funnel?.name);
  return {
    fields: [...new Set(shared.flatMap((one) => one.fields))],
    required: Object.assign({}, ...shared.map((one) => one.required)),
  };
}

const isFilled = (deal, code) =>
  !isEmpty(deal[code]) && deal[code] !== "N" && !(NATIVE.includes(code) && deal[code] === 0);

/** [{title, codes}]: common fields, relatives, those of the process, the others that are filled. */
function groups(deal, process) {
  const own = process.fields.filter((code) => !NATIVE.includes(code) && !layout.common.includes(code));
  const taken = new Set([...NATIVE, ...RELATIVES, ...layout.common, ...own, ...layout.hidden, ...IN_THE_HEAD]);
  const others = [...fields.keys()].filter(
    (code) => code.startsWith("UF_") && !taken.has(code) && isFilled(deal, code),
  );
  const shown = (code) => fields.has(code) && (!layout.computed.includes(code) || isFilled(deal, code));
  const elsewhere = new Set([...RELATIVES, ...IN_THE_HEAD]);
  const relatives = { title: "Связанные сделки", codes: RELATIVES };
  const related = RELATIVES.some((code) => isFilled(deal, code));
  return [
    { title: "О сделке", codes: [...new Set([...NATIVE, ...layout.common])].filter((code) => !elsewhere.has(code)) },
    related ? relatives : null,
    { title: "Поля процесса", codes: own },
    { title: "Другие заполненные поля", codes: others },
    related ? null : relatives,
  ]
    .filter(Boolean)
    .map((group) => ({ ...group, codes: group.codes.filter(shown) }))
    .filter(({ codes }) => codes.length);
}

/** Reads the names that the values of this deal refer to; returns the deals among them as they are now. */
export async function learnNames(deal) {
  const ofType = (type) => [...fields.values()].filter((field) => field.type === type);
  const linked = ofType("crm").flatMap((field) => links(deal[field.code], field));
  const idsOf = (type) => linked.filter((link) => link.type === type).map(({ id }) => id);
  idsOf(DEAL).forEach((id) => forget(DEAL, id));
  await Promise.all([
    learn(COMPANY, [deal.companyId, ...idsOf(COMPANY)]),
    learn(CONTACT, [deal.contactId, ...idsOf(CONTACT)]),
    learn(DEAL, idsOf(DEAL)),
    learnFiles(
      ofType("file")
        .flatMap(({ code }) => deal[code] ?? [])
        .map(({ id }) => id),
    ),
  ]);
  return idsOf(DEAL).map((id) => known(DEAL, id));
}

export function drawFields(root, deal, onsaved) {
  const process = processOf(deal);
  fill(
    root,
    groups(deal, process).map(({ title, codes }) =>
      h(
        "section.panel",
        {},
        h("h3", {}, title),
        codes.map((code) => row(deal, fields.get(code), process, onsaved)),
      ),
    ),
  );
}

function row(deal, field, process, onsaved) {
  const value = h("div.field-value");
  const element = h("div.field", { dataset: { code: field.code } }, label(deal, field, process), value);
  const rest = () => {
    element.classList.remove("editing");
    fill(
      value,
      layout.buttons.includes(field.code) && field.type === "boolean"
        ? pressButton(deal, field, onsaved)
        : resting(deal, field, edit),
    );
  };
  const edit = () => {
    element.classList.add("editing");
    const form = editForm(deal, field, rest, onsaved);
    fill(value, form);
    form.querySelector("input, select, textarea")?.focus();
  };
  rest();
  return element;
}

function label(deal, field, process) {
  const stages = isFilled(deal, field.code)
    ? []
    : (process.required[field.code] ?? []).map((code) => titleOfStage(deal, code)).filter(Boolean);
  return h(
    "div.field-label",
    {},
    LABELS[field.code] ?? field.title,
    stages.length
      ? h("span.field-hint", {}, `нужно к ${stages.length > 1 ? "стадиям" : "стадии"} ${stages.map(quoted).join(", ")}`)
      : null,
    layout.computed.includes(field.code) ? h("span.field-hint", {}, "рассчитывается автоматически") : null,
  );
}

const titleOfStage = (deal, code) =>
  stagesOf(deal.categoryId).find(({ id }) => id === code || id.endsWith(`:${code}`))?.title;

function resting(deal, field, edit) {
  const shown = field.code === "opportunity" ? money(deal.opportunity, deal.currencyId) : show(field, deal[field.code]);
  const content = shown ?? h("span.none", {}, "не заполнено");
  if (!isEditable(field)) return h("div.field-still", {}, content);
  const linked =
    content instanceof Node
      ? content.querySelector?.("a")
      : [content].flat().some((one) => one instanceof HTMLAnchorElement);
  const pencil = { type: "button", "aria-label": `Изменить: ${LABELS[field.code] ?? field.title}`, onclick: edit };
  if (linked) return [h("div.field-still", {}, content), h("button.field-edit", pencil, "изменить")];
  return h("button.field-open", pencil, content);
}

/** A button field: «Да» asks the layer to act, which then empties the field. */
function pressButton(deal, field, onsaved) {
  const pressed = deal[field.code] === "Y";
  return h(
    "button.quiet.press",
    {
      type: "button",
      disabled: pressed,
      onclick: () => attempt(async () => onsaved(await save(deal.id, { [field.code]: "Y" }))),
    },
    icon("check"),
    pressed ? "Выполняется…" : "Выполнить",
  );
}

function editForm(deal, field, rest, onsaved) {
  const control = editor(field, deal[field.code]);
  const send = () => attempt(async () => onsaved(await save(deal.id, changes(field, await control.read()))));
  const form = h(
    "form.edit",
    {
      onsubmit: (event) => {
        event.preventDefault();
        send();
      },
      onkeydown: (event) => {
        if (event.key === "Escape") {
          event.stopPropagation();
          rest();
        }
      },
    },
    control.element,
    h(
      "div.edit-buttons",
      {},
      h("button.primary", { type: "submit" }, "Сохранить"),
      h("button.quiet", { type: "button", onclick: rest }, "Отмена"),
    ),
  );
  if (control.immediate) control.element.addEventListener("change", () => form.requestSubmit());
  return form;
}

/** A sum set by hand stops following the product rows. */
function changes(field, value) {
  if (field.code !== "opportunity") return { [field.code]: value };
  return { opportunity: parseNumber(String(value)) ?? 0, isManualOpportunity: "Y" };
}
