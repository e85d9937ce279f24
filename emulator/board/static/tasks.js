// The tasks of a deal.
import { personOf, zoneOf } from "./directory.js";
import { fill, h, icon } from "./dom.js";
import { bbcode } from "./bbcode.js";
import { avatar } from "./people.js";
import { isOverdue } from "./pipeline.js";
import { batch, call, portalNow } from "./portal.js";
import { attempt } from "./toast.js";
import { MOSCOW, counted, longTime, nearTime } from "./words.js";

export const DONE = "5";
const TASKS_A_BATCH = 25;
const STATUS = {
  1: "Новая",
  2: "Ждёт выполнения",
  3: "Выполняется",
  4: "Ждёт контроля",
  5: "Завершена",
  6: "Отложена",
};
const SELECT = [
  "ID",
  "TITLE",
  "DESCRIPTION",
  "STATUS",
  "DEADLINE",
  "RESPONSIBLE_ID",
  "CREATED_BY",
  "CREATED_DATE",
  "CLOSED_BY",
  "CLOSED_DATE",
  "CHANGED_DATE",
  "AUDITORS",
  "UF_CRM_TASK",
];

/** https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-list.html */
export const tasksCommand = (id) => [
  "tasks.task.list",
  { filter: { UF_CRM_TASK: [`D_${id}`] }, select: SELECT, order: { ID: "desc" } },
];

/** {task id: {items, messages}}: its checklists without the entries that only name a list, and what was written in it. */
export async function insides(tasks) {
  const found = {};
  for (let at = 0; at < tasks.length; at += TASKS_A_BATCH) {
    const commands = {};
    for (const { id } of tasks.slice(at, at + TASKS_A_BATCH)) {
      commands[`c${id}`] = ["task.checklistitem.getlist", { TASKID: id }];
      commands[`m${id}`] = ["task.commentitem.getlist", { TASKID: id }];
    }
    const answers = await batch(commands);
    for (const { id } of tasks.slice(at, at + TASKS_A_BATCH)) {
      const items = (answers[`c${id}`].result ?? []).filter((item) => Number(item.PARENT_ID) !== 0);
      found[id] = { items, messages: answers[`m${id}`].result ?? [] };
    }
  }
  return found;
}

export function drawTasks(root, tasks, inside, onchange) {
  const open = tasks.filter(({ status }) => status !== DONE).sort(byDeadline);
  const done = tasks.filter(({ status }) => status === DONE);
  const draw = (task) => drawTask(task, inside[task.id], onchange);
  const unfolded = new Set([...root.querySelectorAll("details[open]")].map(({ dataset }) => dataset.key));
  fill(
    root,
    h(
      "section.panel",
      {},
      h("h3", {}, "Задачи", h("span.count", {}, open.length)),
      open.length ? open.map(draw) : h("p.none", {}, "Открытых задач нет."),
      done.length
        ? h(
            "details.done-tasks",
            { dataset: { key: "done" } },
            h("summary", {}, counted(done.length, "завершённая задача", "завершённые задачи", "завершённых задач")),
            done.map(draw),
          )
        : null,
    ),
  );
  for (const details of root.querySelectorAll("details")) details.open = unfolded.has(details.dataset.key);
}

const byDeadline = (one, other) => (Date.parse(one.deadline) || Infinity) - (Date.parse(other.deadline) || Infinity);

function drawTask(task, { items, messages }, onchange) {
  const done = task.status === DONE;
  const act = (method, title) =>
    h(
      "button.quiet",
      {
        type: "button",
        onclick: () =>
          attempt(async () => {
            await call(method, { taskId: task.id });
            onchange();
          }),
      },
      title,
    );
  const person = personOf(task.responsibleId);
  return h(
    `article.task${done ? ".done" : ""}`,
    { dataset: { id: task.id } },
    h(
      "div.task-top",
      {},
      h("h4", {}, task.title),
      h(`span.status.status-${task.status}`, {}, STATUS[task.status] ?? task.status),
    ),
    h("p.task-person", {}, avatar(task.responsibleId), [person.short, person.city].filter(Boolean).join(", ")),
    done ? closing(task) : deadline(task),
    checklist(task, items, onchange),
    messages.length ? h("ul.messages", {}, messages.map(message)) : null,
    task.description
      ? h(
          "details",
          { dataset: { key: task.id } },
          h("summary", {}, "Описание"),
          h("div.task-text", {}, bbcode(task.description)),
        )
      : null,
    h(
      "div.task-buttons",
      {},
      done
        ? act("tasks.task.renew", [icon("renew"), "Возобновить"])
        : act("tasks.task.complete", [icon("check"), "Завершить"]),
    ),
  );
}

function closing(task) {
  if (!task.closedDate) return null;
  return h(
    "p.task-deadline",
    {},
    `Завершена ${nearTime(new Date(task.closedDate), portalNow())}, ${personOf(task.closedBy).short}`,
  );
}

/** The deadline as the responsible's clock shows it, and in Moscow when that differs. */
function deadline(task) {
  if (!task.deadline) return h("p.task-deadline.none", {}, "Срок не задан");
  const moment = new Date(task.deadline);
  const zone = zoneOf(task.responsibleId);
  const person = personOf(task.responsibleId);
  const own = longTime(moment, zone);
  const moscow = longTime(moment, MOSCOW);
  const place = own === moscow ? "мск" : `· ${person.city || zone}`;
  return h(
    `p.task-deadline${isOverdue(task) ? ".late" : ""}`,
    {},
    icon("clock"),
    h("span", {}, `до ${own} ${place}`),
    own === moscow ? null : h("span.moscow", {}, `${moscow} мск`),
    isOverdue(task) ? h("strong", {}, "просрочена") : null,
  );
}

function message({ AUTHOR_ID, POST_DATE, POST_MESSAGE }) {
  return h(
    "li",
    {},
    h("strong", {}, personOf(AUTHOR_ID).short),
    h("time", { datetime: POST_DATE }, nearTime(new Date(POST_DATE), portalNow())),
    h("div", {}, bbcode(POST_MESSAGE)),
  );
}

function checklist(task, items, onchange) {
  if (!items.length) return null;
  const done = items.filter(({ IS_COMPLETE }) => IS_COMPLETE === "Y").length;
  return h(
    "div.checklist",
    {},
    h("p.checklist-title", {}, `Чек-лист: ${done} из ${items.length}`),
    items.map((item) =>
      h(
        "label",
        {},
        h("input", {
          type: "checkbox",
          checked: item.IS_COMPLETE === "Y",
          onchange: (event) => tick(task, item, event.target, onchange),
        }),
        h("span", {}, item.TITLE),
      ),
    ),
  );
}

async function tick(task, item, box, onchange) {
  const method = box.checked ? "task.checklistitem.complete" : "task.checklistitem.renew";
  const answer = await attempt(() => call(method, { TASKID: task.id, ITEMID: item.ID }));
  if (!answer) box.checked = !box.checked;
  onchange();
}
