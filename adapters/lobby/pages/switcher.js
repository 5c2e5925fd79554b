// Jump to a conversation or view by a few letters of its name.
import { dialog } from "./dialog.js";
import { el, reconcile } from "./dom.js";
import { icon, layerMark } from "./icons.js";
import { CHANNEL_ICONS } from "./conversation.js";
import { avatar } from "./people.js";
import { go, toConversation, toDirect, toView } from "./router.js";
import { state } from "./state.js";

const MOST = 9;

/** Opens the switcher over the console's `views`. */
export function switcher(views) {
  const entries = [
    ...state.channels
      .filter((one) => !one.direct)
      .map((one) => ({
        key: one.id,
        name: one.name,
        about: one.topic,
        hash: toConversation(one),
        mark: () => (one.layer ? layerMark(one.layer) : icon(CHANNEL_ICONS[one.name] ?? "hash")),
      })),
    ...state.personas.map((one) => ({
      key: one.handle,
      name: one.name,
      about: `${one.role} · @${one.handle}`,
      hash: toDirect(one.handle),
      mark: () => avatar(one, 24),
    })),
    ...views.map((one) => ({
      key: one.name,
      name: one.title,
      about: "View",
      hash: toView(one.name),
      mark: () => icon(one.icon),
    })),
  ];
  let found = entries;
  let at = 0;
  const list = el("div.switch-list", { id: "switch-list", role: "listbox", "aria-label": "Conversations and views" });
  const input = el("input.field.switch-input", {
    type: "text",
    role: "combobox",
    placeholder: "Jump to a channel, a colleague, a view…",
    "aria-label": "Jump to",
    "aria-controls": "switch-list",
    "aria-expanded": "true",
    "aria-autocomplete": "list",
    autocomplete: "off",
    spellcheck: "false",
    autofocus: true,
  });
  const box = dialog("Jump to", "switcher", input, list);
  const take = (one) => {
    box.close();
    go(one.hash);
  };
  const row = (one, index) => ({
    key: one.key,
    mark: String(index === at) + index,
    build: () =>
      el(
        "div.switch-row",
        {
          id: `switch-${index}`,
          role: "option",
          "aria-selected": String(index === at),
          on: { click: () => take(one) },
        },
        one.mark(),
        el("span", one.name),
        el("span.faint.small", one.about),
      ),
  });
  const draw = () => {
    reconcile(list, found.slice(0, MOST).map(row));
    if (found.length) input.setAttribute("aria-activedescendant", `switch-${at}`);
    else input.removeAttribute("aria-activedescendant");
  };
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    const score = (one) =>
      one.name.toLowerCase().startsWith(wanted)
        ? 0
        : one.name.toLowerCase().includes(wanted)
          ? 1
          : `${one.key} ${one.about}`.toLowerCase().includes(wanted)
            ? 2
            : 3;
    found = entries
      .map((one) => ({ one, score: score(one) }))
      .filter((entry) => entry.score < 3)
      .sort((a, b) => a.score - b.score)
      .map((entry) => entry.one);
    at = 0;
    draw();
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const size = Math.min(found.length, MOST);
    if (step && size) {
      event.preventDefault();
      at = (at + step + size) % size;
      draw();
    } else if (event.key === "Enter" && found[at]) {
      event.preventDefault();
      take(found[at]);
    }
  });
  draw();
}
