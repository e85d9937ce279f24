// What stands above the columns: the funnel's name and sum, and what is looked for among its cards.
import { COMPANY, DEAL, find, funnelOf, nameOf } from "./directory.js";
import { fill, h, icon } from "./dom.js";
import { isOverdue, view } from "./pipeline.js";
import { acting } from "./portal.js";
import { attempt } from "./toast.js";
import { dealsCounted, money } from "./words.js";

const root = document.getElementById("bar");
const WAIT = 300;
const sought = { words: [], mine: false, late: false };

const title = h("h1");
const summary = h("p.bar-summary", { role: "status" });
const elsewhere = h("p.bar-elsewhere", { hidden: true });
const search = h("input.input", {
  type: "search",
  placeholder: "Название, компания, №",
  "aria-label": "Поиск по карточкам",
  title: "Клавиша / переводит сюда",
});
let redraw = () => {};
let timer = 0;

export function buildBar({ onchange }) {
  redraw = onchange;
  search.addEventListener("input", () => seek());
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    search.value = "";
    seek();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, select, textarea, dialog")) return;
    event.preventDefault();
    search.select();
  });
  fill(
    root,
    h("div.bar-title", {}, title, summary),
    elsewhere,
    h("div.bar-filters", {}, toggle("mine", "Мои"), toggle("late", "Просроченные")),
    h("label.bar-search", {}, icon("search"), search),
  );
}

function toggle(name, words) {
  const button = h(
    "button.quiet.toggle",
    {
      type: "button",
      "aria-pressed": "false",
      onclick: () => {
        sought[name] = !sought[name];
        button.setAttribute("aria-pressed", String(sought[name]));
        redraw();
      },
    },
    words,
  );
  return button;
}

const plain = (text) => text.toLowerCase().replaceAll("ё", "е");

function seek() {
  sought.words = plain(search.value).split(/\s+/).filter(Boolean);
  redraw();
  clearTimeout(timer);
  elsewhere.hidden = true;
  if (sought.words.join("").length > 1) timer = setTimeout(() => attempt(lookElsewhere), WAIT);
}

export const isSeeking = () => Boolean(sought.words.length || sought.mine || sought.late);

/** Whether a card is among those looked for: each word stands in its title, company or number. */
export function isSought(deal, tasks) {
  if (sought.mine && String(deal.assignedById) !== acting.id) return false;
  if (sought.late && !tasks.some(isOverdue)) return false;
  if (!sought.words.length) return true;
  const company = deal.companyId ? nameOf(COMPANY, deal.companyId) : "";
  const text = plain(`${deal.title} ${company} №${deal.id}`);
  return sought.words.every((word) => text.includes(word));
}

/** Up to three deals of other funnels whose title has what was typed. */
async function lookElsewhere() {
  const words = search.value.trim();
  const others = (await find(DEAL, words, { "!categoryId": view.category })).slice(0, 3);
  if (words !== search.value.trim()) return;
  elsewhere.hidden = !others.length;
  fill(
    elsewhere,
    "Ещё: ",
    others.map(({ id, title: name, categoryId }) =>
      h("a", { href: `#/deal/${id}`, title: name }, `${funnelOf(categoryId)?.name ?? ""} №\u00a0${id}`),
    ),
  );
}

/** `shown`: the deals on screen. */
export function drawBar(shown) {
  title.textContent = funnelOf(view.category)?.name ?? "";
  const sum = money(shown.reduce((total, deal) => total + Number(deal.opportunity), 0));
  const all = view.deals.size;
  summary.textContent = `${isSeeking() ? `Найдено: ${shown.length} из ${all}` : dealsCounted(all)} · ${sum}`;
}
