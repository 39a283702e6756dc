// Photos are made small on the phone: 1600 pixels are enough to see what is wrong, and go over a thin line.
const LONGEST_SIDE = 1600;
const QUALITY = 0.8;
const SMALL_ENOUGH = 300000;
export const MOST_PHOTOS = 6;

async function decode(file) {
  if (globalThis.createImageBitmap) {
    try { return await createImageBitmap(file, { imageOrientation: "from-image" }); } catch { /* older browsers: the other way */ }
  }
  const picture = new Image();
  picture.src = URL.createObjectURL(file);
  try { await picture.decode(); } finally { URL.revokeObjectURL(picture.src); }
  return picture;
}

// A JPEG no side of which is longer than 1600 pixels, without the camera's notes; throws for what is no picture.
export async function shrink(file) {
  const picture = await decode(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  if (scale === 1 && file.type === "image/jpeg" && file.size <= SMALL_ENOUGH) return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close?.();
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/jpeg", QUALITY));
}

// The photos of a form: field is emptied after each choice, what was chosen stands as previews. changed(photos) after each change.
export function photoList(field, list, words, say, changed) {
  let photos = [];

  function show() {
    for (const picture of list.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
    list.replaceChildren(...photos.map((photo, n) => {
      const entry = document.createElement("li");
      const picture = document.createElement("img");
      picture.src = URL.createObjectURL(photo);
      picture.alt = `${words.photo} ${n + 1}`;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.textContent = words.photo_remove;
      button.addEventListener("click", () => { photos = photos.filter((one) => one !== photo); show(); changed(); field.focus(); });
      entry.append(picture, button);
      return entry;
    }));
    list.hidden = !photos.length;
  }

  field.addEventListener("change", async () => {
    const chosen = [...field.files];
    field.value = "";
    let complaint = "";
    for (const file of chosen) {
      if (photos.length >= MOST_PHOTOS) { complaint = words.photo_many; break; }
      try { photos.push(await shrink(file)); } catch { complaint = words.photo_bad; }
    }
    say("photos", complaint);
    show();
    changed();
  });
  return { get: () => photos, set: (kept) => { photos = [...kept]; show(); } };
}
