// Why the server did not do something, for who holds the phone.
import { has, lang, t } from "./words/index.js";

// told: {code, message} of an answer or a receipt, or null. The server speaks Chinese and is exact; its codes are told in the phone's
// own words in English, or where it said nothing. otherwise: the key of what is said where neither is known.
export function reasonOf(told, otherwise = "signin.failed") {
  const { code = "", message = "" } = told ?? {};
  if (has(`code.${code}`) && (lang() === "en" || !message)) return t(`code.${code}`);
  return message || t(otherwise, { code });
}
