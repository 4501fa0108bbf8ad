// What a part of the page does once it is there: `element` is its own, `trigger` sends an event to the server with
// values, and `server` holds the functions that it offers.

// Buttons inside rendered HTML carry data-action; their data-* attributes reach the server with the event, which is
// `select` unless they name another. What stands in the field beside a button goes with it, and Enter in the field
// presses the first button.
let acting = null;
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action]");
  const field = button && button.closest(".u-form") && button.closest(".u-form").querySelector("input");
  const card = button && button.closest("[data-part]");
  acting = card ? card.dataset.part : null;
  if (button) trigger(button.dataset.event || "select", { ...button.dataset, typed: field ? field.value : "" });
});
element.addEventListener("keydown", (event) => {
  const form = event.key === "Enter" && event.target.matches("input") && event.target.closest(".u-form");
  if (form) {
    event.preventDefault();
    form.querySelector("[data-action]").click();
  }
});

// The keyboard stays at a cell or turn that changes: rendered anew, its button is gone, or is another one's.
new MutationObserver(() => {
  const at = document.activeElement;
  if (acting === null || (at !== document.body && !element.contains(at))) return;
  const card = [...element.querySelectorAll("[data-part]")].find((each) => each.dataset.part === acting);
  if (card && !card.contains(at)) card.focus({ preventScroll: true });
}).observe(element, { childList: true, subtree: true });
element.addEventListener("focusin", (event) => {
  if (event.target.dataset.part !== acting) acting = null;
});

// A document of the conversation is made when it is asked for, and saved by the browser.
element.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-export]");
  if (!button) return;
  const { conversation } = element.querySelector(".u-conversation").dataset;
  const made = await server.export_conversation({ conversation, form: button.dataset.export });
  if (made.note) {
    const note = document.createElement("span");
    note.className = "u-error";
    note.setAttribute("role", "alert");
    note.textContent = made.note;
    button.parentElement.querySelector(".u-error")?.remove();
    button.parentElement.append(note);
  }
  if (!made.data) return;
  const link = document.createElement("a");
  link.href = made.data;
  link.download = made.name;
  link.click();
});

// The image of a page, and a whole statement, are asked for when their place in a card is opened. Text is only ever set
// with textContent.
element.addEventListener("toggle", async (event) => {
  const place = event.target.closest(".u-fetched");
  if (!place || !place.open || place.dataset.asked) return;
  place.dataset.asked = "yes";
  const { what, statement, start, end, failed } = place.dataset;
  const note = place.querySelector(".u-note");
  let found = { note: failed };
  try {
    found = await server[what]({ statement, start, end });
  } catch {
    delete place.dataset.asked;
  }
  if (found.image) {
    const image = document.createElement("img");
    image.src = found.image;
    image.alt = found.alt;
    place.append(image);
  }
  if (found.quote) {
    const text = document.createElement("div");
    const mark = document.createElement("mark");
    text.className = "u-whole u-quote";
    text.tabIndex = 0;
    text.dir = found.dir;
    text.lang = found.lang;
    mark.textContent = found.quote;
    text.append(found.before, mark, found.after);
    place.append(text);
    text.scrollTop = mark.offsetTop - text.offsetTop - 60;
  }
  note.textContent = found.note || "";
  note.hidden = !found.note;
}, true);
