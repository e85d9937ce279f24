// Starts the board: who acts, which funnel is on screen, and a look at the portal every two seconds.
import { buildBar } from "./bar.js";
import { buildDrawer, closeDrawer, openDeal, refreshDrawer } from "./drawer.js";
import { departments, funnels, loadDirectory, people, portal } from "./directory.js";
import { drawFunnels } from "./funnels.js";
import { drawKanban, rebuildKanban } from "./kanban.js";
import { count, look, openFunnel, view, wentBack } from "./pipeline.js";
import { acting } from "./portal.js";
import { attempt, showError } from "./toast.js";
import { buildTopbar, refreshNotifications } from "./topbar.js";

const EVERY = 2000;
const ACTOR = "board.acting";

let looking = false;
let silent = false;

async function start() {
  await loadDirectory();
  document.title = portal.name;
  acting.id = rememberedActor() ?? headOfCompany();
  buildTopbar({ onmove: () => lookNow(), onact: changeActor });
  buildBar({ onchange: drawKanban });
  buildDrawer({
    onchange: redraw,
    onclose: () => {
      location.hash = `#/funnel/${view.category}`;
    },
  });
  window.addEventListener("hashchange", () => attempt(followAddress));
  await followAddress();
  setInterval(() => {
    if (!document.hidden) lookNow();
  }, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) lookNow();
  });
}

function rememberedActor() {
  const id = localStorage.getItem(ACTOR);
  return people.get(id)?.active ? id : null;
}

/** For the first visit: the head of the company sees everybody's tasks. */
function headOfCompany() {
  const { head } = [...departments.values()].find(({ parent }) => !parent) ?? {};
  return people.get(head)?.active ? head : ([...people.values()].find(({ active }) => active)?.id ?? acting.id);
}

/** Where there is most to see: of the funnels of processes the fullest. */
async function firstFunnel() {
  if (!view.counts.size) await count();
  const cards = (funnel) => view.counts.get(funnel.id) ?? 0;
  const [first = funnels[0], ...others] = funnels.filter(({ process }) => process);
  return others.reduce((best, one) => (cards(one) > cards(best) ? one : best), first)?.id ?? 0;
}

/** Another person may see other tasks. */
function changeActor() {
  localStorage.setItem(ACTOR, acting.id);
  attempt(async () => {
    await openFunnel(view.category);
    redraw();
    await refreshDrawer();
    await refreshNotifications();
  });
}

/** #/funnel/3 and #/deal/12 */
async function followAddress() {
  const [, kind, id] = /^#\/(funnel|deal)\/(\d+)$/.exec(location.hash) ?? [];
  if (kind === "deal") {
    const deal = await openDeal(Number(id));
    await showFunnel(deal?.categoryId ?? view.category ?? (await firstFunnel()));
  } else {
    closeDrawer();
    await showFunnel(kind ? Number(id) : await firstFunnel());
  }
}

async function showFunnel(category) {
  if (view.category !== category) await openFunnel(category);
  redraw();
  await refreshNotifications();
}

function redraw() {
  drawFunnels();
  drawKanban();
}

/** What the portal does not answer is said once, not every two seconds. */
async function lookNow() {
  if (looking || view.category === null) return;
  looking = true;
  try {
    const known = funnels.length;
    const changed = await look();
    if (wentBack()) location.reload();
    if (funnels.length !== known) rebuildKanban();
    await refreshDrawer();
    if (changed) drawFunnels();
    drawKanban();
    await refreshNotifications();
    document.body.classList.toggle("offline", false);
    silent = false;
  } catch (error) {
    document.body.classList.toggle("offline", true);
    if (!silent) showError(error);
    silent = true;
  } finally {
    looking = false;
  }
}

start().catch(showError);
