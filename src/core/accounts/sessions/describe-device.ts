const browsers = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\/|\bOpera\//, "Opera"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bChrome\/|\bHeadlessChrome\/|\bCriOS\//, "Chrome"],
  [/\bVersion\/.*\bSafari\//, "Safari"],
] as const;

const systems = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
] as const;

/** Programs that sign in at the API; more specific names first. */
const programs = [
  [/^(?:Async)?OpenAI\/(?:Python|JS)/, "OpenAI SDK"],
  [/^curl\//, "curl"],
  [/^Wget\//, "Wget"],
  [/^PostmanRuntime\//, "Postman"],
  [/^insomnia\//i, "Insomnia"],
  [/^python|\baiohttp\//i, "Python program"],
  [/^node\b|^undici\b|^axios\/|^node-fetch\b|^got\b/i, "Node.js program"],
  [/^Go-http-client\//, "Go program"],
  [/^Java\/|^okhttp\/|^Apache-HttpClient\//, "Java program"],
  [/^Ruby\b|^Faraday\b/, "Ruby program"],
] as const;

const UNKNOWN = "Unknown device";

/** A name by which a person recognizes a session: "Firefox on Windows", "curl". The User-Agent proves nothing. */
export function describeDevice(userAgent: string | null): string {
  const text = userAgent?.trim() ?? "";
  const program = nameIn(programs, text);
  if (program !== undefined) return program;
  const [browser, system] = [nameIn(browsers, text), nameIn(systems, text)];
  if (browser !== undefined && system !== undefined) return `${browser} on ${system}`;
  return browser ?? system ?? /^[A-Za-z][\w.-]{0,39}/.exec(text)?.[0] ?? UNKNOWN;
}

function nameIn(names: readonly (readonly [RegExp, string])[], text: string): string | undefined {
  return names.find(([pattern]) => pattern.test(text))?.[1];
}
