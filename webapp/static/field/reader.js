// Reads QR codes out of a video: by the browser's own BarcodeDetector where there is one, else by zxing (WebAssembly of our origin).
import { barcode } from "./vendor.js";

const FORMATS = ["qr_code"];
const FULL_SIDE = 1280;
const CLOSE_SIDE = 640;
let made = null;

async function native() {
  const Own = globalThis.BarcodeDetector;
  if (!Own) return null;
  try {
    return (await Own.getSupportedFormats()).includes("qr_code") ? new Own({ formats: FORMATS }) : null;
  } catch { return null; }
}

async function make() {
  const own = await native();
  if (own) return own;
  const { BarcodeDetector } = await barcode();
  return new BarcodeDetector({ formats: FORMATS });
}

// Begins fetching what reading needs; the same reader for all views. Tried again after a failure.
export function reader() {
  made ??= make().catch((error) => { made = null; throw error; });
  return made;
}

// One frame at a time: the whole picture, then its middle at full sharpness, in turn, so that near and far plates are read.
export class Frames {
  constructor(video) {
    this.video = video;
    this.canvas = document.createElement("canvas");
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
    this.turn = 0;
  }

  next() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const side = Math.min(width, height);
    this.turn += 1;
    if (this.turn % 2) this.draw((width - side) / 2, (height - side) / 2, side, side, Math.min(side, FULL_SIDE));
    else this.draw((width - CLOSE_SIDE) / 2, (height - CLOSE_SIDE) / 2, Math.min(CLOSE_SIDE, width), Math.min(CLOSE_SIDE, height), CLOSE_SIDE);
    return this.canvas;
  }

  draw(x, y, width, height, size) {
    const scale = size / Math.max(width, height);
    const [to, tall] = [Math.round(width * scale), Math.round(height * scale)];
    if (this.canvas.width !== to || this.canvas.height !== tall) Object.assign(this.canvas, { width: to, height: tall });
    this.pen.drawImage(this.video, Math.max(0, x), Math.max(0, y), width, height, 0, 0, to, tall);
  }

  // How light it is, 0 black … 255 white.
  brightness() {
    const small = document.createElement("canvas");
    Object.assign(small, { width: 16, height: 16 });
    const pen = small.getContext("2d");
    pen.drawImage(this.video, 0, 0, 16, 16);
    const { data } = pen.getImageData(0, 0, 16, 16);
    let sum = 0;
    for (let at = 0; at < data.length; at += 4) sum += data[at] + data[at + 1] + data[at + 2];
    return sum / (3 * 256);
  }
}
