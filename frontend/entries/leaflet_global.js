// protomaps-leaflet expects Leaflet as a global named L.
import * as L from "./leaflet.js";

export { L };
