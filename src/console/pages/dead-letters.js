// What failed five times: what it was, why, and a button to try it once more.
import { get, path, post } from "/assets/lobby/api.js";
import { attempt, toast } from "/assets/lobby/announce.js";
import { confirm } from "/assets/lobby/dialog.js";
import { el } from "/assets/lobby/dom.js";
import { full, plural, relative, words } from "/assets/lobby/format.js";
import { icon } from "/assets/lobby/icons.js";
import { emit, state } from "/assets/lobby/state.js";
import { empty, openView } from "./view.js";

export function open(pane, { menu }) {
  return openView(pane, {
    menu,
    title: "Dead letters",
    lead: "After five attempts something is put aside here, so that the rest goes on. Nothing in this list is lost.",
    topics: ["dead-letters"],
    load: () => get("/api/dead-letters", { limit: 1000, order: "newest" }),
    draw: (all) =>
      all.length ? all.map(letter) : empty("dead", "No dead letters", "Everything that came in was dealt with."),
  });
}

function letter(one) {
  return el(
    "article.card.dead-letter",
    el(
      "header.note-head",
      el("span.tag.red", words(one.kind)),
      el("span.faint.small", one.lane),
      el("time.faint.small", { datetime: one.at, title: full(one.at) }, relative(one.at)),
    ),
    el("h2.card-title", one.summary),
    el("pre.error", { tabindex: "0", role: "region", "aria-label": "Error" }, one.error),
    el(
      "div.dead-foot",
      el("span.faint.small", plural(one.attempts, "attempt")),
      el(
        "button.button",
        { type: "button", data: { focus: one.id }, on: { click: () => retry(one) } },
        icon("retry"),
        "Try again",
      ),
    ),
  );
}

async function retry(one) {
  if (
    !(await confirm("Try it once more?", `${one.summary}. If the cause is not gone, it comes back here.`, "Try again"))
  )
    return;
  if (!(await attempt(() => post(path("dead-letters", one.id, "retry"), {}, { as: state.me })))) return;
  toast("It is in work again.");
  emit("changed", ["dead-letters"]);
}
