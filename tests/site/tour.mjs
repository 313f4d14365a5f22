// Drives Chromium through the site of the chapter, and fails on whatever a reader would stumble over.
//
//     node tour.mjs ADDRESS CHROMIUM SHOTS [short]
//
// On every page in both languages, 390 and 1280 wide, dark and light: no error in the console, no request to another
// host, no page wider than the window, nothing that axe-core objects to, no dead link. Every moving figure is moved by
// mouse, touch and keyboard; before it is moved it must be the picture that the native library drew into the page.
// Exercises with fields are answered, and what is solved must be remembered.
// `short` looks at one page and one figure. Pictures of the pages go into the folder SHOTS.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [address, executablePath, shots, short] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const faults = [];
const counts = { pages: 0, links: 0, figures: 0, moves: 0, checks: 0, quizzes: 0 };
const times = { first: [], redraw: [] };
const fault = (page, what) => { faults.push(`${page}: ${what}`); };

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
});

const open = async (name, options) => {
  const context = await browser.newContext({ hasTouch: true, ...options });
  const page = await context.newPage();
  const label = `${name} ${options.viewport.width} ${options.colorScheme}`;
  page.on("console", (message) => { if (message.type() === "error") fault(label, message.text()); });
  page.on("pageerror", (error) => fault(label, error.message));
  page.on("requestfailed", (request) => fault(label, `failed: ${request.url()}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith("data:")) fault(label, `asks ${request.url()}`);
  });
  await page.goto(address + name);
  return { context, page, label };
};

/// The links of a page to pages of the site.
const linksOf = (page) => page.evaluate(() => [...document.links].map((link) => link.href));

const isDrawn = (figure, times) => figure.evaluate((element, times) => new Promise((resolve) => {
  const wait = () => (Number(element.dataset.drawn ?? 0) >= times ? resolve() : setTimeout(wait, 5));
  wait();
}), times);

const drawnTimes = (figure) => figure.evaluate((element) => Number(element.dataset.drawn ?? 0));

const picture = (figure) => figure.locator(".drawing").first().innerHTML();

const move = async (label, figure, how, act) => {
  const [before, times] = [await picture(figure), await drawnTimes(figure)];
  await act();
  await isDrawn(figure, times + 1);
  const after = await picture(figure);
  if (after === before) fault(label, `${how} changes nothing`);
  if (!after.startsWith("<svg")) fault(label, `${how} gives no picture`);
  counts.moves += 1;
};

/// A figure with controls: by keyboard, mouse and touch, and back by its reset.
const moved = async (label, page, figure) => {
  const sliders = figure.locator("input[type=range]");
  const slider = sliders.first();
  const start = await slider.inputValue();
  await isDrawn(figure, 1);
  const first = await picture(figure);
  await slider.focus();
  const back = start === (await slider.getAttribute("max"));
  await move(label, figure, "the keyboard", () => page.keyboard.press(back ? "Home" : "End"));
  const box = await slider.boundingBox();
  await move(label, figure, "the mouse", () => page.mouse.click(box.x + box.width * 0.4, box.y + box.height / 2));
  await move(label, figure, "a touch", () => page.touchscreen.tap(box.x + box.width * 0.95, box.y + box.height / 2));
  for (let at = 1; at < await sliders.count(); at += 1) {
    const next = sliders.nth(at);
    const edge = (await next.inputValue()) === (await next.getAttribute("max")) ? "Home" : "End";
    await next.focus();
    await page.keyboard.press(edge);
  }
  const took = await figure.evaluate((element) => new Promise((resolve) => {
    const [input, lasts] = [element.querySelector("input[type=range]"), []];
    const step = (left) => {
      if (!left) return resolve(lasts);
      const begun = performance.now();
      const before = element.dataset.drawn;
      input.value = left % 2 ? input.min : input.max;
      input.dispatchEvent(new Event("input"));
      const wait = () => {
        if (element.dataset.drawn === before) return requestAnimationFrame(wait);
        lasts.push(performance.now() - begun);
        step(left - 1);
      };
      requestAnimationFrame(wait);
    };
    step(6);
  }));
  times.redraw.push(...took);
  await figure.locator(".buttons button").last().click();
  await page.waitForTimeout(200);
  if ((await picture(figure)) !== first) fault(label, "the reset does not bring the first picture back");
};

/// A seven drawn on the canvas with the mouse, and a line with the keys.
const drawn = async (label, page, figure) => {
  const canvas = figure.locator("canvas");
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
  await move(label, figure, "the pen", async () => {
    await page.mouse.move(...at(0.28, 0.25));
    await page.mouse.down();
    await page.mouse.move(...at(0.72, 0.25), { steps: 8 });
    await page.mouse.move(...at(0.45, 0.8), { steps: 8 });
    await page.mouse.up();
  });
  const title = await figure.locator(".drawing svg").first().innerHTML();
  if (!title.includes("it is a 7") && !title.includes("답: 7")) fault(label, "a drawn 7 is not read as a 7");
  await canvas.focus();
  await page.keyboard.press(" ");
  await move(label, figure, "the keys", () => page.keyboard.press("ArrowDown"));
};

/// Two rounds of training, and a stop.
const trained = async (label, page, figure) => {
  await isDrawn(figure, 1);
  const button = figure.locator(".buttons button").first();
  await move(label, figure, "training", () => button.click());
  await isDrawn(figure, 3);
  await button.click();
};

const look = async (name, options, act) => {
  const { context, page, label } = await open(name, options);
  counts.pages += 1;
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) fault(label, `${wide} pixels wider than the window`);
  const figures = page.locator("figure[data-moving]");
  for (let at = 0; at < await figures.count(); at += 1) {
    const figure = figures.nth(at);
    const [still, begun] = [await picture(figure), performance.now()];
    await figure.scrollIntoViewIfNeeded();
    await isDrawn(figure, 1);
    if (at === 0) times.first.push(performance.now() - begun);
    const kind = await figure.getAttribute("data-moving");
    const now = await picture(figure);
    if (still && kind !== "training" && now.replace(/\s+/g, "") !== still.replace(/\s+/g, "")) {
      fault(`${label} ${kind}`, "the first picture is not the native one");
    }
    if (act) {
      counts.figures += 1;
      const acts = { "drawn-digit": drawn, training: trained };
      await (acts[kind] ?? moved)(`${label} ${kind}`, page, figure);
    }
    if (short) break;
  }
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  counts.checks += found.passes.length;
  for (const violation of found.violations) {
    fault(label, `axe: ${violation.id} (${violation.nodes.length}): ${violation.nodes[0].html.slice(0, 120)}`);
  }
  await page.evaluate(() => scrollTo(0, 0));
  const shot = `${shots}/${name.replace(/\W+/g, "-")}-${options.viewport.width}-${options.colorScheme}.png`;
  await page.screenshot({ path: shot, fullPage: true });
  const links = await linksOf(page);
  await context.close();
  return links;
};

/// Every exercise that is solved on the page: as it stands it is not right; a few are solved, and that is remembered.
const solutions = {
  nand: ["-0.5", "-0.5", "0.75"],
  edges: ["0", "0", "0", "1", "0", "1"],
  bends: ["0", "0.5", "1", "0", "-1"],
  breaks: ["true", "true", "false", "false", "false", "true"],
};
const quizzed = async (page, name) => {
  const forms = page.locator("form.quiz");
  for (let at = 0; at < await forms.count(); at += 1) {
    const form = forms.nth(at);
    const quiz = await form.getAttribute("data-quiz");
    const says = async () => {
      const before = Number(await form.locator(".verdict").getAttribute("data-asked") ?? 0);
      await form.locator(".buttons button").click();
      await page.waitForFunction(([id, times]) => {
        return Number(document.querySelector(`#${id}-quiz .verdict`).dataset.asked ?? 0) > times;
      }, [quiz, before]);
      counts.quizzes += 1;
      return form.locator(".verdict").innerText();
    };
    const korean = name.startsWith("ko");
    const first = await says();
    if (!first.startsWith(korean ? "아직이에요" : "not yet")) fault(name, `${quiz} as it stands: ${first}`);
    if (korean && /hint:|힌트: [a-z]/.test(first)) fault(name, `${quiz} has a hint in English: ${first}`);
    const fields = form.locator("input, select");
    if (quiz === "xor" && !(await form.locator(".verdict svg").count())) fault(name, "xor shows no picture");
    if (!solutions[quiz]) continue;
    const text = form.locator("input");
    if (await text.count()) {
      await text.first().fill("many");
      const odd = await says();
      if (!odd.includes("`many` is not a number")) fault(name, `${quiz} takes a word: ${odd}`);
    }
    for (const [place, value] of solutions[quiz].entries()) {
      const field = fields.nth(place);
      await (await field.evaluate((it) => it.tagName) === "SELECT" ? field.selectOption(value) : field.fill(value));
    }
    const last = await says();
    if (!last.startsWith(korean ? "맞았어요!" : "solved")) fault(name, `${quiz} with the right answer: ${last}`);
    await page.reload();
    const isKept = await page.locator(`#${quiz}-quiz.solved .solution`).isVisible();
    if (!isKept) fault(name, `${quiz} is forgotten`);
  }
};

