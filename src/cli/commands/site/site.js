// What a page of the site does beyond its text: moving figures, search, copying code, light and dark.
// Every figure is computed by the library, in forward-pass.wasm; nothing of it is written again here.
"use strict";

// A function of one instruction of SIMD: where it is valid, the faster program runs.
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
const program = () => (WebAssembly.validate(new Uint8Array(SIMD)) ? "forward-pass.wasm" : "forward-pass-plain.wasm");

// The library: a request goes into its memory as bytes, and the answer comes out as text.
const library = async (address, language) => {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status}`);
  const module = await WebAssembly.compile(await response.arrayBuffer());
  // A crate below the library declares functions of a browser that nothing here calls.
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => {};
  const { memory, allocate, call, length } = (await WebAssembly.instantiate(module, imports)).exports;
  const ask = (line, bytes = new Uint8Array()) => {
    const head = new TextEncoder().encode(bytes.length ? `${line}\n` : line);
    const size = head.length + bytes.length;
    const at = allocate(size);
    new Uint8Array(memory.buffer, at, size).set(head);
    new Uint8Array(memory.buffer, at + head.length, bytes.length).set(bytes);
    const answer = call(at, size);
    const text = new TextDecoder().decode(new Uint8Array(memory.buffer, answer, length()));
    if (text[0] === "!") throw new Error(text.slice(1));
    return text.slice(1);
  };
  ask(`language ${language}`);
  return ask;
};

// The same file is the worker in which a network learns; its name is the language.
if (typeof document === "undefined") {
  const ready = library(program(), self.name);
  let before = ready;
  self.addEventListener("message", ({ data }) => {
    before = before.then(async () => {
      try {
        self.postMessage({ svg: (await ready)(data) });
      } catch (error) {
        self.postMessage({ error: error.message });
      }
    });
  });
} else (() => {
  const root = document.documentElement.dataset.root;
  const words = JSON.parse(document.getElementById("words").textContent);
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  let loaded = null;
  const load = () => (loaded ??= library(`${root}assets/${program()}`, document.documentElement.lang));

  const controlsOf = (ask, name) => {
    const line = ask("figures").split("\n").find((line) => line.startsWith(`${name}\t`));
    const fields = line.split("\t").slice(2);
    const controls = [];
    for (let at = 0; at + 6 < fields.length; at += 7) {
      const [name, least, most, step, start, choices, film] = fields.slice(at, at + 7);
      controls.push({ name, least, most, step, start, choices: choices ? choices.split("|") : [], film });
    }
    return controls;
  };

  const button = (text, click) => {
    const element = make("button", { type: "button" }, text);
    element.addEventListener("click", () => click(element));
    return element;
  };

  const come = async (figure) => {
    const status = figure.querySelector(".status");
    try {
      const ask = await load();
      const kind = { "drawn-digit": drawn, training }[figure.dataset.moving] ?? moving;
      kind(figure, figure.querySelector(".drawing"), status, ask);
    } catch (error) {
      status.textContent = location.protocol === "file:" ? words.serve : `${words.still} (${error.message})`;
    }
  };

  // Shows an answer of the library, or what it says is wrong.
  const shown = (figure, drawing, status, answer) => {
    try {
      drawing.innerHTML = answer();
      status.textContent = "";
      const texts = [...drawing.querySelectorAll("[aria-label]")].map((text) => text.getAttribute("aria-label"));
      drawing.parentElement.setAttribute("aria-label", texts.join(", "));
    } catch (error) {
      status.textContent = error.message;
    }
    figure.dataset.drawn = Number(figure.dataset.drawn ?? 0) + 1;
  };

  // The name of a control in the page's language.
  const named = (name) => words.controls[name] ?? name;

  // A figure with controls.
  const moving = (figure, drawing, status, ask) => {
    const name = figure.dataset.moving;
    const [inputs, buttons] = [[], []];
    let waiting = false;
    const draw = () => {
      waiting = false;
      const request = `draw ${name} ${inputs.map((input) => input.value).join(" ")}`;
      shown(figure, drawing, status, () => ask(request));
    };
    const changed = () => {
      if (!waiting) requestAnimationFrame(draw);
      waiting = true;
    };
    const form = make("div", { class: "controls" });
    for (const control of controlsOf(ask, name)) {
      const id = `${figure.id}-${inputs.length}`;
      const value = make("output", { for: id });
      let input;
      if (control.choices.length) {
        const options = control.choices.map((choice, index) => make("option", { value: index }, named(choice)));
        input = make("select", { id }, ...options);
      } else {
        input = make("input", { id, type: "range", min: control.least, max: control.most, step: control.step });
        input.value = control.start;
      }
      const show = () => { if (!control.choices.length) value.textContent = input.value; };
      input.addEventListener("input", () => { show(); changed(); });
      input.reset = () => { input.value = control.start; show(); };
      input.reset();
      inputs.push(input);
      form.append(make("label", { for: id }, named(control.name)), input, value);
      if (control.film) {
        let playing = false;
        const play = button(words.play, () => {
          playing = !playing;
          play.textContent = playing ? words.stop : words.play;
          if (playing && input.value === input.max) input.value = input.min;
          const next = () => {
            if (!playing || input.value === input.max) {
              playing = false;
              play.textContent = words.play;
              return;
            }
            input.stepUp();
            show();
            draw();
            setTimeout(next, 40);
          };
          next();
        });
        buttons.push(play);
      }
    }
    buttons.push(button(words.reset, () => { inputs.forEach((input) => input.reset()); changed(); }));
    form.append(make("div", { class: "buttons" }, ...buttons));
    drawing.parentElement.after(form);
    draw();
  };

  // A canvas to draw a digit on, with a pen or with the arrow keys, and the network that reads it.
  const SIDE = 140;
  const drawn = (figure, drawing, status, ask) => {
    const canvas = make("canvas", { width: SIDE, height: SIDE, tabindex: 0, role: "img", "aria-label": words.canvas });
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    let at = null;
    const clear = () => {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, SIDE, SIDE);
      Object.assign(pen, { lineWidth: SIDE / 12, lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
      at = null;
    };
    const stroke = (x, y) => {
      pen.beginPath();
      pen.moveTo(...(at ?? [x, y]));
      pen.lineTo(x, y);
      pen.stroke();
      at = [x, y];
    };
    const read = () => {
      const pixels = pen.getImageData(0, 0, SIDE, SIDE).data;
      const ink = new Uint8Array(SIDE * SIDE).map((_, place) => 255 - pixels[4 * place]);
      if (ink.some(Boolean)) shown(figure, drawing, status, () => ask(`read ${SIDE} ${SIDE}`, ink));
    };
    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * SIDE / box.width, (event.clientY - box.top) * SIDE / box.height];
    };
    let down = false;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      [down, at] = [true, null];
      stroke(...place(event));
    });
    canvas.addEventListener("pointermove", (event) => { if (down) { stroke(...place(event)); } });
    canvas.addEventListener("pointerup", () => { down = false; read(); });
    canvas.addEventListener("pointercancel", () => { down = false; });
    // The arrow keys move the pen, which draws while the space bar is on.
    let [spot, inks] = [[SIDE / 2, SIDE / 4], false];
    canvas.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (event.key === " ") {
        [inks, at] = [!inks, null];
        status.textContent = inks ? words.down : words.up;
      } else if (way) {
        spot = spot.map((value, axis) => Math.min(SIDE - 10, Math.max(10, value + 5 * way[axis])));
      } else {
        return;
      }
      event.preventDefault();
      if (inks) {
        stroke(...spot);
        read();
      }
    });
    clear();
    const clearing = button(words.clear, clear);
    drawing.parentElement.before(make("p", {}, words.draw), canvas, make("div", { class: "buttons" }, clearing));
    figure.dataset.drawn = 1;
  };

  // A network that learns in a worker, so that the page stays free.
  const training = (figure, drawing, status) => {
    const worker = new Worker(`${root}assets/site.js`, { name: document.documentElement.lang });
    let running = false;
    const start = button(words.train, () => {
      running = !running;
      start.textContent = running ? words.stop : words.train;
      if (running) worker.postMessage("learn");
    });
    const again = button(words.reset, () => {
      if (running) start.click();
      worker.postMessage("start");
    });
    worker.addEventListener("message", ({ data }) => {
      shown(figure, drawing, status, () => {
        if (data.error) throw new Error(data.error);
        return data.svg;
      });
      if (running && !data.error) worker.postMessage("learn");
    });
    worker.addEventListener("error", () => { status.textContent = words.still; });
    worker.postMessage("start");
    drawing.parentElement.after(make("div", { class: "buttons" }, start, again));
  };

  // A figure comes alive shortly before it is seen.
  const figures = document.querySelectorAll("figure[data-moving]");
  if (figures.length) {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries.filter((entry) => entry.isIntersecting)) {
        seen.unobserve(entry.target);
        come(entry.target);
      }
    }, { rootMargin: "600px" });
    figures.forEach((figure) => seen.observe(figure));
  }

  // Exercises whose answers are values: what is solved is remembered.
  const solvedBefore = () => { try { return JSON.parse(localStorage.getItem("solved")) ?? []; } catch { return []; } };
  const solved = (form) => {
    form.classList.add("solved");
    form.querySelector(".solution").hidden = false;
  };
  // A verdict is a line, then lines with a name before a colon. The library's sentences are English: on other pages
  // only what has words in their language is shown.
  const isEnglish = document.documentElement.lang === "en";
  const inWords = (form, verdict) => verdict.split("\n").flatMap((line) => {
    const [, name, rest] = /^(\w[\w ]*):\s*(.*)$/.exec(line) ?? [];
    if (!words[name]) return [words[line] ?? line];
    if (isEnglish) return [line];
    if (name === "solved" || name === "not yet") return [words[name]];
    const hint = JSON.parse(form.dataset.hints).find(([english]) => name === "hint" && rest.includes(english));
    return name === "hint" && !hint ? [] : [`${words[name]}: ${hint?.[1] ?? rest}`];
  }).join("\n");
  for (const form of document.querySelectorAll("form.quiz")) {
    const name = form.dataset.quiz;
    const answer = form.querySelector(".verdict");
    form.hidden = false;
    if (solvedBefore().includes(name)) solved(form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const ask = await load();
        const values = [...form.querySelectorAll("input, select")].map((field) => field.value.trim() || "?");
        const [verdict, picture = ""] = ask(`check ${name} ${values.join(" ")}`).split(/\n(?=<svg)/);
        answer.replaceChildren(make("pre", {}, inWords(form, verdict.trim())));
        if (picture) answer.append(make("div", { class: "drawing", "aria-hidden": true }));
        if (picture) answer.lastChild.innerHTML = picture;
        if (verdict.startsWith("solved")) {
          solved(form);
          const all = [...new Set([...solvedBefore(), name])];
          try { localStorage.setItem("solved", JSON.stringify(all)); } catch { /* it is known on this page only */ }
        }
      } catch (error) {
        answer.textContent = location.protocol === "file:" ? words.serve : error.message;
      }
      answer.dataset.asked = Number(answer.dataset.asked ?? 0) + 1;
    });
  }

  // What is wider than the page is scrolled by keyboard as well.
  const scrolled = () => {
    for (const wide of document.querySelectorAll("pre, math[display=block], .output")) {
      if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
    }
  };
  scrolled();
  addEventListener("resize", scrolled);

  // Copying code.
  for (const code of document.querySelectorAll("pre.rust")) {
    const copy = button(words.copy, async () => {
      await navigator.clipboard.writeText(code.textContent);
      copy.textContent = words.copied;
      setTimeout(() => { copy.textContent = words.copy; }, 1500);
    });
    copy.className = "copy";
    const box = make("div", { class: "copied" });
    code.replaceWith(box);
    box.append(code, copy);
  }

  // Light and dark: the system's choice, until the reader makes another.
  const themes = { light: "dark", dark: "light" };
  const kept = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const system = () => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const theme = document.getElementById("theme");
  const dress = (name) => { document.documentElement.dataset.theme = name; };
  dress(kept() ?? system());
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const next = themes[document.documentElement.dataset.theme];
    dress(next);
    try { localStorage.setItem("theme", next); } catch { /* the choice lasts for this page */ }
  });

  // The other language, at the same cell.
  for (const link of document.querySelectorAll("a.language")) {
    link.addEventListener("click", () => {
      const cells = [...document.querySelectorAll("main section[id]")];
      const above = cells.filter((cell) => cell.getBoundingClientRect().top < 100).pop();
      if (above) link.hash = above.id;
    });
  }

  // Search: each word must be in the title or the text of a place.
  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const index = () => new Promise((resolve) => {
    if (window.forwardPassPlaces) return resolve(window.forwardPassPlaces);
    const script = make("script", { src: `${root}assets/search-${document.documentElement.lang}.js` });
    script.addEventListener("load", () => resolve(window.forwardPassPlaces));
    document.head.append(script);
  });
  search.hidden = false;
  search.addEventListener("input", async () => {
    const asked = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const places = asked.length ? await index() : [];
    const score = ([, title, text]) => {
      const [inTitle, inText] = [title.toLowerCase(), text.toLowerCase()];
      if (!asked.every((word) => inTitle.includes(word) || inText.includes(word))) return 0;
      return 1 + asked.filter((word) => inTitle.includes(word)).length;
    };
    const hits = places.map((place) => [score(place), place]).filter(([points]) => points);
    hits.sort(([one], [other]) => other - one);
    const items = hits.slice(0, 8).map(([, [link, title, text]]) => {
      const at = Math.max(0, text.toLowerCase().indexOf(asked[0]) - 30);
      return make("li", {}, make("a", { href: root + link }, title), ` ${text.slice(at, at + 90)}`);
    });
    if (asked.length && !items.length) items.push(make("li", {}, words.nothing));
    found.replaceChildren(...items);
    found.hidden = !asked.length;
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { search.value = ""; found.hidden = true; }
  });
})();
