// The deals and open tasks of the funnel on screen, kept up to date by asking the portal what changed.
import { COMPANY, DEAL, forget, funnels, learn, loadFunnels } from "./directory.js";
import { acting, batch, call, itemsOf, listAll, portalNow } from "./portal.js";

export const SHOWN = [
  "id",
  "title",
  "categoryId",
  "stageId",
  "opportunity",
  "currencyId",
  "companyId",
  "assignedById",
  "createdTime",
  "updatedTime",
  "updatedBy",
  "movedTime",
  "UF_CRM_SF_BLOCK",
  "UF_CRM_SF_OVERDUE",
];
const TASK_FIELDS = [
  "ID",
  "TITLE",
  "STATUS",
  "DEADLINE",
  "RESPONSIBLE_ID",
  "CHANGED_DATE",
  "CHANGED_BY",
  "UF_CRM_TASK",
];
const OPEN = { "!REAL_STATUS": 5 };
const MARKED_FOR = 20000;

export const view = { category: null, deals: new Map(), tasks: new Map(), counts: new Map(), marks: new Map() };
const cursor = { deals: "", tasks: "" };

/** Reads a funnel from the portal; what was marked as changed is forgotten. */
export async function openFunnel(category) {
  const since = portalNow().toISOString();
  const deals = await listAll("crm.item.list", listParams({ categoryId: category }), itemsOf);
  const tasks = await readOpenTasks();
  await learn(
    COMPANY,
    deals.map((deal) => deal.companyId),
  );
  Object.assign(view, {
    category,
    deals: new Map(deals.map((deal) => [deal.id, deal])),
    tasks: new Map(tasks.map((task) => [task.id, task])),
    marks: new Map(),
  });
  Object.assign(cursor, { deals: since, tasks: since });
  await count();
}

function listParams(filter) {
  return { entityTypeId: DEAL, select: SHOWN, filter, order: { id: "ASC" }, useOriginalUfNames: "Y" };
}

const readOpenTasks = () =>
  listAll("tasks.task.list", { filter: OPEN, select: TASK_FIELDS, order: { ID: "asc" } }, (result) => result.tasks);

/** The latest of these times; their offsets may differ, so they are compared as moments. */
function latest(rows, field, before) {
  return rows.reduce((last, row) => (Date.parse(row[field]) > Date.parse(last) ? row[field] : last), before);
}

export async function count() {
  const commands = {};
  for (const { id } of funnels) {
    commands[`c${id}`] = ["crm.item.list", { entityTypeId: DEAL, filter: { categoryId: id }, select: ["id"] }];
  }
  for (const [label, { total }] of Object.entries(await batch(commands)))
    view.counts.set(Number(label.slice(1)), total ?? 0);
}

/**
 * One request: what changed since the last look. Returns whether there is something to draw. Deletions leave no trace
 * but a smaller total, and more changes than fit on a page are not followed one by one: then all is read again.
 */
export async function look() {
  const newest = { ...listParams({ ">=updatedTime": cursor.deals }), order: { updatedTime: "DESC" } };
  const newestTasks = {
    filter: { ">=CHANGED_DATE": cursor.tasks },
    select: TASK_FIELDS,
    order: { CHANGED_DATE: "desc" },
  };
  const answers = await batch({
    deals: ["crm.item.list", newest],
    total: ["crm.item.list", { entityTypeId: DEAL, filter: { categoryId: view.category }, select: ["id"] }],
    tasks: ["tasks.task.list", newestTasks],
    open: ["tasks.task.list", { filter: OPEN, select: ["ID"] }],
    funnels: ["crm.category.list", { entityTypeId: DEAL }],
  });
  for (const { error } of Object.values(answers)) if (error) throw error;
  if (answers.funnels.result.categories.length !== funnels.length) await loadFunnels();
  return takeIn(answers);
}

