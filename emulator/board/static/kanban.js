// The columns of the funnel on screen and their cards.
import { drawBar, isSought } from "./bar.js";
import { COMPANY, nameOf, personOf, stagesOf } from "./directory.js";
import { colour, fill, h, icon } from "./dom.js";
import { newDealForm } from "./new_deal.js";
import { avatar } from "./people.js";
import { isOverdue, moveToStage, openTasksByDeal, view } from "./pipeline.js";
import { portalNow } from "./portal.js";
import { attempt } from "./toast.js";
import { dealsCounted, money, nearTime, tasksCounted } from "./words.js";

const root = document.getElementById("kanban");
const AT_ONCE = 30;
const columns = new Map();
const cards = new Map();
let shown = null;
let dragged = 0;
let waiting = false;

/** Draws what the pipeline holds. While a card is held by the mouse nothing moves under it. */
export function drawKanban() {
  waiting = dragged !== 0;
  if (waiting) return;
  if (shown !== view.category) build();
  const before = positions();
  const focused = focusNow();
  const tasks = openTasksByDeal();
  const sought = [...view.deals.values()].filter((deal) => isSought(deal, tasks.get(deal.id) ?? []));
  for (const stage of stagesOf(view.category)) drawColumn(stage, dealsOn(stage, sought), tasks);
  drawBar(sought);
  dropCardsThatLeft();
  slideFrom(before);
  giveFocusBack(focused);
}

function build() {
  const stages = stagesOf(view.category);
  shown = view.category;
  columns.clear();
  cards.clear();
  stages.forEach((stage, at) => columns.set(stage.id, buildColumn(stage, at === 0)));
  fill(
    root,
    stages.length
      ? [...columns.values()].map(({ element }) => element)
      : h("p.kanban-note", {}, "В этой воронке нет стадий."),
  );
}

/** Drawn anew from the beginning, because stages or funnels changed. */
export function rebuildKanban() {
  shown = null;
  drawKanban();
}

function buildColumn(stage, first) {
  const total = h("span.column-count");
  const sum = h("span.column-sum");
  const list = h("div.column-list", { role: "list" });
  const more = h("button.quiet.column-more", {
    type: "button",
    hidden: true,
    onclick: () => {
      columns.get(stage.id).most += AT_ONCE;
      drawKanban();
    },
  });
  const element = colour(
    h(
      `section.column.column-${stage.semantics}`,
      {
        "aria-label": stage.title,
        ondragover: (event) => {
          event.preventDefault();
          element.classList.add("over");
        },
        ondragleave: (event) => {
          if (!element.contains(event.relatedTarget)) element.classList.remove("over");
        },
        ondrop: (event) => {
          event.preventDefault();
          element.classList.remove("over");
          drop(stage.id);
        },
      },
      h("header.column-head", {}, h("h2", { title: stage.title }, stage.title), h("p", {}, sum, total)),
      first && newDealForm(stage, drawKanban),
      h("div.column-cards", {}, list, more),
    ),
    stage.colour,
  );
  return { element, total, sum, list, more, most: AT_ONCE };
}

function dealsOn(stage, deals) {
  return deals
    .filter((deal) => deal.stageId === stage.id)
    .sort((one, other) => Date.parse(other.movedTime) - Date.parse(one.movedTime) || other.id - one.id);
}

function drawColumn(stage, deals, tasks) {
  const column = columns.get(stage.id);
  column.total.textContent = deals.length;
  column.total.title = dealsCounted(deals.length);
  column.sum.textContent = money(deals.reduce((sum, deal) => sum + Number(deal.opportunity), 0));
  const hidden = Math.max(0, deals.length - column.most);
  column.more.hidden = !hidden;
  column.more.textContent = `Ещё ${Math.min(hidden, AT_ONCE)} из ${hidden}`;
  const wanted = deals.slice(0, column.most).map((deal) => cardOf(deal, tasks.get(deal.id) ?? []));
  if (wanted.length !== column.list.children.length || wanted.some((card, at) => card !== column.list.children[at])) {
    fill(column.list, wanted);
  }
}

/** The element of a card; its inside is drawn again only when something on it changed. */
function cardOf(deal, tasks) {
  let card = cards.get(deal.id);
  if (!card) {
    card = { element: buildCard(deal.id), face: "", markedUntil: 0 };
    cards.set(deal.id, card);
  }
  const mark = view.marks.get(deal.id);
  const urgent = tasks.find((task) => task.deadline);
  const deadline = urgent && { text: nearTime(new Date(urgent.deadline), portalNow()), late: isOverdue(urgent) };
  const face = JSON.stringify([deal, tasks.length, deadline, mark?.by, mark?.until]);
  if (face !== card.face) {
    drawCard(card.element, deal, tasks.length, deadline, mark);
    if (mark && mark.until !== card.markedUntil) flash(card.element);
    Object.assign(card, { face, markedUntil: mark?.until });
  }
  return card.element;
}

function buildCard(id) {
  return h("article.card", {
    draggable: true,
    role: "listitem",
    dataset: { id },
    ondragstart: (event) => take(event, id),
    ondragend: () => release(),
  });
}

