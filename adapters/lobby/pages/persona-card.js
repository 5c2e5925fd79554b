// The card of a persona: who it is, what it may decide, what it is on.
import { dialog } from "./dialog.js";
import { el } from "./dom.js";
import { words } from "./format.js";
import { icon, layerMark } from "./icons.js";
import { portrait, PRESENCE } from "./people.js";
import { go, toDirect, toView } from "./router.js";
import { persona } from "./state.js";

/** Opens the card of a persona; does nothing for an unknown handle. */
export function openPersona(handle) {
  const one = persona(handle);
  if (!one) return;
  const leave = (hash) => () => {
    box.close();
    go(hash);
  };
  const other = (name) => {
    const known = persona(name);
    return el(
      "button.link",
      {
        type: "button",
        on: {
          click: () => {
            box.close();
            openPersona(name);
          },
        },
      },
      known?.name ?? name,
    );
  };
  const box = dialog(
    one.name,
    "persona",
    el(
      "header.persona-head",
      { class: one.layer },
      portrait(one, 72),
      el(
        "div.stack",
        el("h2", one.name),
        el("p.soft", one.role),
        el("p.faint.small.persona-handle", layerMark(one.layer), `@${one.handle} · ${words(one.layer)} layer`),
      ),
      el(
        "button.button.primary",
        { type: "button", on: { click: leave(toDirect(one.handle)) } },
        icon("chat"),
        "Message",
      ),
    ),
    el(
      "p.persona-now",
      el("span.presence", { class: one.state }),
      el("strong", PRESENCE[one.state] ?? words(one.state)),
      el("span.soft", one.doing ?? "Free at the moment"),
      one.pending > 0 && el("span.tag.amber", `${one.pending} waiting`),
    ),
    one.fault && el("p.trouble.small", icon("warn"), el("span", one.fault)),
    section("On the desk", one.tasks, (task) =>
      el(
        "button.persona-task",
        { type: "button", on: { click: leave(toView("task", task.id)) } },
        el("span", task.title),
        el("span.tag", task.step || words(task.state)),
      ),
    ),
    section("Responsible for", one.responsibilities, (text) => text),
    authority(one),
    el(
      "dl.persona-facts",
      fact("Reports to", one.reports_to?.length ? join(one.reports_to.map(other)) : "the people"),
      fact("Leads", one.leads?.length ? join(one.leads.map(other)) : null),
      fact("Voice", one.voice),
      fact("Skills", one.skills?.length ? one.skills.map(words).join(", ") : null),
      fact("Model tier", one.tier ? words(one.tier) : null),
    ),
  );
}

const join = (nodes) => nodes.flatMap((node, index) => (index ? [", ", node] : [node]));

const fact = (name, value) => value && el("div", el("dt", name), el("dd", value));

function section(title, items, draw) {
  if (!items?.length) return null;
  return el(
    "section.persona-section",
    el("h3", title),
    el(
      "ul.plain",
      items.map((item) => el("li", draw(item))),
    ),
  );
}

function authority(one) {
  const own = one.authority;
  if (!own) return null;
  const line = (kind, tone, list) =>
    list?.length > 0 && el("li", el("span.tag", { class: tone }, kind), el("span", list.map(words).join(", ")));
  return el(
    "section.persona-section",
    el(
      "h3",
      "Authority ",
      el(
        "span.level",
        { role: "img", "aria-label": `level ${own.level} of 5` },
        [1, 2, 3, 4, 5].map((level) => el("i", { class: level <= own.level ? "on" : "" })),
      ),
    ),
    el(
      "ul.plain.authority",
      line("Decides", "green", own.decides),
      line("Approves", "blue", own.approves),
      line("Asks first", "amber", own.consults),
      line("Never", "red", own.never),
    ),
  );
}
