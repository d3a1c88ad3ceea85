// The shop's own script: going from page to page without loading one, as a single-page site does.
// Each page brings a script that counts it, which waits for a yes as those of the first page do.
(() => {
  const main = document.querySelector("main");
  const order = document.querySelector("#order button");
  order.addEventListener("click", () => { order.textContent = "In arrivo"; });
  const { nonce } = document.currentScript;
  const { riserbo } = document.querySelector("script[data-name]").dataset;
  const show = (path) => {
    const heading = document.createElement("h1");
    heading.textContent = path.slice(1);
    const counting = document.createElement("script");
    counting.type = "text/plain";
    counting.dataset.riserbo = riserbo;
    counting.dataset.name = `route ${path}`;
    counting.dataset.keeps = "[]";
    counting.dataset.src = "/route.js";
    counting.nonce = nonce;
    main.replaceChildren(heading, counting);
    heading.tabIndex = -1;
    heading.focus();
  };
  document.querySelector("nav").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    history.pushState(null, "", link.pathname + location.search);
    show(link.pathname);
  });
  addEventListener("popstate", () => show(location.pathname));
})();
