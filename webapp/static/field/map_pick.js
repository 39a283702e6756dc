// A point by hand: the map moves under a cross in its middle.
import { h } from "./dom.js";
import { doorMap } from "./map.js";
import { areas, doors, settings, streets } from "./pack.js";
import { button } from "./parts.js";
import { t } from "./words/index.js";

const AROUND = 0.004; // degrees

// onPick({lon, lat, accuracy_m: null}) after every movement. start: {lon, lat} or null. Without the map's library: a sentence.
export async function pickOnMap({ door, area, start, onPick }) {
  const from = start ?? (Number.isFinite(door?.lon) ? door : null);
  const near = doors().filter((one) => !from || (Math.abs(one.lon - from.lon) < AROUND && Math.abs(one.lat - from.lat) < AROUND));
  let view;
  try {
    view = await doorMap({ areas: areas().filter((one) => one.kind !== "zone"), streets: streets(area), tiles: settings().map,
      doors: near.map((one) => ({ ...one, state: one.id === door?.id ? "problem" : "unvisited" })) });
  } catch { return h("p", { class: "complaint" }, t("map.no_library")); }
  const place = h("div", { class: "picking" }, view.node, h("span", { class: "cross", "aria-hidden": "true" }, "✛"),
    button(t("map.take"), () => { const { lat, lng } = view.map.getCenter(); onPick({ lon: Number(lng.toFixed(7)), lat: Number(lat.toFixed(7)), accuracy_m: null }); }, "primary"),
    h("p", { class: "hint" }, t("map.how")));
  new ResizeObserver((_, watcher) => { if (view.node.clientHeight) { watcher.disconnect(); view.begin(from); } }).observe(view.node);
  return place;
}
