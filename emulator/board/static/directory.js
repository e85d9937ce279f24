// What the portal is made of and seldom changes: people, funnels with their stages, fields, names of companies.
import { batch, call, fileNames, itemsOf, layoutOfCards, listAll } from "./portal.js";
import { MOSCOW } from "./words.js";

export const DEAL = 2;
export const CONTACT = 3;
export const COMPANY = 4;

export const people = new Map();
export const departments = new Map();
export const fields = new Map();
export const portal = { name: "Портал" };
/** The order and the groups of a deal's fields, as the configuration of the processes gives them. */
export const layout = { common: [], hidden: [], computed: [], buttons: [], processes: [] };

export let funnels = [];
const stages = new Map();
/** {id of a stage of any funnel: its title} */
export const stageTitles = new Map();
const names = { [DEAL]: new Map(), [CONTACT]: new Map(), [COMPANY]: new Map() };

export async function loadDirectory() {
  const [users, units, definitions] = await Promise.all([
    listAll("user.get", { sort: "LAST_NAME", order: "ASC" }, (rows) => rows),
    listAll("department.get", {}, (rows) => rows),
    call("crm.item.fields", { entityTypeId: DEAL, useOriginalUfNames: "Y" }),
    loadFunnels(),
    loadLayout(),
  ]);
  for (const unit of units)
    departments.set(String(unit.ID), department(unit));
  portal.name = units.find(({ PARENT }) => !Number(PARENT))?.NAME ?? portal.name;
  for (const user of users) people.set(String(user.ID), person(user));
  for (const [code, definition] of Object.entries(definitions.result.fields)) fields.set(code, { code, ...definition });
}

/** Funnels and stages are read again on their own: a set-up may add some while the board is open. */
export async function loadFunnels() {
  const { result } = await call("crm.category.list", { entityTypeId: DEAL });
  funnels = result.categories
    .map(({ id, name, sort, originId }) => ({ id: Number(id), name, sort: Number(sort), process: originId || "" }))
    .sort((one, other) => one.sort - other.sort || one.id - other.id);
  const commands = {};
  for (const { id } of funnels) {
    const entity = id === 0 ? "DEAL_STAGE" : `DEAL_STAGE_${id}`;
    commands[`c${id}`] = ["crm.status.list", { order: { SORT: "ASC" }, filter: { ENTITY_ID: entity } }];
  }
  for (const [label, { result: rows }] of Object.entries(await batch(commands))) {
    stages.set(Number(label.slice(1)), (rows ?? []).map(stage));
    for (const row of rows ?? []) stageTitles.set(row.STATUS_ID, row.NAME);
  }
}

async function loadLayout() {
  Object.assign(layout, await layoutOfCards());
}

function department({ ID, NAME, SORT, PARENT, UF_HEAD }) {
  return { id: String(ID), name: NAME, sort: Number(SORT), parent: Number(PARENT) || 0, head: String(UF_HEAD ?? "") };
}

function person(user) {
  const full = [user.LAST_NAME, user.NAME].filter(Boolean).join(" ") || user.EMAIL || `№ ${user.ID}`;
  return {
    id: String(user.ID),
    name: full,
    short: user.LAST_NAME && user.NAME ? `${user.LAST_NAME}\u00a0${user.NAME[0]}.` : full,
    initials:
      [user.LAST_NAME, user.NAME]
        .filter(Boolean)
        .map((word) => word[0])
        .join("") || "№",
    position: user.WORK_POSITION || "",
    city: user.WORK_CITY || user.PERSONAL_CITY || "",
    zone: user.TIME_ZONE || "",
    active: user.ACTIVE !== false && user.ACTIVE !== "N",
    department: String(user.UF_DEPARTMENT?.[0] ?? ""),
  };
}

const UNKNOWN = {
  name: "—",
  short: "—",
  initials: "?",
  position: "",
  city: "",
  zone: "",
  active: true,
  department: "",
};

