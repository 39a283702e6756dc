import { en, zh } from "./forms.js";
const words = document.documentElement.lang.startsWith("en") ? en : zh;
export function t(key, values = {}) {
  if (!(key in words)) throw new Error(`no words: ${key}`);
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
export const has = (key) => key in words;
export const lang = () => (words === en ? "en" : "zh");
