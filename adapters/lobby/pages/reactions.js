// The reactions under a message: who set what, and a click to join or leave.
import { attempt } from "./announce.js";
import { el } from "./dom.js";
import { emojiName } from "./emoji.js";
import { pickEmoji } from "./emoji-picker.js";
import { glyph, icon } from "./icons.js";
import { react, reactedByMe } from "./messages.js";

const toggle = (one, emoji) => attempt(() => react(one.id, emoji, !reactedByMe(one, emoji)));

/** The row of reactions, or null when there are none; those that are a card's buttons are counted there. */
export function reactionRow(one) {
  const buttons = new Set((one.card?.actions ?? []).map((action) => action.emoji));
  const entries = Object.entries(one.reactions ?? {}).filter(([emoji, names]) => names.length && !buttons.has(emoji));
  if (!entries.length) return null;
  return el(
    "div.reactions",
    entries.map(([emoji, names]) => pill(one, emoji, names)),
    el(
      "button.reaction.add",
      {
        type: "button",
        "aria-label": "Add a reaction",
        title: "Add a reaction",
        data: { focus: "add" },
        on: { click: (event) => addReaction(one, event.currentTarget) },
      },
      icon("smile"),
    ),
  );
}

function pill(one, emoji, names) {
  const mine = reactedByMe(one, emoji);
  const who = names.length > 12 ? `${names.slice(0, 12).join(", ")} and ${names.length - 12} more` : names.join(", ");
  return el(
    "button.reaction",
    {
      type: "button",
      class: mine ? "mine" : "",
      title: `${who}: ${emojiName(emoji)}`,
      "aria-pressed": String(mine),
      "aria-label": `${emojiName(emoji)}, ${names.length}: ${who}`,
      data: { focus: `r${emoji}` },
      on: { click: () => toggle(one, emoji) },
    },
    glyph(emoji),
    el("span.num", names.length),
  );
}

export function addReaction(one, anchor) {
  pickEmoji(anchor, (emoji) => attempt(() => react(one.id, emoji, true)));
}
