"use strict";
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  for (const item of all("[data-script]")) item.hidden = false;

  // Light and dark.
  const theme = one("#theme"), root = document.documentElement;
  const isDark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const name = () => { theme.textContent = isDark() ? "Light" : "Dark"; theme.setAttribute("aria-label", theme.textContent + " colours"); };
  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; name(); });
  name();

  // Filters.
  const items = all("[data-s]"), find = one("#find"), dimension = one("#dimension"), column = one("#column"), count = one("#count");
  const texts = new Map();
  const text = (item) => texts.get(item) ?? (texts.set(item, item.textContent.toLowerCase()), texts.get(item));
  const boxes = all("#checks .rows");
  const before = new Map(boxes.map((box) => [box, box.open]));
  const chips = all("[data-status]");
  const filter = () => {
    const wanted = new Set(chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.status));
    const needle = find.value.trim().toLowerCase(), active = wanted.size || needle || dimension.value || column.value;
    let shown = 0;
    for (const item of items) {
      const fits = (!wanted.size || wanted.has(item.dataset.s)) && (!dimension.value || item.dataset.d === dimension.value)
        && (!column.value || item.dataset.c.split(" ").includes(column.value)) && (!needle || text(item).includes(needle));
      item.hidden = !fits;
      shown += fits;
    }
    for (const box of boxes) box.open = active ? true : before.get(box);
    count.textContent = active ? `${shown.toLocaleString("en")} of ${items.length.toLocaleString("en")} checks shown` : "";
  };
  for (const chip of chips) chip.addEventListener("click", () => { chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true")); filter(); });
  if (find) {
    let waiting;
    find.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
    for (const choice of [dimension, column]) choice.addEventListener("change", filter);
    one("#clear").addEventListener("click", () => {
      find.value = dimension.value = column.value = "";
      for (const chip of chips) chip.setAttribute("aria-pressed", "false");
      filter();
    });
  }

  // Copying, links into closed parts, paper.
  for (const button of all("[data-copy]")) button.addEventListener("click", async () => {
    const source = button.parentElement.querySelector("pre");
    try { await navigator.clipboard.writeText(source.textContent); button.textContent = "Copied"; } catch {
      getSelection().selectAllChildren(source);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1)), part = target && (target.querySelector("details") || target.closest("details"));
    if (part) part.open = true;
  };
  addEventListener("hashchange", reveal);
  reveal();
  addEventListener("beforeprint", () => { for (const part of all(".card > details")) part.open = true; });
})();
