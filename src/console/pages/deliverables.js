// What the steps gave: the newest version of each, earlier ones a click away.
import { pictureButton } from "/assets/lobby/card.js";
import { el } from "/assets/lobby/dom.js";
import { relative, words } from "/assets/lobby/format.js";
import { prose } from "/assets/lobby/html.js";
import { nameOf } from "/assets/lobby/people.js";

/** Longer values stand on a line of their own, folded. */
const LONG = 160;

const chosen = new Map();
const opened = new Set();

export function deliverables(all, redraw) {
  const names = [...new Set(all.map((one) => one.name))];
  return names.map((name) =>
    deliverable(
      all.filter((one) => one.name === name).sort((a, b) => b.version - a.version),
      redraw,
    ),
  );
}

function deliverable(versions, redraw) {
  const newest = versions[0];
  const key = `${newest.name} ${newest.digest}`;
  const shown = versions.find((one) => one.version === chosen.get(key)) ?? newest;
  const choose = (version) => () => {
    chosen.set(key, version);
    opened.add(newest.name);
    redraw();
  };
  const box = el(
    "details.deliverable",
    { open: opened.has(newest.name) || Boolean(shown.picture) },
    el(
      "summary",
      el("strong", words(newest.name)),
      el("span.faint.small", `${nameOf(shown.by)}, ${relative(shown.at)}`),
      el("span.tag", `version ${shown.version}`),
    ),
    versions.length > 1 &&
      el(
        "div.versions",
        { role: "group", "aria-label": "Versions" },
        versions.map((one) =>
          el(
            "button.button",
            {
              type: "button",
              "aria-pressed": String(one === shown),
              data: { focus: `${newest.name}${one.version}` },
              on: { click: choose(one.version) },
            },
            `v${one.version}`,
          ),
        ),
      ),
    shown.picture && pictureButton(shown.picture),
    el(
      "dl.deliverable-fields",
      Object.entries(shown.fields ?? {}).map(([name, value]) =>
        el("div", el("dt", words(name)), el("dd", valueOf(value, shown.html?.[name]))),
      ),
    ),
    shown.digest && el("p.faint.small.digest", `digest ${shown.digest.slice(0, 16)}`),
  );
  box.addEventListener("toggle", () => (box.open ? opened.add(newest.name) : opened.delete(newest.name)));
  return box;
}

/** A field as it is: safe HTML where the server made some of it, else text, lists and nested values. */
function valueOf(value, html) {
  if (html) return prose(html);
  if (value === null || value === undefined || value === "") return el("span.faint", "none");
  if (Array.isArray(value))
    return el(
      "ul",
      value.map((one) => el("li", valueOf(one))),
    );
  if (typeof value === "object")
    return el(
      "dl.deliverable-fields",
      Object.entries(value).map(([name, inner]) => el("div", el("dt", words(name)), el("dd", valueOf(inner)))),
    );
  const text = String(value);
  return el(
    "div.value",
    {
      class: text.length > LONG ? "long" : "",
      tabindex: text.length > 1200 ? "0" : null,
      role: text.length > 1200 ? "region" : null,
      "aria-label": text.length > 1200 ? "Text" : null,
    },
    text,
  );
}
