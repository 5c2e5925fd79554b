// The box to write in: grows with the text, completes mentions, keeps drafts.
import { el, settle } from "./dom.js";
import { pickEmoji } from "./emoji-picker.js";
import { icon } from "./icons.js";
import { typing } from "./live.js";
import { completion, mentioned } from "./mention.js";
import { send } from "./messages.js";

const draftKey = (line) => `bullpen.draft.${line.key}`;

/** `{node, focus}`. `hint()` gives a line to show when `text` names nobody, or null. */
export function composer(line, { label, hint }) {
  const list = el("div.mention-list");
  const input = el("textarea", {
    rows: "1",
    "aria-label": label,
    placeholder: label,
    maxlength: "40000",
    data: { composer: line.root ? "thread" : "channel" },
  });
  const note = el("p.composer-hint", { "aria-live": "polite" });
  const submit = el(
    "button.send",
    { type: "button", "aria-label": "Send", title: "Send (Enter)", disabled: true, on: { click: sendIt } },
    icon("send"),
  );
  const smile = el(
    "button.icon-button",
    { type: "button", "aria-label": "Insert an emoji", title: "Emoji", on: { click: () => pickEmoji(smile, insert) } },
    icon("smile"),
  );
  const at = el(
    "button.icon-button.at",
    { type: "button", "aria-label": "Mention somebody", title: "Mention", on: { click: () => insert("@") } },
    "@",
  );
  const box = el("div.composer-box", input, el("div.composer-tools", at, smile, submit));
  const node = el("div.composer", list, box, note);
  const people = completion(input, list);
  input.value = sessionStorage.getItem(draftKey(line)) ?? "";

  function grow() {
    input.style.setProperty("height", "auto");
    input.style.setProperty("height", `${Math.min(input.scrollHeight, innerHeight * 0.4)}px`);
  }

  function look() {
    submit.disabled = !input.value.trim();
    const names = mentioned(input.value);
    const completing = /@[\w-]*$/.test(input.value);
    const text = input.value.trim() && !names.length && !completing ? hint?.() : null;
    note.replaceChildren(...(text ? [icon("info"), text] : []));
    note.classList.toggle("shown", Boolean(text));
  }

  const keep = settle(() => {
    if (input.value) sessionStorage.setItem(draftKey(line), input.value);
    else sessionStorage.removeItem(draftKey(line));
  }, 200);
  const lookSoon = settle(look, 350);

  function insert(text) {
    const before = input.value.slice(0, input.selectionStart);
    const gap = text === "@" && before && !/\s$/.test(before) ? " " : "";
    input.focus();
    input.setRangeText(gap + text, input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function sendIt() {
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    sessionStorage.removeItem(draftKey(line));
    grow();
    look();
    people.close();
    send(line, text);
    input.focus();
  }

  input.addEventListener("input", () => {
    grow();
    keep();
    submit.disabled = !input.value.trim();
    if (mentioned(input.value).length) look();
    else lookSoon();
    if (input.value.trim()) typing(line.channel, line.root);
  });
  input.addEventListener("keydown", (event) => {
    if (people.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      sendIt();
    }
  });
  requestAnimationFrame(() => {
    grow();
    look();
  });
  return { node, focus: () => input.focus() };
}
