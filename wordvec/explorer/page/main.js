// Starts after the browser has shown the loading message.

async function start() {
  try {
    window.explorer = new Explorer(JSON.parse(byId("data").textContent)); // for the console
    await window.explorer.open();
  } catch (error) {
    const loading = byId("loading") ?? document.body.appendChild(element("div", { id: "loading" }));
    loading.textContent = `This page cannot be shown (${error.message}). It may be cut off: write or copy it again.`;
    throw error;
  }
}

requestAnimationFrame(() => setTimeout(start));
