import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { inferenceSnippets } from "./inference-snippets";

const body = {
  model: "gpt-4o",
  messages: [{ role: "user", content: `It's "quoted", \\escaped, $HOME and\ntwo lines: ✓` }],
  temperature: 0.5,
  stream: false,
  tools: [],
};

function codeOf(language: string, secret?: string): string {
  const samples = inferenceSnippets({ baseUrl: "https://api.example.com", body, secret });
  return samples.find((sample) => sample.language === language)?.code ?? "";
}

describe("snippets of a call", () => {
  it("curl: a shell hands over exactly the body, whatever quotes it holds", () => {
    const script = codeOf("curl", "agt_test_x").replace(/^curl/, "printf '%s\\0'");
    const args = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0");
    expect(JSON.parse(args[args.indexOf("-d") + 1] ?? "")).toEqual(body);
    expect(args).toContain("Authorization: Bearer agt_test_x");
  });

  it("TypeScript: the body is the same object", () => {
    const source = codeOf("TypeScript");
    const json = source.slice(
      source.indexOf("JSON.stringify(") + "JSON.stringify(".length,
      source.indexOf("),\n});"),
    );
    expect(JSON.parse(json)).toEqual(body);
  });

  it("Python: literals are Python's", () => {
    const source = codeOf("Python");
    expect(source).toContain('"stream": False');
    expect(source).toContain('"tools": []');
    expect(source).not.toContain("false");
  });

  it("never shows a secret that was not given", () => {
    for (const language of ["curl", "Python", "TypeScript"]) {
      expect(codeOf(language)).toContain("AGATHA_API_KEY");
      expect(codeOf(language)).not.toContain("agt_");
    }
  });
});
