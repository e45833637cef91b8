import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";

export interface Snippet {
  where: string;
  command: string;
}

/** Where the examples say `$URL` or the address that `npm start` serves. */
const LOCAL = "http://localhost:3000";

/**
 * The convention: a fenced block marked `sh` that calls curl talks to the API and works as pasted, with `$URL`,
 * `$AGATHA_KEY`, `$ACCESS_TOKEN`, `$KEY_ID` and `$REQUEST_ID` set. Other `sh` blocks are for the machine it runs on.
 */
export function snippetsOfDocs(root: string): Snippet[] {
  const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  return ["README.md", ...docs.map((name) => join("docs", name))].flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/^```sh\n(?<block>.*?)^```/gms)]
      .map(({ groups }, at) => ({ where: `${file}, block ${at + 1}`, command: groups?.block ?? "" }))
      .filter(({ command }) => /^curl /m.test(command)),
  );
}

/** The portal's guides carry theirs as template strings. */
export function snippetsOfGuides(root: string): Snippet[] {
  const folder = join(root, "src/app/(public)/docs/(guides)");
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith("page.tsx"),
  );
  return pages.flatMap((page) =>
    [...readFileSync(join(folder, page), "utf8").matchAll(/`(?<code>curl [^`]+)`/g)].map(
      ({ groups }, at) => ({
        where: `the guide ${page}, command ${at + 1}`,
        command: String(
          runInNewContext(`\`${groups?.code}\``, {
            url: LOCAL,
            publicUrl: () => LOCAL,
            sampleModel: () => ({ id: "gpt-4o" }),
          }),
        ),
      }),
    ),
  );
}

/** Ends with an error at the first curl that is not answered 2xx. */
export function toScript(command: string, url: string): string {
  return `set -e\ncurl() { command curl -sS --fail-with-body "$@"; echo; }\n${command.replaceAll(LOCAL, url)}`;
}
