/* AIMS: the audit room by keyboard (j, k, 0 to 5, n, p, f, ?), and nothing lost when one goes on to the next line.
   Without script each line is a page with plain forms. */
"use strict";

(() => {
  const { all, one } = window.aims;
  const room = one("[data-room]");
  if (!room) return;

  const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const off = (event) => event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.shortcuts === "off"
    || typing(event.target) || one("dialog[open]");

  /* ── going on: what is not saved yet is saved first; a refusal keeps one here ── */
  const waiting = () => all("form[data-autosave]", room).filter((form) => one(".saved.waiting", form));
  const pause = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
  const leave = async (url) => {
    waiting().forEach((form) => form.requestSubmit());
    for (let left = 100; left && waiting().length; left -= 1) await pause(50);
    if (!one(".saved.refused, .saved.waiting", room)) window.location.assign(url);
  };
  room.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.getAttribute("href").startsWith("#") || !waiting().length) return;
    event.preventDefault();
    leave(link.href);
  });

  /* ── the list shows the verdict at once ── */
  const judged = (radio) => {
    const line = one(".checklist a[aria-current]", room);
    if (!line) return;
    const shape = one(".icon", line);
    shape.setAttribute("class", `icon ${radio.dataset.tone}`);
    const use = one("use", shape);
    use?.setAttribute("href", use.getAttribute("href").replace(/#.*$/, `#${radio.dataset.shape}`));
    line.toggleAttribute("data-judged", radio.value !== "");
    const count = (root) => all(".checklist a[data-judged]", root).length;
    const group = line.closest("[data-group]");
    one("[data-done]", group).textContent = count(group);
    const examined = one("#examined");
    examined.textContent = examined.dataset.words.replace("{done}", count(room));
  };
  room.addEventListener("change", (event) => { if (event.target.name === "verdict") judged(event.target); });

  /* ── keys ── */
  const choose = (key) => {
    const radio = one(`input[name=verdict][data-key="${key}"]`, room);
    if (!radio) return;
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const go = (rel) => { const link = one(`a[rel=${rel}]`, room); if (link) leave(link.href); };
  const acts = {
    j: () => go("next"),
    k: () => go("prev"),
    n: () => one("#check textarea", room)?.focus(),
    p: () => one(".sealed-note textarea", room)?.focus(),
    f: () => { const link = one("[data-finding]"); if (link) leave(link.href); },
    "?": () => one("#room-keys")?.showModal(),
  };
  "012345".split("").forEach((key) => { acts[key] = () => choose(key); });
  /* before the keys of every page, which would go from row to row */
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && typing(event.target) && room.contains(event.target)) { event.target.blur(); return; }
    const act = off(event) ? null : acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }, true);
  /* where one stands is in sight, also in a long list */
  one(".checklist a[aria-current]", room)?.scrollIntoView({ block: "nearest" });
})();
