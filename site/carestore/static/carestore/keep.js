/* The visitor's own list: how many are on it, "Keep" in one click, the link to copy. All of it works without this file, in a few more steps. */
(() => {
  "use strict";

  // The server never writes this into a page that others may get out of a cache.
  const show = (count) => {
    for (const place of document.querySelectorAll("[data-shortlist]")) {
      place.hidden = !count;
      const number = place.querySelector("[data-shortlist-count]");
      if (number) number.textContent = count ? ` (${count})` : "";
    }
  };
  const cookie = document.cookie.match(/(?:^|; )shortlist_count=(\d+)/);
  show(cookie ? Number(cookie[1]) : 0);

  const asJson = { headers: { Accept: "application/json" }, credentials: "same-origin" };
  const keep = async (link) => {
    const page = await fetch(link.href, { credentials: "same-origin" });
    if (!page.ok) throw new Error("no page");
    const form = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[data-keep-form]");
    const answer = await fetch(form.getAttribute("action"), { ...asJson, method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok) throw new Error("no answer");
    return answer.json();
  };
  const say = (link, { words, url, kept, count }) => {
    show(count);
    const place = document.createElement("span");
    place.className = "kept-words";
    place.setAttribute("role", "status");
    link.after(place);
    const list = document.createElement("a");
    list.href = url;
    list.textContent = "See your list";
    // A place that is there before its words is read aloud.
    setTimeout(() => {
      place.append(`${words} `, list);
      if (kept) {
        list.focus();
        link.remove();
      }
    }, 100);
  };
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.('a[href*="/saved/keep/?"]');
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.dataset.busy) return;
    link.dataset.busy = "yes";
    try {
      say(link, await keep(link));
    } catch {
      location.href = link.href;
    }
  });

  for (const button of document.querySelectorAll("[data-copy]")) {
    const input = document.getElementById(button.dataset.copy);
    if (!input || !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(input.value);
      button.textContent = "Copied";
    });
  }
})();
