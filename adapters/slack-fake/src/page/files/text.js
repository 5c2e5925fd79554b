// Slack's mrkdwn, and the Markdown of `markdown` blocks, as elements. Nothing becomes HTML.

import { h, link } from "./dom.js";

let emoji = {};
let names = { user: () => null, channel: () => null, group: () => null, viewer: "", go: () => {} };

export function prepare(allEmoji, lookups) {
  emoji = allEmoji;
  names = lookups;
}

/** The emoji of a name such as `+1::skin-tone-3`, or the name in colons. */
export function emojiOf(name) {
  const [base, tone] = name.split("::");
  const found = emoji[base];
  if (!found) return `:${name}:`;
  // Single characters are drawn in black and white unless they are asked to be emoji.
  const drawn = found.length === 1 ? `${found}\ufe0f` : found;
  return tone ? found + (emoji[tone] ?? "") : drawn;
}

export function isEmoji(name) {
  return name in emoji;
}

export function emojiNames() {
  return Object.keys(emoji);
}

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const unescape = (text) => text.replace(/&(amp|lt|gt);/g, (entity) => ENTITIES[entity]);

function mention(kind, text, own, go) {
  return h(go ? "button" : "span", { class: `mention ${kind}${own ? " own" : ""}`, type: go ? "button" : null, onclick: go }, text);
}

/** What stands in angle brackets. */
function entity(inside) {
  const at = inside.indexOf("|");
  const target = at < 0 ? inside : inside.slice(0, at);
  const label = at < 0 ? null : unescape(inside.slice(at + 1));
  if (target.startsWith("@")) return userMention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!subteam^")) return groupMention(target.slice(9), label);
  if (target.startsWith("!date^")) return label ?? target;
  if (target.startsWith("!")) return mention("broadcast", `@${target.slice(1)}`, true);
  return link(unescape(target), label ?? unescape(target).replace(/^mailto:/, ""));
}

function userMention(id, label) {
  return mention("user", `@${names.user(id) ?? label ?? id}`, id === names.viewer);
}

function channelMention(id, label) {
  return mention("channel", `#${names.channel(id) ?? label ?? id}`, false, () => names.go(id));
}

function groupMention(id, label) {
  const group = names.group(id);
  return mention("group", group ? `@${group.handle}` : (label ?? `@${id}`), group?.users.includes(names.viewer));
}

/** Marks within a line, by the sign that opens and closes them. */
const SPANS = [
  ["*", "strong"],
  ["_", "em"],
  ["~", "del"],
];

/** A line of mrkdwn as nodes. */
function inline(text, marks = SPANS) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(unescape(plain));
    plain = "";
  };
  for (let i = 0; i < text.length; ) {
    const rest = text.slice(i);
    const before = i === 0 ? " " : text[i - 1];
    let match;
    if ((match = /^<([^<>\n]+)>/.exec(rest))) {
      flush();
      nodes.push(entity(match[1]));
    } else if ((match = /^`([^`\n]+)`/.exec(rest))) {
      flush();
      nodes.push(h("code", {}, ...codeText(match[1])));
    } else if ((match = /^:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/.exec(rest)) && isEmoji(match[1].split("::")[0])) {
      flush();
      nodes.push(h("span", { class: "emoji", title: `:${match[1]}:` }, emojiOf(match[1])));
    } else if ((match = span(rest, before, marks))) {
      flush();
      nodes.push(h(match.tag, {}, ...inline(match[1], marks)));
    } else {
      plain += text[i];
      i += 1;
      continue;
    }
    i += match[0].length;
  }
  flush();
  return nodes;
}

/** Links keep working in code; everything else is literal. */
function codeText(text) {
  return text.split(/(<[^<>]+>)/).map((part) => (/^<[^<>]+>$/.test(part) ? entity(part.slice(1, -1)) : unescape(part)));
}

function span(rest, before, marks) {
  if (/[\p{L}\p{N}]/u.test(before)) return null;
  for (const [sign, tag] of marks) {
    const quoted = sign.replaceAll("*", "\\*");
    const match = new RegExp(`^${quoted}(?=\\S)([^\\n]*?\\S)${quoted}(?![\\p{L}\\p{N}])`, "u").exec(rest);
    if (match) return Object.assign(match, { tag });
  }
  return null;
}

/** mrkdwn as block elements: paragraphs, quotes, code. */
export function mrkdwn(text, marks = SPANS) {
  const nodes = [];
  const fences = text.split(/```/);
  fences.forEach((part, i) => {
    if (i % 2 === 1 && i < fences.length - 1) {
      nodes.push(h("pre", {}, ...codeText(part.replace(/^\n|\n$/g, ""))));
    } else if (i % 2 === 1) {
      nodes.push(...lines(`\`\`\`${part}`, marks));
    } else if (part.trim()) {
      const trimmed = part.replace(i > 0 ? /^\n/ : /^$/, "").replace(i < fences.length - 1 ? /\n$/ : /$^/, "");
      nodes.push(...lines(trimmed, marks));
    }
  });
  return nodes;
}

