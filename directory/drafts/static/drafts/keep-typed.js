/* What is typed is kept on the server every few seconds. The form works without this file: "Keep for later" does the same. */
(() => {
  "use strict";

  const PAUSE = 2500;
  const AT_MOST_EVERY = 8000;
  // A browser sends so much, and no more, of a page that is being left.
  const WHILE_LEAVING = 60000;
  const WAITED_FOR = 3000;

  for (const form of document.querySelectorAll("form[data-keeps]")) {
    const words = form.querySelector("[data-kept]");
    let timer;
    let last = 0;
    let changed = false;
    let stopped = false;
    let running = null;
    let pressed = null;

    const body = () => {
      const typed = new URLSearchParams(new FormData(form));
      typed.set("do", "keep");
      return typed;
    };
    const keep = async (leaving) => {
      if (stopped || !changed) return;
      const typed = body();
      if (leaving && typed.toString().length > WHILE_LEAVING) return;
      changed = false;
      last = Date.now();
      const asked = new AbortController();
      running = asked;
      try {
        const answer = await fetch(location.pathname, {
          method: "POST",
          body: typed,
          headers: { Accept: "application/json" },
          credentials: "same-origin",
          redirect: "error",
          keepalive: leaving,
          signal: asked.signal,
        });
        const told = await answer.json();
        if (words && !stopped) words.textContent = told.said;
      } catch {
        // No signal in the village hall: the next letter tries again, and sending says what is wrong.
        changed = true;
      }
      if (running === asked) running = null;
      if (pressed && !running) form.requestSubmit(pressed.button);
    };
    const soon = () => {
      changed = true;
      clearTimeout(timer);
      timer = setTimeout(() => keep(false), Math.max(PAUSE, last + AT_MOST_EVERY - Date.now()));
    };
    // A tick's value is no answer, and without one in the page it differs from its default.
    const ticks = (field) => field.type === "checkbox" || field.type === "radio";
    const touched = (field) => (ticks(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);
    // Somebody on a slow line may have typed before this file was there.
    if ([...form.querySelectorAll("input, textarea")].some(touched)) soon();
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    // What is sent is no draft any more: a keep that is on its way would arrive after it, and leave one behind.
    form.addEventListener("submit", (event) => {
      stopped = true;
      clearTimeout(timer);
      if (!running) return;
      event.preventDefault();
      if (!pressed) setTimeout(() => running?.abort(), WAITED_FOR);
      pressed = { button: event.submitter };
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") keep(true);
    });
    // Back from another page, the browser shows the form as it was left.
    window.addEventListener("pageshow", () => {
      stopped = false;
      pressed = null;
    });
  }
})();
