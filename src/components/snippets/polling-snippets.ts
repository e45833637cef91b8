import type { CodeSample } from "../ui/code-tabs";
import { indentJson, type SnippetCall, shellQuote, toPython } from "./inference-snippets";

function curl({ baseUrl, body }: SnippetCall): string {
  return [
    `id=$(curl -sS ${baseUrl}/api/v1/inference \\`,
    `  -H "Authorization: Bearer $AGATHA_API_KEY" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d ${shellQuote(JSON.stringify(body))} | grep -o 'inf_[0-9a-z]*' | head -n 1)`,
    "",
    "while",
    `  code=$(curl -sS -o result.json -w "%{http_code}" \\`,
    `    "${baseUrl}/api/v1/inference/$id/result" \\`,
    `    -H "Authorization: Bearer $AGATHA_API_KEY")`,
    `  [ "$code" = 202 ]`,
    "do sleep 1; done",
    "cat result.json",
  ].join("\n");
}

function python({ baseUrl, body }: SnippetCall): string {
  return [
    "import os, time",
    "import requests",
    "",
    `api = "${baseUrl}/api/v1/inference"`,
    `headers = {"Authorization": f"Bearer {os.environ['AGATHA_API_KEY']}"}`,
    `accepted = requests.post(api, headers=headers, json=${toPython(body, "")}, timeout=30).json()`,
    "",
    "while True:",
    `    answer = requests.get(f"{api}/{accepted['id']}/result", headers=headers, timeout=30)`,
    "    if answer.status_code != 202:",
    "        break",
    `    time.sleep(int(answer.headers.get("retry-after", 1)))`,
    "print(answer.json())",
  ].join("\n");
}

function typescript({ baseUrl, body }: SnippetCall): string {
  return [
    `const api = "${baseUrl}/api/v1/inference";`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a template in the code that is shown
    "const headers = { Authorization: `Bearer ${process.env.AGATHA_API_KEY}` };",
    "const accepted = await fetch(api, {",
    `  method: "POST",`,
    `  headers: { ...headers, "Content-Type": "application/json" },`,
    `  body: JSON.stringify(${indentJson(body, "  ")}),`,
    "}).then((answer) => answer.json());",
    "",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a template in the code that is shown
    "const ask = () => fetch(`${api}/${accepted.id}/result`, { headers });",
    "let answer = await ask();",
    "while (answer.status === 202) {",
    `  const seconds = Number(answer.headers.get("retry-after") ?? 1);`,
    "  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));",
    "  answer = await ask();",
    "}",
    "console.log(await answer.json());",
  ].join("\n");
}

/** Submits a request and asks for its result until it is there, in three languages, ready to paste. */
export function pollingSnippets(call: Omit<SnippetCall, "secret">): CodeSample[] {
  return [
    { language: "curl", code: curl(call) },
    { language: "Python", code: python(call) },
    { language: "TypeScript", code: typescript(call) },
  ];
}
