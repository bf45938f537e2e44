// Lays out a card as the template does. Texts become text nodes only: no text of a device is ever read as markup.

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const child of children) if (child !== null && child !== "") element.append(child);
  return element;
}

const optional = (tag, className, text) => (text ? make(tag, className, text) : null);

const SHAPES = {
  covered: ["path", { d: "M1 1h10v10H1z" }],
  suspected: ["path", { d: "M6 .6 11.6 11H.4z" }],
  undetermined: ["circle", { cx: 6, cy: 6, r: 4.6, fill: "none", "stroke-width": 1.8, "stroke-dasharray": "2.6 1.9" }],
  not_covered: ["circle", { cx: 6, cy: 6, r: 4.6, fill: "none", "stroke-width": 1.8 }],
};

function mark(status) {
  const draw = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const frame = { class: `mark is-${status}`, width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true" };
  const svg = draw("svg", frame);
  svg.append(draw(...SHAPES[status]));
  return svg;
}

const statusOf = (tag, status, word) => make(tag, `status is-${status}`, mark(status), word);

function findingOf(f) {
  const what = make("p", "what", statusOf("span", f.status, f.word), " ", make("b", "", f.title));
  for (const text of [
    f.kind, f.reference, f.since && say("since", { date: f.since }),
    f.since && f.effective && say("effective", { date: f.effective }),
  ]) {
    if (text) what.append(" ", make("span", "", text));
  }
  const named = f.entity ? make("i", "", say("named", { entity: f.entity })) : null;
  return make("li", `is-${f.status}`, what, make("p", "reason", f.reason),
    f.statement ? make("p", "statement", f.statement, named) : null,
    f.also ? make("p", "aside", f.also) : null,
    f.would_change ? make("p", "aside", say("change", { text: f.would_change })) : null,
    f.check ? make("p", "aside", say("check", { text: f.check })) : null);
}

function proofOf([rule, says, answer], answers) {
  const r = shared.rules[rule];
  const [value, source, digest] = answers[answer];
  const row = make("th", "", says);
  row.scope = "row";
  return make("tr", "", row,
    make("td", "", make("code", "value", value), digest ? make("code", "digest", `sha256 ${digest}`) : null),
    make("td", "", make("code", "", r.field), make("span", "", source)),
    make("td", "", make("b", "", r.strength), make("span", "", r.reason), make("code", "digest", r.rule),
      make("span", "origin", r.reference)));
}

function evidenceOf(lines, answers) {
  if (!lines.length) return make("p", "aside", say("no-evidence"));
  const heads = ["says", "read", "where", "weighs"].map((name) => {
    const head = make("th", "", say(name));
    head.scope = "col";
    return head;
  });
  return make("table", "evidence", make("thead", "", make("tr", "", ...heads)),
    make("tbody", "", ...lines.map((line) => proofOf(line, answers))));
}

function attemptsOf(attempts) {
  if (!attempts.length) return null;
  return make("details", "attempts", make("summary", "", say("asked", { n: attempts.length })),
    make("ul", "", ...attempts.map(([by, where, outcome, detail]) => make("li", "", make("b", "", by),
      make("span", "", where), make("span", "", outcome), optional("i", "", detail)))));
}

function drawCard(one) {
  const header = make("header", "", statusOf("p", one.status, one.word), make("h3", "", one.label),
    optional("p", "kind", one.kind));
  const facts = one.facts.map(([label, value]) => make("div", "", make("dt", "", label), make("dd", "", value)));
  const findings = one.findings.map((told) => {
    const [place, check] = [told].flat();
    return findingOf({ ...shared.findings[place], check });
  });
  const card = make("article", `card is-${one.status}${one.long ? " long" : ""}`, header, make("dl", "facts", ...facts),
    ...one.conflicts.map((text) => make("p", "note conflict", say("conflict", { text }))),
    ...one.notes.map((text) => make("p", "note", text)),
    findings.length ? make("h4", "", say("lists")) : null,
    findings.length ? make("ul", "findings", ...findings) : null,
    make("h4", "", say("evidence")), evidenceOf(one.evidence, one.answers), make("p", "ledger", one.ledger),
    attemptsOf(one.attempts));
  card.id = `device-${one.id}`;
  return card;
}
