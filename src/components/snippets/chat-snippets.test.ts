import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { chatSnippets } from "./chat-snippets";

const body = {
  model: "gpt-4o",
  messages: [{ role: "user", content: `It's "quoted", \\escaped, $HOME and\ntwo lines: ✓` }],
  temperature: 0.5,
  parallel_tool_calls: false,
  tools: [],
};
const baseUrl = "https://api.example.com";

function codeOf(language: string, options: { secret?: string; stream?: boolean } = {}): string {
  return chatSnippets({ baseUrl, body, ...options }).find((one) => one.language === language)?.code ?? "";
}

/** What the snippet hands to OpenAI's SDK: its import is replaced by one that prints. */
function nodeSays(code: string): { options: unknown; sent: unknown } {
  const fake = `class OpenAI { constructor(options) { this.chat = { completions: { create: async (sent) => {
    console.log(JSON.stringify({ options, sent })); process.exit(0); } } }; } }`;
  const script = code.replace('import OpenAI from "openai";', fake);
  const env = { NODE_ENV: "test", AGATHA_API_KEY: "agt_test_env" } as const;
  return JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8", env }),
  );
}

describe("snippets of a chat completion", () => {
  it("Node.js: OpenAI's SDK gets our base URL, the key of the environment and exactly the body", () => {
    expect(nodeSays(codeOf("Node.js"))).toEqual({
      options: { baseURL: `${baseUrl}/v1`, apiKey: "agt_test_env" },
      sent: body,
    });
    expect(nodeSays(codeOf("Node.js", { stream: true, secret: "agt_test_x" }))).toEqual({
      options: { baseURL: `${baseUrl}/v1`, apiKey: "agt_test_x" },
      sent: { ...body, stream: true },
    });
  });

  it("curl: a shell hands over exactly the body, whatever quotes it holds", () => {
    const script = codeOf("curl", { secret: "agt_test_x", stream: true }).replace(/^curl/, "printf '%s\\0'");
    const args = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0");
    expect(args).toContain(`${baseUrl}/v1/chat/completions`);
    expect(JSON.parse(args[args.indexOf("-d") + 1] ?? "")).toEqual({ ...body, stream: true });
    expect(args).toContain("Authorization: Bearer agt_test_x");
  });

  it("Python: arguments by name, with Python's literals", () => {
    const source = codeOf("Python", { stream: true });
    expect(source).toContain('    model="gpt-4o",\n');
    expect(source).toContain("    parallel_tool_calls=False,\n");
    expect(source).toContain("    stream=True,\n");
    expect(source).toContain('os.environ["AGATHA_API_KEY"]');
  });

  it("never shows a secret that was not given", () => {
    for (const { code } of chatSnippets({ baseUrl, body })) {
      expect(code).toContain("AGATHA_API_KEY");
      expect(code).not.toContain("agt_");
    }
  });
});
