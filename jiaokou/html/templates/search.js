"use strict";
// Shows the rows of the index that hold every word typed, in the order of the column whose head was pressed.
(() => {
  const field = document.getElementById("search");
  const count = document.getElementById("count");
  const rows = [...document.querySelectorAll("#observations tbody tr")].map((row) => [row, row.textContent.toLowerCase()]);
  const search = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [row, text] of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = `${shown} / ${rows.length}`;
  };
  field.addEventListener("input", search);
  field.closest("form").addEventListener("submit", (event) => event.preventDefault());
  field.closest("form").hidden = false;
  search();

  const body = document.querySelector("#observations tbody");
  const heads = [...document.querySelectorAll("#observations thead th")];
  const key = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent;
  const order = (column, sign) => (one, other) =>
    sign * key(one, column).localeCompare(key(other, column), document.documentElement.lang, { numeric: true });
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const sign = head.ariaSort === "ascending" ? -1 : 1;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      body.append(...rows.map(([row]) => row).sort(order(column, sign)));
    });
  });
})();
