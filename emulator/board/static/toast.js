// Short messages in the corner; what the portal refused is shown in its own words.
import { h, icon } from "./dom.js";

const SECONDS = { error: 12, info: 5 };

export function toast(title, text = "", kind = "info") {
  const close = h(
    "button.ghost",
    { type: "button", "aria-label": "Закрыть сообщение", onclick: () => box.remove() },
    icon("close"),
  );
  const box = h(`div.toast.toast-${kind}`, {}, h("div", {}, h("strong", {}, title), text && h("p", {}, text)), close);
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), SECONDS[kind] * 1000);
}

export function showError(error) {
  const words = error.description || error.message;
  toast(error.code ? `Портал ответил: ${error.code}` : "Портал ответил ошибкой", words, "error");
}

/** Runs an action of a person; whatever the portal says against it is shown, and the answer is then undefined. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    showError(error);
    return undefined;
  }
}
