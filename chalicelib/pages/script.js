// The comfort of the pages: what they can do is the same without it.
"use strict";
for (const input of document.querySelectorAll("[data-show], [data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button second";
  const { show, hide, copy, copied } = input.dataset;
  button.textContent = show || copy;
  button.setAttribute("aria-controls", input.id);
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    if (copy) {
      try {
        await navigator.clipboard.writeText(input.value);
      } catch {
        input.select();
        return;
      }
      button.textContent = copied;
      return;
    }
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.textContent = shown ? show : hide;
  });
  input.after(button);
}
for (const form of document.querySelectorAll("form")) {
  // A password that is seen is hidden again before the browser offers to remember the form.
  form.addEventListener("submit", () => {
    for (const input of form.querySelectorAll("input[data-show]")) input.type = "password";
    form.dataset.sent = "";
  });
}
for (const form of document.querySelectorAll("form[data-unsaved]")) {
  const state = () => JSON.stringify([...new FormData(form)]);
  const before = state();
  addEventListener("beforeunload", (event) => {
    if (!("sent" in form.dataset) && state() !== before) event.preventDefault();
  });
}
const refused = document.querySelector(".summary");
if (refused) refused.focus();
for (const menu of document.querySelectorAll(".menu")) {
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
// What is still to come is looked at every five seconds, for ten minutes; a live region tells of it.
for (const part of document.querySelectorAll("[data-look]")) {
  const end = Date.now() + 600_000;
  const look = async () => {
    const answer = await fetch(location.href).catch(() => null);
    const text = answer && answer.ok ? await answer.text() : "";
    const page = new DOMParser().parseFromString(text, "text/html");
    const found = page.getElementById(part.id);
    if (found && found.innerHTML !== part.innerHTML) {
      part.replaceChildren(...document.adoptNode(found).childNodes);
    }
    if ((found ? "look" in found.dataset : !answer) && Date.now() < end) setTimeout(look, 5_000);
  };
  setTimeout(look, 5_000);
}
