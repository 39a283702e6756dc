// The moment a plate's code was understood, for measuring how soon its record stands there.
export const SCANNED = "doorplate:scanned";
