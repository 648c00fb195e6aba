/* The question: names that go on as typed, and the filters beside a wide list. Both work without this file. */
(() => {
  "use strict";

  const LEAST = 2;
  const PAUSE = 150;
  const KINDS = { need: "kind of help", place: "place", service: "help", organisation: "group", venue: "place to go" };

  for (const input of document.querySelectorAll("[data-suggest]")) suggesting(input);
  for (const fold of document.querySelectorAll(".finder-filters")) beside(fold);
  // What was not chosen need not stand in the address.
  for (const form of document.querySelectorAll("[data-filters], .ask")) {
    form.addEventListener("submit", () => {
      const empty = [...form.elements].filter((part) => part.name && !part.value && !part.disabled);
      for (const part of empty) part.disabled = true;
      setTimeout(() => empty.forEach((part) => (part.disabled = false)), 0);
    });
  }

  /** Where there is room for a column the filters stand open; a narrow page folds them, unless somebody has opened them. */
  function beside(fold) {
    const finder = fold.closest(".finder");
    let wide;
    const look = () => {
      const now = getComputedStyle(finder).getPropertyValue("--column").trim() === "yes";
      if (now !== wide) fold.open = now;
      wide = now;
    };
    look();
    new ResizeObserver(look).observe(finder);
  }

  /** A combobox as the ARIA practices describe it: the focus stays in the input, arrows move the chosen line, Escape closes, Enter always sends. */
  function suggesting(input) {
    const form = input.form;
    const place = form.elements.place;
    const list = document.createElement("ul");
    const said = document.createElement("p");
    list.id = `${input.id}-list`;
    list.className = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    list.hidden = true;
    said.className = "visually-hidden";
    said.setAttribute("role", "status");
    input.after(list, said);
    input.parentElement.classList.add("suggesting");
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);

    const known = new Map();
    let chosen = -1;
    let pause;
    let asked;

    input.addEventListener("input", () => {
      clearTimeout(pause);
      asked?.abort();
      close();
      if (letters(input.value) >= LEAST) pause = setTimeout(ask, PAUSE);
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
      const count = list.children.length;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (list.hidden && !count) return;
        event.preventDefault();
        if (list.hidden) return open();
        const step = event.key === "ArrowDown" ? 1 : -1;
        choose(chosen === -1 && step < 0 ? count - 1 : ((chosen + 1 + step + count + 1) % (count + 1)) - 1);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      } else if (event.key === "Enter") {
        clearTimeout(pause);
        asked?.abort();
        if (chosen === -1 || list.hidden) return; // the form is sent as it is
        event.preventDefault();
        follow(list.children[chosen]);
      } else if (event.key === "Tab") {
        close();
      }
    });
    input.addEventListener("blur", () => {
      clearTimeout(pause);
      asked?.abort();
      close();
    });
    // Pressing a line must not take the focus away before it is followed.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const line = event.target.closest("[role=option]");
      if (line) follow(line);
    });

    function letters(text) {
      return text.replace(/[^\p{L}\p{N}]/gu, "").length;
    }

    async function ask() {
      const typed = input.value.trim().slice(0, 60);
      asked = new AbortController();
      try {
        if (!known.has(typed)) {
          const answer = await fetch(`/api/v1/suggest/?${new URLSearchParams({ q: typed })}`, { signal: asked.signal, credentials: "omit" });
          if (!answer.ok) return;
          known.set(typed, (await answer.json()).suggestions);
        }
      } catch {
        return; // typing goes on without suggestions
      }
      if (document.activeElement === input && input.value.trim().slice(0, 60) === typed) show(known.get(typed));
    }

    function show(suggestions) {
      list.replaceChildren(
        ...suggestions.map((one, at) => {
          const line = document.createElement("li");
          const kind = document.createElement("span");
          line.id = `${list.id}-${at}`;
          line.setAttribute("role", "option");
          line.setAttribute("aria-selected", "false");
          line.dataset.url = one.url;
          kind.className = "hint";
          kind.textContent = KINDS[one.kind] || "";
          line.append(`${one.name} `, kind);
          return line;
        }),
      );
      if (suggestions.length) open();
      else close();
      const count = suggestions.length;
      said.textContent = count ? `${count} ${count === 1 ? "suggestion" : "suggestions"}. Arrow down to choose.` : "No suggestions. Press Enter to search.";
    }

    function open() {
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
    }

    function close() {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      said.textContent = "";
      choose(-1);
    }

    function choose(at) {
      list.children[chosen]?.setAttribute("aria-selected", "false");
      chosen = at;
      const line = list.children[chosen];
      line?.setAttribute("aria-selected", "true");
      line?.scrollIntoView({ block: "nearest" });
      if (line) input.setAttribute("aria-activedescendant", line.id);
      else input.removeAttribute("aria-activedescendant");
    }

    /** To the page or the list that a line stands for; the place that is typed already comes along. */
    function follow(line) {
      const url = new URL(line.dataset.url, location.href);
      if (place?.value && url.pathname === form.getAttribute("action") && !url.searchParams.has("place")) url.searchParams.set("place", place.value);
      close();
      location.assign(url);
    }
  }
})();
