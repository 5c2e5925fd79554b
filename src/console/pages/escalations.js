// What went up the line: open ones first.
import { get } from "/assets/lobby/api.js";
import { el } from "/assets/lobby/dom.js";
import { full, relative, words } from "/assets/lobby/format.js";
import { icon } from "/assets/lobby/icons.js";
import { byline, nameOf } from "/assets/lobby/people.js";
import { toView } from "/assets/lobby/router.js";
import { placeLink } from "./place.js";
import { empty, openView, part, tone } from "./view.js";

/** How high an escalation went. */
const LEVELS = { 1: "manager", 2: "VP", 3: "CMO", 4: "people" };

export function open(pane, { menu }) {
  return openView(pane, {
    menu,
    title: "Escalations",
    lead: "What somebody could not or may not decide alone, and whom they asked.",
    topics: ["escalations"],
    load: () => get("/api/escalations", { limit: 1000, order: "newest" }),
    draw,
  });
}

function draw(all) {
  if (!all.length)
    return empty(
      "escalations",
      "Nothing was escalated",
      "When a persona meets something outside its authority, it says so here and in its thread.",
    );
  const newest = [...all].sort((a, b) => b.at.localeCompare(a.at));
  const open = newest.filter((one) => one.state === "open");
  const rest = newest.filter((one) => one.state !== "open");
  return [
    open.length > 0 && part("Open", open.length, open.map(escalation)),
    rest.length > 0 && part("Settled", rest.length, rest.map(escalation)),
  ];
}

function escalation(one) {
  const to = Array.isArray(one.to) ? one.to : [one.to];
  return el(
    "article.card.escalation",
    { class: one.state === "open" ? `urgency ${one.urgency}` : "" },
    el(
      "header.note-head",
      byline(one.from),
      icon("send", "to"),
      to.filter(Boolean).map((who) => byline(who)),
      el("span.tag", { class: tone(one.urgency) }, words(one.urgency)),
      el("span.tag", words(one.category)),
      el("span.tag", LEVELS[one.level] ?? `level ${one.level}`),
      one.state !== "open" && el("span.tag.green", words(one.state)),
      el("time.faint.small", { datetime: one.at, title: full(one.at) }, relative(one.at)),
    ),
    el("h3.card-title", one.issue),
    one.impact && el("p.soft", el("strong", "Impact: "), one.impact),
    one.state === "open" &&
      one.recommendation &&
      el("p.soft", el("strong", "Recommends: "), one.recommendation),
    one.attempts?.length > 0 &&
      el("div.soft", el("strong", "Tried: "), el("ul", one.attempts.map((attempt) => el("li", attempt)))),
    one.respond_by &&
      el("p.faint.small", { title: full(one.respond_by) }, icon("clock"), `goes on ${relative(one.respond_by)}`),
    one.answer && el("p.soft", el("strong", `${nameOf(one.answered_by)} answered: `), one.answer),
    el(
      "p.record-foot",
      one.channel && one.thread && placeLink("a", one.channel, one.thread, null, "Thread"),
      one.task && el("a", { href: toView("task", one.task) }, "Task"),
    ),
  );
}
