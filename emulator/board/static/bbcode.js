// The portal's BB-code ([b], [url=…], [user=5]) as elements; whatever is not understood stays text.
import { personOf } from "./directory.js";
import { h } from "./dom.js";

const TAG = /\[(\/?)(b|i|u|s|url|user|p|br|list|\*)(?:=([^\]]*))?\]/gi;
const PLAIN = { b: "b", i: "i", u: "u", s: "s" };
const LINK = /https?:\/\/[^\s<>«»"'\])]+/g;

/** One element that holds the text with its bold, links and mentions. */
export function bbcode(text) {
  const source = text ?? "";
  const open = [{ name: "", element: h("span.rich") }];
  const top = () => open[open.length - 1].element;
  let at = 0;
  for (const match of source.matchAll(TAG)) {
    grow(top(), source.slice(at, match.index));
    at = match.index + match[0].length;
    const [, slash, tag, value] = match;
    const name = tag.toLowerCase();
    if (slash) close(open, name);
    else if (name === "br" || name === "*") top().append("\n");
    else push(open, name, value, source.slice(at));
  }
  grow(top(), source.slice(at));
  return open[0].element;
}

function push(open, name, value, rest) {
  const element = make(name, value, rest);
  open[open.length - 1].element.append(element);
  open.push({ name, element });
}

function close(open, name) {
  const at = open.findLastIndex((one) => one.name === name);
  if (at > 0) open.length = at;
}

function make(name, value, rest) {
  if (name === "url") return anchor(value ?? rest.split("[")[0]);
  if (name === "user") return h("span.mention", { title: personOf(value).name });
  return h(PLAIN[name] ?? "span");
}

/** Adds text to an element; bare addresses in it become links, unless it is a link already. */
function grow(element, text) {
  let at = 0;
  for (const match of element.closest("a") ? [] : text.matchAll(LINK)) {
    element.append(text.slice(at, match.index), anchor(match[0], match[0]));
    at = match.index + match[0].length;
  }
  element.append(text.slice(at));
}

/** Deals open on this page; other http addresses in a new tab; anything else is not a link. */
function anchor(address, bare) {
  const deal = /\/crm\/deal\/details\/(\d+)\/?$/.exec(address);
  if (deal) return h("a", { href: `#/deal/${deal[1]}` }, bare && `сделка №\u00a0${deal[1]}`);
  if (/^https?:\/\//i.test(address)) return h("a", { href: address, target: "_blank", rel: "noreferrer" }, bare);
  return h("span", {}, bare);
}
