import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { pollingSnippets } from "./polling-snippets";

const body = { model: "gpt-4o", prompt: `It's "quoted"` };
const samples = pollingSnippets({ baseUrl: "https://api.example.com", body });
const codeOf = (language: string) => samples.find((sample) => sample.language === language)?.code ?? "";

/** Returns an ID for the submission, 202 twice, and then the result. */
const FAKE_CURL = `#!/bin/sh
case "$*" in
  *inf_01abc/result*)
    echo asked >> "$COUNT"
    echo '{"status":"completed"}' > result.json
    [ "$(wc -l < "$COUNT")" -lt 3 ] && printf 202 || printf 200 ;;
  *) echo '{"id":"inf_01abc","links":{"self":"/api/v1/inference/inf_01abc"}}' ;;
esac
`;

it("curl: polls until the status is no longer 202, then prints the result once", () => {
  const dir = mkdtempSync(join(tmpdir(), "agathaai-snippet-"));
  try {
    writeFileSync(join(dir, "curl"), FAKE_CURL, { mode: 0o755 });
    writeFileSync(join(dir, "sleep"), "#!/bin/sh\n", { mode: 0o755 });
    const script = `PATH="${dir}:$PATH" COUNT="${dir}/count"; export COUNT\n${codeOf("curl")}`;
    const said = execFileSync("sh", ["-c", script], { cwd: dir, encoding: "utf8" });
    expect(said).toBe('{"status":"completed"}\n');
    expect(readFileSync(join(dir, "count"), "utf8")).toBe("asked\nasked\nasked\n");
  } finally {
    rmSync(dir, { recursive: true });
  }
});

it("every language reads the key from its environment and honors retry-after or waits a second", () => {
  for (const language of ["curl", "Python", "TypeScript"]) {
    expect(codeOf(language)).toContain("AGATHA_API_KEY");
    expect(codeOf(language)).toMatch(/retry-after|sleep 1/);
  }
});
