// When lines that matter were written: a lane a file, the worst files first.

import { counted, drawing, element } from "./elements.js";

const LANES = 8; // files with a lane of their own; the others share one
const BINS = 200; // of the whole time, left to right

// Draws groups of items into an element, which is hidden where no two lines have different times.
export function drawTimeline(root, groups) {
  const timed = groups
    .map(({ file, items }) => ({ file, items: items.filter(({ time }) => time !== null) }))
    .filter(({ items }) => items.length);
  const times = timed.flatMap(({ items }) => items.map(({ time }) => time));
  const first = times.reduce((one, other) => Math.min(one, other), Infinity);
  const last = times.reduce((one, other) => Math.max(one, other), -Infinity);
  root.hidden = !(last > first);
  if (root.hidden) return;
  const lanes = timed.slice(0, LANES).map(({ file, items }) => [file.path, items]);
  const others = timed.slice(LANES);
  if (others.length) lanes.push([counted(others.length, "other file"), others.flatMap(({ items }) => items)]);
  root.replaceChildren(
    ...lanes.flatMap(([name, items]) => lane(name, items, first, last)),
    element("span", {}),
    element(
      "span",
      { class: "axis" },
      element("time", {}, clock(first)),
      element("span", {}, duration(last - first)),
      element("time", {}, clock(last)),
    ),
  );
}

function lane(name, items, first, last) {
  const bins = new Map(); // place -> the items there, the earliest first
  for (const item of items) {
    const at = Math.min(BINS - 1, Math.floor((BINS * (item.time - first)) / (last - first)));
    if (!bins.has(at)) bins.set(at, []);
    bins.get(at).push(item);
  }
  const ticks = [...bins].map(([at, there]) => {
    const farthest = Math.max(...there.map(({ entry }) => entry.distance ?? 1));
    const title = `${clock(there[0].time)}, ${counted(there.length, "line")}`;
    return drawing(
      "rect",
      { x: at, y: 0, width: 1, height: 1, opacity: 0.35 + 0.65 * farthest, "data-id": there[0].id },
      drawing("title", {}, title),
    );
  });
  const label = `${counted(items.length, "line")} between ${clock(items[0].time)} and ${clock(items.at(-1).time)}`;
  return [
    element("span", { class: "lane", title: name }, element("bdi", {}, name)),
    drawing("svg", { viewBox: `0 0 ${BINS} 1`, preserveAspectRatio: "none", role: "img", "aria-label": label }, ...ticks),
  ];
}

export function clock(time) {
  return new Date(time).toISOString().slice(11, 19);
}

function duration(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
