// A field in which one types a few letters and picks an entry of the portal.
import { find } from "./directory.js";
import { fill, h } from "./dom.js";

const WAIT = 200;

/** Returns {element, chosen(): id or 0}; onpick is called with the id when one is picked or the field is emptied. */
export function chooser(
  type,
  { id = 0, title = "", placeholder = "Начните вводить название", onpick = () => {} } = {},
) {
  let chosen = id;
  let timer = 0;
  let asked = 0;
  const list = h("ul.chooser-list", { role: "listbox", hidden: true });
  const input = h("input.input", {
    value: id ? title : "",
    placeholder,
    role: "combobox",
    autocomplete: "off",
    "aria-expanded": "false",
    oninput: () => {
      close();
      clearTimeout(timer);
      timer = setTimeout(search, WAIT);
    },
    onfocus: () => search(),
    onblur: () => close(),
    onkeydown: (event) => steer(event),
  });

  async function search() {
    asked += 1;
    const mine = asked;
    const text = input.value.trim();
    if (!text && chosen) pick(null);
    const found = await find(type, text === title ? "" : text);
    if (mine !== asked || document.activeElement !== input) return;
    fill(list, found.length ? found.map(option) : h("li.chooser-none", {}, "Ничего не найдено"));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  function option(entry) {
    return h(
      "li",
      {
        role: "option",
        dataset: { id: entry.id, title: entry.title },
        onmousedown: (event) => {
          event.preventDefault();
          pick(entry);
        },
      },
      entry.title,
    );
  }

  function pick(entry) {
    chosen = entry ? entry.id : 0;
    if (entry) input.value = entry.title;
    close();
    onpick(chosen);
  }

  function close() {
    asked += 1;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  }

  function steer(event) {
    const options = [...list.querySelectorAll("[role=option]")];
    const at = options.findIndex((one) => one.classList.contains("current"));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      event.preventDefault();
      options[at]?.classList.remove("current");
      options[(at + step + options.length) % options.length].classList.add("current");
    } else if (event.key === "Enter" && at >= 0 && !list.hidden) {
      event.preventDefault();
      pick({ id: Number(options[at].dataset.id), title: options[at].dataset.title });
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    }
  }

  return { element: h("div.chooser", {}, input, list), input, chosen: () => chosen };
}
