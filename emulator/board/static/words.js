// Russian words, sums and dates as people read them.

export const MOSCOW = "Europe/Moscow";
const NBSP = "\u00a0";

export function plural(count, one, few, many) {
  const tens = Math.abs(count) % 100;
  const units = tens % 10;
  if (tens > 10 && tens < 20) return many;
  if (units === 1) return one;
  return units >= 2 && units <= 4 ? few : many;
}

/** «5 задач», held together by a non-breaking space. */
export function counted(count, one, few, many) {
  return `${number(count)}${NBSP}${plural(count, one, few, many)}`;
}

export const tasksCounted = (count) => counted(count, "задача", "задачи", "задач");
export const dealsCounted = (count) => counted(count, "сделка", "сделки", "сделок");

export function number(value, digits = 3) {
  return new Intl.NumberFormat("ru-RU", { maximumFractionDigits: digits }).format(value);
}

/** «56 000,00 ₽». */
export function money(amount, currency = "RUB") {
  try {
    return new Intl.NumberFormat("ru-RU", { style: "currency", currency: currency || "RUB" }).format(
      Number(amount) || 0,
    );
  } catch {
    return `${number(Number(amount) || 0, 2)}${NBSP}${currency}`;
  }
}

/** The number a person typed («1 234,50»), or null when it is none. */
export function parseNumber(text) {
  const cleaned = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(cleaned) ? Number(cleaned) : null;
}

function format(moment, zone, options) {
  return new Intl.DateTimeFormat("ru-RU", { timeZone: zone || MOSCOW, ...options }).format(moment);
}

export const timeOf = (moment, zone = MOSCOW) => format(moment, zone, { hour: "2-digit", minute: "2-digit" });
export const weekdayOf = (moment, zone = MOSCOW) => format(moment, zone, { weekday: "long" });
export const dateOf = (moment, zone = MOSCOW) =>
  `${format(moment, zone, { day: "numeric", month: "long" }).replace(" ", NBSP)}${NBSP}${format(moment, zone, { year: "numeric" })}`;

/** "2026-11-24": the calendar day of a moment in a zone, comparable as text. */
export function dayKey(moment, zone = MOSCOW) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(moment);
}

/** «сегодня, 18:00», «завтра, 09:00», «24 ноя, 18:00», with the year when it is another one. */
export function nearTime(moment, now, zone = MOSCOW) {
  const days = Math.round((Date.parse(dayKey(moment, zone)) - Date.parse(dayKey(now, zone))) / 86400000);
  const near = { "-1": "вчера", 0: "сегодня", 1: "завтра" }[days];
  return `${near ?? shortDate(moment, now, zone)},${NBSP}${timeOf(moment, zone)}`;
}

function shortDate(moment, now, zone) {
  const sameYear = dayKey(moment, zone).slice(0, 4) === dayKey(now, zone).slice(0, 4);
  const text = format(moment, zone, { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) });
  return text.replace(/\.|\s?г\.?/g, "").replaceAll(" ", NBSP);
}

/** «до 26 ноября, 18:00» without the «до». */
export function longTime(moment, zone = MOSCOW) {
  return `${format(moment, zone, { day: "numeric", month: "long" }).replace(" ", NBSP)},${NBSP}${timeOf(moment, zone)}`;
}

/** The calendar date of a date field, «24.11.2026»; the portal may add a time of day to it, which means nothing. */
export function plainDate(text) {
  const [year, month, day] = text.slice(0, 10).split("-");
  return `${day}.${month}.${year}`;
}

/** The next nine o'clock in Moscow. Russia has kept one offset since 2014, so a day is 24 hours. */
export function nextMorning(now) {
  const today = Date.parse(`${dayKey(now)}T09:00:00+03:00`);
  return new Date(today > now.getTime() ? today : today + 86400000);
}

/** In Russian quotation marks; those inside become „лапки“. */
export const quoted = (text) => `«${text.replaceAll("«", "„").replaceAll("»", "“")}»`;

/** «3 дня 4 ч», «2 ч 5 мин», «меньше минуты». */
export function lasted(from, until) {
  const minutes = Math.max(0, Math.floor((until - from) / 60000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  if (days) return [counted(days, "день", "дня", "дней"), hours && `${hours}${NBSP}ч`].filter(Boolean).join(" ");
  if (hours) return [`${hours}${NBSP}ч`, minutes % 60 && `${minutes % 60}${NBSP}мин`].filter(Boolean).join(" ");
  return minutes ? `${minutes}${NBSP}мин` : "меньше минуты";
}
