// Ten thousand doors as one canvas over the map. Each state has a shape of its own beside its colour.
import { STATES } from "./door_state.js";

const TAP_PX = 24;
const COLOURS = { retired: "--edge", problem: "--alarm-ink", waiting: "--waiting-line", revisit: "--waiting-ink", bare: "--quiet", unvisited: "--action", done: "--done" };
const NUMBERS_FROM_ZOOM = 18;

const colours = () => {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(Object.entries(COLOURS).map(([state, name]) => [state, style.getPropertyValue(name).trim() || "#1e6b3a"]));
};

// The sign of a state around (x, y), r pixels large: full disc done, ring unvisited, square bare, triangle problem, …
export function sign(pen, state, x, y, r) {
  pen.beginPath();
  if (state === "problem") { pen.moveTo(x, y - r * 1.2); pen.lineTo(x + r * 1.1, y + r * 0.8); pen.lineTo(x - r * 1.1, y + r * 0.8); pen.closePath(); pen.fill(); }
  else if (state === "bare") pen.strokeRect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
  else if (state === "retired") { pen.moveTo(x - r * 0.8, y - r * 0.8); pen.lineTo(x + r * 0.8, y + r * 0.8); pen.moveTo(x + r * 0.8, y - r * 0.8); pen.lineTo(x - r * 0.8, y + r * 0.8); pen.stroke(); }
  else if (state === "revisit") { pen.moveTo(x, y - r); pen.lineTo(x + r, y); pen.lineTo(x, y + r); pen.lineTo(x - r, y); pen.closePath(); pen.fill(); }
  else if (state === "waiting") { pen.arc(x, y, r, 0, Math.PI); pen.fill(); pen.beginPath(); pen.arc(x, y, r, 0, 2 * Math.PI); pen.stroke(); }
  else { pen.arc(x, y, r, 0, 2 * Math.PI); if (state === "done") pen.fill(); else pen.stroke(); }
}

// The sign of a state as a small canvas, for the legend.
export function signOf(state) {
  const canvas = document.createElement("canvas");
  const scale = devicePixelRatio || 1;
  Object.assign(canvas, { width: 24 * scale, height: 24 * scale, className: "map-sign" });
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.fillStyle = pen.strokeStyle = colours()[state];
  pen.lineWidth = 2.5;
  sign(pen, state, 12, 12, 7);
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

// A Leaflet layer. fill([{id, lon, lat, state, number}]).
export function doorLayer(L, { onTap }) {
  const Doors = L.Layer.extend({
    fill(doors) { this.doors = doors.filter((door) => Number.isFinite(door.lon)); if (this.canvas) this.draw(); },

    onAdd(map) {
      this.canvas = L.DomUtil.create("canvas", "map-doors", map.getPanes().overlayPane);
      map.on("moveend zoomend resize viewreset", this.draw, this);
      map.on("click", this.tapped, this);
      this.draw();
    },

    onRemove(map) {
      map.off("moveend zoomend resize viewreset", this.draw, this);
      map.off("click", this.tapped, this);
      this.canvas.remove();
    },

    draw() {
      const map = this._map;
      if (!map?._loaded) return;
      const size = map.getSize();
      const scale = devicePixelRatio || 1;
      L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([0, 0]));
      Object.assign(this.canvas, { width: size.x * scale, height: size.y * scale });
      Object.assign(this.canvas.style, { width: `${size.x}px`, height: `${size.y}px` });
      const pen = this.canvas.getContext("2d");
      pen.scale(scale, scale);
      this.drawInto(pen, map);
    },

    drawInto(pen, map) {
      const [looks, zoom] = [colours(), map.getZoom()];
      const r = zoom >= NUMBERS_FROM_ZOOM ? 7 : zoom >= 16 ? 5 : 3;
      const bounds = map.getBounds().pad(0.02);
      const [west, east, south, north] = [bounds.getWest(), bounds.getEast(), bounds.getSouth(), bounds.getNorth()];
      this.seen = (this.doors ?? []).filter(({ lon, lat }) => lon > west && lon < east && lat > south && lat < north)
        .map((door) => ({ door, at: map.latLngToContainerPoint([door.lat, door.lon]) }));
      pen.lineWidth = Math.max(1.5, r / 3);
      pen.textAlign = "center";
      pen.font = `700 13px ${getComputedStyle(document.body).fontFamily}`;
      for (const state of STATES) {
        pen.fillStyle = pen.strokeStyle = looks[state];
        for (const { door, at } of this.seen) if (door.state === state) sign(pen, state, at.x, at.y, r);
      }
      if (zoom < NUMBERS_FROM_ZOOM || this.seen.length > 400) return;
      pen.fillStyle = getComputedStyle(document.body).color;
      for (const { door, at } of this.seen) pen.fillText(door.number ?? "", at.x, at.y - r - 4);
    },

    tapped(event) {
      const tap = event.containerPoint;
      const near = (this.seen ?? []).map((one) => ({ ...one, px: one.at.distanceTo(tap) })).filter((one) => one.px <= TAP_PX).sort((a, b) => a.px - b.px);
      if (near.length) onTap(near[0].door);
    },
  });
  return new Doors();
}
