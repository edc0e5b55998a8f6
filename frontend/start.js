// Starts the app. The theme comes first, so that the page is never drawn in the wrong one.
import init from "__PLIMSOLL_JS__";

try {
  const theme = localStorage.getItem("plimsoll-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system's theme is the right one.
}

init({ module_or_path: "__PLIMSOLL_WASM__" }).catch((error) => {
  const main = document.querySelector("main") ?? document.body;
  main.textContent = `The app could not be started: ${error}. Reload the page to try again.`;
});
