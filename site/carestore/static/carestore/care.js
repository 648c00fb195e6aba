/* Small helps on top of pages that work without them. */
(() => {
  "use strict";

  // What is not right yet is read first.
  document.querySelector("[data-focus]")?.focus();

  // What a press has done stands on the page from the start. A reader says what changes: so it is put there once more.
  const SETTLED = 700;
  for (const said of document.querySelectorAll(".messages [role=status]")) {
    setTimeout(() => said.replaceChildren(...[...said.childNodes].map((part) => part.cloneNode(true))), SETTLED);
  }

  // How many letters are left. Spoken only when the typing pauses.
  for (const words of document.querySelectorAll("[data-counts]")) {
    const input = document.getElementById(words.dataset.counts);
    const most = Number(words.dataset.most);
    if (!input || !most) continue;
    let pause;
    const say = () => {
      const left = most - input.value.length;
      words.textContent = left >= 0 ? `${left} letters and spaces left` : `${-left} too many: please make it shorter`;
    };
    const saySoon = () => {
      clearTimeout(pause);
      pause = setTimeout(say, 500);
    };
    words.setAttribute("aria-live", "polite");
    input.addEventListener("input", saySoon);
    if (input.value) say();
  }

  // A button pressed twice by a trembling hand sends once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  });

  // Only where printing works is it offered: <button type="button" data-print hidden>.
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
