// The portal's name and clock, the acting person, the notifications.
import { bbcode } from "./bbcode.js";
import { personOf, portal } from "./directory.js";
import { fill, h, icon } from "./dom.js";
import { buildJournal } from "./journal.js";
import { describe, peopleOptions } from "./people.js";
import { acting, call, moveClock, portalNow } from "./portal.js";
import { attempt } from "./toast.js";
import { counted, dateOf, nearTime, nextMorning, timeOf, weekdayOf } from "./words.js";

const root = document.getElementById("topbar");
const HOUR = 3600;

const time = h("strong.clock-time");
const day = h("span");
const bellCount = h("span.bell-count", { hidden: true });
const bell = h(
  "button.ghost.bell",
  { type: "button", "aria-haspopup": "true", "aria-expanded": "false", onclick: () => toggle() },
  icon("bell"),
  bellCount,
);
const panel = h("div.notifications", { hidden: true, role: "dialog", "aria-label": "Уведомления" });
const actor = h("select.input.actor");
let notifications = [];

/** onmove is called when the clock was moved, onact when another person begins to act. */
export function buildTopbar({ onmove, onact }) {
  const step = (title, hint, body) =>
    h(
      "button.quiet",
      {
        type: "button",
        title: hint,
        onclick: () =>
          attempt(async () => {
            await moveClock(body());
            drawClock();
            onmove();
          }),
      },
      title,
    );
  fill(actor, peopleOptions(acting.id));
  actor.title = describe(personOf(acting.id));
  actor.addEventListener("change", () => {
    acting.id = actor.value;
    actor.title = describe(personOf(acting.id));
    onact();
  });
  fill(
    root,
    h(
      "div.brand",
      {},
      h("span.brand-sign", {}, icon("funnel")),
      h("div", {}, h("strong", {}, portal.name), h("span", {}, "Эмулятор Битрикс24")),
    ),
    h(
      "div.clock",
      {},
      h(
        "div.clock-face",
        { title: "Часы портала" },
        time,
        h("div.clock-day", {}, day, h("span.clock-place", {}, "Москва")),
      ),
      h(
        "div.clock-steps",
        {},
        step("+1\u00a0час", "Перевести часы портала на час вперёд", () => ({ advance: HOUR })),
        step("до утра", "Перевести часы портала на ближайшие 9 часов утра по Москве", () => ({
          set: nextMorning(portalNow()).toISOString(),
        })),
        step("+1\u00a0день", "Перевести часы портала на сутки вперёд", () => ({ advance: 24 * HOUR })),
        step("+7\u00a0дней", "Перевести часы портала на неделю вперёд", () => ({ advance: 7 * 24 * HOUR })),
      ),
    ),
    h("label.acting", {}, h("span", {}, "Действую как:"), actor),
    buildJournal(),
    h("div.bell-place", {}, bell, panel),
  );
  document.addEventListener("click", (event) => {
    if (!root.querySelector(".bell-place").contains(event.target)) toggle(false);
  });
  panel.addEventListener("click", (event) => {
    if (event.target.closest("a")) toggle(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") toggle(false);
  });
  drawClock();
  setInterval(drawClock, 1000);
}

function drawClock() {
  const now = portalNow();
  time.textContent = timeOf(now);
  day.textContent = `${weekdayOf(now)}, ${dateOf(now)}`;
}

// --- notifications ---

const seenKey = () => `board.seen.${acting.id}`;

/** What came since the panel was last open. A portal that began anew counts its notifications from one again. */
function unseen() {
  const seen = Number(localStorage.getItem(seenKey()) ?? 0);
  return notifications.filter(({ id }) => id > seen || seen > notifications[0].id);
}

export async function refreshNotifications() {
  notifications = (await call("im.notify.get")).result.notifications;
  const count = unseen().length;
  bellCount.hidden = count === 0;
  bellCount.textContent = count > 99 ? "99+" : count;
  const words = count
    ? counted(count, "новое уведомление", "новых уведомления", "новых уведомлений")
    : "Новых уведомлений нет";
  bell.title = words;
  bell.setAttribute("aria-label", `Уведомления: ${words.toLowerCase()}`);
  if (!panel.hidden) drawPanel(new Set());
}

function toggle(open = panel.hidden) {
  if (open === !panel.hidden) return;
  panel.hidden = !open;
  bell.setAttribute("aria-expanded", String(open));
  if (!open) return;
  drawPanel(new Set(unseen().map(({ id }) => id)));
  if (notifications.length) localStorage.setItem(seenKey(), String(notifications[0].id));
  bellCount.hidden = true;
}

function drawPanel(fresh) {
  const now = portalNow();
  fill(
    panel,
    h("h2", {}, "Уведомления"),
    notifications.length
      ? h(
          "ul",
          {},
          notifications
            .slice(0, 60)
            .map((one) =>
              h(
                `li${fresh.has(one.id) ? ".fresh" : ""}`,
                {},
                h("div", {}, bbcode(one.text)),
                h("time", { datetime: one.date }, nearTime(new Date(one.date), now)),
              ),
            ),
        )
      : h("p.none", {}, `${personOf(acting.id).name}: уведомлений пока нет.`),
  );
}
