"use strict";
// Tables that sort and filter, and what a chart's mark says when it is pointed at.
(() => {
  const keyOf = (row, column, numeric) => {
    const cell = row.cells[column];
    const text = cell.dataset.key ?? cell.textContent.trim();
    return numeric ? (text === "" ? -Infinity : parseFloat(text)) : text.toLocaleLowerCase();
  };

  const sort = (table, column, numeric) => {
    const heading = table.tHead.rows[0].cells[column];
    const falling = heading.ariaSort ? heading.ariaSort === "ascending" : numeric;
    for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows].map((row) => [keyOf(row, column, numeric), row]);
    rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (falling ? -1 : 1));
    table.tBodies[0].append(...rows.map(([, row]) => row));
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sort(table, column, heading.dataset.sort === "number"));
      heading.append(button);
    });
  }

  const filter = (input) => {
    const place = document.getElementById(input.dataset.filter);
    const words = input.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const rows = place.tBodies ? [...place.tBodies[0].rows] : [...place.querySelectorAll("li")];
    let shown = 0;
    for (const row of rows) {
      const text = (row.dataset.words ?? row.textContent).toLocaleLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    const count = document.querySelector(`[data-count="${input.dataset.filter}"]`);
    count.textContent = `${shown} of ${rows.length} shown`;
  };
  for (const input of document.querySelectorAll("[data-filter]")) {
    input.addEventListener("input", () => filter(input));
  }
  window.heedFilter = (id) => filter(document.querySelector(`[data-filter="${id}"]`));

  const tip = document.getElementById("tip");
  document.addEventListener("pointermove", (event) => {
    const mark = event.target.closest?.("svg [data-told]");
    tip.hidden = !mark;
    if (!mark) return;
    tip.textContent = mark.dataset.told;
    const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
    const top = event.clientY + 18 + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 10 : event.clientY + 18;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${top}px`;
  });
})();
