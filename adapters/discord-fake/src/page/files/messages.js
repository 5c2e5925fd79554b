// Messages: how each looks, and what one can do with it.

import { act, clock, day, h, madeAt, picture, when } from "./dom.js";
import { embed, file, rows } from "./embeds.js";
import { icon } from "./icons.js";
import { colorOf } from "./members.js";
import { inline, markdown } from "./text.js";

/** Reactions that are one click away. */
const QUICK = ["✅", "❌", "🔁", "👀", "👍"];
const COMMON = ["✅", "❌", "🔁", "👀", "👍", "👎", "🎉", "❤️", "🚀", "🤔", "🙌", "🔥", "⏳", "❓", "💡", "🙏", "💯", "📝", "⚠️", "⛔", "😄", "😢", "⏸️", "▶️"];
/** Within seven minutes, one author's messages stand together. */
const TOGETHER = 7 * 60 * 1000;
const EPHEMERAL = 64;
const LOADING = 128;

/** The list of a channel or thread. `context`: {world, viewer, channel, inThread, openThread, replyTo, place}. */
export function list(messages, context) {
  const nodes = [];
  let before = null;
  let today = null;
  for (const message of messages) {
    const at = madeAt(message.id);
    if (today !== at.toDateString()) {
      today = at.toDateString();
      nodes.push(h("div", { class: "day", role: "separator" }, h("span", {}, day(at))));
      before = null;
    }
    if (![0, 19, 20, 23].includes(message.type)) {
      const shown = notice(message, context);
      if (shown) nodes.push(shown);
      before = null;
      continue;
    }
    const plain = message.type === 0 && !message.message_reference;
    const close = before && plain && at - madeAt(before.id) < TOGETHER && (message.flags & EPHEMERAL) === (before.flags & EPHEMERAL);
    nodes.push(row(message, context, close && author(before, context).key === author(message, context).key));
    before = message;
  }
  return nodes;
}

function notice(message, context) {
  // The first message of a thread repeats what stands above it.
  if (message.type === 21) return null;
  const who = author(message, context).name;
  const words = { 18: ["started a thread: ", h("strong", {}, message.content)], 6: ["pinned a message"], 7: ["joined the guild"] };
  return h("div", { class: "notice" }, icon("thread"), h("strong", {}, who), " ", words[message.type] ?? `did something of type ${message.type}`);
}

/** Who a message shows as. */
export function author(message, { world }) {
  const { author, webhook_id: webhook } = message;
  const user = world.users.find(({ id }) => id === author.id);
  if (webhook && !user) return { key: `${webhook} ${author.username}`, name: author.username, image: author.avatar, app: true };
  const roles = (user?.roles ?? []).map((id) => world.roles.find((role) => role.id === id)).filter(Boolean);
  return { key: author.id, name: user?.shown ?? author.username, app: author.bot, id: author.id, color: colorOf(roles) };
}

export function face(who, size = "") {
  const style = `face ${size}`;
  const drawn = () => h("span", { class: `${style} drawn` }, (who.name ?? "?").slice(0, 1).toUpperCase());
  const shown = who.image ? picture(who.image, { class: style }) : who.id ? picture(`/avatars/${who.id}.svg`, { class: style }) : null;
  if (!shown) return drawn();
  shown.addEventListener("error", () => shown.replaceWith(drawn()), { once: true });
  return shown;
}

