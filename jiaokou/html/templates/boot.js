"use strict";
// Opens the compressed plotly.js, draws the page's charts, and draws them again when the colours or the paper change.
(async () => {
  const root = document.documentElement;
  const { templates, figures, undrawn } = JSON.parse(document.getElementById("charts").textContent);
  const config = { displayModeBar: false, responsive: true, showTips: false, doubleClick: false };

  const unpack = async (text) => {
    const bytes = Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).text();
  };

  // The page's own fonts and colours, so that they are written down once, in its style sheet.
  const dress = (template) => {
    const style = getComputedStyle(root);
    const token = (name) => style.getPropertyValue(name).trim();
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

  // On a narrow screen labels stand above what is drawn.
  const narrowed = ({ data, layout, narrow, ...rest }) => ({
    ...rest,
    data: data.map((trace, at) => ({ ...trace, ...narrow.data[at] })),
    layout: { ...layout, ...narrow.layout },
  });
  const isNarrow = () => getComputedStyle(root).getPropertyValue("--charts").trim() === "narrow";

  // A chart that fails stays in its place, and the others are drawn.
  const fail = (plot) => {
    const note = document.createElement("p");
    note.className = "failed";
    note.textContent = undrawn;
    plot.replaceChildren(note);
  };

  let drawnNarrow;
  const draw = (width) => {
    const dressed = templates.map(dress);
    drawnNarrow = isNarrow();
    for (const [id, whole] of Object.entries(figures)) {
      const figure = drawnNarrow && whole.narrow ? narrowed(whole) : whole;
      const plot = document.getElementById(id);
      const layout = { ...structuredClone(figure.layout), template: dressed[figure.template], dragmode: false };
      layout.autosize = !width;
      if (width) {
        layout.width = Math.min(width, plot.clientWidth);
        layout.height ??= plot.clientHeight;
      }
      try {
        Plotly.react(plot, { ...structuredClone({ data: figure.data, frames: figure.frames }), layout, config }).catch(() => fail(plot));
      } catch (error) {
        fail(plot);
      }
    }
  };

  try {
    const script = document.createElement("script");
    script.textContent = await unpack(document.getElementById("plotly").textContent);
    document.head.append(script);
    for (const note of document.querySelectorAll(".chart > .waiting")) note.remove();
    draw();
    root.classList.add("drawn");
  } catch (error) {
    root.classList.add("undrawn");
    return;
  }
  for (const about of document.querySelectorAll("details.about")) about.open = false;

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw());
  addEventListener("resize", () => {
    if (drawnNarrow !== isNarrow() && !root.classList.contains("print")) draw();
  });
  addEventListener("beforeprint", () => {
    root.classList.add("print");
    for (const about of document.querySelectorAll("details.about")) about.open = true;
    draw(670);
  });
  addEventListener("afterprint", () => {
    root.classList.remove("print");
    for (const about of document.querySelectorAll("details.about")) about.open = false;
    draw();
  });
})();
