// The files of the report as items: what can be shown, looked for, and linked to.

// Returns, of each file, its findings and its lines; `text` is what is searched, `time` milliseconds or null.
export function readFiles(json) {
  return JSON.parse(json).map((file) => {
    const findings = (file.findings ?? []).map((finding, at) => ({
      id: `${file.path}:${finding.kind}-${at + 1}`,
      file,
      finding,
      time: null,
      text: [finding.kind, finding.text, finding.expected, finding.seen].join(" ").toLowerCase(),
    }));
    const entries = (file.entries ?? []).map((entry) => {
      const time = Date.parse(entry.time ?? "");
      return {
        id: `${file.path}:${entry.line}`,
        file,
        entry,
        time: Number.isNaN(time) ? null : time,
        text: entry.text.join("").toLowerCase(),
      };
    });
    return { file, items: [...findings, ...entries] };
  });
}

// Returns those items that are wanted, in the wanted order of files. What has no distance is never too near.
export function wantedOf(files, { query, file: path, least, order }) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const isWanted = ({ entry, text }) =>
    words.every((word) => text.includes(word)) && (entry?.distance ?? 1) >= least;
  const groups = files
    .filter(({ file }) => !path || file.path === path)
    .map(({ file, items }) => ({ file, items: items.filter(isWanted) }))
    .filter(({ items }) => items.length);
  if (order === "path") groups.sort((one, other) => (one.file.path < other.file.path ? -1 : 1));
  if (order === "time") groups.sort((one, other) => earliest(one) - earliest(other));
  return groups;
}

// Returns what gives the other items with the same fingerprint, which say the same.
export function sameElsewhere(files) {
  const byPrint = new Map();
  for (const item of files.flatMap(({ items }) => items)) {
    if (!item.entry?.print) continue;
    const same = byPrint.get(item.entry.print);
    if (same) same.push(item);
    else byPrint.set(item.entry.print, [item]);
  }
  return (item) => (byPrint.get(item.entry.print) ?? []).filter((other) => other !== item);
}

function earliest({ items }) {
  return items.reduce((first, { time }) => Math.min(first, time ?? Number.MAX_VALUE), Number.MAX_VALUE);
}
