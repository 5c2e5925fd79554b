// A card: a titled block with fields, progress, text, a picture and what a person can do with it.
import { attempt } from "./announce.js";
import { enlarge, pictureUrl } from "./dialog.js";
import { el } from "./dom.js";
import { prose } from "./html.js";
import { glyph } from "./icons.js";
import { linkMentions } from "./mention.js";
import { react, reactedByMe } from "./messages.js";
import { openPersona } from "./persona-card.js";

/** Long texts are folded to this many characters of HTML until somebody opens them. */
const FOLD_ABOVE = 1_400;
const unfolded = new Set();

/** `after(emoji)` is called when an action went through. */
export function card(one, { after } = {}) {
  const { title, fields = [], html, picture, actions = [] } = one.card;
  const progress = fields.map((field) => ({ field, part: share(field) })).find((entry) => entry.part !== null);
  const plain = fields.filter((field) => field !== progress?.field);
  return el(
    "div.card",
    { class: actions.length ? "asks" : "", role: "group", "aria-label": title },
    title && el("h3.card-title", title),
    plain.length > 0 &&
      el(
        "dl.card-fields",
        plain.map((field) => el("div.card-field", el("dt", field.name), el("dd", field.value))),
      ),
    progress && progressBar(progress.field, progress.part),
    picture && pictureButton(picture),
    html && foldable(one.id, html),
    actions.length > 0 && actionRow(one, actions, after),
  );
}

/** "9/16" or "56 %" in a field named for it, as a share of one; null for any other field. */
function share({ name, value }) {
  if (!/progress|score/i.test(name)) return null;
  const ratio = value.match(/(\d+(?:\.\d+)?)\s*(?:\/|of)\s*(\d+(?:\.\d+)?)/);
  if (ratio && Number(ratio[2]) > 0) return Math.min(1, ratio[1] / ratio[2]);
  const percent = value.match(/(\d+(?:\.\d+)?)\s*%/);
  return percent ? Math.min(1, percent[1] / 100) : null;
}

function progressBar(field, part) {
  const tone = /score/i.test(field.name) && part < 0.85 ? "amber" : "";
  return el(
    "div.card-progress",
    el("span.card-progress-name", field.name),
    el(
      "div.bar",
      {
        class: tone,
        vars: { "--part": String(part) },
        role: "progressbar",
        "aria-label": field.name,
        "aria-valuemin": "0",
        "aria-valuemax": "100",
        "aria-valuenow": String(Math.round(part * 100)),
      },
      el("span"),
    ),
    el("span.num.small", field.value),
  );
}

/** A picture that opens large. */
export function pictureButton(picture) {
  return el(
    "button.picture",
    { type: "button", "aria-label": `Enlarge: ${picture.alt || "picture"}`, on: { click: () => enlarge(picture) } },
    el("img", { src: pictureUrl(picture.digest), alt: picture.alt ?? "", loading: "lazy" }),
  );
}

/** Text that is folded while it is long; `id` remembers what was opened. */
export function foldable(id, html) {
  const text = prose(html, "card-text");
  linkMentions(text, openPersona);
  if (html.length < FOLD_ABOVE || unfolded.has(id)) return text;
  const frame = el("div.fold", text);
  const more = el(
    "button.fold-more",
    { type: "button", "aria-expanded": "false", on: { click: open } },
    "Read all of it",
  );
  function open() {
    unfolded.add(id);
    frame.classList.remove("fold");
    more.remove();
    frame.tabIndex = -1;
    frame.focus({ preventScroll: true });
  }
  return el("div", frame, more);
}

const tone = (emoji) => ({ "✅": "primary", "❌": "danger" })[emoji] ?? "";

/** Buttons that set the reaction, each with the number of votes so far. */
export function actionRow(one, actions, after) {
  return el(
    "div.card-actions",
    { role: "group", "aria-label": "What you can do" },
    actions.map(({ emoji, label }) => {
      const votes = one.reactions?.[emoji] ?? [];
      const mine = reactedByMe(one, emoji);
      const act = async () => {
        if (await attempt(() => react(one.id, emoji, !mine))) if (!mine) after?.(emoji);
      };
      return el(
        "button.button",
        {
          type: "button",
          class: `${tone(emoji)} ${mine ? "mine" : ""}`,
          "aria-pressed": String(mine),
          title: votes.length ? `So far: ${votes.join(", ")}` : "",
          data: { focus: `a${emoji}`, emoji },
          on: { click: act },
        },
        glyph(emoji),
        el("span", label),
        votes.length > 0 && el("span.votes.num", { "aria-label": `${votes.length} so far` }, votes.length),
      );
    }),
  );
}