export function personOf(id) {
  return people.get(String(id)) ?? { ...UNKNOWN, id: String(id), name: `Сотрудник № ${id}`, short: `№\u00a0${id}` };
}

/** The zone in which a person works; the portal leaves it empty for «automatic». */
export const zoneOf = (id) => personOf(id).zone || MOSCOW;

function stage(row) {
  return {
    id: row.STATUS_ID,
    title: row.NAME,
    colour: row.EXTRA?.COLOR || row.COLOR,
    semantics: row.SEMANTICS || "P",
  };
}

export const stagesOf = (category) => stages.get(Number(category)) ?? [];
export const funnelOf = (category) => funnels.find(({ id }) => id === Number(category));

export function stageOf(category, id) {
  return stagesOf(category).find((one) => one.id === id) ?? { id, title: id, colour: "", semantics: "P" };
}

// --- names of companies, contacts and deals, read when first needed ---

const SELECTED = {
  [DEAL]: ["id", "title", "categoryId", "stageId"],
  [CONTACT]: ["id", "name", "lastName"],
  [COMPANY]: ["id", "title"],
};

function remember(type, item) {
  const title = type === CONTACT ? [item.lastName, item.name].filter(Boolean).join(" ") : item.title;
  const known = { ...item, title: title || `№ ${item.id}` };
  names[type].set(Number(item.id), known);
  return known;
}

/** Makes sure that the names of these ids can be told by nameOf(). */
export async function learn(type, ids) {
  const missing = [...new Set(ids.map(Number))].filter((id) => id && !names[type].has(id));
  for (let at = 0; at < missing.length; at += 50) {
    const params = { entityTypeId: type, filter: { "@id": missing.slice(at, at + 50) }, select: SELECTED[type] };
    itemsOf((await call("crm.item.list", params)).result).forEach((item) => remember(type, item));
  }
}

export const known = (type, id) => names[type].get(Number(id));
export const nameOf = (type, id) => known(type, id)?.title ?? `№\u00a0${id}`;
export const forget = (type, id) => names[type].delete(Number(id));

/** Up to eight entries whose name contains the text, among those that fit the filter. */
export async function find(type, text, filter = {}) {
  const field = type === CONTACT ? "%lastName" : "%title";
  const params = { entityTypeId: type, select: SELECTED[type], order: { id: "ASC" }, filter };
  if (text) params.filter = { ...filter, [field]: text };
  return itemsOf((await call("crm.item.list", params)).result)
    .slice(0, 8)
    .map((item) => remember(type, item));
}

const files = new Map();

export async function learnFiles(ids) {
  const missing = ids.filter((id) => !files.has(id));
  if (!missing.length) return;
  for (const [id, name] of Object.entries(await fileNames(missing))) files.set(Number(id), name);
}

export const fileName = (id) => files.get(Number(id)) ?? `Файл №\u00a0${id}`;

const PREFIXES = { D: DEAL, C: CONTACT, CO: COMPANY };
const ALLOWED = { DEAL, CONTACT, COMPANY };

/** What a field of type «crm» may refer to first, by its settings. */
export function kindOfLink(field) {
  return ALLOWED[Object.keys(ALLOWED).find((name) => field?.settings?.[name] === "Y")] ?? DEAL;
}

/** [{type, id}] of a field of type «crm»: D_12, CO_3, or a bare 12 where the field allows one kind only. */
export function links(value, field) {
  return [value ?? []]
    .flat()
    .map((one) => {
      const [, prefix, id] = /^(?:([A-Z]+)_)?(\d+)$/.exec(String(one)) ?? [];
      return { type: prefix ? PREFIXES[prefix] : kindOfLink(field), id: Number(id) };
    })
    .filter(({ type, id }) => type && id > 0);
}

/** A link as the portal stores it. */
export const linkText = (type, id) => `${Object.keys(PREFIXES).find((prefix) => PREFIXES[prefix] === type)}_${id}`;
