// What is shown of one line that matters, and of one finding.

import { writeAddress } from "./address.js";
import { counted, distanceBar, element, link, marked } from "./elements.js";

const BEFORE = 3; // lines of context, until there is asked for more
const AFTER = 1;
const OTHERS = 12; // other places of the same line that are named

export function shownBefore(entry, isOpen) {
  const lines = entry.before ?? [];
  return isOpen ? lines : lines.slice(-BEFORE);
}

export function shownAfter(entry, isOpen) {
  const lines = entry.after ?? [];
  return isOpen ? lines : lines.slice(0, AFTER);
}

// `from` and `until`: the numbers between which lines of the context belong to this entry and no other one.
export function entryRow(item, { isOpen, from, until, others }) {
  const { entry } = item;
  const within = ([number]) => number > from && number < until;
  const before = shownBefore(entry, isOpen).filter(within);
  const after = shownAfter(entry, isOpen).filter(within);
  const gap = (before[0]?.[0] ?? entry.line) > from + 1;
  return element(
    "article",
    { class: `entry${gap ? " gap" : ""}${isOpen ? " open" : ""}`, "data-id": item.id, tabindex: "-1" },
    ...before.map(contextLine),
    farLine(item, isOpen),
    isOpen ? details(item, others) : reasonLine(item, others),
    ...after.map(contextLine),
  );
}

export function findingRow(item) {
  const { finding } = item;
  const said = [
    ["expected", finding.expected],
    ["seen", finding.seen],
  ].filter(([, text]) => text);
  return element(
    "article",
    { class: "finding", "data-id": item.id, tabindex: "-1" },
    element("a", { class: "kind", href: writeAddress({ at: item.id }) }, finding.kind),
    element("code", {}, finding.text ?? ""),
    ...said.map(([name, text]) => element("p", { class: "more" }, `${name}: `, element("code", {}, text))),
    finding.line ? element("p", { class: "more" }, `at line ${finding.line}`) : null,
  );
}

function contextLine([number, text]) {
  return element(
    "div",
    { class: "line context" },
    element("span", { class: "number" }, String(number)),
    element("code", {}, text),
  );
}

function farLine({ entry, id }, isOpen) {
  const label = `${isOpen ? "less" : "more"} about line ${entry.line}`;
  return element(
    "div",
    { class: "line far" },
    distanceBar(entry.distance),
    link(writeAddress({ at: id }), { class: "number", title: "a link to this line" }, String(entry.line)),
    element("code", {}, ...marked(entry.text, "mark")),
    element(
      "button",
      { class: "toggle", type: "button", "aria-expanded": String(isOpen), "aria-label": label },
      isOpen ? "−" : "+",
    ),
  );
}

function reasonLine(item, others) {
  const { entry } = item;
  const repeats = entry.count ? `× ${entry.count.toLocaleString("en")}` : "";
  const elsewhere = others.length ? `in ${others.length} more` : "";
  const why = [(entry.reasons ?? []).join(", "), repeats, elsewhere].filter(Boolean).join(" · ");
  return element(
    "div",
    { class: "why" },
    element("span", { class: "reasons" }, why),
    entry.nearest ? element("code", { class: "nearest" }, ...marked(entry.nearest, "del")) : nothingLike(item),
  );
}

function nothingLike({ entry, file }) {
  if (entry.distance === undefined) return null; // the file's heading says that there is no baseline
  return element("span", {}, `nothing like it in ${counted(file.baselines ?? 0, "passing build")}`);
}

function details(item, others) {
  const { entry, file } = item;
  const rows = [
    ["why", element("span", {}, (entry.reasons ?? []).join(", "))],
    ["distance", element("span", {}, entry.distance?.toFixed(3) ?? "no passing build to compare with")],
  ];
  if (entry.nearest) {
    rows.push(["nearest", element("code", {}, ...marked(entry.nearest, "del"))]);
    rows.push(["seen in", element("span", {}, `${entry.seen ?? 0} of ${counted(file.baselines ?? 0, "passing build")}`)]);
  } else if (entry.distance !== undefined) rows.push(["nearest", nothingLike(item)]);
  if (entry.count) {
    rows.push(["repeated", element("span", {}, `${counted(entry.count, "line")}: ${entry.numbers}`)]);
  }
  if (others.length) rows.push(["also in", element("span", {}, ...places(others))]);
  if (entry.time) rows.push(["time", element("time", {}, entry.time)]);
  if (entry.print) rows.push(["fingerprint", element("code", {}, entry.print)]);
  rows.push(["link", element("button", { class: "copy", type: "button" }, "copy a link to this line")]);
  return element(
    "dl",
    { class: "details" },
    ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
  );
}

function places(items) {
  const named = items.slice(0, OTHERS).flatMap(({ id }) => [link(writeAddress({ at: id }), {}, id), " "]);
  return items.length > OTHERS ? [...named, `and ${items.length - OTHERS} more`] : named;
}
