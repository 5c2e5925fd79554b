// Light, dark, or as the system says. Remembered in this browser.
import { emit } from "./state.js";

const KEY = "bullpen.theme";
const ORDER = ["auto", "light", "dark"];
const system = matchMedia("(prefers-color-scheme: dark)");

export const theme = () => localStorage.getItem(KEY) ?? "auto";

function apply() {
  const chosen = theme();
  const dark = chosen === "dark" || (chosen === "auto" && system.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

export function nextTheme() {
  const next = ORDER[(ORDER.indexOf(theme()) + 1) % ORDER.length];
  localStorage.setItem(KEY, next);
  apply();
  emit("theme");
}

apply();
system.addEventListener("change", apply);