function drawCard(element, deal, taskCount, deadline, mark) {
  element.classList.toggle("pending", Boolean(deal.pending));
  element.classList.toggle("marked", Boolean(mark));
  const person = personOf(deal.assignedById);
  fill(
    element,
    h(
      "a.card-title",
      { href: `#/deal/${deal.id}`, draggable: false, onkeydown: (event) => steer(event, deal) },
      deal.title || `Сделка № ${deal.id}`,
    ),
    mover(deal),
    deal.companyId ? h("p.card-company", {}, nameOf(COMPANY, deal.companyId)) : null,
    h(Number(deal.opportunity) ? "p.card-sum" : "p.card-sum.none", {}, money(deal.opportunity, deal.currencyId)),
    deal.UF_CRM_SF_BLOCK
      ? h("p.card-block", { title: deal.UF_CRM_SF_BLOCK }, icon("flag"), h("span", {}, deal.UF_CRM_SF_BLOCK))
      : null,
    h(
      "p.card-person",
      {},
      avatar(deal.assignedById),
      h("span", {}, [person.short, person.city].filter(Boolean).join(", ")),
    ),
    taskCount
      ? h(
          "p.card-tasks",
          {},
          icon("task"),
          h("span", {}, tasksCounted(taskCount)),
          deadline &&
            h(
              `span.deadline${deadline.late ? ".late" : ""}`,
              { title: "Ближайший срок, московское время" },
              icon("clock"),
              deadline.text,
            ),
        )
      : null,
    mark ? h("p.card-mark", {}, `Изменено: ${personOf(mark.by).name}`) : null,
  );
}

/** «Переместить в…»: the way to move a card without a mouse. */
function mover(deal) {
  const stages = stagesOf(deal.categoryId).filter((stage) => stage.id !== deal.stageId);
  const select = h(
    "select",
    {
      "aria-label": `Переместить сделку ${deal.title} в другую стадию`,
      onchange: () => move(deal.id, select.value),
    },
    h("option", { value: "" }, "Переместить в…"),
    stages.map((stage) => h("option", { value: stage.id }, stage.title)),
  );
  return h("span.card-move", { title: "Переместить в…" }, icon("move"), select);
}

// --- the keyboard: arrows go from card to card, Alt with them moves the card ---

const SIDEWAYS = { ArrowLeft: -1, ArrowRight: 1 };
const UPRIGHT = { ArrowUp: -1, ArrowDown: 1 };

function steer(event, deal) {
  const aside = SIDEWAYS[event.key];
  const upright = UPRIGHT[event.key];
  if (!aside && !upright) return;
  event.preventDefault();
  if (!event.altKey) return walk(event.target.closest(".card"), aside, upright);
  const stages = stagesOf(view.category);
  const next = stages[stages.findIndex(({ id }) => id === deal.stageId) + aside];
  if (aside && next) move(deal.id, next.id);
}

function walk(card, aside, upright) {
  if (upright) {
    const next = upright > 0 ? card.nextElementSibling : card.previousElementSibling;
    return next?.querySelector(".card-title").focus();
  }
  const lists = [...columns.values()].map(({ list }) => list).filter((list) => list.children.length);
  const place = [...card.parentElement.children].indexOf(card);
  const list = lists[lists.indexOf(card.parentElement) + aside];
  return list?.children[Math.min(place, list.children.length - 1)].querySelector(".card-title").focus();
}

/** Drawing a card or carrying it to another column takes the focus off it. */
function focusNow() {
  const element = document.activeElement;
  const card = element.closest(".card");
  return card && { id: Number(card.dataset.id), on: element.matches("select") ? "select" : ".card-title" };
}

function giveFocusBack(focused) {
  const card = focused && cards.get(focused.id)?.element;
  if (card?.isConnected && !card.contains(document.activeElement)) card.querySelector(focused.on)?.focus();
}

// --- dragging ---

function take(event, id) {
  dragged = id;
  event.dataTransfer.setData("text/plain", String(id));
  event.dataTransfer.effectAllowed = "move";
  cards.get(id).element.classList.add("held");
}

function release() {
  cards.get(dragged)?.element.classList.remove("held");
  dragged = 0;
  if (waiting) drawKanban();
}

function drop(stageId) {
  const id = dragged;
  release();
  if (id && view.deals.get(id)?.stageId !== stageId) move(id, stageId);
}

function move(id, stageId) {
  return attempt(() => moveToStage(id, stageId, drawKanban));
}

// --- movement on screen ---

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function positions() {
  return new Map(
    [...cards]
      .filter(([, { element }]) => element.isConnected)
      .map(([id, { element }]) => [id, { list: element.parentElement, box: element.getBoundingClientRect() }]),
  );
}

/** Cards that changed their column glide there from where they were. */
function slideFrom(before) {
  if (still()) return;
  for (const [id, { list, box }] of before) {
    const element = cards.get(id)?.element;
    if (!element || element.parentElement === list) continue;
    const now = element.getBoundingClientRect();
    element.animate(
      [
        { transform: `translate(${box.x - now.x}px, ${box.y - now.y}px)`, zIndex: 3 },
        { transform: "none", zIndex: 3 },
      ],
      { duration: 350, easing: "cubic-bezier(.2,.8,.2,1)" },
    );
  }
}

function flash(element) {
  element.classList.remove("flash");
  void element.offsetWidth; // lets the animation begin again
  element.classList.add("flash");
}

function dropCardsThatLeft() {
  for (const [id, { element }] of cards) {
    if (view.deals.has(id)) continue;
    element.remove();
    cards.delete(id);
  }
}
