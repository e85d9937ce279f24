// The portal's REST, called as the acting person: https://apidocs.bitrix24.com/

export class PortalError extends Error {
  constructor(code, description) {
    super(description || String(code));
    this.code = code;
    this.description = description;
  }
}

const PAGE = 50;
const BATCH = 50;
const MOST_PAGES = 60;

export const acting = { id: "1" };

const clock = { at: null, seenAt: 0 };

/** The portal's time now, carried on from its last answer. */
export function portalNow() {
  if (clock.at === null) return new Date();
  return new Date(clock.at + performance.now() - clock.seenAt);
}

function noteTime(time) {
  const at = Date.parse(time?.date_finish ?? "");
  if (!Number.isNaN(at)) Object.assign(clock, { at, seenAt: performance.now() });
}

async function send(address, options) {
  let response;
  try {
    response = await fetch(address, { ...options, cache: "no-store" });
  } catch {
    throw new PortalError("", "Портал не отвечает. Проверьте, что эмулятор запущен.");
  }
  const body = await response.json().catch(() => null);
  if (body === null) throw new PortalError(response.status, "Портал ответил не в формате JSON.");
  if ("error" in body) throw new PortalError(body.error, body.error_description);
  if (!response.ok) throw new PortalError(response.status, response.statusText);
  return body;
}

function post(address, body) {
  return send(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** One method; the whole answer {result, total, next, time}. */
export async function call(method, params = {}) {
  const answer = await post(`/board/rest/${encodeURIComponent(acting.id)}/${encodeURIComponent(method)}`, params);
  noteTime(answer.time);
  return answer;
}

/** Up to 50 methods in one request: {label: [method, params]} → {label: {result, total, next} | {error}}. */
export async function batch(commands) {
  const cmd = Object.fromEntries(
    Object.entries(commands).map(([label, [method, params]]) => [label, `${method}?${query(params)}`]),
  );
  const { result: whole } = await call("batch", { halt: 0, cmd });
  return Object.fromEntries(Object.keys(cmd).map((label) => [label, outcome(whole, label)]));
}

function outcome(whole, label) {
  const failed = whole.result_error?.[label];
  if (failed) return { error: new PortalError(failed.error, failed.error_description) };
  return { result: whole.result?.[label], total: whole.result_total?.[label], next: whole.result_next?.[label] };
}

/** PHP's way of writing nested values into a query: filter[@id][0]=1. */
function query(params) {
  const search = new URLSearchParams();
  const add = (name, value) => {
    if (value !== null && typeof value === "object") {
      for (const [key, inner] of Object.entries(value)) add(name ? `${name}[${key}]` : key, inner);
    } else {
      search.append(name, value ?? "");
    }
  };
  add("", params);
  return search.toString();
}

/** Every row of a list method, page by page, the pages after the first in batches. */
export async function listAll(method, params, rowsOf) {
  const first = await call(method, params);
  const rows = [...rowsOf(first.result)];
  const pages = Math.min(Math.ceil((first.total ?? 0) / PAGE), MOST_PAGES);
  for (let page = 1; page < pages; page += BATCH) {
    const commands = {};
    for (let n = page; n < Math.min(page + BATCH, pages); n += 1) {
      commands[`p${n}`] = [method, { ...params, start: n * PAGE }];
    }
    for (const { result, error } of Object.values(await batch(commands))) {
      if (error) throw error;
      rows.push(...rowsOf(result));
    }
  }
  return rows;
}

export const itemsOf = (result) => result?.items ?? [];

// --- what only an emulated portal tells ---

export async function moveClock(body) {
  const answer = await post("/_emulator/clock", body);
  Object.assign(clock, { at: Date.parse(answer.time), seenAt: performance.now() });
}

/** {id: name}: REST tells a file's id and address only. */
export const fileNames = (ids) => send(`/board/files?ids=${ids.join(",")}`, {});

/** The calls behind this number, oldest first, as emulator/journal.py keeps them. */
export const callsAfter = (number) => send(`/board/journal?after=${number}`, {});

export const addressOfPreview = (file) => `/board/preview/${file}`;

/** Nothing if the file can be shown; else the words that say why not. */
export async function whyNotShown(file) {
  const answer = await fetch(addressOfPreview(file)).catch(() => null);
  if (answer?.ok) return "";
  return (await answer?.json().catch(() => null))?.error ?? "Портал не отвечает. Проверьте, что эмулятор запущен.";
}

export const layoutOfCards = () => send("/board/layout", {});
