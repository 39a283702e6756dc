// The camera in front of a plate: opened, lit, zoomed, read frame by frame, closed as soon as nobody looks.
import { h } from "./dom.js";
import { whenGone } from "./leaving.js";
import { Frames, reader } from "./reader.js";
import { button } from "./parts.js";
import { t } from "./words/index.js";

const BETWEEN_MS = 90;
const SAME_AGAIN_MS = 2500;
const DARK = 45;
const LOOK_AT_LIGHT = 12;
const WANTED = { video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } }, audio: false };
const REFUSALS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy", AbortError: "busy" };

// words: what went wrong and what to do, for the person who holds the phone.
export class CameraTrouble extends Error {
  constructor(why) { super(why); this.why = why; this.words = t(`camera.${why}`); }
}

async function opened() {
  if (!globalThis.isSecureContext || !navigator.mediaDevices?.getUserMedia) throw new CameraTrouble(globalThis.isSecureContext ? "none" : "insecure");
  try { return await navigator.mediaDevices.getUserMedia(WANTED); } catch (error) { throw new CameraTrouble(REFUSALS[error.name] ?? "busy"); }
}

// Shows the camera in `place` and calls onText(text) for each code read (the same one again after a pause). Resolves to a function
// that ends it; it ends by itself when `place` leaves the screen, and pauses while the phone shows something else.
export async function watchCodes(place, onText) {
  const watch = new Watch(place, onText);
  await watch.begin();
  return () => watch.end();
}

class Watch {
  constructor(place, onText) {
    this.place = place;
    this.onText = onText;
    this.video = h("video", { class: "camera-picture", "aria-label": t("camera.picture") });
    Object.assign(this.video, { muted: true, playsInline: true });
    this.state = h("p", { class: "camera-state", role: "status" });
    this.tools = h("div", { class: "camera-tools" });
    this.ended = false;
    this.last = { text: "", at: 0 };
  }

  async begin() {
    this.place.replaceChildren(this.video, h("div", { class: "camera-frame", "aria-hidden": "true" }), this.state, this.tools);
    const reading = reader().catch(() => { throw new CameraTrouble("no_reader"); });
    reading.catch(() => {});
    try {
      await this.open();
      this.reading = await reading;
    } catch (error) { this.end(); throw error; }
    document.addEventListener("visibilitychange", this.seen);
    whenGone(this.place, () => this.end());
    this.look();
  }

  async open() {
    this.stream = await opened();
    if (this.ended) { this.close(); return; }
    this.video.srcObject = this.stream;
    await this.video.play().catch(() => {});
    this.track = this.stream.getVideoTracks()[0];
    this.track.addEventListener("ended", () => { if (!this.ended && !document.hidden) this.state.textContent = t("camera.lost"); });
    this.frames = new Frames(this.video);
    this.showTools();
    this.state.textContent = t("camera.aim");
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.video.srcObject = null;
    this.stream = null;
  }

  end() {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.seen);
    this.close();
  }

  seen = async () => {
    if (this.ended) return;
    clearTimeout(this.timer);
    if (document.hidden) { this.close(); return; }
    if (this.stream) return;
    try { await this.open(); } catch (error) { this.state.textContent = error.words; return; }
    this.look();
  };

  showTools() {
    const able = this.track.getCapabilities?.() ?? {};
    this.tools.replaceChildren();
    if (able.torch) {
      const lamp = button(t("camera.lamp_on"), () => this.light(lamp), "small");
      lamp.setAttribute("aria-pressed", "false");
      this.tools.append(lamp);
    }
    if (able.zoom && able.zoom.max > able.zoom.min) this.tools.append(...this.zoomTools(able.zoom));
  }

  async light(lamp) {
    const on = lamp.getAttribute("aria-pressed") !== "true";
    try { await this.track.applyConstraints({ advanced: [{ torch: on }] }); } catch { lamp.remove(); return; }
    lamp.setAttribute("aria-pressed", String(on));
    lamp.textContent = t(on ? "camera.lamp_off" : "camera.lamp_on");
  }

  zoomTools({ min, max }) {
    let now = this.track.getSettings?.().zoom ?? min;
    const to = (factor) => () => {
      now = Math.min(max, Math.max(min, now * factor));
      this.track.applyConstraints({ advanced: [{ zoom: now }] }).catch(() => {});
    };
    return [button(t("camera.nearer"), to(1.5), "small"), button(t("camera.farther"), to(1 / 1.5), "small")];
  }

  async look() {
    if (this.ended || !this.stream) return;
    if (this.video.readyState >= 2 && this.video.videoWidth) await this.read();
    if (!this.ended && this.stream) this.timer = setTimeout(() => this.look(), BETWEEN_MS);
  }

  async read() {
    const began = performance.now();
    let found = [];
    try { found = await this.reading.detect(this.frames.next()); } catch { return; }
    if (this.ended) return;
    if (this.frames.turn % LOOK_AT_LIGHT === 0) this.tellLight();
    const text = found[0]?.rawValue;
    if (!text || (text === this.last.text && began - this.last.at < SAME_AGAIN_MS)) return;
    this.last = { text, at: began };
    performance.mark("doorplate:frame", { startTime: began });
    this.onText(text);
  }

  tellLight() {
    const dark = this.frames.brightness() < DARK;
    const words = t(dark ? (this.tools.querySelector("[aria-pressed]") ? "camera.dark_lamp" : "camera.dark") : "camera.aim");
    if (this.state.textContent !== words) this.state.textContent = words;
  }
}
