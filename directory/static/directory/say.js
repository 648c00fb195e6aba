// Wagtail's message stands on the page from the start. A reader says what changes: so it is put there once more.
(() => {
  "use strict";

  const SETTLED = 700;
  const said = document.querySelector(".messages[role=status]");
  if (!said?.textContent.trim()) return;
  setTimeout(() => {
    for (const part of said.querySelectorAll("li")) part.replaceWith(part.cloneNode(true));
  }, SETTLED);
})();
