/* AIMS: single keys and row selection. Off inside fields and with data-shortcuts="off" on body (WCAG 2.1.4). */
"use strict";

(() => {
  const { all, one, word, enhance } = window.aims;
  const rows = () => all("main tbody tr, main .list > li").filter((row) => one("a.title, .what > a, .pick input", row) && row.offsetParent);
  const link = (row) => one("a.title, .what > a", row);

  const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const off = (event) => event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.shortcuts === "off"
    || typing(event.target) || one("dialog[open]:not(.shown-here)");

  const go = (step) => {
    const list = rows();
    const here = list.indexOf(one(".here"));
    const next = list[Math.max(0, Math.min(list.length - 1, here < 0 ? (step > 0 ? 0 : list.length - 1) : here + step))];
    if (!next) return;
    one(".here")?.classList.remove("here");
    next.classList.add("here");
    (link(next) ?? one(".pick input", next))?.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  /* a page that is one of several goes on to the next; a list to the next row */
  const beside = (rel, step) => { const page = one(`nav[data-beside] a[rel=${rel}]`); if (page) page.click(); else if (!one("nav[data-beside]")) go(step); };
  const current = () => document.activeElement.closest?.("tbody tr, .list > li") ?? one(".here");

  const acts = {
    "/": () => one("#q, main input[type=search]")?.focus(),
    j: () => beside("next", 1),
    k: () => beside("prev", -1),
    x: () => one(".pick input", current() ?? document.createElement("i"))?.click(),
    e: () => (one("[data-edit]", current() ?? document.createElement("i")) ?? one(".page-head [data-edit]"))?.click(),
    "?": () => one("#shortcuts")?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const act = off(event) ? null : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("main tbody tr, main .list > li");
    if (row && !row.classList.contains("here")) { one(".here")?.classList.remove("here"); }
  });

  /* ── rows picked: the bar counts them; "select all" and Clear ── */
  enhance(".pickable", (area) => {
    const boxes = () => all("tbody .pick input", area);
    const every = one("thead .pick input", area);
    const count = () => {
      const picked = boxes().filter((box) => box.checked).length;
      all(".bulk b", area).forEach((text) => { text.textContent = word("picked", { count: picked }); });
      if (every) { every.checked = picked > 0 && picked === boxes().length; every.indeterminate = picked > 0 && !every.checked; }
    };
    const setAll = (on) => { boxes().forEach((box) => { box.checked = on; }); count(); };
    area.addEventListener("change", (event) => {
      if (event.target === every) setAll(every.checked);
      else if (event.target.closest(".pick")) count();
    });
    area.addEventListener("click", (event) => { if (event.target.closest("[data-clear]")) setAll(false); });
    count();
  });
})();
