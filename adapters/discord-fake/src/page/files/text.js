// Discord's Markdown as elements. Nothing becomes HTML.

import { h, link } from "./dom.js";

let names = { user: () => null, channel: () => null, role: () => null, viewer: "", roles: [], go: () => {} };

export function prepare(lookups) {
  names = lookups;
}

function mention(text, { own = false, go, color } = {}) {
  const element = h(go ? "button" : "span", { class: own ? "mention own" : "mention", type: go ? "button" : null, onclick: go }, text);
  if (color) element.style.color = color;
  return element;
}

/** What stands in angle brackets; null where it is nothing of Discord's. */
function entity(inside) {
  let match;
  if ((match = /^@!?(\d+)$/.exec(inside))) return mention(`@${names.user(match[1]) ?? "unknown-user"}`, { own: match[1] === names.viewer });
  if ((match = /^@&(\d+)$/.exec(inside))) {
    const role = names.role(match[1]);
    return mention(`@${role?.name.replace(/^@/, "") ?? "unknown-role"}`, { own: names.roles.includes(match[1]) });
  }
  if ((match = /^#(\d+)$/.exec(inside))) return mention(`#${names.channel(match[1]) ?? "unknown"}`, { go: () => names.go(match[1]) });
  if ((match = /^t:(-?\d+)(?::([tTdDfFR]))?$/.exec(inside))) return time(Number(match[1]), match[2] ?? "f");
  if ((match = /^a?:(\w+):(\d+)$/.exec(inside))) return h("span", { class: "custom", title: `:${match[1]}:` }, `:${match[1]}:`);
  if (/^https?:\/\/\S+$/.test(inside)) return link(inside, inside);
  return null;
}

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

function time(seconds, style) {
  const date = new Date(seconds * 1000);
  const full = date.toLocaleString([], STYLES.F);
  if (style !== "R") return h("time", { class: "stamp", title: full }, date.toLocaleString([], STYLES[style]));
  const away = seconds - Date.now() / 1000;
  const [unit, size] = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]].find(([, size]) => Math.abs(away) >= size) ?? ["second", 1];
  return h("time", { class: "stamp", title: full }, new Intl.RelativeTimeFormat([], { numeric: "auto" }).format(Math.round(away / size), unit));
}

const SPANS = [
  [/^\*\*\*([^\n]+?)\*\*\*(?!\*)/, "strong"],
  [/^\*\*([^\n]+?)\*\*(?!\*)/, "strong"],
  [/^__([^\n]+?)__(?!_)/, "u"],
  [/^~~([^\n]+?)~~/, "del"],
  [/^\*(?=\S)([^\n*]*?\S)\*(?!\*)/, "em"],
  [/^_(?=\S)([^\n_]*?\S)_(?![\p{L}\p{N}_])/u, "em"],
];

/** A line as nodes. */
export function inline(text) {
  const nodes = [];
  let plain = "";
  const push = (node) => {
    if (plain) nodes.push(plain);
    plain = "";
    nodes.push(node);
  };
  for (let i = 0; i < text.length; ) {
    const rest = text.slice(i);
    let match;
    let node;
    if ((match = /^\\([\\`*_~|<>#\-[\]().!@])/.exec(rest))) {
      plain += match[1];
    } else if ((match = /^(`{1,2})([^`]+?)\1(?!`)/.exec(rest))) {
      push(h("code", {}, match[2]));
    } else if ((match = /^<([^<>\n]+)>/.exec(rest)) && (node = entity(match[1]))) {
      push(node);
    } else if ((match = /^\[([^\]\n]+)\]\(<?(https?:[^)\s>]+)>?(?: "[^"]*")?\)/.exec(rest))) {
      push(link(match[2], ...inline(match[1])));
    } else if ((match = /^https?:\/\/[^\s<>]+[^\s<>.,;:!?)\]'"*_~]/.exec(rest))) {
      push(link(match[0], match[0]));
    } else if ((match = /^@(everyone|here)\b/.exec(rest))) {
      push(mention(match[0], { own: true }));
    } else if ((match = /^\|\|([^\n]+?)\|\|/.exec(rest))) {
      push(h("span", { class: "spoiler", tabindex: "0" }, ...inline(match[1])));
    } else if ((match = span(rest, i === 0 ? " " : text[i - 1]))) {
      push(match.node);
    } else {
      plain += text[i];
      i += 1;
      continue;
    }
    i += match[0].length;
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function span(rest, before) {
  if (rest[0] === "_" && /[\p{L}\p{N}]/u.test(before) && rest[1] !== "_") return null;
  for (const [pattern, tag] of SPANS) {
    const match = pattern.exec(rest);
    if (!match) continue;
    const inner = h(tag, {}, ...inline(match[1]));
    return Object.assign(match, { node: rest.startsWith("***") ? h("em", {}, inner) : inner });
  }
  return null;
}

/** A text as block elements. `small` leaves out headings, as embeds' titles and field names do. */
export function markdown(text) {
  const nodes = [];
  const parts = text.split(/```/);
  parts.forEach((part, i) => {
    if (i % 2 === 1 && i < parts.length - 1) nodes.push(h("pre", {}, part.replace(/^[\w+#-]*\n/, "").replace(/^\n|\n$/g, "")));
    else if (i % 2 === 1) nodes.push(...lines(`\`\`\`${part}`));
    else if (part.trim()) nodes.push(...lines(part.replace(i > 0 ? /^\n/ : /^$/, "").replace(i < parts.length - 1 ? /\n$/ : /$^/, "")));
  });
  return nodes;
}

function lines(text) {
  const nodes = [];
  let open = null;
  const into = (kind, attributes = {}) => {
    if (open?.kind !== kind) {
      open = { kind, element: h(kind, attributes) };
      nodes.push(open.element);
      return open.element;
    }
    if (kind !== "ul" && kind !== "ol") open.element.append("\n");
    return open.element;
  };
  const all = text.split("\n");
  for (let n = 0; n < all.length; n += 1) {
    const line = all[n];
    let match;
    if (line.startsWith(">>> ")) {
      nodes.push(h("blockquote", {}, ...lines([line.slice(4), ...all.slice(n + 1)].join("\n"))));
      return nodes;
    }
    if ((match = /^(#{1,3}) +(.+)$/.exec(line))) {
      open = null;
      nodes.push(h(`h${match[1].length + 2}`, {}, ...inline(match[2])));
    } else if ((match = /^-# +(.+)$/.exec(line))) {
      open = null;
      nodes.push(h("p", { class: "subtext" }, ...inline(match[1])));
    } else if ((match = /^> ?(.*)$/.exec(line))) {
      into("blockquote").append(...inline(match[1]));
    } else if ((match = /^(\s*)[-*] +(.+)$/.exec(line))) {
      into("ul").append(h("li", { class: match[1].length > 1 ? "deep" : null }, ...inline(match[2])));
    } else if ((match = /^\s*(\d+)\. +(.+)$/.exec(line))) {
      into("ol", { start: match[1] }).append(h("li", {}, ...inline(match[2])));
    } else {
      into("p").append(...inline(line));
    }
  }
  return nodes;
}
