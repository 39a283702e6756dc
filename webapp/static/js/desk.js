// Keys and small comforts of every room of the desk. Everything here can be done with the mouse, and without scripts.
// A room's own script may add keys: document.dispatchEvent(new CustomEvent("desk-keys", { detail: { m: () => … } })).
const byId = (id) => document.getElementById(id);
const typing = (element) => element.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const links = () => [...document.querySelectorAll("tbody .what a")];
const boxes = () => [...document.querySelectorAll("td.pick input[type=checkbox]")];
const rowNow = () => document.activeElement?.closest?.("tbody tr");

function move(by) {
  const all = links();
  const row = rowNow();
  const now = all.findIndex((link) => link.closest("tr") === row);
  const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + by));
  all[next]?.focus();
  all[next]?.closest("tr").scrollIntoView({ block: "nearest" });
}

// How many lines are ticked: <b id="chosen" data-some="已选 {} 条">一条也没有选</b>, <input type="checkbox" id="every" hidden>.
function tell() {
  const told = byId("chosen");
  const all = boxes();
  const count = all.filter((box) => box.checked).length;
  if (told) {
    told.dataset.none ??= told.textContent;
    told.textContent = count ? told.dataset.some.replace("{}", count) : told.dataset.none;
  }
  const every = byId("every");
  if (!every) return;
  every.hidden = all.length === 0;
  every.checked = count > 0 && count === all.length;
  every.indeterminate = count > 0 && count < all.length;
}

document.addEventListener("change", (event) => {
  if (event.target.id === "every") for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.id === "every" || event.target.closest("td.pick")) tell();
  if (event.target.closest("[data-sends]")) event.target.form?.requestSubmit();
});
window.addEventListener("pageshow", tell);
document.addEventListener("htmx:afterSwap", tell);

function tick() {
  const box = rowNow()?.querySelector("td.pick input");
  if (box) { box.checked = !box.checked; tell(); }
}

const click = (id) => byId(id)?.click();
const acts = {
  j: () => move(1), k: () => move(-1), x: tick, u: () => click("back"), "[": () => click("previous"), "]": () => click("next"),
  "/": () => { byId("q")?.focus(); byId("q")?.select(); }, "?": () => byId("keys")?.showModal(),
};
document.addEventListener("desk-keys", (event) => Object.assign(acts, event.detail));

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

// Sending once is enough; leaving the page with something half written asks first.
let sending = false;
const half = () => [...document.querySelectorAll("textarea:not([readonly])")].some((field) => field.value !== field.defaultValue);
window.addEventListener("beforeunload", (event) => { if (!sending && half()) event.preventDefault(); });
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post" || event.target.hasAttribute("hx-post")) return;
  if (sending) event.preventDefault();
  sending = true;
});
window.addEventListener("pageshow", () => { sending = false; });
document.addEventListener("click", (event) => { // menus fold when something else is clicked
  for (const open of document.querySelectorAll("details.me[open]")) if (!open.contains(event.target)) open.open = false;
});
document.querySelector("[aria-invalid=true]")?.focus();
