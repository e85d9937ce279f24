// The journal at the foot of the page: what the layer asks of the portal and what people change, as it happens.
import { DEAL, fields, people, personOf, stageTitles } from "./directory.js";
import { fill, h, icon } from "./dom.js";
import { callsAfter } from "./portal.js";
import { attempt } from "./toast.js";
import { counted, number } from "./words.js";

const EVERY = 1000;
const SHOWN = 300;
const OPEN = "board.journal";
/** By which door a call came: the webhook is the layer's, the others are people's. */
const DOORS = { webhook: "Слой", board: "Доска", control: "Сценарий" };

const root = document.getElementById("journal");
const list = h("ol.calls", { tabIndex: 0, "aria-label": "Вызовы, новые сверху" });
const told = h("span.journal-told");
const door = h("select.input", { "aria-label": "Чьи вызовы", onchange: () => draw() }, [
  h("option", { value: "" }, "все вызовы"),
  h("option", { value: "webhook" }, "только слой"),
  h("option", { value: "people" }, "только люди"),
]);
const changesOnly = h("input", { type: "checkbox", onchange: () => draw() });
const search = h("input.input", {
  type: "search",
  placeholder: "Метод, поле, номер",
  "aria-label": "Поиск по журналу",
  oninput: () => draw(),
});
const pause = h("button.quiet.toggle", { type: "button", "aria-pressed": "false", onclick: () => hold() }, "Пауза");
const button = h(
  "button.ghost.journal-open",
  {
    type: "button",
    title: "Журнал REST",
    "aria-label": "Журнал REST",
    "aria-controls": "journal",
    onclick: () => toggle(),
  },
  icon("journal"),
);

let calls = [];
let last = 0;
let timer = 0;
let asking = false;

/** Returns the button that opens it. */
export function buildJournal() {
  fill(
    root,
    h(
      "header.journal-head",
      {},
      h("h2", {}, "Журнал REST"),
      told,
      h("div.journal-filters", {}, door, h("label.inline", {}, changesOnly, "только изменения"), search, pause),
      h("button.quiet", { type: "button", onclick: () => clear() }, "Очистить"),
      h(
        "button.ghost",
        { type: "button", "aria-label": "Закрыть журнал", onclick: () => toggle(false) },
        icon("close"),
      ),
    ),
    list,
  );
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    toggle(false);
    button.focus();
  });
  toggle(localStorage.getItem(OPEN) === "yes");
  return button;
}

function toggle(open = root.hidden) {
  root.hidden = !open;
  document.body.classList.toggle("with-journal", open);
  button.setAttribute("aria-expanded", String(open));
  localStorage.setItem(OPEN, open ? "yes" : "no");
  clearInterval(timer);
  if (!open) return;
  timer = setInterval(() => look().catch(() => {}), EVERY); // the board itself tells when the portal is silent
  attempt(look);
}

const isHeld = () => pause.getAttribute("aria-pressed") === "true";

function hold() {
  pause.setAttribute("aria-pressed", String(!isHeld()));
  if (!isHeld()) attempt(look);
}

function clear() {
  calls = [];
  draw();
}

async function look() {
  if (asking || isHeld() || document.hidden) return;
  asking = true;
  try {
    const news = await callsAfter(last);
    if (news.length) {
      last = news[news.length - 1].number;
      calls = [...news.reverse().map((call) => ({ ...call, about: about(call) })), ...calls].slice(0, 2 * SHOWN);
    }
    if (news.length || !list.firstChild) draw();
  } finally {
    asking = false;
  }
}

function isWanted(call) {
  if (door.value && (door.value === "webhook") !== (call.door === "webhook")) return false;
  if (changesOnly.checked && !call.writes) return false;
  const words = search.value.trim().toLowerCase();
  return !words || `${call.method} ${call.about} ${call.error} ${call.id ?? ""}`.toLowerCase().includes(words);
}

const rows = new Map();

/** Lines that stay keep their elements, so that what was unfolded stays so. */
function draw() {
  const wanted = calls.filter(isWanted).slice(0, SHOWN);
  const failed = wanted.filter(({ error }) => error).length;
  const failures = failed ? `, ${counted(failed, "отказ", "отказа", "отказов")}` : "";
  told.textContent = `${counted(wanted.length, "вызов", "вызова", "вызовов")}${failures}`;
  const kept = wanted.map((call) => rows.get(call.number) ?? line(call));
  rows.clear();
  wanted.forEach((call, at) => rows.set(call.number, kept[at]));
  fill(list, kept.length ? kept : h("li.none", {}, "Пока ничего: подвиньте карточку или переведите часы."));
}

function line(call) {
  const deal = dealOf(call);
  const took = `${number(call.milliseconds, 1)} мс`;
  const refusal = call.error && `${call.error}: ${call.description}`;
  return h(
    `li.call${call.error ? ".failed" : ""}${call.writes ? ".writes" : ""}`,
    {},
    h("time", { datetime: call.at, title: call.at }, call.at.slice(11, 19)),
    h(`span.door.door-${call.door}`, { title: personOf(call.user).name }, DOORS[call.door] ?? call.door),
    h(
      "details",
      {},
      h("summary", {}, h("code", {}, call.method), " ", h("span.call-about", {}, call.about)),
      h("pre", {}, refusal && `${refusal}\n`, JSON.stringify(call.params, null, 2)),
    ),
    deal ? h("a.call-deal", { href: `#/deal/${deal}` }, `№\u00a0${deal}`) : h("span"),
    h("span.call-end", { title: refusal || "время работы портала" }, call.error || took),
  );
}

/** The deal that a call is about, if it is about one and it is still there to open. */
function dealOf({ method, params, id }) {
  if (!id || method === "crm.item.delete") return 0;
  const isItem = /^crm\.item\.(add|update|get)$/.test(method);
  return isItem && Number(params.entityTypeId) === DEAL ? id : 0;
}

/** What a call says, in a line: the fields it writes by their titles, or its parameters. */
function about({ method, params }) {
  const given = params.fields ?? params.FIELDS ?? params;
  if (given === null || typeof given !== "object") return brief(given);
  const skipped = method.startsWith("crm.item.") ? /^(entityTypeId|useOriginalUfNames|id)$/ : /^entityTypeId$/;
  return Object.entries(given)
    .filter(([name]) => !skipped.test(name) && !ASIDE.test(name))
    .flatMap(([name, value]) => (name === "filter" && value ? Object.entries(value) : [[name, value]]))
    .map(([name, value]) => `${titleOf(name)}: ${worded(name, value)}`)
    .join(", ");
}

/** How a list is wanted, and by what a notification is told again. */
const ASIDE = /^(select|order|start|TAG|CLIENT_ID)$/i;
const PERSON = /(USER|RESPONSIBLE|AUTHOR|assignedBy)_?ID$/i;

function worded(name, value) {
  if (PERSON.test(name) && people.has(String(value))) return personOf(value).short;
  return stageTitles.get(value) ?? brief(value);
}

/** «≥ updatedTime» stays a name of REST, «=UF_CRM_SF_KEY» becomes the field's title. */
function titleOf(name) {
  const [, prefix, bare] = /^([!=<>@%?]*)(.*)$/.exec(name);
  return `${prefix === "=" ? "" : prefix}${fields.get(bare)?.title ?? bare}`;
}

function brief(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const line = text.replace(/\[\/?(url|b|i|u|s|user|p)(=[^\]]*)?\]/gi, "").replace(/\s+/g, " ");
  return line.length > 70 ? `${line.slice(0, 68)}…` : line || "пусто";
}
