import type { CodeSample } from "../ui/code/code-tabs";
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
    `    response = requests.get(f"{api}/{accepted['id']}/result", headers=headers, timeout=30)`,
    "    if response.status_code != 202:",
    "        break",
    `    time.sleep(int(response.headers.get("retry-after", 1)))`,
    "print(response.json())",
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
    "}).then((response) => response.json());",
    "",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a template in the code that is shown
    "const fetchResult = () => fetch(`${api}/${accepted.id}/result`, { headers });",
    "let response = await fetchResult();",
    "while (response.status === 202) {",
    `  const seconds = Number(response.headers.get("retry-after") ?? 1);`,
    "  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));",
    "  response = await fetchResult();",
    "}",
    "console.log(await response.json());",
  ].join("\n");
}

/** Submits a request and polls for its result, in three languages, ready to paste. */
export function pollingSnippets(call: Omit<SnippetCall, "secret">): CodeSample[] {
  return [
    { language: "curl", code: curl(call) },
    { language: "Python", code: python(call) },
    { language: "TypeScript", code: typescript(call) },
  ];
}
