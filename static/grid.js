/* AIMS: a table whose cells are changed by keyboard (the Statement of Applicability). Arrows move, Enter edits, Escape
   leaves, Shift with an arrow marks several, Ctrl+D copies down. Without script each row has its own form. */
"use strict";

(() => {
  const { all, one, word, enhance, toast } = window.aims;
  const cells = (table) => all("[data-cell]", table);
  const column = (table, name) => all(`[data-cell="${name}"]`, table);
  const marked = (table) => all('[data-cell][aria-selected="true"]', table);
  const headers = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  const label = (cell) => `${cell.closest("tr").id} ${cell.dataset.label ?? ""}`.trim();

  /* ── one cell at a time takes the focus of the tab key ── */
  const ready = (table) => {
    all("tbody td", table).forEach((cell) => cell.setAttribute("role", "gridcell"));
    cells(table).forEach((cell) => { if (!cell.hasAttribute("tabindex")) cell.tabIndex = -1; });
    if (!one('[data-cell][tabindex="0"]', table)) cells(table)[0]?.setAttribute("tabindex", "0");
  };
  const focus = (table, cell) => {
    if (!cell) return;
    all('[data-cell][tabindex="0"]', table).forEach((other) => { other.tabIndex = -1; });
    cell.tabIndex = 0;
    cell.focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const unmark = (table) => marked(table).forEach((cell) => cell.removeAttribute("aria-selected"));
  const mark = (table, from, to) => {
    unmark(table);
    const list = column(table, from.dataset.cell);
    const [first, last] = [list.indexOf(from), list.indexOf(to)].sort((a, b) => a - b);
    list.slice(first, last + 1).forEach((cell) => cell.setAttribute("aria-selected", "true"));
  };

  /* ── moving: up and down stay in the column, left and right in the row ── */
  const beside = (cell, step) => {
    const row = all("[data-cell]", cell.closest("tr"));
    return row[row.indexOf(cell) + step];
  };
  const below = (table, cell, step) => {
    const list = column(table, cell.dataset.cell);
    return list[list.indexOf(cell) + step];
  };

  /* ── telling ── */
  const tell = (lines) => {
    const box = one("#cells-told");
    if (!box) return;
    box.hidden = !lines.length;
    const body = document.createElement("div");
    body.className = "body";
    body.textContent = [box.dataset.lead, ...lines].join(" ");
    box.replaceChildren(body);
  };

  /* ── writing: the rows come back as they are now; what was refused keeps what was typed ── */
  const drawn = (html) => document.createRange().createContextualFragment(html.trim());
  const renew = (table, answer) => {
    Object.entries(answer.rows ?? {}).filter(([code]) => !(code in (answer.refused ?? {}))).forEach(([code, html]) => {
      const row = drawn(`<table><tbody>${html}</tbody></table>`).querySelector("tr");
      const old = document.getElementById(code);
      if (!row || !old) return;
      one(".pick", row)?.replaceWith(one(".pick", old) ?? "");
      const version = one("input[type=hidden]", row);
      if (version) version.value = row.dataset.version;
      old.replaceWith(row);
      window.htmx?.process(row);
    });
    const figures = one("#soa-figures");
    if (figures && answer.figures) {
      figures.replaceWith(drawn(answer.figures));
    }
    ready(table);
  };
  const write = async (table, targets, name, value, reason) => {
    const data = new FormData();
    data.set("field", name);
    data.set("value", value);
    if (reason !== undefined) data.set("reason", reason);
    targets.forEach((cell) => { const row = cell.closest("tr"); data.append("row", `${row.dataset.key}:${row.dataset.version}`); });
    const codes = targets.map((cell) => cell.closest("tr").id);
    let answer = { said: word("offline") };
    try {
      const reply = await fetch(table.dataset.grid, { method: "POST", body: data, headers: { Accept: "application/json", ...headers() }, redirect: "manual" });
      answer = reply.type === "opaqueredirect" ? { said: word("signedout") } : await reply.json();
    } catch { /* what was typed stays in the cell: the sentence above says why */ }
    const done = Object.keys(answer.rows ?? {}).filter((code) => !(code in (answer.refused ?? {})));
    renew(table, answer);
    const why = Object.entries(answer.refused ?? {}).map(([code, text]) => `${code}: ${text}`);
    tell(answer.rows && (done.length || why.length) ? why : [answer.said]);
    if (done.length) toast(answer.said);
    const again = codes.map((code) => one(`[data-cell="${name}"]`, document.getElementById(code) ?? undefined)).filter(Boolean);
    return { again, said: { all: answer.said, ...answer.refused } };
  };

  /* ── editing in the cell ── */
  const value = (editor) => one("select, input, textarea", editor).value;
  const close = (table, cell) => {
    one(".cell-editor", cell)?.remove();
    const was = one(".cell-was", cell);
    was?.replaceWith(...was.childNodes);
    cell.classList.remove("editing");
    focus(table, cell);
  };
  const refuse = (cell, text) => {
    const editor = one(".cell-editor", cell);
    const said = one(".error", editor) ?? editor.appendChild(document.createElement("p"));
    said.className = "error";
    said.textContent = text;
  };
  const save = async (table, cell) => {
    const editor = one(".cell-editor", cell);
    const reason = cell.dataset.cell === "applicable" ? one("textarea", editor).value : undefined;
    const entered = value(editor);
    if (!entered || (entered === cell.dataset.value && (reason ?? "") === (cell.dataset.reason ?? ""))) { close(table, cell); return; }
    const targets = marked(table).includes(cell) ? marked(table) : [cell];
    const { again, said } = await write(table, targets, cell.dataset.cell, entered, reason);
    if (cell.isConnected) { refuse(cell, said[cell.closest("tr").id] ?? said.all ?? ""); return; } /* what was typed stays */
    focus(table, again[0]);
    if (again.length > 1) mark(table, again[0], again.at(-1));
  };
  const edit = (table, cell) => {
    const source = one(`template[data-editor="${cell.dataset.cell}"]`);
    if (!source || one(".cell-editor", cell)) return;
    const editor = document.createElement("div");
    editor.className = "cell-editor";
    editor.append(source.content.cloneNode(true));
    all("[id], [name]", editor).forEach((input) => { input.removeAttribute("id"); input.removeAttribute("name"); });
    const [first, second] = all("select, input, textarea", editor);
    first.value = cell.dataset.value;
    first.setAttribute("aria-label", label(cell));
    const nothing = one('option[value=""]', first);
    if (nothing) { nothing.textContent = "–"; if (cell.dataset.value) nothing.remove(); }
    const was = document.createElement("span");
    was.className = "cell-was";
    was.append(...cell.childNodes);
    if (second) second.value = cell.dataset.reason ?? "";
    cell.classList.add("editing");
    cell.append(was, editor);
    first.focus();
  };

  /* ── copy down: the first of the marked cells, else the one above ── */
  const copyDown = async (table, cell) => {
    const list = marked(table).length > 1 ? marked(table) : [below(table, cell, -1), cell];
    const [source, ...targets] = list;
    if (!source || !targets.length || !source.dataset.value) return;
    const reason = cell.dataset.cell === "applicable" ? source.dataset.reason : undefined;
    const { again } = await write(table, targets, cell.dataset.cell, source.dataset.value, reason);
    focus(table, again.at(-1));
  };

  const editing = (table, cell, event) => {
    const inText = event.target.matches("textarea");
    if (event.key === "Escape") { event.preventDefault(); close(table, cell); }
    else if (event.key === "Enter" && !(inText && event.shiftKey)) { event.preventDefault(); save(table, cell); }
    event.stopPropagation();
  };
  const moving = (table, cell, event) => {
    const steps = { ArrowUp: () => below(table, cell, -1), ArrowDown: () => below(table, cell, 1), ArrowLeft: () => beside(cell, -1), ArrowRight: () => beside(cell, 1),
      Home: () => all("[data-cell]", cell.closest("tr"))[0], End: () => all("[data-cell]", cell.closest("tr")).at(-1) };
    const next = steps[event.key]?.();
    if (!(event.key in steps)) return false;
    if (next && event.shiftKey && event.key.match(/Up|Down/)) {
      const from = table.dataset.from ? document.getElementById(table.dataset.from) : null;
      const start = from && one(`[data-cell="${cell.dataset.cell}"]`, from);
      const first = marked(table).length && start ? start : cell;
      table.dataset.from = first.closest("tr").id;
      mark(table, first, next);
    } else if (next) unmark(table);
    focus(table, next);
    return true;
  };
  const act = (table, cell, event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d") { copyDown(table, cell); return true; }
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "Enter" || event.key === "F2") { edit(table, cell); return true; }
    if (event.key === "Escape") { unmark(table); return true; }
    return moving(table, cell, event);
  };

  enhance("table[data-grid]", (table) => {
    table.setAttribute("role", "grid");
    table.setAttribute("aria-multiselectable", "true");
    table.setAttribute("aria-describedby", table.dataset.help);
    all("[data-cells-help]").forEach((help) => { help.hidden = false; });
    ready(table);
    table.addEventListener("keydown", (event) => {
      const cell = event.target.closest("[data-cell]");
      if (!cell) return;
      if (event.target.closest(".cell-editor")) editing(table, cell, event);
      else if (event.target === cell && act(table, cell, event)) { event.preventDefault(); event.stopPropagation(); }
    });
    table.addEventListener("dblclick", (event) => {
      const cell = event.target.closest("[data-cell]");
      if (cell && !event.target.closest("a, button, input, .cell-editor")) edit(table, cell);
    });
    table.addEventListener("click", (event) => {
      const cell = event.target.closest("[data-cell]");
      if (cell && !event.target.closest("a, button, input, .cell-editor")) { unmark(table); focus(table, cell); }
    });
  });
})();
