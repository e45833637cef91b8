import { installPackages, OFFLINE, requireNode } from "./install.mjs";

// npm start, npm run dev, npm run reset. What this file imports needs no package; the rest is TypeScript, through tsx.
requireNode();
// Who develops needs the checks as well.
installPackages({ scope: process.argv.includes("--dev") ? "all" : "runtime" });
Object.assign(process.env, OFFLINE);
const { register } = await import("tsx/esm/api");
register();
await import("./main.ts");
