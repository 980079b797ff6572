// What the page shows, as the fragment of its address: `#q=timeout&file=a/b.log&min=0.5&order=time&at=a/b.log:12`.

export const ORDERS = ["worst", "path", "time"];

const PLAIN = { query: "", file: "", least: 0, order: ORDERS[0], at: "" };

export function readAddress(fragment) {
  const found = new URLSearchParams(fragment.replace(/^#/, ""));
  const least = Number(found.get("min"));
  const order = found.get("order");
  return {
    query: found.get("q") ?? "",
    file: found.get("file") ?? "",
    least: least > 0 && least <= 1 ? least : 0,
    order: ORDERS.includes(order) ? order : ORDERS[0],
    at: found.get("at") ?? "",
  };
}

export function writeAddress(wanted) {
  const { query, file, least, order, at } = { ...PLAIN, ...wanted };
  const fields = [
    ["q", query],
    ["file", file],
    ["min", least ? String(least) : ""],
    ["order", order === ORDERS[0] ? "" : order],
    ["at", at],
  ];
  return "#" + fields.filter(([, value]) => value).map(([name, value]) => `${name}=${encoded(value)}`).join("&");
}

// As encodeURIComponent, but paths stay readable.
function encoded(text) {
  return encodeURIComponent(text).replace(/%2F/g, "/").replace(/%3A/g, ":");
}
