// View "near": the map of the pack around the phone, and the nearest doors as a list that says how far and which way.
import { doorRow } from "./door_row.js";
import { STATES, knowledge } from "./door_state.js";
import { h } from "./dom.js";
import { follow } from "./gnss.js";
import { whenGone } from "./leaving.js";
import { doorMap } from "./map.js";
import { signOf } from "./map_doors.js";
import { areas, communities, doors, settings, streets } from "./pack.js";
import { button } from "./parts.js";
import { byNearness, wayTo } from "./places.js";
import { go, route } from "./router.js";
import { t } from "./words/index.js";

const NEAREST = 20;
const MOVED_M = 3;

class Near {
  constructor() {
    this.state = h("p", { class: "near-state", role: "status" });
    this.list = h("ul", { class: "near-list" });
    this.ground = h("div", { class: "near-map" }, h("p", { class: "hint" }, t("map.opening")));
    this.point = null;
    this.place = h("section", { class: "near" }, h("h1", { tabindex: "-1" }, t("near.title")), this.state, this.ground, h("h2", {}, t("near.nearest")), this.list);
  }

  async show() {
    this.known = await knowledge();
    whenGone(this.place, follow((state) => this.heed(state)));
    whenGone(this.place, () => this.view?.end());
    if (!this.point) this.showList();
    this.open();
    return this.place;
  }

  // The list works without the map: it comes first, and alone where the library is missing.
  async open() {
    const shown = doors().map((door) => ({ id: door.id, lon: door.lon, lat: door.lat, number: door.number, state: this.known.of(door).state }));
    try {
      this.view = await doorMap({ areas: areas(), streets: communities().flatMap((one) => streets(one.code) ?? []), doors: shown, tiles: settings().map, onTap: (door) => go(`door/${door.id}`) });
    } catch { this.ground.replaceChildren(h("p", { class: "hint" }, t("map.no_library"))); return; }
    const me = button(t("near.me"), () => { if (this.point) this.view.look(this.point); }, "small near-me");
    this.ground.replaceChildren(this.view.node, me, legend());
    const begin = () => { this.view.begin(this.point && this.nearby(this.point) ? this.point : null); if (this.point) this.view.setPosition(this.point); };
    new ResizeObserver((_, watcher) => { if (this.view.node.clientHeight) { watcher.disconnect(); begin(); } }).observe(this.view.node);
  }

  // A phone far from all doors of the pack would see an empty map.
  nearby(point) { return doors().some((door) => (wayTo(point, door)?.m ?? Infinity) < 2000); }

  heed(state) {
    this.state.textContent = state.words;
    if (state.kind !== "fix") return;
    const moved = !this.point || (wayTo(this.point, state.point)?.m ?? 0) >= MOVED_M;
    this.point = state.point;
    this.view?.setPosition(state.point);
    if (moved) this.showList();
  }

  showList() {
    const open = doors().filter((door) => door.status !== "retired");
    const near = byNearness(this.point, open).slice(0, NEAREST);
    const focused = this.list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : "";
    this.list.replaceChildren(...near.map((door) => h("li", {}, doorRow(door, { ...this.known.of(door), way: wayTo(this.point, door) }))));
    if (focused) this.list.querySelector(`a[href="${focused}"]`)?.focus({ preventScroll: true });
  }
}

const legend = () => h("details", { class: "legend" }, h("summary", {}, t("near.legend")),
  h("ul", {}, [...STATES].reverse().map((state) => h("li", {}, signOf(state), t(`state.${state}`)))));

route("near", () => new Near().show());
