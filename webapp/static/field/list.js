// View "list": every door of the pack, by street in walking order with progress, searched as one types, filtered by chips.
import { doorRow } from "./door_row.js";
import { knowledge } from "./door_state.js";
import { h } from "./dom.js";
import { whenGone } from "./leaving.js";
import * as outbox from "./outbox.js";
import { doors, notice, onChange as onPack } from "./pack.js";
import { route } from "./router.js";
import { find, indexOf } from "./search.js";
import { virtualList } from "./virtual_list.js";
import { byStreet } from "./walking.js";
import { t } from "./words/index.js";

export const FILTERS = ["unvisited", "bare", "waiting", "problem", "revisit"];
const MOST_FOUND = 300;
const kept = { query: "", filter: "", at: 0 };
let index = { of: null, entries: [] };

// The search index of the pack as it is now; made anew only when the pack changed.
export function packIndex() {
  const all = doors();
  if (index.of !== all || index.length !== all.length) index = { of: all, length: all.length, ...indexOf(all) };
  return index;
}

class List {
  constructor() {
    this.field = h("input", { id: "list-query", type: "search", autocomplete: "off", spellcheck: "false", enterkeyhint: "search", placeholder: t("list.placeholder"), "aria-label": t("list.search") });
    this.field.value = kept.query;
    this.count = h("p", { class: "list-count", role: "status" });
    this.chips = h("div", { class: "list-chips", role: "group", "aria-label": t("list.filter") });
    this.rows = virtualList({ label: t("list.title"), draw: (row) => this.draw(row) });
    this.place = h("section", { class: "list" }, h("h1", { tabindex: "-1" }, t("list.title")),
      h("div", { class: "list-find" }, this.field, h("a", { class: "act small", href: "#new" }, t("list.new"))), this.chips, this.count, this.rows.node);
  }

  async show() {
    this.known = await knowledge();
    this.field.addEventListener("input", () => { kept.query = this.field.value; kept.at = 0; this.fill(); });
    this.field.addEventListener("keydown", (event) => { if (event.key === "ArrowDown" || event.key === "Enter") { event.preventDefault(); this.rows.focus(0); } });
    this.rows.node.addEventListener("scroll", () => { kept.at = this.rows.node.scrollTop; });
    const learn = async () => { if (!this.place.isConnected) return; this.known = await knowledge(); this.fill(); };
    const ends = [outbox.onChange(learn), onPack(learn)];
    whenGone(this.place, () => ends.forEach((end) => typeof end === "function" && end()));
    this.fill();
    requestAnimationFrame(() => { this.rows.node.scrollTop = kept.at; this.rows.draw(); });
    return this.place;
  }

  fill() {
    const { entries } = packIndex();
    const standing = new Map(entries.map(({ door }) => [door.id, this.known.of(door)]));
    this.standing = standing;
    const asked = kept.query.trim();
    const found = asked ? find(packIndex(), asked, { most: kept.filter ? Infinity : MOST_FOUND }) : entries.map((one) => one.door);
    const fits = found.filter((door) => (kept.filter ? standing.get(door.id).marks.has(kept.filter) : asked || door.status !== "retired"));
    this.rows.fill(asked ? fits.map((door) => ({ door })) : this.grouped(fits));
    this.count.textContent = fits.length ? t("list.count", { n: fits.length, all: entries.length }) : entries.length ? t(asked ? "list.nothing" : "list.none_such", { query: asked }) : notice() || t("list.no_pack");
    this.showChips(entries, standing);
  }

  grouped(fits) {
    return byStreet(fits).flatMap(([name, inside]) => {
      const done = inside.filter((door) => this.standing.get(door.id).marks.has("done")).length;
      return [{ street: name, done, all: inside.length }, ...inside.map((door) => ({ door }))];
    });
  }

  showChips(entries, standing) {
    const counts = Object.fromEntries(FILTERS.map((one) => [one, 0]));
    for (const { door } of entries) for (const mark of standing.get(door.id).marks) if (mark in counts) counts[mark] += 1;
    if (this.chips.childElementCount) {
      [...this.chips.children].forEach((chip, n) => { chip.querySelector("b").textContent = String(counts[FILTERS[n]]); });
      return;
    }
    this.chips.append(...FILTERS.map((one) => {
      const chip = h("button", { type: "button", class: "filter", "aria-pressed": String(kept.filter === one) }, t(`state.${one}`), " ", h("b", {}, String(counts[one])));
      chip.addEventListener("click", () => {
        kept.filter = kept.filter === one ? "" : one;
        for (const [n, other] of [...this.chips.children].entries()) other.setAttribute("aria-pressed", String(FILTERS[n] === kept.filter));
        this.fill();
      });
      return chip;
    }));
  }

  draw(row) {
    if (row.door) return doorRow(row.door, { state: this.standing.get(row.door.id)?.state, outcome: this.standing.get(row.door.id)?.outcome });
    return h("a", { class: "street-row", href: `#walk/${encodeURIComponent(row.street)}` }, h("b", {}, row.street || t("list.no_street")), h("span", {}, t("list.progress", { done: row.done, all: row.all })));
  }
}

route("list", () => new List().show());
