// The value of a deal's field: how it is shown, how it is edited, how it is sent. One entry per type of the portal:
// https://apidocs.bitrix24.com/api-reference/crm/data-types.html
import { chooser } from "./chooser.js";
import {
  COMPANY,
  CONTACT,
  DEAL,
  fileName,
  funnelOf,
  kindOfLink,
  known,
  links,
  linkText,
  nameOf,
  personOf,
  stageOf,
} from "./directory.js";
import { colour, h, icon } from "./dom.js";
import { fileLink } from "./files.js";
import { describe, peopleOptions } from "./people.js";
import { longTime, money, number, parseNumber, plainDate } from "./words.js";

const MOSCOW_OFFSET = "+03:00";

export function isEmpty(value) {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** The nodes that show a value, or null when there is nothing to show. */
export function show(field, value) {
  const kind = kindOf(field);
  if (isEmpty(value) || kind.isUnset?.(value)) return null;
  const values = Array.isArray(value) ? value : [value];
  if (kind.showAll) return kind.showAll(values, field);
  return values.flatMap((one, at) => (at ? [", ", kind.show(one, field)] : [kind.show(one, field)]));
}

/** {element, read()}: read() gives what is sent to the portal, or throws an Error with words for the person. */
export function editor(field, value) {
  const kind = kindOf(field);
  const make = field.isMultiple ? (kind.editAll ?? editLines) : kind.edit;
  return make?.(value, field);
}

export const isEditable = (field) => !field.isReadOnly && Boolean(field.isMultiple ? true : kindOf(field).edit);

function kindOf(field) {
  return KINDS[field.type] ?? (field.type?.startsWith("crm_") ? KINDS.unknown : KINDS.string);
}

// --- editors ---

function input(value, attributes = {}) {
  const element = h("input.input", { value: value ?? "", ...attributes });
  return { element, read: () => element.value.trim() };
}

function editText(value, field) {
  if (field.type !== "text" && !(Number(field.settings?.ROWS) > 1)) return input(value);
  const element = h("textarea.input", { value: value ?? "", rows: 4 });
  return { element, read: () => element.value.trim() };
}

/** A multiple field as lines of text, one value a line. */
function editLines(value) {
  const element = h("textarea.input", {
    value: (value ?? []).join("\n"),
    rows: 3,
    placeholder: "Каждое значение с новой строки",
  });
  return {
    element,
    read: () =>
      element.value
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean),
  };
}

function editNumber(value) {
  const { element } = input(value === null || value === undefined ? "" : String(value).replace(".", ","), {
    inputmode: "decimal",
  });
  return { element, read: () => readNumber(element.value) };
}

function readNumber(text) {
  if (text.trim() === "") return "";
  const parsed = parseNumber(text);
  if (parsed === null) throw new Error(`«${text}» не похоже на число. Пример: 1 234,50.`);
  return parsed;
}

function editMoney(value) {
  const [amount, currency] = String(value ?? "").split("|");
  const { element, read } = editNumber(amount || null);
  return { element, read: () => (read() === "" ? "" : `${read()}|${currency || "RUB"}`) };
}

function editDateTime(value) {
  const shown = value ? new Date(Date.parse(value) + 3 * 3600000).toISOString().slice(0, 16) : "";
  const { element } = input(shown, { type: "datetime-local", title: "Московское время" });
  return { element, read: () => (element.value ? `${element.value}:00${MOSCOW_OFFSET}` : "") };
}

function select(options, value) {
  const element = h("select.input", {}, h("option", { value: "" }, "не выбрано"), options);
  element.value = String(value || "");
  return { element, read: () => element.value, immediate: true };
}

function editOptions(value, field) {
  return select(
    (field.items ?? []).map(({ ID, VALUE }) => h("option", { value: ID }, VALUE)),
    value,
  );
}

function editManyOptions(value, field) {
  const chosen = new Set((value ?? []).map(String));
  const boxes = (field.items ?? []).map(({ ID, VALUE }) => [
    ID,
    h("input", { type: "checkbox", checked: chosen.has(String(ID)) }),
    VALUE,
  ]);
  const element = h(
    "div.checks",
    {},
    boxes.map(([, box, title]) => h("label", {}, box, title)),
  );
  return { element, read: () => boxes.filter(([, box]) => box.checked).map(([id]) => id) };
}

function editBoolean(value) {
  return select([h("option", { value: "Y" }, "Да"), h("option", { value: "N" }, "Нет")], value);
}

function editPerson(value) {
  return select(peopleOptions(value), value);
}

function editPeople(value) {
  const element = h("select.input", { multiple: true, size: 8 }, peopleOptions(0));
  for (const option of element.options) option.selected = (value ?? []).map(String).includes(option.value);
  return { element, read: () => [...element.selectedOptions].map((option) => Number(option.value)) };
}

function editEntity(type) {
  return (value) => {
    const choice = chooser(type, { id: Number(value) || 0, title: value ? nameOf(type, value) : "" });
    return { element: choice.element, read: () => choice.chosen() || "" };
  };
}

