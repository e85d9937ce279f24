// The card of one deal, opened over the board.
import { DEAL, funnels, stageOf, stagesOf } from "./directory.js";
import { colour, fill, h, icon } from "./dom.js";
import { drawFields, learnNames } from "./fields.js";
import { documentsCommand, documentsOf, drawDocuments } from "./files.js";
import { drawProducts, rowsCommand } from "./products.js";
import { deleteDeal, save, take } from "./pipeline.js";
import { batch, portalNow } from "./portal.js";
import { drawStages } from "./stages.js";
import { insides, drawTasks, tasksCommand } from "./tasks.js";
import { attempt, toast } from "./toast.js";
import { commentsCommand, drawTimeline, historyCommand } from "./timeline.js";

const root = document.getElementById("drawer");
const parts = {
  head: h("header.deal-head"),
  fields: h("div"),
  products: h("div"),
  stages: h("div"),
  tasks: h("div"),
  documents: h("div"),
  timeline: h("div"),
};
let id = 0;
let drawn = {};
let redrawBoard = () => {};
let leave = () => {};
let returnTo = null;

export function buildDrawer({ onchange, onclose }) {
  redrawBoard = onchange;
  leave = onclose;
  fill(
    root,
    parts.head,
    h(
      "div.deal-body",
      {},
      h("div.deal-left", {}, parts.fields, parts.products, parts.stages),
      h("div.deal-right", {}, parts.tasks, parts.documents, parts.timeline),
    ),
  );
  root.addEventListener("commented", () => refreshDrawer());
  document.addEventListener("keydown", (event) => {
    const busy = root.querySelector(".editing") || document.querySelector("dialog[open]");
    if (event.key === "Escape" && id && !busy) onclose();
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
export async function refreshDrawer() {
  const wanted = id;
  if (!wanted) return;
  try {
    await read();
  } catch (error) {
    if (error.code !== "NOT_FOUND") throw error;
    if (wanted !== id) return;
    toast(`Сделка №\u00a0${wanted} удалена`);
    leave();
  }
}

async function read() {
  const wanted = id;
  const answers = await batch({
    deal: ["crm.item.get", { entityTypeId: DEAL, id: wanted, useOriginalUfNames: "Y" }],
    rows: rowsCommand(wanted),
    tasks: tasksCommand(wanted),
    comments: commentsCommand(wanted),
    history: historyCommand(wanted),
    documents: documentsCommand(wanted),
  });
  for (const { error } of Object.values(answers)) if (error) throw error;
  const deal = answers.deal.result.item;
  const tasks = answers.tasks.result.tasks;
  const [inside, relatives] = await Promise.all([insides(tasks), learnNames(deal)]);
  if (wanted === id) draw(deal, answers, tasks, inside, relatives);
  return deal;
}

function draw(deal, { rows, comments, history, documents }, tasks, inside, relatives) {
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
  part("stages", [deal.id, stories.history, minute()], () => drawStages(parts.stages, deal, stories.history));
  const papers = documentsOf(deal, stories.comments, documents.result?.documents);
  part("documents", papers, () => drawDocuments(parts.documents, papers));
  part("timeline", [deal.id, deal.movedBy, stories], () => drawTimeline(parts.timeline, deal, stories));
}

/** What tells how long something lasts is drawn again when the portal's clock is a minute further. */
const minute = () => Math.floor(portalNow().getTime() / 60000);

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
      removal(deal),
    ),
    stageBar(deal, change),
    deal.UF_CRM_SF_BLOCK ? h("p.deal-block", {}, icon("flag"), h("span", {}, deal.UF_CRM_SF_BLOCK)) : null,
  );
}

/** «Удалить», which asks once more in the same place. */
function removal(deal) {
  const place = h("span.removal");
  const ask = () => {
    fill(
      place,
      h("span", {}, "Удалить сделку?"),
      h("button.danger", { type: "button", onclick: remove }, "Да, удалить"),
      h("button.quiet", { type: "button", onclick: rest }, "Нет"),
    );
    place.querySelector(".quiet").focus();
  };
  const rest = () =>
    fill(
      place,
      h(
        "button.ghost",
        { type: "button", title: "Удалить сделку", "aria-label": "Удалить сделку", onclick: ask },
        icon("remove"),
      ),
    );
  const remove = () =>
    attempt(async () => {
      await deleteDeal(deal.id);
      leave();
      redrawBoard();
    });
  rest();
  return place;
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
