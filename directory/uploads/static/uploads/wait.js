// While the worker is at a file: say how far it is, and show the next step when it has come.
const place = document.getElementById("progress");
async function look() {
  try {
    const answer = await fetch(place.dataset.url, { headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (told.state !== place.dataset.state) {
      // Whoever reads aloud goes on at the new step, not at the top of the page.
      location.hash = "state";
      location.reload();
      return;
    }
    if (place.textContent !== told.words) place.textContent = told.words;
  } catch {
    // The next look may find it.
  }
  setTimeout(look, 2000);
}
if (place) setTimeout(look, 2000);
