// The card of one deal, opened over the board.
import { DEAL, funnels, stageOf, stagesOf } from "./directory.js";
import { colour, fill, h, icon } from "./dom.js";
import { drawFields, learnNames } from "./fields.js";
import { drawProducts, rowsCommand } from "./products.js";
import { save, take } from "./pipeline.js";
import { batch } from "./portal.js";
import { insides, drawTasks, tasksCommand } from "./tasks.js";
import { attempt } from "./toast.js";
import { commentsCommand, drawTimeline, historyCommand } from "./timeline.js";

const root = document.getElementById("drawer");
const parts = {
  head: h("header.deal-head"),
  fields: h("div"),
  products: h("div"),
  tasks: h("div"),
  timeline: h("div"),
};
let id = 0;
let drawn = {};
let redrawBoard = () => {};
let returnTo = null;

export function buildDrawer({ onchange, onclose }) {
  redrawBoard = onchange;
  fill(
    root,
    parts.head,
    h(
      "div.deal-body",
      {},
      h("div.deal-left", {}, parts.fields, parts.products),
      h("div.deal-right", {}, parts.tasks, parts.timeline),
    ),
  );
  root.addEventListener("commented", () => refreshDrawer());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && id && !root.querySelector(".editing")) onclose();
  });
}

export async function openDeal(wanted) {
  if (!id) returnTo = document.activeElement;
  id = wanted;
  drawn = {};
  Object.values(parts).forEach((part) => fill(part));
  const deal = await attempt(() => read());
  if (!deal) {
    closeDrawer();
    return null;
  }
  root.hidden = false;
  root.scrollTop = 0;
  root.querySelector(".deal-close")?.focus();
  return deal;
}

export function closeDrawer() {
  if (!id) return;
  id = 0;
  root.hidden = true;
  returnTo?.focus?.();
}

/** Reads the open deal again and draws what changed; what a person is editing is left alone. */
export const refreshDrawer = () => (id ? read() : null);

async function read() {
  const wanted = id;
  const answers = await batch({
    deal: ["crm.item.get", { entityTypeId: DEAL, id: wanted, useOriginalUfNames: "Y" }],
    rows: rowsCommand(wanted),
    tasks: tasksCommand(wanted),
    comments: commentsCommand(wanted),
    history: historyCommand(wanted),
  });
  for (const { error } of Object.values(answers)) if (error) throw error;
  const deal = answers.deal.result.item;
  const tasks = answers.tasks.result.tasks;
  const [inside, relatives] = await Promise.all([insides(tasks), learnNames(deal)]);
  if (wanted === id) draw(deal, answers, tasks, inside, relatives);
  return deal;
}

function draw(deal, { rows, comments, history }, tasks, inside, relatives) {
  const changed = () => {
    refreshDrawer();
    redrawBoard();
  };
  const saved = (item) => {
    take(item);
    closeEditors();
    changed();
  };
  const stories = { comments: comments.result ?? [], history: history.result?.items ?? [], tasks };
  part("head", deal, () => drawHead(deal, saved));
  part("fields", [deal, relatives], () => drawFields(parts.fields, deal, saved));
  part("products", [deal.id, rows.result.productRows], () =>
    drawProducts(parts.products, deal, rows.result.productRows, saved),
  );
  part("tasks", [tasks, inside], () => drawTasks(parts.tasks, tasks, inside, changed));
  part("timeline", [deal.id, deal.movedBy, stories], () => drawTimeline(parts.timeline, deal, stories));
}

function part(name, content, redraw) {
  const face = JSON.stringify(content);
  if (drawn[name] === face || parts[name].querySelector(".editing, .deal-title:focus")) return;
  drawn[name] = face;
  redraw();
}

function closeEditors() {
  drawn = {};
  root.querySelectorAll(".editing").forEach((element) => element.classList.remove("editing"));
}

// --- the head: title, funnel, stages ---

function drawHead(deal, saved) {
  const change = (fields) => attempt(async () => saved(await save(deal.id, fields)));
  const title = h("input.deal-title", {
    value: deal.title,
    "aria-label": "Название сделки",
    onchange: () => change({ title: title.value.trim() }),
    onkeydown: (event) => {
      if (event.key === "Enter") title.blur();
    },
  });
  fill(
    parts.head,
    h(
      "div.deal-line",
      {},
      title,
      h("a.ghost.deal-close", { href: `#/funnel/${deal.categoryId}`, "aria-label": "Закрыть карточку" }, icon("close")),
    ),
    h(
      "div.deal-line.deal-meta",
      {},
      h("span", {}, `Сделка №\u00a0${deal.id}`),
      funnelSelect(deal, change),
      finalSelect(deal, change),
    ),
    stageBar(deal, change),
    deal.UF_CRM_SF_BLOCK ? h("p.deal-block", {}, icon("flag"), h("span", {}, deal.UF_CRM_SF_BLOCK)) : null,
  );
}

function funnelSelect(deal, change) {
  const select = h(
    "select.input",
    {
      onchange: () => change({ categoryId: Number(select.value), stageId: stagesOf(select.value)[0]?.id }),
    },
    funnels.map(({ id: value, name }) => h("option", { value, selected: value === deal.categoryId }, name)),
  );
  return h("label.inline", {}, "Воронка", select);
}

const isFinal = (stage) => stage.semantics !== "P";

function finalSelect(deal, change) {
  const now = stageOf(deal.categoryId, deal.stageId);
  const select = h(
    "select.input",
    { onchange: () => change({ stageId: select.value }) },
    isFinal(now) ? null : h("option", { value: "" }, "не завершена"),
    stagesOf(deal.categoryId)
      .filter(isFinal)
      .map((stage) => h("option", { value: stage.id, selected: stage.id === now.id }, stage.title)),
  );
  return h("label.inline", {}, "Итог", select);
}

function stageBar(deal, change) {
  const stages = stagesOf(deal.categoryId).filter((stage) => !isFinal(stage));
  const now = stageOf(deal.categoryId, deal.stageId);
  const at = isFinal(now) ? stages.length : stages.findIndex((stage) => stage.id === now.id);
  return h(
    "div.stages",
    { role: "group", "aria-label": `Стадия: ${now.title}` },
    stages.map((stage, place) =>
      colour(
        h(
          `button.stage${place <= at ? ".passed" : ""}${place === at ? ".current" : ""}`,
          {
            type: "button",
            title: `Переместить на стадию «${stage.title}»`,
            "aria-pressed": String(place === at),
            onclick: () => (place === at ? null : change({ stageId: stage.id })),
          },
          stage.title,
        ),
        isFinal(now) ? now.colour : stage.colour,
      ),
    ),
  );
}
