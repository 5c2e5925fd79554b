// The task board: running work in columns by state.
import { get } from "/assets/lobby/api.js";
import { el } from "/assets/lobby/dom.js";
import { due, full, words } from "/assets/lobby/format.js";
import { icon } from "/assets/lobby/icons.js";
import { byline } from "/assets/lobby/people.js";
import { toView } from "/assets/lobby/router.js";
import { empty, openView, tone } from "./view.js";

const COLUMNS = [
  ["open", "Open"],
  ["in_progress", "In progress"],
  ["in_review", "In review"],
  ["waiting", "Waiting"],
  ["blocked", "Blocked"],
  ["done", "Done"],
];
/** Failed work stands with what is blocked, cancelled work with what is done. */
const COLUMN_OF = { failed: "blocked", cancelled: "done" };
/** How many finished tasks are shown. */
const FINISHED = 20;
const RANK = { urgent: 0, normal: 1, low: 2 };

export function open(pane, { menu }) {
  return openView(pane, {
    menu,
    title: "Tasks",
    topics: ["tasks"],
    load: () => get("/api/tasks", { root: true, limit: 1000, order: "newest" }),
    draw,
  });
}

function draw(all) {
  const roots = all.filter((task) => !task.parent);
  if (!roots.length)
    return empty(
      "tasks",
      "No work yet",
      "Mention a manager in #management and say what you need: the task appears here and runs in a thread.",
    );
  return el(
    "div.board",
    COLUMNS.map(([state, title]) =>
      column(
        state,
        title,
        roots.filter((task) => (COLUMN_OF[task.state] ?? task.state) === state),
      ),
    ),
  );
}

function column(state, title, tasks) {
  const shown = [...tasks].sort(
    (a, b) =>
      (RANK[a.priority] ?? 1) - (RANK[b.priority] ?? 1) || String(a.due ?? "9").localeCompare(String(b.due ?? "9")),
  );
  const cut = state === "done" ? shown.slice(0, FINISHED) : shown;
  return el(
    "section.column",
    { class: tasks.length ? "" : "none", "aria-label": `${title}, ${tasks.length}` },
    el("h2.column-title", el("span.state-dot", { class: state }), title, el("span.part-count.num", tasks.length)),
    el(
      "ul.plain.column-list",
      cut.map((task) => el("li", tile(task))),
    ),
    cut.length < shown.length && el("p.faint.small", `and ${shown.length - cut.length} more`),
  );
}

function tile(task) {
  const late = task.due && !["done", "cancelled"].includes(task.state) && new Date(task.due) < new Date();
  return el(
    "a.tile",
    { href: toView("task", task.id), class: task.state },
    el("span.tile-title", task.title),
    el(
      "span.tile-tags",
      task.priority &&
        task.priority !== "normal" &&
        el("span.tag", { class: tone(task.priority) }, words(task.priority)),
      ["failed", "cancelled"].includes(task.state) && el("span.tag", { class: tone(task.state) }, words(task.state)),
      task.due &&
        task.state !== "done" &&
        el("span.tag", { class: late ? "red" : "", title: full(task.due) }, icon("clock"), due(task.due)),
    ),
    el(
      "span.bar",
      {
        vars: { "--part": String(task.progress) },
        role: "progressbar",
        "aria-label": "Progress",
        "aria-valuemin": "0",
        "aria-valuemax": "100",
        "aria-valuenow": String(Math.round(task.progress * 100)),
      },
      el("span"),
    ),
    byline(task.owner),
  );
}
