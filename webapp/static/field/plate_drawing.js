// The plate as it hangs on the wall, small: the zones of the small gate plate in millimetres, as webapp/scan/drawing.py draws it.
import { grouped } from "./codes.js";
import { numberOf } from "./parts.js";
import { streetOf } from "./walking.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, MIDDLE, ZONE] = [150, 70, 75, 132];
const [STREET_SIZE, NUMBER_SIZE, SMALL] = [17, 38, 0.34];
const widthOf = (text) => [...text].reduce((sum, one) => sum + (one.charCodeAt(0) < 128 ? 0.58 : 1), 0);

function drawn(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const line = (text, size, y, kind = "") => drawn("text", { x: MIDDLE, y, "font-size": size.toFixed(2), class: kind }, text);

function numberLine(painted) {
  const [, before, digits, after] = /^(\D*)(\d*)(.*)$/s.exec(painted);
  if (!digits) return line(painted, Math.min(STREET_SIZE, ZONE / Math.max(1, widthOf(painted))), 48);
  const size = Math.min(NUMBER_SIZE, ZONE / (widthOf(digits) + SMALL * (widthOf(before + after) + 0.3)));
  const small = (size * SMALL).toFixed(2);
  const spans = [[before, small], [digits, size.toFixed(2)], [after, small]].filter(([text]) => text)
    .map(([text, font]) => drawn("tspan", { "font-size": font }, text));
  return drawn("text", { x: MIDDLE, y: (45 + size * 0.36).toFixed(2) }, ...spans);
}

// An SVG of a door's plate; words: what a reader hears. code: shown beneath, "" for none.
export function plateDrawing(door, { code = "", words = "" } = {}) {
  const street = streetOf(door);
  const painted = numberOf(door);
  const node = drawn("svg", { class: "wall-plate", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", lang: "zh-CN", "aria-label": words || `${street}${painted}` },
    drawn("rect", { class: "face", width: WIDTH, height: HEIGHT, rx: 4 }),
    drawn("rect", { class: "rim", x: 2.6, y: 2.6, width: WIDTH - 5.2, height: HEIGHT - 5.2, rx: 2.6 }),
    line(street, Math.min(STREET_SIZE, ZONE / Math.max(1, widthOf(street))), 22),
    numberLine(painted));
  if (code) node.append(line(grouped(code), 5.6, 65.2, "code"));
  return node;
}
