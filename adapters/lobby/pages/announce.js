// Says things: short notes on the screen, and to screen readers.
import { el } from "./dom.js";

const STAYS = 6_000;

/** Read out by a screen reader, not shown. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

/** A note at the edge of the screen; `action` is `{label, run}`. */
export function toast(text, { action, bad = false } = {}) {
  const note = el("div.toast", { class: bad ? "bad" : "" }, el("span", text));
  if (action) {
    note.append(
      el(
        "button.link",
        {
          type: "button",
          on: {
            click: () => {
              note.remove();
              action.run();
            },
          },
        },
        action.label,
      ),
    );
  }
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), STAYS);
}

/** Runs `work`; a failure is shown in the server's words. Returns whether it went well. */
export async function attempt(work) {
  try {
    await work();
    return true;
  } catch (failure) {
    toast(failure.message, { bad: true });
    return false;
  }
}
