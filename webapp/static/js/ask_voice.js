// A voice note of at most a minute. Where the browser cannot record, the field for a file is all there is.
const LONGEST_S = 60;

function button(words, done, extra = "") {
  const one = document.createElement("button");
  one.type = "button";
  one.className = `button wide ${extra}`;
  one.textContent = words;
  one.addEventListener("click", done);
  return one;
}

export function voiceNote(field, place, words, say, changed) {
  const able = Boolean(globalThis.MediaRecorder && navigator.mediaDevices?.getUserMedia);
  let note = null;

  function show() {
    place.hidden = !note && !able;
    field.hidden = Boolean(note) || able;
    if (note) {
      const player = document.createElement("audio");
      player.controls = true;
      player.src = URL.createObjectURL(note);
      place.replaceChildren(player, button(words.voice_remove, () => keep(null)));
    } else if (able) place.replaceChildren(button(words.record, record));
  }

  function keep(blob) {
    note = blob;
    show();
    changed();
  }

  async function record() {
    let stream;
    try { stream = await navigator.mediaDevices.getUserMedia({ audio: true }); } catch {
      say("voice", words.voice_denied);
      field.hidden = false;
      return;
    }
    say("voice", "");
    const recorder = new MediaRecorder(stream, { audioBitsPerSecond: 32000 });
    const pieces = [];
    let left = LONGEST_S;
    const stop = button("", () => recorder.state === "recording" && recorder.stop(), "recording");
    const count = () => { stop.textContent = words.stop.replace("{n}", left); if (left-- <= 0) stop.click(); };
    const clock = setInterval(count, 1000);
    recorder.ondataavailable = (event) => pieces.push(event.data);
    recorder.onstop = () => {
      clearInterval(clock);
      stream.getTracks().forEach((track) => track.stop());
      keep(new Blob(pieces, { type: recorder.mimeType }));
    };
    recorder.start();
    place.replaceChildren(stop);
    count();
    stop.focus();
  }

  field.addEventListener("change", () => { if (field.files[0]) keep(field.files[0]); field.value = ""; });
  show();
  return { get: () => note, set: (kept) => { note = kept; show(); } };
}
