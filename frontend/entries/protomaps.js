export { FetchSource, PMTiles } from "pmtiles";
export { CircleSymbolizer, leafletLayer, LineLabelSymbolizer, LineSymbolizer, PolygonSymbolizer } from "protomaps-leaflet";
