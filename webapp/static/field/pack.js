// The offline pack on the phone: what it holds while the phone is open, and how old it is. Fetched by pack_fetch.js.
import { call } from "./api.js";
import { fetchParts } from "./pack_fetch.js";
import { doorsOf, groupedBy, indexOf, keyOf, patchOf, workOf } from "./pack_parts.js";
import { get, keys, putMany } from "./store.js";
import * as vault from "./vault.js";
import { windows } from "./talk.js";

const MANIFEST = "manifest";
const listeners = new Set();
const talk = windows();
const EMPTY = { manifest: null, doors: [], byId: new Map(), byCode: new Map(), areas: [], streets: new Map(), work: { zones: [], revisit: [] }, read: new Map(), homes: new Map() };
let held = EMPTY;
let updating = null;
let step = null;

export const onChange = (listener) => { listeners.add(listener); return () => listeners.delete(listener); };
const tell = () => { for (const listener of [...listeners]) listener(); };

export const ready = () => held.manifest !== null;
export const settings = () => held.manifest?.settings;
export const services = () => held.manifest?.services ?? [];
export const categories = () => held.manifest?.categories ?? [];
export const person = () => held.manifest?.person ?? null;
export const communities = () => held.manifest?.communities ?? [];
// Why there is nothing in it, in the server's words; "" where there is.
export const notice = () => held.manifest?.notice ?? "";
export const baseUrl = () => held.manifest?.base_url || location.origin;
export const doors = () => held.doors;
export const door = (id) => held.byId.get(id) ?? null;
export const byCode = (code) => held.byCode.get(code) ?? null;
export const areas = (kind = "") => (kind ? held.areas.filter((one) => one.kind === kind) : held.areas);
export const streets = (community) => held.streets.get(community) ?? [];
export const work = () => held.work;

export function street(name) {
  for (const list of held.streets.values()) {
    const found = list.find((one) => one.name === name);
    if (found) return found;
  }
  return null;
}

// madeAt, expiresAt: moments by this phone's own clock, 0 without a pack; step: {done, of} while parts are being fetched.
export function state() {
  const { manifest } = held;
  return { madeAt: manifest?.fetchedAt ?? 0, expiresAt: manifest?.endsAt ?? 0, expired: Boolean(manifest) && Date.now() > manifest.endsAt,
    doors: held.doors.length, updating: updating !== null, step };
}

// From the disk into memory, after the phone was opened.
export async function load() {
  const manifest = await get("pack", MANIFEST);
  if (!manifest) { held = EMPTY; tell(); return; }
  await arrange(manifest, await endPersonal(manifest));
}

// What was read before stays as it is; only parts that changed are opened and read.
async function arrange(manifest, present) {
  const read = new Map();
  for (const part of manifest.parts.filter((one) => !one.personal && present.has(keyOf(one)))) {
    const key = keyOf(part);
    read.set(key, held.read.get(key) ?? await readPart(part, key));
  }
  const of = (kind) => manifest.parts.filter((part) => part.kind === kind && read.has(keyOf(part))).map((part) => read.get(keyOf(part)));
  const list = of("doors").flat();
  held = { manifest, read, doors: list, ...indexOf(list), areas: of("areas").flatMap((part) => part.rows), work: workOf(of("work")), homes: new Map(),
    streets: new Map(manifest.parts.filter((part) => part.kind === "streets" && read.has(keyOf(part))).map((part) => [part.community, read.get(keyOf(part)).rows])) };
  tell();
}

async function readPart(part, key) {
  const value = await get("pack", key);
  return part.kind === "doors" ? doorsOf(part.name, value) : value;
}

// An old pack keeps its doors; what it says of people goes from the phone. Resolves to the keys of what is left.
async function endPersonal(manifest) {
  const present = new Set(await keys("pack"));
  if (Date.now() <= manifest.endsAt) return present;
  const gone = manifest.parts.filter((part) => part.personal).map(keyOf).filter((key) => present.has(key));
  await putMany(gone.map((key) => ["pack", key, undefined]));
  gone.forEach((key) => present.delete(key));
  held.homes.clear();
  return present;
}

// The households of a door, read when asked for and kept no longer than the phone is open.
export async function households(address) {
  const found = held.byId.get(address);
  if (!found || state().expired) { if (found) await endPersonal(held.manifest); return []; }
  return (await peopleNear(found)).homes.get(address) ?? [];
}

// The persons of one of a door's households, where the population module is on and this officer may count them: names masked.
export async function persons(address, household) {
  const found = held.byId.get(address);
  return found && !state().expired ? (await peopleNear(found)).persons.get(household) ?? [] : [];
}

function peopleNear({ patch, community }) {
  const key = `${community} ${patch}`;
  if (!held.homes.has(key)) held.homes.set(key, openPeople(patch, community));
  return held.homes.get(key);
}

async function openPeople(patch, community) {
  const open = async (kind) => {
    const mine = held.manifest.parts.filter((part) => part.kind === kind && part.community === community && patchOf(part.name) === patch);
    return (await Promise.all(mine.map((part) => get("pack", keyOf(part))))).filter(Boolean);
  };
  return { homes: groupedBy("address", await open("households")), persons: groupedBy("household", await open("persons")) };
}

// Asks the server for what changed. Resolves to "fresh", or throws Offline; an answer that refuses is thrown as Error with its words.
// force: also when one is under way, once more after it.
export async function refresh({ force = false } = {}) {
  if (updating && !force) return updating;
  const before = updating;
  updating = (async () => { await before?.catch(() => null); return fetchAll(); })();
  const mine = updating;
  tell();
  try { return await mine; } finally {
    if (updating === mine) [updating, step] = [null, null];
    tell();
  }
}

async function fetchAll() {
  const answer = await call("GET", "/field/pack");
  if (!answer.ok) throw Object.assign(new Error(answer.json?.message ?? String(answer.status)), { name: "Refused", code: answer.json?.code ?? "" });
  const now = Date.now();
  // By this phone's own clock, however wrong it is: so long after it was fetched as the server says it lasts.
  const manifest = { ...answer.json, fetchedAt: now, endsAt: now + Date.parse(answer.json.expires_at) - Date.parse(answer.json.made_at) };
  const left = await fetchParts(manifest, (done, of) => { step = { done, of }; tell(); });
  await putMany([["pack", MANIFEST, manifest], ...left.map((key) => ["pack", key, undefined])]);
  await vault.touched(manifest.settings.lock);
  await arrange(manifest, new Set(await keys("pack")));
  talk.say("pack");
  return "fresh";
}

export function forget() { held = EMPTY; }

vault.onChange((now) => { if (now !== "open") { forget(); tell(); } });
talk.hear((word) => { if (word === "pack" && vault.state() === "open") load(); });
