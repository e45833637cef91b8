import { writeFileSync } from "node:fs";
import { renderOpenApi } from "../../src/server/rest/openapi/openapi";
import { renderApiReference } from "./render";

/** `npm run docs:api` */
writeFileSync("docs/API_REFERENCE.md", renderApiReference(renderOpenApi("https://agathaai.example")));
