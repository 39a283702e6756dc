// What is written in a form but not yet done: sealed on the phone, so that it outlives a lock, a call and a flat battery.
import { get, put, remove } from "./store.js";

const TABLE = "drafts";
const LASTS_MS = 7 * 24 * 3600_000;
const fileKey = (key, id) => `${key}#${id}`;

async function toText(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

const toBlob = ({ text, type }) => new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], { type });

// {values, files: {part: [{id, kind, blob, evidence}]}, stamp} or null. stamp: of what the form was about when it was begun.
export async function loadDraft(key) {
  const draft = await get(TABLE, key);
  if (!draft || Date.now() - draft.at > LASTS_MS) return null;
  const files = {};
  for (const { part, id, kind, evidence } of draft.files) {
    const kept = await get(TABLE, fileKey(key, id));
    if (kept) (files[part] ??= []).push({ id, kind, evidence, blob: toBlob(kept) });
  }
  return { values: draft.values, files, stamp: draft.stamp };
}

// Each file is written once, what is typed every time.
export async function saveDraft(key, { values, files, stamp }) {
  const listed = Object.entries(files).flatMap(([part, ones]) => ones.map((one) => ({ part, ...one })));
  const before = (await get(TABLE, key))?.files.map((one) => one.id) ?? [];
  for (const { id, blob } of listed) if (!before.includes(id)) await put(TABLE, fileKey(key, id), { text: await toText(blob), type: blob.type });
  await put(TABLE, key, { at: Date.now(), stamp, values, files: listed.map(({ part, id, kind, evidence }) => ({ part, id, kind, evidence })) });
  for (const id of before) if (!listed.some((one) => one.id === id)) await remove(TABLE, fileKey(key, id));
}

export async function dropDraft(key) {
  const draft = await get(TABLE, key);
  for (const { id } of draft?.files ?? []) await remove(TABLE, fileKey(key, id));
  await remove(TABLE, key);
}

