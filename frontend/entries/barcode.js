// The reader's WebAssembly lies beside this file: the library's own default is a CDN.
import { BarcodeDetector, prepareZXingModule } from "barcode-detector/ponyfill";

prepareZXingModule({ overrides: { locateFile: (name) => new URL(name, import.meta.url).href } });

export { BarcodeDetector, prepareZXingModule };
