// Puts the parts together: choices, events, links to one device, and paper.

const PRINTED_CARDS = 2000; // some 400 sheets; what is left out is said on the first of them
let folded = []; // what was closed before printing, and is closed again after it

function choices(id, any, column) {
  const names = [...new Set(devices.map((row) => row[column] || say("unknown")))].sort(collator.compare);
  field(id).append(new Option(say(any), ""), ...names.map((name) => new Option(name, name)));
}

function setFilters({ status, flag }) {
  form.reset();
  for (const box of form.querySelectorAll("[name=status]")) box.checked = settings.statuses[box.value] === status;
  if (flag) field("flag").value = flag;
  update();
}

function spoken(wanted) {
  const parts = [...wanted.statuses].map((n) => say(`status-${settings.statuses[n]}`));
  const chosen = ["maker", "kind", "list"].filter((id) => wanted[id] !== null);
  parts.push(...chosen.map((id) => field(id).selectedOptions[0].textContent));
  if (wanted.flag) parts.push(field("flag").selectedOptions[0].textContent);
  if (wanted.words.length) parts.push(`“${wanted.words.join(" ")}”`);
  return parts.join(", ") || say("no-filters");
}

function toPaper() {
  const places = state.shown.slice(0, PRINTED_CARDS);
  const counts = { printed: places.length, shown: state.shown.length, all: devices.length };
  const numbers = Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, format(value)]));
  field("printed").replaceChildren(make("p", "note", say("printed", { ...numbers, filters: spoken(filters()) })),
    ...places.map(printedCard));
  folded = [...document.querySelectorAll("details:not([open])")];
  for (const part of folded) part.open = true;
}

function printedCard(place) {
  const card = drawCard(cardOf(place));
  card.removeAttribute("id"); // the same card may be open in the table
  return card;
}

function toScreen() {
  field("printed").replaceChildren();
  for (const part of folded) part.open = false;
  folded = [];
}

// A link such as report.html#device-mac-… opens that device.
function openLinked() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (!id.startsWith("device-")) return;
  const place = devices.findIndex((row) => `device-${row[ID]}` === id);
  if (place >= 0) showDevice(place);
}

function showDevice(place) {
  form.reset();
  state.sort = null;
  state.open.add(place);
  update();
  state.page = Math.floor(place / Number(field("size").value));
  drawPage();
  const line = tbody.querySelector(`[data-place="${place}"]`);
  line.scrollIntoView();
  line.querySelector(".open").focus();
}

function turn(step) {
  state.page += step;
  drawPage();
  field("result").scrollIntoView({ block: "nearest" });
}

form.addEventListener("input", update);
form.addEventListener("submit", (event) => event.preventDefault());
field("clear").addEventListener("click", () => setFilters({}));
field("previous").addEventListener("click", () => turn(-1));
field("next").addEventListener("click", () => turn(1));
field("size").addEventListener("change", () => { state.page = 0; drawPage(); });
document.querySelector(".inventory thead").addEventListener("click", (event) => {
  const head = event.target.closest("[data-sort]");
  if (head) sortBy(head);
});
tbody.addEventListener("click", (event) => {
  const line = event.target.closest("tr.line");
  if (line && !String(getSelection())) toggle(line);
});
for (const tile of document.querySelectorAll("[data-status],[data-flag]")) {
  tile.addEventListener("click", () => setFilters(tile.dataset));
}
for (const link of document.querySelectorAll("a[href^='#']")) {
  link.addEventListener("click", () => {
    const to = field(link.hash.slice(1)); // of a device there is nothing yet
    if (to?.tagName === "DETAILS") to.open = true;
    if (link.hash === location.hash) openLinked(); // clicked once more, which changes no address
  });
}
addEventListener("beforeprint", toPaper);
addEventListener("afterprint", toScreen);
addEventListener("hashchange", openLinked);

for (const chapter of document.querySelectorAll("details.chapter")) chapter.open = false;
choices("maker", "any-maker", MAKER);
choices("kind", "any-kind", KIND);
field("list").append(new Option(say("any-list"), ""), ...settings.lists.map((name, n) => new Option(name, n)));
field("explorer").hidden = false;
update();
openLinked();
