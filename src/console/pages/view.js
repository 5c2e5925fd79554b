// The frame of every console view: a heading, data that is loaded and loaded again when it changed, and what to show
// while there is none.
import { atMostEvery, el, fill } from "/assets/lobby/dom.js";
import { icon } from "/assets/lobby/icons.js";
import { on } from "/assets/lobby/state.js";

/** How often a view is loaded anew at most, in ms. */
const REFRESH = 1_000;

/**
 * Fills the pane. `load()` fetches the data, `draw(data, redraw)` makes its nodes, `topics` are the changes that matter.
 * Returns what takes the view down.
 */
export function openView(pane, { menu, back, title, lead, tools, topics, load, draw }) {
  const body = el("div.view-body", { "aria-busy": "true" }, el("p.faint", { role: "status" }, "Loading…"));
  const heading = el("h1", title);
  const leading = el("p.view-lead", lead);
  const head = el(
    "header.pane-head.view-head",
    menu,
    back && el("a.icon-button", { href: back, "aria-label": "Back to the list" }, icon("back")),
    el("div.pane-title", heading),
    tools,
  );
  fill(pane, el("div.view", head, el("div.view-scroll", { tabindex: "-1" }, lead && leading, body)));
  let data = null;
  let drawn = false;
  let gone = false;

  const redraw = () => {
    const held = body.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
    fill(body, draw(data, redraw));
    if (held) body.querySelector(`[data-focus="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  };
  const refresh = async () => {
    try {
      const fresh = await load();
      if (gone || (drawn && JSON.stringify(fresh) === JSON.stringify(data))) return;
      data = fresh;
      drawn = true;
      if (data?.title) heading.textContent = data.title;
      redraw();
    } catch (failure) {
      drawn = false;
      if (!gone)
        fill(
          body,
          el(
            "div.trouble",
            icon("warn"),
            el("span", failure.message),
            el("button.button", { type: "button", on: { click: refresh } }, "Try again"),
          ),
        );
    } finally {
      body.setAttribute("aria-busy", "false");
    }
  };
  const soon = atMostEvery(REFRESH, () => !gone && refresh());
  const stops = [
    on("changed", (what) => what.some((one) => topics.includes(one)) && soon()),
    on("personas", () => drawn && !gone && redraw()),
  ];
  refresh();
  return () => {
    gone = true;
    for (const stop of stops) stop();
  };
}

/** What stands where a list has nothing. */
export function empty(name, title, text) {
  return el("div.empty", icon(name), el("h2", title), el("p", text));
}

/** A heading with a count over a part of a view. */
export function part(title, count, ...content) {
  return el("section.part", el("h2.part-title", title, count !== null && el("span.part-count.num", count)), ...content);
}

/** Colours of states, the same in all views. */
const TONES = {
  open: "",
  in_progress: "blue",
  in_review: "plum",
  waiting: "amber",
  blocked: "red",
  done: "green",
  cancelled: "",
  failed: "red",
  approved: "green",
  rejected: "red",
  changes: "amber",
  expired: "",
  void: "",
  answered: "green",
  resolved: "green",
  approve: "green",
  reject: "red",
  low: "",
  normal: "",
  medium: "amber",
  high: "red",
  urgent: "red",
  critical: "red",
};

export const tone = (state) => TONES[state] ?? "";
