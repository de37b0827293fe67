"use strict";
// Opens the compressed plotly.js, draws the page's charts, and draws them again when the colours or the paper change.
(async () => {
  const root = document.documentElement;
  const { templates, figures, undrawn } = JSON.parse(document.getElementById("charts").textContent);
  const config = { displayModeBar: false, responsive: true, showTips: false, doubleClick: false };
  const abouts = [...document.querySelectorAll("details.about")];
  for (const about of abouts) about.open = false; // before anything is seen or gone to

  const unpack = async (text) => {
    const bytes = Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).text();
  };

  // The page's own fonts and colours, so that they are written down once, in its style sheet.
  const token = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const dress = (template) => {
    const axis = { gridcolor: token("--rule"), linecolor: token("--rule"), zerolinecolor: token("--edge"), tickcolor: token("--rule") };
    const layout = template.layout || {};
    return {
      ...template,
      layout: {
        ...layout,
        paper_bgcolor: token("--paper"), // by which plotly.js chooses light or dark links
        plot_bgcolor: "transparent",
        font: { ...layout.font, color: token("--ink"), family: token("--sans") },
        hoverlabel: { ...layout.hoverlabel, bgcolor: token("--raised"), bordercolor: token("--edge"), font: { color: token("--ink"), family: token("--sans") } },
        xaxis: { ...layout.xaxis, ...axis },
        yaxis: { ...layout.yaxis, ...axis },
      },
    };
  };

  // On a narrow screen labels stand above what is drawn, on a broad one they are longer.
  const fitted = ({ data, layout, narrow, broad, ...rest }, change) => ({
    ...rest,
    data: data.map((trace, at) => ({ ...trace, ...change?.data[at] })),
    layout: { ...layout, ...change?.layout },
  });
  const room = () => token("--charts");

  // Each hatched bar would be a picture of its own in a PDF: on paper it is an open one, with an edge.
  const unhatched = (trace) => {
    const { pattern, ...marker } = trace.marker ?? {};
    if (!pattern?.shape) return trace;
    const each = (value) => (Array.isArray(pattern.shape) ? pattern.shape.map((shape) => value(Boolean(shape))) : value(true));
    const colour = marker.color ?? pattern.fgcolor;
    return { ...trace, marker: { ...marker, color: colour, opacity: each((hatched) => (hatched ? 0.35 : 1)), line: { color: colour, width: each((hatched) => (hatched ? 1.5 : 0)) } } };
  };

  // A chart that fails stays in its place, and the others are drawn.
  const fail = (plot) => {
    const note = document.createElement("p");
    note.className = "failed";
    note.textContent = undrawn;
    plot.replaceChildren(note);
  };

  const PAPER = 838; // pixels across, which its style sheet makes smaller
  let drawnFor;
  const draw = async (onPaper) => {
    const dressed = templates.map(dress);
    drawnFor = onPaper ? "broad" : room();
    const drawing = Object.entries(figures).map(async ([id, whole]) => {
      const plot = document.getElementById(id);
      try {
        const figure = fitted(whole, whole[drawnFor]);
        const layout = { ...structuredClone(figure.layout), template: dressed[figure.template], dragmode: false };
        layout.autosize = !onPaper;
        if (onPaper) {
          layout.width = plot.matches(".sized") ? Math.min(670, plot.clientWidth) : PAPER;
          layout.height ??= plot.clientHeight;
        }
        const { data, frames } = structuredClone({ data: figure.data, frames: figure.frames });
        await Plotly.react(plot, { data: onPaper ? data.map(unhatched) : data, frames, layout, config });
      } catch (error) {
        fail(plot);
      }
    });
    await Promise.all(drawing);
  };

  try {
    const script = document.createElement("script");
    script.textContent = await unpack(document.getElementById("plotly").textContent);
    document.head.append(script);
    for (const note of document.querySelectorAll(".chart > .waiting")) note.remove();
    await draw();
    root.classList.add("drawn");
    document.dispatchEvent(new Event("drawn"));
  } catch (error) {
    root.classList.add("undrawn");
    for (const about of abouts) about.open = true;
    return;
  }

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw());
  addEventListener("resize", () => {
    if (drawnFor !== room() && !root.classList.contains("print")) draw();
  });
  addEventListener("beforeprint", () => draw(true));
  addEventListener("afterprint", () => draw());

  // A chart to take along: as a picture with its title and source, or as the table of its data.
  const wrapped = (text, size) => {
    const wide = (words) => [...words].reduce((sum, letter) => sum + (letter > "\u2e80" ? 2 : 1), 0);
    const found = [""];
    for (const word of text.trim().match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+|\s+/g) ?? []) {
      if (wide(found.at(-1) + word) > size) found.push("");
      found.push(found.pop() + word);
    }
    return found.map((line) => line.trim()).filter(Boolean);
  };
  const picture = async (figure) => {
    const plot = figure.querySelector(".chart");
    const { width: inner, height } = plot.getBoundingClientRect();
    const width = inner + 32;
    const lines = (selector, size, leading, more) =>
      wrapped(figure.querySelector(selector)?.textContent ?? "", inner / size / 0.55).map((line) => ({ line, size, leading, more }));
    const above = lines("figcaption", 18, 25, "font-weight='600'");
    const below = lines(".source", 12, 18, `fill='${token("--quiet")}'`);
    const tall = (each) => each.reduce((sum, { leading }) => sum + leading, 0);
    const text = (each, top) => each.map(({ line, size, leading, more }) => {
      top += leading;
      return `<text x='16' y='${top}' font-size='${size}' ${more}>${line.replace(/&/g, "&amp;").replace(/</g, "&lt;")}</text>`;
    });
    const start = tall(above) + 20;
    const whole = start + height + tall(below) + 20;
    const drawn = await Plotly.toImage(plot, { format: "svg", width: inner, height, imageDataOnly: true });
    const family = token("--sans").replace(/[&<']/g, "").replace(/"/g, "");
    return [width, whole, `<svg xmlns='http://www.w3.org/2000/svg' width='${width}' height='${whole}' font-family='${family}' fill='${token("--ink")}'>`
      + `<rect width='100%' height='100%' fill='${token("--paper")}'/>${text(above, 4).join("")}${drawn.replace("<svg ", `<svg x='16' y='${start}' `)}${text(below, start + height).join("")}</svg>`];
  };
  const forms = {
    svg: async (figure) => `data:image/svg+xml,${encodeURIComponent((await picture(figure))[2])}`,
    png: async (figure) => {
      const [width, height, drawn] = await picture(figure);
      const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
      const image = new Image();
      image.src = `data:image/svg+xml,${encodeURIComponent(drawn)}`;
      await image.decode();
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      return canvas.toDataURL();
    },
    csv: async (figure) => {
      const cell = (each) => `"${each.textContent.trim().replace(/"/g, '""')}"`;
      const rows = [...figure.querySelectorAll(".about tr")].map((row) => [...row.cells].map(cell).join(","));
      return `data:text/csv;charset=utf-8,${encodeURIComponent(`\ufeff${rows.join("\r\n")}\r\n`)}`;
    },
  };
  for (const button of document.querySelectorAll("[data-save]")) {
    const figure = button.closest("figure");
    const form = button.dataset.save;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const link = document.createElement("a");
      link.download = `${figure.id}.${form}`;
      link.href = await forms[form](figure);
      link.click();
    });
  }
})();