function editLink(value, field) {
  const [link] = links(value, field);
  const type = link?.type ?? kindOfLink(field);
  const choice = chooser(type, { id: link?.id, title: link ? nameOf(type, link.id) : "" });
  return { element: choice.element, read: () => (choice.chosen() ? linkText(type, choice.chosen()) : "") };
}

/** Several links: those that are kept stay ticked, one more may be added. */
function editLinks(value, field) {
  const kept = links(value, field).map((link) => [link, h("input", { type: "checkbox", checked: true })]);
  const more = chooser(kindOfLink(field), { placeholder: "Добавить" });
  const element = h(
    "div.checks",
    {},
    kept.map(([{ type, id }, box]) => h("label", {}, box, `№\u00a0${id} · ${nameOf(type, id)}`)),
    more.element,
  );
  const left = () => kept.filter(([, box]) => box.checked).map(([{ type, id }]) => linkText(type, id));
  return { element, read: () => [...left(), ...(more.chosen() ? [linkText(kindOfLink(field), more.chosen())] : [])] };
}

/** Files are kept by {id} and added as [name, base64]: https://apidocs.bitrix24.com/api-reference/files/ */
function editFiles(value, field) {
  const held = [value ?? []].flat();
  const kept = held.map((file) => [file, h("input", { type: "checkbox", checked: true })]);
  const picker = h("input", { type: "file", multiple: Boolean(field.isMultiple) });
  const element = h(
    "div.checks",
    {},
    kept.map(([file, box]) => h("label", {}, box, fileName(file.id))),
    picker,
  );
  return { element, read: () => readFiles(kept, picker, field) };
}

async function readFiles(kept, picker, field) {
  const left = kept.filter(([, box]) => box.checked).map(([file]) => ({ id: file.id }));
  const added = await Promise.all([...picker.files].map(encoded));
  if (field.isMultiple) return [...left, ...added];
  return added[0] ?? left[0] ?? "";
}

function encoded(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve([file.name, reader.result.split(",")[1]]);
    reader.onerror = () => reject(new Error(`Файл «${file.name}» не прочитан.`));
    reader.readAsDataURL(file);
  });
}

// --- how they are shown ---

const fileLinks = (file) => fileLink(fileName(file.id), file.url || file.urlMachine);

const showFiles = (files) =>
  h(
    "span.files",
    {},
    files.map(fileLinks),
  );

function showMoney(value) {
  const [amount, currency] = String(value).split("|");
  return money(amount, currency);
}

function showAddress(value) {
  return String(value).split("|")[0];
}

function showUrl(value) {
  return /^https?:\/\//i.test(value) ? h("a", { href: value, target: "_blank", rel: "noreferrer" }, value) : value;
}

/** A deal as a link, with its funnel and stage. */
function dealLink(id) {
  const deal = known(DEAL, id);
  const stage = deal && stageOf(deal.categoryId, deal.stageId);
  return h(
    "span.deal-link",
    {},
    h("a", { href: `#/deal/${id}` }, `№\u00a0${id} · ${nameOf(DEAL, id)}`),
    stage ? colour(h("span.pill", {}, `${funnelOf(deal.categoryId)?.name ?? ""}: ${stage.title}`), stage.colour) : null,
  );
}

function showLinks(values, field) {
  return h(
    "span.lines",
    {},
    links(values, field).map(({ type, id }) => (type === DEAL ? dealLink(id) : nameOf(type, id))),
  );
}

const optionTitle = (value, field) =>
  (field.items ?? []).find(({ ID }) => String(ID) === String(value))?.VALUE ?? String(value);
const isZero = (value) => Number(value) === 0;
const people = { show: (value) => describe(personOf(value)), edit: editPerson, editAll: editPeople, isUnset: isZero };
const plain = { show: String, edit: editText };

const KINDS = {
  string: plain,
  text: plain,
  unknown: { show: String },
  integer: { show: (value) => number(value), edit: editNumber },
  double: { show: (value) => number(value), edit: editNumber },
  money: { show: showMoney, edit: editMoney },
  date: { show: plainDate, edit: (value) => input(value?.slice(0, 10), { type: "date" }) },
  datetime: { show: (value) => `${longTime(new Date(value))} мск`, edit: editDateTime },
  boolean: { show: (value) => ([true, "Y", "1", 1].includes(value) ? "Да" : "Нет"), edit: editBoolean },
  enumeration: { show: optionTitle, edit: editOptions, editAll: editManyOptions },
  employee: people,
  user: people,
  crm_company: { show: (value) => nameOf(COMPANY, value), edit: editEntity(COMPANY), isUnset: isZero },
  crm_contact: { show: (value) => nameOf(CONTACT, value), edit: editEntity(CONTACT), isUnset: isZero },
  crm: { showAll: showLinks, edit: editLink, editAll: editLinks },
  file: { showAll: showFiles, edit: editFiles, editAll: editFiles },
  url: { show: showUrl, edit: (value) => input(value, { type: "url" }) },
  address: { show: showAddress, edit: editText },
};
