// Before the first paint: the stored choice, else the system's. A button with data-theme-toggle switches.
(() => {
  const root = document.documentElement;
  const key = "homerun-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    root.dataset.theme = localStorage.getItem(key) ?? (system.matches ? "dark" : "light");
  };
  show();
  system.addEventListener("change", show);
  addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    localStorage.setItem(key, root.dataset.theme === "dark" ? "light" : "dark");
    show();
  });
})();
