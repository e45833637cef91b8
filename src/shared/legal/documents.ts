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

/** What an owner agrees to for their organization when they turn on HIPAA mode; nobody else is asked for it. */
export const businessAssociateAgreement = {
  title: "Business associate agreement",
  path: "/baa",
  versions: [{ version: "2026-11-27", from: "2026-11-27" }],
} as const satisfies {
  title: string;
  path: string;
  versions: readonly [LegalVersion, ...LegalVersion[]];
};

/** Its version of a day. */
export function agreementInForce(
  at: Date,
  versions: readonly [LegalVersion, ...LegalVersion[]] = businessAssociateAgreement.versions,
): string {
  return ofDay(versions, at);
}

/** The version of a day. Before its first one, a document is that one. */
export function versionInForce(kind: ConsentKind, at: Date, versions = legalVersions): string {
  return ofDay(versions[kind], at);
}

function ofDay(versions: readonly [LegalVersion, ...LegalVersion[]], at: Date): string {
  const day = at.toISOString().slice(0, 10);
  const [first] = versions;
  return (versions.findLast(({ from }) => from <= day) ?? first).version;
}
