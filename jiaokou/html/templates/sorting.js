"use strict";
// Rows are sorted by a press on a head: by their numbers, or as the language orders words. Then `sorted` is called.
const sortable = (place, lang, sorted = () => {}) => {
  const heads = [...place.querySelectorAll("thead th")];
  const key = ({ cells }, column) =>
    cells[column].dataset.value ?? cells[column].querySelector("data[value]")?.value ?? cells[column].textContent.trim();
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      const order = (one, other) => {
        const [a, b] = [key(one, column), key(other, column)];
        return sign * (isNaN(a - b) ? a.localeCompare(b, lang, { numeric: true }) : a - b);
      };
      const rows = [...place.querySelectorAll("tbody tr")];
      rows[0]?.parentElement.append(...rows.sort(order));
      sorted();
    });
  });
};
