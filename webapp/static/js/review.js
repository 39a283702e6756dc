// Keys for who reviews all day. Everything here can be done with the mouse, and without scripts.
const byId = (id) => document.getElementById(id);
const typing = (element) => element.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const rows = [...document.querySelectorAll("tbody .what a")];
const boxes = [...document.querySelectorAll("td.pick input")];
const help = byId("keys");

// The queue.
const rowNow = () => document.activeElement?.closest?.("tbody tr");

function move(by) {
  const row = rowNow();
  const now = rows.findIndex((link) => link.closest("tr") === row);
  const next = now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + by));
  rows[next]?.focus();
  rows[next]?.closest("tr").scrollIntoView({ block: "nearest" });
}

function tell() {
  const told = byId("chosen");
  if (!told) return;
  told.dataset.none ??= told.textContent;
  const count = boxes.filter((box) => box.checked).length;
  told.textContent = count ? told.dataset.some.replace("{}", count) : told.dataset.none;
  const every = byId("every");
  every.checked = count === boxes.length;
  every.indeterminate = count > 0 && count < boxes.length;
}

function choose() {
  const box = rowNow()?.querySelector("td.pick input");
  if (!box) return;
  box.checked = !box.checked;
  tell();
}

function preview() {
  if (!byId("many")) return;
  if (!boxes.some((box) => box.checked)) choose();
  if (boxes.some((box) => box.checked)) byId("many").requestSubmit();
}

const every = byId("every");
if (every) {
  every.hidden = false;
  every.addEventListener("change", () => { for (const box of boxes) box.checked = every.checked; tell(); });
  for (const box of boxes) box.addEventListener("change", tell);
  window.addEventListener("pageshow", tell);
}

// The card.
function unfold(id, fieldId) {
  const folded = byId(id);
  if (!folded) return false;
  folded.open = true;
  const field = fieldId ? byId(fieldId) : folded.querySelector("input:not([type=hidden])");
  field?.focus();
  field?.scrollIntoView({ block: "center" });
  return true;
}

function approve() {
  const button = byId("a");
  if (!button) return preview();
  const open = [...byId("approve").elements].find((field) => !field.validity.valid);
  if (!open) return byId("approve").requestSubmit(button);
  open.focus();
  open.scrollIntoView({ block: "center" });
}

function sendBack() {
  if (unfold("reject", "reject-words")) return;
  const link = rowNow()?.querySelector(".what a");
  if (link) location.href = `${link.href}#reject`;
}

const shown = byId("photo");
const photos = [...document.querySelectorAll("[data-photo]")];
let picture = 0;

function show(index) {
  if (!photos.length) return;
  picture = (index + photos.length) % photos.length;
  const image = shown.querySelector("img") ?? shown.insertBefore(new Image(), shown.firstChild);
  image.src = photos[picture].href;
  image.alt = photos[picture].querySelector("img").alt;
  if (!shown.open) shown.showModal();
}
photos.forEach((link, index) => link.addEventListener("click", (event) => { event.preventDefault(); show(index); }));
shown?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowRight") show(picture + 1);
  if (event.key === "ArrowLeft") show(picture - 1);
});
if (location.hash === "#reject") unfold("reject", "reject-words");

const click = (id) => byId(id)?.click();
const acts = {
  j: () => move(1), k: () => move(-1), x: choose, a: approve, r: sendBack,
  e: () => unfold("amend"), f: () => show(0), n: () => click("next"), p: () => click("previous"),
  "]": () => click("next"), "[": () => click("previous"), u: () => click("back"),
  "/": () => byId("q")?.select(), "?": () => help?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.metaKey) return; // an input method is writing Chinese
  if (event.ctrlKey) {
    if (event.key === "Enter" && event.target.matches("textarea")) event.target.form?.requestSubmit();
    return;
  }
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (document.querySelector("dialog[open]") || !acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
});

// Leaving the page with something half written asks first; sending it once is enough.
let sending = false;
const written = () => [...document.querySelectorAll("textarea:not([readonly])")].some((field) => field.value !== field.defaultValue);
window.addEventListener("beforeunload", (event) => { if (!sending && written()) event.preventDefault(); });
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", (event) => {
    if (sending) event.preventDefault();
    sending = true;
  });
}
window.addEventListener("pageshow", () => { sending = false; });
document.querySelector('[aria-invalid="true"]')?.focus();
