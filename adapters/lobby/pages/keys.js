// Keyboard shortcuts of the whole page, and the dialog that lists them.
import { dialog } from "./dialog.js";
import { el } from "./dom.js";
import { go, route, toConversation, toView } from "./router.js";
import { emit } from "./state.js";
import { channelOf, home } from "./conversation.js";

const LISTED = [
  [
    "Anywhere",
    [
      ["Ctrl K", "Jump to a channel, a colleague or a view"],
      ["?", "This help"],
      ["/", "Write a message"],
      ["Alt ↑ ↓", "Previous or next conversation"],
      ["Esc", "Close the thread or what is open"],
      [
        "g then c a t o d e x m h",
        "Go to chat, approvals, tasks, org, decisions, escalations, dead letters, money, health",
      ],
    ],
  ],
  [
    "In the list of messages",
    [
      ["m", "Go to the newest message"],
      ["↑ ↓", "Previous or next message"],
      ["Enter", "Open the thread"],
      ["+", "React"],
      ["e", "Edit your message"],
      ["Del", "Delete your message"],
      ["l", "Copy a link to it"],
    ],
  ],
  [
    "While writing",
    [
      ["Enter", "Send"],
      ["Shift Enter", "New line"],
      ["@", "Mention somebody"],
    ],
  ],
];

const GO = {
  a: "approvals",
  t: "tasks",
  o: "org",
  d: "decisions",
  e: "escalations",
  x: "dead-letters",
  m: "costs",
  h: "health",
};
/** How long `g` waits for its second key, in milliseconds. */
const SECOND_KEY = 1_200;

export function help() {
  dialog(
    "Keyboard shortcuts",
    "help",
    el("h2", "Keyboard shortcuts"),
    LISTED.map(([title, rows]) =>
      el(
        "section",
        el("h3", title),
        el(
          "dl.keys",
          rows.map(([keys, text]) =>
            el(
              "div",
              el(
                "dt",
                keys.split(" ").map((key) => (key === "then" ? el("span.faint", "then") : el("kbd", key))),
              ),
              el("dd", text),
            ),
          ),
        ),
      ),
    ),
  );
}

const writing = (node) => node.closest("input, textarea, select, [contenteditable]") !== null;

/** Starts listening. `focusLast()` moves to the newest message of the open conversation. */
export function shortcuts({ focusComposer, focusLast }) {
  let waiting = 0;
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const modal = document.querySelector("dialog[open], [popover]:popover-open");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!modal) emit("switcher");
      return;
    }
    if (modal) return;
    if (event.key === "Escape") return escape(event);
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      neighbour(event.key === "ArrowDown" ? 1 : -1);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
    if (Date.now() - waiting < SECOND_KEY) {
      waiting = 0;
      const hash = event.key === "c" ? home() : GO[event.key] && toView(GO[event.key]);
      if (hash) {
        event.preventDefault();
        go(hash);
      }
      return;
    }
    const act = {
      "?": help,
      "/": focusComposer,
      m: focusLast,
      g: () => {
        waiting = Date.now();
      },
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function escape(event) {
  if (document.body.classList.contains("drawer-open")) return emit("drawer", false);
  const place = route();
  if (place.view !== "conversation" || !place.thread) return undefined;
  const one = channelOf(place);
  if (!one) return undefined;
  event.preventDefault();
  return go(toConversation(one));
}

/** Goes to the conversation before or after the open one, in the order of the sidebar. */
function neighbour(step) {
  const rows = [...document.querySelectorAll("#sidebar .side-row")];
  const at = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = rows[(at + step + rows.length) % rows.length];
  if (next) location.hash = next.getAttribute("href");
}
