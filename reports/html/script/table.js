// Searches, filters, sorts and pages. Only the rows of one page are ever in the document.

const tbody = document.getElementById("rows");
const form = document.querySelector(".tools");
const field = (id) => document.getElementById(id);
const collator = (() => {
  try {
    return new Intl.Collator(settings.locale, { numeric: true, sensitivity: "base" });
  } catch {
    return new Intl.Collator("en", { numeric: true, sensitivity: "base" }); // an unknown language tag
  }
})();

const state = { sort: null, descending: false, page: 0, shown: [], open: new Set() };
const columns = { label: LABEL, maker: MAKER, serial: SERIAL };
const ranks = new Map();

// The rank of each row by a column: texts are compared once, and every later sort compares numbers.
function rankBy(name) {
  if (!ranks.has(name)) ranks.set(name, name === "status" || name === "place" ? numbersOf(name) : textsOf(name));
  return ranks.get(name);
}

const numbersOf = (name) => devices.map((row) => row[name === "status" ? STATUS : PLACE]);

function textsOf(name) {
  const of = name === "lists" ? (row) => listNames(row[COVERED_BY]) || listNames(row[SUSPECTED_BY])
    : (row) => row[columns[name]];
  const texts = devices.map(of);
  const order = new Map([...new Set(texts)].filter(Boolean).sort(collator.compare).map((text, n) => [text, n]));
  return texts.map((text) => order.get(text) ?? Infinity); // what is not known comes last
}

function filters() {
  const words = field("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const statuses = new Set([...form.querySelectorAll("[name=status]:checked")].map((box) => Number(box.value)));
  const choice = (id) => { const value = field(id).value; return value === "" ? null : value; };
  return { words, statuses, maker: choice("maker"), kind: choice("kind"), list: choice("list"), flag: Number(field("flag").value) };
}

function fits(row, place, wanted) {
  return (!wanted.statuses.size || wanted.statuses.has(row[STATUS]))
    && (wanted.maker === null || (row[MAKER] || say("unknown")) === wanted.maker)
    && (wanted.kind === null || (row[KIND] || say("unknown")) === wanted.kind)
    && (wanted.list === null || [...row[COVERED_BY], ...row[SUSPECTED_BY]].includes(Number(wanted.list)))
    && (!wanted.flag || (row[FLAGS] & wanted.flag) !== 0)
    && wanted.words.every((word) => haystacks[place].includes(word));
}

function update() {
  const wanted = filters();
  const shown = [];
  devices.forEach((row, place) => { if (fits(row, place, wanted)) shown.push(place); });
  if (state.sort) {
    const rank = rankBy(state.sort);
    const sign = state.descending ? -1 : 1;
    shown.sort((a, b) => (rank[a] === rank[b] ? a - b : compare(rank[a], rank[b], sign)));
  }
  state.shown = shown;
  state.page = 0;
  drawPage();
}

// What is not known stays last in both directions.
function compare(a, b, sign) {
  if (a === Infinity || b === Infinity) return a === Infinity ? 1 : -1;
  return (a - b) * sign;
}

function drawPage() {
  const size = Number(field("size").value);
  const first = state.page * size;
  const places = state.shown.slice(first, first + size);
  tbody.replaceChildren(...places.flatMap((place) => rowsOf(place)));
  if (!places.length) tbody.append(make("tr", "empty", wideCell(say("nothing"))));
  field("result").textContent = say("shown", { shown: format(state.shown.length), all: format(devices.length) });
  field("page").textContent = say("page",
    { first: format(places.length ? first + 1 : 0), last: format(first + places.length), all: format(state.shown.length) });
  field("previous").disabled = state.page === 0;
  field("next").disabled = first + size >= state.shown.length;
}

function wideCell(...children) {
  const cell = make("td", "", ...children);
  cell.colSpan = 6;
  return cell;
}

function rowsOf(place) {
  const row = devices[place];
  const status = settings.statuses[row[STATUS]];
  const button = make("button", "open", row[LABEL]);
  button.type = "button";
  button.setAttribute("aria-expanded", String(state.open.has(place)));
  button.setAttribute("aria-label", say("open", { device: `${row[LABEL]} ${row[ADDRESS]}` }));
  const flags = [[OFF_SCOPE, "off-scope"], [HIDES, "hides"], [CONFLICT, "conflicting"]]
    .filter(([flag]) => row[FLAGS] & flag).map(([, name]) => make("span", "flag", say(name)));
  const line = make("tr", `line is-${status}`,
    make("td", "c-status", statusOf("span", status, say(`status-${status}`))),
    make("td", "c-device", button, optional("span", "kind", row[KIND]), ...flags),
    make("td", "c-maker", row[MAKER] || "—"),
    make("td", "c-address", make("span", "", row[ADDRESS]), row[MAC] === row[ADDRESS] ? null : optional("span", "mac", row[MAC])),
    make("td", row[SERIAL] ? "c-serial" : "c-serial none", row[SERIAL] || "—"),
    make("td", row[COVERED_BY].length + row[SUSPECTED_BY].length ? "c-lists" : "c-lists none", listsOf(row)));
  line.dataset.place = place;
  return state.open.has(place) ? [line, detailOf(place)] : [line];
}

function listsOf(row) {
  const places = row[COVERED_BY].length ? row[COVERED_BY] : row[SUSPECTED_BY];
  return places.length ? make("span", "tags", ...places.map((p) => make("span", "tag", settings.lists[p]))) : "—";
}

const detailOf = (place) => make("tr", "detail", wideCell(drawCard(cardOf(place))));

function toggle(line) {
  const place = Number(line.dataset.place);
  const open = !state.open.has(place);
  line.querySelector(".open").setAttribute("aria-expanded", String(open));
  if (open) {
    state.open.add(place);
    line.after(detailOf(place));
  } else {
    state.open.delete(place);
    line.nextElementSibling.remove();
  }
}

function sortBy(head) {
  const name = head.dataset.sort;
  state.descending = state.sort === name && !state.descending;
  state.sort = name;
  for (const other of document.querySelectorAll("[data-sort]")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
  update();
}
