// The record of decisions, newest first, with a search over every word of them, and a way to erase one's texts.
import { attempt, toast } from "/assets/lobby/announce.js";
import { get, path, post } from "/assets/lobby/api.js";
import { dialog } from "/assets/lobby/dialog.js";
import { el, fill } from "/assets/lobby/dom.js";
import { full, moment, words } from "/assets/lobby/format.js";
import { byline, nameOf } from "/assets/lobby/people.js";
import { toView } from "/assets/lobby/router.js";
import { can, emit, state } from "/assets/lobby/state.js";
import { placeLink } from "./place.js";
import { empty, openView } from "./view.js";

/** Says that something else is searched for. */
const SEARCHED = "decisions searched";

export function open(pane, { menu }) {
  const search = el("input.field.view-search", {
    type: "search",
    placeholder: "Search decisions",
    "aria-label": "Search decisions",
    on: { input: () => emit("changed", [SEARCHED]) },
  });
  /** What is searched for now, however often that changes while the server looks. */
  const load = async () => {
    const wanted = search.value.trim();
    const found = await get("/api/decisions", { limit: 1000, order: "newest", q: wanted || null });
    return wanted === search.value.trim() ? { wanted, found } : load();
  };
  return openView(pane, {
    menu,
    title: "Decisions",
    lead: "What was decided, by whom, and why. Each record is linked to the one before it, so that a later change shows.",
    tools: search,
    topics: ["decisions", SEARCHED],
    load,
    draw: ({ wanted, found }) => {
      if (found.length) return el("ol.plain.records", found.map(record));
      if (wanted) return el("p.soft", { role: "status" }, `No decision mentions “${wanted}”.`);
      return empty(
        "decisions",
        "No decisions yet",
        "Each significant decision of the department is recorded here, with its reasons.",
      );
    },
  });
}

function record(one) {
  return el(
    "li.record",
    el(
      "div.record-side",
      el("time.num", { datetime: one.at, title: full(one.at) }, moment(one.at)),
      el("span.tag", words(one.kind)),
      one.number && el("span.num", { title: `Link ${one.link}` }, `No. ${one.number}`),
    ),
    el(
      "article.record-main",
      one.erased ? erased(one.erased) : el("h2", one.decision),
      one.context && el("p.faint", one.context),
      one.reasoning && el("p.soft", one.reasoning),
      one.actions?.length > 0 &&
        el(
          "ul",
          one.actions.map((action) =>
            el(
              "li",
              typeof action === "string"
                ? action
                : [action.what, action.owner && `, ${nameOf(action.owner)}`, action.due && `, ${moment(action.due)}`],
            ),
          ),
        ),
      one.dissent?.map?.((other) => el("p.soft", el("strong", `${nameOf(other.by)} disagreed: `), other.what)),
      el(
        "p.record-foot",
        byline(one.maker),
        one.channel &&
          (one.thread || one.message) &&
          placeLink("a", one.channel, one.thread ?? one.message, one.thread && one.message, "Post"),
        one.project && placeLink("a", one.project.channel, one.project.thread, null, "Thread"),
        one.task && el("a", { href: toView("task", one.task) }, "Task"),
        one.erasable &&
          can("operate") &&
          el(
            "button.link",
            { type: "button", data: { focus: one.id }, on: { click: () => askWhy(one) } },
            "Erase its texts",
          ),
      ),
    ),
  );
}

function erased({ by, at, why }) {
  return el("p.soft", el("strong", `Erased by ${nameOf(by)}, ${moment(at)}: `), why);
}

/** Asks for the reason, and erases. */
function askWhy(one) {
  const reason = el("textarea.field", { required: true, maxlength: 1000, rows: 3, autofocus: true });
  const erase = async (event) => {
    event.preventDefault();
    const body = { as: state.me, reason: reason.value };
    if (!(await attempt(() => post(path("decisions", one.id, "erase"), body)))) return;
    box.close();
    toast("Its texts are erased.");
    emit("changed", ["decisions"]);
  };
  const box = dialog(
    "Erase the texts of this record",
    "confirm",
    el("h2", "Erase the texts of this record?"),
    el("p.soft", el("strong", one.decision), " and all that is said with it go for good. Who erased, when and why is kept."),
    el(
      "form.erase",
      { on: { submit: erase } },
      el("label", "Why", reason),
      el(
        "div.dialog-actions",
        el("button.button", { type: "button", on: { click: () => box.close() } }, "Cancel"),
        el("button.button.primary", { type: "submit" }, "Erase"),
      ),
    ),
  );
}
