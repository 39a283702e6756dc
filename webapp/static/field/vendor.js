// Other people's libraries, each fetched when it is first needed (frontend/entries).
export const barcode = () => import("../vendor/barcode.js");
export const leaflet = () => import("../vendor/leaflet.js");
export const protomaps = () => import("../vendor/protomaps.js");
