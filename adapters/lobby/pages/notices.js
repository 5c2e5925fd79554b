// What stands above every view: a stand-in that speaks, a connection that is gone, and notices of the server.
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { reconnectNow } from "./live.js";
import { on, standIn, state } from "./state.js";

const dismissed = new Set();
const narrow = matchMedia("(max-width: 820px)").matches;
let folded = (sessionStorage.getItem("bullpen.stand-in") ?? (narrow ? "folded" : "open")) === "folded";

/** Fills the strip and keeps it up to date. */
export function notices(node) {
  const draw = () =>
    fill(
      node,
      connection(),
      standInBanner(draw),
      (state.session?.notices ?? []).map((one) => notice(one, draw)),
    );
  for (const topic of ["session", "connection"]) on(topic, draw);
  draw();
}

function connection() {
  if (state.connection === "live" || state.connection === "connecting") return null;
  const gone = state.connection === "gone";
  return el(
    "div.notice",
    { class: gone ? "bad" : "warn", role: "status" },
    icon(gone ? "warn" : "retry"),
    el(
      "p",
      gone
        ? "The server is gone. Nothing is lost: what is stored goes on when “bullpen up” runs again."
        : "Reconnecting…",
    ),
    gone && el("button.button", { type: "button", on: { click: reconnectNow } }, "Try now"),
  );
}

/** It can be made small, but it never goes away while the stand-in speaks. */
function standInBanner(redraw) {
  if (!standIn()) return null;
  const turn = () => {
    folded = !folded;
    sessionStorage.setItem("bullpen.stand-in", folded ? "folded" : "open");
    redraw();
    document.querySelector(".stand-in button")?.focus();
  };
  return el(
    "div.stand-in",
    { class: folded ? "folded" : "" },
    icon("mask"),
    el(
      "p",
      el("strong", "A stand-in model is speaking."),
      !folded && [
        " What you read follows your words, but no real model wrote it. ",
        el("span.stand-in-hint", state.session.model.hint),
      ],
    ),
    el(
      "button.link",
      { type: "button", "aria-expanded": String(!folded), on: { click: turn } },
      folded ? "How to connect a real one" : "Make this small",
    ),
  );
}

function notice(one, redraw) {
  if (dismissed.has(one.text)) return null;
  const hide = () => {
    dismissed.add(one.text);
    redraw();
  };
  return el(
    "div.notice",
    { class: one.level === "warn" ? "warn" : "" },
    icon(one.level === "warn" ? "warn" : "info"),
    el("p", one.text),
    el("button.icon-button", { type: "button", "aria-label": "Hide this notice", on: { click: hide } }, icon("close")),
  );
}
