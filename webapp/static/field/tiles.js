// The ground of the map where an office has one: tiles by address {z}/{x}/{y}, or an archive of vector tiles (PMTiles), its own
// (`doorplate tiles`, layers areas, streets, doors) or one of the whole country. Without any the map draws the pack alone.
import { secret } from "./vault.js";
import { protomaps } from "./vendor.js";

const OURS = "/field/tiles/";
const CLOSEST = 20;
const NATIVE = 18;

// A Leaflet layer, or null.
export async function groundOf(L, { tiles = "", attribution = "" }, colour) {
  if (!tiles) return null;
  if (!tiles.endsWith(".pmtiles")) return L.tileLayer(tiles, { attribution, maxZoom: CLOSEST, maxNativeZoom: NATIVE });
  try {
    const library = await protomaps();
    const ours = tiles.startsWith(OURS);
    const url = new library.PMTiles(new library.FetchSource(new URL(tiles, location.href).href, ours ? new Headers({ Authorization: `Bearer ${secret().token}` }) : new Headers()));
    const looks = ours ? { paintRules: paint(library, colour), labelRules: labels(library, colour) } : { flavor: "light", lang: "zh" };
    return library.leafletLayer({ url, attribution, maxDataZoom: ours ? 17 : 15, ...looks });
  } catch { return null; }
}

const paint = ({ CircleSymbolizer, LineSymbolizer, PolygonSymbolizer }, colour) => [
  { dataLayer: "areas", filter: (_, { props }) => props.kind === "community", symbolizer: new PolygonSymbolizer({ fill: colour("--paper"), opacity: 0.5 }) },
  { dataLayer: "areas", symbolizer: new LineSymbolizer({ color: colour("--line"), width: 1, dash: [4, 4] }) },
  { dataLayer: "streets", symbolizer: new LineSymbolizer({ color: colour("--line"), width: 5 }) },
  { dataLayer: "doors", symbolizer: new CircleSymbolizer({ radius: 2, fill: colour("--edge") }) },
];

const labels = ({ LineLabelSymbolizer }, colour) => [
  { dataLayer: "streets", minzoom: 16, symbolizer: new LineLabelSymbolizer({ labelProps: ["name"], fill: colour("--quiet"), font: "600 12px sans-serif", stroke: colour("--paper"), width: 2 }) },
];
