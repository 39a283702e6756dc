// Two lines for a new PIN, and what makes one too weak.
import { line } from "./fields.js";
import { t } from "./words/index.js";

const isRow = (pin, step) => [...pin].every((one, n) => n === 0 || one.charCodeAt(0) - pin.charCodeAt(n - 1) === step);

// "" or the key of what is wrong with it: too short, one sign again and again, a row up or down.
export function weakness(pin, least) {
  if ([...pin].length < least) return "signin.pin_short";
  return [0, 1, -1].some((step) => isRow(pin, step)) ? "signin.pin_easy" : "";
}

// lines: to show; take(): the PIN, or null after complaining beside the line.
export function pinLines(least, { asked = t("signin.pin") } = {}) {
  const first = line("pin", asked, { kind: "pin", autocomplete: "new-password" });
  const second = line("pin2", t("signin.again"), { kind: "pin", autocomplete: "new-password" });
  const take = () => {
    const weak = weakness(first.value(), least);
    if (weak) { first.complain(t(weak, { n: least })); return null; }
    if (first.value() !== second.value()) { second.complain(t("signin.differ")); return null; }
    return first.value();
  };
  return { lines: [first, second], take };
}