const sizes = [{ width: 1280, height: 800 }, { width: 390, height: 800 }];
const [seen, waiting] = [new Set(), short ? ["en/02-sigmoid.html"] : ["index.html"]];
const places = new Map();
while (waiting.length) {
  const name = waiting.pop();
  if (seen.has(name)) continue;
  seen.add(name);
  for (const viewport of short ? sizes.slice(0, 1) : sizes) {
    for (const colorScheme of short ? ["light"] : ["light", "dark"]) {
      const first = viewport === sizes[0] && colorScheme === "light";
      const links = await look(name, { viewport, colorScheme }, first);
      if (!first) continue;
      for (const link of links.filter((link) => link.startsWith(address))) {
        const [path, id] = link.slice(address.length).split("#");
        counts.links += 1;
        if (id) places.set(`${path}#${id}`, name);
        if (!short && path.endsWith(".html")) waiting.push(path);
      }
    }
  }
}
if (!short) {
  const page = await (await browser.newContext()).newPage();
  for (const [place, from] of places) {
    const [path, id] = place.split("#");
    const answer = await page.goto(address + path);
    const there = answer.ok() && await page.evaluate((id) => !!document.getElementById(id), decodeURIComponent(id));
    if (!there) fault(from, `a link to ${place}, which is not there`);
  }
  for (const name of ["en/02-sigmoid.html", "ko/06-softmax.html"]) {
    await page.goto(address + name);
    await page.fill("#search", name.startsWith("en") ? "sigmoid slope" : "소프트맥스");
    await page.waitForSelector("#found a", { timeout: 5000 }).catch(() => fault(name, "the search finds nothing"));
  }
  for (const lang of ["en", "ko"]) {
    const other = await (await browser.newContext()).newPage();
    other.on("pageerror", (error) => fault(`${lang} exercises`, error.message));
    for (const name of [...seen].filter((name) => name.startsWith(`${lang}/0`))) {
      await other.goto(address + name);
      await quizzed(other, name);
    }
  }
  if (counts.quizzes < 30) fault("exercises", `only ${counts.quizzes} answers were checked`);
  await page.goto(`${address}en/02-sigmoid.html#far-out`);
  await page.click("a.language");
  if (!page.url().includes("/ko/02-sigmoid.html")) fault("en/02-sigmoid.html", `the other language is ${page.url()}`);
}
/// How many drawn digits a network learns from in a second, in the best of five runs of both programs in turn.
const learned = async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${address}en/07-digits.html`);
  return page.evaluate(async () => {
    const programs = [];
    for (const name of ["forward-pass.wasm", "forward-pass-plain.wasm"]) {
      const module = await WebAssembly.compile(await (await fetch(`../assets/${name}`)).arrayBuffer());
      const imports = {};
      for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => {};
      const { memory, allocate, call } = (await WebAssembly.instantiate(module, imports)).exports;
      const ask = (line) => {
        const bytes = new TextEncoder().encode(line);
        const at = allocate(bytes.length);
        new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
        // The memory may grow in the call, and its old buffer is then gone.
        const answer = call(at, bytes.length);
        return new Uint8Array(memory.buffer)[answer] === 61;
      };
      programs.push({ ask, best: 0, fine: ask("start") });
    }
    for (let round = 0; round < 5; round += 1) {
      for (const program of programs) {
        const begun = performance.now();
        program.fine &&= program.ask("learn 10000");
        program.best = Math.max(program.best, 10000 / ((performance.now() - begun) / 1000));
      }
    }
    return programs.map(({ best, fine }) => (fine ? best : 0));
  });
};
const speeds = short ? [] : await learned();
if (speeds.some((speed) => speed < 1000)) fault("training", `${speeds} digits a second`);
if (!short) {
  // Where a browser has no SIMD, the page takes the other program.
  const page = await (await browser.newContext()).newPage();
  const asked = [];
  page.on("request", (request) => { if (request.url().endsWith(".wasm")) asked.push(request.url()); });
  await page.addInitScript(() => { WebAssembly.validate = () => false; });
  await page.goto(`${address}en/02-sigmoid.html`);
  const figure = page.locator("figure[data-moving]").first();
  await figure.scrollIntoViewIfNeeded();
  await isDrawn(figure, 1);
  if (asked.length !== 1 || !asked[0].endsWith("/forward-pass-plain.wasm")) fault("no SIMD", `the page asks ${asked}`);
}
await browser.close();

const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]?.toFixed(1) ?? "-";
console.log(`${counts.pages} pages looked at, ${counts.figures} figures moved ${counts.moves} times, ${counts.links} links`);
console.log(`${counts.quizzes} answers to exercises checked`);
console.log(`first moving figure after ${median(times.first)} ms, redrawn within ${median(times.redraw)} ms (medians)`);
if (!short) {
  const [simd, plain] = speeds.map((speed) => Math.round(speed / 100) * 100);
  console.log(`training: ${simd} digits a second, without SIMD ${plain}: ${(simd / plain).toFixed(2)} times as many`);
}
for (const one of faults) console.log(`FAULT ${one}`);
process.exitCode = faults.length ? 1 : 0;
