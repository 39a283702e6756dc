// A voice note: spoken, heard again, taken back. Nothing is recorded once the form is off the screen.
import { settings } from "./pack.js";
import { h } from "./dom.js";
import { button, hexId, part, undoLine } from "./parts.js";
import { t } from "./words/index.js";

const LOOK_MS = 200;
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
const able = () => Boolean(globalThis.MediaRecorder && navigator.mediaDevices?.getUserMedia);
const REFUSALS = { NotAllowedError: "voice.denied", NotFoundError: "voice.none", NotReadableError: "voice.busy" };

// How loud it is now, 0 … 1.
function ear(stream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(stream).connect(analyser);
  const wave = new Float32Array(analyser.fftSize);
  return {
    level() { analyser.getFloatTimeDomainData(wave); return Math.min(1, 4 * Math.sqrt(wave.reduce((sum, one) => sum + one * one, 0) / wave.length)); },
    close: () => context.close(),
  };
}

// A recording under way, as it stands in `place`. ended: resolves to the note, null where nothing was heard.
class Recording {
  constructor(stream, place, most) {
    this.began = Date.now();
    this.most = most;
    this.place = place;
    this.stream = stream;
    this.hearing = ear(stream);
    this.recorder = new MediaRecorder(stream, { audioBitsPerSecond: 32_000 });
    this.time = h("span", { class: "clock" }, clock(0));
    this.level = h("meter", { class: "level", "aria-label": t("voice.level") });
    Object.assign(this.level, { min: 0, max: 1 });
    this.ended = this.record();
  }

  async record() {
    const pieces = [];
    this.recorder.ondataavailable = (event) => pieces.push(event.data);
    const stopped = new Promise((done) => { this.recorder.onstop = done; });
    const look = setInterval(() => this.look(), LOOK_MS);
    this.recorder.start(1000);
    await stopped;
    clearInterval(look);
    this.hearing.close();
    this.stream.getTracks().forEach((track) => track.stop());
    const blob = new Blob(pieces, { type: this.recorder.mimeType.split(";")[0] });
    return blob.size ? { id: hexId(), kind: "voice", blob, evidence: { taken_at: new Date(this.began).toISOString() } } : null;
  }

  look() {
    const seconds = Math.floor((Date.now() - this.began) / 1000);
    this.time.textContent = `${clock(Math.min(seconds, this.most))} / ${clock(this.most)}`;
    this.level.value = this.hearing.level();
    if (seconds >= this.most || !this.place.isConnected) this.stop();
  }

  stop() { if (this.recorder.state !== "inactive") this.recorder.stop(); }

  nodes() { return [h("p", { class: "recording", role: "status" }, t("voice.recording")), this.time, this.level, button(t("voice.stop"), () => this.stop(), "alarm")]; }
}

// A part of a form. files(): [] or [{id, kind: "voice", blob, evidence}]; set(files) puts a kept one back.
export function voiceField({ asked = t("voice.asked"), most = settings().sync.voice_s, onChange = () => {} } = {}) {
  let note = null;
  let recording = null;
  const place = h("div", { class: "voice" });
  const whole = part(asked, place);

  function show() {
    for (const player of place.querySelectorAll("audio")) URL.revokeObjectURL(player.src);
    if (!note) { place.replaceChildren(able() ? button(t("voice.record", { s: most }), record) : h("p", { class: "hint" }, t("voice.unable"))); return; }
    const player = h("audio", { "aria-label": t("voice.note") });
    player.controls = true;
    player.src = URL.createObjectURL(note.blob);
    place.replaceChildren(player, button(t("voice.remove"), remove, "small"));
  }

  function keep(next) { note = next; show(); onChange(); place.dispatchEvent(new Event("change", { bubbles: true })); }

  function remove() {
    const before = note;
    keep(null);
    place.append(undoLine(t("voice.removed"), () => keep(before)));
  }

  async function record() {
    whole.complain("");
    let stream;
    try { stream = await navigator.mediaDevices.getUserMedia({ audio: true }); } catch (error) {
      whole.complain(t(REFUSALS[error.name] ?? "voice.unable"));
      return;
    }
    if (!place.isConnected) { stream.getTracks().forEach((track) => track.stop()); return; }
    recording = new Recording(stream, place, most);
    place.replaceChildren(...recording.nodes());
    place.querySelector(".act").focus();
    const made = await recording.ended;
    recording = null;
    keep(made);
  }

  async function files() {
    const going = recording;
    going?.stop();
    const made = await going?.ended;
    return [made ?? note].filter(Boolean);
  }

  show();
  return { ...whole, files, set: (kept) => { note = kept[0] ?? null; show(); } };
}
