// The only place that inserts HTML: what the server made of somebody's Markdown. The server has made it safe already;
// what is not on these lists is taken out all the same.

const ELEMENTS = new Set(
  "A ABBR B BDI BLOCKQUOTE BR CODE DD DEL DIV DL DT EM H1 H2 H3 H4 H5 H6 HR I INPUT LI OL P PRE S SPAN STRONG SUB SUP TABLE TBODY TD TH THEAD TR UL".split(
    " ",
  ),
);
/** Of these not even the text is shown; of other elements that are not listed, the text stays. */
const DROPPED = new Set("IFRAME MATH OBJECT SCRIPT STYLE SVG TEMPLATE".split(" "));
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
    if (!root.contains(node)) continue;
    const name = node.tagName.toUpperCase();
    if (DROPPED.has(name)) node.remove();
    else if (!ELEMENTS.has(name)) node.replaceWith(...node.childNodes);
    if (!ELEMENTS.has(name)) continue;
    for (const attribute of [...node.attributes])
      if (!ATTRIBUTES.has(attribute.name)) node.removeAttribute(attribute.name);
    if (name === "A") tidyLink(node);
    if (name === "INPUT") box(node);
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
