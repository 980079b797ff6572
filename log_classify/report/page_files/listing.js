// The list of lines. Only blocks of it that come near the window are built, so that its length does not matter.

import { counted, element, outside } from "./elements.js";
import { entryRow, findingRow, shownAfter } from "./rows.js";

const BLOCK = 40; // entries
const NEAR = "1200px 0px"; // of the window: blocks are built before they are seen
const HEADING_HEIGHT = 40; // pixels, about; of blocks that are not built yet
const ENTRY_HEIGHT = 118;
const FALLBACKS = new Map([
  ["branch", "of other branches"],
  ["project", "of other projects"],
  ["job", "of all files of the job"],
]);

export class Listing {
  // `others` gives the other items that have the fingerprint of one.
  constructor(root, others) {
    this.root = root;
    this.others = others;
    this.open = new Set(); // ids
    this.selected = "";
    this.blocks = new Map(); // element -> its parts
    this.places = new Map(); // id -> element of the block
    this.seen = new IntersectionObserver((entries) => this.#near(entries), { rootMargin: NEAR });
  }

  // Shows groups: a file and those of its items that are wanted.
  show(groups) {
    this.seen.disconnect();
    this.blocks.clear();
    this.places.clear();
    for (const parts of blocksOf(groups)) {
      const block = element("div", { class: "block" });
      const count = parts.reduce((sum, { items }) => sum + items.length, 0);
      block.style.minHeight = `${count * ENTRY_HEIGHT + parts.length * HEADING_HEIGHT}px`;
      this.blocks.set(block, parts);
      for (const { items } of parts) for (const { id } of items) this.places.set(id, block);
    }
    if (!this.places.has(this.selected)) this.selected = "";
    this.root.replaceChildren(...this.blocks.keys());
    if (!groups.length) this.root.append(element("p", { class: "facts" }, "There is no such line."));
    if (groups.length) this.#build(this.root.firstChild); // at once, so that nothing flickers
    for (const block of this.blocks.keys()) if (!block.firstChild) this.seen.observe(block);
  }

  has(id) {
    return this.places.has(id);
  }

  // Sets an item off from the others, and returns its element, which is built if it is not there yet.
  select(id) {
    this.root.querySelector(".current")?.classList.remove("current");
    this.selected = id;
    const block = this.places.get(id);
    if (!block.firstChild) this.#build(block);
    return this.#mark(block);
  }

  toggle(id) {
    if (!this.open.delete(id)) this.open.add(id);
    this.#build(this.places.get(id));
  }

  #near(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting && !target.firstChild && this.blocks.has(target)) this.#build(target);
    }
  }

  #build(block) {
    block.replaceChildren(...this.blocks.get(block).map((part) => this.#section(part)));
    block.style.minHeight = "";
    this.seen.unobserve(block);
    this.#mark(block);
  }

  #mark(block) {
    const row = block.querySelector(`[data-id="${CSS.escape(this.selected)}"]`);
    row?.classList.add("current");
    return row;
  }

  #section({ file, items, before, behind, isFirst }) {
    const all = [before, ...items, behind];
    const rows = items.map((item, at) => {
      if (item.finding) return findingRow(item);
      return entryRow(item, {
        isOpen: this.open.has(item.id),
        from: this.#end(all[at]),
        until: all[at + 2]?.entry?.line ?? Infinity,
        others: this.others(item),
      });
    });
    return element(
      "section",
      { class: "file" },
      heading(file, isFirst),
      ...(isFirst ? remarks(file) : []),
      ...rows,
    );
  }

  // The number of the last line that is shown with an item.
  #end(item) {
    if (!item?.entry) return 0;
    const after = shownAfter(item.entry, this.open.has(item.id));
    return after.length ? after[after.length - 1][0] : item.entry.line;
  }
}

function blocksOf(groups) {
  const blocks = [];
  let parts = [];
  let room = BLOCK;
  for (const { file, items } of groups) {
    for (let start = 0; start < items.length; ) {
      const end = Math.min(start + room, items.length);
      parts.push({
        file,
        items: items.slice(start, end),
        before: items[start - 1],
        behind: items[end],
        isFirst: start === 0,
      });
      room -= end - start;
      start = end;
      if (room === 0) {
        blocks.push(parts);
        parts = [];
        room = BLOCK;
      }
    }
  }
  if (parts.length) blocks.push(parts);
  return blocks;
}

function heading(file, isFirst) {
  const facts = [`${counted(file.lines ?? 0, "line")}`, `${(file.far ?? 0).toLocaleString("en")} far`];
  facts.push(file.baselines ? `against ${counted(file.baselines, "passing build")}` : "no baseline");
  if (file.fallback) facts.push(FALLBACKS.get(file.fallback) ?? file.fallback);
  return element(
    isFirst ? "h3" : "div",
    { class: "path" },
    element("span", {}, file.path),
    element("span", { class: "facts" }, isFirst ? facts.join(" · ") : "continued"),
  );
}

function remarks(file) {
  const said = (file.remarks ?? []).map((remark) => element("p", { class: "remark" }, remark));
  if (file.source && file.source !== file.path) said.unshift(element("p", { class: "source" }, outside(file.source)));
  return said;
}
