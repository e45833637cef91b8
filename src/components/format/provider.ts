const names: Readonly<Record<string, string>> = {
  openai: "OpenAI",
  gemini: "Google Gemini",
  deepseek: "DeepSeek",
};

/** A provider's name as its maker writes it. */
export function providerName(id: string): string {
  return names[id] ?? id;
}
