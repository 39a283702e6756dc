// Photos of a form: drawn anew (nothing the camera wrote stays in them), what they tell as evidence kept beside them.
import { readExif } from "./exif.js";
import { lastFixes } from "./gnss.js";
import { settings } from "./pack.js";
import { usage } from "./store.js";
import { h } from "./dom.js";
import { button, hexId, part, undoLine } from "./parts.js";
import { t } from "./words/index.js";

const LARGEST_FILE = 60_000_000;
const LEAST_FREE = 4_000_000;
const JUST_NOW_MS = 2 * 60_000;
const EXIF_WITHIN = 256 * 1024;

async function decoded(file) {
  try { return await createImageBitmap(file, { imageOrientation: "from-image" }); } catch { /* the other way, for older browsers */ }
  const picture = new Image();
  picture.src = URL.createObjectURL(file);
  try { await picture.decode(); } finally { URL.revokeObjectURL(picture.src); }
  return picture;
}

// A JPEG of at most `side` pixels without any notes in it. Throws for what is no picture this browser reads (HEIC elsewhere than on iPhones).
export async function drawnAnew(file, side, quality) {
  const picture = await decoded(file);
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close?.();
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/jpeg", quality));
}

// {taken_at, lon, lat, accuracy_m, direction} as far as known: from the photo, else from the phone if the photo was taken just now.
export async function evidenceOf(file, now = Date.now()) {
  const told = readExif(new Uint8Array(await file.slice(0, EXIF_WITHIN).arrayBuffer()));
  const taken = told.taken_at ? Date.parse(told.taken_at) : file.lastModified;
  const justNow = Math.abs(now - taken) < JUST_NOW_MS;
  if (!told.taken_at && justNow) told.taken_at = new Date(taken).toISOString();
  const fix = lastFixes().at(-1);
  if (told.lon === undefined && justNow && fix && Math.abs(taken - Date.parse(fix.at)) < JUST_NOW_MS) {
    Object.assign(told, { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m });
  }
  return told;
}

// Whether there is room for another photo: "" or what to do, with `low` true where only a warning is due.
async function room() {
  const { free } = await usage();
  if (!Number.isFinite(free)) return { words: "", full: false };
  if (free < LEAST_FREE) return { words: t("photos.full"), full: true };
  const low = free < settings().sync.warn_free_mb * 1_000_000;
  return { words: low ? t("photos.low", { mb: Math.round(free / 1_000_000) }) : "", full: false };
}

function chooser(words, { camera, disabled = false }, take) {
  const input = h("input", { class: "unseen" });
  Object.assign(input, { type: "file", accept: "image/*", multiple: true, disabled });
  if (camera) input.setAttribute("capture", "environment");
  input.addEventListener("change", async () => { const files = [...input.files]; input.value = ""; await take(files); });
  return h("label", { class: `act ${camera ? "primary" : ""}`.trim() }, input, words);
}

// A part of a form. files(): [{id, kind: "photo", blob, evidence}]; set(files) puts kept ones back.
export function photoField({ most = settings().sync.photos, asked = t("photos.asked"), onChange = () => {} } = {}) {
  let photos = [];
  let work = Promise.resolve();
  const list = h("ul", { class: "photos" });
  const state = h("p", { class: "hint", role: "status" });
  const take = (files) => (work = work.then(() => add(files)));
  const whole = part(asked, h("div", { class: "acts" },
    chooser(t("photos.take"), { camera: true }, take), chooser(t("photos.choose"), { camera: false }, take)), state, list);

  function show() {
    for (const picture of list.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
    list.replaceChildren(...photos.map((photo, n) => {
      const picture = h("img", { alt: t("photos.one", { n: n + 1 }) });
      picture.src = URL.createObjectURL(photo.blob);
      const away = button(t("photos.remove"), () => remove(photo), "small");
      away.setAttribute("aria-label", t("photos.remove_one", { n: n + 1 }));
      return h("li", {}, picture, away);
    }));
  }

  function keep(next) { photos = next; show(); onChange(); list.dispatchEvent(new Event("change", { bubbles: true })); }

  function remove(photo) {
    const before = photos;
    keep(photos.filter((one) => one !== photo));
    list.after(undoLine(t("photos.removed"), () => keep(before)));
  }

  async function add(files) {
    let complaint = "";
    whole.complain("");
    for (const file of files) {
      if (photos.length >= most) { complaint = t("photos.many", { n: most }); break; }
      const space = await room();
      if (space.full) { complaint = space.words; break; }
      state.textContent = t("photos.working");
      try { await prepare(file); } catch { complaint = t(file.size > LARGEST_FILE ? "photos.large" : "photos.unreadable", { name: file.name }); }
      state.textContent = space.words;
    }
    if (complaint) whole.complain(complaint);
  }

  async function prepare(file) {
    if (file.size > LARGEST_FILE) throw new Error("too large");
    const { photo_side_px, photo_quality } = settings().sync;
    const [evidence, blob] = [await evidenceOf(file), await drawnAnew(file, photo_side_px, photo_quality)];
    keep([...photos, { id: hexId(), kind: "photo", blob, evidence }]);
  }

  return { ...whole, files: async () => { await work; return photos; }, set: (kept) => { photos = [...kept]; show(); } };
}
