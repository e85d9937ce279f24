// The history of a deal's stages: when it came to each and how long it stayed.
import { funnelOf, stageOf } from "./directory.js";
import { colour, fill, h } from "./dom.js";
import { portalNow } from "./portal.js";
import { nearTime, lasted } from "./words.js";

/** `history`: the records of crm.stagehistory.list, the newest first. */
export function drawStages(root, deal, history) {
  const way = history.map((record, at) => ({ ...record, until: history[at - 1]?.CREATED_TIME }));
  fill(root, way.length ? h("section.panel", {}, h("h3", {}, "История стадий"), table(deal, way)) : null);
}

function table(deal, way) {
  return h(
    "table.way",
    {},
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ["Стадия", "С какого времени", "Сколько"].map((title) => h("th", { scope: "col" }, title)),
      ),
    ),
    h(
      "tbody",
      {},
      way.map((step) => row(deal, step)),
    ),
  );
}

function row(deal, { CATEGORY_ID, STAGE_ID, CREATED_TIME, until }) {
  const stage = stageOf(CATEGORY_ID, STAGE_ID);
  const funnel = funnelOf(CATEGORY_ID)?.name ?? "другая воронка";
  const elsewhere = Number(CATEGORY_ID) === deal.categoryId ? "" : ` (${funnel})`;
  const ended = !until && stage.semantics !== "P";
  return h(
    `tr${until ? "" : ".now"}`,
    {},
    h("td", {}, colour(h("span.way-stage", {}, stage.title + elsewhere), stage.colour)),
    h("td", {}, nearTime(new Date(CREATED_TIME), portalNow())),
    h("td", {}, ended ? "—" : lasted(Date.parse(CREATED_TIME), until ? Date.parse(until) : portalNow().getTime())),
  );
}