async function takeIn({ deals, total, tasks, open }) {
  const changedDeals = itemsOf(deals.result).filter(isNews);
  const changedTasks = tasks.result.tasks.filter(
    (task) => JSON.stringify(view.tasks.get(task.id)) !== JSON.stringify(task),
  );
  await learn(
    COMPANY,
    changedDeals.map((deal) => deal.companyId),
  );
  changedDeals.forEach(take);
  changedTasks.forEach(takeTask);
  cursor.deals = latest(changedDeals, "updatedTime", cursor.deals);
  cursor.tasks = latest(changedTasks, "changedDate", cursor.tasks);
  const lost = deals.next || tasks.next || total.total !== view.deals.size || open.total !== openCount();
  if (lost) await readAgain();
  else if (changedDeals.length) await count();
  dropOldMarks();
  return Boolean(lost || changedDeals.length || changedTasks.length);
}

const openCount = () => [...view.tasks.values()].filter((task) => task.status !== "5").length;

/** The portal was set to an earlier time or started anew: nothing that was read is worth keeping. */
export const wentBack = () => portalNow().getTime() + 2000 < Date.parse(cursor.deals);

function isNews(deal) {
  const held = view.deals.get(deal.id);
  if (!held) return deal.categoryId === view.category;
  return SHOWN.some((field) => JSON.stringify(held[field]) !== JSON.stringify(deal[field]));
}

async function readAgain() {
  const { marks, category } = view;
  await openFunnel(category);
  view.marks = marks;
}

/** Takes in a deal as the portal has it now, whoever changed it. */
export function take(deal) {
  forget(DEAL, deal.id);
  if (deal.categoryId !== view.category) return view.deals.delete(deal.id);
  if (String(deal.updatedBy) !== acting.id) mark(deal.id, deal.updatedBy);
  return view.deals.set(deal.id, deal);
}

function takeTask(task) {
  view.tasks.set(task.id, task);
  if (String(task.changedBy) !== acting.id) dealsOfTask(task).forEach((id) => mark(id, task.changedBy));
}

/** Remembers that somebody else than the acting person touched this deal a moment ago. */
function mark(id, by) {
  view.marks.set(id, { by, until: performance.now() + MARKED_FOR });
}

function dropOldMarks() {
  for (const [id, { until }] of view.marks) if (until < performance.now()) view.marks.delete(id);
}

function dealsOfTask(task) {
  return [task.ufCrmTask ?? []]
    .flat()
    .filter((link) => /^D_\d+$/.test(link))
    .map((link) => Number(link.slice(2)));
}

/** {deal id: its open tasks, the nearest deadline first}. */
export function openTasksByDeal() {
  const grouped = new Map();
  for (const task of view.tasks.values()) {
    if (task.status === "5") continue;
    for (const id of dealsOfTask(task)) grouped.set(id, [...(grouped.get(id) ?? []), task]);
  }
  for (const tasks of grouped.values()) tasks.sort(byDeadline);
  return grouped;
}

const byDeadline = (one, other) => (Date.parse(one.deadline) || Infinity) - (Date.parse(other.deadline) || Infinity);

export const isOverdue = (task) => Boolean(task.deadline) && Date.parse(task.deadline) < portalNow().getTime();

// --- what a person does on the board ---

/** Saves fields of a deal as the acting person and returns the deal as the portal keeps it now. */
export async function save(id, changes) {
  const { result } = await call("crm.item.update", {
    entityTypeId: DEAL,
    id,
    fields: changes,
    useOriginalUfNames: "Y",
  });
  take(result.item);
  return result.item;
}

/** Shows the move at once and takes it back when the portal refuses it. */
export async function moveToStage(id, stageId, redraw) {
  const before = view.deals.get(id);
  if (before) view.deals.set(id, { ...before, stageId, pending: true });
  redraw();
  try {
    return await save(id, { stageId });
  } catch (error) {
    if (before) view.deals.set(id, before);
    throw error;
  } finally {
    redraw();
  }
}

export async function deleteDeal(id) {
  await call("crm.item.delete", { entityTypeId: DEAL, id });
  forget(DEAL, id);
  view.deals.delete(id);
  await count();
}

export async function addDeal(values) {
  const { result } = await call("crm.item.add", { entityTypeId: DEAL, fields: values, useOriginalUfNames: "Y" });
  await learn(COMPANY, [result.item.companyId]);
  take(result.item);
  await count();
  return result.item;
}
