// One task: its steps in the order of their dependencies, what they gave, and what was said about it.
import { get, path } from "/assets/lobby/api.js";
import { el } from "/assets/lobby/dom.js";
import { full, moment, relative, words } from "/assets/lobby/format.js";
import { icon } from "/assets/lobby/icons.js";
import { byline, nameOf } from "/assets/lobby/people.js";
import { toView } from "/assets/lobby/router.js";
import { placeLink } from "./place.js";
import { deliverables } from "./deliverables.js";
import { steps } from "./steps.js";
import { openView, part, tone } from "./view.js";

export function open(pane, { menu, id }) {
  return openView(pane, {
    menu,
    back: toView("tasks"),
    title: "Task",
    topics: ["tasks", "decisions", "approvals"],
    load: () => get(path("tasks", id)),
    draw,
  });
}

function draw(task, redraw) {
  return [
    summary(task),
    task.steps?.length > 0 && part("Steps", null, steps(task.steps)),
    el(
      "div.task-columns",
      el("div", task.deliverables?.length > 0 && part("What came out", null, deliverables(task.deliverables, redraw))),
      el(
        "div",
        task.reviews?.length > 0 &&
          part("Reviews", task.reviews.length, el("ul.plain.notes", task.reviews.map(review))),
        task.handoffs?.length > 0 &&
          part("Handoffs", task.handoffs.length, el("ul.plain.notes", task.handoffs.map((one) => handoff(one, task.letters)))),
        task.decisions?.length > 0 &&
          part("Decisions", task.decisions.length, el("ul.plain.notes", task.decisions.map(decision))),
      ),
    ),
  ];
}

function summary(task) {
  const percent = Math.round(task.progress * 100);
  const fact = (name, value) => value && el("div.card-field", el("dt", name), el("dd", value));
  return el(
    "section.task-summary",
    el(
      "dl.card-fields",
      fact("State", el("span.tag", { class: tone(task.state) }, words(task.state))),
      fact("Owner", byline(task.owner)),
      fact("Due", task.due && el("span", { title: full(task.due) }, moment(task.due))),
      fact("Priority", words(task.priority)),
      fact("Playbook", task.playbook && words(task.playbook)),
      fact("Asked by", task.asked_by && nameOf(task.asked_by)),
    ),
    task.hold && el("p.soft.task-hold", icon("clock"), task.hold),
    el(
      "div.card-progress",
      el(
        "div.bar",
        {
          vars: { "--part": String(task.progress) },
          role: "progressbar",
          "aria-label": "Progress",
          "aria-valuemin": "0",
          "aria-valuemax": "100",
          "aria-valuenow": String(percent),
        },
        el("span"),
      ),
      el("span.num.small", `${percent} %`),
    ),
    task.channel && placeLink("a.button", task.channel, task.thread, null, "Open the thread", icon("chat")),
  );
}

/** A number in a ring: how good it is of a hundred. */
function ring(score) {
  return el(
    "span.ring.num",
    {
      class: score >= 85 ? "good" : "fair",
      vars: { "--part": String(Math.max(0, Math.min(100, score)) / 100) },
      role: "img",
      "aria-label": `${score} out of 100`,
    },
    el("span", score),
  );
}

function review(one) {
  return el(
    "li.note",
    el(
      "header.note-head",
      byline(one.by),
      el("span.tag", { class: tone(one.verdict) }, one.verdict === "approve" ? "Approved" : words(one.verdict)),
      one.version && el("span.faint.small", `version ${one.version}`),
      el("time.faint.small", { datetime: one.at, title: full(one.at) }, relative(one.at)),
    ),
    el(
      "div.note-score",
      typeof one.score === "number" && ring(one.score),
      el(
        "div",
        one.summary && el("p", one.summary),
        one.notes?.length > 0 &&
          el(
            "ul",
            one.notes.map((text) => el("li", text)),
          ),
      ),
    ),
    checks(one.checks),
  );
}

/** What a check of ours found: `{score, checks: [{title, passed, earned, weight, advice}]}`. */
function checks(list) {
  const found = list?.checks ?? [];
  if (!found.length) return null;
  return el(
    "details.checks",
    el("summary", `${found.filter((one) => one.passed).length} of ${found.length} checks passed`),
    el(
      "ul.plain",
      found.map((one) =>
        el(
          "li",
          { class: one.passed ? "ok" : "" },
          icon(one.passed ? "check" : "close", one.passed ? "passed" : "failed"),
          el("span", one.title, one.advice && el("span.faint", ` ${one.advice}`)),
          one.weight && el("span.faint.num.points", `${one.earned}/${one.weight}`),
        ),
      ),
    ),
  );
}

/** Who has read it and what became of it, of each addressee. */
function mailed(letter) {
  const when = (at) => el("time", { datetime: at, title: full(at) }, relative(at));
  return el(
    "p.faint.small",
    letter.read_at ? ["Read by ", nameOf(letter.to), " ", when(letter.read_at)] : ["Not read yet by ", nameOf(letter.to)],
    letter.answered_at && [" · answered ", letter.answer_emoji ?? "", " ", when(letter.answered_at)],
    letter.open && letter.respond_by && [" · answer by ", when(letter.respond_by)],
    letter.chased_at && [" · chased ", when(letter.chased_at)],
    letter.escalation && " · escalated",
  );
}

function handoff(one, letters) {
  return el(
    "li.note",
    el(
      "header.note-head",
      byline(one.from),
      icon("send", "to"),
      [one.to].flat().map((who) => byline(who)),
      el("time.faint.small", { datetime: one.at, title: full(one.at) }, relative(one.at)),
    ),
    el("p", el("strong", one.subject), one.kind && el("span.faint", ` · ${words(one.kind)}`)),
    one.body && el("p.soft.clamp", one.body),
    (letters ?? []).filter((letter) => letter.envelope === one.id).map(mailed),
  );
}

function decision(one) {
  return el(
    "li.note",
    el(
      "header.note-head",
      byline(one.maker),
      el("span.tag", words(one.kind)),
      el("time.faint.small", { datetime: one.at, title: full(one.at) }, relative(one.at)),
    ),
    one.erased
      ? el("p.soft", `Erased by ${nameOf(one.erased.by)}: ${one.erased.why}`)
      : el("p", el("strong", one.decision)),
    one.reasoning && el("p.soft", one.reasoning),
    one.channel &&
      one.message &&
      el("p.small", placeLink("a", one.channel, one.thread ?? one.message, one.thread && one.message, "Post")),
  );
}
