// Elements without markup: everything that others wrote goes through here as text.

/** An element with attributes, listeners (`onclick`), classes (`class`) and children; strings become text. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SAFE = /^(https?:|mailto:)/i;

/** A link that leads to a web or mail address, or else just its text. */
export function link(url, ...children) {
  if (!SAFE.test(url)) return h("span", {}, ...children);
  const own = url.startsWith(`${location.origin}/channels/`);
  return h("a", own ? { href: url } : { href: url, target: "_blank", rel: "noreferrer noopener" }, ...children);
}

/** A picture from a web address, or nothing. */
export function picture(url, attributes = {}) {
  return /^(https?:|data:image\/(?!svg)|\/)/i.test(url ?? "") ? h("img", { src: url, alt: "", ...attributes }) : null;
}

/** Says something for a moment. */
export function toast(text, bad = false) {
  const shown = h("div", { class: bad ? "toast bad" : "toast" }, text);
  document.getElementById("toasts").append(shown);
  setTimeout(() => shown.remove(), 6000);
}

/** Asks the stand-in. */
export async function get(path) {
  const answer = await fetch(path);
  return answer.ok ? answer.json() : null;
}

/** Does something as a person. Says what went wrong, and returns null then. */
export async function act(name, body, quiet = false) {
  try {
    const answer = await fetch(`/preview/acts/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const { ok, done, error } = await answer.json();
    if (ok) return { done };
    if (!quiet) toast(`${error[0].toUpperCase()}${error.slice(1)}${/[.!?]$/.test(error) ? "" : "."}`, true);
  } catch {
    if (!quiet) toast("The stand-in cannot be reached.", true);
  }
  return null;
}

/** When a snowflake was made. */
export const madeAt = (id) => new Date(Number(BigInt(id) >> 22n) + 1420070400000);

export const clock = (date) => date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export function when(date) {
  const today = new Date().toDateString();
  if (date.toDateString() === today) return clock(date);
  return `${date.toLocaleDateString()} ${clock(date)}`;
}

export function day(date) {
  return date.toLocaleDateString([], { month: "long", day: "numeric", year: "numeric" });
}

/** Whether a snowflake came after another. */
export const later = (one, other) => BigInt(one) > BigInt(other ?? 0);
