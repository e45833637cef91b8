import { providerIds, providerVariables } from "../../../shared/providers";

/** Variables that hold an address which secrets or customers' data travel to. */
export const transportVariables = [
  "APP_URL",
  "DATABASE_URL",
  "REDIS_URL",
  "SMTP_URL",
  "SQS_ENDPOINT",
  "SQS_STANDARD_QUEUE_URL",
  "SQS_ENTERPRISE_QUEUE_URL",
  "SQS_DEAD_LETTER_QUEUE_URL",
  "S3_ENDPOINT",
  "STRIPE_API_BASE",
  ...providerIds.map((id) => providerVariables(id).baseUrl),
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
] as const;

export type TransportVariable = (typeof transportVariables)[number];

export interface InsecureTransport {
  variable: TransportVariable;
  /** What would make it secure. Names no value: addresses hold passwords. */
  remedy: string;
}

type Addresses = { readonly [name in TransportVariable]?: string | undefined };

/**
 * The addresses that are, or may become, plaintext on the wire, loopback included: whether what listens there is this
 * machine's own cannot be told from an address (a tunnel, a sidecar, a container's network).
 */
export function findInsecureTransports(addresses: Addresses): InsecureTransport[] {
  return transportVariables.flatMap((variable) => {
    const address = addresses[variable];
    const remedy = address === undefined ? undefined : remedyFor(variable, new URL(address));
    return remedy === undefined ? [] : [{ variable, remedy }];
  });
}

function remedyFor(variable: TransportVariable, url: URL): string | undefined {
  switch (variable) {
    case "DATABASE_URL":
      return encryptsPostgres(url) ? undefined : "add sslmode=verify-full";
    case "REDIS_URL":
      return url.protocol === "rediss:" ? undefined : "use rediss://";
    case "SMTP_URL":
      return encryptsMail(url) ? undefined : "use smtps://, or smtp:// with requireTLS=true";
    default:
      return url.protocol === "https:" ? undefined : "use https://";
  }
}

/** `prefer` and `allow` fall back to plaintext by PostgreSQL's own definition; `no-verify` encrypts to anyone. */
function encryptsPostgres({ searchParams }: URL): boolean {
  const modes = searchParams.getAll("sslmode");
  if (modes.length === 0) return searchParams.get("ssl") === "true";
  return modes.every((mode) => ["require", "verify-ca", "verify-full"].includes(mode));
}

/** Without `requireTLS` a server, or whoever answers in its place, only has to not offer STARTTLS. */
function encryptsMail({ protocol, searchParams }: URL): boolean {
  if (searchParams.get("tls.rejectUnauthorized") === "false") return false;
  if (protocol === "smtps:") return searchParams.get("secure") !== "false";
  return searchParams.get("requireTLS") === "true" || searchParams.get("secure") === "true";
}
