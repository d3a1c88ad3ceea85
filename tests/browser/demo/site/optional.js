// Served under the name of each class that waits for a yes: it notes that it ran, and keeps in the
// browser what the notice declares for its class.
(() => {
  const { name, keeps } = document.currentScript.dataset;
  ran.push(name);
  for (const one of JSON.parse(keeps)) {
    if (one.means === "local_storage") localStorage.setItem(one.name, "1");
    else if (one.means === "session_storage") sessionStorage.setItem(one.name, "1");
    else document.cookie = `${one.name}=1; max-age=86400; path=${one.path}${one.domain}`;
  }
})();
