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
  const own = url.startsWith(`${location.origin}/archives/`);
  return h("a", own ? { href: url } : { href: url, target: "_blank", rel: "noreferrer noopener" }, ...children);
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
export async function act(name, body) {
  try {
    const answer = await fetch(`/preview/acts/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const { ok, done, error } = await answer.json();
    if (ok) return { done };
    toast(error[0].toUpperCase() + error.slice(1) + ".", true);
  } catch {
    toast("The stand-in cannot be reached.", true);
  }
  return null;
}

/** A `ts` as a date. */
export function date(ts) {
  return new Date(Number(ts) * 1000);
}

export function clock(ts) {
  return date(ts).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

export function day(ts) {
  const then = date(ts);
  const today = new Date().toDateString();
  if (then.toDateString() === today) return "Today";
  return then.toLocaleDateString([], { weekday: "long", month: "long", day: "numeric" });
}
