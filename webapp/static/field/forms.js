// Every form and its views; the app imports this one.
import "./household.js";
import "./mount.js";
import "./visit.js";
import "./diary.js";
import "./zones.js";
import "./suspect.js";
import "./actions.js";
