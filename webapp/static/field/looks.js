// Which households were looked at today on this phone, so that each is told once.
import { dayOf } from "./done.js";
import { get, put } from "./store.js";

const KEY = "looks";

async function today() {
  const kept = await get("drafts", KEY);
  const day = dayOf(Date.now());
  return kept?.day === day ? kept : { day, ids: [] };
}

export const lookedToday = async (household) => (await today()).ids.includes(household);

export async function rememberLook(household) {
  const { day, ids } = await today();
  await put("drafts", KEY, { day, ids: [...ids, household] });
}
