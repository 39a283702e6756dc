// What is typed is kept as it is typed, for each door and kind of form, photos and voice too.
import { forgetOldDrafts, get, put, remove } from "./ask_store.js";

const NOT_TYPED = new Set(["client_id", "form_token", "leave_empty", "photos", "voice", "sure_not_emergency"]);

export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function typed(form) {
  return [...new FormData(form)].filter(([name, value]) => !NOT_TYPED.has(name) && typeof value === "string");
}

export function fill(form, fields) {
  for (const one of form.elements) {
    if (!one.name || NOT_TYPED.has(one.name) || one.type === "hidden") continue;
    const values = fields.filter(([name]) => name === one.name).map(([, value]) => value);
    if (one.type === "radio" || one.type === "checkbox") one.checked = values.includes(one.value);
    else if (values.length && (one.tagName !== "SELECT" || [...one.options].some((option) => option.value === values[0]))) one.value = values[0];
  }
}

export async function draftOf(form, photos, voice) {
  const key = form.dataset.key;
  await forgetOldDrafts();
  let draft = await get("drafts", key);
  let timer, touched = Boolean(draft);

  const now = () => ({ key, client_id: draft.client_id, fields: typed(form), photos: photos.get(), voice: voice.get(), changed: Date.now() });
  const fresh = () => { draft = { client_id: newId() }; touched = false; };
  if (!draft) fresh();

  return {
    kept: draft.fields ? draft : null,
    now,
    id: () => draft.client_id,
    save() { touched = true; clearTimeout(timer); timer = setTimeout(() => put("drafts", now()), 300); },
    async saveAtOnce() { clearTimeout(timer); if (touched) await put("drafts", now()); },
    // Until then the matter keeps its id, however often it is sent; the next one gets its own.
    async discard() { clearTimeout(timer); await remove("drafts", key); fresh(); },
  };
}
