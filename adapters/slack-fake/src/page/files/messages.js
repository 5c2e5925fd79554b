// Messages: how each looks, and what one can do with it.

import { act, clock, day, h } from "./dom.js";
import { attachments, blocks } from "./blocks.js";
import { sure } from "./elements.js";
import { icon } from "./icons.js";
import { emojiNames, emojiOf, mrkdwn } from "./text.js";

/** Reactions that are one click away. */
const QUICK = ["white_check_mark", "x", "repeat", "eyes", "+1"];
/** Within this many seconds, one author's messages stand together. */
const TOGETHER = 300;
const NOTICES = /^(channel|group)_(join|leave|topic|purpose|name|archive|unarchive)$/;

/** The list of a channel or a thread. `context`: {viewer, channel, people, thread: whether it is one, openThread, replies}. */
export function list(messages, context) {
  const nodes = [];
  let before = null;
  let today = null;
  for (const message of messages) {
    if (today !== day(message.ts)) {
      today = day(message.ts);
      if (!context.thread) nodes.push(h("div", { class: "day", role: "separator" }, h("span", {}, today)));
      before = null;
    }
    if (NOTICES.test(message.subtype ?? "")) {
      nodes.push(notice(message));
      before = null;
      continue;
    }
    const grouped = before && author(before, context).key === author(message, context).key && message.ts - before.ts < TOGETHER;
    nodes.push(row(message, context, grouped && !message.is_ephemeral && !before.is_ephemeral));
    before = message;
  }
  return nodes;
}

function notice(message) {
  return h("div", { class: "notice" }, mrkdwn(message.text).flatMap((node) => [...node.childNodes]));
}

/** Who a message shows as: a name, a picture, and what kind of author. */
export function author(message, { people }) {
  const person = people.get(message.user);
  if (message.username) {
    const { emoji, image_48: image } = message.icons ?? {};
    return { key: `n:${message.username}`, name: message.username, app: true, emoji, image };
  }
  if (message.subtype === "tombstone") return { key: "gone", name: "Deleted message", gone: true };
  const name = person ? (person.bot ? person.real_name : person.name) : (message.user ?? "Somebody");
  const { emoji, image_48: image } = message.icons ?? {};
  return { key: `u:${message.user}`, name, app: person?.bot, guest: person?.guest, stranger: person?.stranger, id: message.user, emoji, image };
}

export function face(who, small = false) {
  const style = small ? "face small" : "face";
  if (who.emoji) return h("span", { class: `${style} drawn` }, emojiOf(who.emoji.replaceAll(":", "")));
  if (who.gone) return h("span", { class: `${style} drawn` }, icon("bin"));
  const source = who.image ?? (who.id ? `/avatars/${who.id}.svg` : null);
  if (!source) return h("span", { class: `${style} drawn` }, who.name.slice(0, 1).toUpperCase());
  const picture = h("img", { class: style, src: source, alt: "" });
  picture.addEventListener("error", () => picture.replaceWith(h("span", { class: `${style} drawn` }, who.name.slice(0, 1))), { once: true });
  return picture;
}

