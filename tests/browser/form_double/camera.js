export async function watchCodes(place, onText) {
  if (!globalThis.SEES) throw new Error("no camera");
  const timer = setTimeout(() => onText(globalThis.SEES), 20);
  return () => clearTimeout(timer);
}
