// Every view at a door; the app imports this one.
import "./scan.js";
import "./near.js";
import "./list.js";
import "./record.js";
import "./correct.js";
import "./walk.js";
