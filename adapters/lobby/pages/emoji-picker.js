// The emoji picker: type to search, arrows to move, Enter to take.
import { popover } from "./dialog.js";
import { el, fill } from "./dom.js";
import { EMOJI } from "./emoji.js";
import { glyph } from "./icons.js";

const COLUMNS = 8;

/** Opens at `anchor`; `take` gets the chosen emoji. */
export function pickEmoji(anchor, take) {
  const search = el("input.field", {
    type: "search",
    placeholder: "Find an emoji",
    "aria-label": "Find an emoji",
    autocomplete: "off",
    spellcheck: "false",
  });
  const grid = el("div.emoji-grid", { role: "group", "aria-label": "Emoji" });
  const { close, box } = popover(anchor, "Emoji", "emoji-picker", [search, grid]);

  const choose = (emoji) => {
    close();
    take(emoji);
  };
  const cell = ({ emoji, words }) =>
    el(
      "button.emoji-cell",
      { type: "button", title: words, "aria-label": words, tabindex: "-1", on: { click: () => choose(emoji) } },
      glyph(emoji),
    );

  const show = () => {
    const wanted = search.value.trim().toLowerCase();
    const found = EMOJI.filter((one) => !wanted || one.words.includes(wanted) || one.emoji === wanted);
    fill(grid, found.length ? found.map(cell) : el("p.faint.small", "Nothing by that name."));
    if (grid.firstElementChild) grid.firstElementChild.tabIndex = 0;
  };

  const move = (event) => {
    const cells = [...grid.querySelectorAll("button")];
    const at = cells.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    if (at < 0) {
      if (event.key === "ArrowDown") {
        event.preventDefault();
        cells[0]?.focus();
      }
      if (event.key === "Enter" && cells[0]) {
        event.preventDefault();
        cells[0].click();
      }
      return;
    }
    if (step === undefined) return;
    event.preventDefault();
    if (at + step < 0) search.focus();
    else cells[at + step]?.focus();
  };

  search.addEventListener("input", show);
  box.addEventListener("keydown", move);
  show();
  search.focus();
}
