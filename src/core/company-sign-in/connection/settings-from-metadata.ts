import { lineOfText } from "../../platform/schemas/line-of-text";
import { MetadataError, readMetadata } from "../saml/read-metadata";
import { certificateSchema, isExpired } from "./certificates";

/** Two while one replaces the other. */
const MOST = 2;
const line = lineOfText({ max: 500 });

export interface MetadataSettings {
  issuer: string;
  sso_url: string;
  /** PEM. */
  certificates: string[];
}

/** A connection's settings as the provider's metadata says them, or what is wrong with it. */
export function settingsFrom(metadata: string): MetadataSettings | { problem: string } {
  try {
    const { issuer, ssoUrl, certificates } = readMetadata(metadata);
    return {
      issuer: within("entityID", issuer),
      sso_url: within("SingleSignOnService", ssoUrl),
      certificates: usable(certificates),
    };
  } catch (error) {
    if (error instanceof MetadataError) return { problem: error.message };
    throw error;
  }
}

function within(name: string, text: string): string {
  const { data, error } = line.safeParse(text);
  if (data === undefined) throw new MetadataError(`${name} ${error?.issues[0]?.message ?? "cannot be read"}`);
  return data;
}

/** Providers leave expired certificates in their metadata; nothing is signed with them any more. */
function usable(texts: readonly string[]): string[] {
  const read = texts.map((text) => {
    const { data, error } = certificateSchema.safeParse(text);
    if (data === undefined)
      throw new MetadataError(`X509Certificate ${error?.issues[0]?.message ?? "cannot be read"}`);
    return data;
  });
  const valid = read.filter((pem) => !isExpired(pem));
  if (valid.length === 0) throw new MetadataError("has no signing certificate that has not expired");
  if (valid.length > MOST)
    throw new MetadataError(
      `has ${valid.length} signing certificates, and we take ${MOST}; enter those in use by hand`,
    );
  return valid;
}
