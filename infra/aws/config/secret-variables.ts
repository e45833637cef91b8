/**
 * What the processes read out of the cell's secret (docs/DEPLOYMENT_GUIDE.md says how each is made). A variable that
 * is not needed is there as an empty string: a task does not start when one is missing. So a new one goes into the secrets
 * first, and then into `secretHolds` of the configuration (ADR 121).
 */
export const secretVariables = [
  "REDIS_URL",
  "BLIND_INDEX_KEY",
  "BLIND_INDEX_KEY_PREVIOUS",
  "DERIVATION_KEY",
  "DERIVATION_KEY_PREVIOUS",
  "JWT_PRIVATE_KEY",
  "JWT_PREVIOUS_PUBLIC_KEYS",
  "NEXTAUTH_SECRET",
  "SMTP_URL",
  "STRIPE_SECRET_KEY",
  "STRIPE_WEBHOOK_SECRET",
  "OPENAI_API_KEY",
  "OPENAI_EU_API_KEY",
  "OPENAI_ADMIN_KEY",
  "GEMINI_API_KEY",
  "GEMINI_EU_API_KEY",
  "DEEPSEEK_API_KEY",
  "GOOGLE_CLIENT_ID",
  "GOOGLE_CLIENT_SECRET",
  "GITHUB_CLIENT_ID",
  "GITHUB_CLIENT_SECRET",
  "METRICS_TOKEN",
  "OTEL_EXPORTER_OTLP_HEADERS",
] as const;

/** Not a variable of the processes: what ElastiCache asks of who connects. */
export const CACHE_TOKEN = "REDIS_AUTH_TOKEN";

/** What the secret has to hold and does not, as far as the configuration says what it holds. */
export function absentFrom(holds: readonly string[], hasCache: boolean): string[] {
  return [...secretVariables, ...(hasCache ? [CACHE_TOKEN] : [])].filter((name) => !holds.includes(name));
}
