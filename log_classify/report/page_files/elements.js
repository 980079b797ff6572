// Builds the document. Text only ever gets into it as text, so that no log can say what the page does.

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  set(made, properties);
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

export function drawing(name, properties = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  set(made, properties);
  made.append(...children);
  return made;
}

export function link(address, properties, ...children) {
  return element("a", { ...properties, href: address }, ...children);
}

// A link to a place outside the page; plain text, unless it is one of the web.
export function outside(place) {
  if (!/^https?:\/\//i.test(place)) return place;
  return link(place, { rel: "noreferrer noopener" }, place);
}

// Pieces of a text, of which those with odd places are marked.
export function marked(pieces, mark) {
  return pieces.map((piece, at) => (at % 2 ? element(mark, {}, piece) : piece));
}

export function distanceBar(distance) {
  if (distance === undefined) return element("span", { class: "distance" }, "-");
  const bar = drawing("svg", { class: "bar", "aria-hidden": "true" });
  bar.append(drawing("rect", { width: `${100 * distance}%`, height: "100%" }));
  return element("span", { class: "distance" }, distance.toFixed(2), bar);
}

export function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

function set(made, properties) {
  for (const [name, value] of Object.entries(properties)) made.setAttribute(name, value);
}
