// The page: the table sorts, filters and opens; the theme; and `bumpnet` for the console.

const subjects = JSON.parse(document.getElementById("data").textContent);
const entries = subjects.flatMap((subject) =>
  subject.networks.map((entry) => ({ subject, entry, name: `${subject.name}/${entry.name}` })));
const table = document.getElementById("networks"), body = table.tBodies[0];
const rows = [...body.rows];
/** The details that are open, by row. */
const open = new Map();

function toggle(row, button, wanted = !open.has(row)) {
  if (wanted === open.has(row)) return;
  button.setAttribute("aria-expanded", String(wanted));
  if (!wanted) {
    open.get(row).holder.remove();
    open.delete(row);
    return;
  }
  const { subject, entry } = entries[row.dataset.k];
  const made = detail(subject, entry);
  const cell = element("td", { colspan: row.cells.length }, made.node);
  const holder = element("tr", { class: "holder", id: `detail-${row.dataset.k}` }, cell);
  open.set(row, { ...made, holder });
  row.after(holder);
  made.drawn();
}

for (const row of rows) {
  const head = row.cells[0], controls = { "aria-expanded": "false", "aria-controls": `detail-${row.dataset.k}` };
  const button = element("button", { type: "button", ...controls }, head.textContent);
  head.replaceChildren(button);
  button.addEventListener("click", () => toggle(row, button));
}

/** Puts the rows in order, and with each what is open beneath it. */
function arrange() {
  const filter = document.getElementById("filter").value.trim().toLowerCase().split(/\s+/);
  const method = document.getElementById("method").value, failing = document.getElementById("failing").checked;
  let count = 0;
  for (const row of rows) {
    const { subject, entry } = entries[row.dataset.k];
    const text = `${row.textContent} ${subject.target.text} ${subject.description || ""}`.toLowerCase();
    const fits = filter.every((word) => text.includes(word)) && (!method || entry.method === method)
      && (!failing || row.classList.contains("fails"));
    row.hidden = !fits;
    if (open.has(row)) open.get(row).holder.hidden = !fits;
    count += fits;
  }
  document.getElementById("count").textContent = `${count} of ${plural(rows.length, "network")}`;
}

function sort(column, head) {
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const sign = down ? -1 : 1, number = head.classList.contains("number");
  const key = (row) => (number ? row.cells[column].dataset.value : row.cells[column].textContent);
  const compare = (a, b) => {
    const [first, second] = [key(a), key(b)];
    // What has no number comes last, either way.
    if (number && (first === "" || second === "")) return (first === "") - (second === "");
    return sign * (number ? first - second : first.localeCompare(second, "en", { numeric: true }));
  };
  rows.sort(compare);
  body.append(...rows.flatMap((row) => (open.has(row) ? [row, open.get(row).holder] : [row])));
}

[...table.tHead.rows[0].cells].forEach((head, column) => {
  const button = element("button", { type: "button" }, head.textContent);
  head.replaceChildren(button);
  button.addEventListener("click", () => sort(column, head));
});

const controls = document.getElementById("controls");
controls.hidden = false;
controls.addEventListener("input", arrange);
controls.addEventListener("submit", (event) => event.preventDefault());
arrange();

// The theme: the system's, until the button says otherwise.
const theme = document.getElementById("theme"), dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
const nameTheme = () => { theme.textContent = isDark() ? "Light theme" : "Dark theme"; };
theme.hidden = false;
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  nameTheme();
});
dark.addEventListener("change", nameTheme);
nameTheme();

let waiting = 0;
addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => open.forEach(({ resized }) => resized()), 100);
});

/** Opens the network that the address names, as in report.html#tavora/article. */
function follow() {
  const wanted = location.hash.slice(1);
  const row = rows.find(({ dataset: { k } }) => entries[k].name === wanted || encodeURI(entries[k].name) === wanted);
  if (!row) return;
  toggle(row, row.cells[0].firstChild, true);
  row.scrollIntoView();
}
addEventListener("hashchange", follow);
follow();

const find = (name) => {
  const found = entries.find((entry) => entry.name === name);
  if (!found) throw new RangeError(`there is no network ${name}`);
  return found;
};

/** For the console: the networks' names, and their values and targets at points such as [0.25]. */
window.bumpnet = {
  networks: entries.map(({ name }) => name),
  evaluate(name, point) {
    const { subject, entry } = find(name), network = ready(entry, subject.domain.length);
    return network ? network.eval(point) : undefined;
  },
  target: (name, point) => target(find(name).subject.target.program)(point),
};
