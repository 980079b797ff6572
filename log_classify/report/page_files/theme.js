// Light or dark: as the system has it, until the reader switches.

const KEY = "log-classify-theme";

export function rememberTheme() {
  let theme = null;
  try {
    theme = localStorage.getItem(KEY);
  } catch {
    // a page in a sandbox has no memory
  }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}

export function switchTheme() {
  const isDark = getComputedStyle(document.documentElement).colorScheme === "dark";
  const theme = isDark ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // the same
  }
}