function row(message, context, grouped) {
  const who = author(message, context);
  const use = (action_id, value) =>
    act("click", { as: context.viewer, channel: context.channel, ts: message.ts, action_id, value });
  const called = (message.text ?? "").includes(`<@${context.viewer}>`);
  const classes = ["message", grouped ? "grouped" : "", called ? "called" : "", message.is_ephemeral ? "ephemeral" : ""];
  const link = `/archives/${context.channel}/p${message.ts.replace(".", "")}`;
  return h(
    "article",
    { class: classes.join(" "), "data-ts": message.ts, tabindex: "-1" },
    h("div", { class: "gutter" }, grouped ? h("time", {}, clock(message.ts)) : face(who)),
    h(
      "div",
      { class: "body" },
      message.is_ephemeral ? h("div", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
      message.subtype === "thread_broadcast" && !context.thread ? h("div", { class: "only-you" }, icon("reply"), "replied to a thread") : null,
      grouped
        ? null
        : h(
            "header",
            {},
            h("strong", { class: who.gone ? "gone" : "name" }, who.name),
            who.app ? h("span", { class: "badge" }, "APP") : null,
            who.guest ? h("span", { class: "badge soft" }, "guest") : null,
            who.stranger ? h("span", { class: "badge soft" }, "external") : null,
            h("a", { class: "when", href: link, title: new Date(message.ts * 1000).toLocaleString() }, clock(message.ts)),
          ),
      said(message, use),
      reactions(message, context),
      context.thread ? null : summary(message, context),
    ),
    message.subtype === "tombstone" ? null : tools(message, context),
  );
}

/** What a message says: its blocks, or else its text. */
function said(message, use) {
  // Slack makes rich text of plain text; the text itself has the styles.
  const own = (message.blocks ?? []).length > 0 && !(message.blocks.length === 1 && message.blocks[0].type === "rich_text");
  return [
    own
      ? h("div", { class: "blocks" }, blocks(message.blocks, use))
      : h("div", { class: message.subtype === "tombstone" ? "prose gone" : "prose" }, mrkdwn(message.text ?? "")),
    message.edited ? h("span", { class: "edited", title: new Date(message.edited.ts * 1000).toLocaleString() }, "(edited)") : null,
    message.attachments ? attachments(message.attachments, use) : null,
    (message.files ?? []).map(file),
  ];
}

function file(given) {
  if (given.mimetype.startsWith("image/") && given.mimetype !== "image/svg+xml") {
    return h(
      "figure",
      { class: "file-picture" },
      h("figcaption", {}, given.title),
      h("img", { src: given.url_private, alt: given.alt_txt ?? given.title, loading: "lazy" }),
    );
  }
  const size = given.size < 1024 ? `${given.size} bytes` : `${Math.round(given.size / 1024)} KB`;
  return h("a", { class: "file", href: given.url_private, download: given.name }, icon("file"), h("span", {}, h("strong", {}, given.title), h("small", {}, `${given.pretty_type} · ${size}`)));
}

function reactions(message, context) {
  if (!message.reactions) return null;
  const { viewer, people } = context;
  const chips = message.reactions.map(({ name, users }) => {
    const mine = users.includes(viewer);
    const who = users.map((id) => (id === viewer ? "You" : (people.get(id)?.name ?? id))).join(", ");
    return h(
      "button",
      { type: "button", class: mine ? "chip mine" : "chip", "aria-pressed": String(mine), title: `${who} :${name}:`, onclick: () => react(message, context, name) },
      h("span", { class: "emoji" }, emojiOf(name)),
      h("span", {}, String(users.length)),
    );
  });
  return h("div", { class: "reactions" }, chips, h("button", { type: "button", class: "chip add", title: "Add a reaction", onclick: (event) => pick(event.currentTarget, message, context) }, icon("smile")));
}

function react(message, { viewer, channel }, name) {
  return act("react", { as: viewer, channel, ts: message.ts, name });
}

/** How many replies there are, and who wrote them. */
function summary(message, context) {
  if (!message.reply_count) return null;
  const writers = new Map(context.replies(message.ts).map((reply) => author(reply, context)).map((who) => [who.key, who]));
  const faces = [...writers.values()].slice(0, 5).map((who) => face(who, true));
  const replies = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  return h("button", { type: "button", class: "summary", onclick: () => context.openThread(message.ts) }, faces, h("strong", {}, replies), h("small", {}, `Last at ${clock(message.latest_reply)}`));
}

function tools(message, context) {
  const { viewer, channel, openThread, thread } = context;
  const tool = (name, title, onclick) => h("button", { type: "button", title, "aria-label": title, onclick }, icon(name));
  if (message.is_ephemeral) {
    return h("div", { class: "tools" }, tool("cross", "Dismiss", () => act("dismiss", { as: viewer, ts: message.ts })));
  }
  const own = message.user === viewer;
  return h(
    "div",
    { class: "tools" },
    QUICK.map((name) => h("button", { type: "button", class: "emoji", title: `React with :${name}:`, onclick: () => react(message, context, name) }, emojiOf(name))),
    tool("smile", "Another reaction", (event) => pick(event.currentTarget, message, context)),
    thread ? null : tool("reply", "Reply in thread", () => openThread(message.thread_ts ?? message.ts)),
    own ? tool("pen", "Edit", () => edit(message, context)) : null,
    own ? tool("bin", "Delete", () => remove(message, viewer, channel)) : null,
  );
}

async function remove(message, viewer, channel) {
  const text = (words) => ({ text: words });
  const agreed = await sure({ title: text("Delete this message?"), text: text("It cannot be brought back."), confirm: text("Delete"), deny: text("Cancel"), style: "danger" });
  if (agreed) await act("delete", { as: viewer, channel, ts: message.ts });
}

function edit(message, { viewer, channel, people }) {
  const row = document.querySelector(`[data-ts="${message.ts}"] .prose`);
  if (!row) return;
  // As it was typed: names instead of ids.
  const typed = message.text
    .replace(/<@(\w+)>/g, (whole, id) => `@${people.get(id)?.name ?? whole}`)
    .replace(/<(https?:[^|>]+)>/g, "$1")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");
  const field = h("textarea", { class: "field", rows: "3" });
  field.value = typed;
  field.addEventListener("keydown", async (event) => {
    if (event.key === "Escape") field.replaceWith(row);
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    if (!(await act("edit", { as: viewer, channel, ts: message.ts, text: field.value }))) field.replaceWith(row);
  });
  row.replaceWith(field);
  field.focus();
}

/** A picker of emoji beside a button. */
function pick(beside, message, context) {
  document.querySelector(".picker")?.remove();
  const common = ["white_check_mark", "x", "repeat", "eyes", "+1", "-1", "tada", "heart", "rocket", "thinking_face", "raised_hands", "fire", "hourglass", "question", "bulb", "pray", "100", "memo", "warning", "no_entry"];
  const grid = h("div", { class: "grid" });
  const fill = (wanted) => {
    const found = wanted ? emojiNames().filter((name) => name.includes(wanted)).slice(0, 40) : common;
    grid.replaceChildren(
      ...found.map((name) =>
        h("button", { type: "button", title: `:${name}:`, onclick: () => { picker.remove(); react(message, context, name); } }, emojiOf(name)),
      ),
    );
    if (found.length === 0) grid.append(h("small", {}, "Slack has no emoji of that name."));
  };
  const search = h("input", { class: "field", placeholder: "Find an emoji", "aria-label": "Find an emoji", oninput: () => fill(search.value.trim().toLowerCase()) });
  const picker = h("div", { class: "picker", role: "dialog", "aria-label": "Reactions" }, search, grid);
  picker.addEventListener("keydown", (event) => {
    if (event.key === "Escape") picker.remove();
    if (event.key === "Enter") grid.querySelector("button")?.click();
  });
  const { bottom, right, top } = beside.getBoundingClientRect();
  document.body.append(picker);
  picker.style.top = `${bottom + 290 > innerHeight ? Math.max(8, top - 286) : bottom + 4}px`;
  picker.style.left = `${Math.max(8, right - 300)}px`;
  fill("");
  search.focus();
  setTimeout(() => addEventListener("pointerdown", (event) => picker.contains(event.target) || picker.remove(), { once: true }));
}
