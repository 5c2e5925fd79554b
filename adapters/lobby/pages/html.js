// The only place that inserts HTML: what the server made of somebody's Markdown. The server has made it safe already;
// what is not on this list is dropped all the same.

const ELEMENTS = new Set(
  "A ABBR B BLOCKQUOTE BR CODE DD DEL DIV DL DT EM H1 H2 H3 H4 H5 H6 HR I INPUT LI OL P PRE S SPAN STRONG SUB SUP TABLE TBODY TD TH THEAD TR UL".split(" "),
);
const ATTRIBUTES = new Set(["href", "title", "start", "colspan", "rowspan", "align", "lang", "dir", "checked"]);

/** A `div.prose` that holds the server's HTML. */
export function prose(html, className = "") {
  const template = document.createElement("template");
  template.innerHTML = html ?? "";
  clean(template.content);
  const box = document.createElement("div");
  box.className = `prose ${className}`.trim();
  box.append(template.content);
  for (const table of box.querySelectorAll("table")) {
    const frame = document.createElement("div");
    frame.className = "table-frame";
    table.replaceWith(frame);
    frame.append(table);
  }
  return box;
}

function clean(root) {
  for (const node of [...root.querySelectorAll("*")]) {
    if (!ELEMENTS.has(node.tagName)) {
      node.remove();
      continue;
    }
    for (const { name } of [...node.attributes]) if (!ATTRIBUTES.has(name)) node.removeAttribute(name);
    if (node.tagName === "A") tidyLink(node);
    if (node.tagName === "INPUT") box(node);
  }
}

/** Checkboxes of task lists can be looked at only. */
function box(input) {
  input.type = "checkbox";
  input.disabled = true;
  input.setAttribute("aria-label", "item");
}

function tidyLink(link) {
  let url = null;
  try {
    url = new URL(link.getAttribute("href") ?? "", location.href);
  } catch {
    url = null;
  }
  if (!url || !["http:", "https:", "mailto:"].includes(url.protocol)) {
    link.removeAttribute("href");
    return;
  }
  const inPage = url.origin === location.origin && url.pathname === location.pathname && url.hash;
  if (!inPage) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
}
