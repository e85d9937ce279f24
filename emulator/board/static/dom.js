// The only way this page makes elements. Text goes in as text nodes, so nothing that people typed becomes markup.

const PROPERTIES = new Set([
  "value",
  "checked",
  "selected",
  "disabled",
  "hidden",
  "draggable",
  "multiple",
  "required",
  "tabIndex",
]);

/** h("p.note", {onclick}, "text", child, [children]); null, undefined and false children are left out. */
export function h(tagAndClasses, attributes = {}, ...children) {
  const [tag, ...classes] = tagAndClasses.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...present(children));
  return element;
}

function setAttribute(element, name, value) {
  if (value === undefined || value === null) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (PROPERTIES.has(name)) element[name] = value;
  else element.setAttribute(name, value);
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

const ICONS = {
  bell: "M18 8a6 6 0 0 0-12 0c0 7-3 8-3 8h18s-3-1-3-8M10 20a2.2 2.2 0 0 0 4 0",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  flag: "M5 21V4M5 4h12l-2.5 4L17 12H5",
  clock: "M12 7v5l3.5 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0",
  check: "M5 12.5l4.5 4.5L19 7.5",
  task: "M9 11.5l2.5 2.5L19 6.5M20 12v6a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2h9",
  move: "M4 8h13M13 4l4 4-4 4M20 16H7M11 12l-4 4 4 4",
  file: "M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zM14 3v5h5",
  comment: "M20 14a2 2 0 0 1-2 2H9l-5 4V6a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2z",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  funnel: "M4 5h16l-6.2 7.2V19l-3.6-2v-4.8z",
  renew: "M4 12a8 8 0 1 0 2.6-5.9M4 4v4.5h4.5",
  sum: "M6 5h12M6 5l6 7-6 7h12",
  search: "M20 20l-4.2-4.2M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0",
  look: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0",
  download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14",
  journal: "M4 5h16v14H4zM8 10l2.5 2L8 14M13 14h3",
  remove: "M5 7h14M10 7V4.5h4V7M7 7l1 12.5h8L17 7M10.5 11v5M13.5 11v5",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Stage colours come from the portal's data: only a plain hex colour is let through. */
export function colour(element, value) {
  if (/^#[0-9a-f]{6}$/i.test(value ?? "")) element.style.setProperty("--stage", value);
  return element;
}
