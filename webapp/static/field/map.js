// The map of the pack: areas, streets and doors drawn on canvas by Leaflet, on tiles where there are some, else on a calm ground.
import { doorLayer } from "./map_doors.js";
import { h } from "./dom.js";
import { groundOf } from "./tiles.js";
import { leaflet } from "./vendor.js";
import { t } from "./words/index.js";

const LINES = { community: { weight: 3, dash: null }, grid: { weight: 2, dash: "6 5" }, zone: { weight: 1, dash: "2 5" }, group: { weight: 1, dash: "1 6" } };
const CLOSEST = 20;
// Names of streets stand on the map where there is room for them; farther out those of the grids do.
const STREETS_FROM_ZOOM = 17;
const WIDE = 15;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const latLng = ([lon, lat]) => [lat, lon];

// doors: [{id, lon, lat, state}]; onTap(door); tiles: settings().map. Resolves to {node, begin(), setDoors, setPosition, look(point), pick, end}.
export async function doorMap({ areas = [], streets = [], doors = [], tiles = {}, onTap = () => {} }) {
  const L = await leaflet();
  const node = h("div", { class: "map", role: "application", "aria-label": t("map.label") });
  const map = L.map(node, { preferCanvas: true, zoomControl: true, attributionControl: Boolean(tiles.attribution), zoomAnimation: false, fadeAnimation: false, maxZoom: CLOSEST, keyboard: true });
  map.attributionControl?.setPrefix(false);
  const ground = await groundOf(L, tiles ?? {}, colour);
  ground?.addTo(map);
  const lines = L.canvas({ padding: 0.3 });
  const nameByZoom = () => node.classList.toggle("close", map.getZoom() >= STREETS_FROM_ZOOM);
  map.on("zoomend viewreset", nameByZoom);
  drawAreas(L, map, areas, lines);
  drawStreets(L, map, streets, lines);
  const points = doorLayer(L, { onTap });
  points.addTo(map);
  points.fill(doors);
  let [dot, ring] = [null, null];
  const bounds = boundsOf(L, areas, doors);

  return {
    node, map, L,
    // Once the node has its size on the screen.
    begin(point = null) {
      map.invalidateSize({ animate: false });
      if (point) map.setView([point.lat, point.lon], 18, { animate: false });
      else if (bounds.isValid()) map.fitBounds(bounds, { animate: false, padding: [16, 16] });
      else map.setView([34.3, 108.9], WIDE, { animate: false });
    },
    setDoors: (next) => points.fill(next),
    setPosition(point) {
      const at = [point.lat, point.lon];
      if (!dot) {
        ring = L.circle(at, { radius: point.accuracy_m, renderer: lines, weight: 1, color: colour("--action"), fillOpacity: 0.12, interactive: false }).addTo(map);
        dot = L.circleMarker(at, { radius: 8, renderer: lines, weight: 3, color: "#fff", fillColor: colour("--action"), fillOpacity: 1, interactive: false }).addTo(map);
      }
      ring.setLatLng(at).setRadius(point.accuracy_m);
      dot.setLatLng(at);
    },
    look: (point) => map.setView([point.lat, point.lon], Math.max(map.getZoom(), 18), { animate: false }),
    end: () => map.remove(),
  };
}

function drawAreas(L, map, areas, renderer) {
  for (const { kind, rings, name } of areas) {
    const look = LINES[kind];
    if (!look || !rings?.length) continue;
    L.polygon(rings.map((ring) => ring.map(latLng)), { renderer, color: colour("--edge"), weight: look.weight, dashArray: look.dash, fill: kind === "community", fillColor: colour("--paper"), fillOpacity: 0.6, interactive: false }).addTo(map);
    if (kind === "grid" && name) L.marker(L.latLngBounds(rings[0].map(latLng)).getCenter(), { interactive: false, keyboard: false, icon: L.divIcon({ className: "map-name", html: h("span", {}, name), iconSize: null }) }).addTo(map);
  }
}

function drawStreets(L, map, streets, renderer) {
  for (const { line, name } of streets) {
    if (!line || line.length < 2) continue;
    L.polyline(line.map(latLng), { renderer, color: colour("--line"), weight: 8, interactive: false }).addTo(map);
    L.polyline(line.map(latLng), { renderer, color: colour("--edge"), weight: 1, opacity: 0.6, interactive: false }).addTo(map);
    L.marker(latLng(line[Math.floor(line.length / 2)]), { interactive: false, keyboard: false, icon: L.divIcon({ className: "map-street", html: h("span", {}, name), iconSize: null }) }).addTo(map);
  }
}

function boundsOf(L, areas, doors) {
  const bounds = L.latLngBounds([]);
  for (const { lon, lat } of doors) if (Number.isFinite(lon)) bounds.extend([lat, lon]);
  if (!bounds.isValid()) for (const { rings } of areas) for (const ring of rings ?? []) for (const point of ring) bounds.extend(latLng(point));
  return bounds;
}
