import { providerIds, providerVariables } from "../../../shared/providers";

/** Variables with an address to which secrets or customer data are sent. */
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
  "BREACHED_PASSWORDS_URL",
  ...providerIds.map((id) => providerVariables(id).baseUrl),
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
  "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
] as const;

/** Switches that let customers' targets be inside the network, and without TLS: for tests on one machine. */
export const innerTargetVariables = ["WEBHOOK_PRIVATE_TARGETS", "AGATHA_PRIVATE_IDENTITY_PROVIDERS"] as const;

export type TransportVariable = (typeof transportVariables)[number];

export interface InsecureTransport {
  variable: TransportVariable;
  /** How to make it secure. It contains no value, because addresses contain passwords. */
  remedy: string;
}

type Addresses = { readonly [name in TransportVariable]?: string | undefined };

/**
 * Addresses whose connections are, or may become, unencrypted. Loopback is included: an address does not tell whether a
 * tunnel, sidecar or container network listens there.
 */
export function findInsecureTransports(addresses: Addresses): InsecureTransport[] {
  return transportVariables.flatMap((variable) => {
    const address = addresses[variable];
    const remedy = address === undefined ? undefined : remedyFor(variable, address);
    return remedy === undefined ? [] : [{ variable, remedy }];
  });
}

function remedyFor(variable: TransportVariable, address: string): string | undefined {
  switch (variable) {
    case "DATABASE_URL":
      return encryptsPostgres(new URL(address)) ? undefined : "add sslmode=verify-full";
    case "REDIS_URL":
      return address.split(",").every((node) => node.startsWith("rediss://")) ? undefined : "use rediss://";
    case "SMTP_URL":
      return encryptsMail(new URL(address)) ? undefined : "use smtps://, or smtp:// with requireTLS=true";
    default:
      return new URL(address).protocol === "https:" ? undefined : "use https://";
  }
}

/** `prefer` and `allow` may fall back to plaintext; `no-verify` encrypts, but to anyone. */
function encryptsPostgres({ searchParams }: URL): boolean {
  const modes = searchParams.getAll("sslmode");
  if (modes.length === 0) return searchParams.get("ssl") === "true";
  return modes.every((mode) => ["require", "verify-ca", "verify-full"].includes(mode));
}

/** Without `requireTLS` an attacker only has to hide STARTTLS. */
function encryptsMail({ protocol, searchParams }: URL): boolean {
  if (searchParams.get("tls.rejectUnauthorized") === "false") return false;
  if (protocol === "smtps:") return searchParams.get("secure") !== "false";
  return searchParams.get("requireTLS") === "true" || searchParams.get("secure") === "true";
}
