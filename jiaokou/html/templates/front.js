"use strict";
// The front page shows one of its languages, and of its values those that fit what is asked, ten at first.
(() => {
  const FIRST = 10;
  const fronts = [...document.querySelectorAll(".front")];

  // The address says which language, or else the reader's browser does.
  const choose = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const spoken = navigator.languages.map((tag) => fronts.find((front) => tag.slice(0, 2) === front.lang.slice(0, 2))).find(Boolean);
    const chosen = target?.closest(".front") ?? spoken ?? fronts[0];
    for (const front of fronts) front.hidden = front !== chosen;
    for (const each of document.querySelectorAll(".masthead .release, .skip span")) each.hidden = each.lang !== chosen.lang;
    for (const link of document.querySelectorAll(".masthead a")) link.parentElement.hidden = link.lang === chosen.lang;
    document.documentElement.lang = chosen.lang;
    document.title = chosen.dataset.title;
    if (target === chosen) scrollTo(0, 0);
    else if (target) {
      for (const row of chosen.querySelectorAll("tr[hidden]")) row.hidden = false;
      target.scrollIntoView({ behavior: "instant", block: target.matches("tr") ? "center" : "start" });
    }
  };

  // Of very many values the first are rows, and the others data of which rows are made here.
  for (const data of document.querySelectorAll("script.rows")) {
    const rows = data.parentElement.querySelector("tbody");
    const pattern = rows.rows[0];
    for (const [code, section, basis, value, address, texts] of JSON.parse(data.textContent)) {
      const row = pattern.cloneNode(true);
      row.id = code + data.dataset.own;
      [...row.cells].forEach((cell, column) => {
        (cell.querySelector("[lang]") ?? cell).textContent = texts[column];
        if ("value" in cell.dataset) cell.dataset.value = value;
      });
      Object.assign(row.cells[0].dataset, { section, basis });
      if (address) row.cells[0].replaceChildren(Object.assign(document.createElement("a"), { href: data.dataset.up + address, textContent: texts[0] }));
      rows.append(row);
    }
  }

  for (const front of fronts) {
    const form = front.querySelector("form.search");
    if (!form) continue; // an edition that tells of other packages has no values of its own
    const [body, none, more] = ["tbody", ".none", ".more-rows"].map((selector) => front.querySelector(`.find ${selector}`));
    const texts = new Map([...body.rows].map((row) => [row, row.textContent.toLowerCase()]));
    const selects = [...form.querySelectorAll("select")];
    const field = form.querySelector("input");
    let all = false;
    const search = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      const asked = words.length > 0 || selects.some((select) => select.value);
      let found = 0;
      for (const row of body.rows) {
        const text = texts.get(row);
        const fits = words.every((word) => text.includes(word)) && selects.every(({ value, dataset }) => !value || row.cells[0].dataset[dataset.filter] === value);
        found += fits;
        row.hidden = !fits || (!asked && !all && found > FIRST);
      }
      form.querySelector("output").textContent = `${found} / ${texts.size}`;
      none.hidden = found > 0;
      body.parentElement.hidden = found === 0;
      more.hidden = asked || all || texts.size <= FIRST;
    };
    form.addEventListener("input", search);
    form.addEventListener("submit", (event) => event.preventDefault());
    none.querySelector("button").addEventListener("click", () => { form.reset(); search(); field.focus(); });
    more.querySelector("button").addEventListener("click", () => { all = true; search(); });
    form.hidden = false;
    search();
    sortable(front.querySelector(".find"), front.lang, search);
  }
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
  addEventListener("hashchange", choose);
  choose();
})();
