// Mentions: completion while writing, and names in written text that open a card.
import { el, fill, reconcile } from "./dom.js";
import { announce } from "./announce.js";
import { avatar } from "./people.js";
import { persona, state } from "./state.js";

const MOST = 7;

/** Everybody who can be mentioned: `{handle, name, about}`. */
function everybody() {
  const people = (state.session?.people ?? []).filter((one) => one.name !== state.me);
  return [
    ...state.personas.map((one) => ({ handle: one.handle, name: one.name, about: one.role })),
    ...people.map((one) => ({ handle: one.name, name: one.name, about: "person" })),
  ];
}

/** Handles of personas that a text mentions. */
export function mentioned(text) {
  return [...text.matchAll(/(?<![\w@])@([a-z][\w-]*)/gi)]
    .map((hit) => hit[1].toLowerCase())
    .filter((handle) => persona(handle));
}

/** Whether a message is meant for us: it says whom it notifies, or names us. */
export const callsMe = (one) =>
  (one.notify ?? []).includes(state.me) || (one.text ?? "").toLowerCase().includes(`@${state.me.toLowerCase()}`);

function search(part) {
  const wanted = part.toLowerCase();
  const rank = (one) => {
    const inName = one.name.toLowerCase();
    if (one.handle.toLowerCase().startsWith(wanted)) return 0;
    if (inName.split(" ").some((word) => word.startsWith(wanted))) return 1;
    return one.handle.toLowerCase().includes(wanted) || one.about.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return everybody()
    .map((one) => ({ one, rank: rank(one) }))
    .filter((entry) => entry.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST)
    .map((entry) => entry.one);
}

/**
 * Completes `@…` in the textarea. `list` is an empty element above it. Returns `{key(event)}`, which says whether the
 * key was used for the list.
 */
export function completion(input, list) {
  let found = [];
  let at = 0;
  let start = -1;
  let dismissed = -1;
  list.id = `mentions-${Math.random().toString(36).slice(2)}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People to mention");
  list.hidden = true;
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);

  const close = () => {
    found = [];
    list.hidden = true;
    fill(list);
    input.removeAttribute("aria-activedescendant");
  };

  const show = () => {
    reconcile(
      list,
      found.map((one, index) => ({ key: one.handle, mark: String(index === at), build: () => option(one, index) })),
    );
    list.hidden = found.length === 0;
    if (found.length) input.setAttribute("aria-activedescendant", `${list.id}-${at}`);
    else input.removeAttribute("aria-activedescendant");
  };

  const option = (one, index) =>
    el(
      "div.mention-option",
      {
        id: `${list.id}-${index}`,
        role: "option",
        "aria-selected": String(index === at),
        on: {
          mousedown: (event) => {
            event.preventDefault();
            take(index);
          },
        },
      },
      avatar(persona(one.handle) ?? { name: one.name }, 26),
      el("span.mention-name", one.name),
      el("span.faint.small", one.about === "person" ? "person" : `@${one.handle} · ${one.about}`),
    );

  const look = () => {
    const before = input.value.slice(0, input.selectionStart);
    const hit = before.match(/(?:^|[\s(“"'])@([\p{L}\d_-]*)$/u);
    start = hit ? before.length - hit[1].length - 1 : -1;
    if (!hit || start === dismissed) return close();
    const was = found.length;
    found = search(hit[1]);
    at = 0;
    if (!was && found.length) announce(`${found.length} people to mention; up and down to choose, Enter to take`);
    return show();
  };

  const take = (index) => {
    const one = found[index];
    const end = input.selectionStart;
    input.setRangeText(`@${one.handle} `, start, end, "end");
    close();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  input.addEventListener("input", () => {
    if (dismissed >= input.value.length || input.value[dismissed] !== "@") dismissed = -1;
    look();
  });
  input.addEventListener("blur", close);

  const key = (event) => {
    if (!found.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      at = (at + step + found.length) % found.length;
      show();
      announce(found[at].name);
    } else if (event.key === "Enter" || event.key === "Tab") take(at);
    else if (event.key === "Escape") {
      dismissed = start;
      close();
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return { key, close };
}

/** Turns `@handle` of known personas in written text into buttons that open their card, and marks our own name. */
export function linkMentions(root, openCard) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, {
    acceptNode: (node) =>
      node.data.includes("@") && !node.parentElement.closest("a, code, pre, button")
        ? NodeFilter.FILTER_ACCEPT
        : NodeFilter.FILTER_REJECT,
  });
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) split(text, openCard);
}

function split(text, openCard) {
  const names = (state.session?.people ?? []).map((one) => one.name);
  const pattern = new RegExp(`(?<![\\w@.])@(${[...names.map(escape), "[a-z][\\w-]*"].join("|")})`, "giu");
  const parts = [];
  let from = 0;
  for (const hit of text.data.matchAll(pattern)) {
    const known = persona(hit[1].toLowerCase());
    const person = names.find((name) => name.toLowerCase() === hit[1].toLowerCase());
    if (!known && !person) continue;
    parts.push(text.data.slice(from, hit.index));
    if (known)
      parts.push(
        el(
          "button.mention",
          {
            type: "button",
            title: `${known.name}, ${known.role}`,
            on: { click: (event) => openCard(known.handle, event.currentTarget) },
          },
          hit[0],
        ),
      );
    else parts.push(el("span.mention", { class: person === state.me ? "me" : "" }, hit[0]));
    from = hit.index + hit[0].length;
  }
  if (parts.length) text.replaceWith(...parts, text.data.slice(from));
}

const escape = (name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
