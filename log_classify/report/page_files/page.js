// Puts the page together: what it holds, what of it is wanted, where the reader is.

import { readAddress, writeAddress } from "./address.js";
import { counted, element, link } from "./elements.js";
import { listenToKeys } from "./keyboard.js";
import { Listing } from "./listing.js";
import { readFiles, sameElsewhere, wantedOf } from "./model.js";
import { switchTheme, rememberTheme } from "./theme.js";
import { drawTimeline } from "./timeline.js";

const LISTED = 500; // files beside the list; more would take longer than the list itself
const PAUSE = 120; // milliseconds without a key before the list follows what is typed
const MESSAGE = 5000; // milliseconds that something is said

const find = (id) => document.getElementById(id);
const files = readFiles(find("data").textContent);
const total = files.reduce((sum, { items }) => sum + items.length, 0);
const listing = new Listing(find("list"), sameElsewhere(files));
let wanted = readAddress(location.hash);
let shown = []; // items in their order
let silence = 0; // the timer after which nothing is said

function refresh() {
  const groups = wantedOf(files, wanted);
  shown = groups.flatMap(({ items }) => items);
  listing.show(groups);
  drawTimeline(find("timeline"), groups);
  find("files").replaceChildren(...groups.slice(0, LISTED).map(({ file, items }) => fileLink(file, items)));
  find("count").textContent =
    `${shown.length === total ? "" : `${shown.length.toLocaleString("en")} of `}${total.toLocaleString("en")} shown`;
  find("query").value = wanted.query;
  find("file").value = wanted.file;
  find("least").value = String(wanted.least);
  find("least-value").textContent = wanted.least.toFixed(2);
  find("order").value = wanted.order;
}

function fileLink(file, items) {
  return element(
    "li",
    {},
    link(
      writeAddress({ at: items[0].id }),
      { title: file.path },
      element("bdi", {}, file.path),
      element("span", { class: "facts" }, items.length.toLocaleString("en")),
    ),
  );
}

// Shows what the reader asked for, and says it in the address, which forgets a line that is filtered away.
function want(change) {
  wanted = { ...wanted, ...change };
  refresh();
  if (!listing.has(wanted.at)) wanted.at = "";
  history.replaceState(null, "", writeAddress(wanted));
}

function goTo(id, { addsHistory = false, block = "center" } = {}) {
  if (!listing.has(id)) {
    say(`there is no ${id}`);
    return;
  }
  wanted.at = id;
  history[addsHistory ? "pushState" : "replaceState"](null, "", writeAddress(wanted));
  const row = listing.select(id);
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block });
  // Blocks near it are built now, and may turn out higher or lower than was thought.
  requestAnimationFrame(() => requestAnimationFrame(() => row.isConnected && row.scrollIntoView({ block })));
}

function move(step) {
  const at = shown.findIndex(({ id }) => id === wanted.at);
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), shown.length - 1);
  if (shown[next]) goTo(shown[next].id);
}

function moveFile(step) {
  const at = Math.max(0, shown.findIndex(({ id }) => id === wanted.at));
  const paths = [...new Set(shown.map(({ file }) => file.path))];
  const next = paths[paths.indexOf(shown[at]?.file.path) + (wanted.at ? step : 0)];
  const item = shown.find(({ file }) => file.path === next);
  if (item) goTo(item.id);
}

function toggle(id) {
  if (!shown.find((item) => item.id === id)?.entry) return;
  listing.toggle(id);
  goTo(id, { block: "nearest" });
}

async function copyLink(id) {
  const address = location.href.replace(/#.*/s, "") + writeAddress({ at: id });
  try {
    await navigator.clipboard.writeText(address);
    say("the link is copied");
  } catch {
    // Not every place that a page may come from lets it write there.
    want({ ...readAddress(""), at: id });
    goTo(id);
    say("the address of this page is the link");
  }
}

function say(text) {
  find("said").textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => say(""), MESSAGE);
}

function switchContext() {
  document.body.classList.toggle("without-context");
  if (wanted.at) goTo(wanted.at);
}

function follow() {
  wanted = readAddress(location.hash);
  refresh();
  if (!wanted.at) return;
  if (!listing.has(wanted.at) && files.some(({ items }) => items.some(({ id }) => id === wanted.at))) {
    wanted = { ...readAddress(""), at: wanted.at }; // what is filtered away could not be seen
    refresh();
  }
  goTo(wanted.at);
}

function listen() {
  let timer = 0;
  find("query").addEventListener("input", ({ target }) => {
    clearTimeout(timer);
    timer = setTimeout(() => want({ query: target.value }), PAUSE);
  });
  find("file").addEventListener("change", ({ target }) => want({ file: target.value }));
  find("least").addEventListener("input", ({ target }) => want({ least: Number(target.value) }));
  find("order").addEventListener("change", ({ target }) => want({ order: target.value }));
  find("theme").addEventListener("click", switchTheme);
  find("keys").addEventListener("click", () => find("help").showModal());
  window.addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const id = event.target.closest("[data-id]")?.dataset.id;
    const there = event.target.closest("a[href^='#']");
    if (there && listing.has(readAddress(there.hash).at) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      goTo(readAddress(there.hash).at, { addsHistory: true });
    } else if (event.target.closest(".toggle")) toggle(id);
    else if (event.target.closest(".copy")) copyLink(id);
    else if (event.target.closest("#timeline") && id) goTo(id, { addsHistory: true });
  });
  listenToKeys({
    j: () => move(1),
    k: () => move(-1),
    J: () => moveFile(1),
    K: () => moveFile(-1),
    g: () => move(-shown.length),
    G: () => move(shown.length),
    Enter: () => toggle(wanted.at),
    o: () => toggle(wanted.at),
    y: () => wanted.at && copyLink(wanted.at),
    c: switchContext,
    t: switchTheme,
    "/": () => find("query").focus(),
    "?": () => find("help").showModal(),
  });
}

rememberTheme();
find("file").append(
  ...files.filter(({ items }) => items.length).map(({ file }) => element("option", { value: file.path }, file.path)),
);
for (const part of document.querySelectorAll("[data-scripted]")) part.hidden = false;
find("files").parentElement.hidden = files.length < 2;
listen();
follow();
