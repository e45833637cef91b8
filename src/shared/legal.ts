/** What a customer agrees to, and the page where it stands. */
export const legalDocuments = {
  terms: { title: "Terms of service", path: "/terms" },
  privacy: { title: "Privacy policy", path: "/privacy" },
  dpa: { title: "Data processing agreement", path: "/dpa" },
} as const;
export type LegalDocument = keyof typeof legalDocuments;
export const legalDocumentIds = Object.keys(legalDocuments) as [LegalDocument, ...LegalDocument[]];

export const consentKinds = [...legalDocumentIds, "marketing"] as const;
export type ConsentKind = (typeof consentKinds)[number];

export interface LegalVersion {
  /** What a consent names. */
  version: string;
  /** The UTC day on which it comes into force. */
  from: string;
}
export type LegalVersions = Readonly<Record<ConsentKind, readonly [LegalVersion, ...LegalVersion[]]>>;

/**
 * Every version, oldest first. A new one is a row here with a day in the future, and its text on the page by then: from that
 * day on the portal asks each person for it before it goes on. Programs are never stopped by it.
 */
export const legalVersions: LegalVersions = {
  terms: [{ version: "2026-11-27", from: "2026-11-27" }],
  privacy: [{ version: "2026-11-27", from: "2026-11-27" }],
  dpa: [{ version: "2026-11-27", from: "2026-11-27" }],
  marketing: [{ version: "2026-11-27", from: "2026-11-27" }],
};

/** The version of a day. Before its first one, a document is that one. */
export function versionInForce(kind: ConsentKind, at: Date, versions = legalVersions): string {
  const day = at.toISOString().slice(0, 10);
  const [first] = versions[kind];
  return (versions[kind].findLast(({ from }) => from <= day) ?? first).version;
}
