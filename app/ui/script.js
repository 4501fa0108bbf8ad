() => {
  // Citation markers, copy buttons and what a screen reader hears. Everything here works on rendered HTML that the
  // server has escaped; text is only ever set with textContent.
  const live = document.createElement("div");
  live.className = "u-hidden";
  live.id = "u-live";
  live.setAttribute("role", "status");
  live.setAttribute("aria-live", "polite");
  document.body.appendChild(live);

  // The language that the server words the page in; whoever chooses another one reads it all anew, but for drafts.
  const drafts = ["#question textarea", "#check-text textarea"];
  const typed = JSON.parse(sessionStorage.getItem("untoc_drafts") || "[]");
  sessionStorage.removeItem("untoc_drafts");
  const refill = setInterval(() => {
    drafts.forEach((each, place) => {
      const field = document.querySelector(each);
      if (!field || !typed[place]) return;
      field.value = typed[place];
      field.dispatchEvent(new Event("input", { bubbles: true }));
      typed[place] = "";
    });
    if (!typed.some(Boolean)) clearInterval(refill);
  }, 50);
  const words = {};
  const settle = setInterval(() => {
    const choice = document.querySelector(".u-language");
    if (!choice) return;
    clearInterval(settle);
    Object.assign(words, choice.dataset);
    document.documentElement.lang = words.language;
    document.documentElement.dir = words.dir;
    choice.querySelector("select").addEventListener("change", (event) => {
      document.cookie = `untoc_language=${event.target.value}; path=/; max-age=31536000; SameSite=Strict`;
      const now = drafts.map((each) => document.querySelector(each)?.value);
      sessionStorage.setItem("untoc_drafts", JSON.stringify(now));
      location.reload();
    });
  }, 50);

  // The sign-in has ended: the page stays, with what is typed in it, and leads to the sign-in in another tab.
  const signedOut = document.createElement("div");
  signedOut.className = "u-signed-out";
  signedOut.setAttribute("role", "alert");
  document.body.appendChild(signedOut);
  const fetched = window.fetch;
  window.fetch = async (...request) => {
    const answer = await fetched(...request);
    if (!answer.url.includes("/gradio_api/")) return answer;
    if (answer.ok) signedOut.replaceChildren();
    // Gradio shows all of the answer that refuses an upload, which is JSON around the reason.
    if (!answer.ok && answer.url.includes("/upload")) {
      const { detail } = await answer.clone().json().catch(() => ({}));
      if (detail && answer.status !== 401) return new Response(detail, { status: answer.status });
    }
    // A proxy in between, such as oauth2-proxy, may refuse in words of its own, which are not told here.
    const told = answer.status === 401 ? await answer.clone().json().catch(() => null) : null;
    if (told?.detail && !signedOut.firstChild) {
      const link = document.createElement("a");
      link.href = `${location.pathname.replace(/\/$/, "")}/sign-in?to=${encodeURIComponent(`/${location.search}`)}`;
      link.target = "_blank";
      link.textContent = told.detail;
      signedOut.append(link);
    }
    return answer;
  };

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

  const copyText = async (text, html) => {
    try {
      const kinds = { "text/plain": text, ...(html ? { "text/html": html } : {}) };
      const blobs = Object.entries(kinds).map(([kind, content]) => [kind, new Blob([content], { type: kind })]);
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
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
    const copied = await copyText(button.dataset.copy, button.dataset.html);
    button.dataset.label ||= button.textContent;
    button.textContent = copied ? `${words.copied} ✓` : words.notCopied;
    button.classList.toggle("u-done", copied);
    button.focus();
    say(copied ? words.copied : words.notCopied);
    clearTimeout(button.timer);
    button.timer = setTimeout(() => {
      button.textContent = button.dataset.label;
      button.classList.remove("u-done");
    }, 2500);
  };

  const skip = (options) => {
    const panel = [...document.querySelectorAll('[role="tabpanel"]')].find((each) => each.offsetParent);
    panel.tabIndex = -1;
    panel.focus(options);
  };

  // On a narrow page the list of conversations opens over what is asked.
  const unfold = (button) => {
    const open = button.closest(".u-list").classList.toggle("u-unfolded");
    button.setAttribute("aria-expanded", open);
  };

  document.addEventListener("click", (event) => {
    // The page has a base, from which a bare "#…" would lead away.
    const jump = event.target.closest('a.u-cell, a.u-jump, a.u-tag');
    if (jump) {
      event.preventDefault();
      location.hash = jump.getAttribute("href");
      return;
    }
    const target = event.target.closest(".u-marker, [data-copy], [data-link], [data-back], [data-show], [data-unfold], .u-skip");
    if (!target) return;
    event.preventDefault();
    // A work's address, whatever the page shows.
    if (target.dataset.link) target.dataset.copy = new URL(target.dataset.link, location.href).href;
    if (target.matches(".u-marker")) openCard(target);
    else if (target.dataset.copy !== undefined) copy(target);
    else if (target.matches(".u-skip")) skip();
    else if (target.dataset.back) backToAnswer(target.dataset.back);
    else if (target.dataset.unfold !== undefined) unfold(target);
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
    // Ask and Stop hide each other while they have the focus; on a narrow page the box would open a keyboard.
    if (!event.target.closest("#ask, #stop")) return;
    if (narrow()) skip({ preventScroll: true });
    else document.querySelector("#question textarea").focus({ preventScroll: true });
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
  // The address names the open conversation, so that it can be reloaded, kept and sent; the title tells it.
  let opened = null;
  // One work an address: `?c=…` a conversation, `?b=…` a briefing, whichever is in view.
  const named = (key, id, how) => {
    const address = new URL(location.href);
    for (const each of ["b", "c"]) {
      if (each === key && id) address.searchParams.set(each, id);
      else if (each === key || id) address.searchParams.delete(each);
    }
    if (address.href !== location.href) history[how]({}, "", address);
    shownWork = work();
  };
  const place = (conversation) => {
    const kept = conversation.querySelector(".u-conversation");
    const id = kept ? kept.dataset.conversation : "";
    const asked = kept ? kept.dataset.title : "";
    titles.ask = asked ? `${asked} · untoc` : "";
    retitle();
    if (id === opened || (kept && !id)) return;
    if (conversation.offsetParent) named("c", id, opened === null ? "replaceState" : "pushState");
    opened = id;
  };
  // Another tab brings another work into view.
  new MutationObserver(() => {
    const conversation = document.getElementById("conversation");
    if (opened && conversation && conversation.offsetParent) named("c", opened, "replaceState");
  }).observe(document.body, { subtree: true, attributeFilter: ["aria-selected"] });
  // A kept briefing has an address as well; one that was made or opened comes into view below its form.
  let briefed = "";
  new MutationObserver(() => {
    const shown = document.querySelector("#briefing .u-briefing");
    if (!shown || !shown.dataset.briefing || !shown.offsetParent) return;
    if (briefed !== shown.dataset.briefing) shown.scrollIntoView({ behavior, block: "start" });
    briefed = shown.dataset.briefing;
    named("b", briefed, "replaceState");
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["aria-selected"] });
  // Gradio names the place for files in English alone, and not as it reads: its words are its name.
  new MutationObserver(() => {
    document.querySelectorAll('button[aria-label="Click to upload or drop files"]').forEach((button) => {
      button.removeAttribute("aria-label");
    });
  }).observe(document.body, { childList: true, subtree: true });
  // Back and forward lead to other works; a jump within the page does not.
  const work = () => new URL(location.href).search;
  let shownWork = work();
  window.addEventListener("popstate", () => { if (work() !== shownWork) location.reload(); });

  // Tabs go by arrow keys, as people who cannot use a mouse expect of them.
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest('#tabs [role="tab"]');
    if (!tab) return;
    const tabs = [...document.querySelectorAll('#tabs [role="tab"]')].filter((each) => each.offsetParent);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key] * (words.dir === "rtl" ? -1 : 1);
    const to = { Home: 0, End: tabs.length - 1 }[event.key] ?? (tabs.indexOf(tab) + step + tabs.length) % tabs.length;
    if (!tabs[to]) return;
    event.preventDefault();
    tabs[to].click();
    tabs[to].focus();
  });

  // A title for each tab.
  const titles = { page: document.title };
  const retitle = () => {
    const tab = document.querySelector('#tabs [role="tab"][aria-selected="true"]');
    const first = document.querySelector('#tabs [role="tab"]');
    document.title = !tab || tab === first ? titles.ask || titles.page : `${tab.textContent.trim()} · untoc`;
  };
  new MutationObserver(retitle).observe(document.body, { subtree: true, attributeFilter: ["aria-selected"] });

  // Why something was refused may stand below the edge of the page or of its pane.
  const refused = new WeakSet();
  new MutationObserver(() => {
    document.querySelectorAll(".u-error").forEach((refusal) => {
      if (refused.has(refusal) || !refusal.offsetParent) return;
      refused.add(refusal);
      refusal.scrollIntoView({ behavior, block: "nearest" });
    });
  }).observe(document.body, { childList: true, subtree: true });

  const watch = (conversation) => {
    new MutationObserver(() => {
      place(conversation);
      const turn = conversation.querySelector(".u-turn:last-child");
      if (!turn) return;
      if (!turn.matches(".u-pending")) return answered(turn);
      // A refusal is an alert, which is read out by itself.
      if (turn.querySelector(".u-error")) return say("");
      scrollTo(turn);
      const step = turn.querySelector(".u-now");
      if (step && live.textContent !== step.textContent) live.textContent = step.textContent;
    }).observe(conversation, { childList: true, subtree: true });
    // Opening the scope editor takes room from the conversation; the newest answer stays in view.
    let height = 0;
    new ResizeObserver(() => {
      const turn = conversation.querySelector(".u-turn:last-child");
      if (turn && !narrow() && Math.abs(conversation.clientHeight - height) > 60) {
        const refusal = turn.querySelector(".u-error");
        if (refusal) refusal.scrollIntoView({ behavior, block: "nearest" });
        else scrollTo(turn);
      }
      height = conversation.clientHeight;
    }).observe(conversation);
  };
  // A statement chosen in the table opens below it.
  let opening = false;
  document.addEventListener("click", (event) => { opening = Boolean(event.target.closest(".u-open, #corpus-table [role=gridcell]")); }, true);
  document.addEventListener("keydown", () => { opening = false; }, true);
  new MutationObserver(() => {
    const form = opening && document.getElementById("corpus-form");
    // At first the form is shown before its fields.
    const first = form && form.querySelector("input, textarea");
    if (!first || !form.offsetParent) return;
    opening = false;
    form.scrollIntoView({ behavior, block: "start" });
    first.focus({ preventScroll: true });
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
