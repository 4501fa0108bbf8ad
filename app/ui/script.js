() => {
  // Citation markers, copy buttons and what a screen reader hears. Everything here works on rendered HTML that the
  // server has escaped; text is only ever set with textContent.
  const live = document.createElement("div");
  live.className = "u-hidden";
  live.id = "u-live";
  live.setAttribute("role", "status");
  live.setAttribute("aria-live", "polite");
  document.body.appendChild(live);
  document.documentElement.lang ||= "en";

  const say = (words) => {
    live.textContent = "";
    setTimeout(() => { live.textContent = words; }, 50);
  };
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = calm ? "auto" : "smooth";
  const narrow = () => window.matchMedia("(max-width: 860px)").matches;

  const showEvidence = (turn) => {
    const sections = document.querySelectorAll("#evidence .u-evidence");
    sections.forEach((section) => { section.hidden = section.dataset.turn !== turn; });
    return [...sections].find((section) => section.dataset.turn === turn);
  };

  const flash = (element, block) => {
    element.focus({ preventScroll: true });
    element.scrollIntoView({ behavior, block });
    element.classList.remove("u-flash");
    void element.offsetWidth;
    element.classList.add("u-flash");
    setTimeout(() => element.classList.remove("u-flash"), 2500);
  };

  let lastMarker = null;
  const openCard = (marker) => {
    lastMarker = marker;
    showEvidence(marker.closest(".u-turn").dataset.turn);
    const card = document.getElementById(marker.dataset.card);
    if (card) flash(card, narrow() ? "start" : "nearest");
  };

  const backToAnswer = (id) => {
    const markers = [...document.querySelectorAll(`.u-marker[data-card="${CSS.escape(id)}"]`)];
    const marker = markers.includes(lastMarker) ? lastMarker : markers[0];
    const target = marker || document.querySelector("#conversation .u-turn:last-child");
    if (target) flash(target, "center");
  };

  const copyText = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // The clipboard is closed to pages served over plain http to another machine.
      const area = document.createElement("textarea");
      area.value = text;
      area.style.position = "fixed";
      area.style.opacity = "0";
      document.body.appendChild(area);
      area.select();
      const copied = document.execCommand("copy");
      area.remove();
      return copied;
    }
  };

  const copy = async (button) => {
    const copied = await copyText(button.dataset.copy);
    button.dataset.label ||= button.textContent;
    button.textContent = copied ? "Copied ✓" : "Could not copy";
    button.classList.toggle("u-done", copied);
    button.focus();
    say(copied ? "Copied" : "Could not copy");
    clearTimeout(button.timer);
    button.timer = setTimeout(() => {
      button.textContent = button.dataset.label;
      button.classList.remove("u-done");
    }, 2500);
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest(".u-marker, [data-copy], [data-back], [data-show]");
    if (!target) return;
    event.preventDefault();
    if (target.matches(".u-marker")) openCard(target);
    else if (target.dataset.copy !== undefined) copy(target);
    else if (target.dataset.back) backToAnswer(target.dataset.back);
    else {
      const section = showEvidence(target.dataset.show);
      const first = section && section.querySelector(".u-card");
      if (first) flash(first, "start");
    }
  });

  // A new answer: read it out, bring its question into view, and keep the keyboard where it was.
  let seen = "";
  let acted = false;
  document.addEventListener("click", (event) => {
    if (event.target.closest("#conversation [data-action]:not([data-event])")) acted = true;
  }, true);
  const scrollTo = (turn) => {
    const pane = document.getElementById("conversation");
    if (narrow()) turn.scrollIntoView({ behavior, block: "start" });
    else pane.scrollTo({ top: turn.offsetTop - pane.offsetTop - 8, behavior });
  };
  const answered = (turn) => {
    const key = `${turn.dataset.turn} ${turn.dataset.trace}`;
    if (key === seen) return;
    seen = key;
    const answer = turn.querySelector(".u-answer");
    say(answer.innerText);
    scrollTo(turn);
    if (acted && !document.activeElement.closest("#question")) turn.focus({ preventScroll: true });
    acted = false;
    const side = document.querySelector(".u-side");
    if (side) side.scrollTo({ top: 0 });
  };
  const watch = (conversation) => {
    let refused = null;
    new MutationObserver(() => {
      // Why an answer was not saved stands below its buttons, which may be at the edge of the pane.
      const refusal = conversation.querySelector(".u-actions + .u-error");
      if (refusal && refusal !== refused) refusal.scrollIntoView({ behavior, block: "nearest" });
      refused = refusal;
      const turn = conversation.querySelector(".u-turn:last-child");
      if (!turn) return;
      if (!turn.matches(".u-pending")) return answered(turn);
      scrollTo(turn);
      const step = turn.querySelector(".u-now");
      if (step && live.textContent !== step.textContent) live.textContent = step.textContent;
    }).observe(conversation, { childList: true, subtree: true });
    // Opening the scope editor takes room from the conversation; the newest answer stays in view.
    let height = 0;
    new ResizeObserver(() => {
      const turn = conversation.querySelector(".u-turn:last-child");
      if (turn && !narrow() && Math.abs(conversation.clientHeight - height) > 60) scrollTo(turn);
      height = conversation.clientHeight;
    }).observe(conversation);
  };
  // A statement chosen in the table opens below it.
  let opening = false;
  document.addEventListener("click", (event) => { opening = Boolean(event.target.closest(".u-open")); }, true);
  document.addEventListener("keydown", () => { opening = false; }, true);
  new MutationObserver(() => {
    const form = opening && document.getElementById("corpus-form");
    if (!form || !form.offsetParent) return;
    opening = false;
    form.scrollIntoView({ behavior, block: "start" });
    const first = form.querySelector("input, textarea");
    if (first) first.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });

  const wait = setInterval(() => {
    const conversation = document.getElementById("conversation");
    if (!conversation) return;
    clearInterval(wait);
    watch(conversation);
    const box = document.querySelector("#question textarea");
    if (box && !narrow()) box.focus({ preventScroll: true });
  }, 50);
}