function lines(text, marks) {
  const nodes = [];
  let open = null;
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    const kind = quote ? "blockquote" : "p";
    if (line.trim() === "" && !quote) {
      nodes.push(h("div", { class: "gap" }));
      open = null;
      continue;
    }
    if (open?.kind === kind) open.element.append(h("br"));
    else {
      open = { kind, element: h(kind) };
      nodes.push(open.element);
    }
    const bullet = /^(\s*)([•◦▪︎-]|\d+[.)]) +(.*)$/.exec(quote ? quote[1] : line);
    if (bullet) open.element.append(h("span", { class: "bullet" }, `${bullet[2] === "-" ? "•" : bullet[2]}`), ...inline(bullet[3], marks));
    else open.element.append(...inline(quote ? quote[1] : line, marks));
  }
  return nodes;
}

/** `plain_text`: emoji, and nothing else. */
export function plain(text) {
  return text.split(/(:[a-z0-9_+'-]+:)/).map((part) => {
    const name = part.slice(1, -1);
    return part.startsWith(":") && isEmoji(name) ? emojiOf(name) : part;
  });
}

const MARKDOWN = [
  ["**", "strong"],
  ["__", "strong"],
  ["~~", "del"],
  ["*", "em"],
  ["_", "em"],
];

/** The Markdown of a `markdown` block, as far as messages use it. */
export function markdown(text) {
  const nodes = [];
  const toLinks = (line) => line.replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, "<$2|$1>");
  const blocks = text.split(/(```[\s\S]*?```|\n(?:\|.*\|\n?)+)/);
  for (const block of blocks) {
    if (block.startsWith("```")) {
      nodes.push(h("pre", {}, block.replace(/^```.*\n?|\n?```$/g, "")));
    } else if (/^\n\|/.test(block)) {
      nodes.push(table(block.trim().split("\n").map((row) => row.slice(1, -1).split("|").map((cell) => cell.trim()))));
    } else {
      for (const line of block.split("\n")) {
        const heading = /^(#{1,6}) +(.*)$/.exec(line);
        const item = /^(\s*)(?:[-*+]|\d+\.) +(.*)$/.exec(line);
        if (heading) nodes.push(h("p", { class: "heading" }, ...inline(toLinks(heading[2]), MARKDOWN)));
        else if (item) nodes.push(h("p", {}, h("span", { class: "bullet" }, "•"), ...inline(toLinks(item[2]), MARKDOWN)));
        else if (line.startsWith(">")) nodes.push(h("blockquote", {}, ...inline(toLinks(line.slice(1).trim()), MARKDOWN)));
        else if (line.trim()) nodes.push(h("p", {}, ...inline(toLinks(line), MARKDOWN)));
        else if (nodes.length) nodes.push(h("div", { class: "gap" }));
      }
    }
  }
  return nodes;
}

function table(rows) {
  const body = rows.filter((row) => !row.every((cell) => /^:?-+:?$/.test(cell)));
  return h(
    "table",
    {},
    body.map((row, i) => h("tr", {}, row.map((cell) => h(i === 0 ? "th" : "td", {}, ...inline(cell, MARKDOWN))))),
  );
}

/** Rich text, as the composer and Slack itself make it. */
export function rich(block) {
  return block.elements.map(richElement);
}

function richElement(element) {
  const inner = () => (element.elements ?? []).map(richLeaf);
  switch (element.type) {
    case "rich_text_list":
      return h(element.style === "ordered" ? "ol" : "ul", {}, element.elements.map((item) => h("li", {}, richElement(item))));
    case "rich_text_preformatted":
      return h("pre", {}, inner());
    case "rich_text_quote":
      return h("blockquote", {}, inner());
    default:
      return h("p", {}, inner());
  }
}

function richLeaf(leaf) {
  switch (leaf.type) {
    case "text": {
      let node = leaf.style ? h("span", {}, leaf.text) : leaf.text;
      for (const [style, tag] of [["bold", "strong"], ["italic", "em"], ["strike", "del"], ["code", "code"]])
        if (leaf.style?.[style]) node = h(tag, {}, node);
      return node;
    }
    case "user":
      return userMention(leaf.user_id);
    case "channel":
      return channelMention(leaf.channel_id);
    case "usergroup":
      return groupMention(leaf.usergroup_id);
    case "broadcast":
      return mention("broadcast", `@${leaf.range}`, true);
    case "emoji":
      return h("span", { class: "emoji" }, emojiOf(leaf.name));
    case "link":
      return link(leaf.url, leaf.text ?? leaf.url);
    default:
      return "";
  }
}
