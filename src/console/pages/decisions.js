// The record of decisions, newest first, with a search over every word of them.
import { get } from "/assets/lobby/api.js";
import { el, fill } from "/assets/lobby/dom.js";
import { full, moment, words } from "/assets/lobby/format.js";
import { byline, nameOf } from "/assets/lobby/people.js";
import { toView } from "/assets/lobby/router.js";
import { placeLink } from "./place.js";
import { empty, openView } from "./view.js";

export function open(pane, { menu }) {
  const search = el("input.field.view-search", {
    type: "search",
    placeholder: "Search decisions",
    "aria-label": "Search decisions",
  });
  return openView(pane, {
    menu,
    title: "Decisions",
    lead: "What was decided, by whom, and why. Nothing here is ever rewritten.",
    tools: search,
    topics: ["decisions"],
    load: () => get("/api/decisions", { limit: 1000, order: "newest" }),
    draw: (all) => {
      const list = el("div");
      const show = () => fill(list, listed(all, search.value.trim().toLowerCase()));
      search.oninput = show;
      show();
      return list;
    },
  });
}

function listed(all, wanted) {
  if (!all.length)
    return empty(
      "decisions",
      "No decisions yet",
      "Each significant decision of the department is recorded here, with its reasons.",
    );
  const found = all
    .filter(
      (one) =>
        !wanted ||
        JSON.stringify([one.maker, nameOf(one.maker), one.kind, one.context, one.decision, one.reasoning, one.actions])
          .toLowerCase()
          .includes(wanted),
    )
    .sort((a, b) => b.at.localeCompare(a.at));
  if (!found.length) return el("p.soft", { role: "status" }, `No decision mentions “${wanted}”.`);
  return el("ol.plain.records", found.map(record));
}

function record(one) {
  return el(
    "li.record",
    el(
      "div.record-side",
      el("time.num", { datetime: one.at, title: full(one.at) }, moment(one.at)),
      el("span.tag", words(one.kind)),
    ),
    el(
      "article.record-main",
      el("h2", one.decision),
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
          placeLink("a", one.channel, one.thread ?? one.message, one.thread && one.message, "Thread"),
        one.task && el("a", { href: toView("task", one.task) }, "Task"),
      ),
    ),
  );
}
