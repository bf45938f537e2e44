// Reads the islands of the page. A card's block is parsed when one of its cards is opened, and a few are kept.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const settings = read("settings");
const shared = read("shared");
const KEPT_BLOCKS = 20;

// A row of the island is an array; these are its places.
const STATUS = 0, LABEL = 1, KIND = 2, MAKER = 3, ADDRESS = 4, MAC = 5, SERIAL = 6, PLACE = 7;
const COVERED_BY = 8, SUSPECTED_BY = 9, FLAGS = 10, ID = 11, MORE = 12;
const CONFLICT = 1, HIDES = 2, OFF_SCOPE = 4;

const devices = read("index");
const blocks = document.querySelectorAll("script.cards");
const parsed = new Map();

const listNames = (places) => places.map((place) => settings.lists[place]).join(", ");

const haystacks = devices.map((row) =>
  [row[LABEL], row[KIND], row[MAKER], row[ADDRESS], row[MAC], row[SERIAL], listNames(row[COVERED_BY]),
    listNames(row[SUSPECTED_BY]), row[ID], row[MORE]].join("\n").toLowerCase());

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
const say = (name, values = {}) => fill(settings.texts[name], values);

const format = (() => {
  try {
    const numbers = new Intl.NumberFormat(settings.locale);
    return (value) => numbers.format(value);
  } catch {
    return String; // an unknown language tag: plain digits
  }
})();

function cardOf(place) {
  const number = Math.floor(place / settings.block);
  if (!parsed.has(number)) {
    if (parsed.size >= KEPT_BLOCKS) parsed.delete(parsed.keys().next().value);
    parsed.set(number, JSON.parse(blocks[number].textContent));
  }
  return parsed.get(number)[place % settings.block];
}
