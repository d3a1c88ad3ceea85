ran.push("module");
export {};
