// Fetching what changed of a pack: part by part, each kept as soon as it is here, so that a broken connection goes on where it was.
import { call } from "./api.js";
import { difference, keyOf } from "./pack_parts.js";
import { keys, put } from "./store.js";

const AT_ONCE = 3;
const MANIFEST = "manifest";

// Resolves to the keys of parts no longer wanted. onStep(done, of) after each. Throws Offline; Error (Refused) in
// the words of the server.
export async function fetchParts(manifest, onStep) {
  const { fetch: wanted, drop } = difference((await keys("pack")).filter((key) => key !== MANIFEST), manifest);
  const waiting = [...wanted];
  let done = 0;
  onStep(0, wanted.length);
  const worker = async () => {
    for (let part = waiting.shift(); part; part = waiting.shift()) {
      await fetchPart(part);
      onStep(done += 1, wanted.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return drop;
}

async function fetchPart(part) {
  const answer = await call("GET", `/field/pack/${part.name.split("/").map(encodeURIComponent).join("/")}`);
  if (!answer.ok || !answer.json) throw Object.assign(new Error(answer.json?.message ?? part.name), { name: "Refused", code: answer.json?.code ?? "" });
  // Changed again since the manifest: what came is newer, and the next refresh has its etag.
  await put("pack", keyOf(part), answer.json);
}
