// Starts, after the browser has shown that it is loading.

const explorer = new Explorer(JSON.parse(byId("data").textContent));
window.explorer = explorer; // for the console
requestAnimationFrame(() => setTimeout(() => explorer.open()));
