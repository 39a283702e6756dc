// Where the phone is: watched only while somebody on the screen needs it, told in words, averaged while it stands still.
import { settings } from "./pack.js";
import { t } from "./words/index.js";
import { h } from "./dom.js";

const EARTH_M = 6371008.8;
const MOST_KEPT = 30;
const KEPT_MS = 30 * 60_000;
const STANDING_MS = 60_000;
const OPTIONS = { enableHighAccuracy: true, maximumAge: 2000, timeout: 20_000 };
const TOLD_AGAIN_MS = 1500;
const DEFAULTS = { good_m: 10, samples: 12 };

const followers = new Set();
let kept = [];
let watch = null;
let now = { kind: "off" };

const rules = () => { try { return settings()?.gnss ?? DEFAULTS; } catch { return DEFAULTS; } };
const radians = (degrees) => degrees * Math.PI / 180;

// Metres between two {lon, lat}.
export function metres(one, other) {
  const dLat = radians(other.lat - one.lat);
  const dLon = radians(other.lon - one.lon);
  const a = Math.sin(dLat / 2) ** 2 + Math.cos(radians(one.lat)) * Math.cos(radians(other.lat)) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(a)));
}

const middle = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};
const centre = (fixes) => ({ lon: middle(fixes.map((fix) => fix.lon)), lat: middle(fixes.map((fix) => fix.lat)) });

// Mean of fixes [{lon, lat, accuracy_m}] weighted by 1/accuracy², without those that lie farther off than they say they may.
// accuracy_m does not shrink with their number: errors of neighbouring seconds are the same error (D). null without fixes.
export function average(fixes) {
  if (!fixes.length) return null;
  const about = centre(fixes);
  const away = fixes.map((fix) => metres(fix, about));
  const spread = middle(away);
  const good = fixes.filter((fix, n) => away[n] <= Math.max(3, 3 * spread, 2 * fix.accuracy_m));
  const used = good.length ? good : fixes;
  const weight = (fix) => 1 / Math.max(1, fix.accuracy_m) ** 2;
  const total = used.reduce((sum, fix) => sum + weight(fix), 0);
  const mean = (name) => used.reduce((sum, fix) => sum + fix[name] * weight(fix), 0) / total;
  const at = { lon: mean("lon"), lat: mean("lat") };
  const scatter = Math.sqrt(used.reduce((sum, fix) => sum + weight(fix) * metres(fix, at) ** 2, 0) / total);
  const said = Math.sqrt(used.length / total);
  return { lon: round(at.lon, 7), lat: round(at.lat, 7), accuracy_m: round(Math.max(said, scatter), 1), samples: used.length };
}

const round = (number, places) => Math.round(number * 10 ** places) / 10 ** places;

// Of fixes, oldest first, those since the phone stands where it stands now.
export function standing(fixes) {
  if (!fixes.length) return [];
  const here = centre(fixes.slice(-3));
  const newest = Date.parse(fixes.at(-1).at);
  const still = [];
  for (const fix of [...fixes].reverse()) {
    if (newest - Date.parse(fix.at) > STANDING_MS) break;
    if (metres(fix, here) <= Math.max(15, 2 * fix.accuracy_m)) still.unshift(fix);
    else if (still.length > 2) break;
  }
  return still.length ? still : fixes.slice(-1);
}

// The last positions, oldest first, at most 30, none older than half an hour: {lon, lat, accuracy_m, at}.
export function lastFixes() {
  const since = Date.now() - KEPT_MS;
  kept = kept.filter((fix) => Date.parse(fix.at) > since).slice(-MOST_KEPT);
  return kept.map((fix) => ({ ...fix }));
}

// {lon, lat, accuracy_m, samples} of where the phone stands now, null where it is not known or only from minutes ago.
export function here() {
  const fixes = lastFixes();
  if (!fixes.length || Date.now() - Date.parse(fixes.at(-1).at) > 2 * STANDING_MS) return null;
  return average(standing(fixes).slice(-rules().samples));
}

function took(position) {
  const { longitude, latitude, accuracy } = position.coords;
  if (![longitude, latitude, accuracy].every(Number.isFinite)) return;
  kept.push({ lon: round(longitude, 7), lat: round(latitude, 7), accuracy_m: Math.min(100_000, round(accuracy, 1)), at: new Date().toISOString() });
  const point = average(standing(lastFixes()).slice(-rules().samples));
  tell({ kind: "fix", point, good: point.accuracy_m <= rules().good_m });
}

function failed(error) {
  if (error.code === 1) tell({ kind: "denied" });
  else if (now.kind !== "fix") tell({ kind: error.code === 3 ? "slow" : "unavailable" });
}

function tell(state) {
  now = { ...state, words: wordsOf(state) };
  for (const follower of [...followers]) follower(now);
}

// The state as a sentence.
export function wordsOf(state) {
  if (state.kind !== "fix") return t(`gnss.${state.kind}`);
  const { accuracy_m, samples } = state.point;
  return t(state.good ? "gnss.fix" : "gnss.poor", { m: Math.max(1, Math.round(accuracy_m)), n: samples });
}

// Calls onState({kind: "locating" | "fix" | "denied" | "slow" | "unavailable" | "none", words, point, good}) until the function it
// returns is called. The phone is asked only while somebody follows.
export function follow(onState) {
  followers.add(onState);
  if (!navigator.geolocation) now = { kind: "none", words: t("gnss.none") };
  else if (watch === null) {
    now = { kind: "locating", words: t("gnss.locating") };
    watch = navigator.geolocation.watchPosition(took, failed, OPTIONS);
  }
  // The words anew: the language may have changed since.
  onState({ ...now, words: wordsOf(now) });
  return () => {
    followers.delete(onState);
    if (followers.size || watch === null) return;
    navigator.geolocation.clearWatch(watch);
    watch = null;
    now = { kind: "off", words: "" };
  };
}

// A line that tells the state while it is on the screen. point(): {lon, lat, accuracy_m, samples, by} or null.
export function gnssField({ onState = () => {} } = {}) {
  const line = h("p", { class: "gnss", role: "status", "aria-live": "polite" });
  let point = null;
  let shown = false;
  let timer = 0;
  const stop = follow((state) => {
    if (shown && !line.isConnected) return leave();
    shown ||= line.isConnected;
    if (state.kind === "fix") point = { ...state.point, by: "gnss" };
    const look = state.kind === "fix" ? (state.good ? "good" : "poor") : state.kind;
    // A reader is not told every second how the mean moves.
    clearTimeout(timer);
    if (look !== line.dataset.state) line.textContent = state.words;
    else timer = setTimeout(() => { line.textContent = state.words; }, TOLD_AGAIN_MS);
    line.dataset.state = look;
    onState(state);
  });
  function leave() { setTimeout(() => { if (!line.isConnected) { stop(); removeEventListener("hashchange", leave); } }, 0); }
  addEventListener("hashchange", leave);
  return { node: line, point: () => point, stop };
}
