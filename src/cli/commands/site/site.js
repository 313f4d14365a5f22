// What a page of the site does beyond its text: moving figures, search, copying code, light and dark.
// Every figure is computed by the library, in forward-pass.wasm; nothing of it is written again here.
"use strict";
(() => {
  const root = document.documentElement.dataset.root;
  const words = JSON.parse(document.getElementById("words").textContent);
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  // The library: a request goes into its memory as bytes, and the answer comes out as text.
  let library = null;
  const load = () => {
    library ??= (async () => {
      const response = await fetch(`${root}assets/forward-pass.wasm`);
      if (!response.ok) throw new Error(`${response.status}`);
      const module = await WebAssembly.compile(await response.arrayBuffer());
      // A crate below the library declares functions of a browser that nothing here calls.
      const imports = {};
      for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => {};
      const { memory, allocate, call, length } = (await WebAssembly.instantiate(module, imports)).exports;
      return (line, bytes = new Uint8Array()) => {
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
    })();
    return library;
  };

  const controlsOf = (ask, name) => {
    const line = ask("figures").split("\n").find((line) => line.startsWith(`${name}\t`));
    const fields = line.split("\t").slice(2);
    const controls = [];
    for (let at = 0; at + 5 < fields.length; at += 6) {
      const [name, least, most, step, start, choices] = fields.slice(at, at + 6);
      controls.push({ name, least, most, step, start, choices: choices ? choices.split("|") : [] });
    }
    return controls;
  };

  const moving = async (figure) => {
    const name = figure.dataset.moving;
    const status = figure.querySelector(".status");
    let ask;
    try {
      ask = await load();
    } catch (error) {
      status.textContent = location.protocol === "file:" ? words.serve : `${words.still} (${error.message})`;
      return;
    }
    const still = figure.querySelector(".drawing");
    const inputs = [];
    let waiting = false;
    const draw = () => {
      waiting = false;
      try {
        still.innerHTML = ask(`draw ${name} ${inputs.map((input) => input.value).join(" ")}`);
        status.textContent = "";
      } catch (error) {
        status.textContent = error.message;
      }
      figure.dataset.drawn = Number(figure.dataset.drawn ?? 0) + 1;
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
        const options = control.choices.map((choice, index) => make("option", { value: index }, choice));
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
      form.append(make("label", { for: id }, control.name), input, value);
    }
    const reset = make("button", { type: "button" }, words.reset);
    reset.addEventListener("click", () => { inputs.forEach((input) => input.reset()); changed(); });
    form.append(reset);
    still.after(form);
    draw();
  };

  // A figure comes alive shortly before it is seen.
  const figures = document.querySelectorAll("figure[data-moving]");
  if (figures.length) {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries.filter((entry) => entry.isIntersecting)) {
        seen.unobserve(entry.target);
        moving(entry.target);
      }
    }, { rootMargin: "600px" });
    figures.forEach((figure) => seen.observe(figure));
  }

  // Copying code.
  for (const code of document.querySelectorAll("pre.rust")) {
    const button = make("button", { type: "button", class: "copy" }, words.copy);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = words.copied;
      setTimeout(() => { button.textContent = words.copy; }, 1500);
    });
    const box = make("div", { class: "copied" });
    code.replaceWith(box);
    box.append(code, button);
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