function row(message, context, grouped) {
  const { world, viewer, channel } = context;
  const who = author(message, context);
  const at = madeAt(message.id);
  const mine = world.users.find(({ id }) => id === viewer)?.roles ?? [];
  const called = message.mentions.some(({ id }) => id === viewer) || message.mention_everyone || message.mention_roles.some((id) => mine.includes(id));
  const alone = (message.flags & EPHEMERAL) !== 0;
  const classes = ["message", grouped ? "grouped" : "", called ? "called" : "", alone ? "ephemeral" : ""];
  const use = (custom_id, chosen) => act("click", { as: viewer, channel: message.channel_id, message: message.id, custom_id, chosen });
  const name = h("strong", { class: "name" }, who.name);
  if (who.color) name.style.color = who.color;
  return h(
    "article",
    { class: classes.join(" "), "data-id": message.id, tabindex: "-1" },
    above(message, context),
    h("div", { class: "line-of" },
      h("div", { class: "gutter" }, grouped ? h("time", {}, clock(at)) : face(who)),
      h("div", { class: "body" },
        grouped ? null : h("header", {}, name, who.app ? h("b", { class: "badge" }, "APP") : null,
          h("a", { class: "when", href: `/channels/${world.guild.id}/${message.channel_id}/${message.id}`, title: at.toLocaleString() }, when(at))),
        said(message, use),
        reactions(message, context),
        alone ? h("div", { class: "only-you" }, icon("eye"), "Only you can see this • ", h("button", { type: "button", onclick: () => act("dismiss", { as: viewer, channel, message: message.id }) }, "Dismiss message")) : null,
        context.inThread || !message.thread ? null : summary(message, context),
      ),
    ),
    alone ? null : tools(message, context),
  );
}

