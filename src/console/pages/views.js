// The console's views, in the order of the rail. Each file is fetched when its view is first opened.
import { state, waitsForMe } from "/assets/lobby/state.js";

for (const name of ["console", "approvals", "tasks", "task", "org", "records", "health"]) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = `/assets/console/${name}.css`;
  document.head.append(sheet);
}

/** Opens a view's module; what takes it down also works when it is called before the module has arrived. */
const lazy = (file) => (pane, place) => {
  let close = null;
  let left = false;
  import(`/assets/console/${file}`).then((view) => {
    if (!left) close = view.open(pane, place);
  });
  return () => {
    left = true;
    close?.();
  };
};

export const VIEWS = [
  {
    name: "approvals",
    title: "Approvals",
    icon: "approvals",
    open: lazy("approvals.js"),
    badge: () => state.approvals.filter(waitsForMe).length,
  },
  {
    name: "tasks",
    also: ["task"],
    title: "Tasks",
    icon: "tasks",
    open: (pane, place) => (place.view === "task" ? lazy("task.js") : lazy("tasks.js"))(pane, place),
  },
  { name: "org", title: "Org chart", icon: "org", open: lazy("org.js") },
  { name: "decisions", title: "Decisions", icon: "decisions", open: lazy("decisions.js") },
  { name: "escalations", title: "Escalations", icon: "escalations", open: lazy("escalations.js") },
  {
    name: "dead-letters",
    title: "Dead letters",
    icon: "dead",
    open: lazy("dead-letters.js"),
    badge: () => state.deadLetters.length,
  },
  { name: "costs", title: "Costs", icon: "costs", open: lazy("costs.js") },
  { name: "health", title: "Health", icon: "health", open: lazy("health.js") },
];
