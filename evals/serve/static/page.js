"use strict";
// Without this script the page loads itself anew while a run is under way.
(() => {
  const job = document.getElementById("job");
  if (!job) return;
  // Loaded anew, a page is not gone to its fragment again.
  if (location.hash === "#job") job.focus({ preventScroll: true });
  if (job.dataset.state !== "running") return;
  const bar = document.getElementById("bar");
  const count = document.getElementById("count");
  const line = document.getElementById("line");
  const show = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };
  const look = async () => {
    let found;
    try {
      const response = await fetch("/job", { cache: "no-store" });
      if (!response.ok) throw new Error(response.statusText);
      found = await response.json();
    } catch {
      show(line, "The program does not answer: is it still running?");
      setTimeout(look, 5000);
      return;
    }
    if (found.state !== "running") {
      const active = document.activeElement;
      const elsewhere = active && active !== document.body && !job.parentElement.contains(active);
      if (elsewhere) document.getElementById("ended").hidden = false;
      else location.reload();
      return;
    }
    if (found.total) {
      bar.max = found.total;
      bar.value = found.done;
      show(count, `${found.done} of ${found.total}`);
    }
    show(line, found.line);
    setTimeout(look, 2000);
  };
  setTimeout(look, 1000);
})();
