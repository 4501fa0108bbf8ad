"use strict";
// A figure as it is shown, "−3,4 pt" or "840 ms", as a number; seconds for times.
const comma = new Intl.NumberFormat(document.documentElement.lang).format(1.5).includes(",");
const figure = (text) => {
  const number = Number.parseFloat((comma ? text.replace(",", ".") : text.replaceAll(",", "")).replace("−", "-"));
  return / ms$/.test(text) ? number / 1000 : number;
};
// Sorting: a header becomes a button, so that without this script nothing looks as if it could be pressed.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((cell, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...cell.childNodes);
    cell.append(button);
    button.addEventListener("click", () => {
      const down = cell.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => row.cells[column].textContent.trim();
      const order = (a, b) => {
        const [x, y] = [value(a), value(b)];
        if (x === "" || y === "") return (x === "") - (y === "");
        const both = figure(x) - figure(y);
        return (Number.isNaN(both) ? x.localeCompare(y, undefined, { numeric: true }) : both) * (down ? -1 : 1);
      };
      body.append(...[...body.rows].sort(order));
    });
  });
}

// Filtering the failures.
const filter = document.getElementById("filter");
if (filter) {
  filter.hidden = false;
  const stage = document.getElementById("filter-stage");
  const words = document.getElementById("filter-words");
  const lost = document.getElementById("filter-lost");
  const told = document.getElementById("filter-told");
  const cases = [...document.querySelectorAll("details.case")];
  const apply = () => {
    const wanted = words.value.trim().toLocaleLowerCase();
    let seen = 0;
    for (const item of cases) {
      const fits = (!stage.value || item.dataset.stage === stage.value)
        && (!lost?.checked || item.dataset.regressed === "yes")
        && (!wanted || item.textContent.toLocaleLowerCase().includes(wanted));
      item.hidden = !fits;
      seen += fits;
    }
    for (const group of document.querySelectorAll("section.stage"))
      group.hidden = !group.querySelector("details.case:not([hidden])");
    told.textContent = told.dataset.told.replace("{seen}", seen).replace("{total}", cases.length);
  };
  for (const field of [stage, words, lost]) field?.addEventListener("input", apply);
  document.getElementById("filter-open").addEventListener("click", () => {
    const shown = cases.filter((item) => !item.hidden);
    const open = !shown.every((item) => item.open);
    for (const item of shown) item.open = open;
  });
}

// A link to a case opens it, also when a filter hides it.
const reveal = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let item = target; item; item = item.parentElement) {
    item.hidden = false;
    if (item instanceof HTMLDetailsElement) item.open = true;
  }
  target?.scrollIntoView();
};
addEventListener("hashchange", reveal);
if (location.hash) reveal();

// Paper cannot be opened. What only engineers look up stays closed: it would double the pages.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open], .deep)")];
  for (const item of closed) item.open = true;
});
addEventListener("afterprint", () => {
  for (const item of closed) item.open = false;
});
