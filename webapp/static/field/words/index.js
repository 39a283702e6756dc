// The words of the interface: Chinese first, English complete. A text is looked up when it is shown, so a change shows at once.
import * as codes from "./codes.js";
import * as core from "./core.js";
import * as door from "./door.js";
import * as forms from "./forms.js";

const KEY = "doorplate.lang";
const LANGUAGES = ["zh", "en"];
const WORDS = Object.fromEntries(LANGUAGES.map((one) => [one, Object.assign({}, core[one], door[one], forms[one], codes[one])]));
let chosen = LANGUAGES.includes(localStorage.getItem(KEY)) ? localStorage.getItem(KEY) : "zh";

export const lang = () => chosen;
export const has = (key) => key in WORDS.zh;

export function choose(next) {
  chosen = LANGUAGES.includes(next) ? next : "zh";
  localStorage.setItem(KEY, chosen);
  document.documentElement.lang = chosen === "en" ? "en" : "zh-CN";
}

// "离线包 {time}" with {time: "10:05"} filled in.
export function t(key, values = {}) {
  const words = WORDS[chosen][key] ?? WORDS.zh[key] ?? key;
  return words.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
