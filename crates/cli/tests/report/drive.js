// Drives the report page as a reader would, through its elements, and leaves what it saw in an element for the test.
const loaded = performance.now();
const seen = { errors: [], loaded };
addEventListener("error", (event) => seen.errors.push(event.message));
const $ = (selector, root = document) => root.querySelector(selector);
const names = () => [...document.querySelectorAll("#networks > tbody > tr[data-k] > th button")].map((button) => button.textContent);
const press = (text, root = document) => [...root.querySelectorAll("button")].find((button) => button.textContent.trim() === text).click();
const slide = (slider, value) => {
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
};

// Sorting and filtering.
seen.unsorted = names();
press("Neurons");
const head = [...document.querySelectorAll("#networks thead th")].find((th) => th.textContent === "Neurons");
seen.ascending = [head.getAttribute("aria-sort"), names()];
press("Neurons");
seen.descending = [head.getAttribute("aria-sort"), names()];
const filter = $("#filter");
filter.value = "step";
filter.dispatchEvent(new Event("input", { bubbles: true }));
seen.filtered = [...document.querySelectorAll("#networks > tbody > tr[data-k]:not([hidden]) button")].map((button) => button.textContent);
seen.count = $("#count").textContent;
filter.value = "";
filter.dispatchEvent(new Event("input", { bubbles: true }));

// Details: one network is opened, its slider moved, its plots zoomed.
seen.plotsBefore = document.querySelectorAll("svg").length;
const button = [...document.querySelectorAll("#networks > tbody button")].find((b) => b.textContent === "page/article");
button.click();
seen.expanded = button.getAttribute("aria-expanded");
const detail = document.getElementById(button.getAttribute("aria-controls"));
const curve = () => $("path.network", detail).getAttribute("d");
const slider = $("input.resolution", detail);
seen.curves = [];
for (let k = 0; k <= Number(slider.max); k++) {
  slide(slider, k);
  const bumps = detail.querySelectorAll("path.bump").length, weights = $(".weights .note", detail).textContent;
  seen.curves.push([slider.getAttribute("aria-valuetext"), curve().length, bumps, weights]);
}
slide(slider, 0);
const first = curve();
slide(slider, slider.max);
seen.sliderChanges = first !== curve();
const whole = curve();
press("+", detail);
seen.zoomChanges = whole !== curve();
press("Whole domain", detail);
seen.wholeAgain = whole === curve();
slide($(".grow input", detail), 250);
seen.values = $(".values", detail).textContent;
seen.unlabelled = [...detail.querySelectorAll("svg, canvas")].filter((plot) => !plot.getAttribute("aria-label")).length;
button.click();
seen.closed = document.getElementById(button.getAttribute("aria-controls")) === null;

const before = getComputedStyle(document.body).backgroundColor;
$("#theme").click();
seen.themeChanges = before !== getComputedStyle(document.body).backgroundColor;

// Every network opens, and its values are those of its weights.
for (const row of document.querySelectorAll("#networks > tbody > tr[data-k]")) {
  const opener = $("button", row);
  opener.click();
  opener.click();
}
seen.evaluated = bumpnet.networks.map((name) => {
  const { domain } = POINTS[name];
  return domain.map((point) => [name, point, bumpnet.evaluate(name, point), bumpnet.target(name, point)]);
}).flat();

const result = document.createElement("pre");
result.id = "seen";
result.textContent = JSON.stringify(seen);
document.body.append(result);
