"use strict";
// What helps to find one's way on a page: links land on what they name, folded tables are searched, headings are linked.
(() => {
  const root = document.documentElement;
  let moved = false;
  for (const event of ["wheel", "touchmove", "keydown", "pointerdown"])
    addEventListener(event, () => { moved = true; }, { passive: true });

  // Show what the address names: open what holds it, and go there at once. Drawing may have moved it since.
  const land = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    target.scrollIntoView({ behavior: "instant", block: target.matches("h1, h2, h3, figure, details, section") ? "start" : "center" });
  };
  addEventListener("hashchange", land);
  addEventListener("load", land);
  document.addEventListener("drawn", () => { if (!moved) land(); });

  for (const heading of document.querySelectorAll("main :is(h2, h3)[id]")) {
    const link = document.createElement("a");
    link.className = "anchor";
    link.href = `#${encodeURIComponent(heading.id)}`;
    link.ariaLabel = heading.textContent;
    link.textContent = "#";
    heading.append(link);
  }

  // The contents mark the part that is being read, and the other language's link leads to the same part.
  const contents = document.getElementById("contents");
  const parts = [...document.querySelectorAll("main h2[id]")];
  const languages = [...document.querySelectorAll("a.language")];
  const places = [...document.querySelectorAll("main [id]:is(h2, h3, figure, .table, .fold)")];
  const last = (elements) => elements.findLast((element) => element.checkVisibility() && element.getBoundingClientRect().top < 160);
  const follow = () => {
    const part = last(parts)?.id;
    for (const link of contents?.querySelectorAll("a") ?? [])
      link.ariaCurrent = decodeURIComponent(link.hash.slice(1)) === part ? "location" : null;
    const place = last(places)?.id;
    for (const link of languages) link.hash = place ?? "";
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(() => { waiting = false; follow(); });
    waiting = true;
  }, { passive: true });
  contents?.addEventListener("click", (event) => {
    if (event.target.closest("a") && contents.matches(":popover-open")) contents.hidePopover();
  });
  follow();

  for (const fold of document.querySelectorAll("details.fold")) {
    const field = document.createElement("input");
    field.type = "search";
    field.placeholder = field.ariaLabel = fold.dataset.filter;
    fold.querySelector("summary").after(field);
    const rows = [...fold.querySelectorAll("tbody tr")];
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    });
    sortable(fold, root.lang);
  }

  // On paper nothing is folded.
  const folded = () => [...document.querySelectorAll("details:not([open])")];
  let opened = [];
  addEventListener("beforeprint", () => {
    root.classList.add("print");
    opened = folded();
    for (const each of opened) each.open = true;
  });
  addEventListener("afterprint", () => {
    root.classList.remove("print");
    for (const each of opened) each.open = false;
  });
})();
