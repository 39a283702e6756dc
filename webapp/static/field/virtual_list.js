// A list of any length: only the rows near the screen are in the page. Arrow keys walk it; a reader hears each row's place.
import { h } from "./dom.js";

const ROW_PX = 72;
const AROUND = 6;

// draw(row) → Node with a link. Returns {node, fill(rows), draw(), focus(n)}. Rows are all of one height (field_door.css .row).
export function virtualList({ label, draw }) {
  const inside = h("div", { class: "rows", role: "list", "aria-label": label });
  const node = h("div", { class: "rows-window" }, inside);
  let rows = [];
  let drawn = [0, 0];

  function range() {
    const first = Math.max(0, Math.floor(node.scrollTop / ROW_PX) - AROUND);
    return [first, Math.min(rows.length, Math.ceil((node.scrollTop + (node.clientHeight || 800)) / ROW_PX) + AROUND)];
  }

  function show(always = false) {
    const [first, end] = range();
    if (!always && first === drawn[0] && end === drawn[1]) return;
    const focused = inside.contains(document.activeElement) ? Number(document.activeElement.closest(".row").dataset.n) : -1;
    drawn = [first, end];
    inside.replaceChildren(...rows.slice(first, end).map((row, at) => {
      const n = first + at;
      const one = h("div", { class: "row", role: "listitem", "aria-setsize": String(rows.length), "aria-posinset": String(n + 1) }, draw(row));
      one.dataset.n = n;
      one.style.top = `${n * ROW_PX}px`;
      return one;
    }));
    if (focused >= first && focused < end) linkOf(focused)?.focus({ preventScroll: true });
  }

  const linkOf = (n) => inside.querySelector(`.row[data-n="${n}"] a`);

  function focus(n) {
    const to = Math.min(rows.length - 1, Math.max(0, n));
    if (to < 0) return;
    const top = to * ROW_PX;
    if (top < node.scrollTop) node.scrollTop = top;
    else if (top + ROW_PX > node.scrollTop + node.clientHeight) node.scrollTop = top + ROW_PX - node.clientHeight;
    show();
    linkOf(to)?.focus({ preventScroll: true });
  }

  node.addEventListener("scroll", () => show());
  node.addEventListener("keydown", (event) => {
    const row = event.target.closest?.(".row");
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (!row || !step) return;
    event.preventDefault();
    focus(Number(row.dataset.n) + step);
  });
  new ResizeObserver(() => show()).observe(node);

  return {
    node,
    fill(next) { rows = next; inside.style.height = `${rows.length * ROW_PX}px`; if (node.scrollTop > rows.length * ROW_PX) node.scrollTop = 0; show(true); },
    draw: () => show(true),
    focus,
  };
}
