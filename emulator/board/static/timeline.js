// What happened on a deal, the newest first: comments, moves between stages, tasks set and closed.
import { bbcode } from "./bbcode.js";
import { funnelOf, personOf, stageOf } from "./directory.js";
import { fill, h, icon } from "./dom.js";
import { fileLink } from "./files.js";
import { avatar } from "./people.js";
import { call, portalNow } from "./portal.js";
import { DONE } from "./tasks.js";
import { attempt } from "./toast.js";
import { nearTime, quoted } from "./words.js";

const CREATED = 1;
const FUNNEL_CHANGED = 5;
/** What stands higher among entries of the same second: the portal keeps no finer order between kinds. */
const RANK = { created: 0, move: 1, task: 2, comment: 3 };

/** https://apidocs.bitrix24.com/api-reference/crm/timeline/comments/crm-timeline-comment-list.html */
export const commentsCommand = (id) => [
  "crm.timeline.comment.list",
  {
    filter: { ENTITY_ID: id, ENTITY_TYPE: "deal" },
    order: { ID: "DESC" },
    select: ["ID", "CREATED", "AUTHOR_ID", "COMMENT", "FILES"],
  },
];

/** https://apidocs.bitrix24.com/api-reference/crm/crm-stage-history-list.html */
export const historyCommand = (id) => [
  "crm.stagehistory.list",
  { entityTypeId: 2, filter: { OWNER_ID: id }, order: { ID: "DESC" } },
];

export function drawTimeline(root, deal, { comments, history, tasks }) {
  const entries = [...comments.map(commentEntry), ...historyEntries(deal, history), ...tasks.flatMap(taskEntries)].sort(
    (one, other) =>
      Date.parse(other.at) - Date.parse(one.at) || RANK[other.kind] - RANK[one.kind] || other.order - one.order,
  );
  if (!root.firstChild) fill(root, h("section.panel", {}, h("h3", {}, "Лента"), commentForm(deal), h("ol.timeline")));
  fill(root.querySelector("ol"), entries.map(drawEntry));
}

function drawEntry({ kind, at, by, content, files = [] }) {
  return h(
    `li.event.event-${kind}`,
    {},
    h("div.event-sign", {}, by ? avatar(by) : h("span.avatar.avatar-plain", {}, icon("move"))),
    h(
      "div.event-body",
      {},
      h(
        "p.event-head",
        {},
        h("strong", {}, by ? personOf(by).name : "Стадия"),
        h("time", { datetime: at }, nearTime(new Date(at), portalNow())),
      ),
      h("div.event-text", {}, content),
      files.length ? h("p.files", {}, files) : null,
    ),
  );
}

function commentEntry({ ID, CREATED: at, AUTHOR_ID, COMMENT, FILES }) {
  const files = Object.values(FILES ?? {}).map((file) => fileLink(file.name, file.urlDownload || file.urlShow));
  return { kind: "comment", at, by: AUTHOR_ID, order: Number(ID), content: bbcode(COMMENT), files };
}

/** The portal keeps no author of a move; the card knows who created it and who moved it last. */
function historyEntries(deal, history) {
  return history.map((record, at) => ({
    kind: record.TYPE_ID === CREATED ? "created" : "move",
    at: record.CREATED_TIME,
    order: record.ID,
    content: moveWords(record, history[at + 1]),
    by: record.TYPE_ID === CREATED ? deal.createdBy : at === 0 && deal.movedBy,
  }));
}

function moveWords(record, before) {
  const stage = quoted(stageOf(record.CATEGORY_ID, record.STAGE_ID).title);
  if (record.TYPE_ID === CREATED) return `Сделка создана на стадии ${stage}`;
  if (record.TYPE_ID === FUNNEL_CHANGED)
    return `Воронка изменена: ${quoted(funnelOf(record.CATEGORY_ID)?.name ?? "—")}, стадия ${stage}`;
  return before ? `${quoted(stageOf(before.CATEGORY_ID, before.STAGE_ID).title)} → ${stage}` : `Стадия: ${stage}`;
}

function taskEntries(task) {
  const set = {
    kind: "task",
    at: task.createdDate,
    by: task.createdBy,
    order: Number(task.id),
    content: `Поставлена задача ${quoted(task.title)}, ответственный: ${personOf(task.responsibleId).short}`,
  };
  if (task.status !== DONE || !task.closedDate) return [set];
  return [
    set,
    {
      kind: "task",
      at: task.closedDate,
      by: task.closedBy,
      order: Number(task.id),
      content: `Завершена задача ${quoted(task.title)}`,
    },
  ];
}

function commentForm(deal) {
  const text = h("textarea.input", { rows: 2, placeholder: "Написать комментарий", "aria-label": "Комментарий" });
  const send = async () => {
    await call("crm.timeline.comment.add", {
      fields: { ENTITY_ID: deal.id, ENTITY_TYPE: "deal", COMMENT: text.value.trim() },
    });
    text.value = "";
    form.dispatchEvent(new CustomEvent("commented", { bubbles: true }));
  };
  const form = h(
    "form.comment-form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        if (text.value.trim()) attempt(send);
      },
    },
    text,
    h("button.primary", { type: "submit" }, "Отправить"),
  );
  return form;
}
