"use strict";
// Shows the rows of the index that hold every word typed.
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
})();
