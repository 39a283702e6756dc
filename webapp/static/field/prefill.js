// What the walking assistant proposes, handed to the correction form that opens next.
const offers = new Map();

// about: a door's id, or "new". proposal: {operation, prefill}.
export const offer = (about, proposal) => offers.set(about, proposal);

export function takeOffer(about) {
  const found = offers.get(about) ?? null;
  offers.delete(about);
  return found;
}
