// Finding a door among ten thousand by what somebody types: 幸福路53, 幸福53, xfl 53, 二巷 3附1, a name, part of a code. Pure.
import { normalise } from "./codes.js";
import { figureOf, inWalkingOrder, numberIn, streetOf } from "./walking.js";

const WORDS = /\d+(?=[巷弄组队路街道村社])\p{Script=Han}+|[\p{Script=Han}]+|[a-z]+|\d+/gu;
const FILLERS = /^(号|門牌|门牌|号门|附|之|栋|号楼|幢|单元|室|层|户)+$/;
const NUMERALS = /[零一二三四五六七八九十]+/g;
const LEAST_CODE = 4;

const folded = (text) => (text ?? "").normalize("NFKC").toLowerCase();
// 二巷 and 2巷 are the same to who types.
const figured = (text) => text.replace(NUMERALS, (found) => String(numberIn(found)));

// doors: those of the pack. The index keeps the order in which one walks.
export function indexOf(doors) {
  const streets = new Map();
  const entries = inWalkingOrder(doors).map((door, order) => {
    const name = streetOf(door);
    if (!streets.has(name)) streets.set(name, { name: figured(folded(name)), initials: folded(door.initials) });
    const numbers = [door.number, door.suffix, door.building, door.unit, door.floor, door.room].filter(Boolean).map((one) => numberIn(one));
    return { door, order, street: streets.get(name), numbers, other: null };
  });
  return { entries };
}

function otherWords({ door }) {
  return figured(folded([door.local, door.name, door.compound, door.building, ...(door.aliases ?? [])].filter(Boolean).join(" ")));
}

// {words, numbers}: what is asked for, letters and figures apart.
export function asked(query) {
  const parts = figured(folded(query)).match(WORDS) ?? [];
  const [words, numbers] = [[], []];
  for (const part of parts) {
    if (/^\d+$/.test(part)) numbers.push(figureOf(part));
    else if (!FILLERS.test(part)) words.push(part.replace(/^(号|附)+|(号|附)+$/gu, ""));
  }
  return { words: words.filter(Boolean), numbers };
}

const inOrderWithin = (letters, text) => {
  let at = -1;
  return [...letters].every((one) => { at = text.indexOf(one, at + 1); return at >= 0; });
};

// Where a word stands in a text, -1 nowhere: 7路 is not in 17路.
function placeOf(word, text) {
  let at = text.indexOf(word);
  while (at > 0 && isFigure(word[0]) && isFigure(text[at - 1])) at = text.indexOf(word, at + 1);
  return at;
}

const isFigure = (letter) => letter >= "0" && letter <= "9";

function fitOfWord(word, { name, initials }) {
  if (/^[a-z]/.test(word)) {
    if (!initials) return 0;
    return initials === word ? 90 : initials.startsWith(word) ? 70 : initials.includes(word) ? 40 : inOrderWithin(word, initials) ? 20 : 0;
  }
  const at = placeOf(word, name);
  if (at >= 0) return name === word ? 100 : at === 0 ? 80 : 60;
  return !isFigure(word[0]) && inOrderWithin(word, name) ? 30 : 0;
}

function fitOfWords(entry, words, known) {
  let sum = 0;
  for (const word of words) {
    const fits = known.get(word);
    let fit = fits.get(entry.street);
    if (fit === undefined) fits.set(entry.street, fit = fitOfWord(word, entry.street));
    if (!fit) {
      entry.other ??= otherWords(entry);
      fit = placeOf(word, entry.other) >= 0 ? 35 : 0;
    }
    if (!fit) return 0;
    sum += fit;
  }
  return sum;
}

function fitOfNumbers({ numbers }, wanted) {
  const [first, ...rest] = wanted;
  const begins = numbers[0] === first ? 50 : rest.length === 0 && String(numbers[0] ?? "").startsWith(String(first)) ? 15 : 0;
  if (!begins) return numbers.includes(first) && rest.every((one) => numbers.includes(one)) ? 5 : 0;
  if (!rest.length) return begins + (numbers.length === 1 ? 5 : 0);
  return rest.every((one, n) => numbers[n + 1] === one) ? 70 : rest.every((one) => numbers.includes(one)) ? 55 : 0;
}

function byCode(entries, query) {
  const typed = query.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();
  const whole = normalise(query);
  if (!whole && !(typed.length >= LEAST_CODE && /\d/.test(typed) && /[A-Z]/.test(typed) && /^[0-9A-Z]+$/.test(typed))) return [];
  const begin = whole ?? typed.replace(/O/g, "0").replace(/[IL]/g, "1");
  return entries.filter(({ door }) => (door.plates ?? []).some((one) => (one.code ?? one[1]).startsWith(begin)));
}

// The doors that fit, best first, equals in walking order; all of them for an empty query.
export function find({ entries }, query, { most = Infinity } = {}) {
  const { words, numbers } = asked(query);
  if (!words.length && !numbers.length) return entries.slice(0, most).map((one) => one.door);
  const coded = byCode(entries, query);
  if (coded.length) return coded.slice(0, most).map((one) => one.door);
  const known = new Map(words.map((word) => [word, new Map()]));
  const found = [];
  for (const entry of entries) {
    const byWords = words.length ? fitOfWords(entry, words, known) : 1;
    const byNumbers = byWords && numbers.length ? fitOfNumbers(entry, numbers) : 1;
    if (byWords && byNumbers) found.push([byWords + byNumbers, entry]);
  }
  found.sort(([a, one], [b, other]) => b - a || one.order - other.order);
  return found.slice(0, most).map(([, entry]) => entry.door);
}
