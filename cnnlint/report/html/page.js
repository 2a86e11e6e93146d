
"use strict";
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// Light or dark: what the system says, until the button is pressed.
const theme = one("#theme");
const kept = (() => { try { return localStorage; } catch { return {}; } })();
const isDark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};
function paint(chosen) {
  if (chosen) document.documentElement.dataset.theme = chosen;
  theme.textContent = isDark() ? "Light" : "Dark";
  theme.setAttribute("aria-label", isDark() ? "Use light colours" : "Use dark colours");
}
theme.hidden = false;
paint(["light", "dark"].includes(kept.cnnlintTheme) ? kept.cnnlintTheme : "");
theme.addEventListener("click", () => paint((kept.cnnlintTheme = isDark() ? "light" : "dark")));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paint(""));

// A link into something folded opens it.
function unfold() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target) return;
  target.hidden = false;
  for (let up = target; up; up = up.parentElement) if (up.matches("details")) up.open = true;
  target.scrollIntoView({ block: target.matches("tr") ? "nearest" : "start" });
}
addEventListener("hashchange", unfold);

// Filters.
const form = one("#filters");
if (form) {
  const cards = all(".finding").map((card) => ({
    card, severity: card.dataset.severity, outcome: card.dataset.outcome,
    file: card.closest(".file").dataset.file,
    text: `${one("header", card).textContent} ${one("h4", card).textContent} ${one(".where", card).textContent}`.toLowerCase(),
  }));
  const ticked = (name) => {
    const boxes = all(`input[name=${name}]`, form);
    return boxes.length ? new Set(boxes.filter((box) => box.checked).map((box) => box.value)) : null;
  };
  const sift = () => {
    const severities = ticked("severity"), outcomes = ticked("outcome");
    const file = one("#filter-file")?.value || "";
    const wanted = one("#filter-text").value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const each of cards) {
      const shown = (!severities || severities.has(each.severity)) && (!outcomes || outcomes.has(each.outcome))
        && (!file || file === each.file) && wanted.every((word) => each.text.includes(word));
      each.card.hidden = !shown;
      left += shown;
    }
    for (const group of all(".file")) {
      group.hidden = !one(".finding:not([hidden])", group);
      if (left < cards.length && left <= 60) group.open = true;
    }
    one("#filter-count").textContent = `${left} of ${cards.length}`;
    one("#none-left").hidden = left > 0;
  };
  form.hidden = false;
  form.addEventListener("input", sift);
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const link of all(".matrix a")) link.addEventListener("click", () => {
    for (const name of ["severity", "outcome"])
      for (const box of all(`input[name=${name}]`, form)) box.checked = box.value === link.dataset[name];
    sift();
  });
}

// Values under the pointer, or where the arrow keys go.
const said = (value, share) => share ? `${Math.round(100 * value)} %` : `${Number(value.toPrecision(3))}`;
for (const plot of all(".plot")) {
  const curves = JSON.parse(plot.dataset.series);
  const left = Number(plot.dataset.left), right = Number(plot.dataset.right);
  const steps = [...new Set(curves.flatMap(([, points]) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const cursor = one(".cursor", plot), readout = one(".readout", plot.parentElement), area = one(".area", plot);
  let at = -1;
  const show = (index) => {
    at = Math.max(0, Math.min(steps.length - 1, index));
    const step = steps[at], share = `${100 * (step - left) / (right - left || 1)}%`;
    cursor.setAttribute("x1", share);
    cursor.setAttribute("x2", share);
    cursor.classList.add("on");
    const values = curves.map(([label, points, percent]) => {
      const point = points.findLast(([x]) => x <= step);
      return point ? `${label.split(" ")[0].length === 1 ? label.split(" ")[0] : ""} ${said(point[1], percent)}`.trim() : "";
    });
    readout.textContent = `at ${step}: ${values.filter(Boolean).join(", ")}`;
  };
  area.addEventListener("pointermove", (event) => {
    const box = area.getBoundingClientRect();
    const x = left + (event.clientX - box.left) / box.width * (right - left);
    show(steps.reduce((best, step, index) => Math.abs(step - x) < Math.abs(steps[best] - x) ? index : best, 0));
  });
  plot.addEventListener("keydown", (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10, Home: -steps.length, End: steps.length }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    show(at + move);
  });
}

// Where one is on the page.
const links = new Map(all("nav a").map((link) => [link.hash.slice(1), link]));
const seen = new Set();
const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) seen.add(target.id);
    else seen.delete(target.id);
  }
  const current = [...links.keys()].find((id) => seen.has(id));
  for (const [id, link] of links) {
    if (id === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}, { rootMargin: "-15% 0px -70% 0px" });
for (const section of all("main > section")) watcher.observe(section);

// On paper all is open but the pages of rules.
addEventListener("beforeprint", () => { for (const folded of all("details:not(.rule-page)")) folded.open = true; });
unfold();
