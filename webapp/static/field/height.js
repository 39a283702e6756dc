// How high a plate should hang, and how high it does, drawn beside a door of two metres.
import { t } from "./words/index.js";

const NS = "http://www.w3.org/2000/svg";
const GROUND = 250;
const MM = 0.08;
const MOST = 3000;
const y = (mm) => GROUND - Math.min(mm, MOST) * MM;

function draw(tag, attributes, text = "") {
  const one = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value);
  one.textContent = text;
  return one;
}

// rule, tolerance: mm of the plate's lower edge above ground. show(mm | null).
export function heightDrawing(rule, tolerance) {
  const picture = draw("svg", { viewBox: "0 0 320 262", class: "height", role: "img" });
  const plate = draw("rect", { x: 150, width: 60, height: 20, rx: 2, class: "plate-shape" });
  picture.append(
    draw("rect", { x: 20, y: y(2000), width: 90, height: 2000 * MM, class: "door-shape" }),
    draw("rect", { x: 112, y: y(rule + tolerance), width: 200, height: 2 * tolerance * MM, class: "right-zone" }),
    draw("line", { x1: 112, x2: 312, y1: y(rule), y2: y(rule), class: "rule" }),
    draw("text", { x: 312, y: y(rule) - 5, class: "rule-words", "text-anchor": "end" }, t("mount.rule", { cm: Math.round(rule / 10) })),
    draw("line", { x1: 0, x2: 320, y1: GROUND, y2: GROUND, class: "ground" }), plate);
  const words = document.createElement("p");
  words.className = "hint";
  words.setAttribute("role", "status");
  const node = document.createElement("div");
  node.append(picture, words);

  function show(mm) {
    const off = mm === null ? 0 : mm - rule;
    const key = mm === null ? "mount.height_unset" : Math.abs(off) <= tolerance ? "mount.height_right" : off > 0 ? "mount.height_high" : "mount.height_low";
    plate.setAttribute("y", y(mm ?? rule) - 20);
    plate.classList.toggle("unset", mm === null);
    words.textContent = t(key, { cm: Math.round((mm ?? rule) / 10), rule: Math.round(rule / 10), off: Math.round(Math.abs(off) / 10) });
    picture.setAttribute("aria-label", words.textContent);
  }
  show(null);
  return { node, show };
}
