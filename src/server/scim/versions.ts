import type { DirectoryUserView } from "@agathaai/core/company-sign-in";
import { AppError } from "@agathaai/core/platform";
import { sha256 } from "@agathaai/core/platform/crypto/hash";

/** The version of a person: of all that a directory reads of them, their groups included. */
export function versionOfUser(view: DirectoryUserView): string {
  return versionOf(view);
}

/** Of a group: each change of its name or members moves the time, by a millisecond at least. */
export function versionOfGroup({ displayName, externalId, updatedAt }: VersionedGroup): string {
  return versionOf({ displayName, externalId, updatedAt });
}

export interface VersionedGroup {
  displayName: string;
  externalId: string | null;
  updatedAt: Date;
}

/** Weak (RFC 7644 §3.14): which attributes are shown is up to the caller, and the version is that of all. */
function versionOf(content: object): string {
  return `W/"${Buffer.from(sha256(JSON.stringify(content)))
    .toString("base64url")
    .slice(0, 22)}"`;
}

/** The preconditions of a call, as it sent them. */
export interface Preconditions {
  ifMatch: string | undefined;
  ifNoneMatch: string | undefined;
}

/** Somebody changed it since the caller read it: 412. */
class VersionError extends AppError {
  override get status(): number {
    return 412;
  }
}

/** @throws VersionError for another version than the caller expects. */
export function assertVersion({ ifMatch }: Preconditions, version: string): void {
  if (ifMatch === undefined || names(ifMatch, version)) return;
  throw new VersionError("conflict", {
    public: `If-Match: the resource has changed, and its version is ${version} now. Read it again.`,
  });
}

/** Whether the caller has this version already. */
export function isKnown({ ifNoneMatch }: Preconditions, version: string): boolean {
  return ifNoneMatch !== undefined && names(ifNoneMatch, version);
}

/** Compared weakly: what we give out is weak, and some callers drop the mark. */
function names(header: string, version: string): boolean {
  if (header.trim() === "*") return true;
  const bare = (text: string) => text.trim().replace(/^W\//, "");
  return header.split(",").some((one) => bare(one) === bare(version));
}
