"use strict";
// Draws the charts of the page that is seen, in the look of the moment; of all pages, light, to print.
const { charts, config, looks } = JSON.parse(document.getElementById("charts").textContent);
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const lookButton = document.getElementById("look");
const printButton = document.getElementById("print");

const look = () => root.dataset.look ?? (dark.matches ? "dark" : "light");
const pages = [...document.querySelectorAll(".page")];

// Plotly writes into what it is given, so it is given a copy.
const draw = (place, name, size) => {
  const { data, layout } = structuredClone(charts[place.id]);
  Plotly.react(place, data, { ...layout, ...size, template: looks[name] }, config);
};

const show = () => {
  const shown = pages.find((page) => `#${page.id}` === location.hash) ?? pages[0];
  for (const page of pages) page.classList.toggle("shown", page === shown);
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${shown.id}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const place of shown.querySelectorAll(".chart")) draw(place, look(), { autosize: true });
  lookButton.textContent = look() === "dark" ? "Light" : "Dark";
};

lookButton.addEventListener("click", () => {
  root.dataset.look = look() === "dark" ? "light" : "dark";
  show();
});
printButton.addEventListener("click", () => print());
dark.addEventListener("change", show);
addEventListener("hashchange", show);
addEventListener("beforeprint", () => {
  root.classList.add("printing");
  for (const place of document.querySelectorAll(".chart")) {
    draw(place, "light", { width: place.clientWidth, height: place.clientHeight });
  }
});
addEventListener("afterprint", () => {
  root.classList.remove("printing");
  show();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector("details[open]")?.removeAttribute("open");
});
root.classList.add("scripted");
lookButton.hidden = printButton.hidden = false;
show();
