// How people and personas look: round people, rounded-square personas, each with a name that opens a card.
import { el } from "./dom.js";
import { persona, personaName } from "./state.js";

/** An avatar; personas have drawings, people their initials. */
export function avatar({ handle, name }, size = 36) {
  const known = handle ? persona(handle) : null;
  if (known) {
    return el(
      "span.avatar",
      { vars: { "--size": `${size}px` }, "aria-hidden": "true" },
      el("img", { src: known.avatar, alt: "", width: size, height: size, loading: "lazy" }),
    );
  }
  return el(
    "span.avatar.person",
    { vars: { "--size": `${size}px`, "--tint": tint(name ?? handle ?? "?") }, "aria-hidden": "true" },
    initials(name ?? handle ?? "?"),
  );
}

/** The avatar of a persona with its presence dot. */
export function portrait(one, size = 36) {
  return el("span.portrait", avatar(one, size), el("span.presence", { class: one.state }));
}

function initials(name) {
  const parts = name.trim().split(/\s+/);
  const letters = parts.length > 1 ? [parts[0], parts.at(-1)] : [name];
  return letters
    .map((part) => [...part][0] ?? "")
    .join("")
    .toUpperCase();
}

function tint(name) {
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) % 360;
  return `color-mix(in oklab, hsl(${hash} 55% 55%) 34%, var(--raised))`;
}

export const PRESENCE = { active: "Active", busy: "Busy", offline: "Offline" };

/** "Copywriter Jonah" for a handle, the plain name for anybody else. */
export const nameOf = (who) => (persona(who) ? personaName(who) : who);

/** A small avatar with a name beside it, for lists. */
export function byline(who, size = 22) {
  const known = persona(who);
  return el("span.byline", avatar(known ? known : { name: who }, size), el("span", nameOf(who)));
}
