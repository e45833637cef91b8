import { expect, it } from "vitest";
import { type Provider, providers } from "@/shared/providers";
import { type Cell, type CompatibilityRow, readCompatibility } from "./compatibility";

const at = new Date("2026-11-27T00:00:00Z");
const { chat, embeddings } = readCompatibility(at);

function cell(rows: readonly CompatibilityRow[], name: string, provider: Provider): Cell | undefined {
  return rows.find(({ fields, about = "" }) => [...fields, about].includes(name))?.cells[provider];
}

const words: Record<Cell["verdict"], string> = {
  kept: "kept",
  adapted: "adapted",
  refused: "refused",
  not_sent: "not sent",
  some: "some models",
};

function inMarkdown(rows: readonly CompatibilityRow[]): string {
  const columns = (Object.keys(providers) as Provider[]).filter((id) => rows.some(({ cells }) => cells[id]));
  const say = ({ verdict, note, models }: Cell) =>
    [words[verdict], ...(models ? [models.join(", ")] : []), ...(note ? [note] : [])].join(": ");
  return [
    `| field | ${columns.map((id) => providers[id].displayName).join(" | ")} |`,
    `|---|${columns.map(() => "---|").join("")}`,
    ...rows.map(({ fields, about, cells }) => {
      const named = fields.map((field) => `\`${field}\``).join(", ");
      return `| ${[named, about].filter(Boolean).join(": ")} | ${columns.map((id) => (cells[id] ? say(cells[id]) : "–")).join(" | ")} |`;
    }),
  ].join("\n");
}

it("the written table is what the checks do: `vitest -u` writes it anew", async () => {
  const page = `# Compatibility with OpenAI's API

Per field and provider: kept, adapted or refused. Written by a test from the checks that calls go through, over every model that is not deprecated; the same table is at \`/docs/compatibility\`.

- **kept**: means what it means at OpenAI.
- **adapted**: sent to the provider in another form, with the same meaning.
- **refused**: \`unsupported_parameter\` or \`unknown_parameter\`, with the field in \`param\`, before it costs anything. A value that changes nothing, such as \`n: 1\` or \`logprobs: false\`, is accepted everywhere.
- **not sent**: the provider has no place for it, and it changes nothing of the answer; of a tool’s \`strict\`, that its arguments are held to the schema is lost. The header \`x-agatha-not-sent\` names it.

With a test key, \`n\` above 1 and \`logprobs\` are refused for every model: the simulator has neither. Where they reason with tools or \`include_reasoning\`, OpenAI models refuse \`stop\`, \`seed\`, \`n\`, \`logprobs\`, \`logit_bias\`, \`prediction\` and the penalties: the API that answers such calls has none of them. It takes no \`max_completion_tokens\` below 16 either.

## Chat completions

${inMarkdown(chat)}

## Embeddings

${inMarkdown(embeddings)}
`;
  await expect(page).toMatchFileSnapshot("../../../../docs/compatibility.md");
});

it("tells apart what is kept, adapted, refused, not sent, and had by some models alone", () => {
  expect(cell(chat, "n", "openai")).toEqual({ verdict: "kept" });
  expect(cell(chat, "n", "gemini")).toEqual({ verdict: "refused" });
  expect(cell(chat, "seed", "deepseek")).toEqual({ verdict: "refused" });
  for (const provider of ["gemini", "deepseek"] as const)
    expect(cell(chat, "function.strict", provider)).toEqual({ verdict: "not_sent" });
  expect(cell(chat, "function.strict", "openai")).toEqual({ verdict: "kept" });
  expect(cell(chat, "user", "gemini")).toEqual({ verdict: "not_sent" });
  expect(cell(chat, "json_schema", "gemini")).toMatchObject({ verdict: "adapted" });
  expect(cell(chat, "temperature", "openai")).toMatchObject({
    verdict: "some",
    models: expect.arrayContaining(["gpt-6-sol"]),
  });
  expect(cell(embeddings, "tokens, one array or several", "gemini")).toEqual({ verdict: "refused" });
  expect(embeddings.every(({ cells }) => cells.deepseek === undefined)).toBe(true);
});
