// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/trace_page.hpp>

namespace clotho::job::detail {

const std::string_view page_style = R"css(
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1d2430; --faint: #5c6675; --line: #dfe3e8; --lane: #f4f6f8;
  --task: #35805a; --kernel: #2f6fb7; --upload: #b3620e; --download: #8450ad; --copy: #8a6a3b; --build: #b8443f;
  --wait: #ccd2d9; --host: #66717f; --on: #ffffff; --on-wait: #3c4653; --arrow: #6b7684; --critical: #d0241b; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --ink: #e3e7ec; --faint: #98a2af; --line: #2b3138;
  --lane: #1b1f24; --task: #3d8f66; --kernel: #3f7fc9; --upload: #c07422; --download: #9463bd; --copy: #997a4b;
  --build: #c9554f; --wait: #3a424c; --host: #6d7987; --on-wait: #c3cad3; --arrow: #8b96a4; --critical: #ff6f61; } }
body { margin: 1.5rem auto; max-width: 1240px; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 14px/1.45 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.3rem; margin: 0 0 .2rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
p { margin: .2rem 0 .8rem; color: var(--faint); }
.legend span { display: inline-block; margin-right: 1.1em; }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 2px; margin-right: .4em;
  vertical-align: -1px; }
.timeline { width: 100%; height: auto; display: block; }
.timeline text { font: 11px system-ui, "DejaVu Sans", sans-serif; fill: var(--ink); }
.timeline .name { text-anchor: end; }
.timeline .tick { text-anchor: middle; fill: var(--faint); }
.timeline .peak { text-anchor: end; fill: var(--faint); }
.timeline .label { fill: var(--on); pointer-events: none; }
.timeline .l-c-wait { fill: var(--on-wait); }
.grid { stroke: var(--line); }
.lane { fill: var(--lane); }
.curve path { fill: var(--kernel); fill-opacity: .3; stroke: var(--kernel); vector-effect: non-scaling-stroke; }
.arrow { fill: none; stroke: var(--arrow); opacity: .7; pointer-events: none; }
.arrow.critical { stroke: var(--critical); stroke-width: 1.6; opacity: 1; }
.head { fill: context-stroke; }
#plot { cursor: grab; }
#plot rect.critical { stroke: var(--critical); stroke-width: 1.4; }
#plot rect:hover { stroke: var(--ink); }
.c-task { fill: var(--task); } .c-kernel { fill: var(--kernel); } .c-upload { fill: var(--upload); }
.c-download { fill: var(--download); } .c-copy { fill: var(--copy); } .c-build { fill: var(--build); }
.c-wait { fill: var(--wait); } .c-host { fill: var(--host); }
.c0 { fill: #3d7ea6; } .c1 { fill: #8b6f1f; } .c2 { fill: #a04668; } .c3 { fill: #5b7f32; }
.c4 { fill: #7a5cc0; } .c5 { fill: #b0573a; } .c6 { fill: #28827a; } .c7 { fill: #6f6f80; }
table { border-collapse: collapse; margin: .3rem 0; }
th, td { padding: .18rem 1.2rem .18rem 0; text-align: left; vertical-align: top; }
th { color: var(--faint); font-weight: 500; border-bottom: 1px solid var(--line); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.bar { min-width: 160px; }
td.bar div { height: 10px; margin-top: 5px; background: var(--lane); border: 1px solid var(--line); }
td.bar i { display: block; height: 100%; background: var(--kernel); }
)css";

const std::string_view page_script = R"js(
(() => {
  const svg = document.getElementById("timeline"), plot = document.getElementById("plot");
  const axis = document.getElementById("axis"), width = +svg.dataset.plot, total = +svg.dataset.ns;
  const gap = 0.8, whole = w => w > 3 - gap ? w + gap : w; // as the picture was made
  const blocks = [...plot.querySelectorAll("g > rect")].map(rect => {
    const text = rect.nextElementSibling && rect.nextElementSibling.tagName === "text" ? rect.nextElementSibling : null;
    const lines = rect.textContent.split("\n");
    return { rect, text, x: +rect.getAttribute("x"), w: whole(+rect.getAttribute("width")), y: +rect.getAttribute("y"),
             name: / spans, most of them like /.test(lines[0]) ? "" : lines[0] };
  });
  const arrows = [...plot.querySelectorAll(".arrow")].map(path => ({ path, x: path.dataset.x.split(" ").map(Number),
                                                                      y: path.dataset.y.split(" ").map(Number) }));
  const curves = [...svg.querySelectorAll(".curve")];
  const make = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    return made;
  };
  let scale = 1, start = 0; // what is seen begins at `start` pixels of the whole
  const place = x => (x - start) * scale;

  const label = (block, x, w) => {
    const left = Math.max(x, 0), letters = Math.floor((Math.min(x + w, width) - left - 8) / 6.4);
    const seen = block.name && letters >= 3 && x < width && x + w > 0;
    if (!seen) { if (block.text) block.text.style.display = "none"; return; }
    if (!block.text) {
      block.text = make("text", { class: "label l-" + block.rect.classList[0], y: block.y + 12 });
      block.rect.after(block.text);
    }
    block.text.style.display = "";
    block.text.setAttribute("x", left + 4);
    const name = [...block.name];
    block.text.textContent = name.length > letters ? name.slice(0, letters - 1).join("") + "\u2026" : block.name;
  };
  const drawAxis = () => {
    const seen = total / scale, from = start / width * total;
    let step = 10 ** Math.floor(Math.log10(Math.max(seen / 9, 1)));
    for (const factor of [1, 2, 5, 10]) if (step * factor >= seen / 9) { step *= factor; break; }
    const [unit, size] = total >= 1e9 ? ["s", 1e9] : total >= 1e6 ? ["ms", 1e6] : total >= 1e3 ? ["us", 1e3] : ["ns", 1];
    axis.replaceChildren();
    for (let at = Math.ceil(from / step) * step; at <= from + seen; at += step) {
      const x = place(at / total * width);
      axis.append(make("line", { class: "grid", x1: x, x2: x, y1: 20, y2: axis.dataset.height }));
      const text = make("text", { class: "tick", x, y: 14 });
      text.textContent = at === 0 ? "0" : +(at / size).toFixed(9) + " " + unit;
      axis.append(text);
    }
  };
  const draw = () => {
    for (const block of blocks) {
      const x = place(block.x), w = Math.max(block.w * scale, 0.5), seen = x < width && x + w > 0;
      block.rect.style.display = seen ? "" : "none";
      if (seen) { block.rect.setAttribute("x", x); block.rect.setAttribute("width", w > 3 ? w - gap : w); }
      label(block, x, w);
    }
    for (const { path, x, y } of arrows) {
      const a = place(x[0]), b = place(x[1]), bend = Math.min(60, Math.max(8, Math.abs(b - a) / 2));
      path.setAttribute("d", `M${a} ${y[0]}C${a + bend} ${y[0]} ${b - bend} ${y[1]} ${b} ${y[1]}`);
    }
    for (const each of curves) each.setAttribute("viewBox", `${start} 0 ${width / scale} ${each.getAttribute("height")}`);
    drawAxis();
  };
  let waiting = false;
  const show = (newScale, newStart) => {
    scale = Math.min(Math.max(newScale, 1), Math.max(1, total / 100));
    start = Math.min(Math.max(newStart, 0), width - width / scale);
    if (!waiting) requestAnimationFrame(() => { waiting = false; draw(); });
    waiting = true;
  };
  const pointed = event => {
    const all = svg.getBoundingClientRect();
    return (event.clientX - all.left) * (svg.viewBox.baseVal.width / all.width) - +plot.getAttribute("x");
  };
  plot.addEventListener("wheel", event => {
    event.preventDefault();
    const x = pointed(event), under = start + x / scale, next = Math.max(1, scale * 1.25 ** -Math.sign(event.deltaY));
    show(next, under - x / next);
  }, { passive: false });
  let grabbed = null;
  plot.addEventListener("pointerdown", event => { grabbed = { x: pointed(event), start }; });
  addEventListener("pointerup", () => { grabbed = null; });
  addEventListener("pointermove", event => {
    if (grabbed) show(scale, grabbed.start - (pointed(event) - grabbed.x) / scale);
  });
  plot.addEventListener("dblclick", () => show(1, 0));
  document.getElementById("hint").hidden = false;
})();
)js";

} // namespace clotho::job::detail
