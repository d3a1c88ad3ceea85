// What ran, in order, and what was told to Google's tags and to the page.
window.ran = [];
window.told = [];
document.addEventListener("riserbo:change", (event) => told.push(event.detail.allowed));
