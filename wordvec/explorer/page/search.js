// An input for a word, with suggestions: the combobox of the ARIA practices, with a listbox below it.

const SUGGESTIONS = 12;

class WordInput {
  /**
   * `suggest(text)` promises [{word, count}]; `onpick(word)` is called for a chosen suggestion, and for the typed text
   * when Enter is pressed.
   */
  constructor(input, suggest, onpick) {
    Object.assign(this, { input, suggest, onpick, found: [], active: -1, asked: 0 });
    this.list = element("ul", { role: "listbox", id: `${input.id}-list`, class: "suggestions", "aria-label": "Suggestions", hidden: true });
    input.parentElement.append(this.list);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false",
    })) input.setAttribute(name, value);
    input.addEventListener("input", () => this.look());
    input.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the input
  }

  async look() {
    const asked = ++this.asked;
    let found;
    try {
      found = await this.suggest(this.input.value);
    } catch (error) {
      found = [];
      announce(error.message);
    }
    if (asked !== this.asked || document.activeElement !== this.input) return;
    this.found = found;
    this.active = -1;
    this.show();
  }

  show() {
    const options = this.found.map(({ word, count }, i) =>
      element("li", { role: "option", id: `${this.list.id}-${i}`, "aria-selected": "false", onclick: () => this.pick(word) },
        element("span", { class: "word" }, word), element("span", { class: "count" }, count === null ? "" : number(count))));
    const none = this.input.value.trim() !== "" && options.length === 0;
    this.list.replaceChildren(...options);
    if (none) this.list.append(element("li", { class: "nothing" }, "No word begins with this or contains it"));
    this.list.hidden = options.length === 0 && !none;
    this.input.setAttribute("aria-expanded", String(options.length > 0));
    this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    this.asked++;
    this.found = [];
    this.active = -1;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  press(event) {
    if (event.isComposing) return; // Enter completes a Korean, Japanese or Chinese word
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.look();
      else this.step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      const word = this.active >= 0 ? this.found[this.active].word : this.input.value.trim();
      if (!word) return;
      event.preventDefault();
      this.pick(word);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      this.close();
    }
  }

  step(by) {
    const size = this.found.length;
    if (!size) return;
    this.active = this.active < 0 ? (by > 0 ? 0 : size - 1) : (this.active + by + size) % size;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === this.active)));
    const option = this.list.children[this.active];
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  pick(word) {
    this.input.value = word;
    this.close();
    this.onpick(word);
  }
}
