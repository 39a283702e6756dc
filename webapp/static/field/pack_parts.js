// Parts of the offline pack as they come (columns and rows) ↔ what the views read. Pure.

const rowsOf = ({ columns, rows }) => rows.map((row) => Object.fromEntries(columns.map((name, n) => [name, row[n]])));

// patch: the middle of a part's name, the same for the doors and the households of one grid.
export const patchOf = (name) => name.split("/").slice(1, -1).join("/");

// The doors of a part "doors": its columns by name, and of their surroundings what each needs to be told by itself.
export function doorsOf(name, part) {
  const { community, grid, streets } = part;
  const shared = { community, patch: patchOf(name), gridId: grid?.id ?? "", gridCode: grid?.code ?? "", gridName: grid?.name ?? "" };
  return rowsOf(part).map((door) => {
    const [street, initials] = streets[door.thoroughfare] ?? ["", ""];
    return { ...door, ...shared, thoroughfareName: street, initials, aliases: door.aliases ?? [],
      plates: (door.plates ?? []).map(([id, code, kind, status]) => ({ id, code, kind, status })) };
  });
}

// Rows of parts of one patch by one of their columns: households by "address", persons by "household".
export function groupedBy(column, parts) {
  const found = new Map();
  for (const row of parts.flatMap(rowsOf)) found.set(row[column], [...(found.get(row[column]) ?? []), row]);
  return found;
}

// Indexes over doors: by id and by plate code.
export function indexOf(doors) {
  const [byId, byCode] = [new Map(), new Map()];
  for (const door of doors) {
    byId.set(door.id, door);
    for (const plate of door.plates) byCode.set(plate.code, { door, plate });
  }
  return { byId, byCode };
}

// One "work" of those of several communities.
export const workOf = (parts) => ({ zones: parts.flatMap((one) => one.zones ?? []), revisit: parts.flatMap((one) => one.revisit ?? []) });

// What must be fetched and what may go, to come from the parts that are here (keys "name@etag") to those of a manifest.
export function difference(here, manifest) {
  const wanted = new Set(manifest.parts.map(keyOf));
  const known = new Set(here);
  return { fetch: manifest.parts.filter((part) => !known.has(keyOf(part))), drop: here.filter((key) => !wanted.has(key)) };
}

export const keyOf = ({ name, etag }) => `${name}@${etag}`;
