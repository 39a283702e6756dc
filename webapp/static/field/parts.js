// Pieces the forms are made of: chips, counters, plates, lines that complain, undo. Each part: {node, value(), set(value)}.
import { h } from "./dom.js";
import { t } from "./words/index.js";

export const UNDO_MS = 10_000;
let made = 0;

export const fresh = () => `f${(made += 1)}`;
export const hexId = () => crypto.randomUUID().replaceAll("-", "");
const english = () => document.documentElement.lang.startsWith("en");
// What an option of the settings, {id, zh, en}, is called in the language of the page.
export const called = (option) => (english() ? option.en : option.zh) || option.zh || option.id;
export const named = (options, id) => { const found = options.find((one) => one.id === id); return found ? called(found) : id; };

export function button(words, done, kind = "") {
  const one = h("button", { class: `act ${kind}`.trim() }, words);
  one.type = "button";
  one.addEventListener("click", done);
  return one;
}

// A part with what is asked above it; complain("…") says beside it what is wrong, complain("") takes that away.
export function part(asked, ...inside) {
  const legend = h("legend", {}, asked);
  const node = h("fieldset", { class: "part" }, legend, ...inside);
  const line = h("p", { class: "complaint", id: fresh(), role: "alert" });
  line.hidden = true;
  legend.after(line);
  return {
    node,
    complain(words) {
      line.textContent = words;
      line.hidden = !words;
      node.classList.toggle("wrong", Boolean(words));
      if (!words) { node.removeAttribute("aria-describedby"); return; }
      node.setAttribute("aria-describedby", line.id);
      node.scrollIntoView({ block: "center" });
      node.querySelector("input, textarea, select, button")?.focus({ preventScroll: true });
    },
  };
}

// Big choices: options [{id, words, hint?}], one or (many) several of them. value(): id or ids.
export function chips(asked, options, { many = false, chosen = many ? [] : "", onChange = () => {} } = {}) {
  const group = fresh();
  const inputs = options.map(({ id }) => {
    const input = h("input", { id: `${group}-${id}` });
    Object.assign(input, { type: many ? "checkbox" : "radio", name: group, value: id });
    input.addEventListener("change", () => onChange(value()));
    return input;
  });
  const body = h("div", { class: "chips" }, options.map(({ words, hint }, n) =>
    h("label", { class: "chip" }, inputs[n], h("span", {}, words, hint ? h("small", {}, hint) : ""))));
  const whole = part(asked, body);
  const value = () => {
    const ids = inputs.filter((input) => input.checked).map((input) => input.value);
    return many ? ids : ids[0] ?? "";
  };
  const set = (ids) => inputs.forEach((input) => { input.checked = [ids].flat().includes(input.value); });
  set(chosen);
  return { ...whole, value, set };
}

// A number by big − and +, or typed. value(): number or null while nobody touched it.
export function counter(asked, { value: first = null, least = 0, most = 99, step = 1, start = least, unit = "", onChange = () => {} } = {}) {
  let number = first;
  const input = h("input", { class: "number", inputmode: "numeric", "aria-label": `${asked}${unit ? ` (${unit})` : ""}` });
  Object.assign(input, { type: "text", autocomplete: "off", maxLength: 5, pattern: "[0-9]*", placeholder: "–" });
  const keep = (next) => { number = next === null ? null : Math.min(most, Math.max(least, next)); show(); onChange(number); };
  const show = () => { input.value = number ?? ""; };
  const less = button("−", () => keep(number === null ? start : number - step), "step");
  const more = button("+", () => keep(number === null ? start : number + step), "step");
  less.setAttribute("aria-label", t("form.less", { what: asked }));
  more.setAttribute("aria-label", t("form.more", { what: asked }));
  input.addEventListener("change", () => {
    const typed = input.value.normalize("NFKC").trim();
    keep(/^\d+$/.test(typed) ? Number(typed) : null);
  });
  const whole = part(asked, h("div", { class: "counter" }, less, input, h("span", { class: "unit" }, unit), more));
  show();
  return { ...whole, value: () => number, set: (next) => { number = next; show(); } };
}

// Lines of text. kind: "text", "tel" or "long".
export function writing(asked, { kind = "text", most = 1000, hint = "", value: first = "" } = {}) {
  const id = fresh();
  const field = h(kind === "long" ? "textarea" : "input", { id, maxlength: String(most), autocomplete: "off" });
  if (kind === "tel") Object.assign(field, { type: "tel", inputMode: "tel" });
  if (kind === "long") field.rows = 3;
  field.setAttribute("aria-label", asked);
  field.value = first;
  const whole = part(asked, hint ? h("p", { class: "hint" }, hint) : "", field);
  return { ...whole, field, value: () => field.value.trim(), set: (text) => { field.value = text ?? ""; } };
}

// For some seconds one line stands there that takes the thing back.
export function undoLine(words, undo, { after = () => {} } = {}) {
  const line = h("p", { class: "undo", role: "status" }, h("span", {}, words));
  const end = () => { clearTimeout(timer); line.remove(); after(); };
  const timer = setTimeout(end, UNDO_MS);
  line.append(button(t("form.undo"), async () => { clearTimeout(timer); line.remove(); await undo(); }, "small"));
  return line;
}

// The number of a door of the pack as painted: 53号附1号.
export function numberOf({ number, suffix, local }) {
  if (!number) return local || "";
  return suffix ? `${number}号附${suffix}号` : `${number}号`;
}

// The plates of a door as [{id, code, kind, status}], however the pack has them.
export const platesOf = (door) => (door.plates ?? []).map((one) => (Array.isArray(one) ? { id: one[0], code: one[1], kind: one[2], status: one[3] } : one));
export const codeGroups = (code) => code.replace(/(.{4})(?=.)/g, "$1 ");

// The plate as it hangs on the wall.
export function plateFace(door, code = "", kind = "") {
  const within = ["compound", "building", "unit", "floor", "room"].map((one) => door[one]).filter(Boolean).join("");
  return h("div", { class: `plate-face ${kind}`.trim() },
    h("p", { class: "plate-street" }, door.thoroughfareName || door.hamlet || ""),
    h("p", { class: "plate-number" }, numberOf(door)),
    within ? h("p", { class: "plate-within" }, within) : "",
    code ? h("p", { class: "plate-code" }, codeGroups(code)) : "");
}
