export * from "leaflet/dist/leaflet-src.esm.js";
