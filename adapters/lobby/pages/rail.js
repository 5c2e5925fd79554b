// The strip at the edge: the chat, the console's views with what waits there, theme and help.
import { el, fill, reconcile, roving } from "./dom.js";
import { icon } from "./icons.js";
import { home } from "./conversation.js";
import { route, toView } from "./router.js";
import { emit, on } from "./state.js";
import { nextTheme, theme } from "./theme.js";

const THEMES = { auto: ["auto", "as the system"], light: ["sun", "light"], dark: ["moon", "dark"] };

/** Fills the rail. `views` are the console's: `[{name, title, icon, badge?()}]`. */
export function rail(node, views) {
  const list = el("div.rail-list");
  const mode = el("button.rail-item.small-item", { type: "button", on: { click: nextTheme } });
  const help = el(
    "button.rail-item.small-item",
    {
      type: "button",
      "aria-label": "Keyboard shortcuts",
      title: "Keyboard shortcuts (?)",
      on: { click: () => emit("help") },
    },
    icon("help"),
  );
  fill(
    node,
    el("img.brand", { src: "/assets/lobby/icon.svg", alt: "Bullpen", width: "36", height: "36" }),
    list,
    el("div.rail-end", mode, help),
  );
  const drawMode = () => {
    const [name, text] = THEMES[theme()];
    fill(mode, icon(name));
    mode.setAttribute("aria-label", `Theme: ${text}. Change`);
    mode.title = `Theme: ${text}`;
  };
  const draw = () => {
    const place = route();
    const talking = place.view === "conversation" || place.view === "home";
    reconcile(list, [
      item({ name: "chat", title: "Chat", icon: "chat" }, talking, home() ?? "#/"),
      ...views.map((view) =>
        item(view, place.view === view.name || view.also?.includes(place.view), toView(view.name)),
      ),
    ]);
  };
  roving(node, () => [...node.querySelectorAll(".rail-list .rail-item")]);
  for (const topic of ["route", "counts", "channels"]) on(topic, draw);
  on("theme", drawMode);
  draw();
  drawMode();
}

function item(view, current, href) {
  const waiting = view.badge?.() ?? 0;
  return {
    key: view.name,
    mark: JSON.stringify([current, waiting, href]),
    build: () =>
      el(
        "a.rail-item",
        { href, "aria-current": current && "page" },
        icon(view.icon),
        el("span.rail-name", view.title),
        waiting > 0 &&
          el("span.badge.rail-badge", { "aria-label": `${waiting} waiting` }, waiting > 99 ? "99+" : waiting),
      ),
  };
}
