// One plate read for a form: by the camera, or typed when it will not be read.
import { watchCodes } from "./camera.js";
import { parseScanned } from "./codes.js";
import { baseUrl } from "./pack.js";
import { h } from "./dom.js";
import { button, part, writing } from "./parts.js";
import { t } from "./words/index.js";

// onRead({code, scanned} | {problem: "host" | "check" | "foreign", seen, scanned}).
export function codeEntry({ asked, onRead }) {
  const typed = writing(t("code.typed"), { most: 300, hint: t("code.typed_hint") });
  const place = h("div", { class: "camera" });
  const whole = part(asked);
  let stop = null;

  function read(text, scanned) {
    const found = parseScanned(text, { baseUrl: baseUrl() });
    const seen = text.slice(0, 300);
    if (!scanned && found.problem) { typed.complain(t("code.not_one")); return; }
    typed.complain("");
    onRead(found.code ? { code: found.code, scanned } : { problem: found.problem, seen, scanned });
  }

  function end() { stop?.(); stop = null; place.replaceChildren(button(t("code.scan"), scan, "primary")); }

  async function scan() {
    whole.complain("");
    const video = h("div", { class: "camera-view" });
    place.replaceChildren(video, button(t("code.stop"), end));
    try {
      stop = await watchCodes(video, (text) => { end(); read(text, true); });
    } catch (error) {
      end();
      whole.complain(error.words ?? t("code.no_camera"));
    }
  }

  whole.node.append(place, typed.node, button(t("code.use"), () => read(typed.value(), false)));
  typed.field.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); read(typed.value(), false); } });
  end();
  return { ...whole, stop: end };
}
