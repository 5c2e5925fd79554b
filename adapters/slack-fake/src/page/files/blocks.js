// Block Kit as people see it.

import { h } from "./dom.js";
import { element, input, picture } from "./elements.js";
import { markdown, mrkdwn, plain, rich } from "./text.js";

/** Blocks; `use` tells the app what a person does. Inputs of a modal are collected in `fields`. */
export function blocks(list, use, fields = {}) {
  return list.map((block) => h("div", { class: `block ${block.type}` }, one(block, use, fields)));
}

/** A text object. */
export function text(given) {
  return given.type === "mrkdwn" ? mrkdwn(given.text) : h("p", {}, ...plain(given.text));
}

function one(block, use, fields) {
  switch (block.type) {
    case "section":
      return [
        h(
          "div",
          { class: "section-body" },
          block.text ? h("div", { class: "prose" }, text(block.text)) : null,
          block.fields ? h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "prose" }, text(field)))) : null,
        ),
        block.accessory ? h("div", { class: "accessory" }, element(block.accessory, use)) : null,
      ];
    case "header":
      return h("h3", {}, ...plain(block.text.text));
    case "divider":
      return h("hr");
    case "image":
      return h(
        "figure",
        {},
        block.title ? h("figcaption", {}, ...plain(block.title.text)) : null,
        h("img", { src: picture(block), alt: block.alt_text, loading: "lazy" }),
      );
    case "context":
      return block.elements.map((given) =>
        given.type === "image"
          ? h("img", { class: "context-picture", src: picture(given), alt: given.alt_text })
          : h("div", { class: "prose" }, text(given)),
      );
    case "actions":
      return block.elements.map((given) => element(given, use));
    case "rich_text":
      return h("div", { class: "prose" }, rich(block));
    case "markdown":
      return h("div", { class: "prose" }, markdown(block.text));
    case "table":
      return table(block);
    case "input":
      return field(block, fields);
    default:
      return h("span", { class: "unknown" }, `(${block.type})`);
  }
}

function table(block) {
  const cell = (given) => (given.type === "rich_text" ? rich(given) : given.text);
  return h(
    "div",
    { class: "prose scroll" },
    h("table", {}, block.rows.map((row, i) => h("tr", {}, row.map((given) => h(i === 0 ? "th" : "td", {}, cell(given)))))),
  );
}

function field(block, fields) {
  const made = input(block.element);
  fields[block.element.action_id] = made.value;
  return [
    h("label", { for: made.id }, ...plain(block.label.text), block.optional ? h("small", {}, " (optional)") : null),
    made.control,
    block.hint ? h("small", { class: "hint" }, ...plain(block.hint.text)) : null,
  ];
}

/** Attachments: a coloured bar, and what is beside it. */
export function attachments(list, use) {
  return list.map((given) => {
    const bar = h("div", { class: "attachment" });
    if (/^#?[0-9a-f]{3,6}$/i.test(given.color ?? "")) bar.style.borderLeftColor = `#${given.color.replace("#", "")}`;
    bar.append(
      ...(given.service_name ? [h("small", {}, given.service_name)] : []),
      ...(given.title ? [h("strong", {}, given.title)] : []),
      ...(given.text ? mrkdwn(given.text) : []),
      ...blocks(given.blocks ?? [], use),
    );
    return bar;
  });
}
