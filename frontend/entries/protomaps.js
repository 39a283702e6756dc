export { FetchSource, PMTiles } from "pmtiles";
export { leafletLayer } from "protomaps-leaflet";
