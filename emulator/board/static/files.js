// Files: a link that downloads, an eye that looks inside, and the panel with all documents of a deal.
import { fileName, fields } from "./directory.js";
import { fill, h, icon } from "./dom.js";
import { addressOfPreview, portalNow, whyNotShown } from "./portal.js";
import { nearTime } from "./words.js";

const SHOWN = /\.(pdf|docx?|odt|rtf|xlsx?|ods|pptx?|odp|txt|csv|png|jpe?g|gif|webp)$/i;
const WAITING = "Готовим просмотр: документ становится PDF, обычно за несколько секунд…";
const dialog = document.getElementById("preview");

/** The file's number is part of every address that the portal gives for a file of its own. */
const numberOf = (address) => Number(/\/rest\/download\/(\d+)\//.exec(address ?? "")?.[1] ?? 0);

export function fileLink(name, address) {
  if (!/^(https?:\/\/|\/)/i.test(address ?? "")) return h("span.file", {}, icon("file"), name);
  const link = h("a.file", { href: address, download: name }, icon("file"), name);
  return h("span.file-line", {}, link, eye(name, address));
}

function eye(name, address) {
  const file = numberOf(address);
  if (!file || !SHOWN.test(name)) return null;
  return h(
    "button.ghost.file-look",
    {
      type: "button",
      title: "Посмотреть",
      "aria-label": `Посмотреть: ${name}`,
      onclick: () => look(file, name, address),
    },
    icon("look"),
  );
}

/** A document is made PDF by the portal's machine first, which takes a few seconds. */
async function look(file, name, address) {
  const place = h("div.preview-place", {}, h("p.preview-note", { role: "status" }, WAITING));
  fill(
    dialog,
    h(
      "header.preview-head",
      {},
      h("h2", { title: name }, name),
      h("a.quiet", { href: address, download: name }, icon("download"), "Скачать"),
      h(
        "button.ghost",
        { type: "button", "aria-label": "Закрыть просмотр", onclick: () => dialog.close() },
        icon("close"),
      ),
    ),
    place,
  );
  dialog.showModal();
  const reason = await whyNotShown(file);
  if (!place.isConnected) return;
  fill(
    place,
    reason
      ? h("p.preview-note", { role: "alert" }, reason)
      : h("iframe.preview-frame", { src: `${addressOfPreview(file)}#navpanes=0`, title: name }),
  );
}

dialog.addEventListener("close", () => fill(dialog));
dialog.addEventListener("keydown", (event) => {
  if (event.key === "Escape") event.stopPropagation();
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});

// --- the documents of a deal ---

// https://apidocs.bitrix24.com/api-reference/crm/document-generator/documents/crm-document-generator-document-list.html
export const documentsCommand = (id) => [
  "crm.documentgenerator.document.list",
  { filter: { entityTypeId: 2, entityId: id }, order: { id: "desc" } },
];

/** [{name, address, where, at}]: of the fields, of the comments, of the portal's generator; each file once. */
export function documentsOf(deal, comments, generated) {
  const found = [
    ...(generated ?? []).map(({ title, downloadUrl, createTime }) => ({
      name: /\.\w+$/.test(title) ? title : `${title}.docx`,
      address: downloadUrl,
      where: "Генератор документов",
      at: createTime,
    })),
    ...comments.flatMap(({ FILES, CREATED }) =>
      Object.values(FILES ?? {}).map((file) => ({
        name: file.name,
        address: file.urlDownload || file.urlShow,
        where: "Лента",
        at: CREATED,
      })),
    ),
    ...[...fields.values()].filter(({ type }) => type === "file").flatMap((field) => ofField(deal, field)),
  ];
  const seen = new Set();
  return found.filter(({ address }) => !seen.has(address) && seen.add(address));
}

const ofField = (deal, field) =>
  [deal[field.code] ?? []]
    .flat()
    .map(({ id, url, urlMachine }) => ({ name: fileName(id), address: url || urlMachine, where: field.title }))
    .reverse();

export function drawDocuments(root, documents) {
  fill(
    root,
    documents.length
      ? h(
          "section.panel.documents",
          {},
          h("h3", {}, "Документы", h("span.count", {}, documents.length)),
          h("ul", {}, documents.map(line)),
        )
      : null,
  );
}

function line({ name, address, where, at }) {
  const kind = (/\.(\w{1,4})$/.exec(name)?.[1] ?? "файл").toLowerCase();
  return h(
    "li",
    {},
    h(`span.kind.kind-${kind}`, { "aria-hidden": "true" }, kind),
    h(
      "div.document-name",
      {},
      h("strong", { title: name }, name),
      h("span", {}, [where, at && nearTime(new Date(at), portalNow())].filter(Boolean).join(", ")),
    ),
    h(
      "a.ghost",
      { href: address, download: name, title: "Скачать", "aria-label": `Скачать: ${name}` },
      icon("download"),
    ),
    eye(name, address),
  );
}