/** The beginning of a text, on one line. */
const firstLine = (text, most) => text.replace(/^#+ /, "").replace(/\s+/g, " ").slice(0, most);

/** What a message replies to, or which command it answers. */
function above(message, context) {
  if (message.type === 20 && message.asked_by) {
    const user = context.world.users.find(({ id }) => id === message.asked_by);
    return h("div", { class: "above" }, h("span", {}, user?.shown ?? "Somebody"), " used a command");
  }
  if (message.type !== 19) return null;
  const replied = message.referenced_message;
  if (!replied) return h("div", { class: "above" }, h("em", {}, "Original message was deleted"));
  const who = author(replied, context);
  const words = replied.content || (replied.embeds[0]?.title ?? "Click to see attachment");
  return h("div", { class: "above" }, face(who, "micro"), h("span", {}, who.name), h("q", {}, ...inline(firstLine(words, 120))));
}

function said(message, use) {
  if ((message.flags & LOADING) !== 0) return h("div", { class: "thinking" }, h("span", { class: "pulse" }, h("i"), h("i"), h("i")), "is thinking…");
  const edited = message.edited_timestamp ? h("span", { class: "edited", title: new Date(message.edited_timestamp).toLocaleString() }, " (edited)") : null;
  const words = message.content ? h("div", { class: "prose" }, markdown(message.content)) : null;
  if (words && edited) (words.lastElementChild?.tagName === "P" ? words.lastElementChild : words).append(edited);
  return [
    words,
    message.attachments.map(file),
    (message.flags & 4) === 0 ? message.embeds.map(embed) : null,
    rows(message.components, use),
    words ? null : edited,
  ];
}

const emojiOf = (emoji) => (emoji.id ? `:${emoji.name}:` : emoji.name);
const written = (emoji) => (emoji.id ? `${emoji.name}:${emoji.id}` : emoji.name);

function reactions(message, context) {
  if (!message.reactions) return null;
  const { viewer, world } = context;
  const chips = message.reactions.map(({ emoji, count, users }) => {
    const mine = users.includes(viewer);
    const who = users.map((id) => world.users.find((user) => user.id === id)?.shown ?? id).join(", ");
    return h("button", { type: "button", class: mine ? "chip mine" : "chip", "aria-pressed": String(mine), title: who, onclick: () => react(message, context, written(emoji)) },
      h("span", { class: "emoji" }, emojiOf(emoji)), String(count));
  });
  return h("div", { class: "reactions" }, chips, h("button", { type: "button", class: "chip add", title: "Add a reaction", onclick: (event) => pick(event.currentTarget, message, context) }, icon("smile")));
}

function react(message, { viewer }, emoji) {
  return act("react", { as: viewer, channel: message.channel_id, message: message.id, emoji });
}

/** The box below a message with a thread. */
function summary(message, context) {
  const { thread } = message;
  const count = thread.message_count === 1 ? "1 Message" : `${thread.message_count} Messages`;
  const { last } = thread;
  const who = last ? author(last, context) : null;
  return h(
    "button",
    { type: "button", class: "summary", onclick: () => context.openThread(message.id) },
    h("div", {}, h("strong", {}, thread.name), h("span", { class: "go" }, `${count} ›`)),
    last ? h("small", {}, face(who, "micro"), h("b", {}, who.name), h("q", {}, ...inline(firstLine(last.content || last.embeds[0]?.title || "…", 160))), h("time", {}, when(madeAt(last.id)))) : h("small", {}, "There are no recent messages in this thread."),
  );
}

function tools(message, context) {
  const { viewer, channel, inThread, openThread, replyTo } = context;
  const tool = (name, title, onclick) => h("button", { type: "button", title, "aria-label": title, onclick }, icon(name));
  const own = !message.webhook_id && message.author.id === viewer;
  const inChannel = !inThread && context.kind !== 1 && context.kind !== 11;
  return h(
    "div",
    { class: "tools" },
    QUICK.map((emoji) => h("button", { type: "button", class: "emoji", title: `React with ${emoji}`, onclick: () => react(message, context, emoji) }, emoji)),
    tool("smile", "Another reaction", (event) => pick(event.currentTarget, message, context)),
    tool("reply", "Reply", () => replyTo(message)),
    inChannel ? tool("thread", message.thread ? "Open the thread" : "Start a thread", async () => { if (message.thread || (await act("thread", { as: viewer, channel, message: message.id }))) openThread(message.id); }) : null,
    own ? tool("pen", "Edit", () => edit(message, context)) : null,
    own ? tool("bin", "Delete", () => act("delete", { as: viewer, channel: message.channel_id, message: message.id })) : null,
  );
}

function edit(message, { viewer, world }) {
  const prose = document.querySelector(`[data-id="${message.id}"] .prose`);
  if (!prose) return;
  const field = h("textarea", { class: "typed", rows: "2", "aria-label": "Edit" });
  // As it was typed: names instead of ids.
  field.value = message.content
    .replace(/<@!?(\d+)>/g, (whole, id) => `@${world.users.find((user) => user.id === id)?.name ?? whole}`)
    .replace(/<@&(\d+)>/g, (whole, id) => `@${world.roles.find((role) => role.id === id)?.name ?? whole}`)
    .replace(/<#(\d+)>/g, (whole, id) => `#${world.channels.find((channel) => channel.id === id)?.name ?? whole}`);
  field.addEventListener("keydown", async (event) => {
    if (event.key === "Escape") field.replaceWith(prose);
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    if (!(await act("edit", { as: viewer, channel: message.channel_id, message: message.id, text: field.value }))) field.replaceWith(prose);
  });
  prose.replaceWith(field);
  field.focus();
}

/** A picker of emoji beside a button. */
function pick(beside, message, context) {
  document.querySelector(".picker")?.remove();
  const use = (emoji) => { picker.remove(); react(message, context, emoji); };
  const own = h("input", { class: "typed", placeholder: "Another emoji", "aria-label": "Another emoji" });
  own.addEventListener("keydown", (event) => { if (event.key === "Enter" && own.value.trim()) use(own.value.trim()); });
  const picker = h("div", { class: "picker", role: "dialog", "aria-label": "Reactions" }, h("div", { class: "grid" }, COMMON.map((emoji) => h("button", { type: "button", class: "emoji", onclick: () => use(emoji) }, emoji))), own);
  picker.addEventListener("keydown", (event) => { if (event.key === "Escape") picker.remove(); });
  const { bottom, right, top } = beside.getBoundingClientRect();
  document.body.append(picker);
  picker.style.top = `${bottom + 200 > innerHeight ? Math.max(8, top - 190) : bottom + 4}px`;
  picker.style.left = `${Math.max(8, right - 290)}px`;
  own.focus();
  setTimeout(() => addEventListener("pointerdown", (event) => picker.contains(event.target) || picker.remove(), { once: true }));
}
