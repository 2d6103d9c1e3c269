/* AIMS: offers the names that a comment can call, after an @. Without it, @First Last is typed as it is. */
"use strict";

(() => {
  const { enhance } = window.aims;
  const MOST = 6;

  enhance("form[data-names] textarea", (field) => {
    const names = JSON.parse(field.form.dataset.names);
    const list = document.createElement("div");
    list.className = "names";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.labels[0]?.textContent.trim() ?? "");
    list.id = `${field.id}_names`;
    field.after(list);
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-autocomplete", "list");

    const begun = () => field.value.slice(0, field.selectionStart).match(/(?:^|[^\p{L}\p{N}_])@([\p{L}' .-]{0,60})$/u);
    const close = () => { list.hidden = true; list.replaceChildren(); field.removeAttribute("aria-activedescendant"); };
    const mark = (option) => {
      for (const other of list.children) other.setAttribute("aria-selected", String(other === option));
      field.setAttribute("aria-activedescendant", option.id);
    };
    const take = (name) => {
      const end = field.selectionStart;
      field.setRangeText(`${name} `, end - begun()[1].length, end, "end");
      close();
      field.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const offer = () => {
      const typed = begun()?.[1].toLocaleLowerCase();
      const fitting = typed === undefined ? [] : names.filter((name) => name.toLocaleLowerCase().startsWith(typed)
        || name.toLocaleLowerCase().split(" ").some((word) => typed && word.startsWith(typed))).slice(0, MOST);
      list.replaceChildren(...fitting.map((name, index) => {
        const option = document.createElement("button");
        Object.assign(option, { type: "button", className: "btn sm", textContent: name, tabIndex: -1, id: `${list.id}${index}` });
        option.setAttribute("role", "option");
        option.addEventListener("mousedown", (event) => { event.preventDefault(); take(name); });
        return option;
      }));
      list.hidden = !fitting.length;
      if (fitting.length) mark(list.firstElementChild); else close();
    };
    field.addEventListener("input", offer);
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      const options = [...list.children];
      const here = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) mark(options[(here + step + options.length) % options.length]);
      else if (event.key === "Enter" || event.key === "Tab") take(options[here].textContent);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  });
})();
