// Keys for who works matters all day. Everything here can be done with the mouse, and without scripts.
const typing = (element) => element.matches("input, textarea, select, [contenteditable]");
const rows = [...document.querySelectorAll("tbody .what a")];
const help = document.getElementById("keys");

function move(by) {
  const now = rows.indexOf(document.activeElement);
  const next = now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + by));
  rows[next]?.focus();
  rows[next]?.closest("tr").scrollIntoView({ block: "nearest" });
}

function write(act) {
  const field = document.querySelector(`[data-act="${act}"]`);
  if (!field) return;
  const folded = field.closest("details");
  if (folded) folded.open = true;
  field.focus();
  field.scrollIntoView({ block: "center" });
}

const acts = {
  j: () => move(1),
  k: () => move(-1),
  "]": () => document.getElementById("next")?.click(),
  "[": () => document.getElementById("previous")?.click(),
  u: () => document.getElementById("back")?.click(),
  "?": () => help?.showModal(),
};
for (const key of ["a", "c", "t", "n"]) acts[key] = () => write(key);
for (const tab of document.querySelectorAll("[data-key]")) acts[tab.dataset.key] = () => tab.click();

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
  if (help?.open || !acts[event.key]) return;
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
