ran.push(document.currentScript.dataset.name);
