// People in lists and as round badges.
import { departments, people, personOf } from "./directory.js";
import { h } from "./dom.js";

export function avatar(id) {
  const person = personOf(id);
  return h(
    `span.avatar.tint-${Number(person.id) % 8 || 0}`,
    { title: describe(person), "aria-hidden": "true" },
    person.initials,
  );
}

/** «Ковалёва Анна, менеджер, Новосибирск». */
export function describe(person) {
  return [person.name, lowered(person.position), person.city].filter(Boolean).join(", ");
}

/** «Менеджер» → «менеджер», but «IT-директор» stays. */
const lowered = (text) => (/^[А-ЯЁ][а-яё]/.test(text) ? text[0].toLowerCase() + text.slice(1) : text);

/** Options of a select, working people by department. */
export function peopleOptions(chosen) {
  const groups = new Map();
  for (const person of people.values()) {
    if (!person.active && person.id !== String(chosen)) continue;
    groups.set(person.department, [...(groups.get(person.department) ?? []), person]);
  }
  return [...groups]
    .sort(([one], [other]) => order(one) - order(other))
    .map(([department, members]) =>
      h(
        "optgroup",
        { label: departments.get(department)?.name ?? "Без отдела" },
        members.map((person) =>
          h("option", { value: person.id, selected: person.id === String(chosen) }, describe(person)),
        ),
      ),
    );
}

const order = (department) => (departments.has(department) ? Number(department) : Infinity);
