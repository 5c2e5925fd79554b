// What today's model calls cost, against the day's budget.
import { get } from "/assets/lobby/api.js";
import { el } from "/assets/lobby/dom.js";
import { number, usd, words } from "/assets/lobby/format.js";
import { icon } from "/assets/lobby/icons.js";
import { byline } from "/assets/lobby/people.js";
import { openView, part } from "./view.js";

export function open(pane, { menu }) {
  return openView(pane, { menu, title: "Costs", topics: ["costs"], load: () => get("/api/costs"), draw });
}

function draw(costs) {
  return [
    budget(costs),
    costs.by_tier?.length > 0 && part("By model tier", null, tiers(costs)),
    costs.by_persona?.length > 0 && part("By persona", null, personas(costs)),
  ];
}

function budget(costs) {
  const limit = costs.limit_usd || 0;
  const spent = limit ? costs.spent_usd / limit : 0;
  const held = limit ? costs.reserved_usd / limit : 0;
  const tone = spent + held >= 1 ? "red" : spent + held >= 0.8 ? "amber" : "";
  return el(
    "section.budget",
    el(
      "p.budget-sum.num",
      usd(costs.spent_usd),
      el("span", limit ? ` of ${usd(limit)} today` : " today, no limit set"),
    ),
    limit > 0 &&
      el(
        "div.gauge",
        {
          class: tone,
          vars: { "--spent": String(Math.min(1, spent)), "--held": String(Math.min(1, held)) },
          role: "meter",
          "aria-label": "Spent today",
          "aria-valuemin": "0",
          "aria-valuemax": String(limit),
          "aria-valuenow": String(Math.min(limit, costs.spent_usd)),
          "aria-valuetext": `${usd(costs.spent_usd)} of ${usd(limit)}`,
        },
        el("span.gauge-spent"),
        el("span.gauge-held"),
      ),
    el(
      "p.soft.num",
      `${number(costs.calls)} calls on ${costs.day}`,
      costs.reserved_usd > 0 && `, ${usd(costs.reserved_usd)} reserved for calls under way`,
    ),
    costs.stand_in &&
      el("p.budget-note", icon("mask"), "The stand-in costs nothing. Calls are counted as a real model's would be."),
  );
}

function tiers(costs) {
  const total = Math.max(
    1,
    costs.by_tier.reduce((sum, one) => sum + one.calls, 0),
  );
  return el(
    "div.table-frame",
    { tabindex: "0", role: "region", "aria-label": "Costs by model tier" },
    el(
      "table.table",
      el(
        "thead",
        el(
          "tr",
          el("th", { scope: "col" }, "Tier"),
          el("th", { scope: "col" }, "Share of calls"),
          ...["Calls", "Tokens in", "Tokens out", "Cost"].map((name) => el("th.right", { scope: "col" }, name)),
        ),
      ),
      el(
        "tbody",
        costs.by_tier.map((one) =>
          el(
            "tr",
            el("th", { scope: "row" }, words(one.tier)),
            el("td.wide", el("div.bar", { vars: { "--part": String(one.calls / total) } }, el("span"))),
            ...[number(one.calls), number(one.input_tokens), number(one.output_tokens), usd(one.usd)].map((value) =>
              el("td.right.num", value),
            ),
          ),
        ),
      ),
    ),
  );
}

function personas(costs) {
  const rows = [...costs.by_persona].sort((a, b) => b.usd - a.usd || b.calls - a.calls);
  const most = Math.max(...rows.map((one) => (costs.stand_in ? one.calls : one.usd)), 0.0001);
  return el(
    "div.table-frame",
    { tabindex: "0", role: "region", "aria-label": "Costs by persona" },
    el(
      "table.table",
      el(
        "thead",
        el(
          "tr",
          el("th", { scope: "col" }, "Persona"),
          el("th", { scope: "col" }, costs.stand_in ? "Calls, compared" : "Cost, compared"),
          el("th.right", { scope: "col" }, "Calls"),
          el("th.right", { scope: "col" }, "Cost"),
        ),
      ),
      el(
        "tbody",
        rows.map((one) =>
          el(
            "tr",
            el("th", { scope: "row" }, byline(one.persona)),
            el(
              "td.wide",
              el("div.bar", { vars: { "--part": String((costs.stand_in ? one.calls : one.usd) / most) } }, el("span")),
            ),
            el("td.right.num", number(one.calls)),
            el("td.right.num", usd(one.usd)),
          ),
        ),
      ),
    ),
  );
}
