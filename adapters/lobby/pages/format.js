// Times and numbers as people read them. Times are shown in the reader's zone.

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat("en", { weekday: "long" });
const date = new Intl.DateTimeFormat("en", { day: "numeric", month: "long" });
const dateYear = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric" });
const whole = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "short" });
const count = new Intl.NumberFormat("en");

const MINUTE = 60_000;
const DAY = 86_400_000;

const dayStart = (at) => new Date(at.getFullYear(), at.getMonth(), at.getDate());

/** How many midnights lie between now and `at`; negative in the past. */
function daysAway(at) {
  return Math.round((dayStart(at) - dayStart(new Date())) / DAY);
}

export const time = (text) => clock.format(new Date(text));
export const full = (text) => whole.format(new Date(text));
export const dayKey = (text) => dayStart(new Date(text)).getTime();
export const number = (value) => count.format(value ?? 0);

export function day(text) {
  const at = new Date(text);
  const away = daysAway(at);
  if (away === 0) return "Today";
  if (away === -1) return "Yesterday";
  if (away === 1) return "Tomorrow";
  if (Math.abs(away) < 7) return weekday.format(at);
  return at.getFullYear() === new Date().getFullYear() ? date.format(at) : dateYear.format(at);
}

export const moment = (text) => `${day(text)}, ${time(text)}`;

/** "3 min ago", "in 2 h", or the day when it is far. */
export function relative(text) {
  const distance = new Date(text) - Date.now();
  const size = Math.abs(distance);
  if (size < MINUTE) return distance > 0 ? "in a moment" : "just now";
  const say = (value, unit) => (distance > 0 ? `in ${value} ${unit}` : `${value} ${unit} ago`);
  if (size < 60 * MINUTE) return say(Math.round(size / MINUTE), "min");
  if (size < DAY) return say(Math.round(size / (60 * MINUTE)), "h");
  return moment(text);
}

/** When something is due, in few words: "in 3 h", "tomorrow", "Friday"; past it, how late it is. */
export function due(text) {
  const distance = new Date(text) - Date.now();
  if (distance < 0) return `${relative(text).replace(/ ago$/, "")} late`;
  if (distance < DAY / 2) return `due ${relative(text)}`;
  return `due ${day(text).replace(/^To/, "to")}`;
}

/** US dollars; small amounts keep enough digits to be seen. */
export function usd(value) {
  const amount = Number(value ?? 0);
  const digits = amount !== 0 && Math.abs(amount) < 0.1 ? 4 : 2;
  return `$${amount.toFixed(digits)}`;
}

export const plural = (value, one, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;

/** `in_progress` to "In progress", `publish.article` to "Publish article". */
export function words(text) {
  const plain = String(text ?? "")
    .replace(/[._-]+/g, " ")
    .trim();
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
